"""Coverage over many snapshots, one after the other.

Only the numbers of each step are kept; the names of wants are kept only for the previous step, and
for lost wants. So memory grows with the cells and the steps, not with the specs of all snapshots.
"""

from __future__ import annotations

from dataclasses import field, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from specplan.catalog.contents import tags_of
from specplan.catalog.left_out import is_named
from specplan.catalog.names import any_matches
from specplan.coverage import records
from specplan.coverage.covered import all_wants
from specplan.coverage.left_out import of_coverage
from specplan.coverage.same_question import refuse_other_question
from specplan.coverage.solve import answer
from specplan.coverage.want_keys import alike, name_of, saved_wants
from specplan.errors import EmptySelectionError, UnknownNameError, UsageError
from specplan.exact import ratio
from specplan.model.left_out import LeftOut, merged
from specplan.model.trend import (
    LostWant,
    Measured,
    Trend,
    TrendCell,
    TrendPoint,
    TrendQuestion,
    TrendStack,
    TrendStep,
)
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from specplan._core import State
    from specplan.aliases import CellName
    from specplan.catalog.contents import Contents
    from specplan.coverage.ask import ResolvedAnswer
    from specplan.coverage.query import CoverageQuery
    from specplan.errors import SpecplanError
    from specplan.model import Cell, Coverage
    from specplan.model.want_keys import KnownWants

__all__ = ["measured", "measured_before", "trend"]


def measured(contents: Contents, query: CoverageQuery, name: str) -> Measured:
    """Return the answer for one state of caches.

    Args:
        contents: The caches.
        query: The query, with its snapshot.
        name: The name of the step.

    Raises:
        UnknownNameError: If the snapshot is unknown.
        UsageError: If the question makes no sense otherwise.
    """
    own_stack = next(iter(contents.own_stacks)) if len(contents.own_stacks) == 1 else ""
    # An unknown snapshot is not a step.
    state = [] if contents.is_empty else contents.state(query.tag)
    try:
        found = answer(contents, _with_known_stacks(contents, query, state), None, "keys")
    except (EmptySelectionError, UnknownNameError) as error:
        return Measured(
            name=name,
            tags=tags_of(state),
            question=None,
            cells=(),
            lacking={},
            undecided={},
            wants={},
            left_out=contents.left_out,
            own_stack=own_stack,
            asked=query.stack,
            nothing=error,
        )
    cells = records.cells(found, records.own_cells(found))
    lacking = {name_of(each): set(each.keys) for each in records.lacking(found)}
    undecided = _undecided(found)
    for place, keys in undecided.items():
        lacking.setdefault(place, set()).update(keys)
    return Measured(
        name=name,
        tags=tags_of(found.state),
        question=TrendQuestion(
            wants=found.wants, level=found.level, compat=query.compat, scope=found.scope
        ),
        cells=cells,
        lacking=lacking,
        undecided=undecided,
        wants=all_wants(found),
        left_out=tuple(map(_settled_here, of_coverage(found, contents, None, query.stack))),
        own_stack=own_stack,
        asked=query.stack,
    )


def _settled_here(record: LeftOut) -> LeftOut:
    """Return a record with a remedy that works for a trend, which has no baseline."""
    if record.kind != "no_peer":
        return record
    return replace(record, remedy=f"--want {record.where}=spack.lock, or --peers PATTERN")


def measured_before(saved: Coverage, name: str) -> Measured:
    """Return one step of a saved document: numbers, gaps, and all wants by their keys.

    Args:
        saved: The saved coverage.
        name: The name of the step.
    """
    lacking: dict[CellName, set[str]] = {name_of(cell): set() for cell in saved.cells}
    undecided: dict[CellName, set[str]] = {}
    for gap in saved.gaps:
        lacking.setdefault((gap.stack, gap.os, gap.target), set()).add(gap.want)
    for want in saved.unknown:
        place = (want.stack, want.os, want.target)
        lacking.setdefault(place, set()).add(want.want)
        undecided.setdefault(place, set()).add(want.want)
    return Measured(
        name=name,
        tags=saved.tags,
        question=TrendQuestion(
            wants=saved.wants, level=saved.level, compat=saved.compat, scope=saved.scope
        ),
        # Cells carried forward into it were measured at another step.
        cells=tuple(cell for cell in saved.cells if cell.carried_from is None),
        lacking=lacking,
        undecided=undecided,
        wants=saved_wants(saved),
        left_out=saved.left_out,
    )


def trend(steps: Iterable[Measured]) -> Trend:
    """Return the coverage over steps, which are read one after the other.

    Args:
        steps: The steps, the oldest first.

    Raises:
        UsageError: If there are none, or one answers another question than the first.

    Complexity: linear in the wants of all steps; memory is proportional to the cells times the
    steps, plus the wants of one step.
    """
    progress = _Progress()
    for step in steps:
        progress.add(step)
    return progress.trend()


