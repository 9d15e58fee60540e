"""A page of text for a terminal: wrapped words, tables, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.reports.render import layout
from specplan.reports.render.escape import for_logs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.reports.render.layout import ColumnCells, TextColumn

__all__ = ["TextPage"]


class TextPage:
    """The lines of one report while it is written."""

    def __init__(self, *, width: int, colour: bool) -> None:
        self.width = width
        self.colour = colour
        self._lines: list[str] = []

    def text(self, text: str, *, style: layout.Style = "plain", indent: str = "") -> None:
        """Add words, wrapped; further lines of indented words are indented more."""
        lines = layout.wrap(text, self.width, indent=indent + indent[:4], first=indent)
        self._lines += [layout.paint(line, style, colour=self.colour) for line in lines]

    def warnings(self, lines: Iterable[str]) -> None:
        """Add warnings, which have to be read first."""
        for line in lines:
            self.text(line, style="red")

    def lines(self, lines: Iterable[str]) -> None:
        """Add lines unchanged."""
        self._lines += lines

    def blank(self) -> None:
        """Add a blank line between parts."""
        self._lines.append("")

    def notes(self, notes: Sequence[str]) -> None:
        """Add notes below a blank line, if there are any."""
        if notes:
            self.blank()
        for note in notes:
            self._lines += layout.wrap(note, self.width, indent="  ", first="")

    def table(
        self,
        columns: Sequence[TextColumn],
        cells: Sequence[ColumnCells],
        *,
        name_columns: int = 1,
    ) -> None:
        """Add a table, or a list of its rows if it does not fit.

        Args:
            columns: The columns.
            cells: The cells of each column.
            name_columns: The number of leading columns that name a row; in a list they are its
                heading.
        """
        lines = layout.table(columns, cells, width=self.width, colour=self.colour)
        if lines is not None:
            self._lines += lines
            return
        for row in zip(*(each.texts for each in cells), strict=True):
            self.text(" ".join(row[:name_columns]))
            rest = list(zip(columns[name_columns:], row[name_columns:], strict=True))
            numbers = [
                f"{column.header[0]} {text}" for column, text in rest if column.align == "right"
            ]
            if numbers:
                self.text(", ".join(numbers), indent="  ")
            for column, text in rest:
                if column.align == "left" and text:
                    self.text(f"{column.header[0]}: {text}", indent="  ")

    def end(self) -> str:
        """Return the page."""
        return for_logs("\n".join(self._lines) + "\n")
