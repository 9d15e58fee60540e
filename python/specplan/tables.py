"""Records as Arrow tables, for Polars, pyarrow, pandas and DuckDB.

A table has a column for each field of its records. The fields of a record within a record become
columns of their own, ``nearest_hash``; lists of texts become lists; lists of other records become
JSON. Unknown values are null.
"""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from importlib import import_module
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Literal,
    Protocol,
    TypeAlias,
    Union,
    cast,
    get_args,
    get_origin,
    runtime_checkable,
)

from specplan.counting import count
from specplan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator
    from os import PathLike

    from specplan import _core

__all__ = [
    "ROWS_OF_A_NOTEBOOK",
    "ColumnTable",
    "fragment_of",
    "of_catalog",
    "of_result",
    "require_tables",
    "table_of",
]

#: The number of rows that a notebook shows of a table.
ROWS_OF_A_NOTEBOOK: Final = 20

#: The number of column names that a table shows in one line.
_FEW_NAMES: Final = 5

#: The core's names for the types of columns.
_ColumnType: TypeAlias = Literal["text", "whole", "number", "flag", "list"]

_PLAIN: Final[dict[object, _ColumnType]] = {
    bool: "flag",
    int: "whole",
    float: "number",
    str: "text",
}


#: The fields with the main records of a result, by the name of its class.
_ABOUT: Final[dict[str, tuple[str, ...]]] = {
    "Check": ("findings",),
    "Coverage": ("gaps",),
    "Diff": ("lost", "gained", "changed"),
    "Found": ("specs",),
    "LockDiff": ("specs",),
    "Plan": ("builds",),
    "RecipeChanges": ("recipes",),
    "Review": ("stale",),
    "Trend": ("steps",),
}

#: The column with the field of a row, if a result has several main fields.
_FIELD: Final = "change"

#: A column of records: its name, its type, a field of theirs, and a function for the value of this.
_Column: TypeAlias = "tuple[str, _ColumnType, str, Callable[[Any], Any]]"


@runtime_checkable
class _InColumns(Protocol):
    """Records that are made when somebody uses one, from values that a table takes as they are."""

    def column(self, name: str) -> Sequence[Any]:
        """Return the values of a field, in the order of the records."""


