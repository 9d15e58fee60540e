"""The time to make a schedule, compared with list schedulers in plain Python.

    python -m benches.schedules --specs 100000 --runners 64

A generated lock (:mod:`benches.lock_inputs`) is planned from nothing; the plan is not timed. Then
each contender schedules its builds on the runners:

- *specplan* from the plan to lists of numbers, with the lower bound;
- *specplan, records* the same, to frozen Python records, as for users;
- *heapq* from lists of numbers, with Python's heaps, to a list of starts;
- *networkx* the same, on an existing ``DiGraph``, with its topological sort.

If a start differs from specplan's, the exit code is 1.
"""

from __future__ import annotations

import argparse
import heapq
import statistics
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import specplan
from benches.lock_inputs import write_lock
from benches.machine import describe, table
from specplan.planning.schedule import schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from specplan.planning.plan import Plan


def list_schedule(
    order: Iterable[int],
    above: Sequence[Iterable[int]],
    pending: list[int],
    costs: Sequence[float],
    runners: int,
) -> list[float]:
    """Return the start of each build.

    Args:
        order: The builds, each after all that need it.
        above: By build, those that need it.
        pending: By build, the number of its needs; it is modified.
        costs: By build.
        runners: The number of runners.
    """
    level = [0.0] * len(costs)
    for build in order:
        level[build] = costs[build] + max((level[other] for other in above[build]), default=0.0)
    starts = [0.0] * len(costs)
    ready = [(-level[build], build) for build, count in enumerate(pending) if not count]
    heapq.heapify(ready)
    running: list[tuple[float, int]] = []
    idle, now = runners, 0.0
    while True:
        while idle and ready:
            _, build = heapq.heappop(ready)
            starts[build] = now
            heapq.heappush(running, (now + costs[build], build))
            idle -= 1
        if not running:
            return starts
        now = running[0][0]
        while running and running[0][0] == now:
            _, build = heapq.heappop(running)
            idle += 1
            for other in above[build]:
                pending[other] -= 1
                if not pending[other]:
                    heapq.heappush(ready, (-level[other], other))


def contenders(  # noqa: C901 - four contenders, each a few lines
    plan: Plan, runners: int
) -> dict[str, Callable[[], list[float]]]:
    """Return a function that schedules and returns the start of each build by its hash's rank."""
    nx: Any = import_module("networkx")  # it has no types
    core = plan._core  # noqa: SLF001 - planning is not timed
    ranked = sorted(plan.builds, key=lambda build: build.hash)
    at = {build.hash: rank for rank, build in enumerate(ranked)}
    costs = [build.cost for build in ranked]
    needs = [[at[need] for need in build.needs] for build in ranked]
    above: list[list[int]] = [[] for _ in ranked]
    for build, below in enumerate(needs):
        for need in below:
            above[need].append(build)
    order = [at[build.hash] for build in reversed(plan.builds)]
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(ranked)))
    graph.add_edges_from((need, build) for build, below in enumerate(needs) for need in below)

    def by_specplan() -> list[float]:
        starts = [0.0] * len(ranked)
        shards = core.schedule(runners).shards
        timer.stop()
        for shard in shards:
            for position, start in zip(shard.builds, shard.starts, strict=True):
                starts[at[plan.builds[position].hash]] = start
        return starts

    def by_specplan_to_records() -> list[float]:
        starts = [0.0] * len(ranked)
        made = schedule(core, plan.builds, runners)
        timer.stop()
        for shard in made.shards:
            for run in shard.runs:
                starts[at[run.hash]] = run.start
        return starts

    def by_heapq() -> list[float]:
        starts = list_schedule(order, above, [len(below) for below in needs], costs, runners)
        timer.stop()
        return starts

    def by_networkx() -> list[float]:
        top_down = reversed(list(nx.topological_sort(graph)))
        above = [list(graph.successors(build)) for build in range(len(ranked))]
        pending = [graph.in_degree(build) for build in range(len(ranked))]
        starts = list_schedule(top_down, above, pending, costs, runners)
        timer.stop()
        return starts

    return {
        "specplan": by_specplan,
        "specplan, records": by_specplan_to_records,
        "heapq": by_heapq,
        "networkx": by_networkx,
    }


class Timer:
    """A clock that the contender stops when it has its answer."""

    def start(self) -> None:
        """Begin."""
        self._start = time.perf_counter()

    def stop(self) -> None:
        """End."""
        self.seconds = time.perf_counter() - self._start


timer = Timer()


def compare(plan: Plan, *, runners: int, runs: int) -> bool:
    """Measure all contenders in turn, print the results, and return whether they agree."""
    seconds: dict[str, list[float]] = {}
    starts: dict[str, list[float]] = {}
    for _ in range(runs):
        for name, make in contenders(plan, runners).items():
            timer.start()
            starts[name] = make()
            seconds.setdefault(name, []).append(timer.seconds)
    made = schedule(plan._core, plan.builds, runners)  # noqa: SLF001 - as above
    needs = sum(len(build.needs) for build in plan.builds)
    print(f"{len(plan.builds):,} builds, {needs:,} needs, {runners} runners, {runs} runs")
    print(
        f"makespan {made.makespan:,.0f} s, lower bound {made.lower_bound:,.0f} s "
        f"({made.reason}), gap {made.gap:.4%}"
    )
    median = {name: statistics.median(each) for name, each in seconds.items()}
    rows = [["scheduler", "median s", "min s", "max s", "times specplan"]]
    rows += [
        [
            name,
            f"{median[name]:.3f}",
            f"{min(each):.3f}",
            f"{max(each):.3f}",
            f"{median[name] / median['specplan']:.1f}",
        ]
        for name, each in seconds.items()
    ]
    print(table(rows))
    agree = all(each == starts["specplan"] for each in starts.values())
    print("all start every build at the same time" if agree else "the starts differ")
    return agree


def main() -> None:
    """Run the bench with the arguments of the command line."""
    parser = argparse.ArgumentParser(description="Measure how long a schedule takes to make.")
    parser.add_argument("--specs", type=int, default=100_000)
    parser.add_argument("--runners", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    print(describe(["specplan", "networkx"]))
    with tempfile.TemporaryDirectory() as scratch:
        lock, costs = write_lock(Path(scratch), specs=arguments.specs, seed=arguments.seed)
        plan = specplan.load("none").rebuild(want=lock, costs=costs)
    sys.exit(not compare(plan, runners=arguments.runners, runs=arguments.runs))


if __name__ == "__main__":
    main()
