"""What a source gave, and the door through which all sources come in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from specplan.errors import SourceError

if TYPE_CHECKING:
    from specplan import _core
    from specplan.model import DamagedFile, Finding
    from specplan.sources.limits import Limits

__all__ = ["SourceRead", "read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead:
    """What one source gave.

    Attributes:
        place: The source, as it was given.
        core: The compiled catalog of all that could be taken.
        files: How many files were taken.
        damaged: Files that could not be taken, ordered by path.
        contradictions: Summaries that contradict what they summarize, ordered by path.
    """

    place: str
    core: _core.Catalog
    files: int
    damaged: tuple[DamagedFile, ...]
    contradictions: tuple[Finding, ...]


def read(place: str, limits: Limits) -> SourceRead:
    """Read a source.

    Args:
        place: A package page, or a folder of pages.
        limits: What the source may not go beyond.

    Raises:
        SourceError: If there is nothing at the place, or nothing that can be a source.
    """
    # Asking for help or a version should not wait for a YAML parser.
    from specplan.sources import pages  # noqa: PLC0415

    if "://" in place:
        raise SourceError(
            f"`{place}` is a remote source; only files and folders can be read",
            path=place,
            hint="fetch it and name the folder",
        )
    if not Path(place).exists():
        raise SourceError(f"`{place}` does not exist", path=place)
    return pages.read(place, limits)
