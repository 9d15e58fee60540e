"""Wants and specs of documents as cells of tables: each looks alike in all tables of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.outline import Column, Name, Spec, System
from specplan.reports.render import wording

if TYPE_CHECKING:
    from specplan.reports.html.documents import Entry

__all__ = ["WANT_COLUMNS", "spec_cell", "want_cells"]

#: The first columns of a table of wants.
WANT_COLUMNS: Final = (
    Column("want", "want", "name"),
    Column("stack", "stack", "name"),
    Column("system", "system", "system"),
)


def want_cells(entry: Entry) -> tuple[Name, Name, System]:
    """Return a want, its stack and its system, for :data:`WANT_COLUMNS`."""
    return (
        Name(entry.text("want")),
        Name(entry.text("stack")),
        System(entry.text("os"), entry.text("target")),
    )


def spec_cell(entry: Entry) -> Spec:
    """Return a spec that has a package, a version and a hash."""
    return Spec(wording.spec_name(entry.text("package"), entry.text("version")), entry.text("hash"))
