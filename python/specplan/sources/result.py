"""The result of reading a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan import _core
    from specplan.model import DamagedFile, LeftOut
    from specplan.model.check import Finding
    from specplan.sources.lock_root import LockRoot
    from specplan.sources.origins import FileOfSpecs, IndexAlone, IndexRead, MirrorTaken


__all__ = ["SourceRead", "distinct"]

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead:
    """The content of one source.

    Attributes:
        place: The source, as it was given; without credentials.
        core: The compiled catalog of all that could be taken.
        files: How many files were taken.
        damaged: Files that could not be taken, ordered by path.
        contradictions: Summaries that contradict what they summarize, ordered by path.
        roots: The roots of a lock, in the order of the file.
        unread_tags: Snapshots that the source has and that were not asked for, newest first.
        notes: What the reader might not expect, one sentence each.
        files_of_specs: Those of the files that have both hashes and the hashed content.
        mirrors: The mirrors whose binaries were read.
        indexes_alone: The indexes of stacks that belong to no mirror.
        is_guess: Whether some file is of a version that is newer than those that are known.
        indexes: How much each index of a mirror with several of them lists.
        least: The same catalog with only those binaries that every index of its mirror lists;
            None where that makes no difference.
        fetched: The same catalog with the binaries that no index lists, which Spack fetches by
            hash alone; None where there are none.
        installed: The same catalog where what is installed counts as a binary; None where
            nothing is installed, or all that is counts as available anyway.
        own_stack: The stack that it is called as, being without a label; empty where it has
            one, or says itself which stacks there are.
        left_out: What of it could not be taken into account.
        copied_at: When the oldest copy was made that was read in place of a server, in seconds
            since 1970; None where no copy was.
        read_tags: The snapshots that were read, of a source whose snapshots are read one by one;
            None for others, which are read whole.
    """

    place: str
    core: _core.Catalog
    files: int
    damaged: tuple[DamagedFile, ...]
    contradictions: tuple[Finding, ...]
    roots: tuple[LockRoot, ...] = ()
    unread_tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    files_of_specs: tuple[FileOfSpecs, ...] = ()
    mirrors: tuple[MirrorTaken, ...] = ()
    indexes_alone: tuple[IndexAlone, ...] = ()
    is_guess: bool = False
    indexes: tuple[IndexRead, ...] = ()
    least: _core.Catalog | None = None
    fetched: _core.Catalog | None = None
    installed: _core.Catalog | None = None
    own_stack: str = ""
    left_out: tuple[LeftOut, ...] = ()
    copied_at: int | None = None
    read_tags: tuple[str, ...] | None = None


def distinct(groups: Iterable[Iterable[Item]]) -> tuple[Item, ...]:
    """Return the items of all groups in order, each once."""
    return tuple(dict.fromkeys(each for group in groups for each in group))
