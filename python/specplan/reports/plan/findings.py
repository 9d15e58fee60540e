"""A plan for CI systems: wants that cannot be planned as cases, and numbers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from specplan.planning.plan import Plan
from specplan.reports.findings import (
    Case,
    Findings,
    Measure,
    findings,
    findings_of,
    gate_cases,
    gate_measures,
    left_out_cases,
    left_out_measures,
    measures_of,
)
from specplan.reports.plan import wording as plan_wording
from specplan.reports.plan.choice import SHORT_LACKS
from specplan.reports.render import prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.model.choice import ChosenWant

__all__ = ["plan_findings", "plan_measures"]


@findings_of.register(Plan)
def plan_findings(plan: Plan) -> Findings:
    """Return a case for each abstract want, which fails if no known spec can be planned for it."""
    cases = [*gate_cases(plan.gates), *left_out_cases(plan.left_out)]
    wants = () if plan.choice is None else plan.choice.wants
    cases += [_case(each) for each in wants]
    return findings("rebuild", prose.plain(plan_wording.headline(plan)), (), cases)


def _case(want: ChosenWant) -> Case:
    suite = (want.stack, want.os, want.target)
    if want.spec is not None:
        chosen = f"{plan_wording.name(want.spec)}/{want.spec.hash}"
        details = (f"chosen: {chosen}",)
        return Case(
            suite=suite,
            name=want.want,
            state="passed",
            kind="planned",
            details=details,
            path=want.path,
            line=want.line,
        )
    kind = want.lack or "no_candidate"
    return Case(
        suite=suite,
        name=want.want,
        state="failed",
        kind=kind,
        message=f"it cannot be planned: {SHORT_LACKS[kind]}",
        path=want.path,
        line=want.line,
    )


@measures_of.register(Plan)
def plan_measures(plan: Plan) -> Iterator[Measure]:
    """Yield the number of builds, by system and in total, and their cost."""
    systems = Counter((build.os, build.target) for build in plan.builds)
    for (os, target), number in sorted(systems.items()):
        labels = (("os", os), ("target", target))
        text = "Builds of the plan for a system."
        yield Measure(name="specplan_system_builds", help=text, value=number, labels=labels)
    totals = plan.totals
    yield Measure(name="specplan_builds", help="Builds of the plan.", value=totals.builds)
    yield Measure(name="specplan_build_stages", help="Stages of the plan.", value=totals.stages)
    yield Measure(
        name="specplan_build_cost",
        help="Total cost of the builds.",
        value=totals.cost,
        labels=(("unit", plan.unit),),
    )
    text = "Cost of the most expensive chain of builds."
    yield Measure(
        name="specplan_critical_path_cost",
        help=text,
        value=totals.critical_path_cost,
        labels=(("unit", plan.unit),),
    )
    yield Measure(name="specplan_wants", help="Specs that are wanted.", value=totals.wants)
    text = "Wants that cannot be planned."
    yield Measure(name="specplan_unplannable", help=text, value=len(plan.unplannable))
    yield from gate_measures(plan.gates)
    yield from left_out_measures(plan.left_out)
