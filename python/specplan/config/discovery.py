"""Discovery of stacks, caches and package pages in a folder.

Only enough of each file is read to recognize its kind; environments are read completely, because
they name their systems.
"""

from __future__ import annotations

import codecs
import os
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError, SpecplanError
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources.absent import absence
from specplan.sources.environments.environment import read_environment
from specplan.sources.environments.options import EnvironmentOptions
from specplan.sources.mirrors import listing, mirror
from specplan.sources.stores.store import LocalStore, printable
from specplan.sources.vast_folders import refuse_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.model.host import Host
    from specplan.sources.environments.environment import Environment
    from specplan.sources.limits import Limits

__all__ = ["FoundCache", "FoundStack", "Holdings", "look_through"]

_ENVIRONMENT: Final = "spack.yaml"
_LOCK: Final = "spack.lock"
_PAGE: Final = "specs.md"
_INDEX: Final = "index.json"

#: The text that identifies a lock or a database near its beginning.
_LOCK_TYPE: Final = b'"spack-lockfile"'
_DATABASE: Final = b'"database"'
_HEAD_BYTES: Final = 4096

#: The maximum number of files and folders outside of caches before the search ends.
_MOST_ENTRIES: Final = 300_000

_EXPECTED: Final = "run it in the folder of one project"

#: The names of the snapshots of a public cache.
_TAG: Final = pattern(r"develop(?:-[0-9]{4}-[0-9]{2}-[0-9]{2})?|v[0-9]+(?:\.[0-9]+)+")

