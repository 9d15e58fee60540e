"""Schedules as the reports of plans show them: as text, Markdown and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.counting import form
from specplan.reports.coverage.markdown import document, foldable, listed
from specplan.reports.render import amounts, hashes, wording
from specplan.reports.render.escape import markdown_code as code
from specplan.reports.render.escape import terminal
from specplan.reports.render.layout import Column, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specplan.model import Build
    from specplan.model.schedule import Schedule
    from specplan.planning.plan import Plan
    from specplan.reports.render.document import Json
    from specplan.reports.render.page import Page

__all__ = ["as_json", "as_markdown", "show", "show_timetable"]

_REASONS = {
    "critical_path": "the critical path takes as long",
    "work": "the runners share all the work",
    "crowding": "builds crowd between others that must come before and after them",
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


def as_markdown(plan: Plan) -> str:
    """Return the schedule as a section; nothing where there is none."""
    if plan.schedule is None or not plan.builds:
        return ""
    builds = _by_hash(plan)
    rows = [
        (
            code(f"{builds[run.hash].name}@{builds[run.hash].version}/{run.hash}"),
            str(shard.runner),
            amounts.time(run.start, plan.unit),
            amounts.time(run.finish, plan.unit),
        )
        for shard in plan.schedule.shards
        for run in shard.runs
    ]
    return document(
        [
            listed(_lines(plan, plan.schedule, code)),
            foldable("Timetable", ("build", "runner", "start", "finish"), rows, numbers=3),
        ]
    ).rstrip()


def show(page: Page, plan: Plan) -> None:
    """Add how long the builds take on the runners, and what each runner has to do."""
    schedule = plan.schedule
    if schedule is None or not plan.builds:
        return
    page.blank()
    first, *others = _lines(plan, schedule, terminal)
    page.text(first, style="bold")
    for line in others:
        page.text(line, style="dim")
    page.blank()
    columns = [
        Column(("runner",), align="right"),
        Column(("builds",), align="right"),
        Column(("busy",), align="right"),
        Column(("waits",), align="right"),
        Column(("done after",), align="right"),
    ]
    rows = [
        [
            Span(str(shard.runner)),
            Span(str(len(shard.runs))),
            Span(amounts.time(shard.busy, plan.unit)),
            Span(amounts.time(shard.runs[-1].finish - shard.busy, plan.unit)),
            Span(amounts.time(shard.runs[-1].finish, plan.unit)),
        ]
        for shard in schedule.shards
    ]
    page.table(columns, rows)


def show_timetable(page: Page, plan: Plan) -> None:
    """Add what each runner builds and when."""
    if plan.schedule is None:
        return
    builds = _by_hash(plan)
    for shard in plan.schedule.shards:
        page.blank()
        page.text(f"runner {shard.runner}", style="bold")
        columns = [
            Column(("start",), align="right"),
            Column(("finish",), align="right"),
            Column(("build",)),
        ]
        rows = [
            [
                Span(amounts.time(run.start, plan.unit)),
                Span(amounts.time(run.finish, plan.unit)),
                Span(terminal(_short(builds[run.hash]))),
            ]
            for run in shard.runs
        ]
        page.table(columns, rows)


def _lines(plan: Plan, schedule: Schedule, escape: Callable[[str], str]) -> list[str]:
    runners = wording.count(schedule.runners, "runner finishes", "runners finish")
    done = amounts.amount(schedule.makespan, plan.unit)
    bound = amounts.amount(schedule.lower_bound, plan.unit)
    if schedule.gap:
        proof = (
            f"at most {_percent(schedule.gap)} longer than the shortest: none takes less than "
            f"{bound}, as {_REASONS[schedule.reason]}"
        )
    else:
        proof = f"no schedule is shorter: {_REASONS[schedule.reason]}"
    builds = _by_hash(plan)
    path = " -> ".join(escape(_short(builds[each])) for each in plan.critical_path)
    idle = schedule.runners - len(schedule.shards)
    all_of_them = wording.count(schedule.runners, "runner")
    without_work = [f"{idle} of {all_of_them} {form(idle, 'gets', 'get')} nothing to build"]
    return [
        f"{runners} after {done}",
        proof,
        *(without_work if idle else ()),
        f"builds by stage: {' '.join(map(str, schedule.widths))}",
        f"critical path: {path}",
    ]


def _percent(share: float) -> str:
    # Rounded up: "at most" has to be true.
    tenths = -int(-share * 1000 // 1)
    return f"{tenths / 10:.1f} %"


def _by_hash(plan: Plan) -> Mapping[str, Build]:
    return {build.hash: build for build in plan.builds}


def _short(build: Build) -> str:
    return f"{build.name}@{build.version}/{hashes.shown(build.hash)}"
