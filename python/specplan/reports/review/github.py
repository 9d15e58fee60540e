"""A review as annotations that GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.reports.recipes.github import notice, recipe_annotations
from specplan.reports.review import wording

if TYPE_CHECKING:
    from specplan.review.model import Review

__all__ = ["github"]


def github(review: Review) -> str:
    """Return one annotation for each recipe with an effect, and one for all."""
    lines = [*recipe_annotations(review.recipes), notice("Review", wording.headline(review))]
    return "".join(f"{line}\n" for line in lines)
