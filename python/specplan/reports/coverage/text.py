"""Results as text for a terminal: it fits the width and reads without colour.

A table whose text does not fit is narrowed by wrapping its wordy columns; a matrix of
many systems is folded into blocks of columns, each with the stacks repeated in front;
where even that does not fit, a list takes the table's place. Names stay whole: a line
is wider than the width only where a single name is.
"""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from specplan.model import Coverage, Diff, Gap
from specplan.model.find import Found
from specplan.model.report import as_text
from specplan.reports.render import hashes, layout, wording
from specplan.reports.render.escape import terminal
from specplan.reports.render.layout import Column, Span
from specplan.reports.render.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from specplan.model import (
        Cell,
        Change,
        DiffCell,
        GapState,
        KeyInCell,
        Nearest,
        Spec,
        View,
    )

__all__ = ["coverage", "diff", "find", "gaps", "view_of"]

#: How many cells a row names before it folds the rest.
_FEW: Final = 3

#: All that a gap says but where it is.
_BUT_CELL: Final = attrgetter(
    *(each.name for each in fields(Gap) if each.name not in {"stack", "os", "target"})
)

_STATE_STYLES: Final[Mapping[GapState, layout.Style]] = {
    "not_concretized": "red",
    "installed": "green",
    "unindexed": "green",
    "other_stack": "green",
    "other_system": "yellow",
    "missing": "red",
}


@as_text.register(Coverage)
def view_of(result: Coverage, *, view: View, width: int, colour: bool) -> str:
    """Return a view of the document; the width is the terminal's in columns."""
    render = gaps if view == "gaps" else coverage
    return render(result, width=width, colour=colour)


def gaps(result: Coverage, *, width: int, colour: bool = False) -> str:
    """Return the gaps, ranked, after the coverage of each cell.

    Args:
        result: The result.
        width: The terminal's width in columns.
        colour: Whether to paint with escape sequences.
    """
    page = Page(width=width, colour=colour)
    _headline(page, result)
    if result.cells:
        page.blank()
        page.table(*_cells(result.cells), name_columns=2)
    if result.totals.wanted:
        page.blank()
        page.text(wording.gaps_by_state(result.gaps))
    if result.listed_gaps:
        page.blank()
        page.table(*_gaps(result))
    for line in wording.unlisted(result):
        page.text(line, style="dim")
    page.notes(wording.coverage_notes(result, terminal, terminal))
    return page.end()


def coverage(result: Coverage, *, width: int, colour: bool = False) -> str:
    """Return the matrix of stacks against systems.

    Args:
        result: The result.
        width: The terminal's width in columns.
        colour: Whether to paint with escape sequences.
    """
    page = Page(width=width, colour=colour)
    _headline(page, result)
    if result.cells:
        page.blank()
        _matrix(page, result.cells)
    page.notes(wording.coverage_notes(result, terminal, terminal))
    return page.end()


@as_text.register(Diff)
def diff(result: Diff, *, width: int, colour: bool = False) -> str:
    """Return what was lost, changed and gained, after the numbers of each cell.

    Args:
        result: The result.
        width: The terminal's width in columns.
        colour: Whether to paint with escape sequences.
    """
    page = Page(width=width, colour=colour)
    page.warnings(wording.not_whole(result.left_out))
    page.text(wording.diff_headline(result, terminal), style="bold")
    page.notes(wording.diff_notes(result, terminal))
    if result.cells:
        page.blank()
        page.table(*_diff_cells(result.cells), name_columns=2)
    where = _Where(result.cells)
    _keys(page, "lost", result.lost, where, style="red")
    _changes(page, result.changed, where)
    _keys(page, "gained", result.gained, where, style="green")
    return page.end()


@as_text.register(Found)
def find(result: Found, *, width: int, colour: bool = False) -> str:
    """Return the specs, and below them those that cannot be decided.

    Args:
        result: The result.
        width: The terminal's width in columns.
        colour: Whether to paint with escape sequences.
    """
    page = Page(width=width, colour=colour)
    page.warnings(wording.not_whole(result.left_out))
    page.text(wording.find_headline(result, terminal), style="bold")
    if result.specs:
        page.blank()
        page.table(*_specs(result.specs))
    for line, group in wording.undecided(result):
        page.blank()
        page.text(line, style="yellow")
        page.table(*_specs([each.spec for each in group]))
    page.notes(
        wording.others_left_out(result.left_out, terminal)
        + wording.damaged_note(result.damaged, terminal)
    )
    return page.end()


class _Where:
    """How to name the cells of a report: as short as tells them apart."""

    def __init__(self, cells: Sequence[Cell] | Sequence[DiffCell]) -> None:
        self.one_cell = len(cells) <= 1
        self._one_stack = len({cell.stack for cell in cells}) == 1
        # Whoever reads a stack's name then knows the system from the table of cells.
        places = {(cell.stack, cell.os, cell.target) for cell in cells}
        self._one_system_each = len(places) == len({cell.stack for cell in cells})

    def names(self, items: Sequence[Gap] | Sequence[KeyInCell] | Sequence[Change]) -> str:
        """Return the names of the items' cells, folded by stack and then by number."""
        systems: dict[str, list[str]] = {}
        for item in items:
            found = systems.setdefault(terminal(item.stack), [])
            found.append(terminal(wording.system(item.os, item.target)))
        if self._one_stack:
            return wording.folded([each for found in systems.values() for each in found], _FEW)
        if self._one_system_each or len(systems) > _FEW + 1:
            return wording.folded(list(systems), _FEW)
        names = [
            f"{stack} {found[0]}"
            if len(found) == 1
            else f"{stack} ({wording.count(len(found), 'system')})"
            for stack, found in systems.items()
        ]
        return wording.folded(names, _FEW)


