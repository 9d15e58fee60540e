"""Reviews as JSON documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model.report import json_parts
from specplan.reports.render.document import document, fields_of, left_out_json
from specplan.reports.review import wording
from specplan.review.model import Review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.model import NamedSpec
    from specplan.reports.render.document import Json

__all__ = ["json_document"]


@json_parts.register(Review)
def json_document(review: Review) -> Iterator[str]:
    """Return the document of kind ``specplan.review/1``."""
    recipes = review.recipes
    return document(
        {
            "schema": "specplan.review/1",
            "summary": wording.headline(review),
            "since": review.since,
            "repository": recipes.repository,
            "before": recipes.before,
            "after": recipes.after,
            "spack_rules": recipes.spack_rules,
            "unit": review.unit,
            "recipes": recipes.recipes,
            "others": recipes.others,
            "recipe_totals": recipes.totals,
            "change": review.change,
            "stacks": [
                {**fields_of(each), "critical_path": [_named(spec) for spec in each.critical_path]}
                for each in review.stacks
            ],
            "stale": [
                {**_named(each.spec), "stacks": each.stacks, "cause": each.cause}
                for each in review.stale
            ],
            "untested": [
                {**_named(each.spec), "kept_by": each.kept_by, "available": each.available}
                for each in review.untested
            ],
            "totals": review.totals,
            "commands": review.commands,
            "left_out": left_out_json(review.left_out),
            "sources": review.sources,
        }
    )


def _named(spec: NamedSpec) -> dict[str, Json]:
    return {"hash": spec.hash, "package": spec.package, "version": spec.version}
