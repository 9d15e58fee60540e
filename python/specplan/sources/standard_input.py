"""Standard input, read to its end."""

from __future__ import annotations

import os
import select
import sys
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["chunks", "whole"]

_PIECE: Final = 1 << 16


def chunks(most: int) -> Iterator[bytes]:
    """Yield the bytes of standard input in chunks.

    Args:
        most: The maximum number of bytes.

    Raises:
        SourceError: If it is closed, cannot be read, or has more bytes.
    """
    size = 0
    while chunk := _next():
        size += len(chunk)
        if size > most:
            raise SourceError(
                f"standard input has more than the {most} bytes that specplan reads", path="-"
            )
        yield chunk


def whole(most: int) -> bytes:
    """Return all bytes of standard input; see :func:`chunks`."""
    return b"".join(chunks(most))


def _next() -> bytes:
    if sys.stdin is None:
        raise SourceError(
            "standard input is closed",
            path="-",
            hint="redirect a file to it, as in `specplan ... - < FILE`, or name the file",
        )
    while True:
        try:
            # A non-blocking stream returns None if there is no data yet.
            chunk: bytes | None = sys.stdin.buffer.read(_PIECE)
        except BlockingIOError:
            chunk = None
        except (OSError, ValueError) as error:
            fault = getattr(error, "strerror", None) or str(error)
            raise SourceError(f"standard input cannot be read: {fault}", path="-") from error
        if chunk is not None and (chunk or not _would_block()):
            return chunk
        select.select([sys.stdin], [], [])


def _would_block() -> bool:
    """Return whether standard input does not block and is currently empty."""
    try:
        descriptor = sys.stdin.fileno()
        if os.get_blocking(descriptor):
            return False
        # At its end, a pipe is readable immediately.
        return not select.select([descriptor], [], [], 0)[0]
    except (OSError, ValueError, AttributeError):
        return False
