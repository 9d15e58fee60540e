"""A report is a value: sections with stable ids, rows as wide as their columns, typed cells."""

from __future__ import annotations

import csv
import re
from copy import copy
from dataclasses import replace
from io import StringIO

import pytest

from specplan.model.report import Report, ReportOptions, View, as_csv, as_markdown, as_text
from specplan.reports.outline import outline_of
from specplan.reports.render import prose
from tests import records

REPORTS: dict[str, tuple[Report, View]] = {
    "gaps-one-cell": (records.ONE_CELL, "gaps"),
    "gaps-many-cells": (records.MANY_CELLS, "gaps"),
    "gaps-with-edges": (records.WITH_EDGES, "gaps"),
    "gaps-nothing": (records.NOTHING, "gaps"),
    "gaps-hostile": (records.HOSTILE_COVERAGE, "gaps"),
    "coverage-many-cells": (records.MANY_CELLS, "coverage"),
    "coverage-hostile": (records.HOSTILE_COVERAGE, "coverage"),
    "diff": (records.DIFF, "gaps"),
    "diff-hostile": (records.HOSTILE_DIFF, "gaps"),
    "check": (records.CHECK, "gaps"),
    "check-broken": (records.BROKEN_CHECK, "gaps"),
    "check-hostile": (records.HOSTILE_CHECK, "gaps"),
}


@pytest.mark.parametrize("name", REPORTS)
def test_sections_have_ids_of_their_own_and_rows_are_as_wide_as_the_columns(name: str) -> None:
    result, view = REPORTS[name]
    sections = outline_of(result, ReportOptions(view=view)).sections
    ids = [section.id for section in sections]
    assert len(set(ids)) == len(ids)
    for section in sections:
        assert re.fullmatch(r"[a-z][a-z0-9_-]*", section.id)
        assert section.table is None or not section.lines
        if section.table is not None:
            columns = [column.id for column in section.table.columns]
            assert len(set(columns)) == len(columns)
            assert {len(row) for row in section.table.rows} <= {len(columns)}


@pytest.mark.parametrize("name", REPORTS)
def test_equal_results_give_equal_outlines(name: str) -> None:
    result, view = REPORTS[name]
    options = ReportOptions(view=view)
    assert outline_of(result, options) == outline_of(copy(result), options)


def test_a_limit_shortens_what_people_read_and_never_csv() -> None:
    gaps = tuple(records.gap(f"package-{number}") for number in range(30))
    result = replace(records.ONE_CELL, gaps=gaps)
    few = ReportOptions(limit=3)
    assert as_text(result, few).count("\npackage-") == 3
    assert "and 27 more rows are not listed" in as_text(result, few)
    assert as_markdown(result, few).count("\n| `package-") == 3
    assert "And 27 more rows are not listed." in as_markdown(result, few)
    assert len(list(csv.DictReader(StringIO(as_csv(result, few))))) == 30


def test_whole_hashes_are_shown_where_they_are_asked_for() -> None:
    short, whole = (
        as_text(records.WITH_EDGES, ReportOptions(long_hashes=asked)) for asked in (False, True)
    )
    assert f"/{records.HASH[:7]} " in short
    assert records.HASH not in short
    assert f"/{records.HASH} " in whole


@pytest.mark.parametrize("text", ["", "e4s", "\x0en\x0f", "\x0f\x1f", "a\x0es\x1fb", "`|<\x1b[31m"])
def test_a_marked_name_is_one_part_and_the_sentence_around_it_stays(text: str) -> None:
    said = f"stack {prose.name(text)} or {prose.words(text)}: {prose.spec(text, text)}."
    kinds = [part.kind for part in prose.parts(said)]
    assert kinds == ["ours", "name", "ours", "words", "ours", "spec", "ours"]
    assert "".join(part.text for part in prose.parts(said) if part.kind == "ours") == (
        "stack  or : ."
    )


def test_a_mark_in_a_name_is_written_as_its_escape() -> None:
    assert prose.plain(prose.name("a\x0eb")) == r"a\x0eb"
