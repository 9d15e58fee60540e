"""Known gaps compared with a result: excused gaps and stale entries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from specplan.coverage.entries import Entries
from specplan.model import Coverage, Diff, LockDiff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from specplan.model import Gap, KeyInCell, KnownGaps
    from specplan.model.known_gap import KnownGapState

__all__ = ["with_known_gaps"]

Compared = TypeVar("Compared", Coverage, Diff, LockDiff)


def with_known_gaps(result: Compared, known: KnownGaps) -> Compared:
    """Return a result whose gaps, or lost keys, are marked where an entry excuses them.

    The first entry that matches a gap and has not expired excuses it. An entry counts as unused
    only if the result reports a cell that it matches.

    Args:
        result: The result; everything except gaps stays unchanged.
        known: The entries, all of them still unused.

    Complexity: linear in the gaps, the cells and the entries that match them.
    """
    marks = _Marks(known)
    if isinstance(result, Coverage):
        gaps = tuple(replace(gap, known=marks.reason_of(gap)) for gap in result.gaps)
        cells = [(cell.stack, cell.os, cell.target) for cell in result.cells]
        return replace(result, gaps=gaps, known_gaps=marks.held(cells))
    if isinstance(result, LockDiff):
        # Locks have no cells, so only the expiry of an entry is known.
        return replace(result, known_gaps=marks.held(()))
    lost = tuple(replace(key, known=marks.reason_of(key)) for key in result.lost)
    cells = [(cell.stack, cell.os, cell.target) for cell in result.cells]
    return replace(result, lost=lost, known_gaps=marks.held(cells))


class _Marks:
    """The number of uses of each entry, counted while examining gaps."""

    def __init__(self, known: KnownGaps) -> None:
        self.known = known
        self.entries = Entries(
            (each.want, each.stack, each.os, each.target) for each in known.entries
        )
        self.counts = [0] * len(known.entries)
        self.is_over = [
            each.until is not None and each.until < known.date for each in known.entries
        ]

    def reason_of(self, gap: Gap | KeyInCell) -> str | None:
        """Return the reason why a gap is accepted; None if no entry accepts it."""
        names = {gap.want, gap.package}
        if gap.version is not None:
            names.add(f"{gap.package}@{gap.version}")
        if gap.hash is not None:
            names.add(gap.hash)
        for at in self.entries.about(names, gap.stack, gap.os, gap.target):
            if not self.is_over[at]:
                self.counts[at] += 1
                return self.known.entries[at].reason
        return None

    def held(self, cells: Sequence[tuple[str, str, str]]) -> KnownGaps:
        """Return the entries with the result of each."""
        asked = self.entries.in_cells(cells)
        entries = tuple(
            replace(entry, excused=count, state=self._state(at, asked))
            for at, (entry, count) in enumerate(zip(self.known.entries, self.counts, strict=True))
        )
        return replace(self.known, entries=entries)

    def _state(self, at: int, asked: AbstractSet[int]) -> KnownGapState:
        if self.is_over[at]:
            return "expired"
        if self.counts[at]:
            return "used"
        return "unused" if at in asked else "not_asked"
