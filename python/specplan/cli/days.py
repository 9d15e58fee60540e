"""The date of a run: typed, from the environment, or from the clock."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from specplan.config.table import as_day
from specplan.errors import UsageError

if TYPE_CHECKING:
    from specplan.cli.settings import Settings
    from specplan.model.known_gap import DateOrigin

__all__ = ["day_of"]

_EPOCH: Final = "SOURCE_DATE_EPOCH"


def day_of(settings: Settings) -> tuple[str, DateOrigin]:
    """Return the day of the run, and its origin.

    Raises:
        UsageError: If the typed value, or that of the environment, is not a day.
    """
    if settings.date is not None:
        day = as_day(settings.date)
        if day is None:
            raise UsageError(
                f"`--date {settings.date}` is not a date", hint="write it as `2026-12-31`"
            )
        return day, "option"
    seconds = os.environ.get(_EPOCH)
    if not seconds:
        return datetime.now(tz=timezone.utc).date().isoformat(), "clock"
    try:
        moment = datetime.fromtimestamp(int(seconds), tz=timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"`{_EPOCH}={seconds}` is not a time", hint="give seconds since 1970, or `--date DAY`"
        ) from error
    return moment.date().isoformat(), "SOURCE_DATE_EPOCH"
