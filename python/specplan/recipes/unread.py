"""The reason why a part of a recipe is unknown."""

from __future__ import annotations

__all__ = ["UnreadError"]


class UnreadError(ValueError):
    """A recipe, or a part of one, that is not read; ``str()`` is the reason.

    It does not leave this package: an unread part becomes a reason in a record.
    """
