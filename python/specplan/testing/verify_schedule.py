"""An independent check of schedules, in plain Python without the compiled core."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from math import ceil, gcd, isclose, lcm
from typing import Any

from specplan.testing.verify import hold

__all__ = ["verify_schedule"]


def verify_schedule(plan: object) -> None:
    """Check that the schedule of a plan is valid, and that its lower bound is true.

    Every build of the plan runs once, for its cost and after all its needs; no runner builds two at
    once; the makespan is the end of the last build. The lower bound is at least the critical path
    and each runner's share of the total work, and at most the best bound of all sets of builds by
    their heads and tails.

    Args:
        plan: The result of ``Catalog.rebuild``, or its JSON as text or as a mapping.

    Raises:
        VerificationError: If any check fails, or the plan has no schedule.
    """
    document: Any = plan if isinstance(plan, (str, Mapping)) else getattr(plan, "to_json")()  # noqa: B009 - whatever has it
    document = json.loads(document) if isinstance(document, str) else document
    schedule = document["schedule"]
    hold(schedule is not None, "there is no schedule")
    builds = {build["hash"]: build for build in document["builds"]}
    runs = [run for shard in schedule["shards"] for run in shard["runs"]]
    hold(sorted(run["hash"] for run in runs) == sorted(builds), "every build runs once")
    hold(len(schedule["shards"]) <= schedule["runners"], "there are more shards than runners")
    finish = {run["hash"]: run["finish"] for run in runs}
    for run in runs:
        build = builds[run["hash"]]
        hold(
            isclose(run["finish"] - run["start"], build["cost"], rel_tol=1e-9, abs_tol=1e-6),
            f"{run['hash']}: does not take what it costs",
        )
        ready = max((finish[need] for need in build["needs"]), default=0)
        hold(run["start"] >= ready, f"{run['hash']}: starts before a dependency is done")
    for shard in schedule["shards"]:
        for one, next_one in pairwise(shard["runs"]):
            hold(one["finish"] <= next_one["start"], f"runner {shard['runner']}: two at once")
        busy = sum(run["finish"] - run["start"] for run in shard["runs"])
        hold(isclose(shard["busy"], busy, abs_tol=1e-6), f"runner {shard['runner']}: busy")
    hold(schedule["makespan"] == max(finish.values(), default=0), "the makespan is not the end")
    widths = [0] * len(schedule["widths"])
    for build in builds.values():
        widths[build["stage"]] += 1
    hold(schedule["widths"] == widths, "the widths of the stages")
    bound = _lower_bound(document["builds"], min(schedule["runners"], len(builds)))
    hold(isclose(schedule["lower_bound"], bound), f"the lower bound is {bound}")
    hold(schedule["lower_bound"] <= schedule["makespan"], "the bound is beyond the makespan")


def _lower_bound(builds: list[Any], runners: int) -> float:
    """Return the best bound of all sets of builds; ``builds`` are ordered by stage.

    Every schedule ends after a multiple of the common divisor of all costs.
    """
    cost = {build["hash"]: Fraction(str(build["cost"])) for build in builds}
    head = dict.fromkeys(cost, Fraction(0))
    tail = dict.fromkeys(cost, Fraction(0))
    for build in builds:
        for need in build["needs"]:
            spec = build["hash"]
            head[spec] = max(head[spec], head[need] + cost[need])
    for build in reversed(builds):
        for need in build["needs"]:
            spec = build["hash"]
            tail[need] = max(tail[need], tail[spec] + cost[spec])
    best = max((head[each] + cost[each] + tail[each] for each in cost), default=Fraction(0))
    divisor = lcm(*(each.denominator for each in cost.values()))
    step = Fraction(gcd(*(int(each * divisor) for each in cost.values())), divisor)
    for least in {*head.values()}:
        work = Fraction(0)
        for spec in sorted(cost, key=lambda each: -tail[each]):
            if head[spec] >= least:
                work += cost[spec]
                share = least + tail[spec] + work / runners
                best = max(best, ceil(share / step) * step if work else Fraction(0))
    return float(best)
