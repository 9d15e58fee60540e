"""The next hashes of a lock, from newer recipes."""

from __future__ import annotations

from specplan.records import dataclass

__all__ = ["OpenSpec", "Successor", "Successors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """The successor of a spec of a lock with newer recipes.

    Attributes:
        hash: Its DAG hash.
        package: Its package.
        version: Its version.
        successor: Its next DAG hash; None if unknown.
        package_hash: Its next package hash; None if unknown.
        reason: The reason why it is unknown; empty if it is known.
    """

    hash: str
    package: str
    version: str
    successor: str | None
    package_hash: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSpec:
    """A spec of a lock that keeps its hash only if a concretizer chooses as before.

    Attributes:
        hash: Its DAG hash.
        package: Its package.
        version: Its version.
        cause: The hash of the spec whose recipe changed: itself, or one that it depends on.
        reason: The reason why a concretizer may choose otherwise.
    """

    hash: str
    package: str
    version: str
    cause: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Successors:
    """The next hashes of a lock.

    Attributes:
        stack: The stack of the lock.
        kept: The number of specs that keep their hash for certain.
        open: Those that keep it only if a concretizer chooses as before, in the order of the lock.
        specs: The others, in the order of the lock.
    """

    stack: str
    kept: int
    open: tuple[OpenSpec, ...]
    specs: tuple[Successor, ...]
