"""``specplan diff``: what two states of a cache have lost, gained and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from specplan.cli import catalogs, gates, options, output
from specplan.reports import csv_table, json_document, markdown, text

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from specplan.catalog import Catalog
    from specplan.config import Configuration
    from specplan.model import Diff

__all__ = ["diff"]


@click.command(short_help="What was lost, gained and changed between two states.")
@click.argument("old")
@click.argument("new", required=False)
@options.cells
@options.gates
@options.sources
@options.report
def diff(old: str, new: str | None, **typed: Unpack[options.Typed]) -> int:
    """Compare two states: OLD and NEW, or OLD and the newest snapshot.

    Each is a snapshot of the caches, or else a source of its own. A key that gave way to
    another one of the same package is changed, not lost; a stack that the newer state
    does not list at all is absent, and its keys are not counted.

    \b
    Examples:
      specplan diff --cache _cache develop-2025-05-18 develop-2025-05-25
      specplan diff _cache/develop-2025-05-18 _cache/develop-2025-05-25 --level version
      specplan diff develop-2025-05-18 --stack e4s --fail-on-lost --fail-on-absent
    """  # noqa: D301 - \b keeps click from wrapping the examples
    settings = options.settings(typed)
    answer = _ask(old, new, settings)
    output.write(_rendered(answer, settings, typed), typed.get("output"))
    return output.gates_failed(gates.of_diff(answer, settings))


def _ask(old: str, new: str | None, settings: Configuration) -> Diff:
    catalog, older, newer = _states(old, new, settings)
    answer = catalog.diff(
        older,
        newer,
        stack=settings.stack,
        os=settings.os,
        target=settings.target,
        level=settings.level or "package",
    )
    asked = [state for state in (older, newer) if state is None or isinstance(state, str)]
    if any(asked):
        catalogs.note_unused(catalog.unused_tags(*asked))
    return answer


def _states(
    old: str, new: str | None, settings: Configuration
) -> tuple[Catalog, str | Catalog, str | Catalog | None]:
    """Return the catalog to ask and the two states; two paths need no other cache."""
    if not settings.cache and new is not None:
        older_place, newer_place = catalogs.as_source(old), catalogs.as_source(new)
        if older_place is not None and newer_place is not None:
            older = catalogs.read([older_place], settings)
            return catalogs.read([newer_place], settings), older, None
    catalog = catalogs.configured(settings, old, new)
    older_state = catalogs.other_state(old, catalog, settings, "")
    newer_state = None if new is None else catalogs.other_state(new, catalog, settings, "")
    return catalog, older_state, newer_state


def _rendered(answer: Diff, settings: Configuration, typed: options.Typed) -> str:
    if settings.format == "json":
        return json_document.diff(answer)
    if settings.format == "csv":
        return csv_table.diff(answer)
    if settings.format == "markdown":
        return markdown.diff(answer)
    return text.diff(answer, width=output.width(typed), colour=output.colour(typed))
