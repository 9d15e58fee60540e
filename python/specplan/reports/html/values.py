"""The values of a page before a template shows them: frozen, in the order of the page.

Texts hold names as the documents have them; the templates escape what they show. A sentence
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

#: What a part of the bar of a cell stands for.
SegmentKind: TypeAlias = Literal["exact", "compatible", "missing", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the numbers at the top of the page.

    Attributes:
        label: What it counts.
        value: The number, with its unit.
        detail: What it is of.
        tone: How good it is.
        section: The id of the section that says more; empty where none does.
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
        title: What it holds.
        table: The table.
        note: A sentence below the title; empty where there is none.
    """

    title: Prose
    table: ReportTable
    note: Prose = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result in one line and a few numbers.

    Attributes:
        headline: The line.
        standing: The words of the verdict: whether gates hold, and whether it is whole.
        tone: What they mean.
        figures: The numbers.
        lines: What was asked, a sentence each.
        reasons: Why gates fail or the verdict is not whole, a sentence each.
        gates: The gates with limit, value and verdict; None where none was asked.
        left_out: What of the questions was left out; None where nothing was.
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
        kind: What it stands for.
        start: Where it begins, in hundredths of the bar.
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
        wanted: How many wants it has.
        exact: How many of them a binary of its very system covers.
        compatible: How many a binary of another system covers that serves it.
        unknown: How many cannot be decided.
        missing: How many are gaps.
        usable: How many are covered by what installs; None where that is not known.
        carried_from: Where an earlier run measured it, if this one did not; else empty.
        share: The share that is covered, as people read it.
        tone: How good it is.
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
        share: The share over all its cells, as people read it.
        order: That share as a number to sort by; -1 where nothing is wanted.
        cells: Its cell on each system; None where it has none.
    """

    stack: str
    share: str
    order: float
    cells: tuple[MatrixCell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The common cause of several gaps.

    Attributes:
        id: Its name in links, the same as long as the cause is.
        title: The cause.
        remedy: What to do about it.
        state: The state of its gaps.
        gaps: How many gaps it has.
        cells: In how many cells these are.
        packages: The packages that it has most gaps of, first ones first.
        more: How many packages are not named.
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
        want: The want, as people read it.
        package: Its package.
        hash: The hash that is wanted; empty where none is.
        cell: The number of its cell; -1 where the matrix does not have it.
        stack: The stack.
        os: The operating system.
        target: The target.
        state: The word of the document for why it is a gap.
        cause: The number of its cause.
        blocked: How many wants it blocks; None where that is not known.
        roots: The number of roots that it completes; None as above.
        now: Whether it can be built now; None as above.
        known: Why somebody accepts it; empty where nobody knows of it.
        nearest_hash: The hash of the nearest binary; empty where there is none.
        nearest_place: Where that is.
        differs: In what it differs.
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
    nearest_place: str
    differs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapState:
    """A state of gaps, for the filter.

    Attributes:
        key: The word of the document.
        words: What people read.
        sentence: The same as a sentence.
        sum: The same behind the number of gaps.
        count: How many gaps have it.
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
        wants: What the wants are called, one and several.
        all_gaps: How many gaps there are.
        gaps: Those that the document lists, the most useful first.
        states: The states that there are gaps of.
        causes: What gaps have in common, the most gaps first.
        needed: What most wants wait for; None where dependencies are not known.
        unknown: The wants that cannot be decided; None where there are none.
        not_wanted: What is not wanted; None where nothing is.
        known: The known gaps that were accepted; None where none were asked for.
        notes: What else the reader must know, a sentence each.
        shows_blocked: Whether any gap says what it blocks.
        shows_known: Whether somebody accepts any gap.
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
    """A change with one cause, wherever it shows.

    Attributes:
        kind: What happened.
        title: What changed.
        detail: How.
        count: How often: in how many cells, or for how many specs.
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
        tables: What was lost, what changed, what was gained; or the causes.
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
        name: What it is called: name and version.
        hash: Its hash.
        system: Its system.
        stacks: The stacks that want it.
        stage: Its stage.
        cost: What it costs, as a number.
        cost_words: The same as people read it; `~` marks an estimate.
        cause: Why it is built, in words.
        needs: The numbers of the builds that it waits for.
        unblocks: The numbers of the builds that wait for it.
        unblocks_in_all: How many wait for it at any distance; None where there are too many builds
            to count.
        because: The chain from a want to it, as people read it.
        start: When it starts.
        start_words: The same as people read it.
        finish: When it is done.
        lane: The lane that it is drawn in, from 0; -1 where none is.
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
        width: How wide it is.
        build: The number of its build; -1 where it stands for several.
        label: What is written in it; empty where there is no room.
        title: What it is, in one line.
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
        label: What it is called; empty where it is not.
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
    """The picture of when each build runs.

    Attributes:
        title: What it shows.
        description: The same in sentences, for who cannot see it.
        width: The width of the whole picture.
        height: The height of the whole picture.
        left: Where time begins.
        bar: How high a bar is.
        top: Where the lanes begin.
        bottom: Where the lanes end.
        lanes: The lanes.
        bars: The bars.
        ticks: The axis.
        path: The outline of how many builds run at once, as the path of an SVG.
        most: How many run at once at most.
        span: How long all takes.
        is_banded: Whether bars stand for several builds.
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
        builds: How many builds it has.
        x: Its left edge.
        y: Its upper edge.
        width: How wide it is.
        height: How high it is.
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
        x: Where the limit stands.
        y: Where the number of roots that install then stands.
        label: The number; empty where it has no room.
        title: What it says, in one line.
    """

    x: float
    y: float
    label: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The results of budgets, as a drawing.

    Attributes:
        title: What it shows.
        description: The same in sentences, for who cannot see it.
        axis: What the limits count.
        width: The width of the whole picture.
        height: The height of the whole picture.
        left: Where nothing is spent.
        right: Where all is spent.
        bottom: Where no root installs.
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
        unit: What costs count: ``builds`` or ``seconds``.
        figures: The numbers.
        lines: Sentences about them.
        builds: The builds, by stage.
        critical: The numbers of the builds on the critical path.
        gantt: The picture; None where nothing is built.
        stages: The picture of stages; nothing where there is one stage or none.
        curve: What budgets buy; None where that was not asked.
        choices: What was chosen for abstract wants; None where there are none.
        tables: What else the plan says: what to publish, what cannot be planned.
        install: How builds and consumers must install.
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
        x: Where it stands.
        label: What is written there.
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
        dash: How it is dashed.
        colour: The number of its colour.
        is_all: Whether it is that of all stacks together.
        label_y: Where its name stands.
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
        left: Where the lines begin.
        right: Where they end.
        bottom: Where nothing is covered.
        grid: Shares with their heights.
        names: The steps that are named.
        changes: The steps at which the wants changed.
        lines: The lines.
        description: The same in sentences, for who cannot see it.
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
        picture: The picture; None of a single step.
        tables: The numbers, and what was lost since when.
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
        title: What it is called.
        count: A number beside it; empty where there is none.
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
        date: When it was made, as it was given; empty where nothing says it.
        command: The command that makes it again; empty where there is none.
        verdict: How it stands.
        coverage: What is missing; None where that was not asked.
        changes: What changed, or None.
        plan: The plan, or None.
        trend: Coverage over time, or None.
        soundness: What is wrong with the caches, or None.
        inputs: What the page was made from, with checksums.
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
