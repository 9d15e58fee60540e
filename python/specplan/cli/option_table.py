"""Options of click, made from the table of settings.

This imports no command and none of their dependencies.
"""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from specplan.config.configuration import percentage_fault
from specplan.config.settings import MOST_COUNT, SETTINGS
from specplan.duration import DURATION_FORM, seconds_of
from specplan.exact import is_short

if TYPE_CHECKING:
    from specplan.config.settings import Setting

__all__ = ["options_of"]


class _WordChoice(click.Choice[str]):
    """One of some words; words of records may be joined with a dash, as in options."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        spelt = value.replace("-", "_")
        return super().convert(spelt if spelt in self.choices else value, param, ctx)


class _Count(click.IntRange):
    """A whole number in a range; one beyond the supported range becomes the largest."""

    def convert(self, value: int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number.

        Raises:
            BadParameter: If it is not a number, or out of range.
        """
        return min(int(super().convert(value, param, ctx)), MOST_COUNT)


class _FiniteAmount(click.FloatRange):
    """A finite number that is not negative; click accepts `nan` and `inf` as numbers."""

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number.

        Raises:
            BadParameter: If it is not a number, or negative.
        """
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"`{value}` is not a finite number", param, ctx)
        return number


def _percentage(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> Decimal | None:
    """Return a percentage exactly as it was typed."""
    if value is None:
        return None
    try:
        number = Decimal(value.removesuffix("%").strip())
    except InvalidOperation:
        number = Decimal("NaN")
    most = 100
    if is_short(number) and 0 <= number <= most:
        return number
    raise click.BadParameter(f"`{value}` is not a percentage from 0 to 100", context, parameter)


def _duration(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    """Return a duration in seconds."""
    if value is None:
        return None
    seconds = seconds_of(value)
    if seconds is None:
        raise click.BadParameter(
            f"`{value}` is not a duration; write {DURATION_FORM}", context, parameter
        )
    return seconds


def _least(context: click.Context, parameter: click.Parameter, value: str | None) -> Decimal | None:
    """Return the minimum percentage for a gate."""
    number = _percentage(context, parameter, value)
    fault = None if number is None else percentage_fault(number)
    if fault is not None:
        raise click.BadParameter(fault, context, parameter)
    return number


def _value_of(setting: Setting, choices: tuple[str, ...]) -> dict[str, Any]:
    """Return the type with which click reads the value of a setting."""
    if setting.kind == "choice":
        return {"type": _WordChoice(choices)}
    if setting.kind == "count":
        return {"type": _Count(min=setting.least, max=setting.most)}
    if setting.kind == "amount":
        return {"type": _FiniteAmount(min=0)}
    if setting.kind in {"percentage", "least"}:
        return {"callback": _least if setting.kind == "least" else _percentage}
    if setting.kind == "duration":
        return {"callback": _duration}
    return {}


def _option(setting: Setting, command: str) -> click.Option:
    """Return the option of a setting in a command; without a value it is None or empty."""
    shown = setting.in_command(command)
    help_ = shown.help
    if setting.kind == "pattern" and setting.is_repeatable:
        help_ += " A shell pattern; may be repeated."
    elif setting.is_repeatable:
        help_ += " May be repeated."
    if shown.default:
        help_ += f" [default: {shown.default}]"
    flag = f"--{setting.name}"
    if setting.kind == "switch":
        negated = "--not-available" if setting.name == "available" else f"--no-{setting.name}"
        flag += f"/{negated}"
    names = [f"-{setting.short}"] if setting.short else []
    more: dict[str, Any] = {}
    if setting.kind in {"flag", "switch"}:
        more["is_flag"] = True
    else:
        more |= {"metavar": shown.metavar or None, **_value_of(setting, shown.choices)}
    if setting.is_repeatable:
        more["multiple"] = True
    else:
        more["default"] = None
    return click.Option(
        [*names, flag, *(f"--{each}" for each in setting.other_names), setting.attribute],
        help=help_,
        show_default=False,
        envvar=setting.variable,
        **more,
    )


def options_of(command: str) -> list[click.Option]:
    """Return the options of a command in the table of settings, in its order."""
    return [_option(each, command) for each in SETTINGS if command in each.commands]
