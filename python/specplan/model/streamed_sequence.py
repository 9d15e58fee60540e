"""Sequences that data frames read as a stream of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["StreamedSequence"]

if TYPE_CHECKING:
    from collections.abc import Sequence as StreamedSequence
else:
    from collections.abc import Sequence
    from typing import Generic, TypeVar

    Item = TypeVar("Item")

    class StreamedSequence(Generic[Item]):
        """A sequence with every method of :class:`collections.abc.Sequence`, but not an instance.

        Polars reads an instance of that class record by record, and looks for
        ``__arrow_c_stream__`` in other objects only. NumPy arrays and Polars' own series are not
        instances either. Type checkers see the class itself.
        """

        __slots__ = ()

        __contains__ = Sequence.__contains__
        __iter__ = Sequence.__iter__
        __reversed__ = Sequence.__reversed__
        index = Sequence.index
        count = Sequence.count
