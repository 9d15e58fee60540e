"""What a source without a label is called as a stack of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from specplan.patterns import pattern

__all__ = ["NO_STACK", "own_stack_of"]

#: The label of what is in no stack.
NO_STACK: Final = "-"

_LABEL: Final = pattern(r"[A-Za-z0-9_.-]+")

#: What ends the name of a file and says only how it is written.
_ENDINGS: Final = (".gz", ".sig", ".json")

#: The union index of a snapshot is called so: it is not a stack.
_UNION: Final = "root"


def own_stack_of(where: str, *, remote: bool) -> str:
    """Return the name of the folder, of the file or of the last part of the URL of a source.

    It is empty for standard input, and where that name is not a label or that of a union index:
    such a source is in no stack.

    Examples:
        >>> own_stack_of("caches/site", remote=False), own_stack_of("old.json.gz", remote=False)
        ('site', 'old')
        >>> own_stack_of("https://host/mirrors/e4s/", remote=True)
        'e4s'
        >>> own_stack_of("mirror/v3/manifests/index/e4s", remote=False)
        'e4s'
        >>> own_stack_of("caches/root", remote=False), own_stack_of("my caches", remote=False)
        ('', '')
    """
    name = _last_of_url(where) if remote else _last_of_path(where)
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    if _LABEL.fullmatch(name) is None or name in {_UNION, NO_STACK, ".", ".."}:
        return ""
    return name


def _last_of_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        # What reads the source says what is wrong with its URL.
        return ""
    name = _last_of(unquote(parts.path))
    return name or (parts.hostname or "")


def _last_of_path(where: str) -> str:
    if where == "-":
        return ""
    try:
        # The folder that `.` stands for has a name.
        path = Path(where).absolute() if ".." not in where else Path(where).resolve()
    except (OSError, ValueError):
        path = Path(where)
    return _last_of(path.as_posix())


def _last_of(path: str) -> str:
    from specplan.sources.mirrors.mirror import split_view  # noqa: PLC0415 - pages need no mirror

    found = split_view(path)
    if found is not None:
        root, view = found
        path = view or root
    return path.rstrip("/").rpartition("/")[2]
