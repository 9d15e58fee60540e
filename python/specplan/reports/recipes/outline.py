"""The report of changed recipes: recipes, and package hashes on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.recipes.model import RecipeChanges
from specplan.reports.outline import (
    Column,
    Name,
    Outline,
    Records,
    ReportTable,
    Section,
    SpecWithHash,
    State,
    Words,
    outline_of,
    records_of,
)
from specplan.reports.recipes import wording
from specplan.reports.render import prose
from specplan.reports.render import wording as render_wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specplan.model.report import ReportOptions
    from specplan.recipes.model import PackageHash, RecipeChange, RecipeVerdict
    from specplan.reports.outline import Tone

__all__ = ["outline", "recipe_table", "records"]

_TONES: Final[Mapping[RecipeVerdict, Tone]] = {
    "same": "good",
    "blind": "warning",
    "may_change": "warning",
    "stale": "bad",
}


@outline_of.register(RecipeChanges)
def outline(changes: RecipeChanges, options: ReportOptions) -> Outline:
    """Return the recipes, one per row, and their package hashes on request."""
    del options
    sections = []
    if changes.recipes:
        sections.append(Section(id="recipes", title="recipes", table=recipe_table(changes)))
    if changes.hashes is not None:
        table = _hashes(changes.hashes)
        sections.append(Section(id="hashes", title="package hashes", table=table))
    return Outline(
        kind="recipes",
        headline=wording.headline(changes),
        warnings=tuple(render_wording.not_whole(changes.left_out)),
        sections=tuple(sections),
        notes=(
            *map(prose.words, wording.notes(changes)),
            *render_wording.left_out(changes.left_out),
        ),
    )


@records_of.register(RecipeChanges)
def records(changes: RecipeChanges, options: ReportOptions) -> Records:
    """Return one row per recipe."""
    del options
    rows = (
        (change.package, change.path, change.verdict, change.classes, change.reasons)
        for change in changes.recipes
    )
    return Records(("package", "file", "verdict", "classes", "why"), rows)


def recipe_table(changes: RecipeChanges) -> ReportTable:
    """Return the changed recipes, one per row."""
    columns = (
        Column("package", "recipe", "name", is_lead=True),
        Column("verdict", "verdict", "state"),
        Column("specs", "specs", "words"),
        Column("classes", "what changed", "words"),
        Column("why", "why", "words", is_extra=True),
    )
    return ReportTable(columns, tuple(map(_recipe, changes.recipes)))


def _recipe(change: RecipeChange) -> tuple[Name, State, Words, Words, Words]:
    verdict = change.verdict
    return (
        Name(change.package),
        State(verdict, wording.VERDICT_WORDS[verdict], _TONES[verdict]),
        Words(wording.shown_specs(change)),
        Words(wording.classes(change)),
        Words("; ".join(change.reasons)),
    )


def _hashes(hashes: tuple[PackageHash, ...]) -> ReportTable:
    columns = (
        Column("spec", "spec", "spec", is_lead=True),
        Column("hash", "hash", "spec"),
        Column("computed", "package hash", "name"),
        Column("as_recorded", "as recorded", "words"),
    )
    rows = tuple(
        (
            Name(f"{found.package}@{found.version}"),
            SpecWithHash("", found.hash, between=""),
            Name(found.computed or ""),
            Words(_as_recorded(found)),
        )
        for found in hashes
    )
    return ReportTable(columns, rows)


def _as_recorded(found: PackageHash) -> str:
    if found.computed is None:
        return f"not read: {found.reason}"
    if found.recorded is None:
        return "none recorded"
    return "yes" if found.computed == found.recorded else "no"
