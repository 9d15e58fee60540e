"""A damaged file."""

from __future__ import annotations

from specplan.records import dataclass

__all__ = ["DamagedFile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedFile:
    """A file of a source that could not be used, and the reason.

    Attributes:
        path: The file.
        location: The location in the file, or an empty string.
        line: The line, counted from 1, or None.
        fault: The fault.
    """

    path: str
    location: str
    line: int | None
    fault: str
