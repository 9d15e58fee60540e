"""The question of coverage to the core, with all patterns resolved to names."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, get_args

from specplan import _core as compiled
from specplan.catalog.names import FEWER_CELLS, Matching, refuse_others, select_names
from specplan.catalog.specs import by_hash
from specplan.catalog.systems import Systems
from specplan.coverage.entries import not_wanted_entries
from specplan.coverage.lock_wants import SCOPE_EDGES
from specplan.coverage.peers import peers_of
from specplan.errors import EmptySelectionError, SourceError, UsageError
from specplan.model import Compatibility, Level, Scope
from specplan.model.left_out import ALLOWED_KINDS
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from specplan._core import State
    from specplan.aliases import SystemOfPlatform
    from specplan.coverage.environments import EnvironmentAnswer, NotConcretized
    from specplan.coverage.query import CoverageQuery
    from specplan.model import NotWanted, WantsKind
    from specplan.model.query import Detail
    from specplan.sources.environments.environment import EnvironmentRoot
    from specplan.sources.environments.options import EnvironmentOptions
    from specplan.sources.want_records import WantedEnvironment, WantedLock

__all__ = ["ResolvedAnswer", "ask", "environment_options", "roots_of"]


def environment_options(
    core: compiled.Catalog, query: CoverageQuery, *, are_compared: bool = False
) -> EnvironmentOptions:
    """Return the options for reading the environments of a question.

    Args:
        core: The catalog, whose specs show which variants their packages have.
        query: The query.
        are_compared: Whether the recipes are used for a comparison, perhaps only through git, so
            that their files are opened only if an environment needs them.

    Raises:
        SourceError: If the given recipes do not exist.
    """
    # Import the reader of environments only if one is wanted.
    from specplan.sources.environments.options import EnvironmentOptions  # noqa: PLC0415

    place = query.packages
    recipes = None if place is None else _recipes(place, is_lazy=are_compared)

    def declares(package: str, variant: str) -> bool | None:
        declared = None if recipes is None else recipes(package, variant)
        if declared is not None:
            return declared
        every = compiled.Query.all()
        if not core.find(f"{package}", every, None).specs:
            return None
        return bool(core.find(f"{package} {variant}=*", every, None).specs)

    return EnvironmentOptions(
        host=query.host,
        includes=query.include,
        groups=query.group,
        allowed=query.allow_left_out,
        declares=declares,
        recipes=recipes,
    )


def _recipes(place: str, *, is_lazy: bool) -> Callable[[str, str], bool | None]:
    """Return the variants of packages in the recipes of a checkout."""
    from specplan.sources.declared_variants import declared_variants  # noqa: PLC0415

    if not is_lazy:
        return declared_variants(place).has
    declared = cache(partial(declared_variants, place))
    return lambda package, variant: declared().has(package, variant)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedAnswer:
    """The core's answer, with the resolved question.

    Attributes:
        core: The catalog that was asked: the caches together with the wants.
        state: The snapshots that were asked.
        wants: The origin of the wants.
        level: The level of keys; None if all wants are abstract specs.
        scope: The wanted part of a lock; None if the wants do not come from locks.
        reported: The stacks in the question to the core, in the order of its answers.
        specs: For each reported stack, the hashes that its locks want; empty without locks.
        wanted: The locks with the wants.
        environments: The environments with the wants.
        absent: Stacks of the baseline that the newer state does not list.
        listed_before: The stacks that the older state of baseline wants lists.
        not_wanted: The entries, each with the number of wants it excluded.
        cells: See :class:`specplan._core.CellAnswer`; without those of environments.
        gaps: Ranked, without those of environments; empty unless gaps were requested, None if all
            are of environments.
        lacking: The keys that each cell lacks; empty unless keys were requested.
        not_wanted_count: The number of wants that any entry excludes.
        abstract: The wants of environments, with the answer; None without environments.
        operating_systems: The known operating systems.
        not_concretized: The roots of environments that the locks beside them lack.
        nowhere: Those of them without a known system.
        question: The question to the core about keys; None if it was only about environments.
    """

    core: compiled.Catalog
    state: State
    wants: WantsKind
    level: Level | None
    scope: Scope | None
    reported: list[str]
    specs: list[list[str]]
    wanted: tuple[WantedLock, ...]
    environments: tuple[WantedEnvironment, ...]
    absent: tuple[str, ...]
    listed_before: frozenset[str]
    not_wanted: tuple[NotWanted, ...]
    cells: tuple[compiled.CellAnswer, ...]
    gaps: compiled.GapsAnswer | None
    lacking: tuple[tuple[str, ...], ...]
    not_wanted_count: int
    abstract: EnvironmentAnswer | None
    operating_systems: compiled.OperatingSystems
    not_concretized: tuple[NotConcretized, ...] = ()
    nowhere: tuple[EnvironmentRoot, ...] = ()
    question: compiled.CoverageQuestion | None = None


def ask(
    core: compiled.Catalog,
    state: State,
    *,
    older: State | None,
    wanted: tuple[WantedLock, ...],
    environments: tuple[WantedEnvironment, ...] = (),
    own_stacks: frozenset[str] = frozenset(),
    detail: Detail,
    query: CoverageQuery,
) -> ResolvedAnswer:
    """Ask a catalog for the coverage of cells.

    Args:
        core: The caches, together with the older state and the locks.
        state: The snapshots to ask.
        older: The older state of baseline wants.
        wanted: The locks of lock wants.
        environments: The environments of environment wants.
        own_stacks: The stacks of sources without a label.
        detail: The detail of the answer.
        query: The query.

    Raises:
        UnknownNameError: If a stack, system or pattern is unknown.
        EmptySelectionError: If no cell is left to report.
        UsageError: If the question makes no sense otherwise.
    """
    stale, environments = _parted(environments)
    kind = _kind_of_wants(query, older, wanted, environments)
    level = _level(query, kind)
    _refuse_unknown_words(query)
    stacks = _stacks(core, (state, older), wanted, environments, query, own_stacks)
    frame = _frame(core, query, stacks)
    specs = _specs(core, wanted, stacks.reported, query) if wanted else None
    asked = _selected(environments, stacks) if environments else None
    wants = _QuestionWants(kind, level, older, specs, asked)
    excluded = _names_of_not_wanted(core, query, stacks, frame)
    question, answer, abstract = _solved(core, state, wants, stacks, frame, excluded, query, detail)
    cells = () if answer is None else answer.cells
    entries, count = _excluded(query, excluded, answer, abstract)
    roots, nowhere = _not_concretized(core, question, stale, stacks.selected, cells)
    lacked, entries = _without_excluded(roots, entries)
    _refuse_nothing(stacks, query, cells, abstract, has_files=bool(wanted or environments))
    return ResolvedAnswer(
        core=core,
        state=state,
        wants=kind,
        level=level,
        scope=query.scope if wanted else None,
        reported=stacks.reported,
        specs=specs or [],
        wanted=wanted,
        environments=asked or (),
        absent=stacks.absent,
        listed_before=frozenset() if older is None else frozenset(core.stacks(older)),
        not_wanted=entries,
        cells=cells,
        gaps=None if answer is None else answer.gaps,
        lacking=() if answer is None else answer.lacking,
        not_wanted_count=count + len(roots) - len(lacked),
        abstract=abstract,
        operating_systems=frame.systems.core,
        not_concretized=lacked,
        nowhere=tuple(nowhere),
        question=question,
    )


def _refuse_unknown_words(query: CoverageQuery) -> None:
    refuse_others("compat", query.compat, get_args(Compatibility))
    refuse_others("scope", query.scope, get_args(Scope))
    for kind in query.allow_left_out:
        refuse_others("allow_left_out", kind, ALLOWED_KINDS)


def _refuse_nothing(
    stacks: _Stacks,
    query: CoverageQuery,
    cells: Sequence[compiled.CellAnswer],
    abstract: EnvironmentAnswer | None,
    *,
    has_files: bool,
) -> None:
    """Refuse an answer without cells, unless files without wants explain it.

    A lock may want nothing, or only externals; then the question is not wrong.
    """
    if cells or stacks.absent or (abstract is not None and abstract.wants.cells):
        return
    if query.os or query.target or not has_files:
        raise _nothing_to_report(stacks.listed, query)


@dataclass(frozen=True, slots=True)
class _QuestionWants:
    """The wants of a question.

    Attributes:
        kind: Their origin.
        level: The level of keys; None if all are abstract specs.
        older: The older state of baseline wants.
        specs: The hashes that each reported stack wants, if the wants come from locks.
        environments: The environments of the selected stacks; None without environment wants.
    """

    kind: WantsKind
    level: Level | None
    older: State | None
    specs: list[list[str]] | None
    environments: tuple[WantedEnvironment, ...] | None


def _parted(
    environments: Iterable[WantedEnvironment],
) -> tuple[list[WantedEnvironment], tuple[WantedEnvironment, ...]]:
    """Return the environments that only add roots to their locks, and the others."""
    parts: tuple[list[WantedEnvironment], list[WantedEnvironment]] = ([], [])
    for environment in environments:
        parts[not environment.is_not_concretized].append(environment)
    return parts[0], tuple(parts[1])


def _selected(
    environments: Iterable[WantedEnvironment], stacks: _Stacks
) -> tuple[WantedEnvironment, ...]:
    return tuple(each for each in environments if each.stack in stacks.selected)


def _solved(
    core: compiled.Catalog,
    state: State,
    wants: _QuestionWants,
    stacks: _Stacks,
    frame: _Frame,
    not_wanted: dict[int, compiled.NamesOfNotWanted],
    query: CoverageQuery,
    detail: Detail,
) -> tuple[
    compiled.CoverageQuestion | None, compiled.CoverageAnswer | None, EnvironmentAnswer | None
]:
    """Return the question about keys with its answer, and the answer about environments."""
    question = answer = abstract = None
    if wants.specs is not None or wants.environments is None:
        question = _question(state, wants, stacks, frame, not_wanted.values(), query, detail)
        answer = _coverage(core, question)
    if wants.environments is not None:
        abstract = _abstract(core, state, wants.environments, frame, query, detail)
    return question, answer, abstract


def _question(
    state: State,
    wants: _QuestionWants,
    stacks: _Stacks,
    frame: _Frame,
    not_wanted: Iterable[compiled.NamesOfNotWanted],
    query: CoverageQuery,
    detail: Detail,
) -> compiled.CoverageQuestion:
    """Return the question to the core about keys, with all names in full."""
    return {
        "state": state,
        "level": wants.level or "hash",
        "compat": query.compat,
        "reported": stacks.reported,
        "peers": _peers(query, stacks) if wants.kind == "peers" else None,
        "baseline": wants.older,
        "specs": wants.specs,
        "added": frame.added_to(stacks.reported),
        "added_of_peers": frame.added is None,
        "oss": frame.oss,
        "targets": frame.targets,
        "not_wanted": list(not_wanted),
        "operating_systems": frame.systems.core,
        "detail": detail,
    }


def _excluded(
    query: CoverageQuery,
    not_wanted: Iterable[int],
    answer: compiled.CoverageAnswer | None,
    abstract: EnvironmentAnswer | None,
) -> tuple[tuple[NotWanted, ...], int]:
    """Return the entries with the number of wants that each excludes, and the total."""
    excluded, count = [0] * len(query.not_wanted), 0
    if answer is not None:
        count = answer.not_wanted
        for at, number in zip(not_wanted, answer.excluded, strict=False):
            excluded[at] = number
    if abstract is not None:
        count += abstract.wants.not_wanted
        excluded = [sum(both) for both in zip(excluded, abstract.wants.excluded, strict=True)]
    entries = zip(query.not_wanted, excluded, strict=True)
    return tuple(replace(entry, excluded=number) for entry, number in entries), count


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stacks:
    """The stacks of a question.

    Attributes:
        listed: Those that the caches and the locks list.
        known: Those that may be named: of the files of wants, or else of both states.
        selected: The requested ones.
        reported: Those of these in the question to the core, in the order of its answers.
        absent: Those of these that the newer state does not list.
        own: Those of sources without a label.
    """

    listed: list[str]
    known: frozenset[str]
    selected: tuple[str, ...]
    reported: list[str]
    absent: tuple[str, ...]
    own: frozenset[str]


def _stacks(
    core: compiled.Catalog,
    states: tuple[State, State | None],
    wanted: Sequence[WantedLock],
    environments: Sequence[WantedEnvironment],
    query: CoverageQuery,
    own: frozenset[str],
) -> _Stacks:
    """Return the stacks of a question, from the state to ask and an older one."""
    state, older = states
    listed = core.stacks(state)
    listed_before = listed if older is None else core.stacks(older)
    of_locks = {each.stack for each in wanted}
    of_files = of_locks | {each.stack for each in environments}
    known = of_files or {*listed, *listed_before}
    # No stack of a file stands for a union: a lock may lie in a folder called `root`.
    selected = select_names(query.stack or tuple(sorted(of_files)), known, kind="stack")
    # An empty lock leaves no stack behind.
    there = {*(core.stacks(None) if wanted else listed)}
    if of_files:
        there &= of_locks
    return _Stacks(
        listed=listed,
        known=frozenset(known),
        selected=tuple(selected),
        reported=[name for name in selected if name in there],
        absent=() if of_files else tuple(name for name in selected if name not in there),
        own=own,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The cells to report, with the requested ones besides the stacks' own.

    Attributes:
        systems: The systems that patterns stand for.
        given: By stack, the systems that it should support.
        added: The systems that every stack should support; None for those of its peers.
        oss: The operating systems to report; None for all.
        targets: The targets to report; None for all.
    """

    systems: Systems
    given: dict[str, list[SystemOfPlatform]]
    added: list[SystemOfPlatform] | None
    oss: list[str] | None
    targets: list[str] | None

    def added_to(self, reported: Iterable[str]) -> list[list[SystemOfPlatform]]:
        """Return the systems that each reported stack should support."""
        return [[*self.given.get(name, ()), *(self.added or ())] for name in reported]


