"""The report of a difference: cells, and lost, changed and gained keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model import Diff
from specplan.reports.gates import gate_sections, verdict_lines
from specplan.reports.outline import (
    CellNames,
    Column,
    Line,
    Name,
    Number,
    OsAndTarget,
    Outline,
    Records,
    ReportTable,
    Section,
    Specs,
    SpecWithHash,
    outline_of,
    records_of,
)
from specplan.reports.render import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.model import Change, DiffCell, KeyInCell
    from specplan.model.report import ReportOptions
    from specplan.reports.outline import TableCell, Tone, Value

__all__ = ["outline", "records"]


@outline_of.register(Diff)
def outline(result: Diff, options: ReportOptions) -> Outline:
    """Return lost, changed and gained keys, after the numbers of each cell."""
    del options
    names_cells = len(result.cells) > 1
    sections = [*gate_sections(result.gates)]
    if result.cells:
        title = wording.count(len(result.cells), "cell")
        sections.append(Section(id="cells", title=title, table=_cells(result.cells)))
    if result.lost:
        sections.append(_keys("lost", result.lost, "bad", names_cells=names_cells))
    if result.changed:
        sections.append(_changes(result.changed, names_cells=names_cells))
    if result.gained:
        sections.append(_keys("gained", result.gained, "good", names_cells=names_cells))
    return Outline(
        kind="diff",
        headline=wording.diff_headline(result),
        warnings=tuple(wording.not_whole(result.left_out)),
        lines=(*verdict_lines(result.gates), *map(Line, wording.diff_notes(result))),
        sections=tuple(sections),
        notes=tuple(wording.known_gaps(result.known_gaps)),
        cells=CellNames(tuple((cell.stack, cell.os, cell.target) for cell in result.cells)),
    )


@records_of.register(Diff)
def records(result: Diff, options: ReportOptions) -> Records:
    """Return one row per key that was ``lost``, ``gained`` or ``changed``.

    A stack that only one state lists has a single row, ``absent`` or ``new``, that only names the
    stack.
    """
    del options
    names = (
        "change", "stack", "os", "target", "want", "package", "version", "hash",
        "old", "new", "old_versions", "new_versions", "known",
    )  # fmt: skip
    nothing = (None,) * (len(names) - 2)
    rows: list[tuple[Value, ...]] = [("absent", stack, *nothing) for stack in result.absent_stacks]
    rows += [("new", stack, *nothing) for stack in result.new_stacks]
    rows += [_key_record("lost", key) for key in result.lost]
    rows += [_key_record("gained", key) for key in result.gained]
    rows += [_change_record(change) for change in result.changed]
    return Records(names, rows, result.gates, kind="change")


def _cells(cells: Sequence[DiffCell]) -> ReportTable:
    has_migrated = any(cell.migrated for cell in cells)
    columns = (
        Column("stack", "stack", "name", is_lead=True),
        Column("system", "system", "system"),
        *(Column(name, name, "count") for name in ("kept", "lost", "gained", "changed")),
        *([Column("migrated", "other format", "count")] if has_migrated else []),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Name(cell.stack),
            OsAndTarget(cell.os, cell.target),
            Number(cell.kept),
            Number(cell.lost, "bad" if cell.lost else "plain"),
            Number(cell.gained, "good" if cell.gained else "plain"),
            Number(cell.changed, "warning" if cell.changed else "plain"),
            *([Number(cell.migrated)] if has_migrated else []),
        )
        for cell in cells
    )
    return ReportTable(columns, rows, names=2, is_whole=True)


def _keys(title: str, keys: Sequence[KeyInCell], tone: Tone, *, names_cells: bool) -> Section:
    columns = (Column("want", title, "spec", is_lead=True), *_cell_columns(names_cells))
    groups = wording.grouped(keys, lambda key: key.want)
    rows = tuple((_key(group[0], tone), *_cells_of(group, names_cells)) for group in groups)
    table = ReportTable(columns, rows, packages=tuple(group[0].package for group in groups))
    return Section(id=title, title=f"{len(keys)} {title}", table=table)


def _key(key: KeyInCell, tone: Tone) -> TableCell:
    if key.hash is None:
        return Name(key.want, tone)
    return SpecWithHash(wording.spec_name(key.package, key.version or ""), key.hash, tone=tone)


def _changes(changes: Sequence[Change], *, names_cells: bool) -> Section:
    columns = (
        Column("package", "changed", "name", is_lead=True),
        Column("old", "old", "specs"),
        Column("new", "new", "specs"),
        *_cell_columns(names_cells),
    )
    groups = wording.grouped(changes, lambda each: (each.package, each.old, each.new))
    rows = tuple(
        (
            Name(group[0].package, "warning"),
            _side(group[0].old, group[0].old_versions),
            _side(group[0].new, group[0].new_versions),
            *_cells_of(group, names_cells),
        )
        for group in groups
    )
    table = ReportTable(columns, rows, packages=tuple(group[0].package for group in groups))
    return Section(id="changed", title=f"{len(changes)} changed", table=table)


def _cell_columns(names_cells: bool) -> list[Column]:  # noqa: FBT001 - what both tables share
    if not names_cells:
        return []
    return [Column("cells", "cells", "count"), Column("where", "in", "cells")]


def _cells_of(
    group: Sequence[KeyInCell] | Sequence[Change],
    names_cells: bool,  # noqa: FBT001 - as above
) -> list[TableCell]:
    if not names_cells:
        return []
    cells = CellNames(tuple((each.stack, each.os, each.target) for each in group))
    return [Number(len(group)), cells]


def _side(keys: Sequence[str], versions: Sequence[str]) -> Specs:
    """Return the old or the new keys of a package, hashes with their versions."""
    if not versions:
        return Specs(tuple(map(SpecWithHash, keys)))
    return Specs(tuple(map(SpecWithHash, versions, keys)))


def _key_record(change: str, key: KeyInCell) -> tuple[Value, ...]:
    cell = (key.stack, key.os, key.target)
    nothing = (None,) * 4
    return (change, *cell, key.want, key.package, key.version, key.hash, *nothing, key.known)


def _change_record(change: Change) -> tuple[Value, ...]:
    cell = (change.stack, change.os, change.target)
    keys = (change.old, change.new, change.old_versions, change.new_versions)
    return ("changed", *cell, None, change.package, None, None, *keys, None)
