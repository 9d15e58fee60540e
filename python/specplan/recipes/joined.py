"""The changes since several commits, as one answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.model.left_out import merged
from specplan.recipes.findings import classes_in, strongest
from specplan.recipes.model import VerdictCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.recipes.model import (
        RecipeChange,
        RecipeChanges,
        RecipeVerdict,
        SpecChange,
    )

__all__ = ["joined", "kept_count", "verdict_counts"]


def joined(changes: Sequence[RecipeChanges]) -> RecipeChanges:
    """Return the changes since any of several commits, merged as if since the first.

    Each recipe is listed once, with its specs in all locks.

    Args:
        changes: The changes since each commit; at least one.
    """
    first, *others = changes
    if not others:
        return first
    by_recipe: dict[tuple[str, str], RecipeChange] = {}
    for each in changes:
        for recipe in each.recipes:
            key = (recipe.namespace, recipe.package)
            known = by_recipe.get(key)
            by_recipe[key] = recipe if known is None else _both(known, recipe)
    recipes = tuple(by_recipe[key] for key in sorted(by_recipe))
    return replace(
        first,
        stacks=tuple(dict.fromkeys(stack for each in changes for stack in each.stacks)),
        recipes=recipes,
        others=tuple(sorted({path for each in changes for path in each.others})),
        totals=replace(
            first.totals,
            recipes=verdict_counts(each.verdict for each in recipes),
            specs=verdict_counts(spec.verdict for each in recipes for spec in each.specs),
            kept=kept_count(spec for each in recipes for spec in each.specs),
            dependents=sum(each.totals.dependents for each in changes),
        ),
        left_out=merged(dict.fromkeys(each for group in changes for each in group.left_out)),
        sources=tuple(dict.fromkeys(each for group in changes for each in group.sources)),
    )


def _both(one: RecipeChange, other: RecipeChange) -> RecipeChange:
    return replace(
        one,
        classes=classes_in((*one.classes, *other.classes)),
        verdict=strongest((one.verdict, other.verdict)),
        reasons=tuple(dict.fromkeys((*one.reasons, *other.reasons))),
        specs=(*one.specs, *other.specs),
        lines=one.lines or other.lines,
    )


def kept_count(specs: Iterable[SpecChange]) -> int:
    """Return the number of specs that may change but keep their package hash."""
    return sum(each.verdict == "may_change" and each.package_hash == "same" for each in specs)


def verdict_counts(verdicts: Iterable[RecipeVerdict]) -> VerdictCounts:
    """Return the number of specs with each verdict."""
    found = Counter(verdicts)
    return VerdictCounts(
        same=found["same"],
        blind=found["blind"],
        may_change=found["may_change"],
        stale=found["stale"],
    )
