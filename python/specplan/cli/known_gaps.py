"""The file of known gaps of a run, compared with its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from specplan.cli import output
from specplan.errors import UsageError

if TYPE_CHECKING:
    from specplan.cli.settings import Settings
    from specplan.model import Coverage, Diff, LockDiff

__all__ = ["held"]

Compared = TypeVar("Compared", "Coverage", "Diff", "LockDiff")


def held(result: Compared, settings: Settings) -> Compared:
    """Return a result compared with the known gaps, and warn of stale ones.

    Raises:
        ConfigurationError: If the file contains something invalid.
        SourceError: If it cannot be read.
        UsageError: If the day of the run is invalid.
    """
    if settings.known_gaps is None:
        _refuse_without_file(settings)
        return result
    # Imported here because most runs have no such file.
    from specplan.cli.days import day_of  # noqa: PLC0415
    from specplan.config.known_gaps import read_known_gaps  # noqa: PLC0415
    from specplan.coverage.known_gaps import with_known_gaps  # noqa: PLC0415

    marked = with_known_gaps(result, read_known_gaps(settings.known_gaps, *day_of(settings)))
    known = marked.known_gaps
    for each in () if known is None else known.stale:
        what = f"expired on {each.until}" if each.state == "expired" else "excuses nothing"
        output.warn(f"the known gap {each.label} of `{settings.known_gaps}` {what}")
    return marked


def _refuse_without_file(settings: Settings) -> None:
    if settings.is_typed("strict_known_gaps") and settings.strict_known_gaps:
        raise UsageError(
            "`--strict-known-gaps` is about known gaps",
            hint="name their file with `--known-gaps FILE`",
        )
    if settings.is_typed("date"):
        # An invalid day is always refused.
        from specplan.cli.days import day_of  # noqa: PLC0415

        day_of(settings)
