"""Entries about wants in cells: what is found by name is what a look at each of them finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from specplan import wildcards
from specplan.catalog.names import ROOT, Matching
from specplan.coverage.entries import Entries

NAMES = st.sampled_from(["a", "ab", "abc", "b", "root", "", "a[b"])
PATTERNS = st.one_of(NAMES, st.sampled_from(["*", "a*", "?b", "[ab]*", "a[!b]*", "*b", "r*", "[b"]))
PARTS = st.tuples(PATTERNS, PATTERNS, PATTERNS, PATTERNS)


@given(st.lists(PARTS, max_size=8), st.sets(NAMES, max_size=3), st.tuples(NAMES, NAMES, NAMES))
def test_the_entries_about_a_want_are_those_whose_patterns_all_match(
    parts: list[tuple[str, str, str, str]], names: set[str], cell: tuple[str, str, str]
) -> None:
    entries = Entries(parts)
    of_cell = [
        at for at, (_, *patterns) in enumerate(parts) if all(map(wildcards.matches, cell, patterns))
    ]
    expected = [
        at for at in of_cell if any(wildcards.matches(name, parts[at][0]) for name in names)
    ]
    for _ in range(2):
        assert entries.about(names, *cell) == expected
    assert entries.in_cells([cell]) == set(of_cell)


@given(st.sets(NAMES), PATTERNS)
def test_names_are_chosen_by_their_pattern_and_the_union_index_by_itself_alone(
    names: set[str], pattern: str
) -> None:
    known = Matching(names)
    matched = sorted(name for name in names if wildcards.matches(name, pattern))
    assert known.matched_or_all(pattern) == (None if pattern == "*" else matched)
    assert known.chosen_by(pattern) == [name for name in matched if name != ROOT or pattern == ROOT]
