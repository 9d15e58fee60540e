"""A trend as values of the page: a line for each stack, and lost wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.html.counts import count
from specplan.reports.html.values import Titled, TrendLine, TrendMark, TrendPart, TrendPicture
from specplan.reports.outline import Column, Name, Number, OsAndTarget, ReportTable, State, Words
from specplan.reports.render import prose, wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.reports.outline import TableCell
    from specplan.reports.render.prose import Prose
    from specplan.sources.strict_json import Value

__all__ = ["trend_part"]

#: The size of the picture, and the space for its scale and the names of steps and stacks.
_WIDTH: Final = 1160.0
_HEIGHT: Final = 330.0
_LEFT: Final = 54.0
_RIGHT: Final = 230.0
_TOP: Final = 16.0
_BOTTOM: Final = 40.0

#: The maximum number of stacks with a line; those with the lowest coverage come first.
_MOST: Final = 10

#: The width of the name of a step below the picture.
_ROOM: Final = 140.0

#: The distance between the names of lines.
_APART: Final = 14.0

#: The dashes of lines, so that adjacent ones differ by more than colour.
_DASHES: Final = ("", "7 3", "2 3", "9 3 2 3")

#: The maximum number of letters of a name.
_LETTERS: Final = 26


def trend_part(content: Value) -> TrendPart:
    """Return the values of a document of a trend."""
    steps = content.items_at("steps")
    sums = [each.at("point") for each in steps]
    return TrendPart(
        headline=_headline(steps, sums, content),
        picture=_picture(content, steps, sums) if _is_drawn(content, sums) else None,
        tables=tuple(each for each in (_steps(steps, sums), _lost(content)) if each is not None),
    )


def _is_drawn(content: Value, sums: Sequence[Value]) -> bool:
    """Return whether anything has a share at two steps, and therefore a line."""
    rows: list[list[Value | None]] = [list(sums)]
    rows += [_points(each, len(sums)) for each in content.items_at("stacks")]
    return any(len(_known(row)) > 1 for row in rows)


def _share(point: Value) -> float | None:
    wanted, covered = point.count_at("wanted"), point.count_at("covered")
    if covered > wanted:
        point.at("covered").fail("is more than is wanted")
    return covered / wanted if wanted else None


def _words(point: Value) -> str:
    return wording.percentage(point.count_at("covered"), point.count_at("wanted"))


def _headline(steps: Sequence[Value], sums: Sequence[Value], content: Value) -> Prose:
    if not steps:
        return "no steps"
    first, last = prose.name(steps[0].text_at("name")), prose.name(steps[-1].text_at("name"))
    lost = count(len(content.items_at("lost")), "want is lost", "wants are lost")
    number = count(len(steps), "step")
    return f"{first} to {last}: {_words(sums[0])} to {_words(sums[-1])} over {number}, {lost}"


def _picture(content: Value, steps: Sequence[Value], sums: Sequence[Value]) -> TrendPicture:
    rows: list[tuple[str, list[Value | None]]] = [("all stacks", list(sums))]
    stacks = [
        (each.text_at("stack"), _points(each, len(steps))) for each in content.items_at("stacks")
    ]
    if len(stacks) > 1:
        rows += sorted(stacks, key=lambda row: (_last(row[1]), row[0]))[:_MOST]
    heights = _apart([_y(_last(points)) for _, points in rows])
    return TrendPicture(
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        right=_WIDTH - _RIGHT,
        bottom=_HEIGHT - _BOTTOM,
        grid=tuple((f"{percent} %", _y(percent / 100)) for percent in (0, 25, 50, 75, 100)),
        names=tuple(_names(steps)),
        changes=tuple(
            TrendMark(x=_x(at, len(steps)), label=f"wants changed at {step.text_at('name')}")
            for at, (step, point) in enumerate(zip(steps, sums, strict=True))
            if at and point.flag_at_or_none("wants_changed")
        ),
        lines=tuple(
            _line(at, name, points, height)
            for at, ((name, points), height) in enumerate(zip(rows, heights, strict=True))
        ),
        description="; ".join(f"{name}: {_last_words(points)}" for name, points in rows),
    )


def _names(steps: Sequence[Value]) -> list[TrendMark]:
    """Return the first and the last step, and those between with space for their names."""
    marks = [
        TrendMark(x=_x(at, len(steps)), label=_short(step.text_at("name")))
        for at, step in enumerate(steps)
    ]
    named = marks[:1]
    for mark in marks[1:-1]:
        # The first name is to the right of its step and the last one to the left.
        before = _ROOM * 1.5 if len(named) == 1 else _ROOM
        if mark.x - named[-1].x >= before and marks[-1].x - mark.x >= _ROOM * 1.5:
            named.append(mark)
    return [*named, *marks[-1:]]


def _points(stack: Value, steps: int) -> list[Value | None]:
    found = stack.items_or_none_at("points")
    if len(found) != steps:
        stack.at("points").fail("are not as many as there are steps")
    return found


def _line(at: int, name: str, points: Sequence[Value | None], height: float) -> TrendLine:
    """Return the line of a stack, with a break where it has no coverage."""
    path, is_drawn = "", False
    dots = []
    for step, point in enumerate(points):
        share = None if point is None else _share(point)
        if share is None:
            is_drawn = False
            continue
        x, y = _x(step, len(points)), _y(share)
        path += f"{'L' if is_drawn else 'M'}{x:g} {y:g}"
        dots.append((x, y))
        is_drawn = True
    return TrendLine(
        label=f"{_short(name)} {_last_words(points)}",
        path=path,
        dots=tuple(dots),
        dash=_DASHES[at % len(_DASHES)],
        colour=at % 6,
        is_all=at == 0,
        label_y=height,
    )


def _x(at: int, number: int) -> float:
    share = at / (number - 1) if number > 1 else 0.5
    return round(_LEFT + 8 + share * (_WIDTH - _LEFT - _RIGHT - 16), 1)


def _y(share: float) -> float:
    return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def _known(points: Sequence[Value | None]) -> list[Value]:
    return [each for each in points if each is not None and _share(each) is not None]


def _last(points: Sequence[Value | None]) -> float:
    known = _known(points)
    return (_share(known[-1]) or 0.0) if known else 0.0


def _last_words(points: Sequence[Value | None]) -> str:
    known = _known(points)
    return _words(known[-1]) if known else "n/a"


def _apart(heights: Sequence[float]) -> list[float]:
    """Return adjusted heights, so that no names overlap and all stay inside."""
    order = sorted(range(len(heights)), key=lambda at: (heights[at], at))
    moved = [0.0] * len(heights)
    lowest = _TOP - _APART
    for at in order:
        lowest = moved[at] = max(heights[at], lowest + _APART)
    over = max(lowest - (_HEIGHT - 6), 0.0)
    return [round(each - over, 1) for each in moved]


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"


def _steps(steps: Sequence[Value], sums: Sequence[Value]) -> Titled:
    columns = (
        Column("step", "step", "name"),
        Column("wanted", "wanted", "count"),
        Column("covered", "covered", "count"),
        Column("coverage", "coverage", "words", side="right"),
        Column("lost", "lost", "count"),
        Column("regained", "regained", "count"),
        Column("wants", "wants", "words"),
        Column("whole", "complete", "state"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Name(step.text_at("name")),
            Number(point.count_at("wanted")),
            Number(point.count_at("covered")),
            Words(_words(point)),
            Number(point.count_at("lost")),
            Number(point.count_at("regained")),
            Words(_wants(point)),
            State("no", "no", "warning")
            if step.flag_at("blocks")
            else State("yes", "yes", "quiet"),
        )
        for step, point in zip(steps, sums, strict=True)
    )
    return Titled(title="Step by step", table=ReportTable(columns, rows))


def _wants(point: Value) -> str:
    """Return the changes of the wants, which are not changes of the cache."""
    if not point.flag_at_or_none("wants_changed"):
        return ""
    added, removed = point.count_at_or_none("wants_added"), point.count_at_or_none("wants_removed")
    if added is None or removed is None:
        return "changed"
    return f"changed: {added} more, {removed} fewer"


def _lost(content: Value) -> Titled | None:
    entries = content.items_at("lost")
    if not entries:
        return None
    all_certain = all(each.flag_at("certain") for each in entries)
    columns = (
        Column("want", "lost", "name"),
        Column("stack", "stack", "name"),
        Column("system", "system", "system"),
        Column("last_covered", "last covered", "name"),
        Column("since", "lacks since", "name"),
        *([] if all_certain else [Column("certain", "certain", "state")]),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Name(each.text_at("want")),
            Name(each.text_at("stack")),
            OsAndTarget(each.text_at("os"), each.text_at("target")),
            Name(each.text_at("last_covered")),
            Name(each.text_at("since")),
            *([] if all_certain else [_certain(each.flag_at("certain"))]),
        )
        for each in entries
    )
    return Titled(title=f"Lost wants: {len(rows)}", table=ReportTable(columns, rows))


def _certain(is_certain: bool) -> State:  # noqa: FBT001 - what a document says
    return State("yes", "yes", "quiet") if is_certain else State("no", "not certain", "warning")
