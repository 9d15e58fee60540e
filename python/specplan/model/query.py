"""The parts of a coverage query: level, wants, compatibility, exclusions."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.records import dataclass

__all__ = [
    "Compatibility",
    "Detail",
    "EnvironmentAsked",
    "Level",
    "NotWanted",
    "Scope",
    "Unify",
    "WantsKind",
]

#: What a key is: name; name@version; name@version and variants; hash.
Level: TypeAlias = Literal["package", "version", "variant", "hash"]

#: Which binaries serve a cell besides those of its very system; cumulative.
Compatibility: TypeAlias = Literal["exact", "target", "os"]

#: Where the wants of a report come from.
WantsKind: TypeAlias = Literal["peers", "baseline", "lock", "environment", "lock_and_environment"]

#: How much of a lock is wanted: its roots; also all that they link to or run with;
#: also what building needs.
Scope: TypeAlias = Literal["roots", "runtime", "all"]

#: Whether the roots of an environment are concretized together.
Unify: TypeAlias = Literal["true", "when_possible", "false"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentAsked:
    """An environment whose roots are wanted.

    Attributes:
        stack: Its stack.
        path: Its file.
        roots: The number of its roots, as Spack expands them.
        unify: Whether Spack concretizes them together.
    """

    stack: str
    path: str
    roots: int
    unify: Unify


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWanted:
    """One ``[[not-wanted]]`` entry and its effect.

    Attributes:
        package: The shell pattern for packages.
        stack: The shell pattern for stacks.
        os: The shell pattern for operating systems.
        target: The shell pattern for targets.
        reason: The reason.
        excluded: How many wants of the report it excluded; an entry that
            excludes none is unused.
    """

    package: str = "*"
    stack: str = "*"
    os: str = "*"
    target: str = "*"
    reason: str
    excluded: int = 0


#: The detail of an answer; each includes those before it.
Detail: TypeAlias = Literal["cells", "keys", "gaps", "nearest"]
