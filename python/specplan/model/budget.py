"""The roots that a budget completes."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal, TypeAlias

from specplan.arguments import question
from specplan.errors import UsageError
from specplan.model.spec import NamedSpec
from specplan.records import dataclass

__all__ = [
    "Budget",
    "BudgetCurve",
    "BudgetPoint",
    "BudgetRoot",
    "OpenReason",
    "OpenRoot",
    "WantInCell",
    "Weight",
    "check_weight",
]


#: The reasons why a root is not completed: its own builds are beyond the budget; it needs a broken
#: spec; the budget goes to others.
OpenReason: TypeAlias = Literal["beyond", "left_out", "outbid"]


#: Weights are whole multiples of this fraction.
_PART: Final = Decimal("0.001")


_MOST_WEIGHT: Final = 1_000_000


@question
@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """The worth of completing some roots; a root without a weight is worth 1.

    Attributes:
        spec: The abstract spec that the roots satisfy; None for all.
        stack: A shell pattern for the stacks that want them.
        weight: The worth of each of them: more than 0, at most a million, with up to three
            decimals.
    """

    spec: str | None = None
    stack: str = "*"
    weight: Decimal

    def __str__(self) -> str:
        return f"{self.spec or 'all'} in {self.stack}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantInCell:
    """An abstract want in one of its cells.

    Attributes:
        stack: The name of the stack of the environment, or of the abstract spec.
        os: The operating system that it is wanted for.
        target: The target.
        want: The abstract spec.
    """

    stack: str
    os: str
    target: str
    want: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRoot:
    """A wanted root that installs from the caches once the plan is built.

    Attributes:
        spec: The root.
        weight: The weight of completing it.
        want: The abstract want that it meets; None for the root of a lock.
    """

    spec: NamedSpec
    weight: float
    want: WantInCell | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoot:
    """A wanted root that the budget does not complete.

    Attributes:
        spec: The root; for an abstract want, the candidate that needs the fewest additional builds.
        weight: The weight of completing it.
        reason: The reason why it is not completed.
        more_builds: The number of additional builds that would complete it; None for a root that is
            left out.
        more_cost: The cost of these builds.
        want: The abstract want that it would meet; None for the root of a lock.
    """

    spec: NamedSpec
    weight: float
    reason: OpenReason
    more_builds: int | None
    more_cost: float | None
    want: WantInCell | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The result of a budget, with an upper bound on every other choice.

    Each root of the locks counts once, each abstract want once in each of its cells.

    Attributes:
        max_builds: The maximum number of builds; None for no limit.
        max_cost: The maximum cost; None for no limit.
        builds: The number of builds in the plan.
        cost: Their cost.
        installable: The roots that install without any build, by hash.
        completed: The roots that the plan completes, by hash.
        open: The roots that it does not complete, by the additional cost of completing them, then
            by hash.
        weight: The total weight of the completed roots.
        upper_bound: An upper bound on the weight of any choice within the budget, with any specs
            for abstract wants. If a stack takes one of several locks as a whole, the bound also
            counts roots that install without any build.
        nodes: The number of nodes that the search visited.
        cut: The limit that ended the search before the choice was proven optimal: nodes, memory or
            work, which end it at the same point on every machine, or time.
        unused: The weights that match no root.
    """

    max_builds: int | None
    max_cost: float | None
    builds: int
    cost: float
    installable: tuple[BudgetRoot, ...]
    completed: tuple[BudgetRoot, ...]
    open: tuple[OpenRoot, ...]
    weight: float
    upper_bound: float
    nodes: int
    cut: Literal["nodes", "memory", "work", "time"] | None
    unused: tuple[Weight, ...]

    @property
    def optimal(self) -> bool:
        """True if no choice within the budget is worth more."""
        return self.weight == self.upper_bound

    @property
    def next(self) -> OpenRoot | None:
        """The open root with the lowest additional cost; None if all others are left out."""
        return next((root for root in self.open if root.more_builds is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPoint:
    """The result of one limit.

    Attributes:
        limit: The maximum number of builds, or their maximum cost.
        builds: The number of builds.
        cost: Their cost.
        installing: The number of roots that then install, including those that need no build.
        weight: Their total weight, without the roots that need no build.
        upper_bound: The upper bound for any choice within the limit.
    """

    limit: float
    builds: int
    cost: float
    installing: int
    weight: float
    upper_bound: float

    @property
    def optimal(self) -> bool:
        """True if no choice within the limit is worth more."""
        return self.weight == self.upper_bound


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetCurve:
    """The results of all budgets, from nothing to everything that can be planned.

    Attributes:
        limited: The limited amount: the number of builds, or their cost if files contain costs.
        roots: The maximum number of roots that can install: a root of a lock counts once, an
            abstract want once in each of its cells.
        points: The result of each limit, in ascending order; the last one completes everything.
    """

    limited: Literal["builds", "cost"]
    roots: int
    points: tuple[BudgetPoint, ...]


def check_weight(weight: Decimal) -> None:
    """Refuse a value that is not a weight.

    Raises:
        UsageError: If it is not positive, exceeds a million, or has more than three decimals.
    """
    if not (weight.is_finite() and 0 < weight <= _MOST_WEIGHT):
        raise UsageError(
            f"`{weight}` is not a weight: it must be more than 0 and at most a million"
        )
    if weight % _PART:
        raise UsageError(f"`{weight}` is not a weight: it can have three decimals at most")