def _frame(core: compiled.Catalog, query: CoverageQuery, stacks: _Stacks) -> _Frame:
    """Return the part of a question that is about cells."""
    systems = Systems(core, query.libc)
    added = systems.added(query.system)
    given = {
        stack: [systems.system(each) for each in cells]
        for stack, cells in query.cells.items()
        if stack in stacks.selected
    }
    return _Frame(
        systems=systems,
        given=given,
        added=added,
        oss=systems.chosen_oss(query.os),
        targets=systems.chosen_targets(query.target),
    )


def _names_of_not_wanted(
    core: compiled.Catalog, query: CoverageQuery, stacks: _Stacks, frame: _Frame
) -> dict[int, compiled.NamesOfNotWanted]:
    """Return the names that entries match, by position; without those that match nothing.

    Most of tens of thousands of entries may match nothing.
    """
    if not query.not_wanted:
        return {}
    packages, known = Matching(core.names("package")), Matching(stacks.known)
    oss, targets = Matching(frame.systems.oss), Matching(frame.systems.targets)
    named = {
        at: (
            packages.matched_or_all(entry.package),
            known.matched_or_all(entry.stack),
            oss.matched_or_all(entry.os),
            targets.matched_or_all(entry.target),
        )
        for at, entry in enumerate(query.not_wanted)
    }
    return {at: each for at, each in named.items() if all(part is None or part for part in each)}


