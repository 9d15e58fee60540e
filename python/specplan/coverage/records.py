"""What the compiled core answers of coverage, as records of the model."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.catalog.specs import by_hash, nearest_of
from specplan.coverage import environment_records
from specplan.coverage.ask import demand
from specplan.exact import ratio
from specplan.model import (
    Alone,
    BrokenRoot,
    Cell,
    Coverage,
    Gap,
    LackedSpec,
    Lacking,
    RootCoverage,
    RootsOfStack,
    Totals,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from specplan import _core
    from specplan.coverage.ask import Answer, Demand
    from specplan.model import Compatibility, DamagedFile, LeftOut, UnknownWant
    from specplan.model.roots import RootLine

__all__ = ["cell", "cells", "coverage", "lacking"]


def coverage(
    answer: Answer,
    *,
    caches: _core.Catalog,
    compat: Compatibility,
    tags: tuple[str, ...],
    baseline: str | None,
    damaged: tuple[DamagedFile, ...],
    left_out: tuple[LeftOut, ...],
) -> Coverage:
    """Return the report of a question of coverage.

    Args:
        answer: What the core answers.
        caches: The catalog of the caches alone.
        compat: Which binaries serve a cell.
        tags: The snapshots that were asked; none if the sources have none.
        baseline: What the baseline is called.
        damaged: Files that were skipped.
        left_out: What of the question could not be taken into account.
    """
    told = demand(answer)
    usable, gains = _by_place(answer, told)
    own_cells = [
        cell(each, usable.get((each.stack, each.os, each.target))) for each in answer.cells
    ]
    versions = _versions(answer)
    sources = _sources(answer, caches)
    gaps = [_gap(each, own_cells, gains, versions, sources) for each in answer.gaps]
    # The core has ranked them by all that follows, and sorting is stable.
    gaps.sort(key=lambda gap: -(gap.blocked or 0))
    abstract = answer.abstract
    unknown: tuple[UnknownWant, ...] = ()
    gaps += environment_records.gaps_of_not_concretized(answer.not_concretized)
    if answer.not_concretized:
        gaps.sort(key=_rank)
    if abstract is not None:
        gaps += environment_records.gaps(abstract)
        gaps.sort(key=_rank)
        unknown = tuple(environment_records.unknown(abstract))
    all_cells = cells(answer, own_cells)
    wanted = sum(each.wanted for each in all_cells)
    covered = sum(each.covered for each in all_cells)
    undecided = sum(each.unknown for each in all_cells)
    return Coverage(
        wants=answer.wants,
        level=answer.level,
        compat=compat,
        scope=answer.scope,
        tags=tags,
        baseline=baseline,
        cells=all_cells,
        gaps=tuple(gaps),
        roots=_roots(answer, told),
        totals=Totals(
            wanted=wanted,
            covered=covered,
            unknown=undecided,
            gaps=wanted - covered - undecided,
            not_wanted=answer.not_wanted_count,
            coverage=ratio(covered, wanted),
        ),
        absent_stacks=answer.absent,
        not_wanted=answer.not_wanted,
        damaged=damaged,
        unknown=unknown,
        environments=environment_records.environments_asked(
            answer.environments, {} if abstract is None else abstract.wants.roots
        ),
        left_out=left_out,
        alone=_alone(answer),
        root_lines=_root_lines(answer),
    )


def _root_lines(answer: Answer) -> tuple[RootLine, ...]:
    """Return the roots of environments with the lines that ask for them."""
    found = [*environment_records.lines_of_not_concretized(answer.not_concretized)]
    if answer.abstract is not None:
        found += environment_records.root_lines(answer.abstract)
    return tuple(found)


def _alone(answer: Answer) -> Alone | None:
    """Return what the caches have, where there are cells and none has a peer; else None."""
    if not answer.cells or not all(each.has_no_peer for each in answer.cells):
        return None
    sound = answer.core.soundness(
        {
            "state": answer.state,
            "roots": None,
            "indexes": [],
            "operating_systems": answer.operating_systems,
        }
    )
    names = by_hash(answer.core, [each.hash for each in sound.missing])
    lacking = []
    for each in sound.missing:
        known = names.get(each.hash)
        lacking.append(
            LackedSpec(
                hash=each.hash,
                package=each.package if known is None else known.package,
                version=None if known is None else known.version,
                binaries=each.binaries,
            )
        )
    return Alone(
        binaries=sound.binaries,
        usable=sound.usable_binaries if sound.has_edges else None,
        lacking=tuple(sorted(lacking, key=lambda each: (-each.binaries, each.hash))),
    )


def cells(answer: Answer, own: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return the cells of an answer with those of environments, by stack, os, target."""
    own = tuple(own)
    if answer.abstract is None and not answer.not_concretized:
        return own
    abstract = () if answer.abstract is None else environment_records.cells(answer.abstract)
    stale = environment_records.cells_of_not_concretized(answer.not_concretized)
    found: dict[tuple[str, str, str], Cell] = {}
    for each in (*own, *abstract, *stale):
        place = (each.stack, each.os, each.target)
        found[place] = _sum(found[place], each) if place in found else each
    return tuple(each for _, each in sorted(found.items()))


