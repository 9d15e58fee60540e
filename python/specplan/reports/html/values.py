"""The values of a page before a template shows them: frozen, in the order of the page.

Texts contain names as in the documents; the templates escape them. A sentence
(:data:`~specplan.reports.render.prose.Prose`) has its names marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from specplan.records import dataclass

if TYPE_CHECKING:
    from specplan.reports.outline import ReportTable, Tone
    from specplan.reports.render.prose import Prose

__all__ = [
    "Bar",
    "BuildRow",
    "Cause",
    "ChangeRow",
    "Changes",
    "CoveragePart",
    "Figure",
    "Gantt",
    "GapRow",
    "GapState",
    "HtmlPage",
    "Lane",
    "MatrixCell",
    "MatrixRow",
    "PagePart",
    "PlanPart",
    "Segment",
    "SegmentKind",
    "Soundness",
    "Stage",
    "Tick",
    "Titled",
    "TrendLine",
    "TrendMark",
    "TrendPart",
    "TrendPicture",
    "Verdict",
]

#: The kinds of parts of the bar of a cell.
SegmentKind: TypeAlias = Literal["exact", "compatible", "missing", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the numbers at the top of the page.

    Attributes:
        label: Its label.
        value: The number, with its unit.
        detail: Its reference, such as the total.
        tone: Its rating.
        section: The id of the section with details; empty if there is none.
    """

    label: str
    value: str
    detail: str = ""
    tone: Tone = "plain"
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Titled:
    """A table under its title.

    Attributes:
        title: Its title.
        table: The table.
        note: A sentence below the title; empty if there is none.
    """

    title: Prose
    table: ReportTable
    note: Prose = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result in one line and a few numbers.

    Attributes:
        headline: The line.
        standing: The words of the verdict: whether gates hold, and whether it is complete.
        tone: Their rating.
        figures: The numbers.
        lines: The questions, one sentence each.
        reasons: The reasons why gates fail or the verdict is incomplete, one sentence each.
        gates: The gates with limit, value and verdict; None if none was requested.
        left_out: The left-out input; None if there is none.
        is_doubtful: Whether any of that could change an answer.
    """

    headline: Prose
    standing: str
    tone: Tone
    figures: tuple[Figure, ...]
    lines: tuple[Prose, ...]
    reasons: tuple[Prose, ...]
    gates: Titled | None
    left_out: Titled | None
    is_doubtful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of the bar of a cell.

    Attributes:
        kind: Its kind.
        start: Its start, in hundredths of the bar.
        width: Its width.
    """

    kind: SegmentKind
    start: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """One stack on one system.

    Attributes:
        at: Its number among all cells of the document, from 0.
        stack: The stack.
        os: The operating system.
        target: The target.
        wanted: The number of wants.
        exact: The number of them covered by a binary of exactly its system.
        compatible: The number covered by a binary of another, compatible system.
        unknown: The number of undecided ones.
        missing: The number of gaps.
        usable: The number covered by installable binaries; None if unknown.
        carried_from: The origin of the measurement, if an earlier run measured it; otherwise empty.
        share: The covered share, formatted.
        tone: Its rating.
        bar: The parts of its bar.
    """

    at: int
    stack: str
    os: str
    target: str
    wanted: int
    exact: int
    compatible: int
    unknown: int
    missing: int
    usable: int | None
    carried_from: str
    share: str
    tone: Tone
    bar: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """A stack on all systems.

    Attributes:
        stack: The stack.
        share: The share over all its cells, formatted.
        order: That share as a number to sort by; -1 if nothing is wanted.
        cells: Its cell on each system; None if it has none.
    """

    stack: str
    share: str
    order: float
    cells: tuple[MatrixCell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The common cause of several gaps.

    Attributes:
        id: Its name in links, which only depends on the cause.
        title: The cause.
        remedy: Its remedy.
        state: The state of its gaps.
        gaps: The number of gaps.
        cells: The number of cells with these gaps.
        packages: The packages with the most gaps, in descending order.
        more: The number of packages that are not named.
    """

    id: str
    title: Prose
    remedy: str
    state: str
    gaps: int
    cells: int
    packages: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """One want that nothing covers.

    Attributes:
        want: The want, formatted.
        package: Its package.
        hash: The wanted hash; empty if there is none.
        cell: The number of its cell; -1 if the matrix does not contain it.
        stack: The stack.
        os: The operating system.
        target: The target.
        state: Its state, as in the document.
        cause: The number of its cause.
        blocked: The number of wants it blocks; None if unknown.
        roots: The number of roots that it completes; None as above.
        now: Whether it can be built now; None as above.
        known: The reason for accepting it; empty if it is not a known gap.
        nearest_hash: The hash of the nearest binary; empty if there is none.
        nearest_cell: The stack and the system of that binary.
        differs: Its differences.
    """

    want: str
    package: str
    hash: str
    cell: int
    stack: str
    os: str
    target: str
    state: str
    cause: int
    blocked: int | None
    roots: int | None
    now: bool | None
    known: str
    nearest_hash: str
    nearest_cell: str
    differs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapState:
    """A state of gaps, for the filter.

    Attributes:
        key: The word of the document.
        words: The words for people.
        sentence: The same as a sentence.
        sum: The words after the number of gaps.
        count: The number of gaps with it.
    """

    key: str
    words: str
    sentence: str
    sum: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePart:
    """The matrix, the causes of the gaps, and the gaps.

    Attributes:
        systems: The systems as (operating system, its targets), in order.
        rows: The matrix.
        wants: The nouns for wants, one and several.
        all_gaps: The number of all gaps.
        gaps: Those that the document lists, the most useful first.
        states: The states of the gaps.
        causes: The common causes of gaps, the most frequent first.
        needed: The specs for which most wants wait; None if dependencies are unknown.
        unknown: The undecided wants; None if there are none.
        not_wanted: The excluded wants; None if there are none.
        known: The known gaps that were accepted; None if not requested.
        notes: Further notes, one sentence each.
        shows_blocked: Whether the numbers of blocked wants are known.
        shows_known: Whether any gap is a known one.
    """

    systems: tuple[tuple[str, tuple[str, ...]], ...]
    rows: tuple[MatrixRow, ...]
    wants: tuple[str, str]
    all_gaps: int
    gaps: tuple[GapRow, ...]
    states: tuple[GapState, ...]
    causes: tuple[Cause, ...]
    needed: Titled | None
    unknown: Titled | None
    not_wanted: Titled | None
    known: Titled | None
    notes: tuple[Prose, ...]
    shows_blocked: bool
    shows_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A change with one cause, in all its places.

    Attributes:
        kind: The kind of change.
        title: The changed thing.
        detail: The way it changed.
        count: The number of affected cells or specs.
        where: The places.
    """

    kind: Literal["lost", "changed", "gained"]
    title: str
    detail: str
    count: int
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The changes between two states.

    Attributes:
        headline: The line.
        old: The older state.
        new: The newer one.
        figures: The numbers.
        lines: Sentences about them.
        tables: The lost, changed and gained keys; or the causes.
    """

    headline: Prose
    old: str
    new: str
    figures: tuple[Figure, ...]
    lines: tuple[Prose, ...]
    tables: tuple[Titled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRow:
    """One build of the plan.

    Attributes:
        at: Its number, from 0.
        name: Its name and version.
        hash: Its hash.
        system: Its system.
        stacks: The stacks that want it.
        stage: Its stage.
        cost: Its cost, as a number.
        cost_words: The same, formatted; `~` marks an estimate.
        cause: The reason why it is built, in words.
        needs: The numbers of the builds that it waits for.
        unblocks: The numbers of the builds that wait for it.
        unblocks_in_all: The number that wait for it directly or indirectly; None if there are too
            many builds to count.
        because: The chain from a want to it, formatted.
        start: Its start.
        start_words: The same, formatted.
        finish: Its end.
        lane: The lane in which it is drawn, from 0; -1 if there are none.
        is_critical: Whether it is on the critical path.
        is_estimated: Whether its cost is an estimate.
    """

    at: int
    name: str
    hash: str
    system: str
    stacks: str
    stage: int
    cost: float
    cost_words: str
    cause: str
    needs: tuple[int, ...]
    unblocks: tuple[int, ...]
    unblocks_in_all: int | None
    because: str
    start: float
    start_words: str
    finish: float
    lane: int
    is_critical: bool
    is_estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A rectangle of the Gantt picture, in its units.

    Attributes:
        x: Its left edge.
        y: Its upper edge.
        width: Its width.
        build: The number of its build; -1 if it represents several.
        label: The text in it; empty if there is no space.
        title: Its description, in one line.
        is_critical: Whether it is on the critical path.
        is_estimated: Whether its cost is an estimate.
    """

    x: float
    y: float
    width: float
    build: int
    label: str
    title: str
    is_critical: bool
    is_estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane of the picture: a runner, or room for one.

    Attributes:
        y: Its upper edge.
        label: Its name; empty if it has none.
    """

    y: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on the axis of time."""

    x: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gantt:
    """The picture of the times of builds.

    Attributes:
        title: Its title.
        description: The same in sentences, for readers who cannot see it.
        width: The width of the whole picture.
        height: The height of the whole picture.
        left: The start of the time axis.
        bar: The height of a bar.
        top: The top of the lanes.
        bottom: The bottom of the lanes.
        lanes: The lanes.
        bars: The bars.
        ticks: The axis.
        path: The outline of the number of parallel builds, as the path of an SVG.
        most: The maximum number of parallel builds.
        span: The total time.
        is_banded: Whether bars represent several builds.
    """

    title: str
    description: str
    width: float
    height: float
    left: float
    bar: float
    top: float
    bottom: float
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    path: str
    most: int
    span: float
    is_banded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A bar of the picture of stages.

    Attributes:
        number: The stage.
        builds: The number of its builds.
        x: Its left edge.
        y: Its upper edge.
        width: Its width.
        height: Its height.
    """

    number: int
    builds: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """A budget in the picture of budgets.

    Attributes:
        x: The position of the limit.
        y: The position of the number of roots that then install.
        label: The number; empty if there is no space.
        title: Its description, in one line.
    """

    x: float
    y: float
    label: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The results of budgets, as a drawing.

    Attributes:
        title: Its title.
        description: The same in sentences, for readers who cannot see it.
        axis: The unit of the limits.
        width: The width of the whole picture.
        height: The height of the whole picture.
        left: The position of an empty budget.
        right: The position of the full budget.
        bottom: The position of no installing root.
        grid: Numbers of roots with their heights.
        ticks: The axis.
        path: The steps, as the path of an SVG.
        area: The area below them.
        points: The budgets.
        table: The same as a table.
    """

    title: str
    description: str
    axis: str
    width: float
    height: float
    left: float
    right: float
    bottom: float
    grid: tuple[tuple[str, float], ...]
    ticks: tuple[Tick, ...]
    path: str
    area: str
    points: tuple[CurvePoint, ...]
    table: ReportTable


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """The plan.

    Attributes:
        headline: The line.
        unit: The unit of costs: ``builds`` or ``seconds``.
        figures: The numbers.
        lines: Sentences about them.
        builds: The builds, by stage.
        critical: The numbers of the builds on the critical path.
        gantt: The picture; None if nothing is built.
        stages: The picture of stages; empty if there is at most one.
        curve: The results of budgets; None unless requested.
        choices: The choices for abstract wants; None if there are none.
        tables: The other tables of the plan: specs to publish, wants that cannot be planned.
        install: The commands for builds and consumers.
    """

    headline: Prose
    unit: Literal["builds", "seconds"]
    figures: tuple[Figure, ...]
    lines: tuple[Prose, ...]
    builds: tuple[BuildRow, ...]
    critical: tuple[int, ...]
    gantt: Gantt | None
    stages: tuple[Stage, ...]
    curve: Curve | None
    choices: Titled | None
    tables: tuple[Titled, ...]
    install: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendMark:
    """A step in the picture of a trend.

    Attributes:
        x: Its position.
        label: Its text.
    """

    x: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendLine:
    """A stack in the picture of a trend.

    Attributes:
        label: Its name and its last share.
        path: The line, as the path of an SVG.
        dots: Its points.
        dash: Its dashes.
        colour: The number of its colour.
        is_all: Whether it is that of all stacks together.
        label_y: The position of its name.
    """

    label: str
    path: str
    dots: tuple[tuple[float, float], ...]
    dash: str
    colour: int
    is_all: bool
    label_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPicture:
    """Coverage over several states, drawn.

    Attributes:
        width: The width of the whole picture.
        height: The height of the whole picture.
        left: The left end of the lines.
        right: The right end of the lines.
        bottom: The position of no coverage.
        grid: Shares with their heights.
        names: The steps that are named.
        changes: The steps at which the wants changed.
        lines: The lines.
        description: The same in sentences, for readers who cannot see it.
    """

    width: float
    height: float
    left: float
    right: float
    bottom: float
    grid: tuple[tuple[str, float], ...]
    names: tuple[TrendMark, ...]
    changes: tuple[TrendMark, ...]
    lines: tuple[TrendLine, ...]
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPart:
    """Coverage over several states.

    Attributes:
        headline: The line.
        picture: The picture; None for a single step.
        tables: The numbers, and the lost wants with the step of their loss.
    """

    headline: Prose
    picture: TrendPicture | None
    tables: tuple[Titled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """The faults of the caches themselves.

    Attributes:
        headline: The line.
        lines: Sentences about it.
        tables: The findings.
    """

    headline: Prose
    lines: tuple[Prose, ...]
    tables: tuple[Titled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePart:
    """A part of the page, for the list of parts.

    Attributes:
        id: The id of its section.
        title: Its title.
        count: A number beside it; empty if there is none.
    """

    id: str
    title: str
    count: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlPage:
    """The whole page.

    Attributes:
        title: The title of the window.
        version: The version of specplan.
        date: Its date, as it was given; empty if not given.
        command: The command that reproduces it; empty if there is none.
        verdict: The overall result.
        coverage: The gaps; None if not requested.
        changes: The changes, or None.
        plan: The plan, or None.
        trend: Coverage over time, or None.
        soundness: The faults of the caches, or None.
        inputs: The input files of the page, with checksums.
        parts: The parts, in their order.
    """

    title: str
    version: str
    date: str
    command: str
    verdict: Verdict
    coverage: CoveragePart | None
    changes: Changes | None
    plan: PlanPart | None
    trend: TrendPart | None
    soundness: Soundness | None
    inputs: tuple[Titled, ...]
    parts: tuple[PagePart, ...]
