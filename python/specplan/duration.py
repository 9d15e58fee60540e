"""Durations such as ``90s``, ``30m``, ``12h`` and ``7d``."""

from __future__ import annotations

from typing import Final

from specplan.patterns import pattern

__all__ = ["DURATION_FORM", "seconds_of"]

#: The format of a duration, in words, for messages.
DURATION_FORM: Final = "a whole number and a unit: `90s`, `30m`, `12h` or `7d`"

_DURATION: Final = pattern(r"(0|[1-9][0-9]{0,8})([smhd]?)")

_UNITS: Final = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}


def seconds_of(text: str) -> int | None:
    """Return a duration in seconds, or None for any other text; only 0 needs no unit.

    Example:
        >>> seconds_of("30m"), seconds_of("0"), seconds_of("30")
        (1800, 0, None)
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    number, unit = int(found[1]), found[2]
    if not unit:
        return 0 if number == 0 else None
    return number * _UNITS[unit]
