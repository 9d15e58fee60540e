"""Mirrors of binaries, and their indexes.

The layouts are Spack's. A mirror of layout 3 names its index in a manifest and keeps
it among its blobs, one of layout 2 has ``build_cache/index.json``; a mirror without
an index is read from the manifests or spec files of its binaries.

A repository of a registry has a tag for each binary and one for the index; each refers to a
manifest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan.errors import DamagedSourceError, SourceError
from specplan.model import DamagedFile, LeftOut
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources import content
from specplan.sources.mirrors.layout import TAG_FOLDER
from specplan.sources.mirrors.manifests import (
    Record,
    check_compression,
    damaged,
    layers_of,
    records_in,
    records_of_binary,
    records_of_tag,
)
from specplan.sources.stores.store import Expected, is_checksum

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specplan.sources.limits import Limits
    from specplan.sources.mirrors.consumer import Consumer
    from specplan.sources.mirrors.layout import Layout
    from specplan.sources.stores.store import Store

__all__ = [
    "INDEXES",
    "SPEC_FOLDER",
    "MirrorIndex",
    "Record",
    "SpecFile",
    "SpecFiles",
    "UnreadIndexError",
    "binaries_of_files",
    "blob_checksum",
    "find_index",
    "has_spec_files",
    "index_manifest",
    "index_records",
    "is_spec_manifest",
    "layout_of",
    "manifest_path",
    "records_in",
    "records_of",
    "records_of_binary",
    "spec_blob",
    "spec_file_at",
    "spec_files",
    "spec_manifest_hash",
    "spec_manifest_path",
    "split_view",
    "tag_hash",
    "tag_path",
    "views",
]

#: The only version of manifests.
_MANIFEST_VERSION: Final = 3

_INDEX_MEDIA: Final = "application/vnd.spack.db."

_INDEX_FOLDER: Final = "v3/manifests/index"
#: The possible paths of the index of a mirror, in the order of the search.
INDEXES: Final = (f"{_INDEX_FOLDER}/index.manifest.json", "build_cache/index.json", "index.json")
#: The folders of the manifests of binaries.
SPEC_FOLDER: Final = "v3/manifests/spec"
_MANIFEST_NAME: Final = "index.manifest.json"

_VIEW: Final = pattern(r"[A-Za-z0-9_.-]+")
_SPEC_NAME: Final = pattern(
    r"(?:.*-)?([a-z2-7]{32})\.(?:spec(?:\.manifest\.json|\.json(?:\.sig)?|\.yaml)|spack)"
)
#: The characters that Spack replaces with an underscore in file names.
_NO_FILE_NAME: Final = pattern(r"[^A-Za-z0-9_+.-]")

#: The tag of an index in a registry, the suffix of the tag of a binary, and the characters that
#: Spack replaces with an underscore in tags. The middle of a long tag is left out.
_INDEX_TAG: Final = f"{TAG_FOLDER}/index.spack"
_TAG_ENDING: Final = ".spack"
_NO_TAG: Final = pattern(r"[^A-Za-z0-9_.-]")
_LONGEST_TAG: Final = 128

#: The number of files that are requested from a registry in parallel.
_TOGETHER: Final = 8

_BLOB: Final = pattern(r"blobs/sha256/([0-9a-f]{2})/(\1[0-9a-f]{62})")

#: The beginning of an index. Other files may also be called `index.json`.
_DATABASE_START: Final = pattern(rb'\s*\{\s*"database"\s*:')


class UnreadIndexError(SourceError):
    """A mirror all of whose indexes are in versions that a consumer does not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorIndex:
    """The index of a mirror.

    Attributes:
        path: A local file with its bytes, plain or packed with gzip.
        shown: Its name in messages.
        layout: The layout of the mirror: 3 or 2, or None for a bare ``index.json``.
        view: The view to which it belongs, or None for the whole mirror.
        checksum: The SHA-256 that was checked, or None if the mirror has none.
        version: The version of the index, if its manifest names it.
        older: The other indexes of the same manifest, for older versions of Spack, the newest
            first.
        damaged: Indexes of the same manifest that cannot be read.
        left_out: The other indexes of the same manifest in an unknown version.
    """

    path: Path
    shown: str
    layout: Layout | None
    view: str | None
    checksum: str | None
    version: int | None = None
    older: tuple[MirrorIndex, ...] = ()
    damaged: tuple[DamagedFile, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecFile:
    """The spec of one binary of a mirror without an index.

    Attributes:
        path: A local file with its bytes, plain, packed with gzip or signed in the clear.
        shown: Its name in messages.
        hash: The DAG hash in the name of its manifest or in its own name.
    """

    path: Path
    shown: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecFiles:
    """The specs of a mirror without an index.

    Attributes:
        files: The spec files, ordered by ``shown``.
        damaged: Manifests and files that cannot be used, ordered by path.
        layout: The layout of the mirror.
    """

    layout: Layout
    files: tuple[SpecFile, ...]
    damaged: tuple[DamagedFile, ...]


def find_index(
    store: Store, limits: Limits, *, view: str | None = None, consumer: Consumer | None = None
) -> MirrorIndex | None:
    """Return the index of a mirror, or None if it has none.

    Args:
        store: The mirror.
        limits: The limits for each file.
        view: The view whose index is requested; only layout 3 has views.
        consumer: The Spack that reads the mirror; by default all known indexes are read together.

    Raises:
        DamagedSourceError: If the manifest is malformed, or the index does not match it.
        SourceError: If a file cannot be read.
        UnreadIndexError: If the consumer reads none of the indexes.
    """
    if store.has_tags:
        return _tagged_index(store, limits)
    if consumer is None or consumer.layout >= _MANIFEST_VERSION:
        index = index_manifest(store, limits, view=view, consumer=consumer)
        if index is not None or view is not None:
            return index
        return _layout_2(store, limits) or _bare(store, limits)
    index = _layout_2(store, limits)
    if index is None and index_records(store, limits, view=view):
        raise UnreadIndexError(
            f"Spack {consumer.spack} does not read `{store.shown()}`: its layout is "
            f"{_MANIFEST_VERSION}, and that Spack reads layout {consumer.layout} at most",
            path=store.shown(),
        )
    return index or _bare(store, limits)


def index_manifest(
    store: Store, limits: Limits, *, view: str | None = None, consumer: Consumer | None = None
) -> MirrorIndex | None:
    """Return the index that a mirror of layout 3 names in its manifest, if it does.

    It may contain an index for each version of Spack: the newest known one is returned, with the
    others as ``older``.

    Raises:
        DamagedSourceError: If the manifest is malformed, or the index does not match it.
        SourceError: If a file cannot be read.
        UnreadIndexError: If the consumer reads none of the indexes.
    """
    records = index_records(store, limits, view=view)
    if not records:
        return None
    known, left_out = _known(records, limits, consumer)
    indexes: list[MirrorIndex] = []
    faults: list[DamagedSourceError] = []
    for record in known:
        try:
            path = _fetched(store, record, limits.index_bytes)
        except DamagedSourceError as error:
            faults.append(error)
            continue
        indexes.append(
            MirrorIndex(
                path=path,
                shown=store.shown(record.blob),
                layout=3,
                view=view,
                checksum=record.checksum,
                version=record.version,
            )
        )
    if not indexes:
        raise faults[0]
    newest, *older = indexes
    damaged = tuple(
        DamagedFile(path=each.path, location=each.location, line=each.line, fault=each.fault)
        for each in faults
    )
    return replace(newest, older=tuple(older), damaged=damaged, left_out=tuple(left_out))


def _known(
    records: list[Record], limits: Limits, consumer: Consumer | None
) -> tuple[list[Record], list[LeftOut]]:
    """Return the indexes that are read, the newest first, and the record of the others.

    Raises:
        DamagedSourceError: If none is in a known version.
        UnreadIndexError: If the consumer reads none of them.
    """
    newest = max(each.database for each in _core.format_releases())
    manifest = records[0].said_by.partition(": ")[0]
    if consumer is not None:
        read = [each for each in records if (each.version or 0) <= consumer.database]
        if not read:
            raise UnreadIndexError(
                f"Spack {consumer.spack} reads none of the indexes of `{manifest}`: it reads "
                f"version {consumer.database} at most, and they are of {_versions(records)}",
                path=manifest,
            )
        return read[:1], []
    if limits.newer_formats == "try":
        return records, []
    too_new = [each for each in records if (each.version or 0) > newest]
    read = [each for each in records if each not in too_new]
    what = f"of {_versions(too_new)}, newer than {newest}, the newest supported version"
    if not read:
        place = too_new[0].said_by.removeprefix(f"{manifest}: ")
        fault = f"the index is {what}; `--newest-format try` reads it as that version"
        raise damaged(manifest, place, fault)
    if not too_new:
        return read, []
    return read, [
        LeftOut(
            kind="index_version",
            where=manifest,
            detail=f"it also names an index {what}: binaries that only that one lists are unknown",
            count=len(too_new),
            blocks=True,
            remedy="a newer specplan, --for-spack VERSION, or --allow-left-out index_version",
        )
    ]


def _versions(records: list[Record]) -> str:
    """Return the versions of indexes as words."""
    numbers = sorted({each.version or 0 for each in records})
    return f"version {' and '.join(map(str, numbers))}"


def index_records(store: Store, limits: Limits, *, view: str | None = None) -> list[Record]:
    """Return the indexes in the manifest of a mirror of layout 3, the newest first.

    There is none without a manifest, and at most one of each version in a valid one.

    Raises:
        DamagedSourceError: If the manifest is malformed.
        SourceError: If it cannot be read.
    """
    folder = _INDEX_FOLDER if view is None else f"{_INDEX_FOLDER}/{_view(view)}"
    relative = f"{folder}/{_MANIFEST_NAME}"
    manifest = store.get(relative, most=limits.manifest_bytes)
    if manifest is None:
        return []
    shown = store.shown(relative)
    records = [each for each in records_in(manifest, shown) if each.media.startswith(_INDEX_MEDIA)]
    if not records:
        raise damaged(shown, "data", f"names no index (`{_INDEX_MEDIA}*`)")
    by_version: dict[int | None, Record] = {}
    for record in records:
        check_compression(record, shown)
        same = by_version.setdefault(record.version, record)
        if same.checksum != record.checksum:
            raise damaged(shown, "data", f"names more than one index (`{record.media}`)")
    return sorted(by_version.values(), key=lambda each: each.version or 0, reverse=True)


def layout_of(store: Store, limits: Limits) -> Layout | None:
    """Return the layout of a mirror with an index, which may be damaged.

    Raises:
        SourceError: If a file cannot be read.
    """
    most = limits.manifest_bytes
    if store.has_tags:
        return "registry"
    if store.get(f"{_INDEX_FOLDER}/{_MANIFEST_NAME}", most=most) is not None:
        return 3
    return 2 if store.get("build_cache/index.json.hash", most=most) is not None else None


def views(store: Store) -> list[str]:
    """Return the views for which a mirror has an index, sorted, if it can be listed."""
    found = store.files(_INDEX_FOLDER) or ()
    names = (path.removeprefix(f"{_INDEX_FOLDER}/").split("/") for path in found)
    return [name[0] for name in names if len(name) > 1 and name[1] == _MANIFEST_NAME]


def split_view(path: str) -> tuple[str, str | None] | None:
    """Return the root of a mirror and the view, if a path names an index manifest or its folder.

    Examples:
        >>> split_view("mirror/v3/manifests/index/e4s")
        ('mirror', 'e4s')
        >>> split_view("mirror/v3/manifests/index/index.manifest.json")
        ('mirror', None)
        >>> split_view("mirror") is None
        True
    """
    root, found, rest = f"/{path.rstrip('/')}".rpartition(f"/{_INDEX_FOLDER}")
    if not found or (rest and not rest.startswith("/")):
        return None
    parts = rest.split("/")[1:]
    if parts and parts[-1] == _MANIFEST_NAME:
        parts.pop()
    if len(parts) > 1:
        return None
    # A path that begins with `/` keeps it; the mirror may be the root itself.
    root = root[1:] or ("/" if path.startswith("/") else ".")
    return root, parts[0] if parts else None


def blob_checksum(path: str) -> str | None:
    """Return the checksum in the path of a blob, if it is one."""
    found = _BLOB.search(path)
    return found[2] if found and path.endswith(found[2]) else None


def spec_files(store: Store, limits: Limits) -> SpecFiles | None:
    """Return the specs of a mirror without an index, or None if it is not a mirror.

    Args:
        store: The mirror.
        limits: The limits for each file.

    Raises:
        SourceError: If the store cannot be listed or read.
    """
    paths = list(_spec_paths(store))
    if not paths:
        return None

    def read(relative: str) -> SpecFile | DamagedFile:
        try:
            return spec_file_at(store, relative, limits)
        except DamagedSourceError as error:
            return DamagedFile(
                path=error.path, location=error.location, line=error.line, fault=error.fault
            )

    if store.has_tags:
        # Imported here because most runs read local files, one after the other.
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        with ThreadPoolExecutor(_TOGETHER) as pool:
            found = list(pool.map(read, paths))
    else:
        found = [read(relative) for relative in paths]
    files = [each for each in found if isinstance(each, SpecFile)]
    faults = [each for each in found if isinstance(each, DamagedFile)]
    return SpecFiles(
        layout=_layout_of_binaries(paths),
        files=tuple(sorted(files, key=lambda file: file.shown)),
        damaged=tuple(sorted(faults, key=lambda file: (file.path, file.location))),
    )


def _layout_of_binaries(paths: list[str]) -> Layout:
    if paths[0].startswith(f"{TAG_FOLDER}/"):
        return "registry"
    return 3 if any(path.startswith(f"{SPEC_FOLDER}/") for path in paths) else 2


def binaries_of_files(store: Store) -> dict[str, str]:
    """Return the path of the manifest or spec file of each binary in a mirror, by hash.

    No file is read: their names end with the hashes.

    Raises:
        SourceError: If the store cannot be listed.
    """
    found: dict[str, str] = {}
    for path in _spec_paths(store):
        named = _SPEC_NAME.fullmatch(path.rpartition("/")[2])
        if named is not None:
            found.setdefault(named[1], path)
    return found


def has_spec_files(store: Store) -> bool:
    """Return whether there is a spec manifest or spec file of any binary; none is read.

    Raises:
        SourceError: If the store cannot be listed.
    """
    return any(True for _ in _spec_paths(store))


def spec_blob(store: Store, relative: str, limits: Limits) -> SpecFile:
    """Return the spec that a spec manifest names.

    Raises:
        DamagedSourceError: If the manifest is malformed, or the blob does not match it.
        SourceError: If a file cannot be read.
    """
    shown = store.shown(relative)
    found = _SPEC_NAME.fullmatch(relative.rpartition("/")[2])
    if found is None:
        raise damaged(shown, "", "its name does not end with a hash")
    manifest = store.get(relative, most=limits.manifest_bytes)
    if manifest is None:
        raise damaged(shown, "", "is not there")
    record, _ = records_of(relative, manifest, shown)
    path = _fetched(store, record, limits.file_bytes)
    return SpecFile(path=path, shown=store.shown(record.blob), hash=found[1])


def records_of(relative: str, path: Path, shown: str) -> tuple[Record, Record]:
    """Return the records of the spec and the tarball in the manifest of a binary.

    Args:
        relative: The path of the manifest in the store.
        path: A local file with its bytes.
        shown: Its name in messages.

    Raises:
        DamagedSourceError: If it is malformed, or does not name one of each.
    """
    if relative.startswith(f"{TAG_FOLDER}/"):
        return records_of_tag(path, shown)
    return records_of_binary(path, shown)


def is_spec_manifest(relative: str) -> bool:
    """Return whether a path is that of a binary's manifest, not of a spec file."""
    return relative.startswith((f"{SPEC_FOLDER}/", f"{TAG_FOLDER}/"))


def tag_hash(path: str) -> str | None:
    """Return the hash of the binary of a tag, if its name has one.

    Examples:
        >>> tag_hash("tags/zlib-1.3.1-abcdefghijklmnopqrstuvwxyz234567.spack")
        'abcdefghijklmnopqrstuvwxyz234567'
        >>> tag_hash("tags/index.spack") is None
        True
    """
    found = _SPEC_NAME.fullmatch(path.removeprefix(f"{TAG_FOLDER}/"))
    return found[1] if found and path.endswith(_TAG_ENDING) else None


def tag_path(name: str, version: str, dag_hash: str) -> str:
    """Return the path of the manifest of a binary in a registry.

    Examples:
        >>> tag_path("zlib", "1.3.1+fix", "abcdefghijklmnopqrstuvwxyz234567")
        'tags/zlib-1.3.1_fix-abcdefghijklmnopqrstuvwxyz234567.spack'
    """
    tag = _NO_TAG.sub("_", f"{name}-{version}-{dag_hash}{_TAG_ENDING}")
    if len(tag) > _LONGEST_TAG:
        half = _LONGEST_TAG // 2
        tag = tag[:half] + tag[-half:]
    return f"{TAG_FOLDER}/{tag}"


def manifest_path(store: Store, name: str, version: str, dag_hash: str) -> str:
    """Return the path of the manifest of a binary in a store."""
    path = tag_path if store.has_tags else spec_manifest_path
    return path(name, version, dag_hash)


def _spec_paths(store: Store) -> Iterator[str]:
    """Yield the paths of the spec manifests, then those of the spec files of layout 2.

    A mirror may have both: Spack looks for a binary in either layout.
    """
    if store.has_tags:
        yield from (path for path in store.files(TAG_FOLDER) or () if tag_hash(path) is not None)
        return
    manifests = store.files(SPEC_FOLDER)
    if manifests is None:
        return
    yield from (path for path in manifests if path.endswith(".spec.manifest.json"))
    names = (".spec.json", ".spec.json.sig")
    yield from (path for path in store.files("build_cache") or () if path.endswith(names))


def spec_file_at(store: Store, relative: str, limits: Limits) -> SpecFile:
    """Return the spec of a binary, of either layout.

    Raises:
        DamagedSourceError: If the manifest is malformed, or a file does not match it.
        SourceError: If a file cannot be read.
    """
    if is_spec_manifest(relative):
        return spec_blob(store, relative, limits)
    shown = store.shown(relative)
    found = _SPEC_NAME.fullmatch(relative.rpartition("/")[2])
    if found is None:
        raise damaged(shown, "", "its name does not end with a hash")
    path = store.get(relative, most=limits.file_bytes)
    if path is None:
        raise damaged(shown, "", "is missing, or not a file")
    return SpecFile(path=path, shown=shown, hash=found[1])


def _tagged_index(store: Store, limits: Limits) -> MirrorIndex | None:
    """Return the index that a registry stores as the only layer of an image, if it does."""
    manifest = store.get(_INDEX_TAG, most=limits.manifest_bytes)
    if manifest is None:
        return None
    shown = store.shown(_INDEX_TAG)
    layers = layers_of(manifest, shown)
    if not layers:
        raise damaged(shown, "layers", "names no index")
    path = _fetched(store, layers[0], limits.index_bytes)
    return MirrorIndex(
        path=path,
        shown=store.shown(layers[0].blob),
        layout="registry",
        view=None,
        checksum=layers[0].checksum,
    )


def _layout_2(store: Store, limits: Limits) -> MirrorIndex | None:
    relative = "build_cache/index.json"
    expected = _index_hash(store, f"{relative}.hash", limits)
    path = store.get(relative, most=limits.index_bytes, expected=expected)
    if path is None:
        if expected is not None:
            raise damaged(store.shown(relative), "", f"is missing, but {expected.said_by} is")
        return None
    return MirrorIndex(
        path=path,
        shown=store.shown(relative),
        layout=2,
        view=None,
        checksum=expected.checksum if expected else None,
    )


def _index_hash(store: Store, relative: str, limits: Limits) -> Expected | None:
    path = store.get(relative, most=limits.manifest_bytes)
    if path is None:
        return None
    shown = store.shown(relative)
    checksum = (
        content.first_bytes(path, limits.manifest_bytes, shown)
        .decode("utf-8-sig", "replace")
        .strip()
    )
    if not is_checksum(checksum):
        raise damaged(store.shown(relative), "", "is not a SHA-256 of 64 lower-case hex digits")
    return Expected(checksum=checksum, size=None, said_by=store.shown(relative))


def _bare(store: Store, limits: Limits) -> MirrorIndex | None:
    relative = "index.json"
    path = store.get(relative, most=limits.index_bytes)
    if path is None or not _DATABASE_START.match(content.start_of(path)):
        return None
    return MirrorIndex(
        path=path, shown=store.shown(relative), layout=None, view=None, checksum=None
    )


def spec_manifest_hash(path: str) -> str | None:
    """Return the hash of the binary whose manifest a file is, judging by its name."""
    found = _SPEC_NAME.fullmatch(path.rpartition("/")[2])
    is_manifest = path.startswith(f"{SPEC_FOLDER}/") and path.endswith(".spec.manifest.json")
    return found[1] if found and is_manifest else None


def spec_manifest_path(name: str, version: str, dag_hash: str) -> str:
    """Return the path of the manifest of a binary in layout 3."""
    stem = _NO_FILE_NAME.sub("_", f"{name}-{version}-{dag_hash}")
    return f"{SPEC_FOLDER}/{name}/{stem}.spec.manifest.json"


def _fetched(store: Store, record: Record, most: int) -> Path:
    path = store.get(record.blob, most=most, expected=record.expected())
    if path is None:
        raise damaged(store.shown(record.blob), "", f"is missing, but {record.said_by} names it")
    return path


def _view(view: str) -> str:
    if _VIEW.fullmatch(view) is None or view in {".", ".."}:
        raise SourceError(f"`{view}` is not a name of a view", path=view)
    return view
