"""The core's answers about coverage, as records of the model."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import repeat
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast

from specplan.catalog.specs import by_hash, nearest_of
from specplan.coverage import environment_records
from specplan.coverage.demand import demand
from specplan.coverage.totals import totals_of
from specplan.exact import ratio
from specplan.model import (
    Alone,
    BrokenRoot,
    Cell,
    Coverage,
    Gap,
    LackedSpec,
    Lacking,
    LackingKeys,
    RootCoverage,
    RootsOfStack,
)
from specplan.model.column_records import ColumnRecords
from specplan.model.columns import from_columns
from specplan.model.hashes import Hashes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from specplan import _core
    from specplan.aliases import CellName
    from specplan.coverage.ask import ResolvedAnswer
    from specplan.coverage.demand import Demand
    from specplan.model import Compatibility, DamagedFile, LeftOut, Nearest
    from specplan.model.roots import RootLine

__all__ = ["cells", "coverage", "lacking", "own_cells"]

Item = TypeVar("Item")

#: The fields of a cell with the same name in the core.
_SAME_NAMES: Final = (
    "stack", "platform", "os", "target", "wanted", "covered", "covered_exact",
)  # fmt: skip


def coverage(
    answer: ResolvedAnswer,
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
        answer: The core's answer.
        caches: The catalog of the caches alone.
        compat: The rule by which binaries serve a cell.
        tags: The selected snapshots; none if the sources have none.
        baseline: The name of the baseline.
        damaged: Files that were skipped.
        left_out: Input of the question that could not be taken into account.
    """
    demanded = demand(answer)
    own = own_cells(answer, _usable(answer, demanded))
    abstract = answer.abstract
    all_cells = cells(answer, own)
    return Coverage(
        wants=answer.wants,
        level=answer.level,
        compat=compat,
        scope=answer.scope,
        tags=tags,
        baseline=baseline,
        cells=all_cells,
        gaps=_all_gaps(answer, own, demanded, caches),
        roots=_roots(answer, demanded),
        totals=totals_of(all_cells, answer.not_wanted_count),
        absent_stacks=answer.absent,
        not_wanted=answer.not_wanted,
        damaged=damaged,
        unknown=() if abstract is None else tuple(environment_records.unknown(abstract)),
        environments=environment_records.environments_asked(
            answer.environments, {} if abstract is None else abstract.wants.roots
        ),
        left_out=left_out,
        alone=_alone(answer),
        root_lines=_root_lines(answer),
    )


def _all_gaps(
    answer: ResolvedAnswer, cells: Sequence[Cell], demanded: Demand | None, caches: _core.Catalog
) -> Sequence[Gap]:
    """Return the gaps, including those of environments."""
    of_stacks = _gaps(answer, cells, demanded, caches)
    if not answer.not_concretized and answer.abstract is None:
        return of_stacks
    gaps = [*of_stacks, *environment_records.gaps_of_not_concretized(answer.not_concretized)]
    if answer.abstract is not None:
        gaps += environment_records.gaps(answer.abstract)
    return tuple(sorted(gaps, key=_rank))


def _root_lines(answer: ResolvedAnswer) -> tuple[RootLine, ...]:
    """Return the roots of environments with the lines that ask for them."""
    found = [*environment_records.lines_of_not_concretized(answer.not_concretized)]
    if answer.abstract is not None:
        found += environment_records.root_lines(answer.abstract)
    return tuple(found)


def _alone(answer: ResolvedAnswer) -> Alone | None:
    """Return the content of the caches if there are cells and none has a peer; otherwise None."""
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


def cells(answer: ResolvedAnswer, own: Iterable[Cell]) -> tuple[Cell, ...]:
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


def lacking(answer: ResolvedAnswer) -> Iterator[LackingKeys]:
    """Yield the keys that each cell of an answer lacks, by stack, os, target."""
    own = own_cells(answer)
    if answer.abstract is None and not answer.not_concretized:
        yield from map(_lacking_keys, own, answer.lacking)
        return
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
    for each in cells(answer, own):
        yield _lacking_keys(each, lacked[each.stack, each.os, each.target])


def _lacking_keys(cell: Cell, keys: tuple[str, ...]) -> LackingKeys:
    return LackingKeys(
        stack=cell.stack, platform=cell.platform, os=cell.os, target=cell.target, keys=keys
    )


