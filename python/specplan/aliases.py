"""Type aliases of the public face."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

__all__ = ["CellName", "Counted", "NamedField", "Places", "Progress", "SystemOfPlatform", "Unit"]

#: The name of a cell: stack, operating system, target.
CellName: TypeAlias = tuple[str, str, str]

#: The name of a system with its platform: operating system, target, platform.
SystemOfPlatform: TypeAlias = tuple[str, str, str]

#: Called with how many files of how many were looked at.
Counted: TypeAlias = Callable[[int, int], None]

#: The fields of specs whose distinct values a catalog lists.
NamedField: TypeAlias = Literal["package", "version", "platform", "os", "target", "compiler"]

#: One path or several.
Places: TypeAlias = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

#: Called again and again while a file arrives, with what it is, the bytes that are here, and the
#: bytes it will have, if that is known. Both are equal once it is here.
Progress: TypeAlias = Callable[[str, int, int | None], None]

#: What costs count: builds where no file gives costs, else the seconds of the files.
Unit: TypeAlias = Literal["builds", "seconds"]
