"""Records made from columns of the core.

A frozen record that is made by its class sets each field by a call of its own. By the hundred
thousand that costs more than the answer they are made of, so that here a whole column is set at
once.
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
    """Return records of a kind, made out of a column for each of their fields.

    A field without a column has its default.

    Args:
        kind: The class of the records: a dataclass with slots that does nothing when it is made.
        count: How many records there are.
        columns: The values of each field, as many as there are records or more.
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
