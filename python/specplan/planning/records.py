"""From the answers of the planner to the records of a plan and its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.catalog.specs import named_of
from specplan.counting import count
from specplan.errors import UsageError
from specplan.model import (
    Build,
    ChangeLink,
    Excluded,
    ExcludedBuild,
    Hashes,
    HeldChange,
    Needless,
    PlanTotals,
    Untested,
    Why,
    WhyLine,
)
from specplan.planning.changes import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from specplan import _core as compiled
    from specplan.model import NamedSpec
    from specplan.model.costs import Cost

__all__ = ["builds_of", "excluded_of", "needless_of", "totals_of", "untested_of", "whys_of"]

#: How many specs are told of at a time, and how many lines their trees may have: each tree
#: may hold every spec, so that all trees are more than anybody can hold or read.
_MOST_REASONS: Final = 1_000
_MOST_LINES: Final = 200_000


def builds_of(core: compiled.Plan, cost_of: Mapping[str, Cost]) -> tuple[Build, ...]:
    """Return the builds, by stage, then hash.

    Args:
        core: The answer of the planner.
        cost_of: What specs cost, by hash; nothing where each costs 1.
    """
    hashes, texts, (sets, distinct), stages, costs, causes = core.builds()
    stacks = [tuple(each) for each in distinct]
    needs_of, because_of = core.needs, core.because
    estimated = {spec for spec, cost in cost_of.items() if cost.estimated}
    columns = zip(
        hashes,
        *(map(own.__getitem__, numbers) for numbers, own in texts),
        map(stacks.__getitem__, sets),
        stages,
        core.need_counts(),
        costs,
        causes,
        core.because_counts(),
        strict=True,
    )
    return tuple(
        Build(
            hash=dag_hash,
            name=name,
            version=version,
            platform=platform,
            os=os,
            target=target,
            stacks=own,
            stage=stage,
            needs=Hashes(needs, needs_of, dag_hash),
            cost=cost,
            estimated=dag_hash in estimated,
            cause=cause,
            because=Hashes(because, because_of, dag_hash),
        )
        for (
            dag_hash,
            name,
            version,
            platform,
            os,
            target,
            own,
            stage,
            needs,
            cost,
            cause,
            because,
        ) in columns
    )


def needless_of(core: compiled.Plan) -> tuple[Needless, ...]:
    """Return what pruning node by node would build in vain, by hash."""
    return tuple(
        Needless(spec=named_of(spec), cut_by=named_of(cut_by), reason=reason)
        for spec, cut_by, reason in core.needless()
    )


def untested_of(core: compiled.Plan) -> tuple[Untested, ...]:
    """Return what holds the change and is left alone, by hash."""
    return tuple(
        Untested(spec=named_of(spec), kept_by=kept_by, available=available)
        for spec, kept_by, available in core.untested()
    )


def excluded_of(core: compiled.Plan, broken: Sequence[tuple[str, list[str]]]) -> Excluded:
    """Return what is left out because of specs that do not build.

    Args:
        core: The answer of the planner.
        broken: The abstract specs that were said not to build, with the hashes that they match.
    """
    cut, wants, left_out = core.left_out()
    return Excluded(
        specs=counted(broken),
        broken=tuple(sorted({each for _, found in broken for each in found})),
        cut=tuple(cut),
        wants=tuple(wants),
        builds=tuple(
            ExcludedBuild(
                spec=named_of(spec),
                reason=reason,
                chain=Hashes(count, core.left_out_chain, spec[0]),
            )
            for spec, reason, count in left_out
        ),
    )


def totals_of(core: compiled.Plan, untested: int, not_wanted: int) -> PlanTotals:
    """Return the numbers of a plan that keeps so many untested binaries.

    Args:
        core: The answer of the planner.
        untested: How many binaries hold the change and are kept.
        not_wanted: How many wants the configuration excludes.
    """
    totals = core.totals()
    return PlanTotals(
        wants=totals[0],
        wants_left_out=totals[1],
        builds=totals[2],
        cost=totals[3],
        stages=totals[4],
        critical_path=totals[5],
        reused=totals[6],
        node_by_node=totals[7],
        due_to_change=totals[8],
        untested=untested,
        not_wanted=not_wanted,
    )


def whys_of(
    core: compiled.Plan,
    spec: str,
    found: Sequence[str],
    named: Callable[[Sequence[str]], Sequence[NamedSpec]],
) -> tuple[Why, ...]:
    """Return why the specs that an abstract spec names are planned, or are not.

    Args:
        core: The answer of the planner.
        spec: The abstract spec.
        found: The hashes that it names.
        named: Returns what hashes are called, in their order.

    Raises:
        UsageError: If their trees have more lines than anybody can read.
    """
    reasons: list[Why] = []
    left = _MOST_LINES
    if len(found) <= _MOST_REASONS:
        for each in found:
            answer = core.why(each, left)
            if answer is None:
                break
            reasons.append(_why(answer, named))
            left -= len(answer[-1])
        else:
            return tuple(reasons)
    specs = count(len(found), "spec")
    raise UsageError(
        f"`{spec}` names {specs}, and why takes more than the {_MOST_LINES} lines that are told",
        hint="name fewer specs, by a version or by hashes, as in `/HASH`, or one nearer to a root",
    )


def _why(
    answer: compiled.WhyAnswer, named_all: Callable[[Sequence[str]], Sequence[NamedSpec]]
) -> Why:
    named, (verdict, cause, left_out), held, lines = answer
    reason, chain = (None, []) if left_out is None else left_out
    return Why(
        spec=named_of(named),
        verdict=verdict,
        cause=cause,
        left_out=reason,
        chain=tuple(named_all(chain)) if chain else (),
        change=None if held is None else _held(held),
        tree=tuple(
            WhyLine(
                depth=depth,
                spec=named_of(each),
                link=link,
                reason=cut,
                types=tuple(types),
                is_want=is_want,
                is_repeated=is_repeated,
            )
            for depth, each, link, cut, types, is_want, is_repeated in lines
        ),
    )


def _held(answer: compiled.HeldAnswer) -> HeldChange:
    stale, chain = answer
    return HeldChange(
        stale=stale,
        chain=tuple(ChangeLink(spec=named_of(spec), types=tuple(types)) for spec, types in chain),
    )
