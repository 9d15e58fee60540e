"""Choosing what to install for wants that several specs can meet, at least cost.

A root of an environment and an abstract spec can be met by any spec that satisfies it.
What each of these needs to be built overlaps with what the others need, so which of them
are cheapest together is not seen from each alone: it is a search, done in the compiled
core. Its answer has a lower bound, and says whether it is the least.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from specplan import _core as compiled
from specplan.abstract_wants import wants_of
from specplan.errors import EmptySelectionError, UsageError
from specplan.plan_model import NamedSpec
from specplan.sources.source import split_label
from specplan.sources.wanted import WantedEnvironment
from specplan.wants import Systems, chosen_or_all, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from specplan.abstract_wants import AbstractWants, System
    from specplan.model import Compatibility
    from specplan.sources.environment import Environment
    from specplan.sources.wanted import Wanted

__all__ = ["Asked", "Choice", "ChosenWant", "Lack", "choose", "typed_spec"]

#: Why a want cannot be planned: no known spec satisfies it; it is unknown whether any does;
#: those that do need what is known not to build, or what nothing tells the dependencies of.
Lack: TypeAlias = Literal["no_candidate", "undecided", "blocked"]

#: What ended a search early.
Cut: TypeAlias = Literal["nodes", "memory", "work", "time"]

#: How many nodes a search may look at where nothing else limits it.
NODE_LIMIT: Final = 10_000

#: How much work it may do then: steps, so that the answer is the same everywhere. On the hardest of
#: large choices that takes less than a minute.
WORK_LIMIT: Final = 4_000_000_000

#: The stack of what was typed without one.
_TYPED: Final = "wanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenWant:
    """An abstract want and what was chosen for it.

    Attributes:
        stack: The label of the environment, or of the abstract spec.
        os: The operating system that it is wanted for.
        target: The target.
        want: The abstract spec, with what its environment requires.
        candidates: How many known specs satisfy it there.
        spec: The spec that was chosen; None if the want cannot be planned.
        lock: The lock that it was chosen with, where a stack takes one as a whole.
        lack: Why it cannot be planned, if it cannot.
    """

    stack: str
    os: str
    target: str
    want: str
    candidates: int
    spec: NamedSpec | None
    lock: str | None
    lack: Lack | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was chosen, and what is proven about it.

    Attributes:
        wants: By stack, os, target, then in the order of the roots.
        optimal: Whether no choice costs less.
        lower_bound: What every choice costs at least.
        cost: What the builds of all that is wanted cost.
        cost_alone: What they would cost if each want took what is cheapest alone.
        nodes: How many nodes the search looked at.
        cut: What ended it early, if something did.
        one_by_one: The stacks that would take one lock as a whole, had one been given; their
            roots were chosen one by one and may not agree on their dependencies.
    """

    wants: tuple[ChosenWant, ...]
    optimal: bool
    lower_bound: float
    cost: float
    cost_alone: float
    nodes: int
    cut: Cut | None
    one_by_one: tuple[str, ...]

    @property
    def unplannable(self) -> tuple[ChosenWant, ...]:
        """The wants that nothing known can meet: they need a concretizer."""
        return tuple(each for each in self.wants if each.spec is None)

    @property
    def deterministic(self) -> bool:
        """Whether the same question gets the same answer everywhere."""
        return self.cut != "time"

    @property
    def roots(self) -> tuple[str, ...]:
        """The hashes that were chosen, sorted."""
        return tuple(sorted({each.spec.hash for each in self.wants if each.spec is not None}))

    @property
    def gap(self) -> float:
        """How much of the cost may be more than the least, between 0 and 1."""
        return (self.cost - self.lower_bound) / self.cost if self.cost else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a choice is asked for.

    Attributes:
        environments: Whose roots are wanted.
        locks: The locks that a stack can take as a whole.
        system: The systems that the wants are for, as ``OS/TARGET``; without one, those
            that the wants name, or else the one that all locks are for.
        os: Only what is wanted for these operating systems (shell patterns).
        target: Only what is wanted for these targets (shell patterns).
        compat: Which specs serve a system besides its own.
        libc: More operating systems with their C libraries.
        cells: The systems of stacks by label, where they are given.
        node_limit: How many nodes the search may look at; None for :data:`NODE_LIMIT` and
            :data:`WORK_LIMIT`, and for any number where the time is limited.
        time_limit: How many seconds it may take.
        gaps: Wants of stacks instead of environments, each of which is chosen for alone.
    """

    environments: tuple[WantedEnvironment, ...]
    locks: tuple[Wanted, ...]
    system: str | Sequence[str]
    os: str | Sequence[str]
    target: str | Sequence[str]
    compat: Compatibility
    libc: Mapping[str, str]
    cells: Mapping[str, Sequence[str]]
    node_limit: int | None
    time_limit: float | None
    gaps: AbstractWants | None = None


def typed_spec(text: str) -> WantedEnvironment | None:
    """Read ``[LABEL=]SPEC``; None if it is no abstract spec with a name."""
    # Who wants files alone need not wait for what reads YAML.
    from specplan.sources.environment import Environment, EnvironmentRoot  # noqa: PLC0415

    label, spec = split_label(text)
    try:
        parsed = compiled.AbstractSpec(spec)
    except ValueError:
        return None
    if parsed.name is None:
        return None
    root = EnvironmentRoot(
        spec=str(parsed), asked=str(parsed), group="default", path=text, place="", line=1
    )
    environment = Environment(
        path=text,
        label=label or _TYPED,
        roots=(root,),
        unify="false",
        platforms=(),
        oss=(),
        targets=(),
        left_out=(),
    )
    return WantedEnvironment(label=label or _TYPED, place=text, environment=environment)


def choose(core: compiled.Catalog, question: compiled.PlanQuestion, asked: Asked) -> Choice:
    """Choose specs for all wants such that building what is needed costs least.

    Args:
        core: All that is known.
        question: What is planned besides; its roots are wanted in any case.
        asked: What is to be chosen.

    Raises:
        UsageError: If nothing says for which systems the wants are, a limit is negative,
            or the scope wants more than installing needs.
        UnknownNameError: If a system is unknown.
        EmptySelectionError: If nothing is wanted for the operating systems and targets.
    """
    if question["scope"] == "all":
        raise UsageError(
            "a choice is of what installs, and the scope `all` wants more than that",
            hint="choose with the scope `runtime`, then plan the chosen hashes with `all`",
        )
    for limit, name in ((asked.node_limit, "nodes"), (asked.time_limit, "seconds")):
        if limit is not None and not limit >= 0:
            raise UsageError(f"`{limit}` is no limit of {name}", hint="it must be at least 0")
    node_limit, work_limit = asked.node_limit, None
    if node_limit is None and asked.time_limit is None:
        node_limit, work_limit = NODE_LIMIT, WORK_LIMIT
    systems = Systems(core, asked.libc)
    wants = _wants(core, asked, systems) if asked.gaps is None else asked.gaps
    options = _Options(core, question["state"], asked, wants, systems)
    alternatives = [each.alternatives for each in options.choices]
    try:
        chosen, cost, lower, optimal, alone, nodes, cut = core.choose_roots(
            question,
            alternatives,
            node_limit=node_limit,
            work_limit=work_limit,
            time_limit=asked.time_limit,
        )
    except ValueError as error:
        raise UsageError(str(error), hint="ask for less at once") from error
    told = [
        want
        for each, position in zip(options.choices, chosen, strict=True)
        for want in each.told(position)
    ]
    return Choice(
        wants=tuple(told),
        optimal=optimal,
        lower_bound=lower,
        cost=cost,
        cost_alone=alone,
        nodes=nodes,
        cut=cut,
        one_by_one=options.one_by_one,
    )


def _wants(core: compiled.Catalog, asked: Asked, systems: Systems) -> AbstractWants:
    """Return the roots of the environments in their cells."""
    added = _systems(core, systems, asked)
    asked_stacks = {each.label for each in asked.environments}
    cells = {
        stack: [systems.system(each) for each in own]
        for stack, own in asked.cells.items()
        if stack in asked_stacks
    }
    if not texts(asked.system):
        # A default is only for stacks that nothing else is said of.
        labels = {each.label for each in asked.environments if not _says_where(each.environment)}
        cells = {**{label: list(added) for label in labels}, **cells}
        added = ()
    wants = wants_of(
        asked.environments,
        systems=systems,
        cells=cells,
        added=added,
        oss=chosen_or_all(texts(asked.os), systems.oss, kind="os"),
        targets=chosen_or_all(texts(asked.target), systems.targets, kind="target"),
        not_wanted=(),
    )
    if not wants.cells and (texts(asked.os) or texts(asked.target)):
        raise EmptySelectionError("nothing is wanted for this operating system and target")
    return wants


def _says_where(environment: Environment) -> bool:
    """Return whether each root, or the environment, names an operating system and a target."""
    asked = ((root, compiled.AbstractSpec(root.asked)) for root in environment.roots)
    return all((spec.os or root.oss) and (spec.target or root.targets) for root, spec in asked)


def _systems(core: compiled.Catalog, systems: Systems, asked: Asked) -> Sequence[System]:
    """Return the systems that every want is for; none where each says so itself."""
    named = texts(asked.system)
    if named:
        added = systems.added(named)
        return core.systems() if added is None else added
    roots = sorted({root for lock in asked.locks for root, _ in lock.roots})
    specs = core.specs(compiled.Query.hashes(roots), None) if roots else []
    # Without a lock, what is known may still be all for one system.
    of_roots = {(os, target, platform) for _, _, _, platform, os, target, *_ in specs}
    found = of_roots or set(core.systems())
    return sorted(found) if len(found) == 1 else ()


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where something is wanted."""

    stack: str
    os: str
    target: str


