"""Shell patterns, matched in bounded time."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from specplan.patterns import pattern

__all__ = ["beginning", "is_name", "matches"]

#: The characters that turn a name into a pattern.
_WILD: Final = pattern(r"[*?\[]")


def is_name(pattern: str) -> bool:
    """Return whether a pattern only matches itself."""
    return _WILD.search(pattern) is None


def beginning(pattern: str) -> str:
    """Return the common beginning of all names that a pattern matches."""
    first = _WILD.search(pattern)
    return pattern if first is None else pattern[: first.start()]


def matches(name: str, pattern: str) -> bool:
    """Return whether a shell pattern matches a whole name: ``*``, ``?``, ``[ab]``, ``[!ab]``.

    Matching is case-sensitive. A pattern that needs more letters than the name has is not tried, so
    no pattern takes longer than a short one.
    """
    if pattern == "*":
        return True
    first = _WILD.search(pattern)
    if first is None:
        return name == pattern
    # Most patterns differ from the name before the first star and need no search.
    at = first.start()
    return name[:at] == pattern[:at] and _least(pattern) <= len(name) and fnmatchcase(name, pattern)


@lru_cache(maxsize=1024)
def _least(pattern: str) -> int:
    """Return the minimum length of a name: one letter for each part except stars."""
    letters = at = 0
    last = pattern.rfind("]")
    while at < len(pattern):
        letters += pattern[at] != "*"
        at = _end_of_class(pattern, at, last) if pattern[at] == "[" else at + 1
    return letters


def _end_of_class(pattern: str, at: int, last: int) -> int:
    """Return the end of a class that starts here; an unclosed bracket is a literal character."""
    first = at + 1
    first += pattern[first : first + 1] == "!"
    first += pattern[first : first + 1] == "]"
    return pattern.index("]", first) + 1 if first <= last else at + 1
