"""Names by pattern, with errors that suggest similar names."""

from __future__ import annotations

import os
from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, Final

from specplan import wildcards
from specplan.counting import form
from specplan.errors import UnknownNameError, UsageError
from specplan.similar_names import _CLOSE, suggestions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from specplan.aliases import Paths


__all__ = [
    "FEWER_CELLS",
    "ROOT",
    "Matching",
    "any_matches",
    "as_paths",
    "as_tuple",
    "refuse_others",
    "select_names",
    "select_names_or_none",
    "what_there_is",
]

#: The maximum number of names in a hint.
_FEW: Final = 6

#: The union index of a snapshot: not a stack, and selected only by its exact name.
ROOT: Final = "root"

#: The hint if a report would have too many cells or gaps.
FEWER_CELLS: Final = "choose stacks with `--stack PATTERN`, or systems with `--system OS/TARGET`"


def as_tuple(value: str | Collection[str]) -> tuple[str, ...]:
    """Return one text or several as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)


def as_paths(given: Paths) -> tuple[str, ...]:
    """Return one or several paths as texts, unchanged."""
    several = [given] if isinstance(given, (str, os.PathLike)) else given
    return tuple(os.fspath(path) for path in several)


def select_names(
    patterns: Sequence[str],
    names: Collection[str],
    *,
    kind: str,
    nearby: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Return the names that any of the shell patterns matches, sorted.

    No pattern at all selects every name except ``root``.

    Args:
        patterns: The patterns.
        names: The names.
        kind: The kind of things with these names, for the error.
        nearby: The names that an error prefers to suggest.

    Raises:
        UnknownNameError: If a pattern matches none.
    """
    if not patterns:
        return tuple(sorted(name for name in names if name != ROOT))
    found: set[str] = set()
    known = Matching(names)
    for pattern in patterns:
        matched = known.chosen_by(pattern)
        if not matched:
            near = suggestions(pattern, names if nearby is None else nearby)
            if not near and nearby is not None:
                near = suggestions(pattern, names, closeness=_CLOSE)
            raise UnknownNameError(
                kind=kind,
                name=pattern,
                suggestions=near,
                hint=None if near else what_there_is(sorted(names)),
            )
        found.update(matched)
    return tuple(sorted(found))


def refuse_others(name: str, value: str, allowed: Sequence[str]) -> None:
    """Refuse an unknown word.

    Args:
        name: The field of the question.
        value: The word.
        allowed: The words that it takes, in the order in which a hint lists them.

    Raises:
        UsageError: If it is not one of them.
    """
    if value not in allowed:
        listed = ", ".join(f"`{each}`" for each in allowed)
        raise UsageError(f"`{name}` cannot be `{value}`", hint=f"one of {listed}")


def what_there_is(names: Iterable[str]) -> str | None:
    """Return the hint that lists the known names; None if there are many."""
    known = [name for name in names if name and name != ROOT]
    if not 0 < len(known) <= _FEW:
        return None
    return f"there {form(len(known), 'is', 'are')} " + ", ".join(f"`{each}`" for each in known)


def select_names_or_none(
    patterns: Sequence[str], names: Collection[str], *, kind: str
) -> list[str] | None:
    """Return the names that any of the patterns matches; None, for all, without patterns.

    Raises:
        UnknownNameError: If a pattern matches none.
    """
    return list(select_names(patterns, names, kind=kind)) if patterns else None


def any_matches(patterns: Iterable[str], name: str) -> bool:
    """Return whether any of the shell patterns matches a name; ``root`` only matches itself."""
    return any(
        name == pattern or (name != ROOT and wildcards.matches(name, pattern))
        for pattern in patterns
    )


class Matching:
    """Names that can be looked up by tens of thousands of patterns."""

    def __init__(self, names: Iterable[str]) -> None:
        self._sorted = sorted(names)
        self._found: dict[str, list[str]] = {}

    def matched_or_all(self, pattern: str) -> list[str] | None:
        """Return the names that a pattern matches; for ``*`` None, which means all."""
        return None if pattern == "*" else self._matched(pattern)

    def chosen_by(self, pattern: str) -> list[str]:
        """Return the names that a pattern matches; ``root`` only matches itself."""
        found = self._matched(pattern)
        return found if pattern == ROOT else [name for name in found if name != ROOT]

    def _matched(self, pattern: str) -> list[str]:
        found = self._found.get(pattern)
        if found is None:
            begins = wildcards.beginning(pattern)
            found = []
            for name in islice(self._sorted, bisect_left(self._sorted, begins), None):
                if not name.startswith(begins):
                    break
                if wildcards.matches(name, pattern):
                    found.append(name)
                if begins == pattern:
                    break
            self._found[pattern] = found
        return found
