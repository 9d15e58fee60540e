"""Coverage as values of the page: the matrix, the causes, the gaps."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final, get_args

from specplan.counting import form
from specplan.model import GapState as StateOfGap
from specplan.reports.html.causes import cause_key, causes_of
from specplan.reports.html.counts import count
from specplan.reports.html.values import (
    CoveragePart,
    GapRow,
    GapState,
    MatrixCell,
    MatrixRow,
    Segment,
    Titled,
)
from specplan.reports.html.wants import WANT_COLUMNS, want_cells
from specplan.reports.outline import (
    Column,
    Name,
    Number,
    ReportTable,
    Share,
    SpecWithHash,
    State,
    Words,
)
from specplan.reports.render import prose, wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specplan.reports.html.values import SegmentKind
    from specplan.reports.outline import TableCell, Tone
    from specplan.reports.render.prose import Prose
    from specplan.sources.strict_json import Value

__all__ = ["coverage_part", "headline", "noun", "question"]

_STATES: Final[tuple[StateOfGap, ...]] = get_args(StateOfGap)

#: The number of listed specs for which most wants wait.
_NEEDED: Final = 20

#: The minimum width of a part of a bar, so that every existing part is visible.
_LEAST: Final = 3.0

#: The nouns of wants by level; a document may have other words.
_NOUNS: Final[Mapping[str, tuple[str, str]]] = dict(wording.LEVEL_WORDS.items())

#: The words after the number of gaps of a state.
_SUMS: Final[Mapping[StateOfGap, str]] = {
    "not_concretized": "not in the lock beside the environment",
    "installed": "installed and never pushed",
    "unindexed": "that no index lists",
    "other_stack": "that another stack has",
    "other_system": "that only other systems have",
    "missing": "that nothing matches",
}

#: The origins of wants in the document, in words.
_WANTS: Final = {
    "peers": "wants from peers",
    "lock": "wants from locks",
    "environment": "wants from environments",
    "lock_and_environment": "wants from locks and from environments",
    "baseline": "wants from the baseline",
}


def noun(content: Value) -> tuple[str, str]:
    """Return the singular and the plural of a want."""
    level = content.text_at_or_none("level")
    if level is None:
        return "root", "roots"
    if level == "hash" and content.text_at("wants") in {"lock", "lock_and_environment"}:
        return "spec", "specs"
    return _NOUNS.get(level, ("want", "wants"))


def headline(content: Value) -> Prose:
    """Return the headline: the number of available wants."""
    totals = content.at("totals")
    stacks = sorted({each.text_at("stack") for each in content.items_at("cells")})
    subject = count(len(stacks), "stack")
    if len(stacks) <= 3:  # noqa: PLR2004 - as the text report
        subject = ", ".join(map(prose.name, stacks))
    wanted, covered = totals.count_at("wanted"), totals.count_at("covered")
    if not wanted:
        return f"{subject or 'no cells'}: nothing is wanted, so coverage is n/a"
    one, several = noun(content)
    are = form(wanted, f"{one} is", f"{several} are")
    return f"{subject}: {covered:,} of {wanted:,} wanted {are} available"


def question(content: Value) -> list[Prose]:
    """Return the question, one sentence each."""
    wants = content.text_at("wants")
    parts = [_WANTS.get(wants, wants)]
    if (baseline := content.text_at_or_none("baseline")) is not None and wants == "baseline":
        parts[0] += f" {prose.name(baseline)}"
    if (scope := content.text_at_or_none("scope")) is not None:
        parts.append(f"scope {scope}")
    if (level := content.text_at_or_none("level")) is not None:
        parts.append(f"level {level}")
    parts.append(f"compatibility {content.text_at('compat')}")
    if tags := content.texts_at("tags"):
        parts.append(f"snapshot {prose.name(', '.join(tags))}")
    lines = [", ".join(parts)]
    if content.flag_at_or_none("upper_bound"):
        lines.append(
            "an upper bound: a binary that covers a root of an environment could be reused; a "
            "concretizer may still decide otherwise"
        )
    return lines


def coverage_part(content: Value) -> CoveragePart:
    """Return the values of a document of coverage."""
    cells = tuple(_cell(at, each) for at, each in enumerate(content.items_at("cells")))
    at_cell = {(cell.stack, cell.os, cell.target): cell.at for cell in cells}
    systems = sorted({(cell.os, cell.target) for cell in cells})
    entries = content.items_at("gaps")
    totals = content.at("totals")
    if totals.count_at("gaps") != len(entries):
        totals.at("gaps").fail(f"is not the number of gaps, of which {len(entries)} are listed")
    gaps = [_gap(each, at_cell) for each in entries]
    causes = causes_of(gaps, [_key(each) for each in entries])
    gaps = [replace(gap, cause=cause) for gap, cause in zip(gaps, causes.of_gaps, strict=True)]
    return CoveragePart(
        systems=_by_os(systems),
        rows=_rows(cells, systems),
        wants=noun(content),
        all_gaps=totals.count_at("gaps"),
        gaps=tuple(gaps),
        states=_states(gaps),
        causes=causes.causes,
        needed=_needed(content),
        unknown=_unknown(content),
        not_wanted=_not_wanted(content),
        known=_known(content),
        notes=tuple(_notes(content)),
        shows_blocked=any(gap.blocked is not None for gap in gaps),
        shows_known=any(gap.known for gap in gaps),
    )


def _cell(at: int, entry: Value) -> MatrixCell:
    wanted, covered = entry.count_at("wanted"), entry.count_at("covered")
    exact, unknown = entry.count_at("covered_exact"), entry.count_at("unknown")
    missing = wanted - covered - unknown
    if exact > covered or missing < 0:
        entry.fail("counts more than the wants")
    parts: tuple[tuple[SegmentKind, int], ...] = (
        ("exact", exact),
        ("compatible", covered - exact),
        ("unknown", unknown),
        ("missing", missing),
    )
    return MatrixCell(
        at=at,
        stack=entry.text_at("stack"),
        os=entry.text_at("os"),
        target=entry.text_at("target"),
        wanted=wanted,
        exact=exact,
        compatible=covered - exact,
        unknown=unknown,
        missing=missing,
        usable=entry.count_at_or_none("usable"),
        carried_from=entry.text_at_or_none("carried_from") or "",
        share=wording.percentage(covered, wanted),
        tone=Share(covered, wanted).tone,
        bar=_bar(parts, wanted),
    )


def _bar(parts: Sequence[tuple[SegmentKind, int]], whole: int) -> tuple[Segment, ...]:
    """Return the parts of a bar of 100; each nonempty one is wide enough to be visible."""
    shown = [(kind, number) for kind, number in parts if number]
    if not shown:
        return ()
    widths = [max(100 * number / whole, _LEAST) for _, number in shown]
    scale = 100 / sum(widths)
    segments = []
    start = 0.0
    for (kind, _), width in zip(shown, widths, strict=True):
        end = min(start + width * scale, 100.0)
        segments.append(Segment(kind=kind, start=round(start, 1), width=round(end - start, 1)))
        start = end
    return tuple(segments)


def _by_os(systems: Sequence[tuple[str, str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    for os, target in systems:
        found.setdefault(os, []).append(target)
    return tuple((os, tuple(targets)) for os, targets in found.items())


def _rows(cells: Sequence[MatrixCell], systems: Sequence[tuple[str, str]]) -> tuple[MatrixRow, ...]:
    by_stack: dict[str, dict[tuple[str, str], MatrixCell]] = {}
    for cell in cells:
        by_stack.setdefault(cell.stack, {})[cell.os, cell.target] = cell
    rows = []
    for stack in sorted(by_stack):
        own = by_stack[stack]
        wanted = sum(cell.wanted for cell in own.values())
        covered = sum(cell.exact + cell.compatible for cell in own.values())
        rows.append(
            MatrixRow(
                stack=stack,
                share=wording.percentage(covered, wanted),
                order=round(covered / wanted, 6) if wanted else -1,
                cells=tuple(own.get(system) for system in systems),
            )
        )
    return tuple(rows)


def _gap(entry: Value, cells: dict[tuple[str, str, str], int]) -> GapRow:
    stack, os, target = entry.text_at("stack"), entry.text_at("os"), entry.text_at("target")
    package, version = entry.text_at("package"), entry.text_at_or_none("version")
    dag_hash = entry.text_at_or_none("hash") or ""
    nearest = entry.at_or_none("nearest")
    return GapRow(
        want=wording.spec_name(package, version) if dag_hash else entry.text_at("want"),
        package=package,
        hash=dag_hash,
        cell=cells.get((stack, os, target), -1),
        stack=stack,
        os=os,
        target=target,
        state=_state(entry),
        cause=-1,
        blocked=entry.count_at_or_none("blocked"),
        roots=entry.count_at_or_none("roots_completed"),
        now=entry.flag_at_or_none("buildable_now"),
        known=entry.text_at_or_none("known") or "",
        nearest_hash="" if nearest is None else nearest.text_at("hash"),
        nearest_cell="" if nearest is None else _cell_of(nearest),
        differs="" if nearest is None else ", ".join(nearest.texts_at("differs")),
    )


def _state(entry: Value) -> str:
    state = entry.text_at("state")
    if state not in _STATES:
        entry.at("state").fail(f"`{state}` is not a state of a gap")
    return state


def _cell_of(nearest: Value) -> str:
    stack = nearest.text_at("stack")
    named = "the union index" if stack == wording.UNION_INDEX else stack
    return f"{named} {wording.system(nearest.text_at('os'), nearest.text_at('target'))}".lstrip(" ")


def _key(entry: Value) -> tuple[str, str, str]:
    nearest = entry.at_or_none("nearest")
    if nearest is None:
        return cause_key(entry.text_at("state"), "", None)
    cell = (nearest.text_at("stack"), nearest.text_at("os"), nearest.text_at("target"))
    return cause_key(entry.text_at("state"), (*nearest.texts_at("differs"), "")[0], cell)


def _states(gaps: Sequence[GapRow]) -> tuple[GapState, ...]:
    counts = Counter(gap.state for gap in gaps)
    return tuple(
        GapState(
            key=state,
            words=wording.STATE_WORDS[state],
            sentence=wording.STATE_SENTENCES[state],
            sum=_SUMS[state],
            count=counts[state],
        )
        for state in _STATES
        if counts[state]
    )


def _needed(content: Value) -> Titled | None:
    """Return the specs that most roots lack, or most binaries if there are no wants."""
    roots, alone = content.at_or_none("roots"), content.at_or_none("alone")
    holder, counted = (roots, "roots") if roots is not None else (alone, "binaries")
    lacking = [] if holder is None else holder.items_at_or_none("lacking")
    if not lacking:
        return None
    columns = (Column("spec", "spec", "spec"), Column(counted, f"{counted} that lack it", "count"))
    rows = tuple(
        (
            SpecWithHash(
                wording.spec_name(each.text_at_or_none("package"), each.text_at_or_none("version")),
                each.text_at("hash"),
            ),
            Number(each.count_at(counted)),
        )
        for each in lacking[:_NEEDED]
    )
    more = len(lacking) - len(rows)
    note = f"The first {len(rows)}; {more} more are in the document." if more else ""
    return Titled(
        title=f"Specs that most {counted} lack", table=ReportTable(columns, rows), note=note
    )


def _unknown(content: Value) -> Titled | None:
    entries = content.items_at("unknown")
    if not entries:
        return None
    columns = (
        *WANT_COLUMNS,
        Column("missing", "the sources do not say", "words"),
    )
    rows = tuple(
        (
            *want_cells(each),
            Words(", ".join(each.texts_at("missing"))),
        )
        for each in entries
    )
    title = count(len(rows), "want") + " that cannot be decided"
    return Titled(title=title, table=ReportTable(columns, rows))


def _not_wanted(content: Value) -> Titled | None:
    entries = [each for each in content.items_at_or_none("not_wanted") if each.count_at("excluded")]
    if not entries:
        return None
    names = ("package", "stack", "os", "target")
    columns = (
        *(Column(name, name, "name") for name in names),
        Column("excluded", "wants", "count"),
        Column("reason", "reason", "words"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            *(Name(each.text_at(name)) for name in names),
            Number(each.count_at("excluded")),
            Words(each.text_at("reason")),
        )
        for each in entries
    )
    return Titled(title="Not wanted", table=ReportTable(columns, rows))


def _known(content: Value) -> Titled | None:
    """Return the known gaps of the run, each with the gaps that it excused."""
    known = content.at_or_none("known_gaps")
    if known is None:
        return None
    columns = (
        *WANT_COLUMNS,
        Column("excused", "gaps", "count"),
        Column("state", "state", "state"),
        Column("until", "until", "words"),
        Column("reason", "reason", "words"),
        Column("issue", "followed in", "name"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            *want_cells(each),
            Number(each.count_at("excused")),
            _state_of_known(each),
            Words(each.text_at_or_none("until") or ""),
            Words(each.text_at("reason")),
            Name(each.text_at_or_none("issue") or ""),
        )
        for each in known.items_at("entries")
    )
    file, day = prose.name(known.text_at("path")), prose.words(known.text_at("date"))
    excused = sum(each.count_at("excused") for each in known.items_at("entries"))
    title = f"Known gaps: {excused:,} accepted"
    return Titled(title=title, table=ReportTable(columns, rows), note=f"{file} as of {day}")


def _state_of_known(entry: Value) -> State:
    state = entry.text_at("state")
    tones: dict[str, Tone] = {"used": "quiet", "expired": "bad", "unused": "warning"}
    return State(state, state.replace("_", " "), tones.get(state, "quiet"))


def _notes(content: Value) -> list[Prose]:
    notes = [f"stack {prose.name(each)} is absent" for each in content.texts_at("absent_stacks")]
    broken = sum(
        each.count_at("covered") - (each.count_at_or_none("usable") or 0)
        for each in content.items_at("cells")
        if each.count_at_or_none("usable") is not None
    )
    if broken > 0:
        notes.append(
            count(
                broken,
                "available spec is broken: not everything it links to or runs with is available",
                "available specs are broken: not everything they link to or run with is available",
            )
        )
    carried = content.at_or_none("carried")
    if carried is not None:
        cells = count(carried.count_at("cells"), "cell is", "cells are")
        notes.append(
            f"{cells} not measured in this run, and carried forward from "
            f"{prose.name(carried.text_at('file'))}"
        )
    alone = content.at_or_none("alone")
    if alone is not None:
        line = count(alone.count_at("binaries"), "binary", "binaries")
        if (usable := alone.count_at_or_none("usable")) is not None:
            line += f", of which {count(usable, 'installs', 'install')} from the cache alone"
        notes.append(f"no wants are defined: {line}")
    if damaged := content.items_at_or_none("damaged"):
        were = count(len(damaged), "damaged file was", "damaged files were")
        notes.append(
            f"{were} skipped: {wording.folded([prose.name(e.text_at('path')) for e in damaged], 3)}"
        )
    return notes
