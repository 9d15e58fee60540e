"""Reports as text for a terminal: it fits the width and reads without colour.

A table whose text does not fit is narrowed by wrapping its wordy columns; a matrix of many systems
is split into blocks of columns, each repeating the stacks in front; if even that does not fit, a
list replaces the table. Names are not broken: a line only exceeds the width if a single name does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from specplan.model.column_records import ColumnRecords, values_of
from specplan.model.report import Report, ReportOptions, as_headline, as_text
from specplan.model.spec import SHORT_HASH
from specplan.reports import outline as value
from specplan.reports.cuts import cut
from specplan.reports.outline import outline_of
from specplan.reports.render import amounts, layout, prose, wording
from specplan.reports.render.escape import terminal, terminal_each
from specplan.reports.render.layout import ColumnCells, Span, TextColumn
from specplan.reports.render.page import TextPage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from specplan.reports.outline import Outline, ReportTable, Section, Tone
    from specplan.reports.render.layout import Style
    from specplan.reports.render.prose import Part, Prose

__all__ = ["TextWriter", "header", "headline", "text"]

#: The number of names of one kind that a cell shows before it counts the rest.
_FEW: Final = 3

_STYLES: Final[Mapping[Tone, Style]] = {
    "plain": "plain",
    "strong": "bold",
    "quiet": "dim",
    "good": "green",
    "warning": "yellow",
    "bad": "red",
}


@as_text.register(Report)
def text(result: Report, options: ReportOptions) -> str:
    """Return a result as text for a terminal."""
    return TextWriter(cut(outline_of(result, options), options), options).whole()


@as_headline.register(Report)
def headline(result: Report) -> str:
    """Return the result as one line, or else its size."""
    options = ReportOptions()
    outline = outline_of(result, options)
    said = outline.headline or next((each.title for each in outline.sections), "nothing")
    return TextWriter(outline, options).said(said)


class TextWriter:
    """The text of one report while it is written."""

    def __init__(self, outline: Outline, options: ReportOptions) -> None:
        self.outline = outline
        self.options = options
        self.page = TextPage(width=options.width, colour=options.colour)
        self.where = _ShortCellNames(outline.cells.cells)

    def whole(self) -> str:
        """Return the report."""
        self.page.warnings(map(self.said, self.outline.warnings))
        if self.outline.headline:
            self.page.text(self.said(self.outline.headline), style="bold")
        self.lines(self.outline.lines)
        asked = [each for each in self.outline.sections if self.is_asked(each)]
        for at, section in enumerate(asked):
            if at or self.outline.headline:
                self.page.blank()
            self.section(section)
        self.page.notes([self.said(note) for note in self.outline.notes])
        return self.page.end()

    def is_asked(self, section: Section) -> bool:
        """Return whether a terminal shows a section."""
        return not section.detail or section.detail in self.options.show

    def section(self, section: Section) -> None:
        """Add a section: its title, its lines, its table."""
        table = section.table
        if section.tone is not None:
            self.page.text(self.said(section.title), style=_STYLES[section.tone])
            if section.tone == "plain" and table is not None and table.rows:
                # A sentence is separated from its table.
                self.page.blank()
        self.lines(section.lines)
        if table is not None:
            self.table(table)

    def lines(self, lines: Sequence[value.Line]) -> None:
        """Add lines."""
        for line in lines:
            self.page.text(self.said(line.text), style=_STYLES[line.tone], indent="  " * line.level)

    def table(self, table: ReportTable) -> None:
        """Add a table in its form, and count the rows that are not shown."""
        rows = table.rows
        if table.form == "places":
            # Each fault is shown once, with all its places.
            groups = wording.grouped(rows, lambda row: row[-1])[: table.most]
            shown = sum(map(len, groups))
            for group in groups:
                self.places(group)
        elif table.form == "matrix":
            shown = len(rows)
            self.matrix(table)
        else:
            rows = rows[: table.most]
            shown = len(rows)
            self.plain(table, rows)
        if more := len(table.rows) - shown:
            self.page.text(f"... and {more} more, which `--format json` lists", style="dim")
        if table.more:
            self.page.text(self.said(table.more), style="dim")

    def plain(self, table: ReportTable, rows: Sequence[Sequence[value.TableCell]]) -> None:
        """Add a table as such."""
        if not rows:
            return
        shown = [at for at, column in enumerate(table.columns) if not column.is_extra]
        columns = [
            TextColumn(
                header(column),
                align="right" if column.is_right else "left",
                wraps=column.is_wordy,
                overhangs=column.is_lead,
            )
            for column in map(table.columns.__getitem__, shown)
        ]
        cells = [self.cells(value.cells_of_column(rows, at)) for at in shown]
        self.page.table(columns, cells, name_columns=table.names)

    def matrix(self, table: ReportTable) -> None:
        """Add a matrix, folded into blocks of columns that fit the width."""
        lead, *columns = table.columns
        rows = [[self.span(cell) for cell in row] for row in table.rows]
        widths = [
            max(map(layout.columns_of, (*header(column), *(row[at].text for row in rows))))
            for at, column in enumerate(columns, 1)
        ]
        names = [lead.title, *(row[0].text for row in rows)]
        folded = layout.blocks(
            widths, lead=max(map(layout.columns_of, names)), width=self.page.width
        )
        if folded is None:
            self.matrix_as_list(table, rows)
            return
        for at_block, block in enumerate(folded):
            if at_block:
                self.page.blank()
            headers = [TextColumn((lead.title,))]
            headers += [TextColumn(header(columns[at]), align="right") for at in block]
            kept = [
                [spans[0], *(spans[at + 1] for at in block)]
                for row, spans in zip(table.rows, rows, strict=True)
                if any(row[at + 1] is not None for at in block)
            ]
            turned = zip(*kept, strict=True)
            self.page.table(headers, [ColumnCells(*zip(*column, strict=True)) for column in turned])

    def matrix_as_list(self, table: ReportTable, rows: Sequence[Sequence[Span]]) -> None:
        """Add a matrix if not even one column fits beside the first."""
        for row in rows:
            self.page.text(row[0].text)
            for column, span in zip(table.columns[1:], row[1:], strict=True):
                if not span.text:
                    continue
                name = "/".join(header(column))
                painted = layout.paint(span.text, span.style, colour=self.page.colour)
                if layout.columns_of(f"  {name}  {span.text}") <= self.page.width:
                    self.page.lines([f"  {name}  {painted}"])
                else:
                    self.page.text(name, indent="  ")
                    self.page.lines([f"    {painted}"])

    def places(self, group: Sequence[Sequence[value.TableCell]]) -> None:
        """List each fault once: with several places of one file, or with several files."""
        files = [self.span(row[0]).text for row in group]
        names = [self.span(row[1]).text for row in group]
        if len(set(files)) == 1:
            names = [each for each in names if each]
            self.place(files[0], wording.folded(names, _FEW + 1))
        else:
            shown = len(group) if len(group) <= _FEW + 2 else _FEW + 1
            for file, name in zip(files[:shown], names, strict=False):
                self.place(file, name)
            if len(group) > shown:
                self.page.text(f"and {len(group) - shown} more", indent="  ")
        self.page.text(self.span(group[0][-1]).text, indent="    ")

    def place(self, file: str, name: str) -> None:
        """Add a place of a file."""
        self.page.text(f"{file}: {name}" if name else file, indent="  ")

    def said(self, sentence: Prose) -> str:
        """Return a sentence with its names harmless."""
        return prose.render(sentence, self.part)

    def part(self, part: Part) -> str:
        """Return a marked part of a sentence."""
        if part.kind == "spec":
            return terminal(self.spec(part.text, part.hash, part.between))
        return terminal(part.text)

    def spec(self, label: str, dag_hash: str, between: str) -> str:
        """Return a spec with the shown part of its hash."""
        shown = dag_hash if self.options.long_hashes else dag_hash[:SHORT_HASH]
        return f"{label}{between}{shown}".lstrip() if dag_hash else label

    def specs(self, cells: Sequence[value.SpecWithHash]) -> list[str]:
        """Return :meth:`spec` of each cell."""
        fields = (values_of(cells, name) for name in ("label", "hash", "between"))
        return list(map(self.spec, *fields))

    def nearest(self, cell: value.NearestSpec) -> str:
        """Return the nearest binary: its hash, its cell and its differences."""
        head = terminal(self.spec("", cell.hash, ""))
        differs = ", ".join(map(terminal, cell.differs)) or "hash alone"
        return f"{head} {terminal(cell.cell)} ({differs})"

    def cells(self, cells: Sequence[value.TableCell]) -> ColumnCells:
        """Return the cells of a column, as :meth:`span` shows each."""
        if isinstance(cells, ColumnRecords) and not self.page.colour:
            kinds = {cells.kind}
        else:
            kinds = set(map(type, cells))
        if len(kinds) != 1 or type(None) in kinds:
            spans = list(map(self.span, cells))
            return ColumnCells([each.text for each in spans], [each.style for each in spans])
        kind = kinds.pop()
        raw = _RAW.get(kind)
        if kind is value.SpecWithHash:
            texts = terminal_each(self.specs(cast("Sequence[value.SpecWithHash]", cells)))
        elif kind is value.Number:
            texts = amounts.of_numbers(values_of(cast("Sequence[value.Number]", cells), "value"))
        elif raw is not None:
            texts = self.shown_each(
                cells, lambda some: terminal_each([raw(self, cell) for cell in some])
            )
        else:
            show = _SHOWN[kind]
            texts = self.shown_each(cells, lambda some: [show(self, cell) for cell in some])
        if not self.page.colour:
            return ColumnCells(texts)
        return ColumnCells(texts, [_STYLES[cell.tone] for cell in cells if cell is not None])

    def shown_each(
        self,
        cells: Sequence[value.TableCell],
        show: Callable[[list[Any]], Sequence[str]],
    ) -> Sequence[str]:
        """Return the text of each cell; cells of a long column are mostly the same few objects."""
        distinct = dict(zip(map(id, cells), cells, strict=True))
        texts = dict(zip(distinct, show([*distinct.values()]), strict=True))
        return list(map(texts.__getitem__, map(id, cells)))

    def span(self, cell: value.TableCell) -> Span:
        """Return a cell as text with its style."""
        if cell is None:
            return _NOTHING
        return Span(_SHOWN[type(cell)](self, cell), _STYLES[cell.tone])


_NOTHING: Final = Span("")

#: The functions for kinds of cells that only need to be made harmless.
_RAW: Final[Mapping[type, Callable[[TextWriter, Any], str]]] = {
    value.Name: lambda _, cell: cell.text,
    value.Words: lambda _, cell: cell.text,
    value.State: lambda _, cell: cell.words,
    value.SpecWithHash: lambda writer, cell: writer.spec(cell.label, cell.hash, cell.between),
    value.OsAndTarget: lambda _, cell: wording.system(cell.os, cell.target),
}


def _harmless(raw: Callable[[TextWriter, Any], str]) -> Callable[[TextWriter, Any], str]:
    return lambda writer, cell: terminal(raw(writer, cell))


#: The function that shows each kind of cell.
_SHOWN: Final[Mapping[type, Callable[[TextWriter, Any], str]]] = {
    **{kind: _harmless(raw) for kind, raw in _RAW.items()},
    value.Names: lambda _, cell: wording.folded(list(map(terminal, cell.texts)), _FEW),
    value.Said: lambda writer, cell: "; ".join(map(writer.said, cell.prose)),
    value.Number: lambda _, cell: amounts.of_number(cell),
    value.Share: lambda _, cell: wording.share(cell.part, cell.whole, is_old=cell.is_old),
    value.Amount: lambda _, cell: amounts.of_cell(cell),
    value.YesNo: lambda _, cell: wording.answer(cell.known),
    value.Specs: lambda writer, cell: (
        ", ".join(writer.span(spec).text for spec in cell.specs) or "-"
    ),
    value.CellNames: lambda writer, cell: writer.where.names(cell.cells),
    value.File: lambda _, cell: (
        terminal(cell.path) + ("" if cell.line is None else f":{cell.line}")
    ),
    value.NearestSpec: lambda writer, cell: writer.nearest(cell),
}


def header(column: value.Column) -> tuple[str, ...]:
    """Return the lines above a column."""
    if column.system is not None:
        return terminal(column.system.os), terminal(column.system.target)
    return (column.title,)


class _ShortCellNames:
    """The shortest names that distinguish the cells of a report."""

    def __init__(self, cells: Sequence[tuple[str, str, str]]) -> None:
        stacks = {stack for stack, _, _ in cells}
        self._one_stack = len(stacks) == 1
        # The name of a stack then determines the system, through the table of cells.
        self._one_system_each = len(set(cells)) == len(stacks)

    def names(self, cells: Sequence[tuple[str, str, str]]) -> str:
        """Return the names of cells, folded by stack and then by number."""
        systems: dict[str, list[str]] = {}
        for stack, os, target in cells:
            found = systems.setdefault(terminal(stack), [])
            found.append(terminal(wording.system(os, target)))
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