def lacking(answer: Answer) -> tuple[tuple[Cell, tuple[str, ...]], ...]:
    """Return the cells of an answer, each with what it lacks."""
    own = [cell(each) for each in answer.cells]
    if answer.abstract is None and not answer.not_concretized:
        return tuple(zip(own, answer.lacking, strict=True))
    lacked: dict[tuple[str, str, str], tuple[str, ...]] = {}
    lacking_of = [*zip(own, answer.lacking, strict=True)]
    if answer.abstract is not None:
        lacking_of += zip(
            environment_records.cells(answer.abstract),
            environment_records.lacking(answer.abstract),
            strict=True,
        )
    lacking_of += (
        (each, (root.want,))
        for root in answer.not_concretized
        for each in environment_records.cells_of_not_concretized([root])
    )
    for each, keys in lacking_of:
        place = (each.stack, each.os, each.target)
        lacked[place] = (*lacked.get(place, ()), *keys)
    return tuple((each, lacked[each.stack, each.os, each.target]) for each in cells(answer, own))


def _sum(one: Cell, other: Cell) -> Cell:
    """Return the cell of a stack of which a lock and an environment want something."""
    wanted, covered = one.wanted + other.wanted, one.covered + other.covered
    known = one.usable is not None and other.usable is not None
    return replace(
        one,
        wanted=wanted,
        covered=covered,
        covered_exact=one.covered_exact + other.covered_exact,
        unknown=one.unknown + other.unknown,
        usable=(one.usable or 0) + (other.usable or 0) if known else None,
        coverage=ratio(covered, wanted),
    )


def _rank(gap: Gap) -> tuple[int, int, str, str, str, str]:
    return -(gap.blocked or 0), -gap.cells_lacking, gap.stack, gap.os, gap.target, gap.want


def _by_place(
    answer: Answer, told: Demand | None
) -> tuple[dict[tuple[str, str, str], int], dict[tuple[str, str], _core.GainAnswer]]:
    """Return usable wants by (stack, os, target), and gains by (stack, hash)."""
    if told is None:
        return {}, {}
    # Wants by another key than the hash are not the specs that were counted.
    of_hashes = answer.level == "hash"
    usable = {
        (stack, each.os, each.target): each.usable
        for stack, systems in zip(answer.reported, told.usable, strict=True)
        for each in systems
        if of_hashes
    }
    gains: dict[tuple[str, str], _core.GainAnswer] = {}
    of_stack = dict(zip(answer.reported, map(iter, told.gains), strict=True))
    stacks = [each.stack for each in answer.cells]
    for gap in answer.gaps:
        stack, dag_hash = stacks[gap.cell], gap.hash
        if dag_hash is not None:
            gains[stack, dag_hash] = next(of_stack[stack])
    return usable, gains


def _versions(answer: Answer) -> dict[str, str]:
    """Return the version of each spec that a gap names by its hash."""
    hashes = {gap.hash for gap in answer.gaps if gap.hash is not None}
    return {each: spec.version for each, spec in by_hash(answer.core, hashes).items()}


def _sources(answer: Answer, caches: _core.Catalog) -> dict[str, str]:
    """Return the file of each binary that is nearest to a gap, where it may be another.

    A lock records more about a spec than a cache does, but it holds no binary.
    """
    if not answer.wanted:
        return {}
    found = (gap.nearest for gap in answer.gaps)
    nearest = {each.hash for each in found if each is not None}
    return {each: spec.source for each, spec in by_hash(caches, nearest).items()}


