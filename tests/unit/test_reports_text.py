"""The text report fits its terminal and reads without colour."""

from __future__ import annotations

import re
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specplan.model.report import Report, ReportOptions, View, as_text
from specplan.reports.render import layout
from tests import records
from tests.snapshots import assert_is_snapshot


def show(result: Report, width: int, *, colour: bool = False, view: View = "gaps") -> str:
    return as_text(result, ReportOptions(width=width, colour=colour, view=view))


REPORTS: dict[str, partial[str]] = {
    "gaps-one-cell": partial(show, records.ONE_CELL, view="gaps"),
    "gaps-many-cells": partial(show, records.MANY_CELLS, view="gaps"),
    "gaps-with-edges": partial(show, records.WITH_EDGES, view="gaps"),
    "gaps-nothing": partial(show, records.NOTHING, view="gaps"),
    "gaps-hostile": partial(show, records.HOSTILE_COVERAGE, view="gaps"),
    "coverage-one-cell": partial(show, records.ONE_CELL, view="coverage"),
    "coverage-many-cells": partial(show, records.MANY_CELLS, view="coverage"),
    "coverage-hostile": partial(show, records.HOSTILE_COVERAGE, view="coverage"),
    "diff": partial(show, records.DIFF),
    "diff-same": partial(show, records.SAME),
    "diff-hostile": partial(show, records.HOSTILE_DIFF),
    "check": partial(show, records.CHECK),
    "check-sound": partial(show, records.SOUND),
    "check-broken": partial(show, records.BROKEN_CHECK),
    "check-hostile": partial(show, records.HOSTILE_CHECK),
}
NAMES = sorted(REPORTS)
WIDTHS = (40, 80, 200)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_the_reports_look_so(name: str, width: int) -> None:
    assert_is_snapshot(REPORTS[name](width), f"{name}-{width}.txt")


def test_colour_looks_so() -> None:
    shown = REPORTS["gaps-one-cell"](80, colour=True).replace("\x1b", "<ESC>")
    assert_is_snapshot(shown, "gaps-one-cell-80-colour.txt")


@pytest.mark.parametrize("width", [*WIDTHS, 20, 60, 100, 120])
@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_wider_than_the_terminal_but_where_one_name_is(name: str, width: int) -> None:
    for line in REPORTS[name](width).splitlines():
        is_one_name = " " not in line.strip()
        assert len(line) <= width or is_one_name


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_lines_are_printable_and_have_no_trailing_space(name: str, width: int) -> None:
    for line in REPORTS[name](width).splitlines():
        assert line.isprintable()
        assert line == line.rstrip()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_colour_changes_nothing_but_colour(name: str, width: int) -> None:
    painted = REPORTS[name](width, colour=True)
    assert re.sub(r"\x1b\[[0-9]+m", "", painted) == REPORTS[name](width)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_a_folded_matrix_holds_every_cell_once(width: int) -> None:
    shown = records.MANY_CELLS.to_text("coverage", width=width).partition("stack hep")[0]
    shares = re.findall(r"(?<!\()\b(?:[0-9]+\.[0-9] %|n/a)", shown)
    assert len(shares) == len(records.MANY_CELLS.cells)


def test_a_folded_matrix_repeats_the_stacks() -> None:
    shown = records.MANY_CELLS.to_text("coverage", width=80)
    assert len(re.findall(r"^stack ", shown, re.MULTILINE)) > 2
    assert len(re.findall(r"^e4s ", shown, re.MULTILINE)) > 1


def test_gaps_that_differ_by_their_cell_are_one_row() -> None:
    shown = records.MANY_CELLS.to_text("gaps", width=200)
    assert shown.count("\nhdf5 ") == 1
    assert "e4s (6 systems)" in shown


WORDS = st.lists(st.text(st.characters(categories=["Ll", "Lo", "Nd"]), min_size=1), min_size=1)


@given(WORDS, st.integers(1, 100))
def test_wrapping_keeps_every_word_whole_and_in_order(words: list[str], width: int) -> None:
    lines = layout.wrap(" ".join(words), width)
    assert " ".join(lines).split(" ") == words
    for line in lines:
        assert layout.columns_of(line) <= width or " " not in line


@given(st.lists(st.integers(1, 30), max_size=30), st.integers(1, 40), st.integers(1, 120))
def test_blocks_hold_every_column_once_and_fit(widths: list[int], lead: int, width: int) -> None:
    blocks = layout.blocks(widths, lead=lead, width=width)
    if blocks is None:
        assert any(lead + 2 + each > width for each in widths)
        return
    assert [at for block in blocks for at in block] == list(range(len(widths)))
    for block in blocks:
        assert lead + sum(2 + widths[at] for at in block) <= width


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=8), st.integers(1, 120))
def test_a_table_fits_or_is_refused(
    cells: list[tuple[list[str], list[str], list[str]]], width: int
) -> None:
    columns = [
        layout.TextColumn(("one",), overhangs=True),
        layout.TextColumn(("two",), wraps=True),
        layout.TextColumn(("three",), align="right", wraps=True),
    ]
    turned = [
        layout.ColumnCells([" ".join(words) for words in each]) for each in zip(*cells, strict=True)
    ]
    lines = layout.table(columns, turned, width=width, colour=False)
    if lines is not None:
        # The rest is on separate lines, which are wide only if a name is.
        assert all(layout.columns_of(line) <= width or " " not in line for line in lines)
        assert all(line == line.rstrip() for line in lines)


def test_wide_characters_count_twice() -> None:
    assert layout.columns_of("漢字") == 4
