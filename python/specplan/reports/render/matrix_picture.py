"""The matrix of stacks and systems as SVG, with the share of each cell and its parts.

Covered and missing parts also differ by pattern, so colour is not needed, and the description names
every cell. It fetches and runs nothing.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from specplan.reports.gates import verdict
from specplan.reports.render import prose, wording
from specplan.reports.render.escape import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specplan.model import Cell, Coverage

__all__ = ["matrix"]

#: The sizes of a cell, of the part above the cells, and of the part below.
_WIDTH: Final = 96
_HEIGHT: Final = 40
_TOP: Final = 92
_BOTTOM: Final = 40
_MARGIN: Final = 16

#: The bar of a cell.
_BAR: Final = 72
_BAR_HEIGHT: Final = 7

#: The width of a letter, and the maximum number of letters of a name.
_LETTER: Final = 7.2
_MOST_LETTERS: Final = 32
_LETTERS_OF_CELL: Final = 13

#: The minimum width for the title and the legend.
_LEAST_WIDTH: Final = 660

_FILLS: Final = {
    "exact": 'fill="#1a7f4b"',
    "compatible": 'fill="url(#hatch)"',
    "missing": 'fill="none" stroke="#b3261e"',
    "unknown": 'fill="url(#dots)" stroke="#5f6368"',
}

_DEFINITIONS: Final = (
    '  <defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="5" height="5" fill="#2563a8"/>'
    '<rect width="1.6" height="5" fill="#fff"/></pattern>'
    '<pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect width="4" height="4" fill="#fff"/><circle cx="2" cy="2" r="1.1" fill="#5f6368"/>'
    "</pattern></defs>"
)

_LEGEND: Final = (
    ("exact", "exact"),
    ("compatible", "compatible"),
    ("missing", "missing"),
    ("unknown", "cannot be decided"),
)


def matrix(result: Coverage) -> str:
    """Return the cells of a result as a picture."""
    cells = {(each.stack, (each.os, each.target)): each for each in result.cells}
    stacks = sorted({stack for stack, _ in cells})
    systems = sorted({system for _, system in cells})
    letters = max((len(wording.shortened(each, _MOST_LETTERS)) for each in stacks), default=0)
    left = round(_MARGIN + letters * _LETTER + 12)
    width = max(left + len(systems) * _WIDTH + _MARGIN, _LEAST_WIDTH)
    height = _TOP + len(stacks) * _HEIGHT + _BOTTOM
    doubt = "not whole: " if any(each.blocks for each in result.left_out) else ""
    title = xml_text(f"{doubt}{prose.plain(wording.coverage_headline(result))}")
    said = [*map(_said, result.cells), *map(verdict, result.gates)]
    font = 'font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"'
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}" {font}>',
        f"  <title>{title}</title>",
        f"  <desc>{xml_text('; '.join(said))}</desc>",
        _DEFINITIONS,
        f'  <rect width="{width}" height="{height}" fill="#fff"/>',
        f'  <text x="{_MARGIN}" y="26" font-size="14" fill="#1b1f24">{title}</text>',
        *_names_of(systems, left),
    ]
    for row, stack in enumerate(stacks):
        top = _TOP + row * _HEIGHT
        ends = f'x1="{_MARGIN}" x2="{width - _MARGIN}"'
        name = xml_text(wording.shortened(stack, _MOST_LETTERS))
        parts += [
            f'  <line {ends} y1="{top}" y2="{top}" stroke="#dfe3e8"/>',
            f'  <text x="{_MARGIN}" y="{top + 24}" fill="#1b1f24">{name}</text>',
        ]
        for column, system in enumerate(systems):
            if (cell := cells.get((stack, system))) is not None:
                parts += _cell(cell, left + column * _WIDTH, top)
    return "\n".join([*parts, *_legend(height), "</svg>"]) + "\n"


def _names_of(systems: Sequence[tuple[str, str]], left: int) -> Iterator[str]:
    """Yield the operating systems, each once, and below them the targets."""
    at = 0
    for os, own in groupby(systems, lambda system: system[0]):
        targets = [target for _, target in own]
        room = len(targets) * _LETTERS_OF_CELL
        yield (
            f'  <text x="{left + at * _WIDTH + 8}" y="58" font-weight="bold" fill="#1b1f24">'
            f"{xml_text(wording.shortened(os, room))}</text>"
        )
        for target in targets:
            yield (
                f'  <text x="{left + (at + 1) * _WIDTH - 8}" y="78" text-anchor="end" '
                f'fill="#545c66">{xml_text(wording.shortened(target, _LETTERS_OF_CELL))}</text>'
            )
            at += 1


def _cell(cell: Cell, x: int, y: int) -> Iterator[str]:
    share = wording.share(cell.covered, cell.wanted, is_old=cell.carried_from is not None)
    yield (
        f'  <text x="{x + _WIDTH - 8}" y="{y + 17}" text-anchor="end" fill="#1b1f24">{share}</text>'
    )
    start = float(x + _WIDTH - 8 - _BAR)
    for kind, count in _parts(cell):
        if count:
            width = count / cell.wanted * _BAR
            yield _segment(kind, start, y + 24, width)
            start += width


def _parts(cell: Cell) -> tuple[tuple[str, int], ...]:
    return (
        ("exact", cell.covered_exact),
        ("compatible", cell.covered - cell.covered_exact),
        ("unknown", cell.unknown),
        ("missing", cell.wanted - cell.covered - cell.unknown),
    )


def _segment(kind: str, x: float, y: int, width: float) -> str:
    inset = 0.5 if "stroke" in _FILLS[kind] else 0.0
    return (
        f'  <rect x="{x + inset:.1f}" y="{y + inset:g}" width="{max(width - 2 * inset, 1):.1f}" '
        f'height="{_BAR_HEIGHT - 2 * inset:g}" {_FILLS[kind]}/>'
    )


def _legend(height: int) -> Iterator[str]:
    x = _MARGIN
    for kind, words in _LEGEND:
        yield _segment(kind, x, height - 24, 26)
        yield f'  <text x="{x + 34}" y="{height - 17}" fill="#545c66">{words}</text>'
        x += 34 + round(len(words) * _LETTER) + 24


def _said(cell: Cell) -> str:
    """Return a cell in words, for readers who cannot see it."""
    share = wording.share(cell.covered, cell.wanted, is_old=cell.carried_from is not None)
    undecided = f", {cell.unknown} undecided" if cell.unknown else ""
    counts = f"{cell.covered} of {cell.wanted}{undecided}"
    return f"{cell.stack} {cell.os}/{cell.target}: {share} ({counts})"
