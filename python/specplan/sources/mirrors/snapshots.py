"""Snapshots of many stacks, read from the indexes of their mirrors.

The binaries of a snapshot are those of its union index. A stack lists a spec if its own index has
the hash at all, as a binary or not. Only the indexes of the requested snapshots are read.
"""

from __future__ import annotations

from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from specplan import _core
from specplan.counting import count
from specplan.errors import DamagedSourceError, SourceError
from specplan.model import DamagedFile
from specplan.records import dataclass
from specplan.sources import spec_files
from specplan.sources.mirrors import indexes, mirror
from specplan.sources.mirrors.listing import UNION
from specplan.sources.mirrors.tags import newest_first
from specplan.sources.origins import MirrorOrigin, StandaloneIndex
from specplan.sources.result import SourceRead
from specplan.sources.stores.fetching import is_remote
from specplan.sources.stores.open import open_store
from specplan.sources.stores.store import Expected, LocalStore, parts_of
from specplan.sources.stores.url import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from specplan.model import LeftOut
    from specplan.sources.limits import Limits
    from specplan.sources.mirrors.consumer import Consumer
    from specplan.sources.mirrors.indexes import IndexesRead, Unindexed
    from specplan.sources.mirrors.layout import Layout
    from specplan.sources.mirrors.listing import Listed
    from specplan.sources.mirrors.mirror import MirrorIndex
    from specplan.sources.reading_options import Reading
    from specplan.sources.stores.store import Store

__all__ = ["read"]

#: Schemes whose URLs name a bucket first and a key in it second.
_BUCKETS: Final = frozenset({"s3", "gs", "gcs"})

#: The schemes to which a remote map may refer.
_SCHEMES: Final = frozenset({"http", "https", "s3", "gs", "gcs", "abfs", "abfss", "az"})


def read(listed: Mapping[str, Sequence[Listed]], beside: Store, reading: Reading) -> SourceRead:
    """Read the requested snapshots.

    Args:
        listed: The indexes of each snapshot.
        beside: The folder of the map, to which relative URLs refer.
        reading: The source.

    Raises:
        SourceError: If an index cannot be read, or no snapshot has a union index.
        UsageError: If the source has a label.
    """
    whole = {
        tag: entries for tag, entries in listed.items() if any(e.stack == UNION for e in entries)
    }
    if not whole:
        raise SourceError(
            f"`{reading.source}` has no snapshot with a union index (`{UNION}`)",
            path=reading.source,
        )
    order = newest_first(whole)
    named = {order[0] if tag is None else tag for tag in reading.tags}
    asked = [tag for tag in order if tag in named]
    gathered = _Gathered(reading=reading, notes=[*_notes(listed, order, reading)])
    for tag in asked:
        for entry in sorted(whole[tag], key=lambda entry: (entry.stack != UNION, entry.stack)):
            gathered.add(entry, tag, beside)
    unread = tuple(tag for tag in order if tag not in asked)
    return replace(gathered.answer(), unread_tags=unread, read_tags=tuple(asked))


