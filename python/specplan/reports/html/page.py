"""A page with all parts that its documents have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan.records import dataclass
from specplan.reports.html.changes import diff_part, lock_diff_part
from specplan.reports.html.counts import count
from specplan.reports.html.coverage import coverage_part
from specplan.reports.html.plan import plan_part
from specplan.reports.html.soundness import soundness_part
from specplan.reports.html.tables import without_empty
from specplan.reports.html.trend import trend_part
from specplan.reports.html.values import HtmlPage, PagePart, Titled
from specplan.reports.html.verdict import Parts, verdict_of
from specplan.reports.outline import Column, Name, Number, ReportTable, Words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from specplan.reports.html.documents import AnswerDocument, Kind
    from specplan.reports.html.values import (
        Changes,
        CoveragePart,
        PlanPart,
        Soundness,
        TrendPart,
        Verdict,
    )
    from specplan.reports.outline import TableCell
    from specplan.sources.strict_json import Value

__all__ = ["InputFile", "Origin", "page_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file that a page was made from.

    Attributes:
        path: The file, as it was given.
        role: Its role.
        sha256: Its checksum; None if it has none.
    """

    path: str
    role: str
    sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The origin of a page.

    Attributes:
        version: The version of specplan.
        command: The command that reproduces it; empty if there is none.
        date: Its date, as it was given; empty if not given.
        files: Its input files, besides those that the documents name.
    """

    version: str
    command: str = ""
    date: str = ""
    files: tuple[InputFile, ...] = ()


_KINDS: Final[dict[Kind, str]] = {
    "coverage": "coverage",
    "rebuild": "plan",
    "diff": "difference",
    "lock-diff": "difference of locks",
    "trend": "trend",
    "check": "check",
}


def page_of(documents: Sequence[AnswerDocument], origin: Origin) -> HtmlPage:
    """Return the page of some documents, at most one of each kind.

    Args:
        documents: The documents.
        origin: The origin of the page.

    Raises:
        DamagedSourceError: If a document violates its schema.
    """
    by_kind = {each.kind: each.content for each in documents}
    of_coverage = coverage_part(by_kind["coverage"]) if "coverage" in by_kind else None
    changes = None
    if "diff" in by_kind:
        changes = diff_part(by_kind["diff"])
    elif "lock-diff" in by_kind:
        changes = lock_diff_part(by_kind["lock-diff"])
    of_plan = plan_part(by_kind["rebuild"]) if "rebuild" in by_kind else None
    trend = trend_part(by_kind["trend"]) if "trend" in by_kind else None
    soundness = soundness_part(by_kind["check"]) if "check" in by_kind else None
    verdict = verdict_of(documents, Parts(of_coverage, changes, of_plan, trend, soundness))
    parts = tuple(_parts(of_coverage, changes, of_plan, trend, soundness))
    return HtmlPage(
        title=_title(by_kind),
        version=origin.version,
        date=origin.date,
        command=origin.command,
        verdict=_linked(verdict, {each.id for each in parts}),
        coverage=of_coverage,
        changes=changes,
        plan=of_plan,
        trend=trend,
        soundness=soundness,
        inputs=tuple(_inputs(documents, origin)),
        parts=parts,
    )


def _linked(verdict: Verdict, sections: Collection[str]) -> Verdict:
    """Return a verdict whose numbers link to existing sections."""
    figures = (
        each if each.section in sections else replace(each, section="") for each in verdict.figures
    )
    return replace(verdict, figures=tuple(figures))


def _title(by_kind: dict[Kind, Value]) -> str:
    if "coverage" not in by_kind:
        return "specplan report"
    stacks = sorted({each.text_at("stack") for each in by_kind["coverage"].items_at("cells")})
    named = ", ".join(stacks) if 0 < len(stacks) <= 3 else count(len(stacks), "stack")  # noqa: PLR2004 - as the headline
    tag = ", ".join(by_kind["coverage"].texts_at("tags"))
    return f"{named}{f', {tag}' if tag else ''} - specplan report"


def _parts(
    of_coverage: CoveragePart | None,
    changes: Changes | None,
    of_plan: PlanPart | None,
    trend: TrendPart | None,
    soundness: Soundness | None,
) -> list[PagePart]:
    parts = []
    if of_coverage is not None:
        if of_coverage.rows:
            parts.append(PagePart(id="matrix", title="Coverage"))
        if of_coverage.causes or of_coverage.needed:
            parts.append(PagePart(id="causes", title="Causes", count=str(len(of_coverage.causes))))
        parts.append(PagePart(id="gaps", title="Gaps", count=f"{of_coverage.all_gaps:,}"))
        if of_coverage.unknown is not None:
            parts.append(PagePart(id="unknown", title="Undecided"))
    if changes is not None:
        parts.append(PagePart(id="changes", title="Changes"))
    if of_plan is not None:
        parts.append(PagePart(id="plan", title="Plan", count=f"{len(of_plan.builds):,}"))
    if trend is not None:
        parts.append(PagePart(id="trend", title="Trend"))
    if soundness is not None:
        parts.append(PagePart(id="soundness", title="Soundness"))
    return [*parts, PagePart(id="inputs", title="Inputs")]


def _inputs(documents: Sequence[AnswerDocument], origin: Origin) -> list[Titled]:
    files = {
        InputFile(path=each.path, role=f"document of a {_KINDS[each.kind]}", sha256=each.sha256)
        for each in documents
        if each.path
    }
    listed = [*origin.files, *sorted(files, key=lambda each: (each.role, each.path))]
    for document in documents:
        for each in document.content.items_at_or_none("inputs"):
            file = InputFile(
                path=each.text_at("path"),
                role=each.text_at("role"),
                sha256=each.text_at_or_none("sha256"),
            )
            if file not in listed:
                listed.append(file)
    tables = []
    if listed:
        columns = (
            Column("role", "what for", "words"),
            Column("path", "input", "name"),
            Column("sha256", "SHA-256", "name"),
        )
        rows: tuple[tuple[TableCell, ...], ...] = tuple(
            (
                Words(each.role),
                Name(each.path),
                Name(each.sha256) if each.sha256 else Words("not one file of this machine"),
            )
            for each in listed
        )
        tables.append(Titled(title="Files", table=ReportTable(columns, rows)))
    return [*tables, *_sources(documents)]


def _sources(documents: Sequence[AnswerDocument]) -> list[Titled]:
    """Return the content of each source: the age of copies, and the sizes of its indexes."""
    columns = (
        Column("source", "source", "name"),
        Column("index", "index", "name"),
        Column("version", "version", "count"),
        Column("specs", "specs", "count"),
        Column("binaries", "binaries", "count"),
        Column("copied_at", "copy of", "words"),
    )
    rows: dict[tuple[TableCell, ...], None] = {}
    for document in documents:
        for each in document.content.items_at_or_none("sources"):
            source, copied = (
                Name(each.text_at("source")),
                Words(each.text_at_or_none("copied_at") or ""),
            )
            for index in each.items_at("indexes"):
                row: tuple[TableCell, ...] = (
                    source,
                    Name(index.text_at("index")),
                    Number(index.count_at_or_none("version")),
                    Number(index.count_at("specs")),
                    Number(index.count_at("binaries")),
                    copied,
                )
                rows[row] = None
            if not each.items_at("indexes"):
                rows[source, None, None, None, None, copied] = None
    if not rows:
        return []
    return [Titled(title="Caches", table=without_empty(ReportTable(columns, tuple(rows))))]
