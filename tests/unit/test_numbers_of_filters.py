"""Filters choose the cells that are shown, and never the numbers of what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

import specplan
from specplan.model import Coverage

EXAMPLES = Path(__file__).parents[2] / "examples"


def shown(report: Coverage, target: str) -> list[str]:
    """Return the gaps of one target as their texts, in their order."""
    return [repr(gap) for gap in report.gaps if gap.target == target]


@pytest.mark.parametrize("question", [{"peers": "*"}, {"peers": "*", "level": "version"}, {}])
def test_the_gaps_of_a_filtered_report_are_rows_of_the_whole_one(
    question: dict[str, str],
) -> None:
    catalog = specplan.load(EXAMPLES / "cache")
    whole = catalog.gaps(**question)  # type: ignore[arg-type]
    targets = {cell.target for cell in whole.cells}
    assert len(targets) > 1
    for target in targets:
        part = catalog.gaps(target=target, **question)  # type: ignore[arg-type]
        assert [repr(gap) for gap in part.gaps] == shown(whole, target)
        assert part.cells == tuple(cell for cell in whole.cells if cell.target == target)