@dataclass(slots=True, kw_only=True)
class _Gathered:
    """The content of the indexes of snapshots so far."""

    reading: Reading
    notes: list[str]
    found: list[IndexesRead] = field(default_factory=list)
    more: list[Unindexed] = field(default_factory=list)
    mirrored: list[SourceRead] = field(default_factory=list)
    damaged: list[DamagedFile] = field(default_factory=list)
    mirrors: list[MirrorOrigin] = field(default_factory=list)
    alone: list[StandaloneIndex] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def add(self, entry: Listed, tag: str, beside: Store) -> None:
        """Read the index of a stack in a snapshot, or the files of its binaries."""
        if self.reading.from_manifests:
            self._read_files(entry, tag, beside)
            return
        try:
            place = _place(entry, beside, self.reading)
        except mirror.UnreadIndexError as error:
            self.notes.append(f"{error}, so it sees no binary there")
            return
        except DamagedSourceError as error:
            self.damaged.append(_damaged_file(error))
            return
        is_sound = place.index is not None and self._read(entry, tag, place.index, place.store)
        if place.damage is not None:
            self.damaged.append(indexes.or_from_manifests(place.damage))
        if place.layout is not None:
            self.mirrors.append(place.taken(entry, tag, self.reading, sound=is_sound))
        elif place.index is not None:
            shown = place.index.shown
            self.alone.append(
                StandaloneIndex(shown=shown, stack=entry.stack, tag=tag, cache=self.reading.source)
            )

    def _read(self, entry: Listed, tag: str, index: MirrorIndex, store: Store) -> bool:
        found = indexes.read_indexes(
            index,
            self.reading,
            mirror_shown=store.shown(),
            stack=entry.stack,
            tag=tag,
            # As on the public site, binaries are those of the union index.
            listed_only=entry.stack != UNION,
        )
        self.damaged.extend(map(indexes.or_from_manifests, found.damaged))
        self.left_out.extend(index.left_out)
        if found.unread is not None:
            self.notes.append(f"{found.unread}, so it sees no binary there")
        elif found.files:
            self.found.append(found)
            if index.layout is not None:
                self._look_beside(entry, tag, store, found)
        return bool(found.files)

    def _look_beside(self, entry: Listed, tag: str, store: Store, found: IndexesRead) -> None:
        """Search for binaries of a mirror that none of its indexes lists."""
        listed = found.binaries
        if entry.stack != UNION:
            listed = frozenset(each.hash for each in found.core.specs(_core.Query.all(), None))
        more = indexes.unindexed(store, listed, self.reading, stack=entry.stack, tag=tag)
        if more is not None:
            self.more.append(more)
            self.notes.extend(more.notes(store.shown()))

    def _read_files(self, entry: Listed, tag: str, beside: Store) -> None:
        """Read the files of the binaries of a stack in a snapshot."""
        found = _mirrored(entry, beside, self.reading)
        if found is None:
            fault = f"there are no manifests of binaries for `{entry.url}`"
            self.damaged.append(
                DamagedFile(path=entry.shown, location=str(entry.location), line=None, fault=fault)
            )
            return
        store, binaries = found
        read = spec_files.read_mirrored(binaries, self.reading, stack=entry.stack, tag=tag)
        self.mirrored.append(read)
        self.damaged.extend(read.damaged)
        self.mirrors.append(
            MirrorOrigin(
                store=store,
                layout=binaries.layout,
                lists_all=True,
                index=None,
                cache=self.reading.source,
                limits=self.reading.limits,
                of=(entry.stack, tag),
            )
        )

    def answer(self) -> SourceRead:
        """Return all of it as one source."""
        beside = [*(each.core for each in self.mirrored), *(each.listed for each in self.more)]
        core = _core.Catalog.merged([*(each.core for each in self.found), *beside])
        least = [each.core if each.least is None else each.least for each in self.found]
        differ = any(each.least is not None for each in self.found)
        files = (
            *(file for each in self.found for file in each.files),
            *(file for each in self.mirrored for file in each.files_of_specs),
        )
        guesses = (
            *(each.is_guess for each in self.found),
            *(each.is_guess for each in self.more),
            *(each.is_guess for each in self.mirrored),
        )
        fetched = [each.fetched for each in self.more if each.count]
        if self.mirrored:
            binaries = count(len(files), "binary", "binaries")
            self.notes.append(
                f"`{self.reading.source}` was not read from its indexes: it was read from the "
                f"files of {binaries}"
            )
        return SourceRead(
            source=self.reading.source,
            core=core,
            fetched=_core.Catalog.merged([core, *fetched]) if fetched else None,
            files=len(files),
            damaged=tuple(sorted(self.damaged, key=lambda file: (file.path, file.location))),
            contradictions=(),
            notes=tuple(self.notes),
            left_out=tuple(self.left_out),
            files_of_specs=files,
            mirrors=tuple(self.mirrors),
            indexes_alone=tuple(self.alone),
            is_guess=any(guesses),
            indexes=tuple(each for read in self.found for each in read.indexes),
            least=_core.Catalog.merged([*least, *beside]) if differ else None,
        )


