"""Changes of recipes as annotations that GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.recipes import wording
from specplan.reports.render.github import MOST_ANNOTATIONS, annotation, limited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.recipes.model import RecipeChange, RecipeChanges, RecipeVerdict

__all__ = ["github", "notice", "recipe_annotations"]

_LEVELS: Final[dict[RecipeVerdict, str]] = {
    "stale": "warning",
    "may_change": "notice",
    "blind": "warning",
    "same": "notice",
}


def github(changes: RecipeChanges) -> str:
    """Return one annotation for each recipe with an effect, and one for all."""
    lines = [*recipe_annotations(changes), notice("Recipes", wording.headline(changes))]
    return "".join(f"{line}\n" for line in lines)


def recipe_annotations(changes: RecipeChanges) -> Iterator[str]:
    """Yield an annotation for each recipe with an effect, up to the number shown.

    Those with the most changed specs come first.
    """
    chosen = [each for each in changes.recipes if each.verdict != "same"]
    chosen.sort(key=_reach, reverse=True)
    for level in ("warning", "notice"):
        lines = [_line(each, level) for each in chosen if _LEVELS[each.verdict] == level]
        # One notice is left for the headline.
        most = MOST_ANNOTATIONS - (level == "notice")
        yield from limited(level, lines, most)


def _reach(change: RecipeChange) -> int:
    return sum(spec.verdict != "same" for spec in change.specs)


def notice(title: str, message: str) -> str:
    """Return an annotation without a line."""
    return annotation("notice", [message], {"title": title})


def _line(change: RecipeChange, level: str) -> str:
    first, last = change.lines[0] if change.lines else (1, 1)
    said = [wording.shown_specs(change), *change.reasons]
    return annotation(
        level,
        ["; ".join(filter(None, said))],
        {
            "file": change.path,
            "line": str(first),
            "endLine": str(last),
            "title": f"{change.package}: {wording.VERDICT_WORDS[change.verdict]}",
        },
    )
