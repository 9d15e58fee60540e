"""The cache folder of specplan; all of its content may be removed at any time."""

from __future__ import annotations

import os
import sys

__all__ = ["CACHE_FOLDER_VARIABLE", "default_folder"]

#: The variable that names the folder.
CACHE_FOLDER_VARIABLE = "SPECPLAN_CACHE_DIR"


def default_folder() -> str:
    """Return the folder that the environment names, or the system's usual one."""
    # Completion also calls this, and must not wait for the import of pathlib.
    if named := os.environ.get(CACHE_FOLDER_VARIABLE):
        return named
    if (base := os.environ.get("XDG_CACHE_HOME")) and os.path.isabs(base):  # noqa: PTH117
        return os.path.join(base, "specplan")  # noqa: PTH118
    if sys.platform == "win32" and (base := os.environ.get("LOCALAPPDATA")):
        return os.path.join(base, "specplan", "cache")  # noqa: PTH118
    return os.path.expanduser("~/.cache/specplan")  # noqa: PTH111
