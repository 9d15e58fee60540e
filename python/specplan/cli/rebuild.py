"""``specplan rebuild``: the least that must be built, its order and its reasons."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import click

from specplan.cli import options, output, plan_options, verdict
from specplan.config import FORMATS

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from specplan.cli.plan_options import Planned
    from specplan.config import Configuration
    from specplan.planning.plan import Plan

__all__ = ["rebuild"]

#: The format that only plans have: one build a line.
_LIST: Final = "list"


class _FromZero(click.FloatRange):
    """A number from 0 on; click takes `nan`, which is none, for one."""

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number.

        Raises:
            BadParameter: If it is none, or is less than 0.
        """
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail("`nan` is no number", param, ctx)
        return number


_FROM_ZERO: Final = _FromZero(min=0)

_SHOWS: Final = ("chosen", "needless", "untested", "chains", "timetable")


@click.command(short_help="The least that must be built, its order and its reasons.")
@plan_options.question
@options.environments
@options.left_out
@options.sources
@click.option(
    "--show",
    multiple=True,
    type=click.Choice(_SHOWS),
    help="Also list, in the table: what was chosen for each abstract want, what node-by-node "
    "pruning builds unnecessarily, what a policy or a depth leaves untested, why each build is "
    "needed, or when each runner builds what. May be repeated.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1, max=1_000_000),
    metavar="N",
    help="Schedule the builds on so many runners, each of which builds one at a time.",
)
@click.option(
    "--max-builds",
    type=click.IntRange(min=0),
    metavar="N",
    help="Build at most so many specs: those that complete the most roots, by the weights of the "
    "configuration.",
)
@click.option(
    "--max-cost",
    type=_FROM_ZERO,
    metavar="S",
    help="Limit the total cost of the builds, in the unit of --costs. Combines with --max-builds.",
)
@click.option(
    "--node-limit",
    type=click.IntRange(min=0),
    metavar="N",
    help="Look at so many nodes of a search at most; the answer is the same everywhere.",
)
@click.option(
    "--time-limit",
    type=_FROM_ZERO,
    metavar="SECONDS",
    help="Search for so long at most; the best answer so far holds, and so does its bound.",
)
@click.option(
    "--write-unplannable",
    metavar="FILE",
    help="Write the abstract wants that nothing known can meet as a spack.yaml.",
)
@click.option(
    "--allow-unplannable/--no-allow-unplannable",
    default=None,
    help="Exit with 0 although wants cannot be planned from what is known.",
)
@options.report_as(*FORMATS, _LIST, name="rendering")
def rebuild(**typed: Unpack[Planned]) -> int:
    """Plan the least set of builds after which every want installs from the caches alone.

    An available binary does not need its build dependencies. Node-by-node pruning
    (`spack ci --prune-dag`) schedules them anyway; its count is shown for comparison. The
    plan holds when each build runs as

    \b
      spack install --use-buildcache=package:never,dependencies:only /HASH

    and consumers install with --use-buildcache=only. `--cache none` plans from nothing.

    \b
    Examples:
      specplan rebuild --want spack.lock --cache s3://bucket/mirror
      specplan rebuild --want e4s=e4s/spack.lock --want radiuss/spack.lock
      specplan rebuild --want spack.lock --changed zlib-ng --policy link --show untested
      specplan rebuild --want spack.lock --format list
      specplan rebuild --stack e4s --level version --candidates e4s/spack.lock
      specplan rebuild --want spack.yaml --candidates may/spack.lock --candidates june/spack.lock
    """  # noqa: D301 - \b keeps click from wrapping the examples
    rendering = typed.get("rendering")
    as_list = rendering == _LIST
    if rendering is not None and rendering != _LIST:
        typed["format"] = rendering
    unplannable = typed.get("write_unplannable")
    output.refuse_one_place(
        typed.get("output"), unplannable, names=("--output", "--write-unplannable")
    )
    settings = options.settings(typed)
    plan = verdict.settled(plan_options.plan(typed, settings), settings)
    report = plan.to_list() if as_list else _rendered(plan, settings, typed)
    texts = [(report, typed.get("output"))]
    if unplannable is not None:
        texts.insert(0, (plan.unplannable_environment(), unplannable))
    output.write_all(texts)
    return verdict.conclude(plan, settings, typed)


def _rendered(plan: Plan, settings: Configuration, typed: Planned) -> str:
    if settings.format != "table":
        return output.rendered(plan, settings, typed)
    shown = typed.get("show", ())
    return output.rendered(plan, settings, typed, show=shown)
