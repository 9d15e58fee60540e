"""The time to read a build cache index, compared with orjson on the same bytes.

    python -m benches.indexes --specs 100000

- *specplan* opens and reads the file into a catalog with its dependencies resolved, and
  builds the cells of its stacks;
- *orjson* only makes Python objects from bytes that are already in memory.

Each runs in a separate process, whose peak memory is shown too, and they take turns. orjson's
garbage collector is off, which is its best case; the file is in the page cache. Afterwards both
count specs, binaries and dependencies; if the counts differ, the exit code is 1.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benches.index_inputs import write_index
from benches.machine import READING, describe, reading_row, table
from benches.pages import peak_bytes

#: The contenders, with the environment variables of their processes.
CONTENDERS: dict[str, dict[str, str]] = {
    "specplan": {},
    "specplan, one thread": {"RAYON_NUM_THREADS": "1"},
    "orjson": {},
}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The counts of a contender."""

    specs: int
    binaries: int
    by_package: int


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One reading: its time, the process's peak memory, and the counts."""

    seconds: float
    peak_bytes: int
    counts: Counts


def measure_orjson(path: Path) -> Measurement:
    """Measure orjson, which does not open the file."""
    import orjson  # noqa: PLC0415 - a contender's process holds nothing of the others

    text = path.read_bytes()
    gc.disable()
    start = time.perf_counter()
    document = orjson.loads(text)
    seconds = time.perf_counter() - start
    peak = peak_bytes()
    records = document["database"]["installs"].values()
    counts = Counts(
        specs=len(records),
        binaries=sum(record["in_buildcache"] for record in records),
        by_package=len({record["spec"]["name"] for record in records}),
    )
    return Measurement(seconds=seconds, peak_bytes=peak, counts=counts)


def measure_specplan(path: Path) -> Measurement:
    """Measure specplan."""
    import specplan  # noqa: PLC0415 - a contender's process holds nothing of the others

    with tempfile.TemporaryDirectory() as scratch:
        # Imports are not part of reading, and some happen at the first load.
        small = Path(scratch, "index.json")
        write_index(small, specs=10, seed=0)
        specplan.load(f"bench={small}")
    start = time.perf_counter()
    catalog = specplan.load(f"bench={path}")
    catalog.matrix(level="hash")
    seconds = time.perf_counter() - start
    peak = peak_bytes()
    specs = list(catalog.select())
    counts = Counts(
        specs=len(specs),
        binaries=sum(spec.available for spec in specs),
        by_package=len({spec.package for spec in specs}),
    )
    return Measurement(seconds=seconds, peak_bytes=peak, counts=counts)


def measure(contender: str, path: Path) -> Measurement:
    """Measure a contender in a separate process."""
    command = [sys.executable, "-m", "benches.indexes", "--index", str(path)]
    answer = subprocess.run(
        [*command, "--contender", contender],
        check=True,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        env=os.environ | CONTENDERS[contender],
    )
    told = json.loads(answer.stdout)
    return Measurement(**told | {"counts": Counts(**told["counts"])})


def compare(path: Path, *, runs: int) -> bool:
    """Measure all contenders in turn, print the results, and return whether they agree."""
    # Not read here: a process inherits the peak of its parent.
    size_bytes = path.stat().st_size
    measured: dict[str, list[Measurement]] = {contender: [] for contender in CONTENDERS}
    for _ in range(runs):
        for contender, measurements in measured.items():
            measurements.append(measure(contender, path))
    counts = measured["orjson"][0].counts
    print(f"{counts.specs:,} specs, {size_bytes / 1e6:,.1f} MB, {runs} runs")
    seconds = {
        contender: [each.seconds for each in measurements]
        for contender, measurements in measured.items()
    }
    rows = [["reader", *READING]]
    rows += [
        reading_row(
            contender,
            seconds[contender],
            reference=seconds["specplan"],
            size_bytes=size_bytes,
            peaks_bytes=[each.peak_bytes for each in measurements],
        )
        for contender, measurements in measured.items()
    ]
    print(table(rows))
    agree = True
    for contender, measurements in measured.items():
        if any(each.counts != counts for each in measurements):
            print(f"{contender} counts otherwise than orjson", file=sys.stderr)
            agree = False
    if agree:
        print("all counted the same specs, binaries and packages")
    return agree


def main() -> None:
    """Run the bench with the arguments of the command line."""
    parser = argparse.ArgumentParser(description="Measure how long an index takes to read.")
    parser.add_argument("--specs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--index", type=Path, help="read this instead of writing one")
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender is not None:
        is_orjson = arguments.contender == "orjson"
        measurement = (measure_orjson if is_orjson else measure_specplan)(arguments.index)
        print(json.dumps(asdict(measurement)))
        return
    print(describe(["specplan", "orjson"]))
    with tempfile.TemporaryDirectory() as scratch:
        path = arguments.index
        if path is None:
            path = Path(scratch, "index.json")
            write_index(path, specs=arguments.specs, seed=arguments.seed)
        agree = compare(path, runs=arguments.runs)
    sys.exit(not agree)


if __name__ == "__main__":
    main()
