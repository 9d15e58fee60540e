"""The choice for abstract wants: sections of the report, and part of the JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.outline import (
    Column,
    Name,
    Names,
    Number,
    OsAndTarget,
    ReportTable,
    Said,
    Section,
    SpecWithHash,
    Words,
)
from specplan.reports.render import amounts, prose, wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specplan.aliases import Unit
    from specplan.model.choice import (
        Choice,
        ChosenWant,
        OtherCandidate,
        PublishedWant,
        Reason,
        UnplannableReason,
    )
    from specplan.planning.plan import Plan
    from specplan.reports.outline import TableCell
    from specplan.reports.render.document import Json
    from specplan.reports.render.prose import Prose

__all__ = [
    "LACKS",
    "REASONS",
    "SHORT_LACKS",
    "as_json",
    "lines",
    "more",
    "notes",
    "publish_json",
    "sections",
    "unplannable_json",
]

_PLACE: Final = (Column("stack", "stack", "name"), Column("system", "system", "system"))

#: The reasons why a want cannot be planned, as the end of a sentence.
LACKS: Mapping[UnplannableReason, str] = {
    "no_candidate": "no known spec satisfies it",
    "undecided": "the sources do not say whether a spec satisfies it",
    "blocked": "what satisfies it needs specs that cannot be built",
    "developed": "its environment builds it from a source tree (`develop:`), so that no cache has "
    "a binary of it",
}

#: The same without the consequence.
SHORT_LACKS: Mapping[UnplannableReason, str] = {
    **LACKS,
    "developed": "its environment builds it from a source tree",
}

#: The reasons why a spec was chosen, in a few words.
REASONS: Mapping[Reason, str] = {
    "only": "only candidate",
    "no_build": "needs no build",
    "least": "costs least",
    "tie": "preferred at the same cost",
    "lock": "whole lock",
    "cut": "search ended early",
}

#: The placeholder in a terminal if no other candidate was compared.
_NO_OTHER: Final[Mapping[Reason, str]] = {
    "only": "no other",
    "no_build": "no build",
    "lock": "whole lock",
}

_CUTS = {
    "nodes": "the limit of nodes",
    "memory": "the limit of memory",
    "work": "the limit of work",
    "time": "the time limit",
}


def as_json(choice: Choice | None) -> Json:
    """Return the value of ``choice`` in the document."""
    if choice is None:
        return None
    return {
        "cost_alone": choice.cost_alone,
        "nodes": choice.nodes,
        "cut": choice.cut,
        "deterministic": choice.deterministic,
        "one_by_one": choice.one_by_one,
        "environments": choice.environments,
        "wants": [
            {
                **_want(each),
                "hash": each.spec.hash,
                "package": each.spec.package,
                "version": each.spec.version,
                "lock": each.lock,
                "candidates": each.candidates,
                "completed": each.completed,
                "reason": each.reason,
                "other": None if each.other is None else _other(each.other),
            }
            for each in choice.wants
            if each.spec is not None
        ],
    }


def unplannable_json(choice: Choice | None) -> Json:
    """Return the value of ``unplannable`` in the document."""
    wants = () if choice is None else choice.unplannable
    return [{**_want(each), "reason": each.lack, "candidates": each.candidates} for each in wants]


def publish_json(publish: Sequence[PublishedWant]) -> Json:
    """Return the value of ``publish`` in the document."""
    return publish


def sections(plan: Plan) -> tuple[Section, ...]:
    """Return the sections on specs to list, wants that cannot be planned, and the choice."""
    return (*_publish(plan.publish), *_unplannable(plan.choice), *_chosen(plan))


def _publish(publish: Sequence[PublishedWant]) -> tuple[Section, ...]:
    if not publish:
        return ()
    columns = (
        *_PLACE,
        Column("want", "want", "name", is_lead=True),
        Column("binary", "binary", "spec"),
        Column("listed_by", "listed by", "names"),
    )
    rows = tuple(
        (
            Name(want.stack),
            OsAndTarget(want.os, want.target),
            Name(want.want),
            SpecWithHash(f"{want.package}@{want.version}", want.hash),
            Names(tuple(want.listed_by)),
        )
        for want in publish
    )
    title = f"{wording.count(len(rows), 'want')} to publish"
    table = ReportTable(columns, rows, names=3)
    return (Section(id="publish", title=title, tone="strong", table=table),)


def _unplannable(choice: Choice | None) -> tuple[Section, ...]:
    if choice is None or not choice.unplannable:
        return ()
    columns = (
        *_PLACE,
        Column("want", "want", "name", is_lead=True),
        Column("reason", "why", "words"),
    )
    rows = tuple((*_place(want), Said.once(_why(want))) for want in choice.unplannable)
    title = f"{wording.count(len(rows), 'want')} cannot be planned"
    table = ReportTable(columns, rows, names=3)
    return (Section(id="unplannable", title=title, tone="strong", table=table),)


def _next_best(want: ChosenWant, unit: Unit) -> str:
    """Return the additional cost of the plan with the next best candidate."""
    if want.other is not None:
        return more(want.other.more_cost, want.other.more_builds, unit)
    return "" if want.reason is None else _NO_OTHER.get(want.reason, "")


def more(cost: float, builds: int, unit: Unit) -> str:
    """Return the additional cost of a plan beyond the one that was made.

    Args:
        cost: Its additional cost; negative if it costs less.
        builds: The number of its additional builds.
        unit: The unit of costs.
    """
    if not cost:
        return "the same"
    sign = "+" if cost > 0 else "-"
    if unit == "builds":
        return f"{sign}{wording.count(abs(builds), 'build')}"
    return f"{sign}{amounts.amount(abs(cost), unit)}"


def _chosen(plan: Plan) -> tuple[Section, ...]:
    choice = plan.choice
    if choice is None:
        return ()
    columns = (
        *_PLACE,
        Column("want", "want", "name", is_lead=True),
        Column("spec", "spec", "spec"),
        Column("candidates", "candidates", "count"),
        Column("other", "next best", "words", side="right"),
    )
    rows = tuple(
        (
            *_place(want),
            SpecWithHash(f"{want.spec.package}@{want.spec.version}", want.spec.hash),
            Number(want.candidates),
            Words(_next_best(want, plan.unit)),
        )
        for want in choice.wants
        if want.spec is not None
    )
    if not rows:
        return ()
    title = f"chosen for {wording.count(len(rows), 'want')}"
    table = ReportTable(columns, rows, names=3)
    return (Section(id="chosen", title=title, tone="strong", table=table, detail="chosen"),)


def _place(want: ChosenWant) -> tuple[TableCell, ...]:
    return (Name(want.stack), OsAndTarget(want.os, want.target), Name(want.want))


def lines(plan: Plan) -> list[str]:
    """Return sentences on the quality of the choice; none if nothing was chosen."""
    choice = plan.choice
    if choice is None:
        return []
    wants = wording.count(len(choice.wants), "abstract want")
    met = sum(each.completed for each in choice.wants)
    # A budget decides which wants are completed; their cost is then optimal, or nearly so.
    verb = "chosen for" if plan.budget is None else "completed"
    alone = amounts.amount(choice.cost_alone, plan.unit)
    if plan.optimal:
        proof = "optimal"
    else:
        bound = amounts.amount(plan.lower_bound, plan.unit)
        by = f" when {_CUTS[choice.cut]} was reached" if choice.cut else ""
        proof = f"within {_percent(choice.gap)} of optimal (at least {bound}){by}"
    cost = amounts.amount(choice.cost, plan.unit)
    return [
        f"{verb} {met} of {wants}: {proof}",
        f"cost: {cost}; with the cheapest for each want alone: {alone}",
    ]


def notes(plan: Plan) -> list[Prose]:
    """Return notes on choices."""
    if plan.choice is None:
        return []
    found = []
    if count := len(plan.choice.unplannable):
        found.append(
            f"{wording.count(count, 'want')} cannot be planned from known specs: "
            "`--write-unplannable FILE` writes a spack.yaml for a concretizer"
        )
    if plan.choice.one_by_one:
        stacks = ", ".join(map(prose.name, plan.choice.one_by_one))
        found.append(
            f"no lock is given to take as a whole, as `unify` asks for: the roots of {stacks} were "
            "chosen one by one"
        )
    if count < len(plan.choice.wants):
        found.append(
            "the plan is for the chosen hashes: a concretizer may choose differently for the same "
            "abstract specs"
        )
    return found


def _want(want: ChosenWant) -> dict[str, Json]:
    return {"stack": want.stack, "os": want.os, "target": want.target, "want": want.want}


def _other(other: OtherCandidate) -> Json:
    return {
        "hash": other.spec.hash,
        "package": other.spec.package,
        "version": other.spec.version,
        "more_builds": other.more_builds,
        "more_cost": other.more_cost,
    }


def _why(want: ChosenWant) -> str:
    return "" if want.lack is None else LACKS[want.lack]


def _percent(part: float) -> str:
    return f"{100 * part:.1f} %"
