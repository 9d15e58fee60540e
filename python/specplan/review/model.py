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
    """A binary in a cache that becomes useless with the change.

    Attributes:
        spec: The binary.
        stacks: The stacks that list it or whose locks hold it, sorted.
        cause: ``changed`` if its own recipe changes its hash, otherwise ``stale``.
    """

    spec: NamedSpec
    stacks: tuple[str, ...]
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class StackReview:
    """The cost of the change for one stack, planned separately.

    Attributes:
        stack: The stack.
        wants: The number of specs that it wants.
        stale: The number of its stale binaries.
        untested: The number that contain the change but are kept because of the policy or the
            depth.
        builds: The number of builds of its smallest rebuild.
        due_to_change: The number of them that are due to the change.
        stages: The number of stages.
        cost: Their cost, in the unit of costs.
        critical_path_cost: The cost of their most expensive chain.
        critical_path: That chain, the first build first.
        makespan: The end of the last build on the runners; None if their number is not given.
    """

    stack: str
    wants: int
    stale: int
    untested: int
    builds: int
    due_to_change: int
    stages: int
    cost: float
    critical_path_cost: float
    critical_path: tuple[NamedSpec, ...]
    makespan: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTotals:
    """The cost of the change for all stacks together.

    Attributes:
        binaries: The number of binaries in the caches.
        stale: The number of them that become stale.
        stacks: The number of stacks.
        reviewed: The number of stacks that were compared.
        untested: The number of binaries that contain the change but are kept.
        builds: The number of builds of the smallest rebuild of all stacks.
        due_to_change: The number of them that are due to the change.
        stages: The number of stages.
        cost: Their cost, in the unit of costs.
        critical_path_cost: The cost of their most expensive chain.
        runners: The number of runners; None if not given.
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
    critical_path_cost: float
    runners: int | None
    makespan: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Review(Report):
    """The cost of a change of recipes.

    Attributes:
        since: The revisions, as they were given.
        recipes: The recipes that changed, with a verdict on each of their specs.
        change: The classes of changes that counted as a change.
        unit: The unit of costs: builds, or seconds if files contain costs.
        stacks: The affected stacks, by name.
        stale: The stale binaries, by name, version, hash.
        untested: The specs that contain the change but are kept, by hash.
        totals: The numbers for all stacks together.
        commands: The commands that build exactly these, quoted for a shell.
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
        """Iterate over the binaries that become useless."""
        return iter(self.stale)

    def __len__(self) -> int:
        """Return their number."""
        return len(self.stale)
