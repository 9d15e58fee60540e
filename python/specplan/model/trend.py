"""Coverage over many snapshots: steps, lost wants, and changes of the wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from specplan.counting import count
from specplan.errors import SpecplanError
from specplan.model.coverage import Cell
from specplan.model.gate import Gate
from specplan.model.left_out import LeftOut
from specplan.model.query import Compatibility, Level, Scope, WantsKind
from specplan.model.report import Report
from specplan.model.want_keys import KnownWants
from specplan.records import dataclass

__all__ = [
    "LostWant",
    "Measured",
    "Trend",
    "TrendCell",
    "TrendPoint",
    "TrendQuestion",
    "TrendStack",
    "TrendStep",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendQuestion:
    """The question that all steps of a trend answer.

    Attributes:
        wants: The origin of the wants.
        level: The level of keys; None if all wants are abstract specs.
        compat: The rule by which binaries serve a cell.
        scope: The wanted part of a lock; None if the wants do not come from locks.
    """

    wants: WantsKind
    level: Level | None
    compat: Compatibility
    scope: Scope | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Measured:
    """One step of a trend: numbers, and the names of wants and gaps.

    A cell is named by its stack, operating system and target.

    Attributes:
        name: Its name.
        tags: The selected snapshots; none if the sources have none.
        question: The question; None if it has no cell.
        cells: The numbers of its cells.
        lacking: By cell, the wants that are not covered or cannot be decided.
        undecided: By cell, those of them that cannot be decided.
        wants: By cell, all wants, by name or by key; None if they are not recorded.
        left_out: Input that could not be taken into account.
        own_stack: The stack name of its only source without a label; empty if it has none or
            several.
        asked: The patterns of the requested stacks.
        nothing: The reason why it has no cell, if nothing requested exists yet or any more.
    """

    name: str
    tags: tuple[str, ...]
    question: TrendQuestion | None
    cells: tuple[Cell, ...]
    lacking: Mapping[tuple[str, str, str], AbstractSet[str]]
    undecided: Mapping[tuple[str, str, str], AbstractSet[str]]
    wants: Mapping[tuple[str, str, str], KnownWants] | None
    left_out: tuple[LeftOut, ...]
    own_stack: str = ""
    asked: tuple[str, ...] = ()
    nothing: SpecplanError | None = None

    def __repr__(self) -> str:
        return f"<Measured: {self.name}, {count(len(self.cells), 'cell')}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """A value at one step.

    Attributes:
        wanted: The number of wants.
        covered: The number of them that an available spec covers.
        unknown: The number that the sources cannot decide.
        coverage: ``covered / wanted``; None where nothing is wanted.
        lost: The number of wants that were covered at the step before, are still wanted and are not
            covered.
        regained: The number of wants that were gaps at the step before, are still wanted and are
            covered.
        wants_added: The number of new wants; None if the step before, or this one, does not record
            its wants, as in documents of an earlier release.
        wants_removed: The number of wants that are gone; None under the same condition.
        wants_changed: Whether the wants differ from those of the step before; None if unknown.
    """

    wanted: int
    covered: int
    unknown: int
    coverage: float | None
    lost: int = 0
    regained: int = 0
    wants_added: int | None = None
    wants_removed: int | None = None
    wants_changed: bool | None = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendStep:
    """One snapshot, source or saved document, with the sums over all its cells.

    Attributes:
        name: Its name: the snapshot, else the source or the document.
        tags: The selected snapshots; none if the sources have none.
        point: The sums.
        blocks: Whether left-out input could change its numbers.
    """

    name: str
    tags: tuple[str, ...]
    point: TrendPoint
    blocks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendStack:
    """One stack over all steps.

    Attributes:
        stack: The stack.
        points: The sums over its cells, one for each step; None if it has none.
    """

    stack: str
    points: tuple[TrendPoint | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendCell:
    """One stack on one system over all steps.

    Attributes:
        stack: The stack.
        platform: The platform of the system.
        os: The operating system.
        target: The microarchitecture.
        points: One for each step; None if the cell does not exist then.
    """

    stack: str
    platform: str
    os: str
    target: str
    points: tuple[TrendPoint | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LostWant:
    """A want that was covered once and is a gap at the last step of its cell.

    Attributes:
        stack: The stack of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        want: The want, as text.
        last_covered: The last step at which it was covered.
        since: The step since which it is a gap.
        certain: Whether it was certainly covered: false if it is undecided now, or if a document of
            an earlier release does not distinguish a new want from a covered one.
    """

    stack: str
    os: str
    target: str
    want: str
    last_covered: str
    since: str
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Trend(Report):
    """Coverage over steps in time.

    Attributes:
        wants: The origin of the wants.
        level: The level of keys; None if all wants are abstract specs.
        compat: The rule by which binaries serve a cell.
        scope: The wanted part of a lock; None if the wants do not come from locks.
        steps: The steps, the oldest first.
        stacks: By name.
        cells: Ordered by stack, os, target.
        lost: Ordered by the step since which they are gaps, the newest first, then by cell and
            want.
        left_out: Input of the question that could not be taken into account at some step.
        gates: The gates of the run, each with its verdict; empty if none was requested.
    """

    wants: WantsKind
    level: Level | None
    compat: Compatibility
    scope: Scope | None
    steps: tuple[TrendStep, ...]
    stacks: tuple[TrendStack, ...]
    cells: tuple[TrendCell, ...]
    lost: tuple[LostWant, ...]
    left_out: tuple[LeftOut, ...] = ()
    gates: tuple[Gate, ...] = ()

    def __iter__(self) -> Iterator[TrendStep]:
        """Iterate over the steps, the oldest first."""
        return iter(self.steps)

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.steps)
