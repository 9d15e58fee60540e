"""Reports as Markdown for the summary of a CI job: a headline, tables, long ones folded.

It is GitHub's dialect, which GitLab renders as well. Tables of more than a screenful
go into a ``details`` element. All names are code spans, so that none is taken for a
link, a mention or an element. Tables have whole hashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.model.report import Report, as_markdown
from specplan.reports import outline as value
from specplan.reports.outline import outline_of
from specplan.reports.render import amounts, prose, wording
from specplan.reports.render.escape import for_logs
from specplan.reports.render.escape import markdown_code as code
from specplan.reports.render.escape import markdown_text as sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.model.report import ReportOptions
    from specplan.reports.outline import Outline, Section, Table
    from specplan.reports.render.prose import Part, Prose

__all__ = ["document", "foldable", "listed", "markdown"]

#: A table of more rows is folded away behind its summary.
_SCREENFUL: Final = 20

#: A matrix of more systems is folded into blocks: a page is not wider than this.
_ABREAST: Final = 6


@as_markdown.register(Report)
def markdown(result: Report, options: ReportOptions) -> str:
    """Return a result as Markdown."""
    return _Writer(outline_of(result, options), options).whole()


def document(parts: Iterable[str]) -> str:
    """Return the parts that are not empty, each a paragraph."""
    return for_logs("\n\n".join(part for part in parts if part) + "\n")


def listed(notes: Sequence[str]) -> str:
    """Return notes as a list."""
    return "\n".join(f"- {note}" for note in notes)


def foldable(
    summary: str, names: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[bool] = ()
) -> str:
    """Return a table under its summary, folded away where it is long.

    Args:
        summary: What the table holds; it is not escaped.
        names: The names of the columns.
        rows: Their cells, escaped.
        right: Which columns keep to the right; by default none.
    """
    if not rows:
        return ""
    rules = ["---:" if each else "---" for each in right or [False] * len(names)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in (names, rules, *rows))
    if len(rows) <= _SCREENFUL:
        return f"**{summary}**\n\n{table}"
    return f"<details><summary>{summary}</summary>\n\n{table}\n\n</details>"


class _Writer:
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
        parts = self.tables(title, table)
        more = len(table.rows) - len(self.rows(table))
        if more:
            parts.append(f"And {wording.count(more, 'more row')}.")
        if table.more:
            parts.append(f"{self.titled(table.more)}.")
        return parts

    def rows(self, table: Table) -> Sequence[Sequence[value.Cell]]:
        """Return the rows that are shown."""
        return table.rows[: self.options.limit]

    def tables(self, title: str, table: Table) -> list[str]:
        """Return a table, or a wide matrix as tables of few columns."""
        rows = self.rows(table)
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
        self, title: str, columns: Sequence[value.Column], rows: Sequence[Sequence[value.Cell]]
    ) -> str:
        """Return one table."""
        return foldable(
            title,
            list(map(_header, columns)),
            [list(map(self.cell, row)) for row in rows],
            right=[column.is_right for column in columns],
        )

    def lines(self, lines: Sequence[value.Line]) -> str:
        """Return lines as a list, what is strong among them in bold."""
        shown = []
        for line in lines:
            words = self.said(line.text)
            words = f"**{words}**" if line.tone == "strong" else words
            shown.append(f"{'  ' * (line.level - 1)}- {words}")
        return "\n".join(shown)

    def titled(self, words: Prose) -> str:
        """Return a sentence that begins with a capital letter."""
        shown = self.said(words)
        return shown[:1].upper() + shown[1:]

    def said(self, words: Prose) -> str:
        """Return a sentence with its names as code."""
        return prose.render(words, self.part)

    def part(self, part: Part) -> str:
        """Return a marked part of a sentence."""
        if part.kind == "words":
            return sentence(part.text)
        if part.kind == "name":
            return code(part.text)
        shown = part.hash if self.options.long_hashes else part.hash[: prose.SHORT_HASH]
        return _spec(value.Spec(part.text, shown, part.between))

    def cell(self, cell: value.Cell) -> str:  # noqa: C901, PLR0911, PLR0912 - a case a kind
        """Return a cell of a table."""
        match cell:
            case None:
                return ""
            case value.Name(text=text):
                return code(text) if text else ""
            case value.Names(texts=texts):
                return ", ".join(map(code, texts))
            case value.Words(text=text) | value.State(words=text):
                return sentence(text)
            case value.Said(prose=sentences):
                return "<br>".join(map(self.said, sentences))
            case value.Number(value=number):
                return "n/a" if number is None else amounts.exact(number)
            case value.Share(part=part, whole=whole):
                return wording.percentage(part, whole)
            case value.Amount():
                return amounts.of_cell(cell)
            case value.Answer(known=known):
                return wording.answer(known)
            case value.Spec():
                return _spec(cell)
            case value.Specs(specs=specs):
                return ", ".join(map(_spec, specs))
            case value.System(os=os, target=target):
                return code(wording.system(os, target))
            case value.Cells(cells=cells):
                return ", ".join(
                    f"{code(stack)} {code(wording.system(os, target))}"
                    for stack, os, target in cells
                )
            case value.File(path=path, line=line):
                return code(path if line is None else f"{path}:{line}")
            case value.Nearest(hash=dag_hash, place=place, differs=differs):
                why = sentence(", ".join(differs) or "hash alone")
                return f"{code(dag_hash)} {code(place)} ({why})"


def _header(column: value.Column) -> str:
    if column.system is not None:
        return code(wording.system(column.system.os, column.system.target))
    return column.title


def _spec(spec: value.Spec) -> str:
    if not spec.hash:
        return code(spec.label)
    if spec.between.startswith(" "):
        shown_hash = code(spec.between[1:] + spec.hash)
        return f"{code(spec.label)} {shown_hash}" if spec.label else shown_hash
    return code(f"{spec.label}{spec.between}{spec.hash}")
