"""Wants and specs as table cells, alike in all tables of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.outline import Column, Name, OsAndTarget, SpecWithHash
from specplan.reports.render import wording

if TYPE_CHECKING:
    from specplan.sources.strict_json import Value

__all__ = ["WANT_COLUMNS", "spec_cell", "want_cells"]

#: The first columns of a table of wants.
WANT_COLUMNS: Final = (
    Column("want", "want", "name"),
    Column("stack", "stack", "name"),
    Column("system", "system", "system"),
)


def want_cells(entry: Value) -> tuple[Name, Name, OsAndTarget]:
    """Return a want, its stack and its system, for :data:`WANT_COLUMNS`."""
    return (
        Name(entry.text_at("want")),
        Name(entry.text_at("stack")),
        OsAndTarget(entry.text_at("os"), entry.text_at("target")),
    )


def spec_cell(entry: Value) -> SpecWithHash:
    """Return a spec that has a package, a version and a hash."""
    return SpecWithHash(
        wording.spec_name(entry.text_at("package"), entry.text_at("version")), entry.text_at("hash")
    )
