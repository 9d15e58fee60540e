"""Costs for people: counts of builds, or times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from specplan.counting import form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.aliases import Unit
    from specplan.reports.outline import Amount, Number

__all__ = ["amount", "exact", "of_cell", "of_number", "of_numbers", "of_total", "time"]

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR

#: Whole numbers below this have no more digits than :func:`exact` shows.
_EXACT: Final = 10**15


def amount(value: float, unit: Unit) -> str:
    """Return a cost with its unit: ``3 cost units``, or a time such as ``1 h 05 min``.

    A time is rounded to the second, to the minute from an hour on, to the hour from ten
    days on.
    """
    if unit == "builds":
        return f"{exact(value)} {form(value, 'cost unit')}"
    return _time(value)


def of_total(part: float, total: float, unit: Unit) -> str:
    """Return a part of a whole: ``3 of 4 cost units``, or ``1 h 05 min of 3 h 00 min``."""
    if unit == "builds":
        return f"{exact(part)} of {amount(total, unit)}"
    return f"{_time(part)} of {_time(total)}"


def exact(value: float) -> str:
    """Return a number as short as possible without losing significant digits."""
    return f"{value:.15g}"


def time(value: float, unit: Unit) -> str:
    """Return a point in time or a duration for a column: ``3``, or ``1 h 05 min``."""
    return exact(value) if unit == "builds" else _time(value)


def of_cell(cell: Amount) -> str:
    """Return a cost or a time for a table; ``~`` marks estimates."""
    if cell.value is None:
        return ""
    shown = time(cell.value, cell.unit) if cell.is_time else amount(cell.value, cell.unit)
    return f"~{shown}" if cell.estimated else shown


def of_number(cell: Number) -> str:
    """Return a number in a table, ``n/a`` if unknown."""
    return _of_value(cell.value)


def of_numbers(values: Sequence[float | None]) -> Sequence[str]:
    """Return numbers for a column, as :func:`of_number` shows each."""
    if set(map(type, values)) == {int}:
        counts = cast("Sequence[int]", values)
        if -_EXACT < min(counts) <= max(counts) < _EXACT:
            return list(map(str, counts))
    return list(map(_of_value, values))


def _of_value(value: float | None) -> str:
    return "n/a" if value is None else exact(value)


def _time(seconds: float) -> str:
    if 0 < seconds < 1:
        return f"{seconds:.2g} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    whole = round(seconds / _MINUTE) * _MINUTE
    if whole < 10 * _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"
    whole = round(seconds / _HOUR) * _HOUR
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"
