"""Budgets as values of the page: one as a table, many as a curve."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from specplan.reports.html.counts import count
from specplan.reports.html.values import Curve, CurvePoint, Tick, Titled
from specplan.reports.html.wants import spec_cell
from specplan.reports.outline import Column, Number, ReportTable, Words
from specplan.reports.plan import budget as plan_budget
from specplan.reports.render import amounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specplan.aliases import Unit
    from specplan.reports.outline import TableCell
    from specplan.sources.strict_json import Value

__all__ = ["budget_of", "curve_of"]

#: The size of the picture, and the space for its scale and for the names of its axis.
_WIDTH: Final = 1160.0
_HEIGHT: Final = 250.0
_LEFT: Final = 58.0
_RIGHT: Final = 24.0
_TOP: Final = 22.0
_BOTTOM: Final = 46.0

#: The maximum number of lines of the grid.
_LINES: Final = 5

#: The width of the name of a budget below the picture, and of a number above its point.
_ROOM: Final = 88.0
_NUMBER: Final = 16.0

#: The reasons why a root is not completed; a document may have other words.
_OPEN: Final[Mapping[str, str]] = dict(plan_budget.REASONS.items())


def budget_of(content: Value, unit: Unit) -> Titled | None:
    """Return the result of a budget; None without a limit."""
    budget = content.at_or_none("budget")
    if budget is None:
        return None
    completed, still_open = budget.items_at("completed"), budget.items_at("open")
    columns = (
        Column("root", "root", "spec"),
        Column("state", "state", "words"),
        Column("more_builds", "further builds", "count"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = (
        *((spec_cell(each), Words("completed"), None) for each in completed),
        *(
            (
                spec_cell(each),
                Words(_OPEN.get(each.text_at("reason"), each.text_at("reason"))),
                Number(each.count_at_or_none("more_builds")),
            )
            for each in still_open
        ),
    )
    spent = amounts.amount(budget.amount_at("cost"), unit)
    roots = f"{count(len(completed), 'root')} of {len(completed) + len(still_open)}"
    builds = count(budget.count_at("builds"), "build")
    title = f"Completed by the budget: {roots}, {builds}, {spent}"
    return Titled(title=title, table=ReportTable(columns, rows))


def curve_of(content: Value, unit: Unit) -> Curve | None:
    """Return the results of budgets from nothing to everything; None unless requested."""
    curve = content.at_or_none("budget_curve")
    if curve is None or len(points := curve.items_at("points")) < 2:  # noqa: PLR2004 - no curve
        return None
    roots = curve.count_at("roots")
    limits = [each.amount_at("limit") for each in points]
    installing = [each.count_at("installing") for each in points]
    if any(after <= before for before, after in pairwise(limits)):
        curve.at("points").fail("are not in the order of their limits")
    if max(installing) > roots:
        curve.at("roots").fail("are fewer than install")
    xs = [round(_LEFT + each / limits[-1] * (_WIDTH - _LEFT - _RIGHT), 1) for each in limits]
    ys = [_y(each, roots) for each in installing]
    path = f"M{xs[0]:g} {ys[0]:g}" + "".join(
        f"H{x:g}V{y:g}" for x, y in zip(xs[1:], ys[1:], strict=True)
    )
    base = _HEIGHT - _BOTTOM
    return Curve(
        title="Roots that install, by budget",
        description=_described(limits, installing, roots, unit),
        axis="builds at most" if unit == "builds" else "cost of the builds at most",
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        right=_WIDTH - _RIGHT,
        bottom=base,
        grid=tuple((f"{each:,}", _y(each, roots)) for each in _grid(roots)),
        ticks=tuple(_ticks(xs, limits, unit)),
        path=path,
        area=f"{path}V{base:g}H{xs[0]:g}Z",
        points=tuple(_points(xs, ys, limits, installing, unit)),
        table=_table(points, unit),
    )


def _y(installing: int, roots: int) -> float:
    share = installing / roots if roots else 0.0
    return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def _grid(roots: int) -> list[int]:
    """Return the numbers of roots with a grid line: round ones, and all."""
    step = max(-(-roots // (_LINES - 1)), 1)
    power = 10 ** (len(str(step)) - 1)
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= step)
    lines = [each for each in range(0, roots, step) if roots - each >= step / 2]
    return [*lines, roots]


def _ticks(xs: Sequence[float], limits: Sequence[float], unit: Unit) -> list[Tick]:
    """Return the first and the last limit, and those between with space for their names."""
    found = [(xs[0], limits[0])]
    for x, limit in zip(xs[1:-1], limits[1:-1], strict=True):
        # The first name is to the right of its mark, and the last one to the left.
        before = _ROOM if len(found) > 1 else _ROOM * 1.5
        if x - found[-1][0] >= before and xs[-1] - x >= _ROOM * 1.5:
            found.append((x, limit))
    found.append((xs[-1], limits[-1]))
    return [Tick(x=x, label=_limit(limit, unit)) for x, limit in found]


def _limit(limit: float, unit: Unit) -> str:
    return f"{limit:,.6g}" if unit == "builds" else amounts.amount(limit, unit)


def _points(
    xs: Sequence[float],
    ys: Sequence[float],
    limits: Sequence[float],
    installing: Sequence[int],
    unit: Unit,
) -> list[CurvePoint]:
    found: list[CurvePoint] = []
    last = -1
    for x, y, limit, number in zip(xs, ys, limits, installing, strict=True):
        has_room = number != last and (not found or x - found[-1].x >= _NUMBER)
        roots = count(number, "root installs", "roots install")
        found.append(
            CurvePoint(
                x=x,
                y=y,
                label=f"{number:,}" if has_room else "",
                title=f"{roots} for {plan_budget.limit_of(limit, unit)}",
            )
        )
        last = number
    return found


def _described(limits: Sequence[float], installing: Sequence[int], roots: int, unit: Unit) -> str:
    """Return the curve in words: the results of nothing, half and all."""
    half = next(at for at, each in enumerate(installing) if each * 2 >= installing[-1])
    return (
        f"Of {count(roots, 'root')}, {installing[0]:,} install without any build, "
        f"{installing[half]:,} for {plan_budget.limit_of(limits[half], unit)}, and "
        f"{installing[-1]:,} for {plan_budget.limit_of(limits[-1], unit)}. The table below the "
        "picture has all steps."
    )


def _table(points: Sequence[Value], unit: Unit) -> ReportTable:
    has_costs = unit != "builds"
    columns = (
        Column("limit", "at most", "words", side="right"),
        Column("builds", "builds", "count"),
        *([Column("cost", "cost", "words", side="right")] if has_costs else []),
        Column("installing", "roots that install", "count"),
        Column("proof", "proof", "words"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Words(plan_budget.limit_of(each.amount_at("limit"), unit)),
            Number(each.count_at("builds")),
            *([Words(amounts.amount(each.amount_at("cost"), unit))] if has_costs else []),
            Number(each.count_at("installing")),
            Words(plan_budget.proof_of(each.amount_at("weight"), each.amount_at("upper_bound"))),
        )
        for each in points
    )
    return ReportTable(columns, rows)
