"""Solving a plan request: wants, candidates, limits, and the question to the planner."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, get_args

from specplan import _core as compiled
from specplan.catalog import whereabouts
from specplan.catalog.available import available_wants
from specplan.catalog.damage import refuse_cycle
from specplan.catalog.left_out import of_sources, without_roots
from specplan.catalog.names import refuse_others
from specplan.catalog.specs import hashes_of
from specplan.coverage.ask import environment_options
from specplan.coverage.lock_wants import SCOPE_EDGES, LockWants
from specplan.errors import UsageError
from specplan.model import Policy, Scope
from specplan.model.left_out import merged
from specplan.planning import changes
from specplan.planning import choice as choosing
from specplan.planning import schedule as scheduling
from specplan.planning.budget import BudgetQuestion
from specplan.planning.budget_solver import BudgetRequest
from specplan.planning.candidates import ChoiceRequest
from specplan.planning.changes import ComparedSpecs
from specplan.planning.comparison import compared
from specplan.planning.gaps import asks_for_gaps, wants_of_gaps
from specplan.planning.inputs import costs_of, inputs_of
from specplan.planning.left_out import unknown_changes
from specplan.planning.plan import Plan
from specplan.planning.records import builds_of, excluded_of, totals_of, unnecessary_of, untested_of
from specplan.planning.wants import (
    UnplannedRoots,
    read_candidates,
    read_wanted_sources,
    wanted_files,
)
from specplan.records import dataclass
from specplan.sources.cost_files import read_costs
from specplan.sources.want_records import rows_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from specplan._core import State
    from specplan.aliases import Unit
    from specplan.catalog.contents import Contents
    from specplan.coverage.query import CoverageQuery
    from specplan.model import ChangeAsked, Input, LeftOut, NotWanted, SourceUsed, WhatIf
    from specplan.model.budget import Budget, BudgetCurve
    from specplan.model.choice import Choice, PublishedWant
    from specplan.model.costs import Cost, Costs
    from specplan.planning.budget_solver import BudgetSolution
    from specplan.planning.candidates import Options
    from specplan.planning.changes import ChangedByRecipes
    from specplan.planning.choice import ChoiceSolution
    from specplan.planning.gaps import GapWants
    from specplan.planning.recipe_changes import JudgedRecipes, NextWants
    from specplan.planning.request import ChangeRequest, PlanRequest
    from specplan.sources import Limits
    from specplan.sources.want_records import WantedEnvironment, WantedLock

__all__ = ["rebuild", "rebuild_with_changes"]

#: A number above all counts of a search.
_MOST: Final = 2**62

#: The maximum depth in the core; no chain of dependents is as long.
_MOST_DEPTH: Final = 2**32 - 1


def rebuild(contents: Contents, request: PlanRequest, older: Contents | None = None) -> Plan:
    """Plan the smallest set of builds after which all wants install from the caches alone.

    Args:
        contents: The caches.
        request: The request.
        older: Another catalog, whose newest snapshot is the older state for gaps.

    Raises:
        SourceError: If an input cannot be read.
        UnknownNameError: If a changed spec is in no want, or the snapshot is unknown.
        UsageError: If the question makes no sense otherwise.
    """
    return _rebuild(contents, request, older)[0]


def rebuild_with_changes(
    contents: Contents, request: PlanRequest
) -> tuple[Plan, ChangedByRecipes | None]:
    """Return the plan together with the changes of planned specs through recipes.

    Args:
        contents: The caches.
        request: The request.
    """
    plan, question = _rebuild(contents, request, None)
    return plan, question.recipes


def _rebuild(
    contents: Contents, request: PlanRequest, older: Contents | None
) -> tuple[Plan, _PlannerQuestion]:
    request = _checked(request)
    limited = _budget(request)
    _refuse_wants(request, older)
    read = _read(contents, request, older)
    rows = _rows(contents, request, read)
    chooses = _choice_request(request, read)
    options = None
    if read.is_choice:
        options = choosing.options_of(rows.core, rows.state, request.coverage.scope, chooses)
    found = _PlannerQuestion.of(request, read, rows, options)
    made = None
    if options is not None:
        made = choosing.choose(found.rows, found.core, options, chooses)
    curve = None
    if request.budget.curve:
        budget = _budget_question(_unlimited(request), found, query=request.coverage)
        curve = budget.curve(made, read.costs.unit)
    solution, choice = _chosen(limited, found, made)
    fixed = _set_roots(found, solution, choice, request.coverage.scope)
    if options is not None and choice is not None:
        choice = compared(found.rows, found.core, fixed, options, choice)
    plan = _plan(
        _Solved(
            request=request,
            rows=rows,
            question=found,
            budget=None if solution is None else solution.budget,
            curve=curve,
            choice=choice,
            publish=() if read.gaps is None else read.gaps.publish,
            unit=read.costs.unit,
            inputs=inputs_of(
                wanted_files(read.wanted, read.environments),
                request.candidates,
                contents,
                request.costs,
            ),
            not_wanted=_not_wanted(found.lock_wants, options, read),
            sources=contents.used,
            left_out=_left_out(contents, request, read, found, options),
            next=read.next,
            stacks=read.stacks,
        )
    )
    return plan, found


def _set_roots(
    found: _PlannerQuestion, solution: BudgetSolution | None, choice: Choice | None, scope: Scope
) -> Collection[str]:
    """Set the roots to plan for; return those of locks, for which there is no choice."""
    wants = found.lock_wants
    fixed: Collection[str] = wants.hashes
    if solution is not None:
        found.core["roots"] = solution.roots
        fixed = [root for root in solution.roots if root in wants.stacks_by_root]
        if wants.excluded:
            # An excluded spec below a root is built for the root, and is not a want itself.
            edges = SCOPE_EDGES[scope]
            below = wants.hashes.intersection(found.rows.reached(solution.roots, edges))
            chosen = [root for root in solution.roots if root not in wants.stacks_by_root]
            found.core["roots"] = sorted(
                {*solution.roots, *below, *found.rows.reached(chosen, edges)}
            )
            found.core["scope"] = "roots"
    elif choice is not None:
        # The wants of locks are single specs then, and chosen specs have needs too.
        chosen = found.rows.reached([*choice.roots], SCOPE_EDGES[scope]) if wants.excluded else []
        found.core["roots"] = sorted({*fixed, *choice.roots, *chosen})
    return fixed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The files of a request after reading: its wants, candidates and costs."""

    wanted: tuple[WantedLock, ...]
    environments: tuple[WantedEnvironment, ...]
    unplanned: UnplannedRoots
    gaps: GapWants | None
    more_locks: Sequence[WantedLock]
    others: Sequence[compiled.Catalog]
    of_candidates: Sequence[LeftOut]
    costs: Costs
    recipes: JudgedRecipes | None
    next: NextWants | None

    @property
    def stacks(self) -> frozenset[str]:
        """The stacks with wants, or whose gaps are requested."""
        stacks = frozenset(each.stack for each in self.wanted)
        stacks |= {each.stack for each in self.environments}
        return stacks if self.gaps is None else stacks | self.gaps.stacks

    @property
    def is_choice(self) -> bool:
        """True if a spec has to be chosen for some want."""
        return bool(self.environments) or (self.gaps is not None and bool(self.gaps.wants.cells))


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlanSpecs:
    """The specs that a plan is made of.

    Attributes:
        locks: Those of locks and other candidates.
        core: These specs together with those of the caches.
        state: The snapshots of the caches whose binaries count.
    """

    locks: compiled.Catalog
    core: compiled.Catalog
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlannerQuestion:
    """The question to the planner, and the specs that were looked up for it."""

    rows: compiled.Catalog
    core: compiled.PlanQuestion
    lock_wants: LockWants
    plannable: ComparedSpecs
    change: ChangeAsked | None
    recipes: ChangedByRecipes | None
    what_if: WhatIf | None
    broken: Sequence[tuple[str, list[str]]]
    cost_of: Mapping[str, Cost]

    @classmethod
    def of(
        cls, request: PlanRequest, read: _Read, rows: _PlanSpecs, options: Options | None
    ) -> _PlannerQuestion:
        """Look up the specs that a request names, and ask for all roots of locks."""
        query, is_limited = request.coverage, request.budget.is_limited
        plannable = _plannable(rows, options)
        recipes = _changed_by_recipes(request, read, plannable)
        change = changes.change(plannable, request.change, recipes)
        broken = changes.resolve_specs(plannable, request.exclude_broken)
        cost_of = costs_of(plannable, read.costs)
        what_if = changes.what_if(
            rows.core, rows.state, request.what_if.assume_available, request.what_if.without
        )
        entries = () if read.gaps is not None else query.not_wanted
        wants = LockWants.of(rows.core, read.wanted, query.scope, entries)
        depth = None if change is None else change.depth
        question: compiled.PlanQuestion = {
            "state": rows.state,
            "locks": rows.locks.snapshots(),
            # A budget completes roots, including their run-time dependencies.
            "roots": sorted(wants.stacks_by_root if is_limited else wants.hashes),
            "scope": query.scope if is_limited else wants.scope,
            "changed": None if change is None else list(change.changed),
            "policy": "hash" if change is None else change.policy,
            "depth": None if depth is None else min(depth, _MOST_DEPTH),
            "broken": [spec for _, specs in broken for spec in specs],
            "assumed": [] if what_if is None else list(what_if.available),
            "withheld": [] if what_if is None else list(what_if.unavailable),
            "costs": [(spec, cost.amount) for spec, cost in cost_of.items()] or None,
        }
        return cls(
            rows=rows.core,
            core=question,
            lock_wants=wants,
            plannable=plannable,
            change=change,
            recipes=recipes,
            what_if=what_if,
            broken=broken,
            cost_of=cost_of,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Solved:
    """The input of a plan, from which another process makes the same plan."""

    request: PlanRequest
    rows: _PlanSpecs
    question: _PlannerQuestion
    budget: Budget | None
    curve: BudgetCurve | None
    choice: Choice | None
    publish: tuple[PublishedWant, ...]
    unit: Unit
    inputs: tuple[Input, ...]
    not_wanted: tuple[tuple[NotWanted, ...], int]
    left_out: tuple[LeftOut, ...]
    sources: tuple[SourceUsed, ...]
    next: NextWants | None
    stacks: frozenset[str]


def _read(contents: Contents, request: PlanRequest, older: Contents | None) -> _Read:
    """Read the files of a request, and its gaps."""
    query = request.coverage
    limits = request.limits or contents.limits
    wanted, environments, unplanned = read_wanted_sources(
        query.want,
        limits,
        query.scope,
        environment_options(contents.core, query, are_compared=_compares(request)),
        available_wants(contents, query.tag),
        query.not_wanted,
    )
    of_gaps = asks_for_gaps(query, older)
    if (query.os or query.target) and not (of_gaps or environments):
        raise UsageError(
            "`--os` and `--target` filter gaps and abstract wants only; a lock is always planned "
            "in full",
            hint="leave them out",
        )
    gaps = wants_of_gaps(contents, query, older) if of_gaps else None
    more_locks, others, of_candidates = read_candidates(request.candidates, limits)
    recipes, following = _recipes(request, wanted, environments, limits)
    return _Read(
        wanted=wanted if following is None else following.wanted,
        environments=environments,
        unplanned=unplanned,
        gaps=gaps,
        more_locks=more_locks,
        others=others,
        of_candidates=of_candidates,
        costs=read_costs(request.costs, limits),
        recipes=recipes,
        next=following,
    )


def _compares(request: PlanRequest) -> bool:
    """Return whether recipes are compared."""
    return request.change is not None and request.change.recipes is not None


def _recipes(
    request: PlanRequest,
    wanted: Sequence[WantedLock],
    environments: Sequence[WantedEnvironment],
    limits: Limits,
) -> tuple[JudgedRecipes | None, NextWants | None]:
    """Return the changes of recipes by their content, and the next locks.

    Raises:
        UsageError: If next locks are requested but not all wants are locks.
    """
    asked = None if request.change is None else request.change.recipes
    if asked is None or asked.changes == "name":
        return None, None
    # Import the reader of recipes only if they are compared.
    from specplan.planning.recipe_changes import judged, next_wants  # noqa: PLC0415

    found = judged(asked, wanted, limits)
    if not asked.successors:
        return found, None
    if environments:
        raise UsageError(
            f"`--successors` applies to locks, and `{environments[0].source}` is not one",
            hint="name a spack.lock with `--want`",
        )
    return found, next_wants(found, wanted)


def _changed_by_recipes(
    request: PlanRequest, read: _Read, plannable: ComparedSpecs
) -> ChangedByRecipes | None:
    """Return the plannable specs that change through recipes."""
    asked = None if request.change is None else request.change.recipes
    if asked is None:
        return None
    from specplan.planning.recipe_changes import by_name  # noqa: PLC0415 - as above

    if read.recipes is None:
        return by_name(asked, plannable)
    if read.next is not None:
        # Successors replace their specs as wants; the other specs are predicted to change.
        found = read.recipes.answer()
        left_out = (*found.left_out, *read.next.left_out)
        return replace(found, changed=read.next.open, left_out=left_out)
    hashes = (each.hash for each in plannable.core.specs(plannable.among, None))
    return read.recipes.of_others(plannable.core, hashes).answer()


def _rows(contents: Contents, request: PlanRequest, read: _Read) -> _PlanSpecs:
    """Return the specs of locks and candidates, and these with those of the caches."""
    locks = compiled.Catalog.merged([*rows_of((*read.wanted, *read.more_locks)), *read.others])
    caches = contents.core
    if read.wanted and not read.environments and read.gaps is None:
        # Locks fix the hash of each spec, and Spack fetches a binary by hash, whether an index
        # lists it or not.
        fetched = whereabouts.fetched(contents, read.wanted)
        caches = caches if fetched is None else fetched
    core = compiled.Catalog.merged([locks, caches])
    refuse_cycle(core, next(iter((*request.coverage.want, *request.candidates)), "the caches"))
    state = contents.state(request.coverage.tag) if len(caches) else []
    return _PlanSpecs(locks=locks, core=core, state=state)


def _choice_request(request: PlanRequest, read: _Read) -> ChoiceRequest:
    query = request.coverage
    return ChoiceRequest(
        environments=read.environments,
        locks=(*read.wanted, *read.more_locks),
        system=query.system,
        os=query.os,
        target=query.target,
        compat=query.compat,
        libc=query.libc,
        cells=query.cells,
        node_limit=request.search.nodes,
        time_limit=request.search.seconds,
        not_wanted=query.not_wanted,
        gaps=None if read.gaps is None else read.gaps.wants,
    )


def _chosen(
    limited: BudgetRequest | None, question: _PlannerQuestion, made: ChoiceSolution | None
) -> tuple[BudgetSolution | None, Choice | None]:
    """Return the result of a budget, and the choice."""
    if limited is None:
        return None, None if made is None else made.choice
    budget = _budget_question(limited, question)
    return (budget.solve_budget(), None) if made is None else budget.solve_budget_with_choice(made)


def _budget_question(
    limited: BudgetRequest, question: _PlannerQuestion, query: CoverageQuery | None = None
) -> BudgetQuestion:
    """Return a budget and its roots, those of locks or of a query."""
    core = question.core
    if query is not None:
        core = {**core, "roots": sorted(question.lock_wants.stacks_by_root), "scope": query.scope}
    return BudgetQuestion(
        core=question.rows,
        question=core,
        asked=limited,
        stacks_by_root=question.lock_wants.stacks_by_root,
        matching=partial(changes.resolve_spec, question.plannable),
    )


def _left_out(
    contents: Contents,
    request: PlanRequest,
    read: _Read,
    question: _PlannerQuestion,
    options: Options | None,
) -> tuple[LeftOut, ...]:
    """Return the left-out input of a request."""
    change = question.change
    return merged(
        [
            *request.left_out,
            *read.unplanned.left_out,
            *_of_sources(contents, read),
            *_index_versions(contents, read, question),
            *(() if options is None else options.wants.left_out),
            *(record for lock in read.wanted for record in lock.left_out),
            *(() if read.gaps is not None else without_roots(read.wanted, read.environments)),
            *read.of_candidates,
            *unknown_changes(() if change is None else change.specs),
            *(() if question.recipes is None else question.recipes.left_out),
        ]
    )


def _index_versions(
    contents: Contents, read: _Read, question: _PlannerQuestion
) -> Sequence[LeftOut]:
    """Return the record of a plan that has more builds if only binaries in all indexes count."""
    if contents.least is None:
        return ()
    if read.gaps is not None and any(
        record.kind == "index_version" and record.blocks for record in read.gaps.left_out
    ):
        # The gaps themselves already rely on it.
        return ()
    locks = rows_of((*read.wanted, *read.more_locks))
    least = compiled.Catalog.merged([*locks, *read.others, contents.least])
    both = (question.rows, least)
    builds, needed = ({*rows.plan(question.core).builds().hashes} for rows in both)
    return whereabouts.differing_indexes(contents.indexes, len(builds ^ needed))


def _of_sources(contents: Contents, read: _Read) -> Sequence[LeftOut]:
    """Return the left-out input of the caches."""
    if read.gaps is not None:
        return read.gaps.left_out
    # If the wants do not come from the caches, missing input of these only adds builds.
    return of_sources(contents, blocks=any(lock.is_available for lock in read.wanted))


def _checked(request: PlanRequest) -> PlanRequest:
    """Return a request with numbers limited to the range of the core; larger ones change nothing.

    Raises:
        UsageError: If a number makes no sense.
    """
    jobs, search = request.jobs, request.search
    refuse_others("scope", request.coverage.scope, get_args(Scope))
    if request.change is not None:
        refuse_others("policy", request.change.policy, get_args(Policy))
    depth = None if request.change is None else request.change.depth
    _check_successors(request.change)
    if jobs is not None and jobs < 1:
        raise UsageError(f"`{jobs}` is not a number of runners", hint="there must be at least one")
    if depth is not None and depth < 0:
        raise UsageError(f"`{depth}` is not a depth", hint="0 plans only the changed specs")
    if search.nodes is not None and search.nodes < 0:
        raise UsageError(f"`{search.nodes}` is not a number of nodes", hint="0 searches no nodes")
    if search.seconds is not None and not search.seconds >= 0:  # false for NaN too
        raise UsageError(f"`{search.seconds}` is not a time", hint="write seconds, from 0 on")
    return replace(
        request,
        jobs=_at_most(jobs),
        search=replace(search, nodes=_at_most(search.nodes)),
        budget=replace(request.budget, builds=_at_most(request.budget.builds)),
    )


def _check_successors(change: ChangeRequest | None) -> None:
    """Refuse to compute next hashes without recipes."""
    if change is None or change.recipes is None or not change.recipes.successors:
        return
    if change.recipes.changes == "name":
        raise UsageError(
            "`--successors` needs the content of recipes, and `--changes name` compares names only",
            hint="leave out `--changes name`",
        )
    if change.policy != "hash" or change.depth is not None or change.specs or change.listed:
        raise UsageError(
            "`--successors` follows recipes alone, and every dependent gets a new hash",
            hint="leave out `--changed`, `--changed-from`, `--policy` and `--depth`",
        )


def _at_most(number: int | None) -> int | None:
    return None if number is None else min(number, _MOST)


def _refuse_wants(request: PlanRequest, older: Contents | None) -> None:
    """Refuse a request without wants, or with wants that cannot be combined."""
    query = request.coverage
    if (request.budget.is_limited or request.budget.curve) and query.scope == "all":
        raise UsageError(
            "a budget completes roots, and cannot be combined with the scope `all`",
            hint="leave `scope` out",
        )
    if not asks_for_gaps(query, older):
        if not query.want:
            raise UsageError("nothing is wanted", hint="name a lock with `want`")
        return
    if query.want or request.change is not None:
        raise UsageError(
            "gaps cannot be combined with other wants or a change",
            hint="leave out `want` and `changed`, or `stack`, `peers` and `baseline`",
        )
    if request.what_if.assume_available or request.what_if.without:
        raise UsageError(
            "`--assume-available` and `--without` cannot be combined with gaps",
            hint="leave them out, or plan for locks with `--want`",
        )


def _unlimited(request: PlanRequest) -> BudgetRequest:
    """Return the budget of a curve, for which each limit is set in turn."""
    search = request.search
    return BudgetRequest(
        builds=None,
        cost=None,
        weights=request.budget.weights,
        node_limit=search.nodes,
        time_limit=search.seconds,
    )


def _budget(request: PlanRequest) -> BudgetRequest | None:
    limits = request.budget
    return BudgetRequest.limited(
        limits.builds, limits.cost, limits.weights, request.search.nodes, request.search.seconds
    )


def _not_wanted(
    locks: LockWants, options: Options | None, read: _Read
) -> tuple[tuple[NotWanted, ...], int]:
    """Return the entries with the wants that each excludes, and the number of excluded wants."""
    if read.gaps is not None:
        return read.gaps.not_wanted, read.gaps.excluded
    stale = read.unplanned.excluded
    counts = Counter(at for each in stale for at in each)
    total = locks.excluded + len(stale)
    if options is not None:
        counts.update(dict(enumerate(options.wants.excluded)))
        total += options.wants.not_wanted
    entries = tuple(
        replace(entry, excluded=entry.excluded + counts[at])
        for at, entry in enumerate(locks.not_wanted)
    )
    return entries, total


def _plannable(rows: _PlanSpecs, options: Options | None) -> ComparedSpecs:
    """Return the specs that may be built: those of the locks, and the needs of candidates."""
    if options is None:
        return ComparedSpecs.all_of(rows.locks)
    return ComparedSpecs.below(rows.core, {*hashes_of(rows.locks), *options.names})


def _plan(solved: _Solved) -> Plan:
    question, request = solved.question, solved.request
    core = question.rows.plan(question.core)
    untested = untested_of(core)
    builds = builds_of(core, question.cost_of)
    change, jobs = question.change, request.jobs
    entries, excluded = solved.not_wanted
    return Plan(
        scope=request.coverage.scope,
        unit=solved.unit,
        predicted=change is not None and bool(change.changed),
        change=change,
        what_if=question.what_if,
        inputs=solved.inputs,
        builds=builds,
        critical_path=tuple(core.critical_path()),
        unnecessary=unnecessary_of(core),
        untested=untested,
        excluded=excluded_of(core, question.broken),
        budget=solved.budget,
        budget_curve=solved.curve,
        schedule=None if jobs is None else scheduling.schedule(core, builds, jobs),
        choice=solved.choice,
        publish=solved.publish,
        not_wanted=entries,
        totals=totals_of(core, sum(spec.available for spec in untested), excluded),
        left_out=solved.left_out,
        sources=solved.sources,
        successors=() if solved.next is None else solved.next.answers,
        stacks=solved.stacks,
        _next=() if solved.next is None else solved.next.documents,
        _core=core,
        _known=(solved.rows.locks, solved.rows.core),
        _again=partial(_plan, solved),
    )
