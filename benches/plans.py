"""The time for the smallest rebuild, compared with rustworkx and networkx on the same graph.

    python -m benches.plans --specs 1000000

asks three questions of one world (`benches/plan_inputs.py`: seeded, in the shapes of real locks):

- *nothing cached*: everything that the roots reach is built; which specs, and in which stage?
- *half cached*: half of the specs have binaries, which do not need their build dependencies, and
  through which builds wait for others; which specs are built, and in which stage?
- *change*: everything has a binary, and one library changed on which about a tenth of the specs
  depend; which of them are built, and in which stage?

The data of each contender before the clock starts:

- *specplan*: the locks and the index, as read from files by its own readers, and the roots of the
  locks, looked up once; it knows everything in a lock, and answers every other question too;
- *rustworkx*: a `PyDiGraph` of the edges for the question, which were determined in advance: with
  half of the specs cached, those that each spec demands given the cache;
- *networkx*: the same as a `DiGraph`.

So the contenders get the rules for free, and their graphs are made for one question. Their closure
is `descendants` or `ancestors`; their stages are `topological_generations` if everything reached is
built, otherwise one walk in Python over a topological order, because neither library has such a
function. Each contender runs in a separate process, one after the other; the stage of every build
is compared, and if one differs, the exit code is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import networkx as nx
import rustworkx as rx

from benches.machine import describe, table
from benches.plan_inputs import (
    BUILD,
    LINK,
    RUN,
    SHARED,
    World,
    draw,
    hash_of,
    write_index,
    write_locks,
)
from specplan import _core
from specplan.sources import Limits
from specplan.sources.wants import read_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from specplan._core import PlanQuestion

Question: TypeAlias = Literal["nothing cached", "half cached", "change"]
#: The stage of each build.
Stages: TypeAlias = "Mapping[int, int]"
#: Converts a library's answer to stages, after the clock has stopped.
Answer: TypeAlias = "Callable[[], Stages]"

QUESTIONS: Final[tuple[Question, ...]] = ("nothing cached", "half cached", "change")
CONTENDERS: Final = ("specplan", "rustworkx", "networkx")


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """The time of one contender for one question, and its answer.

    Attributes:
        seconds: Each run.
        cpu_seconds: The CPU time of each run on all cores together, which is more reliable than the
            time if other work is running.
        builds: The number of builds.
        stages: The number of stages.
        answer: The checksum of the stage of each build.
    """

    seconds: list[float]
    cpu_seconds: list[float]
    builds: int
    stages: int
    answer: str


def binaries(world: World, seed: int) -> bytearray:
    """Mark the half of the specs that have binaries."""
    rng = random.Random(seed)
    return bytearray(rng.random() < 0.5 for _ in range(world.specs))  # noqa: PLR2004 - half


def demanded(world: World, question: Question, available: bytearray) -> Iterator[tuple[int, int]]:
    """Yield the edges that matter for a question, as dependent and dependency."""
    runtime = LINK | RUN
    for dependent, dependency, kinds in world.edges():
        held = available[dependent] if question == "half cached" else False
        if kinds & (runtime if held else runtime | BUILD):
            yield dependent, dependency


def measured(ask: Callable[[], Answer], runs: int) -> Measurement:
    """Time a question and sum up its answer."""
    seconds: list[float] = []
    cpu_seconds: list[float] = []
    answer: Answer = dict
    for _ in range(runs):
        start, cpu_start = time.perf_counter(), time.process_time()
        answer = ask()
        seconds.append(time.perf_counter() - start)
        cpu_seconds.append(time.process_time() - cpu_start)
    stages = answer()
    pairs = array("L", (number for pair in sorted(stages.items()) for number in pair))
    return Measurement(
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        builds=len(stages),
        stages=max(stages.values(), default=-1) + 1,
        answer=hashlib.sha256(pairs.tobytes()).hexdigest(),
    )


def with_specplan(world: World, folder: Path, seed: int, runs: int) -> dict[str, Measurement]:
    """Answer all questions from files."""
    available = binaries(world, seed)
    write_index(world, folder / "half.json", (s for s in range(world.specs) if available[s]))
    write_index(world, folder / "all.json", range(world.specs))
    wanted = [read_wanted(str(path), Limits()) for path in write_locks(world, folder)]
    locks = _core.Catalog.merged([each.core for each in wanted])
    spec_of = {hash_of(spec): spec for spec in range(world.specs)}

    def answer(index: str | None, changed: list[str] | None) -> Measurement:
        caches = _core.Catalog.merged([])
        if index is not None:
            place = folder / index
            caches = _core.read_specs(
                place,
                cache="bench",
                tag="",
                stack="",
                shown=index,
                file_bytes=Limits().index_bytes,
            ).catalog
        core = _core.Catalog.merged([locks, caches])
        roots = {root.hash for each in wanted for root in each.roots}
        question: PlanQuestion = {
            "state": caches.snapshots(),
            "locks": locks.snapshots(),
            # Looking up the roots counts as loading too.
            "roots": core.known_specs(sorted(roots)),
            "scope": "runtime",
            "changed": changed,
            "policy": "hash",
            "depth": None,
            "broken": [],
            "assumed": [],
            "withheld": [],
            "costs": None,
        }
        # The first plan of a catalog makes its graph, which counts as loading.
        core.plan(question)

        def ask() -> Answer:
            plan = core.plan(question)

            def stages() -> dict[int, int]:
                builds = plan.builds()
                return dict(
                    zip(map(spec_of.__getitem__, builds.hashes), builds.stages, strict=True)
                )

            return stages

        return measured(ask, runs)

    return {
        "nothing cached": answer(None, None),
        "half cached": answer("half.json", None),
        "change": answer("all.json", [hash_of(SHARED)]),
    }


def with_rustworkx(world: World, seed: int, runs: int) -> dict[str, Measurement]:
    """Answer all questions from prepared graphs."""
    available = binaries(world, seed)
    roots = world.roots()

    def graph_of(question: Question) -> rx.PyDiGraph[int, None]:
        graph: rx.PyDiGraph[int, None] = rx.PyDiGraph(multigraph=True)
        graph.add_nodes_from(range(world.specs))
        edges = demanded(world, question, available)
        while some := [*itertools.islice(edges, 1_000_000)]:
            graph.add_edges_from_no_data(some)
        # One node above all roots, because a closure starts at one node.
        above = graph.add_node(-1)
        graph.add_edges_from_no_data([(above, root) for root in roots])
        return graph

    def generations(graph: rx.PyDiGraph[int, None], builds: Iterable[int]) -> Answer:
        part = graph.subgraph(list(builds))
        part.reverse()
        layers = rx.topological_generations(part)
        return lambda: {part[node]: stage for stage, layer in enumerate(layers) for node in layer}

    def closure(graph: rx.PyDiGraph[int, None]) -> Answer:
        return generations(graph, rx.descendants(graph, world.specs))

    def through_binaries(graph: rx.PyDiGraph[int, None]) -> Answer:
        needed = rx.descendants(graph, world.specs)
        order = (node for node in reversed(rx.topological_sort(graph)) if node in needed)
        stages = stages_of(order, graph.successor_indices, available)
        return lambda: stages

    def change(graph: rx.PyDiGraph[int, None]) -> Answer:
        stale = rx.ancestors(graph, SHARED)
        stale.discard(world.specs)
        return generations(graph, [*stale, SHARED])

    answers = {"nothing cached": closure, "half cached": through_binaries, "change": change}
    return {
        question: measured(partial(answers[question], graph_of(question)), runs)
        for question in QUESTIONS
    }


def with_networkx(world: World, seed: int, runs: int) -> dict[str, Measurement]:
    """Answer all questions from prepared graphs."""
    available = binaries(world, seed)
    roots = world.roots()

    def graph_of(question: Question) -> nx.DiGraph[int]:
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(range(world.specs))
        graph.add_edges_from(demanded(world, question, available))
        graph.add_edges_from((-1, root) for root in roots)
        return graph

    def generations(graph: nx.DiGraph[int], builds: set[int]) -> Answer:
        part = graph.subgraph(builds).reverse(copy=False)
        layers = [*nx.topological_generations(part)]
        return lambda: {node: stage for stage, layer in enumerate(layers) for node in layer}

    def closure(graph: nx.DiGraph[int]) -> Answer:
        return generations(graph, nx.descendants(graph, -1))

    def through_binaries(graph: nx.DiGraph[int]) -> Answer:
        needed = nx.descendants(graph, -1)
        order = [*nx.topological_sort(graph.subgraph(needed))]
        stages = stages_of(reversed(order), graph.successors, available)
        return lambda: stages

    def change(graph: nx.DiGraph[int]) -> Answer:
        return generations(graph, (nx.ancestors(graph, SHARED) | {SHARED}) - {-1})

    answers = {"nothing cached": closure, "half cached": through_binaries, "change": change}
    return {
        question: measured(partial(answers[question], graph_of(question)), runs)
        for question in QUESTIONS
    }


def stages_of(
    order: Iterable[int], below: Callable[[int], Iterable[int]], available: bytearray
) -> Stages:
    """Return the stage of each build, given the needed specs with dependencies first."""
    ready: dict[int, int] = {}
    stages: dict[int, int] = {}
    for spec in order:
        at = max((ready[each] for each in below(spec)), default=0)
        if available[spec]:
            ready[spec] = at
        else:
            ready[spec] = at + 1
            stages[spec] = at
    return stages


def compare(arguments: argparse.Namespace, specs: int, contenders: Iterable[str]) -> bool:
    """Run contenders on one world, print their times, and return whether they agree."""
    answers: dict[str, dict[str, Any]] = {}
    for contender in contenders:
        command = [sys.executable, "-m", "benches.plans", "--contender", contender]
        command += ["--specs", str(specs), "--seed", str(arguments.seed)]
        command += ["--runs", str(arguments.runs)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        answers[contender] = json.loads(done.stdout)
    world = draw(specs=specs, seed=arguments.seed)
    print(
        f"\n{world.specs:,} specs, {len(world.kinds):,} edges, "
        f"{world.dependents_of(SHARED):,} dependents of what changed, {arguments.runs} runs"
    )
    names = ("question", "contender", "builds", "stages", "median ms", "min ms", "CPU ms")
    rows = [(*names, "times specplan")]
    agree = True
    for question in QUESTIONS:
        ours = answers["specplan"][question]
        for contender, told in answers.items():
            answer = told[question]
            median = statistics.median(answer["seconds"])
            times = median / statistics.median(ours["seconds"])
            rows.append(
                (
                    question,
                    contender,
                    f"{answer['builds']:,}",
                    str(answer["stages"]),
                    f"{median * 1e3:,.1f}",
                    f"{min(answer['seconds']) * 1e3:,.1f}",
                    f"{min(answer['cpu_seconds']) * 1e3:,.1f}",
                    f"{times:,.3g}",
                )
            )
            if answer["answer"] != ours["answer"]:
                print(f"{contender} answers `{question}` otherwise", file=sys.stderr)
                agree = False
    print(table(rows, text_columns=2))
    return agree


def main() -> None:
    """Run the bench with the arguments of the command line."""
    parser = argparse.ArgumentParser(description="Measure how long the least rebuild takes.")
    parser.add_argument("--specs", type=int, default=1_000_000)
    parser.add_argument(
        "--networkx-specs",
        type=int,
        default=100_000,
        help="networkx takes part in a world of so many specs, as each 100,000 take it seconds",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender is None:
        print(describe(["specplan", "rustworkx", "networkx"]))
        small = min(arguments.specs, arguments.networkx_specs)
        agree = compare(arguments, small, CONTENDERS)
        if small < arguments.specs:
            agree = compare(arguments, arguments.specs, CONTENDERS[:2]) and agree
        sys.exit(not agree)
    world = draw(specs=arguments.specs, seed=arguments.seed)
    if arguments.contender == "specplan":
        with tempfile.TemporaryDirectory() as scratch:
            measurements = with_specplan(world, Path(scratch), arguments.seed, arguments.runs)
    else:
        is_rustworkx = arguments.contender == "rustworkx"
        contender = with_rustworkx if is_rustworkx else with_networkx
        measurements = contender(world, arguments.seed, arguments.runs)
    print(json.dumps({question: asdict(each) for question, each in measurements.items()}))


if __name__ == "__main__":
    main()
