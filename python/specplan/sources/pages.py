"""Package pages of a build cache's website: a page, or a tree ``_cache/TAG/PACKAGE/specs.md``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan.errors import SourceError
from specplan.model import DamagedFile
from specplan.model.check import Finding
from specplan.sources.result import SourceRead
from specplan.sources.vast_folders import refuse_without_pages

if TYPE_CHECKING:
    from pathlib import Path

    from specplan.sources.front_matter import FrontMatter
    from specplan.sources.limits import Limits

__all__ = ["read"]

#: The expected content of a folder.
_EXPECTED: Final = (
    "name a mirror by the folder that contains `v3` or `build_cache`; a page is called "
    "`specs.md`, or has `layout: cache` in its front matter"
)


def read(place: str, limits: Limits) -> SourceRead:
    """Read a page or all pages below a folder.

    The bulk reader reads every page in the published spelling; the reference reader reads the
    others, one by one.

    Raises:
        SourceError: If there is no page.
    """
    refuse_without_pages(place, _EXPECTED)
    bulk = _core.read_pages(place, limits.file_bytes, limits.tree_entries)
    values, refused, lines = _referred(bulk.declined, limits)
    referred = _core.read_page_values(place, [(path, page.json) for path, page in values.items()])
    damaged = [
        *(_damaged(each, each.line) for each in bulk.damaged),
        *(_damaged(each, lines[each.path].line_of(each.location)) for each in referred.damaged),
        *refused,
    ]
    files = bulk.taken + referred.taken
    if not files and not damaged:
        raise _nothing_in(place)
    contradictions = [*bulk.contradictions, *referred.contradictions]
    return SourceRead(
        source=place,
        core=_core.Catalog.merged([bulk.catalog, referred.catalog]),
        files=files,
        damaged=tuple(sorted(damaged, key=lambda file: file.path)),
        contradictions=tuple(
            Finding(
                kind="contradiction",
                path=each.path,
                location=f"meta.{each.key}",
                line=None,
                message=f"`meta` says {each.meta}, `spec_details` have {each.specs}",
            )
            for each in sorted(contradictions, key=lambda each: (each.path, each.key))
        ),
    )


def _damaged(answer: _core.DamagedPageAnswer, line: int | None) -> DamagedFile:
    return DamagedFile(path=answer.path, location=answer.location, line=line, fault=answer.fault)


def _nothing_in(place: str) -> SourceError:
    """Return the error for a folder without pages."""
    if not any(names for _, _, names in os.walk(place)):
        return SourceError(
            f"`{place}` contains no files",
            path=place,
            hint="is it the right folder, is it mounted, and was anything pushed to it?",
        )
    return SourceError(
        f"`{place}` contains no mirror, index, lock or package pages", path=place, hint=_EXPECTED
    )


def _referred(
    paths: list[Path], limits: Limits
) -> tuple[dict[Path, FrontMatter], list[DamagedFile], dict[str, FrontMatter]]:
    """Return the pages that the reference reader reads or refuses, and the first by name."""
    if not paths:
        return {}, [], {}
    # Pages in the published spelling need no YAML reader.
    from specplan.sources.reference_pages import refer, shown  # noqa: PLC0415

    taken, refused = refer(paths, limits)
    return taken, refused, {shown(path): page for path, page in taken.items()}