class ColumnTable:
    """Named columns of equal length, exported through Arrow's C interface without a copy.

    Args:
        core: The columns.
    """

    __slots__ = ("_core",)

    def __init__(self, core: _core.Table) -> None:
        self._core = core

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._core)

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return self._core.names

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the rows as a stream; conversion to other types is left to the consumer."""
        return self._core.__arrow_c_stream__(requested_schema)

    def write_parquet(self, path: str | PathLike[str]) -> int:
        """Write a file, with identical bytes for the same rows, and return the number of rows.

        Raises:
            OSError: If it cannot be written.
        """
        return self._core.write_parquet(path)

    def __repr__(self) -> str:
        named = ", ".join(self.names[:_FEW_NAMES])
        more = ", ..." if len(self.names) > _FEW_NAMES else ""
        return f"<Table: {self._size}: {named}{more}>"

    def _repr_html_(self) -> str:
        """Return the columns and the first rows for a notebook."""
        from specplan.arrow_stream import first_rows  # noqa: PLC0415 - only notebooks need it

        rows = first_rows(self.__arrow_c_stream__(), ROWS_OF_A_NOTEBOOK)
        return _fragment(self._size, self.names, rows, len(self))

    @property
    def _size(self) -> str:
        return f"{count(len(self), 'row')}, {count(len(self.names), 'column')}"


def fragment_of(kind: type, records: Sequence[Any], title: str) -> str:
    """Return records as a fragment of HTML, the first of them as a table.

    Args:
        kind: Their class, a dataclass.
        records: The records.
        title: The title above.
    """
    columns = list(_filled(kind, records[:ROWS_OF_A_NOTEBOOK]))
    rows = list(zip(*(values for _, _, values in columns), strict=True))
    return _fragment(title.strip("<>"), [name for name, _, _ in columns], rows, len(records))


def _fragment(
    title: str, names: Sequence[str], rows: Sequence[Sequence[object]], number: int
) -> str:
    fragment = import_module("specplan.reports.render.fragment")
    found: str = fragment.fragment_of_rows(title, names, rows, number)
    return found


def of_catalog(core: _core.Catalog) -> tuple[ColumnTable, ColumnTable, ColumnTable]:
    """Return the tables ``specs``, ``edges`` and ``members`` of a catalog.

    Raises:
        UsageError: If the core was built without tables.
    """
    require_tables()
    from specplan import _core  # noqa: PLC0415 - records are read without the core

    specs, edges, members = _core.catalog_tables(core)
    return ColumnTable(specs), ColumnTable(edges), ColumnTable(members)


def require_tables() -> None:
    """Make sure that the compiled core was built with tables.

    Raises:
        UsageError: If it was built without.
    """
    from specplan import _core  # noqa: PLC0415 - records are read without the core

    if not hasattr(_core, "Table"):
        raise UsageError(
            "this specplan was built without saved catalogs and tables",
            hint="build it with the feature `tables` of its crates, which is on by default",
        )


def of_result(result: object, name: str) -> ColumnTable:
    """Return the records in a field of a result as a table.

    Args:
        result: A dataclass.
        name: A field with a tuple of records; empty for the main records: if these are several
            fields, the first column names the field of a row.

    Raises:
        UsageError: If there is no such field, or the core was built without tables.
    """
    kinds = _tables_of(cast("Hashable", type(result)))
    names = (name,) if name else _ABOUT.get(type(result).__name__, ("",))
    if any(each not in kinds for each in names):
        listed = ", ".join(f"`{each}`" for each in kinds)
        raise UsageError(f"`{name}` is not a table of this result", hint=f"its tables are {listed}")
    parts = [(each, kinds[each], getattr(result, each) or ()) for each in names]
    return table_of(*parts[0][1:]) if len(parts) == 1 else _united(parts)


def _united(parts: Sequence[tuple[str, type, Sequence[Any]]]) -> ColumnTable:
    """Return records of several kinds as one table, with null in columns that a kind lacks.

    Missing lists are empty.
    """
    require_tables()
    from specplan import _core  # noqa: PLC0415 - records are read without the core

    columns = [
        {name: (of, values) for name, of, values in _filled(kind, records)}
        for _, kind, records in parts
    ]
    types = {name: of for known in columns for name, (of, _) in known.items()}
    named: list[Any] = [name for name, _, records in parts for _ in records]
    values: list[tuple[str, _ColumnType, list[Any]]] = [(_FIELD, "text", named)]
    for name, of in types.items():
        found: list[Any] = []
        for known, (_, _, records) in zip(columns, parts, strict=True):
            lacking: list[str] | None = [] if of == "list" else None
            found += known[name][1] if name in known else [lacking] * len(records)
        values.append((name, of, found))
    return ColumnTable(_core.table_of_columns(values))


def table_of(kind: type, records: Sequence[Any]) -> ColumnTable:
    """Return records as a table.

    O(records x fields). The values are copied once, into columns; records that are not made yet
    are not made for it.

    Args:
        kind: Their class, a dataclass, which defines the columns even without records.
        records: The records.

    Raises:
        UsageError: If the core was built without tables.
    """
    require_tables()
    from specplan import _core  # noqa: PLC0415 - as above

    return ColumnTable(_core.table_of_columns(list(_filled(kind, records))))


def _filled(kind: type, records: Sequence[Any]) -> Iterator[tuple[str, _ColumnType, list[Any]]]:
    """Return each column of records with its values."""
    fields_read: dict[str, Sequence[Any]] = {}
    for name, of, field, value in _columns(cast("Hashable", kind)):
        if field not in fields_read:
            fields_read[field] = (
                records.column(field)
                if isinstance(records, _InColumns)
                else [getattr(each, field) for each in records]
            )
        yield name, of, [value(each) for each in fields_read[field]]


@lru_cache(maxsize=64)
def _tables_of(kind: Hashable) -> dict[str, type]:
    """Return the fields of a result that contain records, with the class of these."""
    found = {}
    for name, hint in _hints(kind).items():
        form = _without_none(hint)
        item = get_args(form)[0] if get_origin(form) in {tuple, Sequence} else None
        if is_dataclass(item) and not name.startswith("_"):
            found[name] = item
    return found  # type: ignore[return-value] # what is a dataclass here is a class


@lru_cache(maxsize=64)
def _columns(kind: Hashable) -> tuple[_Column, ...]:
    """Return the name, type and value of each column of a kind of record."""
    found: list[_Column] = []
    for name, hint in _hints(kind).items():
        if name.startswith("_"):
            continue
        form, origin = _without_none(hint), get_origin(_without_none(hint))
        if is_dataclass(form):
            found += [
                (f"{name}_{inner}", of, name, _within(field, value, of))
                for inner, of, field, value in _columns(form)  # type: ignore[arg-type] # a class
            ]
        elif form in _PLAIN:
            found.append((name, _PLAIN[form], name, _as_it_is))
        elif origin is Literal:
            found.append((name, "text", name, _as_it_is))
        elif origin in {tuple, Sequence} and _without_none(get_args(form)[0]) is str:
            found.append((name, "list", name, _listed))
        else:
            found.append((name, "text", name, _as_json))
    return tuple(found)


def _hints(kind: Any) -> dict[str, Any]:
    from typing import get_type_hints  # noqa: PLC0415 - only here

    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in {Union, types.UnionType}:
        rest = [each for each in get_args(hint) if each is not type(None)]
        return rest[0] if len(rest) == 1 else hint
    return hint


def _within(field: str, value: Callable[[Any], Any], of: _ColumnType) -> Callable[[Any], Any]:
    def inner(record: Any) -> Any:
        if record is None:
            return [] if of == "list" else None
        return value(getattr(record, field))

    return inner


def _as_it_is(own: Any) -> Any:
    return own


def _listed(own: Any) -> list[str]:
    return list(own or ())


def _as_json(own: Any) -> str | None:
    import orjson  # noqa: PLC0415 - few records need it

    return None if own is None else orjson.dumps(own, default=str).decode()
