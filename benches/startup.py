"""The CPU time of starting the command, as a multiple of importing click.

    python -m benches.startup --runs 21

Each round runs all contenders once, one after the other, in the folder of the examples; the medians
of their CPU seconds (user and system) and of the ratio to click in the same round are shown.
Bytecode is cached in a separate folder, as for an installed package.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benches.machine import describe, table

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"

COMMAND = [sys.executable, "-c", "import sys; from specplan.cli import main; sys.exit(main())"]

CONTENDERS: dict[str, list[str]] = {
    "import click": [sys.executable, "-c", "import click"],
    "import specplan": [sys.executable, "-c", "import specplan"],
    "specplan --help": [*COMMAND, "--help"],
    "specplan --version": [*COMMAND, "--version"],
    "specplan gaps --help": [*COMMAND, "gaps", "--help"],
    "specplan gaps --stack e4s": [*COMMAND, "gaps", "--stack", "e4s"],
}


def cpu(words: list[str], environment: dict[str, str]) -> float:
    """Return the CPU seconds of a run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, cwd=EXAMPLES, env=environment, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure all contenders and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for words in CONTENDERS.values():
            cpu(words, environment)
        rounds = [
            {name: cpu(words, environment) for name, words in CONTENDERS.items()}
            for _ in range(runs)
        ]
    print(describe(["specplan", "click"]))
    rows = [["contender", "CPU", "times click"]]
    for name in CONTENDERS:
        seconds = statistics.median(each[name] for each in rounds)
        ratio = statistics.median(each[name] / each["import click"] for each in rounds)
        rows.append([name, f"{1000 * seconds:.0f} ms", f"{ratio:.2f}"])
    print(table(rows))


if __name__ == "__main__":
    main()