def _mirrored(
    entry: Listed, beside: Store, reading: Reading
) -> tuple[Store, mirror.SpecFiles] | None:
    """Return the mirror whose index a map names, and the files of its binaries.

    Raises:
        SourceError: If it cannot be listed.
    """
    for store, relative in _places(entry, beside, reading):
        view = mirror.split_view(relative)
        root = _mirror_of(relative) if view is None else view[0]
        root = relative if root is None else root
        at = store if root in {"", "."} else store.below(root)
        binaries = mirror.spec_files(at, reading.limits)
        if binaries is not None:
            return at, binaries
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _IndexLocation:
    """The location of an index that a map names, and its mirror.

    Attributes:
        index: The index, or None if it cannot be read.
        damage: The reason why it cannot.
        store: The mirror, or the store with the index.
        layout: The layout of the mirror, or None for an index without one.
        lists_all: Whether the index is meant to list the whole mirror; see `MirrorOrigin`.
    """

    index: MirrorIndex | None
    damage: DamagedFile | None
    store: Store
    layout: Layout | None
    lists_all: bool | None

    def taken(self, entry: Listed, tag: str, reading: Reading, *, sound: bool) -> MirrorOrigin:
        """Return the mirror; its index is known if it is ``sound``."""
        index = self.index if sound else None
        return MirrorOrigin(
            store=self.store,
            layout=self.layout or 3,
            lists_all=True if index is None else self.lists_all,
            is_probed=reading.options.probe and self.store.files(mirror.SPEC_FOLDER) is None,
            index=None if index is None else index.shown,
            older=() if index is None else tuple(each.shown for each in index.older),
            cache=reading.source,
            limits=reading.limits,
            listing=None if index is None or entry.stack == UNION else index.path,
            of=(entry.stack, tag),
            older_listings=()
            if index is None or entry.stack == UNION
            else tuple((each.path, each.shown) for each in index.older),
        )


def _place(entry: Listed, beside: Store, reading: Reading) -> _IndexLocation:
    """Return the place of the index that a map names.

    The map is at the top of a bucket, so a key in that bucket is first looked up beside the map: a
    copy of the bucket, in a folder or behind another URL, is enough.

    Raises:
        DamagedSourceError: If it does not exist, or is damaged and belongs to no mirror.
        SourceError: If it cannot be read.
    """
    for store, relative in _places(entry, beside, reading):
        try:
            parts_of(relative)
        except SourceError as error:
            raise SourceError(f"{entry.said_by}: {error}", path=entry.said_by) from error
        place = _at(store, relative, reading)
        if place is not None:
            return place
    raise DamagedSourceError(
        path=entry.shown,
        location=str(entry.location),
        line=None,
        fault=f"there is no index at `{entry.url}`",
    )


def _places(entry: Listed, beside: Store, reading: Reading) -> Iterable[tuple[Store, str]]:
    url = entry.url
    if not is_remote(url):
        if Path(url).is_absolute() and isinstance(beside, LocalStore):
            yield _local(url, reading)
        else:
            yield beside, url.removeprefix("./").rstrip("/")
        return
    parts = parsed(url)
    if parts.scheme == "file" and isinstance(beside, LocalStore):
        yield _local(unquote(parts.path), reading)
        return
    if parts.scheme not in _SCHEMES:
        raise SourceError(
            f"{entry.said_by}: URLs of `{parts.scheme}` are not followed", path=entry.said_by
        )
    if parts.scheme in _BUCKETS:
        yield beside, parts.path.strip("/")
    folder, relative = _cut(parts.path)
    yield open_store(parts._replace(path=folder).geturl(), reading.fetching), relative


def _local(path: str, reading: Reading) -> tuple[Store, str]:
    folder, relative = _cut(path)
    return LocalStore(Path(folder), limits=reading.limits), relative


def _cut(path: str) -> tuple[str, str]:
    """Return the root folder for a store, and the path in it.

    An index belongs to a mirror with other files: the folder is that of the mirror, if the path
    shows it.
    """
    path = path.rstrip("/")
    found = mirror.split_view(path)
    if found is None:
        folder = path.rpartition("/")[0] if (of := _mirror_of(path)) is None else of
    else:
        folder = found[0].rstrip("/")
    return folder or "/", path[len(folder) :].strip("/")


