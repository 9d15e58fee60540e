"""A trend as SVG: a line for each stack, and a mark where the wants changed.

Lines also differ by dashes, so colour is not needed; the text beside the picture says the same for
readers who cannot see it. It fetches and runs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.coverage.trend import headline
from specplan.reports.gates import verdict
from specplan.reports.render import prose, wording
from specplan.reports.render.escape import xml_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.model.trend import Trend, TrendPoint

__all__ = ["course"]

_WIDTH: Final = 960
_HEIGHT: Final = 360
_LEFT: Final = 56
_RIGHT: Final = 220
_TOP: Final = 34
_BOTTOM: Final = 56

#: Colours that people with any colour vision distinguish (Okabe and Ito), darkened for contrast.
_COLOURS: Final = ("#0072b2", "#b35300", "#007a5a", "#a3527f", "#6b5b00", "#3d3d3d")
_DASHES: Final = ("", "6 3", "2 3", "8 3 2 3")

#: The maximum number of stacks with a line; those with the lowest coverage come first.
_MOST: Final = 12

#: The maximum number of steps named below the picture.
_MOST_NAMES: Final = 4

#: The maximum number of letters of the names of stacks and steps.
_MOST_LETTERS: Final = 24
_MOST_LETTERS_OF_STEP: Final = 18


def course(result: Trend) -> str:
    """Return a trend as a picture."""
    doubt = "not whole: " if any(each.blocks for each in result.left_out) else ""
    title = xml_text(f"{doubt}{prose.plain(headline(result))}")
    rows: list[tuple[str, tuple[TrendPoint | None, ...]]] = [
        ("all stacks", tuple(step.point for step in result.steps))
    ]
    if len(result.stacks) > 1:
        rows += sorted(
            ((each.stack, each.points) for each in result.stacks),
            key=lambda row: (_last(row[1]), row[0]),
        )[:_MOST]
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    font = 'font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}" {font}>',
        f"  <title>{title}</title>",
        f"  <desc>{xml_text('; '.join([_said(rows), *map(verdict, result.gates)]))}</desc>",
        f'  <rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'  <text x="{_LEFT}" y="20" font-size="13" fill="#222">{title}</text>',
        *_grid(),
        *_marks(result),
        *_names(result),
    ]
    labels = _heights([_y(_last(points)) for _, points in rows])
    for at, ((name, points), height) in enumerate(zip(rows, labels, strict=True)):
        parts += _line(at, name, points, height)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _last(points: Sequence[TrendPoint | None]) -> float:
    known = [each.coverage for each in points if each is not None and each.coverage is not None]
    return known[-1] if known else 0.0


def _said(rows: Sequence[tuple[str, Sequence[TrendPoint | None]]]) -> str:
    return "; ".join(f"{name}: {_share(points)}" for name, points in rows)


def _share(points: Sequence[TrendPoint | None]) -> str:
    known = [each for each in points if each is not None]
    return wording.percentage(known[-1].covered, known[-1].wanted) if known else "n/a"


def _x(at: int, number: int) -> float:
    return _LEFT + (at / (number - 1) if number > 1 else 0.5) * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _grid() -> list[str]:
    parts = []
    for percent in (0, 25, 50, 75, 100):
        y = _y(percent / 100)
        parts.append(
            f'  <line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        )
        parts.append(
            f'  <text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#555">'
            f"{percent} %</text>"
        )
    return parts


def _marks(result: Trend) -> list[str]:
    """Return the steps at which the wants changed, as vertical lines."""
    parts = []
    number = len(result.steps)
    for at, step in enumerate(result.steps):
        if step.point.wants_changed:
            x = _x(at, number)
            said = xml_text(f"{step.name}: the wants changed")
            parts.append(
                f'  <line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}" '
                f'stroke="#777" stroke-dasharray="1 3"><title>{said}</title></line>'
            )
    if parts:
        parts.append(
            f'  <text x="{_LEFT}" y="{_HEIGHT - 8}" fill="#555">dotted: the wants changed</text>'
        )
    return parts


def _names(result: Trend) -> list[str]:
    number = len(result.steps)
    every = max(1, -(-number // _MOST_NAMES))
    shown = {*range(0, number, every), number - 1}
    return [
        f'  <text x="{_x(at, number):.1f}" y="{_HEIGHT - _BOTTOM + 18}" '
        f'text-anchor="{"start" if at == 0 else "end" if at == number - 1 else "middle"}" '
        f'fill="#555">{_step(result.steps[at].name)}</text>'
        for at in sorted(shown)
        # The last name needs its own space.
        if at == number - 1 or at + every <= number - 1 or number == 1
    ]


def _heights(wished: Sequence[float]) -> list[float]:
    """Return heights near the desired ones, with space for a line of text between them."""
    room = 14
    order = sorted(range(len(wished)), key=lambda at: wished[at])
    heights = [0.0] * len(wished)
    lowest = float(_TOP)
    for at in order:
        heights[at] = max(wished[at], lowest)
        lowest = heights[at] + room
    # Names below the bottom move up together.
    over = max(0.0, lowest - room - (_HEIGHT - 20))
    return [height - over for height in heights]


def _line(at: int, name: str, points: Sequence[TrendPoint | None], height: float) -> list[str]:
    colour = _COLOURS[at % len(_COLOURS)]
    dashes = _DASHES[(at // len(_COLOURS) + at) % len(_DASHES)]
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    width = 3 if at == 0 else 1.5
    number = len(points)
    parts = []
    for run in _runs(points):
        shown = " ".join(f"{_x(step, number):.1f},{_y(share):.1f}" for step, share in run)
        parts.append(
            f'  <polyline points="{shown}" fill="none" stroke="{colour}" '
            f'stroke-width="{width}"{dashed}/>'
        )
        if len(run) == 1:
            step, share = run[0]
            x, y = _x(step, number), _y(share)
            parts.append(f'  <circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
    label = xml_text(f"{wording.shortened(name, _MOST_LETTERS)} {_share(points)}")
    parts.append(
        f'  <text x="{_WIDTH - _RIGHT + 8}" y="{height + 4:.1f}" fill="{colour}">{label}</text>'
    )
    return parts


def _runs(points: Sequence[TrendPoint | None]) -> list[list[tuple[int, float]]]:
    """Return the ranges of steps at which coverage is defined."""
    runs: list[list[tuple[int, float]]] = [[]]
    for at, point in enumerate(points):
        if point is None or point.coverage is None:
            runs.append([])
        else:
            runs[-1].append((at, point.coverage))
    return [run for run in runs if run]


def _step(name: str) -> str:
    return xml_text(wording.shortened(name, _MOST_LETTERS_OF_STEP))
