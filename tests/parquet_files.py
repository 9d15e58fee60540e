"""Parquet files taken apart, to be changed and put together again.

Only what files of saved catalogs have: pages of version 1, plain or packed by Snappy.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Page", "ParquetFile", "Piece", "Struct", "numbered", "page", "runs", "snappy"]

#: A structure of Thrift's compact protocol: by field, its kind and its value.
Struct = dict[int, tuple[int, Any]]

_MARK: Final = b"PAR1"
_YES, _NO, _I32, _I64, _BYTES, _LIST, _STRUCT = 1, 2, 5, 6, 8, 9, 12

#: The number of bytes of a literal, and the meaning of a copy.
_LITERAL: Final = 60
_COPY: Final = 64


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]

    def varint(self) -> int:
        number = shift = 0
        while True:
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number

    def zigzag(self) -> int:
        number = self.varint()
        return number >> 1 ^ -(number & 1)

    def struct(self) -> Struct:
        fields: Struct = {}
        field = 0
        while head := self.take(1)[0]:
            kind = head & 15
            field = field + (head >> 4) if head >> 4 else self.zigzag()
            fields[field] = (
                (_YES, kind == _YES) if kind in (_YES, _NO) else (kind, self.value(kind))
            )
        return fields

    def value(self, kind: int) -> Any:
        if kind in (_I32, _I64):
            return self.zigzag()
        if kind == _BYTES:
            return self.take(self.varint())
        if kind == _STRUCT:
            return self.struct()
        if kind == _LIST:
            head = self.take(1)[0]
            count = head >> 4 if head >> 4 < 15 else self.varint()
            return head & 15, [self.value(head & 15) for _ in range(count)]
        # Small numbers, and yes and no in lists.
        return self.take(1)[0]


def _varint(number: int) -> bytes:
    written = bytearray()
    while number >= 0x80:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])


def _written(kind: int, value: Any) -> bytes:
    if kind in (_I32, _I64):
        return _varint((value << 1 ^ value >> 63) & (1 << 64) - 1)
    if kind == _BYTES:
        content: bytes = value
        return _varint(len(content)) + content
    if kind == _STRUCT:
        return _struct(value)
    if kind == _LIST:
        each, values = value
        head = bytes([0xF0 | each]) + _varint(len(values))
        return head + b"".join(_written(each, value) for value in values)
    return bytes([value])


def _struct(fields: Struct) -> bytes:
    written = b""
    for field, (kind, value) in sorted(fields.items()):
        if kind == _YES:
            written += bytes([_YES if value else _NO]) + _written(_I32, field)
        else:
            written += bytes([kind]) + _written(_I32, field) + _written(kind, value)
    return written + b"\0"


@dataclass
class Page:
    """A page: its header, and its bytes as they are stored."""

    header: Struct
    body: bytes


@dataclass
class Piece:
    """The pages of a column in a group of rows, and what the footer says of them."""

    said: Struct
    pages: list[Page]


class ParquetFile:
    """A file in its parts."""

    def __init__(self, data: bytes) -> None:
        """Take a file apart."""
        (size,) = struct.unpack("<I", data[-8:-4])
        self.footer = _Reader(data, len(data) - 8 - size).struct()
        self.pieces = [self._piece(data, chunk) for chunk in self._chunks()]

    @property
    def schema(self) -> list[Struct]:
        """The columns, each with how many follow that lie in it."""
        schema: list[Struct] = self.footer[2][1][1]
        return schema

    @property
    def groups(self) -> list[Struct]:
        """The groups of rows."""
        groups: list[Struct] = self.footer[4][1][1]
        return groups

    def _chunks(self) -> list[Struct]:
        return [chunk[3][1] for group in self.groups for chunk in group[1][1][1]]

    @staticmethod
    def _piece(data: bytes, said: Struct) -> Piece:
        reader = _Reader(data, said.get(11, said[9])[1])
        end = reader.at + said[7][1]
        pages = []
        while reader.at < end:
            header = reader.struct()
            pages.append(Page(header, reader.take(header[3][1])))
        return Piece(said, pages)

    def piece(self, name: str) -> Piece:
        """Return the first piece of a column."""
        return next(each for each in self.pieces if each.said[3][1][1][0] == name.encode())

    def claim_rows(self, rows: int, *, in_group: int | None = None) -> None:
        """Make the file and its first group claim a number of rows."""
        self.footer[3] = (_I64, rows)
        self.groups[0][3] = (_I64, rows if in_group is None else in_group)

    def body(self) -> bytes:
        """Return what stands before the footer, in which the place of each piece is set."""
        body = _MARK
        for piece in self.pieces:
            piece.said.pop(11, None)
            piece.said[9] = (_I64, len(body))
            body += b"".join(_struct(each.header) + each.body for each in piece.pages)
            piece.said[7] = (_I64, len(body) - piece.said[9][1])
        return body

    def written(self, body: bytes | None = None) -> bytes:
        """Return the file, with a new body or one that was made before the footer was changed."""
        body = self.body() if body is None else body
        footer = _struct(self.footer)
        return body + footer + struct.pack("<I", len(footer)) + _MARK


def snappy(data: bytes, distance: int = 0) -> bytes:
    """Pack bytes; from some distance on, they are copies of what stands so far before."""
    head = _LITERAL if distance else len(data)
    packed = _varint(len(data))
    for start in range(0, min(head, len(data)), _LITERAL):
        literal = data[start : min(start + _LITERAL, head)]
        packed += bytes([len(literal) - 1 << 2]) + literal
    for start in range(head, len(data), _COPY):
        length = min(_COPY, len(data) - start)
        packed += bytes([length - 1 << 2 | 2]) + struct.pack("<H", distance)
    return packed


def runs(*each: tuple[int, int]) -> bytes:
    """Write runs of numbers below 256, each with how often it stands there."""
    return b"".join(_varint(count << 1) + bytes([number]) for count, number in each)


def page(values: int, data: bytes, *, dictionary: bool = False, distance: int = 0) -> Page:
    """Make a page of bytes, of a dictionary or of numbers in one."""
    body = snappy(data, distance)
    number = {1: (_I32, values), 2: (_I32, 0 if dictionary else 8)}
    levels = {} if dictionary else {3: (_I32, 3), 4: (_I32, 3)}
    return Page(
        {
            1: (_I32, 2 if dictionary else 0),
            2: (_I32, len(data)),
            3: (_I32, len(body)),
            7 if dictionary else 5: (_STRUCT, {**number, **levels}),
        },
        body,
    )


def numbered(
    text: bytes, places: int, values: int, *levels: bytes, distance: int = 0
) -> list[Page]:
    """Make the pages of a column with one text at a number of its positions, below its levels."""
    above = b"".join(struct.pack("<I", len(each)) + each for each in levels)
    plain = struct.pack("<I", len(text)) + text
    return [
        page(1, plain, dictionary=True, distance=distance),
        page(places, above + b"\1" + runs((values, 0))),
    ]
