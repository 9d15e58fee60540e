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
    from specplan.sources.origins import IndexRead, MirrorOrigin, SpecFileOrigin, StandaloneIndex


__all__ = ["SourceRead", "distinct"]

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead:
    """The content of one source.

    Attributes:
        source: The source, as it was given; without credentials.
        core: The compiled catalog of everything that could be read.
        files: The number of files read.
        damaged: Files that could not be used, ordered by path.
        contradictions: Summaries that contradict the specs they summarize, ordered by path.
        roots: The roots of a lock, in the order of the file.
        unread_tags: Snapshots of the source that were not requested, newest first.
        notes: Surprising facts, one sentence each.
        files_of_specs: The files with both hashes and the hashed content.
        mirrors: The mirrors whose binaries were read.
        indexes_alone: The indexes of stacks that belong to no mirror.
        is_guess: Whether some file is in a version newer than the known ones.
        indexes: The size of each index of mirrors with several indexes.
        least: The same catalog with only those binaries that every index of its mirror lists; None
            if that makes no difference.
        fetched: The same catalog with the binaries that no index lists, which Spack fetches by hash
            alone; None if there are none.
        installed: The same catalog with installed specs as binaries; None if nothing is installed,
            or all of it counts as available anyway.
        own_stack: Its stack name without a label; empty if it has a label, or names its stacks
            itself.
        left_out: The parts that could not be taken into account.
        copied_at: The time of the oldest copy that was read instead of asking a server, in seconds
            since 1970; None without any.
        read_tags: The snapshots that were read, for a source whose snapshots are read one by one;
            None for others, which are read completely.
    """

    source: str
    core: _core.Catalog
    files: int
    damaged: tuple[DamagedFile, ...]
    contradictions: tuple[Finding, ...]
    roots: tuple[LockRoot, ...] = ()
    unread_tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    files_of_specs: tuple[SpecFileOrigin, ...] = ()
    mirrors: tuple[MirrorOrigin, ...] = ()
    indexes_alone: tuple[StandaloneIndex, ...] = ()
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
