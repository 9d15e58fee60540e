"""What all JSON documents have in common.

Each document names its kind and version in ``schema``; ``specplan/schemas`` holds a
JSON Schema for each. A later version of the same number may hold more fields, never
fewer. Nothing is truncated, the order is that of the records, and the text is ASCII,
so that no name can reach a terminal unescaped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from specplan.reports import escape

__all__ = ["Json", "document"]

#: What a document may hold.
Json: TypeAlias = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None


def document(content: Mapping[str, Json]) -> str:
    """Return a document as text with a newline at its end.

    Args:
        content: What it holds, ``schema`` first.
    """
    return escape.json_text(json.dumps(content, indent=2, allow_nan=False)) + "\n"
