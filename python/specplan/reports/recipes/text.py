"""Changes of recipes as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.reports.recipes import wording
from specplan.reports.render import hashes
from specplan.reports.render.escape import terminal
from specplan.reports.render.layout import Column, Span
from specplan.reports.render.page import Page

if TYPE_CHECKING:
    from specplan.recipes.model import PackageHash, RecipeChange, RecipeChanges

__all__ = ["text"]


def text(changes: RecipeChanges, *, width: int, colour: bool = False) -> str:
    """Return the recipes, one a row, and their package hashes if those were asked for.

    Args:
        changes: The changes.
        width: The terminal's width in columns.
        colour: Whether to paint with escape sequences.
    """
    page = Page(width=width, colour=colour)
    page.text(wording.headline(changes), style="bold")
    if changes.recipes:
        page.blank()
        page.table(*_recipes(changes))
    if changes.hashes is not None:
        page.blank()
        page.table(*_hashes(changes.hashes))
    page.notes([terminal(each) for each in wording.notes(changes)])
    return page.end()


def _recipes(changes: RecipeChanges) -> tuple[list[Column], list[list[Span]]]:
    columns = [
        Column(("recipe",), overhangs=True),
        Column(("verdict",)),
        Column(("specs",), wraps=True),
        Column(("what changed",), wraps=True),
    ]
    return columns, [_row(each) for each in changes.recipes]


def _row(change: RecipeChange) -> list[Span]:
    return [
        Span(terminal(change.package)),
        Span(wording.VERDICT_WORDS[change.verdict]),
        Span(wording.shown_specs(change)),
        Span(wording.classes(change)),
    ]


def _hashes(found: tuple[PackageHash, ...]) -> tuple[list[Column], list[list[Span]]]:
    columns = [
        Column(("spec",), overhangs=True),
        Column(("hash",)),
        Column(("package hash",)),
        Column(("as recorded",), wraps=True),
    ]
    rows = [
        [
            Span(terminal(f"{each.package}@{each.version}")),
            Span(terminal(hashes.shown(each.hash))),
            Span("" if each.computed is None else each.computed),
            Span(terminal(_as_recorded(each))),
        ]
        for each in found
    ]
    return columns, rows


def _as_recorded(each: PackageHash) -> str:
    if each.computed is None:
        return f"not read: {each.why}"
    if each.recorded is None:
        return "none recorded"
    return "yes" if each.computed == each.recorded else "no"
