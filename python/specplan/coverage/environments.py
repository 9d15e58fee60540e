"""The roots of environments in cells, as one question to the core."""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING, Final, TypeAlias

from specplan._core import AbstractSpec
from specplan.catalog.names import FEWER_CELLS
from specplan.coverage.entries import not_wanted_entries
from specplan.errors import UsageError
from specplan.model.left_out import LeftOut, merged
from specplan.model.roots import DEFAULT_GROUP, MOST_LACKS
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from specplan import _core as compiled
    from specplan._core import State
    from specplan.aliases import SystemOfPlatform
    from specplan.catalog.systems import Systems
    from specplan.coverage.entries import Entries
    from specplan.model import Compatibility, NotWanted
    from specplan.model.query import Detail
    from specplan.sources.environments.environment import Environment, EnvironmentRoot
    from specplan.sources.environments.requirements import Clause
    from specplan.sources.want_records import WantedEnvironment

__all__ = [
    "AbstractWants",
    "EnvironmentAnswer",
    "NotConcretized",
    "WantedCell",
    "ask",
    "not_concretized",
    "wants_of",
]

#: The maximum number of cells in one report, as in the core.
_MOST_CELLS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCell:
    """One stack on one system, with its wants there.

    Attributes:
        stack: The name of the stack.
        os: The operating system.
        target: The target.
        platform: The platform.
        wants: Positions among the abstract specs, each once, in the order of the roots.
    """

    stack: str
    os: str
    target: str
    platform: str
    wants: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstractWants:
    """Abstract specs that are wanted in cells.

    Attributes:
        specs: The abstract specs in canonical form; one that several groups want, or that is wanted
            under several requirements, is listed several times.
        packages: The name of each; empty if it leaves the name open.
        cells: By stack, os, target.
        hidden: The cells that the report does not show, in which a key may be a gap too.
        excluded: The number of wants that each not-wanted entry excludes.
        not_wanted: The number of wants that any entry excludes.
        clauses: By spec, the clauses with which its candidates are compared; if empty, nothing is
            compared.
        groups: By spec the group of the environment that wants it, None for the default one.
        developed: The positions of the specs that are built from source trees.
        left_out: Input of the environments that could not be taken into account in these cells.
        roots: By the file of an environment, the number of its roots in all its cells together.
        lines: By stack and position of a spec, the files and lines that ask for it; the file is
            empty if the spec was typed.
    """

    specs: tuple[str, ...]
    packages: tuple[str, ...]
    cells: tuple[WantedCell, ...]
    excluded: tuple[int, ...]
    not_wanted: int
    hidden: tuple[WantedCell, ...] = ()
    clauses: tuple[tuple[Clause, ...], ...] = ()
    groups: tuple[str | None, ...] = ()
    developed: frozenset[int] = frozenset()
    left_out: tuple[LeftOut, ...] = ()
    roots: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[tuple[str, int], Collection[tuple[str, int]]] = field(default_factory=dict)

    def group_of(self, want: int) -> str | None:
        """Return the group that wants a spec, by its position; None for the default one."""
        return self.groups[want] if self.groups else None

    def clause_questions(self) -> list[list[compiled.ClauseQuestion]]:
        """Return the clauses as the core takes them."""
        clauses = self.clauses or ((),) * len(self.specs)
        return [
            [(each.rule, list(each.choices), each.when, each.of_all, each.of) for each in of_spec]
            for of_spec in clauses
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentAnswer:
    """Abstract wants with the core's answer.

    Attributes:
        wants: The wants in the question.
        core: The answer; see :data:`specplan._core.AbstractAnswer`.
        lacking: By position of a want, the number of cells in which it is a gap, whether shown or
            not.
    """

    wants: AbstractWants
    core: compiled.AbstractAnswer
    lacking: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotConcretized:
    """A root of an environment, in a cell of the lock beside it that lacks the root.

    Attributes:
        stack: The name of the stack.
        os: The operating system.
        target: The target.
        platform: The platform.
        want: The abstract spec in canonical form.
        package: Its name; empty if it leaves the name open.
        path: The file that asks for it.
        line: The line there, counted from 1.
        cells_lacking: The number of cells of its stack in which the lock lacks it.
    """

    stack: str
    os: str
    target: str
    platform: str
    want: str
    package: str
    path: str
    line: int
    cells_lacking: int


def not_concretized(
    environments: Iterable[WantedEnvironment],
    cells: Mapping[str, Sequence[SystemOfPlatform]],
) -> tuple[list[NotConcretized], list[EnvironmentRoot]]:
    """Put the roots that locks lack into the cells of these locks.

    Args:
        environments: The environments, with the roots that the locks beside them lack.
        cells: The systems of each stack.

    Returns:
        The roots in cells, by stack, os, target, want; and those without a cell.
    """
    placed: list[NotConcretized] = []
    nowhere: list[EnvironmentRoot] = []
    for each in environments:
        systems = tuple(cells.get(each.stack, ()))
        for root in each.environment.roots:
            if root.external:
                continue
            spec = AbstractSpec(root.asked)
            if not systems:
                nowhere.append(root)
            accepted = _accepted(spec, systems)
            for os, target, platform in accepted:
                placed.append(
                    NotConcretized(
                        stack=each.stack,
                        os=os,
                        target=target,
                        platform=platform,
                        want=root.asked,
                        package=spec.name or "",
                        path=root.path,
                        line=root.line,
                        cells_lacking=len(accepted),
                    )
                )
    placed.sort(key=lambda each: (each.stack, each.os, each.target, each.want))
    return placed, nowhere


def wants_of(
    environments: Iterable[WantedEnvironment],
    *,
    systems: Systems,
    cells: Mapping[str, Sequence[SystemOfPlatform]],
    added: Sequence[SystemOfPlatform],
    oss: Sequence[str] | None,
    targets: Sequence[str] | None,
    not_wanted: Sequence[NotWanted],
) -> AbstractWants:
    """Put the roots of environments into cells.

    The cells of a stack are those given for it and those added. A root is wanted in each of them
    whose platform, operating system and target it may have; if it may have none of these, it is
    wanted in all, so that nothing vanishes. If no cells are given, the root itself or its
    environment names the system; a root without a system becomes a record. Externals are not wants.

    Args:
        environments: The environments; those with the same name are one stack.
        systems: The known operating systems and targets.
        cells: The given systems of each stack.
        added: Systems of every stack.
        oss: Only cells of these operating systems.
        targets: Only cells of these targets.
        not_wanted: The entries that exclude wants.

    Raises:
        UsageError: If none of the roots has a system.
        UnknownNameError: If an environment names an unknown system.
    """
    found = _WantedSpecs(systems)
    for each in environments:
        found.add(each, tuple(dict.fromkeys((*cells.get(each.stack, ()), *added))))
    passed_over = found.passed_over()
    excluding = not_wanted_entries(not_wanted)
    excluded: Counter[int] = Counter()
    several = 0
    kept: list[WantedCell] = []
    hidden: list[WantedCell] = []
    for key in sorted(found.cells):
        cell, entries = _without_excluded(found, key, excluding)
        if (oss is None or cell.os in oss) and (targets is None or cell.target in targets):
            kept.append(cell)
            excluded.update(at for each in entries for at in each)
            several += len(entries)
        else:
            hidden.append(cell)
    return AbstractWants(
        specs=tuple(key[0] for key in found.positions),
        packages=tuple(found.packages),
        clauses=tuple(key[2] for key in found.positions),
        groups=tuple(key[1] for key in found.positions),
        developed=frozenset(found.developed),
        left_out=merged((*found.left_out, *passed_over)),
        roots=found.roots,
        lines={key: tuple(lines) for key, lines in found.lines.items()},
        cells=tuple(kept),
        hidden=tuple(hidden),
        excluded=tuple(excluded[at] for at in range(len(not_wanted))),
        not_wanted=several,
    )


def _without_excluded(
    found: _WantedSpecs, key: tuple[str, str, str], excluding: Entries
) -> tuple[WantedCell, list[Sequence[int]]]:
    """Return a cell without excluded wants, and the entries that exclude each of these."""
    stack, os, target = key
    platform, wants = found.cells[key]
    entries = {want: excluding.about((found.packages[want],), stack, os, target) for want in wants}
    left = tuple(want for want in wants if not entries[want])
    cell = WantedCell(stack=stack, os=os, target=target, platform=platform, wants=left)
    return cell, [each for each in entries.values() if each]


#: The abstract spec, its group, and the clauses for its candidates: equal ones are one want.
_Key: TypeAlias = "tuple[str, str | None, tuple[Clause, ...]]"


class _WantedSpecs:
    """The distinct abstract specs of environments, and the cells that want them."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems
        self.positions: dict[_Key, int] = {}
        self.packages: list[str] = []
        self.developed: set[int] = set()
        self.left_out: list[LeftOut] = []
        #: By environment, its roots without a system.
        self.nowhere: dict[str, list[_NoSystemError]] = {}
        self.roots: dict[str, int] = {}
        #: By stack and position, the files and lines of the roots.
        self.lines: dict[tuple[str, int], dict[tuple[str, int], None]] = {}
        #: By stack, os, target: the platform, and the positions in their first order.
        self.cells: dict[tuple[str, str, str], tuple[str, dict[int, None]]] = {}

    def add(self, wanted: WantedEnvironment, given: tuple[SystemOfPlatform, ...]) -> None:
        """Add the roots of an environment for some systems."""
        for system in given:
            self._cell(wanted.stack, system)
        # Each root, with the systems on which the environment has it.
        found: dict[EnvironmentRoot, dict[SystemOfPlatform, None]] = {}
        for environment, systems in _expansions(wanted, given, self._systems):
            self.left_out += environment.left_out
            self.left_out += _locks_elsewhere(wanted, environment)
            for root in environment.roots:
                found.setdefault(root, {}).update(dict.fromkeys(systems))
        self.roots[wanted.source] = len(found)
        for root, of_root in found.items():
            if not root.external:
                self._want(wanted, root, given and tuple(of_root), tuple(of_root))

    def _want(
        self,
        wanted: WantedEnvironment,
        root: EnvironmentRoot,
        given: tuple[SystemOfPlatform, ...],
        of_root: tuple[SystemOfPlatform, ...],
    ) -> None:
        spec = AbstractSpec(root.asked)
        group = None if root.group == DEFAULT_GROUP else root.group
        key = (root.asked, group, root.clauses)
        want = self.positions.setdefault(key, len(self.positions))
        if want == len(self.packages):
            self.packages.append(spec.name or "")
        lines = (("", 1),) if wanted.is_typed else root.lines or ((root.path, root.line),)
        self.lines.setdefault((wanted.stack, want), {}).update(dict.fromkeys(lines))
        if root.developed:
            self.developed.add(want)
        own = given
        if not own:
            system = self._own(wanted, root, spec)
            if system is None:
                return
            own = (system,) if not of_root or system in of_root else of_root
        for system in _accepted(spec, own):
            self._cell(wanted.stack, system)[want] = None

    def _own(
        self, wanted: WantedEnvironment, root: EnvironmentRoot, spec: AbstractSpec
    ) -> SystemOfPlatform | None:
        """Return the system that a root names; record that it is skipped if it names none."""
        try:
            return _own_system(wanted, root, spec, self._systems)
        except _NoSystemError as error:
            self.nowhere.setdefault(wanted.source, []).append(error)
            return None

    def passed_over(self) -> list[LeftOut]:
        """Return the records of the roots without a system.

        Raises:
            UsageError: If there is no cell at all, so that nothing is left to report.
        """
        if self.nowhere and not self.cells:
            raise next(iter(self.nowhere.values()))[0]
        return [
            LeftOut(
                kind="system",
                where=errors[0].where,
                detail=errors[0].fault,
                count=len(errors),
                blocks=True,
                remedy=errors[0].remedy,
            )
            for errors in self.nowhere.values()
        ]

    def _cell(self, stack: str, system: SystemOfPlatform) -> dict[int, None]:
        os, target, platform = system
        if len(self.cells) > _MOST_CELLS:
            raise UsageError(
                f"the report would have more than {_MOST_CELLS} cells",
                hint=FEWER_CELLS,
            )
        return self.cells.setdefault((stack, os, target), (platform, {}))[1]


class _NoSystemError(UsageError):
    """The system of a root is unknown."""

    def __init__(self, *, where: str, fault: str, remedy: str, hint: str, is_typed: bool) -> None:
        # The fault names a typed spec.
        super().__init__(fault if is_typed else f"{where}: {fault}", hint=hint)
        self.where = where
        self.fault = fault
        self.remedy = remedy


def _expansions(
    wanted: WantedEnvironment, given: tuple[SystemOfPlatform, ...], systems: Systems
) -> list[tuple[Environment, tuple[SystemOfPlatform, ...]]]:
    """Return the variants of an environment, each with the systems on which it applies.

    Systems only differ if conditions of the environment refer to a platform or operating system.
    """
    environment = wanted.environment
    where = given
    if environment.varies and not given:
        oss, targets = environment.oss[:1], environment.targets[:1]
        where = tuple(systems.system(f"{os}/{target}") for os in oss for target in targets)
    if not environment.varies or not where:
        return [(environment, given)]
    found: dict[tuple[str, str], list[SystemOfPlatform]] = {}
    for system in where:
        os, _, platform = system
        found.setdefault((platform, os), []).append(system)
    return [(environment.on(platform, os), tuple(own)) for (platform, os), own in found.items()]


def _locks_elsewhere(wanted: WantedEnvironment, environment: Environment) -> list[LeftOut]:
    """Return the locks that are only included on some systems and were not read."""
    known = {each.path for each in wanted.environment.locks}
    return [
        LeftOut(
            kind="include",
            where=each.mark.where,
            detail=f"`{each.path}` is included on some systems only",
            blocks=True,
            remedy=f"--want {wanted.stack}={each.path}",
        )
        for each in environment.locks
        if each.path not in known
    ]


def ask(
    core: compiled.Catalog,
    state: State,
    wants: AbstractWants,
    *,
    compat: Compatibility,
    systems: Systems,
    detail: Detail,
) -> EnvironmentAnswer:
    """Ask a catalog for the specs that meet abstract wants.

    Args:
        core: The catalog.
        state: The snapshots whose binaries count.
        wants: The wants, with their cells.
        compat: The rule by which binaries serve a cell.
        systems: The known operating systems.
        detail: The detail of the answer.
    """
    question: compiled.AbstractQuestion = {
        "state": state,
        "specs": list(wants.specs),
        "clauses": wants.clause_questions(),
        "cells": _cells(wants.cells),
        "compat": compat,
        "operating_systems": systems.core,
        "detail": detail,
    }
    answer = core.abstract_coverage(question, MOST_LACKS)
    lacking = Counter(want for cell in answer.cells for want in cell.gaps)
    if wants.hidden and detail in {"gaps", "nearest"}:
        others = core.abstract_coverage(
            {**question, "cells": _cells(wants.hidden), "detail": "keys"}, MOST_LACKS
        )
        lacking.update(want for cell in others.cells for want in cell.gaps)
    return EnvironmentAnswer(wants=wants, core=answer, lacking=lacking)


def _cells(cells: Sequence[WantedCell]) -> list[tuple[str, str, str, list[int]]]:
    """Return cells as the core takes them."""
    return [(cell.os, cell.target, cell.platform, list(cell.wants)) for cell in cells]


def _accepted(
    spec: AbstractSpec, given: tuple[SystemOfPlatform, ...]
) -> tuple[SystemOfPlatform, ...]:
    """Return the systems that a root may be for; all if none of them is possible."""
    accepted = tuple(each for each in given if _may_be_for(spec, each))
    return accepted or given


def _may_be_for(spec: AbstractSpec, system: SystemOfPlatform) -> bool:
    os, target, platform = system
    try:
        here = AbstractSpec(f"platform={platform} os={os} target={target}")
    except ValueError:
        # No abstract spec can ask for a name that it cannot contain.
        return True
    return here.intersects(spec) is not False


def _own_system(
    wanted: WantedEnvironment, root: EnvironmentRoot, spec: AbstractSpec, systems: Systems
) -> SystemOfPlatform:
    """Return the system named by a root, or else by its environment."""
    os = spec.os or next(iter(root.oss), None)
    target = spec.target or next(iter(root.targets), None)
    if os is not None and target is not None:
        return systems.system(f"{os}/{target}")
    names = {"operating system": os, "target": target}
    missing = " and ".join(name for name, value in names.items() if value is None)
    # A system of the catalog can be copied literally; otherwise show the format.
    near = systems.like(os, target)
    system = near[0] if near else f"{os or 'OS'}/{target or 'TARGET'}"
    # A typed spec is in no file, and no table of the configuration applies to it.
    is_typed = not root.location
    hint = f"give `--system {system}`, or " + (
        "write `os=` and `target=` into the spec"
        if is_typed
        else f'`cells = ["{system}"]` in the `[[stack]]` table called `{wanted.stack}` of '
        "specplan.toml"
    )
    if len(near) > 1:
        hint += f"; the caches also list {', '.join(f'`{each}`' for each in near[1:4])}"
    of_stack = "" if is_typed else f" of the stack `{wanted.stack}`"
    fault = f"no {missing} is given for `{root.spec}`{of_stack}"
    raise _NoSystemError(
        where=root.path if is_typed else f"{root.path}:{root.line}",
        fault=fault,
        remedy=f"--system {system}",
        hint=hint,
        is_typed=is_typed,
    )
