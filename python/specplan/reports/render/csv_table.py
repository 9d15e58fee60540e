"""Results as CSV: one row for each thing, under one line of names.

The names are those of the JSON documents; what is nested there has a dot, as in
``nearest.hash``. What is null there is empty here, a list is joined with ``"; "``, and
a text that a spreadsheet would evaluate gets an apostrophe in front. Nothing is cut.
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from specplan.model.report import Report, as_csv
from specplan.reports.outline import records_of
from specplan.reports.render import escape

if TYPE_CHECKING:
    from specplan.model.report import ReportOptions
    from specplan.reports.outline import Value

__all__ = ["csv_table"]


@as_csv.register(Report)
def csv_table(result: Report, options: ReportOptions) -> str:
    """Return the records of a result as rows."""
    records = records_of(result, options)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(records.names)
    writer.writerows([_shown(value) for value in row] for row in records.rows)
    return text.getvalue()


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