def _roots(answer: Answer, told: Demand | None) -> RootCoverage | None:
    """Return how many roots of locks and of environments install."""
    of_locks = [] if told is None else told.roots
    abstract = answer.abstract
    roots = None if abstract is None else environment_records.broken_roots(abstract, answer.core)
    tells = roots is not None and (roots.undecided < roots.wanted or not roots.wanted)
    if told is None and not tells and not answer.not_concretized:
        return None
    lacks_of = {root.hash: lacks for root in of_locks if (lacks := root.lacks)}
    named_roots = by_hash(answer.core, lacks_of)
    broken = [
        BrokenRoot(
            hash=root,
            package=named_roots[root].package,
            version=named_roots[root].version,
            lacks=tuple(sorted(lacks)),
        )
        for root, lacks in lacks_of.items()
    ]
    wanted, installable = len(of_locks), len(of_locks) - len(broken)
    # What is not concretized has no hash, and installs from no cache.
    wanted += len(answer.not_concretized)
    undecided = 0
    if roots is not None:
        undecided = roots.undecided
        wanted, installable = wanted + roots.wanted, installable + roots.installable
        broken = sorted([*broken, *roots.broken], key=lambda root: root.hash)
    lacked_by = Counter(each for root in broken for each in root.lacks)
    specs = by_hash(answer.core, lacked_by)
    return RootCoverage(
        wanted=wanted,
        installable=installable,
        undecided=undecided,
        coverage=ratio(installable, wanted),
        broken=tuple(broken),
        stacks=_roots_of_stacks(answer, told, roots),
        lacking=tuple(
            Lacking(
                hash=each,
                package=specs[each].package if each in specs else None,
                version=specs[each].version if each in specs else None,
                roots=count,
            )
            for each, count in sorted(lacked_by.items(), key=lambda item: (-item[1], item[0]))
        ),
    )


def _roots_of_stacks(
    answer: Answer,
    told: Demand | None,
    of_environments: environment_records.InstallableRoots | None,
) -> tuple[RootsOfStack, ...]:
    """Return the numbers of the roots of each stack that wants any."""
    lacks = set() if told is None else {root.hash for root in told.roots if root.lacks}
    stale = Counter(each.stack for each in answer.not_concretized)
    abstract = {} if of_environments is None else of_environments.stacks
    of_locks = {} if told is None else told.of_stacks
    found = []
    for stack in sorted({*of_locks, *abstract, *stale}):
        roots = of_locks.get(stack, [])
        broken = sorted(lacks.intersection(roots))
        wanted, installable = abstract.get(stack, (0, 0))
        wanted += len(roots) + stale[stack]
        if wanted:
            found.append(
                RootsOfStack(
                    stack=stack,
                    wanted=wanted,
                    installable=installable + len(roots) - len(broken),
                    broken=tuple(broken),
                )
            )
    return tuple(found)


def cell(answer: _core.CellAnswer, usable: int | None = None) -> Cell:
    """Return the record of a cell."""
    wanted, covered = answer.wanted, answer.covered
    return Cell(
        stack=answer.stack,
        platform=answer.platform,
        os=answer.os,
        target=answer.target,
        wanted=wanted,
        covered=covered,
        covered_exact=answer.covered_exact,
        unknown=0,
        usable=usable,
        coverage=ratio(covered, wanted),
    )


def _gap(
    answer: _core.GapAnswer,
    cells: Sequence[Cell],
    gains: Mapping[tuple[str, str], _core.GainAnswer],
    versions: Mapping[str, str],
    sources: Mapping[str, str],
) -> Gap:
    where, dag_hash, nearest = cells[answer.cell], answer.hash, answer.nearest
    gain = None if dag_hash is None else gains.get((where.stack, dag_hash))
    return Gap(
        stack=where.stack,
        platform=where.platform,
        os=where.os,
        target=where.target,
        want=answer.want,
        package=answer.package,
        version=None if dag_hash is None else versions.get(dag_hash),
        hash=dag_hash,
        state=answer.state,
        cells_lacking=answer.cells_lacking,
        blocked=None if gain is None else gain.blocked,
        roots_completed=None if gain is None else gain.roots_completed,
        buildable_now=None if gain is None else gain.buildable_now,
        nearest=None if nearest is None else nearest_of(nearest, sources.get(nearest.hash)),
    )
