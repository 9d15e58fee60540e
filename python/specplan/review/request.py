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

#: The default wants: the binaries of all stacks.
AVAILABLE_WANTS = ("available",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """A question for a review.

    Attributes:
        recipes: The revisions of a package repository.
        coverage: The wants; without any, the binaries of all stacks.
        policy: The dependents that a change makes stale, as for plans.
        depth: The maximum distance to stale dependents; None for no limit.
        costs: Files with the costs of builds in seconds; without any, each build costs 1.
        jobs: The number of builds that can run in parallel; with it, the review includes the total
            time.
        limits: The limits for each input; None for those that the caches were read with.
        left_out: Input that had already been left out before the review was requested.
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
        """Return the request for the plan after the change, for all wants."""
        return PlanRequest(
            coverage=replace(self.coverage, want=self.want),
            change=ChangeRequest(recipes=self.recipes, policy=self.policy, depth=self.depth),
            costs=self.costs,
            jobs=self.jobs,
            limits=self.limits,
            left_out=self.left_out,
        )
