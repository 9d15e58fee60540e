"""The wants of locks for a plan, without excluded ones."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from specplan import _core as compiled
from specplan.coverage.entries import not_wanted_entries
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from specplan.model import NotWanted, Scope
    from specplan.sources.want_records import WantedLock

__all__ = ["SCOPE_EDGES", "LockWants"]

#: The edges over which each scope follows the roots of locks, numbered as in the core: none; link
#: and run; all, and from a spliced spec to the spec that it was built as.
SCOPE_EDGES: Final[Mapping[Scope, int]] = MappingProxyType({"roots": 0, "runtime": 3, "all": 63})


@dataclass(frozen=True, slots=True, kw_only=True)
class LockWants:
    """The specs that locks want.

    Attributes:
        hashes: The wants: roots, or single specs if something is excluded.
        scope: The specs below these that are wanted too.
        stacks_by_root: By hash, the roots with the stacks that want them.
        not_wanted: The entries, each with the number of wants it excluded.
        excluded: The number of wants that any entry excludes.
    """

    hashes: frozenset[str]
    scope: Scope
    stacks_by_root: Mapping[str, set[str]]
    not_wanted: tuple[NotWanted, ...]
    excluded: int

    @staticmethod
    def of(
        core: compiled.Catalog,
        locks: Iterable[WantedLock],
        scope: Scope,
        not_wanted: Sequence[NotWanted],
    ) -> LockWants:
        """Return the wants of locks.

        As for gaps, an excluded spec is not a want itself. The specs it links to or runs with still
        are, and it is built if another want needs it.

        Args:
            core: The catalog that describes the specs of the locks.
            locks: The locks.
            scope: The part of their specs that is wanted.
            not_wanted: The entries that exclude wants.
        """
        roots: dict[str, set[str]] = {}
        for lock in locks:
            roots.setdefault(lock.stack, set()).update(root.hash for root in lock.roots)
        wants = LockWants(
            hashes=frozenset(root for own in roots.values() for root in own),
            scope=scope,
            stacks_by_root=_by_root(roots),
            not_wanted=tuple(not_wanted),
            excluded=0,
        )
        if not roots or not not_wanted:
            return wants
        excluding = not_wanted_entries(not_wanted)
        counts = [0] * len(not_wanted)
        several = 0
        kept: set[str] = set()
        for stack, own in roots.items():
            reached = core.reached(sorted(own), SCOPE_EDGES[scope])
            for spec in core.specs(compiled.Query.hashes(reached), None):
                entries = excluding.about((spec.package,), stack, spec.os, spec.target)
                if spec.is_external or not entries:
                    kept.add(spec.hash)
                    continue
                own.discard(spec.hash)
                several += 1
                for at in entries:
                    counts[at] += 1
        if not several:
            return wants
        return LockWants(
            hashes=frozenset(kept),
            scope="roots",
            stacks_by_root=_by_root(roots),
            not_wanted=tuple(
                replace(entry, excluded=count)
                for entry, count in zip(not_wanted, counts, strict=True)
            ),
            excluded=several,
        )


def _by_root(roots: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    stacks: dict[str, set[str]] = {}
    for stack, own in roots.items():
        for root in own:
            stacks.setdefault(root, set()).add(stack)
    return stacks
