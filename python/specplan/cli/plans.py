"""The common part of ``rebuild`` and ``why``: a plan from settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from specplan.cli import load, output, questions, verdict
from specplan.counting import count
from specplan.errors import UsageError
from specplan.model.left_out import blocking
from specplan.planning.left_out import passed_over_stacks
from specplan.planning.request import (
    BudgetLimits,
    ChangeRequest,
    PlanRequest,
    RecipeRequest,
    SearchLimits,
    WhatIfRequest,
)
from specplan.records import dataclass
from specplan.sources import Limits
from specplan.sources.named_want import named_want

if TYPE_CHECKING:
    from specplan.api.catalog import Catalog
    from specplan.cli.settings import Settings
    from specplan.coverage.query import CoverageQuery
    from specplan.model import LeftOut
    from specplan.model.change import OpenVerdict
    from specplan.planning.plan import Plan

__all__ = [
    "AskedPlan",
    "asked_plan",
    "plan",
    "recipes_since",
    "refuse_lock_without_successors",
    "say_kept",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPlan:
    """A plan with its inputs.

    Attributes:
        plan: The plan.
        catalog: The caches.
        request: The request.
        older: The older state for the gaps: a snapshot, or another catalog.
    """

    plan: Plan
    catalog: Catalog
    request: PlanRequest
    older: str | Catalog | None


def plan(settings: Settings) -> Plan:
    """Read the settings, warn of questionable ones, and return the plan with its gates.

    Raises:
        SourceError: If an input cannot be read.
        UsageError: If the question makes no sense.
    """
    return asked_plan(settings).plan


def asked_plan(settings: Settings) -> AskedPlan:
    """Return the plan of :func:`plan` with its inputs."""
    given = settings
    settings = questions.with_stacks(settings)
    gaps = not settings.want and bool(
        settings.is_typed("stack") or settings.peers or settings.baseline is not None
    )
    if settings.is_typed("level") and not gaps:
        raise UsageError(
            "`--level` applies to gaps, and this plan has none",
            hint="plan for gaps with `--stack`, `--peers` or `--baseline`, and no `--want`",
        )
    want, left_out = ((), []) if gaps else _wants(settings)
    change = _change(settings)
    states = [settings.tag]
    if gaps and settings.baseline is not None:
        states.append(settings.baseline)
    catalog = load.configured(settings, *states, or_nothing=not gaps)
    older = None
    if gaps and settings.baseline is not None:
        older = load.other_state(settings.baseline, catalog, settings, settings.baseline_directory)
    states = [settings.tag] if not isinstance(older, str) else [settings.tag, older]
    load.note_unused(catalog.unused_tags(*states))
    request = PlanRequest(
        coverage=_coverage(settings, want, older, gaps=gaps),
        change=change,
        left_out=tuple(left_out),
        **_how(settings),
    )
    plan = (
        catalog.rebuild(request)
        if older is None or isinstance(older, str)
        else catalog.rebuild(request, baseline=older)
    )
    return AskedPlan(
        plan=verdict.settled(plan, given), catalog=catalog, request=request, older=older
    )


def _coverage(
    settings: Settings,
    want: tuple[str, ...],
    older: str | Catalog | None,
    *,
    gaps: bool,
) -> CoverageQuery:
    """Return the wants and their systems."""
    # Configured systems are for cells, which locks do not have; typed ones are intentional.
    of_cells = gaps or any(named_want(text).is_abstract for text in want)
    query = replace(
        questions.query_of(settings, older),
        want=want,
        scope=settings.scope,
        system=settings.system if gaps or settings.is_typed("system") else (),
        os=settings.os if of_cells or settings.is_typed("os") else (),
        target=settings.target if of_cells or settings.is_typed("target") else (),
        level=(settings.level or "package") if gaps else None,
    )
    if not gaps:
        query = replace(query, stack=(), peers=())
    return questions.with_environments(query, settings)


class _How(TypedDict):
    """The fields of a request about the making of a plan."""

    candidates: tuple[str, ...]
    exclude_broken: tuple[str, ...]
    what_if: WhatIfRequest
    costs: tuple[str, ...]
    jobs: int | None
    budget: BudgetLimits
    search: SearchLimits
    limits: Limits


def _how(settings: Settings) -> _How:
    from specplan.sources.spec_list import read_spec_list  # noqa: PLC0415 - help reads no file

    limits = load.limits_of(settings)
    broken = settings.exclude_broken
    return {
        "candidates": settings.candidates,
        "exclude_broken": () if broken is None else tuple(read_spec_list(broken, limits)),
        "what_if": WhatIfRequest(
            assume_available=settings.assume_available, without=settings.without
        ),
        "costs": settings.costs,
        "jobs": settings.jobs,
        "budget": BudgetLimits(
            builds=settings.max_builds,
            cost=settings.max_cost,
            weights=settings.weight,
            curve=settings.budget_curve,
        ),
        "search": SearchLimits(nodes=settings.node_limit, seconds=settings.time_limit),
        "limits": limits,
    }


def _change(settings: Settings) -> ChangeRequest | None:
    """Return the change; None if there is none."""
    from specplan.sources.spec_list import read_spec_list  # noqa: PLC0415 - help reads no file

    file = settings.changed_from
    listed = None if file is None else tuple(read_spec_list(file, Limits()))
    recipes = _recipes(settings)
    if listed is None and recipes is None and not settings.changed:
        for name in ("policy", "depth"):
            if settings.is_typed(name):
                raise UsageError(
                    f"`--{name}` needs a change, and none is given",
                    hint="name what changed with `--changed SPEC`",
                )
        return None
    return ChangeRequest(
        specs=settings.changed,
        listed=listed,
        recipes=recipes,
        policy=settings.policy,
        depth=settings.depth,
    )


def _wants(settings: Settings) -> tuple[tuple[str, ...], list[LeftOut]]:
    """Return the wants to plan for, and those that are left out.

    Without candidates, these are the environments of the configuration.
    """
    if settings.is_typed("stack") and (settings.is_typed("want") or not settings.stacks):
        raise UsageError(
            "`--stack` chooses among the `[[stack]]` tables of the configuration",
            hint="choose among locks by naming only those with `--want`",
        )
    if not settings.want:
        raise UsageError(
            "nothing is wanted",
            hint="name a lock with `--want [LABEL=]spack.lock`, or as `want` in specplan.toml; "
            "`--stack` and `--peers` ask for gaps",
        )
    named = [named_want(each) for each in settings.want]
    locks = tuple(each.text for each in named if each.kind != "environment")
    if settings.is_typed("want", "candidates") or not locks:
        return settings.want, []
    left_out = (each for each in named if each.kind == "environment")
    return locks, passed_over_stacks(each.stack or each.text for each in left_out)


def recipes_since(settings: Settings, since: str, checkout: str) -> RecipeRequest:
    """Return the revisions of recipes to compare, and the options of the comparison.

    Args:
        settings: The settings.
        since: The revisions.
        checkout: The package repository.
    """
    treat: tuple[OpenVerdict, ...] = ("may_change", "blind")
    return RecipeRequest(
        packages=checkout,
        since=since,
        changes=settings.changes,
        treat=frozenset(each for each in treat if f"{each}=stale" in settings.treat),
        spack_rules=settings.spack_rules,
        successors=settings.successors,
    )


def say_kept(plan: Plan) -> int:
    """Report how many specs the next lock keeps that a concretizer may choose otherwise.

    Returns:
        The exit code: 1 if there are any and the user does not allow that.
    """
    number = sum(len(each.open) for each in plan.successors)
    if not number:
        return 0
    line = f"the next lock keeps {count(number, 'spec')} that a concretizer may choose otherwise"
    if any(each.kind == "may_change" for each in blocking(plan.left_out)):
        output.not_whole(line)
        return 1
    output.note(line)
    return 0


def refuse_lock_without_successors(settings: Settings) -> None:
    """Refuse to write a next lock whose hashes are not requested.

    Raises:
        UsageError: If there is `--write-lock` without `--successors`.
    """
    if settings.write_lock is not None and not settings.successors:
        raise UsageError(
            "`--write-lock` writes the next lock",
            hint="`--successors` computes its hashes",
        )


def _recipes(settings: Settings) -> RecipeRequest | None:
    """Return the revisions of recipes to compare; None if there are none.

    Raises:
        UsageError: If the options contradict each other.
    """
    since, checkout = settings.changed_since, settings.packages
    if since is None:
        for name in ("changes", "treat", "successors", "spack_rules", "write_lock"):
            if settings.is_typed(name):
                raise UsageError(
                    f"`--{name.replace('_', '-')}` needs changed recipes",
                    hint="name them with `--changed-since REV --packages REPO`",
                )
        return None
    if checkout is None:
        raise UsageError(
            "`--changed-since REV` needs `--packages REPO`",
            hint="REPO is a git checkout of the package repository, REV one of its revisions",
        )
    return recipes_since(settings, since, checkout)
