"""Run every bench, and record the results.

    python -m benches.all                              at full size, into benches/RESULTS.md
    python -m benches.all --quick                      at small sizes, to show that they work
    python -m benches.all --only indexes coverage      some of them; the others keep their results

Each bench runs in a separate process, one after the other, and prints its measurements; nothing
else may run on the machine meanwhile. Results are stored in `target/benches` as they arrive, so
that a run can be split, and the page is written from the stored ones. The exit code is 1 if a bench
found different answers, or could not run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benches.aims import AIMS, Verdict, judged
from benches.machine import table

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BENCHES", "Bench", "main"]

ROOT: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A bench and its arguments.

    Attributes:
        name: Its module in this folder, with a suffix after ``-`` if it runs twice.
        title: Its title.
        full: Its arguments at full size.
        quick: Its arguments at small sizes, which take about a second; None if it has none.
        needs: The modules that it imports besides those of the product.
    """

    name: str
    title: str
    full: str
    quick: str | None
    needs: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """Its module."""
        return f"benches.{self.name.partition('-')[0]}"


BENCHES: Final = (
    Bench(
        name="pages",
        title="Reading package pages",
        full="--specs 60000 --packages 5000 --runs 5",
        quick="--specs 600 --packages 60 --runs 1",
    ),
    Bench(
        name="indexes",
        title="Reading an index",
        full="--specs 100000 --runs 5",
        quick="--specs 600 --runs 1",
    ),
    Bench(
        name="checks",
        title="Checking an index",
        full="--specs 100000 --runs 3",
        quick="--specs 600 --runs 1",
    ),
    Bench(
        name="coverage",
        title="Coverage and gaps",
        full="--specs 1000000",
        quick="--specs 2000 --packages 200 --queries 5 --runs 1",
        needs=("polars", "pyroaring"),
    ),
    Bench(
        name="queries",
        title="Abstract specs",
        full="--specs 100000",
        quick="--specs 1000 --queries 50 --runs 1",
    ),
    Bench(
        name="plans",
        title="The least rebuild",
        full="--specs 1000000 --runs 3",
        quick="--specs 2000 --networkx-specs 1000 --runs 1",
        needs=("networkx", "rustworkx"),
    ),
    Bench(
        name="schedules",
        title="Schedules",
        full="--specs 100000 --runners 64",
        quick="--specs 1000 --runs 1",
        needs=("networkx",),
    ),
    Bench(
        name="budgets",
        title="Budgets",
        full="--specs 300 1000 --seconds 60",
        quick="--specs 60 --seconds 0.3",
        needs=("highspy",),
    ),
    Bench(
        name="choices",
        title="Choices of least cost",
        full="--largest 3000 --time-limit 20",
        quick="--largest 30 --time-limit 1",
        needs=("highspy",),
    ),
    Bench(
        name="exports",
        title="Exporting plans",
        full="--builds 20000",
        quick="--builds 200",
    ),
    Bench(
        name="trend",
        title="Coverage over snapshots",
        full="--specs 60000 --snapshots 100",
        quick="--specs 600 --packages 60 --snapshots 3 --written 2",
    ),
    Bench(
        name="startup",
        title="Starting",
        full="--runs 21",
        quick="--runs 1",
    ),
    Bench(
        name="growth",
        title="Growth",
        full="--sizes 10000 30000 100000 300000 1000000 --picture benches/growth.svg",
        quick="--sizes 300 600 --runs 1",
        needs=("networkx", "rustworkx"),
    ),
    Bench(
        name="instructions",
        title="Instructions of core paths",
        full="",
        # Under valgrind, which not every machine has, each path takes half a minute.
        quick=None,
    ),
)


