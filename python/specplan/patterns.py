"""Regular expressions that are compiled on first use.

Compiling one takes as long as importing a small module, and a run uses only a few of those in its
modules.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

__all__ = ["pattern"]

#: The attributes of a compiled expression.
_METHODS = (
    *("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"),
    *("flags", "groups", "groupindex", "pattern"),
)


class _Pattern:
    """A regular expression; the methods are those of a compiled one."""

    def __init__(self, text: Any, flags: int = 0) -> None:
        self._given = (text, flags)

    def __getattr__(self, name: str) -> object:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled: object = re.compile(*self._given)
        # From now on these are found directly, without calling this method.
        vars(self).update({each: getattr(compiled, each) for each in _METHODS})
        return getattr(compiled, name)


if TYPE_CHECKING:
    from re import compile as pattern
else:
    pattern = _Pattern
