"""The top of the page: the verdict, a few numbers, gates, and left-out input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.counting import form
from specplan.records import dataclass
from specplan.reports.gates import UNASKED, verdict_state
from specplan.reports.html import coverage, plan
from specplan.reports.html.counts import count
from specplan.reports.html.doubt import in_doubt
from specplan.reports.html.tables import without_empty
from specplan.reports.html.values import Figure, Titled, Verdict
from specplan.reports.outline import Column, Name, Names, Number, ReportTable, Share, State, Words
from specplan.reports.render import amounts, prose, wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specplan.reports.html.documents import AnswerDocument, Kind
    from specplan.reports.html.values import Changes, CoveragePart, PlanPart, Soundness, TrendPart
    from specplan.reports.outline import TableCell, Tone
    from specplan.reports.render.prose import Prose
    from specplan.sources.strict_json import Value

__all__ = ["Parts", "doubts_of", "failed_gates", "verdict_of"]

#: The maximum number of gates that are named.
_FEW: Final = 3

#: The kinds of left-out input that could not change the answer.
_NO: Final = State("no", "no", "quiet")

_QUESTIONS: Final[Mapping[Kind, str]] = {
    "coverage": "coverage",
    "rebuild": "plan",
    "diff": "difference",
    "lock-diff": "difference of locks",
    "trend": "trend",
    "check": "check",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a page with verdicts; None where they were not requested."""

    coverage: CoveragePart | None
    changes: Changes | None
    plan: PlanPart | None
    trend: TrendPart | None
    soundness: Soundness | None


def failed_gates(documents: Sequence[AnswerDocument]) -> list[str]:
    """Return the reasons why the gates of documents fail, one sentence each."""
    return [
        gate.text_at("reason") or _label(gate)
        for _, gate in _gates(documents)
        if gate.flag_at_or_none("held") is False
    ]


def doubts_of(documents: Sequence[AnswerDocument]) -> list[str]:
    """Return the kinds of left-out input that could change an answer, with their counts."""
    counts: dict[str, int] = {}
    for _, record in _left_out(documents):
        if record.flag_at("blocks"):
            kind = record.text_at("kind")
            counts[kind] = counts.get(kind, 0) + record.count_at("count")
    return [f"{count} {kind}" for kind, count in counts.items()]


def _doubt(documents: Sequence[AnswerDocument]) -> Prose:
    """Return left-out input that could change an answer: the first, and the number of others."""
    blocking = dict.fromkeys(
        (record.text_at("where"), record.text_at("detail"))
        for _, record in _left_out(documents)
        if record.flag_at("blocks")
    )
    where, detail = next(iter(blocking))
    more = len(blocking) - 1
    harm = f"this and {more} more were left out and" if more else "this was left out and"
    return f"{prose.name(where)}: {prose.words(detail)}; {harm} could change the answer"


def verdict_of(
    documents: Sequence[AnswerDocument],
    parts: Parts,
) -> Verdict:
    """Return the verdict of all documents together."""
    by_kind = {each.kind: each.content for each in documents}
    failed, doubts = failed_gates(documents), doubts_of(documents)
    standing, tone = _standing(documents, failed, doubts)
    reasons: list[Prose] = [prose.words(each[:1].upper() + each[1:]) for each in failed]
    if doubts:
        reasons.append(_doubt(documents))
    return Verdict(
        headline=_headline(by_kind, parts),
        standing=standing,
        tone=tone,
        figures=tuple(_figures(by_kind, parts)),
        lines=tuple(coverage.question(by_kind["coverage"]) if "coverage" in by_kind else ()),
        reasons=tuple(reasons),
        gates=_gate_table(documents),
        left_out=_left_out_table(documents),
        is_doubtful=bool(doubts),
    )


def _gates(documents: Sequence[AnswerDocument]) -> list[tuple[Kind, Value]]:
    """Return the requested gates, and others that fail."""
    return [
        (each.kind, gate)
        for each in documents
        for gate in each.content.items_at_or_none("gates")
        if gate.text_at("name") != UNASKED or gate.flag_at_or_none("held") is False
    ]


