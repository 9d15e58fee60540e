"""Reports as Markdown for the summary of a CI job: a headline and tables; long ones are folded.

It is GitHub's dialect, which GitLab renders as well. Tables longer than a screen go into a
``details`` element. All names are code spans, so that none is interpreted as a link, a mention or
an element. Tables have whole hashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specplan.model.report import Report, as_markdown
from specplan.model.spec import SHORT_HASH
from specplan.reports import outline as value
from specplan.reports.cuts import cut
from specplan.reports.outline import outline_of
from specplan.reports.render import amounts, prose, wording
from specplan.reports.render.escape import for_logs
from specplan.reports.render.escape import markdown_code as code
from specplan.reports.render.escape import markdown_text as sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from specplan.model.report import ReportOptions
    from specplan.reports.outline import Outline, ReportTable, Section
    from specplan.reports.render.prose import Part, Prose

__all__ = ["document", "foldable", "listed", "markdown"]

#: A table with more rows is folded behind its summary.
_SCREENFUL: Final = 20

#: A matrix of more systems is split into blocks, because a page is not wider.
_ABREAST: Final = 6


@as_markdown.register(Report)
def markdown(result: Report, options: ReportOptions) -> str:
    """Return a result as Markdown."""
    return _MarkdownWriter(cut(outline_of(result, options), options), options).whole()


def document(parts: Iterable[str]) -> str:
    """Return the parts that are not empty, each a paragraph."""
    return for_logs("\n\n".join(part for part in parts if part) + "\n")


def listed(notes: Sequence[str]) -> str:
    """Return notes as a list."""
    return "\n".join(f"- {note}" for note in notes)


def foldable(
    summary: str, names: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[bool] = ()
) -> str:
    """Return a table under its summary, folded if it is long.

    Args:
        summary: The summary of the table; it is not escaped.
        names: The names of the columns.
        rows: Their cells, escaped.
        right: The columns to align right; by default none.
    """
    if not rows:
        return ""
    rules = ["---:" if each else "---" for each in right or [False] * len(names)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in (names, rules, *rows))
    if len(rows) <= _SCREENFUL:
        return f"**{summary}**\n\n{table}"
    return f"<details><summary>{summary}</summary>\n\n{table}\n\n</details>"


class _MarkdownWriter:
    """The Markdown of one report."""

    def __init__(self, outline: Outline, options: ReportOptions) -> None:
        self.outline = outline
        self.options = options

    def whole(self) -> str:
        """Return the report."""
        outline = self.outline
        parts = [f"**{self.titled(warning)}**" for warning in outline.warnings]
        if outline.headline:
            parts.append(f"### {self.titled(outline.headline)}")
        parts.append(self.lines(outline.lines))
        for section in outline.sections:
            parts += self.section(section)
        parts.append(listed([self.said(note) for note in outline.notes]))
        return document(parts)

    def section(self, section: Section) -> list[str]:
        """Return the parts of a section."""
        title = self.titled(section.title)
        table = section.table
        if table is None:
            level = "####" if self.outline.headline else "###"
            heading = f"{level} {title}" if section.lines else f"**{title}**"
            return [heading, self.lines(section.lines)]
        if section.detail and not table.rows:
            return []
        parts = self.tables(title, table)
        if table.more:
            parts.append(f"{self.titled(table.more)}.")
        return parts

    def tables(self, title: str, table: ReportTable) -> list[str]:
        """Return a table, or a wide matrix as tables of few columns."""
        rows = table.rows
        if not rows:
            return [f"**{title}**"]
        columns = range(1, len(table.columns))
        if table.form != "matrix" or len(columns) <= _ABREAST:
            return [self.table(title, table.columns, rows)]
        found = []
        for first in range(0, len(columns), _ABREAST):
            block = columns[first : first + _ABREAST]
            kept = [row for row in rows if any(row[at] is not None for at in block)]
            found.append(
                self.table(
                    f"{title}, systems {block[0]} to {block[-1]} of {len(columns)}",
                    [table.columns[at] for at in (0, *block)],
                    [[row[at] for at in (0, *block)] for row in kept],
                )
            )
        return found

    def table(
        self, title: str, columns: Sequence[value.Column], rows: Sequence[Sequence[value.TableCell]]
    ) -> str:
        """Return one table."""
        return foldable(
            title,
            list(map(_header, columns)),
            [list(map(self.cell, row)) for row in rows],
            right=[column.is_right for column in columns],
        )

    def lines(self, lines: Sequence[value.Line]) -> str:
        """Return lines as a list, strong ones in bold."""
        shown = []
        for line in lines:
            words = self.said(line.text)
            words = f"**{words}**" if line.tone == "strong" else words
            shown.append(f"{'  ' * (line.level - 1)}- {words}")
        return "\n".join(shown)

    def said(self, words: Prose) -> str:
        """Return a sentence with its names as code."""
        return prose.render(words, self.part)

    def part(self, part: Part) -> str:
        """Return a marked part of a sentence."""
        if part.kind == "words":
            return sentence(part.text)
        if part.kind == "name":
            return code(part.text)
        shown = part.hash if self.options.long_hashes else part.hash[:SHORT_HASH]
        return _spec(value.SpecWithHash(part.text, shown, part.between))

    def titled(self, words: Prose) -> str:
        """Return a sentence that begins with a capital letter."""
        shown = self.said(words)
        return shown[:1].upper() + shown[1:]

    def cell(self, cell: value.TableCell) -> str:
        """Return a cell of a table."""
        if isinstance(cell, value.Said):
            return "<br>".join(map(self.said, cell.prose))
        return "" if cell is None else _SHOWN[type(cell)](cell)


def _header(column: value.Column) -> str:
    if column.system is not None:
        return code(wording.system(column.system.os, column.system.target))
    return column.title


def _spec(spec: value.SpecWithHash) -> str:
    if not spec.hash:
        return code(spec.label)
    if spec.between.startswith(" "):
        shown_hash = code(spec.between[1:] + spec.hash)
        return f"{code(spec.label)} {shown_hash}" if spec.label else shown_hash
    return code(f"{spec.label}{spec.between}{spec.hash}")


def _cells(cells: value.CellNames) -> str:
    return ", ".join(
        f"{code(stack)} {code(wording.system(os, target))}" for stack, os, target in cells.cells
    )


def _nearest(nearest: value.NearestSpec) -> str:
    differs = sentence(", ".join(nearest.differs) or "hash alone")
    return f"{code(nearest.hash)} {code(nearest.cell)} ({differs})"


#: The function that shows each kind of cell.
_SHOWN: Final[Mapping[type, Callable[[Any], str]]] = {
    value.Name: lambda cell: code(cell.text) if cell.text else "",
    value.Names: lambda cell: ", ".join(map(code, cell.texts)),
    value.Words: lambda cell: sentence(cell.text),
    value.State: lambda cell: sentence(cell.words),
    value.Number: amounts.of_number,
    value.Share: lambda cell: wording.share(cell.part, cell.whole, is_old=cell.is_old),
    value.Amount: amounts.of_cell,
    value.YesNo: lambda cell: wording.answer(cell.known),
    value.SpecWithHash: _spec,
    value.Specs: lambda cell: ", ".join(map(_spec, cell.specs)),
    value.OsAndTarget: lambda cell: code(wording.system(cell.os, cell.target)),
    value.CellNames: _cells,
    value.File: lambda cell: code(cell.path if cell.line is None else f"{cell.path}:{cell.line}"),
    value.NearestSpec: _nearest,
}
