"""Reading sources into a catalog, and saving a catalog."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from specplan.aliases import Paths, Progress
from specplan.api.catalog import Catalog
from specplan.api.keywords import refuse_unknown_keywords
from specplan.arguments import checked
from specplan.catalog.contents import Contents
from specplan.catalog.damage import damage
from specplan.catalog.names import as_paths, as_tuple
from specplan.errors import DamagedSourceError, UnknownNameError, UsageError
from specplan.similar_names import suggestions
from specplan.sources import Limits, SourceRead
from specplan.sources.label import NO_CACHE
from specplan.sources.read import read, read_all
from specplan.sources.reading_options import ReadingOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.sources.mirrors.consumer import Consumer

if sys.version_info >= (3, 11):
    from typing import Unpack
else:
    from typing_extensions import Unpack

__all__ = ["LoadKeywords", "index", "load"]


class LoadKeywords(TypedDict, total=False):
    """The keywords of :func:`load` for reading sources."""

    strict: bool
    skip_damaged: bool
    limits: Limits | None
    tag: str | Sequence[str | None] | None
    only_tags: bool
    only_packages: str | Sequence[str]
    dependencies: bool
    progress: Progress | None
    for_spack: str | None
    from_manifests: bool
    probe: bool


@checked
def load(
    *sources: str | os.PathLike[str], upstream: Paths = (), **keywords: Unpack[LoadKeywords]
) -> Catalog:
    """Read sources into one catalog. The order of the sources does not matter.

    Args:
        *sources: Files, folders and URLs of build caches, locks or package pages, each
            perhaps with a label before it, ``LABEL=SOURCE``; see `docs/sources.md`.
            ``none`` alone stands for an empty cache.
        upstream: Installations whose specs count as available.
        **keywords: ``strict``: refuse a page whose `meta` contradicts its specs, instead of keeping
            the contradictions in :attr:`Catalog.contradictions`. ``skip_damaged``: keep damaged
            files in :attr:`Catalog.damaged`, instead of raising an error for the first. ``limits``:
            the limits for each source. ``tag``: the snapshots to read of sources that are read
            snapshot by snapshot; None is the newest. ``only_tags``: read only these snapshots of
            all sources of a saved catalog. ``only_packages``: leave out, of a saved catalog of one
            source, the specs of other packages and all dependencies. ``dependencies``: whether to
            read of a saved catalog of one source the dependencies of specs, on which coverage by
            peers or a baseline does not depend; without them it is as if no source listed any.
            ``progress``: called while a
            file is fetched, with its name, the bytes received, and the expected bytes, if they are
            known. ``for_spack``: the version of Spack that uses the build caches, such as ``1.2``,
            and reads one of the indexes of a mirror; by default all indexes count.
            ``from_manifests``: read mirrors from the manifests of their binaries, one by one,
            instead of their indexes. ``probe``: ask servers that can list their files for binaries
            that no index lists, as is always done in folders.

    Raises:
        RemoteError: If a source cannot be fetched.
        SourceError: If a source does not exist or cannot be read.
        DamagedSourceError: If a file is damaged, or contradicts itself and ``strict`` is set.
        UsageError: If no source is given, or a source without a label would have the same
            stack name as another source.
        TypeError: If a keyword is unknown.

    Examples:
        >>> catalog = load("examples/cache")
        >>> catalog.tags
        ('develop-2026-01-17', 'develop-2025-11-15')
    """
    refuse_unknown_keywords(keywords, LoadKeywords.__optional_keys__)
    places = _places(sources)
    if NO_CACHE in places:
        if len(places) > 1:
            raise UsageError(f"`{NO_CACHE}` and other sources cannot be combined")
        places = []
    limits, options = keywords.get("limits") or Limits(), _reading_options(keywords)
    reads = [
        source
        for place in places
        for source in read_all(
            place,
            limits,
            tags=_tags(keywords),
            only_tags=keywords.get("only_tags", False),
            only_packages=as_tuple(keywords.get("only_packages", ())),
            dependencies=keywords.get("dependencies", True),
            progress=keywords.get("progress"),
            options=options,
        )
    ]
    _refuse_clashes(reads)
    upstreams = replace(options, is_upstream=True)
    reads += [_upstream(place, limits, upstreams) for place in as_paths(upstream)]
    return _settled(reads, keywords)


def _tags(keywords: LoadKeywords) -> tuple[str | None, ...]:
    tag = keywords.get("tag")
    return (tag,) if tag is None or isinstance(tag, str) else tuple(tag)


def _reading_options(keywords: LoadKeywords) -> ReadingOptions:
    return ReadingOptions(
        consumer=_consumer(keywords.get("for_spack")),
        from_manifests=keywords.get("from_manifests", False),
        probe=keywords.get("probe", False),
    )


def _consumer(spack: str | None) -> Consumer | None:
    """Return the formats that a version of Spack reads."""
    if spack is None:
        return None
    from specplan.sources.mirrors.consumer import consumer_of  # noqa: PLC0415 - few name a version

    return consumer_of(spack)


@checked
def index(
    folder: str | os.PathLike[str],
    *sources: str | os.PathLike[str],
    all_snapshots: bool = False,
    **keywords: Unpack[LoadKeywords],
) -> Catalog:
    """Read sources and save them as a catalog that can be read in their place.

    If the folder is a saved catalog, the sources are added to it and replace their older content.
    The new catalog replaces the old one atomically. The same sources produce the same bytes.

    Args:
        folder: The folder of the saved catalog; `docs/scale.md` describes it.
        *sources: As for :func:`load`.
        all_snapshots: Whether to read all snapshots of each source, instead of those of
            ``tag``.
        **keywords: The keywords of :func:`load`.

    Returns:
        The catalog that :func:`load` returns for the sources.

    Raises:
        RemoteError: If a source cannot be fetched.
        SourceError: If a source cannot be read, or the folder is not a catalog or cannot be
            written.
        DamagedSourceError: If a file of a source or of the catalog is damaged.
        UnknownNameError: If a source does not have the snapshot.
        UsageError: If no source is given, a source is itself a saved catalog, or another run is
            writing the catalog.
        TypeError: If a keyword is unknown.
    """
    from pathlib import Path  # noqa: PLC0415 - questions need none of these

    from specplan.sources.saved.writing import save  # noqa: PLC0415
    from specplan.sources.stores.store import written  # noqa: PLC0415

    refuse_unknown_keywords(keywords, LoadKeywords.__optional_keys__)
    where = os.fspath(folder)
    if "\0" in where:
        raise UsageError(f"`{written(where)}` is not the name of a folder")
    reads = [
        source
        for place in _places(sources)
        for source in _read_to_save(place, keywords, all_snapshots=all_snapshots)
    ]
    _refuse_clashes(reads)
    catalog = _settled(reads, keywords)
    save(reads, Path(where), written(where))
    return catalog


def _read_to_save(
    place: str, keywords: LoadKeywords, *, all_snapshots: bool
) -> Iterator[SourceRead]:
    """Read a source, each snapshot separately, so that each can be selected separately."""
    _refuse_saved(place)
    limits, options = keywords.get("limits") or Limits(), _reading_options(keywords)
    tag, progress = keywords.get("tag"), keywords.get("progress")
    found = read(place, limits, tags=_tags(keywords), progress=progress, options=options)
    if found.read_tags is None:
        yield found
        return
    snapshots = (*found.read_tags, *found.unread_tags) if all_snapshots else found.read_tags
    if not snapshots and isinstance(tag, str):
        near = suggestions(tag, found.unread_tags)
        raise UnknownNameError(kind="tag", name=tag, suggestions=near)
    for snapshot in snapshots:
        if found.read_tags == (snapshot,):
            yield found
        else:
            yield read(place, limits, tags=(snapshot,), progress=progress, options=options)


def _places(sources: Sequence[str | os.PathLike[str]]) -> list[str]:
    if not sources:
        raise UsageError(
            "no source is given", hint="name a mirror, its index, a lock or package pages"
        )
    return [os.fspath(source) for source in sources]


def _refuse_saved(place: str) -> None:
    """Refuse to save a saved catalog: its rows would no longer be those of its sources."""
    from pathlib import Path  # noqa: PLC0415 - as above

    from specplan.sources.label import STANDARD_INPUT, split_label  # noqa: PLC0415
    from specplan.sources.saved.folder import catalog_at  # noqa: PLC0415

    where = split_label(place)[1]
    if "://" not in where and where not in {"", STANDARD_INPUT} and catalog_at(Path(where)):
        raise UsageError(
            f"`{place}` is a saved catalog already",
            hint="name the sources; `--cache` takes several catalogs at once",
        )


def _settled(reads: Sequence[SourceRead], keywords: LoadKeywords) -> Catalog:
    """Return the catalog of the sources, unless they have a fault that is an error."""
    limits = keywords.get("limits") or Limits()
    catalog = Catalog._from_contents(Contents.of_reads(reads, limits))
    if catalog.damaged and not keywords.get("skip_damaged", False):
        # There is nothing to continue with if the rest of a source is missing.
        continues = "`--skip-damaged` continues without damaged files"
        shows = "`specplan check` shows all that is wrong with a source"
        raise damage(catalog.damaged, hint=continues if len(catalog) else shows)
    if catalog.contradictions and keywords.get("strict", False):
        first, *others = catalog.contradictions
        raise DamagedSourceError(
            path=first.path,
            location=first.location,
            line=first.line,
            fault=first.message,
            others=len({each.path for each in others} - {first.path}),
            hint="`specplan check` lists all contradictions; without `strict` they are warnings",
        )
    return catalog


def _upstream(place: str, limits: Limits, options: ReadingOptions) -> SourceRead:
    """Read an installation whose installed specs all count as available.

    Raises:
        UsageError: If it is not an installation.
    """
    found, *others = read_all(place, limits, options=options)
    if others or (
        not found.damaged and not any(each.kind == "database" for each in found.files_of_specs)
    ):
        raise UsageError(
            f"`--upstream {place}` is not an installation",
            hint="name the folder that contains `.spack-db`; `--cache` takes build caches",
        )
    return found


def _refuse_clashes(reads: Sequence[SourceRead]) -> None:
    """Refuse a source without a label whose stack name is also listed by another source."""
    own: dict[str, str] = {}
    for each in reads:
        other = own.setdefault(each.own_stack, each.source) if each.own_stack else each.source
        if other != each.source:
            raise _clash(each.own_stack, each.source, other)
    for each in reads if own else ():
        for name in each.core.stacks(None):
            if name in own and own[name] != each.source:
                raise _clash(name, own[name], each.source)


def _clash(name: str, place: str, other: str) -> UsageError:
    return UsageError(
        f"`{place}` has no label, and would become the stack `{name}`, a name that is already "
        f"taken by `{other}`",
        hint=f"give it a label, as in `LABEL={place}`; `-={place}` belongs to no stack",
    )