def _left_out(documents: Sequence[AnswerDocument]) -> list[tuple[Kind, Value]]:
    return [
        (each.kind, record)
        for each in documents
        for record in each.content.items_at_or_none("left_out")
    ]


def _standing(
    documents: Sequence[AnswerDocument], failed: Sequence[str], doubts: Sequence[str]
) -> tuple[str, Tone]:
    gates = _evaluated(documents)
    if failed:
        return count(len(failed), "gate fails", "gates fail"), "bad"
    if doubts:
        return "not whole", "warning"
    if gates:
        return _held(documents), "good"
    return "no gate is set", "quiet"


def _evaluated(documents: Sequence[AnswerDocument]) -> list[Value]:
    return [gate for _, gate in _gates(documents) if gate.flag_at_or_none("held") is not None]


def _held(documents: Sequence[AnswerDocument]) -> str:
    """Return the gates that hold, by name if there are few."""
    labels = list(dict.fromkeys(map(_label, _evaluated(documents))))
    if len(labels) <= _FEW:
        return f"{', '.join(labels)} {form(len(labels), 'holds', 'hold')}"
    return count(len(labels), "gate holds", "gates hold")


def _headline(
    by_kind: Mapping[Kind, Value],
    parts: Parts,
) -> Prose:
    if "coverage" in by_kind:
        return coverage.headline(by_kind["coverage"])
    if "rebuild" in by_kind:
        return plan.headline(by_kind["rebuild"])
    for part in (parts.changes, parts.trend, parts.soundness):
        if part is not None:
            return part.headline
    return "nothing was asked"


def _figures(
    by_kind: Mapping[Kind, Value],
    parts: Parts,
) -> list[Figure]:
    of_coverage, changes, of_plan = parts.coverage, parts.changes, parts.plan
    figures: list[Figure] = []
    if of_coverage is not None:
        figures += in_doubt(_of_coverage(by_kind["coverage"]), by_kind["coverage"])
    if of_plan is not None:
        own = of_plan.figures if of_coverage is None else of_plan.figures[:1]
        figures += [_at("plan", each) for each in own]
    if changes is not None:
        own = changes.figures if of_coverage is None else changes.figures[:1]
        figures += [_at("changes", each) for each in own]
    if "trend" in by_kind:
        figures += in_doubt(_of_trend(by_kind["trend"]), by_kind["trend"])
    if "check" in by_kind:
        figures += in_doubt(_of_check(by_kind["check"]), by_kind["check"])
    return figures


def _of_trend(content: Value) -> list[Figure]:
    lost, steps = (len(content.items_at(each)) for each in ("lost", "steps"))
    return [_faults("lost over time", lost, count(steps, "step"), "trend")]


def _of_check(content: Value) -> list[Figure]:
    found, files = len(content.items_at("findings")), content.count_at("files")
    return [_faults("findings", found, count(files, "file"), "soundness")]


def _faults(label: str, number: int, among: str, section: str) -> Figure:
    """Return a number for which 0 is good."""
    tone: Tone = "bad" if number else "good"
    return Figure(
        label=label, value=f"{number:,}", detail=f"in {among}", tone=tone, section=section
    )


def _at(section: str, figure: Figure) -> Figure:
    return Figure(
        label=figure.label,
        value=figure.value,
        detail=figure.detail,
        tone=figure.tone,
        section=section,
    )


def _of_coverage(content: Value) -> list[Figure]:
    totals = content.at("totals")
    wanted, covered, gaps = (
        totals.count_at("wanted"),
        totals.count_at("covered"),
        totals.count_at("gaps"),
    )
    cells = count(len(content.items_at("cells")), "cell")
    figures = [
        Figure(
            label="coverage",
            value=wording.percentage(covered, wanted),
            detail=f"{covered:,} of {wanted:,} in {cells}",
            tone=Share(covered, wanted).tone,
            section="matrix",
        ),
        Figure(
            label="gaps",
            value=f"{gaps:,}",
            detail=_by_state(content),
            tone="bad" if gaps else "good",
            section="gaps",
        ),
    ]
    if unknown := totals.count_at("unknown"):
        figures.append(
            Figure(label="undecided", value=str(unknown), tone="warning", section="unknown")
        )
    roots = content.at_or_none("roots")
    if roots is not None:
        part, whole = roots.count_at("installable"), roots.count_at("wanted")
        figures.append(
            Figure(
                label="roots that install",
                value=f"{part} of {whole}",
                detail=f"from the caches alone ({wording.percentage(part, whole)})",
                tone=Share(part, whole).tone,
                section="causes",
            )
        )
    return figures


