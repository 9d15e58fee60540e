"""Records made from columns of the core.

The constructor of a frozen record sets each field with a separate call. For a hundred thousand
records that takes longer than the answer itself, so a whole column is set at once here.
"""

from __future__ import annotations

from collections import deque
from dataclasses import MISSING, fields
from itertools import repeat
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed import DataclassInstance

__all__ = ["from_columns"]

Record = TypeVar("Record", bound="DataclassInstance")


def from_columns(kind: type[Record], count: int, **columns: Iterable[object]) -> list[Record]:
    """Return records of a class, made from one column for each of their fields.

    A field without a column has its default.

    Args:
        kind: The class of the records: a dataclass with slots and no code of its own in the
            constructor.
        count: The number of records.
        columns: The values of each field, at least as many as there are records.
    """
    records = list(map(kind.__new__, repeat(kind, count)))
    for each in fields(kind):
        column = columns.pop(each.name, None)
        if column is None and each.default is MISSING:
            raise TypeError(f"a {kind.__name__} needs its field `{each.name}`")
        values = repeat(each.default) if column is None else column
        deque(map(getattr(kind, each.name).__set__, records, values), maxlen=0)
    if columns:
        raise TypeError(f"a {kind.__name__} has no field `{min(columns)}`")
    return records
