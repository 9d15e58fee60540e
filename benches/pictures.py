"""Pictures of results, as SVG: the same numbers give the same bytes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Line", "growth_picture"]

_WIDTH, _HEIGHT = 760, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 210, 56, 48
_FONT: Final = "ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"

#: Colours that most people can distinguish; every line also has its name at its end.
_COLOURS: Final = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#56597a",
    "#b58900",
    "#882255",
    "#4b9cd3",
    "#6b6b6b",
    "#117733",
)

#: The distance between the names at the ends of the lines, in pixels.
_APART: Final = 15


@dataclass(frozen=True, kw_only=True)
class Line:
    """The cost of one question at each size, in seconds."""

    name: str
    points: tuple[float, ...]


def growth_picture(title: str, sizes: Sequence[int], lines: Sequence[Line]) -> str:
    """Draw costs by size, both as logarithms, so that proportional growth is a diagonal."""
    costs = [cost for line in lines for cost in line.points if cost > 0]
    low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
    low = min(low, high - 1)
    first, last = math.log10(min(sizes)), math.log10(max(sizes))
    span = (last - first) or 1

    def across(size: float) -> float:
        return _LEFT + (math.log10(size) - first) / span * (_WIDTH - _LEFT - _RIGHT)

    def down(cost: float) -> float:
        share = (math.log10(max(cost, 10.0**low)) - low) / (high - low)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
            f'width="{_WIDTH}" height="{_HEIGHT}" role="img" font-family="{_FONT}" font-size="12">'
        ),
        f"<title>{escape(title)}</title>",
        (
            f'<rect x=".5" y=".5" width="{_WIDTH - 1}" height="{_HEIGHT - 1}" rx="8" '
            'fill="#fcfcfa" stroke="#c9c9c4"/>'
        ),
        _text(20, 30, title, size=16, weight=600),
    ]
    right = _WIDTH - _RIGHT
    for power in range(low, high + 1):
        y = down(10.0**power)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#e4e4df"/>')
        parts.append(_text(_LEFT - 8, y + 4, _seconds(power), anchor="end"))
    for size in sizes:
        x = across(size)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{_HEIGHT - _BOTTOM}" stroke="#e4e4df"/>')
        parts.append(_text(x, _HEIGHT - _BOTTOM + 18, f"{size:,}", anchor="middle"))
    ends = sorted((down(line.points[-1]), at) for at, line in enumerate(lines))
    places: dict[int, float] = {}
    below = float(_TOP - _APART)
    for y, at in ends:
        below = max(y, below + _APART)
        places[at] = below
    for at, line in enumerate(lines):
        colour = _COLOURS[at % len(_COLOURS)]
        points = [
            f"{across(size):.1f},{down(cost):.1f}"
            for size, cost in zip(sizes, line.points, strict=True)
        ]
        parts.append(
            f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" '
            'stroke-width="2"/>'
        )
        parts.append(_text(right + 12, places[at] + 4, line.name, fill=colour))
    return "\n".join([*parts, "</svg>", ""])


def _seconds(power: int) -> str:
    """Return a power of ten of a second, formatted for people."""
    if power >= 0:
        return f"{10**power} s"
    if power >= -3:  # noqa: PLR2004 - milliseconds
        return f"{10 ** (power + 3)} ms"
    return f"{10.0 ** (power + 6):g} µs"


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    size: int = 12,
    weight: int = 400,
    fill: str = "#1f1f1d",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}" fill="{fill}">{escape(text)}</text>'
    )
