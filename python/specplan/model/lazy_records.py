"""Records that are created on access."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import eq
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, overload

from specplan.model.columns import from_columns

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["DeferredRecords", "LazyRecords", "MadeLater", "RecordSequence"]

Record = TypeVar("Record")
Wide = TypeVar("Wide", bound="DataclassInstance")

#: The number of records that are made at a time.
_SOME: Final = 1_000


class RecordSequence(Sequence[Record], Generic[Record]):
    """Records in a fixed order, equal to every sequence of the same records."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Return whether a sequence has the same records."""
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        """Return a hash that equal tuples share."""
        return hash(tuple(self))


class MadeLater(RecordSequence[Record]):
    """Records made by a catalog of this process; another process gets a tuple of them."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type[tuple[Record, ...]], tuple[list[Record]]]:
        return tuple, (list(self),)

    def __repr__(self) -> str:
        return repr(tuple(self))


class LazyRecords(MadeLater[Wide]):
    """Records in a fixed order, made in parts when they are first used.

    A hundred thousand records take far more memory than the data they are made from. The object
    equals every sequence of the same records.

    Args:
        kind: The class of the records, as :func:`~specplan.model.columns.from_columns` takes it.
        sources: The data that each record is made from.
        columns: Returns the values of each field for some of these.
    """

    __slots__ = ("_columns", "_kind", "_sources")

    def __init__(
        self,
        kind: type[Wide],
        sources: Sequence[Any],
        columns: Callable[[Sequence[Any]], Mapping[str, Iterable[object]]],
    ) -> None:
        self._kind = kind
        self._sources = sources
        self._columns = columns

    def column(self, name: str) -> Sequence[Any]:
        """Return the values of a field, in the order of the records, without making a record."""
        return list(self._columns(self._sources)[name])

    def _make(self, sources: Sequence[Any]) -> list[Wide]:
        return from_columns(self._kind, len(sources), **self._columns(sources))

    def __len__(self) -> int:
        return len(self._sources)

    def __iter__(self) -> Iterator[Wide]:
        for at in range(0, len(self._sources), _SOME):
            yield from self._make(self._sources[at : at + _SOME])

    @overload
    def __getitem__(self, index: int) -> Wide: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Wide]: ...
    def __getitem__(self, index: int | slice) -> Wide | Sequence[Wide]:
        if isinstance(index, slice):
            return tuple(self._make(self._sources[index]))
        return self._make([self._sources[index]])[0]


class DeferredRecords(MadeLater[Record]):
    """Records that are all made at the first access to one, and kept.

    For records that are rarely used and slow to make.

    Args:
        make: Makes the records.
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], tuple[Record, ...]]) -> None:
        self._make: Callable[[], tuple[Record, ...]] | None = make
        self._made: tuple[Record, ...] = ()

    def _records(self) -> tuple[Record, ...]:
        make = self._make
        if make is not None:
            self._made, self._make = make(), None
        return self._made

    def __len__(self) -> int:
        return len(self._records())

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | Sequence[Record]:
        return self._records()[index]
