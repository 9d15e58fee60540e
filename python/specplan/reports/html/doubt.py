"""Numbers of a document that left-out input could change: none of them is shown as good."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.reports.html.values import Figure
    from specplan.sources.strict_json import Value

__all__ = ["in_doubt"]


def in_doubt(figures: Sequence[Figure], content: Value) -> tuple[Figure, ...]:
    """Return the numbers of a document, none of them good if left-out input could change it."""
    if not any(each.flag_at("blocks") for each in content.items_at_or_none("left_out")):
        return tuple(figures)
    return tuple(replace(each, tone="warning") if each.tone == "good" else each for each in figures)