def _headline(page: Page, coverage: Coverage) -> None:
    page.warnings(wording.not_whole(coverage.left_out))
    page.text(wording.coverage_headline(coverage, terminal), style="bold")
    if coverage.roots is not None:
        page.text(wording.roots_line(coverage.roots), style="bold")
    page.text(wording.question(coverage, terminal), style="dim")
    for line in wording.upper_bound(coverage):
        page.text(line, style="dim")
    for line in wording.alone(coverage, terminal):
        page.text(line)


def _share(cell: Cell) -> Span:
    text = wording.percentage(cell.covered, cell.wanted)
    if cell.wanted == 0:
        return Span(text, "dim")
    half = 2
    if cell.covered == cell.wanted:
        return Span(text, "green")
    return Span(text, "yellow" if half * cell.covered >= cell.wanted else "red")


def _cells(cells: Sequence[Cell]) -> tuple[list[Column], list[list[Span]]]:
    numbers: list[tuple[str, Callable[[Cell], int | None]]] = [
        ("wanted", lambda cell: cell.wanted),
        ("covered", lambda cell: cell.covered),
    ]
    if any(cell.covered_exact != cell.covered for cell in cells):
        numbers.append(("exact", lambda cell: cell.covered_exact))
    if any(cell.unknown for cell in cells):
        numbers.append(("unknown", lambda cell: cell.unknown))
    if any(cell.usable is not None for cell in cells):
        numbers.append(("usable", lambda cell: cell.usable))
    numbers.append(("gaps", lambda cell: cell.wanted - cell.covered - cell.unknown))
    columns = [Column(("stack",), overhangs=True), Column(("system",))]
    columns += [Column((name,), align="right") for name, _ in numbers]
    columns.append(Column(("coverage",), align="right"))
    rows = [
        [
            Span(terminal(cell.stack)),
            Span(terminal(wording.system(cell.os, cell.target))),
            *(Span(wording.number(number(cell))) for _, number in numbers),
            _share(cell),
        ]
        for cell in cells
    ]
    return columns, rows


def _gaps(coverage: Coverage) -> tuple[list[Column], list[list[Span]]]:
    where = _Where(coverage.cells)
    extra: list[tuple[str, Callable[[Gap], str]]] = []
    if any(gap.blocked is not None for gap in coverage.listed_gaps):
        extra.append(("blocks", lambda gap: wording.number(gap.blocked)))
    if any(gap.roots_completed is not None for gap in coverage.listed_gaps):
        extra.append(("roots", lambda gap: wording.number(gap.roots_completed)))
    if any(gap.buildable_now is not None for gap in coverage.listed_gaps):
        extra.append(("buildable", lambda gap: wording.answer(gap.buildable_now)))
    columns = [Column((wording.want_word(coverage),), overhangs=True)]
    groups = list(wording.grouped(coverage.listed_gaps, _BUT_CELL))
    counts_cells = any(len(group) > 1 for group in groups)
    if counts_cells:
        columns.append(Column(("cells",), align="right"))
    if not where.one_cell:
        columns.append(Column(("lacking in",), wraps=True))
    columns += [Column((name,), align="right") for name, _ in extra]
    columns += [Column(("who has it",)), Column(("nearest (differs in)",), wraps=True)]
    rows = []
    for group in groups:
        gap = group[0]
        row = [Span(_wanted(gap))]
        if counts_cells:
            row.append(Span(str(len(group))))
        if not where.one_cell:
            row.append(Span(where.names(group)))
        row += [Span(value(gap)) for _, value in extra]
        row.append(Span(wording.STATE_WORDS[gap.state], _STATE_STYLES[gap.state]))
        row.append(_nearest(gap.nearest))
        rows.append(row)
    return columns, rows


def _wanted(gap: Gap) -> str:
    if gap.hash is None:
        return terminal(gap.want)
    name = terminal(wording.spec_name(gap.package, gap.version))
    return f"{name} /{terminal(hashes.shown(gap.hash))}"


def _nearest(nearest: Nearest | None) -> Span:
    if nearest is None:
        return Span("none", "dim")
    place = terminal(wording.nearest_place(nearest))
    differs = ", ".join(map(terminal, nearest.differs))
    return Span(f"{terminal(hashes.shown(nearest.hash))} {place} ({differs or 'hash alone'})")


