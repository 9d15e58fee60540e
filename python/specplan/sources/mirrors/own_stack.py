"""The stack name of a source without a label."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from specplan.patterns import pattern
from specplan.sources.label import split_label

__all__ = ["NO_STACK", "labelled_apart", "own_stack_of"]

#: The label of specs in no stack.
NO_STACK: Final = "-"

_LABEL: Final = pattern(r"[A-Za-z0-9_.-]+")

#: The characters that a label may not contain.
_OTHER: Final = pattern(r"[^A-Za-z0-9_.-]+")

#: The suffixes of file names that only describe the format.
_ENDINGS: Final = (".gz", ".sig", ".json")

#: The name of the union index of a snapshot, which is not a stack.
_UNION: Final = "root"


def own_stack_of(where: str, *, remote: bool) -> str:
    """Return the name of the folder, of the file or of the last part of the URL of a source.

    It is empty for standard input, and if that name is not a valid label or is that of a union
    index: such a source is in no stack.

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


def labelled_apart(sources: dict[str, str]) -> dict[str, str]:
    """Return sources with labels if several would otherwise have the same name.

    Args:
        sources: Sources, each with its name for the label.

    Examples:
        >>> labelled_apart({"a/mirror": "a", "b/mirror": "b", "cache": "c"})
        {'a/mirror': 'a=a/mirror', 'b/mirror': 'b=b/mirror', 'cache': 'cache'}
    """
    own = {source: _name(source) for source in sources}
    count = Counter(own.values())
    alike = {
        source
        for source, name in own.items()
        if name and count[name] > 1 and not split_label(source)[0]
    }
    taken = {name for source, name in own.items() if source not in alike}
    found = {}
    for source, name in sources.items():
        found[source] = source
        if source in alike:
            label = first = _OTHER.sub("-", name).strip("-.") or "mirror"
            number = 2
            while label in taken:
                label = f"{first}-{number}"
                number += 1
            taken.add(label)
            found[source] = f"{label}={source}"
    return found


def _name(source: str) -> str:
    return split_label(source)[0] or own_stack_of(source, remote="://" in source)


def _last_of_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        # The reader of the source reports a fault in its URL.
        return ""
    name = _last_of(unquote(parts.path))
    return name or (parts.hostname or "")


def _last_of_path(where: str) -> str:
    if where == "-":
        return ""
    try:
        # The folder `.` has a name.
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
