"""Key paths: the location of a value in a document."""

from __future__ import annotations

from typing import Final

__all__ = ["WHOLE", "Location"]

#: The number of letters shown of a key. Each damaged value shows its place, so a key of a megabyte
#: above thousands of them must not be repeated in full.
_MAX_SHOWN: Final = 200


class Location:
    """The place of a value, stored as the place of its parent and one step from there.

    A document can have as many values as bytes, and a key can be as long as the document. So the
    text of a place is only made on demand.

    >>> str(WHOLE.key("data").item(0).key("checksum"))
    'data[0].checksum'
    >>> str(WHOLE)
    ''
    """

    __slots__ = ("_holder", "_step")

    def __init__(self, holder: Location | None = None, step: str | int = "") -> None:
        """Create a place.

        Args:
            holder: The place of the list or mapping that holds the value; None for the
                document itself.
            step: The key in a mapping, or the position in a list, from 0.
        """
        self._holder = holder
        self._step = step

    def key(self, key: str) -> Location:
        """Return the place of the value of a key in the mapping here."""
        return Location(self, key)

    def item(self, position: int) -> Location:
        """Return the place of an item of the list here, from 0."""
        return Location(self, position)

    def __str__(self) -> str:
        """Return the key path, such as ``data[0].checksum``; empty for the whole document.

        Long keys are cut, shown as ``…``.
        """
        steps: list[str | int] = []
        place = self
        while place._holder is not None:
            steps.append(place._step)
            place = place._holder
        return "".join(map(_shown, reversed(steps))).removeprefix(".")


def _shown(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if len(step) <= _MAX_SHOWN else f".{step[:_MAX_SHOWN]}…"


#: The document as a whole.
WHOLE: Final = Location()
