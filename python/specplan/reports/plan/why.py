"""The reasons why a spec is planned or not, and why a want is a gap, in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model.report import Report, json_parts
from specplan.records import dataclass
from specplan.reports.outline import Line, Outline, Records, Section, outline_of, records_of
from specplan.reports.plan import wording as plan_wording
from specplan.reports.render import prose, wording
from specplan.reports.render.document import document, fields_of, left_out_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.model import LeftOut, SourceUsed, Why
    from specplan.model.report import ReportOptions
    from specplan.planning.why_wanted import WhyWanted
    from specplan.reports.outline import Value
    from specplan.reports.render.document import Json

__all__ = ["WhyReport", "json_document", "outline", "records"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WhyReport(Report):
    """The answer of ``specplan why``.

    Attributes:
        query: The requested spec.
        reasons: The answers for specs.
        wants: The answers for wants.
        predicted: Whether the plan predicts a change.
        left_out: Input of the question that could not be taken into account.
        sources: The sources that were read.
    """

    query: str
    reasons: tuple[Why, ...] = ()
    wants: tuple[WhyWanted, ...] = ()
    predicted: bool = False
    left_out: tuple[LeftOut, ...] = ()
    sources: tuple[SourceUsed, ...] = ()

    def __iter__(self) -> Iterator[Why | WhyWanted]:
        """Iterate over the reasons."""
        return iter((*self.reasons, *self.wants))

    def __len__(self) -> int:
        """Return their number."""
        return len(self.reasons) + len(self.wants)


@outline_of.register(WhyReport)
def outline(report: WhyReport, options: ReportOptions) -> Outline:
    """Return the state of each want, then the verdict and the tree of each spec."""
    del options
    wants = [_want(want, at) for at, want in enumerate(report.wants, 1)]
    specs = [_spec(why, at, predicted=report.predicted) for at, why in enumerate(report.reasons, 1)]
    return Outline(
        kind="why",
        warnings=tuple(wording.not_whole(report.left_out)),
        sections=(*wants, *specs),
        notes=tuple(wording.left_out(report.left_out)),
    )


@records_of.register(WhyReport)
def records(report: WhyReport, options: ReportOptions) -> Records:
    """Return one row per line of a tree, then one per want.

    For a want, ``verdict`` is its state and ``reason`` the reason for it; the spec is the one that
    the plan lists or chose for it.
    """
    del options
    names = (
        "asked", "verdict", "depth", "hash", "package", "version",
        "link", "reason", "types", "wanted", "repeated",
        "want", "stack", "os", "target", "wanted_by", "plan", "nearest.hash", "nearest.differs",
    )  # fmt: skip
    return Records(names, _rows(report))


@json_parts.register(WhyReport)
def json_document(report: WhyReport) -> Iterator[str]:
    """Return the document of kind ``specplan.why/1``."""
    return document(
        {
            "schema": "specplan.why/1",
            "query": report.query,
            "predicted": report.predicted,
            "wants": report.wants,
            "specs": [_json(why) for why in report.reasons],
            "left_out": left_out_json(report.left_out),
            "sources": report.sources,
        }
    )


def _want(want: WhyWanted, number: int) -> Section:
    title = f"{prose.name(want.want)} {plan_wording.want_verdict(want)}"
    lines = tuple(Line(line, level=1) for line in plan_wording.want_lines(want))
    return Section(id=f"want-{number}", title=title, tone="strong", lines=lines)


def _spec(why: Why, number: int, *, predicted: bool) -> Section:
    # The spec in question has its whole hash; the user may ask about the specs below next.
    spec = prose.name(f"{plan_wording.name(why.spec)}/{why.spec.hash}")
    wanted = ", and it is wanted" if why.tree[0].wanted else ""
    lines = []
    if why.chain:
        chain = " -> ".join(plan_wording.named(spec) for spec in why.chain[1:])
        lines.append(Line(f"needs {chain}", level=1))
    lines += [Line(line, level=1) for line in plan_wording.held(why)]
    lines += [
        Line(plan_wording.line(node), level=plan_wording.level(node)) for node in why.tree[1:]
    ]
    return Section(
        id=f"spec-{number}",
        title=f"{spec} {plan_wording.verdict(why, predicted=predicted)}{wanted}",
        tone="strong",
        lines=tuple(lines),
    )


def _rows(report: WhyReport) -> Iterator[tuple[Value, ...]]:
    for why in report.reasons:
        for line in why.tree:
            yield (
                why.spec.hash,
                why.verdict,
                line.depth,
                line.spec.hash,
                line.spec.package,
                line.spec.version,
                line.link,
                line.reason,
                line.types,
                line.wanted,
                line.repeated,
                *(None,) * 8,
            )
    for want in report.wants:
        spec, nearest = want.spec, want.nearest
        yield (
            None,
            want.verdict,
            None,
            None if spec is None else spec.hash,
            want.package if spec is None else spec.package,
            None if spec is None else spec.version,
            None,
            want.reason or want.lack or want.state,
            None,
            want.verdict != "excluded",
            False,
            want.want,
            want.stack,
            want.os,
            want.target,
            want.wanted_by,
            want.plan,
            None if nearest is None else nearest.hash,
            None if nearest is None else nearest.differs,
        )


def _json(why: Why) -> Json:
    return {
        **fields_of(why.spec),
        "verdict": why.verdict,
        "cause": why.cause,
        "exclusion": why.exclusion,
        "chain": why.chain,
        "change": None
        if why.change is None
        else {
            "stale": why.change.stale,
            "chain": [{**fields_of(link.spec), "types": link.types} for link in why.change.chain],
        },
        "tree": [
            {
                "depth": line.depth,
                **fields_of(line.spec),
                "link": line.link,
                "reason": line.reason,
                "types": line.types,
                "wanted": line.wanted,
                "repeated": line.repeated,
            }
            for line in why.tree
        ],
    }
