"""Records for input of sources and states that is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan.model import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.catalog.contents import Contents
    from specplan.model import DamagedFile
    from specplan.sources.want_records import WantedEnvironment, WantedLock

__all__ = [
    "absent_stacks",
    "damaged_files",
    "is_named",
    "nothing_in_common",
    "of_sources",
    "of_states",
    "without_roots",
]


#: The characters that turn a name into a shell pattern.
_WILD: Final = frozenset("*?[")


def of_states(newer: Contents, older: Contents) -> list[LeftOut]:
    """Return the parts of two compared states that could not be read."""
    if newer is older:
        return of_sources(newer, blocks=True)
    return of_sources(newer, blocks=False) + of_sources(older, blocks=True)


def of_sources(contents: Contents, *, blocks: bool) -> list[LeftOut]:
    """Return the unread input of sources.

    Args:
        contents: The contents of the sources.
        blocks: Whether the unread parts could be wanted, or be the older side of a comparison.
    """
    return [
        # The content of an unreadable index is as unknown as that of a damaged file.
        *(
            replace(each, blocks=blocks) if each.kind == "index_version" else each
            for each in contents.left_out
        ),
        *damaged_files(contents.damaged, blocks=blocks),
        *(_empty(place, blocks=blocks) for place in contents.empty),
    ]


def _empty(place: str, *, blocks: bool) -> LeftOut:
    return LeftOut(
        kind="empty_source",
        where=place,
        detail="it lists no binaries",
        blocks=blocks,
        remedy="name another source, or --allow-left-out empty_source",
    )


def damaged_files(files: Iterable[DamagedFile], *, blocks: bool) -> list[LeftOut]:
    """Return files that were skipped because they are damaged.

    Args:
        files: The files.
        blocks: Whether their content could be wanted, or be the older side of a comparison.
    """
    remedy = "fix the file; `specplan check` shows all its faults"
    if blocks:
        remedy = f"{remedy}; or `--allow-left-out damaged_file`"
    return [
        LeftOut(
            kind="damaged_file", where=each.path, detail=each.fault, blocks=blocks, remedy=remedy
        )
        for each in files
    ]


def nothing_in_common(where: str, detail: str, remedy: str) -> LeftOut:
    """Return the record of a comparison in which one side is empty."""
    return LeftOut(kind="nothing_in_common", where=where, detail=detail, blocks=True, remedy=remedy)


def is_named(stack: str, patterns: Iterable[str]) -> bool:
    """Return whether a stack was given by name, as a pattern without a wildcard."""
    return any(pattern == stack and not _WILD.intersection(pattern) for pattern in patterns)


def without_roots(
    locks: Sequence[WantedLock], environments: Sequence[WantedEnvironment]
) -> list[LeftOut]:
    """Return the wants without roots.

    Args:
        locks: The locks, and the binaries that are wanted.
        environments: The environments; their includes are of the same stack.
    """
    with_roots = {each.stack for each in locks if each.roots}
    with_roots |= {each.stack for each in environments if each.environment.roots}
    # For a lock with specs but no root, the reader makes the record.
    silent = [each for each in locks if each.is_available or not len(each.core)]
    wants: list[WantedLock | WantedEnvironment] = [*silent, *environments]
    empty = [each.source for each in wants if each.stack not in with_roots]
    return [
        LeftOut(
            kind="no_root",
            where=place,
            detail="it contains no wants",
            blocks=not with_roots,
            remedy="name another lock or environment with `--want`, or --allow-left-out no_root",
        )
        for place in dict.fromkeys(empty)
    ]


def absent_stacks(stacks: Iterable[str]) -> list[LeftOut]:
    """Return the stacks that only the older state of a comparison lists."""
    return [
        LeftOut(
            kind="absent_stack",
            where=stack,
            detail="the older state lists it, the newer does not",
            blocks=True,
            remedy=f"{stack}=SOURCE where the newer state is named, or "
            "--allow-left-out absent_stack",
        )
        for stack in stacks
    ]
