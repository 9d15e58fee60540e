"""Recognizing the folder of a saved catalog."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["NAME", "aside", "beside", "catalog_at", "is_saved"]

#: The file that identifies a folder as a saved catalog.
NAME: Final = "_specplan.json"


def is_saved(folder: Path) -> bool:
    """Return whether a folder is a saved catalog, damaged or not."""
    try:
        return (folder / NAME).is_file()
    except (OSError, ValueError):
        return False


def catalog_at(folder: Path) -> Path | None:
    """Return the folder of a saved catalog, or None if there is none.

    If a run was killed between the two steps that some file systems need, the old catalog is found
    under its temporary name.
    """
    if is_saved(folder):
        return folder
    old = aside(folder)
    return old if not os.path.lexists(folder) and is_saved(old) else None


def beside(folder: Path) -> Path:
    """Return the folder in which the replacement of a catalog is written."""
    return _hidden(folder, "specplan-new")


def aside(folder: Path) -> Path:
    """Return the folder of the old catalog between two steps."""
    return _hidden(folder, "specplan-old")


def _hidden(folder: Path, suffix: str) -> Path:
    """Return a hidden name beside a folder; the root of the file system has none of its own."""
    whole = folder.absolute()
    return whole.parent / f".{whole.name}.{suffix}"
