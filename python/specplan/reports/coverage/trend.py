"""The report of a trend: steps, stacks, cells, and lost wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.model.report import json_parts
from specplan.model.trend import Trend
from specplan.reports.gates import gate_sections, verdict_lines
from specplan.reports.outline import (
    CellNames,
    Column,
    Line,
    Name,
    Number,
    OsAndTarget,
    Outline,
    Records,
    ReportTable,
    Section,
    Share,
    State,
    outline_of,
    records_of,
)
from specplan.reports.render import prose, wording
from specplan.reports.render.document import document, left_out_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from specplan.model.report import ReportOptions
    from specplan.model.trend import TrendCell, TrendPoint, TrendStack, TrendStep
    from specplan.reports.outline import TableCell, Value
    from specplan.reports.render.prose import Prose

__all__ = ["headline", "outline", "records", "trend_json"]

_POINT_NAMES: Final = (
    "wanted", "covered", "unknown", "coverage", "lost", "regained",
    "wants_added", "wants_removed", "wants_changed",
)  # fmt: skip


def headline(result: Trend) -> Prose:
    """Return the one line on the trend of coverage."""
    first, last = result.steps[0], result.steps[-1]
    shares = [wording.percentage(each.point.covered, each.point.wanted) for each in (first, last)]
    steps = wording.count(len(result.steps), "step")
    lost = wording.count(len(result.lost), "want is lost", "wants are lost")
    return (
        f"{prose.name(first.name)} to {prose.name(last.name)}: {shares[0]} to {shares[1]} "
        f"over {steps}, {lost}"
    )


@outline_of.register(Trend)
def outline(result: Trend, options: ReportOptions) -> Outline:
    """Return the steps with their sums, the trends of stacks and cells, and lost wants."""
    del options
    return Outline(
        kind="trend",
        headline=headline(result),
        warnings=tuple(wording.not_whole(result.left_out)),
        lines=(*verdict_lines(result.gates), Line(_question(result), "quiet")),
        sections=(
            *gate_sections(result.gates),
            _steps(result.steps),
            _stacks(result),
            _cells(result),
            *_lost(result),
        ),
        notes=tuple(wording.others_left_out(result.left_out)),
        cells=CellNames(tuple((cell.stack, cell.os, cell.target) for cell in result.cells)),
    )


@records_of.register(Trend)
def records(result: Trend, options: ReportOptions) -> Records:
    """Return one row for each cell at each step at which it exists."""
    del options
    names = ("step", "tags", "stack", "platform", "os", "target", *_POINT_NAMES)
    rows: list[tuple[Value, ...]] = [
        (
            step.name,
            step.tags,
            cell.stack,
            cell.platform,
            cell.os,
            cell.target,
            *(getattr(point, name) for name in _POINT_NAMES),
        )
        for at, step in enumerate(result.steps)
        for cell in result.cells
        if (point := cell.points[at]) is not None
    ]
    return Records(names, rows, result.gates)


@json_parts.register(Trend)
def trend_json(result: Trend) -> Iterator[str]:
    """Return the document of kind ``specplan.trend/1``."""
    return document(
        {
            "schema": "specplan.trend/1",
            "wants": result.wants,
            "level": result.level,
            "compat": result.compat,
            "scope": result.scope,
            "steps": result.steps,
            "stacks": result.stacks,
            "cells": result.cells,
            "lost": result.lost,
            "left_out": left_out_json(result.left_out),
            "gates": result.gates,
        }
    )


def _question(result: Trend) -> str:
    level = "" if result.level is None else f", level {result.level}"
    return f"wants from {result.wants.replace('_', ' ')}{level}, compatibility {result.compat}"


def _steps(steps: Sequence[TrendStep]) -> Section:
    columns = (
        Column("step", "step", "name", is_lead=True),
        *(Column(name, name, "count") for name in ("wanted", "covered")),
        Column("coverage", "coverage", "share"),
        *(Column(name, name, "count") for name in ("lost", "regained")),
        Column("wants", "wants", "state"),
        *([Column("whole", "whole", "state")] if any(each.blocks for each in steps) else []),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Name(step.name),
            Number(step.point.wanted),
            Number(step.point.covered),
            Share(step.point.covered, step.point.wanted),
            Number(step.point.lost, "bad" if step.point.lost else "plain"),
            Number(step.point.regained, "good" if step.point.regained else "plain"),
            _wants(step.point),
            *([_whole(step)] if any(each.blocks for each in steps) else []),
        )
        for step in steps
    )
    title = wording.count(len(steps), "step")
    return Section(id="steps", title=title, table=ReportTable(columns, rows, is_whole=True))


def _wants(point: TrendPoint) -> State | None:
    if point.wants_changed is None:
        return State("unknown", "not known", "quiet")
    if not point.wants_changed:
        return None
    if point.wants_added is None:
        return State("changed", "changed", "warning")
    return State("changed", f"changed: +{point.wants_added} -{point.wants_removed}", "warning")


def _whole(step: TrendStep) -> State | None:
    return State("not-whole", "not whole", "warning") if step.blocks else None


def _stacks(result: Trend) -> Section:
    columns = (Column("stack", "stack", "name", is_lead=True), *_COURSE)
    rows = tuple((Name(stack.stack), *_course(stack, result.steps)) for stack in result.stacks)
    title = wording.count(len(rows), "stack")
    return Section(id="stacks", title=title, table=ReportTable(columns, rows, is_whole=True))


def _cells(result: Trend) -> Section:
    columns = (
        Column("stack", "stack", "name", is_lead=True),
        Column("system", "system", "system"),
        *_COURSE,
    )
    rows = tuple(
        (Name(cell.stack), OsAndTarget(cell.os, cell.target), *_course(cell, result.steps))
        for cell in result.cells
    )
    title = wording.count(len(rows), "cell")
    return Section(
        id="cells", title=title, table=ReportTable(columns, rows, names=2, is_whole=True)
    )


_COURSE: Final = (
    Column("first", "first", "share"),
    Column("lowest", "lowest", "share"),
    Column("lowest_at", "at", "name"),
    Column("last", "last", "share"),
    Column("absent", "absent since", "name"),
)


def _course(row: TrendStack | TrendCell, steps: Sequence[TrendStep]) -> tuple[TableCell, ...]:
    """Return the course of a value: its first, its lowest and its last."""
    there = [(point, at) for at, point in enumerate(row.points) if point is not None]
    if not there:
        return (None,) * len(_COURSE)
    first, last = there[0][0], there[-1][0]
    counted = [(point, at) for point, at in there if point.coverage is not None]
    lowest, at = min(counted, key=lambda each: each[0].coverage or 0, default=there[0])
    gone = there[-1][1] + 1
    return (
        Share(first.covered, first.wanted),
        Share(lowest.covered, lowest.wanted),
        Name(steps[at].name),
        Share(last.covered, last.wanted),
        Name(steps[gone].name if gone < len(steps) else ""),
    )


def _lost(result: Trend) -> Iterable[Section]:
    if not result.lost:
        return
    columns = (
        Column("want", "lost", "name", is_lead=True),
        Column("where", "in", "cells"),
        Column("last_covered", "covered last", "name"),
        Column("since", "lacks since", "name"),
        *(
            []
            if all(each.certain for each in result.lost)
            else [Column("certain", "certain", "state")]
        ),
    )
    rows: list[tuple[TableCell, ...]] = []
    packages = []
    grouped = wording.grouped(
        result.lost, lambda each: (each.want, each.last_covered, each.since, each.certain)
    )
    for group in grouped:
        first = group[0]
        packages.append(first.want.partition("@")[0])
        rows.append(
            (
                Name(first.want, "bad"),
                CellNames(tuple((each.stack, each.os, each.target) for each in group)),
                Name(first.last_covered),
                Name(first.since),
                *([] if len(columns) == len(_LOST_ALWAYS) else [_certain(first.certain)]),
            )
        )
    title = wording.count(len(result.lost), "want is lost", "wants are lost")
    table = ReportTable(columns, tuple(rows), packages=tuple(packages))
    yield Section(id="lost", title=title, table=table)


_LOST_ALWAYS: Final = ("want", "where", "last_covered", "since")


def _certain(is_certain: bool) -> State | None:  # noqa: FBT001 - what a record says
    return None if is_certain else State("uncertain", "not certain", "warning")
