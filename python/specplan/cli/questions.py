"""Requests to the catalog, made from settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.catalog.names import select_names
from specplan.coverage.query import CoverageQuery
from specplan.errors import UsageError

if TYPE_CHECKING:
    from specplan.api.catalog import Catalog
    from specplan.cli.settings import Settings

__all__ = ["query_of", "with_environments", "with_stacks"]


def query_of(settings: Settings, baseline: str | Catalog | None = None) -> CoverageQuery:
    """Return the coverage query of the settings.

    Args:
        settings: The settings.
        baseline: The older state, as a snapshot of the caches or of its own.
    """
    return CoverageQuery(
        stack=settings.stack,
        peers=settings.peers,
        system=settings.system,
        os=settings.os,
        target=settings.target,
        tag=settings.tag,
        baseline=baseline if isinstance(baseline, str) else None,
        level=settings.level,
        compat=settings.compat,
        not_wanted=settings.not_wanted,
        families=settings.families,
        libc=settings.libc,
        cells={table.name: table.cells for table in settings.stacks if table.cells},
    )


def with_environments(query: CoverageQuery, settings: Settings) -> CoverageQuery:
    """Return a query with the settings for reading environments.

    Raises:
        UsageError: If an include does not map a URL to a file.
    """
    includes = {}
    for text in settings.include:
        # The query of a URL may contain `=`, a file name hardly does.
        url, equals, file = text.rpartition("=")
        if not equals or not url or not file:
            raise UsageError(
                f"`--include {text}` does not say which file replaces which URL",
                hint="write it as `--include https://example.org/packages.yaml=packages.yaml`",
            )
        includes[url] = file
    return replace(
        query,
        host=settings.host,
        include=includes,
        group=settings.group,
        packages=settings.packages,
        allow_left_out=frozenset(settings.allow_left_out),
    )


def with_stacks(settings: Settings) -> Settings:
    """Return the settings with those of the ``[[stack]]`` tables.

    Without other wants, those of the tables count, and ``--stack`` selects among them. If the
    tables have no wants, they define the reported stacks.

    Raises:
        UnknownNameError: If ``--stack`` selects none of the tables.
        UsageError: If only some of the selected tables have wants.
    """
    tables = settings.stacks
    of_wants = settings.want or settings.peers or settings.baseline is not None
    if not tables:
        return settings
    names = [table.name for table in tables]
    if of_wants or not any(table.want for table in tables):
        is_chosen = settings.is_typed("stack") or bool(settings.want)
        return settings if is_chosen else replace(settings, stack=tuple(names))
    patterns = settings.stack if settings.is_typed("stack") else tuple(names)
    selected = select_names(patterns, names, kind="stack")
    wants = {table.name: table.want for table in tables if table.name in selected}
    without = [name for name, want in wants.items() if want is None]
    if without:
        raise UsageError(
            f"the `[[stack]]` table of `{without[0]}` has no wants, but other tables have",
            hint="give it a `want`, or select the others with `--stack`",
        )
    want = tuple(f"{name}={place}" for name, place in wants.items())
    return replace(settings, want=want, stack=())