def _mirror_of(path: str) -> str | None:
    """Return the root of the mirror of a blob or an index of layout 2, by its path.

    Examples:
        >>> _mirror_of("develop/e4s/build_cache/index.json")
        'develop/e4s'
        >>> _mirror_of("e4s.json") is None
        True
    """
    checksum = mirror.blob_checksum(path)
    within = "build_cache/index.json"
    if checksum is not None:
        within = f"blobs/sha256/{checksum[:2]}/{checksum}"
    if path == within:
        return ""
    return path.removesuffix(f"/{within}") if path.endswith(f"/{within}") else None


def _at(store: Store, relative: str, reading: Reading) -> _IndexLocation | None:
    """Return the index at a path: the file itself, or the index of the mirror there."""
    limits = reading.limits
    consumer = reading.options.consumer
    if (found := mirror.split_view(relative)) is not None:
        root, view = found
        root_store = store if root == "." else store.below(root)
        return _of_mirror(root_store, limits, view=view, consumer=consumer)
    checksum = mirror.blob_checksum(store.shown(relative))
    expected = None
    if checksum is not None:
        expected = Expected(checksum=checksum, size=None, said_by="its name")
    path = store.get(relative, most=limits.index_bytes, expected=expected)
    if path is None:
        return _of_mirror(store.below(relative), limits, consumer=consumer)
    index = mirror.MirrorIndex(
        path=path, shown=store.shown(relative), layout=None, view=None, checksum=checksum
    )
    root_of = _mirror_of(relative)
    if root_of is None:
        return _IndexLocation(index=index, damage=None, store=store, layout=None, lists_all=True)
    is_blob = checksum is not None
    root_store = store.below(root_of) if root_of else store
    if checksum is not None and (whole := _by_manifest(root_store, checksum, reading)) is not None:
        return whole
    return _IndexLocation(
        index=index,
        damage=None,
        store=root_store,
        layout=3 if is_blob else 2,
        lists_all=None if is_blob else True,
    )


def _by_manifest(store: Store, checksum: str, reading: Reading) -> _IndexLocation | None:
    """Return all indexes of a mirror if its manifest contains the one that a map names.

    A map names the first of several indexes, which is only for one version of Spack.
    """
    limits = reading.limits
    for view in (None, *mirror.views(store)):
        try:
            records = mirror.index_records(store, limits, view=view)
        except DamagedSourceError:
            # The index named by the map is valid.
            continue
        if len(records) > 1 and any(each.checksum == checksum for each in records):
            return _of_mirror(store, limits, view=view, consumer=reading.options.consumer)
    return None


def _of_mirror(
    store: Store, limits: Limits, *, view: str | None = None, consumer: Consumer | None = None
) -> _IndexLocation | None:
    try:
        index = mirror.find_index(store, limits, view=view, consumer=consumer)
    except DamagedSourceError as error:
        layout = mirror.layout_of(store, limits)
        if layout is None:
            raise
        damage = _damaged_file(error)
        return _IndexLocation(index=None, damage=damage, store=store, layout=layout, lists_all=True)
    if index is None:
        return None
    lists_all = index.view is None
    return _IndexLocation(
        index=index, damage=None, store=store, layout=index.layout, lists_all=lists_all
    )


def _damaged_file(error: DamagedSourceError) -> DamagedFile:
    return DamagedFile(path=error.path, location=error.location, line=error.line, fault=error.fault)


def _notes(
    listed: Mapping[str, Sequence[Listed]],
    whole: Sequence[str],
    reading: Reading,
) -> tuple[str, ...]:
    """Note the skipped snapshots that the user may have expected."""
    order = newest_first(listed)
    newer = order[: order.index(whole[0])] if None in reading.tags else []
    wanted = {*reading.tags, *newer}
    return tuple(
        f"snapshot `{tag}` of `{reading.source}` was passed over: it has no union index (`{UNION}`)"
        for tag in order
        if tag in wanted and tag not in whole
    )
