"""The wants of a plan: locks, environments and abstract specs as typed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan._core import AbstractSpec
from specplan.catalog.damage import damage
from specplan.coverage.entries import not_wanted_entries
from specplan.coverage.left_out import not_concretized
from specplan.records import dataclass
from specplan.sources.named_want import named_want
from specplan.sources.read import read_all
from specplan.sources.reading_options import ReadingOptions
from specplan.sources.wants import read_wanted, read_wants

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan import _core as compiled
    from specplan.coverage.entries import Entries
    from specplan.model import LeftOut, NotWanted, Scope
    from specplan.sources import Limits
    from specplan.sources.environments.options import EnvironmentOptions
    from specplan.sources.want_records import AvailableWants, WantedEnvironment, WantedLock


__all__ = ["UnplannedRoots", "read_candidates", "read_wanted_sources", "wanted_files"]

#: A system that only patterns for all systems match.
_ANY: Final = "\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplannedRoots:
    """The roots that locks lack, with the scope ``all``.

    Attributes:
        left_out: Records of those that are wanted.
        excluded: The positions of the not-wanted entries that exclude each of the others.
    """

    left_out: Sequence[LeftOut] = ()
    excluded: Sequence[Sequence[int]] = ()


def read_wanted_sources(
    sources: Iterable[str],
    limits: Limits,
    scope: Scope = "runtime",
    options: EnvironmentOptions | None = None,
    available: AvailableWants | None = None,
    not_wanted: Sequence[NotWanted] = (),
) -> tuple[tuple[WantedLock, ...], tuple[WantedEnvironment, ...], UnplannedRoots]:
    """Read the wants: files, and abstract specs as they are typed.

    Args:
        sources: The wants as typed.
        limits: The limits for each file.
        scope: The wanted specs of a lock.
        options: The options for environments.
        available: The wants that the caches themselves know.
        not_wanted: The entries that exclude wants.

    Returns:
        The locks, the environments and abstract specs, and the wants without a plan: with the
            scope ``all``, the roots that locks lack, whose dependencies are unknown.
    """
    locks, environments = read_wants(sources, limits, options, available)
    if scope != "all":
        return locks, environments, UnplannedRoots()
    planned = tuple(each for each in environments if not each.is_not_concretized)
    excluded: list[Sequence[int]] = []
    stale = [
        _without_excluded(each, not_wanted_entries(not_wanted), excluded)
        for each in environments
        if each.is_not_concretized
    ]
    return locks, planned, UnplannedRoots(left_out=not_concretized(stale), excluded=excluded)


def _without_excluded(
    wanted: WantedEnvironment, excluding: Entries, excluded: list[Sequence[int]]
) -> WantedEnvironment:
    """Return an environment without roots that are excluded on every system, which are added."""
    left = []
    for root in wanted.environment.roots:
        names = (AbstractSpec(root.asked).name or "",)
        entries = excluding.about(names, wanted.stack, _ANY, _ANY)
        if entries:
            excluded.append(entries)
        else:
            left.append(root)
    return replace(wanted, environment=replace(wanted.environment, roots=tuple(left)))


def read_candidates(
    sources: Iterable[str], limits: Limits
) -> tuple[list[WantedLock], list[compiled.Catalog], list[LeftOut]]:
    """Read the candidates: locks and other sources, and the parts that were left out."""
    locks = []
    others = []
    left_out: list[LeftOut] = []
    for source in sources:
        if named_want(source).kind == "lock":
            lock = read_wanted(source, limits)
            locks.append(lock)
            left_out += (_of_candidate(each) for each in lock.left_out)
        else:
            for read in read_all(source, limits, options=ReadingOptions(is_candidate=True)):
                if read.damaged:
                    raise damage(read.damaged)
                others.append(read.core)
                left_out += (_of_candidate(each) for each in read.left_out)
    return locks, others, left_out


def wanted_files(
    wanted: Iterable[WantedLock], environments: Iterable[WantedEnvironment]
) -> list[str]:
    """Return the files of wants, without typed specs."""
    files = [each.source for each in environments if not each.is_typed]
    return [*(each.source for each in wanted), *files]


def _of_candidate(record: LeftOut) -> LeftOut:
    """Return the left-out input of candidates; without them a plan only becomes more expensive."""
    return record if record.kind == "format_guess" else replace(record, blocks=False)
