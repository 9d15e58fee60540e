"""The common part of all JSON documents.

Each document names its kind and version in ``schema``; ``specplan/schemas`` contains a JSON Schema
for each. A later release may add fields to the same version, but never remove any. Nothing is
truncated, the order is that of the records, and the text is ASCII, so that no name can reach a
terminal unescaped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeGuard

from specplan.model.column_records import ColumnRecords
from specplan.patterns import pattern
from specplan.reports.render import escape

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from _typeshed import DataclassInstance

    from specplan.model import LeftOut

__all__ = ["Json", "document", "fields_of", "left_out_json"]

#: The characters that only occur in texts and are written as escapes.
_BEYOND_ASCII: Final = pattern(r"[^\x00-\x7f]+")

#: The types of values in a document; a record is an object of its fields, in their order.
Json: TypeAlias = (
    "Mapping[str, Json] | Sequence[Json] | DataclassInstance | str | int | float | bool | None"
)


def fields_of(record: DataclassInstance) -> dict[str, Json]:
    """Return the fields of a record by name, for an object with further fields.

    The schemas are closed, so tests find an unknown field before it gets into a document.
    """
    return {each.name: getattr(record, each.name) for each in fields(record)}


def left_out_json(records: Iterable[LeftOut]) -> Json:
    """Return the value of ``left_out``, which every document has."""
    return [
        {
            "kind": each.kind,
            "count": each.count,
            "where": each.where,
            "detail": each.detail,
            "blocks": each.blocks,
            "remedy": each.remedy,
        }
        for each in records
    ]


def document(content: Mapping[str, Json]) -> Iterator[str]:
    """Yield a document as text with a newline at its end, part by part.

    A long array is encoded a few items at a time, so that it can be computed while it is written.

    Args:
        content: Its content, ``schema`` first.
    """
    yield "{\n"
    yield from _members(content, 1)
    yield "\n}\n"


#: The number of items of a long array that are encoded at a time.
_ITEMS: Final = 1_000


def _members(content: Mapping[str, Json], depth: int) -> Iterator[str]:
    """Yield the members of an object without the braces around them.

    Args:
        content: The members.
        depth: The number of objects and arrays around a member.
    """
    short: dict[str, Json] = {}
    between = ""
    before = _STEP * depth
    for key, value in content.items():
        if _is_long(value):
            parts = _items(value, depth + 1)
            opened, closed = "[", f"{before}]"
        elif _holds_long(value):
            parts = _members(value, depth + 1)
            opened, closed = "{", f"\n{before}}}"
        else:
            short[key] = value
            continue
        if short:
            yield between + _within(short, depth)
            between = ",\n"
            short = {}
        yield f"{between}{before}{json.dumps(key)}: {opened}\n"
        yield from parts
        yield closed
        between = ",\n"
    if short:
        yield between + _within(short, depth)


def _is_long(value: Json) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, Sequence) and not isinstance(value, str) and len(value) > _ITEMS


def _holds_long(value: Json) -> TypeGuard[Mapping[str, Json]]:
    return isinstance(value, dict) and any(map(_is_long, value.values()))


def _items(value: Sequence[Json], depth: int) -> Iterator[str]:
    """Yield the items of an array, without the brackets around them."""
    for at in range(0, len(value), _ITEMS):
        some = value[at : at + _ITEMS]
        text = _rows(some, depth) if isinstance(some, ColumnRecords) else None
        if text is None:
            # An array is one level deeper than the object around it.
            text = _within({"": some}, depth - 1)
            text = text[len(f'{_STEP * (depth - 1)}"": [\n') : -len(f"\n{_STEP * (depth - 1)}]")]
        yield text
        yield "\n" if at + _ITEMS >= len(value) else ",\n"


def _rows(records: ColumnRecords[DataclassInstance], depth: int) -> str | None:
    """Return records as the items of an array; None if a value needs more than the core does."""
    from specplan import _core  # noqa: PLC0415 - only long arrays need it

    return _core.json_rows(*records.columns(), depth)


#: The indentation of one level.
_STEP: Final = "  "


def _within(content: Mapping[str, Json], depth: int) -> str:
    """Return the members of an object without the braces around them, indented by levels."""
    nested: Mapping[str, Json] = content
    before, after = "{\n", "\n}"
    for level in range(1, depth):
        nested = {"": nested}
        before += f'{_STEP * level}"": {{\n'
        after = f"\n{_STEP * level}}}{after}"
    return escape.json_text(_encoded(nested))[len(before) : -len(after)]


def _encoded(content: Mapping[str, Json]) -> str:
    import orjson  # noqa: PLC0415 - only whoever asks for a document needs it

    try:
        text = orjson.dumps(content, default=_plain, option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONEncodeError:
        # A lone surrogate from the name of a file, or a number beyond 64 bits.
        return json.dumps(content, default=_plain, indent=2, allow_nan=False)
    return text if text.isascii() else _BEYOND_ASCII.sub(_escaped, text)


def _plain(value: object) -> Json:
    """Convert a value of a type that the encoder does not support."""
    if is_dataclass(value) and not isinstance(value, type):
        return fields_of(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"a document holds no {type(value).__name__}")


def _escaped(text: re.Match[str]) -> str:
    return json.dumps(text.group())[1:-1]
