"""The builds within a budget that complete the most roots by weight."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from specplan import wildcards
from specplan.errors import UsageError
from specplan.model.budget import (
    _PART,
    Budget,
    BudgetCurve,
    BudgetPoint,
    BudgetRoot,
    OpenReason,
    OpenRoot,
    WantInCell,
    Weight,
    check_weight,
)
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from specplan import _core as compiled
    from specplan.aliases import Unit
    from specplan.model import NamedSpec

__all__ = [
    "BudgetRequest",
    "BudgetSolution",
    "BudgetSolver",
    "Item",
    "ItemGroup",
    "ItemGroupResult",
]

_REASONS: Final[Mapping[str, OpenReason]] = {
    "beyond": "beyond",
    "left_out": "left_out",
    "outbid": "outbid",
}

#: The outcomes for roots that install once the plan is built.
_INSTALLS: Final = frozenset({"external", "installable", "completed"})

#: The work limit of a search without another limit, in visited arcs of networks, so that the answer
#: is the same on every machine. It takes about ten seconds.
_MOST_WORK: Final = 1_000_000_000

#: The number of points of a curve; all of them together may do as much work as one search.
_POINTS: Final = 10

#: A number of builds that no plan exceeds.
_MOST_BUILDS: Final = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRequest:
    """A question about a budget.

    Attributes:
        builds: The maximum number of builds; None for no limit.
        cost: The maximum cost; None for no limit.
        weights: The weights of roots; the first that matches a root counts.
        node_limit: The maximum number of nodes that the search visits.
        time_limit: The time limit, in seconds.
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
    ) -> BudgetRequest | None:
        """Return the request; None if nothing is limited.

        Raises:
            UsageError: If a limit is not a number.
        """
        if builds is None and cost is None:
            return None
        if (builds is not None and builds < 0) or (cost is not None and not cost >= 0):
            raise UsageError("a budget is a number from 0 on")
        for weight in weights:
            check_weight(weight.weight)
        return BudgetRequest(
            builds=builds,
            cost=cost,
            weights=tuple(weights),
            node_limit=node_limit,
            time_limit=time_limit,
        )

    def least_more(self, root: OpenRoot) -> tuple[bool, float, float, tuple[str, ...]]:
        """Return the sort key of open roots; those that are left out come last."""
        builds, cost = root.more_builds or 0, root.more_cost or 0
        first, second = (builds, cost) if self.cost is None else (cost, builds)
        return (root.more_builds is None, first, second, _by_hash(root))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A root to be completed, and the specs that do.

    Attributes:
        stacks: The stacks that want it.
        hashes: The specs, the preferred first.
        first: The one of them that would be taken without a limit.
        want: The abstract want that it is; None for the root of a lock.
    """

    stacks: tuple[str, ...]
    hashes: tuple[str, ...]
    first: int | None
    want: WantInCell | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGroup:
    """Roots that are met together.

    Attributes:
        sources: The alternatives for meeting them, each with its roots. Exactly one counts.
        first: The one that would be taken without a limit.
    """

    sources: tuple[tuple[Item, ...], ...]
    first: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGroupResult:
    """The result for a group.

    Attributes:
        source: The position of the source that counts.
        hashes: For each of its roots, the spec that completes it, or would at the lowest additional
            cost; None if there is none.
        completed: Whether each of them installs once the plan is built.
    """

    source: int
    hashes: tuple[str | None, ...]
    completed: tuple[bool, ...]

    @staticmethod
    def of(source: int, answered: Iterable[tuple[Item, compiled.ItemAnswer]]) -> ItemGroupResult:
        """Return the result of the core for the roots of a source."""
        answered = list(answered)
        return ItemGroupResult(
            source=source,
            hashes=tuple(
                None if answer.option is None else item.hashes[answer.option]
                for item, answer in answered
            ),
            completed=tuple(answer.outcome in _INSTALLS for _, answer in answered),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSolution:
    """The result of a budget.

    Attributes:
        budget: The record of it.
        results: The results by group.
    """

    budget: Budget
    results: tuple[ItemGroupResult, ...]

    @property
    def roots(self) -> list[str]:
        """The hashes of all specs that install once the plan is built, sorted."""
        return sorted(
            {
                spec
                for result in self.results
                for spec, is_there in zip(result.hashes, result.completed, strict=True)
                if spec is not None and is_there
            }
        )


class BudgetSolver:
    """A question about the result of a budget.

    Args:
        core: The plan of all specs that can complete a root.
        asked: The budget.
        groups: The roots to complete.
        names: The readable names of these specs, by hash.
        matching: Returns the hashes of the specs that satisfy an abstract spec.
    """

    def __init__(
        self,
        core: compiled.Plan,
        asked: BudgetRequest,
        groups: Sequence[ItemGroup],
        names: Mapping[str, NamedSpec],
        matching: Callable[[str], Iterable[str]],
    ) -> None:
        self._core = core
        self._asked = asked
        self._groups = groups
        self._names = names
        self._weights = _Weights(asked.weights, groups, matching)
        self._part = self._weights.part

    def search(self) -> BudgetSolution:
        """Choose the roots that the budget completes, and the spec that completes each."""
        return self._solution(self._answer(self._builds, self._asked.cost, _MOST_WORK))

    def curve(self, unit: Unit, all_hashes: Collection[str], abstract: int) -> BudgetCurve:
        """Return the results of budgets from nothing to everything, in tenths of the whole plan.

        Args:
            unit: The unit of the costs and budgets.
            all_hashes: The specs that complete everything at the lowest cost.
            abstract: The number of abstract wants.
        """
        question = self._question()
        whole = self._core.spend(question, chosen=sorted(all_hashes), builds=_MOST_BUILDS)
        most = float(whole.builds) if unit == "builds" else whole.cost
        points: list[BudgetPoint] = []
        for limit in sorted({_part_of(most, part) for part in range(_POINTS)} - {most}):
            builds, cost = (int(limit), None) if unit == "builds" else (None, limit)
            point = self._point(self._answer(builds, cost, _MOST_WORK // _POINTS), limit)
            if points and point.weight < points[-1].weight:
                # The search was cut short and found less than a smaller budget buys.
                point = replace(points[-1], limit=limit, upper_bound=point.upper_bound)
            points.append(point)
        last = self._point(whole, most)
        fixed = sum(
            item.want is None and became.outcome != "external"
            for item, became in self._answered_items(whole)
        )
        return BudgetCurve(
            limited="builds" if unit == "builds" else "cost",
            roots=abstract + fixed,
            points=(*points, replace(last, upper_bound=last.weight)),
        )

    def _answer(self, builds: int | None, cost: float | None, work: int) -> compiled.SpendingAnswer:
        asked = self._asked
        is_limited = asked.node_limit is not None or asked.time_limit is not None
        return self._core.spend(
            self._question(),
            builds=builds,
            cost=cost,
            node_limit=asked.node_limit,
            work_limit=None if is_limited else work,
            time_limit=asked.time_limit,
        )

    def _point(self, answer: compiled.SpendingAnswer, limit: float) -> BudgetPoint:
        return BudgetPoint(
            limit=limit,
            builds=answer.builds,
            cost=answer.cost,
            installing=sum(
                became.outcome in _INSTALLS
                for item, became in self._answered_items(answer)
                if item.want is not None or became.outcome != "external"
            ),
            weight=float(answer.weight * self._part),
            upper_bound=float(answer.upper_bound * self._part),
        )

    def _answered_items(
        self, answer: compiled.SpendingAnswer
    ) -> Iterator[tuple[Item, compiled.ItemAnswer]]:
        """Return the result for each root of the sources that count."""
        for group, source, answers in zip(self._groups, answer.sources, answer.items, strict=True):
            yield from zip(group.sources[source] if group.sources else (), answers, strict=True)

    def given(self, hashes: Collection[str], searched: BudgetSolution) -> BudgetSolution:
        """Return the result for each root once some other specs install."""
        answer = self._core.spend(
            self._question(), chosen=sorted(hashes), builds=self._builds, cost=self._asked.cost
        )
        found = self._solution(answer)
        proven = replace(
            found.budget,
            upper_bound=searched.budget.upper_bound,
            nodes=searched.budget.nodes,
            cut=searched.budget.cut,
        )
        return replace(found, budget=proven)

    @property
    def _builds(self) -> int | None:
        return None if self._asked.builds is None else min(self._asked.builds, _MOST_BUILDS)

    def _question(self) -> list[compiled.ItemGroupQuestion]:
        def item(each: Item) -> compiled.ItemQuestion:
            return ([(spec, self._weights.whole(each, spec)) for spec in each.hashes], each.first)

        return [
            ([[item(each) for each in source] for source in group.sources], group.first)
            for group in self._groups
        ]

    def _solution(self, answer: compiled.SpendingAnswer) -> BudgetSolution:
        installable: list[BudgetRoot] = []
        completed: list[BudgetRoot] = []
        left: list[OpenRoot] = []
        results = []
        for group, source, answers in zip(self._groups, answer.sources, answer.items, strict=True):
            items = group.sources[source] if group.sources else ()
            answered = list(zip(items, answers, strict=True))
            results.append(ItemGroupResult.of(source, answered))
            for item, became in answered:
                outcome, option = became.outcome, became.option
                # A want by hash is reported even if no spec can meet it.
                at = 0 if option is None and item.want is None else option
                if at is None or (outcome == "external" and item.want is None):
                    continue
                spec = self._names[item.hashes[at]]
                worth = float(self._weights.of(item, spec.hash))
                reason = _REASONS.get(outcome)
                if reason is not None:
                    left.append(
                        OpenRoot(
                            spec=spec,
                            weight=worth,
                            reason=reason,
                            more_builds=None if option is None else became.more_builds,
                            more_cost=None if option is None else became.more_cost,
                            want=item.want,
                        )
                    )
                else:
                    met = completed if outcome == "completed" else installable
                    met.append(BudgetRoot(spec=spec, weight=worth, want=item.want))
        budget = Budget(
            max_builds=self._asked.builds,
            max_cost=self._asked.cost,
            builds=answer.builds,
            cost=answer.cost,
            installable=tuple(sorted(installable, key=_by_hash)),
            completed=tuple(sorted(completed, key=_by_hash)),
            open=tuple(sorted(left, key=self._asked.least_more)),
            weight=float(answer.weight * self._part),
            upper_bound=float(answer.upper_bound * self._part),
            nodes=answer.nodes,
            cut=answer.cut,
            unused=self._weights.unused,
        )
        return BudgetSolution(budget=budget, results=tuple(results))

    def worth(self, item: Item, spec: str) -> Decimal:
        """Return the worth of completing a root with a spec."""
        return self._weights.of(item, spec)


def _part_of(most: float, part: int) -> float:
    """Return some tenths of the whole, as whole numbers if it is large enough."""
    share = Decimal(repr(most)) * part / _POINTS
    return float(share.to_integral_value() if most >= _POINTS else share)


def _by_hash(root: BudgetRoot | OpenRoot) -> tuple[str, ...]:
    want = root.want
    named = () if want is None else (want.stack, want.os, want.target, want.want)
    return (root.spec.hash, *named)


class _Weights:
    """The worth of specs to the stacks that want them."""

    def __init__(
        self,
        weights: Iterable[Weight],
        groups: Iterable[ItemGroup],
        matching: Callable[[str], Iterable[str]],
    ) -> None:
        wanted = {
            (each, item.stacks)
            for group in groups
            for source in group.sources
            for item in source
            for each in item.hashes
        }
        self._found: dict[tuple[str, tuple[str, ...]], Decimal] = {}
        unused = []
        for weight in weights:
            specs = None if weight.spec is None else frozenset(matching(weight.spec))
            about = [
                (spec, stacks)
                for spec, stacks in wanted
                if (specs is None or spec in specs)
                and any(wildcards.matches(stack, weight.stack) for stack in stacks)
            ]
            for each in about:
                self._found.setdefault(each, weight.weight)
            if not about:
                unused.append(weight)
        self.unused = tuple(unused)
        worths = (*self._found.values(), Decimal(1))
        #: The fraction of which all weights are whole multiples.
        self.part = _PART * math.gcd(*(int(each / _PART) for each in worths))

    def whole(self, item: Item, spec: str) -> int:
        """Return the worth of completing a root with a spec, in these fractions."""
        return int(self.of(item, spec) / self.part)

    def of(self, item: Item, spec: str) -> Decimal:
        """Return the worth of completing a root with a spec."""
        return self._found.get((spec, item.stacks), Decimal(1))
