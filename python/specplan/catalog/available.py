"""The binaries of stacks as wants (`--want available`), so that a question needs no lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan import _core as compiled
from specplan.catalog.names import ROOT, select_names
from specplan.errors import EmptySelectionError
from specplan.model import LeftOut
from specplan.sources.lock_root import LockRoot
from specplan.sources.want_records import WantedLock

if TYPE_CHECKING:
    from specplan._core import Query
    from specplan.catalog.contents import Contents
    from specplan.sources.named_want import NamedWant
    from specplan.sources.want_records import AvailableWants

__all__ = ["available_wants"]


def available_wants(contents: Contents, tag: str | None) -> AvailableWants:
    """Return a function that reads ``available`` and ``available:STACK`` as wants.

    Each stack is a want of its own: all binaries that it lists are roots. Without a pattern these
    are all stacks, except the union if there are others.

    Args:
        contents: The caches.
        tag: The snapshot; None for the newest of each source.
    """

    def wants(named: NamedWant) -> tuple[WantedLock, ...]:
        state = contents.state(tag)
        listed = contents.core.stacks(state)
        pattern = named.stacks
        stacks = (
            select_names((pattern,), listed, kind="stack")
            if pattern
            else [each for each in listed if each != ROOT] or listed
        )
        if not stacks:
            raise EmptySelectionError(
                f"`{named.text}` stands for the binaries of stacks, and the caches list no stacks",
                hint="`LABEL=SOURCE` gives an index or a mirror a stack name",
            )
        # The same specs as in a lock: listed beside the caches, without binaries.
        nothing = compiled.Catalog.merged([])
        rows = nothing.beside(contents.core.with_binaries([]))
        tags = sorted({each for _, each in state})
        roots = {each: _roots(contents, state, _listed(tags, each)) for each in stacks}
        return tuple(
            _wanted(named.stack or stack, stack, rows, own) for stack, own in roots.items()
        )

    return wants


def _wanted(
    stack: str, listed_by: str, rows: compiled.Catalog, roots: tuple[LockRoot, ...]
) -> WantedLock:
    """Return the binaries that one stack lists as wants of another, mostly of the same."""
    return WantedLock(
        stack=stack,
        source=f"available:{listed_by}",
        roots=roots,
        core=rows,
        is_available=True,
        left_out=_without_dependencies(listed_by, rows, roots),
    )


def _without_dependencies(
    stack: str, rows: compiled.Catalog, roots: tuple[LockRoot, ...]
) -> tuple[LeftOut, ...]:
    """Return the record of binaries without recorded dependencies."""
    among = compiled.Query.hashes([each.hash for each in roots])
    # Any name will do: nothing is known about the edges, including this one.
    unknown = rows.find("^zlib", among, None).unknown
    count = sum(each.missing == "edges" for each in unknown)
    if not count:
        return ()
    return (
        LeftOut(
            kind="undecided_spec",
            where=f"available:{stack}",
            detail="no source says what these binaries depend on",
            count=count,
            blocks=True,
            remedy="--cache SOURCE with the index of the build cache, which lists dependencies",
        ),
    )


def _listed(tags: list[str], stack: str) -> Query:
    """Return the specs that a stack lists in any of the given snapshots."""
    first, *others = (compiled.Query.stack(tag, [stack]) for tag in tags)
    for other in others:
        first |= other
    return first


def _roots(contents: Contents, state: compiled.State, listed: Query) -> tuple[LockRoot, ...]:
    """Return the listed binaries, by hash."""
    specs = {each.hash: each for each in contents.core.specs(listed, None)}
    return tuple(
        LockRoot(hash=each, spec=f"{specs[each].package}@{specs[each].version}")
        for each in contents.core.available(state, sorted(specs))
    )
