"""Known gaps: accepted with a reason, until a date."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.records import dataclass

__all__ = ["DateOrigin", "KnownGap", "KnownGapState", "KnownGaps"]

#: The state of an entry in a run: it excuses gaps; it has expired; the run reports its cells but it
#: excuses nothing there; the run reports none of its cells.
KnownGapState: TypeAlias = Literal["used", "expired", "unused", "not_asked"]

#: The origin of the date of a run: ``--date``, the environment, or the clock.
DateOrigin: TypeAlias = Literal["option", "SOURCE_DATE_EPOCH", "clock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGap:
    """One ``[[known-gap]]`` entry and its effect.

    Attributes:
        want: The shell pattern for wants: a key, a package, ``package@version`` or a hash.
        stack: The shell pattern for stacks.
        os: The shell pattern for operating systems.
        target: The shell pattern for targets.
        reason: The reason for accepting the gap.
        until: The last day on which it is accepted, as ``2026-12-31``; None if it never expires.
        issue: The place where it is tracked, such as a URL; None if not given.
        excused: The number of gaps of the report that it excuses.
        state: Its state in this run.
    """

    want: str
    stack: str = "*"
    os: str = "*"
    target: str = "*"
    reason: str
    until: str | None = None
    issue: str | None = None
    excused: int = 0
    state: KnownGapState = "unused"

    @property
    def label(self) -> str:
        """Its name, which is that of its subject."""
        where = "" if self.os == self.target == "*" else f" {self.os}/{self.target}"
        return f"{self.want} ({self.stack}{where})"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGaps:
    """A file of known gaps, compared with a result.

    Attributes:
        path: The file.
        date: The day against which expiry is checked, as ``2026-11-30``.
        date_from: The origin of this date.
        entries: The entries, in the order of the file.
    """

    path: str
    date: str
    date_from: DateOrigin
    entries: tuple[KnownGap, ...]

    @property
    def stale(self) -> tuple[KnownGap, ...]:
        """The entries that have expired, or excuse nothing although the run reports their cells."""
        return tuple(each for each in self.entries if each.state in {"expired", "unused"})
