"""The names of a catalog, saved for the completion of command lines.

A shell waits for completions while the user types, and reading a cache takes too long for that. So
a run on a terminal saves the names that it read, and completion only uses these: it never reads a
cache or asks a server.

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

#: The size limit of saved names; those of a real cache take less.
_MOST_BYTES = 8 << 20

#: The characters besides letters and digits in names that a shell may insert unquoted: names come
#: from caches, and no cache may run anything.
_HARMLESS = "._-+/@:=,%^"


def keep(caches: Sequence[str], catalog: Catalog) -> None:
    """Save the names of a catalog for completion on a terminal.

    Args:
        caches: Its sources, as they were given.
        catalog: The catalog.
    """
    # Completion writes nothing, so it does not wait for this import.
    import contextlib  # noqa: PLC0415
    import sys  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from specplan import temporary  # noqa: PLC0415
    from specplan.cli import output  # noqa: PLC0415

    if not output.is_terminal(sys.stderr):
        return
    place = Path(_place(caches))
    content = "\n".join([_key(caches), *_lines(catalog)]).encode("utf-8", "surrogatepass")
    # It only helps the next command line, so a failure is not an error of this one.
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
        # Including unread ones.
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
        kind: Their kind: ``stack``, ``tag``, ``os``, ``target``, ``system`` or ``package``.
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
    """Return a line that identifies the caches, independently of the working directory."""
    return repr([_absolute(each) for each in caches])


def _absolute(cache: str) -> str:
    label, place = split_label(cache)
    return cache if "://" in place else label + os.path.abspath(place)  # noqa: PTH100 - without pathlib


def split_label(cache: str) -> tuple[str, str]:
    """Return the label before a cache with its `=`, or an empty string, and the cache.

    :func:`specplan.sources.label.split_label` returns the same, but takes longer to import.
    """
    label, equals, place = cache.partition("=")
    is_label = (
        place
        and label
        and all(each.isascii() and (each.isalnum() or each in "_.-") for each in label)
    )
    return (f"{label}{equals}", place) if is_label else ("", cache)
