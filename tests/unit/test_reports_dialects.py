"""The formats of CI systems, each read back by a reader that is not ours."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import specplan
from specplan.errors import UsageError
from specplan.model import Coverage, Level
from specplan.model.check import Binaries
from specplan.model.gate import Gate
from specplan.model.left_out import LeftOut
from specplan.model.report import Report
from specplan.model.roots import RootLine, RootState
from specplan.reports.dialects import DIALECTS, badge_endpoint, junit_files
from specplan.reports.findings import findings_of
from specplan.reports.render import junit as junit_module
from tests import records
from tests.snapshots import assert_is_snapshot

GATES = (
    Gate(
        name="fail-under",
        unit="percent",
        limit=95,
        value=50,
        held=False,
        reason="coverage is 50.0 % (3 of 6), less than 95 % (--fail-under)",
    ),
    Gate(name="fail-on-absent", unit="count", limit=0, value=0, held=True, reason=""),
)

LEFT_OUT = (
    LeftOut(
        kind="include",
        where="spack.yaml:3",
        detail="remote include",
        blocks=True,
        remedy="--include URL=FILE",
    ),
)


def root(want: str, line: int, state: RootState = "covered", os: str = "ubuntu22.04") -> RootLine:
    return RootLine(
        stack="e4s",
        os=os,
        target="x86_64_v3",
        want=want,
        group=None,
        path="stacks/e4s/spack.yaml",
        line=line,
        state=state,
    )


ROOTS = (
    root("hdf5", 3, "gap"),
    root("zfp", 4),
    root("zlib cflags=-O2", 5),
    root("zlib cflags=-O3", 5, "broken"),
    root("py-pluggy", 6, "unknown"),
)

RESULTS: dict[str, Report] = {
    "coverage": replace(
        records.ONE_CELL, gates=GATES, left_out=LEFT_OUT, root_lines=ROOTS, wants="environment"
    ),
    "many": records.MANY_CELLS,
    "nothing": records.NOTHING,
    "hostile": records.HOSTILE_COVERAGE,
    "diff": replace(records.DIFF, gates=GATES[1:]),
    "diff-hostile": records.HOSTILE_DIFF,
    "check": records.CHECK,
    "check-broken": records.BROKEN_CHECK,
    "check-hostile": records.HOSTILE_CHECK,
}

FAMILIES = ("junit", "github", "codequality", "openmetrics")


@pytest.mark.parametrize("form", [*FAMILIES, "badge", "lcov", "cobertura"])
def test_a_format_shows_coverage_as_agreed(form: str) -> None:
    assert_is_snapshot(DIALECTS[form](RESULTS["coverage"]), f"dialect-{form}.txt")


@pytest.mark.parametrize("name", RESULTS)
def test_junit_has_the_shape_that_readers_take(name: str) -> None:
    tree = ET.fromstring(DIALECTS["junit"](RESULTS[name]))  # noqa: S314 - likewise
    assert tree.tag == "testsuites"
    # Text beside elements makes GitLab show nothing.
    assert not (tree.text or "").strip()
    seen = set()
    for suite in tree:
        assert suite.tag == "testsuite"
        assert suite.get("name")
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        for inner, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.get(count) == str(sum(case.find(inner) is not None for case in cases))
        for case in cases:
            key = case.get("classname"), case.get("name")
            assert all(key)
            assert key not in seen
            seen.add(key)
            assert len(case) <= 1
            assert {each.tag for each in case} <= {"failure", "error", "skipped", "system-out"}
    assert tree.get("tests") == str(len(seen))
    assert len(seen) == len(findings_of(RESULTS[name]).cases)


def test_a_failure_says_in_its_text_what_its_attributes_say() -> None:
    tree = ET.fromstring(DIALECTS["junit"](RESULTS["coverage"]))  # noqa: S314 - likewise
    for failure in tree.iter("failure"):
        said = f"{failure.get('type')}: {failure.get('message')}"
        assert (failure.text or "").splitlines()[0] == said


def _cases(result: Report) -> dict[tuple[str | None, str | None], str]:
    tree = ET.fromstring(DIALECTS["junit"](result))  # noqa: S314 - likewise
    return {
        (case.get("classname"), case.get("name")): case[0].tag if len(case) else "passed"
        for case in tree.iter("testcase")
    }


@pytest.mark.parametrize("level", ["package", "version", "variant", "hash"])
def test_a_want_has_one_case_whatever_becomes_of_it(level: Level) -> None:
    """A merge request of GitLab says newly failed, still failing and resolved by these names."""
    catalog = specplan.load(Path(__file__).parents[2] / "examples" / "cache")
    old, new = (
        catalog.gaps(baseline="develop-2025-11-15", tag=tag, level=level, covered=True)
        for tag in ("develop-2025-11-15", "develop-2026-01-17")
    )
    before, after = _cases(old), _cases(new)
    assert before.keys() <= after.keys()
    assert set(before.values()) <= {"passed", "error"}
    failed = [key for key in before if after[key] == "failure"]
    assert len(failed) == new.totals.gaps > 0
    passed = [key for key, state in after.items() if state == "passed"]
    assert len(passed) == new.totals.covered > 0


def test_large_reports_are_split_and_no_case_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(junit_module, "_MOST_CASES", 7)
    result = replace(
        records.ONE_CELL, gaps=tuple(records.gap(f"package-{at:02}") for at in range(30))
    )
    files = junit_files(result)
    names = [
        case.get("name")
        for text in files
        for case in ET.fromstring(text).iter("testcase")  # noqa: S314 - likewise
    ]
    assert len(files) == 5
    assert names == [f"package-{at:02}" for at in range(30)]


@pytest.mark.parametrize("name", RESULTS)
def test_github_has_at_most_ten_annotations_a_kind(name: str) -> None:
    lines = DIALECTS["github"](RESULTS[name]).splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(
            r"::(error|warning|notice) [a-zA-Z]+=[^:,]*(,[a-zA-Z]+=[^:,]*)*::.*", line
        )
    for level in ("error", "warning", "notice"):
        assert sum(line.startswith(f"::{level} ") for line in lines) <= 10


def test_github_says_how_many_annotations_it_would_not_show() -> None:
    result = replace(
        records.ONE_CELL, gaps=tuple(records.gap(f"package-{at:02}") for at in range(30))
    )
    lines = [line for line in DIALECTS["github"](result).splitlines() if "::error" in line]
    assert len(lines) == 10
    assert "21 more errors" in lines[-1]


@pytest.mark.parametrize("name", RESULTS)
def test_code_quality_has_what_gitlab_needs_and_fingerprints_of_their_own(name: str) -> None:
    found = json.loads(DIALECTS["codequality"](RESULTS[name]))
    for each in found:
        assert each["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert each["description"]
        assert each["check_name"]
        assert each["location"]["path"]
        assert each["location"]["lines"]["begin"] >= 1
    fingerprints = [each["fingerprint"] for each in found]
    assert len(set(fingerprints)) == len(fingerprints)


@pytest.mark.parametrize("name", RESULTS)
def test_a_case_has_one_fingerprint_whatever_else_is_wrong(name: str) -> None:
    result = RESULTS[name]
    before = {each["fingerprint"] for each in json.loads(DIALECTS["codequality"](result))}
    if not isinstance(result, Coverage):
        return
    fewer = replace(result, gaps=result.gaps[1:])
    after = {each["fingerprint"] for each in json.loads(DIALECTS["codequality"](fewer))}
    assert after <= before


#: A sample: a name, labels, a number.
SAMPLE = re.compile(
    r'(?P<name>[a-z_]+)(?:\{(?P<labels>(?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (?P<value>\S+)'
)


@pytest.mark.parametrize("name", RESULTS)
def test_openmetrics_follows_its_grammar(name: str) -> None:
    text = DIALECTS["openmetrics"](RESULTS[name])
    lines = text.split("\n")
    assert lines[-2:] == ["# EOF", ""]
    families: list[str] = []
    seen = set()
    for line in lines[:-2]:
        if line.startswith("# "):
            _, word, family, rest = line.split(" ", 3)
            if word == "TYPE":
                assert family not in families
                families.append(family)
            assert family == families[-1]
            assert word in {"TYPE", "UNIT", "HELP"}
            assert word != "UNIT" or family.endswith(f"_{rest}")
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample is not None, line
        assert sample["name"] == families[-1]
        float(sample["value"])
        assert (sample["name"], sample["labels"]) not in seen
        seen.add((sample["name"], sample["labels"]))


@pytest.mark.parametrize("form", ["junit", "github", "lcov", "cobertura", "badge"])
def test_every_format_with_room_for_it_shows_each_gate_with_limit_value_and_verdict(
    form: str,
) -> None:
    text = DIALECTS[form](RESULTS["coverage"]).replace("%25", "%")
    assert "fail-under" in text
    assert re.search(r"limit 95 %.*value 50 %", text, re.DOTALL)
    assert "fail-on-absent" in text
    assert re.search(r"limit 0.*value 0", text, re.DOTALL)
    if form in {"lcov", "cobertura", "badge"}:
        assert "gate fail-under: limit 95 %, value 50 %, fails" in text
        assert "gate fail-on-absent: limit 0, value 0, holds" in text


def test_no_name_ends_a_comment_of_cobertura_early() -> None:
    gate = replace(GATES[0], stack="a--> <!---b-")
    result = replace(RESULTS["coverage"], gates=(gate,))  # type: ignore[type-var]
    ET.fromstring(DIALECTS["cobertura"](result))  # noqa: S314 - likewise


def test_every_format_of_numbers_and_for_people_shows_the_gates() -> None:
    result = RESULTS["coverage"]
    assert 'specplan_gate_held{gate="fail-under",unit="percent"} 0' in DIALECTS["openmetrics"](
        result
    )
    assert result.to_json().count('"limit"') == 2
    assert "| `--fail-under` | 95 % | 50 % | fails |" in result.to_markdown()
    assert re.search(r"--fail-under +95 % +50 % +fails", result.to_text())


def test_lcov_counts_what_installs_by_line() -> None:
    lines = DIALECTS["lcov"](RESULTS["coverage"]).splitlines()
    hits = dict(line[3:].split(",") for line in lines if line.startswith("DA:"))
    assert hits == {"3": "0", "4": "1", "5": "1", "6": "0"}
    assert {"BRDA:5,0,0,1", "BRDA:5,0,1,0", "LF:4", "LH:2"} <= set(lines)
    assert lines[-1] == "end_of_record"


def test_cobertura_says_the_same() -> None:
    tree = ET.fromstring(DIALECTS["cobertura"](RESULTS["coverage"]))  # noqa: S314 - likewise
    assert (tree.get("lines-covered"), tree.get("lines-valid")) == ("2", "4")
    (of_file,) = tree.iter("class")
    assert of_file.get("filename") == "stacks/e4s/spack.yaml"
    lines = {line.get("number"): line for line in of_file.iter("line")}
    assert {number: line.get("hits") for number, line in lines.items()} == {
        "3": "0",
        "4": "1",
        "5": "1",
        "6": "0",
    }
    assert lines["5"].get("condition-coverage") == "50% (1/2)"


@pytest.mark.parametrize("form", ["lcov", "cobertura"])
def test_line_coverage_without_an_environment_says_what_it_needs(form: str) -> None:
    with pytest.raises(UsageError, match=r"no root of one is wanted"):
        DIALECTS[form](records.ONE_CELL)


@pytest.mark.parametrize(
    ("covered", "wanted", "message", "colour"),
    [
        (10, 10, "100.0 %", "brightgreen"),
        (9999, 10000, "99.9 %", "green"),
        (1, 10, "10.0 %", "red"),
        (0, 0, "n/a", "lightgrey"),
    ],
)
def test_a_badge_shows_the_share(covered: int, wanted: int, message: str, colour: str) -> None:
    result = records.coverage_of((records.cell("e4s", "sles15", "zen4", covered, wanted),))
    endpoint = json.loads(badge_endpoint(result))
    assert endpoint == {
        "schemaVersion": 1,
        "label": "spack cache",
        "message": message,
        "color": colour,
    }
    tree = ET.fromstring(DIALECTS["badge"](result))  # noqa: S314 - likewise
    assert tree.get("role") == "img"
    assert tree.get("aria-label") == f"spack cache: {message}"


@pytest.mark.parametrize("blocks", [True, False])
def test_a_badge_of_what_is_not_whole_is_never_green(*, blocks: bool) -> None:
    record = LeftOut(kind="include", where="x", detail="it is remote", blocks=blocks, remedy="y")
    whole = records.coverage_of((records.cell("e4s", "sles15", "zen4", 10, 10),))
    endpoint = json.loads(badge_endpoint(replace(whole, left_out=(record,))))
    said = ("100.0 %, not whole", "lightgrey") if blocks else ("100.0 %", "brightgreen")
    assert (endpoint["message"], endpoint["color"]) == said


def test_a_badge_of_what_fails_is_never_green() -> None:
    whole = records.coverage_of((records.cell("e4s", "sles15", "zen4", 99, 100),))
    gate = Gate(
        name="fail-under", unit="percent", limit=100, value=99, held=False, reason="it is less"
    )
    binaries = Binaries(available=10, usable=10)
    for result, said in (
        (replace(whole, gates=(gate,)), ("99.0 %, gate failed", "red")),
        (replace(whole, gates=(replace(gate, held=True),)), ("99.0 %", "green")),
        (replace(records.CHECK, binaries=binaries), ("100.0 %, 3 findings", "red")),
        (replace(records.SOUND, binaries=binaries), ("100.0 %", "brightgreen")),
    ):
        endpoint = json.loads(badge_endpoint(result))
        assert (endpoint["message"], endpoint["color"]) == said


NAMES = st.text(max_size=30) | st.sampled_from(
    [
        "::error::x",
        "%0A::error::x",
        "##[group]x",
        ']]>&<a b="',
        "a\x00b\x1b[31m",
        "\ud800",
        "a,b::c",
    ]
)


@given(NAMES, NAMES, NAMES, NAMES)
def test_no_name_leaves_its_place(stack: str, os: str, want: str, path: str) -> None:
    cell = records.cell(stack, os, "x86_64_v3", 0, 2)
    gap = replace(records.gap(want, stack, os), cells_lacking=2)
    place = replace(root(want, 3, "gap"), stack=stack, os=os, path=path or "spack.yaml")
    # Twice the same want: both have names of their own.
    result = replace(records.coverage_of((cell,), (gap, gap)), root_lines=(place,))
    for form, write in DIALECTS.items():
        text = write(result)
        # Neither a command of a runner nor an escape sequence.
        if form != "github":
            assert not re.search(r"^\s*::", text, re.MULTILINE)
        assert not re.search(r"##[A-Za-z]*\[|[\x00-\x08\x0b-\x1f\x7f]", text)
        text.encode()
    tree = ET.fromstring(DIALECTS["junit"](result))  # noqa: S314 - likewise
    cases = {(case.get("classname"), case.get("name")) for case in tree.iter("testcase")}
    assert len(cases) == 2
    ET.fromstring(DIALECTS["cobertura"](result))  # noqa: S314 - likewise
    found = json.loads(DIALECTS["codequality"](result))
    assert len({each["fingerprint"] for each in found}) == 2
    lines = DIALECTS["github"](result).splitlines()
    assert len(lines) <= 3
    assert all(line.startswith(("::error ", "::notice ")) for line in lines)
    samples = [
        line for line in DIALECTS["openmetrics"](result).splitlines() if not line.startswith("# ")
    ]
    assert all(SAMPLE.fullmatch(line) for line in samples)


def test_the_picture_of_a_coverage_has_every_cell_in_words_and_in_parts() -> None:
    whole = records.cell("e4s", "ubuntu22.04", "x86_64_v3", 6, 6)
    mixed = replace(whole, os="rhel8", covered=4, covered_exact=2, unknown=1)
    old = replace(whole, stack="hep", carried_from="develop-2025-11-15")
    nothing = replace(whole, stack="hep", os="rhel8", wanted=0, covered=0, covered_exact=0)
    result = records.coverage_of((whole, mixed, old, nothing), ())
    picture = DIALECTS["svg"](result)
    tree = ET.fromstring(picture)  # noqa: S314 - our own text
    space = "{http://www.w3.org/2000/svg}"
    described = tree.findtext(f"{space}desc") or ""
    assert "e4s ubuntu22.04/x86_64_v3: 100.0 % (6 of 6)" in described
    assert "e4s rhel8/x86_64_v3: 66.7 % (4 of 6, 1 undecided)" in described
    assert "hep ubuntu22.04/x86_64_v3: 100.0 % (old) (6 of 6)" in described
    assert "hep rhel8/x86_64_v3: n/a (0 of 0)" in described
    fills = [each.get("fill") for each in tree.findall(f"{space}rect")]
    # The ground, a part a kind of the legend, and the parts of the cells.
    assert fills.count("#1a7f4b") == 1 + 3
    assert fills.count("url(#hatch)") == fills.count("url(#dots)") == fills.count("none") == 1 + 1
    width, height = (float(tree.get(name, "0")) for name in ("width", "height"))
    for each in tree.findall(f"{space}rect") + tree.findall(f"{space}text"):
        assert 0 <= float(each.get("x", "0")) <= width
        assert 0 <= float(each.get("y", "0")) <= height


def test_the_picture_of_a_coverage_says_its_gates_and_its_doubts() -> None:
    left_out = LeftOut(kind="no_peer", where="hep", detail="x", blocks=True, remedy="y")
    gate = Gate(
        name="fail-under", unit="percent", limit=50.0, value=40.0, held=False, reason="x", stack=""
    )
    result = replace(records.MANY_CELLS, left_out=(left_out,), gates=(gate,))
    picture = DIALECTS["svg"](result)
    assert "<title>not whole: " in picture
    assert "gate fail-under: limit 50 %, value 40 %, fails" in picture
    with pytest.raises(UsageError, match="only a coverage and a trend are pictures"):
        DIALECTS["svg"](records.CHECK)
