"""The size of the page of a large cache, the time to write it, and its speed in a browser.

    python -m benches.pages_of_reports --specs 60000 --cells 300 --builds 2000 [--keep FOLDER]

generates a cache (`benches.inputs`), locks and an index (`benches.plan_inputs`), runs the usual
commands on them (`gaps`, `diff`, `rebuild`, `check`, `report --from`), and opens the page in the
installed Chromium: the time until the first paint, until its script is done, and to filter and draw
10,000 gaps. It prints the numbers and asserts none. Without Chromium or Playwright it prints the
other numbers.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benches import plan_inputs
from benches.inputs import Shape, write_tree
from benches.machine import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "make_documents"]

#: The number of gaps to filter.
_GAPS: Final = 10_000

#: The words to search for, one after the other.
_WORDS: Final = ("p", "py", "py-", "ubuntu", "zen4 py", "x", "", "e4s", "neoverse", "")

#: Searches for a word and draws the rows; returns milliseconds.
_FILTER: Final = """(word) => {
  const box = document.getElementById("gap-search");
  box.value = word;
  const before = performance.now();
  box.dispatchEvent(new Event("specplan-now"));
  document.getElementById("gap-table").getBoundingClientRect();
  return performance.now() - before;
}"""

_PAINTED: Final = """() => new Promise((done) => {
  const find = () => performance.getEntriesByName("first-contentful-paint")[0];
  const wait = () => (find() ? done(find().startTime) : requestAnimationFrame(wait));
  wait();
})"""


def make_documents(folder: Path, *, specs: int, cells: int, builds: int, seed: int) -> list[Path]:
    """Generate a cache and locks, run the commands on them, and return the documents.

    Args:
        folder: The destination.
        specs: The number of specs in the cache.
        cells: The minimum number of reported cells, if possible.
        builds: The approximate number of builds of the plan.
        seed: The same seed gives the same files.
    """
    write_tree(folder, Shape(specs=specs, packages=max(specs // 400, 40), snapshots=2, seed=seed))
    cache = folder / "_cache"
    tags = sorted(each.name for each in cache.iterdir())
    world = plan_inputs.draw(specs=max(3 * builds, 1000), seed=seed)
    locks = plan_inputs.write_locks(world, folder / "locks")
    rng = random.Random(seed)
    index = folder / "index.json"
    plan_inputs.write_index(
        world, index, (spec for spec in range(world.specs) if rng.random() > builds / world.specs)
    )
    costs = folder / "costs.csv"
    names = sorted({plan_inputs._name(world, spec) for spec in range(world.specs)})  # noqa: SLF001 - the names of its own locks
    costs.write_text(
        "package,seconds\n"
        + "".join(f"{each.split('@')[0]},{rng.lognormvariate(4.5, 1):.0f}\n" for each in names[::2])
    )
    systems = _systems(folder, cache, cells)
    asked = {
        "coverage": ["gaps", "--compat=target", *systems, f"--cache={cache}", f"--tag={tags[-1]}"],
        "diff": ["diff", f"--cache={cache}", *tags],
        "rebuild": [
            *("rebuild", f"--cache={index}", "--budget-curve", "--jobs=24", f"--costs={costs}"),
            *(f"--want={each}" for each in locks),
        ],
        "check": ["check", "--cache", str(index)],
    }
    return [_asked(folder / f"{name}.json", words) for name, words in asked.items()]


def _systems(folder: Path, cache: Path, cells: int) -> list[str]:
    """Return the options for a number of cells: the systems of most stacks."""
    text = _asked(folder / "cells.json", ["coverage", f"--cache={cache}"]).read_text()
    found = json.loads(text)["cells"]
    stacks = {each["stack"] for each in found}
    systems = sorted({(each["os"], each["target"]) for each in found})
    return [f"--system={os}/{target}" for os, target in systems[: cells // len(stacks) + 1]]


def _asked(output: Path, words: Sequence[str]) -> Path:
    command = [sys.executable, "-m", "specplan", *words, "--no-config", "-o", str(output)]
    # Gates and findings do not matter here, but unreadable input does.
    ended = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
    if ended.returncode not in {0, 1}:
        raise SystemExit(f"{' '.join(command)}\n{ended.stderr}")
    return output


def _written(documents: Sequence[Path], output: Path) -> float:
    """Write the page of some documents and return the seconds that it took."""
    before = time.perf_counter()
    names = [str(each) for each in documents]
    command = [sys.executable, "-m", "specplan", "report", "--from", *names, "-o", str(output)]
    ended = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
    if ended.returncode not in {0, 1}:
        raise SystemExit(ended.stderr)
    sys.stdout.writelines(line for line in ended.stderr.splitlines(keepends=True) if "MB" in line)
    return time.perf_counter() - before


def _cut(document: Path, gaps: int) -> Path:
    """Write a document of coverage with a number of gaps, or all of them."""
    content: dict[str, Any] = json.loads(document.read_text())
    content["gaps"] = content["gaps"][:gaps]
    content["totals"]["gaps"] = len(content["gaps"])
    output = document.with_name("coverage-of-gaps.json")
    output.write_text(json.dumps(content))
    return output


def _in_browser(page: Path, few: Path) -> None:
    """Print the time to paint a page, and the time to filter the other one."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not needed by the rest
    except ImportError:
        print("no Playwright, so that no page is opened")
        return
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        print("no Chromium, so that no page is opened")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        paints, loads = [], []
        for _ in range(5):
            with browser.new_context() as context:
                opened = context.new_page()
                opened.goto(page.as_uri())
                paints.append(float(opened.evaluate(_PAINTED)))
                loads.append(
                    float(opened.evaluate("performance.getEntriesByType('navigation')[0].duration"))
                )
        with browser.new_context() as context:
            opened = context.new_page()
            session = context.new_cdp_session(opened)
            # The CPU time of the page's own thread: other programs do not count.
            session.send("Performance.enable", {"timeDomain": "threadTicks"})

            def computed() -> float:
                metrics = session.send("Performance.getMetrics")["metrics"]
                found = {each["name"]: float(each["value"]) for each in metrics}
                return 1000 * sum(
                    found[name]
                    for name in ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
                )

            opened.goto(few.as_uri())
            times, costs = [], []
            for word in (*_WORDS, *_WORDS):
                before = computed()
                times.append(float(opened.evaluate(_FILTER, word)))
                costs.append(computed() - before)
        print(f"first paint: median {statistics.median(paints):.0f} ms, most {max(paints):.0f} ms")
        print(f"loaded: median {statistics.median(loads):.0f} ms, most {max(loads):.0f} ms")
        for name, found in (("elapsed", times), ("computing", costs)):
            print(
                f"filter of the gaps, rows drawn, {name}: median "
                f"{statistics.median(found):.1f} ms, most {max(found):.1f} ms"
            )
        browser.close()


def main() -> None:
    """Run the bench with the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--specs", type=int, default=60_000)
    parser.add_argument("--cells", type=int, default=300)
    parser.add_argument("--builds", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="keep the documents and the pages here")
    arguments = parser.parse_args()
    print(describe(["Jinja2"]))
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        documents = make_documents(
            folder,
            specs=arguments.specs,
            cells=arguments.cells,
            builds=arguments.builds,
            seed=arguments.seed,
        )
        coverage, plan = (json.loads(documents[at].read_text()) for at in (0, 2))
        print(
            f"{len(coverage['cells'])} cells, {len(coverage['gaps'])} gaps, "
            f"{len(plan['builds'])} builds"
        )
        page, few = folder / "report.html", folder / "gaps.html"
        seconds = _written(documents, page)
        print(f"page: {page.stat().st_size / 1e6:.2f} MB in {seconds:.2f} s")
        seconds = _written([_cut(documents[0], _GAPS)], few)
        shown = min(_GAPS, len(coverage["gaps"]))
        print(f"page of {shown} gaps: {few.stat().st_size / 1e6:.2f} MB in {seconds:.2f} s")
        _in_browser(page, few)


if __name__ == "__main__":
    main()
