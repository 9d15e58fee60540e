"""Roots that install from the cache alone, and the specs that others lack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from specplan.records import dataclass

__all__ = [
    "DEFAULT_GROUP",
    "MOST_LACKS",
    "BrokenRoot",
    "Lacking",
    "RootCoverage",
    "RootLine",
    "RootState",
    "RootsOfStack",
]

#: The group of the roots of an environment that name no group.
DEFAULT_GROUP: Final = "default"

#: The maximum number of missing hashes that a document lists for a root. Each of many roots may
#: lack as many specs as there are roots.
MOST_LACKS: Final = 20

#: The result for a root in a cell: a binary covers it; a binary covers it but lacks specs that it
#: needs to install; nothing covers it; the sources cannot decide.
RootState: TypeAlias = Literal["covered", "broken", "gap", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRoot:
    """A root that does not install from the cache alone.

    Attributes:
        hash: Its DAG hash.
        package: Its package.
        version: Its version.
        lacks_total: The number of specs in its link and run closure, including itself, without a
            binary.
        lacks: Their hashes, sorted; if read from a document, only the first of them.
    """

    hash: str
    package: str
    version: str
    lacks_total: int
    lacks: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A spec without a binary that roots lack.

    Attributes:
        hash: Its DAG hash.
        package: Its package; None if no source describes it.
        version: Its version; empty if no source describes it.
        roots: The number of roots that lack it.
    """

    hash: str
    package: str | None
    version: str | None
    roots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RootsOfStack:
    """The number of roots of one stack that install from the cache alone.

    Attributes:
        stack: The stack.
        wanted: Its root hashes, and roots of its environments.
        installable: The roots whose whole closure installs from the cache.
        broken: The hashes of its locks' roots that do not, sorted.
    """

    stack: str
    wanted: int
    installable: int
    broken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCoverage:
    """The number of roots that install from the cache alone.

    The roots of environments count in each of their cells, and install if any spec that covers them
    does.

    Attributes:
        wanted: Distinct root hashes, and roots of environments.
        installable: The roots whose whole closure installs from the cache.
        undecided: The roots of environments in cells where the sources do not show what
            installs; none of them counts as installable.
        coverage: ``installable / wanted``; None if there are no roots.
        broken: The others, by hash; for a root of an environment the spec that covers it and lacks
            least. Roots that nothing covers are gaps and not included here.
        lacking: All specs that these lack, the most widely missing first, then by hash.
        stacks: The same numbers of each stack that wants roots, sorted.
    """

    wanted: int
    installable: int
    coverage: float | None
    broken: tuple[BrokenRoot, ...]
    lacking: Sequence[Lacking]
    undecided: int = 0
    stacks: tuple[RootsOfStack, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RootLine:
    """A root of an environment in one cell, with a line that asks for it.

    Attributes:
        stack: The stack of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        want: The abstract spec that is wanted.
        group: The group of the environment that wants it; None for the default group.
        path: The file; empty for an abstract spec that was typed.
        line: The line, counted from 1: of its list item, its entry in a row of a matrix, or a
            reference to a definition.
        state: The result for it.
    """

    stack: str
    os: str
    target: str
    want: str
    group: str | None
    path: str
    line: int
    state: RootState
