"""Gates of a plan: its number of builds, its cost, and its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.cli.stack_gates import asked_tables, held_on_nothing
from specplan.model.gate import Gate
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
    """Yield the gates on all builds, then those that tables of stacks ask for.

    A build counts for each stack whose locks hold it; where the plan chooses specs for a stack,
    every build counts for it, since any of them may be for what was chosen.
    """
    yield from _asked(plan, plan.builds, settings, "")
    for table in asked_tables(settings, plan.stacks, "want"):
        for gate in _asked(plan, _builds_of(table.name, plan), table, table.name):
            yield held_on_nothing(gate, plan.stacks)


def _asked(
    plan: Plan, builds: Sequence[Build], asked: Settings | StackEntry, stack: str
) -> Iterator[Gate]:
    if asked.fail_over_builds is not None:
        yield _builds(len(builds), asked.fail_over_builds, stack)
    if asked.fail_over_cost is not None:
        yield _cost(plan, builds, asked.fail_over_cost, stack)
    if asked.fail_if_not_optimal:
        yield _optimal(plan, stack)


def _builds_of(stack: str, plan: Plan) -> Sequence[Build]:
    if _chooses_for(stack, plan):
        return plan.builds
    return [build for build in plan.builds if stack in build.stacks]


def _chooses_for(stack: str, plan: Plan) -> bool:
    return plan.choice is not None and any(each.stack == stack for each in plan.choice.wants)


def _builds(value: int, most: int, stack: str) -> Gate:
    held = value <= most
    builds = wording.count(value, "build")
    reason = f"{builds}{_for(stack)}, more than {most} (--fail-over-builds)"
    return _gate("fail-over-builds", most, value, "" if held else reason, stack)


def _cost(plan: Plan, builds: Sequence[Build], most: float, stack: str) -> Gate:
    name = "fail-over-cost"
    # Without files of costs each build costs 1, which says nothing of a limit in seconds.
    if builds and plan.unit != "seconds":
        reason = f"the cost{_for(stack)} is n/a, as no `--costs` file has it (--fail-over-cost)"
        return _gate(name, most, None, reason, stack)
    from fractions import Fraction  # noqa: PLC0415 - few plans have such a gate

    value = float(sum(Fraction(build.cost) for build in builds))
    said = amounts.amount(value, "seconds")
    limit = amounts.amount(most, "seconds")
    if said == limit:
        said, limit = f"{amounts.exact(value)} s", f"{amounts.exact(most)} s"
    estimated = sum(build.estimated for build in builds)
    guessed = f", {estimated} of them estimated" if estimated else ""
    number = wording.count(len(builds), "build")
    reason = f"{number}{_for(stack)}{guessed} cost {said}, more than {limit} (--fail-over-cost)"
    return _gate(name, most, value, "" if value <= most else reason, stack)


def _optimal(plan: Plan, stack: str) -> Gate:
    """Return the gate on the proof; nothing is chosen for locks, so their plan is the least."""
    name = "fail-if-not-optimal"
    gap, reason = 0.0, ""
    is_chosen = not stack or _chooses_for(stack, plan)
    if is_chosen and not plan.optimal:
        cost, bound = plan.totals.cost, plan.lower_bound
        gap = 100 * (cost - bound) / cost if cost else 100.0
        reason = f"it is not proven that no plan costs less{_for(stack)} (--fail-if-not-optimal)"
    budget = plan.budget
    if not reason and budget is not None and not budget.optimal:
        bound = budget.upper_bound
        gap = 100 * (bound - budget.weight) / bound if bound else 100.0
        reason = f"it is not proven that no choice within the budget is worth more (--{name})"
    return _gate(name, 0, gap, reason, stack)


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


def _for(stack: str) -> str:
    return f" for `{stack}`" if stack else ""
