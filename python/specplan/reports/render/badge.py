"""The share of a result as a badge: SVG, or JSON for services that draw badges."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from specplan.reports.findings import standing_of
from specplan.reports.render import wording
from specplan.reports.render.escape import xml_text

if TYPE_CHECKING:
    from specplan.model.report import Report
    from specplan.reports.findings import Standing

__all__ = ["badge", "badge_endpoint"]

#: The colours by minimum percentage: name and value.
_COLOURS: Final = (
    (100, "brightgreen", "#2d7d0f"),
    (95, "green", "#557a00"),
    (90, "yellowgreen", "#6b6f00"),
    (75, "yellow", "#8a6a00"),
    (50, "orange", "#b35300"),
    (0, "red", "#c0392b"),
)

#: The colour if nothing is wanted, or left-out input could change the share.
_NOT_DEFINED: Final = ("lightgrey", "#5f5f5f")

#: The width in tenths of a pixel of characters of Verdana at 11 pixels, and of all others.
_WIDTHS: Final = {
    **dict.fromkeys("fijlt", 40),
    **dict.fromkeys(" .,/:", 40),
    "m": 107,
    "w": 90,
    "%": 118,
}
_WIDTH: Final = 70


def badge(result: Report) -> str:
    """Return a badge as SVG, with a text for screen readers."""
    standing = standing_of(result)
    label, message = xml_text(standing.label), xml_text(_message(standing))
    colour = _colour(standing)[1]
    left, right = _width(standing.label), _width(_message(standing))
    whole = left + right
    texts = "".join(
        f'<text x="{at}" y="14" textLength="{wide - 10}">{text}</text>'
        for at, wide, text in ((left / 2, left, label), (left + right / 2, right, message))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" '
        f'aria-label="{label}: {message}">\n'
        f"  <title>{label}: {message}</title>\n"
        f"{_described(standing)}"
        f'  <clipPath id="r"><rect width="{whole}" height="20" rx="3"/></clipPath>\n'
        f'  <g clip-path="url(#r)"><rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>\n'
        '  <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" '
        f'font-size="11">{texts}</g>\n'
        "</svg>\n"
    )


def _described(standing: Standing) -> str:
    if not standing.gates:
        return ""
    return f"  <desc>{xml_text('; '.join(standing.gates))}</desc>\n"


def badge_endpoint(result: Report) -> str:
    """Return the JSON for a server that draws badges, such as shields.io."""
    standing = standing_of(result)
    content = {
        "schemaVersion": 1,
        "label": standing.label,
        "message": _message(standing),
        "color": _colour(standing)[0],
    }
    return json.dumps(content, indent=2) + "\n"


def _message(standing: Standing) -> str:
    share = wording.percentage(standing.part, standing.whole)
    share += ", partly old" if standing.is_partly_old else ""
    share += f", {standing.failure}" if standing.failure else ""
    return f"{share}, not whole" if standing.is_doubtful else share


def _colour(standing: Standing) -> tuple[str, str]:
    if standing.failure:
        return _COLOURS[-1][1:]
    for least, name, colour in _COLOURS:
        if (
            not standing.is_doubtful
            and standing.whole
            and 100 * standing.part >= least * standing.whole
        ):
            return name, colour
    return _NOT_DEFINED


def _width(text: str) -> int:
    return 10 + round(sum(_WIDTHS.get(each, _WIDTH) for each in text) / 10)
