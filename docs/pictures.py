"""Draw the pictures of the documentation from what specplan answers on `examples/`.

    python docs/pictures.py [FOLDER]

writes `coverage.svg` beside this file, or into FOLDER. The picture is `specplan coverage` as run
in `examples/`: the same cells, the same numbers. Nothing but an installed specplan is needed,
and the same answer gives the same bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "examples"

WIDTH, HEIGHT = 80, 24
LEFT, TOP, MARGIN = 266, 104, 18
FONT = "ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"

#: Share of what is wanted, and its colour; between two of them colours are mixed. The panel is
#: light whatever surrounds it, and every cell says its number, so no colour has to be told apart.
COLOURS = ((0.0, (201, 74, 26)), (0.5, (240, 196, 92)), (1.0, (22, 121, 111)))

#: A colour of less luminance, of 255, takes white letters.
DARK = 140


def main() -> None:
    """Draw every picture."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    command = [sys.executable, "-m", "specplan", "coverage", "--format", "json"]
    answer = subprocess.run(command, cwd=EXAMPLES, stdout=subprocess.PIPE, check=True)
    picture = coverage(json.loads(answer.stdout))
    (folder / "coverage.svg").write_bytes(picture.encode())


def coverage(document: dict[str, Any]) -> str:
    """Return the matrix of stacks against systems."""
    cells = {(cell["stack"], cell["os"], cell["target"]): cell for cell in document["cells"]}
    stacks = sorted({stack for stack, _, _ in cells})
    systems = sorted({(os, target) for _, os, target in cells})
    width = LEFT + len(systems) * WIDTH + MARGIN
    height = TOP + len(stacks) * HEIGHT + 52
    totals = document["totals"]
    title = f"Coverage of {len(stacks)} stacks on {len(systems)} systems"
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" font-family="{FONT}" font-size="12">'
        ),
        f"<title>{title}</title>",
        (
            f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8" '
            'fill="#fcfcfa" stroke="#c9c9c4"/>'
        ),
        text(MARGIN, 30, title, size=16, weight=600),
        text(
            MARGIN,
            50,
            f"{totals['covered']} of {totals['wanted']} wanted {document['level']}s are available, "
            f"snapshot{'s' * (len(document['tags']) > 1)} {', '.join(document['tags'])}",
            fill="#5c5c58",
        ),
    ]
    for column, (os, target) in enumerate(systems):
        middle = LEFT + column * WIDTH + WIDTH / 2
        parts.append(text(middle, TOP - 24, os, anchor="middle", size=11))
        parts.append(text(middle, TOP - 10, target, anchor="middle", size=11, fill="#5c5c58"))
    for row, stack in enumerate(stacks):
        top = TOP + row * HEIGHT
        parts.append(text(LEFT - 10, top + 16, stack, anchor="end"))
        for column, system in enumerate(systems):
            parts += drawn(LEFT + column * WIDTH, top, cells.get((stack, *system)))
    parts.append(
        text(
            MARGIN,
            height - 20,
            "A number is the share of what the stack's family has anywhere; a dot: nobody of the "
            "family is on that system.",
            fill="#5c5c58",
        )
    )
    return "\n".join([*parts, "</svg>", ""])


def drawn(left: int, top: int, cell: dict[str, Any] | None) -> list[str]:
    """Return one cell: its share on its colour, or a dot."""
    x, y = left + WIDTH / 2, top + HEIGHT / 2
    if cell is None:
        return [f'<circle cx="{x:g}" cy="{y:g}" r="1.5" fill="#c9c9c4"/>']
    share = cell["coverage"]
    fill, ink = ("#e4e4df", "#1f1f1d") if share is None else colours(share)
    return [
        (
            f'<rect x="{left + 1}" y="{top + 1}" width="{WIDTH - 2}" height="{HEIGHT - 2}" '
            f'rx="3" fill="{fill}"/>'
        ),
        text(x, y + 4, percentage(cell), anchor="middle", fill=ink),
    ]


def percentage(cell: dict[str, Any]) -> str:
    """Return the share as the report writes it: only all is 100.0 %, only nothing 0.0 %."""
    covered, wanted = cell["covered"], cell["wanted"]
    if wanted == 0:
        return "n/a"
    tenths = (2000 * covered + wanted) // (2 * wanted)
    if 0 < covered < wanted:
        tenths = min(max(tenths, 1), 999)
    return f"{tenths // 10}.{tenths % 10} %"


def colours(share: float) -> tuple[str, str]:
    """Return the colour of a share and one that is readable on it."""
    (low, before), (high, after) = next(pair for pair in pairwise(COLOURS) if share <= pair[1][0])
    part = (share - low) / (high - low)
    mixed = [round(a + (b - a) * part) for a, b in zip(before, after, strict=True)]
    red, green, blue = mixed
    light = 0.299 * red + 0.587 * green + 0.114 * blue > DARK
    return f"#{red:02x}{green:02x}{blue:02x}", "#1f1f1d" if light else "#ffffff"


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    size: int = 12,
    weight: int = 400,
    fill: str = "#1f1f1d",
) -> str:
    """Return words as an element of a picture."""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}" fill="{fill}">{escape(words)}</text>'
    )


if __name__ == "__main__":
    main()
