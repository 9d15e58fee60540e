"""Records kept as columns until someone uses one."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, overload

from specplan.model.columns import complete, from_columns
from specplan.model.lazy_records import MadeLater

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["ColumnRecords", "values_of"]

Record = TypeVar("Record", bound="DataclassInstance")


class ColumnRecords(MadeLater[Record]):
    """Records in a fixed order, kept as a column for each field.

    All records are made at the first access to one, and kept; a slice is made from slices of the
    columns. Whoever needs a field of every record, or writes all of them, takes the columns.

    Args:
        kind: The class of the records, as :func:`~specplan.model.columns.from_columns` takes it.
        count: The number of records.
        columns: The values of each field, as many as there are records. A field without a column
            has its default.

    Raises:
        TypeError: If a field without a default has no column, or a column is no field.
    """

    __slots__ = ("_columns", "_count", "_kind", "_made")

    def __init__(self, kind: type[Record], count: int, **columns: Sequence[Any]) -> None:
        self._kind = kind
        self._count = count
        self._columns = complete(kind, count, columns)
        self._made: list[Record] | None = None

    @property
    def kind(self) -> type[Record]:
        """The class of the records."""
        return self._kind

    def column(self, name: str) -> Sequence[Any]:
        """Return the values of a field, in the order of the records."""
        return self._columns[name]

    def columns(self) -> tuple[list[str], list[Sequence[Any]]]:
        """Return the names of the fields, in the order of the class, and the values of each."""
        return list(self._columns), list(self._columns.values())

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | Sequence[Record]:
        if isinstance(index, slice):
            some = {name: values[index] for name, values in self._columns.items()}
            return ColumnRecords(self._kind, len(range(*index.indices(self._count))), **some)
        return self._records()[index]

    def _records(self) -> list[Record]:
        if self._made is None:
            self._made = from_columns(self._kind, self._count, **self._columns)
        return self._made


def values_of(records: Sequence[DataclassInstance], name: str) -> Sequence[Any]:
    """Return a field of each record, from its column if the records are kept as columns."""
    if isinstance(records, ColumnRecords):
        return records.column(name)
    return list(map(attrgetter(name), records))
