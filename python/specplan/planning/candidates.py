"""The candidates for abstract wants in each cell: single specs, or a lock as a whole."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from specplan import _core as compiled
from specplan.catalog.names import as_tuple
from specplan.catalog.specs import hashes_of, names_of
from specplan.catalog.systems import Systems
from specplan.coverage.environment_records import environments_asked
from specplan.coverage.environments import wants_of
from specplan.errors import EmptySelectionError
from specplan.model.choice import ChosenWant, UnplannableReason
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from specplan.aliases import SystemOfPlatform
    from specplan.coverage.environments import AbstractWants, WantedCell
    from specplan.model import Compatibility, NamedSpec, NotWanted
    from specplan.sources.environments.environment import Environment
    from specplan.sources.want_records import WantedEnvironment, WantedLock

__all__ = ["CandidateSet", "ChoiceRequest", "Chosen", "Options", "Want", "WantGroup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRequest:
    """A question about a choice.

    Attributes:
        environments: The environments whose roots are wanted.
        locks: The locks that a stack can take as a whole.
        system: The systems of the wants, as ``OS/TARGET``; without any, those that the wants name,
            or else the single system of all locks.
        os: Only wants for these operating systems (shell patterns).
        target: Only wants for these targets (shell patterns).
        compat: The specs that serve a system besides its own.
        libc: More operating systems with their C libraries.
        cells: The given systems of each stack.
        node_limit: The maximum number of nodes that the search visits; None for the default of
            :mod:`specplan.planning.choice`, or for no limit if the time is limited.
        time_limit: The time limit, in seconds.
        not_wanted: The entries that exclude wants of environments.
        gaps: Wants of stacks instead of environments; each is chosen separately.
    """

    environments: tuple[WantedEnvironment, ...]
    locks: tuple[WantedLock, ...]
    system: str | Sequence[str]
    os: str | Sequence[str]
    target: str | Sequence[str]
    compat: Compatibility
    libc: Mapping[str, str]
    cells: Mapping[str, Sequence[str]]
    node_limit: int | None
    time_limit: float | None
    not_wanted: Sequence[NotWanted] = ()
    gaps: AbstractWants | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """An abstract spec in a cell, and the specs that satisfy it, in order of preference.

    Attributes:
        path: The file that asks for it; empty if none does.
        line: The line there; None if no file asks for it.
    """

    stack: str
    os: str
    target: str
    spec: str
    candidates: tuple[str, ...]
    undecided: bool
    developed: bool = False
    path: str = ""
    line: int | None = None

    def record(
        self,
        named: NamedSpec | None,
        lock: str | None,
        lack: UnplannableReason | None,
        *,
        completed: bool,
    ) -> ChosenWant:
        """Return the want with the choice for it."""
        return ChosenWant(
            stack=self.stack,
            os=self.os,
            target=self.target,
            want=self.spec,
            candidates=len(self.candidates),
            spec=named,
            lock=lock,
            lack="developed" if self.developed and lack is not None else lack,
            completed=completed,
            path=self.path,
            line=self.line,
        )

    @property
    def lack(self) -> UnplannableReason:
        """The reason why it cannot be planned, if nothing is chosen for it."""
        if self.candidates:
            return "blocked"
        return "undecided" if self.undecided else "no_candidate"


@dataclass(frozen=True, slots=True)
class CandidateSet:
    """A set of specs that can meet the wants of a group together.

    Attributes:
        lock: Its lock, if one is taken as a whole.
        candidates: By want, its specs that satisfy the want, in order of preference.
    """

    lock: str | None
    candidates: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choice for a group.

    Attributes:
        source: The position of the source.
        hashes: By want, the chosen spec; None if the source has none.
        completed: By want, whether the plan installs it.
    """

    source: int
    hashes: tuple[str | None, ...]
    completed: tuple[bool, ...]