def _sum(one: Cell, other: Cell) -> Cell:
    """Return the cell of a stack with wants of a lock and of an environment."""
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


def _usable(answer: ResolvedAnswer, demanded: Demand | None) -> dict[tuple[str, str, str], int]:
    """Return the number of usable wants, by (stack, os, target)."""
    # The counted specs are the wants only if keys are hashes.
    if demanded is None or answer.level != "hash":
        return {}
    return {
        (stack, each.os, each.target): each.usable
        for stack, systems in zip(answer.reported, demanded.usable, strict=True)
        for each in systems
    }


#: The number of other wants a gap blocks and of roots it completes; whether it can be built now.
_Gains: TypeAlias = "tuple[Sequence[int | None], Sequence[int | None], Sequence[bool | None]]"


def _gains(answer: ResolvedAnswer, gaps: _core.GapsAnswer, demanded: Demand | None) -> _Gains:
    """Return the benefit of each gap, as columns in the order of the gaps."""
    if demanded is None or answer.level != "hash":
        nothing = [None] * len(gaps.want)
        return nothing, nothing, nothing
    if len(demanded.gains) == 1:
        only = demanded.gains[0]
        return only.blocked, only.roots_completed, only.buildable_now
    of_stack = {
        stack: zip(each.blocked, each.roots_completed, each.buildable_now, strict=True)
        for stack, each in zip(answer.reported, demanded.gains, strict=True)
    }
    of_cell = [of_stack[each.stack] for each in answer.cells]
    rows = [next(of_cell[cell]) for cell in gaps.cell]
    blocked, completed, buildable = zip(*rows, strict=True) if rows else ((), (), ())
    return blocked, completed, buildable


def _gaps(
    answer: ResolvedAnswer, cells: Sequence[Cell], demanded: Demand | None, caches: _core.Catalog
) -> Sequence[Gap]:
    """Return the gaps, the most useful first."""
    gaps = answer.gaps
    if gaps is None or not gaps.want:
        return ()
    blocked, completed, buildable = _gains(answer, gaps, demanded)
    count = len(gaps.want)
    order: Sequence[int] = range(count)
    if demanded is not None and answer.level == "hash":
        # The core has ranked them by all further keys, and sorting is stable.
        ranks = cast("Sequence[int]", blocked)
        order = sorted(order, key=ranks.__getitem__, reverse=True)

    def ranked(values: Sequence[Item]) -> Sequence[Item]:
        return values if isinstance(order, range) else _in_order(values, order)

    want = ranked(gaps.want)
    return ColumnRecords(
        Gap,
        count,
        **_of_cells(ranked(gaps.cell), cells),
        want=want,
        package=ranked(gaps.package),
        version=ranked(gaps.version),
        hash=want if answer.level == "hash" else gaps.hash,
        state=ranked(gaps.state),
        cells_lacking=ranked(gaps.cells_lacking),
        blocked=ranked(blocked),
        roots_completed=ranked(completed),
        buildable_now=ranked(buildable),
        nearest=_nearest(answer, ranked(gaps.nearest), caches),
    )


def _of_cells(numbers: Sequence[int], cells: Sequence[Cell]) -> dict[str, Sequence[str]]:
    """Return the columns with the cell of each gap.

    Args:
        numbers: The position of the cell of each gap.
        cells: The cells.
    """
    found: dict[str, Sequence[str]] = {}
    for name in ("stack", "platform", "os", "target"):
        texts = list(map(attrgetter(name), cells))
        found[name] = texts * len(numbers) if len(texts) == 1 else _in_order(texts, numbers)
    return found


def _nearest(
    answer: ResolvedAnswer, found: Sequence[_core.NearestAnswer | None], caches: _core.Catalog
) -> Sequence[Nearest | None]:
    """Return the binaries that are nearest to gaps, each with the file of a cache that holds it."""
    hashes = {each.hash for each in found if each is not None}
    if not hashes:
        return [None] * len(found)
    # A lock records more about a spec than a cache does, but it contains no binary.
    of_caches = by_hash(caches, hashes) if answer.wanted else {}
    return nearest_of(found, {each: spec.source for each, spec in of_caches.items()})


