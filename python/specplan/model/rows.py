"""Records in order, as a sequence that is also a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from operator import eq
from typing import TypeVar, overload

from specplan.counting import count
from specplan.model.report import Table
from specplan.model.streamed_sequence import StreamedSequence

__all__ = ["Rows"]

Row = TypeVar("Row")


class Rows(StreamedSequence[Row]):
    """Records in order: a sequence with a short representation that converts to tables.

    It equals every sequence of the same records.

    Args:
        kind: The class of the records, a dataclass.
        noun: The word for one record.
        records: The records.
    """

    __slots__ = ("_kind", "_noun", "_records")

    def __init__(self, kind: type[Row], noun: str, records: Sequence[Row]) -> None:
        self._kind = kind
        self._noun = noun
        self._records = records

    def __len__(self) -> int:
        """Return their number."""
        return len(self._records)

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the records."""
        return iter(self._records)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Rows[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Rows[Row]:
        """Return a record, or some of them."""
        if isinstance(index, slice):
            return Rows(self._kind, self._noun, self._records[index])
        return self._records[index]

    def __eq__(self, other: object) -> bool:
        """Return whether a sequence has the same records."""
        if not isinstance(other, (Sequence, Rows)) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        """Return a hash that equal tuples share."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"<Rows: {count(len(self), self._noun)}>"

    def _repr_html_(self) -> str:
        """Return the records as a table for a notebook, cut if it is long."""
        found: str = import_module("specplan.tables").fragment_of(
            self._kind, self._records, repr(self)
        )
        return found

    def table(self) -> Table:
        """Return the records as a table, which Polars, pyarrow, DuckDB and pandas take.

        Raises:
            UsageError: If the core was built without tables.
        """
        found: Table = import_module("specplan.tables").table_of(self._kind, self._records)
        return found

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the records as a stream of Arrow's C interface."""
        return self.table().__arrow_c_stream__(requested_schema)