def _by_state(content: Value) -> str:
    """Return the most frequent state of gaps, in a few words."""
    counts: dict[str, int] = {}
    for each in content.items_at("gaps"):
        counts[each.text_at("state")] = counts.get(each.text_at("state"), 0) + 1
    if not counts:
        return ""
    state = max(counts, key=lambda each: (counts[each], each))
    words = {
        "not_concretized": "to concretize",
        "installed": "to push",
        "unindexed": "to index",
        "other_stack": "to publish",
        "other_system": "on other systems only",
        "missing": "found nowhere",
    }
    return f"{counts[state]:,} {words.get(state, state)}"


def _gate_table(documents: Sequence[AnswerDocument]) -> Titled | None:
    gates = _gates(documents)
    if not gates:
        return None
    columns = (
        Column("question", "question", "words"),
        Column("gate", "gate", "name"),
        Column("limit", "limit", "words", side="right"),
        Column("value", "value", "words", side="right"),
        Column("verdict", "verdict", "state"),
        Column("reason", "why", "words"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Words(_QUESTIONS[kind]),
            Name(_label(gate)),
            Words(_amount(gate, "limit")),
            Words(_amount(gate, "value")),
            verdict_state(gate.flag_at_or_none("held")),
            Words(gate.text_at("reason")),
        )
        for kind, gate in gates
    )
    return Titled(title="Gates", table=without_empty(ReportTable(columns, rows)))


def _amount(gate: Value, key: str) -> str:
    value = gate.amount_at_or_none(key)
    if value is None:
        return "n/a"
    if gate.text_at("unit") == "seconds":
        return amounts.amount(value, "seconds")
    return f"{value:g} %" if gate.text_at("unit") == "percent" else amounts.exact(value)


def _label(gate: Value) -> str:
    stack = gate.text_at_or_none("stack")
    return f"--{gate.text_at('name')} of {stack}" if stack else f"--{gate.text_at('name')}"


def _left_out_table(documents: Sequence[AnswerDocument]) -> Titled | None:
    records = _left_out(documents)
    if not records:
        return None
    columns = (
        Column("kind", "kind", "name"),
        Column("where", "where", "names"),
        Column("detail", "what happened", "words"),
        Column("count", "times", "count"),
        Column("blocks", "could change the answer", "state"),
        Column("remedy", "what settles it", "name"),
    )
    # Two questions to one catalog leave out the same input.
    seen = dict.fromkeys(
        (_cause(each), each.text_at("where"), each.count_at("count")) for _, each in records
    )
    # The same event in many places with the same remedy is one row.
    places: dict[tuple[bool, str, str, str], list[tuple[str, int]]] = {}
    for cause, where, times in sorted(seen, key=lambda each: each[0][0]):
        places.setdefault(cause, []).append((where, times))
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Name(kind),
            Names(tuple(where for where, _ in own)),
            Words(detail),
            Number(sum(times for _, times in own)),
            _NO if is_harmless else State("yes", "yes", "bad"),
            Name(remedy),
        )
        for (is_harmless, kind, detail, remedy), own in places.items()
    )
    blocking = sum(not is_harmless for (is_harmless, *_), _, _ in seen)
    harm = f"{blocking} could change the answer" if blocking else "none could change the answer"
    return Titled(title=f"Left out: {len(seen)}, of which {harm}", table=ReportTable(columns, rows))


def _cause(record: Value) -> tuple[bool, str, str, str]:
    """Return whether a left-out record is harmless, its kind, the event, and its remedy."""
    kind, detail, remedy = (record.text_at(key) for key in ("kind", "detail", "remedy"))
    return not record.flag_at("blocks"), kind, detail, remedy
