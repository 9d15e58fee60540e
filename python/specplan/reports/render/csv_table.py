"""Results as CSV: one row for each thing, under one line of names.

The names are those of the JSON documents; what is nested there has a dot, as in
``nearest.hash``. What is null there is empty here, a list is joined with ``"; "``, and
a text that a spreadsheet would evaluate gets an apostrophe in front. Nothing is cut.

The gates of a run follow as rows of the same table, with columns of their own after all others,
so that every reader of CSV still gets one table. Without gates there are neither.
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Final

from specplan.model.report import Report, as_csv
from specplan.reports.outline import records_of
from specplan.reports.render import amounts, escape

if TYPE_CHECKING:
    from specplan.model.gate import Gate
    from specplan.model.report import ReportOptions
    from specplan.reports.outline import Value

__all__ = ["csv_table"]

_GATE_NAMES: Final = tuple(
    f"gate.{name}" for name in ("name", "stack", "unit", "limit", "value", "held", "reason")
)


@as_csv.register(Report)
def csv_table(result: Report, options: ReportOptions) -> str:
    """Return the records of a result as rows."""
    records = records_of(result, options)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    beside = [""] * len(_GATE_NAMES) if records.gates else []
    writer.writerow([*records.names, *(_GATE_NAMES if records.gates else ())])
    writer.writerows([*map(_shown, row), *beside] for row in records.rows)
    kind = ["gate" if name == records.kind else "" for name in records.names]
    writer.writerows([*kind, *map(_shown, _record(gate))] for gate in records.gates)
    return text.getvalue()


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
