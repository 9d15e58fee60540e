"""The schedule: the time and the runner of each build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.model.schedule import Run, Schedule, Shard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan import _core as compiled
    from specplan.model import Build

__all__ = ["schedule"]

#: The maximum number of runners in the core; no plan has as many builds.
_MOST_RUNNERS: Final = 2**31


def schedule(core: compiled.Plan, builds: Sequence[Build], runners: int) -> Schedule:
    """Schedule the builds of a plan.

    Args:
        core: The plan.
        builds: Its builds, in their order.
        runners: The number of runners, at least one.
    """
    answer = core.schedule(min(runners, _MOST_RUNNERS))
    hashes = [build.hash for build in builds]
    widths = [0] * (builds[-1].stage + 1 if builds else 0)
    for build in builds:
        widths[build.stage] += 1
    return Schedule(
        runners=runners,
        makespan=answer.makespan,
        lower_bound=answer.lower_bound,
        reason=answer.reason,
        widths=tuple(widths),
        shards=tuple(
            Shard(
                runner=runner,
                busy=shard.busy,
                runs=tuple(
                    Run(hash=hashes[position], start=start, finish=finish)
                    for position, start, finish in zip(
                        shard.builds, shard.starts, shard.finishes, strict=True
                    )
                ),
            )
            for runner, shard in enumerate(answer.shards, 1)
        ),
    )
