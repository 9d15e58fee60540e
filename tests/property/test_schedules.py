"""Laws of schedules and of what-ifs, over made-up locks and caches."""

from __future__ import annotations

import heapq
import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from specplan.planning.plan import Plan
from specplan.testing import verify_schedule
from tests.property.test_plans import World, builds, planned, worlds


def plain_makespan(plan: Plan, runners: int) -> float:
    """List scheduling by level, written as plainly as can be."""
    cost = {build.hash: build.cost for build in plan.builds}
    level = dict.fromkeys(cost, 0.0)
    for build in reversed(plan.builds):
        level[build.hash] += build.cost
        for need in build.needs:
            level[need] = max(level[need], level[build.hash])
    waits = {build.hash: {*build.needs} for build in plan.builds}
    running: list[tuple[float, str]] = []
    started: set[str] = set()
    now = 0.0
    while waits:
        ready = sorted(
            (each for each in waits if not waits[each] and each not in started),
            key=lambda each: (-level[each], each),
        )
        for each in ready[: runners - len(running)]:
            started.add(each)
            heapq.heappush(running, (now + cost[each], each))
        now = running[0][0]
        while running and running[0][0] == now:
            done = heapq.heappop(running)[1]
            del waits[done]
            for others in waits.values():
                others.discard(done)
    return now


def costs_of(data: st.DataObject, world: World) -> dict[str, float]:
    amounts = st.sampled_from([0.0, 1.0, 2.0, 0.25, 7.0])
    return {world.hash_of(each): data.draw(amounts) for each in range(len(world.edges))}


@given(worlds(), st.integers(1, 4), st.data())
def test_schedules_are_those_of_the_plain_model_and_the_check_accepts_them(
    world: World, runners: int, data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        table = Path(folder, "costs.json")
        table.write_text(json.dumps(costs_of(data, world)))
        plan = planned(world, jobs=runners, costs=table)
    verify_schedule(plan)
    assert plan.schedule is not None
    assert plan.schedule.makespan == plain_makespan(plan, runners)


@given(worlds(), st.data())
def test_assuming_more_never_grows_a_plan(world: World, data: st.DataObject) -> None:
    world = replace(world, changed=frozenset(), broken=frozenset())
    some = st.sets(st.integers(0, len(world.edges) - 1), min_size=1, max_size=3)
    assumed = [f"/{world.hash_of(each)}" for each in sorted(data.draw(some))]
    less = planned(world, assume_available=assumed)
    assert {each.hash for each in less.builds} <= {world.hash_of(each) for each in builds(world)}


@given(worlds(), st.data())
def test_a_what_if_is_the_plan_of_the_other_cache(world: World, data: st.DataObject) -> None:
    some = st.sets(st.integers(0, len(world.edges) - 1), max_size=3).map(frozenset)
    more, fewer = data.draw(some), data.draw(some)
    other = replace(world, available=(world.available | more) - fewer)
    what_if = planned(
        world,
        assume_available=[f"/{world.hash_of(each)}" for each in sorted(more)],
        without=[f"/{world.hash_of(each)}" for each in sorted(fewer)],
    )
    truth = planned(other)
    assert (what_if.builds, what_if.totals) == (truth.builds, truth.totals)
    assert (what_if.what_if is None) == (not more and not fewer)
