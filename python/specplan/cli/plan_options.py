"""What ``rebuild`` and ``why`` have in common: the options of a plan, and the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypedDict, TypeVar, get_args

import click

from specplan.cli import load, options
from specplan.cli.options import Typed
from specplan.config import COMPATIBILITIES, LEVELS, SCOPES, Format
from specplan.errors import UsageError
from specplan.model import Policy
from specplan.planning.left_out import changed_files, passed_over_stacks
from specplan.planning.request import (
    BudgetLimits,
    ChangeRequest,
    PlanRequest,
    SearchLimits,
    WhatIfRequest,
)
from specplan.sources import Limits
from specplan.sources.label import split_label
from specplan.sources.wants import is_environment, is_lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from specplan.api import Catalog
    from specplan.config import Configuration
    from specplan.coverage.query import CoverageQuery
    from specplan.model import LeftOut
    from specplan.planning.plan import Plan

__all__ = ["AskedPlan", "Planned", "asked_plan", "plan", "question"]

Command = TypeVar("Command", bound="Callable[..., object]")


class Planned(Typed, total=False):
    """What the command line of a plan may hold."""

    candidates: tuple[str, ...]
    write_unplannable: str | None
    changed: tuple[str, ...]
    changed_from: str | None
    changed_since: str | None
    policy: Policy | None
    depth: int | None
    exclude_broken: str | None
    assume_available: tuple[str, ...]
    without: tuple[str, ...]
    costs: tuple[str, ...]
    jobs: int | None
    max_builds: int | None
    max_cost: float | None
    node_limit: int | None
    time_limit: float | None
    show: tuple[str, ...]
    rendering: Format | Literal["list"] | None


def question(command: Command) -> Command:
    """Give a command the options that say what is to be planned."""
    for option in reversed(
        (
            click.option(
                "--stack",
                multiple=True,
                metavar="PATTERN",
                help="Plan for these of the stacks that the configuration has tables for (shell "
                "pattern); without wants, for the gaps of these stacks. May be repeated.",
            ),
            click.option(
                "--peers",
                multiple=True,
                metavar="PATTERN",
                help="Plan for the gaps: what these stacks have. What another stack has on a "
                "compatible system only needs listing.",
            ),
            click.option(
                "--baseline",
                metavar="TAG|SOURCE",
                help="Plan for the gaps: what this older snapshot or source has.",
            ),
            click.option(
                "--level",
                type=click.Choice(LEVELS),
                help="Of gaps: `package` or `version` is wanted. [default: package]",
            ),
            click.option(
                "--want",
                multiple=True,
                metavar="[LABEL=]WANT",
                help="What should be there: a spack.lock (`-` for standard input), a spack.yaml or "
                "an abstract spec; may be repeated. For what is abstract, known specs are chosen.",
            ),
            click.option(
                "--candidates",
                multiple=True,
                metavar="SOURCE",
                help="More to choose from: locks, indexes, mirrors; may be repeated. Nothing "
                "counts as available for being listed there.",
            ),
            click.option(
                "--system",
                multiple=True,
                metavar="OS/TARGET",
                help="What abstract wants are for, or `all`; may be repeated. [default: what they "
                "say, else the system that all locks are for]",
            ),
            click.option(
                "--os",
                multiple=True,
                metavar="PATTERN",
                help="Plan only for the gaps and abstract wants of these operating systems.",
            ),
            click.option(
                "--target",
                multiple=True,
                metavar="PATTERN",
                help="Plan only for the gaps and abstract wants of these targets.",
            ),
            click.option(
                "--compat",
                type=click.Choice(COMPATIBILITIES),
                help="What can serve a gap or an abstract want: specs for its very system, also "
                "those for ancestor targets, also those for an OS with the same, not newer C "
                "library. What a lock wants is always exact. [default: exact]",
            ),
            click.option(
                "--scope",
                type=click.Choice(SCOPES),
                help="What of a lock is wanted: its roots; also all that they link to or run "
                "with; or all specs, which plans as pruning node by node does. "
                "[default: runtime]",
            ),
            click.option(
                "--changed",
                multiple=True,
                metavar="SPEC",
                help="Predict the plan after specs changed that satisfy this; may be repeated.",
            ),
            click.option(
                "--changed-from",
                metavar="FILE",
                help="The same for each line of a file; - is standard input. A name that no "
                "lock contains is counted.",
            ),
            click.option(
                "--changed-since",
                metavar="REV",
                help="The same for each recipe that changed since a revision of --packages.",
            ),
            click.option(
                "--policy",
                type=click.Choice(get_args(Policy)),
                help="What a change makes stale: all whose hash changes, or only what it "
                "reaches over link and run edges and compilers. [default: hash]",
            ),
            click.option(
                "--depth",
                type=click.IntRange(min=0),
                metavar="N",
                help="Follow dependents of what changed at most so far. [default: all the way]",
            ),
            click.option(
                "--exclude-broken",
                metavar="FILE",
                help="Leave out specs that are known not to build, one a line, and what needs "
                "them.",
            ),
            click.option(
                "--assume-available",
                multiple=True,
                metavar="SPEC",
                help="What if all specs that satisfy this had binaries? May be repeated.",
            ),
            click.option(
                "--without",
                multiple=True,
                metavar="SPEC",
                help="What if no spec that satisfies this had a binary? May be repeated.",
            ),
            click.option(
                "--costs",
                multiple=True,
                metavar="FILE",
                help="What builds cost, in seconds: CSV or JSON by hash, package@version or "
                "package, or Spack's install_times.json or a folder of them; may be repeated. "
                "What is not told is estimated. [default: 1 a build]",
            ),
            click.option("--tag", help="The snapshot to ask. [default: the newest]"),
        )
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPlan:
    """A plan with what it was made from.

    Attributes:
        plan: The plan.
        catalog: The caches.
        request: What was asked.
        older: The older state that says which gaps there are: a snapshot, or another catalog.
    """

    plan: Plan
    catalog: Catalog
    request: PlanRequest
    older: str | Catalog | None


def plan(typed: Planned, settings: Configuration) -> Plan:
    """Read what is typed, say what is odd about it, and return the plan.

    Raises:
        SourceError: If an input cannot be read.
        UsageError: If the question makes no sense.
    """
    return asked_plan(typed, settings).plan


def asked_plan(typed: Planned, settings: Configuration) -> AskedPlan:
    """Return the plan of :func:`plan` with what it was made from."""
    settings = options.with_stacks(settings, typed)
    gaps = not settings.want and bool(
        typed.get("stack") or settings.peers or settings.baseline is not None
    )
    if typed.get("level") is not None and not gaps:
        raise UsageError(
            "`--level` is about gaps, and none are planned for",
            hint="plan for gaps with `--stack`, `--peers` or `--baseline`, and no `--want`",
        )
    want, left_out = ((), []) if gaps else _wants(typed, settings)
    change, of_change = _change(typed)
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
        coverage=_coverage(typed, settings, want, older, gaps=gaps),
        change=change,
        left_out=(*left_out, *of_change),
        **_how(typed, settings),
    )
    plan = (
        catalog.rebuild(request)
        if older is None or isinstance(older, str)
        else catalog.rebuild(request, baseline=older)
    )
    return AskedPlan(plan=plan, catalog=catalog, request=request, older=older)


def _coverage(
    typed: Planned,
    settings: Configuration,
    want: tuple[str, ...],
    older: str | Catalog | None,
    *,
    gaps: bool,
) -> CoverageQuery:
    """Return what is wanted, and for which systems."""
    # What is configured is for cells, which locks have none of; what is typed is meant.
    of_cells = gaps or any(_is_abstract(text) for text in want)
    query = replace(
        options.query_of(settings, older),
        want=want,
        scope=settings.scope,
        system=settings.system if gaps else typed.get("system", ()),
        os=settings.os if of_cells else typed.get("os", ()),
        target=settings.target if of_cells else typed.get("target", ()),
        level=(settings.level or "package") if gaps else None,
    )
    if not gaps:
        query = replace(query, stack=(), peers=())
    return options.with_environments(query, settings, typed)


class _How(TypedDict):
    """The fields of a request that say how a plan is made."""

    candidates: tuple[str, ...]
    exclude_broken: tuple[str, ...]
    what_if: WhatIfRequest
    costs: tuple[str, ...]
    jobs: int | None
    budget: BudgetLimits
    search: SearchLimits
    limits: Limits


def _how(typed: Planned, settings: Configuration) -> _How:
    from specplan.sources.spec_list import read_spec_list  # noqa: PLC0415 - help reads no file

    limits = load.limits_of(settings)
    broken = typed.get("exclude_broken")
    return {
        "candidates": typed.get("candidates", ()),
        "exclude_broken": () if broken is None else tuple(read_spec_list(broken, limits)),
        "what_if": WhatIfRequest(
            assume_available=typed.get("assume_available", ()), without=typed.get("without", ())
        ),
        "costs": typed.get("costs") or settings.costs,
        "jobs": typed.get("jobs"),
        "budget": BudgetLimits(
            builds=typed.get("max_builds"), cost=typed.get("max_cost"), weights=settings.weight
        ),
        "search": SearchLimits(nodes=typed.get("node_limit"), seconds=typed.get("time_limit")),
        "limits": limits,
    }


def _change(typed: Planned) -> tuple[ChangeRequest | None, list[LeftOut]]:
    """Return what changes, and what of it is not known."""
    listed, left_out = _listed(typed)
    specs = typed.get("changed", ())
    if listed is None and not specs:
        for name in ("policy", "depth"):
            if typed.get(name) is not None:
                raise UsageError(
                    f"`--{name}` is about a change, and none is given",
                    hint="name what changed with `--changed SPEC`",
                )
        return None, left_out
    change = ChangeRequest(
        specs=specs,
        listed=None if listed is None else tuple(listed),
        policy=typed.get("policy") or "hash",
        depth=typed.get("depth"),
    )
    return change, left_out


def _wants(typed: Planned, settings: Configuration) -> tuple[tuple[str, ...], list[LeftOut]]:
    """Return what to plan for, and what is left out of it.

    Without candidates, these are the environments of the configuration.
    """
    if typed.get("stack") and (typed.get("want") or not settings.stacks):
        raise UsageError(
            "`--stack` chooses among the `[[stack]]` tables of the configuration",
            hint="choose among locks by naming only those with `--want`",
        )
    if not settings.want:
        raise UsageError(
            "nothing is wanted",
            hint="name a lock with `--want [LABEL=]spack.lock`, or as `want` in specplan.toml",
        )
    locks = tuple(each for each in settings.want if not is_environment(split_label(each)[1]))
    if typed.get("want") or typed.get("candidates") or not locks:
        return settings.want, []
    left_out = (each for each in settings.want if each not in locks)
    return locks, passed_over_stacks(split_label(each)[0] or each for each in left_out)


def _is_abstract(want: str) -> bool:

    where = split_label(want)[1]
    return where != "-" and not is_lock(where)


def _listed(typed: Planned) -> tuple[list[str] | None, list[LeftOut]]:
    """Return what a file and a checkout say changed, and what of it is not known.

    The first is None where neither is asked.
    """
    from specplan.sources.recipes import changed_recipes  # noqa: PLC0415
    from specplan.sources.spec_list import read_spec_list  # noqa: PLC0415

    file, revision = typed.get("changed_from"), typed.get("changed_since")
    checkout = typed.get("packages")
    if revision is not None and checkout is None:
        raise UsageError(
            "`--changed-since REV` needs `--packages REPO`",
            hint="REPO is a git checkout of the package repository, REV one of its revisions",
        )
    if file is None and revision is None:
        return None, []
    left_out: list[LeftOut] = []
    listed: list[str] = []
    if file is not None:
        listed += read_spec_list(file, Limits())
    if revision is not None and checkout is not None:
        recipes = changed_recipes(checkout, revision)
        left_out += changed_files(recipes.code, checkout, blocks=True)
        left_out += changed_files(recipes.others, checkout, blocks=False)
        listed += recipes.packages
    return listed, left_out
