"""Known gaps compared with a result: which gaps they excuse, and which entries are stale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from specplan import wildcards
from specplan.model import Coverage, Diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.model import Gap, KeyInCell, KnownGap, KnownGaps
    from specplan.model.known_gap import KnownGapState

__all__ = ["with_known_gaps"]

Compared = TypeVar("Compared", Coverage, Diff)


def with_known_gaps(result: Compared, known: KnownGaps) -> Compared:
    """Return a result whose gaps, or lost keys, are marked where an entry excuses them.

    The first entry that is about a gap and is not over excuses it. An entry counts as unused only
    where the result reports a cell that it is about.

    Args:
        result: The result; what is not a gap stays as it is.
        known: The entries, of which none is used yet.

    Complexity: gaps times entries.
    """
    marks = _Marks(known)
    if isinstance(result, Coverage):
        gaps = tuple(replace(gap, known=marks.reason_of(gap)) for gap in result.gaps)
        cells = [(cell.stack, cell.os, cell.target) for cell in result.cells]
        return replace(result, gaps=gaps, known_gaps=marks.held(cells))
    lost = tuple(replace(key, known=marks.reason_of(key)) for key in result.lost)
    cells = [(cell.stack, cell.os, cell.target) for cell in result.cells]
    return replace(result, lost=lost, known_gaps=marks.held(cells))


class _Marks:
    """How often each entry was used, while gaps are looked at."""

    def __init__(self, known: KnownGaps) -> None:
        self.known = known
        self.counts = [0] * len(known.entries)
        self.is_over = [
            each.until is not None and each.until < known.date for each in known.entries
        ]

    def reason_of(self, gap: Gap | KeyInCell) -> str | None:
        """Return why a gap is accepted; None where no entry says so."""
        names = {gap.want, gap.package}
        if gap.version is not None:
            names.add(f"{gap.package}@{gap.version}")
        if gap.hash is not None:
            names.add(gap.hash)
        for at, entry in enumerate(self.known.entries):
            if not self.is_over[at] and _is_about(entry, names, gap.stack, gap.os, gap.target):
                self.counts[at] += 1
                return entry.reason
        return None

    def held(self, cells: Sequence[tuple[str, str, str]]) -> KnownGaps:
        """Return the entries with what became of each."""
        entries = tuple(
            replace(entry, excused=count, state=self._state(at, entry, cells))
            for at, (entry, count) in enumerate(zip(self.known.entries, self.counts, strict=True))
        )
        return replace(self.known, entries=entries)

    def _state(
        self, at: int, entry: KnownGap, cells: Sequence[tuple[str, str, str]]
    ) -> KnownGapState:
        if self.is_over[at]:
            return "expired"
        if self.counts[at]:
            return "used"
        is_asked = any(_is_about(entry, (entry.want,), *cell, any_want=True) for cell in cells)
        return "unused" if is_asked else "not_asked"


def _is_about(
    entry: KnownGap,
    names: Iterable[str],
    stack: str,
    os: str,
    target: str,
    *,
    any_want: bool = False,
) -> bool:
    return (
        wildcards.matches(stack, entry.stack)
        and wildcards.matches(os, entry.os)
        and wildcards.matches(target, entry.target)
        and (any_want or any(wildcards.matches(name, entry.want) for name in names))
    )
