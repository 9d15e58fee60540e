"""One question of a plan: what is wanted, from what, within what; asked of the planner."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from specplan import _core as compiled
from specplan.catalog import whereabouts
from specplan.catalog.damage import refuse_cycle
from specplan.catalog.left_out import of_sources
from specplan.catalog.names import texts
from specplan.coverage.ask import environment_options
from specplan.coverage.lock_wants import LockWants
from specplan.errors import UsageError
from specplan.model.left_out import merged
from specplan.planning import budget_solver as budgeting
from specplan.planning import changes
from specplan.planning import choice as choosing
from specplan.planning import schedule as scheduling
from specplan.planning.budget import Purchase
from specplan.planning.changes import KnownSpecs
from specplan.planning.gaps import is_about_gaps, wants_of_gaps
from specplan.planning.inputs import costs_of, inputs_of
from specplan.planning.left_out import unknown_changes
from specplan.planning.plan import Plan
from specplan.planning.records import builds_of, excluded_of, needless_of, totals_of, untested_of
from specplan.planning.wants import places_of, read_candidates, read_wanted_places, wanted_files
from specplan.sources import Limits
from specplan.sources.cost_files import read_costs

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from specplan.aliases import Places, Unit
    from specplan.api import Catalog
    from specplan.coverage.query import Question
    from specplan.model import (
        ChangeAsked,
        Compatibility,
        Input,
        LeftOut,
        NotWanted,
        Policy,
        Scope,
        SourceUsed,
        WhatIf,
    )
    from specplan.model.budget import Budget, Weight
    from specplan.model.choice import Choice, PublishedWant
    from specplan.model.costs import Cost
    from specplan.model.host import Host
    from specplan.planning.budget_solver import Spent
    from specplan.planning.candidates import Options
    from specplan.planning.choice import Made
    from specplan.planning.gaps import GapWants
    from specplan.sources.wanted import Wanted

__all__ = ["rebuild"]

#: More than any search counts.
_MOST: Final = 2**62

#: The largest depth that the core takes; no chain of dependents is as long.
_MOST_DEPTH: Final = 2**32 - 1


def rebuild(
    catalog: Catalog | None,
    *,
    want: Places = (),
    gaps: Question | None = None,
    candidates: Places = (),
    system: str | Sequence[str] = (),
    os: str | Sequence[str] = (),
    target: str | Sequence[str] = (),
    compat: Compatibility = "exact",
    libc: Mapping[str, str] | None = None,
    cells: Mapping[str, Sequence[str]] | None = None,
    scope: Scope = "runtime",
    changed: str | Sequence[str] = (),
    changed_if_wanted: Sequence[str] | None = None,
    policy: Policy = "hash",
    depth: int | None = None,
    exclude_broken: str | Sequence[str] = (),
    assume_available: str | Sequence[str] = (),
    without: str | Sequence[str] = (),
    costs: Places = (),
    jobs: int | None = None,
    max_builds: int | None = None,
    max_cost: float | None = None,
    weights: Sequence[Weight] = (),
    node_limit: int | None = None,
    time_limit: float | None = None,
    tag: str | None = None,
    host: Host | None = None,
    include: Mapping[str, str] | None = None,
    group: str | Sequence[str] = (),
    packages: str | None = None,
    allow_left_out: Collection[str] = (),
    not_wanted: Sequence[NotWanted] = (),
    limits: Limits | None = None,
    left_out: Sequence[LeftOut] = (),
) -> Plan:
    """Plan the least rebuild; see :meth:`specplan.Catalog.rebuild`.

    Args:
        catalog: The caches; None plans from nothing.
        want: See there, as all that follows.
        gaps: What of gaps alone is asked there, together.
        candidates: See there.
        system: See there.
        os: See there.
        target: See there.
        compat: See there.
        libc: See there.
        cells: See there.
        scope: See there.
        changed: See there.
        changed_if_wanted: See there.
        policy: See there.
        depth: See there.
        exclude_broken: See there.
        assume_available: See there.
        without: See there.
        costs: See there.
        jobs: See there.
        max_builds: See there.
        max_cost: See there.
        weights: See there.
        node_limit: See there.
        time_limit: See there.
        tag: See there.
        host: See there.
        include: See there.
        group: See there.
        packages: See there.
        allow_left_out: See there.
        not_wanted: See there.
        limits: See there.
        left_out: What of the question could not be taken into account before it was put.
    """
    places = places_of(want)
    of_gaps = gaps is not None and is_about_gaps(gaps)
    limited = budgeting.Asked.limited(max_builds, max_cost, weights, node_limit, time_limit)
    _refuse_numbers(jobs=jobs, depth=depth, node_limit=node_limit, time_limit=time_limit)
    jobs, node_limit, max_builds = (_clamped(each) for each in (jobs, node_limit, max_builds))
    if limited is not None and scope == "all":
        raise UsageError(
            "a budget completes roots, so that they install; `scope` all builds more than that",
            hint="leave `scope` out",
        )
    if of_gaps:
        _refuse_beside_gaps(
            wants=bool(places) or bool(changed) or changed_if_wanted is not None,
            what_if=bool(assume_available) or bool(without),
        )
    elif not places:
        raise UsageError("nothing is wanted", hint="name a lock with `want`")
    limits = _limits(catalog, limits)
    caches = compiled.Catalog.merged([]) if catalog is None else catalog._core
    wanted, environments, unplanned = read_wanted_places(
        places,
        limits,
        scope,
        environment_options(
            caches,
            {
                "host": host,
                "include": include,
                "group": group,
                "packages": packages,
                "allow_left_out": allow_left_out,
            },
        ),
    )
    if (texts(os) or texts(target)) and not (of_gaps or environments):
        raise UsageError(
            "`--os` and `--target` filter gaps and abstract wants only; a lock is always planned "
            "in full",
            hint="leave them out",
        )
    found = None
    if gaps is not None and of_gaps:
        of_both: Question = {
            "system": system,
            "os": os,
            "target": target,
            "compat": compat,
            "libc": libc,
            "cells": cells,
            "tag": tag,
        }
        found = wants_of_gaps(catalog, {**gaps, **of_both})
    more_places = places_of(candidates)
    more_locks, more, of_candidates = read_candidates(more_places, limits)
    cost_files = places_of(costs)
    told = read_costs(cost_files, limits)
    locks = compiled.Catalog.merged([each.core for each in (*wanted, *more_locks)])
    locks = compiled.Catalog.merged([locks, *more])
    caches = _rows(catalog, () if environments or of_gaps else wanted)
    core = compiled.Catalog.merged([locks, caches])
    refuse_cycle(core, next(iter((*places, *more_places)), "the caches"))
    state = catalog._state(tag) if catalog is not None and len(caches) else []
    choice_asked = choosing.Asked(
        environments=environments,
        locks=(*wanted, *more_locks),
        system=system,
        os=os,
        target=target,
        compat=compat,
        libc=libc or {},
        cells=cells or {},
        node_limit=node_limit,
        time_limit=time_limit,
        not_wanted=not_wanted,
        gaps=None if found is None else found.wants,
    )
    is_choice = bool(environments) or (found is not None and bool(found.wants.cells))
    options = choosing.options_of(core, state, scope, choice_asked) if is_choice else None
    plannable = _plannable(locks, core, options)
    change = changes.change(plannable, texts(changed), changed_if_wanted, policy, depth)
    broken = changes.matching_each(plannable, texts(exclude_broken))
    cost_of = costs_of(plannable, told)
    what_if = changes.what_if(core, state, texts(assume_available), texts(without))
    lock_wants = LockWants.of(core, wanted, scope, () if of_gaps else not_wanted)
    question: compiled.PlanQuestion = {
        "state": state,
        "locks": locks.snapshots(),
        # A budget completes roots; what these run with is bought with them.
        "roots": sorted(lock_wants.hashes if limited is None else lock_wants.labels),
        "scope": lock_wants.scope if limited is None else scope,
        "changed": None if change is None else list(change.changed),
        "policy": policy,
        "depth": None if depth is None else min(depth, _MOST_DEPTH),
        "broken": [each for _, found in broken for each in found],
        "assumed": [] if what_if is None else list(what_if.available),
        "withheld": [] if what_if is None else list(what_if.unavailable),
        "costs": [(spec, cost.amount) for spec, cost in cost_of.items()] or None,
    }
    made = None if options is None else choosing.choose(core, question, options, choice_asked)
    purchase = None
    if limited is not None:
        purchase = Purchase(
            core=core,
            question=question,
            asked=limited,
            labels=lock_wants.labels,
            matching=partial(changes.matching, plannable),
        )
    spent, choice = _bought(purchase, made)
    if spent is not None:
        question["roots"] = spent.roots
    elif choice is not None:
        question["roots"] = sorted({*lock_wants.hashes, *choice.roots})
    return _plan(
        core,
        question,
        budget=None if spent is None else spent.budget,
        choice=choice,
        publish=() if found is None else found.publish,
        scope=scope,
        change=change,
        what_if=what_if,
        inputs=inputs_of(wanted_files(wanted, environments), more_places, catalog, cost_files),
        broken=broken,
        unit=told.unit,
        cost_of=cost_of,
        jobs=jobs,
        known=(locks, core),
        not_wanted=_not_wanted(lock_wants, options, found),
        left_out=merged(
            [
                *left_out,
                *unplanned,
                *_of_sources(catalog, found),
                *_index_versions(catalog, found, core, locks, question),
                *(() if options is None else options.wants.left_out),
                *(record for lock in wanted for record in lock.left_out),
                *of_candidates,
                *unknown_changes(() if change is None else change.specs),
            ]
        ),
        sources=() if catalog is None else catalog._contents.used,
    )


def _rows(catalog: Catalog | None, by_hash: Sequence[Wanted]) -> compiled.Catalog:
    """Return what the caches hold.

    Args:
        catalog: The caches, if there are any.
        by_hash: The locks, where nothing else is wanted. They fix the hash of each spec, and
            Spack fetches what it knows the hash of, whether an index lists it or not.
    """
    if catalog is None:
        return compiled.Catalog.merged([])
    rows = whereabouts.fetched(catalog._contents, by_hash) if by_hash else None
    return catalog._core if rows is None else rows


def _limits(catalog: Catalog | None, limits: Limits | None) -> Limits:
    """Return what no input may go beyond: by default what the caches were read with."""
    if limits is not None:
        return limits
    return Limits() if catalog is None else catalog._contents.limits


def _index_versions(
    catalog: Catalog | None,
    found: GapWants | None,
    core: compiled.Catalog,
    locks: compiled.Catalog,
    question: compiled.PlanQuestion,
) -> Sequence[LeftOut]:
    """Return the record of a plan that builds more where only what all indexes list counts."""
    if catalog is None or catalog._contents.least is None:
        return ()
    if found is not None and any(each.kind == "index_version" for each in found.left_out):
        # The gaps themselves rest on it already.
        return ()
    least = compiled.Catalog.merged([locks, catalog._contents.least])
    builds, needed = ({*rows.plan(question).builds()[0]} for rows in (core, least))
    return whereabouts.differing_indexes(catalog._contents.indexes, len(builds ^ needed))


def _of_sources(catalog: Catalog | None, found: GapWants | None) -> Sequence[LeftOut]:
    """Return what of the caches could not be taken into account."""
    if found is not None:
        return found.left_out
    if catalog is None:
        return ()
    # What is wanted is not of the caches: less of them means more builds.
    return of_sources(catalog._contents, blocks=False)


def _clamped(number: int | None) -> int | None:
    """Return a number as large as the core takes; none of those above differs in its effect."""
    return None if number is None else min(number, _MOST)


def _refuse_numbers(
    *, jobs: int | None, depth: int | None, node_limit: int | None, time_limit: float | None
) -> None:
    if jobs is not None and jobs < 1:
        raise UsageError(f"`{jobs}` is no number of runners", hint="there must be at least one")
    if depth is not None and depth < 0:
        raise UsageError(f"`{depth}` is no depth", hint="0 leaves the changed specs alone")
    if node_limit is not None and node_limit < 0:
        raise UsageError(f"`{node_limit}` is no number of nodes", hint="0 looks at none")
    if time_limit is not None and not time_limit >= 0:  # neither is NaN
        raise UsageError(f"`{time_limit}` is no time", hint="write seconds, from 0 on")


def _refuse_beside_gaps(*, wants: bool, what_if: bool) -> None:
    """Refuse what does not go with the gaps of stacks."""
    if wants:
        raise UsageError(
            "the gaps of stacks are of what is there: they go with no other wants and no change",
            hint="leave out `want` and `changed`, or `stack`, `peers` and `baseline`",
        )
    if what_if:
        raise UsageError(
            "`--assume-available` and `--without` cannot be combined with gaps",
            hint="leave them out, or plan for locks with `--want`",
        )


def _not_wanted(
    locks: LockWants, options: Options | None, gaps: GapWants | None
) -> tuple[tuple[NotWanted, ...], int]:
    """Return the entries with what each excluded, and how many wants any of them excludes."""
    if gaps is not None:
        return gaps.not_wanted, gaps.excluded
    if options is None:
        return locks.not_wanted, locks.excluded
    wants = options.wants
    entries = tuple(
        replace(entry, excluded=entry.excluded + count)
        for entry, count in zip(locks.not_wanted, wants.excluded, strict=True)
    )
    return entries, locks.excluded + wants.not_wanted


def _bought(purchase: Purchase | None, made: Made | None) -> tuple[Spent | None, Choice | None]:
    """Return what a budget buys, and what is chosen."""
    if purchase is None:
        return None, None if made is None else made.choice
    return (purchase.buy(), None) if made is None else purchase.buy_with_choice(made)


def _plannable(
    locks: compiled.Catalog, core: compiled.Catalog, options: Options | None
) -> KnownSpecs:
    """Return the specs that may be built: those of the locks, and what the candidates need."""
    if options is None:
        return KnownSpecs.all_of(locks)
    own = (each[0] for each in locks.specs(compiled.Query.all(), None))
    return KnownSpecs.below(core, {*own, *options.names})


def _plan(
    rows: compiled.Catalog,
    question: compiled.PlanQuestion,
    *,
    budget: Budget | None,
    choice: Choice | None,
    publish: tuple[PublishedWant, ...],
    scope: Scope,
    change: ChangeAsked | None,
    what_if: WhatIf | None,
    inputs: tuple[Input, ...],
    broken: Sequence[tuple[str, list[str]]],
    unit: Unit,
    cost_of: Mapping[str, Cost],
    jobs: int | None,
    known: tuple[compiled.Catalog, compiled.Catalog],
    not_wanted: tuple[tuple[NotWanted, ...], int],
    left_out: tuple[LeftOut, ...],
    sources: tuple[SourceUsed, ...],
) -> Plan:
    core = rows.plan(question)
    untested = untested_of(core)
    builds = builds_of(core, cost_of)
    return Plan(
        scope=scope,
        unit=unit,
        predicted=change is not None and bool(change.changed),
        change=change,
        what_if=what_if,
        inputs=inputs,
        builds=builds,
        critical_path=tuple(core.critical_path()),
        needless=needless_of(core),
        untested=untested,
        excluded=excluded_of(core, broken),
        budget=budget,
        schedule=None if jobs is None else scheduling.schedule(core, builds, jobs),
        choice=choice,
        publish=publish,
        not_wanted=not_wanted[0],
        totals=totals_of(core, sum(each.available for each in untested), not_wanted[1]),
        left_out=left_out,
        sources=sources,
        _core=core,
        _known=known,
        _again=partial(
            _plan,
            rows,
            question,
            budget=budget,
            choice=choice,
            publish=publish,
            scope=scope,
            change=change,
            what_if=what_if,
            inputs=inputs,
            broken=broken,
            unit=unit,
            cost_of=cost_of,
            jobs=jobs,
            known=known,
            not_wanted=not_wanted,
            left_out=left_out,
            sources=sources,
        ),
    )