def _abstract(
    core: compiled.Catalog,
    state: State,
    environments: Sequence[WantedEnvironment],
    frame: _Frame,
    query: CoverageQuery,
    detail: Detail,
) -> EnvironmentAnswer:
    """Ask the core about the wants of environments."""
    # Import the code for environments only if one is wanted.
    from specplan.coverage import environments as abstract_wants  # noqa: PLC0415

    return abstract_wants.ask(
        core,
        state,
        abstract_wants.wants_of(
            environments,
            systems=frame.systems,
            cells=frame.given,
            added=core.systems() if frame.added is None else frame.added,
            oss=frame.oss,
            targets=frame.targets,
            not_wanted=query.not_wanted,
        ),
        compat=query.compat,
        systems=frame.systems,
        detail=detail,
    )


def _without_excluded(
    roots: Iterable[NotConcretized], entries: tuple[NotWanted, ...]
) -> tuple[tuple[NotConcretized, ...], tuple[NotWanted, ...]]:
    """Return the roots that locks lack and no entry excludes, and the entries with the others."""
    excluding = not_wanted_entries(entries)
    excluded: Counter[int] = Counter()
    left = []
    for root in roots:
        found = excluding.about((root.package,), root.stack, root.os, root.target)
        excluded.update(found)
        if not found:
            left.append(root)
    counted = (
        replace(entry, excluded=entry.excluded + excluded[at]) for at, entry in enumerate(entries)
    )
    return tuple(left), tuple(counted)


