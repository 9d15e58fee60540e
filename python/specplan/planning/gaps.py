"""Gaps as wants of a plan: some only need listing, the others need a choice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan import _core as compiled
from specplan.catalog.names import ROOT
from specplan.catalog.specs import by_hash
from specplan.coverage.environments import AbstractWants, WantedCell
from specplan.coverage.solve import solve
from specplan.errors import UsageError
from specplan.model.choice import PublishedWant
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specplan.catalog.contents import Contents
    from specplan.coverage.query import CoverageQuery
    from specplan.model import Gap, LeftOut, NotWanted

__all__ = ["GapWants", "asks_for_gaps", "wants_of_gaps"]

_LEVELS: Final = ("package", "version")


@dataclass(frozen=True, slots=True, kw_only=True)
class GapWants:
    """The gaps of a catalog, each either to be listed or to be chosen for.

    Attributes:
        publish: The wants that only need listing, by stack, os, target, want.
        wants: The others, as abstract wants.
        not_wanted: The entries, each with the number of wants it excluded.
        excluded: The number of wants that any entry excludes.
        left_out: Input of the coverage question that could not be taken into account.
        stacks: The stacks in question, with or without gaps.
    """

    publish: tuple[PublishedWant, ...]
    wants: AbstractWants
    not_wanted: tuple[NotWanted, ...]
    excluded: int
    left_out: tuple[LeftOut, ...]
    stacks: frozenset[str]


def asks_for_gaps(query: CoverageQuery, older: Contents | None) -> bool:
    """Return whether a query selects gaps."""
    return bool(query.stack or query.peers) or query.baseline is not None or older is not None


def wants_of_gaps(contents: Contents, query: CoverageQuery, older: Contents | None) -> GapWants:
    """Return the gaps of stacks as wants of a plan.

    Args:
        contents: The caches.
        query: The query for the gaps.
        older: Another catalog with the older state of baseline wants.

    Raises:
        UnknownNameError: If a stack, system or snapshot is unknown.
        EmptySelectionError: If no cell is left to report.
        UsageError: If there is no cache, or keys of this level are not abstract specs.
    """
    level = query.level or "package"
    if level not in _LEVELS:
        raise UsageError(
            f"gaps at level `{level}` cannot be planned: candidates may have another hash or "
            "other variants",
            hint="plan at level `package` or `version`, or name locks as wants",
        )
    query = replace(query, level=level, nearest=True)
    coverage = solve(contents, query, older)
    platforms = {(cell.stack, cell.os, cell.target): cell.platform for cell in coverage.cells}
    others = (gap for gap in coverage.gaps if gap.state != "other_stack")
    return GapWants(
        publish=_published(contents, coverage.gaps, query),
        wants=_abstract(others, platforms),
        not_wanted=coverage.not_wanted,
        excluded=coverage.totals.not_wanted,
        left_out=coverage.left_out,
        stacks=frozenset(cell.stack for cell in coverage.cells),
    )


def _abstract(gaps: Iterable[Gap], platforms: Mapping[tuple[str, str, str], str]) -> AbstractWants:
    """Return gaps as abstract wants, by stack, os, target, want."""
    packages: dict[str, str] = {}
    by_cell: dict[tuple[str, str, str], list[str]] = {}
    for gap in gaps:
        # A key at level `version` is `package@version`: exactly this version, not a later `1.2.x`.
        spec = _spec_of(gap)
        packages[spec] = gap.package
        by_cell.setdefault((gap.stack, gap.os, gap.target), []).append(spec)
    specs = sorted(packages)
    position = {spec: at for at, spec in enumerate(specs)}
    return AbstractWants(
        specs=tuple(specs),
        packages=tuple(packages[spec] for spec in specs),
        cells=tuple(
            WantedCell(
                stack=stack,
                os=os,
                target=target,
                platform=platforms[stack, os, target],
                wants=tuple(sorted(position[spec] for spec in wanted)),
            )
            for (stack, os, target), wanted in sorted(by_cell.items())
        ),
        excluded=(),
        not_wanted=0,
    )


def _spec_of(gap: Gap) -> str:
    """Return the abstract spec for the key of a gap."""
    # A key at level `version` is `package@version`: exactly this version, not a later `1.2.x`.
    return gap.package + gap.want[len(gap.package) :].replace("@", "@=", 1)


def _published(
    contents: Contents, gaps: Iterable[Gap], query: CoverageQuery
) -> tuple[PublishedWant, ...]:
    """Return the gaps that only need listing, by stack, os, target, want."""
    listed = [
        (each, each.nearest)
        for each in gaps
        if each.state == "other_stack" and each.nearest is not None
    ]
    core, state = contents.core, contents.state(query.tag)
    hashes = sorted({nearest.hash for _, nearest in listed})
    specs = by_hash(core, hashes)
    stacks = _stacks_that_list(core, state, hashes) if hashes else {}
    return tuple(
        PublishedWant(
            stack=gap.stack,
            os=gap.os,
            target=gap.target,
            want=_spec_of(gap),
            hash=nearest.hash,
            package=gap.package,
            version=specs[nearest.hash].version,
            binary_os=nearest.os,
            binary_target=nearest.target,
            listed_by=tuple(stacks.get(nearest.hash, ())),
        )
        for gap, nearest in sorted(
            listed,
            key=lambda each: (each[0].stack, each[0].os, each[0].target, _spec_of(each[0])),
        )
    )


def _stacks_that_list(
    core: compiled.Catalog, state: compiled.State, hashes: list[str]
) -> dict[str, list[str]]:
    """Return the stacks that list each hash in a state, sorted."""
    found: dict[str, set[str]] = {}
    among = compiled.Query.hashes(hashes)
    for tag in sorted({tag for _, tag in state}):
        for spec in core.specs(among, tag):
            found.setdefault(spec.hash, set()).update(each for each in spec.stacks if each != ROOT)
    return {each: sorted(stacks) for each, stacks in found.items()}
