"""Records made from columns of the core.

The constructor of a frozen record sets each field with a separate call. For a hundred thousand
records that takes longer than the answer itself, so whole columns are set here, for two thousand
records at a time, as many as stay in a processor's cache.
"""

from __future__ import annotations

from collections import deque
from dataclasses import MISSING, fields
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from _typeshed import DataclassInstance

__all__ = ["complete", "from_columns"]

#: The number of records that are made at a time.
_SOME: Final = 2_000

Record = TypeVar("Record", bound="DataclassInstance")
Values = TypeVar("Values", bound="Iterable[object]")


def from_columns(kind: type[Record], count: int, **columns: Iterable[object]) -> list[Record]:
    """Return records of a class, made from one column for each of their fields.

    A field without a column has its default.

    Args:
        kind: The class of the records: a dataclass with slots and no code of its own in the
            constructor.
        count: The number of records.
        columns: The values of each field, at least as many as there are records.

    Raises:
        TypeError: If a field without a default has no column, or a column is no field.
    """
    setters = [
        (getattr(kind, name).__set__, iter(values))
        for name, values in complete(kind, count, columns).items()
    ]
    records: list[Record] = []
    for start in range(0, count, _SOME):
        some = list(map(kind.__new__, repeat(kind, min(_SOME, count - start))))
        for set_field, values in setters:
            deque(map(set_field, some, values), maxlen=0)
        records += some
    return records


def complete(
    kind: type[DataclassInstance], count: int, columns: Mapping[str, Values]
) -> dict[str, Values | list[Any]]:
    """Return a column for each field of a class, in the order of the class.

    Args:
        kind: The class.
        count: The number of records, for columns of defaults.
        columns: The columns that there are.

    Raises:
        TypeError: If a field without a default has no column, or a column is no field.
    """
    found: dict[str, Values | list[Any]] = {}
    for each in fields(kind):
        if each.name in columns:
            found[each.name] = columns[each.name]
        elif each.default is MISSING:
            raise TypeError(f"a {kind.__name__} needs its field `{each.name}`")
        else:
            found[each.name] = [each.default] * count
    if unknown := columns.keys() - found.keys():
        raise TypeError(f"a {kind.__name__} has no field `{min(unknown)}`")
    return found
