"""Tables, wrapped lines and blocks of columns within a width.

A width counts terminal columns, of which some characters take two and some none. All text here is
already escaped (see :mod:`specplan.reports.render.escape`), so its only white space is the space.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "ColumnCells",
    "Span",
    "Style",
    "TextColumn",
    "blocks",
    "columns_of",
    "paint",
    "table",
    "wrap",
]

Style: TypeAlias = Literal["plain", "bold", "dim", "green", "yellow", "red"]

_SGR: Final[Mapping[Style, str]] = {
    "bold": "1",
    "dim": "2",
    "green": "32",
    "yellow": "33",
    "red": "31",
}

_BETWEEN: Final = 2  # spaces between two columns

#: The minimum width of a column that overhangs.
_LEAST_OVERHANG: Final = 12


class Span(NamedTuple):
    """A text and its style, if there is colour."""

    text: str
    style: Style = "plain"


class ColumnCells(NamedTuple):
    """The cells of a column: the text of each and, if there is colour, its style."""

    texts: Sequence[str]
    styles: Sequence[Style] | None = None

    def span(self, row: int) -> Span:
        """Return the cell of a row."""
        return Span(self.texts[row], "plain" if self.styles is None else self.styles[row])


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column of a table.

    Attributes:
        header: The lines of its header.
        align: The alignment of its cells.
        wraps: Whether it may be made narrower, its words going to further lines.
        overhangs: Whether it may be made narrower, a longer cell having a line of its
            own with the rest of its row below; for the first column.
    """

    header: tuple[str, ...]
    align: Literal["left", "right"] = "left"
    wraps: bool = False
    overhangs: bool = False


