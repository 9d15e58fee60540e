"""Limits for every source."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from specplan.records import dataclass

__all__ = ["NEWER_FORMATS", "Limits", "NewerFormats"]

#: What becomes of a file of a version that is newer than those that are known.
NewerFormats: TypeAlias = Literal["refuse", "try"]

NEWER_FORMATS: Final[tuple[NewerFormats, ...]] = get_args(NewerFormats)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on input, so that no file can eat memory or time without end.

    Attributes:
        file_bytes: The largest file that is read at all.
        yaml_bytes: The largest page that is read as YAML. PyYAML takes seconds for
            what the bulk reader takes milliseconds for.
        tree_entries: How many files and folders a source may hold.
        index_bytes: The largest index, lock or spec file, as stored and unpacked.
        manifest_bytes: The largest manifest of a mirror, or map of snapshots.
        blob_bytes: The largest blob or tarball of a mirror that is compared with its checksum.
        silence_seconds: How long a server may say nothing.
        transfer_seconds: How long one file may take to arrive.
        attempts: How often a file is asked for when the connection or the server fails.
        newer_formats: What becomes of a lock, spec file or database of a version that is newer
            than those that are known: ``refuse`` makes it a damaged file, ``try`` reads it as
            the newest version that is known, which is a guess.
        offline: Whether no server is asked, so that only copies of earlier runs are read.
        max_age_seconds: How long ago its server may have confirmed the copy of a file that is
            used without asking; 0 asks each time.
    """

    file_bytes: int = 64 << 20
    yaml_bytes: int = 4 << 20
    tree_entries: int = 4_000_000
    index_bytes: int = 2 << 30
    manifest_bytes: int = 16 << 20
    blob_bytes: int = 256 << 30
    silence_seconds: float = 30.0
    transfer_seconds: float = 3600.0
    attempts: int = 4
    newer_formats: NewerFormats = "refuse"
    offline: bool = False
    max_age_seconds: float = 0.0
