"""The data for the script of a page: columns of numbers, and every text once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from specplan.reports.render import wording
from specplan.reports.render.escape import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specplan.reports.html.values import BuildRow, GapRow, HtmlPage

__all__ = ["Data", "data_of"]

#: The data for the script.
Data: TypeAlias = "Mapping[str, Data] | Sequence[Data] | str | int | float | bool | None"


class _Texts:
    """Texts by number, each once and with escapes for invisible characters."""

    def __init__(self) -> None:
        self._at: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        """Return the number of a text."""
        return self._at.setdefault(text, len(self._at))

    def all(self) -> list[Data]:
        """Return the texts, in the order of their numbers."""
        return [visible(each) for each in self._at]


def data_of(page: HtmlPage) -> Data:
    """Return the data for the script of a page, with texts as it shows them."""
    texts = _Texts()
    parts: dict[str, Data] = {}
    if page.coverage is not None:
        cells = [cell for row in page.coverage.rows for cell in row.cells if cell is not None]
        cells.sort(key=lambda cell: cell.at)
        parts["cells"] = {
            "stack": [texts(cell.stack) for cell in cells],
            "os": [texts(cell.os) for cell in cells],
            "target": [texts(cell.target) for cell in cells],
        }
        parts["states"] = [[each.key, each.words] for each in page.coverage.states]
        parts["causes"] = [each.id for each in page.coverage.causes]
        parts["gaps"] = _gaps(page.coverage.gaps, [e.key for e in page.coverage.states], texts)
    if page.plan is not None:
        parts["unit"] = page.plan.unit
        parts["builds"] = _builds(page.plan.builds, texts)
        if page.plan.gantt is not None:
            picture = page.plan.gantt
            parts["gantt"] = {
                "left": picture.left,
                "width": picture.width,
                "top": picture.top,
                "bottom": picture.bottom,
                "bar": picture.bar,
                "lanes": len(picture.lanes),
                "span": picture.span,
            }
    return {"strings": texts.all(), **parts}


def _gaps(gaps: Sequence[GapRow], states: Sequence[str], texts: _Texts) -> Data:
    at = {state: number for number, state in enumerate(states)}
    return {
        "want": [texts(gap.want) for gap in gaps],
        "hash": [texts(gap.hash) for gap in gaps],
        "stack": [texts(gap.stack) for gap in gaps],
        "system": [texts(wording.system(gap.os, gap.target)) for gap in gaps],
        "cell": [gap.cell for gap in gaps],
        "state": [at[gap.state] for gap in gaps],
        "cause": [gap.cause for gap in gaps],
        "blocked": [gap.blocked for gap in gaps],
        "roots": [gap.roots for gap in gaps],
        "now": [None if gap.now is None else int(gap.now) for gap in gaps],
        "known": [texts(gap.known) for gap in gaps],
        "nearest": [texts(gap.nearest_hash) for gap in gaps],
        "place": [texts(gap.nearest_cell) for gap in gaps],
        "differs": [texts(gap.differs) for gap in gaps],
    }


def _builds(builds: Sequence[BuildRow], texts: _Texts) -> Data:
    return {
        "name": [texts(build.name) for build in builds],
        "hash": [texts(build.hash) for build in builds],
        "system": [texts(build.system) for build in builds],
        "stacks": [texts(build.stacks) for build in builds],
        "cause": [texts(build.cause) for build in builds],
        "because": [texts(build.because) for build in builds],
        "words": [texts(build.cost_words) for build in builds],
        "starts": [texts(build.start_words) for build in builds],
        "stage": [build.stage for build in builds],
        "cost": [_short(build.cost) for build in builds],
        "start": [_short(build.start) for build in builds],
        "finish": [_short(build.finish) for build in builds],
        "lane": [build.lane for build in builds],
        "needs": [build.needs for build in builds],
        "in_all": [build.unblocks_in_all for build in builds],
        "critical": [int(build.is_critical) for build in builds],
        "estimated": [int(build.is_estimated) for build in builds],
    }


def _short(number: float) -> float:
    """Return a number for the script: a whole number, or rounded to the thousandth."""
    return int(number) if number == int(number) else round(number, 3)
