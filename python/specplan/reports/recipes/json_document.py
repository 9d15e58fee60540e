"""Changes of recipes as a JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model.report import json_parts
from specplan.recipes.model import RecipeChanges
from specplan.reports.render.document import document, left_out_json

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["json_document"]


@json_parts.register(RecipeChanges)
def json_document(changes: RecipeChanges) -> Iterator[str]:
    """Return the document of kind ``specplan.recipes/1``."""
    hashes = changes.hashes
    return document(
        {
            "schema": "specplan.recipes/1",
            "repository": changes.repository,
            "before": changes.before,
            "after": changes.after,
            "spack_rules": changes.spack_rules,
            "stacks": list(changes.stacks),
            "recipes": changes.recipes,
            "others": list(changes.others),
            "hashes": None if hashes is None else hashes,
            "totals": changes.totals,
            "left_out": left_out_json(changes.left_out),
            "sources": changes.sources,
        }
    )
