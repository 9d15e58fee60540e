"""What was chosen for abstract wants, as the reports of plans show it: text, Markdown, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.reports.coverage.markdown import foldable
from specplan.reports.render import amounts, hashes, wording
from specplan.reports.render.document import fields_of
from specplan.reports.render.escape import markdown_code as code
from specplan.reports.render.escape import terminal
from specplan.reports.render.layout import Column, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from specplan.model.choice import Choice, PublishedWant
    from specplan.planning.choice import ChosenWant, Lack
    from specplan.planning.plan import Plan
    from specplan.reports.render.document import Json
    from specplan.reports.render.page import Page

__all__ = [
    "LACKS",
    "as_json",
    "as_markdown",
    "lines",
    "notes",
    "publish_as_markdown",
    "publish_json",
    "show",
    "show_chosen",
    "show_publish",
    "unplannable_json",
]

#: Why a want cannot be planned, as the end of a sentence.
LACKS: Mapping[Lack, str] = {
    "no_candidate": "no known spec satisfies it",
    "undecided": "the sources do not tell whether a spec satisfies it",
    "blocked": "what satisfies it needs specs that cannot be built",
    "developed": "its environment builds it from a source tree (`develop:`), so that no cache has "
    "a binary of it",
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
        "environments": [fields_of(each) for each in choice.environments],
        "wants": [
            {
                **_want(each),
                "hash": each.spec.hash,
                "name": each.spec.name,
                "version": each.spec.version,
                "lock": each.lock,
                "candidates": each.candidates,
                "completed": each.completed,
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
    return [fields_of(each) for each in publish]


def show_publish(page: Page, plan: Plan) -> None:
    """Add the wants that only need to be listed."""
    if not plan.publish:
        return
    columns = [
        Column(("want",), overhangs=True),
        Column(("binary",)),
        Column(("listed by",), wraps=True),
    ]
    for cell in wording.grouped(plan.publish, lambda each: (each.stack, each.os, each.target)):
        page.blank()
        place = wording.system(cell[0].os, cell[0].target)
        page.text(f"to publish in {terminal(cell[0].stack)} on {terminal(place)}", style="bold")
        rows = [
            [
                Span(terminal(each.want)),
                Span(terminal(f"{each.name}@{each.version}/{hashes.shown(each.hash)}")),
                Span(terminal(wording.folded(each.listed_by, 3))),
            ]
            for each in cell
        ]
        page.table(columns, rows)


def publish_as_markdown(plan: Plan) -> str:
    """Return the wants that only need to be listed as a section."""
    return foldable(
        f"{wording.count(len(plan.publish), 'want')} to publish",
        ("stack", "os", "target", "want", "binary", "listed by"),
        [
            (*map(code, _published(each)), ", ".join(map(code, each.listed_by)))
            for each in plan.publish
        ],
    )


def _published(want: PublishedWant) -> tuple[str, ...]:
    binary = f"{want.name}@{want.version}/{want.hash}"
    return (want.stack, want.os, want.target, want.want, binary)


def lines(plan: Plan) -> list[str]:
    """Return how good the choice is, one sentence each; nothing where nothing was chosen."""
    choice = plan.choice
    if choice is None:
        return []
    wants = wording.count(len(choice.wants), "abstract want")
    met = sum(each.completed for each in choice.wants)
    # A budget decides which wants are completed; these then cost the least, or nearly.
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


def notes(plan: Plan, escape: Callable[[str], str]) -> list[str]:
    """Return what the reader must know of choices, one note each."""
    if plan.choice is None:
        return []
    found = []
    if count := len(plan.choice.unplannable):
        found.append(
            f"{wording.count(count, 'want')} cannot be planned from what is known: "
            f"`--write-unplannable FILE` writes a spack.yaml for a concretizer"
        )
    if plan.choice.one_by_one:
        stacks = ", ".join(map(escape, plan.choice.one_by_one))
        found.append(
            f"no lock is given to take as a whole, as `unify` asks for: the roots of {stacks} were "
            "chosen one by one"
        )
    if count < len(plan.choice.wants):
        found.append(
            "the plan holds for the hashes that were chosen: a concretizer may decide otherwise "
            "for the same abstract specs"
        )
    return found


def show(page: Page, plan: Plan) -> None:
    """Add the wants that cannot be planned."""
    if plan.choice is None or not plan.choice.unplannable:
        return
    page.blank()
    page.text("cannot be planned", style="bold")
    columns = [
        Column(("stack",)),
        Column(("system",)),
        Column(("want",), overhangs=True),
        Column(("why",), wraps=True),
    ]
    rows = [
        [*_place(each), Span(terminal(each.want)), Span(_why(each))]
        for each in plan.choice.unplannable
    ]
    page.table(columns, rows, name_columns=2)


def show_chosen(page: Page, plan: Plan) -> None:
    """Add what was chosen for each want."""
    chosen = () if plan.choice is None else plan.choice.wants
    rows = [
        [
            *_place(each),
            Span(terminal(each.want)),
            Span(terminal(_spec(each, hashes.shown))),
            Span(str(each.candidates)),
        ]
        for each in chosen
        if each.spec is not None
    ]
    if not rows:
        return
    page.blank()
    page.text("chosen", style="bold")
    columns = [
        Column(("stack",)),
        Column(("system",)),
        Column(("want",), overhangs=True),
        Column(("spec",)),
        Column(("candidates",), align="right"),
    ]
    page.table(columns, rows, name_columns=2)


def as_markdown(plan: Plan) -> str:
    """Return what was chosen and what cannot be planned as sections."""
    if plan.choice is None:
        return ""
    met = len(plan.choice.wants) - len(plan.choice.unplannable)
    unplannable = foldable(
        f"{wording.count(len(plan.choice.unplannable), 'want')} cannot be planned",
        ("stack", "os", "target", "want", "why"),
        [(*_row(each), _why(each)) for each in plan.choice.unplannable],
    )
    chosen = foldable(
        f"chosen for {wording.count(met, 'want')}",
        ("stack", "os", "target", "want", "spec", "candidates"),
        [
            (*_row(each), code(_spec(each, str)), str(each.candidates))
            for each in plan.choice.wants
            if each.spec is not None
        ],
    )
    return "\n\n".join(part for part in (unplannable, chosen) if part)


def _want(want: ChosenWant) -> dict[str, Json]:
    return {"stack": want.stack, "os": want.os, "target": want.target, "want": want.want}


def _place(want: ChosenWant) -> list[Span]:
    return [Span(terminal(each)) for each in (want.stack, wording.system(want.os, want.target))]


def _row(want: ChosenWant) -> tuple[str, ...]:
    return tuple(code(each) for each in (want.stack, want.os, want.target, want.want))


def _spec(want: ChosenWant, shown: Callable[[str], str]) -> str:
    if want.spec is None:
        return ""
    return f"{want.spec.name}@{want.spec.version}/{shown(want.spec.hash)}"


def _why(want: ChosenWant) -> str:
    return "" if want.lack is None else LACKS[want.lack]


def _percent(part: float) -> str:
    return f"{100 * part:.1f} %"
