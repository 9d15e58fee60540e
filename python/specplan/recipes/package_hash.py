"""The package hash of a spec, as ``spack pkg hash`` prints it, from files alone."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from specplan.recipes.canonical import text_hash

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["package_hash"]


def package_hash(text: str, source_id: str, patches: Iterable[str]) -> str:
    r"""Return the package hash.

    Args:
        text: The canonical text of the recipe for the spec.
        source_id: The identifier of the source; empty if it has none.
        patches: Checksum and level of each applied patch, separated by a colon.

    Examples:
        >>> package_hash("class Zlib(Package):\n    pass\n", "abc", [])
        'n6uukk5szbqoln6d42iz4rirnemiwdsmaophi4wxe5o2iwxxu33a===='
    """
    parts = sorted(
        [source_id.encode(), *(each.encode() for each in patches), text_hash(text).encode()]
    )
    return base64.b32encode(hashlib.sha256(b"".join(parts)).digest()).decode().lower()
