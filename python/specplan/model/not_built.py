"""Specs that a plan does not build: unnecessary, untested and excluded ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from specplan.model.change import ChangedSpec
from specplan.model.spec import NamedSpec
from specplan.records import dataclass

__all__ = ["CutReason", "Excluded", "ExcludedBuild", "ExclusionReason", "Unnecessary", "Untested"]

#: The reason why a spec does not need another to which it has an edge.
CutReason: TypeAlias = Literal["available", "external", "spliced", "test_only"]

#: The reason why a build is excluded: it is known not to build; it needs such a spec; nothing else
#: needs it.
ExclusionReason: TypeAlias = Literal["broken", "needs", "unneeded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unnecessary:
    """A spec that node-by-node pruning would build, although nothing needs it.

    Attributes:
        spec: The spec.
        cut_by: The spec above it that does not need it.
        reason: The reason why it does not.
    """

    spec: NamedSpec
    cut_by: NamedSpec
    reason: CutReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Untested:
    """A spec that contains the change but is not rebuilt.

    Attributes:
        spec: The spec.
        kept_by: The reason why it is not rebuilt.
        available: Whether it has a binary, which is then kept.
    """

    spec: NamedSpec
    kept_by: Literal["policy", "depth"]
    available: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedBuild:
    """A build that is excluded because of a spec that does not build.

    Attributes:
        spec: The spec.
        reason: The reason why it is excluded.
        chain: From the spec down to a broken one, if it needs one.
    """

    spec: NamedSpec
    reason: ExclusionReason
    chain: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """The parts of a plan that are excluded because specs do not build.

    Attributes:
        specs: The abstract specs that are known not to build.
        broken: The hashes of the specs that they match, sorted.
        needed: Those of them that would have to be built, sorted.
        wants: The wants that cannot install, sorted.
        builds: The builds that are excluded, by hash.
    """

    specs: tuple[ChangedSpec, ...]
    broken: tuple[str, ...]
    needed: tuple[str, ...]
    wants: tuple[str, ...]
    builds: tuple[ExcludedBuild, ...]
