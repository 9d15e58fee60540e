"""Catalogs for the commands: which sources to load, and warnings about them."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

import specplan
from specplan.cli import known_names, mirrors, output, progress
from specplan.errors import SourceError, UsageError
from specplan.reports.check import wording as check_wording
from specplan.reports.render import prose, wording
from specplan.sources import Limits
from specplan.sources.absent import absence, looks_like_a_file
from specplan.sources.environments.options import EnvironmentOptions
from specplan.sources.label import NO_CACHE, STANDARD_INPUT, split_label

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from specplan.api.catalog import Catalog
    from specplan.api.load import LoadKeywords
    from specplan.cli.settings import Settings

__all__ = [
    "as_source",
    "configured",
    "is_one_saved_catalog",
    "limits_of",
    "note_unused",
    "other_state",
    "read",
]

#: The number of names in a line, or of warnings in a run, before the rest is only counted.
_FEW: Final = 3


def configured(
    settings: Settings,
    *states: str | None,
    quiet: bool = False,
    or_nothing: bool = False,
    only_states: bool = False,
    only_packages: tuple[str, ...] = (),
    dependencies: bool = True,
) -> Catalog:
    """Return the catalog of the caches that were given or configured.

    Args:
        settings: The settings for loading.
        *states: The snapshots that will be asked; None is the newest. Other names are ignored.
        quiet: Whether to suppress warnings.
        or_nothing: Whether an empty catalog is acceptable.
        only_states: Whether the answer does not depend on other snapshots, so that a saved catalog
            need not read them.
        only_packages: The packages on whose specs alone the answer depends; empty if it depends
            on other specs, or on dependencies.
        dependencies: Whether the answer depends on the dependencies of specs.

    Raises:
        UsageError: If there are none.
        SourceError: If one cannot be read.
    """
    caches = mirrors.caches_of(settings, EnvironmentOptions(host=settings.host))
    if not caches:
        raise UsageError(
            "no cache is given",
            hint="name one with `--cache SOURCE`, as `cache` in specplan.toml, or under "
            "`mirrors:` in the environment that is wanted",
        )
    if NO_CACHE in settings.cache and not or_nothing:
        raise UsageError(
            "`--cache none` leaves nothing to report on",
            hint="name a source of binaries: a mirror, its index, or package pages",
        )
    asked = (split_label(each)[1] for each in (*settings.cache, *settings.want))
    if sum(each == STANDARD_INPUT for each in asked) > 1:
        # The second reader would find an empty stream and report a damaged file.
        raise UsageError("standard input can be read once, and `-` is given twice")
    catalog = read(
        caches,
        settings,
        *states,
        quiet=quiet,
        upstream=settings.upstream,
        only_states=only_states,
        only_packages=only_packages,
        dependencies=dependencies,
    )
    if not only_packages:
        known_names.keep(settings.cache, catalog)
    return catalog


def is_one_saved_catalog(settings: Settings) -> bool:
    """Return whether the only source is a saved catalog, of which a question may read a part."""
    from specplan.sources.read import saved_folder  # noqa: PLC0415 - help reads nothing

    return (
        len(settings.cache) == 1
        and not settings.upstream
        and saved_folder(settings.cache[0]) is not None
    )


def limits_of(settings: Settings) -> Limits:
    """Return the limits for every input, from the settings."""
    return Limits(
        newer_formats=settings.newest_format,
        offline=settings.offline,
        max_age_seconds=settings.max_age or 0,
    )


def read(
    places: Collection[str],
    settings: Settings,
    *states: str | None,
    quiet: bool = False,
    upstream: Sequence[str] = (),
    into: str | None = None,
    only_states: bool = False,
    only_packages: tuple[str, ...] = (),
    dependencies: bool = True,
) -> Catalog:
    """Return the catalog of some sources, and warn of their faults.

    Args:
        places: The sources.
        settings: The settings for reading them.
        *states: The snapshots that will be asked; None is the newest.
        quiet: Whether to suppress warnings.
        upstream: Installations whose specs count as available.
        into: The folder in which the catalog is saved, if any.
        only_states: Whether a saved catalog leaves out all other snapshots.
        only_packages: The packages whose specs alone are read of a saved catalog; empty for all.
        dependencies: Whether the dependencies of specs are read of a saved catalog.

    Raises:
        SourceError: If one cannot be read, or nothing is left without damaged files.
    """
    for each in places:
        output.detail(f"reading `{each}`")
    began = time.monotonic()
    is_one = len(places) == 1 and not upstream
    with progress.transfers() as shown:
        how: LoadKeywords = {
            "strict": settings.strict,
            "skip_damaged": settings.skip_damaged,
            "limits": limits_of(settings),
            "for_spack": settings.for_spack,
            "from_manifests": settings.from_manifests,
            "probe": settings.probe,
            "tag": states or None,
            "only_tags": only_states,
            # Several sources may contradict each other in the specs of any package.
            "only_packages": only_packages if is_one else (),
            "dependencies": dependencies or not is_one,
            "progress": shown,
        }
        if into is None:
            catalog = specplan.load(*places, upstream=upstream, **how)
        else:
            catalog = specplan.index(into, *places, all_snapshots=settings.all_snapshots, **how)
    took = time.monotonic() - began
    files = wording.count(len(places), "source")
    output.detail(f"read {wording.count(len(catalog), 'spec')} of {files} in {took:.2f} s")
    if not quiet:
        _warn(catalog, places)
    return catalog


def _warn(catalog: Catalog, places: Collection[str]) -> None:
    """Warn of the faults of sources; refuse a catalog if they leave nothing of it."""
    if catalog.damaged and not len(catalog):
        # Skipping damage must not turn an unreadable cache into an empty one.
        raise SourceError(
            f"nothing is left of {', '.join(places)}: "
            f"{'; '.join(map(prose.plain, wording.damaged_note(catalog.damaged)))}",
            path=catalog.damaged[0].path,
            hint="`specplan check` shows what is wrong",
        )
    for each in catalog.notes:
        output.note(each)
    for finding in catalog.contradictions[:_FEW]:
        output.warn(check_wording.finding_line(finding))
    more = len(catalog.contradictions) - _FEW
    if more > 0:
        output.warn(f"and {more} more; `specplan check` lists them all")
    for line in map(prose.plain, wording.damaged_note(catalog.damaged)):
        output.warn(line)


def other_state(name: str, catalog: Catalog, settings: Settings, directory: str) -> str | Catalog:
    """Return the state with a name: a snapshot of the catalog, or a source.

    Args:
        name: The typed or configured name.
        catalog: The catalog whose snapshots take precedence.
        settings: The settings for reading a source.
        directory: The folder to which a relative path refers.
    """
    if name in catalog.tags:
        return name
    if (place := as_source(name, directory)) is not None:
        return read([place], settings)
    if looks_like_a_file(name):
        # No snapshot has such a name, so a path was meant.
        raise absence(os.path.join(directory, name))  # noqa: PTH118 - as it was given
    # The catalog suggests similar snapshots.
    return name


def as_source(name: str, directory: str = "") -> str | None:
    """Return the source with a name, or None if it does not exist.

    Args:
        name: A path or a URL, perhaps with a label before it.
        directory: The folder to which a relative path refers.
    """
    label, where = split_label(name)
    if "://" in where:
        return name
    place, whole = (os.path.join(directory, each) for each in (where, name))  # noqa: PTH118 - `Path.exists` fails on long names
    if os.path.exists(place):  # noqa: PTH110 - as above
        return f"{label}={place}" if label else place
    # An apparent label may be the beginning of a path.
    if label and os.path.exists(whole):  # noqa: PTH110 - as above
        return whole if directory else f"./{whole}"
    return None


def note_unused(unused: Sequence[str]) -> None:
    """Name the snapshots that the answer ignores."""
    if unused:
        were = wording.count(len(unused), "snapshot is", "snapshots are")
        output.note(f"{were} not used: {wording.folded(unused, _FEW)}")
