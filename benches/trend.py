"""The cost of a trend over many large snapshots: CPU time and peak memory of one run.

    python -m benches.trend --specs 60000 --snapshots 100

Some snapshots are written as package pages (`--written`), and the run repeats them until it has the
requested number of steps: each step reads a snapshot from the page cache, queries it, and releases
it. The exit code is 1 if the run takes more than 60 seconds of CPU on all cores together, or more
than 2 GB.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benches.inputs import Shape, write_tree
from benches.machine import describe, table

#: The limits of a run.
MOST_SECONDS = 60
MOST_BYTES = 2 << 30


def main() -> None:
    """Write snapshots, run the command on them and print its cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--specs", type=int, default=60_000, help="specs of a snapshot")
    parser.add_argument("--packages", type=int, default=5_000)
    parser.add_argument("--snapshots", type=int, default=100, help="steps of the trend")
    parser.add_argument("--written", type=int, default=3, help="snapshots that are written")
    parser.add_argument("--stack", default="*")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="specplan-bench-") as folder:
        shape = Shape(specs=given.specs, packages=given.packages, snapshots=given.written, seed=1)
        written = write_tree(Path(folder), shape)
        places = [os.fspath(Path(folder, "_cache", tag)) for tag in written.tags]
        steps = [places[at % len(places)] for at in range(given.snapshots)]
        out = Path(folder, "trend.json")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        words = ["trend", *steps, "--stack", given.stack, "--no-config", "-o", os.fspath(out)]
        code = subprocess.run([sys.executable, "-m", "specplan", *words], check=False).returncode
        took = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if code not in {0, 1}:
            sys.exit(f"specplan ended with {code}")
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        peak = after.ru_maxrss * 1024
        print(describe(["specplan"]))
        print(f"{given.snapshots} snapshots of {written.specs // given.written} specs")
        print(
            table(
                [
                    ("run", "CPU s", "elapsed s", "peak MB", "document MB"),
                    (
                        "specplan trend",
                        f"{seconds:.1f}",
                        f"{took:.1f}",
                        f"{peak / 1e6:.0f}",
                        f"{out.stat().st_size / 1e6:.1f}",
                    ),
                ]
            )
        )
    sys.exit(seconds > MOST_SECONDS or peak > MOST_BYTES)


if __name__ == "__main__":
    main()
