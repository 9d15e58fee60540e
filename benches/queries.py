"""The time for abstract specs in a large catalog, compared with Spack's answers.

    python -m benches.queries --specs 100000 --queries 1000

- *in one call* is the cost of environment wants: every abstract spec is matched against all
  binaries, on all cores, and counted in each cell;
- *in one call, one thread* is the same without the other cores;
- *find, one by one* is ``Catalog.query`` for each, which also makes records of the found specs.

The catalog contains copies of the specs of real locks (see ``query_inputs``); the queries are drawn
from ``tests/data/oracle``. The specs that satisfy each query are compared with Spack's answers for
the originals, copy by copy; if they differ, the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benches.machine import describe, table
from benches.query_inputs import copied, questions, write_copies

if TYPE_CHECKING:
    from specplan import Catalog

#: The maximum number of missing specs that are named for a root, as in reports.
NAMED = 20

#: The contenders, with the environment variables of their processes.
CONTENDERS: dict[str, dict[str, str]] = {
    "in one call": {},
    "in one call, one thread": {"RAYON_NUM_THREADS": "1"},
    "find, one by one": {},
}


def question(catalog: Catalog, specs: list[str]) -> Any:
    """Return the question about all abstract specs on all systems."""
    from specplan import _core  # noqa: PLC0415 - a contender's process holds nothing of the others

    positions = list(range(len(specs)))
    core = catalog._core  # noqa: SLF001 - the compiled question itself is measured
    return {
        "state": catalog._state(None),  # noqa: SLF001
        "specs": specs,
        "clauses": [[] for _ in specs],
        "cells": [(*system, positions) for system in core.systems()],
        "compat": "exact",
        "operating_systems": _core.OperatingSystems([]),
        "detail": "cells",
    }


def measure_here(contender: str, path: Path, queries: int, seed: int) -> float:
    """Return the seconds that a contender takes with a loaded catalog."""
    import specplan  # noqa: PLC0415

    specs = [each.spec for each in questions(queries, seed)]
    catalog = specplan.load(path)
    # The texts of a catalog are parsed at its first question, as its cells are built.
    catalog.find("zlib-ng")
    asked = question(catalog, specs)
    core = catalog._core  # noqa: SLF001
    core.abstract_coverage(asked | {"specs": specs[:1], "clauses": [[]], "cells": []}, NAMED)
    start = time.perf_counter()
    if contender == "find, one by one":
        for spec in specs:
            catalog.query(spec)
    else:
        core.abstract_coverage(asked, NAMED)
    return time.perf_counter() - start


def measure(contender: str, path: Path, queries: int, seed: int) -> float:
    """Measure a contender in a separate process."""
    words = ["--index", str(path), "--queries", str(queries), "--seed", str(seed)]
    answer = subprocess.run(
        [sys.executable, "-m", "benches.queries", *words, "--contender", contender],
        check=True,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        env=os.environ | CONTENDERS[contender],
    )
    seconds: float = json.loads(answer.stdout)
    return seconds


def differing(path: Path, copies: int, queries: int, seed: int) -> tuple[int, list[str]]:
    """Return the number of specs that satisfy the queries, and those that Spack contradicts."""
    import specplan  # noqa: PLC0415

    catalog = specplan.load(path)
    asked = questions(queries, seed)
    known = question(catalog, [each.spec for each in asked])
    met = catalog._core.met(known)  # noqa: SLF001
    available = {spec.hash for spec in catalog.select() if spec.available}
    answers, differ = 0, []
    for at, each in enumerate(asked):
        found = {dag_hash for cell in met for dag_hash in cell[at].exact}
        expected = {
            copied(dag_hash, copy) for dag_hash in each.satisfied_by for copy in range(copies)
        }
        answers += len(found)
        if found != expected & available or any(cell[at].unknown for cell in met):
            differ.append(each.spec)
    return answers, differ


def compare(path: Path, copies: int, *, queries: int, seed: int, runs: int) -> bool:
    """Measure all contenders in turn, print the results, and return whether Spack agrees."""
    answers, differ = differing(path, copies, queries, seed)
    seconds: dict[str, list[float]] = {contender: [] for contender in CONTENDERS}
    for _ in range(runs):
        for contender, measured in seconds.items():
            measured.append(measure(contender, path, queries, seed))
    print(f"{queries:,} queries, {copies} copies, {answers:,} answers, {runs} runs")
    rows = [["how", "median s", "min s", "max s", "ms a query"]]
    for contender, measured in seconds.items():
        median = statistics.median(measured)
        rows.append(
            [
                contender,
                f"{median:.3f}",
                f"{min(measured):.3f}",
                f"{max(measured):.3f}",
                f"{1000 * median / queries:.2f}",
            ]
        )
    print(table(rows))
    for spec in differ:
        print(f"Spack answers otherwise: {spec}", file=sys.stderr)
    if not differ:
        print("all answers are those of Spack")
    return not differ


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--specs", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--index", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender is not None:
        seconds = measure_here(
            arguments.contender, arguments.index, arguments.queries, arguments.seed
        )
        print(json.dumps(seconds))
        return 0
    print(describe(["specplan"]))
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "index.json")
        copies = write_copies(path, specs=arguments.specs)
        agree = compare(
            path,
            copies,
            queries=arguments.queries,
            seed=arguments.seed,
            runs=arguments.runs,
        )
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
