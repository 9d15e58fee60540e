"""Draw the picture of the page for the documentation: what a browser shows of `examples/`.

    python docs/pages.py [FOLDER]

writes `report-light.png` and `report-dark.png` beside this file, or into FOLDER. The page is that
of `specplan report`, as run in `examples/`: the verdict, the matrix and the plan. Playwright and
Chromium are needed. The fonts of the machine draw the letters, so that other machines give other
bytes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "examples"

#: The questions whose documents make the page.
COVERAGE = ("gaps", "--stack", "e4s*", "--stack", "radiuss*", "--fail-under", "50")
PLAN = (
    *("rebuild", "--no-config", "--cache", "rebuild/mirror-2025-11.json.gz"),
    *("--want", "rebuild/2026-01/radiuss/spack.lock.gz", "--costs", "rebuild/costs.csv"),
    *("--jobs", "8"),
)

WIDTH = 1180


def main() -> None:
    """Draw both pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "report.html"
        documents = [str(Path(scratch) / f"{words[0]}.json") for words in (COVERAGE, PLAN)]
        run(*COVERAGE, "-o", documents[0])
        run(*PLAN, "-o", documents[1])
        run("report", "--from", *documents, "-o", str(page))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=browser_path, args=["--no-sandbox"]
            )
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": WIDTH, "height": 700},
                    color_scheme="dark" if scheme == "dark" else "light",
                )
                opened = context.new_page()
                opened.goto(page.as_uri())
                draw(opened, folder / f"report-{scheme}.png")
            browser.close()


def run(*words: str) -> None:
    """Run specplan in the folder of the examples; a gate that fails is part of the picture."""
    ended = subprocess.run([sys.executable, "-m", "specplan", *words], cwd=EXAMPLES, check=False)
    if ended.returncode not in {0, 1}:
        sys.exit(ended.returncode)


def draw(page: Page, picture: Path) -> None:
    """Write what a page shows: the verdict, the matrix, and the plan below them."""
    # What lies between is on the page and not in the picture.
    page.evaluate(
        """() => {
          const others = "main > section:not(#matrix):not(#plan), #matrix .tools, .gantt .tools, "
            + ".parts, #build-detail, footer, caption, #plan > .note, .figures.small, .path, "
            + ".stages, #plan > .tools, #plan > .shown, #plan > .scroll, #plan > .more, #plan h3, "
            + "#plan > .fold, #matrix > .lead, .asked";
          for (const each of document.querySelectorAll(others)) each.hidden = true;
          document.querySelector(".top").scrollIntoView();
        }"""
    )
    page.screenshot(path=picture, full_page=True)


if __name__ == "__main__":
    main()
