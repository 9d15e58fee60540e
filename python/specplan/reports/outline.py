"""The outline of a report before a format shows it: headline, sections, tables of typed cells.

Each kind of result is put into an :class:`Outline` once (:func:`outline_of`), and each format for
people is one file that shows an outline: :mod:`~specplan.reports.render.text`,
:mod:`~specplan.reports.render.markdown`. A format does not need the result itself. Cells keep their
type, so that each format decides how much of a hash it shows, how it draws a share and what it
links. The ids of sections do not depend on their content.

:func:`records_of` returns the rows of CSV, one for each thing, under the names of the JSON
document: machines get all of them, while people see similar ones as one row.
"""

from __future__ import annotations

from dataclasses import field
from functools import singledispatch
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeAlias, overload

from specplan.model.column_records import ColumnRecords
from specplan.model.lazy_records import RecordSequence
from specplan.records import dataclass
from specplan.reports.kinds import register

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from specplan.aliases import Unit
    from specplan.model.gate import Gate
    from specplan.model.report import Report, ReportOptions
    from specplan.reports.render.prose import Prose

__all__ = [
    "Amount",
    "CellNames",
    "CellRows",
    "Column",
    "File",
    "Line",
    "Name",
    "Names",
    "NearestSpec",
    "Number",
    "OsAndTarget",
    "Outline",
    "Records",
    "ReportTable",
    "Said",
    "Section",
    "Share",
    "SpecWithHash",
    "Specs",
    "State",
    "TableCell",
    "Tone",
    "Value",
    "Words",
    "YesNo",
    "cells_of_column",
    "numbers",
    "outline_of",
    "records_of",
]

#: The rating of a text, for formats that colour or highlight it. It never carries information
#: alone.
Tone: TypeAlias = Literal["plain", "strong", "quiet", "good", "warning", "bad"]


class _Plain:
    """A cell of plain text."""

    __slots__ = ()

    tone: ClassVar[Tone] = "plain"


@dataclass(frozen=True, slots=True)
class Name:
    """A name from a source: a package, a stack, a want."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Names(_Plain):
    """Several names, of which a format may show the first and count the rest."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words(_Plain):
    """A message from a source."""

    text: str


@dataclass(frozen=True, slots=True)
class Said(_Plain):
    """One or several sentences of specplan, each with its names marked."""

    prose: tuple[Prose, ...]

    @classmethod
    def once(cls, prose: Prose) -> Said:
        """Return one sentence."""
        return cls((prose,))


@dataclass(frozen=True, slots=True)
class State:
    """One of few states, such as that of a gap.

    Attributes:
        key: The word of the JSON document.
        words: The words for people.
        tone: Its rating.
    """

    key: str
    words: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Number:
    """A count, or None if unknown."""

    value: float | None
    tone: Tone = "plain"


def numbers(values: Iterable[float | None]) -> Sequence[Number]:
    """Return the cells of a column of counts."""
    counts = list(values)
    return ColumnRecords(Number, len(counts), value=counts)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, shown as a percentage; it may be from an earlier run."""

    part: int
    whole: int
    is_old: bool = False

    @property
    def tone(self) -> Tone:
        """The tone of a share: all of the whole, half of it or more, or less."""
        if self.whole == 0:
            return "quiet"
        if self.part == self.whole:
            return "good"
        return "warning" if 2 * self.part >= self.whole else "bad"


@dataclass(frozen=True, slots=True)
class Amount(_Plain):
    """A cost or a time, or None.

    Attributes:
        value: The amount.
        unit: The unit of costs of the plan.
        is_time: Whether it is a point or a span on the clock of a schedule.
        estimated: Whether it is an estimate.
    """

    value: float | None
    unit: Unit
    is_time: bool = False
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class YesNo(_Plain):
    """Yes or no, or None if unknown."""

    known: bool | None


@dataclass(frozen=True, slots=True)
class SpecWithHash:
    """A spec with its hash.

    Attributes:
        label: Its name, such as ``zlib@1.3.1``; may be empty.
        hash: The whole hash; empty if it has none.
        between: The separator between the two.
        tone: Its rating.
    """

    label: str
    hash: str = ""
    between: str = "/"
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Specs(_Plain):
    """Several specs, all of which are shown."""

    specs: tuple[SpecWithHash, ...]


@dataclass(frozen=True, slots=True)
class OsAndTarget(_Plain):
    """An operating system and a target."""

    os: str
    target: str


@dataclass(frozen=True, slots=True)
class CellNames(_Plain):
    """Cells as (stack, operating system, target), which a format may fold by stack."""

    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class File(_Plain):
    """A file of a source, with a line of it or None."""

    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class NearestSpec(_Plain):
    """The nearest binary to a gap.

    Attributes:
        hash: Its whole hash.
        cell: The stack and the system that have it.
        differs: Its differences; only the hash if empty.
    """

    hash: str
    cell: str
    differs: tuple[str, ...]


#: The types of table cells; None is an empty cell.
TableCell: TypeAlias = (
    "Name | Names | Words | Said | State | Number | Share | Amount | YesNo | SpecWithHash | "
    "Specs | OsAndTarget | CellNames | File | NearestSpec | None"
)

_NUMBERS: Final = frozenset({"count", "share", "amount"})
_WORDY: Final = frozenset({"names", "specs", "words", "cells", "nearest"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        id: Its name, independent of the content of the table.
        title: Its title for people.
        kind: The type of its cells.
        is_lead: Whether it names the rows and may be long.
        is_extra: Whether it is left out if space is scarce, as in a terminal.
        system: The system that it is about, in a matrix; it is shown instead of the title.
        side: The alignment of its cells.
    """

    id: str
    title: str
    kind: Literal[
        "name", "names", "words", "state", "count", "share", "amount", "answer", "spec", "specs",
        "system", "cells", "file", "nearest",
    ]  # fmt: skip
    is_lead: bool = False
    is_extra: bool = False
    system: OsAndTarget | None = None
    side: Literal["left", "right", "by kind"] = "by kind"

    @property
    def is_right(self) -> bool:
        """True if its cells are aligned to the right, as numbers are."""
        return self.side == "right" or (self.side == "by kind" and self.kind in _NUMBERS)

    @property
    def is_wordy(self) -> bool:
        """True if its cells hold words that may wrap."""
        return self.kind in _WORDY


