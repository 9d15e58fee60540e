"""The difference of two states."""

from __future__ import annotations

from collections.abc import Iterator

from specplan.model.damage import DamagedFile
from specplan.model.gate import Gate
from specplan.model.known_gap import KnownGaps
from specplan.model.left_out import LeftOut
from specplan.model.lock_diff import MigratedSpec
from specplan.model.query import Level
from specplan.model.report import Report
from specplan.model.source import SourceUsed
from specplan.records import dataclass

__all__ = ["Change", "Diff", "DiffCell", "DiffTotals", "KeyInCell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffCell:
    """The changes of the keys of one cell between two states.

    Attributes:
        stack: The name of the stack.
        platform: The platform of the system.
        os: The operating system.
        target: The microarchitecture.
        kept: Packages whose keys (at level ``package``, whose versions) are the same in both
            states.
        lost: Keys of packages for which the newer state has no new key.
        gained: Keys of packages for which the older state had no other key.
        changed: Packages whose old keys were replaced by new ones.
        migrated: At level ``hash``, the specs whose hash differs only because of another format:
            neither lost, gained nor changed.
    """

    stack: str
    platform: str
    os: str
    target: str
    kept: int
    lost: int
    gained: int
    changed: int
    migrated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInCell:
    """A key that one cell lost or gained.

    Attributes:
        stack: The stack of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        want: The key, as text.
        package: The package it names.
        version: The version of its spec at level ``hash``, else None.
        hash: Its DAG hash at level ``hash``, else None.
        known: The reason recorded for it as a known gap, if it was lost; otherwise None.
    """

    stack: str
    os: str
    target: str
    want: str
    package: str
    version: str | None = None
    hash: str | None = None
    known: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A package of one cell whose keys were replaced, not lost.

    Attributes:
        stack: The stack of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        package: The package.
        old: The keys (at level ``package`` the versions) that only the older state has.
        new: The keys that only the newer state has.
        old_versions: At level ``hash``, the version of each of the old keys; otherwise empty.
        new_versions: The same of the new keys.
    """

    stack: str
    os: str
    target: str
    package: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    old_versions: tuple[str, ...] = ()
    new_versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffTotals:
    """The sums over all cells of a difference."""

    kept: int
    lost: int
    gained: int
    changed: int
    migrated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Diff(Report):
    """The difference between two states of a cache, by cell and key.

    Attributes:
        level: The level of keys.
        old: The older snapshot or source.
        new: The newer one.
        cells: Ordered by stack, os, target; cells of absent stacks are left out.
        lost: Ordered by stack, os, target, want.
        gained: In the same order.
        changed: Ordered by stack, os, target, package.
        absent_stacks: Stacks that only the older state lists.
        new_stacks: Stacks that only the newer state lists.
        totals: Over all cells.
        damaged: Files that were skipped because they are damaged.
        left_out: Input of the question that could not be taken into account.
        sources: The sources, with their age and indexes.
        gates: The gates of the run, each with its verdict; empty if none was requested.
        known_gaps: The known gaps of the run, or None.
        migrated: At level ``hash``, the specs whose hash differs only because of another format, by
            hash, each once even if several cells have it: they all have one cause.
    """

    level: Level
    old: str
    new: str
    cells: tuple[DiffCell, ...]
    lost: tuple[KeyInCell, ...]
    gained: tuple[KeyInCell, ...]
    changed: tuple[Change, ...]
    absent_stacks: tuple[str, ...]
    new_stacks: tuple[str, ...]
    totals: DiffTotals
    damaged: tuple[DamagedFile, ...]
    left_out: tuple[LeftOut, ...] = ()
    sources: tuple[SourceUsed, ...] = ()
    gates: tuple[Gate, ...] = ()
    known_gaps: KnownGaps | None = None
    migrated: tuple[MigratedSpec, ...] = ()

    def __iter__(self) -> Iterator[KeyInCell | Change]:
        """Iterate over the keys that were lost, then those gained, then those changed."""
        return iter((*self.lost, *self.gained, *self.changed))

    def __len__(self) -> int:
        """Return their number."""
        return len(self.lost) + len(self.gained) + len(self.changed)
