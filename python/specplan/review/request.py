"""The request of a review, as a value."""

from __future__ import annotations

from dataclasses import replace

from specplan.coverage.query import CoverageQuery
from specplan.model.change import Policy
from specplan.model.left_out import LeftOut
from specplan.planning.request import ChangeRequest, PlanRequest, RecipeRequest
from specplan.records import dataclass
from specplan.sources.limits import Limits

__all__ = ["AVAILABLE_WANTS", "ReviewRequest"]

#: What is wanted where nobody says: the binaries of all stacks.
AVAILABLE_WANTS = ("available",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """A question for a review.

    Attributes:
        recipes: The revisions of a package repository.
        coverage: What is wanted; without wants, the binaries of all stacks.
        policy: What a change makes stale, as for plans.
        depth: How far dependents of what changes are followed; None for all the way.
        costs: Files with what builds cost, in seconds; each build costs 1 without any.
        jobs: How many builds can run at a time; with it the review says how long all take.
        limits: The limits for each input; None for those that the caches were read with.
        left_out: What could not be taken into account before the review was asked for.
    """

    recipes: RecipeRequest
    coverage: CoverageQuery = CoverageQuery()
    policy: Policy = "hash"
    depth: int | None = None
    costs: tuple[str, ...] = ()
    jobs: int | None = None
    limits: Limits | None = None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def want(self) -> tuple[str, ...]:
        """The want."""
        return self.coverage.want or AVAILABLE_WANTS

    def plan(self) -> PlanRequest:
        """Return the question of the plan after the change, for all that is wanted."""
        return PlanRequest(
            coverage=replace(self.coverage, want=self.want),
            change=ChangeRequest(recipes=self.recipes, policy=self.policy, depth=self.depth),
            costs=self.costs,
            jobs=self.jobs,
            limits=self.limits,
            left_out=self.left_out,
        )
