"""The names of a catalog, saved for the completion of command lines.

A shell waits for completions while somebody types, and reading a cache takes longer than
that. So a run on a terminal keeps the names of what it read, and completion reads these alone:
it never looks into a cache and never asks a server.

::

    names/0123abcd.txt    the caches, and on each further line a kind and a name, with a tab between
"""

from __future__ import annotations

import os
import zlib

from specplan.cache_folder import default_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.api.catalog import Catalog

__all__ = ["keep", "known", "split_label"]

#: More than the names of a cache ever take.
_MOST_BYTES = 8 << 20

#: What a name may have beside letters and digits, if a shell is to put it into a line as it is:
#: names come from caches, and no cache may run anything.
_HARMLESS = "._-+/@:=,%^"


def keep(caches: Sequence[str], catalog: Catalog) -> None:
    """Keep the names of a catalog, where somebody at a terminal may ask for them.

    Args:
        caches: Where it was read from, as it was given.
        catalog: The catalog.
    """
    # What completes a line writes nothing, and does not wait for what writes.
    import contextlib  # noqa: PLC0415
    import sys  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from specplan import temporary  # noqa: PLC0415
    from specplan.cli import output  # noqa: PLC0415

    if not output.is_terminal(sys.stderr):
        return
    place = Path(_place(caches))
    content = "\n".join([_key(caches), *_lines(catalog)]).encode("utf-8", "surrogatepass")
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


def _lines(catalog: Catalog) -> list[str]:
    """Return a line for each name."""
    systems = sorted({f"{os_}/{target}" for os_, target, _ in catalog._core.systems()})  # noqa: SLF001 - no script needs them
    names = {
        "stack": catalog.stacks(),
        # Also those that were not read.
        "tag": list(catalog.unused_tags()),
        "os": catalog.names("os"),
        "target": catalog.names("target"),
        "system": systems,
        "package": catalog.names("package"),
    }
    return [
        f"{kind}\t{name}" for kind, some in names.items() for name in some if _is_harmless(name)
    ]


def known(caches: Sequence[str], kind: str) -> list[str]:
    """Return names that an earlier run found in some caches, or nothing.

    Args:
        caches: The caches, as they were given.
        kind: What they are of: ``stack``, ``tag``, ``os``, ``target``, ``system`` or ``package``.
    """
    try:
        with open(_place(caches), encoding="utf-8") as file:  # noqa: PTH123 - without pathlib
            kept, *lines = file.read(_MOST_BYTES).split("\n")
    except (OSError, ValueError):
        return []
    before = f"{kind}\t"
    names = [each.removeprefix(before) for each in lines if each.startswith(before)]
    return [each for each in names if _is_harmless(each)] if kept == _key(caches) else []


def _is_harmless(name: str) -> bool:
    return all(letter.isalnum() or letter in _HARMLESS for letter in name)


def _place(caches: Sequence[str]) -> str:
    digest = zlib.crc32(_key(caches).encode("utf-8", "surrogatepass"))
    return os.path.join(default_folder(), "names", f"{digest:08x}.txt")  # noqa: PTH118 - without pathlib


def _key(caches: Sequence[str]) -> str:
    """Return a line that identifies the caches, from whatever folder they are named."""
    return repr([_absolute(each) for each in caches])


def _absolute(cache: str) -> str:
    label, place = split_label(cache)
    return cache if "://" in place else label + os.path.abspath(place)  # noqa: PTH100 - without pathlib


def split_label(cache: str) -> tuple[str, str]:
    """Return the label before a cache with its `=`, or an empty string, and the cache.

    :func:`specplan.sources.label.split_label` says the same, and takes longer to import.
    """
    label, equals, place = cache.partition("=")
    is_label = (
        place
        and label
        and all(each.isascii() and (each.isalnum() or each in "_.-") for each in label)
    )
    return (f"{label}{equals}", place) if is_label else ("", cache)
