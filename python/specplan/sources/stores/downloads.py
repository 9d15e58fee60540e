"""The folder of fetched files, named by checksum.

::

    blobs/ab/abcdef...    a file, named by its SHA-256
    places/0123....json   the last file from a place, and the token for asking whether it changed
    incoming/             files that are still arriving

A file appears under its name only when it is complete, so several runs may share the folder. All of
it may be removed at any time.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import json
import os
import stat
import time
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan import temporary
from specplan.cache_folder import CACHE_FOLDER_VARIABLE, default_folder
from specplan.errors import SourceError
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources.stores.store import is_checksum, printable, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Arrived", "Downloads", "Incoming"]

#: The maximum duration of a transfer; an older file was left behind by a killed run.
_ARRIVING_SECONDS: Final = 24 * 60 * 60

#: The placeholder in a note for the checksum of an absent file.
_NOTHING: Final = ""

#: The size limit of a note.
_NOTE_BYTES: Final = 1 << 16

#: The maximum number of notes to read for a hint.
_MOST_NOTES: Final = 10_000

#: The valid characters of a header of a request; above all, no line break.
_HEADER_TEXT: Final = pattern(r"[\x20-\x7e]{0,4096}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A file that was fetched before.

    Attributes:
        path: Its path.
        checksum: Its SHA-256.
        token: The server's name for this version, such as an ``ETag``; empty if it has none.
        time: The time of the server's last confirmation, in whole seconds since 1970.
    """

    path: Path
    checksum: str
    token: dict[str, str]
    time: int


@dataclass(slots=True)
class Incoming:
    """A file that is arriving.

    Attributes:
        size: The number of bytes so far.
    """

    _descriptor: int
    _shown: str
    size: int = 0
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, chunk: bytes) -> None:
        """Append bytes.

        Raises:
            SourceError: If there is no space for them.
        """
        rest = memoryview(chunk)
        with _naming(self._shown):
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        self._digest.update(chunk)
        self.size += len(chunk)

    @property
    def checksum(self) -> str:
        """The SHA-256 of the bytes so far."""
        return self._digest.hexdigest()


