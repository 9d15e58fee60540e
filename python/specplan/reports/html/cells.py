"""Cells of tables and sentences as HTML. All texts are escaped here or by the templates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from specplan.model.spec import SHORT_HASH
from specplan.reports import outline as value
from specplan.reports.render import amounts, prose, wording
from specplan.reports.render.escape import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specplan.reports.render.prose import Part, Prose

__all__ = ["cell", "name", "paragraph", "sentence", "short_hash"]

#: The number of cells that are named before the rest is counted.
_FEW: Final = 3

_CODE: Final = Markup("<code>{}</code>")
_TEXT: Final = Markup("{}")


def name(text: str) -> Markup:
    """Return a name from a source, isolated so that it cannot reverse the surrounding text."""
    return Markup('<bdi class="name">{}</bdi>').format(visible(text))


def short_hash(dag_hash: str) -> Markup:
    """Return the first letters of a hash, with the whole hash as a tooltip."""
    shown = visible(dag_hash)
    return Markup('<code class="hash" title="{}">{}</code>').format(shown, shown[:SHORT_HASH])


def sentence(words: Prose) -> Markup:
    """Return a sentence with its names marked; text between backticks is code."""
    return Markup("").join(_part(each) for each in prose.parts(words))


def paragraph(words: Prose) -> Markup:
    """Return a whole sentence: its first letter is a capital, unless a name's."""
    first, *rest = prose.parts(words) or [prose.Part("ours", "")]
    if first.kind == "ours" and not first.text.startswith(("--", "`")):
        first = replace(first, text=first.text[:1].upper() + first.text[1:])
    return Markup("").join(_part(each) for each in (first, *rest))


def _part(part: Part) -> Markup:
    if part.kind == "name":
        return name(part.text)
    if part.kind == "words":
        return Markup("<bdi>{}</bdi>").format(visible(part.text))
    if part.kind == "spec":
        return _spec(value.SpecWithHash(part.text, part.hash))
    pieces = part.text.split("`")
    shown = [(_CODE if at % 2 else _TEXT).format(visible(each)) for at, each in enumerate(pieces)]
    return Markup("").join(shown)


def cell(shown: value.TableCell) -> Markup:
    """Return a cell of a table."""
    if shown is None:
        return Markup("")
    return _SHOWN[type(shown)](shown)


def _spec(spec: value.SpecWithHash) -> Markup:
    label = name(spec.label) if spec.label else Markup("")
    if not spec.hash:
        return label
    return Markup("{} {}").format(label, short_hash(spec.hash))


def _cells(cells: value.CellNames) -> Markup:
    named = [
        Markup('<span class="place">{} {}</span>').format(
            name(stack), name(wording.system(os, target))
        )
        for stack, os, target in cells.cells
    ]
    if len(named) <= _FEW + 1:
        return Markup(", ").join(named)
    rest = Markup(", ").join(named[_FEW:])
    return Markup("{}<details><summary>and {} more</summary>{}</details>").format(
        Markup(", ").join(named[:_FEW]), len(named) - _FEW, rest
    )


def _state(state: value.State) -> Markup:
    return Markup('<span class="tone-{}">{}</span>').format(state.tone, visible(state.words))


def _file(file: value.File) -> Markup:
    path = file.path if file.line is None else f"{file.path}:{file.line}"
    return Markup('<bdi class="name file">{}</bdi>').format(visible(path))


#: The function that shows each kind of cell.
_SHOWN: Final[Mapping[type, Callable[[Any], Markup]]] = {
    value.Name: lambda shown: name(shown.text),
    value.Names: lambda shown: Markup(", ").join(map(name, shown.texts)),
    value.Words: lambda shown: Markup("<bdi>{}</bdi>").format(visible(shown.text)),
    value.Said: lambda shown: Markup("<br>").join(map(sentence, shown.prose)),
    value.State: _state,
    value.Number: lambda shown: Markup("{}").format(amounts.of_number(shown)),
    value.Share: lambda shown: Markup("{}").format(wording.percentage(shown.part, shown.whole)),
    value.Amount: lambda shown: Markup("{}").format(amounts.of_cell(shown)),
    value.YesNo: lambda shown: Markup("{}").format(wording.answer(shown.known)),
    value.SpecWithHash: _spec,
    value.Specs: lambda shown: Markup(", ").join(map(_spec, shown.specs)),
    value.OsAndTarget: lambda shown: name(wording.system(shown.os, shown.target)),
    value.CellNames: _cells,
    value.File: _file,
}
