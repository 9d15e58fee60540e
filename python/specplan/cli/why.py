"""``specplan why``: why a spec is planned, or which available binary cuts it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from specplan.cli import options, output, planning
from specplan.reports import hashes, plan_csv, plan_json, plan_markdown, plan_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Unpack

    from specplan.cli.planning import Planned
    from specplan.config import Configuration
    from specplan.plan import Plan
    from specplan.plan_model import Why

__all__ = ["why"]


@click.command(short_help="Why a spec is in the plan, or why it is not.")
@click.argument("spec")
@planning.question
@options.sources
@options.report
def why(spec: str, **typed: Unpack[Planned]) -> int:
    """Tell why SPEC is in the plan, or which available binary makes it needless, as a tree.

    SPEC is an abstract spec, or /HASH with a hash or its first letters; the specs of the
    locks that satisfy it are told of, and if there are none, those of the caches. The
    tree leads from the spec up to what needs it. The other options are those of
    `specplan rebuild`.

    \b
    Examples:
      specplan why cmake --want spack.lock --cache mirror
      specplan why /kr35wwg --want spack.lock --cache mirror --changed hypre
    """  # noqa: D301 - \b keeps click from wrapping the examples
    settings = options.settings(typed)
    plan = planning.plan(typed, settings)
    reasons = plan.why(spec)
    with hashes.in_full(asked=typed.get("long_hashes", False)):
        output.write(_rendered(spec, reasons, plan, settings, typed), typed.get("output"))
    return 0


def _rendered(
    spec: str, reasons: Sequence[Why], plan: Plan, settings: Configuration, typed: Planned
) -> str:
    if settings.format == "json":
        return plan_json.why(reasons, query=spec, predicted=plan.predicted)
    if settings.format == "csv":
        return plan_csv.why(reasons)
    if settings.format == "markdown":
        return plan_markdown.why(reasons, predicted=plan.predicted)
    return plan_text.why(
        reasons,
        predicted=plan.predicted,
        width=output.width(typed),
        colour=output.colour(typed),
    )
