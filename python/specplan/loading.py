"""Reading sources into one catalog."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.catalog import Catalog
from specplan.config import NO_CACHE
from specplan.contents import Contents
from specplan.errors import DamagedSourceError, UsageError
from specplan.sources import Limits, read
from specplan.sources.consumer import consumer_of
from specplan.sources.reading import ReadingOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.aliases import Progress
    from specplan.model import DamagedFile
    from specplan.sources import SourceRead

__all__ = ["load"]


def load(
    *sources: str | os.PathLike[str],
    strict: bool = False,
    skip_damaged: bool = False,
    limits: Limits | None = None,
    tag: str | Sequence[str | None] | None = None,
    progress: Progress | None = None,
    for_spack: str | None = None,
    from_manifests: bool = False,
    probe: bool = False,
    upstream: Sequence[str | os.PathLike[str]] = (),
) -> Catalog:
    """Read sources into one catalog. The order of the sources does not matter.

    Args:
        *sources: Files, folders and URLs of build caches, locks or package pages, each
            perhaps with a label before it, ``LABEL=SOURCE``; see `docs/sources.md`.
            ``none`` alone stands for a cache that holds nothing.
        strict: Whether a page whose `meta` contradicts its specs is an error; else
            the contradictions are kept in :attr:`Catalog.contradictions`.
        skip_damaged: Whether to go on without damaged files, which are kept in
            :attr:`Catalog.damaged`; else the first of them is an error.
        limits: What no source may go beyond.
        tag: The snapshots to read of a source that reads them one by one; None is the
            newest. Other sources are read whole.
        progress: Called while a file is fetched, with what it is, the bytes that are
            here, and the bytes that it will have, if that is known.

        for_spack: The version of Spack that uses the build caches, as ``1.2``: of the indexes
            of a mirror the one counts that it reads. By default all count together.
        from_manifests: Whether mirrors are read from the files of their binaries, one by one,
            and not from their indexes.
        probe: Whether servers that can list their files are asked for binaries that no index
            lists; in folders these are always looked for.
        upstream: Installations: what they have installed counts as available.

    Raises:
        RemoteError: If a source cannot be fetched.
        SourceError: If a source does not exist or holds nothing that can be read.
        DamagedSourceError: If a file is damaged, or contradicts itself and ``strict`` is set.
        UsageError: If no source is given, or a source without a label would be the same stack
            as another source.

    Examples:
        >>> catalog = load("examples/cache")
        >>> catalog.tags
        ('develop-2026-01-17', 'develop-2025-11-15')
    """
    if not sources:
        raise UsageError(
            "no source is given", hint="name a mirror, its index, a lock or package pages"
        )
    places = [os.fspath(source) for source in sources]
    limits = limits or Limits()
    if NO_CACHE in places:
        if len(places) > 1:
            raise UsageError(f"`{NO_CACHE}` and other sources exclude each other")
        places = []
    tags = (tag,) if tag is None or isinstance(tag, str) else tuple(tag)
    options = ReadingOptions(
        consumer=None if for_spack is None else consumer_of(for_spack),
        from_manifests=from_manifests,
        probe=probe,
    )
    reads = [read(place, limits, tags=tags, progress=progress, options=options) for place in places]
    _refuse_clashes(reads)
    upstreams = replace(options, is_upstream=True)
    reads += [_upstream(os.fspath(each), limits, upstreams) for each in upstream]
    catalog = Catalog._from_contents(Contents.of_reads(reads, limits))
    if catalog.damaged and not skip_damaged:
        raise damage(catalog.damaged, hint="`--skip-damaged` goes on without damaged files")
    if catalog.contradictions and strict:
        first, *others = catalog.contradictions
        raise DamagedSourceError(
            path=first.path,
            place=first.place,
            line=first.line,
            fault=first.message,
            others=len({each.path for each in others} - {first.path}),
            hint="`specplan check` lists all contradictions; without `strict` they are warnings",
        )
    return catalog


def _upstream(place: str, limits: Limits, options: ReadingOptions) -> SourceRead:
    """Read an installation of which all that is installed counts as available.

    Raises:
        UsageError: If it is not an installation.
    """
    found = read(place, limits, options=options)
    if not found.damaged and not any(each.kind == "database" for each in found.files_of_specs):
        raise UsageError(
            f"`--upstream {place}` is not an installation",
            hint="name the folder that has `.spack-db` in it; `--cache` takes build caches",
        )
    return found


def _refuse_clashes(reads: Sequence[SourceRead]) -> None:
    """Refuse a source without a label that would be a stack which another source lists."""
    own: dict[str, str] = {}
    for each in reads:
        other = own.setdefault(each.own_stack, each.place) if each.own_stack else each.place
        if other != each.place:
            raise _clash(each.own_stack, each.place, other)
    for each in reads if own else ():
        for name in each.core.labels(None):
            if name in own and own[name] != each.place:
                raise _clash(name, own[name], each.place)


def _clash(name: str, place: str, other: str) -> UsageError:
    return UsageError(
        f"`{place}` has no label, and as a stack it would be called `{name}`, as is one of "
        f"`{other}`",
        hint=f"give it a label of its own, as in `LABEL={place}`; `-={place}` is in no stack",
    )


def damage(damaged: Sequence[DamagedFile], *, hint: str | None = None) -> DamagedSourceError:
    """Return the error that tells of the first damaged file, and how many more there are."""
    first, *others = damaged
    return DamagedSourceError(
        path=first.path,
        place=first.place,
        line=first.line,
        fault=first.fault,
        others=len({each.path for each in others} - {first.path}),
        hint=hint,
    )
