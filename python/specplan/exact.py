"""Decimal numbers in their own notation, limited to a size that is quick to compute with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["compare_share", "is_short", "ratio"]

#: The maximum number of digits, before and after the point together.
_MOST_DIGITS: Final = 40


def is_short(number: Decimal) -> bool:
    """Return whether a number is finite and has at most 40 digits when written out.

    An exact comparison with a short text such as ``1e-999999999`` would need a number of a billion
    digits.

    Examples:
        >>> from decimal import Decimal
        >>> is_short(Decimal("99.95")), is_short(Decimal("1e-999999999"))
        (True, False)
    """
    if not number.is_finite():
        return False
    _, digits, exponent = number.as_tuple()
    return (
        len(digits) <= _MOST_DIGITS
        and isinstance(exponent, int)
        and -_MOST_DIGITS <= exponent <= _MOST_DIGITS
    )


def compare_share(part: int, whole: int, percent: Decimal) -> int:
    """Compare a share with a percentage exactly: -1 is less, 0 equal, 1 more.

    Examples:
        >>> from decimal import Decimal
        >>> compare_share(2, 3, Decimal("66.6")), compare_share(1, 8, Decimal("12.5"))
        (1, 0)
    """
    numerator, denominator = percent.as_integer_ratio()
    left, right = 100 * part * denominator, numerator * whole
    return (left > right) - (left < right)


def ratio(covered: int, wanted: int) -> float | None:
    """Return the covered share of the wants; None without wants."""
    return covered / wanted if wanted else None
