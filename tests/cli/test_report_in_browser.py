"""Pages in a real browser: they work, they are within everybody's reach, and nothing gets out."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from specplan.reports.html.render import folder, single
from tests.page_documents import ORIGIN, example_documents, hostile_documents, small_documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser_here() -> str | None:
    """The browser of this machine; the environment may name another, or require one."""
    wanted = os.environ.get("SPECPLAN_TEST_BROWSER", "")
    if wanted and wanted != "required":
        return wanted
    found = next((path for path in map(shutil.which, NAMES) if path is not None), None)
    assert found or not wanted, "CI has to install Chromium: `tools/preflight packages browser`"
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = browser_here()
    if path is None:
        pytest.skip("no Chromium is installed, in which a page could be looked at")
    with sync_playwright() as playwright:
        # There is no sandbox in a container; only our own page is opened.
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The addresses of the pages that the tests look at."""
    root = tmp_path_factory.mktemp("pages")
    pages = {
        "examples": single(example_documents(), ORIGIN),
        "folder": folder(example_documents(), ORIGIN),
        "hostile": single(hostile_documents(), ORIGIN),
        "small": single(small_documents(), ORIGIN),
    }
    found = {}
    for name, page in pages.items():
        place: Path = root / name
        place.mkdir()
        for file, text in page.files:
            (place / (file or "index.html")).write_text(text, encoding="utf-8")
        found[name] = (place / "index.html").as_uri()
    return found


