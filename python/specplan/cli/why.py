"""``specplan why``: the reasons why a spec is planned or not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.cli import output, plans, verdict
from specplan.cli.options import argument, command
from specplan.errors import UnknownNameError
from specplan.reports.plan.why import WhyReport
from specplan.sources.named_want import named_want

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.cli.plans import AskedPlan
    from specplan.cli.settings import Settings
    from specplan.model import Why
    from specplan.planning.why_wanted import WhyWanted

__all__ = ["why"]


@command(
    "why",
    (
        argument(
            "spec",
            "An abstract spec in Spack's syntax, in quotes; or /HASH, of which the first letters "
            "are enough.",
        ),
    ),
)
def why(settings: Settings, spec: str) -> int:
    """Explain why SPEC is in the plan, which available binary makes it unnecessary, or its gaps.

    SPEC is an abstract spec, or /HASH with a hash or its first letters. For locks, the specs
    that satisfy it are explained, or else those of the caches: a tree leads from each up to the
    specs that need it. For gaps and environments, the wants of its packages are explained: who
    wants them, where they are available, the nearest binaries, and whether they can be planned.
    The other options are those of `specplan rebuild`.

    \b
    Examples:
      specplan why cmake --want spack.lock --cache mirror
      specplan why /kr35wwg --want spack.lock --cache mirror --changed hypre
      specplan why gmp --stack e4s-neoverse-v2
    """  # noqa: D301 - \b keeps click from wrapping the examples
    asked = plans.asked_plan(settings)
    plan = asked.plan
    wants = _wanted(spec, asked)
    reasons = _reasons(spec, asked, wants)
    report = WhyReport(
        query=spec,
        reasons=reasons,
        wants=wants,
        predicted=plan.predicted,
        left_out=plan.left_out,
        sources=plan.sources,
    )
    output.write(output.rendered(report, settings), settings.output)
    return verdict.of_reasons(reasons, plan.left_out, settings)


def _wanted(spec: str, asked: AskedPlan) -> tuple[WhyWanted, ...]:
    """Return the reasons why packages of the spec are wanted, if wants are not hashes."""
    from specplan.catalog.available import available_wants  # noqa: PLC0415 - as above
    from specplan.coverage.ask import environment_options  # noqa: PLC0415 - as above
    from specplan.planning.wants import read_wanted_sources  # noqa: PLC0415 - help needs no YAML
    from specplan.planning.why_wanted import why_wanted  # noqa: PLC0415 - as above

    contents = asked.catalog._contents  # noqa: SLF001 - nobody else needs the wants twice
    query = asked.request.coverage
    _, environments, _ = read_wanted_sources(
        query.want,
        contents.limits,
        options=environment_options(
            contents.core, query, are_compared=asked.request.change is not None
        ),
        available=available_wants(contents, query.tag),
    )
    if query.want and not environments:
        return ()
    sources = {
        root.spec: f"--want {each.source}" if each.is_typed else f"{root.path}:{root.line}"
        for each in environments
        for root in each.environment.roots
    }
    stacks: dict[str, set[str]] = {}
    for each in environments:
        for root in each.environment.roots:
            stacks.setdefault(root.spec, set()).add(each.stack)
    files = tuple(text for text in query.want if named_want(text).kind == "environment")
    older = None if asked.older is None or isinstance(asked.older, str) else asked.older._contents  # noqa: SLF001 - as above
    return why_wanted(
        spec,
        asked.plan,
        contents,
        replace(query, want=files),
        older=older,
        sources=sources,
        stacks=stacks,
    )


def _reasons(spec: str, asked: AskedPlan, wants: Sequence[WhyWanted]) -> tuple[Why, ...]:
    """Return the reasons why specs are planned; unwanted ones only if no want explains them."""
    try:
        reasons = tuple(asked.plan.why(spec))
    except UnknownNameError:
        if not wants:
            raise
        return ()
    if not wants:
        return reasons
    return tuple(each for each in reasons if each.verdict != "not_wanted")
