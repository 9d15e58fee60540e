"""Packages that import their names on first access."""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False  # of typing, which takes longer to import than this package
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["gathered"]


def gathered(
    package: str, places: Mapping[str, str], aliases: Mapping[str, str] | None = None
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return functions for ``__getattr__`` and ``__dir__`` of a package.

    Importing one name then only imports its module. Type checkers see the separate imports in the
    package; a test compares both lists.

    Args:
        package: The name of the package.
        places: The names that it exports, separated by blanks, by the module that has them; a
            module belongs to its package.
        aliases: Names for things with a different name in their module, as ``module.name``.
    """
    homes = {name: f"{home}.{name}" for home, names in places.items() for name in names.split()}
    homes |= aliases or {}

    def attribute(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home, _, own = homes[name].rpartition(".")
        value = import_module(homes[name]) if home == package else _imported(home, own)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *homes})

    return attribute, names


def _imported(home: str, name: str) -> object:
    """Return a name of a module, or a module of a package."""
    module = import_module(home)
    try:
        return getattr(module, name)
    except AttributeError:
        return import_module(f"{home}.{name}")