def _not_concretized(
    core: compiled.Catalog,
    question: compiled.CoverageQuestion | None,
    environments: Sequence[WantedEnvironment],
    selected: Collection[str],
    cells: Sequence[compiled.CellAnswer],
) -> tuple[list[NotConcretized], list[EnvironmentRoot]]:
    """Return the roots that locks lack in reported cells, and those without any cell."""
    if not environments:
        return [], []
    from specplan.coverage import environments as abstract_wants  # noqa: PLC0415 - as above

    if question is not None and (question["oss"] or question["targets"]):
        # The number of cells that lack a root does not depend on the cells shown.
        whole = _coverage(core, {**question, "oss": None, "targets": None, "detail": "cells"})
    else:
        whole = None
    of_cells: dict[str, list[tuple[str, str, str]]] = {}
    for cell in cells if whole is None else whole.cells:
        of_cells.setdefault(cell.stack, []).append((cell.os, cell.target, cell.platform))
    found, nowhere = abstract_wants.not_concretized(
        (each for each in environments if each.stack in selected), of_cells
    )
    shown = {(cell.stack, cell.os, cell.target) for cell in cells}
    return [each for each in found if (each.stack, each.os, each.target) in shown], nowhere


def _nothing_to_report(stacks: Collection[str], query: CoverageQuery) -> EmptySelectionError:
    if not stacks:
        return EmptySelectionError(
            "the caches list no stacks to report on",
            hint="`LABEL=SOURCE` gives an index or a mirror a stack name, and `--want spack.lock` "
            "asks about a lock",
        )
    if query.os or query.target:
        hint = "`--system OS/TARGET` reports what a stack lacks where it has nothing yet"
    else:
        hint = "`--want spack.lock` or `--baseline TAG|SOURCE` defines the wants"
    return EmptySelectionError(
        "no selected stack lists anything on the selected systems", hint=hint
    )


