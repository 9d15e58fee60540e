"""What no source may go beyond."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on input, so that no file can eat memory or time without end.

    Attributes:
        file_bytes: The largest file that is read at all.
        yaml_bytes: The largest page that is read as YAML. PyYAML takes seconds for
            what the bulk reader takes milliseconds for.
        tree_entries: How many files and folders a source may hold.
    """

    file_bytes: int = 64 << 20
    yaml_bytes: int = 4 << 20
    tree_entries: int = 4_000_000
