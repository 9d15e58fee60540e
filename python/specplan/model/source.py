"""The sources of an answer: their age, and the lists of their indexes."""

from __future__ import annotations

from specplan.records import dataclass

__all__ = ["IndexUsed", "SourceUsed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexUsed:
    """One of several indexes of a mirror.

    Attributes:
        mirror: The mirror.
        index: The index.
        version: Its version, or None if unknown.
        specs: The number of specs that it lists.
        binaries: The number of them with binaries.
        alone: The number of its binaries that another index of the mirror does not list.
    """

    mirror: str
    index: str
    version: int | None
    specs: int
    binaries: int
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceUsed:
    """A source that an answer was read from.

    Attributes:
        source: The source, as it was given; without credentials.
        copied_at: The time of the oldest copy that was read instead of asking a server, as
            ``2026-11-30T12:00:00Z``; None if the source itself was read.
        indexes: The indexes of each mirror in it that has several, the newest first.
    """

    source: str
    copied_at: str | None
    indexes: tuple[IndexUsed, ...]
