"""Type aliases of the public face."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

__all__ = ["CellName", "Counted", "NamedField", "Paths", "Progress", "SystemOfPlatform", "Unit"]

#: The name of a cell: stack, operating system, target.
CellName: TypeAlias = tuple[str, str, str]

#: The name of a system with its platform: operating system, target, platform.
SystemOfPlatform: TypeAlias = tuple[str, str, str]

#: Called with the number of checked files and their total.
Counted: TypeAlias = Callable[[int, int], None]

#: The fields of specs whose distinct values a catalog lists.
NamedField: TypeAlias = Literal["package", "version", "platform", "os", "target", "compiler"]

#: One path or several.
Paths: TypeAlias = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

#: Called repeatedly while a file is fetched, with its name, the bytes received, and the expected
#: bytes, if known. Both are equal at the end.
Progress: TypeAlias = Callable[[str, int, int | None], None]

#: The unit of costs: builds if no file contains costs, otherwise seconds.
Unit: TypeAlias = Literal["builds", "seconds"]
