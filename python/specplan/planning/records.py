"""The planner's answers as records of a plan and its reasons."""

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
    PlanTotals,
    Unnecessary,
    Untested,
    Why,
    WhyLine,
)
from specplan.planning.changes import match_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from specplan import _core as compiled
    from specplan.model import NamedSpec
    from specplan.model.costs import Cost

__all__ = ["builds_of", "excluded_of", "totals_of", "unnecessary_of", "untested_of", "whys_of"]

#: The maximum number of specs in one explanation, and of lines in their trees: each tree may
#: contain every spec, so all trees together can be too large to store or read.
_MOST_REASONS: Final = 1_000
_MOST_LINES: Final = 200_000


def builds_of(core: compiled.Plan, cost_of: Mapping[str, Cost]) -> tuple[Build, ...]:
    """Return the builds, by stage, then hash.

    Args:
        core: The answer of the planner.
        cost_of: The costs of specs, by hash; empty if each costs 1.
    """
    answer = core.builds()
    stacks = answer.stacks
    sets = [tuple(each) for each in stacks.distinct]
    texts = (answer.packages, answer.versions, answer.platforms, answer.oss, answer.targets)
    needs_of, because_of = core.needs, core.because
    estimated = {spec for spec, cost in cost_of.items() if cost.estimated}
    columns = zip(
        answer.hashes,
        *(map(each.distinct.__getitem__, each.numbers) for each in texts),
        map(sets.__getitem__, stacks.numbers),
        answer.stages,
        core.need_counts(),
        answer.costs,
        answer.causes,
        core.because_counts(),
        strict=True,
    )
    return tuple(
        Build(
            hash=dag_hash,
            package=name,
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


def unnecessary_of(core: compiled.Plan) -> tuple[Unnecessary, ...]:
    """Return the unnecessary builds of node-by-node pruning, by hash."""
    return tuple(
        Unnecessary(spec=named_of(each.spec), cut_by=named_of(each.cut_by), reason=each.reason)
        for each in core.unnecessary()
    )


def untested_of(core: compiled.Plan) -> tuple[Untested, ...]:
    """Return the specs that contain the change and are not rebuilt, by hash."""
    return tuple(
        Untested(spec=named_of(each.spec), kept_by=each.kept_by, available=each.is_available)
        for each in core.untested()
    )


def excluded_of(core: compiled.Plan, broken: Sequence[tuple[str, list[str]]]) -> Excluded:
    """Return the parts of the plan that are left out because specs do not build.

    Args:
        core: The answer of the planner.
        broken: The abstract specs that are known not to build, with the hashes that they match.
    """
    left_out = core.left_out()
    return Excluded(
        specs=match_counts(broken),
        broken=tuple(sorted({each for _, found in broken for each in found})),
        needed=tuple(left_out.cut),
        wants=tuple(left_out.wants),
        builds=tuple(
            ExcludedBuild(
                spec=(spec := named_of(each.spec)),
                reason=each.reason,
                chain=Hashes(each.chain_length, core.left_out_chain, spec.hash),
            )
            for each in left_out.builds
        ),
    )


def totals_of(core: compiled.Plan, untested: int, not_wanted: int) -> PlanTotals:
    """Return the numbers of a plan.

    Args:
        core: The answer of the planner.
        untested: The number of binaries that contain the change but are kept.
        not_wanted: The number of wants that the configuration excludes.
    """
    totals = core.totals()
    return PlanTotals(
        wants=totals.wants,
        wants_excluded=totals.wants_left_out,
        builds=totals.builds,
        cost=totals.cost,
        stages=totals.stages,
        critical_path_cost=totals.critical_path,
        reused=totals.reused,
        node_by_node=totals.node_by_node,
        due_to_change=totals.due_to_change,
        untested=untested,
        not_wanted=not_wanted,
    )


def whys_of(
    core: compiled.Plan,
    spec: str,
    found: Sequence[str],
    named: Callable[[Sequence[str]], Sequence[NamedSpec]],
) -> tuple[Why, ...]:
    """Return the reasons why the specs matching an abstract spec are planned or not.

    Args:
        core: The answer of the planner.
        spec: The abstract spec.
        found: The hashes that it matches.
        named: Returns the readable names of hashes, in their order.

    Raises:
        UsageError: If their trees have too many lines to read.
    """
    reasons: list[Why] = []
    left = _MOST_LINES
    if len(found) <= _MOST_REASONS:
        for each in found:
            answer = core.why(each, left)
            if answer is None:
                break
            reasons.append(_why(answer, named))
            left -= len(reasons[-1].tree)
        else:
            return tuple(reasons)
    specs = count(len(found), "spec")
    raise UsageError(
        f"`{spec}` names {specs}, and their trees have more than {_MOST_LINES} lines",
        hint="name fewer specs, by a version or by hashes, as in `/HASH`, or one nearer to a root",
    )


def _why(
    answer: compiled.WhyAnswer, named_all: Callable[[Sequence[str]], Sequence[NamedSpec]]
) -> Why:
    verdict, held = answer.verdict, answer.held
    chain = verdict.chain
    return Why(
        spec=named_of(answer.spec),
        verdict=verdict.verdict,
        cause=verdict.cause,
        exclusion=verdict.left_out,
        chain=tuple(named_all(chain)) if chain else (),
        change=None if held is None else _held(held),
        tree=tuple(
            WhyLine(
                depth=each.depth,
                spec=named_of(each.spec),
                link=each.link,
                reason=each.reason,
                types=tuple(each.types),
                wanted=each.is_want,
                repeated=each.is_repeated,
            )
            for each in answer.tree
        ),
    )


def _held(answer: compiled.HeldAnswer) -> HeldChange:
    return HeldChange(
        stale=answer.is_stale,
        chain=tuple(
            ChangeLink(spec=named_of(each.spec), types=tuple(each.types)) for each in answer.chain
        ),
    )
