"""Markdown is fit for the summary of a CI job, whatever names it shows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from specplan.reports.check import markdown as check_markdown
from specplan.reports.coverage import markdown
from tests import records
from tests.snapshots import assert_is_snapshot

HOSTILE_REPORTS = {
    "gaps": markdown.gaps(records.HOSTILE_COVERAGE),
    "coverage": markdown.coverage(records.HOSTILE_COVERAGE),
    "diff": markdown.diff(records.HOSTILE_DIFF),
    "check": check_markdown.check(records.HOSTILE_CHECK),
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gaps-one-cell.md", markdown.gaps(records.ONE_CELL)),
        ("gaps-many-cells.md", markdown.gaps(records.MANY_CELLS)),
        ("gaps-with-edges.md", markdown.gaps(records.WITH_EDGES)),
        ("coverage-one-cell.md", markdown.coverage(records.ONE_CELL)),
        ("coverage-many-cells.md", markdown.coverage(records.MANY_CELLS)),
        ("coverage-nothing.md", markdown.coverage(records.NOTHING)),
        ("diff.md", markdown.diff(records.DIFF)),
        ("diff-same.md", markdown.diff(records.SAME)),
        ("check.md", check_markdown.check(records.CHECK)),
        ("check-broken.md", check_markdown.check(records.BROKEN_CHECK)),
        ("check-sound.md", check_markdown.check(records.SOUND)),
        ("hostile.md", HOSTILE_REPORTS["gaps"]),
    ],
)
def test_the_reports_look_so(name: str, text: str) -> None:
    assert_is_snapshot(text, name)


@pytest.mark.parametrize("text", HOSTILE_REPORTS.values(), ids=HOSTILE_REPORTS.keys())
def test_hostile_names_break_no_table_and_open_no_element(text: str) -> None:
    assert text.replace("\n", "").isprintable()
    assert set(re.findall(r"</?[a-z]+>", text)) <= {"<code>", "</code>"}
    tables = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    assert tables
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_a_long_table_is_folded_away_and_nothing_is_cut() -> None:
    gaps = tuple(records.gap(f"package-{number}") for number in range(500))
    text = markdown.gaps(replace(records.ONE_CELL, gaps=gaps))
    assert text.count("<details><summary>") == 1
    assert text.count("\n| `package-") == 500


def test_a_group_names_every_cell() -> None:
    assert "more" not in markdown.gaps(records.MANY_CELLS)


def test_a_wide_matrix_becomes_a_table_of_cells() -> None:
    text = markdown.coverage(records.MANY_CELLS)
    assert max(line.count("|") for line in text.splitlines()) == 9
