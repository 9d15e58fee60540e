"""Decoding the bytes of a file as text."""

from __future__ import annotations

from typing import Final

__all__ = ["TextError", "decoded"]

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class TextError(ValueError):
    """Bytes that are not text.

    Attributes:
        line: The line of the first such byte, counted from 1.
        fault: The fault there.
    """

    def __init__(self, fault: str, *, line: int) -> None:
        super().__init__(fault)
        self.line = line
        self.fault = fault


def decoded(content: bytes) -> str:
    """Return the text of UTF-8, without a byte order mark.

    Raises:
        TextError: If the bytes are not UTF-8 or hold a NUL.
    """
    content = content.removeprefix(_BYTE_ORDER_MARK)
    if (nul := content.find(b"\0")) >= 0:
        line = content.count(b"\n", 0, nul) + 1
        raise TextError("holds a NUL byte: is not text", line=line)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise TextError(f"is not UTF-8: byte 0x{byte:02x}", line=line) from error
