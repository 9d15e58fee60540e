"""What the reports of plans share of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.reports.render import markdown, wording
from specplan.reports.render.markdown import document, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.model import LeftOut

__all__ = ["document", "foldable", "listed", "warned"]


def warned(records: Sequence[LeftOut]) -> list[str]:
    """Return what has to be read before all else."""
    lines = wording.not_whole(records)
    return [f"**{line[:1].upper()}{line[1:]}**" for line in lines]


def foldable(
    summary: str, names: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int = 0
) -> str:
    """Return a table under its summary, the last columns of which hold numbers."""
    right = [at >= len(names) - numbers for at in range(len(names))]
    return markdown.foldable(summary, names, rows, right=right)