@dataclass(frozen=True, slots=True)
class _Want:
    """An abstract spec in a cell, and the specs that satisfy it, the preferred first."""

    cell: _Cell
    spec: str
    candidates: tuple[str, ...]
    undecided: bool

    def told(self, named: NamedSpec | None, lock: str | None, lack: Lack | None) -> ChosenWant:
        return ChosenWant(
            stack=self.cell.stack,
            os=self.cell.os,
            target=self.cell.target,
            want=self.spec,
            candidates=len(self.candidates),
            spec=named,
            lock=lock,
            lack=lack,
        )

    @property
    def lack(self) -> Lack:
        if self.candidates:
            return "blocked"
        return "undecided" if self.undecided else "no_candidate"


class _Single:
    """One want that is chosen for alone."""

    def __init__(self, want: _Want, names: Mapping[str, NamedSpec]) -> None:
        self._want = want
        self._names = names
        self.alternatives = [[each] for each in want.candidates]

    def told(self, position: int | None) -> list[ChosenWant]:
        if position is None:
            return [self._want.told(None, None, self._want.lack)]
        named = self._names[self._want.candidates[position]]
        return [self._want.told(named, None, None)]


class _Whole:
    """All wants of a stack on one system, for which one lock is taken as a whole.

    Of several specs of a lock that satisfy a want, the first is taken. A lock that can
    meet fewer wants than another is no alternative.
    """

    def __init__(
        self, wants: Sequence[_Want], locks: Iterable[_Lock], names: Mapping[str, NamedSpec]
    ) -> None:
        self._wants = wants
        self._names = names
        met = [(lock.place, [lock.first(want) for want in wants]) for lock in locks]
        counts = [sum(each is not None for each in found) for _, found in met]
        most = max(counts, default=0)
        self._locks = [
            each for each, count in zip(met, counts, strict=True) if count == most and most
        ]
        self.alternatives = [
            sorted({each for each in found if each is not None}) for _, found in self._locks
        ]

    def told(self, position: int | None) -> list[ChosenWant]:
        if position is None:
            lack: Lack = "blocked" if self._locks else "no_candidate"
            return [want.told(None, None, lack) for want in self._wants]
        place, found = self._locks[position]
        return [
            want.told(None, place, "no_candidate")
            if each is None
            else want.told(self._names[each], place, None)
            for want, each in zip(self._wants, found, strict=True)
        ]