class CellRows(RecordSequence["tuple[TableCell, ...]"]):
    """The rows of a long table, kept as columns of cells.

    Args:
        columns: The cells of each column, equally many.
    """

    __slots__ = ("columns",)

    def __init__(self, columns: Sequence[Sequence[TableCell]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[tuple[TableCell, ...]]:
        return zip(*self.columns, strict=True)

    @overload
    def __getitem__(self, index: int) -> tuple[TableCell, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> CellRows: ...
    def __getitem__(self, index: int | slice) -> tuple[TableCell, ...] | CellRows:
        if isinstance(index, slice):
            return CellRows([cells[index] for cells in self.columns])
        return tuple(cells[index] for cells in self.columns)


def cells_of_column(rows: Sequence[Sequence[TableCell]], at: int) -> Sequence[TableCell]:
    """Return the cells of a column of some rows."""
    return rows.columns[at] if isinstance(rows, CellRows) else [row[at] for row in rows]


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows of typed cells.

    Attributes:
        columns: The columns.
        rows: The cells of each row, one for each column.
        names: The number of leading columns that name a row.
        form: A plain table; a list of places with their faults, each fault once for several places;
            or a matrix, whose columns may be shown in blocks below each other.
        most: The maximum number of rows shown to people; None for all.
        more: A sentence on unlisted rows; empty if all are listed.
        packages: The package of each row; empty if rows have none.
        is_whole: Whether it is always shown completely, such as the numbers of cells, and not a
            list that may be cut.
    """

    columns: tuple[Column, ...]
    rows: Sequence[tuple[TableCell, ...]]
    names: int = 1
    form: Literal["table", "places", "matrix"] = "table"
    most: int | None = None
    more: Prose = ""
    packages: Sequence[str] = ()
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words.

    Attributes:
        text: The words.
        tone: Their rating.
        level: Its indentation.
    """

    text: Prose
    tone: Tone = "plain"
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a report: a table or lines under a title.

    Attributes:
        id: Its name, unique in the report and independent of the content.
        title: Its title.
        tone: The rating of the title; None if the columns already show it.
        lines: Words below the title.
        table: A table, or None.
        detail: The name under which a terminal shows it only if asked; empty if always.
    """

    id: str
    title: Prose
    tone: Tone | None = None
    lines: tuple[Line, ...] = ()
    table: ReportTable | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A whole report.

    Attributes:
        kind: Its kind.
        warnings: The warnings, to be read first.
        headline: The overall result in one line; empty if each section has its own.
        lines: The lines below the headline.
        sections: The parts, in their order.
        notes: Further notes for the reader.
        cells: All cells of the report, which determine the necessary length of their names.
    """

    kind: str
    headline: Prose = ""
    warnings: tuple[Prose, ...] = ()
    lines: tuple[Line, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[Prose, ...] = ()
    cells: CellNames = field(default=CellNames(()))


#: The types of values in a row of CSV.
Value: TypeAlias = "str | int | float | bool | tuple[str, ...] | None"


@dataclass(frozen=True, slots=True)
class Records:
    """Rows for machines: one for each thing.

    Attributes:
        names: The names of the JSON document, with dots for nested ones.
        rows: A value for each name.
        gates: The gates of the run, each of which gets its own row and columns.
        kind: The name of the column with the kind of a row; empty if all rows are of one kind.
    """

    names: Sequence[str]
    rows: Iterable[Sequence[Value]]
    gates: Sequence[Gate] = ()
    kind: str = ""


@singledispatch
def outline_of(result: Report, options: ReportOptions) -> Outline:
    """Return the outline of a result; each kind of result registers its own."""
    register(type(result), "outline")
    found = outline_of.dispatch(type(result))
    if found is outline_of.registry[object]:
        raise _unknown(result, "text or Markdown")
    return found(result, options)


@singledispatch
def records_of(result: Report, options: ReportOptions) -> Records:
    """Return the rows of a result for machines; each kind of result registers its own."""
    register(type(result), "outline")
    found = records_of.dispatch(type(result))
    if found is records_of.registry[object]:
        raise _unknown(result, "CSV")
    return found(result, options)


def _unknown(result: Report, form: str) -> TypeError:
    return TypeError(f"no format is registered that writes a `{type(result).__name__}` as {form}")
