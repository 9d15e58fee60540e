"""What every reader of a source is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specplan.sources.limits import Limits
    from specplan.sources.remote import Fetching

__all__ = ["Reading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A source that is being read.

    Attributes:
        place: The source as it was given, without credentials.
        label: The stack that its index or lock lists, or an empty string.
        tags: The snapshots that are asked for; None is the newest.
        fetching: How files are fetched, and what none may go beyond.
    """

    place: str
    label: str
    tags: tuple[str | None, ...]
    fetching: Fetching

    @property
    def limits(self) -> Limits:
        """What no file may go beyond."""
        return self.fetching.limits
