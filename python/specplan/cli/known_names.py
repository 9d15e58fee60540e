"""The names that a catalog holds, kept for the completion of command lines.

A shell waits for completions while somebody types, and reading a cache takes longer than
that. So a run on a terminal keeps the names of what it read, and completion reads these alone:
it never looks into a cache and never asks a server.

::

    names/0123....json    {"stacks": [...], "tags": [...], "oss": [...], ...}
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from typing import TYPE_CHECKING, Final

from specplan import temporary
from specplan.cache_folder import default_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from specplan.aliases import NamedField
    from specplan.api import Catalog

__all__ = ["keep", "known"]

#: The fields of specs whose values are kept.
_FIELDS: Final[tuple[NamedField, ...]] = ("os", "target", "package")

#: More than the names of a cache ever take.
_MOST_BYTES: Final = 8 << 20


def keep(caches: Sequence[str], catalog: Catalog) -> None:
    """Keep the names of a catalog, where somebody at a terminal may ask for them.

    Args:
        caches: Where it was read from, as it was given.
        catalog: The catalog.
    """
    from specplan.cli import output  # noqa: PLC0415 - what completes a line writes nothing

    if not output.is_terminal(sys.stderr):
        return
    names: dict[str, Sequence[str]] = {
        "stack": catalog.stacks(),
        "tag": [each for each in catalog.tags if each],
        **{each: catalog.names(each) for each in _FIELDS},
    }
    content = json.dumps(names).encode()
    place = _place(caches)
    # It is a help for the next command line, and no fault of this one where it cannot be.
    with contextlib.suppress(OSError):
        if place.is_file() and place.read_bytes() == content:
            return
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, path = temporary.new_file(place.parent, prefix="tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            path.replace(place)
        finally:
            temporary.forget(path)


def known(caches: Sequence[str], kind: str) -> list[str]:
    """Return names that an earlier run found in some caches, or nothing.

    Args:
        caches: The caches, as they were given.
        kind: What they are of: ``stack``, ``tag``, ``os``, ``target`` or ``package``.
    """
    place = _place(caches)
    try:
        if place.stat().st_size > _MOST_BYTES:
            return []
        names = json.loads(place.read_bytes())[kind]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return [each for each in names if isinstance(each, str)] if isinstance(names, list) else []


def _place(caches: Sequence[str]) -> Path:
    whole = json.dumps([_absolute(each) for each in caches])
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
    return default_folder() / "names" / f"{digest}.json"


def _absolute(cache: str) -> str:
    return cache if "://" in cache else os.path.abspath(cache)  # noqa: PTH100 - a label may stand in front
