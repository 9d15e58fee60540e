"""Hashes that are computed on access."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import overload

__all__ = ["Hashes"]


class Hashes(Sequence[str]):
    """Hashes in a fixed order, computed on access.

    The chains and needs of all builds of a plan can be far more numerous than the builds, so only
    their numbers are stored, and perhaps the first of them. The object equals every sequence of the
    same hashes.

    Args:
        count: The number.
        find: Returns those of a spec.
        spec: The hash of the spec.
        first: The first of them, if already known.
    """

    __slots__ = ("_count", "_find", "_first", "_spec")

    def __init__(
        self,
        count: int,
        find: Callable[[str], Sequence[str]],
        spec: str,
        first: tuple[str, ...] = (),
    ) -> None:
        self._count = count
        self._find = find
        self._spec = spec
        self._first = first

    def __reduce__(self) -> tuple[type[tuple[str, ...]], tuple[list[str]]]:
        # The function that computes them belongs to a plan of this process.
        return tuple, (list(self),)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        if len(self._first) == self._count:
            return iter(self._first)
        return iter(self._find(self._spec))

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            start, stop, _ = index.indices(self._count)
            if max(start, stop) <= len(self._first):
                return self._first[index]
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))
