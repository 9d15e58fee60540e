"""The first rows of a stream of Arrow's C interface, as values of Python.

A table keeps its values in the compiled core, and hands them on by this interface alone. A notebook
shows a few of them, which are read here as any taker reads them. Only the types that the core
makes are known.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["first_rows"]

#: The name of the capsule in which a stream is handed on.
_CAPSULE: Final = b"arrow_array_stream"

#: The value of a released structure in place of its function.
_Release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class _ArrowSchema(ctypes.Structure):
    """The type of a column, or of a table: ``ArrowSchema``."""


_ArrowSchema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_ArrowSchema))),
    ("dictionary", ctypes.c_void_p),
    ("release", _Release),
    ("private_data", ctypes.c_void_p),
]


class _ArrowArray(ctypes.Structure):
    """The values of a column, or the columns of some rows: ``ArrowArray``."""


_ArrowArray._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_ArrowArray))),
    ("dictionary", ctypes.c_void_p),
    ("release", _Release),
    ("private_data", ctypes.c_void_p),
]

_Next = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


class _ArrowStream(ctypes.Structure):
    """Batches of rows, one after the other: ``ArrowArrayStream``."""

    _fields_ = (
        ("get_schema", _Next),
        ("get_next", _Next),
        ("get_last_error", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )


#: The numbers that columns are made of, by the letter of their type.
_NUMBERS: Final[dict[bytes, type[Any]]] = {
    b"C": ctypes.c_uint8,
    b"I": ctypes.c_uint32,
    b"g": ctypes.c_double,
    b"l": ctypes.c_int64,
}


def first_rows(capsule: object, most: int) -> list[tuple[object, ...]]:
    """Return the first rows of a stream; None is a value that is not known.

    Args:
        capsule: The result of ``__arrow_c_stream__``. It is read up to these rows, and may be
            thrown away.
        most: The maximum number of rows.

    Raises:
        TypeError: If a column has a type that the core does not make.
    """
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    address = pointer(capsule, _CAPSULE)
    stream, schema = _ArrowStream.from_address(address), _ArrowSchema()
    _filled(stream.get_schema, address, schema)
    rows: list[tuple[object, ...]] = []
    try:
        while len(rows) < most:
            batch = _ArrowArray()
            _filled(stream.get_next, address, batch)
            if not batch.release:
                break
            try:
                rows += _rows(schema, batch, most - len(rows))
            finally:
                batch.release(ctypes.addressof(batch))
    finally:
        schema.release(ctypes.addressof(schema))
    return rows


def _filled(ask: Callable[[int, int], int], address: int, record: ctypes.Structure) -> None:
    """Have a structure filled by the stream."""
    if code := ask(address, ctypes.addressof(record)):
        raise OSError(code, "a stream of Arrow cannot be read")


def _rows(schema: _ArrowSchema, batch: _ArrowArray, most: int) -> list[tuple[object, ...]]:
    places = range(batch.offset, batch.offset + min(most, batch.length))
    columns = [
        [_value(schema.children[at][0], batch.children[at][0], place) for place in places]
        for at in range(schema.n_children)
    ]
    return list(zip(*columns, strict=True))


def _value(schema: _ArrowSchema, array: _ArrowArray, at: int) -> object:
    """Return the value of a column in a row."""
    at += array.offset
    valid = array.buffers[0]
    if valid and not _bit(valid, at):
        return None
    form, buffer = schema.format, array.buffers[1]
    if form == b"b":
        return _bit(buffer, at)
    if form in _NUMBERS:
        kind = _NUMBERS[form]
        return kind.from_address(buffer + at * ctypes.sizeof(kind)).value
    if form not in {b"u", b"+l"}:
        raise TypeError(f"a column of the type {form!r} is not one that the core makes")
    start, end = (ctypes.c_int32 * 2).from_address(buffer + at * 4)
    if form == b"u":
        texts = array.buffers[2]
        return ctypes.string_at(texts + start, end - start).decode() if end > start else ""
    inner, items = schema.children[0][0], array.children[0][0]
    return [_value(inner, items, place) for place in range(start, end)]


def _bit(buffer: int, at: int) -> bool:
    return bool(ctypes.c_uint8.from_address(buffer + at // 8).value >> at % 8 & 1)
