"""Errors for places that do not exist: mistyped paths, or texts that are not paths."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from specplan.errors import SourceError
from specplan.patterns import pattern
from specplan.similar_names import nearest
from specplan.sources.stores.store import printable

__all__ = ["absence", "is_there", "looks_like_a_file"]

#: The suffixes of files that specplan reads or writes, and of others that are given instead.
_SUFFIXES: Final = (
    "csv", "gz", "html", "json", "lock", "md", "spack", "tar", "tgz", "toml", "txt", "xml",
    "xz", "yaml", "yml", "zip", "zst",
)  # fmt: skip

#: The part of a text that may be a path: an abstract spec continues with version and variants.
_HEAD: Final = pattern(r"[^\s@+~%^=]*")

#: ``hdf5/kr35wwg``: a name and the first letters of a hash.
_NAME_AND_HASH: Final = pattern(r"[\w.-]*/[a-z2-7]{7,32}")

#: A host with a port, or a host name with a domain, and perhaps a path below it.
_HOST: Final = pattern(r"(?:\[[0-9a-fA-F:]+\]|[\w.-]+):[0-9]{1,5}(?:/.*)?|localhost(?:/.*)?")
_DOMAIN: Final = pattern(r"(?:[\w-]+\.)+(?:com|dev|edu|eu|gov|io|net|org)(?:/.*)?")

#: A variable of the shell at the start of a path.
_VARIABLE: Final = pattern(r"\$(?:(\w+)|\{(\w+)\})")

#: The similarity of a suggested name, from 0 to 1, and the number of names to compare.
_CLOSENESS: Final = 0.6
_MOST_NAMES: Final = 10_000


def looks_like_a_file(text: str) -> bool:
    """Return whether a text is meant to be a path rather than an abstract spec or a snapshot.

    It is if it has a separator, or (nearly) the suffix of a file.

    Examples:
        >>> [looks_like_a_file(each) for each in ("a/spack.lock", "spack.lok", "./hdf5")]
        [True, True, True]
        >>> [looks_like_a_file(each) for each in ("hdf5@1.14:", "builtin.zlib", "hdf5/kr35wwg")]
        [False, False, False]
    """
    head = _HEAD.match(text)
    path = head[0] if head else ""
    if "/" in path or os.sep in path:
        return not _NAME_AND_HASH.fullmatch(text)
    stem, dot, suffix = path.rpartition(".")
    if path != text or not dot or not stem or stem.split(".")[0] == "builtin":
        return text.startswith("~")
    return bool(nearest(suffix.lower(), _SUFFIXES, most=1, closeness=0.75))


def absence(source: str, *, hint: str | None = None) -> SourceError:
    """Return the error for a place that does not exist, with a suggestion.

    Args:
        source: The text, as it was given.
        hint: A hint of the caller, if it knows better.
    """
    shown = printable(source)
    if hint is None:
        hint = _of_variable(source) or _remedy(source)
    return SourceError(f"`{shown}` does not exist", path=shown, hint=hint)


def _of_variable(source: str) -> str | None:
    """Return the reason why a path still has a variable of the shell, or None."""
    found = _VARIABLE.match(source)
    if found is None:
        return None
    if (found[1] or found[2]) in os.environ:
        return f"the shell expands `{found[0]}` only outside of single quotes"
    return f"the variable `{found[0]}` is not set, and only the shell expands variables"


def _remedy(source: str) -> str | None:
    if source.startswith("~"):
        expanded = os.path.expanduser(source)  # noqa: PTH111 - that of `Path` fails without a home
        return f"write `{expanded}`: the shell expands `~` only outside of quotes"
    if _HOST.fullmatch(source):
        return f"a URL begins with its scheme: write `http://{source}`"
    if (near := _near(source)) is not None:
        return f"did you mean `{near}`?"
    if _DOMAIN.fullmatch(source):
        return f"a URL begins with its scheme: write `https://{source}`"
    if re.search(r"[*?\[]", source):
        return "no file matches the pattern, which only the shell expands, outside of quotes"
    return None


def _near(source: str) -> str | None:
    """Return an existing path with a similar spelling, or None."""
    parts = Path(source).parts
    for at, part in enumerate(parts):
        folder = os.path.join(*parts[:at]) if at else ""  # noqa: PTH118 - as it was given
        # The method of `Path` raises an error if access is denied.
        if os.path.exists(os.path.join(folder, part)):  # noqa: PTH110, PTH118
            continue
        for name in _names_like(part, folder or "."):
            found = os.path.join(folder, name, *parts[at + 1 :])  # noqa: PTH118
            if os.path.exists(found):  # noqa: PTH110
                return printable(Path(found))
        return None
    return None


def _names_like(name: str, folder: str) -> list[str]:
    """Return the names in a folder that are similar to one, best first."""
    names: dict[str, str] = {}
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(_MOST_NAMES), entries, strict=False):
                names.setdefault(entry.name.casefold(), entry.name)
    except (OSError, ValueError):
        return []
    near = nearest(name.casefold(), sorted(names), most=5, closeness=_CLOSENESS)
    return [names[each] for each in near]


def is_there(path: Path) -> bool:
    """Return whether there is anything at a path.

    Raises:
        SourceError: If that cannot be determined: no permission, a name too long, a NUL in it.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        fault = getattr(error, "strerror", None) or str(error)
        shown = printable(path)
        raise SourceError(f"`{shown}` cannot be read: {fault}", path=shown) from error
    return True
