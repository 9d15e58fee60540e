"""Gates of a plan: its number of builds, its cost, and its proof."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from specplan.cli.stack_gates import asked_tables, held_on_nothing, suffix_of
from specplan.model.gate import Gate
from specplan.records import dataclass
from specplan.reports.render import amounts, wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specplan.cli.settings import Settings
    from specplan.config.configuration import StackEntry
    from specplan.model import Build
    from specplan.model.gate import GateUnit
    from specplan.planning.plan import Plan

__all__ = ["of_plan"]

_UNITS: Final[Mapping[str, GateUnit]] = {
    "fail-over-builds": "count",
    "fail-over-cost": "seconds",
    "fail-if-not-optimal": "percent",
}


def of_plan(plan: Plan, settings: Settings) -> Iterator[Gate]:
    """Yield the gates on all builds, then those of tables of stacks.

    A build counts for each stack whose locks contain it; if the plan chooses specs for a stack,
    every build counts for it, because any of them may be for a chosen spec.
    """
    parts = _PlanSubjects(plan)
    yield from _asked(parts.whole, settings)
    for table in asked_tables(settings, plan.stacks, "want"):
        for gate in _asked(parts.of(table.name), table):
            yield held_on_nothing(gate, plan.stacks)


class _Bill:
    """Some builds of a plan and their cost, computed once."""

    def __init__(self, builds: Sequence[Build] = ()) -> None:
        self.builds = builds

    @cached_property
    def cost(self) -> float:
        """Their cost."""
        from fractions import Fraction  # noqa: PLC0415 - few plans have such a gate

        return float(sum(Fraction(build.cost) for build in self.builds))

    @cached_property
    def estimated(self) -> int:
        """The number of these costs that are estimates."""
        return sum(build.estimated for build in self.builds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlanSubject:
    """The subject of gates: a whole plan, or its builds for one stack.

    Attributes:
        plan: The plan.
        bill: The builds and their cost.
        stack: The stack; empty for the whole plan.
        chosen: Whether the plan chooses specs for it.
    """

    plan: Plan
    bill: _Bill
    stack: str = ""
    chosen: bool = True

    @property
    def suffix(self) -> str:
        """The words that name it in sentences."""
        return suffix_of(self.stack)


class _PlanSubjects:
    """The parts of a plan; each build is processed once for each of its stacks."""

    def __init__(self, plan: Plan) -> None:
        self.whole = _PlanSubject(plan=plan, bill=_Bill(plan.builds))
        wants = () if plan.choice is None else plan.choice.wants
        self._chosen = frozenset(each.stack for each in wants)

    @cached_property
    def _bills(self) -> Mapping[str, _Bill]:
        found: dict[str, list[Build]] = {}
        for build in self.whole.bill.builds:
            for stack in build.stacks:
                found.setdefault(stack, []).append(build)
        return {stack: _Bill(builds) for stack, builds in found.items()}

    def of(self, stack: str) -> _PlanSubject:
        """Return the subject of gates on a stack."""
        if stack in self._chosen:
            return replace(self.whole, stack=stack)
        bill = self._bills.get(stack) or _Bill()
        return _PlanSubject(plan=self.whole.plan, bill=bill, stack=stack, chosen=False)


def _asked(part: _PlanSubject, asked: Settings | StackEntry) -> Iterator[Gate]:
    if asked.fail_over_builds is not None:
        yield _builds(part, asked.fail_over_builds)
    if asked.fail_over_cost is not None:
        yield _cost(part, asked.fail_over_cost)
    if asked.fail_if_not_optimal:
        yield _optimal(part)


def _builds(part: _PlanSubject, most: int) -> Gate:
    value = len(part.bill.builds)
    held = value <= most
    builds = wording.count(value, "build")
    reason = f"{builds}{part.suffix}, more than {most} (--fail-over-builds)"
    return _gate("fail-over-builds", most, value, "" if held else reason, part.stack)


def _cost(part: _PlanSubject, most: float) -> Gate:
    name = "fail-over-cost"
    # Without files of costs each build costs 1, which is useless for a limit in seconds.
    if part.bill.builds and part.plan.unit != "seconds":
        reason = f"the cost{part.suffix} is n/a, as no `--costs` file has it (--fail-over-cost)"
        return _gate(name, most, None, reason, part.stack)
    value = part.bill.cost
    said = amounts.amount(value, "seconds")
    limit = amounts.amount(most, "seconds")
    if said == limit:
        said, limit = f"{amounts.exact(value)} s", f"{amounts.exact(most)} s"
    guessed = f", {part.bill.estimated} of them estimated" if part.bill.estimated else ""
    number = wording.count(len(part.bill.builds), "build")
    reason = f"{number}{part.suffix}{guessed} cost {said}, more than {limit} (--fail-over-cost)"
    return _gate(name, most, value, "" if value <= most else reason, part.stack)


def _optimal(part: _PlanSubject) -> Gate:
    """Return the gate on the proof; locks need no choice, so their plan is optimal."""
    plan = part.plan
    name = "fail-if-not-optimal"
    gap, reason = 0.0, ""
    if part.chosen and not plan.optimal:
        cost, bound = plan.totals.cost, plan.lower_bound
        gap = 100 * (cost - bound) / cost if cost else 100.0
        reason = f"it is not proven that no plan costs less{part.suffix} (--fail-if-not-optimal)"
    budget = plan.budget
    if not reason and budget is not None and not budget.optimal:
        bound = budget.upper_bound
        gap = 100 * (bound - budget.weight) / bound if bound else 100.0
        reason = f"it is not proven that no choice within the budget is worth more (--{name})"
    return _gate(name, 0, gap, reason, part.stack)


def _gate(name: str, limit: float, value: float | None, reason: str, stack: str) -> Gate:
    return Gate(
        name=name,
        unit=_UNITS[name],
        limit=limit,
        value=value,
        held=not reason,
        reason=reason,
        stack=stack,
    )