class Downloads:
    """Files that were fetched before, and space for new ones.

    Nobody else may write into the folder, because that would allow replacing the index for every
    run.

    Args:
        folder: Their folder; by default that of :mod:`specplan.cache_folder`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = Path(default_folder()) if folder is None else folder
        self._is_private = False
        self._is_swept = False

    def blob(self, checksum: str) -> Path | None:
        """Return the file with a checksum, if it exists and is undamaged.

        Raises:
            SourceError: If others may write into the folder.
        """
        if not self._is_there():
            return None
        path = self._blob(checksum)
        try:
            if path.is_file() and sha256_of(path) == checksum:
                return path
        except OSError:
            pass  # treated as absent: it is fetched again
        return None

    def known(self, place: str) -> Arrived | None:
        """Return the file that was last fetched from a place, if it still exists.

        Raises:
            SourceError: If others may write into the folder.
        """
        if not self._is_there():
            return None
        note = self._note(place)
        try:
            said = json.loads(_content_of(note))
        except (OSError, ValueError, RecursionError):
            return None
        if not _is_note(said, note.stem) or said["sha256"] == _NOTHING:
            return None
        path = self.blob(said["sha256"])
        if path is None:
            return None
        return Arrived(path=path, checksum=said["sha256"], token=said["token"], time=said["time"])

    def absent(self, place: str) -> int | None:
        """Return the time when a server last reported the file as absent, in seconds since 1970.

        None if it never did, or has had one since.

        Raises:
            SourceError: If others may write into the folder.
        """
        if not self._is_there():
            return None
        note = self._note(place)
        with contextlib.suppress(OSError, ValueError, RecursionError):
            said = json.loads(_content_of(note))
            if _is_note(said, note.stem) and said["sha256"] == _NOTHING:
                return int(said["time"])
        return None

    def latest(self, shown: str) -> int | None:
        """Return the time when a server last had any file of a place, in seconds since 1970.

        Args:
            shown: The place without credentials; files below it count.
        """
        times = []
        with contextlib.suppress(OSError), os.scandir(self._folder / "places") as notes:
            for entry in itertools.islice(notes, _MOST_NOTES):
                note = Path(entry.path)
                with contextlib.suppress(OSError, ValueError, RecursionError):
                    said = json.loads(_content_of(note))
                    is_copy = _is_note(said, note.stem) and said["sha256"] != _NOTHING
                    if is_copy and str(said.get("place")).startswith(shown):
                        times.append(said["time"])
        return max(times, default=None)

    @contextlib.contextmanager
    def incoming(self) -> Iterator[Incoming]:
        """Open a new file; when the block ends without an error, :meth:`blob` has it.

        Raises:
            SourceError: If there is no space, or others may write into the folder.
        """
        with self._file() as (path, incoming):
            yield incoming
            with self._writable():
                target = self._blob(incoming.checksum)
                self._make(target.parent)
                path.replace(target)

    def remember(self, place: str, shown: str, *, checksum: str, token: dict[str, str]) -> None:
        """Record the current file of a place.

        Args:
            place: The place; only a digest of it is written, because it may contain credentials.
            shown: The place without credentials, for people who look into the folder.
            checksum: The SHA-256 of its content.
            token: The token for asking whether it changed; empty if there is none.

        Raises:
            SourceError: If there is no space, or others may write into the folder.
        """
        self._write_note(place, shown, checksum, token)

    def remember_absent(self, place: str, shown: str) -> None:
        """Record that a server has no such file; the copy of an earlier one is kept.

        Args:
            place: The place.
            shown: The place without credentials.

        Raises:
            SourceError: If there is no space, or others may write into the folder.
        """
        if self.known(place) is None:
            self._write_note(place, shown, _NOTHING, {})

    def _write_note(self, place: str, shown: str, checksum: str, token: dict[str, str]) -> None:
        note = self._note(place)
        said = {
            "key": note.stem,
            "place": shown,
            "sha256": checksum,
            "time": int(time.time()),
            "token": {each: value for each, value in token.items() if _is_header((each, value))},
        }
        with self._file() as (path, incoming):
            incoming.write(json.dumps(said, sort_keys=True).encode())
            with self._writable():
                self._make(note.parent)
                path.replace(note)

    @contextlib.contextmanager
    def _file(self) -> Iterator[tuple[Path, Incoming]]:
        """Create a file that is removed when the block ends, unless it was renamed."""
        with self._writable():
            folder = self._folder / "incoming"
            self._make(folder)
            self._sweep(folder)
            descriptor, path = temporary.new_file(folder, prefix="tmp")
        try:
            yield path, Incoming(descriptor, printable(self._folder))
        finally:
            os.close(descriptor)
            temporary.forget(path)

    def _sweep(self, folder: Path) -> None:
        """Remove remains of earlier runs; files of current runs are younger."""
        if self._is_swept:
            return
        self._is_swept = True
        now = time.time()
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    if now - status.st_mtime > _ARRIVING_SECONDS and not entry.is_dir(
                        follow_symlinks=False
                    ):
                        os.unlink(entry.path)  # noqa: PTH108 - as the entry has it

    def _blob(self, checksum: str) -> Path:
        return self._folder / "blobs" / checksum[:2] / checksum

    def _note(self, place: str) -> Path:
        digest = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / "places" / f"{digest}.json"

    def _make(self, folder: Path) -> None:
        # The content of a private mirror must stay private.
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._is_there()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _is_there(self) -> bool:
        """Return whether the folder exists.

        Raises:
            SourceError: If others may write into it.
        """
        if self._is_private:
            return True
        try:
            status = self._folder.stat()
        except (OSError, ValueError):
            return False
        if os.name == "posix":
            shown = printable(self._folder)
            others = stat.S_IWGRP | stat.S_IWOTH
            if status.st_uid != os.geteuid():
                raise SourceError(
                    f"the folder `{shown}` for fetched files belongs to another user",
                    path=shown,
                    hint=f"name a folder of your own in {CACHE_FOLDER_VARIABLE}",
                )
            if stat.S_ISDIR(status.st_mode) and status.st_mode & others:
                raise SourceError(
                    f"others may write into the folder `{shown}` for fetched files",
                    path=shown,
                    hint=f"`chmod go-w {shown}`, or name another folder in {CACHE_FOLDER_VARIABLE}",
                )
        self._is_private = True
        return True

    @contextlib.contextmanager
    def _writable(self) -> Iterator[None]:
        with _naming(printable(self._folder)):
            yield


@contextlib.contextmanager
def _naming(shown: str) -> Iterator[None]:
    """Report an error of the folder, rather than of the server."""
    try:
        yield
    except SourceError:
        raise
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else None
        fault = getattr(error, "strerror", None) or str(error)
        is_full = number in {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
        raise SourceError(
            f"cannot keep fetched files in `{shown}`: {fault}",
            path=shown,
            hint=f"make room there, or name another folder in {CACHE_FOLDER_VARIABLE}"
            if is_full
            else f"name another folder in {CACHE_FOLDER_VARIABLE}",
        ) from error


def _content_of(note: Path) -> bytes:
    """Return the content of a note; empty unless it is a small regular file.

    Raises:
        OSError: If it cannot be read.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
        # Opening a pipe would wait for a writer.
        flags |= getattr(os, name, 0)
    descriptor = os.open(note, flags)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _NOTE_BYTES:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return file.read(_NOTE_BYTES)


def _is_note(said: object, key: str) -> bool:
    """Return whether a note is one that :meth:`Downloads.remember` writes for a key."""
    if not isinstance(said, dict) or said.get("key") != key:
        return False
    checksum, token, seconds = said.get("sha256"), said.get("token"), said.get("time")
    return (
        isinstance(checksum, str)
        and (is_checksum(checksum) or checksum == _NOTHING)
        and isinstance(token, dict)
        and all(map(_is_header, token.items()))
        and isinstance(seconds, int)
        and 0 <= seconds <= time.time()
    )


def _is_header(item: tuple[object, object]) -> bool:
    """Return whether a name and a value are a valid header of a request."""
    return all(isinstance(each, str) and _HEADER_TEXT.fullmatch(each) for each in item)
