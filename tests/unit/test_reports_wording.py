"""The phrases that formats share say what is so, to the last decimal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specplan.reports.render import prose, wording
from tests import records


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (112, 239, "46.9 %"),
        (0, 7, "0.0 %"),
        (7, 7, "100.0 %"),
        (0, 0, "n/a"),
        (9_996, 10_000, "99.9 %"),
        (99_999, 100_000, "99.9 %"),
        (4, 10_000, "0.1 %"),
        (1, 1_000_000, "0.1 %"),
        (2, 3, "66.7 %"),
        (1, 3, "33.3 %"),
        (1, 2000, "0.1 %"),
        (5, 10, "50.0 %"),
    ],
)
def test_percentages_have_one_decimal(part: int, whole: int, expected: str) -> None:
    assert wording.percentage(part, whole) == expected


@given(st.integers(1, 10**7), st.data())
def test_only_all_is_a_hundred_and_only_nothing_is_zero(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    shown = wording.percentage(part, whole)
    assert (shown == "100.0 %") == (part == whole)
    assert (shown == "0.0 %") == (part == 0)
    assert abs(float(shown.removesuffix(" %")) - 100 * part / whole) <= 0.1


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b", "c"], "a, b, c"),
        (["a", "b", "c", "d"], "a, b and 2 more"),
    ],
)
def test_long_lists_are_folded(names: list[str], expected: str) -> None:
    assert wording.folded(names, 2) == expected


def test_the_headline_says_how_much_of_what_is_there() -> None:
    assert prose.plain(wording.coverage_headline(records.ONE_CELL)) == (
        "e4s: 3 of 6 wanted packages are available (50.0 %), 3 gaps"
    )


def test_the_headline_of_nothing_is_not_applicable() -> None:
    assert prose.plain(wording.coverage_headline(records.NOTHING)) == (
        "no cells: nothing is wanted, so coverage is n/a"
    )


def test_one_of_something_is_singular() -> None:
    one = records.coverage_of((records.cell("e4s", "rhel8", "zen4", 0, 1),), (records.gap("zfp"),))
    assert prose.plain(wording.coverage_headline(one)) == (
        "e4s: 0 of 1 wanted package is available (0.0 %), 1 gap"
    )
