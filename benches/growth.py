"""The growth of the cost of each question with the number of specs: CPU seconds and fitted power.

    python -m benches.growth --sizes 10000 30000 100000 300000 1000000 --picture benches/growth.svg

For each size, the same worlds are generated as for the other benches (package pages, an index,
locks with an index), and measured in a separate process. The minimum CPU time of the runs is shown,
of all cores together, which depends little on other work on the machine. The power is the slope of
the least-squares line through the logarithms: 1 is proportional to the specs. No answer is compared
here; the other benches do that.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from benches.index_inputs import write_index
from benches.inputs import Shape, write_tree
from benches.machine import describe, table
from benches.pages import peak_bytes
from benches.pictures import Line, growth_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMAND: Final = (sys.executable, "-m", "benches.growth")

#: The parts of the measurement, each a separate process.
PARTS: Final = ("pages", "index", "plans")


class Measured(TypedDict):
    """The CPU seconds of each run of each question, and the peak memory of the process."""

    seconds: dict[str, list[float]]
    peak_bytes: int


def main() -> None:
    """Measure every size and print one table."""
    parser = argparse.ArgumentParser(description="Measure how costs grow with the specs.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--picture", type=Path, help="draw the costs into this SVG")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part is not None:
        print(json.dumps(measure(given.part, given.sizes[0], given.runs)))
        return
    print(describe(["specplan"]))
    costs: dict[str, list[float]] = {}
    peaks: dict[str, list[float]] = {}
    for size in given.sizes:
        for part in PARTS:
            answer = subprocess.run(
                [*COMMAND, "--part", part, "--sizes", str(size), "--runs", str(given.runs)],
                check=True,
                stdout=subprocess.PIPE,
                cwd=Path(__file__).parents[1],
            )
            measured: Measured = json.loads(answer.stdout)
            peaks.setdefault(part, []).append(measured["peak_bytes"])
            for question, seconds in measured["seconds"].items():
                costs.setdefault(question, []).append(min(seconds))
    headings = ["CPU ms", *(f"{size:,}" for size in given.sizes), "power"]
    rows = [headings]
    rows += [
        [question, *(f"{1000 * each:,.1f}" for each in seconds), _power(given.sizes, seconds)]
        for question, seconds in costs.items()
    ]
    print(table(rows))
    print()
    rows = [["peak MB", *headings[1:]]]
    rows += [
        [part, *(f"{each / 1e6:,.0f}" for each in sizes), _power(given.sizes, sizes)]
        for part, sizes in peaks.items()
    ]
    print(table(rows))
    if given.picture is not None:
        lines = [Line(name=name, points=tuple(seconds)) for name, seconds in costs.items()]
        picture = growth_picture("CPU seconds by number of specs", given.sizes, lines)
        given.picture.write_text(picture, encoding="utf-8")


def measure(part: str, size: int, runs: int) -> Measured:
    """Measure a part in this very process."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if part == "pages":
            seconds = of_pages(folder, size, runs)
        elif part == "index":
            seconds = of_index(folder, size, runs)
        else:
            seconds = of_plans(folder, size, runs)
    return {"seconds": seconds, "peak_bytes": peak_bytes()}


def of_pages(folder: Path, size: int, runs: int) -> dict[str, list[float]]:
    """Measure questions to package pages, and to the catalog saved from them."""
    import specplan  # noqa: PLC0415 - a part's process holds nothing of the others

    tree, saved = folder / "tree", folder / "saved"
    write_tree(tree, Shape(specs=size, packages=max(min(size // 12, 10_000), 1), seed=1))
    catalog = specplan.load(tree)
    package = next(iter(catalog.select())).package
    asked: dict[str, Callable[[], object]] = {
        "read package pages": lambda: specplan.load(tree),
        "matrix": catalog.matrix,
        "gaps of all stacks": catalog.gaps,
        "find a package": lambda: catalog.find(package),
        "open a saved catalog": lambda: specplan.load(saved),
    }
    # A catalog keeps the data that it computes for its first question.
    catalog.gaps()
    catalog.find(package)
    measured = {"save a catalog": cpu_seconds(lambda: specplan.index(saved, tree), 1)}
    return measured | {question: cpu_seconds(ask, runs) for question, ask in asked.items()}


def of_index(folder: Path, size: int, runs: int) -> dict[str, list[float]]:
    """Measure the reading of an index."""
    import specplan  # noqa: PLC0415 - as above

    path = folder / "index.json"
    write_index(path, specs=size, seed=1)
    return {"read an index": cpu_seconds(lambda: specplan.load(f"bench={path}"), runs)}


def of_plans(folder: Path, size: int, runs: int) -> dict[str, list[float]]:
    """Measure the smallest rebuild from nothing, and after the change of a library."""
    from benches.plan_inputs import draw  # noqa: PLC0415 - as above
    from benches.plans import with_specplan  # noqa: PLC0415 - as above

    plans = with_specplan(draw(specs=size, seed=1), folder, 1, runs)
    return {f"plan, {question}": each.cpu_seconds for question, each in plans.items()}


def cpu_seconds(ask: Callable[[], object], runs: int) -> list[float]:
    """Return the CPU time of each run, on all cores together."""
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        ask()
        seconds.append(time.process_time() - start)
    return seconds


def _power(sizes: Sequence[int], costs: Sequence[float]) -> str:
    """Return the slope of the line through the logarithms, by least squares."""
    if len(sizes) < 2:  # noqa: PLR2004 - a line needs two points
        return "-"
    xs = [math.log(size) for size in sizes]
    ys = [math.log(max(cost, 1e-6)) for cost in costs]
    middle, mean = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - middle) * (y - mean) for x, y in zip(xs, ys, strict=True))
    return f"{above / sum((x - middle) ** 2 for x in xs):.2f}"


if __name__ == "__main__":
    main()
