"""The request of a plan, as a value: wants, change and limits."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeRequest:
    """The revisions of a package repository whose difference is the change.

    Attributes:
        packages: A git checkout of the repository, or a folder of one.
        since: ``A`` compares a revision with the files of the checkout, ``A..B`` two revisions,
            ``A...B`` what became of the newest commit that both have with ``B``.
        changes: With ``content`` the specs change whose package hash does; with ``name`` every
            spec of a recipe that was touched.
        treat: Verdicts besides ``stale`` that count as a change.
        spack_rules: The release of Spack that hashes recipes; None for the newest that is known.
        successors: Whether the next hashes of locks are computed, so that these are planned for
            and no change is predicted.
    """

    packages: str
    since: str
    changes: CountedBy = "content"
    treat: frozenset[OpenVerdict] = frozenset()
    spack_rules: str | None = None
    successors: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """The change for which a plan predicts the builds.

    Attributes:
        specs: Abstract specs that change; each must match something that is wanted.
        listed: More of them, which may match nothing that is wanted; None where no list is
            given.
        hashes: The hashes of specs that change, where they are known already; what is not
            planned for is passed over.
        recipes: Revisions of recipes of which what changed is found out; None where there are
            none.
        policy: What a change makes stale: with ``hash`` every dependent; with ``link`` those
            that it reaches over link and run edges and compilers.
        depth: How far dependents of what changes are followed; None for all the way.
    """

    specs: tuple[str, ...] = ()
    listed: tuple[str, ...] | None = None
    hashes: frozenset[str] = frozenset()
    recipes: RecipeRequest | None = None
    policy: Policy = "hash"
    depth: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfRequest:
    """A plan for caches that hold other binaries than they do.

    Attributes:
        assume_available: Abstract specs: all known specs that satisfy one have binaries.
        without: Abstract specs whose binaries do not count, also not if they are assumed.
    """

    assume_available: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLimits:
    """The most that may be built. The plan then completes the wanted roots worth most together.

    Attributes:
        builds: The most builds; None for any number.
        cost: The most that the builds may cost; None for any. Given both, both hold.
        weights: What completing roots is worth; the first that is about a root holds, and a
            root that none is about is worth 1.
        curve: Whether the plan says what budgets from nothing to all buy, whatever it is limited
            to itself.
    """

    builds: int | None = None
    cost: float | None = None
    weights: tuple[Weight, ...] = ()
    curve: bool = False

    @property
    def is_limited(self) -> bool:
        """True if anything is limited."""
        return self.builds is not None or self.cost is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchLimits:
    """The limits of a search for the least plan.

    Attributes:
        nodes: How many nodes each search may look at; the answer is the same everywhere. None
            bounds each too, unless the time is limited.
        seconds: How many seconds each may take. Where that ends it, the answer may be another
            one next time; it is valid, and so is its bound.
    """

    nodes: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """A question about a plan.

    Attributes:
        coverage: What is wanted, of which snapshot, for which systems. With ``stack``,
            ``peers`` or a baseline the gaps of stacks are planned for; else ``want`` names
            locks, environments and abstract specs.
        candidates: More to choose from: locks, indexes, mirrors. Nothing counts as available
            for being listed there.
        change: What changes; None for a plan of what is.
        exclude_broken: Abstract specs that are known not to build. They and what needs them
            are left out.
        what_if: Which binaries are assumed, and which do not count.
        costs: Files with what builds cost, in seconds, or folders of installations; each
            build costs 1 without any.
        jobs: How many builds can run at a time; with it the plan has a schedule.
        budget: The most that may be built.
        search: How long the search for it may take.
        limits: The limits for each input; None for those that the caches were read with.
        left_out: What could not be taken into account before the plan was asked for.
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