def main() -> None:
    """Run the benches on the command line."""
    parser = argparse.ArgumentParser(description="Run every bench and write down what came out.")
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is written")
    names = [bench.name for bench in BENCHES]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="BENCH")
    parser.add_argument("--results", type=Path, default=ROOT / "benches" / "RESULTS.md")
    parser.add_argument("--kept", type=Path, default=ROOT / "target" / "benches")
    given = parser.parse_args()
    failed = []
    for bench in BENCHES:
        words = bench.quick if given.quick else bench.full
        if bench.name not in given.only or words is None:
            continue
        result = run(bench, words.split())
        if result.code != 0:
            failed.append(bench.name)
        if not given.quick:
            given.kept.mkdir(parents=True, exist_ok=True)
            kept = given.kept / f"{bench.name}.json"
            kept.write_text(json.dumps(vars(result)), encoding="utf-8")
    if not given.quick:
        results = {
            bench.name: Result(**json.loads(kept.read_text(encoding="utf-8")))
            for bench in BENCHES
            if (kept := given.kept / f"{bench.name}.json").exists()
        }
        given.results.write_text(page(results), encoding="utf-8")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


@dataclass(frozen=True, kw_only=True)
class Result:
    """The output of a bench.

    Attributes:
        output: All of it.
        code: Its exit code.
        seconds: Its duration, including the creation of its inputs.
        load: The load average of the last minute when it started.
    """

    output: str
    code: int
    seconds: float
    load: float


def run(bench: Bench, words: Sequence[str]) -> Result:
    """Run a bench with some arguments, and show what it prints."""
    print(f"\n{bench.module} {' '.join(words)}", flush=True)
    load = os.getloadavg()[0]
    start = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-m", bench.module, *words],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=ROOT,
    )
    print(ended.stdout, end="", flush=True)
    return Result(
        output=ended.stdout,
        code=ended.returncode,
        seconds=time.perf_counter() - start,
        load=load,
    )


def page(results: dict[str, Result]) -> str:
    """Return the page of all results."""
    parts = [
        "# Results of the benches",
        "`make bench-all` writes this page; [BENCHMARKS.md](BENCHMARKS.md) has the details.",
        "```text\n" + "\n".join(_machines(results)) + "\n```",
        "## Aims",
        _aims({name: result.output for name, result in results.items()}),
    ]
    for bench in BENCHES:
        result = results.get(bench.name)
        if result is None:
            continue
        command = f"python -m {bench.module} {bench.full}".rstrip()
        lines = [line for line in result.output.splitlines() if not _is_of_machine(line)]
        parts += [
            f"## {bench.title}",
            f"    {command}\n\nLoad of the machine at the start: {result.load:.1f}.",
            "```text\n" + "\n".join(lines).strip() + "\n```",
        ]
        if "--picture" in bench.full:
            parts.append("![CPU seconds by number of specs](growth.svg)")
        if result.code != 0:
            parts.append(f"It ended with exit code {result.code}.")
    return "\n\n".join(parts) + "\n"


def _aims(outputs: dict[str, str]) -> str:
    judgements = [judged(aim, outputs) for aim in AIMS]
    missed = [each for each in judgements if each.verdict is Verdict.MISSED]
    rows = [["what", "aim", "measured", "verdict"]]
    rows += [
        [each.aim.what, each.aim.text, each.measured, each.verdict.value] for each in judgements
    ]
    said = f"{len(missed)} of {len(AIMS)} aims are missed." if missed else "No aim is missed."
    return f"{said}\n\n```text\n{table(rows, text_columns=4)}\n```"


def _machines(results: dict[str, Result]) -> list[str]:
    """Return the lines about the machine, and all versions, each once."""
    lines = [line for result in results.values() for line in result.output.splitlines()]
    machines = dict.fromkeys(line for line in lines if line.startswith("machine: "))
    versions = dict.fromkeys(
        version
        for line in lines
        if line.startswith("versions: ")
        for version in line.removeprefix("versions: ").split(", ")
    )
    return [*machines, f"versions: {', '.join(versions)}"]


def _is_of_machine(line: str) -> bool:
    return line.startswith(("machine: ", "versions: ", "Running HiGHS", "Includes third-party"))


if __name__ == "__main__":
    main()
