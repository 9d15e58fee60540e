"""The entry point ``spack.extensions``, through which Spack finds ``spack specplan``."""

from __future__ import annotations

from pathlib import Path

__all__ = ["paths"]


def paths() -> list[str]:
    """Return the folders of the Spack extensions in this package.

    Examples:
        >>> [Path(each).name for each in paths()]
        ['spack-specplan']
    """
    return [str(Path(__file__).parent / "spack-specplan")]
