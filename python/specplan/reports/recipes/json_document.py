"""Changes of recipes as a JSON document."""

from __future__ import annotations

from specplan.model.report import as_json
from specplan.recipes.model import RecipeChanges
from specplan.reports.render.document import document, left_out_json

__all__ = ["json_document"]


@as_json.register(RecipeChanges)
def json_document(changes: RecipeChanges) -> str:
    """Return the document of kind ``specplan.recipes/1``."""
    hashes = changes.hashes
    return document(
        {
            "schema": "specplan.recipes/1",
            "repository": changes.repository,
            "from": changes.before,
            "to": changes.after,
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
