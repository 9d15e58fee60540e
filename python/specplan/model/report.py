"""The common methods of results: as text, Markdown, CSV and JSON.

A result does not format itself. The modules of :mod:`specplan.reports` do: each format registers
its writer here, so imports lead only from the reports to the results. The first report in a format
imports its writer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import singledispatch
from importlib import import_module
from os import PathLike
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypeVar

from specplan.arguments import checked
from specplan.records import dataclass

if TYPE_CHECKING:
    from functools import _SingleDispatchCallable

__all__ = [
    "Report",
    "ReportOptions",
    "Table",
    "View",
    "as_csv",
    "as_fragment",
    "as_headline",
    "as_json",
    "as_lines",
    "as_markdown",
    "as_text",
    "csv_parts",
    "json_parts",
]

#: The return type of a writer.
Written = TypeVar("Written")

#: The two views of the one document of coverage.
View: TypeAlias = Literal["gaps", "coverage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """Options of a report. Formats ignore those that do not apply; JSON and CSV are complete.

    Attributes:
        view: The view of coverage.
        show: The parts of a plan to list instead of only counting them: ``chosen``,
            ``unnecessary``, ``untested``, ``chains``, ``timetable``.
        width: The width of the terminal in columns.
        colour: Whether to use escape sequences for colours.
        long_hashes: Whether to show full hashes everywhere.
        limit: The maximum number of rows shown of a list; None for all.
        package: Shell patterns of the packages whose rows are shown; without any, all.
        summary: Whether to show only the numbers, and no row of a list.
    """

    view: View = "gaps"
    show: Collection[str] = ()
    width: int = 100
    colour: bool = False
    long_hashes: bool = False
    limit: int | None = None
    package: Collection[str] = ()
    summary: bool = False


class Table(Protocol):
    """Named columns of equal length, exported through Arrow's C interface.

    A notebook displays it with its first rows.
    """

    def __len__(self) -> int:
        """Return the number of rows."""

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the rows as a stream."""

    def write_parquet(self, path: str | PathLike[str]) -> int:
        """Write a file, with identical bytes for the same rows, and return the number of rows.

        Raises:
            OSError: If it cannot be written.
        """

    def _repr_html_(self) -> str:
        """Return the columns and the first rows for a notebook."""


class Report:
    """A result that can be written in every format: the base of all of them.

    It is a collection of its main records: gaps, builds, findings. A notebook displays it as
    tables. It is true even if it is empty.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        """Return true: an empty report is a report."""
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {as_headline(self)}>"

    def _repr_html_(self) -> str:
        """Return the report as tables for a notebook, with long ones cut."""
        most: int = import_module("specplan.tables").ROWS_OF_A_NOTEBOOK
        return as_fragment(self, ReportOptions(limit=most))

    @checked
    def table(self, name: str | None = None) -> Table:
        """Return records of the result as a table, which Polars, pyarrow, DuckDB and pandas take.

        Args:
            name: The field with the records, such as ``gaps`` or ``cells``; by default the main
                one.

        Raises:
            UsageError: If the result has no such records.
        """
        found: Table = import_module("specplan.tables").of_result(self, name or "")
        return found

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the main records of the result as a stream of Arrow's C interface."""
        return self.table().__arrow_c_stream__(requested_schema)

    def to_json(self) -> str:
        """Return the report as a JSON document; see the schemas in ``specplan/schemas``."""
        return as_json(self)

    def to_csv(self) -> str:
        """Return the report as comma-separated values."""
        return as_csv(self, ReportOptions())

    def to_markdown(self) -> str:
        """Return the report as Markdown, suitable for the summary of a CI job."""
        return as_markdown(self, ReportOptions())

    @checked
    def to_text(self, *, width: int = 100, colour: bool = False) -> str:
        """Return the report as text of at most ``width`` columns.

        Args:
            width: The width of the terminal.
            colour: Whether to use escape sequences for colours.
        """
        return as_text(self, ReportOptions(width=width, colour=colour))


@singledispatch
def json_parts(result: Report) -> Iterator[str]:
    """Return a result as a JSON document, part by part, so that it need not fit in memory."""
    return _writer(json_parts, result, "JSON")(result)


def as_json(result: Report) -> str:
    """Return a result as a JSON document."""
    return "".join(json_parts(result))


@singledispatch
def csv_parts(result: Report, options: ReportOptions) -> Iterator[str]:
    """Return a result as comma-separated values, part by part."""
    return _writer(csv_parts, result, "CSV")(result, options)


def as_csv(result: Report, options: ReportOptions) -> str:
    """Return a result as comma-separated values."""
    return "".join(csv_parts(result, options))


@singledispatch
def as_markdown(result: Report, options: ReportOptions) -> str:
    """Return a result as Markdown."""
    return _writer(as_markdown, result, "Markdown")(result, options)


@singledispatch
def as_text(result: Report, options: ReportOptions) -> str:
    """Return a result as text for a terminal."""
    return _writer(as_text, result, "text")(result, options)


@singledispatch
def as_fragment(result: Report, options: ReportOptions) -> str:
    """Return a result as a fragment of HTML without scripts and styles."""
    return _writer(as_fragment, result, "HTML")(result, options)


@singledispatch
def as_headline(result: Report) -> str:
    """Return the result as one line."""
    return _writer(as_headline, result, "headline")(result)


@singledispatch
def as_lines(result: Report, **options: object) -> str:
    """Return a result as lines for a pipe, which not every kind has."""
    return _writer(as_lines, result, "lines")(result, **options)


def _writer(
    function: _SingleDispatchCallable[Written], result: Report, form: str
) -> Callable[..., Written]:
    """Return the writer of a format, which registers itself on import.

    Raises:
        TypeError: If there is none.
    """
    import_module("specplan.reports.kinds").register(type(result), form)
    found = function.dispatch(type(result))
    if found is function.registry[object]:
        kind = type(result).__name__
        raise TypeError(f"no format is registered that writes a `{kind}` as {form}")
    return found