def _with_known_stacks(contents: Contents, query: CoverageQuery, state: State) -> CoverageQuery:
    """Return a query without the patterns of unlisted stacks, unless none would be left."""
    if query.want or not query.stack:
        return query
    stacks = contents.core.stacks(state)
    known = tuple(
        each for each in query.stack if any(any_matches((each,), stack) for stack in stacks)
    )
    return replace(query, stack=known or query.stack)


def _undecided(found: ResolvedAnswer) -> dict[CellName, AbstractSet[str]]:
    if found.abstract is None:
        return {}
    asked = found.abstract.wants
    return {
        (cell.stack, cell.os, cell.target): {asked.specs[each.want] for each in own.unknown}
        for cell, own in zip(asked.cells, found.abstract.core.cells, strict=True)
        if own.unknown
    }


@dataclass(slots=True)
class _CellHistory:
    """One cell over the steps so far.

    Attributes:
        platform: The platform of its system.
        points: One for each step up to the last at which the cell existed.
        at: That step.
        wants: Its wants there, by name or by key; None if not recorded.
        lacking: Its gaps there.
        lost: Its lost wants, with the step since which each is a gap and the last step at which it
            was covered.
    """

    platform: str
    points: list[TrendPoint | None] = field(default_factory=list)
    at: int | None = None
    wants: KnownWants | None = None
    lacking: AbstractSet[str] = frozenset()
    lost: dict[str, tuple[int, int, bool]] = field(default_factory=dict)


class _Progress:
    """The state after some steps."""

    def __init__(self) -> None:
        self.question: TrendQuestion | None = None
        self.asked_by = ""
        self.nothing: SpecplanError | None = None
        self.steps: list[TrendStep] = []
        self.cells: dict[CellName, _CellHistory] = {}
        self.left_out: list[tuple[LeftOut, ...]] = []
        self.own_stack = ""
        self.asked: tuple[str, ...] = ()

    def add(self, step: Measured) -> None:
        """Add a step."""
        if step.nothing is not None:
            self.nothing = self.nothing or step.nothing
        if self.question is None:
            self.question, self.asked_by = step.question, step.name
        elif step.question is not None:
            refuse_other_question(
                step.name,
                step.question,
                self.question,
                hint="compare documents of the same command",
                asked_by=self.asked_by,
            )
        self._join(step)
        self.asked = step.asked or self.asked
        at = len(self.steps)
        points = []
        for cell in step.cells:
            history = self.cells.setdefault(name_of(cell), _CellHistory(platform=cell.platform))
            history.points += [None] * (at - len(history.points))
            point = _taken(history, cell, step, at)
            history.points.append(point)
            points.append(point)
        if self.steps:
            # Input missing from the previous step may hide losses: that step is the older side.
            self.left_out[-1] = tuple(map(_as_older, self.left_out[-1]))
            self.steps[-1] = replace(self.steps[-1], blocks=_any_blocks(self.left_out[-1]))
        at_step = (
            replace(each, detail=f"{each.detail} (at {step.name})") for each in step.left_out
        )
        self.left_out.append(tuple(at_step))
        self.steps.append(
            TrendStep(
                name=step.name,
                tags=step.tags,
                point=_sum(points),
                blocks=_any_blocks(step.left_out),
            )
        )

    def _join(self, step: Measured) -> None:
        """Join sources without labels as one stack at several times."""
        name = step.own_stack
        if not name:
            return
        if self.own_stack and all(stack != name for stack, _, _ in self.cells):
            self.cells = {
                (name if stack == self.own_stack else stack, os, target): history
                for (stack, os, target), history in self.cells.items()
            }
            # A remedy uses the same stack name as the whole trend.
            self.left_out = [
                tuple(
                    _settled_here(replace(each, where=name))
                    if (each.kind, each.where) == ("no_peer", self.own_stack)
                    else each
                    for each in records
                )
                for records in self.left_out
            ]
        self.own_stack = name

    def trend(self) -> Trend:
        """Return all steps so far."""
        if self.question is None:
            # No step has anything requested, so a name is wrong.
            raise self.nothing or UsageError(
                "there are no steps", hint="name a snapshot or a document"
            )
        number = len(self.steps)
        cells = []
        for (stack, os, target), history in sorted(self.cells.items()):
            points = (*history.points, *[None] * (number - len(history.points)))
            cells.append(
                TrendCell(
                    stack=stack, platform=history.platform, os=os, target=target, points=points
                )
            )
        return Trend(
            wants=self.question.wants,
            level=self.question.level,
            compat=self.question.compat,
            scope=self.question.scope,
            steps=tuple(self.steps),
            stacks=_stacks(cells, number),
            cells=tuple(cells),
            lost=self._lost(),
            left_out=merged((*chain.from_iterable(self.left_out), *self._absent(), *self._alone())),
        )

    def _absent(self) -> Iterable[LeftOut]:
        """Yield the cells that are missing at the last step: all their wants may be lost."""
        for (stack, os, target), history in sorted(self.cells.items()):
            if len(history.points) < len(self.steps):
                yield LeftOut(
                    kind="absent_stack",
                    where=f"{stack} {os}/{target}",
                    detail=f"not listed since {self.steps[len(history.points)].name}",
                    blocks=True,
                    remedy="`--stack`, `--os` or `--target` for the cells that should still exist",
                )

    def _alone(self) -> Iterable[LeftOut]:
        """Yield records of cells without anything to compare with."""
        if len(self.steps) == 1:
            yield LeftOut(
                kind="nothing_in_common",
                where=self.steps[0].name,
                detail="it is the only step, so there is nothing to compare it with",
                blocks=True,
                remedy="an older snapshot, source or saved document before it",
            )
            return
        compared: dict[str, bool] = {}
        for (stack, _, _), history in self.cells.items():
            twice = sum(point is not None for point in history.points) > 1
            compared[stack] = compared.get(stack, False) or twice
        for stack, is_compared in sorted(compared.items()):
            if not is_compared:
                yield LeftOut(
                    kind="nothing_in_common",
                    where=stack,
                    detail="only one step has it, so there is nothing to compare it with",
                    blocks=not any(compared.values()) or is_named(stack, self.asked),
                    remedy=f"a step before it that lists it, as in `{stack}=SOURCE`",
                )

    def _lost(self) -> tuple[LostWant, ...]:
        found = [
            (-since, place, want, covered, is_certain)
            for place, history in self.cells.items()
            for want, (since, covered, is_certain) in history.lost.items()
        ]
        return tuple(
            LostWant(
                stack=stack,
                os=os,
                target=target,
                want=want,
                last_covered=self.steps[covered].name,
                since=self.steps[-since].name,
                certain=is_certain,
            )
            for since, (stack, os, target), want, covered, is_certain in sorted(found)
        )


