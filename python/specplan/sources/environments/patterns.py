"""Regular expressions from untrusted files, matched in linear time.

Python's own ``re`` tries alternatives one after the other, and 200 characters can keep it busy for
ever. So a pattern is parsed here, checked to be valid in Python, and translated for an engine that
follows all alternatives at once. Anything that engine does not support, such as backreferences, is
refused.
"""

from __future__ import annotations

import re
import warnings
from typing import Final, Literal, NoReturn, TypeAlias

from specplan import _core
from specplan.patterns import pattern

__all__ = ["Matched", "Method", "PatternError", "matched"]

Method: TypeAlias = Literal["fullmatch", "match", "search"]

#: The maximum length of a pattern, and of a text to match.
_MAX_PATTERN: Final = 200
_MAX_SUBJECT: Final = 1024

_HINT: Final = (
    "groups, alternatives, repeats, classes and anchors are supported; references, lookarounds "
    "and possessive repeats are not"
)

#: The escapes for classes and positions in both languages.
_SAME: Final = frozenset("dDwWsSbA")

_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}

_REPEAT: Final = pattern(r"\{([0-9]*)(?:(,)([0-9]*))?\}")
_GROUP: Final = pattern(r"\(\?(?::|P<[A-Za-z_][A-Za-z_0-9]*>)")


class PatternError(ValueError):
    """A pattern that is not valid in Python, or needs more than is supported.

    Attributes:
        hint: The supported patterns.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.hint = _HINT


class Matched:
    """A match of a pattern: an object that is true and equals only itself, as in Python."""

    __slots__ = ()


def matched(
    method: str, pattern: str, subject: str, *, ignores_case: bool = False
) -> Matched | None:
    """Return whether a pattern is found, as the functions of ``re`` do.

    Args:
        method: The name of the function: ``fullmatch``, ``match`` or ``search``.
        pattern: The pattern, in Python's language.
        subject: The text that it is compared with.
        ignores_case: Whether to ignore case.

    Raises:
        PatternError: If the pattern is invalid or not supported, or one of the texts is too long.
    """
    if len(pattern) > _MAX_PATTERN or len(subject) > _MAX_SUBJECT:
        raise PatternError("a pattern or the text that it is matched against is too long")
    if not (subject.isascii() and (not subject or subject.isprintable())):
        # Letters and digits are defined differently for these.
        raise PatternError("a pattern is matched against printable ASCII text only")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"`{pattern}` is not a pattern: {error}") from error
    written = _PatternWriter(pattern).whole()
    before = "" if method == "search" else r"\A"
    after = r"\z" if method == "fullmatch" else ""
    flags = "(?i)" if ignores_case else ""
    try:
        found = _core.pattern_is_found(f"{flags}{before}(?:{written}){after}", subject)
    except ValueError as error:
        raise PatternError(f"the pattern `{pattern}` is not understood: {error}") from error
    return Matched() if found else None


class _PatternWriter:
    """Translates a pattern of Python into the language of the other engine."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0

    def whole(self) -> str:
        written = []
        if self._pattern.startswith("(?i)"):
            written.append("(?i)")
            self._position = len("(?i)")
        while self._position < len(self._pattern):
            written.append(self._next())
        return "".join(written)

    def _next(self) -> str:
        letter = self._take()
        special = {"[": self._class, "(": self._group, "{": self._repeat}.get(letter)
        if special is not None:
            return special()
        if letter == "\\":
            return self._escape(in_class=False)
        if letter in "*+?":
            return letter + self._lazy()
        # No text ends in a line feed here, so the end is the end.
        same = {"$": r"\z", **dict.fromkeys("^.|)", letter)}
        return same.get(letter) or _literal(letter)

    def _take(self) -> str:
        self._position += 1
        return self._pattern[self._position - 1]

    def _peek(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _lazy(self) -> str:
        """Skip the mark of a lazy quantifier, which has no effect here; refuse a possessive one."""
        if self._peek() == "+":
            self._refuse()
        if self._peek() == "?":
            self._position += 1
        return ""

    def _repeat(self) -> str:
        found = _REPEAT.match(self._pattern, self._position - 1)
        if found is None or found[0] == "{}":
            return _literal("{")
        self._position = found.end()
        most = found[1] if found[2] is None else f",{found[3]}"
        repeat = f"{{{most}}}" if found[2] is None else f"{{{found[1] or 0}{most}}}"
        return repeat + self._lazy()

    def _group(self) -> str:
        if self._peek() != "?":
            return "("
        found = _GROUP.match(self._pattern, self._position - 1)
        if found is None:
            self._refuse()
        self._position = found.end()
        return "(?:"

    def _class(self) -> str:
        written = ["["]
        if self._peek() == "^":
            written.append(self._take())
        is_first = True
        while is_first or self._peek() != "]":
            is_first = False
            written.append(self._member())
            if self._peek() == "-" and self._pattern[self._position + 1] != "]":
                self._position += 1
                written.append(f"-{self._member()}")
        self._position += 1
        return "".join(written) + "]"

    def _member(self) -> str:
        letter = self._take()
        return self._escape(in_class=True) if letter == "\\" else _literal(letter)

    def _escape(self, *, in_class: bool) -> str:
        letter = self._take()
        if letter in _CONTROLS:
            return _literal(_CONTROLS[letter])
        if letter == "Z" and not in_class:
            return r"\z"
        if letter in _SAME and not (in_class and letter in "bA"):
            return f"\\{letter}"
        return self._refuse() if letter.isalnum() else _literal(letter)

    def _refuse(self) -> NoReturn:
        raise PatternError(
            f"the pattern `{self._pattern}` is not understood at character {self._position}"
        )


def _literal(letter: str) -> str:
    return f"\\x{{{ord(letter):X}}}"
