"""Results with their own picture: the matrix of a coverage, the lines of a trend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.errors import UsageError
from specplan.model import Coverage, Trend
from specplan.reports.render.matrix_picture import matrix
from specplan.reports.render.trend_picture import course

if TYPE_CHECKING:
    from specplan.model.report import Report

__all__ = ["picture"]


def picture(result: Report) -> str:
    """Return a result as SVG.

    Raises:
        UsageError: If there is no picture for it.
    """
    if isinstance(result, Coverage):
        return matrix(result)
    if isinstance(result, Trend):
        return course(result)
    raise UsageError(
        "only a coverage and a trend are pictures",
        hint="`specplan coverage -o coverage.svg`, `specplan trend -o trend.svg`",
    )
