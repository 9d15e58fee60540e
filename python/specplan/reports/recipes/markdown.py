"""Changes of recipes as Markdown, fit for a comment on a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.reports.coverage.markdown import document, foldable, listed
from specplan.reports.recipes import wording
from specplan.reports.render.escape import markdown_code as code
from specplan.reports.render.escape import markdown_text as sentence

if TYPE_CHECKING:
    from specplan.recipes.model import RecipeChanges

__all__ = ["markdown"]


def markdown(changes: RecipeChanges) -> str:
    """Return the headline, a table of the recipes, and one of package hashes if asked for."""
    parts = [f"### {sentence(wording.headline(changes))}"]
    if changes.recipes:
        parts.append(_recipes(changes))
    if changes.hashes is not None:
        parts.append(_hashes(changes))
    return document([*parts, listed([sentence(each) for each in wording.notes(changes)])])


def _recipes(changes: RecipeChanges) -> str:
    rows = [
        (
            code(each.package),
            wording.VERDICT_WORDS[each.verdict],
            sentence(wording.shown_specs(each)),
            sentence(wording.classes(each)),
            sentence("; ".join(each.why)),
        )
        for each in changes.recipes
    ]
    return foldable("Recipes", ("recipe", "verdict", "specs", "what changed", "why"), rows)


def _hashes(changes: RecipeChanges) -> str:
    rows = [
        (
            code(f"{each.package}@{each.version}"),
            code(each.hash),
            code(each.computed) if each.computed else sentence(each.why),
            "yes" if each.computed is not None and each.computed == each.recorded else "no",
        )
        for each in changes.hashes or ()
    ]
    return foldable("Package hashes", ("spec", "hash", "package hash", "as recorded"), rows)
