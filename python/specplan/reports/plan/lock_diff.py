"""The report of a difference of locks: causes, their reach, and changes to hold back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model import LockDiff
from specplan.reports.gates import gate_sections, verdict_lines
from specplan.reports.outline import (
    Column,
    Line,
    Number,
    Outline,
    Records,
    ReportTable,
    Said,
    Section,
    SpecWithHash,
    State,
    outline_of,
    records_of,
)
from specplan.reports.plan import wording as plan_wording
from specplan.reports.render import prose, wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specplan.model import NamedSpec
    from specplan.model.report import ReportOptions
    from specplan.reports.outline import TableCell, Value

__all__ = ["outline", "records"]


@outline_of.register(LockDiff)
def outline(diff: LockDiff, options: ReportOptions) -> Outline:
    """Return the causes, their reach, the changes to hold back, and new and gone specs."""
    del options
    return Outline(
        kind="lock-diff",
        headline=plan_wording.diff_headline(diff),
        warnings=tuple(wording.not_whole(diff.left_out)),
        lines=(
            *verdict_lines(diff.gates),
            *(Line(line, "quiet") for line in plan_wording.diff_notes(diff)),
        ),
        sections=(
            *gate_sections(diff.gates),
            *_causes(diff),
            *_hold(diff),
            *_new(diff),
            *_gone(diff),
        ),
        notes=(*wording.known_gaps(diff.known_gaps), *wording.left_out(diff.left_out)),
    )


@records_of.register(LockDiff)
def records(diff: LockDiff, options: ReportOptions) -> Records:
    """Return one row per new or gone spec; causes show their reach."""
    del options
    names = (
        "change", "hash", "package", "version", "external", "origin", "old.hash", "old.version",
        "differs", "reaches", "explains_alone", "reaches_by_link_run",
    )  # fmt: skip
    return Records(names, _rows(diff), diff.gates, kind="change")


def _rows(diff: LockDiff) -> Iterator[tuple[Value, ...]]:
    causes: Mapping[str, tuple[Value, ...]] = {
        cause.spec.spec.hash: (cause.reaches, cause.explains_alone, cause.reaches_by_link_run)
        for cause in diff.causes
    }
    nothing = (None, None, None)
    for new in diff.specs:
        differs = map(prose.plain, plan_wording.difference_lines(new)) if new.is_own_change else ()
        yield (
            "new",
            new.spec.hash,
            new.spec.package,
            new.spec.version,
            new.external,
            new.origin,
            new.against.hash if new.against else None,
            new.against.version if new.against else None,
            tuple(differs),
            *causes.get(new.spec.hash, nothing),
        )
    for gone in diff.gone:
        yield ("gone", gone.hash, gone.package, gone.version, *(None,) * 5, *nothing)


def _causes(diff: LockDiff) -> tuple[Section, ...]:
    if not diff.causes:
        return ()
    columns = (
        Column("spec", "changed itself", "spec", is_lead=True),
        Column("reaches", "reaches", "count"),
        Column("explains_alone", "alone", "count"),
        Column("reaches_by_link_run", "link/run", "count"),
        Column("differs", "what", "words"),
    )
    rows = tuple(
        (
            _spec(cause.spec.spec),
            Number(cause.reaches),
            Number(cause.explains_alone),
            Number(cause.reaches_by_link_run),
            Said(tuple(plan_wording.difference_lines(cause.spec))),
        )
        for cause in diff.causes
    )
    title = f"{wording.count(len(rows), 'spec')} changed themselves"
    return (Section(id="causes", title=title, table=ReportTable(columns, rows)),)


def _hold(diff: LockDiff) -> tuple[Section, ...]:
    if not diff.hold:
        return ()
    is_searched = any(step.fewest_left is not None for step in diff.hold)
    columns = (
        Column("hold", "hold", "spec", is_lead=True),
        Column("builds_left", "builds left", "count"),
        *([Column("fewest_left", "fewest", "count")] if is_searched else []),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            _spec(step.spec),
            Number(step.builds_left),
            *([Number(step.fewest_left)] if is_searched else []),
        )
        for step in diff.hold
    )
    title = "hold back, and estimated builds that remain"
    return (Section(id="hold", title=title, tone="strong", table=ReportTable(columns, rows)),)


def _new(diff: LockDiff) -> tuple[Section, ...]:
    if not diff.specs:
        return ()
    columns = (
        Column("spec", "spec", "spec", is_lead=True),
        Column("origin", "why", "state"),
        Column("against", "instead of", "spec"),
    )
    rows = tuple(
        (
            _spec(new.spec),
            State(new.origin, plan_wording.origin(new)),
            _spec(new.against) if new.against and new.replaces else None,
        )
        for new in diff.specs
    )
    return (
        Section(
            id="new", title=f"{len(rows)} new", table=ReportTable(columns, rows), detail="specs"
        ),
    )


def _gone(diff: LockDiff) -> tuple[Section, ...]:
    if not diff.gone:
        return ()
    rows = tuple((_spec(gone),) for gone in diff.gone)
    table = ReportTable((Column("spec", "spec", "spec", is_lead=True),), rows)
    return (Section(id="gone", title=f"{len(rows)} gone", table=table, detail="specs"),)


def _spec(spec: NamedSpec) -> SpecWithHash:
    return SpecWithHash(plan_wording.name(spec), spec.hash)
