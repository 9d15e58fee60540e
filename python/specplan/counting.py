"""Numbers with their nouns; the one place that chooses singular or plural."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["circle", "count", "form"]


def count(number: int, one: str, several: str | None = None) -> str:
    """Return the number with its noun, or with a clause that agrees with it.

    Args:
        number: The number.
        one: The word for one.
        several: The word for any other number; by default ``one`` with an ``s``.

    Examples:
        >>> count(1, "gap"), count(0, "gap"), count(2, "stack is", "stacks are")
        ('1 gap', '0 gaps', '2 stacks are')
    """
    return f"{number} {form(number, one, several)}"


def form(number: float, one: str, several: str | None = None) -> str:
    """Return the words that agree with a number, without it.

    Examples:
        >>> form(1, "it lacks", "they lack"), form(2, "root")
        ('it lacks', 'roots')
    """
    return one if number == 1 else several or f"{one}s"


def circle(specs: Sequence[str]) -> str:
    """Return the sentence that specs form a dependency cycle, or that one depends on itself."""
    if len(specs) == 1:
        return "a spec depends on itself"
    return f"{count(len(specs), 'spec')} depend on each other in a cycle"
