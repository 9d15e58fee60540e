"""Gaps, undecided wants, and the nearest spec of a gap."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.records import dataclass

__all__ = ["CoveredWant", "Gap", "GapState", "Nearest", "UnknownWant"]

#: The reason why a want is a gap; the first that applies: a root of an environment is not in the
#: lock beside it; it is installed but was never pushed; its binary exists but no index lists it;
#: another stack has it on a compatible system; only other systems have it; nothing in the catalog
#: matches it.
GapState: TypeAlias = Literal[
    "not_concretized", "installed", "unindexed", "other_stack", "other_system", "missing"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The closest available spec to a gap, of the same package.

    Attributes:
        hash: Its DAG hash.
        stack: The stack that lists it; ``root`` if only the union index does.
        os: Its operating system.
        target: Its target.
        source: The file that holds it.
        differs: Its differences from the want, in the order os, target, version, compiler,
            variants, stack. For roots of environments and specs of locks the exact clauses, such as
            ``version 1.10 is not 1.12:``; for keys the words ``os``, ``target``, ``version``,
            ``compiler``, ``variants``, ``stack``.
    """

    hash: str
    stack: str
    os: str
    target: str
    source: str
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One want of one cell that no available spec covers.

    Attributes:
        stack: The stack of the cell.
        platform: The platform of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        want: The key that is wanted, as text.
        package: The package it names.
        version: The version of the wanted spec; None if the want names no spec.
        hash: Its DAG hash, or None if the want names none.
        state: The reason why it is a gap.
        cells_lacking: The number of cells of the report in which the same key is a gap.
        blocked: The number of other wants of the stack that need it; None without edges.
        roots_completed: The number of roots it would complete; None without edges.
        buildable_now: Whether everything needed to build it is usable; None without edges.
        nearest: The closest available spec, or None if the package has none.
        group: The group of the environment that wants it; None for the default group, or if wants
            have no groups.
        developed: Whether the environment builds it from a source tree, so that no binary ever
            covers it.
        known: The reason recorded for it as a known gap; None if it is not one.
    """

    stack: str
    platform: str
    os: str
    target: str
    want: str
    package: str
    version: str | None
    hash: str | None
    state: GapState
    cells_lacking: int
    blocked: int | None
    roots_completed: int | None
    buildable_now: bool | None
    nearest: Nearest | None
    group: str | None = None
    developed: bool = False
    known: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredWant:
    """One want of one cell that an available spec covers.

    Attributes:
        stack: The stack of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        want: The key that is wanted, as text.
        package: The package it names.
        version: The version of the wanted spec; None if the want names no spec.
        hash: Its DAG hash, or None if the want names none.
    """

    stack: str
    os: str
    target: str
    want: str
    package: str
    version: str | None
    hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownWant:
    """One want of one cell that the sources cannot decide: neither covered nor a gap.

    Attributes:
        stack: The stack of the cell.
        platform: The platform of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        want: The abstract spec that is wanted.
        package: The package it names; empty if it names none.
        specs: The number of available specs that might cover it.
        missing: The information that the sources lack, sorted: some of ``edges``, ``virtuals``,
            ``compiler``, ``field``, ``recipe`` and ``git-repository``.
        group: The group of the environment that wants it; None for the default group.
    """

    stack: str
    platform: str
    os: str
    target: str
    want: str
    package: str
    specs: int
    missing: tuple[str, ...]
    group: str | None = None
