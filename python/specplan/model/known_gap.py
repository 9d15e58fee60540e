"""Known gaps: accepted with a reason, until a date."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.records import dataclass

__all__ = ["DateOrigin", "KnownGap", "KnownGapState", "KnownGaps"]

#: What becomes of an entry in a run: it excuses gaps; it is over; it is about cells that the run
#: reports and excuses nothing there; the run reports none of its cells.
KnownGapState: TypeAlias = Literal["used", "expired", "unused", "not_asked"]

#: Where the day of a run comes from: ``--date``, the environment, or the clock.
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
        until: The last day on which it is, as ``2026-12-31``; None where it has no end.
        issue: Where it is followed, such as a URL; None where nobody says so.
        excused: How many gaps of the report it excuses.
        state: What became of it.
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
        """Its name: that of its subject."""
        where = "" if self.os == self.target == "*" else f" {self.os}/{self.target}"
        return f"{self.want} ({self.stack}{where})"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGaps:
    """A file of known gaps, compared with a result.

    Attributes:
        file: The file.
        date: The day on which entries may be over, as ``2026-11-30``.
        date_from: The origin of this date.
        entries: The entries, in the order of the file.
    """

    file: str
    date: str
    date_from: DateOrigin
    entries: tuple[KnownGap, ...]

    @property
    def stale(self) -> tuple[KnownGap, ...]:
        """The entries that are over, or excuse nothing though the run reports their cells."""
        return tuple(each for each in self.entries if each.state in {"expired", "unused"})
