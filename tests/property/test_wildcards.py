"""Shell patterns match what those of Python match, however long they are."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from specplan import wildcards

LETTERS = st.text("ab*?[]!^-", max_size=12)


@given(name=st.text("ab[]!^-*", max_size=6), pattern=LETTERS)
def test_a_pattern_matches_what_it_matches_in_python(name: str, pattern: str) -> None:
    assert wildcards.matches(name, pattern) == fnmatchcase(name, pattern)


def test_a_pattern_of_a_megabyte_that_no_name_can_match_is_not_tried() -> None:
    pattern = "*a" * 500_000 + "b"
    assert not any(wildcards.matches(f"stack{number}", pattern) for number in range(1000))
