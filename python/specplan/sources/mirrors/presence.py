"""Checking whether a mirror has certain binaries, with few requests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from specplan.errors import UsageError
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources.mirrors import mirror
from specplan.sources.registries.store import RegistryStore
from specplan.sources.stores.fetching import Fetching, is_remote
from specplan.sources.stores.open import open_store
from specplan.sources.stores.store import LocalStore
from specplan.sources.stores.url import parsed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from specplan.sources.limits import Limits
    from specplan.sources.stores.store import Store

__all__ = ["AskedBinary", "asked", "present_by_name"]

_ASKED: Final = pattern(
    r"(?:(?P<name>[a-z0-9][a-z0-9_.-]*)@(?P<version>[A-Za-z0-9_.=+-]+))?/?(?P<hash>[a-z2-7]{32})"
)

#: The number of binaries that are requested in parallel.
_TOGETHER: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBinary:
    """A requested binary.

    Attributes:
        text: The text of the request.
        hash: The DAG hash.
        name: The package, or an empty string if not given.
        version: The version; empty if no source describes it.
    """

    text: str
    hash: str
    name: str
    version: str


def asked(text: str) -> AskedBinary:
    """Return the requested spec of a text: ``HASH``, ``/HASH`` or ``NAME@VERSION/HASH``.

    Raises:
        UsageError: If it is not one of these.

    Examples:
        >>> asked("zlib@1.3.1/abcdefghijklmnopqrstuvwxyz234567").name
        'zlib'
    """
    found = _ASKED.fullmatch(text)
    if found is None:
        is_lower = _ASKED.fullmatch(text.lower()) is not None
        raise UsageError(
            f"`{text}` is not a DAG hash of 32 letters",
            hint=f"did you mean `{text.lower()}`?"
            if is_lower
            else "write the whole hash, or `NAME@VERSION/HASH`; `specplan find /abcdefg` "
            "shows the whole of one",
        )
    return AskedBinary(
        text=text,
        hash=found["hash"],
        name=found["name"] or "",
        version=found["version"] or "",
    )


def present_by_name(
    source: str, binaries: Collection[AskedBinary], limits: Limits
) -> dict[str, bool] | None:
    """Return the binaries of a mirror, by hash, judged by the names of their files.

    A folder is listed, and so are the tags of a registry if a name is unknown. A server is asked
    for each manifest, whose name contains the name and the version of the spec.

    Args:
        source: The mirror.
        binaries: The requested binaries.
        limits: The limits for each file.

    Returns:
        None if names do not decide it: the name of a spec is unknown, there is no mirror of layout
            3 on the server or it may not be asked, or the folder contains no binaries.

    Raises:
        DamagedSourceError: If a manifest exists but is damaged.
        SourceError: If the mirror cannot be asked.
    """
    # The server is asked each time: another job may have pushed the binary.
    store = _store_of(source, replace(limits, max_age_seconds=0.0))
    if isinstance(store, LocalStore):
        paths = mirror.binaries_of_files(store)
        if not paths:
            return None
        there = {each.hash: paths[each.hash] for each in binaries if _is_named_so(each, paths)}
        for path in there.values():
            _check(store, path, limits)
        return {each.hash: each.hash in there for each in binaries}
    if isinstance(store, RegistryStore) and not limits.offline:
        return _by_tag(store, binaries, limits)
    if limits.offline or not all(each.name for each in binaries):
        # The copy of a manifest may be outdated; that of an index is read together with its age.
        return None

    def has(binary: AskedBinary) -> bool:
        path = mirror.spec_manifest_path(binary.name, binary.version, binary.hash)
        return _check(store, path, limits)

    with ThreadPoolExecutor(_TOGETHER) as pool:
        answers = list(pool.map(has, binaries))
    if not any(answers) and mirror.layout_of(store, limits) == 2:  # noqa: PLR2004 - its name
        return None
    return {each.hash: answer for each, answer in zip(binaries, answers, strict=True)}


def _is_named_so(binary: AskedBinary, paths: Mapping[str, str]) -> bool:
    """Return whether the file of a hash has the requested name and version, if any.

    Spack looks for a binary by all three.
    """
    path = paths.get(binary.hash)
    if path is None or not binary.name:
        return path is not None
    file = path.rpartition("/")[2]
    named = mirror.spec_manifest_path(binary.name, binary.version, binary.hash).rpartition("/")[2]
    # Names of files of layout 2 begin with the system and the compiler.
    return f"-{named.partition('.spec.')[0]}." in f"-{file}"


def _by_tag(
    store: RegistryStore, binaries: Collection[AskedBinary], limits: Limits
) -> dict[str, bool] | None:
    """Return the binaries of a registry, by hash; None if it has no tag of a binary.

    Unknown names are looked up in the list of tags. A tag alone is not a binary: registries may
    lose its manifest.
    """
    if all(each.name for each in binaries):
        paths = {
            each.hash: mirror.tag_path(each.name, each.version, each.hash) for each in binaries
        }
    else:
        paths = mirror.binaries_of_files(store)
        if not paths:
            return None

    def has(binary: AskedBinary) -> bool:
        return binary.hash in paths and _check(store, paths[binary.hash], limits)

    with ThreadPoolExecutor(_TOGETHER) as pool:
        answers = list(pool.map(has, binaries))
    return {each.hash: answer for each, answer in zip(binaries, answers, strict=True)}


def _check(store: Store, path: str, limits: Limits) -> bool:
    """Return whether a file of a binary exists; a manifest must be valid."""
    file = store.get(path, most=limits.manifest_bytes)
    if file is None:
        return False
    if mirror.is_spec_manifest(path):
        mirror.records_of(path, file, store.shown(path))
    return True


def _store_of(source: str, limits: Limits) -> Store:
    if not is_remote(source):
        return LocalStore(Path(source), limits=limits)
    parts = parsed(source)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"}:
        return LocalStore(Path(unquote(parts.path)), limits=limits)
    return open_store(source, Fetching(limits=limits))
