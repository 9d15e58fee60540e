"""Sentences that keep names apart from words, before a format shows them.

A sentence of a report is our own text with names from the sources in it. Names may contain
anything, and each medium escapes them in its own way. So a sentence is written once, with each name
marked (:func:`name`, :func:`words`, :func:`spec`), and each format shows the marked parts in its
own way (:func:`render`). The rest of a sentence is ours, and a word between backticks in it is
code.

A mark is a control character before and after a name. If a name itself contains such a character,
it is replaced with its escape, as in every format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from specplan.model.spec import SHORT_HASH
from specplan.patterns import pattern
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Part", "Prose", "name", "parts", "plain", "render", "spec", "words"]

#: A sentence with marks in it.
Prose: TypeAlias = str

_MARKS: Final = pattern(r"\x0e(?P<kind>[nws])(?P<text>[^\x0f]*)\x0f")
_MARK: Final = pattern("[\x0e\x0f\x1f]")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sentence.

    Attributes:
        kind: The kind: our own text, a name, words from a source, or a spec.
        text: The text; for a spec its name, such as ``zlib@1.3.1``.
        between: The separator between the name of a spec and its hash.
        hash: The whole hash of a spec.
    """

    kind: Literal["ours", "name", "words", "spec"]
    text: str
    between: str = ""
    hash: str = ""


def name(text: str) -> Prose:
    """Return a name from a source as part of a sentence: a path, a package, a pattern."""
    return f"\x0en{_inert(text)}\x0f"


def words(text: str) -> Prose:
    """Return words from a source, such as a reason or a message, as part of a sentence."""
    return f"\x0ew{_inert(text)}\x0f"


def spec(label: str, dag_hash: str, between: str = "/") -> Prose:
    """Return a spec as part of a sentence; how much of its hash is shown is up to the format.

    Args:
        label: Its name, such as ``zlib@1.3.1``.
        dag_hash: Its whole hash.
        between: The separator between the two.
    """
    return f"\x0es{_inert(label)}\x1f{between}\x1f{_inert(dag_hash)}\x0f"


def _inert(text: str) -> str:
    return _MARK.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def parts(prose: Prose) -> list[Part]:
    """Return the parts of a sentence in their order.

    Example:
        >>> parts(f"stack {name('e4s')} is absent")[1]
        Part(kind='name', text='e4s', between='', hash='')
    """
    found = []
    at = 0
    for mark in _MARKS.finditer(prose):
        found.append(Part("ours", prose[at : mark.start()]))
        found.append(_part(mark["kind"], mark["text"]))
        at = mark.end()
    found.append(Part("ours", prose[at:]))
    return [part for part in found if part.text or part.kind != "ours"]


def _part(kind: str, text: str) -> Part:
    if kind == "s":
        label, between, dag_hash = text.split("\x1f")
        return Part("spec", label, between, dag_hash)
    return Part("name" if kind == "n" else "words", text)


def render(prose: Prose, shown: Callable[[Part], str]) -> str:
    """Return a sentence as a format shows it.

    Args:
        prose: The sentence.
        shown: Returns a marked part as shown by the format, escaped.
    """
    return "".join(part.text if part.kind == "ours" else shown(part) for part in parts(prose))


def plain(prose: Prose) -> str:
    """Return a sentence with unescaped names, for a message that is escaped as a whole."""
    return render(prose, lambda part: f"{part.text}{part.between}{part.hash[:SHORT_HASH]}")
