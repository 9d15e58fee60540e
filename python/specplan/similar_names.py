"""Names similar to a misspelt one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


__all__ = ["nearest", "suggestions"]


#: The maximum number of similar names in an error.
_SUGGESTIONS: Final = 3


#: The required similarity of a name outside of the sources: most names in tables are irrelevant.
_CLOSE: Final = 0.75


def suggestions(name: str, names: Collection[str], *, closeness: float = 0.5) -> tuple[str, ...]:
    """Return the names most similar to ``name``, best first, ignoring case.

    Args:
        name: The name.
        names: The names to choose from.
        closeness: The required similarity, from 0 to 1.
    """
    by_spelling: dict[str, list[str]] = {}
    for each in sorted(names):
        by_spelling.setdefault(each.casefold(), []).append(each)
    asked = name.casefold()
    part = asked.strip("*?")
    near = nearest(asked, by_spelling, closeness=closeness)
    inside = [each for each in by_spelling if part and part in each]
    # Names that only differ in case come first, then those that begin with the name.
    inside.sort(key=lambda each: not each.startswith(part))
    begins = [each for each in inside if each.startswith(part)]
    same = [asked] if asked in by_spelling else []
    found = dict.fromkeys([*same, *(begins if len(part) > 1 else ()), *near, *inside])
    return tuple(each for spelling in found for each in by_spelling[spelling])[:_SUGGESTIONS]


def nearest(
    name: str, names: Iterable[str], *, most: int = _SUGGESTIONS, closeness: float = 0.6
) -> list[str]:
    """Return the names with the most similar spelling, best first."""
    # Imported here because few runs encounter a misspelt name.
    from difflib import get_close_matches  # noqa: PLC0415

    return get_close_matches(name, list(names), n=most, cutoff=closeness)