#: The kinds of records about missing parts of a source itself.
_OF_SOURCES: Final = frozenset(("damaged_file", "empty_source", "index_version"))


def _as_older(record: LeftOut) -> LeftOut:
    """Return a record of a step with which later ones are compared."""
    return replace(record, blocks=record.blocks or record.kind in _OF_SOURCES)


def _any_blocks(records: Iterable[LeftOut]) -> bool:
    return any(each.blocks for each in records)


def _taken(history: _CellHistory, cell: Cell, step: Measured, at: int) -> TrendPoint:
    """Return the values of a cell at a step, and update its history for the next step."""
    name = name_of(cell)
    lacking = step.lacking.get(name, frozenset())
    wants = None if step.wants is None else step.wants.get(name, frozenset())
    point = TrendPoint(
        wanted=cell.wanted, covered=cell.covered, unknown=cell.unknown, coverage=cell.coverage
    )
    before = history.at
    if before is not None:
        old = history.wants
        added = removed = None
        is_changed = None
        if old is not None and wants is not None:
            before_wants, now = alike(old, wants)
            added, removed = len(now - before_wants), len(before_wants - now)
            is_changed = bool(added or removed)
        previous = next(each for each in reversed(history.points) if each is not None)
        lost = {want for want in lacking - history.lacking if old is None or want in old}
        if not previous.covered:
            lost = set()
        regained = {want for want in history.lacking - lacking if wants is None or want in wants}
        undecided = step.undecided.get(name, frozenset())
        for want in lost:
            history.lost[want] = (at, before, old is not None and want not in undecided)
        point = replace(
            point,
            lost=len(lost),
            regained=len(regained),
            wants_added=added,
            wants_removed=removed,
            # If the wants are unknown, only their number can show that they changed.
            wants_changed=True if previous.wanted != cell.wanted else is_changed,
        )
    history.lost = {want: since for want, since in history.lost.items() if want in lacking}
    history.at, history.wants, history.lacking = at, wants, lacking
    return point


def _stacks(cells: Iterable[TrendCell], number: int) -> tuple[TrendStack, ...]:
    of_stacks: dict[str, list[TrendCell]] = {}
    for cell in cells:
        of_stacks.setdefault(cell.stack, []).append(cell)
    return tuple(
        TrendStack(
            stack=stack,
            points=tuple(
                _sum(points) if (points := _there(own, at)) else None for at in range(number)
            ),
        )
        for stack, own in sorted(of_stacks.items())
    )


def _there(cells: Iterable[TrendCell], at: int) -> list[TrendPoint]:
    return [point for cell in cells if (point := cell.points[at]) is not None]


def _sum(points: Iterable[TrendPoint]) -> TrendPoint:
    """Return the sums over cells at one step."""
    points = list(points)
    wanted, covered = (
        sum(getattr(each, name) for each in points) for name in ("wanted", "covered")
    )
    changes = {each.wants_changed for each in points}
    known = [each for each in points if each.wants_added is not None]
    return TrendPoint(
        wanted=wanted,
        covered=covered,
        unknown=sum(each.unknown for each in points),
        coverage=ratio(covered, wanted),
        lost=sum(each.lost for each in points),
        regained=sum(each.regained for each in points),
        wants_added=sum(each.wants_added or 0 for each in known) if known else None,
        wants_removed=sum(each.wants_removed or 0 for each in known) if known else None,
        wants_changed=True if True in changes else (None if None in changes else False),
    )
