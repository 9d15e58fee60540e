"""What a budget buys, as the reports of plans show it: as text, Markdown and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.coverage.markdown import document, foldable, listed
from specplan.reports.plan import wording as plan_wording
from specplan.reports.render import amounts, wording
from specplan.reports.render.escape import markdown_code as code
from specplan.reports.render.escape import terminal
from specplan.reports.render.layout import Column, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specplan.aliases import Unit
    from specplan.model.budget import Budget, BudgetRoot, OpenReason, OpenRoot
    from specplan.planning.plan import Plan
    from specplan.reports.render.document import Json
    from specplan.reports.render.page import Page

__all__ = ["as_json", "as_markdown", "show"]

_REASONS: Final[Mapping[OpenReason, str]] = {
    "beyond": "beyond the budget",
    "left_out": "needs a broken spec",
    "outbid": "the budget goes to others",
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


def as_markdown(plan: Plan) -> str:
    """Return the budget as a section; nothing where there is none."""
    budget = plan.budget
    if budget is None:
        return ""
    wants = _Wants(budget, code)
    named = ("for",) if wants.is_any else ()
    return document(
        [
            listed(_lines(budget, plan.unit, code)),
            foldable(
                f"{wording.count(len(budget.completed), 'root')} completed",
                ("root", *named),
                [
                    (code(plan_wording.short(each.spec)), *wants.of(each))
                    for each in budget.completed
                ],
            ),
            foldable(
                f"{wording.count(len(budget.open), 'root')} not completed",
                ("root", *named, "weight", "takes more", "why"),
                [
                    (
                        code(plan_wording.short(each.spec)),
                        *wants.of(each),
                        amounts.exact(each.weight),
                        _more(each, budget, plan.unit),
                        _REASONS[each.reason],
                    )
                    for each in budget.open
                ],
            ),
        ]
    ).rstrip()


def show(page: Page, plan: Plan) -> None:
    """Add which roots are completed, and which are not and what they would take."""
    budget = plan.budget
    if budget is None:
        return
    page.blank()
    first, *others = _lines(budget, plan.unit, terminal)
    page.text(first, style="bold")
    for line in others:
        page.text(line, style="dim")
    wants = _Wants(budget, terminal)
    named = [Column(("for",), wraps=True)] if wants.is_any else []
    if named and budget.completed:
        page.table(
            [Column(("root",), overhangs=True), *named],
            [
                [
                    Span(terminal(plan_wording.short(each.spec))),
                    *map(Span, wants.of(each)),
                ]
                for each in budget.completed
            ],
        )
    else:
        for root in budget.completed:
            page.text(terminal(plan_wording.short(root.spec)), indent="  ")
    if budget.open:
        page.blank()
        page.text(f"not completed: {wording.count(len(budget.open), 'root')}", style="bold")
        columns = [
            Column(("root",), overhangs=True),
            *named,
            Column(("weight",), align="right"),
            Column(("takes more",), align="right"),
            Column(("why",)),
        ]
        rows = [
            [
                Span(terminal(plan_wording.short(each.spec))),
                *map(Span, wants.of(each)),
                Span(amounts.exact(each.weight)),
                Span(_more(each, budget, plan.unit)),
                Span(_REASONS[each.reason]),
            ]
            for each in budget.open
        ]
        page.table(columns, rows)


class _Wants:
    """Which abstract wants roots meet; the system is told where there are several."""

    def __init__(self, budget: Budget, escape: Callable[[str], str]) -> None:
        places = [
            root.place
            for roots in (budget.installable, budget.completed, budget.open)
            for root in roots
            if root.place is not None
        ]
        self.is_any = bool(places)
        self._has_systems = len({(each.os, each.target) for each in places}) > 1
        self._escape = escape

    def of(self, root: BudgetRoot | OpenRoot) -> tuple[str, ...]:
        """Return the cell of a root; none where there are no abstract wants."""
        place = root.place
        if not self.is_any:
            return ()
        if place is None:
            return ("",)
        where = f" on {place.os}/{place.target}" if self._has_systems else ""
        return (self._escape(f"{place.stack}: {place.want}{where}"),)


def _lines(budget: Budget, unit: Unit, escape: Callable[[str], str]) -> list[str]:
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
        "no choice within the budget is worth more"
        if budget.optimal
        else f"no choice within the budget is worth more than {amounts.exact(budget.upper_bound)}; "
        f"{_CUTS[budget.cut or 'nodes']} ended the search"
    )
    lines = [f"completed: {roots}, weight {worth}, for {spent}", proof]
    if already:
        install = wording.count(already, "root installs", "roots install")
        lines.append(f"{install} without any build")
    if following := budget.next:
        more = _more(following, budget, unit)
        lines.append(f"next: {escape(plan_wording.short(following.spec))} takes {more} more")
    lines += [f"weight of {escape(str(each))}: no root is like that" for each in budget.unused]
    return lines


def _more(root: OpenRoot, budget: Budget, unit: Unit) -> str:
    """Return what completing a root takes more of what is limited."""
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
    place = root.place
    return {
        "hash": root.spec.hash,
        "name": root.spec.name,
        "version": root.spec.version,
        "weight": root.weight,
        "want": None
        if place is None
        else {
            "stack": place.stack,
            "os": place.os,
            "target": place.target,
            "want": place.want,
        },
    }
