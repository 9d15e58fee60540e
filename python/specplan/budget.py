"""What a limited budget buys: the builds that complete the most wanted roots by weight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from specplan.errors import UsageError
from specplan.plan_model import NamedSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from specplan import _core as compiled

__all__ = ["Asked", "Budget", "OpenReason", "OpenRoot", "Weight", "check_weight", "spend"]

#: Why a root is not completed: its own builds are beyond the budget; it needs a broken spec; the
#: budget goes to others.
OpenReason: TypeAlias = Literal["beyond", "left_out", "outbid"]

#: How much work a search may do where no other limit is given: arcs of networks that are looked
#: at, so that the answer is the same everywhere. That takes some ten seconds.
_MOST_WORK: Final = 1_000_000_000

#: Weights are whole numbers of this part.
_PART: Final = Decimal("0.001")

_MOST_WEIGHT: Final = 1_000_000

#: More builds than any plan has.
_MOST_BUILDS: Final = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What completing some roots is worth; a root that no weight is about is worth 1.

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
class Asked:
    """What a budget is asked for.

    Attributes:
        builds: The most builds, or None where cost is limited.
        cost: The most cost, or None where builds are limited.
        weights: What roots are worth; the first that is about a root holds.
        node_limit: How many nodes the search may look at.
        time_limit: How many seconds it may take.
    """

    builds: int | None
    cost: float | None
    weights: tuple[Weight, ...] = ()
    node_limit: int | None = None
    time_limit: float | None = None

    @staticmethod
    def limited(
        builds: int | None,
        cost: float | None,
        weights: Sequence[Weight],
        node_limit: int | None,
        time_limit: float | None,
    ) -> Asked | None:
        """Return what is asked; None where nothing is limited.

        Raises:
            UsageError: If both are limited, or a limit is no number.
        """
        if builds is None and cost is None:
            return None
        if builds is not None and cost is not None:
            raise UsageError("a budget limits builds or cost, not both")
        if (builds is not None and builds < 0) or (cost is not None and not cost >= 0):
            raise UsageError("a budget is a number from 0 on")
        for weight in weights:
            check_weight(weight.weight)
        return Asked(
            builds=builds,
            cost=cost,
            weights=tuple(weights),
            node_limit=node_limit,
            time_limit=time_limit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoot:
    """A wanted root that the budget does not complete.

    Attributes:
        spec: The root.
        weight: What completing it is worth.
        reason: Why it is not completed.
        more: What completing it costs beside the plan, as the budget counts; None for one
            that is left out.
    """

    spec: NamedSpec
    weight: float
    reason: OpenReason
    more: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a budget buys, and what no other choice could buy more.

    Attributes:
        counts: What the budget counts: builds, or their cost.
        limit: The budget.
        spent: What the plan takes of it.
        installable: The roots that install without any build, by hash.
        completed: The roots that the plan completes, by hash.
        open: The roots that it does not, those that cost least more first, then by hash.
        weight: What the completed roots are worth.
        upper_bound: What no choice within the budget exceeds.
        nodes: How many nodes the search looked at.
        cut: What ended the search before the choice was proven to be worth most: a limit on
            nodes, memory or work, which cuts it at the same place everywhere, or on time.
        unused: The weights that are about no root.
    """

    counts: Literal["builds", "cost"]
    limit: float
    spent: float
    installable: tuple[NamedSpec, ...]
    completed: tuple[NamedSpec, ...]
    open: tuple[OpenRoot, ...]
    weight: float
    upper_bound: float
    nodes: int
    cut: Literal["nodes", "memory", "work", "time"] | None
    unused: tuple[Weight, ...]

    @property
    def optimal(self) -> bool:
        """Whether no choice within the budget is worth more."""
        return self.weight == self.upper_bound

    @property
    def next(self) -> OpenRoot | None:
        """The root that costs least more; None where none is open but what is left out."""
        return next((root for root in self.open if root.more is not None), None)


def check_weight(weight: Decimal) -> None:
    """Refuse what is no weight.

    Raises:
        UsageError: If it is not more than 0, is more than a million, or is no whole number
            of thousandths.
    """
    if not (weight.is_finite() and 0 < weight <= _MOST_WEIGHT):
        raise UsageError(f"`{weight}` is no weight: it must be more than 0 and at most a million")
    if weight % _PART:
        raise UsageError(f"`{weight}` is no weight: thousandths are the smallest parts")


def spend(
    core: compiled.Plan,
    asked: Asked,
    labels_of: Mapping[str, Collection[str]],
    matching: Callable[[str], Iterable[str]],
) -> Budget:
    """Choose the roots of a plan that the budget completes.

    Args:
        core: The plan of all of them.
        asked: The budget.
        labels_of: By hash, the roots with the stacks that want them.
        matching: Returns the hashes of the specs that satisfy an abstract spec.
    """
    weights, unused = _weights(asked.weights, labels_of, matching)
    worth = [*weights.values(), Decimal(1)]
    # The part of which all weights are whole numbers.
    part = _PART * math.gcd(*(int(each / _PART) for each in worth))
    installable, completed, left, weight, bound, spent, nodes, cut = core.spend(
        weights=[(root, int(weights.get(root, Decimal(1)) / part)) for root in sorted(labels_of)],
        builds=None if asked.builds is None else min(asked.builds, _MOST_BUILDS),
        cost=asked.cost,
        node_limit=asked.node_limit,
        work_limit=_MOST_WORK if asked.node_limit is None and asked.time_limit is None else None,
        time_limit=asked.time_limit,
    )
    return Budget(
        counts="cost" if asked.builds is None else "builds",
        limit=float(asked.cost or 0) if asked.builds is None else asked.builds,
        spent=spent,
        installable=_named(installable),
        completed=_named(completed),
        open=tuple(
            OpenRoot(spec=_named([root])[0], weight=float(worth * part), reason=reason, more=more)
            for root, worth, reason, more in left
        ),
        weight=float(weight * part),
        upper_bound=float(bound * part),
        nodes=nodes,
        cut=cut,
        unused=unused,
    )


def _weights(
    weights: Iterable[Weight],
    labels_of: Mapping[str, Collection[str]],
    matching: Callable[[str], Iterable[str]],
) -> tuple[dict[str, Decimal], tuple[Weight, ...]]:
    """Return what roots are worth, and the weights that are about none."""
    found: dict[str, Decimal] = {}
    unused = []
    for weight in weights:
        candidates = labels_of if weight.spec is None else set(matching(weight.spec))
        about = [
            root
            for root, labels in labels_of.items()
            if root in candidates and any(fnmatchcase(label, weight.stack) for label in labels)
        ]
        for root in about:
            found.setdefault(root, weight.weight)
        if not about:
            unused.append(weight)
    return found, tuple(unused)


def _named(answers: Iterable[compiled.NamedAnswer]) -> tuple[NamedSpec, ...]:
    return tuple(
        NamedSpec(hash=dag_hash, name=name, version=version) for dag_hash, name, version in answers
    )