class WantGroup:
    """Wants that are met from one source: one alone, or all of a stack on one system."""

    def __init__(self, wants: Sequence[Want], sources: Sequence[CandidateSet]) -> None:
        self.wants = wants
        self.sources = sources

    @staticmethod
    def single(want: Want) -> WantGroup:
        """Return a want for which a spec is chosen separately."""
        return WantGroup([want], [CandidateSet(None, (want.candidates,))])

    @staticmethod
    def whole(wants: Sequence[Want], locks: Iterable[_LockSpecs]) -> WantGroup:
        """Return all wants of a stack on one system, for which one lock is taken as a whole.

        A lock that can meet fewer wants than another is not a source.
        """
        met = [
            CandidateSet(lock.source, tuple(lock.meeting(want) for want in wants)) for lock in locks
        ]
        counts = [sum(bool(each) for each in source.candidates) for source in met]
        most = max(counts, default=0)
        kept = [each for each, count in zip(met, counts, strict=True) if count == most and most]
        return WantGroup(wants, kept)

    @property
    def is_alone(self) -> bool:
        """True if it is one want that any of its candidates can meet."""
        return len(self.sources) == 1 and self.sources[0].lock is None

    def alternatives(self) -> list[list[list[str]]]:
        """Return the alternatives, each with its parts and the specs that meet them."""
        if self.is_alone:
            return [[[each]] for each in self.sources[0].candidates[0]]
        return [
            [list(candidates) for candidates in source.candidates if candidates]
            for source in self.sources
        ]

    def picked(self, chosen: compiled.AlternativeAnswer | None) -> Chosen | None:
        """Return the choice among the alternatives."""
        if chosen is None:
            return None
        position, specs = chosen.position, chosen.specs
        if self.is_alone:
            return Chosen(0, (self.sources[0].candidates[0][position],), (True,))
        left = iter(specs)
        hashes = tuple(
            candidates[next(left)] if candidates else None
            for candidates in self.sources[position].candidates
        )
        return Chosen(position, hashes, tuple(each is not None for each in hashes))

    def records(self, pick: Chosen | None, names: Mapping[str, NamedSpec]) -> list[ChosenWant]:
        """Return the wants with the choices for them."""
        if pick is None:
            # A lock that lacks a spec it should have is not taken as a whole.
            lack: UnplannableReason | None = "blocked" if self.sources else "no_candidate"
            return [
                want.record(None, None, want.lack if self.is_alone else lack, completed=False)
                for want in self.wants
            ]
        source = self.sources[pick.source]
        return [
            want.record(names[each], source.lock, None, completed=completed)
            if each is not None
            else want.record(
                None,
                source.lock,
                want.lack if source.lock is None else "blocked" if candidates else "no_candidate",
                completed=False,
            )
            for want, each, completed, candidates in zip(
                self.wants, pick.hashes, pick.completed, source.candidates, strict=True
            )
        ]


class _LockSpecs:
    """The specs of a lock."""

    def __init__(self, lock: WantedLock) -> None:
        self.source = lock.source
        self._roots = {root.hash for root in lock.roots}
        self._specs = frozenset(hashes_of(lock.core))

    def meeting(self, want: Want) -> tuple[str, ...]:
        """Return the specs of the lock that satisfy a want: roots of it if any do."""
        own = tuple(each for each in want.candidates if each in self._specs)
        return tuple(each for each in own if each in self._roots) or own


class Options:
    """The candidates: groups of wants, by stack, os, target, then in the order of roots.

    Attributes:
        groups: The groups.
        names: The readable names of all candidates, by hash.
        wants: The wants in the question to the core.
        one_by_one: The stacks that would take one lock as a whole if one had been given.
        environments: The environments whose roots are wanted, by stack, then path.
    """

    def __init__(
        self,
        core: compiled.Catalog,
        state: compiled.State,
        asked: ChoiceRequest,
    ) -> None:
        systems = Systems(core, asked.libc)
        wants = _wants(core, asked, systems) if asked.gaps is None else asked.gaps
        self.wants = wants
        met = _met(core, wants, systems, asked.compat)
        answers = [answer for cell in met for answer in cell]
        known = {each for answer in answers for each in (*answer.exact, *answer.compatible)}
        self.names = names_of(core, known)
        self._order = _order(core, state, self.names.values())
        whole = {each.stack for each in asked.environments if each.environment.unify != "false"}
        # Includes are listed with the environment but do not have its roots.
        fit = [each for each in asked.locks if not each.is_included]
        locks = [_LockSpecs(each) for each in fit] if whole else []
        files = [each for each in asked.environments if not each.is_typed]
        self.environments = environments_asked(files, {})
        self.one_by_one = () if locks else tuple(sorted(whole))
        self.groups: list[WantGroup] = []
        for cell, answers in zip(wants.cells, met, strict=True):
            own = [
                self._want(cell, want, answer)
                for want, answer in zip(cell.wants, answers, strict=True)
            ]
            if cell.stack in whole and locks:
                self.groups.append(WantGroup.whole(own, locks))
            else:
                self.groups += [WantGroup.single(each) for each in own]

    def _want(self, cell: WantedCell, want: int, answer: compiled.MetAnswer) -> Want:
        """Return a want of a cell with its candidates."""
        return Want(
            cell.stack,
            cell.os,
            cell.target,
            self.wants.specs[want],
            tuple(self._sorted((*answer.exact, *answer.compatible))),
            bool(answer.unknown),
            want in self.wants.developed,
            *_asked_in(self.wants, cell.stack, want),
        )

    def _sorted(self, hashes: Iterable[str]) -> list[str]:
        return sorted(hashes, key=self._order.__getitem__)


