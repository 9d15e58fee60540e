"""The order of snapshots, as in the compiled catalog."""

from __future__ import annotations

import re
from functools import cmp_to_key
from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["newest_first"]

_DEVELOP, _DATED, _RELEASE, _OTHER = range(4)
_DATE: Final = pattern(r"develop-[0-9]{4}-[0-9]{2}-[0-9]{2}")


def newest_first(tags: Iterable[str]) -> list[str]:
    """Return tags in the order of snapshots: ``develop``, by date, by version, by name.

    Examples:
        >>> newest_first(["v0.9.1", "nightly", "develop-2025-05-25", "v0.23.0", "develop"])
        ['develop', 'develop-2025-05-25', 'v0.23.0', 'v0.9.1', 'nightly']
    """
    return sorted(tags, key=cmp_to_key(_compare))


def _compare(one: str, other: str) -> int:
    ranks = _rank(one), _rank(other)
    if ranks[0] != ranks[1]:
        return -1 if ranks[0] < ranks[1] else 1
    if ranks[0] == _DATED and one != other:
        return -1 if one > other else 1
    if ranks[0] == _RELEASE:
        versions = _core.Version(one[1:]), _core.Version(other[1:])
        if versions[0] != versions[1]:
            return -1 if versions[0] > versions[1] else 1
    return (one > other) - (one < other)


def _rank(tag: str) -> int:
    if tag == "develop":
        return _DEVELOP
    if _DATE.fullmatch(tag):
        return _DATED
    if re.match(r"v[0-9]", tag):
        try:
            _core.Version(tag[1:])
        except ValueError:
            return _OTHER
        return _RELEASE
    return _OTHER