_NOT_IN_NAMES: Final = pattern(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStack:
    """A folder with an environment, a lock or both.

    Attributes:
        name: The folder's name; where several share it, its path.
        folder: The folder.
        environment: The environment that could be read.
        has_environment: Whether there is a ``spack.yaml``.
        has_lock: Whether there is a lock.
        fault: The reason why the environment could not be read; empty if it could.
    """

    name: str
    folder: Path
    environment: Environment | None
    has_environment: bool
    has_lock: bool
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCache:
    """A build cache, or its published pages.

    Attributes:
        path: Its folder.
        kind: ``pages``, ``mirror``, ``binaries`` for a mirror without an index, or
            ``snapshots`` for a tree of mirrors.
    """

    path: Path
    kind: str


@dataclass(slots=True)
class Holdings:
    """The contents of a folder, ordered by path.

    Attributes:
        stacks: The folders with environments or locks.
        caches: The build caches.
        notes: Things that look like a stack or cache but are none, one sentence each.
    """

    stacks: list[FoundStack] = field(default_factory=list)
    caches: list[FoundCache] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def look_through(folder: Path, host: Host, limits: Limits) -> Holdings:
    """Search a folder and all below it; hidden folders and links are skipped.

    Unreadable parts below the folder are noted, so that the rest can still be proposed.

    Args:
        folder: The folder.
        host: The machine to which the conditions of environments refer.
        limits: The limits for every file and folder.

    Raises:
        SourceError: If it is not a folder, cannot be read or holds too much.
    """
    shown = printable(folder)
    # The methods of `Path` raise an error if access is denied.
    if not os.path.lexists(folder):
        raise absence(str(folder))
    if not os.path.isdir(folder):  # noqa: PTH112
        raise SourceError(f"`{shown}` is not a folder", path=shown)
    refuse_root(folder, _EXPECTED)
    search = _Search(folder, host, limits)
    for path, folders, files in search.walk():
        if search.is_cache(path, folders, files):
            folders.clear()
            # A cache is recognized at its first snapshot and package, however many it has.
            search.entries -= 1 + len(files)
        else:
            search.take_stack(path, files)
    return search.holdings()


class _Search:
    def __init__(self, top: Path, host: Host, limits: Limits) -> None:
        self._top = top
        # A missing part becomes a comment in the proposal, not an error.
        self._options = EnvironmentOptions(host=host, allowed=frozenset({"include"}))
        self._limits = limits
        self._stacks: list[FoundStack] = []
        self._caches: dict[Path, str] = {}
        self._notes: list[str] = []
        #: The number of files and folders seen that belong to no cache.
        self.entries = 0

    def walk(self) -> Iterator[tuple[Path, list[str], list[str]]]:
        def fail(error: OSError) -> None:
            path = Path(error.filename or self._top)
            fault = f"`{printable(path)}` cannot be read: {error.strerror}"
            if path == self._top:
                raise SourceError(fault, path=printable(path)) from error
            self._notes.append(fault)

        most = min(self._limits.tree_entries, _MOST_ENTRIES)
        for path, folders, files in os.walk(self._top, onerror=fail):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            self.entries += len(folders) + len(files)
            if self.entries > most:
                fault = f"`{printable(self._top)}` holds more than {most} files and folders"
                raise SourceError(fault, path=printable(self._top), hint=_EXPECTED)
            yield Path(path), folders, files

    def is_cache(self, path: Path, folders: list[str], files: list[str]) -> bool:
        """Record a folder of a cache and return True, so that nothing below is searched."""
        if _PAGE in files and _head(path / _PAGE).startswith(b"---"):
            above = [each for each in path.parents if each.is_relative_to(self._top)]
            # A tree of pages is TAG/PACKAGE/specs.md.
            self._caches[above[1] if len(above) > 1 else path] = "pages"
            return True
        is_bare = _INDEX in files and _DATABASE in _head(path / _INDEX)
        if not is_bare and {"v3", "build_cache"}.isdisjoint(folders):
            return False
        try:
            if mirror.find_index(LocalStore(path, limits=self._limits), self._limits) is None:
                return self._is_without_index(path)
        except SpecplanError as error:
            self._notes.append(f"`{printable(path)}` is a damaged cache: {error}")
            return True
        parent = path.parent
        in_tree = path != self._top and _TAG.fullmatch(path.name) is not None
        if in_tree and listing.tree(LocalStore(parent, limits=self._limits)):
            self._caches[parent] = "snapshots"
        else:
            self._caches[path] = "mirror"
        return True

    def _is_without_index(self, path: Path) -> bool:
        """Record a mirror with binaries and no index, unless it is that of a snapshot."""
        if not mirror.has_spec_files(LocalStore(path, limits=self._limits)):
            return False
        self._caches[path] = "binaries"
        return True

    def take_stack(self, path: Path, files: list[str]) -> None:
        has_environment = _ENVIRONMENT in files
        has_lock = _LOCK in files and _LOCK_TYPE in _head(path / _LOCK)
        if _LOCK in files and not has_lock:
            self._notes.append(f"`{printable(path / _LOCK)}` is not marked as a lock")
        if not has_environment and not has_lock:
            return
        environment, fault = None, ""
        if has_environment:
            try:
                environment = read_environment(
                    path / _ENVIRONMENT, limits=self._limits, options=self._options
                )
            except SpecplanError as error:
                # The first line has the place; any lines below it show the spec there.
                fault = str(error).partition("\n")[0]
        self._stacks.append(
            FoundStack(
                name=path.resolve().name,
                folder=path,
                environment=environment,
                has_environment=has_environment,
                has_lock=has_lock,
                fault=fault,
            )
        )

    def holdings(self) -> Holdings:
        return Holdings(
            stacks=_named_apart(sorted(self._stacks, key=lambda stack: stack.folder), self._top),
            caches=[
                FoundCache(path=path, kind=kind) for path, kind in sorted(self._caches.items())
            ],
            notes=self._notes,
        )


def _named_apart(stacks: list[FoundStack], top: Path) -> list[FoundStack]:
    """Return the stacks with distinct names that are valid as labels."""
    names = [_NOT_IN_NAMES.sub("-", stack.name) or "stack" for stack in stacks]
    taken: set[str] = set()
    apart = []
    for stack, short in zip(stacks, names, strict=True):
        name = short
        if names.count(short) > 1:
            path = stack.folder.relative_to(top).as_posix()
            name = _NOT_IN_NAMES.sub("-", path).strip("-.") or short
        number = 2
        while name in taken:
            name = f"{short}-{number}"
            number += 1
        taken.add(name)
        apart.append(replace(stack, name=name))
    return apart


def _head(path: Path) -> bytes:
    """Return the beginning of a file; empty if it cannot be read."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES).removeprefix(codecs.BOM_UTF8)
    except OSError:
        return b""
