"""Temporary files that are removed however a run ends.

``finally`` removes them if a run ends with an error or Ctrl-C. A run that SIGTERM or SIGHUP ends
does not execute ``finally``, so the command line removes the files listed here.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["at", "folder", "forget", "new_file", "remove_all"]

#: Paths of this process that are removed when it ends.
_there: set[str] = set()


def new_file(beside: Path, *, prefix: str, suffix: str = "", mode: int = 0o600) -> tuple[int, Path]:
    """Create a file that nothing else uses, and return its descriptor and its path.

    Args:
        beside: The folder for the file.
        prefix: The start of its name.
        suffix: The end of its name.
        mode: Its permissions, before applying the process's mask.

    Raises:
        OSError: If it cannot be created.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        path = beside / f"{prefix}{os.urandom(8).hex()}{suffix}"
        _there.add(str(path))
        try:
            return os.open(path, flags, mode), path
        except FileExistsError:
            _there.discard(str(path))
        except BaseException:
            _there.discard(str(path))
            raise


def forget(path: Path) -> None:
    """Remove a file that :func:`new_file` created, if it still has its name."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
    _there.discard(str(path))


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Create a folder that is removed, with its content, when the block ends."""
    import shutil  # noqa: PLC0415 - help and most runs need it not
    import tempfile  # noqa: PLC0415 - as above

    name = tempfile.mkdtemp(prefix="specplan-")
    _there.add(name)
    try:
        yield Path(name)
    finally:
        shutil.rmtree(name, ignore_errors=True)
        _there.discard(name)


@contextlib.contextmanager
def at(path: Path) -> Iterator[None]:
    """Remove a file, or a folder with its content, when the block ends."""
    import shutil  # noqa: PLC0415 - help and most runs need it not

    _there.add(str(path))
    try:
        yield
    finally:
        shutil.rmtree(path, ignore_errors=True)
        _there.discard(str(path))


def remove_all() -> None:
    """Remove all of them before the process ends abruptly."""
    import shutil  # noqa: PLC0415 - as above

    for name in tuple(_there):
        with contextlib.suppress(OSError):
            if os.path.isdir(name):  # noqa: PTH112 - a name, which may be any
                shutil.rmtree(name, ignore_errors=True)
            else:
                os.unlink(name)  # noqa: PTH108 - as above
