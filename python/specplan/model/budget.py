"""The roots that a budget completes."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal, TypeAlias

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
    "Place",
    "Weight",
    "check_weight",
]


#: Why a root is not completed: its own builds are beyond the budget; it needs a broken spec; the
#: budget goes to others.
OpenReason: TypeAlias = Literal["beyond", "left_out", "outbid"]


#: Weights are whole numbers of this part.
_PART: Final = Decimal("0.001")


_MOST_WEIGHT: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """The worth of completing some roots; a root without a weight is worth 1.

    Attributes:
        spec: The abstract spec that the roots satisfy; None for all.
        stack: A shell pattern for the stacks that want them.
        weight: What each of them is worth: more than 0, at most a million, to the
            thousandth.
    """

    spec: str | None = None
    stack: str = "*"
    weight: Decimal

    def __str__(self) -> str:
        return f"{self.spec or 'all'} in {self.stack}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The origin of an abstract want.

    Attributes:
        stack: The label of the environment, or of the abstract spec.
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
        place: Which abstract want it meets; None for the root of a lock.
    """

    spec: NamedSpec
    weight: float
    place: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoot:
    """A wanted root that the budget does not complete.

    Attributes:
        spec: The root; of an abstract want, the candidate that takes least more.
        weight: The weight of completing it.
        reason: Why it is not completed.
        more_builds: How many builds completing it takes beside the plan; None for one that is
            left out.
        more_cost: What these cost.
        place: Which abstract want it would meet; None for the root of a lock.
    """

    spec: NamedSpec
    weight: float
    reason: OpenReason
    more_builds: int | None
    more_cost: float | None
    place: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The result of a budget, with an upper bound on every other choice.

    Each root of the locks counts once, each abstract want once in each of its cells.

    Attributes:
        max_builds: The most builds; None where they are not limited.
        max_cost: The most cost; None where it is not limited.
        builds: How many builds the plan has.
        cost: Their cost.
        installable: The roots that install without any build, by hash.
        completed: The roots that the plan completes, by hash.
        open: The roots that it does not, those that take least more first, then by hash.
        weight: What the completed roots are worth.
        upper_bound: What no choice within the budget exceeds, whatever specs it takes for
            abstract wants. Where a stack takes one of several locks as a whole, roots that
            install without any build count with the others for it.
        nodes: The number of nodes that the search visited.
        cut: What ended the search before the choice was proven to be worth most: a limit on
            nodes, memory or work, which cuts it at the same place everywhere, or on time.
        unused: The weights that are about no root.
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
        installing: The number of roots that install then, including those that need no build.
        weight: What all of these are worth, but for those that need no build.
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
        limited: What is limited: the number of builds, or their cost where files give costs.
        roots: How many roots can install at most: one of a lock counts once, an abstract want
            once in each of its cells.
        points: What each limit buys, the smallest first; the last one is what all takes.
    """

    limited: Literal["builds", "cost"]
    roots: int
    points: tuple[BudgetPoint, ...]


def check_weight(weight: Decimal) -> None:
    """Refuse a value that is not a weight.

    Raises:
        UsageError: If it is not more than 0, is more than a million, or is not a whole number
            of thousandths.
    """
    if not (weight.is_finite() and 0 < weight <= _MOST_WEIGHT):
        raise UsageError(
            f"`{weight}` is not a weight: it must be more than 0 and at most a million"
        )
    if weight % _PART:
        raise UsageError(f"`{weight}` is not a weight: it can have three decimals at most")
