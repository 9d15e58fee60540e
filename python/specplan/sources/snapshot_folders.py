"""The snapshots of a tree of package pages, so that each can be read separately."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from specplan.sources.label import split_label

__all__ = ["snapshot_folders"]

#: The folder of a website that holds the snapshots.
_CACHE: Final = "_cache"

_PAGE: Final = "specs.md"


def snapshot_folders(source: str) -> dict[str, str]:
    """Return the folder of each snapshot of a tree ``_cache/TAG/PACKAGE/specs.md``, by its name.

    Args:
        source: A source, perhaps with a label, which stays in front of each folder.

    Returns:
        By the name of a snapshot, the source with only this one; empty if the source is not such a
            tree. Folders are listed, but no page is read.
    """
    label, place = split_label(source)
    root = Path(place)
    found = {}
    try:
        base = root / _CACHE if (root / _CACHE).is_dir() else root
        for each in sorted(os.scandir(base), key=lambda entry: entry.name):
            if each.is_dir() and _holds_pages(each.path):
                found[each.name] = f"{label}={each.path}" if label else each.path
    except (OSError, ValueError):
        return {}
    return found


def _holds_pages(folder: str) -> bool:
    """Return whether a folder contains folders of packages, judging by the first one."""
    with os.scandir(folder) as entries:
        for package in entries:
            if package.is_dir():
                return os.path.isfile(os.path.join(package.path, _PAGE))  # noqa: PTH113, PTH118 - as cheap as can be
    return False
