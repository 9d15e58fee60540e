"""The DAG hash of a spec, computed from its record in a lock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from specplan.recipes.canonical import text_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["dag_hash"]


def dag_hash(raw: Mapping[str, Any]) -> str:
    """Return the DAG hash of a node: the hash of its content as written, without its own hash.

    Args:
        raw: The node, with its keys in the order in which Spack writes them.

    Examples:
        >>> dag_hash({"name": "zlib", "version": "1.3.1", "hash": "anything"})
        'dbfsz36p7fvz6eqv2oj2grrumeidrex4'
    """
    hashed = {key: value for key, value in raw.items() if key != "hash"}
    text = json.dumps(hashed, separators=(",", ":"), ensure_ascii=True)
    return text_hash(text)
