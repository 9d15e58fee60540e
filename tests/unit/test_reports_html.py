"""Pages: what they hold, what they never hold, and what becomes of documents that are wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specplan.errors import DamagedSourceError
from specplan.reports.html import gantt
from specplan.reports.html.cells import paragraph
from specplan.reports.html.documents import read_document, read_documents
from specplan.reports.html.page import page_of
from specplan.reports.html.render import folder, single
from specplan.reports.outline import Names
from specplan.reports.render import prose
from tests.page_documents import ORIGIN, example_documents, example_texts, hostile_documents

if TYPE_CHECKING:
    from specplan.reports.html.values import HtmlPage

TEMPLATES = files("specplan.reports.html") / "templates"
STYLE = (TEMPLATES / "report.css").read_text(encoding="utf-8")
SCRIPT = (TEMPLATES / "report.js").read_text(encoding="utf-8")


class Elements(HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._within: str | None = None
        self.blocks: dict[str, list[str]] = {"style": [], "script": []}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag in self.blocks:
            self._within = tag
            self.blocks[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._within:
            self._within = None

    def handle_data(self, data: str) -> None:
        if self._within is None:
            self.texts.append(data)
        else:
            self.blocks[self._within][-1] += data

    @property
    def text(self) -> str:
        """All that is read, on one line."""
        return " ".join(" ".join(self.texts).split())


def example_page() -> str:
    return single(example_documents(), ORIGIN).files[0][1]


def test_equal_documents_give_equal_bytes() -> None:
    assert single(example_documents(), ORIGIN) == single(example_documents(), ORIGIN)
    assert folder(example_documents(), ORIGIN) == folder(example_documents(), ORIGIN)


def test_a_page_has_the_policy_of_its_own_blocks_and_nothing_that_it_forbids() -> None:
    page = Elements(example_page())
    (policy,) = [
        attributes["content"] or ""
        for tag, attributes in page.found
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    data, script = page.blocks["script"]
    for block in (page.blocks["style"][0], script):
        digest = base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    json.loads(data)
    for tag, attributes in page.found:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("src", "href", "action", "data"):
            assert not (attributes.get(name) or "").startswith(("http", "//", "javascript")), tag


def test_a_script_is_plain_and_short() -> None:
    assert len(SCRIPT.splitlines()) <= 1200
    for word in (
        "eval(",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "fetch(",
    ):
        assert word not in SCRIPT
    assert len(SCRIPT.encode()) + len(STYLE.encode()) <= 60_000
    assert "http" not in SCRIPT.replace("http://www.w3.org/2000/svg", "")
    assert "url(" not in STYLE


def test_a_page_can_be_found_one_s_way_in() -> None:
    found = Elements(example_page()).found
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in found:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((attributes.get(name) or "").split()) <= set(ids)
        if (attributes.get("href") or "").startswith("#"):
            assert (attributes["href"] or "")[1:] in ids
    levels = [int(tag[1]) for tag, _ in found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_numbers_lead_to_no_part_that_is_not_there() -> None:
    document = json.loads(example_texts()[0])
    counts = {"wanted": 2, "covered": 0, "unknown": 2}
    numbers = {**counts, "covered_exact": 0, "usable": 0}
    document |= {"gaps": [], "cells": [document["cells"][0] | numbers], "unknown": []}
    document["totals"] |= {**counts, "gaps": 0}
    document["roots"] = {"wanted": 1, "installable": 1, "coverage": 1, "broken": [], "lacking": []}
    page = single([read_document(json.dumps(document).encode())], ORIGIN).files[0][1]
    found = Elements(page).found
    ids = {attributes.get("id") for _, attributes in found}
    links = [attributes["href"] or "" for tag, attributes in found if tag == "a"]
    assert [each for each in links if each.startswith("#") and each[1:] not in ids] == []


@pytest.mark.parametrize(
    ("number", "name"), [(0, "gaps"), (1, "lost"), (1, "changed"), (2, "builds")]
)
def test_a_document_that_lists_fewer_than_it_counts_is_no_page(number: int, name: str) -> None:
    document = json.loads(example_texts()[number])
    document[name] = []
    damaged = read_document(json.dumps(document).encode())
    with pytest.raises(DamagedSourceError, match=f"totals.{name}: is not the number of"):
        single([damaged], ORIGIN)


def test_no_number_is_good_that_left_out_input_could_change() -> None:
    record = {"kind": "k", "detail": "d", "remedy": "r", "count": 1, "blocks": True}
    documents, certain = [], []
    for each in example_documents():
        certain.append(
            read_document(json.dumps({**json.loads(each.text), "left_out": []}).encode())
        )
        left_out = [{**record, "where": where} for where in ("here", "there")]
        documents.append(
            read_document(json.dumps({**json.loads(each.text), "left_out": left_out}).encode())
        )
    assert "good" in tones(page_of(certain, ORIGIN))
    page = page_of(documents, ORIGIN)
    assert "good" not in tones(page)
    # What happened in two places is one row, and counts as two.
    assert page.verdict.left_out is not None
    (row,) = page.verdict.left_out.table.rows
    assert Names(("here", "there")) in row
    assert page.verdict.left_out.title == "Left out: 2, of which 2 could change the answer"


def tones(page: HtmlPage) -> set[str]:
    """How good the numbers of a page are, at its top and in its parts."""
    parts = (page.verdict, page.changes, page.plan)
    return {figure.tone for part in parts if part is not None for figure in part.figures}


def test_a_page_is_read_without_styles_and_scripts() -> None:
    text = Elements(example_page()).text
    for words in (
        "wanted packages are available",
        "e4s-neoverse-v2 has it",
        "abseil-cpp",
        "runner 1",
        "hypre@2.33.0",
        "develop-2025-11-15",
        "specplan report -o report.html",
    ):
        assert words in text
    assert len(re.findall(r"\d+\.\d % \d+ of \d+", text)) >= 9
    # Pictures have colours of their own, so that they are seen without the style.
    shapes = re.findall(r"<(?:rect|path|circle) [^>]*>", example_page())
    assert all("fill=" in each for each in shapes)


def test_hostile_names_are_text_wherever_they_stand() -> None:
    documents = hostile_documents()
    for page in (single(documents, ORIGIN), folder(documents, ORIGIN)):
        text = next(text for name, text in page.files if name in {"", "index.html"})
        found = Elements(text).found
        tags = [tag for tag, _ in found]
        assert tags.count("script") == 2
        assert "img" not in tags
        assert not [each for _, each in found if any(name.startswith("on") for name in each)]
        for character in "\x00\x07\x1b\u202e\u202c\u200b\u2066\u2028\u2029":
            assert character not in text
        assert "49" not in re.findall(r"\{\{.*?\}\}", text)
        assert r"\u202etxt.exe" in text


def test_nothing_on_a_page_is_a_command_of_a_job_s_log() -> None:
    marker = re.compile(r"##[A-Za-z]*\[|^\s*::[a-z-]+[^\n]*::", re.MULTILINE)
    documents = []
    for text, name in (("##[error]x", "gaps"), ("\n::error::x", "cells"), ("##vso[a]", "gaps")):
        raw = json.loads(example_documents()[0].text)
        for each in raw[name][:3]:
            each["stack"] = each["os"] = text
            if name == "gaps":
                each["want"] = each["package"] = text
        documents.append(read_document(json.dumps(raw).encode()))
    for document in documents:
        page = single([document], ORIGIN)
        for _, text in page.files:
            assert not marker.search(text)
        assert not marker.search(folder([document], ORIGIN).files[0][1])


def test_a_page_that_is_too_large_leaves_out_what_ranks_lowest_and_says_so() -> None:
    documents = example_documents()
    whole = single(documents, ORIGIN)
    assert whole.cut == 0
    small = single(documents, ORIGIN, most=whole.bytes - 60_000)
    assert small.bytes <= whole.bytes - 60_000
    assert small.cut > 0
    page = page_of(documents, ORIGIN)
    assert page.coverage is not None
    assert page.plan is not None
    kept = json.loads(Elements(small.files[0][1]).blocks["script"][0])
    number = len(kept["gaps"]["want"])
    assert number + len(kept["builds"]["name"]) == (
        len(page.coverage.gaps) + len(page.plan.builds) - small.cut
    )
    first = [kept["strings"][at] for at in kept["gaps"]["want"]]
    assert first == [gap.want for gap in page.coverage.gaps[:number]]
    text = Elements(small.files[0][1]).text
    assert f"{number} of {len(page.coverage.gaps)} gaps are on this page" in text


def test_the_folder_holds_the_documents_and_they_make_the_page_again() -> None:
    page = folder(example_documents(), ORIGIN)
    names = [name for name, _ in page.files]
    assert names == ["index.html", "report.css", "report.js", "report.json"]
    text = page.files[3][1]
    schema = json.loads(
        (files("specplan") / "schemas" / "specplan.report-1.schema.json").read_text()
    )
    jsonschema.validate(json.loads(text), schema)
    again = read_documents(text.encode(), "report.json")
    assert [each.kind for each in again] == [each.kind for each in example_documents()]
    assert page_of(again, ORIGIN).coverage == page_of(example_documents(), ORIGIN).coverage
    assert page_of(again, ORIGIN).plan == page_of(example_documents(), ORIGIN).plan


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "is not valid JSON"),
        (b"[]", "is not a JSON object"),
        (b'{"schema": "specplan.coverage/2"}', "is not a document that a page can show"),
        (b'{"schema": "specplan.find/1"}', "is not a document that a page can show"),
        (b'{"cells": []}', "has no `schema`"),
        (b'{"schema": "specplan.coverage/1"}', "has no `"),
        (
            b'{"schema": "specplan.report/1", "documents": [1]}',
            "documents[0]: must be an object",
        ),
    ],
)
def test_what_is_no_document_is_named_with_its_fault(data: bytes, fault: str) -> None:
    with pytest.raises(DamagedSourceError, match=re.escape(fault)) as raised:
        page_of(read_documents(data, "saved.json"), ORIGIN)
    assert str(raised.value).startswith("saved.json")


def test_a_fault_in_a_document_is_named_with_its_place() -> None:
    document = json.loads(example_texts()[0])
    document["gaps"][3]["nearest"] = {"hash": 7}
    with pytest.raises(DamagedSourceError, match=r"gaps\[3\]\.nearest"):
        page_of(read_documents(json.dumps(document).encode(), "saved.json"), ORIGIN)


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for name, each in value.items():
            found += _places(each, (*path, name))
    elif isinstance(value, list):
        for at, each in enumerate(value[:2]):
            found += _places(each, (*path, at))
    return found


_SMALL = [json.loads(each) for each in example_texts()]
for _document in _SMALL:
    for _name in ("gaps", "cells", "gained", "changed"):
        _document[_name] = _document.get(_name, [])[:3]
_PLACES = [(at, path) for at, each in enumerate(_SMALL) for path in _places(each)]


@given(
    place=st.sampled_from(_PLACES),
    value=st.one_of(
        st.none(), st.booleans(), st.integers(-2, 2**70), st.floats(allow_nan=False),
        st.text(max_size=4), st.just([]), st.just({}), st.just([1]), st.just(["x"]),
    ),
)  # fmt: skip
def test_a_document_with_any_value_anywhere_is_a_page_or_a_named_fault(
    place: tuple[int, tuple[str | int, ...]], value: Any
) -> None:
    at, path = place
    document = json.loads(json.dumps(_SMALL[at]))
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    try:
        page_of([read_document(json.dumps(document).encode())], ORIGIN)
    except DamagedSourceError as error:
        assert "the document" in str(error)  # noqa: PT017 - an error is one of two right answers


# --- Colours ---------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def palette(scheme: str) -> dict[str, str]:
    start = 0 if scheme == "light" else STYLE.index("prefers-color-scheme: dark")
    block = STYLE[start:].split("}", 1)[0]
    found = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block))
    return found if scheme == "light" else {**palette("light"), **found}


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_palette_can_be_read_on_every_ground(scheme: str) -> None:
    colours = palette(scheme)
    grounds = ("surface", "raised", "ground")
    for text in ("ink", "quiet", "accent", "good", "warning", "bad"):
        for ground in grounds:
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for tone in ("good", "warning", "bad"):
        assert contrast(colours[tone], colours[f"{tone}-soft"]) >= 4.5, tone
        assert contrast(colours["ink"], colours[f"{tone}-soft"]) >= 4.5, tone
        assert contrast(colours["quiet"], colours[f"{tone}-soft"]) >= 4.5, tone
    assert contrast(colours["on-accent"], colours["accent-strong"]) >= 4.5
    assert contrast(colours["ink"], colours["accent-soft"]) >= 4.5
    series = [name for name in colours if name.startswith("series-")]
    assert len(series) == 5
    for graphic in ("exact", "compatible", "missing", "unknown", "accent", "control", *series):
        for ground in grounds:
            assert contrast(colours[graphic], colours[ground]) >= 3, (graphic, ground)


# --- The picture of a plan -----------------------------------------------------------------------


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[float], list[list[int]]]:
    costs = draw(st.lists(st.sampled_from([0.0, 1.0, 1.5, 3.0, 7.0]), max_size=25))
    needs = [
        sorted(draw(st.sets(st.integers(0, at - 1), max_size=3))) if at else []
        for at in range(len(costs))
    ]
    return costs, needs


@given(plans())
def test_a_build_runs_as_early_as_it_can_and_alone_in_its_lane(
    plan: tuple[list[float], list[list[int]]],
) -> None:
    costs, needs = plan
    times = gantt.earliest(costs, needs, range(0, len(costs), 3))
    for at, cost in enumerate(costs):
        assert times.finish[at] == times.start[at] + cost
        assert times.start[at] == max((times.finish[each] for each in needs[at]), default=0)
        assert 0 <= times.lane[at] < times.lanes
    for one in range(len(costs)):
        for other in range(one):
            if times.lane[one] == times.lane[other]:
                first, second = sorted(
                    (one, other), key=lambda at: (times.start[at], times.finish[at])
                )
                assert times.finish[first] <= times.start[second]
    running = [
        sum(times.start[each] <= times.start[at] < times.finish[each] for each in range(len(costs)))
        for at in range(len(costs))
        if costs[at]
    ]
    if all(costs):
        assert times.lanes == max(running, default=0)


def test_more_builds_than_can_be_distinguished_are_bands_and_the_critical_path() -> None:
    document = json.loads(example_texts()[2])
    build = document["builds"][0]
    names = "abcdefghijklmnopqrstuvwxyz234567"
    hashes = [
        f"{names[at // 1024]}{names[at // 32 % 32]}{names[at % 32]}".ljust(32, "a")
        for at in range(2500)
    ]
    document["builds"] = [
        {**build, "hash": each, "stage": 0, "needs": [], "because": [each], "cost": 2.0}
        for each in hashes
    ]
    document["totals"]["builds"] = len(hashes)
    document["critical_path"] = [hashes[-1]]
    document["schedule"]["shards"] = [
        {
            "runner": lane + 1,
            "busy": 1.0,
            "runs": [
                {"hash": each, "start": 2.0 * at, "finish": 2.0 * at + 2}
                for at, each in enumerate(hashes[lane::4])
            ],
        }
        for lane in range(4)
    ]
    page = page_of([read_document(json.dumps(document).encode())], ORIGIN)
    assert page.plan is not None
    assert page.plan.gantt is not None
    assert page.plan.gantt.is_banded
    assert len(page.plan.gantt.bars) == 4 + 1
    assert page.plan.gantt.most == 4


def test_a_plan_of_nothing_is_a_page() -> None:
    document = json.loads(example_texts()[2])
    document |= {"builds": [], "critical_path": [], "schedule": None}
    document["totals"] |= {"builds": 0, "stages": 0, "cost": 0, "critical_path_cost": 0}
    text = single([read_document(json.dumps(document).encode())], replace(ORIGIN, command=""))
    assert "nothing to build" in text.files[0][1]


def plan_document() -> dict[str, Any]:
    """The plan of the examples, which has a curve of budgets and wants that were chosen for."""
    texts = (json.loads(each) for each in example_texts())
    return next(each for each in texts if each["schema"] == "specplan.rebuild/1")


def page_of_plan(plan: dict[str, Any]) -> str:
    return single([read_document(json.dumps(plan).encode())], ORIGIN).files[0][1]


def test_budgets_and_choices_are_read_without_styles_and_scripts() -> None:
    plan = plan_document()
    curve, wants = plan["budget_curve"], plan["choice"]["wants"]
    page = page_of_plan(plan)
    assert "Of 25 roots, 0 install without any build, 16 for 3 h 32 min, and 25 for" in page
    for point in curve["points"]:
        assert f'<td class="right">{point["installing"]}</td>' in page
    assert {each["reason"] for each in wants} == {"least", "tie"}
    for words in ("costs least", "preferred at the same cost", "+2 h 44 min", "the same"):
        assert words in page
    for each in wants:
        assert each["hash"][:7] in page
        assert each["other"]["hash"][:7] in page


def test_plans_of_an_earlier_release_have_no_curve_and_no_reasons() -> None:
    plan = plan_document()
    del plan["budget_curve"]
    for want in plan["choice"]["wants"]:
        del want["reason"], want["other"]
    page = page_of_plan(plan)
    assert 'class="curve"' not in page
    assert "Choices: 2 wants" in page


@pytest.mark.parametrize("limits", [[2, 1], [1, 1], [0, 0]])
def test_a_curve_that_goes_back_is_a_fault(limits: list[int]) -> None:
    plan = plan_document()
    points = plan["budget_curve"]["points"]
    plan["budget_curve"]["points"] = [
        {**point, "limit": limit} for point, limit in zip(points, limits, strict=False)
    ]
    with pytest.raises(DamagedSourceError, match="order of their limits"):
        page_of_plan(plan)


def test_what_starts_a_line_has_a_capital_and_names_keep_their_letters() -> None:
    assert paragraph("no plan costs less") == "No plan costs less"
    assert paragraph(f"{prose.name('e4s')} is absent").endswith("e4s</bdi> is absent")
    assert paragraph("`spack` runs").startswith("<code>spack")
    assert paragraph("") == ""