def _met(
    core: compiled.Catalog, wants: AbstractWants, systems: Systems, compat: Compatibility
) -> list[list[compiled.MetAnswer]]:
    """Return the known specs that meet wants: by cell, then in the order of its wants."""
    return core.met(
        {
            "state": None,
            "specs": list(wants.specs),
            "clauses": wants.clause_questions(),
            "cells": [
                (cell.os, cell.target, cell.platform, list(cell.wants)) for cell in wants.cells
            ],
            "compat": compat,
            "operating_systems": systems.core,
            "detail": "cells",
        }
    )


def _asked_in(wants: AbstractWants, stack: str, want: int) -> tuple[str, int | None]:
    """Return the first file and line that ask for a want; the file is empty if none does."""
    lines = (line for line in wants.lines.get((stack, want), ()) if line[0])
    return next(iter(lines), ("", None))


def _wants(core: compiled.Catalog, asked: ChoiceRequest, systems: Systems) -> AbstractWants:
    """Return the roots of the environments in their cells."""
    added = _systems(core, systems, asked)
    asked_stacks = {each.stack for each in asked.environments}
    cells = {
        stack: [systems.system(each) for each in own]
        for stack, own in asked.cells.items()
        if stack in asked_stacks
    }
    if not as_tuple(asked.system):
        # A default only applies to stacks without systems of their own.
        stacks = {each.stack for each in asked.environments if not _says_where(each.environment)}
        cells = {**{stack: list(added) for stack in stacks}, **cells}
        added = ()
    wants = wants_of(
        asked.environments,
        systems=systems,
        cells=cells,
        added=added,
        oss=systems.chosen_oss(as_tuple(asked.os)),
        targets=systems.chosen_targets(as_tuple(asked.target)),
        not_wanted=asked.not_wanted,
    )
    if not wants.cells and (as_tuple(asked.os) or as_tuple(asked.target)):
        raise EmptySelectionError("nothing is wanted for this operating system and target")
    return wants


def _says_where(environment: Environment) -> bool:
    """Return whether each root, or the environment, names an operating system and a target."""
    asked = ((root, compiled.AbstractSpec(root.asked)) for root in environment.roots)
    return all((spec.os or root.oss) and (spec.target or root.targets) for root, spec in asked)


def _systems(
    core: compiled.Catalog, systems: Systems, asked: ChoiceRequest
) -> Sequence[SystemOfPlatform]:
    """Return the systems of every want; none if each names its own."""
    named = as_tuple(asked.system)
    if named:
        added = systems.added(named)
        return core.systems() if added is None else added
    roots = sorted({root.hash for lock in asked.locks for root in lock.roots})
    specs = core.specs(compiled.Query.hashes(roots), None) if roots else []
    # Even without a lock, all known specs may be for one system.
    of_roots = {(each.os, each.target, each.platform) for each in specs}
    found = of_roots or set(core.systems())
    return sorted(found) if len(found) == 1 else ()


def _order(
    core: compiled.Catalog, state: compiled.State, specs: Iterable[NamedSpec]
) -> dict[str, int]:
    """Return the rank of each spec in order of preference.

    Specs with a binary come first, then the newest versions, then the smallest hashes.
    """
    specs = list(specs)
    available = {*core.available(state, [each.hash for each in specs])}
    by_version: defaultdict[str, list[NamedSpec]] = defaultdict(list)
    for each in specs:
        by_version[each.version].append(each)
    # A source may have versions that Spack cannot compare; they count as the oldest.
    sound = {each: version for each in by_version if (version := _version(each)) is not None}
    versions = sorted(sound, key=sound.__getitem__, reverse=True)
    versions += sorted(by_version.keys() - sound.keys(), reverse=True)
    newest = (
        each for version in versions for each in sorted(by_version[version], key=lambda at: at.hash)
    )
    ordered = sorted(newest, key=lambda each: each.hash not in available)
    return {each.hash: at for at, each in enumerate(ordered)}


def _version(text: str) -> compiled.Version | None:
    """Return a version, or None for any other text."""
    try:
        return compiled.Version(text)
    except ValueError:
        return None
