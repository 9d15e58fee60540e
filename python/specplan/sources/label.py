"""The label before a source."""

from __future__ import annotations

import re
from typing import Final

from specplan.patterns import pattern

__all__ = ["NO_CACHE", "STANDARD_INPUT", "split_label"]

#: Stands for an empty cache.
NO_CACHE: Final = "none"

#: Stands for standard input.
STANDARD_INPUT: Final = "-"


_LABELLED: Final = pattern(r"([A-Za-z0-9_.-]+)=(.+)", re.DOTALL)


def split_label(source: str) -> tuple[str, str]:
    """Return the label of a source, or an empty string, and the source.

    Examples:
        >>> split_label("e4s=locks/spack.lock")
        ('e4s', 'locks/spack.lock')
        >>> split_label("https://host/index.json?key=value")
        ('', 'https://host/index.json?key=value')
    """
    found = _LABELLED.fullmatch(source)
    return (found[1], found[2]) if found else ("", source)
