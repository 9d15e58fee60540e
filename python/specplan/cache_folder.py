"""The folder where specplan keeps what it may need again; all of it may be removed at any time."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

__all__ = ["CACHE_FOLDER_VARIABLE", "default_folder"]

#: The variable that names the folder.
CACHE_FOLDER_VARIABLE: Final = "SPECPLAN_CACHE_DIR"


def default_folder() -> Path:
    """Return the folder that the environment names, or the system's usual one."""
    if named := os.environ.get(CACHE_FOLDER_VARIABLE):
        return Path(named)
    if (base := os.environ.get("XDG_CACHE_HOME")) and Path(base).is_absolute():
        return Path(base, "specplan")
    if sys.platform == "win32" and (base := os.environ.get("LOCALAPPDATA")):
        return Path(base, "specplan", "cache")
    return Path("~/.cache/specplan").expanduser()
