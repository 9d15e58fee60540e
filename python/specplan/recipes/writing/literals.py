"""Constants, and the quotes of strings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ALL_QUOTES", "TRIPLE_QUOTES", "constant", "joined", "quoted"]

TRIPLE_QUOTES: Final = ('"""', "'''")
ALL_QUOTES: Final = ("'", '"', *TRIPLE_QUOTES)

#: The representation of infinity: a number that is too large for a float.
_INFINITY: Final = f"1e{sys.float_info.max_10_exp + 1}"


def constant(value: object) -> str:
    """Return a constant as text."""
    if value is ...:
        return "..."
    if isinstance(value, (float, complex)):
        shown = repr(value).replace("inf", _INFINITY)
        return shown.replace("nan", f"({_INFINITY}-{_INFINITY})")
    return repr(value)


def _escaped(text: str, *, with_blanks: bool) -> str:
    """Return a text with backslashes before characters that a literal cannot contain."""

    def escaped(letter: str) -> str:
        if letter in "\n\t" and not with_blanks:
            return letter
        if letter == "\\" or not letter.isprintable():
            return letter.encode("unicode_escape").decode("ascii")
        return letter

    return "".join(map(escaped, text))


def _fitted(
    text: str, quotes: Sequence[str], *, with_blanks: bool = False
) -> tuple[str, Sequence[str]]:
    """Return the inside of a literal, and the possible quotes, in order of preference."""
    inside = _escaped(text, with_blanks=with_blanks)
    fitting = [
        each
        for each in quotes
        if each not in inside and ("\n" not in inside or each in TRIPLE_QUOTES)
    ]
    if not fitting:
        shown = repr(text)
        return shown[1:-1], [next((each for each in quotes if shown[0] in each), shown[0])]
    if inside:
        fitting.sort(key=lambda each: each[0] == inside[-1])
        if fitting[0][0] == inside[-1]:
            inside = f"{inside[:-1]}\\{inside[-1]}"
    return inside, fitting


def quoted(text: str, quotes: Sequence[str] = ALL_QUOTES) -> str:
    """Return a literal of a text with as few backslashes as possible."""
    inside, fitting = _fitted(text, quotes)
    return f"{fitting[0]}{inside}{fitting[0]}"


def joined(parts: Sequence[tuple[str, bool]]) -> str:
    """Return the literal of an f-string, without its prefix.

    Args:
        parts: The parts, each with whether it is plain text.
    """
    quotes: Sequence[str] = ALL_QUOTES
    insides = []
    for text, is_plain in parts:
        inside, fitting = _fitted(text, quotes, with_blanks=is_plain)
        if set(fitting).isdisjoint(quotes):
            return _joined_in_triple_quotes(parts)
        quotes = fitting
        insides.append(inside)
    return f"{quotes[0]}{''.join(insides)}{quotes[0]}"


def _joined_in_triple_quotes(parts: Sequence[tuple[str, bool]]) -> str:
    # A leading double quote makes `repr` use single quotes.
    inside = "".join(repr(f'"{text}')[2:-1] for text, _ in parts)
    return f"'''{inside}'''"
