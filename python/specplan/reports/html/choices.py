"""Choices for abstract wants as values of the page, with reasons and alternatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from specplan.model.choice import Reason
from specplan.reports.html.counts import count
from specplan.reports.html.values import Titled
from specplan.reports.html.wants import WANT_COLUMNS, spec_cell, want_cells
from specplan.reports.outline import Column, Name, Number, ReportTable, Words
from specplan.reports.plan import choice as plan_choice
from specplan.reports.render import amounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specplan.aliases import Unit
    from specplan.reports.outline import TableCell
    from specplan.reports.render.prose import Prose
    from specplan.sources.strict_json import Value

__all__ = ["choices_of", "environments_of", "unplannable_of"]

_WHY: Final[Mapping[str, str]] = {each: plan_choice.REASONS[each] for each in get_args(Reason)}

_UNPLANNABLE: Final[Mapping[str, str]] = dict(plan_choice.SHORT_LACKS.items())


def choices_of(content: Value, unit: Unit) -> Titled | None:
    """Return the choice for each want; None if no want is abstract."""
    choice = content.at_or_none("choice")
    if choice is None or not (wants := choice.items_at("wants")):
        return None
    columns = (
        *WANT_COLUMNS,
        Column("spec", "chosen", "spec"),
        Column("reason", "why", "words"),
        Column("candidates", "candidates", "count"),
        Column("other", "next best", "spec"),
        Column("more", "would cost", "words", side="right"),
    )
    rows = tuple((*want_cells(each), *_chosen(each, unit)) for each in wants)
    return Titled(
        title=f"Choices: {count(len(rows), 'want')}",
        table=ReportTable(columns, rows),
        note=_note(content, choice, unit),
    )


def _chosen(want: Value, unit: Unit) -> tuple[TableCell, ...]:
    # Documents of an earlier release do not contain the reason.
    reason, other = want.text_at_or_none("reason"), want.at_or_none("other")
    if not want.flag_at("completed"):
        why = "not completed: the budget goes to others"
    else:
        why = "" if reason is None else _WHY.get(reason, reason)
    lock = want.text_at_or_none("lock")
    return (
        spec_cell(want),
        Words(why) if lock is None else Name(lock),
        Number(want.count_at("candidates")),
        None if other is None else spec_cell(other),
        None if other is None else Words(_more(other, unit)),
    )


def _more(other: Value, unit: Unit) -> str:
    cost, builds = other.number_at("more_cost"), int(other.number_at("more_builds"))
    return plan_choice.more(cost, builds, unit)


def _note(content: Value, choice: Value, unit: Unit) -> Prose:
    cost = amounts.amount(content.at("totals").amount_at("cost"), unit)
    alone = amounts.amount(choice.amount_at("cost_alone"), unit)
    return (
        f"all wants are chosen for together: {cost}; with the cheapest for each want alone: {alone}"
    )


def unplannable_of(content: Value) -> Titled | None:
    """Return the wants that no known spec can meet; None without any."""
    entries = content.items_at("unplannable")
    if not entries:
        return None
    columns = (*WANT_COLUMNS, Column("reason", "why", "words"))
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            *want_cells(each),
            Words(_UNPLANNABLE.get(each.text_at("reason"), each.text_at("reason"))),
        )
        for each in entries
    )
    title = f"Cannot be planned from known specs: {len(rows)}"
    return Titled(title=title, table=ReportTable(columns, rows))


def environments_of(content: Value) -> Titled | None:
    """Return the environments whose roots are wanted; None if there are none."""
    choice = content.at_or_none("choice")
    if choice is None:
        return None
    environments = choice.items_at("environments")
    if not environments:
        return None
    columns = (
        Column("stack", "stack", "name"),
        Column("path", "environment", "name"),
        Column("roots", "roots", "count"),
        Column("unify", "unify", "words"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Name(each.text_at("stack")),
            Name(each.text_at("path")),
            Number(each.count_at("roots")),
            Words(each.text_at("unify")),
        )
        for each in environments
    )
    return Titled(title="Environments chosen for", table=ReportTable(columns, rows))
