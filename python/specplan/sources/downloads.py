"""The folder where fetched files are kept, by what is in them.

::

    blobs/ab/abcdef...    a file, named by its SHA-256
    places/0123....json   what was last fetched from a place, and how to ask whether it changed
    incoming/             files that are still arriving

A file appears under its name whole or not at all, so that several runs may share the
folder. All of it may be removed at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError
from specplan.sources.store import is_checksum, printable, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["Arrived", "Downloads", "Incoming", "default_folder"]

#: The variable that names the folder.
_VARIABLE: Final = "SPECPLAN_CACHE_DIR"


def default_folder() -> Path:
    """Return the folder that the environment names, or the system's usual one."""
    if named := os.environ.get(_VARIABLE):
        return Path(named)
    if (base := os.environ.get("XDG_CACHE_HOME")) and Path(base).is_absolute():
        return Path(base, "specplan")
    if sys.platform == "win32" and (base := os.environ.get("LOCALAPPDATA")):
        return Path(base, "specplan", "cache")
    return Path("~/.cache/specplan").expanduser()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A file that was fetched before.

    Attributes:
        path: Where it is.
        checksum: Its SHA-256.
        token: What the server calls this state of it, such as an ``ETag``.
    """

    path: Path
    checksum: str
    token: dict[str, str]


@dataclass(slots=True)
class Incoming:
    """A file that is arriving.

    Attributes:
        size: How many bytes there are so far.
    """

    _file: BinaryIO
    size: int = 0
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, chunk: bytes) -> None:
        """Append bytes."""
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    @property
    def checksum(self) -> str:
        """The SHA-256 of what is there."""
        return self._digest.hexdigest()


class Downloads:
    """Files that were fetched before, and room for new ones.

    Args:
        folder: Where they are kept; by default what :func:`default_folder` says.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = default_folder() if folder is None else folder

    def blob(self, checksum: str) -> Path | None:
        """Return the file with a checksum, if it is there and undamaged."""
        path = self._blob(checksum)
        try:
            if path.is_file() and sha256_of(path) == checksum:
                return path
        except OSError:
            pass  # as good as not there: it is fetched again
        return None

    def known(self, place: str) -> Arrived | None:
        """Return what was last fetched from a place, if it is still there."""
        try:
            said = json.loads(self._note(place).read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(said, dict):
            return None
        checksum, token = said.get("sha256"), said.get("token")
        if not isinstance(checksum, str) or not is_checksum(checksum):
            return None
        if not isinstance(token, dict) or not all(isinstance(each, str) for each in token.values()):
            return None
        path = self.blob(checksum)
        return None if path is None else Arrived(path=path, checksum=checksum, token=token)

    @contextlib.contextmanager
    def incoming(self) -> Iterator[Incoming]:
        """Give room for a file; once the block ends well, :meth:`blob` has it."""
        with self._writable():
            folder = self._folder / "incoming"
            self._make(folder)
            handle, name = tempfile.mkstemp(dir=folder)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                incoming = Incoming(file)
                yield incoming
            with self._writable():
                target = self._blob(incoming.checksum)
                self._make(target.parent)
                path.replace(target)
        finally:
            path.unlink(missing_ok=True)

    def remember(self, place: str, shown: str, *, checksum: str, token: dict[str, str]) -> None:
        """Note what a place holds.

        Args:
            place: The place; only a digest of it is written, since it may hold credentials.
            shown: The place without them, for people who look into the folder.
            checksum: The SHA-256 of what it holds.
            token: What to ask with whether it changed.
        """
        note = self._note(place)
        said = {"place": shown, "sha256": checksum, "token": token}
        with self._writable():
            self._make(note.parent)
            handle, name = tempfile.mkstemp(dir=note.parent)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(said, file, sort_keys=True)
                Path(name).replace(note)
            finally:
                Path(name).unlink(missing_ok=True)

    def _blob(self, checksum: str) -> Path:
        return self._folder / "blobs" / checksum[:2] / checksum

    def _note(self, place: str) -> Path:
        digest = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / "places" / f"{digest}.json"

    def _make(self, folder: Path) -> None:
        # What a private mirror lists is nobody else's business.
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            shown = printable(self._folder)
            raise SourceError(
                f"cannot keep what is fetched in `{shown}`: {error.strerror or error}",
                path=shown,
                hint=f"name another folder in {_VARIABLE}",
            ) from error
