"""The entry point ``spack.extensions``, by which Spack finds ``spack specplan``."""

from __future__ import annotations

from pathlib import Path

__all__ = ["paths"]


def paths() -> list[str]:
    """Return the folders of the extensions for Spack that this package holds.

    Examples:
        >>> [Path(each).name for each in paths()]
        ['spack-specplan']
    """
    return [str(Path(__file__).parent / "spack-specplan")]
