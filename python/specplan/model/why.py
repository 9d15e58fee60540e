"""The reasons why a plan builds a spec, or does not."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.model.build import Cause
from specplan.model.not_built import CutReason, ExclusionReason
from specplan.model.spec import EdgeType, NamedSpec
from specplan.records import dataclass

__all__ = ["ChangeLink", "HeldChange", "Why", "WhyLine", "WhyLink", "WhyVerdict"]

#: The decision of a plan about a spec.
WhyVerdict: TypeAlias = Literal[
    "planned", "reused", "rewired", "external", "left_out", "cut_off", "not_wanted"
]

#: The relation of a spec to the one that its line hangs from.
WhyLink: TypeAlias = Literal["asked", "demands", "cuts", "unneeded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyLine:
    """One line of the tree that shows why a spec is planned or not.

    Attributes:
        depth: Its depth; its parent is the nearest line before it with a depth one less.
        spec: A dependent of the spec that it hangs from; the one asked about at depth 0.
        link: Its relation to that spec: it demands it, cuts it off, or would need it but is not
            needed itself.
        reason: The reason why it cuts that spec off.
        types: The types of its edge to that spec.
        wanted: Whether the spec is wanted.
        repeated: Whether the lines below it are shown at another line with the same spec.
    """

    depth: int
    spec: NamedSpec
    link: WhyLink
    reason: CutReason | None
    types: tuple[EdgeType, ...]
    wanted: bool
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLink:
    """One spec of the chain that leads to a change.

    Attributes:
        spec: The spec.
        types: The types of its edge to the next one; empty for the last one, which changed itself.
    """

    spec: NamedSpec
    types: tuple[EdgeType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldChange:
    """The way in which a spec contains a change.

    Attributes:
        stale: Whether that makes the spec stale; if not, the policy or the depth excludes it.
        chain: A shortest chain of dependencies from the spec to one that changed.
    """

    stale: bool
    chain: tuple[ChangeLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The reason why a plan builds a spec, or why not, with the tree that proves it.

    Attributes:
        spec: The spec.
        verdict: The decision of the plan.
        cause: The reason why it is built, if it is.
        exclusion: The reason why it is left out, if it is.
        chain: From the spec down to a broken one, if it is left out for needing one.
        change: The way in which it contains the change; None if it does not, or nothing changed.
        tree: From the spec up to those that need it, or that make it unnecessary.
    """

    spec: NamedSpec
    verdict: WhyVerdict
    cause: Cause | None
    exclusion: ExclusionReason | None
    chain: tuple[NamedSpec, ...]
    change: HeldChange | None
    tree: tuple[WhyLine, ...]
