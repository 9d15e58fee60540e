"""Files that specplan does not read, each with a hint."""

from __future__ import annotations

import re
import shlex
import stat
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError
from specplan.patterns import pattern
from specplan.secrets import shown_url
from specplan.sources.content import first_bytes, start_of

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["refuse"]

#: The name of a tar archive's format, and its position.
_TAR: Final = (257, b"ustar")

#: The beginning of files of other kinds, their names, and the command that unpacks them.
_PACKED: Final = (
    (b"PK\x03\x04", "a zip archive", "unzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "7z x"),
)
_COMPRESSED: Final = (
    (b"\xfd7zXZ\x00", "xz", "xz -dk"),
    (b"BZh", "bzip2", "bzip2 -dk"),
    (b"\x28\xb5\x2f\xfd", "zstd", "zstd -dk"),
)

_MIRRORS: Final = pattern(rb"^[\"']?mirrors[\"']?[ \t]*:", re.MULTILINE)
_URL: Final = pattern(
    rb"\b(?:url[ \t]*:|:)[ \t]*[\"']?([A-Za-z][\w+.-]*://[^\s\"'#,}]+|/[^\s\"'#,}]+)"
)


def refuse(path: Path, shown: str) -> None:
    """Refuse an archive, an unsupported compressed file, and a list of mirrors.

    Raises:
        SourceError: If the file is one of these; the hint says what to name instead.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        return
    start, packed = start_of(path), first_bytes(path, 1 << 9)
    # A fetched file has a different local name.
    name = shlex.quote(shown.rpartition("/")[2] if "://" in shown else shown)
    at, magic = _TAR
    if start[at:].startswith(magic):
        raise _archive(shown, "a tar archive", f"tar -xf {name}")
    for magic, what, command in _PACKED:
        if packed.startswith(magic):
            raise _archive(shown, what, f"{command} {name}")
    for magic, what, command in _COMPRESSED:
        if packed.startswith(magic):
            raise SourceError(
                f"`{shown}` is compressed with {what}, which is not supported",
                path=shown,
                hint=f"{_fetch(shown)}unpack it with `{command} {name}`; gzip is read as it is",
            )
    if _MIRRORS.search(start) and not start.lstrip().startswith(b"{"):
        found = _URL.search(start, _start_of_mirrors(start))
        named = shown_url(found[1].decode("utf-8", "replace")) if found else "URL"
        raise SourceError(
            f"`{shown}` names mirrors and contains no binaries",
            path=shown,
            hint=f"name a mirror itself: `--cache {named}`",
        )


def _start_of_mirrors(start: bytes) -> int:
    found = _MIRRORS.search(start)
    return found.end() if found else 0


def _archive(shown: str, what: str, command: str) -> SourceError:
    return SourceError(
        f"`{shown}` is {what}, which is not supported",
        path=shown,
        hint=f"{_fetch(shown)}unpack it with `{command}`, and name the folder that it holds",
    )


def _fetch(shown: str) -> str:
    return "fetch it, " if "://" in shown else ""
