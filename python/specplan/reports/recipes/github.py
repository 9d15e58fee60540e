"""Changes of recipes as annotations that GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.recipes import wording
from specplan.reports.render.escape import terminal

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
    """Return one annotation for each recipe that does more than nothing, and one for all."""
    lines = [*recipe_annotations(changes), notice("Recipes", wording.headline(changes))]
    return "".join(f"{line}\n" for line in lines)


def recipe_annotations(changes: RecipeChanges) -> Iterator[str]:
    """Give one annotation for each recipe that does more than nothing."""
    for each in changes.recipes:
        if each.verdict != "same":
            yield from _lines(each)


def notice(title: str, message: str) -> str:
    """Return an annotation that is of no line."""
    return f"::notice title={_property(title)}::{_message(message)}"


def _lines(change: RecipeChange) -> Iterator[str]:
    first, last = change.lines[0] if change.lines else (1, 1)
    properties = {
        "file": change.file,
        "line": str(first),
        "endLine": str(last),
        "title": f"{change.package}: {wording.VERDICT_WORDS[change.verdict]}",
    }
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    said = [wording.shown_specs(change), *change.why]
    yield f"::{_LEVELS[change.verdict]} {shown}::{_message('; '.join(filter(None, said)))}"


def _message(text: str) -> str:
    escaped = terminal(text).replace("%", "%25")
    return escaped.replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
