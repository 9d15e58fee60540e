"""The request of a plan, as a value: wants, change and limits."""

from __future__ import annotations

from specplan.arguments import question
from specplan.coverage.query import CoverageQuery
from specplan.model.budget import Weight
from specplan.model.change import CountedBy, OpenVerdict, Policy
from specplan.model.left_out import LeftOut
from specplan.records import dataclass
from specplan.sources.limits import Limits

__all__ = [
    "BudgetLimits",
    "ChangeRequest",
    "PlanRequest",
    "RecipeRequest",
    "SearchLimits",
    "WhatIfRequest",
]


@question
@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeRequest:
    """The revisions of a package repository whose difference is the change.

    Attributes:
        packages: A git checkout of the repository, or a folder of one.
        since: ``A`` compares a revision with the files of the checkout, ``A..B`` two revisions,
            ``A...B`` compares their newest common commit with ``B``.
        changes: With ``content``, specs change if their package hash does; with ``name``, every
            spec of a touched recipe changes.
        treat: Verdicts besides ``stale`` that count as a change.
        spack_rules: The release of Spack whose rules for hashing recipes apply; None for the newest
            known one.
        successors: Whether to compute the next hashes of locks and plan for these instead of
            predicting a change.
    """

    packages: str
    since: str
    changes: CountedBy = "content"
    treat: frozenset[OpenVerdict] = frozenset()
    spack_rules: str | None = None
    successors: bool = False


@question
@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """The change for which a plan predicts the builds.

    Attributes:
        specs: Abstract specs that change; each must match a wanted spec.
        listed: Further ones, which need not match a wanted spec; None if no list is given.
        hashes: The hashes of changed specs, if already known; those outside of the plan are
            ignored.
        recipes: Revisions of recipes to compare for changes; None if there are none.
        policy: The dependents that a change makes stale: with ``hash``, every one; with ``link``,
            those reached over link and run edges and compilers.
        depth: The maximum distance to stale dependents; None for no limit.
    """

    specs: tuple[str, ...] = ()
    listed: tuple[str, ...] | None = None
    hashes: frozenset[str] = frozenset()
    recipes: RecipeRequest | None = None
    policy: Policy = "hash"
    depth: int | None = None


@question
@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfRequest:
    """Assumptions about the binaries in the caches that differ from their content.

    Attributes:
        assume_available: Abstract specs: all known specs that satisfy one have binaries.
        without: Abstract specs whose binaries do not count, even if they are assumed.
    """

    assume_available: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@question
@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLimits:
    """The budget for builds. The plan then completes the wanted roots with the highest total worth.

    Attributes:
        builds: The maximum number of builds; None for no limit.
        cost: The maximum cost of the builds; None for no limit. Both limits can be combined.
        weights: The worth of completing roots; the first that matches a root counts, and a root
            without a match is worth 1.
        curve: Whether the plan includes the results of budgets from nothing to everything,
            regardless of its own limits.
    """

    builds: int | None = None
    cost: float | None = None
    weights: tuple[Weight, ...] = ()
    curve: bool = False

    @property
    def is_limited(self) -> bool:
        """True if anything is limited."""
        return self.builds is not None or self.cost is not None


@question
@dataclass(frozen=True, slots=True, kw_only=True)
class SearchLimits:
    """The limits of a search for the least plan.

    Attributes:
        nodes: The maximum number of nodes that each search visits; the answer is the same on every
            machine. None stands for a default limit, unless the time is limited.
        seconds: The time limit of each search, in seconds. If it ends a search, the answer may
            differ the next time, but it is valid and so is its bound.
    """

    nodes: int | None = None
    seconds: float | None = None


@question
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """A question about a plan.

    Attributes:
        coverage: The wants, the snapshot and the systems. With ``stack``, ``peers`` or a baseline,
            the plan is for the gaps of stacks; otherwise ``want`` names locks, environments and
            abstract specs.
        candidates: Further sources of candidates: locks, indexes, mirrors. Being listed there does
            not make a spec available.
        change: The assumed change; None for a plan without one.
        exclude_broken: Abstract specs that are known not to build. They and the specs that need
            them are left out.
        what_if: The binaries that are assumed to exist, and those that do not count.
        costs: Files with the costs of builds in seconds, or folders of installations; without any,
            each build costs 1.
        jobs: The number of builds that can run in parallel; with it, the plan has a schedule.
        budget: The limits on builds.
        search: The limits of the search.
        limits: The limits for each input; None for those that the caches were read with.
        left_out: Input that had already been left out before the plan was requested.
    """

    coverage: CoverageQuery = CoverageQuery()
    candidates: tuple[str, ...] = ()
    change: ChangeRequest | None = None
    exclude_broken: tuple[str, ...] = ()
    what_if: WhatIfRequest = WhatIfRequest()
    costs: tuple[str, ...] = ()
    jobs: int | None = None
    budget: BudgetLimits = BudgetLimits()
    search: SearchLimits = SearchLimits()
    limits: Limits | None = None
    left_out: tuple[LeftOut, ...] = ()
