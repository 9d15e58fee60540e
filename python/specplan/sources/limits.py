"""Limits for every source."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from specplan.arguments import question
from specplan.errors import UsageError
from specplan.records import dataclass

__all__ = ["NEWER_FORMATS", "Limits", "NewerFormats"]

#: The treatment of a file in a format version newer than the known ones.
NewerFormats: TypeAlias = Literal["refuse", "try"]

NEWER_FORMATS: Final[tuple[NewerFormats, ...]] = get_args(NewerFormats)


@question
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on input, so that no file can use unlimited memory or time.

    Attributes:
        file_bytes: The size limit for any file.
        yaml_bytes: The size limit for a page that is read as YAML. PyYAML takes seconds where the
            bulk reader takes milliseconds.
        tree_entries: The maximum number of files and folders in a source.
        index_bytes: The size limit for an index, lock or spec file, packed and unpacked.
        manifest_bytes: The size limit for a manifest of a mirror, or a map of snapshots.
        blob_bytes: The size limit for a blob or tarball that is compared with its checksum.
        silence_seconds: The timeout for a server's response, in seconds.
        transfer_seconds: The timeout for the transfer of one file, in seconds.
        attempts: The number of attempts if the connection or the server fails.
        newer_formats: The treatment of a lock, spec file or database in a version newer than the
            known ones: ``refuse`` makes it a damaged file, ``try`` reads it as the newest known
            version, which is a guess.
        offline: Whether to ask no server and read only copies of earlier runs.
        max_age_seconds: The maximum age of a server's last confirmation for a copy that is used
            without asking; with 0, the server is asked each time.
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

    def refuse_useless(self, name: str) -> None:
        """Refuse numbers that are no limits.

        Args:
            name: The name of the limits.

        Raises:
            UsageError: For the first of them.
        """
        for field, (least, most) in _RANGES.items():
            value = getattr(self, field)
            if not least <= value <= most:
                hint = f"a number from {least:g} to {most:g}"
                raise UsageError(f"`{name}.{field}` cannot be {value}", hint=hint)


#: Whole numbers that the core takes, and seconds that the operating system takes.
_AMOUNTS, _SECONDS = (0.0, 2.0**62), (0.001, 1e9)

#: The least and the greatest value of each limit that is a number.
_RANGES: Final = {
    **dict.fromkeys(("file_bytes", "yaml_bytes", "tree_entries", "index_bytes"), _AMOUNTS),
    **dict.fromkeys(("manifest_bytes", "blob_bytes"), _AMOUNTS),
    **dict.fromkeys(("silence_seconds", "transfer_seconds"), _SECONDS),
    "attempts": (1.0, 1e9),
    "max_age_seconds": (0.0, float("inf")),
}
