"""The parts of a coverage query: level, wants, compatibility, exclusions."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.arguments import question
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

#: The parts of a key: name; name@version; name@version and variants; hash.
Level: TypeAlias = Literal["package", "version", "variant", "hash"]

#: The binaries that serve a cell besides those of exactly its system; cumulative.
Compatibility: TypeAlias = Literal["exact", "target", "os"]

#: The origin of the wants of a report.
WantsKind: TypeAlias = Literal["peers", "baseline", "lock", "environment", "lock_and_environment"]

#: The wanted part of a lock: its roots; also everything they link to or run with; also their build
#: dependencies.
Scope: TypeAlias = Literal["roots", "runtime", "all"]

#: The ways to concretize the roots of an environment: together or not.
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


@question
@dataclass(frozen=True, slots=True, kw_only=True)
class NotWanted:
    """One ``[[not-wanted]]`` entry and its effect.

    Attributes:
        package: The shell pattern for packages.
        stack: The shell pattern for stacks.
        os: The shell pattern for operating systems.
        target: The shell pattern for targets.
        reason: The reason.
        excluded: The number of wants of the report that it excluded; an entry that excludes none is
            unused.
    """

    package: str = "*"
    stack: str = "*"
    os: str = "*"
    target: str = "*"
    reason: str
    excluded: int = 0


#: The detail of an answer; each level includes those before it.
Detail: TypeAlias = Literal["cells", "keys", "gaps", "nearest"]
