"""The choice of least cost for wants that several specs can meet.

A root of an environment and an abstract spec can be met by any spec that satisfies it. Their needed
builds overlap, so the cheapest combination cannot be found one want at a time: the compiled core
searches for it. Its answer includes a lower bound and says whether it is optimal.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan.errors import UsageError
from specplan.model.choice import Choice, ChosenWant, UnplannableReason
from specplan.planning.candidates import ChoiceRequest, Chosen, Options
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan import _core as compiled
    from specplan.model import Scope

__all__ = [
    "ChoiceRequest",
    "ChoiceSolution",
    "ChosenWant",
    "UnplannableReason",
    "choose",
    "least",
    "options_of",
    "with_picks",
]

#: The maximum number of nodes of a search without another limit.
NODE_LIMIT: Final = 10_000

#: The work limit of such a search, in steps, so that the answer is the same on every machine. Even
#: the hardest of large choices takes less than a minute.
WORK_LIMIT: Final = 4_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceSolution:
    """A choice, with its input.

    Attributes:
        choice: The choice.
        picks: The choice by group.
        options: The candidates.
        asked: The request.
    """

    choice: Choice
    picks: tuple[Chosen | None, ...]
    options: Options
    asked: ChoiceRequest


def options_of(
    core: compiled.Catalog, state: compiled.State, scope: Scope, asked: ChoiceRequest
) -> Options:
    """Return the candidates for all wants.

    Args:
        core: All known specs.
        state: The snapshots whose binaries count.
        scope: The specs of locks that are wanted too.
        asked: The request.

    Raises:
        UsageError: If the systems of the wants are unknown, a limit is negative, or the scope
            includes build dependencies.
        UnknownNameError: If a system is unknown.
        EmptySelectionError: If nothing is wanted for the operating systems and targets.
    """
    if scope == "all":
        raise UsageError(
            "abstract wants and gaps cannot be planned with the scope `all`: a choice covers only "
            "what installs",
            hint="choose with the scope `runtime`, then plan the chosen hashes with `all`",
        )
    for limit, name in ((asked.node_limit, "nodes"), (asked.time_limit, "seconds")):
        if limit is not None and not limit >= 0:
            raise UsageError(f"`{limit}` is not a limit of {name}", hint="it must be at least 0")
    return Options(core, state, asked)


def choose(
    core: compiled.Catalog, question: compiled.PlanQuestion, options: Options, asked: ChoiceRequest
) -> ChoiceSolution:
    """Choose specs for all wants so that the needed builds cost least.

    Args:
        core: All known specs.
        question: The rest of the plan; its roots are wanted in any case.
        options: The candidates.
        asked: The request.

    Raises:
        UsageError: If the question is too large.
    """
    alternatives = [group.alternatives() for group in options.groups]
    choice, chosen = least(core, question, alternatives, asked)
    picks = tuple(group.picked(each) for group, each in zip(options.groups, chosen, strict=True))
    choice = replace(choice, one_by_one=options.one_by_one, environments=options.environments)
    return ChoiceSolution(
        choice=with_picks(choice, options, picks), picks=picks, options=options, asked=asked
    )


def least(
    core: compiled.Catalog,
    question: compiled.PlanQuestion,
    alternatives: list[list[list[list[str]]]],
    asked: ChoiceRequest,
) -> tuple[Choice, list[compiled.AlternativeAnswer | None]]:
    """Choose an alternative of each group so that the needed builds cost least.

    Args:
        core: All known specs.
        question: The rest of the plan; its roots are wanted in any case.
        alternatives: By group; each has parts that are installed together, each by any of its
            hashes.
        asked: The request, with the limits of the search.

    Returns:
        The proven bounds, and for each group the position of the chosen alternative and of the hash
            of each of its parts.

    Raises:
        UsageError: If the question is too large.
    """
    node_limit, work_limit = asked.node_limit, None
    if node_limit is None and asked.time_limit is None:
        node_limit, work_limit = NODE_LIMIT, WORK_LIMIT
    try:
        chosen = core.choose_roots(
            question,
            alternatives,
            node_limit=node_limit,
            work_limit=work_limit,
            time_limit=asked.time_limit,
        )
    except ValueError as error:
        raise UsageError(str(error), hint="plan for fewer wants at once") from error
    choice = Choice(
        wants=(),
        optimal=chosen.is_optimal,
        lower_bound=chosen.lower_bound,
        cost=chosen.cost,
        cost_alone=chosen.cost_alone,
        nodes=chosen.nodes,
        cut=chosen.cut,
        one_by_one=(),
        environments=(),
    )
    return choice, chosen.alternatives


def with_picks(choice: Choice, options: Options, picks: Sequence[Chosen | None]) -> Choice:
    """Return a choice with the spec for each want."""
    groups = zip(options.groups, picks, strict=True)
    wants = [want for group, pick in groups for want in group.records(pick, options.names)]
    return replace(choice, wants=tuple(wants))
