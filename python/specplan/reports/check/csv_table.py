"""Checks as CSV, as :mod:`specplan.reports.coverage.csv_table` writes it."""

from __future__ import annotations

from specplan.model.check import Check
from specplan.model.report import as_csv
from specplan.reports.coverage.csv_table import table

__all__ = ["check"]

_NAMES = (
    "kind", "path", "place", "line", "message",
    "spec.hash", "spec.package", "spec.version", "binaries", "roots", "dependents",
)  # fmt: skip


@as_csv.register(Check)
def check(result: Check) -> str:
    """Return one row a finding."""
    rows = (
        (
            finding.kind,
            finding.path,
            finding.place,
            finding.line,
            finding.message,
            None if finding.spec is None else finding.spec.hash,
            None if finding.spec is None else finding.spec.package,
            None if finding.spec is None else finding.spec.version,
            finding.binaries,
            finding.roots,
            finding.dependents,
        )
        for finding in result.findings
    )
    return table(_NAMES, rows)
