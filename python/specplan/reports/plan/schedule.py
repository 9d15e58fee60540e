"""The schedule: sections of the report, and part of the JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.counting import form
from specplan.reports.outline import (
    Amount,
    Column,
    Line,
    Number,
    ReportTable,
    Section,
    SpecWithHash,
)
from specplan.reports.render import amounts, prose, wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specplan.aliases import Unit
    from specplan.model import Build
    from specplan.model.schedule import BoundReason, Schedule
    from specplan.planning.plan import Plan
    from specplan.reports.render.document import Json
    from specplan.reports.render.prose import Prose

__all__ = ["REASONS", "as_json", "sections"]

#: The reasons why a schedule cannot be shorter.
REASONS: Final[Mapping[BoundReason, str]] = {
    "critical_path": "the critical path takes as long",
    "work": "the runners share all the work",
    "crowding": "a bottleneck set of builds keeps all runners busy",
}


def as_json(schedule: Schedule | None) -> Json:
    """Return the value of ``schedule`` in the document."""
    if schedule is None:
        return None
    return {
        "runners": schedule.runners,
        "makespan": schedule.makespan,
        "lower_bound": schedule.lower_bound,
        "reason": schedule.reason,
        "gap": schedule.gap,
        "widths": schedule.widths,
        "shards": [
            {
                "runner": shard.runner,
                "busy": shard.busy,
                "runs": [
                    {"hash": run.hash, "start": run.start, "finish": run.finish}
                    for run in shard.runs
                ],
            }
            for shard in schedule.shards
        ],
    }


def sections(plan: Plan) -> tuple[Section, ...]:
    """Return the makespan and the schedule of each runner; empty without a schedule."""
    schedule = plan.schedule
    if schedule is None or not plan.builds:
        return ()
    first, *others = _lines(plan, schedule)
    lines = tuple(Line(line, "quiet") for line in others)
    return (
        Section(id="schedule", title=first, tone="strong", lines=lines),
        _runners(schedule, plan.unit),
        _timetable(plan, schedule),
    )


def _runners(schedule: Schedule, unit: Unit) -> Section:
    columns = (
        Column("runner", "runner", "count"),
        Column("builds", "builds", "count"),
        Column("busy", "busy", "amount"),
        Column("waits", "waits", "amount"),
        Column("finish", "done after", "amount"),
    )
    rows = tuple(
        (
            Number(shard.runner),
            Number(len(shard.runs)),
            Amount(shard.busy, unit, is_time=True),
            Amount(shard.runs[-1].finish - shard.busy, unit, is_time=True),
            Amount(shard.runs[-1].finish, unit, is_time=True),
        )
        for shard in schedule.shards
    )
    title = wording.count(len(rows), "runner")
    return Section(id="runners", title=title, table=ReportTable(columns, rows))


def _timetable(plan: Plan, schedule: Schedule) -> Section:
    builds = _by_hash(plan)
    columns = (
        Column("runner", "runner", "count"),
        Column("start", "start", "amount"),
        Column("finish", "finish", "amount"),
        Column("build", "build", "spec", is_lead=True),
    )
    rows = tuple(
        (
            Number(shard.runner),
            Amount(run.start, plan.unit, is_time=True),
            Amount(run.finish, plan.unit, is_time=True),
            SpecWithHash(f"{builds[run.hash].package}@{builds[run.hash].version}", run.hash),
        )
        for shard in schedule.shards
        for run in shard.runs
    )
    table = ReportTable(columns, rows)
    return Section(
        id="timetable", title="timetable", tone="strong", table=table, detail="timetable"
    )


def _lines(plan: Plan, schedule: Schedule) -> list[Prose]:
    runners = wording.count(schedule.runners, "runner finishes", "runners finish")
    done = amounts.amount(schedule.makespan, plan.unit)
    bound = amounts.amount(schedule.lower_bound, plan.unit)
    if schedule.gap:
        proof = (
            f"within {_percent(schedule.gap)} of optimal (at least {bound}: "
            f"{REASONS[schedule.reason]})"
        )
    else:
        proof = f"optimal: {REASONS[schedule.reason]}"
    builds = _by_hash(plan)
    path = " -> ".join(_named(builds[spec]) for spec in plan.critical_path)
    idle = schedule.runners - len(schedule.shards)
    runner_count = wording.count(schedule.runners, "runner")
    without_work = [f"{idle} of {runner_count} {form(idle, 'has', 'have')} nothing to build"]
    return [
        f"{runners} after {done}",
        proof,
        *(without_work if idle else ()),
        f"builds by stage: {' '.join(map(str, schedule.widths))}",
        f"critical path: {path}",
    ]


def _percent(share: float) -> str:
    # Rounded up, because "within" has to be true.
    tenths = -int(-share * 1000 // 1)
    return f"{tenths / 10:.1f} %"


def _by_hash(plan: Plan) -> Mapping[str, Build]:
    return {build.hash: build for build in plan.builds}


def _named(build: Build) -> Prose:
    return prose.spec(f"{build.package}@{build.version}", build.hash)
