"""Replacing a folder in one step, so that a reader finds the old or the new one."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from specplan import temporary
from specplan.errors import UsageError
from specplan.sources.saved import folder as folders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["replaced"]

#: What the functions of the C library that exchange two names are called, and what they are
#: asked to do so: ``RENAME_EXCHANGE`` of Linux, ``RENAME_SWAP`` of macOS.
_EXCHANGE: Final = 2


@contextmanager
def replaced(folder: Path, shown: str) -> Iterator[Path]:
    """Give a new folder to be filled, which takes the place of another when the block ends.

    All that was written there is on the disk before it does. Where the block raises, nothing
    changes.

    Args:
        folder: The folder, which need not exist.
        shown: How messages call it.

    Raises:
        OSError: If the folder cannot be made, or cannot take its place.
        UsageError: If another run is replacing it.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside, aside = folders.beside(folder), folders.aside(folder)
    if not os.path.lexists(folder) and folders.is_saved(aside):
        # A run was killed between the two steps.
        aside.rename(folder)
    lock = _locked(beside, shown)
    try:
        with temporary.at(beside):
            yield beside
            _settle(beside)
            _replace(folder, beside, aside)
    finally:
        if lock is not None:
            os.close(lock)


def _locked(beside: Path, shown: str) -> int | None:
    """Make the folder anew and lock it; what a killed run has left there is removed."""
    if sys.platform == "win32":
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        return None
    import fcntl  # noqa: PLC0415 - not on Windows

    with suppress(FileNotFoundError):
        left = os.open(beside, os.O_RDONLY)
        try:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"another run is writing `{shown}`") from error
        finally:
            os.close(left)
        shutil.rmtree(beside)
    beside.mkdir()
    lock = os.open(beside, os.O_RDONLY)
    with suppress(OSError):
        # Some file systems know no locks.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _settle(folder: Path) -> None:
    """Make sure that all names below a folder are on the disk; the files are already."""
    if sys.platform == "win32":
        return
    for place, _, _ in os.walk(folder):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _replace(folder: Path, new: Path, aside: Path) -> None:
    """Give a folder the name of another, which is removed."""
    if not os.path.lexists(folder):
        new.rename(folder)
        return
    if not _exchanged(new, folder):
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
        new.rename(folder)
        new = aside
    shutil.rmtree(new, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step, and return whether that could be done."""
    if sys.platform == "win32":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        function, arguments = "renamex_np", (*names, _EXCHANGE)
    else:
        here = -100  # AT_FDCWD
        function, arguments = "renameat2", (here, names[0], here, names[1], _EXCHANGE)
    try:
        return bool(getattr(library, function)(*arguments) == 0)
    except AttributeError:
        # A C library that is older than the function.
        return False