def _coverage(core: compiled.Catalog, asked: compiled.CoverageQuestion) -> compiled.CoverageAnswer:
    try:
        return core.coverage(asked)
    except OverflowError as error:
        raise UsageError(str(error), hint=FEWER_CELLS) from error


def _level(query: CoverageQuery, wants: WantsKind) -> Level | None:
    """Return the level of the wants; roots of environments are abstract and have none."""
    asked = query.level
    if asked is not None:
        refuse_others("level", asked, get_args(Level))
    if wants in {"environment", "lock_and_environment"}:
        if asked not in {None, "hash"} or (asked is not None and wants == "environment"):
            raise UsageError(
                f"the roots of environments are abstract specs, which have no level `{asked}`",
                hint="leave out `level`, or want the lock of the environment",
            )
        return None if wants == "environment" else "hash"
    return asked or ("hash" if wants == "lock" else "package")


def _kind_of_wants(
    query: CoverageQuery,
    older: State | None,
    wanted: tuple[WantedLock, ...],
    environments: tuple[WantedEnvironment, ...],
) -> WantsKind:
    given = [
        name
        for name, is_given in (
            ("want", bool(wanted or environments)),
            ("baseline", older is not None),
            ("peers", bool(query.peers)),
        )
        if is_given
    ]
    if len(given) > 1:
        raise UsageError(
            f"`{given[0]}` and `{given[1]}` cannot be combined: wants come from one of them"
        )
    if environments:
        return "lock_and_environment" if wanted else "environment"
    if wanted:
        return "lock"
    return "peers" if older is None else "baseline"


def _peers(query: CoverageQuery, stacks: _Stacks) -> tuple[list[list[str]], list[int]]:
    """Return sets of peers, and for each reported stack the one that defines its wants."""
    reported = stacks.reported
    if query.peers:
        sets = [list(select_names(query.peers, stacks.listed, kind="stack"))]
        return sets, [0 for _ in reported]
    # The name of a source without a label is not given by a user, so it names no family.
    named = [name for name in stacks.listed if name not in stacks.own]
    sets, positions = peers_of(reported, named, query.families)
    for at, name in enumerate(reported):
        if name in stacks.own:
            positions[at] = len(sets)
            sets.append([name])
    return sets, positions


def _specs(
    core: compiled.Catalog,
    wanted: Sequence[WantedLock],
    reported: Sequence[str],
    query: CoverageQuery,
) -> list[list[str]]:
    """Return the hashes that each reported stack wants."""
    scope = SCOPE_EDGES[query.scope]
    cycle = core.cycle()
    if cycle:
        described = by_hash(core, cycle[:1]).get(cycle[0])
        # Edges of several files can form a cycle; this error names the spec.
        place = described.source if described is not None else wanted[0].source
        fault = f"the dependencies of {cycle[0]} lead back to it, which is impossible for hashes"
        raise SourceError(f"{place}: {fault}", path=place)
    roots = roots_of(wanted)
    return [core.reached(roots.get(name, []), scope) for name in reported]


def roots_of(wanted: Sequence[WantedLock]) -> dict[str, list[str]]:
    """Return the distinct hashes of the roots in each stack's locks, in their order."""
    found: dict[str, dict[str, None]] = {}
    for each in wanted:
        found.setdefault(each.stack, {}).update((root.hash, None) for root in each.roots)
    return {stack: list(roots) for stack, roots in found.items()}
