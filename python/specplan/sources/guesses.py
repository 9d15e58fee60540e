"""Files of a newer version than the newest known one, which are read as a guess."""

from __future__ import annotations

from specplan.model.left_out import LeftOut

__all__ = ["guessed"]


def guessed(source: str) -> LeftOut:
    """Return the record of a source or lock that was read as the newest version that is known.

    Args:
        source: The source or the lock, as it was given.
    """
    return LeftOut(
        kind="format_guess",
        where=source,
        detail="one of its files is of a newer version than the newest known, and was read as "
        "that one: its content may mean something else",
        blocks=True,
        remedy="a newer specplan, or --allow-left-out format_guess",
    )
