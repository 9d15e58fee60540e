"""The outline of a report before a format shows it: headline, sections, tables of typed cells.

Each kind of result is put into an :class:`Outline` once (:func:`outline_of`), and each format for
people is one file that shows an outline: :mod:`~specplan.reports.render.text`,
:mod:`~specplan.reports.render.markdown`. A format needs nothing of the result. Cells keep
what they are, so that each format chooses how much of a hash it shows, how a share is drawn
and what it links. Sections have ids that do not depend on what they hold.

:func:`records_of` gives the rows of CSV, one for each thing, under the names of the JSON document:
a machine reads all of them, where people read what is alike as one row.
"""

from __future__ import annotations

from dataclasses import field
from functools import singledispatch
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeAlias

from specplan.model.columns import from_columns
from specplan.records import dataclass
from specplan.reports.kinds import register

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.aliases import Unit
    from specplan.model.gate import Gate
    from specplan.model.report import Report, ReportOptions
    from specplan.reports.render.prose import Prose

__all__ = [
    "Amount",
    "CellNames",
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
    "numbers",
    "outline_of",
    "records_of",
]

#: What a text means, for formats that colour it or set it off. Nothing is said by it alone.
Tone: TypeAlias = Literal["plain", "strong", "quiet", "good", "warning", "bad"]


class _Plain:
    """A cell that is only its text."""

    __slots__ = ()

    tone: ClassVar[Tone] = "plain"


@dataclass(frozen=True, slots=True)
class Name:
    """A name out of a source: a package, a stack, a want."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Names(_Plain):
    """Several names, of which a format may show the first and count the rest."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words(_Plain):
    """A message out of a source."""

    text: str


@dataclass(frozen=True, slots=True)
class Said(_Plain):
    """A sentence of ours, or several, each with its names marked."""

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
        words: What people read.
        tone: What it means.
    """

    key: str
    words: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Number:
    """A count, or None where it is not known."""

    value: float | None
    tone: Tone = "plain"


def numbers(values: Iterable[float | None]) -> list[Number]:
    """Return the cells of a column of counts."""
    counts = list(values)
    return from_columns(Number, len(counts), value=counts)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, which people read as a percentage; it may be of an earlier run."""

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
        estimated: Whether nobody measured it.
    """

    value: float | None
    unit: Unit
    is_time: bool = False
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class YesNo(_Plain):
    """Yes or no, or None where it is not known."""

    known: bool | None


@dataclass(frozen=True, slots=True)
class SpecWithHash:
    """A spec with its hash.

    Attributes:
        label: What it is called, such as ``zlib@1.3.1``; may be empty.
        hash: The whole hash; empty where what is meant has none.
        between: What stands between the two.
        tone: What it means.
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
        place: The stack and the system that have it.
        differs: In what it differs; nothing but the hash where it is empty.
    """

    hash: str
    place: str
    differs: tuple[str, ...]


#: What a cell of a table may be; None is nothing at all.
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
        id: Its name, which stays the same whatever the table holds.
        title: What people read above it.
        kind: What its cells are.
        is_lead: Whether it names the rows and may be long.
        is_extra: Whether it is left out where there is no room to spare, as in a terminal.
        system: The system that it is about, in a matrix; it is shown instead of the title.
        side: To which side its cells keep.
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


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows of typed cells.

    Attributes:
        columns: The columns.
        rows: The cells of each row, one for each column.
        names: How many of the first columns name a row.
        form: Whether it is a plain table; a list of places with what is wrong there, said once
            for several; or a matrix, whose columns may be shown in blocks below each other.
        most: How many rows people read at most; None where they read all.
        more: What of it is not listed, as a sentence; empty where all is.
        packages: The package that each row is about; empty where rows are about none.
        is_whole: Whether it is always shown whole, as the numbers of cells are, and is not a list
            that may be cut.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[TableCell, ...], ...]
    names: int = 1
    form: Literal["table", "places", "matrix"] = "table"
    most: int | None = None
    more: Prose = ""
    packages: tuple[str, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words.

    Attributes:
        text: The words.
        tone: What they mean.
        level: How far it is indented.
    """

    text: Prose
    tone: Tone = "plain"
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a report: a table or lines under a title.

    Attributes:
        id: Its name, unique in the report and the same whatever it holds.
        title: What it holds.
        tone: What the title means; None where the columns say as much to who sees them below
            what comes before.
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
        kind: What it is about.
        warnings: What has to be read before all else.
        headline: The one line that says how it stands; empty where each section says it.
        lines: What belongs to the headline.
        sections: The parts, in their order.
        notes: What the reader must know beside them.
        cells: All cells of the report: they decide how long the names of cells must be.
    """

    kind: str
    headline: Prose = ""
    warnings: tuple[Prose, ...] = ()
    lines: tuple[Line, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[Prose, ...] = ()
    cells: CellNames = field(default=CellNames(()))


#: What a row of CSV may hold.
Value: TypeAlias = "str | int | float | bool | tuple[str, ...] | None"


@dataclass(frozen=True, slots=True)
class Records:
    """Rows for machines: one for each thing.

    Attributes:
        names: The names of the JSON document; what is nested there has a dot.
        rows: A value for each name.
        gates: The gates of the run, each of which gets a row and columns of its own.
        kind: The name under which a row says what it is; empty where all rows are of one kind.
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
