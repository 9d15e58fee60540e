"""Tables of the page without empty columns."""

from __future__ import annotations

from specplan.reports.outline import Name, Names, Number, ReportTable, Words

__all__ = ["without_empty"]


def without_empty(table: ReportTable) -> ReportTable:
    """Return a table without the columns that are empty in all rows."""
    kept = [
        at
        for at in range(len(table.columns))
        if any(not _is_empty(row[at]) for row in table.rows) or not table.rows
    ]
    return ReportTable(
        tuple(table.columns[at] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in table.rows),
    )


def _is_empty(cell: object) -> bool:
    match cell:
        case None:
            return True
        case Name() | Words():
            return not cell.text
        case Names():
            return not cell.texts
        case Number():
            return cell.value is None
        case _:
            return False
