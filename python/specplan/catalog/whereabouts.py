"""Gaps that are installed or in a mirror without being indexed; binaries in only some indexes.

The same question is asked again of other rows of the same sources, and the differences between the
answers are the result.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan import _core as compiled
from specplan.model import LeftOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from specplan.catalog.contents import Contents
    from specplan.model import Coverage, Gap, GapState
    from specplan.sources.origins import IndexRead
    from specplan.sources.want_records import WantedLock

__all__ = ["differing_indexes", "fetched", "index_versions", "with_states"]

#: States that take precedence over those of the question's own rows, in this order.
_BEFORE: Final[frozenset[GapState]] = frozenset({"not_concretized", "installed", "unindexed"})


def with_states(
    coverage: Coverage, contents: Contents, ask: Callable[[compiled.Catalog], Coverage]
) -> Coverage:
    """Return an answer whose gaps show whether they are installed, or listed by no index.

    Args:
        coverage: The answer.
        contents: The catalog that was asked.
        ask: Asks the same question of other rows.
    """
    states: tuple[tuple[GapState, compiled.Catalog | None], ...] = (
        ("installed", contents.installed),
        ("unindexed", contents.fetched),
    )
    for state, rows in states:
        if rows is None or not coverage.gaps:
            continue
        still = {*map(_place, ask(rows).gaps)}
        coverage = replace(
            coverage,
            gaps=tuple(
                each
                if each.state in _BEFORE or _place(each) in still
                else replace(each, state=state)
                for each in coverage.gaps
            ),
        )
    return coverage


def fetched(contents: Contents, wanted: Sequence[WantedLock]) -> compiled.Catalog | None:
    """Return the rows that count for wants by hash; None if they are those of the indexes.

    Raises:
        SourceError: If a mirror cannot be asked for single binaries.
    """
    probed = [each for each in contents.mirrors if each.is_probed]
    if not probed:
        return contents.fetched
    from specplan.sources.mirrors.indexes import fetched_by_hash  # noqa: PLC0415 - few ask for it

    rows = contents.core if contents.fetched is None else contents.fetched
    everything = compiled.Query.all()
    there = {each.hash for each in rows.specs(everything, None) if each.is_available}
    absent = {
        each.hash: (each.package, each.version)
        for lock in wanted
        if not lock.is_available
        for each in lock.core.specs(everything, None)
        if each.hash not in there and not each.is_external
    }
    found = [core for taken in probed for core in fetched_by_hash(taken, absent)]
    return compiled.Catalog.merged([rows, *found]) if found else contents.fetched


def index_versions(
    coverage: Coverage, contents: Contents, ask: Callable[[compiled.Catalog], Coverage]
) -> list[LeftOut]:
    """Return the records of wants that only binaries of some indexes cover.

    Args:
        coverage: The answer from all indexes together.
        contents: The catalog that was asked.
        ask: Asks the same question of other rows.
    """
    if contents.least is None:
        return []
    least = ask(contents.least)
    count = len({*map(_place, least.gaps)} - {*map(_place, coverage.gaps)})
    installable = 0
    if coverage.roots is not None and least.roots is not None:
        installable = coverage.roots.installable - least.roots.installable
    return differing_indexes(contents.indexes, max(count, installable))


def differing_indexes(indexes: Iterable[IndexRead], count: int) -> list[LeftOut]:
    """Return the record for answers that rely on binaries missing from some index of a mirror.

    Args:
        indexes: The indexes of all mirrors with several of them.
        count: The number of wants, builds or roots that rely on it; with 0 there is no record.
    """
    apart = [each for each in indexes if each.alone]
    if not apart or count <= 0:
        return []
    alone = Counter({each.mirror: 0 for each in apart})
    versions: dict[str, list[str]] = {}
    for each in apart:
        alone[each.mirror] += each.alone
        versions.setdefault(each.mirror, []).append(_listed(each))
    return [
        LeftOut(
            kind="index_version",
            where=", ".join(versions),
            detail="covered only by binaries that some index lacks: "
            + "; ".join(", ".join(listed) for listed in versions.values()),
            count=count,
            blocks=True,
            remedy="--for-spack VERSION, the version of Spack that uses the cache",
        )
    ]


def _listed(index: IndexRead) -> str:
    version = "an index" if index.version is None else f"version {index.version}"
    return f"{version} lists {index.binaries} binaries, {index.alone} of them not in every index"


def _place(gap: Gap) -> tuple[str, str, str, str]:
    return gap.stack, gap.os, gap.target, gap.want
