"""The mirrors of an environment or of a ``mirrors.yaml``.

Only their locations are read. Credentials in the file are never used or stored.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources.environments import yaml_tree
from specplan.sources.environments.sections import entry, is_nothing, only_known, unsuffixed
from specplan.sources.environments.yaml_tree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from pathlib import Path

    from specplan.sources.limits import Limits

__all__ = ["NamedMirror", "read_mirrors", "read_mirrors_file"]

_FILE: Final = "file://"

#: The variable with the folder of the environment in a path.
_ENVIRONMENT: Final = pattern(r"\$(?:env\b|\{env\})")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedMirror:
    """A mirror that may hold binaries.

    Attributes:
        name: Its name in the file.
        source: The path or the URL from which binaries are fetched.
        is_local: Whether it is on this machine.
        where: The file and the line.
    """

    name: str
    source: str
    is_local: bool
    where: str


def read_mirrors(mirrors: Node | None, folder: Path) -> tuple[NamedMirror, ...]:
    """Read a ``mirrors:`` section, ignoring mirrors that only have sources.

    Args:
        mirrors: The section.
        folder: The folder to which relative paths refer.

    Raises:
        DamagedSourceError: If a mirror is neither a URL nor a mapping with one.
    """
    if mirrors is None or is_nothing(mirrors):
        return ()
    if not isinstance(mirrors, Mapping):
        raise mirrors.mark.fault(f"expected a mapping, found {mirrors.kind}")
    found = []
    for key, node in mirrors.entries.items():
        url = None if is_nothing(node) else _url(node)
        if url is None or not url.text:
            continue
        is_remote = "://" in url.text and not url.text.startswith(_FILE)
        place = _without_credentials(url) if is_remote else _path(url.text, folder)
        found.append(
            NamedMirror(
                name=unsuffixed(key)[0], source=place, is_local=not is_remote, where=url.mark.where
            )
        )
    return tuple(found)


def read_mirrors_file(path: Path, limits: Limits) -> tuple[NamedMirror, ...]:
    """Read a ``mirrors.yaml``.

    Raises:
        SourceError: If it cannot be read.
        DamagedSourceError: If it is not such a file.
    """
    document = yaml_tree.read(path, limits)
    if not isinstance(document, Mapping):
        raise document.mark.fault(f"expected a mapping, found {document.kind}")
    only_known(document)
    return read_mirrors(entry(document, "mirrors"), path.parent)


def _path(text: str, folder: Path) -> str:
    """Return the path of a local mirror; Spack puts in `$env` and the home directory."""
    text = _ENVIRONMENT.sub(lambda _: str(folder.absolute()), text.removeprefix(_FILE))
    return str(folder / os.path.expanduser(text))  # noqa: PTH111 - an unknown user stays as written


def _without_credentials(url: Scalar) -> str:
    """Return a URL without the user, the password and the query in it."""
    try:
        parts = urlsplit(url.text)
    except ValueError as error:
        raise url.mark.fault(f"`{url.text}` is not a URL: {error}") from error
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()


def _url(node: Node) -> Scalar | None:
    """Return the URL from which binaries are fetched; None for a mirror without one."""
    if isinstance(node, Scalar):
        return node
    binary = entry(node, "binary")
    if isinstance(binary, Scalar) and binary.boolean is None:
        raise binary.mark.fault(f"expected `true` or `false`, found {binary.kind}")
    if isinstance(binary, Scalar) and not binary.boolean:
        return None
    for holder in (entry(node, "fetch"), node):
        if isinstance(holder, Scalar):
            return holder
        url = entry(holder, "url")
        if isinstance(url, Scalar):
            return url
    raise node.mark.fault("expected a URL, or a mapping with `url` or `fetch`")
