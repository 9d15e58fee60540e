"""The kind of a file, recognized by its first bytes and not by its name."""

from __future__ import annotations

import codecs
import stat
import zlib
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from specplan.errors import SourceError
from specplan.patterns import pattern
from specplan.sources import clear_signed
from specplan.sources.absent import absence
from specplan.sources.stores.store import printable

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Kind", "first_bytes", "inflated", "kind_of", "start_of"]

#: ``page``: front matter. ``manifest``: of a mirror. ``listing``: an object whose first
#: value is an array, as in a map of snapshots. ``specs``: any other JSON, perhaps signed.
Kind: TypeAlias = Literal["page", "manifest", "listing", "specs", "other"]

#: The number of bytes to read for recognition.
_START: Final = 1 << 16

_GZIP: Final = b"\x1f\x8b"

_FRONT_MATTER: Final = pattern(rb"---[ \t\r]*\n")
#: Either of its two keys may come first. No other file has a bare number there.
_MANIFEST: Final = pattern(rb'\{\s*(?:"version"\s*:\s*[-0-9]|"data"\s*:\s*\[)')
_LISTING: Final = pattern(rb'\{\s*(?:\}|"(?!spec"|data")(?:[^"\\]|\\.)*"\s*:\s*\[)')


def first_bytes(path: Path, most: int, shown: str = "") -> bytes:
    """Return the bytes of a file, up to a maximum.

    Raises:
        SourceError: If it cannot be read, or is not a regular file: a pipe may never end, or have
            no writer.
    """
    shown = shown or printable(path)
    try:
        # Opening it can already block for ever.
        status = path.stat()
        if stat.S_ISREG(status.st_mode):
            with path.open("rb") as file:
                # The buffer has the requested size; a file of unknown size may have content.
                return file.read(min(most, max(status.st_size + 1, _START)))
    except (FileNotFoundError, NotADirectoryError) as error:
        if path.is_symlink():
            fault = "is a broken link"
            raise SourceError(f"`{shown}` {fault}", path=shown) from error
        raise absence(str(path)) from error
    except (OSError, ValueError) as error:
        # A path with a NUL is a ValueError.
        fault = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"`{shown}` cannot be read: {fault}", path=shown) from error
    raise SourceError(
        f"`{shown}` is not a regular file",
        path=shown,
        hint="write its content to a file first, and name that file",
    )


def start_of(path: Path) -> bytes:
    """Return the first bytes of a file, unpacked and without a byte order mark.

    Raises:
        SourceError: If it cannot be read.
    """
    start = first_bytes(path, _START)
    if start.startswith(_GZIP):
        try:
            start = zlib.decompressobj(31).decompress(start, _START)
        except zlib.error:
            # The reader of the whole file will report it.
            return b""
    return start.removeprefix(codecs.BOM_UTF8)


def kind_of(path: Path) -> Kind:
    """Return the apparent kind of a file.

    Raises:
        SourceError: If it cannot be read.
    """
    start = start_of(path)
    if _FRONT_MATTER.match(start):
        return "page"
    start = start.lstrip()
    if start.startswith(clear_signed.BEGIN):
        # Headers, an empty line, the text.
        start = start.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
        return "manifest" if _MANIFEST.match(start) else "specs"
    if _MANIFEST.match(start):
        return "manifest"
    if _LISTING.match(start):
        return "listing"
    if start.startswith((b"{", b"[")):
        return "specs"
    # Damaged gzip: the reader reports the fault.
    return "specs" if first_bytes(path, len(_GZIP)) == _GZIP else "other"


def inflated(path: Path, shown: str, most: int) -> bytes:
    """Return the bytes of a file, unpacked if it is packed with gzip.

    Args:
        path: The file.
        shown: Its name in messages.
        most: The maximum size, packed and unpacked.

    Raises:
        SourceError: If it has more, or cannot be read.
    """
    document = first_bytes(path, most + 1, shown)
    if document.startswith(_GZIP):
        unpack = zlib.decompressobj(31)
        try:
            document = unpack.decompress(document, most + 1)
        except zlib.error as error:
            raise SourceError(f"`{shown}` is a corrupt gzip file", path=shown) from error
        if len(document) <= most and not unpack.eof:
            raise SourceError(f"`{shown}` is a truncated gzip file", path=shown)
    if len(document) > most:
        raise SourceError(
            f"`{shown}` has more than the {most} bytes that specplan reads", path=shown
        )
    return document
