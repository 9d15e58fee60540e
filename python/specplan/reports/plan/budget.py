"""The result of a budget: sections of the report, and part of the JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.outline import (
    Column,
    Line,
    Number,
    ReportTable,
    Said,
    Section,
    SpecWithHash,
    State,
    Words,
)
from specplan.reports.plan import wording as plan_wording
from specplan.reports.render import amounts, prose, wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specplan.aliases import Unit
    from specplan.model.budget import Budget, BudgetCurve, BudgetRoot, OpenReason, OpenRoot
    from specplan.planning.plan import Plan
    from specplan.reports.outline import TableCell
    from specplan.reports.render.document import Json
    from specplan.reports.render.prose import Prose

__all__ = ["REASONS", "as_json", "curve_json", "limit_of", "proof_of", "sections"]

#: The reasons why a root is not completed.
REASONS: Final[Mapping[OpenReason, str]] = {
    "beyond": "beyond the budget",
    "left_out": "needs a broken spec",
    "outbid": "the budget is spent on other roots",
}

_CUTS: Final = {
    "nodes": "the limit on nodes",
    "memory": "the limit on memory",
    "work": "the limit on work",
    "time": "time",
}


def as_json(budget: Budget | None) -> Json:
    """Return the value of ``budget`` in the document."""
    if budget is None:
        return None
    return {
        "max_builds": budget.max_builds,
        "max_cost": budget.max_cost,
        "builds": budget.builds,
        "cost": budget.cost,
        "installable": [_root(each) for each in budget.installable],
        "completed": [_root(each) for each in budget.completed],
        "open": [
            {
                **_root(each),
                "reason": each.reason,
                "more_builds": each.more_builds,
                "more_cost": each.more_cost,
            }
            for each in budget.open
        ],
        "weight": budget.weight,
        "upper_bound": budget.upper_bound,
        "optimal": budget.optimal,
        "nodes": budget.nodes,
        "cut": budget.cut,
        "deterministic": budget.cut != "time",
    }


def curve_json(curve: BudgetCurve | None) -> Json:
    """Return the value of ``budget_curve`` in the document."""
    if curve is None:
        return None
    return {
        "limited": curve.limited,
        "roots": curve.roots,
        "points": [
            {
                "limit": each.limit,
                "builds": each.builds,
                "cost": each.cost,
                "installing": each.installing,
                "weight": each.weight,
                "upper_bound": each.upper_bound,
                "optimal": each.optimal,
            }
            for each in curve.points
        ],
    }


def sections(plan: Plan) -> tuple[Section, ...]:
    """Return the result of the budget, the completed and the open roots, and the curve."""
    return (*_bought(plan), *_curve(plan))


def _curve(plan: Plan) -> tuple[Section, ...]:
    curve = plan.budget_curve
    if curve is None:
        return ()
    has_costs = curve.limited == "cost"
    columns = (
        Column("limit", "at most", "words", side="right", is_lead=True),
        Column("builds", "builds", "count"),
        *([Column("cost", "cost", "words", side="right")] if has_costs else []),
        Column("installing", "roots that install", "count"),
        Column("proof", "proof", "words"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Words(limit_of(point.limit, plan.unit)),
            Number(point.builds),
            *([Words(amounts.amount(point.cost, plan.unit))] if has_costs else []),
            Number(point.installing),
            Words(proof_of(point.weight, point.upper_bound)),
        )
        for point in curve.points
    )
    title = f"results of budgets, of {wording.count(curve.roots, 'root')}"
    return (Section(id="curve", title=title, tone="strong", table=ReportTable(columns, rows)),)


def limit_of(limit: float, unit: Unit) -> str:
    """Return a budget in words."""
    return _builds(int(limit)) if unit == "builds" else amounts.amount(limit, unit)


def proof_of(weight: float, upper_bound: float) -> str:
    """Return the proven facts about the result of a budget."""
    if weight == upper_bound:
        return "optimal"
    return f"weight {amounts.exact(weight)} of at most {amounts.exact(upper_bound)}"


def _bought(plan: Plan) -> tuple[Section, ...]:
    budget = plan.budget
    if budget is None:
        return ()
    first, *others = _lines(budget, plan.unit)
    lines = tuple(Line(line, "quiet") for line in others)
    found = [Section(id="budget", title=first, tone="strong", lines=lines)]
    if budget.completed:
        found.append(_completed(budget))
    if budget.open:
        found.append(_open(budget, plan.unit))
    return tuple(found)


def _completed(budget: Budget) -> Section:
    wants = _MetWants(budget)
    columns = (Column("root", "completed", "spec", is_lead=True), *wants.columns)
    rows = tuple((_spec(root), *wants.of(root)) for root in budget.completed)
    title = f"{wording.count(len(rows), 'root')} completed"
    return Section(id="completed", title=title, table=ReportTable(columns, rows))


def _open(budget: Budget, unit: Unit) -> Section:
    wants = _MetWants(budget)
    columns = (
        Column("root", "root", "spec", is_lead=True),
        *wants.columns,
        Column("weight", "weight", "count"),
        Column("more", "needs more", "words", side="right"),
        Column("reason", "why", "state"),
    )
    rows = tuple(
        (
            _spec(root),
            *wants.of(root),
            Number(root.weight),
            Said.once(_more(root, budget, unit)),
            State(root.reason, REASONS[root.reason]),
        )
        for root in budget.open
    )
    title = f"{wording.count(len(rows), 'root')} not completed"
    return Section(id="open", title=title, tone="strong", table=ReportTable(columns, rows))


def _spec(root: BudgetRoot | OpenRoot) -> SpecWithHash:
    return SpecWithHash(plan_wording.name(root.spec), root.spec.hash)


class _MetWants:
    """The abstract wants that roots meet; the system is named if there are several."""

    def __init__(self, budget: Budget) -> None:
        met = [
            root.want
            for roots in (budget.installable, budget.completed, budget.open)
            for root in roots
            if root.want is not None
        ]
        self.columns = (Column("want", "for", "words"),) if met else ()
        self._has_systems = len({(want.os, want.target) for want in met}) > 1

    def of(self, root: BudgetRoot | OpenRoot) -> tuple[TableCell, ...]:
        """Return the cell of a root; none if there are no abstract wants."""
        want = root.want
        if not self.columns:
            return ()
        if want is None:
            return (None,)
        where = f" on {want.os}/{want.target}" if self._has_systems else ""
        return (Said.once(prose.name(f"{want.stack}: {want.want}{where}")),)


def _lines(budget: Budget, unit: Unit) -> list[Prose]:
    completed, already = len(budget.completed), len(budget.installable)
    roots = wording.count(completed, "root")
    parts = []
    if budget.max_builds is not None:
        most = _builds(budget.max_builds)
        parts.append(f"{_builds(budget.builds)} of at most {most}")
    if budget.max_cost is not None:
        most = amounts.amount(budget.max_cost, unit)
        parts.append(f"{amounts.amount(budget.cost, unit)} of at most {most}")
    spent = " and ".join(parts)
    worth = amounts.exact(budget.weight)
    proof = (
        "optimal within the budget"
        if budget.optimal
        else f"at most weight {amounts.exact(budget.upper_bound)} is possible within the budget; "
        f"{_CUTS[budget.cut or 'nodes']} ended the search"
    )
    lines = [f"completed: {roots}, weight {worth}, for {spent}", proof]
    if already:
        install = wording.count(already, "root installs", "roots install")
        lines.append(f"{install} without any build")
    if following := budget.next:
        more = _more(following, budget, unit)
        lines.append(f"next: {plan_wording.named(following.spec)} needs {more} more")
    lines += [f"weight of {prose.name(str(each))} matches no root" for each in budget.unused]
    return lines


def _more(root: OpenRoot, budget: Budget, unit: Unit) -> str:
    """Return the amount that a root needs beyond the limit."""
    if root.more_builds is None or root.more_cost is None:
        return ""
    parts = []
    if budget.max_builds is not None:
        parts.append(_builds(root.more_builds))
    if budget.max_cost is not None:
        parts.append(amounts.amount(root.more_cost, unit))
    return ", ".join(parts)


def _builds(count: int) -> str:
    return wording.count(count, "build")


def _root(root: BudgetRoot | OpenRoot) -> dict[str, Json]:
    want = root.want
    return {
        "hash": root.spec.hash,
        "package": root.spec.package,
        "version": root.spec.version,
        "weight": root.weight,
        "want": None
        if want is None
        else {
            "stack": want.stack,
            "os": want.os,
            "target": want.target,
            "want": want.want,
        },
    }
