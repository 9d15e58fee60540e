"""The file of known gaps that a run asks for, and the day that its entries may be over."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final, TypeVar

from specplan.cli import output
from specplan.config.known_gaps import read_known_gaps
from specplan.config.table import as_day
from specplan.coverage.known_gaps import with_known_gaps
from specplan.errors import UsageError
from specplan.model import Coverage, Diff

if TYPE_CHECKING:
    from specplan.cli.settings import Settings
    from specplan.model.known_gap import DateOrigin

__all__ = ["day_of", "held"]

_EPOCH: Final = "SOURCE_DATE_EPOCH"

Compared = TypeVar("Compared", Coverage, Diff)


def held(result: Compared, settings: Settings) -> Compared:
    """Return a result held against the known gaps that are asked for, and say what is stale.

    Raises:
        ConfigurationError: If the file holds what it may not.
        SourceError: If it cannot be read.
        UsageError: If the day of the run is none.
    """
    if settings.known_gaps is None:
        return result
    marked = with_known_gaps(result, read_known_gaps(settings.known_gaps, *day_of(settings)))
    known = marked.known_gaps
    for each in () if known is None else known.stale:
        what = f"is over since {each.until}" if each.state == "expired" else "excuses nothing"
        output.warn(f"the known gap {each.label} of `{settings.known_gaps}` {what}")
    return marked


def day_of(settings: Settings) -> tuple[str, DateOrigin]:
    """Return the day of the run, and where it comes from.

    Raises:
        UsageError: If what was typed, or what the environment says, is no day.
    """
    if settings.date is not None:
        day = as_day(settings.date)
        if day is None:
            raise UsageError(
                f"`--date {settings.date}` is no date", hint="write it as `2026-12-31`"
            )
        return day, "option"
    seconds = os.environ.get(_EPOCH)
    if not seconds:
        return datetime.now(tz=timezone.utc).date().isoformat(), "clock"
    try:
        moment = datetime.fromtimestamp(int(seconds), tz=timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"`{_EPOCH}={seconds}` is no time", hint="give seconds since 1970, or `--date DAY`"
        ) from error
    return moment.date().isoformat(), "SOURCE_DATE_EPOCH"
