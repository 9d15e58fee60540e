"""The time to check an index, compared with a plain Python script that does the same.

    python -m benches.checks --specs 60000 100000

- *specplan check* loads the index and lists all its faults: hashes, edges, missing specs, cycles,
  contents, platforms;
- *specplan, hashes* only compares the hashes with their content;
- *Python* parses the file with orjson, hashes every record again, and walks from specs without a
  binary to all binaries that they break; it checks nothing else.

One in a thousand specs has a wrong hash and one in a hundred has no binary. Each runs in a separate
process, whose peak memory is shown too, and they take turns; imports are not timed, and the file is
in the page cache. Afterwards the findings are compared; if they differ, the exit code is 1.
"""

from __future__ import annotations

import argparse
import base64
import gc
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benches.index_inputs import Faults, write_index
from benches.machine import READING, describe, reading_row, table
from benches.pages import peak_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTS = Faults(absent_one_in=100, changed_one_in=1000)


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One check: its time, the process's peak memory, and its findings.

    Attributes:
        seconds: Its duration.
        peak_bytes: The peak memory of the process.
        hashes: The number of recomputed hashes.
        wrong: The number of wrong ones.
        usable: The number of binaries that install from the cache alone; -1 if not computed.
    """

    seconds: float
    peak_bytes: int
    hashes: int
    wrong: int
    usable: int


def measure_check(path: Path) -> Measurement:
    """Measure `check` as a whole."""
    import specplan  # noqa: PLC0415 - a contender's process holds nothing of the others

    _small(lambda small: specplan.load(str(small)).check())
    start = time.perf_counter()
    found = specplan.load(str(path)).check()
    seconds = time.perf_counter() - start
    peak = peak_bytes()
    return Measurement(
        seconds=seconds,
        peak_bytes=peak,
        hashes=found.hashes.recomputed,
        wrong=dict(found.counts()).get("wrong-hash", 0),
        usable=found.binaries.usable if found.binaries is not None else -1,
    )


def measure_hashes(path: Path) -> Measurement:
    """Measure the hashes alone."""
    from specplan import _core  # noqa: PLC0415 - as above

    limit = path.stat().st_size
    _small(lambda small: _core.check_hashes(small, file_bytes=limit))
    start = time.perf_counter()
    held = _core.check_hashes(path, file_bytes=limit)
    seconds = time.perf_counter() - start
    if held.fault is not None:
        raise SystemExit(f"{path}: {held.fault.fault}")
    return Measurement(
        seconds=seconds,
        peak_bytes=peak_bytes(),
        hashes=held.recomputed,
        wrong=len(held.wrong),
        usable=-1,
    )


def _small(check: Callable[[Path], object]) -> None:
    """Check something small, because some modules are only loaded on first use."""
    with tempfile.TemporaryDirectory() as scratch:
        small = Path(scratch, "index.json")
        write_index(small, specs=10, seed=0, faults=FAULTS)
        check(small)


def measure_python(path: Path) -> Measurement:
    """Measure a script."""
    import orjson  # noqa: PLC0415 - as above

    gc.disable()
    start = time.perf_counter()
    records = orjson.loads(path.read_bytes())["database"]["installs"]
    wrong = 0
    for dag_hash, record in records.items():
        content = {key: value for key, value in record["spec"].items() if key != "hash"}
        digest = hashlib.sha1(orjson.dumps(content), usedforsecurity=False).digest()
        wrong += base64.b32encode(digest).decode().lower() != dag_hash
    dependents: dict[str, list[str]] = {}
    for dag_hash, record in records.items():
        for edge in record["spec"]["dependencies"]:
            if not {"link", "run"}.isdisjoint(edge["parameters"]["deptypes"]):
                dependents.setdefault(edge["hash"], []).append(dag_hash)
    waiting = [each for each, record in records.items() if not record["in_buildcache"]]
    broken = {*waiting}
    while waiting:
        for dependent in dependents.get(waiting.pop(), ()):
            if dependent not in broken:
                broken.add(dependent)
                waiting.append(dependent)
    usable = sum(record["in_buildcache"] and each not in broken for each, record in records.items())
    seconds = time.perf_counter() - start
    return Measurement(
        seconds=seconds, peak_bytes=peak_bytes(), hashes=len(records), wrong=wrong, usable=usable
    )


CONTENDERS = {
    "specplan check": measure_check,
    "specplan, hashes": measure_hashes,
    "Python": measure_python,
}


def measure(contender: str, path: Path) -> Measurement:
    """Measure a contender in a separate process."""
    command = [sys.executable, "-m", "benches.checks", "--index", str(path)]
    answer = subprocess.run(
        [*command, "--contender", contender],
        check=True,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )
    return Measurement(**json.loads(answer.stdout))


def compare(path: Path, *, specs: int, runs: int) -> bool:
    """Measure all contenders in turn, print the results, and return whether they agree."""
    # Not read here: a process inherits the peak of its parent.
    size_bytes = path.stat().st_size
    measured: dict[str, list[Measurement]] = {contender: [] for contender in CONTENDERS}
    for _ in range(runs):
        for contender, measurements in measured.items():
            measurements.append(measure(contender, path))
    reference = measured["Python"][0]
    print(
        f"{specs:,} specs, {size_bytes / 1e6:,.1f} MB, {reference.wrong:,} wrong hashes, "
        f"{reference.usable:,} usable binaries, {runs} runs"
    )
    seconds = {
        contender: [each.seconds for each in measurements]
        for contender, measurements in measured.items()
    }
    rows = [["who", *READING]]
    rows += [
        reading_row(
            contender,
            seconds[contender],
            reference=seconds["specplan check"],
            size_bytes=size_bytes,
            peaks_bytes=[each.peak_bytes for each in measurements],
        )
        for contender, measurements in measured.items()
    ]
    print(table(rows))
    agree = True
    for contender, measurements in measured.items():
        for each in measurements:
            same_hashes = (each.hashes, each.wrong) == (reference.hashes, reference.wrong)
            if not same_hashes or each.usable not in {-1, reference.usable}:
                print(f"{contender} found otherwise than the script", file=sys.stderr)
                agree = False
    if agree:
        print("all found the same wrong hashes and the same usable binaries")
    return agree


def main() -> None:
    """Run the bench with the arguments of the command line."""
    parser = argparse.ArgumentParser(description="Measure how long it takes to check an index.")
    parser.add_argument("--specs", type=int, nargs="+", default=[60_000, 100_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--index", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender is not None:
        print(json.dumps(asdict(CONTENDERS[arguments.contender](arguments.index))))
        return
    print(describe(["specplan", "orjson"]))
    agree = True
    with tempfile.TemporaryDirectory() as scratch:
        for specs in arguments.specs:
            path = Path(scratch, f"{specs}.json")
            write_index(path, specs=specs, seed=arguments.seed, faults=FAULTS)
            agree &= compare(path, specs=specs, runs=arguments.runs)
            path.unlink()
    sys.exit(not agree)


if __name__ == "__main__":
    main()
