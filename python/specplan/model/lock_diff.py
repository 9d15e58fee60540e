"""The new specs between two states, and their causes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from specplan.model.gate import Gate
from specplan.model.known_gap import KnownGaps
from specplan.model.left_out import LeftOut
from specplan.model.report import Report
from specplan.model.source import SourceUsed
from specplan.model.spec import NamedSpec
from specplan.records import dataclass

__all__ = [
    "Difference",
    "HoldStep",
    "LockDiff",
    "LockDiffTotals",
    "MigratedSpec",
    "NewSpec",
    "Origin",
    "OwnChange",
    "OwnKey",
]

#: The reason why a hash is new: its own content is new; its content and its dependencies are old,
#: but the combination is new; one of its dependencies is new.
Origin: TypeAlias = Literal["content", "rewired", "inherited"]

#: The parts of a spec that are its own content.
OwnKey: TypeAlias = Literal[
    "version",
    "variants",
    "flags",
    "patches",
    "package_hash",
    "namespace",
    "external",
    "platform",
    "os",
    "target",
    "compiler",
    "annotations",
    "provided_virtuals",
    "dependencies",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One key in which a new spec differs from the old one that it is compared with.

    Attributes:
        key: The key.
        old: The old text, one value per line.
        new: The new text.
    """

    key: OwnKey
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSpec:
    """A hash that only the new state has.

    Attributes:
        spec: The spec.
        external: Whether the system provides it, so that it needs no build.
        origin: The reason why its hash is new.
        against: The most similar old spec of the same package, if there is one.
        replaces: Whether that spec is gone and this one replaces it.
        differences: The keys in which the two differ; empty without ``against``.
    """

    spec: NamedSpec
    external: bool
    origin: Origin
    against: NamedSpec | None
    replaces: bool
    differences: tuple[Difference, ...]

    @property
    def is_own_change(self) -> bool:
        """True if the spec's own content changed."""
        return self.origin != "inherited"

    @property
    def is_recipe_only(self) -> bool:
        """True if the spec's own content changed, and only in the text of its recipe."""
        return self.is_own_change and [each.key for each in self.differences] == ["package_hash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChange:
    """A spec whose own content changed, and the extent of its effects.

    Attributes:
        spec: The spec.
        reaches: The number of new specs with it in their closure, including itself.
        explains_alone: The number of new specs that are new only because of it.
        reaches_by_link_run: The number that it reaches over link and run edges alone.
    """

    spec: NewSpec
    reaches: int
    explains_alone: int
    reaches_by_link_run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStep:
    """One own change to hold back, in greedy order.

    Attributes:
        spec: The spec whose old version would be kept.
        builds_left: An estimate of the builds that remain when this one and all before it
            are held back.
        fewest_left: The fewest that remain when any set of this size is held back; None if there
            are too many own changes to try all sets.
    """

    spec: NamedSpec
    builds_left: int
    fewest_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MigratedSpec:
    """A spec whose hash differs only because it is written in another format.

    Attributes:
        spec: The spec as the new state has it.
        old_hash: Its hash in the old state.
    """

    spec: NamedSpec
    old_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockDiffTotals:
    """The numbers of the difference of two locks.

    Attributes:
        kept: The specs that both states have.
        new: The specs that only the new one has.
        gone: The specs that only the old one has.
        builds: The new specs that are not external.
        own_change: The new specs whose own content changed.
        inherited: The new specs whose dependencies changed.
        recipe_only: The own changes that are only in the text of the recipe.
        lost: The packages that only the old state has.
        migrated: The specs whose hash differs only because of a newer format; they are not new.
    """

    kept: int
    new: int
    gone: int
    builds: int
    own_change: int
    inherited: int
    recipe_only: int
    lost: int = 0
    migrated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LockDiff(Report):
    """The new specs between two states, and their causes.

    Attributes:
        old: The old state.
        new: The new state.
        specs: The new specs, by hash.
        gone: The specs that only the old state has, by hash.
        causes: The own changes, those with the most new specs first, then by hash.
        hold: The own changes in the order in which to hold them back.
        totals: The numbers.
        migrated: The specs whose hash differs only because of another format, by hash. They all
            have one cause, and are neither new nor gone.
        lost: The packages with a non-external spec in the old state and no spec in the new state,
            by name. A spec that was replaced by another one of its package is gone, not lost.
        stacks: The names of the two states as stacks.
        absent_stacks: Stacks that only the old state has, if both states have stacks.
        left_out: Input of the question that could not be taken into account.
        sources: The sources, with their age and indexes.
        gates: The gates of the run, each with its verdict; empty if none was requested.
        known_gaps: The known gaps of the run, or None; they are about cells, so they excuse nothing
            here.
    """

    old: str
    new: str
    specs: tuple[NewSpec, ...]
    gone: tuple[NamedSpec, ...]
    causes: tuple[OwnChange, ...]
    hold: tuple[HoldStep, ...]
    totals: LockDiffTotals
    migrated: tuple[MigratedSpec, ...] = ()
    lost: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()
    absent_stacks: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    sources: tuple[SourceUsed, ...] = ()
    gates: tuple[Gate, ...] = ()
    known_gaps: KnownGaps | None = None

    def __iter__(self) -> Iterator[NewSpec]:
        """Iterate over the new specs."""
        return iter(self.specs)

    def __len__(self) -> int:
        """Return their number."""
        return len(self.specs)
