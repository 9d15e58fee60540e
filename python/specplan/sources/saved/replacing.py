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

#: The functions of the C library that exchange two names, and their flags: ``RENAME_EXCHANGE`` on
#: Linux, ``RENAME_SWAP`` on macOS.
_EXCHANGE: Final = 2


@contextmanager
def replaced(folder: Path, shown: str) -> Iterator[Path]:
    """Create a folder to be filled, which replaces another one when the block ends.

    Everything written there is synchronised to disk first. If the block raises, nothing changes.

    Args:
        folder: The folder, which need not exist.
        shown: Its name in messages.

    Raises:
        OSError: If the folder cannot be created, or cannot replace the other.
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
    """Recreate the folder and lock it; remains of a killed run are removed.

    The run with the lock on the folder of this name may write there. If another run has just
    created it or is removing it, the folder belongs to that run.
    """
    if sys.platform == "win32":
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        return None
    other = UsageError(f"another run is writing `{shown}`")
    try:
        if (left := _held(beside)) is not None:
            try:
                # Another run may be removing it too.
                with suppress(FileNotFoundError):
                    shutil.rmtree(beside)
            finally:
                os.close(left)
        beside.mkdir()
        lock = _held(beside)
    except (BlockingIOError, FileExistsError) as error:
        raise other from error
    if lock is None:
        raise other
    return lock


def _held(folder: Path) -> int | None:
    """Open and lock a folder; None if it does not exist, or was replaced meanwhile.

    Raises:
        BlockingIOError: If another run has locked it.
    """
    import fcntl  # noqa: PLC0415 - not on Windows

    try:
        held = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:
            # Some file systems do not support locks.
            return held
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(held), folder.stat()):
                return held
    except BaseException:
        os.close(held)
        raise
    os.close(held)
    return None


def _settle(folder: Path) -> None:
    """Synchronise all names below a folder to disk; the files already are."""
    if sys.platform == "win32":
        return
    for place, _, _ in os.walk(folder):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _replace(folder: Path, new: Path, aside: Path) -> None:
    """Rename a folder to the name of another one, which is removed."""
    if not os.path.lexists(folder):
        new.rename(folder)
        return
    # While the old one is removed under the temporary name, no other run may create its own there.
    with _claimed(folder):
        if not _exchanged(new, folder):
            shutil.rmtree(aside, ignore_errors=True)
            folder.rename(aside)
            new.rename(folder)
            new = aside
        shutil.rmtree(new, ignore_errors=True)


@contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """Lock a folder until the block ends, unless another run has locked it."""
    held = None
    if sys.platform != "win32":
        with suppress(BlockingIOError):
            held = _held(folder)
    try:
        yield
    finally:
        if held is not None:
            os.close(held)


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
        # The C library is too old to have the function.
        return False