def _roots(answer: ResolvedAnswer, demanded: Demand | None) -> RootCoverage | None:
    """Return the number of roots of locks and of environments that install."""
    of_locks = () if demanded is None else demanded.roots
    abstract = answer.abstract
    roots = (
        None
        if abstract is None
        else environment_records.broken_roots(
            abstract, answer.core, partial(_lacks, answer, is_rewired=False)
        )
    )
    is_decided = roots is not None and (roots.undecided < roots.wanted or not roots.wanted)
    if demanded is None and not is_decided and not answer.not_concretized:
        return None
    lacking = [root for root in of_locks if root.lacks_total]
    named_roots = by_hash(answer.core, [root.hash for root in lacking])
    lacks_of = partial(_lacks, answer, is_rewired=True)
    broken = [
        BrokenRoot(
            hash=root.hash,
            package=named_roots[root.hash].package,
            version=named_roots[root.hash].version,
            lacks_total=root.lacks_total,
            lacks=Hashes(root.lacks_total, lacks_of, root.hash, tuple(root.lacks_first)),
        )
        for root in lacking
    ]
    wanted, installable = len(of_locks), len(of_locks) - len(broken)
    # A root that is not concretized has no hash and installs from no cache.
    wanted += len(answer.not_concretized)
    undecided = 0
    if roots is not None:
        undecided = roots.undecided
        wanted, installable = wanted + roots.wanted, installable + roots.installable
        broken = sorted([*broken, *roots.broken], key=lambda root: root.hash)
    return RootCoverage(
        wanted=wanted,
        installable=installable,
        undecided=undecided,
        coverage=ratio(installable, wanted),
        broken=tuple(broken),
        stacks=_roots_of_stacks(answer, demanded, roots),
        lacking=_lacking(answer.core, demanded, roots),
    )


def _lacks(answer: ResolvedAnswer, root: str, *, is_rewired: bool) -> list[str]:
    """Return all that a root lacks, sorted.

    Args:
        answer: The core's answer.
        root: The hash of the root.
        is_rewired: Whether specs made by rewiring a binary count as available.
    """
    return answer.core.lacks(root, answer.state, answer.operating_systems, is_rewired)


def _lacking(
    core: _core.Catalog,
    demanded: Demand | None,
    of_environments: environment_records.InstallableRoots | None,
) -> Sequence[Lacking]:
    """Return the specs that broken roots lack, the most widely missing first, then by hash."""
    found = [each.lacked for each in (demanded, of_environments) if each is not None]
    if len(found) == 1:
        hashes, roots = found[0].hash, found[0].roots
    else:
        counts: Counter[str] = Counter()
        for each in found:
            counts.update(dict(zip(each.hash, each.roots, strict=True)))
        hashes = sorted(counts)
        roots = list(map(counts.__getitem__, hashes))
    if len(set(roots)) > 1:
        # They are sorted by hash, and sorting is stable.
        order = sorted(range(len(roots)), key=roots.__getitem__, reverse=True)
        hashes, roots = _in_order(hashes, order), _in_order(roots, order)
    packages, versions = core.named(hashes)
    return ColumnRecords(
        Lacking, len(hashes), hash=hashes, package=packages, version=versions, roots=roots
    )


def _in_order(values: Sequence[Item], order: Sequence[int]) -> list[Item]:
    return list(map(values.__getitem__, order))


def _roots_of_stacks(
    answer: ResolvedAnswer,
    demanded: Demand | None,
    of_environments: environment_records.InstallableRoots | None,
) -> tuple[RootsOfStack, ...]:
    """Return the numbers of the roots of each stack that wants any."""
    lacks = (
        set() if demanded is None else {root.hash for root in demanded.roots if root.lacks_total}
    )
    stale = Counter(each.stack for each in answer.not_concretized)
    abstract = {} if of_environments is None else of_environments.stacks
    of_locks = {} if demanded is None else demanded.of_stacks
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


def own_cells(
    answer: ResolvedAnswer, usable: Mapping[CellName, int] = MappingProxyType({})
) -> list[Cell]:
    """Return the cells of the core's answer, without those of environments.

    Args:
        answer: The core's answer.
        usable: By cell, the number of wants covered by a usable spec, if known.
    """
    cells = answer.cells
    return from_columns(
        Cell,
        len(cells),
        unknown=repeat(0),
        usable=[usable.get((each.stack, each.os, each.target)) for each in cells],
        coverage=[ratio(each.covered, each.wanted) for each in cells],
        **{name: map(attrgetter(name), cells) for name in _SAME_NAMES},
    )
