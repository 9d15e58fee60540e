"""What a plan is made from: the files of wants, candidates and costs, and their checksums."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan import _core as compiled
from specplan import choice as choosing
from specplan.costs import UNIT_COSTS
from specplan.counting import circle
from specplan.errors import DamagedSourceError
from specplan.gathering import not_concretized
from specplan.loading import damage
from specplan.plan_model import Input
from specplan.sources.absent import looks_like_a_file
from specplan.sources.reading import ReadingOptions
from specplan.sources.source import read, split_label
from specplan.sources.store import is_file, sha256_of
from specplan.sources.wanted import is_lock, read_wanted, read_wants

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.aliases import Places
    from specplan.asked_specs import KnownSpecs
    from specplan.catalog import Catalog
    from specplan.costs import Cost, Costs
    from specplan.model import LeftOut, Scope
    from specplan.sources import Limits
    from specplan.sources.environment_options import EnvironmentOptions
    from specplan.sources.wanted import Wanted, WantedEnvironment

__all__ = [
    "costs_of",
    "inputs_of",
    "places_of",
    "read_candidates",
    "read_wanted_places",
    "refuse_cycle",
    "wanted_files",
]

#: The order in which inputs are told.
_ROLES: Final = ("want", "candidates", "cache", "costs")


def places_of(given: Places) -> list[str]:
    """Return the places of one or several paths, as they were given."""
    several = [given] if isinstance(given, (str, os.PathLike)) else given
    return [os.fspath(each) for each in several]


def read_wanted_places(
    places: Iterable[str],
    limits: Limits,
    scope: Scope = "runtime",
    options: EnvironmentOptions | None = None,
) -> tuple[tuple[Wanted, ...], tuple[WantedEnvironment, ...], list[LeftOut]]:
    """Read what is wanted: files, and abstract specs as they are typed.

    Returns:
        The locks, the environments and abstract specs, and what is not planned for: with the
        scope ``all`` the roots that locks lack, of which no more than the roots are known.
    """
    files = []
    typed = []
    for place in places:
        where = split_label(place)[1]
        is_file = where == "-" or os.path.exists(where)  # noqa: PTH110 - not of a long name
        spec = None if is_file or looks_like_a_file(where) else choosing.typed_spec(place)
        if spec is None:
            files.append(place)
        else:
            typed.append(spec)
    locks, environments = read_wants(files, limits, options)
    unplanned = not_concretized(environments) if scope == "all" else []
    if unplanned:
        environments = tuple(each for each in environments if not each.is_not_concretized)
    return locks, (*environments, *typed), unplanned


def read_candidates(
    places: Iterable[str], limits: Limits
) -> tuple[list[Wanted], list[compiled.Catalog], list[LeftOut]]:
    """Read what can be chosen from: locks, other sources, and what of them was left out."""
    locks = []
    others = []
    left_out: list[LeftOut] = []
    for place in places:
        if is_lock(split_label(place)[1]):
            lock = read_wanted(place, limits)
            locks.append(lock)
            left_out += (_of_candidate(each) for each in lock.left_out)
        else:
            source = read(place, limits, options=ReadingOptions(is_candidate=True))
            if source.damaged:
                raise damage(source.damaged)
            others.append(source.core)
            left_out += (_of_candidate(each) for each in source.left_out)
    return locks, others, left_out


def _of_candidate(record: LeftOut) -> LeftOut:
    """Return what of a candidate was left out: fewer of them only make a plan dearer."""
    return record if record.kind == "format_guess" else replace(record, blocks=False)


def wanted_files(wanted: Iterable[Wanted], environments: Iterable[WantedEnvironment]) -> list[str]:
    """Return the files that say what is wanted; what was typed is none."""
    files = [each.place for each in environments if not each.is_typed]
    return [*(each.place for each in wanted), *files]


def costs_of(plannable: KnownSpecs, told: Costs) -> dict[str, Cost]:
    """Return what each spec that can be planned costs, by hash; nothing where each costs 1."""
    return {} if told is UNIT_COSTS else told.of(plannable.named())


def refuse_cycle(core: compiled.Catalog, path: str) -> None:
    """Refuse specs that depend on each other in a circle, in the name of a file."""
    if cycle := core.cycle():
        raise DamagedSourceError(
            path=path,
            place=cycle[0],
            line=None,
            fault=f"{circle(cycle)}, together with what the caches say of them",
        )


def inputs_of(
    wanted: Iterable[str],
    candidates: Iterable[str],
    catalog: Catalog | None,
    costs: Iterable[str],
) -> tuple[Input, ...]:
    """Return what a plan was made from, with checksums, in the order of roles, then by path."""
    inputs = {Input(path=each, sha256=_sha256_of([each]), role="want") for each in wanted}
    inputs |= {
        Input(path=each, sha256=_sha256_of([split_label(each)[1]]), role="candidates")
        for each in candidates
    }
    if catalog is not None:
        files = sorted({source for source, _, _ in catalog._core.origins()})
        for place in catalog.sources:
            _, where = split_label(place)
            folder = where.rstrip("/") + "/"
            own = [file for file in files if file == where or file.startswith(folder)]
            inputs.add(Input(path=place, sha256=_sha256_of(own or [where]), role="cache"))
    inputs |= {Input(path=each, sha256=_sha256_of([each]), role="costs") for each in costs}
    return tuple(sorted(inputs, key=lambda each: (_ROLES.index(each.role), each.path)))


def _sha256_of(files: Sequence[str]) -> str | None:
    """Return the checksum of a file, or of a list of files as ``sha256sum`` prints it."""
    sums = []
    for file in files:
        path = Path(file)
        if not is_file(path):
            return None
        sums.append(sha256_of(path))
    if len(sums) == 1:
        return sums[0]
    lines = "".join(f"{each}  {file}\n" for each, file in zip(sums, files, strict=True))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()
