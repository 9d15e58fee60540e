"""A concrete spec."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from specplan.records import dataclass

__all__ = ["SHORT_HASH", "DependencyEdge", "EdgeType", "NamedSpec", "PathStep", "Spec"]

#: The number of letters of a hash that people read, as in Spack's own output.
SHORT_HASH: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One concrete spec of a catalog.

    Attributes:
        hash: The DAG hash, 32 letters of a-z2-7; the identity of the spec.
        package: The package.
        version: The version as the source spells it.
        platform: For example ``linux`` or ``darwin``.
        os: The operating system, for example ``ubuntu24.04``.
        target: The microarchitecture, for example ``x86_64_v3``.
        compiler: ``name@version``, or ``none`` for a spec that no compiler built.
        variants: The variants in their canonical spelling, ordered by name.
        size: The size as the source states it, ``-`` if it does not know.
        stacks: The stacks that list the spec in the selected snapshots, sorted.
        tags: The snapshots that list it, newest first.
        source: The file that its content was taken from.
        available: Whether one of these snapshots has a binary of it.
        external: Whether the system provides it, so that it needs no binary.
    """

    hash: str
    package: str
    version: str
    platform: str
    os: str
    target: str
    compiler: str
    variants: tuple[str, ...]
    size: str
    stacks: tuple[str, ...]
    tags: tuple[str, ...]
    source: str
    available: bool
    external: bool


#: The types of edges; ``splice`` leads to the spec as which a spliced one was built.
EdgeType: TypeAlias = Literal["build", "link", "run", "test", "splice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSpec:
    """A spec with its readable names.

    Attributes:
        hash: The DAG hash.
        package: The package.
        version: The version as the source spells it.
    """

    hash: str
    package: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyEdge:
    """An edge between two specs, seen from one of them: the spec at the other end.

    Attributes:
        hash: Its DAG hash.
        package: Its package.
        version: Its version as the source spells it; None if no source describes it.
        types: The types of the dependency.
        virtuals: The virtual packages that the dependency provides on this edge, in the order of
            the source.
    """

    hash: str
    package: str
    version: str | None
    types: tuple[EdgeType, ...]
    virtuals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """A spec on a path over dependencies.

    Attributes:
        hash: Its DAG hash.
        package: Its package; None if nothing names it.
        version: Its version as the source spells it; None if nothing describes it.
        types: The types of the edge from the spec before it; empty for the first.
    """

    hash: str
    package: str | None
    version: str | None
    types: tuple[EdgeType, ...]
