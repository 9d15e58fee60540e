"""Plans, reasons and differences of locks as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.model import LockDiff
from specplan.model.report import as_text
from specplan.planning.plan import Plan
from specplan.reports.plan import budget, choice, schedule
from specplan.reports.plan import wording as plan_wording
from specplan.reports.plan.size import refuse_endless
from specplan.reports.render import amounts, hashes, wording
from specplan.reports.render.escape import terminal
from specplan.reports.render.layout import Column, Span, Style
from specplan.reports.render.page import Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specplan.model import Build, Cause, LeftOut, NamedSpec, Why
    from specplan.model.report import ReportOptions
    from specplan.planning.why_wanted import WhyWanted

__all__ = ["SHOWS", "lock_diff", "rebuild", "why"]

#: What is listed only where it is asked for.
SHOWS: Final = ("chosen", "needless", "untested", "chains", "timetable")

_CAUSE_STYLES: Final[Mapping[Cause, Style]] = {
    "changed": "red",
    "stale": "yellow",
    "missing": "plain",
}

_FEW: Final = 3


@as_text.register(Plan)
def rebuild(plan: Plan, options: ReportOptions) -> str:
    """Return the builds in their order, and what the reader must know.

    Raises:
        UsageError: If chains are to be listed and are too many for a report.
    """
    show = options.show
    page = Page(width=options.width, colour=options.colour)
    page.warnings(wording.not_whole(plan.left_out))
    page.text(plan_wording.headline(plan), style="bold")
    changes = plan_wording.change(plan, terminal)
    for line in (*choice.lines(plan), *changes, *plan_wording.numbers(plan)):
        page.text(line, style="dim")
    choice.show_publish(page, plan)
    choice.show(page, plan)
    if "chosen" in show:
        choice.show_chosen(page, plan)
    if plan.builds:
        page.blank()
        page.table(*_builds(plan), name_columns=2)
    budget.show(page, plan)
    schedule.show(page, plan)
    if "timetable" in show:
        schedule.show_timetable(page, plan)
    if "chains" in show:
        refuse_endless(plan)
        _chains(page, plan)
    _left_out(page, plan)
    if "untested" in show:
        _untested(page, plan)
    if "needless" in show:
        _needless(page, plan)
    page.notes([*wording.left_out(plan.left_out, terminal), *plan_wording.notes(plan, terminal)])
    return page.end()


def why(  # noqa: PLR0913 - what is shown, and how
    reasons: Sequence[Why],
    wants: Sequence[WhyWanted] = (),
    *,
    predicted: bool,
    width: int,
    colour: bool = False,
    left_out: Sequence[LeftOut] = (),
) -> str:
    """Return what becomes of each want, then the verdict and the tree of each spec.

    Args:
        reasons: The answers of specs.
        wants: The answers of wants.
        predicted: Whether the plan foresees a change.
        width: The terminal's width in columns.
        colour: Whether to paint with escape sequences.
        left_out: What of the question could not be taken into account.
    """
    page = Page(width=width, colour=colour)
    page.warnings(wording.not_whole(left_out))
    for at, want in enumerate(wants):
        if at:
            page.blank()
        verdict = plan_wording.want_verdict(want, terminal)
        page.text(f"{terminal(want.want)} {verdict}", style="bold")
        for line in plan_wording.want_lines(want, terminal, _named):
            page.text(line, indent="  ")
    for at, each in enumerate(reasons):
        if at or wants:
            page.blank()
        verdict = plan_wording.verdict(each, predicted=predicted)
        spec = f"{terminal(plan_wording.name(each.spec))}/{each.spec.hash}"
        wanted = ", and it is wanted" if each.tree[0].is_want else ""
        page.text(f"{spec} {verdict}{wanted}", style="bold")
        if each.chain:
            chain = " -> ".join(terminal(plan_wording.short(spec)) for spec in each.chain[1:])
            page.text(f"needs {chain}", indent="  ")
        for line in plan_wording.held(each, terminal):
            page.text(line, indent="  ")
        for node in each.tree[1:]:
            page.text(plan_wording.line(node, terminal), indent="  " * plan_wording.level(node))
    page.notes(wording.left_out(left_out, terminal))
    return page.end()


def _named(spec: NamedSpec) -> str:
    return terminal(plan_wording.short(spec))


@as_text.register(LockDiff)
def lock_diff(diff: LockDiff, options: ReportOptions) -> str:
    """Return the causes, how far each goes, and what to hold back."""
    page = Page(width=options.width, colour=options.colour)
    page.warnings(wording.not_whole(diff.left_out))
    page.text(plan_wording.diff_headline(diff, terminal), style="bold")
    for line in plan_wording.diff_notes(diff):
        page.text(line, style="dim")
    if diff.causes:
        page.blank()
        columns = [
            Column(("changed itself",), overhangs=True),
            Column(("reaches",), align="right"),
            Column(("alone",), align="right"),
            Column(("link/run",), align="right"),
            Column(("what",), wraps=True),
        ]
        rows = [
            [
                Span(terminal(plan_wording.short(cause.spec.spec))),
                Span(str(cause.reaches)),
                Span(str(cause.explains_alone)),
                Span(str(cause.reaches_by_link_run)),
                Span("; ".join(plan_wording.difference_lines(cause.spec, terminal))),
            ]
            for cause in diff.causes
        ]
        page.table(columns, rows)
    if diff.hold:
        page.blank()
        page.text("hold back, and estimated builds that remain", style="bold")
        is_searched = any(step.fewest_left is not None for step in diff.hold)
        columns = [
            Column(("hold",), overhangs=True),
            Column(("builds left",), align="right"),
            *([Column(("fewest",), align="right")] if is_searched else []),
        ]
        rows = [
            [
                Span(terminal(plan_wording.short(step.spec))),
                Span(str(step.builds_left)),
                *([Span(wording.number(step.fewest_left))] if is_searched else []),
            ]
            for step in diff.hold
        ]
        page.table(columns, rows)
    page.notes(wording.left_out(diff.left_out, terminal))
    return page.end()


def _builds(plan: Plan) -> tuple[list[Column], list[list[Span]]]:
    columns = [
        Column(("stage",), align="right"),
        Column(("build",), overhangs=True),
        Column(("cause",)),
        *([Column(("cost",), align="right")] if plan.unit == "seconds" else []),
        Column(("stacks",), wraps=True),
        Column(("needs",), align="right"),
    ]
    rows = [
        [
            Span(str(build.stage)),
            Span(terminal(f"{build.name}@{build.version}/{hashes.shown(build.hash)}")),
            Span(plan_wording.cause(build.cause), _CAUSE_STYLES[build.cause]),
            *([Span(_cost(build))] if plan.unit == "seconds" else []),
            Span(wording.folded([terminal(each) for each in build.stacks], _FEW)),
            Span(str(len(build.needs))),
        ]
        for build in plan.builds
    ]
    return columns, rows


def _cost(build: Build) -> str:
    return f"{'~' if build.estimated else ''}{amounts.amount(build.cost, 'seconds')}"


def _chains(page: Page, plan: Plan) -> None:
    page.blank()
    page.text("why: a shortest chain from a want", style="bold")
    names = {
        each.hash: terminal(plan_wording.short(each))
        for each in plan.named({spec for build in plan.builds for spec in build.because})
    }
    for build in plan.builds:
        page.text(" -> ".join(names[each] for each in build.because), indent="  ")


def _left_out(page: Page, plan: Plan) -> None:
    if not plan.excluded.builds:
        return
    page.blank()
    page.text("left out", style="bold")
    names = plan_wording.names_of_chains(plan)
    for build in plan.excluded.builds:
        reason = plan_wording.left_out(build, names, terminal)
        page.text(f"{terminal(plan_wording.short(build.spec))}: {reason}", indent="  ")


def _untested(page: Page, plan: Plan) -> None:
    page.blank()
    page.text(f"untested: {wording.count(len(plan.untested), 'spec')}", style="bold")
    for each in plan.untested:
        spec = terminal(plan_wording.short(each.spec))
        binary = "" if each.available else ", has no binary"
        page.text(f"{spec}: kept by the {each.kept_by}{binary}", indent="  ")


def _needless(page: Page, plan: Plan) -> None:
    page.blank()
    page.text(f"unnecessary builds of pruning node by node: {len(plan.needless)}", style="bold")
    for each in plan.needless:
        cut_by = terminal(plan_wording.short(each.cut_by))
        told = each.reason.replace("_", " ")
        page.text(
            f"{terminal(plan_wording.short(each.spec))}: {cut_by} is above it ({told})",
            indent="  ",
        )
