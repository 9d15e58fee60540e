"""The reports of coverage: cells, the matrix of stacks and systems, gaps."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from specplan.model import Coverage, Gap
from specplan.model.column_records import ColumnRecords, values_of
from specplan.reports.gates import gate_sections, verdict_lines
from specplan.reports.outline import (
    CellNames,
    CellRows,
    Column,
    Line,
    Name,
    NearestSpec,
    Number,
    OsAndTarget,
    Outline,
    Records,
    ReportTable,
    Section,
    Share,
    SpecWithHash,
    State,
    Words,
    YesNo,
    numbers,
    outline_of,
    records_of,
)
from specplan.reports.render import wording

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from specplan import model
    from specplan.model.report import ReportOptions
    from specplan.reports.outline import TableCell, Tone, Value

__all__ = ["outline", "records"]

_TONES: Final[Mapping[model.GapState, Tone]] = {
    "not_concretized": "bad",
    "installed": "good",
    "unindexed": "good",
    "other_stack": "good",
    "other_system": "warning",
    "missing": "bad",
}

_STATES: Final[Mapping[model.GapState, State]] = {
    state: State(state, wording.STATE_WORDS[state], tone) for state, tone in _TONES.items()
}

_NONE: Final = State("none", "none", "quiet")

_ANSWERS: Final = {known: YesNo(known) for known in (None, False, True)}

#: The separator between a want and its hash.
_BEFORE_HASH: Final = " /"

_CELL_NAMES: Final = (
    "stack", "platform", "os", "target",
    "wanted", "covered", "covered_exact", "unknown", "usable", "coverage", "carried_from",
)  # fmt: skip

_GAP_NAMES: Final = (
    "stack", "platform", "os", "target", "want", "package", "version", "hash", "state",
    "cells_lacking", "blocked", "roots_completed", "buildable_now",
)  # fmt: skip

_NEAREST_NAMES: Final = ("hash", "stack", "os", "target", "source", "differs")


#: The fields of a gap except its cell.
_BUT_CELL: Final = attrgetter(
    *(each.name for each in fields(Gap) if each.name not in {"stack", "platform", "os", "target"})
)


@outline_of.register(Coverage)
def outline(result: Coverage, options: ReportOptions) -> Outline:
    """Return a view of coverage: the gaps with the cells, or the matrix."""
    return Outline(
        kind=options.view,
        headline=wording.coverage_headline(result),
        warnings=tuple(wording.not_whole(result.left_out)),
        lines=(*verdict_lines(result.gates), *_opening(result)),
        sections=(
            *gate_sections(result.gates),
            *(_gaps(result) if options.view == "gaps" else _matrix(result)),
        ),
        notes=tuple(wording.coverage_notes(result)),
        cells=_where(result.cells),
    )


@records_of.register(Coverage)
def records(result: Coverage, options: ReportOptions) -> Records:
    """Return one row per cell; or one per gap, the most useful first, then the undecided wants.

    Undecided wants have the state ``unknown``, with the information that the sources lack in
    ``missing``.
    """
    if options.view == "coverage":
        return Records(_CELL_NAMES, map(_CELL_FIELDS, result.cells), result.gates)
    nearest = (f"nearest.{name}" for name in _NEAREST_NAMES)
    names = (*_GAP_NAMES, *nearest, "missing", "group", "developed", "known", "carried_from")
    old = {(cell.stack, cell.os, cell.target): cell.carried_from for cell in result.cells}
    rows = [(*_gap_record(gap), old.get((gap.stack, gap.os, gap.target))) for gap in result.gaps]
    rows += [
        (*_unknown_record(want), old.get((want.stack, want.os, want.target)))
        for want in result.unknown
    ]
    return Records(names, rows, result.gates, kind="state")


def _opening(result: Coverage) -> tuple[Line, ...]:
    lines = []
    if result.roots is not None:
        lines.append(Line(wording.roots_line(result.roots), "strong"))
    lines.append(Line(wording.question(result), "quiet"))
    lines += [Line(line, "quiet") for line in wording.upper_bound(result)]
    return (*lines, *map(Line, wording.alone(result)))


def _where(cells: Sequence[model.Cell]) -> CellNames:
    return CellNames(tuple((cell.stack, cell.os, cell.target) for cell in cells))


def _gaps(result: Coverage) -> tuple[Section, ...]:
    sections = []
    if result.cells:
        title = wording.count(len(result.cells), "cell")
        sections.append(Section(id="cells", title=title, table=_cells(result.cells)))
    if result.totals.wanted or result.gaps:
        sections.append(
            Section(
                id="gaps",
                title=wording.gaps_by_state(result.gaps),
                tone="plain",
                table=_gap_table(result),
            )
        )
    return tuple(sections)


def _matrix(result: Coverage) -> tuple[Section, ...]:
    """Return the matrix of stacks against systems, if there are any."""
    if not result.cells:
        return ()
    by_place = {(cell.stack, cell.os, cell.target): cell for cell in result.cells}
    stacks = sorted({cell.stack for cell in result.cells})
    systems = sorted({(cell.os, cell.target) for cell in result.cells})
    columns = [Column("stack", "stack", "name", is_lead=True)]
    columns += [
        Column(f"system-{at}", wording.system(*system), "share", system=OsAndTarget(*system))
        for at, system in enumerate(systems, 1)
    ]
    rows = []
    for stack in stacks:
        cells = [by_place.get((stack, *system)) for system in systems]
        shares = (None if cell is None else _share(cell) for cell in cells)
        rows.append((Name(stack), *shares))
    title = wording.count(len(stacks), "stack")
    return (
        Section(
            id="matrix", title=title, table=ReportTable(tuple(columns), tuple(rows), form="matrix")
        ),
    )


def _share(cell: model.Cell) -> Share:
    return Share(cell.covered, cell.wanted, is_old=cell.carried_from is not None)


def _cells(cells: Sequence[model.Cell]) -> ReportTable:
    """Return the numbers of each cell, without those that are the same for all."""
    numbers: list[tuple[str, Callable[[model.Cell], int | None]]] = [
        ("wanted", lambda cell: cell.wanted),
        ("covered", lambda cell: cell.covered),
    ]
    if any(cell.covered_exact != cell.covered for cell in cells):
        numbers.append(("exact", lambda cell: cell.covered_exact))
    if any(cell.unknown for cell in cells):
        numbers.append(("unknown", lambda cell: cell.unknown))
    if any(cell.usable is not None for cell in cells):
        numbers.append(("usable", lambda cell: cell.usable))
    is_old = any(cell.carried_from is not None for cell in cells)
    numbers.append(("gaps", lambda cell: cell.wanted - cell.covered - cell.unknown))
    columns = (
        Column("stack", "stack", "name", is_lead=True),
        Column("system", "system", "system"),
        *(Column(name, name, "count") for name, _ in numbers),
        Column("coverage", "coverage", "share"),
        *([Column("carried_from", "as of", "name")] if is_old else []),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Name(cell.stack),
            OsAndTarget(cell.os, cell.target),
            *(Number(number(cell)) for _, number in numbers),
            _share(cell),
            *([Name(cell.carried_from or "")] if is_old else []),
        )
        for cell in cells
    )
    return ReportTable(columns, rows, names=2, is_whole=True)


def _gap_table(result: Coverage) -> ReportTable:
    """Return the gaps, ranked; those that only differ by cell are one row."""
    gaps = result.gaps
    groups: Sequence[Sequence[model.Gap]] | None = None
    firsts = gaps
    if len(set(values_of(gaps, "want"))) < len(gaps):
        groups = wording.grouped(gaps, _BUT_CELL)
        firsts = [group[0] for group in groups]
    columns: list[tuple[Column, Sequence[TableCell]]] = [
        (Column("want", wording.want_word(result), "spec", is_lead=True), _wants(firsts))
    ]
    if groups is not None and len(groups) < len(gaps):
        columns.append((Column("cells", "cells", "count"), numbers(map(len, groups))))
    if len(result.cells) > 1:
        where = [_lacking(group) for group in groups or ([gap] for gap in gaps)]
        columns.append((Column("where", "lacking in", "cells"), where))
    for name, title in (("blocked", "blocks"), ("roots_completed", "roots")):
        counts = values_of(firsts, name)
        if counts.count(None) < len(counts):
            columns.append((Column(name, title, "count"), numbers(counts)))
    buildable = values_of(firsts, "buildable_now")
    if buildable.count(None) < len(buildable):
        head = Column("buildable_now", "buildable", "answer", side="right")
        columns.append((head, [_ANSWERS[each] for each in buildable]))
    columns.append((Column("state", "who has it", "state"), _states(firsts)))
    reasons = values_of(firsts, "known")
    if reasons.count(None) < len(reasons):
        known = [Words(reason or "") for reason in reasons]
        columns.append((Column("known", "known", "words"), known))
    nearest = [
        _NONE if binary is None or is_developed else _nearest(binary)
        for binary, is_developed in zip(
            values_of(firsts, "nearest"), values_of(firsts, "developed"), strict=True
        )
    ]
    columns.append((Column("nearest", "nearest (differs in)", "nearest"), nearest))
    return ReportTable(
        tuple(head for head, _ in columns),
        CellRows([cells for _, cells in columns]),
        packages=values_of(firsts, "package"),
    )


def _lacking(gaps: Sequence[model.Gap]) -> CellNames:
    return CellNames(tuple((gap.stack, gap.os, gap.target) for gap in gaps))


def _states(gaps: Sequence[model.Gap]) -> Sequence[TableCell]:
    """Return the states of gaps; for a root built from a source tree, no binary counts."""
    states = values_of(gaps, "state")
    developed = values_of(gaps, "developed")
    if True not in developed:
        return list(map(_STATES.__getitem__, states))
    return [
        State(state, "always built (develop)", "warning") if is_developed else _STATES[state]
        for state, is_developed in zip(states, developed, strict=True)
    ]


def _wants(gaps: Sequence[model.Gap]) -> Sequence[TableCell]:
    """Return the wants of gaps."""
    hashes = values_of(gaps, "hash")
    if None in hashes:
        return list(map(_want, gaps))
    return ColumnRecords(
        SpecWithHash,
        len(gaps),
        label=list(map(wording.spec_name, values_of(gaps, "package"), values_of(gaps, "version"))),
        hash=hashes,
        between=[_BEFORE_HASH] * len(gaps),
    )


def _want(gap: model.Gap) -> TableCell:
    if gap.hash is None:
        return Name(gap.want)
    return SpecWithHash(wording.spec_name(gap.package, gap.version), gap.hash, between=_BEFORE_HASH)


def _nearest(nearest: model.Nearest) -> TableCell:
    return NearestSpec(nearest.hash, wording.nearest_cell(nearest), nearest.differs)


#: Returns these fields of a record, all in one call.
_CELL_FIELDS: Final = attrgetter(*_CELL_NAMES)
_GAP_FIELDS: Final = attrgetter(*_GAP_NAMES)
_NEAREST_FIELDS: Final = attrgetter(*_NEAREST_NAMES)
_NO_NEAREST: Final = (None,) * len(_NEAREST_NAMES)


def _gap_record(gap: model.Gap) -> tuple[Value, ...]:
    nearest = _NO_NEAREST if gap.nearest is None else _NEAREST_FIELDS(gap.nearest)
    return (*_GAP_FIELDS(gap), *nearest, None, gap.group, gap.developed, gap.known)


def _unknown_record(want: model.UnknownWant) -> tuple[Value, ...]:
    known = ["unknown" if name == "state" else getattr(want, name, None) for name in _GAP_NAMES]
    nothing = (None,) * len(_NEAREST_NAMES)
    return (*known, *nothing, want.missing, want.group, None, None)
