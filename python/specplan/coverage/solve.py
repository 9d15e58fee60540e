"""Solving a coverage query: read the wants, ask the core, make the record."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from specplan import _core as compiled
from specplan.catalog import whereabouts
from specplan.catalog.contents import tags_of
from specplan.coverage import records
from specplan.coverage.ask import ResolvedAnswer, ask, environment_options
from specplan.coverage.covered import all_wants, covered_wants
from specplan.coverage.left_out import of_coverage
from specplan.coverage.want_keys import want_keys
from specplan.model.lazy_records import DeferredRecords
from specplan.model.left_out import merged

if TYPE_CHECKING:
    from specplan.catalog.contents import Contents
    from specplan.coverage.query import CoverageQuery
    from specplan.model import Coverage
    from specplan.model.query import Detail
    from specplan.sources.want_records import WantedEnvironment, WantedLock

__all__ = ["answer", "solve"]

#: The locks and the environments of a query.
_Wants: TypeAlias = "tuple[tuple[WantedLock, ...], tuple[WantedEnvironment, ...]]"


def solve(contents: Contents, query: CoverageQuery, older: Contents | None = None) -> Coverage:
    """Return the coverage of the reported cells and their gaps.

    Args:
        contents: The caches.
        query: The query.
        older: Another catalog, whose newest snapshot is the older state of baseline wants.

    Raises:
        UnknownNameError: If a stack, system or snapshot is unknown.
        EmptySelectionError: If no cell is left to report.
        UsageError: If the question makes no sense otherwise.
    """
    holder = _holder(contents, query, older)
    # The wants are read once and used for several sets of rows.
    wants = _wants(contents, query)

    def asked(rows: compiled.Catalog | None = None) -> Coverage:
        detail: Detail = "nearest" if query.nearest and rows is None else "gaps"
        answered = _answer(contents, query, older, detail, wants=wants, rows=rows)
        found = records.coverage(
            answered,
            caches=contents.core,
            compat=query.compat,
            tags=tags_of(answered.state),
            baseline=query.baseline if older is None else older.name or None,
            damaged=contents.damaged if holder is None else holder.damaged_with(contents),
            left_out=of_coverage(answered, contents, holder, query.stack),
        )
        if rows is None:
            cells = found.cells
            # Only documents and trends contain them.
            keys = DeferredRecords(lambda: want_keys(cells, all_wants(answered)))
            found = replace(found, want_keys=keys)
        if query.covered and rows is None:
            found = replace(found, covered=covered_wants(answered, found.gaps))
        return replace(found, sources=contents.used_with(holder or contents))

    coverage = whereabouts.with_states(asked(), contents, asked)
    left_out = whereabouts.index_versions(coverage, contents, asked)
    if not left_out:
        return coverage
    return replace(coverage, left_out=merged((*coverage.left_out, *left_out)))


def answer(
    contents: Contents,
    query: CoverageQuery,
    older: Contents | None,
    detail: Detail,
) -> ResolvedAnswer:
    """Read the wants, and ask the core about the cells of stacks.

    Args:
        contents: The caches.
        query: The query.
        older: Another catalog with the older state of baseline wants.
        detail: The detail of the answer.
    """
    return _answer(contents, query, older, detail, wants=_wants(contents, query))


def _wants(contents: Contents, query: CoverageQuery) -> _Wants:
    # Missing recipes are reported even if no file is wanted.
    options = environment_options(contents.core, query)
    if not query.want:
        return (), ()
    from specplan.catalog.available import available_wants  # noqa: PLC0415
    from specplan.sources.wants import read_wants  # noqa: PLC0415

    return read_wants(query.want, contents.limits, options, available_wants(contents, query.tag))


def _answer(
    contents: Contents,
    query: CoverageQuery,
    older: Contents | None,
    detail: Detail,
    *,
    wants: _Wants,
    rows: compiled.Catalog | None = None,
) -> ResolvedAnswer:
    """Ask the core about the cells of stacks.

    Args:
        contents: The caches.
        query: The query.
        older: Another catalog with the older state of baseline wants.
        detail: The detail of the answer.
        wants: The wants.
        rows: The rows to ask instead of those of the caches.
    """
    wanted, environments = wants
    # If nothing is available, every want is a gap.
    nothing = bool(query.want) and contents.is_empty
    state = [] if nothing else contents.state(query.tag)
    own_stacks = contents.own_stacks
    if rows is None and wanted and not environments and query.level in {None, "hash"}:
        # Spack fetches a binary by hash, whether an index lists it or not.
        rows = whereabouts.fetched(contents, wanted)
    if rows is not None:
        contents = replace(contents, core=rows)
    core, older_state = contents.core, None
    holder = _holder(contents, query, older)
    if holder is not None:
        # The rows of the older state remain those of its own indexes.
        core, older_state = contents.beside(holder, query.baseline)
    if wanted:
        core = compiled.Catalog.merged([core, *(each.core for each in wanted)])
    return ask(
        core,
        state,
        older=older_state,
        wanted=wanted,
        environments=environments,
        own_stacks=own_stacks,
        detail=detail,
        query=query,
    )


def _holder(contents: Contents, query: CoverageQuery, older: Contents | None) -> Contents | None:
    """Return the contents with the older state of baseline wants; None without any."""
    if older is not None:
        return older
    return None if query.baseline is None else contents
