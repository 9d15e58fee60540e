"""Short keys of wants, so that a later run can distinguish lost wants from new ones."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from hashlib import sha256
from typing import Final, TypeAlias

from specplan.records import dataclass

__all__ = ["KEY_LETTERS", "KeyedWants", "KnownWants", "WantKeys", "key_of", "keys_of"]

#: The length of a key: 36 bits, so a false match among a thousand wants has a chance of one in 60
#: million.
KEY_LETTERS: Final = 6

#: The number of bytes of a checksum that a key is made from, and their length in base64.
_KEY_BYTES: Final = 6
_LETTERS_OF_BYTES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class WantKeys:
    """The wants of some cells, each as the first letters of its checksum.

    Attributes:
        cells: The cells, by their numbers in the document, from 0.
        keys: The keys one after the other, sorted, six letters each: the first of the SHA-256 of
            the want in UTF-8, written as base64 for URLs.
    """

    cells: tuple[int, ...]
    keys: str

    @property
    def each(self) -> frozenset[str]:
        """The keys, one by one."""
        starts = range(0, len(self.keys), KEY_LETTERS)
        return frozenset(self.keys[start : start + KEY_LETTERS] for start in starts)


def key_of(want: str) -> str:
    """Return the key of a want, the same in every run.

    Examples:
        >>> key_of("hdf5"), key_of("hdf5@=1.14.6")
        ('UvGWsb', 'E8z4wK')
    """
    (key,) = keys_of([want])
    return key


def keys_of(wants: Iterable[str]) -> list[str]:
    """Return the key of each want, in the order of the wants.

    All of them are encoded as base64 at once: a lock can have hundreds of thousands of wants.
    """
    starts = [sha256(want.encode("utf-8", "surrogatepass")).digest()[:_KEY_BYTES] for want in wants]
    letters = urlsafe_b64encode(b"".join(starts)).decode()
    return [letters[at : at + KEY_LETTERS] for at in range(0, len(letters), _LETTERS_OF_BYTES)]


@dataclass(frozen=True, slots=True)
class KeyedWants:
    """Wants known only by their keys."""

    keys: frozenset[str]

    def __contains__(self, want: object) -> bool:
        """Return whether a want is among them, by comparing its whole key."""
        return isinstance(want, str) and key_of(want) in self.keys


#: All wants of a cell, by name or by key.
KnownWants: TypeAlias = AbstractSet[str] | KeyedWants
