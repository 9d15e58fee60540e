"""Stores of the files of a source: folders, and what all stores have in common.

A :class:`Store` returns local files by their path relative to its root, so that the reader of a
mirror need not know its location. No path leads out of the root.
"""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from specplan.errors import DamagedSourceError, SourceError
from specplan.patterns import pattern
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.sources.limits import Limits

__all__ = [
    "Expected",
    "LocalStore",
    "Store",
    "is_checksum",
    "is_file",
    "is_folder",
    "parts_of",
    "printable",
    "sha256_of",
    "written",
]

_CHECKSUM: Final = pattern(r"[0-9a-f]{64}")

#: The number of bytes read at a time.
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The size and the checksum of a file in a manifest.

    Attributes:
        checksum: Its SHA-256, 64 lower-case hex digits.
        size: Its size in bytes, or None if not given.
        said_by: The file with these values, and the place in it.
    """

    checksum: str
    size: int | None
    said_by: str

    def check(self, *, checksum: str, size: int, shown: str) -> None:
        """Compare a file with the expectation.

        Raises:
            DamagedSourceError: If they differ.
        """
        if self.size is not None and size != self.size:
            self._fail(shown, f"has {size} bytes, but {self.said_by} says {self.size}")
        if checksum != self.checksum:
            self._fail(
                shown, f"has the checksum {checksum}, but {self.said_by} says {self.checksum}"
            )

    @staticmethod
    def _fail(shown: str, fault: str) -> None:
        raise DamagedSourceError(
            path=shown,
            location="",
            line=None,
            fault=fault,
            hint="the file is damaged, or the mirror is being updated at this moment",
        )


class Store(Protocol):
    """A place with files, local or remote.

    Attributes:
        has_tags: Whether it is a repository of a registry: it has tags and no folders.
    """

    has_tags: ClassVar[bool]

    def get(self, relative: str, *, most: int, expected: Expected | None = None) -> Path | None:
        """Return a local file with the bytes of a file of the store.

        Args:
            relative: Its path below the root, with ``/``; empty for the root itself.
            most: The size limit.
            expected: The expected content, with which the returned file has been compared.

        Returns:
            The file, or None if it does not exist.

        Raises:
            DamagedSourceError: If the file does not match the expectation.
            SourceError: If the file cannot be read, or is too large.
        """

    def files(self, relative: str) -> Iterator[str] | None:
        """Return the paths of all files below a folder, or None if they cannot be listed.

        The paths are relative to the root and sorted; a nonexistent folder has none.
        """

    def is_refused(self, relative: str) -> bool:
        """Return whether the server recently refused a request for the file."""
        ...

    def below(self, relative: str) -> Store:
        """Return the store whose root is a folder of this one."""

    def apart(self, folder: Path) -> Store:
        """Return the same store, which fetches everything again and keeps it in another folder."""

    def shown(self, relative: str = "") -> str:
        """Return the name of a file in messages, without credentials."""


class LocalStore:
    """A local folder, or a single file.

    Args:
        root: The folder. It may be a symbolic link; a link below it that leads out of it
            is refused.
        limits: Its limits.
    """

    has_tags: ClassVar = False

    def __init__(self, root: Path, *, limits: Limits) -> None:
        self._root = root
        self._limits = limits

    @property
    def root(self) -> Path:
        """The folder."""
        return self._root

    def get(self, relative: str, *, most: int, expected: Expected | None = None) -> Path | None:
        """Return a file, checked, or None if it does not exist."""
        path = self._path(relative)
        shown = self.shown(relative)
        try:
            if not path.is_file():
                return None
            size = path.stat().st_size
            if size > most:
                raise SourceError(
                    f"`{shown}` has {size} bytes, more than the {most} that are read", path=shown
                )
            if expected is not None:
                expected.check(checksum=sha256_of(path), size=size, shown=shown)
        except OSError as error:
            raise _unreadable(shown, error) from error
        return path

    def files(self, relative: str) -> Iterator[str]:
        """Return the paths of all files below a folder, sorted.

        Links to folders are not followed, so that there are no cycles.

        Raises:
            SourceError: If there are too many, or a folder cannot be read.
        """
        found: list[str] = []
        entries = 0
        top = self._path(relative)
        # The method of `Path` raises an error if access is denied.
        if not os.path.isdir(top):  # noqa: PTH112
            return iter(())

        def fail(error: OSError) -> None:
            raise _unreadable(printable(error.filename or top), error) from error

        for folder, folders, files in os.walk(top, onerror=fail):
            entries += len(folders) + len(files)
            if entries > self._limits.tree_entries:
                raise SourceError(
                    f"`{self.shown(relative)}` holds more than the {self._limits.tree_entries} "
                    "files and folders that are searched",
                    path=self.shown(relative),
                )
            beneath = Path(folder).relative_to(self._root)
            found.extend((beneath / name).as_posix() for name in files)
        return iter(sorted(found))

    def folders(self, relative: str = "") -> list[str]:
        """Return the names of the folders in a folder, sorted."""
        top = self._path(relative)
        try:
            return sorted(each.name for each in top.iterdir() if each.is_dir())
        except OSError as error:
            raise _unreadable(self.shown(relative), error) from error

    def is_refused(self, relative: str) -> bool:  # noqa: ARG002 - as other stores
        """Return False: an unreadable local file is an error."""
        return False

    def below(self, relative: str) -> LocalStore:
        """Return the store whose root is a folder of this one."""
        return LocalStore(self._path(relative), limits=self._limits)

    def apart(self, folder: Path) -> LocalStore:  # noqa: ARG002 - as other stores
        """Return the same folder, whose files are local."""
        return self

    def shown(self, relative: str = "") -> str:
        """Return the path of a file as text that can be written."""
        return printable(self._root.joinpath(*relative.split("/")) if relative else self._root)

    def _path(self, relative: str) -> Path:
        path = self._root.joinpath(*parts_of(relative))
        try:
            inside = path.resolve().is_relative_to(self._root.resolve())
            _refuse_a_loop(path)
        except (OSError, RuntimeError) as error:
            raise SourceError(
                f"`{self.shown(relative)}` leads nowhere: {error}", path=self.shown(relative)
            ) from error
        if not inside:
            raise SourceError(
                f"`{self.shown(relative)}` is a link that leads out of `{self.shown()}`",
                path=self.shown(relative),
            )
        return path


def _refuse_a_loop(path: Path) -> None:
    """Fail for links that lead to themselves, which ``resolve`` does only before Python 3.13."""
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise


def parts_of(relative: str) -> list[str]:
    """Return the parts of a relative path, which may not lead upwards or elsewhere.

    Raises:
        SourceError: If it might lead out of the root.
    """
    if not relative:
        return []
    parts = relative.split("/")
    for part in parts:
        if part in {"", ".", ".."} or any(letter in part for letter in "\\:\0"):
            shown = printable(relative)
            raise SourceError(f"`{shown}` is not a path below its source", path=shown)
    return parts


def is_checksum(text: str) -> bool:
    """Return whether a text is a SHA-256 as manifests write it, not a path."""
    return _CHECKSUM.fullmatch(text) is not None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def is_file(path: str | Path) -> bool:
    """Return whether a path leads to a file; False if it is too long or has a NUL."""
    return os.path.isfile(path)  # noqa: PTH113 - that of `Path` fails there


def is_folder(path: str | Path) -> bool:
    """Return whether a path leads to a folder, without an error for a path that cannot exist."""
    return os.path.isdir(path)  # noqa: PTH112 - as above


def printable(path: str | Path) -> str:
    """Return a path as text that can be written; bytes that are not UTF-8 are replaced."""
    text = os.fspath(path)
    try:
        return os.fsencode(text).decode("utf-8", "replace")
    except UnicodeEncodeError:
        # Half of a surrogate pair, which no local file name can contain.
        return text.encode("utf-8", "replace").decode("utf-8")


def written(path: str | Path) -> str:
    """Return a path as text that can be written, another text for every other path."""
    text = os.fspath(path)
    try:
        return os.fsencode(text).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _unreadable(shown: str, error: OSError) -> SourceError:
    fault = error.strerror or str(error)
    return SourceError(f"`{shown}` cannot be read: {fault}", path=shown)
