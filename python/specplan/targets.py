"""Targets beyond the built-in ones: configured, or from an installed archspec.

Targets added here are known to the whole process, because compatibility does not depend on a
catalog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final

from specplan import _core
from specplan.arguments import checked
from specplan.errors import UsageError

__all__ = ["is_known", "learn", "teach"]

#: The package whose data is used for unknown targets.
_ARCHSPEC: Final = "archspec"


@checked
def teach(targets: Mapping[str, Sequence[str]]) -> None:
    """Make targets known, for the rest of the process.

    Args:
        targets: By the name of a target, its parents, whose binaries run on it.

    Raises:
        UsageError: If a parent is unknown, a target descends from itself, or is known with other
            parents.

    Examples:
        >>> teach({"zen6_dense": ["zen6"]})
        >>> is_known("zen6_dense")
        True
    """
    try:
        _core.teach_targets([(name, list(parents)) for name, parents in targets.items()])
    except ValueError as error:
        raise UsageError(
            str(error), hint='a target names its direct parents, as in `zen4 = ["zen3"]`'
        ) from error


def is_known(name: str) -> bool:
    """Return whether a target is known, also to an installed archspec."""
    learn((name,))
    return _core.is_known_target(name)


def learn(names: Iterable[str]) -> None:
    """Look up unknown names in the data of an installed archspec."""
    if not all(map(_core.is_known_target, names)):
        _learn_installed()


def forget_installed() -> None:
    """Look up the installed archspec again at the next unknown name."""
    _learn_installed.cache_clear()


@cache
def _learn_installed() -> None:
    """Add the targets of an installed archspec that the built-in table lacks."""
    known = set(_core.known_targets())
    left = {name: parents for name, parents in _installed().items() if name not in known}
    while ready := [name for name, parents in left.items() if known.issuperset(parents)]:
        _core.teach_targets([(name, left.pop(name)) for name in ready])
        known.update(ready)


def _installed() -> dict[str, list[str]]:
    """Return the targets of the installed archspec with their parents; empty without one."""
    # Imported here because most targets are known without it.
    import json  # noqa: PLC0415
    from importlib import resources  # noqa: PLC0415

    try:
        file = resources.files(_ARCHSPEC) / "json" / "cpu" / "microarchitectures.json"
        loaded = json.loads(file.read_text(encoding="utf-8"))
        return {
            name: [str(parent) for parent in target["from"]]
            for name, target in loaded["microarchitectures"].items()
        }
    except (ImportError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
