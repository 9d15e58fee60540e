"""How the files of a build cache lie."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = ["Layout"]

#: The layouts of mirrors by their number, and that of repositories of registries.
Layout: TypeAlias = Literal[2, 3, "registry"]
