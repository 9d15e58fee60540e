"""The report of a review: recipes, stacks, stale and untested binaries, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
from specplan.reports.recipes.outline import recipe_table
from specplan.reports.render import prose
from specplan.reports.render import wording as render_wording
from specplan.reports.review import wording
from specplan.review.model import Review

if TYPE_CHECKING:
    from specplan.model.report import ReportOptions
    from specplan.reports.outline import TableCell

__all__ = ["outline", "records"]

#: The maximum number of binaries shown to people; JSON has all.
_SCREENFUL: Final = 50


@outline_of.register(Review)
def outline(review: Review, options: ReportOptions) -> Outline:
    """Return the summary for a reviewer, then its basis."""
    del options
    return Outline(
        kind="review",
        headline=wording.headline(review),
        warnings=tuple(render_wording.not_whole(review.left_out)),
        lines=tuple(Line(each, "quiet") for each in wording.lines(review)),
        sections=(
            *_recipes(review),
            *_stacks(review),
            *_stale(review),
            *_untested(review),
            *_commands(review),
        ),
        notes=(*wording.notes(review), *render_wording.left_out(review.left_out)),
    )


@records_of.register(Review)
def records(review: Review, options: ReportOptions) -> Records:
    """Return one row per binary that becomes useless."""
    del options
    rows = (
        (each.spec.hash, each.spec.package, each.spec.version, each.stacks, each.cause)
        for each in review.stale
    )
    return Records(("hash", "package", "version", "stacks", "cause"), rows)


def _recipes(review: Review) -> tuple[Section, ...]:
    if not review.recipes.recipes:
        return ()
    return (Section(id="recipes", title="recipes", table=recipe_table(review.recipes)),)


def _stacks(review: Review) -> tuple[Section, ...]:
    if not review.stacks:
        return ()
    has_costs = review.unit == "seconds"
    times = [Column("time", "time", "amount")] if has_costs else []
    columns = (
        Column("stack", "stack", "name", is_lead=True),
        Column("stale", "stale binaries", "count"),
        Column("builds", "least rebuild", "count"),
        Column("stages", "stages", "count"),
        *times,
        Column("path", "critical path", "amount"),
        Column("chain", "its builds", "words", is_extra=True),
    )
    rows = []
    for each in review.stacks:
        time: list[TableCell] = [Amount(wording.time_of(each), review.unit)] if has_costs else []
        row: tuple[TableCell, ...] = (
            Name(each.stack),
            Number(each.stale),
            Number(each.builds),
            Number(each.stages),
            *time,
            Amount(each.critical_path_cost, review.unit),
            Said.once(wording.chain(each)),
        )
        rows.append(row)
    title = render_wording.count(len(rows), "stack") + " that the change reaches"
    return (
        Section(
            id="stacks",
            title=title,
            tone="strong",
            table=ReportTable(columns, tuple(rows), is_whole=True),
        ),
    )


def _stale(review: Review) -> tuple[Section, ...]:
    if not review.stale:
        return ()
    columns = (
        Column("binary", "binary", "spec", is_lead=True),
        Column("cause", "why", "state"),
        Column("stacks", "stacks", "names"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            SpecWithHash(f"{each.spec.package}@{each.spec.version}", each.spec.hash),
            State(
                each.cause,
                "its recipe" if each.cause == "changed" else "a dependency",
                "bad" if each.cause == "changed" else "warning",
            ),
            Names(each.stacks),
        )
        for each in review.stale
    )
    title = render_wording.count(len(rows), "stale binary", "stale binaries")
    packages = tuple(each.spec.package for each in review.stale)
    table = ReportTable(columns, rows, most=_SCREENFUL, packages=packages)
    return (Section(id="stale", title=title, tone="strong", table=table),)


def _untested(review: Review) -> tuple[Section, ...]:
    if not review.untested:
        return ()
    columns = (
        Column("spec", "spec", "spec", is_lead=True),
        Column("kept_by", "kept by", "state"),
        Column("available", "has a binary", "answer"),
    )
    rows = tuple(
        (
            SpecWithHash(f"{each.spec.package}@{each.spec.version}", each.spec.hash),
            State(each.kept_by, each.kept_by),
            YesNo(each.available),
        )
        for each in review.untested
    )
    title = render_wording.count(len(rows), "spec") + " untested"
    packages = tuple(each.spec.package for each in review.untested)
    table = ReportTable(columns, rows, most=_SCREENFUL, packages=packages)
    return (Section(id="untested", title=title, tone="strong", table=table),)


def _commands(review: Review) -> tuple[Section, ...]:
    if not review.commands:
        return ()
    lines = tuple(Line(prose.name(each), level=1) for each in review.commands)
    return (Section(id="commands", title="to rebuild exactly these", tone="strong", lines=lines),)
