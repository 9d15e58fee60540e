"""Results as CSV: one line of names, one row for each thing.

The names are those of the JSON documents, with a dot for nested ones, as in ``nearest.hash``. A
null value is empty here, a list is joined with ``"; "``, and a text that a spreadsheet would
evaluate gets an apostrophe in front. Nothing is cut.

The gates of a run follow as rows of the same table, with their own columns after all others, so
that every reader of CSV still gets one table. Without gates there are no such rows and columns.
"""

from __future__ import annotations

import csv
from io import StringIO
from itertools import islice
from types import NoneType
from typing import TYPE_CHECKING, Final, cast

from specplan.model.report import Report, csv_parts
from specplan.reports.outline import records_of
from specplan.reports.render import amounts, escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specplan.model.gate import Gate
    from specplan.model.report import ReportOptions
    from specplan.reports.outline import Value

__all__ = ["csv_table"]

_GATE_NAMES: Final = tuple(
    f"gate.{name}" for name in ("name", "stack", "unit", "limit", "value", "held", "reason")
)


#: The number of rows in one part.
_ROWS: Final = 1_000


@csv_parts.register(Report)
def csv_table(result: Report, options: ReportOptions) -> Iterator[str]:
    """Yield the records of a result as rows."""
    records = records_of(result, options)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    beside = [("",)] * len(_GATE_NAMES) if records.gates else []
    writer.writerow([*records.names, *(_GATE_NAMES if records.gates else ())])
    rows = iter(records.rows)
    while some := list(islice(rows, _ROWS)):
        columns = [*map(_column, zip(*some, strict=True)), *(each * len(some) for each in beside)]
        writer.writerows(zip(*columns, strict=True))
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    kind = ["gate" if name == records.kind else "" for name in records.names]
    writer.writerows([*kind, *map(_shown, _record(gate))] for gate in records.gates)
    yield text.getvalue()


def _column(values: Sequence[Value]) -> Sequence[str]:
    """Return the values of a column as cells; most columns have values of one type."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return escape.csv_cells(cast("Sequence[str]", values))
    if kinds == {tuple}:
        return escape.csv_cells(list(map("; ".join, cast("Sequence[tuple[str, ...]]", values))))
    if kinds == {int}:
        return list(map(str, values))
    if kinds == {NoneType}:
        return ("",) * len(values)
    return list(map(_shown, values))


def _record(gate: Gate) -> tuple[Value, ...]:
    limit = amounts.exact(gate.limit)
    value = None if gate.value is None else amounts.exact(gate.value)
    return (gate.name, gate.stack or None, gate.unit, limit, value, gate.held, gate.reason)


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return escape.csv_cell(value)
    if isinstance(value, tuple):
        return escape.csv_cell("; ".join(value))
    return str(value)
