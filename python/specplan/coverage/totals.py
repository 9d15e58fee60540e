"""Sums over the cells of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.exact import ratio
from specplan.model import Totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.model import Cell

__all__ = ["totals_of"]


def totals_of(cells: Sequence[Cell], not_wanted: int) -> Totals:
    """Return the sums over cells.

    Args:
        cells: All cells of the report.
        not_wanted: The number of wants that the configuration excludes.
    """
    wanted = sum(cell.wanted for cell in cells)
    covered = sum(cell.covered for cell in cells)
    unknown = sum(cell.unknown for cell in cells)
    return Totals(
        wanted=wanted,
        covered=covered,
        unknown=unknown,
        gaps=wanted - covered - unknown,
        not_wanted=not_wanted,
        coverage=ratio(covered, wanted),
    )
