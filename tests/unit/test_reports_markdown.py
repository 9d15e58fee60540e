"""Markdown is fit for the summary of a CI job, whatever names it shows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests import records
from tests.snapshots import assert_is_snapshot

HOSTILE_REPORTS = {
    "gaps": records.HOSTILE_COVERAGE.to_markdown("gaps"),
    "coverage": records.HOSTILE_COVERAGE.to_markdown("coverage"),
    "diff": records.HOSTILE_DIFF.to_markdown(),
    "check": records.HOSTILE_CHECK.to_markdown(),
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gaps-one-cell.md", records.ONE_CELL.to_markdown("gaps")),
        ("gaps-many-cells.md", records.MANY_CELLS.to_markdown("gaps")),
        ("gaps-with-edges.md", records.WITH_EDGES.to_markdown("gaps")),
        ("coverage-one-cell.md", records.ONE_CELL.to_markdown("coverage")),
        ("coverage-many-cells.md", records.MANY_CELLS.to_markdown("coverage")),
        ("coverage-nothing.md", records.NOTHING.to_markdown("coverage")),
        ("diff.md", records.DIFF.to_markdown()),
        ("diff-same.md", records.SAME.to_markdown()),
        ("check.md", records.CHECK.to_markdown()),
        ("check-broken.md", records.BROKEN_CHECK.to_markdown()),
        ("check-sound.md", records.SOUND.to_markdown()),
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
    text = replace(records.ONE_CELL, gaps=gaps).to_markdown("gaps")
    assert text.count("<details><summary>") == 1
    assert text.count("\n| `package-") == 500


def test_a_group_names_every_cell() -> None:
    assert "more" not in records.MANY_CELLS.to_markdown("gaps")


def test_a_wide_matrix_is_folded_into_blocks_that_hold_every_cell_once() -> None:
    text = records.MANY_CELLS.to_markdown("coverage")
    assert max(line.count("|") for line in text.splitlines()) == 1 + 1 + 6
    assert "**3 stacks, systems 7 to 8 of 8**" in text
    tables = [line for line in text.splitlines() if line.startswith("| `")]
    shares = re.findall(r"[0-9]+\.[0-9] %|n/a", "\n".join(tables))
    assert len(shares) == len(records.MANY_CELLS.cells)
