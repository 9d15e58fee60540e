"""The reason why a part of a recipe is unknown."""

from __future__ import annotations

__all__ = ["UnreadError"]


class UnreadError(ValueError):
    """A recipe, or a part of one, that is not read; ``str()`` says why.

    It stays within the room: what is not read becomes a reason in a record.
    """