class Looked:
    """A page that is open, with everything that it said or asked for."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(address)

    def rows(self, table: str = "gap-table") -> list[str]:
        # What is not on the screen has no text of its layout, and so is passed over otherwise.
        return self.page.locator(f"#{table} tbody th").all_text_contents()

    def shown(self) -> str:
        return str(self.page.locator("#gap-shown").text_content())


#: The rules for axe; the dark scheme only differs in colours.
RULES = {
    "light": {"resultTypes": ["violations"], "preload": False},
    "dark": {"resultTypes": ["violations"], "preload": False, "runOnly": ["color-contrast"]},
}


@pytest.mark.parametrize(
    ("name", "scheme"), [("small", "light"), ("small", "dark"), ("hostile", "light")]
)
def test_axe_finds_nothing(
    browser: Browser, places: dict[str, str], name: str, scheme: Literal["light", "dark"]
) -> None:
    with browser.new_context(color_scheme=scheme) as context:
        looked = Looked(context.new_page(), places[name])
        page = looked.page
        assert violations(page, scheme) == []
        # The same after everything was opened, chosen and filtered, on a phone.
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        page.locator("td[data-cell]").nth(1).click()
        page.locator("[data-build]").last.click()
        page.set_viewport_size({"width": 390, "height": 844})
        assert violations(page, scheme) == []
        assert looked.said == []


def violations(page: Page, scheme: str) -> list[object]:
    """What axe finds on a page as it is now: each rule with the first element that breaks it."""
    found = Axe().run(page, options=RULES[scheme]).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


@pytest.mark.parametrize("name", ["examples", "folder", "hostile"])
def test_a_page_fetches_nothing_and_runs_nothing_of_others(
    browser: Browser, places: dict[str, str], name: str
) -> None:
    with browser.new_context() as context:
        looked = Looked(context.new_page(), places[name])
        # What the script writes is as inert as what the template wrote.
        looked.page.locator("#gap-search").fill("a")
        looked.page.locator("td[data-cell]").first.click()
        looked.page.locator("[data-build]").last.click()
        assert looked.said == []
        assert looked.page.evaluate("window.harmed") is None
        assert looked.page.locator("main img, main iframe, main style").count() == 0
        own = re.compile(r"file://.*/(index\.html|report\.(css|js))|data:,")
        assert [url for url in looked.asked if not own.fullmatch(url.split("#")[0])] == []


def test_gaps_are_searched_ordered_and_linked(browser: Browser, places: dict[str, str]) -> None:
    with browser.new_context() as context:
        looked = Looked(context.new_page(), places["examples"])
        page = looked.page
        assert len(looked.rows()) == 200
        page.locator("#gap-more").click()
        assert len(looked.rows()) == 300
        page.locator("#gap-search").fill("py- neoverse")
        expect(page.locator("#gap-shown")).to_contain_text(" of ")
        rows = looked.rows()
        assert rows
        assert all("py-" in row for row in rows)
        assert looked.shown().startswith(f"{len(rows)} gap")
        page.locator("#gap-table th[data-key=want] button").click()
        assert looked.rows() == sorted(rows)
        page.locator("#gap-table th[data-key=want] button").click()
        assert looked.rows() == sorted(rows, reverse=True)
        header = page.locator("#gap-table th[data-key=want]")
        assert header.get_attribute("aria-sort") == "descending"
        before = looked.rows()
        link = page.url
        assert "q=py-" in link
        again = Looked(context.new_page(), link)
        assert again.rows() == before
        assert again.page.locator("#gap-search").input_value() == "py- neoverse"
        with page.expect_download() as downloaded:
            page.locator("#gap-csv").click()
        lines = downloaded.value.path().read_text(encoding="utf-8").splitlines()
        assert len(lines) == 1 + len(before)
        page.locator("#gap-clear").click()
        assert len(looked.rows()) == 100
        assert "#" not in page.url


#: Fragments that name what is not there, or nothing.
ODD_FRAGMENTS = (
    *("#=", "#gaps", "#state=&cause=9", "#%E0%A4%A=%", "#sort=__proto__&order=-constructor"),
    "#cell=no/such/cell&state=x,y&sort=-nothing&build=zz",
)


def test_a_link_that_names_nothing_shows_everything(
    browser: Browser, places: dict[str, str]
) -> None:
    with browser.new_context() as context:
        looked = Looked(context.new_page(), places["small"])
        rows = looked.rows()
        for fragment in ODD_FRAGMENTS:
            looked.page.goto("about:blank")
            looked.page.goto(places["small"] + fragment)
            assert (fragment, looked.rows(), looked.said) == (fragment, rows, [])


def test_the_keyboard_goes_everywhere(browser: Browser, places: dict[str, str]) -> None:
    with browser.new_context() as context:
        looked = Looked(context.new_page(), places["examples"])
        page = looked.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.locator('td[data-cell][tabindex="0"]').focus()
        first = page.evaluate("document.activeElement.dataset.cell")
        for key in ("ArrowDown", "ArrowRight", "End", "Home", "ArrowUp"):
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement.dataset.cell") is not None
        page.keyboard.press("End")
        chosen = page.evaluate("document.activeElement.dataset.cell")
        assert chosen != first
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "gaps-title"
        assert "cell=" in page.url
        systems = set(page.locator("#gap-table tbody td:nth-child(2)").all_text_contents())
        assert len(systems) == 1
        page.locator("#gantt-box").focus()
        page.keyboard.press("ArrowRight")
        name = page.locator("#build-detail strong").text_content()
        page.keyboard.press("ArrowRight")
        assert page.locator("#build-detail strong").text_content() != name
        assert "waits for" in str(page.locator("#build-detail").text_content())
        page.keyboard.press("+")
        assert page.locator("#gantt .profile").get_attribute("transform") is not None
        page.keyboard.press("Escape")
        page.locator("#gantt-fit").click()
        assert page.locator("#gantt .profile").get_attribute("transform") is None
        page.keyboard.press("?")
        assert page.locator("#keys").is_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("f")
        assert page.evaluate("document.activeElement.id") == "gap-search"


def test_a_page_without_scripts_shows_what_matters(
    browser: Browser, places: dict[str, str]
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = Looked(context.new_page(), places["examples"]).page
        assert page.locator(".tools:visible, .more:visible, #chips:visible").count() == 0
        assert page.locator("#gap-table tbody tr").count() == 200
        for shown in (".nojs", "#matrix-table .share", "#gantt rect.build"):
            page.locator(shown).last.scroll_into_view_if_needed()
            assert page.locator(shown).last.is_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_jump_ends_where_it_leads(browser: Browser, places: dict[str, str], width: int) -> None:
    """Parts that are not drawn yet have no height of their own."""
    top = """(id) => document.getElementById(id).getBoundingClientRect().top"""
    ended = """(id) => { const { scrollHeight } = document.documentElement;
        const box = document.getElementById(id).getBoundingClientRect();
        return (box.top >= 0 && box.top < 80) || scrollY + innerHeight >= scrollHeight - 1; }"""
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = Looked(context.new_page(), places["examples"]).page
        for part in ("inputs", "matrix", "plan", "gaps", "changes"):
            page.locator(f".parts a[href='#{part}']").click()
            page.wait_for_function(ended, arg=part)
            page.wait_for_timeout(300)
            assert page.evaluate(ended, part), (part, page.evaluate(top, part))
        page = Looked(context.new_page(), f"{places['examples']}#plan").page
        page.wait_for_timeout(300)
        page.wait_for_function(ended, arg="plan")


@pytest.mark.parametrize("width", [390, 1280])
def test_every_column_of_a_table_has_room_for_its_words(
    browser: Browser, places: dict[str, str], width: int
) -> None:
    """A fixed layout gives the last column what the others leave, which was nothing."""
    narrow = """[...document.querySelectorAll('table thead th')]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().width
                          < Math.min(60, each.textContent.length * 7))
        .map((each) => each.textContent)"""
    high = """[...document.querySelectorAll('table tbody tr')]
        .map((each) => each.getBoundingClientRect().height).filter((each) => each > 300)"""
    # A title or an amount that reaches beyond its column, or an amount of two lines.
    beyond = """[...document.querySelectorAll('table thead th, table td.right')].filter((each) => {
      const words = document.createRange();
      words.selectNodeContents(each);
      const [inner, outer] = [words.getBoundingClientRect(), each.getBoundingClientRect()];
      return inner.left < outer.left || inner.right > outer.right
        || (each.matches('td:not(.cell)') && inner.height > 40);
    }).map((each) => each.textContent)"""
    with browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True) as context:
        for name in ("small", "examples"):
            page = Looked(context.new_page(), places[name]).page
            page.add_style_tag(content="main > section { content-visibility: visible !important }")
            assert page.evaluate(narrow) == []
            assert page.evaluate(high) == []
            assert page.evaluate(beyond) == []


def test_a_page_fits_a_phone_and_paper(browser: Browser, places: dict[str, str]) -> None:
    with browser.new_context(viewport={"width": 320, "height": 700}) as context:
        page = Looked(context.new_page(), places["examples"]).page
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        small = """[...document.querySelectorAll('button, select, input, .parts a')]
            .filter((each) => each.checkVisibility() && !each.closest('dialog'))
            .filter((each) => {
              const box = (each.closest('label') ?? each).getBoundingClientRect();
              return box.height < 24 || box.width < 24;
            }).map((each) => each.outerHTML.slice(0, 60))"""
        assert page.evaluate(small) == []
        # Every cause is there, with what to do about it in sight.
        causes = page.locator("#cause-table tbody tr")
        assert causes.count() > 4
        for row in causes.all():
            remedy = row.locator("td").nth(3).bounding_box()
            assert remedy is not None
            assert remedy["x"] + 80 <= 320
        page.emulate_media(media="print")
        assert page.locator(".parts:visible, .tools:visible").count() == 0
        # A sheet of A4 without its margins; nobody can scroll what is printed.
        page.set_viewport_size({"width": 688, "height": 900})
        cut = """[...document.querySelectorAll('table')]
            .filter((each) => each.getBoundingClientRect().right > innerWidth)
            .map((each) => each.id)"""
        assert page.evaluate(cut) == []


@pytest.mark.parametrize("width", [320, 1024, 1280, 1440, 1600])
def test_long_lines_push_no_page_of_the_site_aside(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    """What commands print is wider than any column; it scrolls in its own box."""
    furo = Path(pytest.importorskip("furo").__file__).parent / "theme/furo/static/styles/furo.css"
    own = Path(__file__).parents[2] / "docs" / "_static" / "site.css"
    styles = "".join(f"<style>{each.read_text(encoding='utf-8')}</style>" for each in (furo, own))
    page = tmp_path / "page.html"
    page.write_text(
        f"""<!doctype html><meta name="viewport" content="width=device-width">{styles}
        <div class="page"><aside class="sidebar-drawer"></aside><div class="main">
        <div class="content"><div class="article-container"><article>
        <div class="highlight"><pre>{"x" * 400}</pre></div></article></div></div>
        <aside class="toc-drawer"></aside></div></div>""",
        encoding="utf-8",
    )
    with browser.new_context(viewport={"width": width, "height": 700}) as context:
        opened = context.new_page()
        opened.goto(page.as_uri())
        assert opened.evaluate("document.documentElement.scrollWidth") == width
        box = opened.locator("article").bounding_box()
        assert box is not None
        assert box["width"] > min(width - 40, 640)
