"""Writing bytes to descriptors: completely, or with an error.

Python's own streams lose bytes if a write is cut short or would block, and fail again when the
interpreter ends. So specplan writes to the descriptors directly.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from specplan.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["descriptor_named", "fill_closed", "put", "settle", "write_fully"]

_STANDARD_ERROR: Final = 2

#: The number of bytes per system call.
_PIECE: Final = 1 << 20

#: The maximum number of links that are followed to resolve a path.
_MOST_LINKS: Final = 40

#: More digits than any descriptor has.
_MOST_DIGITS: Final = 10

#: A folder whose entries are the open descriptors of a process.
_DESCRIPTORS: Final = pattern(r"/dev/fd|/proc/(?P<process>[0-9]+)(/task/[0-9]+)?/fd")


def put(stream: TextIO, parts: Iterable[bytes]) -> None:
    """Write bytes to a standard stream, after flushing its buffer.

    A reader that has left, as `head` does, is not an error: the rest is not needed and not even
    computed.

    Raises:
        OSError: If not all of them can be written.
    """
    descriptor = _descriptor_of(stream)
    if descriptor is None:
        # A stream in a test or a notebook.
        stream.writelines(part.decode("utf-8") for part in parts)
        stream.flush()
        return
    with _unread(descriptor):
        stream.flush()
        write_fully(descriptor, parts)


def write_fully(descriptor: int, parts: Iterable[bytes]) -> None:
    """Write all bytes to a descriptor, and wait if it cannot accept more at the moment.

    Raises:
        OSError: If not all of them can be written.
    """
    for part in parts:
        rest = memoryview(part)
        while rest:
            try:
                rest = rest[os.write(descriptor, rest[:_PIECE]) :]
            except BlockingIOError:  # noqa: PERF203 - each write may be one that would wait
                _wait_for(descriptor)
    # Only a report must certainly be on disk; a line for people need not be.
    if descriptor != _STANDARD_ERROR and stat.S_ISREG(os.fstat(descriptor).st_mode):
        _synchronise(descriptor)


def settle(stream: TextIO | None) -> None:
    """Flush a standard stream, so that nothing is left for the end of the interpreter.

    Raises:
        OSError: If it cannot be written.
    """
    if stream is None:
        return
    descriptor = _descriptor_of(stream)
    if descriptor is None:
        stream.flush()
        return
    try:
        with _unread(descriptor):
            stream.flush()
    except OSError:
        _to_nowhere(descriptor)
        raise


def fill_closed() -> None:
    """Open closed standard descriptors, so that no file gets their number.

    A file opened as descriptor 2 would get everything that libraries print to standard error.
    """
    opened = os.open(os.devnull, os.O_RDWR)
    # The system assigns the lowest free number.
    while opened <= _STANDARD_ERROR:
        os.set_inheritable(opened, True)  # noqa: FBT003 - it has no name
        opened = os.open(os.devnull, os.O_RDWR)
    os.close(opened)


def descriptor_named(path: Path) -> int | None:
    """Return the open descriptor of this process that a path names, or None.

    ``/dev/stdout``, ``/dev/fd/3`` and links to them name one, and so does the path of the file to
    which standard output or standard error is redirected.
    """
    where = path
    for _ in range(_MOST_LINKS):
        folder = os.path.realpath(where.parent)
        found = _DESCRIPTORS.fullmatch(folder)
        if found is not None and where.name.isdecimal() and len(where.name) < _MOST_DIGITS:
            ours = found["process"] in {None, str(os.getpid())}
            return int(where.name) if ours else None
        try:
            where = Path(folder, where.readlink())
        except (OSError, ValueError):
            break
    return _standard_at(path)


def _standard_at(path: Path) -> int | None:
    """Return the standard stream, output or error, that is redirected to the file at a path."""
    try:
        there = path.stat()
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(there.st_mode):
        return None
    for descriptor, stream in ((1, sys.stdout), (2, sys.stderr)):
        if stream is None:
            continue
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(descriptor), there):
                return descriptor
    return None


def _descriptor_of(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except (OSError, ValueError, AttributeError):
        return None


def _wait_for(descriptor: int) -> None:
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        poll.poll()
    else:
        select.select([], [descriptor], [])


def _synchronise(descriptor: int) -> None:
    """Synchronise a file with its disk: some file systems only then report a lack of space."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EROFS, errno.ENOSYS}:
            raise


@contextlib.contextmanager
def _unread(descriptor: int) -> Iterator[None]:
    """Treat a closed pipe as a reader that has read enough."""
    try:
        yield
    except BrokenPipeError:
        # The interpreter flushes the stream again at its end, which must not fail either.
        _to_nowhere(descriptor)


def _to_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
