"""Errors for folders that are too large to search."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError
from specplan.sources.stores.store import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MOST_ENTRIES", "refuse_root", "refuse_without_pages", "too_much"]

#: The number of files and folders without a relevant one after which the search ends.
MOST_ENTRIES: Final = 100_000

#: The number of bytes read of a file to recognize a page.
_HEAD_BYTES: Final = 4096


def refuse_root(place: str | os.PathLike[str], hint: str) -> None:
    """Refuse the root of a file system, which contains a whole machine.

    Args:
        place: The folder that was named.
        hint: Advice on the folder to name instead.

    Raises:
        SourceError: If it is that root.
    """
    real = os.path.realpath(place)
    if os.path.dirname(real) == real:  # noqa: PTH120 - nothing is there of a broken `Path`
        shown = printable(os.fspath(place))
        raise SourceError(
            f"`{shown}` is the root of the file system, which is not searched",
            path=shown,
            hint=hint,
        )


def too_much(place: str | os.PathLike[str], most: int, what: str, hint: str) -> SourceError:
    """Return the error for a folder with too many other files."""
    shown = printable(os.fspath(place))
    return SourceError(
        f"`{shown}` holds more than {most} files and folders, and no {what} among them",
        path=shown,
        hint=hint,
    )


def refuse_without_pages(place: str, hint: str) -> None:
    """Refuse a folder without nearby package pages that contains a lot of other files.

    Args:
        place: The folder.
        hint: Advice on the folder to name instead.

    Raises:
        SourceError: If that is the case, or it is the root of a file system.
    """
    if not os.path.isdir(place):  # noqa: PTH112 - as above
        return
    refuse_root(place, hint)
    for at, entry in enumerate(_entries(place)):
        if _is_page(entry):
            return
        if at >= MOST_ENTRIES:
            raise too_much(place, MOST_ENTRIES, "package page", hint)


def _entries(top: str) -> Iterator[os.DirEntry[str]]:
    """Yield the files below a folder, without hidden ones.

    Folders are taken alternately from both ends of the queue, so that near files come early, and so
    do those at the bottom of a tree of a hundred thousand folders.
    """
    ahead = deque([top])
    turn = False
    while ahead:
        turn = not turn
        try:
            with os.scandir(ahead.popleft() if turn else ahead.pop()) as found:
                entries = list(found)
        except OSError:
            # The reader of the pages reports it.
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            yield entry
            if entry.is_dir(follow_symlinks=False):
                ahead.append(entry.path)


def _is_page(entry: os.DirEntry[str]) -> bool:
    if entry.name == "specs.md":
        return True
    try:
        if not entry.name.endswith(".md") or not entry.is_file():
            return False
        with open(entry.path, "rb") as file:  # noqa: PTH123 - as above
            return b"layout: cache" in file.read(_HEAD_BYTES)
    except OSError:
        # An unreadable folder must not be ignored.
        return True
