"""The commits of package repositories that an environment pins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError
from specplan.sources.environments import yaml_tree
from specplan.sources.environments.sections import entry, unsuffixed
from specplan.sources.environments.yaml_tree import Mapping, Scalar

if TYPE_CHECKING:
    from specplan.sources.limits import Limits

__all__ = ["pinned_beside"]

_LOCK: Final = "spack.lock"
_ENVIRONMENT: Final = "spack.yaml"

#: The keys of a repository that fix a commit; a branch moves.
_PINS: Final = ("commit", "tag")


def pinned_beside(lock: str, limits: Limits) -> dict[str, str]:
    """Return the revisions that the environment beside a lock pins, by repository.

    An environment that cannot be read pins nothing; the reader of its lock reports it.

    Args:
        lock: The file of the lock.
        limits: The limits for each file.
    """
    path = Path(lock)
    file = path.with_name(_ENVIRONMENT)
    if path.name.removesuffix(".gz") != _LOCK or not file.is_file():
        return {}
    try:
        document = yaml_tree.read(file, limits)
        section = _section(document)
    except SourceError:
        return {}
    return _pinned(section)


def _section(document: yaml_tree.Node) -> yaml_tree.Node | None:
    spack = entry(document, "spack") if isinstance(document, Mapping) else None
    return entry(spack, "repos") if isinstance(spack, Mapping) else None


def _pinned(section: yaml_tree.Node | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, node in section.entries.items() if isinstance(section, Mapping) else ():
        if not isinstance(node, Mapping):
            continue
        for pin in _PINS:
            value = entry(node, pin)
            if isinstance(value, Scalar) and value.text:
                found[unsuffixed(key)[0]] = value.text
                break
    return found
