"""Solving a review: the changes, planned for all stacks together and for each stack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan import _core as compiled
from specplan.catalog.available import available_wants
from specplan.catalog.specs import ANY_EDGE, hashes_of
from specplan.coverage.ask import environment_options
from specplan.errors import UsageError
from specplan.model import NamedSpec
from specplan.planning.rebuild import rebuild, rebuild_with_changes
from specplan.planning.request import ChangeRequest
from specplan.planning.wants import read_wanted_sources
from specplan.recipes.joined import joined
from specplan.review.commands import commands_of
from specplan.review.model import Review, ReviewTotals, StackReview, StaleBinary
from specplan.sources.named_want import named_want

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from specplan.catalog.contents import Contents
    from specplan.planning.plan import Plan
    from specplan.review.request import ReviewRequest

__all__ = ["review"]


def review(contents: Contents, request: ReviewRequest) -> Review:
    """Return the cost of a change of recipes.

    Args:
        contents: The caches.
        request: The request.

    Raises:
        SourceError: If an input cannot be read.
        UsageError: If the question makes no sense, or changes are only counted by name.
    """
    if request.recipes.changes == "name" or request.recipes.successors:
        raise UsageError("a review counts changes by the content of recipes")
    _refuse_standard_input(request)
    plan, recipes = rebuild_with_changes(contents, request.plan())
    if plan.change is None or recipes is None:
        raise UsageError("nothing changes", hint="name revisions with `since`")
    wants, chosen = _wants(contents, request, frozenset(plan.change.changed))
    reached = {stack: want for stack, want in wants.items() if want is not None}
    stacks = tuple(
        each
        for each in _stacks(contents, request, plan, reached)
        if each.stack not in chosen or each.stale or each.untested or each.due_to_change
    )
    stale = _stale(contents, request, plan)
    return Review(
        since=request.recipes.since,
        recipes=joined(recipes.changes),
        change=plan.change,
        unit=plan.unit,
        stacks=stacks,
        stale=stale,
        untested=plan.untested,
        totals=_totals(contents, request, plan, stacks, stale, reviewed=len(wants)),
        commands=commands_of(contents, request) if plan.change.changed else (),
        left_out=plan.left_out,
        sources=plan.sources,
    )


def _refuse_standard_input(request: ReviewRequest) -> None:
    if any(named_want(each).kind == "input" for each in request.want):
        raise UsageError(
            "a review reads what is wanted several times, and standard input can be read once",
            hint="write it to a file",
        )


def _available(contents: Contents, request: ReviewRequest, hashes: Iterable[str]) -> list[str]:
    """Return the given specs that have a binary in the caches, by hash."""
    if contents.is_empty:
        return []
    rows = compiled.Query.hashes(sorted(hashes))
    known = [each.hash for each in contents.core.specs(rows, None)]
    return contents.core.available(contents.state(request.coverage.tag), known)


def _stale(contents: Contents, request: ReviewRequest, plan: Plan) -> tuple[StaleBinary, ...]:
    """Return the binaries that a plan builds again because of the change."""
    builds = [each for each in plan.builds if each.cause != "missing"]
    available = frozenset(_available(contents, request, (each.hash for each in builds)))
    return tuple(
        StaleBinary(
            spec=NamedSpec(hash=each.hash, package=each.package, version=each.version),
            stacks=tuple(each.stacks),
            cause=each.cause,
        )
        for each in sorted(builds, key=lambda each: (each.package, each.version, each.hash))
        if each.hash in available
    )


def _wants(
    contents: Contents, request: ReviewRequest, changed: frozenset[str]
) -> tuple[dict[str, tuple[str, ...] | None], frozenset[str]]:
    """Return the wants of each stack, as typed; None if no change reaches it.

    Also return the stacks for which only a plan shows whether one does.
    """
    query = replace(request.coverage, want=request.want)
    locks, environments, _ = read_wanted_sources(
        query.want,
        request.limits or contents.limits,
        query.scope,
        environment_options(contents.core, query, are_compared=True),
        available_wants(contents, query.tag),
    )
    found: dict[str, tuple[str, ...] | None] = {}
    for lock in locks:
        known = found.setdefault(lock.stack, None)
        roots = sorted({each.hash for each in lock.roots})
        if not changed.isdisjoint(lock.core.reached(roots, ANY_EDGE)):
            found[lock.stack] = (*(known or ()), f"{lock.stack}={lock.source}")
    chosen = {each.stack for each in environments if found.get(each.stack) is None}
    for each in environments:
        # Its plan chooses the specs that it will have.
        place = each.source if each.is_typed else f"{each.stack}={each.source}"
        found[each.stack] = (*(found.get(each.stack) or ()), place)
    return found, frozenset(chosen)


def _stacks(
    contents: Contents,
    request: ReviewRequest,
    plan: Plan,
    wants: Mapping[str, tuple[str, ...]],
) -> Iterator[StackReview]:
    """Yield the cost of the change for each affected stack, by name."""
    if plan.change is None:
        return
    asked = request.plan()
    change = ChangeRequest(
        hashes=frozenset(plan.change.changed), policy=request.policy, depth=request.depth
    )
    for stack, want in sorted(wants.items()):
        own = plan
        if len(wants) > 1:
            # Its recipes have already been compared, and may only exist in git.
            coverage = replace(asked.coverage, want=want, packages=None)
            own = rebuild(contents, replace(asked, coverage=coverage, change=change))
        totals = own.totals
        yield StackReview(
            stack=stack,
            wants=totals.wants,
            stale=len(_stale(contents, request, own)),
            untested=totals.untested,
            builds=totals.builds,
            due_to_change=totals.due_to_change,
            stages=totals.stages,
            cost=totals.cost,
            critical_path_cost=totals.critical_path_cost,
            critical_path=tuple(own.named(own.critical_path)),
            makespan=None if own.schedule is None else own.schedule.makespan,
        )


def _totals(
    contents: Contents,
    request: ReviewRequest,
    plan: Plan,
    stacks: Sequence[StackReview],
    stale: Sequence[StaleBinary],
    reviewed: int,
) -> ReviewTotals:
    totals = plan.totals
    return ReviewTotals(
        binaries=len(_available(contents, request, hashes_of(contents.core))),
        stale=len(stale),
        stacks=sum(each.stale > 0 for each in stacks),
        reviewed=reviewed,
        untested=totals.untested,
        builds=totals.builds,
        due_to_change=totals.due_to_change,
        stages=totals.stages,
        cost=totals.cost,
        critical_path_cost=totals.critical_path_cost,
        runners=request.jobs,
        makespan=None if plan.schedule is None else plan.schedule.makespan,
    )
