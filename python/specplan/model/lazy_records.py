"""Records that are made when somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import eq
from typing import Any, Final, Generic, TypeVar, overload

__all__ = ["LazyRecords"]

Record = TypeVar("Record")

#: How many records are made at a time.
_SOME: Final = 1_000


class LazyRecords(Sequence[Record], Generic[Record]):
    """Records in a fixed order, made in parts when they are first used.

    By the hundred thousand, records take far more memory than what they are made of. It equals
    every sequence of the same records.

    Args:
        sources: What each is made of.
        make: Makes the records of some of these.
    """

    __slots__ = ("_make", "_sources")

    def __init__(
        self, sources: Sequence[Any], make: Callable[[Sequence[Any]], list[Record]]
    ) -> None:
        self._sources = sources
        self._make = make

    def __reduce__(self) -> tuple[type[tuple[Record, ...]], tuple[list[Record]]]:
        # What they are made of belongs to a catalog of this process.
        return tuple, (list(self),)

    def __len__(self) -> int:
        return len(self._sources)

    def __iter__(self) -> Iterator[Record]:
        for at in range(0, len(self._sources), _SOME):
            yield from self._make(self._sources[at : at + _SOME])

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | Sequence[Record]:
        if isinstance(index, slice):
            return tuple(self._make(self._sources[index]))
        return self._make([self._sources[index]])[0]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))