def _specs(specs: Sequence[Spec]) -> tuple[list[Column], list[list[Span]]]:
    extra: list[tuple[str, Callable[[Spec], str]]] = []
    if any(spec.compiler for spec in specs):
        extra.append(("compiler", lambda spec: terminal(spec.compiler)))
    if not all(spec.available for spec in specs):
        extra.append(("binary", wording.binary))
    columns = [Column(("spec",), overhangs=True), Column(("hash",)), Column(("system",))]
    columns += [*(Column((name,)) for name, _ in extra), Column(("stacks",), wraps=True)]
    rows = [
        [
            Span(terminal(f"{spec.name}@{spec.version}")),
            Span(terminal(hashes.shown(spec.hash))),
            Span(terminal(wording.system(spec.os, spec.target))),
            *(Span(value(spec)) for _, value in extra),
            Span(wording.folded([terminal(stack) for stack in wording.stacks(spec)], _FEW)),
        ]
        for spec in specs
    ]
    return columns, rows


def _matrix(page: Page, cells: Sequence[Cell]) -> None:
    """Add the matrix, folded into blocks of systems that fit the width."""
    by_place = {(cell.stack, cell.os, cell.target): cell for cell in cells}
    stacks = sorted({cell.stack for cell in cells})
    systems = sorted({(cell.os, cell.target) for cell in cells})
    names = [terminal(stack) for stack in stacks]
    headers = [(terminal(os), terminal(target)) for os, target in systems]
    widths = []
    for header, (os, target) in zip(headers, systems, strict=True):
        found_here = (by_place.get((stack, os, target)) for stack in stacks)
        texts = (_share(cell).text for cell in found_here if cell is not None)
        widths.append(max(map(layout.columns_of, (*header, *texts))))
    lead = max(map(layout.columns_of, ("stack", *names)))
    folded = layout.blocks(widths, lead=lead, width=page.width)
    if folded is None:
        _matrix_as_list(page, cells)
        return
    for at_block, block in enumerate(folded):
        if at_block:
            page.blank()
        columns = [Column(("stack",)), *(Column(headers[at], align="right") for at in block)]
        rows = []
        for stack, name in zip(stacks, names, strict=True):
            found = [by_place.get((stack, *systems[at])) for at in block]
            if any(cell is not None for cell in found):
                shares = [Span("") if cell is None else _share(cell) for cell in found]
                rows.append([Span(name), *shares])
        page.table(columns, rows)


def _matrix_as_list(page: Page, cells: Sequence[Cell]) -> None:
    stack = None
    for cell in cells:
        if cell.stack != stack:
            stack = cell.stack
            page.text(terminal(stack))
        name = terminal(wording.system(cell.os, cell.target))
        share = _share(cell)
        painted = layout.paint(share.text, share.style, colour=page.colour)
        line = f"  {name}  {share.text}"
        if layout.columns_of(line) <= page.width:
            page.lines([f"  {name}  {painted}"])
        else:
            page.text(name, indent="  ")
            page.lines([f"    {painted}"])


def _diff_cells(cells: Sequence[DiffCell]) -> tuple[list[Column], list[list[Span]]]:
    columns = [Column(("stack",), overhangs=True), Column(("system",))]
    columns += [Column((name,), align="right") for name in ("kept", "lost", "gained", "changed")]
    rows = [
        [
            Span(terminal(cell.stack)),
            Span(terminal(wording.system(cell.os, cell.target))),
            Span(str(cell.kept)),
            Span(str(cell.lost), "red" if cell.lost else "plain"),
            Span(str(cell.gained), "green" if cell.gained else "plain"),
            Span(str(cell.changed), "yellow" if cell.changed else "plain"),
        ]
        for cell in cells
    ]
    return columns, rows


def _keys(
    page: Page, title: str, keys: Sequence[KeyInCell], where: _Where, *, style: layout.Style
) -> None:
    if not keys:
        return
    page.blank()
    columns = [Column((title,), overhangs=True)]
    if not where.one_cell:
        columns += [Column(("cells",), align="right"), Column(("in",), wraps=True)]
    rows = []
    for group in wording.grouped(keys, lambda key: key.want):
        row = [Span(terminal(wording.key_name(group[0], hashes.shown)), style)]
        if not where.one_cell:
            row += [Span(str(len(group))), Span(where.names(group))]
        rows.append(row)
    page.table(columns, rows)


def _side(keys: Sequence[str], versions: Sequence[str]) -> str:
    return ", ".join(map(terminal, wording.changed_keys(keys, versions, hashes.shown))) or "-"


def _changes(page: Page, changes: Sequence[Change], where: _Where) -> None:
    if not changes:
        return
    page.blank()
    columns = [
        Column(("changed",), overhangs=True),
        Column(("old",), wraps=True),
        Column(("new",), wraps=True),
    ]
    if not where.one_cell:
        columns += [Column(("cells",), align="right"), Column(("in",), wraps=True)]
    rows = []
    for group in wording.grouped(changes, lambda change: (change.package, change.old, change.new)):
        change = group[0]
        row = [
            Span(terminal(change.package), "yellow"),
            Span(_side(change.old, change.old_versions)),
            Span(_side(change.new, change.new_versions)),
        ]
        if not where.one_cell:
            row += [Span(str(len(group))), Span(where.names(group))]
        rows.append(row)
    page.table(columns, rows)
