"""What a budget buys, as the reports of plans show it: as text, Markdown and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports import amounts, plan_wording, wording
from specplan.reports.escape import markdown_code as code
from specplan.reports.escape import terminal
from specplan.reports.layout import Column, Span
from specplan.reports.markdown import document, foldable, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specplan.budget import Budget, OpenReason, OpenRoot
    from specplan.costs import Unit
    from specplan.plan import Plan
    from specplan.plan_model import NamedSpec
    from specplan.reports.document import Json
    from specplan.reports.page import Page

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
        "counts": budget.counts,
        "limit": budget.limit,
        "spent": budget.spent,
        "installable": [_named(each) for each in budget.installable],
        "completed": [_named(each) for each in budget.completed],
        "open": [
            {
                **_named(each.spec),
                "weight": each.weight,
                "reason": each.reason,
                "more": each.more,
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
    return document(
        [
            listed(_lines(budget, plan.unit, code)),
            foldable(
                f"{wording.count(len(budget.completed), 'root')} completed",
                ("root",),
                [(code(plan_wording.short(each)),) for each in budget.completed],
            ),
            foldable(
                f"{wording.count(len(budget.open), 'root')} not completed",
                ("root", "weight", "takes more", "why"),
                [
                    (
                        code(plan_wording.short(each.spec)),
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
    for each in budget.completed:
        page.text(terminal(plan_wording.short(each)), indent="  ")
    if budget.open:
        page.blank()
        page.text(f"not completed: {wording.count(len(budget.open), 'root')}", style="bold")
        columns = [
            Column(("root",), overhangs=True),
            Column(("weight",), align="right"),
            Column(("takes more",), align="right"),
            Column(("why",)),
        ]
        rows = [
            [
                Span(terminal(plan_wording.short(each.spec))),
                Span(amounts.exact(each.weight)),
                Span(_more(each, budget, plan.unit)),
                Span(_REASONS[each.reason]),
            ]
            for each in budget.open
        ]
        page.table(columns, rows)


def _lines(budget: Budget, unit: Unit, escape: Callable[[str], str]) -> list[str]:
    completed, already = len(budget.completed), len(budget.installable)
    roots = wording.count(completed, "root")
    most = _amount(budget.limit, budget, unit)
    spent = f"{_amount(budget.spent, budget, unit)} of at most {most}"
    worth = amounts.exact(budget.weight)
    proof = (
        "no choice within the budget is worth more"
        if budget.optimal
        else f"no choice within the budget is worth more than {amounts.exact(budget.upper_bound)}; "
        f"{_CUTS[budget.cut or 'nodes']} ended the search"
    )
    lines = [f"completed: {roots}, weight {worth}, for {spent}", proof]
    if already:
        install = "installs" if already == 1 else "install"
        lines.append(f"{wording.count(already, 'root')} {install} without any build")
    if following := budget.next:
        more = _more(following, budget, unit)
        lines.append(f"next: {escape(plan_wording.short(following.spec))} takes {more} more")
    lines += [f"weight of {escape(str(each))}: no root is like that" for each in budget.unused]
    return lines


def _more(root: OpenRoot, budget: Budget, unit: Unit) -> str:
    return "" if root.more is None else _amount(root.more, budget, unit)


def _amount(value: float, budget: Budget, unit: Unit) -> str:
    if budget.counts == "builds":
        return wording.count(round(value), "build")
    return amounts.amount(value, unit)


def _named(spec: NamedSpec) -> dict[str, Json]:
    return {"hash": spec.hash, "name": spec.name, "version": spec.version}
