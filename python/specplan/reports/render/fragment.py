"""Reports as HTML fragments for notebooks: headings, lines and tables.

It contains no scripts, styles or links, and every text from a source is escaped.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from specplan.model.report import Report, as_fragment
from specplan.reports.cuts import cut
from specplan.reports.outline import outline_of
from specplan.reports.render.escape import terminal
from specplan.reports.render.text import TextWriter, header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from specplan.model.report import ReportOptions
    from specplan.reports.outline import ReportTable, Section

__all__ = ["fragment", "fragment_of_rows"]


@as_fragment.register(Report)
def fragment(result: Report, options: ReportOptions) -> str:
    """Return a result as a fragment of HTML."""
    outline = cut(outline_of(result, options), options)
    writer = TextWriter(outline, options)
    parts = [_paragraph(writer.said(each)) for each in outline.warnings]
    if outline.headline:
        parts.append(_title(writer.said(outline.headline)))
    parts += [_paragraph(writer.said(each.text)) for each in outline.lines]
    for section in outline.sections:
        if writer.is_asked(section):
            parts += _section(writer, section)
    parts += [_paragraph(writer.said(each)) for each in outline.notes]
    return _whole(parts)


def fragment_of_rows(
    title: str, names: Sequence[str], rows: Sequence[Sequence[object]], number: int
) -> str:
    """Return rows of plain values as a fragment of HTML.

    Args:
        title: The words above.
        names: The names of the columns.
        rows: The first rows.
        number: The number of all rows.
    """
    cells = ([escape(terminal(_plain(each))) for each in row] for row in rows)
    parts = [_title(title), *_grid([escape(terminal(each)) for each in names], cells)]
    if rows and number > len(rows):
        parts.append(_paragraph(f"and {number - len(rows)} more"))
    return _whole(parts)


def _plain(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _whole(parts: Iterable[str]) -> str:
    return "<div>\n" + "\n".join(parts) + "\n</div>\n"


def _title(text: str) -> str:
    return f"<p><strong>{escape(text)}</strong></p>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _section(writer: TextWriter, section: Section) -> Iterator[str]:
    yield _paragraph(writer.said(section.title))
    for line in section.lines:
        yield _paragraph(writer.said(line.text))
    if section.table is not None and section.table.rows:
        yield from _table(writer, section.table)


def _table(writer: TextWriter, table: ReportTable) -> Iterator[str]:
    shown = [at for at, column in enumerate(table.columns) if not column.is_extra]
    heads = ("<br>".join(map(escape, header(table.columns[at]))) for at in shown)
    rows = table.rows[: table.most]
    yield from _grid(heads, ([escape(writer.span(row[at]).text) for at in shown] for row in rows))
    if table.more:
        yield _paragraph(writer.said(table.more))


def _grid(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the lines of a table, with all texts escaped."""
    yield "<table>"
    yield "<tr>" + "".join(f'<th scope="col">{each}</th>' for each in heads) + "</tr>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{each}</td>" for each in row) + "</tr>"
    yield "</table>"
