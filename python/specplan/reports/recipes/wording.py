"""Phrases about changed recipes, in every format."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from specplan.counting import count, form
from specplan.recipes.model import RECIPE_VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.recipes.model import RecipeChange, RecipeChanges, RecipeVerdict, SpecChange

__all__ = ["VERDICT_WORDS", "changed", "classes", "headline", "notes", "shown_specs"]

#: The verdicts as words.
VERDICT_WORDS: Final[dict[RecipeVerdict, str]] = {
    "same": "same",
    "blind": "blind",
    "may_change": "may change",
    "stale": "stale",
}

#: The effects of recipes by verdict, the strongest first.
_DOES: Final[tuple[tuple[RecipeVerdict, str, str], ...]] = (
    ("stale", "changes hashes", "change hashes"),
    ("may_change", "may change hashes", "may change hashes"),
    ("blind", "changes builds but no hash", "change builds but no hash"),
    ("same", "changes no hash", "change no hash"),
)


def changed(changes: RecipeChanges) -> str:
    """Return the number of changed recipes, and that of each effect."""
    recipes = Counter(each.verdict for each in changes.recipes)
    if not changes.recipes:
        return "no recipe changed"
    parts = [
        f"{recipes[verdict]} {one if recipes[verdict] == 1 else many}"
        for verdict, one, many in _DOES
        if recipes[verdict]
    ]
    return f"{count(len(changes.recipes), 'recipe')} changed, {', '.join(parts)}"


def headline(changes: RecipeChanges) -> str:
    """Return the changes in one sentence without a full stop."""
    sentence = changed(changes).replace(" changed, ", " changed: ", 1)
    if not changes.stacks or not changes.recipes:
        return sentence
    totals = changes.totals
    specs = count(totals.specs.stale, "spec")
    others = count(totals.dependents, "other")
    depend = form(totals.dependents, "depends", "depend")
    return f"{sentence}; {specs} stale, {others} {depend} on them"


def shown_specs(change: RecipeChange) -> str:
    """Return the number of specs of a recipe with each verdict, the strongest first."""
    found = Counter(each.verdict for each in change.specs)
    return ", ".join(
        f"{found[verdict]} {VERDICT_WORDS[verdict]}"
        for verdict in reversed(RECIPE_VERDICTS)
        if found[verdict]
    )


def classes(change: RecipeChange) -> str:
    """Return the kinds of changes."""
    return ", ".join(each.replace("_", " ") for each in change.classes)


def notes(changes: RecipeChanges) -> list[str]:
    """Return notes about the answer."""
    found = [f"compared {changes.before[:12]} with {changes.after[:12]}"]
    found[0] += f", by the rules of Spack {changes.spack_rules}"
    specs = [spec for each in changes.recipes for spec in each.specs]
    if specs:
        found.append(
            f"the locks are assumed to be made with the recipes of {changes.before[:12]}; "
            + _proven(specs)
        )
    if kept := changes.totals.kept:
        open_ = changes.totals.specs.may_change
        keep = form(kept, "keeps", "keep")
        found.append(
            f"{kept} of {count(open_, 'spec')} that may change {keep} the package hash "
            "if the concretizer makes the same choice again"
        )
    if changes.others:
        known = count(len(changes.others), "other file")
        found.append(f"{known} changed, the first is {changes.others[0]}")
    return found


def _proven(specs: Sequence[SpecChange]) -> str:
    proven = sum(spec.proven for spec in specs)
    return f"{proven} of {count(len(specs), 'package hash', 'package hashes')} follow from them"
