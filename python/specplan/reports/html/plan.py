"""A plan as values of the page: builds, times, and the builds that each unblocks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan.model.spec import SHORT_HASH
from specplan.records import dataclass
from specplan.reports.html import gantt
from specplan.reports.html.budget import budget_of, curve_of
from specplan.reports.html.choices import choices_of, environments_of, unplannable_of
from specplan.reports.html.counts import count
from specplan.reports.html.doubt import in_doubt
from specplan.reports.html.values import BuildRow, Figure, PlanPart, Titled
from specplan.reports.html.wants import WANT_COLUMNS, spec_cell, want_cells
from specplan.reports.outline import Column, Names, ReportTable
from specplan.reports.plan import schedule as plan_schedule
from specplan.reports.plan import wording as plan_wording
from specplan.reports.render import amounts, prose, wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specplan.aliases import Unit
    from specplan.reports.html.values import Gantt
    from specplan.reports.outline import TableCell
    from specplan.reports.render.prose import Prose
    from specplan.sources.strict_json import Value

__all__ = ["headline", "plan_part"]

#: The reasons why specs are built, in words.
_CAUSES: Final = {"changed": "changed", "stale": "stale", "missing": "no binary"}

#: The number of builds above which only direct dependents are counted.
_MOST_COUNTED: Final = 6000

#: The maximum length of a chain on the page; longer ones are left out.
_MOST_CHAINED: Final = 6000

#: The reasons why a schedule cannot be shorter; a document may have other words.
_BOUNDS: Final[Mapping[str, str]] = dict(plan_schedule.REASONS.items())


def headline(content: Value) -> Prose:
    """Return the one line on the number of builds."""
    totals = content.at("totals")
    kind = "what if: " if content.at_or_none("what_if") is not None else ""
    kind += "predicted: " if content.flag_at("predicted") else ""
    wants = count(totals.count_at("wants"), "spec") + " wanted"
    rest = f"{wants}, {totals.count_at('reused'):,} reused"
    if publish := len(content.items_at("publish")):
        rest += f", {publish:,} to publish"
    if open_ := len(content.items_at("unplannable")):
        rest += f", {count(open_, 'want')} cannot be planned"
    builds = totals.count_at("builds")
    if not builds:
        budget = content.at_or_none("budget")
        excluded = content.at_or_none("excluded")
        cut = plan_wording.nothing(
            0 if excluded is None else len(excluded.items_at("builds")),
            0 if budget is None else len(budget.items_at("open")),
        )
        return f"{kind}{cut}, {rest}"
    stages = count(totals.count_at("stages"), "stage")
    return f"{kind}{count(builds, 'build')} in {stages}, {rest}"


def plan_part(content: Value) -> PlanPart:
    """Return the values of a document of a plan."""
    unit: Unit = "seconds" if content.text_at("unit") == "seconds" else "builds"
    entries = content.items_at("builds")
    totals = content.at("totals")
    if totals.count_at("builds") != len(entries):
        totals.at("builds").fail(f"is not the number of builds, of which {len(entries)} are listed")
    times = _times(content, entries)
    builds = _builds(content, entries, times, unit)
    at = {build.hash: build.at for build in builds}
    widths = [0] * (max((build.stage for build in builds), default=-1) + 1)
    for build in builds:
        widths[build.stage] += 1
    return PlanPart(
        headline=headline(content),
        unit=unit,
        figures=in_doubt(_figures(content, unit), content),
        lines=tuple(_lines(content, unit)),
        builds=builds,
        critical=tuple(at[each] for each in content.texts_at("critical_path") if each in at),
        gantt=_gantt(content, builds, times, unit),
        stages=gantt.stage_bars(widths),
        curve=curve_of(content, unit),
        choices=choices_of(content, unit),
        tables=tuple(_tables(content, unit)),
        install=plan_wording.HOLDS_WHEN,
    )


@dataclass(frozen=True, slots=True)
class _Needs:
    """The needs of builds, by their numbers."""

    needs: tuple[tuple[int, ...], ...]
    unblocks: tuple[tuple[int, ...], ...]
    in_all: tuple[int | None, ...]


def _needs_of(entries: Sequence[Value]) -> _Needs:
    """Return the builds that each build waits for, and those that wait for it.

    Raises:
        DamagedSourceError: If a build precedes one that it waits for.
    """
    at: dict[str, int] = {}
    needs: list[tuple[int, ...]] = []
    unblocks: list[list[int]] = [[] for _ in entries]
    for number, entry in enumerate(entries):
        own = []
        for each in entry.texts_at("needs"):
            if each not in at:
                entry.at("needs").fail(f"`{each}` is not a build that stands before this one")
            own.append(at[each])
            unblocks[at[each]].append(number)
        needs.append(tuple(own))
        at[entry.text_at("hash")] = number
    in_all: list[int | None] = [None] * len(entries)
    if len(entries) <= _MOST_COUNTED:
        waiting = [0] * len(entries)
        for number in range(len(entries) - 1, -1, -1):
            for other in unblocks[number]:
                waiting[number] |= waiting[other] | 1 << other
            in_all[number] = waiting[number].bit_count()
    return _Needs(tuple(needs), tuple(map(tuple, unblocks)), tuple(in_all))


def _times(content: Value, entries: Sequence[Value]) -> gantt.Times:
    """Return the times of builds: by the schedule, or else as early as possible."""
    schedule = content.at_or_none("schedule")
    if schedule is None:
        costs = [each.amount_at("cost") for each in entries]
        critical = set(content.texts_at("critical_path"))
        first = {at for at, each in enumerate(entries) if each.text_at("hash") in critical}
        return gantt.earliest(costs, _needs_of(entries).needs, first)
    at = {each.text_at("hash"): number for number, each in enumerate(entries)}
    start = [0.0] * len(entries)
    finish = [0.0] * len(entries)
    lane = [-1] * len(entries)
    shards = schedule.items_at("shards")
    for number, shard in enumerate(shards):
        for run in shard.items_at("runs"):
            build = at.get(run.text_at("hash"))
            if build is None:
                run.at("hash").fail("is not a build of the plan")
            start[build], finish[build] = run.amount_at("start"), run.amount_at("finish")
            lane[build] = number
            if finish[build] < start[build]:
                run.at("finish").fail("is before its start")
    return gantt.Times(tuple(start), tuple(finish), tuple(lane), len(shards))


def _builds(
    content: Value, entries: Sequence[Value], times: gantt.Times, unit: Unit
) -> tuple[BuildRow, ...]:
    needs = _needs_of(entries)
    names = {
        each.text_at("hash"): wording.spec_name(each.text_at("package"), each.text_at("version"))
        for each in entries
    }
    critical = set(content.texts_at("critical_path"))
    chained = len(entries) <= _MOST_CHAINED
    builds = []
    for at, entry in enumerate(entries):
        cost, estimated = entry.amount_at("cost"), entry.flag_at("estimated")
        words = amounts.time(cost, unit)
        builds.append(
            BuildRow(
                at=at,
                name=names[entry.text_at("hash")],
                hash=entry.text_at("hash"),
                system=wording.system(entry.text_at("os"), entry.text_at("target")),
                stacks=", ".join(entry.texts_at("stacks")),
                stage=_stage(entry, len(entries)),
                cost=cost,
                cost_words=f"~{words}" if estimated and unit == "seconds" else words,
                cause=_CAUSES.get(entry.text_at("cause"), entry.text_at("cause")),
                needs=needs.needs[at],
                unblocks=needs.unblocks[at],
                unblocks_in_all=needs.in_all[at],
                because=_chain(entry, names) if chained else "",
                start=times.start[at],
                start_words=amounts.time(times.start[at], unit),
                finish=times.finish[at],
                lane=times.lane[at],
                is_critical=entry.text_at("hash") in critical,
                is_estimated=estimated and unit == "seconds",
            )
        )
    return tuple(builds)


def _stage(entry: Value, builds: int) -> int:
    stage = entry.count_at("stage")
    if stage >= builds:
        entry.at("stage").fail("is more than there are builds")
    return stage


def _chain(entry: Value, names: dict[str, str]) -> str:
    """Return the reason why a build is needed: the specs from a want to it."""
    return " → ".join(
        names.get(each, f"/{each[:SHORT_HASH]}") for each in entry.texts_at("because")
    )


def _gantt(
    content: Value, builds: Sequence[BuildRow], times: gantt.Times, unit: Unit
) -> Gantt | None:
    if not builds:
        return None
    schedule = content.at_or_none("schedule")
    if schedule is not None:
        lanes = [f"runner {each.count_at('runner')}" for each in schedule.items_at("shards")]
        title = f"Schedule of {count(schedule.count_at('runners'), 'runner')}"
    else:
        lanes = [""] * times.lanes
        title = "Earliest times of the builds"
    if len(lanes) <= gantt.MOST_LANES:
        return gantt.picture(builds, lanes, unit, title=title, is_scheduled=schedule is not None)
    # Too many to be distinguished: show only the critical path and the number of parallel builds.
    drawn = [replace(build, lane=0 if build.is_critical else -1) for build in builds]
    return gantt.picture(drawn, ["critical"], unit, title=title, is_scheduled=schedule is not None)


def _figures(content: Value, unit: Unit) -> list[Figure]:
    totals = content.at("totals")
    builds, node_by_node = totals.count_at("builds"), totals.count_at("node_by_node")
    figures = [
        Figure(
            label="builds",
            value=f"{builds:,}",
            detail=f"in {count(totals.count_at('stages'), 'stage')}",
        ),
        Figure(
            label="saved",
            value=f"{max(node_by_node - builds, 0):,}",
            detail=f"of {node_by_node:,} that pruning node by node would build",
            tone="good" if node_by_node > builds else "plain",
        ),
    ]
    if not builds:
        return figures
    figures.append(
        Figure(
            label="critical path",
            value=amounts.time(totals.amount_at("critical_path_cost"), unit),
            detail=f"of {amounts.amount(totals.amount_at('cost'), unit)} in all",
        )
    )
    schedule = content.at_or_none("schedule")
    if schedule is not None:
        figures.append(
            Figure(
                label="done after",
                value=amounts.time(schedule.amount_at("makespan"), unit),
                detail=f"on {count(schedule.count_at('runners'), 'runner')}",
            )
        )
    return figures


def _lines(content: Value, unit: Unit) -> list[Prose]:
    lines: list[Prose] = []
    totals = content.at("totals")
    change = content.at_or_none("change")
    if change is not None:
        specs = [prose.name(each.text_at("spec")) for each in change.items_at("specs")]
        lines.append(
            f"changed: {wording.folded(specs, 5)}, policy {change.text_at('policy')}; due to the "
            f"change: {count(totals.count_at('due_to_change'), 'build')}"
        )
    schedule = content.at_or_none("schedule")
    if schedule is not None:
        gap = schedule.amount_at("gap")
        reason = _BOUNDS.get(schedule.text_at("reason"), schedule.text_at("reason"))
        bound = amounts.amount(schedule.amount_at("lower_bound"), unit)
        lines.append(
            f"within {-int(-gap * 1000 // 1) / 10:.1f} % of optimal (at least {bound}: {reason})"
            if gap
            else f"optimal on these runners: {reason}"
        )
    if content.flag_at("optimal"):
        lines.append("no plan costs less")
    else:
        least = amounts.amount(content.amount_at("lower_bound"), unit)
        lines.append(f"not proven to be optimal: every plan costs at least {least}")
    if content.flag_at("predicted"):
        lines.append(
            "predicted from locks made before the change: hashes are those before the change"
        )
    if untested := totals.count_at("untested"):
        are = count(untested, "binary contains", "binaries contain")
        lines.append(f"{are} the change but are not rebuilt")
    return lines


def _tables(content: Value, unit: Unit) -> list[Titled]:
    found = [
        _publish(content),
        unplannable_of(content),
        budget_of(content, unit),
        environments_of(content),
    ]
    return [each for each in found if each is not None]


def _publish(content: Value) -> Titled | None:
    entries = content.items_at("publish")
    if not entries:
        return None
    columns = (
        *WANT_COLUMNS,
        Column("binary", "binary", "spec"),
        Column("listed_by", "listed by", "names"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            *want_cells(each),
            spec_cell(each),
            Names(each.texts_at("listed_by")),
        )
        for each in entries
    )
    title = f"To publish, not to build: {len(rows)}"
    return Titled(title=title, table=ReportTable(columns, rows))
