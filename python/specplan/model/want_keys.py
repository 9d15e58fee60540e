"""What cells want, in few letters, so that a later run can distinguish lost wants from new ones."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Set as AbstractSet
from hashlib import sha256
from typing import Final, TypeAlias

from specplan.records import dataclass

__all__ = ["KEY_LETTERS", "KeyedWants", "KnownWants", "WantKeys", "key_of"]

#: How long a key is: 36 bits, of which a wrong match among a thousand wants is one in 60 million.
KEY_LETTERS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class WantKeys:
    """All that some cells want, each want by the first letters of its checksum.

    Attributes:
        cells: The cells, by their numbers in the document, from 0.
        keys: The keys one after the other, sorted, six letters each: the first of the SHA-256 of
            the want in UTF-8, written as base64 for URLs.
    """

    cells: tuple[int, ...]
    keys: str

    @property
    def each(self) -> frozenset[str]:
        """The keys apart."""
        starts = range(0, len(self.keys), KEY_LETTERS)
        return frozenset(self.keys[start : start + KEY_LETTERS] for start in starts)


def key_of(want: str) -> str:
    """Return the key of a want, the same in every run.

    Examples:
        >>> key_of("hdf5"), key_of("hdf5@=1.14.6")
        ('UvGWsb', 'E8z4wK')
    """
    digest = sha256(want.encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest[:6])[:KEY_LETTERS].decode()


@dataclass(frozen=True, slots=True)
class KeyedWants:
    """Wants of which only the keys are known."""

    keys: frozenset[str]

    def __contains__(self, want: object) -> bool:
        """Whether a want is among them, by its whole key."""
        return isinstance(want, str) and key_of(want) in self.keys


#: All wants of a cell, by name or by key.
KnownWants: TypeAlias = AbstractSet[str] | KeyedWants
