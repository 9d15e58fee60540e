"""The shortened part of a report: fewer rows, certain packages, or only numbers.

A cut changes no number, gate or verdict: it removes rows from lists, and each list says how many
are not shown. JSON, CSV and lists for programs are always complete.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan import wildcards
from specplan.counting import count

if TYPE_CHECKING:
    from collections.abc import Collection

    from specplan.model.report import ReportOptions
    from specplan.reports.outline import Outline, ReportTable

__all__ = ["cut"]


def cut(outline: Outline, options: ReportOptions) -> Outline:
    """Return a report whose lists have only the requested rows.

    Args:
        outline: The report.
        options: The rows to show: their packages, and their maximum number.
    """
    if options.limit is None and not options.package and not options.summary:
        return outline
    return replace(
        outline,
        sections=tuple(
            section
            if section.table is None
            else replace(section, table=_cut(section.table, options))
            for section in outline.sections
        ),
    )


def _cut(table: ReportTable, options: ReportOptions) -> ReportTable:
    if table.is_whole or table.form == "matrix":
        return table
    rows = table.rows
    if options.package and table.packages:
        rows = tuple(
            row
            for row, package in zip(rows, table.packages, strict=True)
            if _matches(package, options.package)
        )
    rows = rows[: 0 if options.summary else options.limit]
    more = len(table.rows) - len(rows)
    if not more:
        return table
    said = count(
        more,
        "more row is not listed" if rows else "row is not listed",
        "more rows are not listed" if rows else "rows are not listed",
    )
    return replace(table, rows=rows, packages=(), more=f"and {said}" if rows else said)


def _matches(package: str, patterns: Collection[str]) -> bool:
    return any(wildcards.matches(package, each) for each in patterns)
