"""Versions with the arithmetic of recipes."""

from __future__ import annotations

import re
from typing import Final, final

from specplan import _core
from specplan.patterns import pattern

__all__ = ["RecipeVersion"]

_PART: Final = pattern(r"[0-9]+|[a-zA-Z]+|[^0-9a-zA-Z]+")


@final
class RecipeVersion:
    """A version within a recipe, from which loops over versions build URLs.

    Examples:
        >>> version = RecipeVersion("8.1.2")
        >>> version.joined, str(version.up_to(2)), str(version)
        ('812', '8.1', '8.1.2')
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def joined(self) -> str:
        """The version without anything between its parts."""
        return "".join(self._parts)

    @property
    def dotted(self) -> str:
        """The version with dots."""
        return re.sub("[-_]", ".", self._text)

    @property
    def dashed(self) -> str:
        """The version with dashes."""
        return re.sub("[._]", "-", self._text)

    @property
    def underscored(self) -> str:
        """The version with underscores."""
        return re.sub("[-.]", "_", self._text)

    @property
    def _parts(self) -> list[str]:
        return [each for each in _PART.findall(self._text) if each[0].isalnum()]

    def up_to(self, count: int) -> RecipeVersion:
        """Return the version of the first parts; of all but the last if ``count`` is negative."""
        parts = [each for each in _PART.finditer(self._text) if each[0][0].isalnum()]
        kept = parts[:count]
        return RecipeVersion(self._text[: kept[-1].end()] if kept else "")

    def __lt__(self, other: RecipeVersion) -> bool:
        return _core.Version(self._text) < _core.Version(str(other))

    def __le__(self, other: RecipeVersion) -> bool:
        return _core.Version(self._text) <= _core.Version(str(other))

    def __gt__(self, other: RecipeVersion) -> bool:
        return not self <= other

    def __ge__(self, other: RecipeVersion) -> bool:
        return not self < other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecipeVersion) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Version({self._text!r})"