class _Lock:
    """The specs of a lock; its roots come first."""

    def __init__(self, lock: Wanted) -> None:
        self.place = lock.place
        self._roots = {root for root, _ in lock.roots}
        self._specs = {each[0] for each in lock.core.specs(compiled.Query.all(), None)}

    def first(self, want: _Want) -> str | None:
        own = [each for each in want.candidates if each in self._specs]
        roots = [each for each in own if each in self._roots]
        return next(iter(roots or own), None)


class _Options:
    """What can be chosen: one choice a want, or one a stack and system."""

    def __init__(
        self,
        core: compiled.Catalog,
        state: compiled.State,
        asked: Asked,
        wants: AbstractWants,
        systems: Systems,
    ) -> None:
        met = core.met(
            {
                "state": None,
                "specs": list(wants.specs),
                "cells": [
                    (cell.os, cell.target, cell.platform, list(cell.wants)) for cell in wants.cells
                ],
                "compat": asked.compat,
                "operating_systems": systems.core,
                "detail": "cells",
            }
        )
        known = sorted(
            {each for cell in met for met_by in cell for each in (*met_by[0], *met_by[1])}
        )
        specs = core.specs(compiled.Query.hashes(known), None) if known else []
        self._names = {
            each[0]: NamedSpec(hash=each[0], name=each[1], version=each[2]) for each in specs
        }
        self._order = _order(core, state, self._names.values())
        whole = {each.label for each in asked.environments if each.environment.unify != "false"}
        # What an environment includes stands beside its roots, and does not have them.
        fit = [each for each in asked.locks if not each.is_included]
        locks = [_Lock(each) for each in fit] if whole else []
        self.one_by_one = () if locks else tuple(sorted(whole))
        self.choices: list[_Single | _Whole] = []
        for cell, answers in zip(wants.cells, met, strict=True):
            place = _Cell(cell.stack, cell.os, cell.target)
            own = [
                _Want(
                    place,
                    wants.specs[want],
                    (*self._sorted(exact), *self._sorted(compatible)),
                    bool(unknown),
                )
                for want, (exact, compatible, unknown) in zip(cell.wants, answers, strict=True)
            ]
            if cell.stack in whole and locks:
                self.choices.append(_Whole(own, locks, self._names))
            else:
                self.choices += [_Single(each, self._names) for each in own]

    def _sorted(self, hashes: Iterable[str]) -> list[str]:
        return sorted(hashes, key=self._order.__getitem__)


def _order(
    core: compiled.Catalog, state: compiled.State, specs: Iterable[NamedSpec]
) -> dict[str, int]:
    """Return the place of each spec when the preferred come first.

    These are what has a binary, then the newest versions, then the smallest hashes.
    """
    specs = list(specs)
    available = {*core.available(state, [each.hash for each in specs])}
    by_version: defaultdict[str, list[NamedSpec]] = defaultdict(list)
    for each in specs:
        by_version[each.version].append(each)
    versions = sorted(by_version, key=compiled.Version, reverse=True)
    newest = (
        each for version in versions for each in sorted(by_version[version], key=lambda at: at.hash)
    )
    ordered = sorted(newest, key=lambda each: each.hash not in available)
    return {each.hash: at for at, each in enumerate(ordered)}
