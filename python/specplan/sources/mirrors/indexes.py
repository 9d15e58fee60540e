"""The indexes of mirrors, read into one catalog each, and binaries that no index lists."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan.counting import count
from specplan.errors import DamagedSourceError
from specplan.model import DamagedFile
from specplan.records import dataclass
from specplan.sources import spec_files
from specplan.sources.mirrors import mirror
from specplan.sources.origins import IndexRead, files_taken
from specplan.sources.reading_options import Reading
from specplan.sources.stores.fetching import Fetching
from specplan.sources.stores.store import LocalStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specplan.sources.mirrors.mirror import MirrorIndex
    from specplan.sources.origins import MirrorOrigin, SpecFileOrigin
    from specplan.sources.stores.store import Store

__all__ = [
    "IndexesRead",
    "Unindexed",
    "fetched_by_hash",
    "or_from_manifests",
    "read_indexes",
    "unindexed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexesRead:
    """The union of the indexes of one mirror.

    Attributes:
        core: All that they list; if they differ about a spec, the newest wins.
        least: The same, in which only specs listed by every index are binaries; None if there is
            one index, or all list the same.
        damaged: The faults of those that cannot be read.
        files: The files that were read.
        indexes: The size of each, the newest first; empty if there is only one.
        is_guess: Whether one is in a version newer than the known ones.
        binaries: The hashes of the binaries that some index lists.
        unread: The reason why the requested Spack reads nothing from the mirror; None if it does.
    """

    core: _core.Catalog
    least: _core.Catalog | None
    damaged: tuple[DamagedFile, ...]
    files: tuple[SpecFileOrigin, ...]
    indexes: tuple[IndexRead, ...]
    is_guess: bool
    binaries: frozenset[str]
    unread: str | None


def read_indexes(
    index: MirrorIndex,
    reading: Reading,
    *,
    mirror_shown: str,
    stack: str,
    tag: str = "",
    listed_only: bool = False,
) -> IndexesRead:
    """Read the index of a mirror, and those for older Spacks beside it.

    Args:
        index: The newest index.
        reading: The source.
        mirror_shown: The name of the mirror in messages.
        stack: The stack that it lists, or an empty string.
        tag: The snapshot that it belongs to, or an empty string.
        listed_only: Whether it only determines what the stack lists: its binaries do not count.
    """
    each_index = (index, *index.older)
    found = [
        spec_files.parse(
            each.path, reading, shown=each.shown, stack=stack, tag=tag, listed_only=listed_only
        )
        for each in each_index
    ]
    damaged = list(index.damaged)
    files: list[SpecFileOrigin] = []
    sound: list[tuple[MirrorIndex, _core.SpecsRead]] = []
    for each, read in zip(each_index, found, strict=True):
        damage = damage_of_index(read, each.shown)
        damaged.extend(damage)
        if not damage:
            files.extend(files_taken(each.path, each.shown, read, reading.limits))
            sound.append((each, read))
    core = _merged([read.catalog for _, read in sound])
    binaries = [core.binaries_of(each.shown) for each, _ in sound]
    lists = Counter(dag_hash for hashes in binaries for dag_hash in hashes)
    everywhere = [dag_hash for dag_hash, times in lists.items() if times == len(sound)]
    return IndexesRead(
        core=core,
        least=core.with_binaries(everywhere) if len(everywhere) < len(lists) else None,
        damaged=tuple(damaged),
        files=tuple(files),
        indexes=tuple(
            IndexRead(
                mirror=mirror_shown,
                shown=each.shown,
                version=read.version,
                specs=read.specs,
                binaries=len(hashes),
                alone=sum(lists[dag_hash] < len(sound) for dag_hash in hashes),
            )
            for (each, read), hashes in zip(sound, binaries, strict=True)
            if len(sound) > 1
        ),
        is_guess=any(read.is_guess for _, read in sound),
        binaries=frozenset(lists),
        unread=_unread(sound, reading),
    )


def _merged(catalogs: Iterable[_core.Catalog]) -> _core.Catalog:
    """Return the union of indexes, the newest first, which decide the content of their specs."""
    newer: list[_core.Catalog] = []
    for catalog in catalogs:
        own = catalog
        for other in newer:
            own = own.with_content_of(other)
        newer.append(own)
    return _core.Catalog.merged(newer)


def _unread(sound: list[tuple[MirrorIndex, _core.SpecsRead]], reading: Reading) -> str | None:
    """Return the reason why the requested Spack does not read an index."""
    consumer = reading.options.consumer
    if consumer is None:
        return None
    for index, read in sound:
        if read.version is not None and read.version > consumer.database:
            return (
                f"Spack {consumer.spack} does not read `{index.shown}`: it reads version "
                f"{consumer.database} at most, and that is of version {read.version}"
            )
    return None


def or_from_manifests(file: DamagedFile) -> DamagedFile:
    """Return the damage of an index with a hint: the manifests of the binaries may be sound."""
    return replace(
        file,
        fault=f"{file.fault}; `--from-manifests` reads the manifests of the binaries instead",
    )


def damage_of_index(found: _core.SpecsRead, shown: str) -> tuple[DamagedFile, ...]:
    """Return the fault of a file that must be an index."""
    if found.fault is None and found.kind not in {"index", "database"}:
        fault = "is not an index of a build cache"
        return (DamagedFile(path=shown, location="", line=None, fault=fault),)
    return spec_files.damage_of(found, shown)


#: The number of binaries that are requested in parallel.
_TOGETHER: Final = 8


def fetched_by_hash(
    taken: MirrorOrigin, wanted: Mapping[str, tuple[str, str]]
) -> list[_core.Catalog]:
    """Return the given specs that a mirror has, even if no index lists them.

    Like Spack, this requests the manifest of a binary by its name.

    Args:
        taken: The mirror.
        wanted: Name and version of each spec, by hash.

    Raises:
        SourceError: If the mirror cannot be asked.
    """
    reading = Reading(
        source=taken.cache, given_stack="", tags=(), fetching=Fetching(limits=taken.limits)
    )
    tag = "" if taken.of is None else taken.of[1]

    def asked(item: tuple[str, tuple[str, str]]) -> _core.Catalog | None:
        dag_hash, (name, version) = item
        path = mirror.manifest_path(taken.store, name, version, dag_hash)
        if taken.store.get(path, most=taken.limits.manifest_bytes) is None:
            return None
        try:
            file = mirror.spec_file_at(taken.store, path, taken.limits)
            found = spec_files.parse(file.path, reading, shown=file.shown, stack="", tag=tag)
        except DamagedSourceError:
            return None
        roots = spec_files.roots_of(found)
        # A guess could be wrong, and a missing binary is better than a false one.
        is_it = not found.is_guess and bool(roots) and roots[0].hash == dag_hash
        return found.catalog if is_it else None

    # Imported here because few mirrors have files that no index lists.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(_TOGETHER) as pool:
        return [each for each in pool.map(asked, sorted(wanted.items())) if each is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unindexed:
    """Binaries in a mirror that none of its indexes lists.

    Attributes:
        listed: Their specs; none is available, because a concretizer only uses the index.
        fetched: The same, as available specs: Spack fetches a binary by its hash.
        count: Their number.
        unread: The number of further ones with damaged files.
        is_guess: Whether the file of one is in a version newer than the known ones.
    """

    listed: _core.Catalog
    fetched: _core.Catalog
    count: int
    unread: int
    is_guess: bool = False

    def notes(self, shown: str) -> list[str]:
        """Return notes on them, one sentence each.

        Args:
            shown: The name of the mirror in messages.
        """
        notes = []
        if self.count:
            are = count(self.count, "binary is", "binaries are")
            notes.append(
                f"{are} in `{shown}` but not in its index; `spack buildcache "
                "update-index` adds them"
            )
        if self.unread:
            binaries = count(self.unread, "binary", "binaries")
            notes.append(
                f"the files of {binaries} in `{shown}` that its index does not list are damaged; "
                "`specplan check --verify manifests` shows how"
            )
        return notes


def unindexed(
    store: Store, listed: Iterable[str], reading: Reading, *, stack: str, tag: str = ""
) -> Unindexed | None:
    """Return the binaries of a mirror that no index of it lists, or None if there are none.

    Their names are looked up in local folders, and on servers that can list their files if
    ``reading`` says so. Only the files of unlisted binaries are read.

    Args:
        store: The mirror.
        listed: The hashes of the binaries that its indexes list.
        reading: The source.
        stack: The stack that the mirror is of, or an empty string.
        tag: The snapshot that the mirror is of, or an empty string.

    Raises:
        SourceError: If the mirror cannot be listed.
    """
    if not (isinstance(store, LocalStore) or reading.options.probe):
        return None
    there = mirror.binaries_of_files(store)
    if not there:
        return None
    indexed = {*listed}
    paths = [path for dag_hash, path in sorted(there.items()) if dag_hash not in indexed]
    if not paths:
        return None
    reads = [_read_spec_file(store, path, reading, stack=stack, tag=tag) for path in paths]
    sound = [read for read in reads if read is not None]
    return Unindexed(
        listed=_core.Catalog.merged([listed_only.catalog for listed_only, _ in sound]),
        fetched=_core.Catalog.merged([whole.catalog for _, whole in sound]),
        count=len(sound),
        unread=len(reads) - len(sound),
        is_guess=any(listed_only.is_guess for listed_only, _ in sound),
    )


def _read_spec_file(
    store: Store, path: str, reading: Reading, *, stack: str, tag: str
) -> tuple[_core.SpecsRead, _core.SpecsRead] | None:
    """Read the spec file of a binary, as merely listed and as available; None if it is damaged."""
    try:
        file = mirror.spec_file_at(store, path, reading.limits)
        listed_only, whole = (
            spec_files.parse(
                file.path, reading, shown=file.shown, stack=stack, tag=tag, listed_only=is_listed
            )
            for is_listed in (True, False)
        )
    except DamagedSourceError:
        return None
    roots = spec_files.roots_of(listed_only)
    if listed_only.fault is not None or not roots or roots[0].hash != file.hash:
        return None
    return listed_only, whole
