"""The layout of the files of a build cache."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

__all__ = ["TAG_FOLDER", "Layout"]

#: The layouts of mirrors by their number, and that of repositories of registries.
Layout: TypeAlias = Literal[2, 3, "registry"]

#: The folder of the manifests of a registry's tags.
TAG_FOLDER: Final = "tags"
