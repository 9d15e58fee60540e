"""The wants of a plan: locks, environments and abstract specs as typed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.catalog.damage import damage
from specplan.coverage.left_out import not_concretized
from specplan.sources.named_want import named_want
from specplan.sources.read import read_all
from specplan.sources.reading_options import ReadingOptions
from specplan.sources.wants import read_wanted, read_wants

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan import _core as compiled
    from specplan.model import LeftOut, Scope
    from specplan.sources import Limits
    from specplan.sources.environments.options import EnvironmentOptions
    from specplan.sources.want_records import AvailableWants, WantedEnvironment, WantedLock


__all__ = ["read_candidates", "read_wanted_places", "wanted_files"]


def read_wanted_places(
    places: Iterable[str],
    limits: Limits,
    scope: Scope = "runtime",
    options: EnvironmentOptions | None = None,
    available: AvailableWants | None = None,
) -> tuple[tuple[WantedLock, ...], tuple[WantedEnvironment, ...], list[LeftOut]]:
    """Read the wants: files, and abstract specs as they are typed.

    Returns:
        The locks, the environments and abstract specs, and records for wants without a plan: with
            the scope ``all``, the roots that locks lack, whose dependencies are unknown.
    """
    locks, environments = read_wants(places, limits, options, available)
    unplanned = not_concretized(environments) if scope == "all" else []
    if unplanned:
        environments = tuple(each for each in environments if not each.is_not_concretized)
    return locks, environments, unplanned


def read_candidates(
    places: Iterable[str], limits: Limits
) -> tuple[list[WantedLock], list[compiled.Catalog], list[LeftOut]]:
    """Read the candidates: locks and other sources, and the parts that were left out."""
    locks = []
    others = []
    left_out: list[LeftOut] = []
    for place in places:
        if named_want(place).kind == "lock":
            lock = read_wanted(place, limits)
            locks.append(lock)
            left_out += (_of_candidate(each) for each in lock.left_out)
        else:
            for source in read_all(place, limits, options=ReadingOptions(is_candidate=True)):
                if source.damaged:
                    raise damage(source.damaged)
                others.append(source.core)
                left_out += (_of_candidate(each) for each in source.left_out)
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
