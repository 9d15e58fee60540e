"""The report of a plan: builds in their order, choices, and specs that are not built."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from specplan.planning.plan import Plan
from specplan.reports.gates import gate_sections, to_show
from specplan.reports.outline import (
    Amount,
    Column,
    Line,
    Name,
    Names,
    Number,
    Outline,
    Records,
    ReportTable,
    Said,
    Section,
    SpecWithHash,
    State,
    YesNo,
    outline_of,
    records_of,
)
from specplan.reports.plan import budget, choice, schedule
from specplan.reports.plan import wording as plan_wording
from specplan.reports.plan.size import refuse_endless
from specplan.reports.render import amounts, prose, wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specplan.model import Build, Cause, NamedSpec
    from specplan.model.report import ReportOptions
    from specplan.reports.outline import TableCell, Tone, Value

__all__ = ["outline", "records"]

_TONES: Final[Mapping[Cause, Tone]] = {"changed": "bad", "stale": "warning", "missing": "plain"}


@outline_of.register(Plan)
def outline(plan: Plan, options: ReportOptions) -> Outline:
    """Return the sections of a plan: builds, choices, budget, schedule, left-out input.

    Raises:
        UsageError: If there are too many chains to list in a report.
    """
    lines = (*choice.lines(plan), *plan_wording.change(plan), *plan_wording.numbers(plan))
    return Outline(
        kind="rebuild",
        headline=plan_wording.headline(plan),
        warnings=tuple(wording.not_whole(plan.left_out)),
        lines=tuple(Line(line, "quiet") for line in lines),
        sections=(
            *gate_sections(to_show(plan.gates)),
            *choice.sections(plan),
            *_builds(plan),
            *budget.sections(plan),
            *schedule.sections(plan),
            *(_chains(plan) if "chains" in options.show else ()),
            *_without_successor(plan),
            *_kept_unless_chosen(plan),
            *_excluded(plan),
            *_untested(plan),
            *_unnecessary(plan),
        ),
        notes=(*wording.left_out(plan.left_out), *plan_wording.notes(plan)),
    )


@records_of.register(Plan)
def records(plan: Plan, options: ReportOptions) -> Records:
    """Return one row per build, per want that only needs listing, and per unplannable want.

    The column ``action`` distinguishes them. The spec of a row to publish is the binary that its
    stack has to list; the last columns contain its purpose. Each build shows whether its hash is
    predicted.

    Raises:
        UsageError: If the needs and chains of the builds are too many for a document.
    """
    del options
    refuse_endless(plan)
    names = (
        "stage", "hash", "package", "version", "platform", "os", "target",
        "stacks", "cause", "cost", "estimated", "needs", "because", "predicted",
        "action", "want", "want.os", "want.target", "listed_by",
    )  # fmt: skip
    return Records(names, _rows(plan), to_show(plan.gates), kind="action")


def _rows(plan: Plan) -> Iterator[tuple[Value, ...]]:
    for build in plan.builds:
        yield (
            build.stage,
            build.hash,
            build.package,
            build.version,
            build.platform,
            build.os,
            build.target,
            build.stacks,
            build.cause,
            amounts.exact(build.cost),
            build.estimated,
            tuple(build.needs),
            tuple(build.because),
            plan.predicted,
            "build",
            *(None,) * 4,
        )
    for want in plan.publish:
        binary = (want.hash, want.package, want.version, None, want.binary_os, want.binary_target)
        wanted = (want.want, want.os, want.target, want.listed_by)
        yield (None, *binary, want.stack, *(None,) * 5, False, "publish", *wanted)
    for unmet in plan.unplannable:
        wanted = (unmet.want, unmet.os, unmet.target, ())
        yield (*(None,) * 7, unmet.stack, *(None,) * 6, "unplannable", *wanted)


def _builds(plan: Plan) -> tuple[Section, ...]:
    if not plan.builds:
        return ()
    has_costs = plan.unit == "seconds"
    columns = (
        Column("stage", "stage", "count"),
        Column("build", "build", "spec", is_lead=True),
        Column("cause", "cause", "state"),
        *([Column("cost", "cost", "amount")] if has_costs else []),
        Column("stacks", "stacks", "names"),
        Column("needs", "needs", "count"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Number(build.stage),
            SpecWithHash(f"{build.package}@{build.version}", build.hash),
            State(build.cause, plan_wording.cause(build.cause), _TONES[build.cause]),
            *([_cost(build)] if has_costs else []),
            Names(tuple(build.stacks)),
            Number(len(build.needs)),
        )
        for build in plan.builds
    )
    title = wording.count(len(plan.builds), "build")
    table = ReportTable(
        columns, rows, names=2, packages=tuple(each.package for each in plan.builds)
    )
    return (Section(id="builds", title=title, table=table),)


def _cost(build: Build) -> Amount:
    return Amount(build.cost, "seconds", estimated=build.estimated)


def _chains(plan: Plan) -> tuple[Section, ...]:
    refuse_endless(plan)
    specs = plan.named({spec for build in plan.builds for spec in build.because})
    names = {spec.hash: plan_wording.named(spec) for spec in specs}
    lines = tuple(
        Line(" -> ".join(names[spec] for spec in build.because), level=1) for build in plan.builds
    )
    title = "why: a shortest chain from a want"
    return (Section(id="chains", title=title, tone="strong", lines=lines),)


def _excluded(plan: Plan) -> tuple[Section, ...]:
    if not plan.excluded.builds:
        return ()
    names = plan_wording.names_of_chains(plan)
    columns = (Column("build", "build", "spec", is_lead=True), Column("reason", "why", "words"))
    rows = tuple(
        (_spec(build.spec), Said.once(plan_wording.left_out(build, names)))
        for build in plan.excluded.builds
    )
    title = f"{wording.count(len(rows), 'build')} left out"
    table = ReportTable(
        columns, rows, packages=tuple(each.spec.package for each in plan.excluded.builds)
    )
    return (Section(id="excluded", title=title, tone="strong", table=table),)


def _without_successor(plan: Plan) -> tuple[Section, ...]:
    """Return the specs that stay predicted although next hashes are requested, with reasons."""
    columns = (Column("spec", "spec", "spec", is_lead=True), Column("why", "why", "words"))
    rows = tuple(
        (
            SpecWithHash(f"{spec.package}@{spec.version}", spec.hash),
            Said.once(prose.words(spec.reason)),
        )
        for each in plan.successors
        for spec in each.specs
        if spec.successor is None
    )
    if not rows:
        return ()
    title = wording.count(len(rows), "spec") + " without a known next hash"
    return (Section(id="predicted", title=title, tone="strong", table=ReportTable(columns, rows)),)


def _kept_unless_chosen(plan: Plan) -> tuple[Section, ...]:
    """Return the recipes by which a concretizer may choose otherwise, with how many specs it is."""
    columns = (
        Column("stack", "stack", "name", is_lead=True),
        Column("specs", "specs", "count"),
        Column("why", "why", "words"),
    )
    rows = tuple(
        (Name(each.stack), Number(number), Said.once(prose.words(why)))
        for each in plan.successors
        for why, number in Counter(spec.reason for spec in each.open).items()
    )
    if not rows:
        return ()
    number = sum(len(each.open) for each in plan.successors)
    title = wording.count(number, "spec") + " kept unless a concretizer chooses otherwise"
    return (Section(id="open", title=title, tone="strong", table=ReportTable(columns, rows)),)


def _untested(plan: Plan) -> tuple[Section, ...]:
    columns = (
        Column("spec", "spec", "spec", is_lead=True),
        Column("kept_by", "kept by", "state"),
        Column("available", "has a binary", "answer"),
    )
    rows = tuple(
        (_spec(each.spec), State(each.kept_by, each.kept_by), YesNo(each.available))
        for each in plan.untested
    )
    return _detail("untested", f"{wording.count(len(rows), 'spec')} untested", columns, rows)


def _unnecessary(plan: Plan) -> tuple[Section, ...]:
    columns = (
        Column("spec", "build", "spec", is_lead=True),
        Column("cut_by", "unnecessary because of", "spec"),
        Column("reason", "which", "state"),
    )
    rows = tuple(
        (
            _spec(each.spec),
            _spec(each.cut_by),
            State(each.reason, each.reason.replace("_", " ")),
        )
        for each in plan.unnecessary
    )
    title = f"{wording.count(len(rows), 'unnecessary build')} of pruning node by node"
    return _detail("unnecessary", title, columns, rows)


def _detail(
    name: str, title: str, columns: tuple[Column, ...], rows: tuple[tuple[TableCell, ...], ...]
) -> tuple[Section, ...]:
    """Return a section that a terminal shows only if asked."""
    table = ReportTable(columns, rows)
    return (Section(id=name, title=title, tone="strong", table=table, detail=name),)


def _spec(spec: NamedSpec) -> TableCell:
    return SpecWithHash(plan_wording.name(spec), spec.hash) if spec.hash else Name(spec.package)
