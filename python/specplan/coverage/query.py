"""The query of coverage, as a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import TypeVar

from specplan.arguments import question
from specplan.model.host import Host
from specplan.model.query import Compatibility, Level, NotWanted, Scope
from specplan.records import dataclass

__all__ = ["CoverageQuery"]

Value = TypeVar("Value")


def _nothing() -> Mapping[str, Value]:
    return MappingProxyType({})


@question
@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageQuery:
    """A question about the coverage of cells.

    Wants are those of *peers* unless ``baseline`` or ``want`` is given: each reported cell wants
    every key that a peer of its stack has on any system (at level ``hash`` on the same system).
    With a baseline, a cell wants every key that it has in the older state; with ``want``, the specs
    of locks and the roots of environments.

    Attributes:
        stack: Shell patterns of the stacks to report; without any, all but ``root``.
        peers: Shell patterns of the stacks that define the wants; without any, the family of
            each stack.
        system: ``OS/TARGET`` that the reported stacks should support, even if they have nothing
            there yet; ``all`` for every system on which a peer has anything.
        os: Report only cells of these operating systems (shell patterns).
        target: Report only cells of these targets (shell patterns).
        tag: The snapshot; None for the newest of each source.
        baseline: An older snapshot of the same catalog. Another catalog is passed separately.
        want: Locks, ``[LABEL=]spack.lock``, and environments, ``[LABEL=]spack.yaml``, with the
            wants.
        scope: The wanted specs of a lock: only the ``roots``; the roots and all that they link to
            or run with (``runtime``), which are needed to install them; or ``all``.
        level: The level of keys; None for the hash with locks, otherwise the package. The roots of
            environments are abstract specs and have no level.
        compat: The binaries that serve a cell besides those of exactly its system.
        not_wanted: Wants to exclude.
        families: Families by name, each a list of shell patterns; a stack that matches none is
            in the family of its first dash-separated word.
        libc: More operating systems with their C libraries, ``{"site9": "glibc 2.34"}``.
        cells: By stack, the systems, ``OS/TARGET``, that it is for; it is reported there even if it
            has nothing yet. Without any, the roots of an environment or the environment itself name
            the systems.
        host: The machine to which the conditions of environments refer. The platform and the
            operating system are those of each cell unless the host sets them.
        include: By the URL of an include of an environment, the local file to read instead.
        group: The groups of environments and locks whose roots are wanted; without any, all.
        packages: A package repository, or a checkout that holds one. Its recipes show which
            variants a package has; they are parsed but never run.
        allow_left_out: The kinds of records that are allowed: with ``include``, an include of an
            environment may be missing and becomes a record.
        nearest: Whether to look for the nearest spec of each gap.
        covered: Whether to list the covered wants instead of only counting them.
    """

    stack: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    os: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    tag: str | None = None
    baseline: str | None = None
    want: tuple[str, ...] = ()
    scope: Scope = "runtime"
    level: Level | None = None
    compat: Compatibility = "exact"
    not_wanted: tuple[NotWanted, ...] = ()
    families: Mapping[str, Sequence[str]] = field(default_factory=_nothing)
    libc: Mapping[str, str] = field(default_factory=_nothing)
    cells: Mapping[str, Sequence[str]] = field(default_factory=_nothing)
    host: Host = Host()
    include: Mapping[str, str] = field(default_factory=_nothing)
    group: tuple[str, ...] = ()
    packages: str | None = None
    allow_left_out: frozenset[str] = frozenset()
    nearest: bool = True
    covered: bool = False
