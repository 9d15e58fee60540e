"""The picture of a plan: lanes, bars, the axis, and the number of builds at once."""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING, Final

from specplan.records import dataclass
from specplan.reports.html.counts import count
from specplan.reports.html.values import Bar, Gantt, Lane, Stage, Tick
from specplan.reports.render import amounts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from specplan.aliases import Unit
    from specplan.reports.html.values import BuildRow

__all__ = ["MOST_LANES", "Times", "earliest", "picture", "stage_bars"]

#: The width of the picture, and of the names of its lanes.
_WIDTH: Final = 1160.0
_LEFT: Final = 76.0
_RIGHT: Final = 14.0

#: The space above the lanes, for the axis, and below them, for the number of parallel builds.
_TOP: Final = 26.0
_PROFILE: Final = 54.0

#: The maximum height of all lanes together, and the maximum and minimum height of one.
_LANES: Final = 620.0
_HIGHEST: Final = 24.0
_LOWEST: Final = 5.0

#: The maximum number of lanes that are drawn; more would be too thin to be visible.
MOST_LANES: Final = 120

#: The number of builds above which busy bands are drawn instead of single builds.
_MOST_BARS: Final = 2000

#: The width of a letter of a label.
_LETTER: Final = 6.8

#: The minimum height of a lane with letters.
_LETTERS: Final = 13.0

#: The approximate number of marks on the axis, and the possible distances in seconds.
_TICKS: Final = 9
_STEPS: Final = (
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 10800, 21600, 43200, 86400),
)

#: The maximum number of bars of stages that are drawn.
_MOST_STAGES: Final = 200


@dataclass(frozen=True, slots=True)
class Times:
    """The time and the lane of each build.

    Attributes:
        start: The start of each.
        finish: The end of each.
        lane: The lane of each.
        lanes: The number of lanes.
    """

    start: tuple[float, ...]
    finish: tuple[float, ...]
    lane: tuple[int, ...]
    lanes: int


def earliest(
    costs: Sequence[float], needs: Sequence[Sequence[int]], first: Collection[int] = ()
) -> Times:
    """Return the times of builds if each starts as soon as its needs are done.

    Builds are ordered so that each comes after its needs. Each takes the first free lane. O(n log n
    + needs).

    Args:
        costs: The cost of each.
        needs: The numbers of the needs of each.
        first: The numbers of those that get their lanes first among simultaneous starts.
    """
    start: list[float] = []
    finish: list[float] = []
    for cost, needed in zip(costs, needs, strict=True):
        begin = max((finish[each] for each in needed), default=0.0)
        start.append(begin)
        finish.append(begin + cost)
    lane = [0] * len(costs)
    free: list[int] = []
    busy: list[tuple[float, int]] = []
    lanes = 0
    for at in sorted(range(len(costs)), key=lambda at: (start[at], at not in first, at)):
        while busy and busy[0][0] <= start[at]:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if free:
            lane[at] = heapq.heappop(free)
        else:
            lane[at], lanes = lanes, lanes + 1
        heapq.heappush(busy, (finish[at], lane[at]))
    return Times(tuple(start), tuple(finish), tuple(lane), lanes)


def picture(
    builds: Sequence[BuildRow], lanes: Sequence[str], unit: Unit, *, title: str, is_scheduled: bool
) -> Gantt:
    """Return the picture of builds whose times are known.

    Args:
        builds: The builds.
        lanes: The names of the lanes; empty if there are too many to draw.
        unit: The unit of costs.
        title: Its title.
        is_scheduled: Whether the lanes are runners, rather than as many as can be used.
    """
    span = max((build.finish for build in builds), default=0.0)
    scale = (_WIDTH - _LEFT - _RIGHT) / span if span else 0.0
    drawn = [build for build in builds if build.lane >= 0 and lanes]
    height = min(max(_LANES / len(lanes), _LOWEST), _HIGHEST) if lanes else 0.0
    bottom = _TOP + height * len(lanes)
    is_banded = len(drawn) > _MOST_BARS
    bars = _bands(drawn, scale, height) if is_banded else _bars(drawn, scale, height, unit)
    path, most = _profile(builds, scale, bottom + 12)
    return Gantt(
        title=title,
        description=_description(builds, len(lanes), span, most, unit, is_scheduled=is_scheduled),
        width=_WIDTH,
        height=round(bottom + 12 + _PROFILE + 6, 1),
        left=_LEFT,
        bar=round(max(height - (4 if height > _LETTERS else 1), 1), 1),
        top=_TOP,
        bottom=round(bottom, 1),
        lanes=tuple(
            Lane(y=round(_TOP + height * at, 1), label=label if height >= _LETTERS else "")
            for at, label in enumerate(lanes)
        ),
        bars=tuple(bars),
        ticks=tuple(_ticks(span, scale, unit)),
        path=path,
        most=most,
        span=span,
        is_banded=is_banded,
    )


def _description(
    builds: Sequence[BuildRow],
    lanes: int,
    span: float,
    most: int,
    unit: Unit,
    *,
    is_scheduled: bool,
) -> str:
    on = f"on {count(lanes, 'runner')}" if is_scheduled else "as early as each can start"
    return (
        f"{count(len(builds), 'build')} {on}, all done after {amounts.amount(span, unit)}; "
        f"at most {most} at once. Each bar is a build, from its start to its end; those of the "
        "critical path are filled. The table of builds below says the same in words."
    )


