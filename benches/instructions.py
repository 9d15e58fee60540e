"""The number of instructions of core paths, which shows regressions on any machine.

    python -m benches.instructions            compare with benches/instructions.json
    python -m benches.instructions --write    rewrite that file

Times are unreliable on a shared machine, and even more so across machines. Each path runs once and
then three times in a process under valgrind's callgrind, on one thread and with the same hashes
each time; half of the difference is the count of one run, without the interpreter's start and the
inputs. The exit code is 1 if a path takes over 3 % more than in the file. The counts depend on the
compiler that built the module: rewrite them when it changes, in a separate commit.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import specplan
from benches.index_inputs import write_index
from benches.inputs import Shape, write_tree
from benches.machine import describe, table

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT: Final = Path(__file__).with_name("instructions.json")

#: The inputs of real size that come with the project.
EXAMPLES: Final = Path(__file__).parents[1] / "examples" / "rebuild"
LOCK: Final = EXAMPLES / "2026-01" / "radiuss" / "spack.lock.gz"

#: The number of specs in the inputs, enough that the path dominates the count.
SPECS: Final = 5_000

#: The tolerated increase of a path.
TOLERANCE: Final = 0.03

#: The number of runs of a path in each of the two processes.
ONCE, OFTEN = 1, 3


def _read_pages(folder: Path) -> Callable[[], object]:
    return lambda: specplan.load(folder / "tree")


def _read_index(folder: Path) -> Callable[[], object]:
    return lambda: specplan.load(f"bench={folder / 'index.json'}")


def _check_hashes(folder: Path) -> Callable[[], object]:
    from specplan import _core  # noqa: PLC0415

    index = folder / "index.json"
    return lambda: _core.check_hashes(index, file_bytes=index.stat().st_size)


def _matrix(folder: Path) -> Callable[[], object]:
    return _read_pages(folder)().matrix  # type: ignore[attr-defined, no-any-return]


def _gaps(folder: Path) -> Callable[[], object]:
    return _read_pages(folder)().gaps  # type: ignore[attr-defined, no-any-return]


def _search(folder: Path) -> Callable[[], object]:
    catalog = _read_index(folder)()
    return lambda: catalog.query("package-1@1: +variant0")  # type: ignore[attr-defined]


def _rebuild(folder: Path) -> Callable[[], object]:
    del folder
    catalog = specplan.load(EXAMPLES / "mirror-2025-11.json.gz")
    return lambda: catalog.rebuild(want=os.fspath(LOCK))


def _read_lock(folder: Path) -> Callable[[], object]:
    del folder
    return lambda: specplan.load(LOCK)


def _open_saved(folder: Path) -> Callable[[], object]:
    return lambda: specplan.load(folder / "saved")


#: The paths, and their preparation.
PATHS: Final = {
    "read package pages": _read_pages,
    "read an index": _read_index,
    "read a lock": _read_lock,
    "open a saved catalog": _open_saved,
    "check the hashes of an index": _check_hashes,
    "matrix": _matrix,
    "gaps of all stacks": _gaps,
    "search an abstract spec": _search,
    "least rebuild": _rebuild,
}


def main() -> None:
    """Count all paths, print them, and compare or record them."""
    parser = argparse.ArgumentParser(description="Count the instructions of core paths.")
    parser.add_argument("--write", action="store_true", help="write the counts into the file")
    parser.add_argument("--path", choices=PATHS, help=argparse.SUPPRESS)
    parser.add_argument("--times", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--inputs", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.path is not None:
        ask = PATHS[given.path](given.inputs)
        # Data that is computed at the first question is computed before counting.
        ask()
        for _ in range(given.times):
            ask()
        return
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is missing: apt-get install valgrind")
    with tempfile.TemporaryDirectory() as scratch:
        inputs = Path(scratch)
        write_tree(inputs / "tree", Shape(specs=SPECS, packages=SPECS // 12, seed=1))
        write_index(inputs / "index.json", specs=SPECS, seed=1)
        specplan.index(inputs / "saved", inputs / "tree")
        counts = {path: instructions(path, inputs) for path in PATHS}
    kept: dict[str, int] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    print(describe(["specplan"]))
    rows = [["path", "million instructions", "before", "change"]]
    worse = []
    for path, count in counts.items():
        before = kept.get(path)
        change = None if before is None else count / before - 1
        if change is not None and change > TOLERANCE:
            worse.append(path)
        rows.append(
            [
                path,
                f"{count / 1e6:,.2f}",
                "-" if before is None else f"{before / 1e6:,.2f}",
                "-" if change is None else f"{change:+.1%}",
            ]
        )
    print(table(rows))
    if given.write:
        KEPT.write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")
    elif worse:
        sys.exit(f"more instructions than before: {', '.join(worse)}")


def instructions(path: str, inputs: Path) -> int:
    """Return the instructions of one run of a path."""
    once, often = (_counted(path, times, inputs) for times in (ONCE, OFTEN))
    return (often - once) // (OFTEN - ONCE)


def _counted(path: str, times: int, inputs: Path) -> int:
    """Return the instructions of a process that runs a path a number of times."""
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    bench = [sys.executable, "-m", "benches.instructions", "--path", path]
    ended = subprocess.run(
        [*valgrind, *bench, "--times", str(times), "--inputs", str(inputs)],
        env={
            **os.environ,
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "RAYON_NUM_THREADS": "1",
        },
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Collected : (\d+)", ended.stderr)
    if ended.returncode != 0 or found is None:
        sys.exit(f"{path}: {ended.stderr}")
    return int(found[1])


if __name__ == "__main__":
    main()
