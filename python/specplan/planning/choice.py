"""The choice of least cost for wants that several specs can meet.

A root of an environment and an abstract spec can be met by any spec that satisfies it.
What each of these needs to be built overlaps with what the others need, so which of them
are cheapest together is not seen from each alone: it is a search, done in the compiled
core. Its answer has a lower bound, and says whether it is the least.
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

#: How many nodes a search may look at where nothing else limits it.
NODE_LIMIT: Final = 10_000

#: How much work it may do then: steps, so that the answer is the same everywhere. On the hardest of
#: large choices that takes less than a minute.
WORK_LIMIT: Final = 4_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceSolution:
    """A choice, with its input.

    Attributes:
        choice: What was chosen.
        picks: The same by group.
        options: What could be chosen.
        asked: What was asked for.
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
        core: All that is known.
        state: The snapshots whose binaries count.
        scope: Which specs of locks are wanted besides.
        asked: What is to be chosen.

    Raises:
        UsageError: If nothing says for which systems the wants are, a limit is negative, or
            the scope wants more than installing needs.
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
    """Choose specs for all wants such that the needed builds cost least.

    Args:
        core: All that is known.
        question: What is planned besides; its roots are wanted in any case.
        options: What can be chosen.
        asked: What is to be chosen.

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
    """Choose an alternative of each group such that the needed builds cost least.

    Args:
        core: All that is known.
        question: What is planned besides; its roots are wanted in any case.
        alternatives: By group; each has parts that are installed together, each by any of its
            hashes.
        asked: How long may be searched.

    Returns:
        What is proven, and by group the position of the chosen alternative and of the hash of
        each of its parts.

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