def columns_of(text: str) -> int:
    """Return the number of terminal columns that a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - only for text that needs its tables

    return cell_len(text)


def paint(text: str, style: Style, *, colour: bool) -> str:
    """Return the text in a style, or unchanged without colour."""
    if not colour or style == "plain" or not text:
        return text
    return f"\x1b[{_SGR[style]}m{text}\x1b[0m"


def wrap(text: str, width: int, *, indent: str = "", first: str | None = None) -> list[str]:
    """Return the text in lines no wider than the width, broken at spaces.

    A word that is wider than the width gets its own line: names are not broken, so that they can be
    copied.

    Args:
        text: One line of words.
        width: The width in terminal columns, including the indent.
        indent: The indent of each line.
        first: The indent of the first line, if different.
    """
    lines: list[str] = []
    line = indent if first is None else first
    whole = line + text
    if whole.isascii() and len(whole) <= width:
        return [whole.rstrip(" ")]
    fresh = True
    for word in text.split(" "):
        if fresh:
            line += word
        elif columns_of(line) + 1 + columns_of(word) <= width:
            line += f" {word}"
        else:
            lines.append(line.rstrip(" "))
            line = indent + word
        fresh = False
    return [*lines, line.rstrip(" ")]


def table(
    columns: Sequence[TextColumn],
    cells: Sequence[ColumnCells],
    *,
    width: int,
    colour: bool,
) -> list[str] | None:
    """Return the lines of a table, or None if it cannot be made to fit.

    Columns that wrap are narrowed, the widest first, but none below its longest word. If that is
    not enough, a column that overhangs is narrowed first, so that the others keep as much space as
    possible.

    Args:
        columns: The columns.
        cells: The cells of each column, as many in each as the table has rows.
        width: The width in terminal columns.
        colour: Whether to use the styles of cells.
    """
    texts = [each.texts for each in cells]
    widths = _widths(columns, texts, width - _BETWEEN * (len(columns) - 1))
    if widths is None:
        return None
    lines = _header(columns, widths, colour=colour)
    if colour or not all(map(_is_ascii, texts)):
        fitting: Sequence[str | None] = [None] * len(texts[0])
    else:
        fitting = _padded(columns, texts, widths)
    for number, line in enumerate(fitting):
        if line is not None:
            lines.append(line)
            continue
        row = [each.span(number) for each in cells]
        for at, column in enumerate(columns):
            if column.overhangs and columns_of(row[at].text) > widths[at]:
                hanging = wrap(row[at].text, width)
                lines += [paint(line, row[at].style, colour=colour) for line in hanging]
                row[at] = Span("")
        lines += _row(columns, row, widths, colour=colour)
    return lines


def _header(columns: Sequence[TextColumn], widths: Sequence[int], *, colour: bool) -> list[str]:
    lines = []
    for at_line in range(max(len(column.header) for column in columns)):
        header = [
            Span(column.header[at_line] if at_line < len(column.header) else "", "dim")
            for column in columns
        ]
        lines += _row(columns, header, widths, colour=colour)
    return lines


def _widths(
    columns: Sequence[TextColumn], texts: Sequence[Sequence[str]], room: int
) -> list[int] | None:
    """Return the width of each column, or None if they do not fit."""
    natural = [
        max(_widest(texts[at]), *map(columns_of, column.header))
        for at, column in enumerate(columns)
    ]
    floors = [
        _longest_word(column, texts[at]) if column.wraps else natural[at]
        for at, column in enumerate(columns)
    ]
    widths = _narrowed(natural, floors, room)
    if widths is not None:
        return widths
    for at, column in enumerate(columns):
        if column.overhangs:
            least = max((_LEAST_OVERHANG, *map(columns_of, column.header)))
            left = room - sum(natural) + natural[at]
            natural[at] = floors[at] = min(natural[at], max(least, left))
    return _narrowed(natural, floors, room)


def _is_ascii(texts: Sequence[str]) -> bool:
    return "".join(texts).isascii()


def _widest(texts: Sequence[str]) -> int:
    return max(map(len if _is_ascii(texts) else columns_of, texts), default=0)


def _padded(
    columns: Sequence[TextColumn], texts: Sequence[Sequence[str]], widths: Sequence[int]
) -> list[str | None]:
    """Return the line of each row of ASCII whose cells all fit, made column by column."""
    padded = [
        map(str.rjust if column.align == "right" else str.ljust, cells, repeat(width))
        for column, cells, width in zip(columns, texts, widths, strict=True)
    ]
    between = " " * _BETWEEN
    lines: list[str | None] = [
        line.rstrip(" ") for line in map(between.join, zip(*padded, strict=True))
    ]
    for column, cells, width in zip(columns, texts, widths, strict=True):
        if column.wraps or column.overhangs:
            for number, text in enumerate(cells):
                if len(text) > width:
                    lines[number] = None
    return lines


def _narrowed(natural: Sequence[int], floors: Sequence[int], room: int) -> list[int] | None:
    """Return widths that fit, or None if even the minimum widths do not."""
    if sum(floors) > room:
        return None
    widths = list(natural)
    while sum(widths) > room:
        slack = [at for at, width in enumerate(widths) if width > floors[at]]
        widths[max(slack, key=lambda at: (widths[at], at))] -= 1
    return widths


def _longest_word(column: TextColumn, texts: Sequence[str]) -> int:
    words = (word for text in set(texts) for word in text.split(" "))
    return max(map(columns_of, (*column.header, *words)))


def _row(
    columns: Sequence[TextColumn], cells: Sequence[Span], widths: Sequence[int], *, colour: bool
) -> list[str]:
    wrapped = [
        wrap(cell.text, width) if column.wraps and columns_of(cell.text) > width else [cell.text]
        for column, cell, width in zip(columns, cells, widths, strict=True)
    ]
    lines = []
    for at_line in range(max(map(len, wrapped))):
        parts = []
        for column, cell, width, texts in zip(columns, cells, widths, wrapped, strict=True):
            text = texts[at_line] if at_line < len(texts) else ""
            padding = " " * (width - columns_of(text))
            painted = paint(text, cell.style, colour=colour)
            parts.append(padding + painted if column.align == "right" else painted + padding)
        lines.append((" " * _BETWEEN).join(parts).rstrip(" "))
    return lines


def blocks(widths: Sequence[int], *, lead: int, width: int) -> list[range] | None:
    """Return the blocks into which columns fold to fit beside a leading column.

    Args:
        widths: The width of each column.
        lead: The width of the column that each block repeats.
        width: The width to keep to.

    Returns:
        The positions of each block's columns, or None if even one column does not fit beside the
            leading one.
    """
    room = width - lead
    folded: list[range] = []
    start = used = 0
    for at, each in enumerate(widths):
        if each + _BETWEEN > room:
            return None
        if used + each + _BETWEEN > room:
            folded.append(range(start, at))
            start, used = at, 0
        used += each + _BETWEEN
    return [*folded, range(start, len(widths))] if widths else []
