"""What all JSON documents have in common.

Each document names its kind and version in ``schema``; ``specplan/schemas`` holds a
JSON Schema for each. A later version of the same number may hold more fields, never
fewer. Nothing is truncated, the order is that of the records, and the text is ASCII,
so that no name can reach a terminal unescaped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, TypeAlias

from specplan.reports.render import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed import DataclassInstance

    from specplan.model import LeftOut

__all__ = ["Json", "document", "fields_of", "left_out_json"]

#: What a document may hold.
Json: TypeAlias = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None


def fields_of(record: DataclassInstance) -> dict[str, Json]:
    """Return a record as the document has it: each field under its name, in their order.

    So it is with the records within it. The schemas are closed: a field that none of them
    knows is found by the tests before it gets into a document.
    """
    return {each.name: _value(getattr(record, each.name)) for each in fields(record)}


def _value(value: DataclassInstance | Json) -> Json:
    if is_dataclass(value):
        return fields_of(value)
    if isinstance(value, tuple):
        return [_value(each) for each in value]
    return value


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


def document(content: Mapping[str, Json]) -> str:
    """Return a document as text with a newline at its end.

    Args:
        content: What it holds, ``schema`` first.
    """
    return escape.json_text(json.dumps(content, indent=2, allow_nan=False)) + "\n"
