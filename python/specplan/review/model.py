"""The records of a review."""

from __future__ import annotations

from collections.abc import Iterator

from specplan.aliases import Unit
from specplan.model import ChangeAsked, LeftOut, NamedSpec, SourceUsed, Untested
from specplan.model.build import Cause
from specplan.model.report import Report
from specplan.recipes.model import RecipeChanges
from specplan.records import dataclass

__all__ = ["Review", "ReviewTotals", "StackReview", "StaleBinary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleBinary:
    """A binary that a cache has, and that loses its use with the change.

    Attributes:
        spec: The binary.
        stacks: The stacks that list it or whose locks hold it, sorted.
        cause: ``changed`` where its own recipe changes its hash, else ``stale``.
    """

    spec: NamedSpec
    stacks: tuple[str, ...]
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class StackReview:
    """The cost of the change for one stack, planned by itself.

    Attributes:
        stack: The stack.
        wants: How many specs it wants.
        stale: The number of its stale binaries.
        untested: How many contain the change and are kept, because of the policy or the depth.
        builds: How many builds its least rebuild has.
        due_to_change: The number of them that are due to the change.
        stages: The number of stages.
        cost: Their cost, in the unit of costs.
        critical_path: The cost of their most expensive chain.
        chain: That chain, the first build first.
        makespan: When the last is done on the runners; None where their number is not given.
    """

    stack: str
    wants: int
    stale: int
    untested: int
    builds: int
    due_to_change: int
    stages: int
    cost: float
    critical_path: float
    chain: tuple[NamedSpec, ...]
    makespan: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTotals:
    """The cost of the change for all stacks together.

    Attributes:
        binaries: How many binaries the caches have.
        stale: The number of them that become stale.
        stacks: The number of stacks.
        reviewed: The number of stacks that were compared.
        untested: How many binaries contain the change and are kept.
        builds: How many builds the least rebuild of all stacks has.
        due_to_change: The number of them that are due to the change.
        stages: The number of stages.
        cost: Their cost, in the unit of costs.
        critical_path: The cost of their most expensive chain.
        runners: On how many runners they run; None where that is not given.
        makespan: The time when the last build ends on these runners.
    """

    binaries: int
    stale: int
    stacks: int
    reviewed: int
    untested: int
    builds: int
    due_to_change: int
    stages: int
    cost: float
    critical_path: float
    runners: int | None
    makespan: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Review(Report):
    """The cost of a change of recipes.

    Attributes:
        since: The revisions, as they were given.
        recipes: The recipes that changed, with a verdict on each of their specs.
        change: The classes of changes that counted as a change.
        unit: What costs count: builds, or seconds where files give costs.
        stacks: The stacks that the change reaches, by name.
        stale: The stale binaries, by name, version, hash.
        untested: The specs that contain the change and are kept, by hash.
        totals: The same in numbers, for all stacks together.
        commands: The commands that build exactly that, quoted for a shell.
        left_out: Input of the question that could not be taken into account.
        sources: The sources, with their age and indexes.
    """

    since: str
    recipes: RecipeChanges
    change: ChangeAsked
    unit: Unit
    stacks: tuple[StackReview, ...]
    stale: tuple[StaleBinary, ...]
    untested: tuple[Untested, ...]
    totals: ReviewTotals
    commands: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    sources: tuple[SourceUsed, ...] = ()

    def __iter__(self) -> Iterator[StaleBinary]:
        """Iterate over the binaries that lose their use."""
        return iter(self.stale)

    def __len__(self) -> int:
        """Return their number."""
        return len(self.stale)
