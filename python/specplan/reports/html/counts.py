"""Numbers with their nouns, with commas in large numbers."""

from __future__ import annotations

from specplan.counting import form

__all__ = ["count"]


def count(number: int, one: str, several: str | None = None) -> str:
    """Return the number with its noun.

    Args:
        number: The number.
        one: The word for one.
        several: The word for any other number; by default ``one`` with an ``s``.

    Examples:
        >>> count(1844, "build"), count(1, "build")
        ('1,844 builds', '1 build')
    """
    return f"{number:,} {form(number, one, several)}"