def _y(lane: int, height: float) -> float:
    return round(_TOP + height * lane + (2 if height > _LETTERS else 0.5), 1)


def _bars(builds: Iterable[BuildRow], scale: float, height: float, unit: Unit) -> list[Bar]:
    bars = []
    for build in builds:
        width = max((build.finish - build.start) * scale, 1.0)
        name = build.name.split("@", 1)[0]
        room = (width - 6) / _LETTER
        label = ""
        if height >= _LETTERS:
            label = build.name if len(build.name) <= room else name if len(name) <= room else ""
        bars.append(
            Bar(
                x=round(_LEFT + build.start * scale, 1),
                y=_y(build.lane, height),
                width=round(max(width - 0.6, 0.8), 1),
                build=build.at,
                label=label,
                title=f"{build.name}, {amounts.time(build.start, unit)} to "
                f"{amounts.time(build.finish, unit)}, waits for {len(build.needs)}, "
                f"unblocks {len(build.unblocks)}",
                is_critical=build.is_critical,
                is_estimated=build.is_estimated,
            )
        )
    return bars


def _bands(builds: Iterable[BuildRow], scale: float, height: float) -> list[Bar]:
    """Return the times at which lanes are busy, with the builds of the critical path on top."""
    by_lane: dict[int, list[BuildRow]] = {}
    for build in builds:
        by_lane.setdefault(build.lane, []).append(build)
    bars = []
    for lane in sorted(by_lane):
        runs = sorted(by_lane[lane], key=lambda build: (build.start, build.at))
        for group in _busy(runs, 1.0 / scale if scale else 0.0):
            first, last = group[0], max(build.finish for build in group)
            bars.append(_band(group, first.start, last, scale, _y(lane, height)))
        bars += [
            _band([build], build.start, build.finish, scale, _y(lane, height))
            for build in runs
            if build.is_critical
        ]
    return bars


def _band(group: Sequence[BuildRow], start: float, finish: float, scale: float, y: float) -> Bar:
    is_critical = len(group) == 1 and group[0].is_critical
    return Bar(
        x=round(_LEFT + start * scale, 1),
        y=y,
        width=round(max((finish - start) * scale, 1.0), 1),
        build=group[0].at if len(group) == 1 else -1,
        label="",
        title=group[0].name if len(group) == 1 else count(len(group), "build"),
        is_critical=is_critical,
        is_estimated=False,
    )


def _busy(runs: Sequence[BuildRow], pause: float) -> list[list[BuildRow]]:
    """Return builds of one lane in groups without a visible pause between them."""
    groups: list[list[BuildRow]] = []
    end = -math.inf
    for build in runs:
        if not groups or build.start > end + pause:
            groups.append([])
        groups[-1].append(build)
        end = max(end, build.finish)
    return groups


def _profile(builds: Sequence[BuildRow], scale: float, top: float) -> tuple[str, int]:
    """Return the number of simultaneous builds as an outline, and its maximum."""
    events: dict[float, int] = {}
    for build in builds:
        if build.finish > build.start:
            events[build.start] = events.get(build.start, 0) + 1
            events[build.finish] = events.get(build.finish, 0) - 1
    running, most = 0, 0
    heights = []
    for time in sorted(events):
        running += events[time]
        most = max(most, running)
        heights.append((time, running))
    base = top + _PROFILE
    if not most or not scale:
        return "", most
    steps = [f"M{_LEFT:g} {base:g}"]
    last = ""
    for time, number in heights:
        x, y = round(_LEFT + time * scale, 1), round(base - _PROFILE * number / most, 1)
        step = f"H{x:g}V{y:g}"
        if step != last:
            steps.append(step)
        last = step
    return "".join([*steps, "Z"]), most


def _ticks(span: float, scale: float, unit: Unit) -> list[Tick]:
    if not span:
        return []
    step = _step(span / _TICKS, unit)
    number = int(span / step + 1e-9)
    return [
        Tick(x=round(_LEFT + step * at * scale, 1), label=_mark(step * at, unit))
        for at in range(number + 1)
    ]


def _step(least: float, unit: Unit) -> float:
    """Return the distance between two marks, a round number of units."""
    if unit == "seconds" and 1 <= least <= _STEPS[-1]:
        return float(next(step for step in _STEPS if step >= least))
    days = 86400.0 if unit == "seconds" and least > _STEPS[-1] else 1.0
    power: float = 10.0 ** math.floor(math.log10(least / days))
    step = next(each for each in (1, 2, 5, 10) if each * power * days >= least * 0.999)
    return step * power * days


def _mark(value: float, unit: Unit) -> str:
    """Return a point of the axis, shorter than in a table."""
    if unit == "builds" or value < 1:
        return f"{value:.6g}"
    seconds = round(value)
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {name}" for number, name in parts if number) or "0"


def stage_bars(
    widths: Sequence[int], width: float = 560.0, height: float = 84.0
) -> tuple[Stage, ...]:
    """Return the picture of the number of builds in each stage; nothing for a single stage."""
    if len(widths) < 2 or len(widths) > _MOST_STAGES:  # noqa: PLR2004 - one bar is not a picture
        return ()
    most = max(widths)
    slot = min(width / len(widths), 40.0)
    return tuple(
        Stage(
            number=at,
            builds=builds,
            x=round(slot * at + 1, 1),
            y=round(height - max(height * builds / most, 1.5), 1),
            width=round(max(slot - 2, 1), 1),
            height=round(max(height * builds / most, 1.5), 1),
        )
        for at, builds in enumerate(widths)
    )
