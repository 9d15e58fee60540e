"""The time to read a tree of package pages, compared with PyYAML and orjson on the same bytes.

    python -m benches.pages --specs 60000 --packages 5000

- *specplan* reads the tree into a catalog that answers questions (`specplan.load`);
- *reading only* passes the files through `find` and `xargs` to one `cat` per core, a lower bound
  for every reader;
- *PyYAML* (its C loader) makes Python objects from each page's front matter, no more;
- *orjson* makes Python objects from the two JSON values of each page, no more.

Each finds and opens the files itself, in a separate process, whose peak memory is shown too; the
contenders take turns. If specplan reads with all cores, a second row shows it on one core, like the
others. Their garbage collector is off, which is their best case, because they keep all objects, as
a catalog must. The files are in the page cache. Afterwards each counts pages, specs, and specs by
stack; if the counts differ, the exit code is 1.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from benches.inputs import UNION_INDEX, Shape, write_tree
from benches.machine import READING, describe, reading_row, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import specplan

#: A page as Python objects, by the keys of its front matter.
Page: TypeAlias = dict[str, Any]

#: The command that opens and reads the files, and does nothing with them.
READING_ONLY: Final = "reading only"

#: The contenders, with the environment variables of their processes.
CONTENDERS: dict[str, dict[str, str]] = {
    "specplan": {},
    "specplan, one thread": {"RAYON_NUM_THREADS": "1"},
    "orjson": {},
    "PyYAML": {},
    READING_ONLY: {},
}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The counts of a contender, without the union index, which is not a stack."""

    pages: int
    specs: int
    specs_by_stack: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One reading of a tree: its time, the process's peak memory, and the counts."""

    seconds: float
    peak_bytes: int
    counts: Counts


def page_paths(tree: Path, every: int) -> Iterator[Path]:
    """Return the pages of a tree in a fixed order, or one in `every` of them."""
    found = 0
    for folder, folders, files in os.walk(tree):
        folders.sort()
        if "specs.md" in files:
            if found % every == 0:
                yield Path(folder, "specs.md")
            found += 1


def read_by_pyyaml(tree: Path, every: int) -> list[Page]:
    """Make Python objects from each page's front matter with PyYAML's C loader."""
    import yaml  # noqa: PLC0415 - a contender's process holds nothing of the others

    pages = []
    for path in page_paths(tree, every):
        front_matter = path.read_bytes().removeprefix(b"---\n").removesuffix(b"\n---")
        pages.append(yaml.load(front_matter, Loader=yaml.CSafeLoader))
    return pages


def read_by_orjson(tree: Path, every: int) -> list[Page]:
    """Make Python objects from the two JSON values of each page with orjson."""
    import orjson  # noqa: PLC0415 - a contender's process holds nothing of the others

    pages = []
    for path in page_paths(tree, every):
        page = {}
        for line in path.read_bytes().split(b"\n"):
            key, _, value = line.partition(b": ")
            if key in {b"meta", b"spec_details"}:
                page[key.decode("ascii")] = orjson.loads(value)
        pages.append(page)
    return pages


def count_in_pages(pages: Sequence[Page]) -> Counts:
    """Count the content of Python objects."""
    hashes = set()
    by_stack: Counter[str] = Counter()
    for page in pages:
        for entry in page["spec_details"]:
            hashes.add(entry["hash"])
            by_stack.update(entry["stacks"])
    del by_stack[UNION_INDEX]
    return Counts(
        pages=len(pages), specs=len(hashes), specs_by_stack=dict(sorted(by_stack.items()))
    )


def count_in_catalog(catalog: specplan.Catalog) -> Counts:
    """Count the content of specplan's catalog."""
    by_stack = {stack: catalog.select(stack=stack).count() for stack in catalog.stacks()}
    return Counts(pages=catalog.check().files, specs=len(catalog), specs_by_stack=by_stack)


def measure_pages(read: Callable[[Path, int], list[Page]], tree: Path, every: int) -> Measurement:
    """Measure a contender that makes Python objects."""
    gc.disable()
    # Imports are not part of reading: one page loads the contender before the clock starts.
    read(tree, sys.maxsize)
    start = time.perf_counter()
    pages = read(tree, every)
    seconds = time.perf_counter() - start
    return Measurement(seconds=seconds, peak_bytes=peak_bytes(), counts=count_in_pages(pages))


def measure_specplan(tree: Path) -> Measurement:
    """Measure specplan."""
    import specplan  # noqa: PLC0415 - a contender's process holds nothing of the others

    # Imports are not part of reading here either, and some happen at the first load.
    specplan.load(*page_paths(tree, sys.maxsize))
    start = time.perf_counter()
    catalog = specplan.load(tree)
    seconds = time.perf_counter() - start
    return Measurement(seconds=seconds, peak_bytes=peak_bytes(), counts=count_in_catalog(catalog))


def measure_reading_only(tree: Path) -> Measurement:
    """Measure the time to open and read the files."""
    find = ["find", str(tree), "-name", "specs.md", "-print0"]
    cat = ["xargs", "-0", "-n", "250", "-P", str(os.cpu_count() or 1), "cat"]
    start = time.perf_counter()
    with subprocess.Popen(find, stdout=subprocess.PIPE) as found:
        subprocess.run(cat, stdin=found.stdout, stdout=subprocess.DEVNULL, check=True)
    seconds = time.perf_counter() - start
    peak = peak_bytes()
    counts = count_in_pages(read_by_orjson(tree, 1))
    return Measurement(seconds=seconds, peak_bytes=peak, counts=counts)


def peak_bytes() -> int:
    """Return the peak memory of this process."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def measure_here(contender: str, tree: Path, every: int) -> Measurement:
    """Measure a contender in this very process."""
    if contender == "PyYAML":
        return measure_pages(read_by_pyyaml, tree, every)
    if contender == READING_ONLY:
        return measure_reading_only(tree)
    if contender == "orjson":
        return measure_pages(read_by_orjson, tree, every)
    return measure_specplan(tree)


def measure(contender: str, tree: Path, *, every: int = 1) -> Measurement:
    """Measure a contender in a separate process."""
    command = [sys.executable, "-m", "benches.pages"]
    command += ["--tree", str(tree), "--contender", contender, "--pyyaml-reads-one-in", str(every)]
    answer = subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        env=os.environ | CONTENDERS[contender],
    )
    told = json.loads(answer.stdout)
    return Measurement(**told | {"counts": Counts(**told["counts"])})


def compare(tree: Path, *, runs: int, pyyaml_reads_one_in: int) -> bool:
    """Measure all contenders in turn, print the results, and return whether they agree."""
    every = dict.fromkeys(CONTENDERS, 1) | {"PyYAML": pyyaml_reads_one_in}
    # Reading everything once puts the files into the page cache for the first contender.
    size_bytes = sum(len(path.read_bytes()) for path in page_paths(tree, 1))
    measured: dict[str, list[Measurement]] = {contender: [] for contender in CONTENDERS}
    for _ in range(runs):
        for contender, measurements in measured.items():
            measurements.append(measure(contender, tree, every=every[contender]))

    expected = {one_in: count_in_pages(read_by_orjson(tree, one_in)) for one_in in every.values()}
    counts = expected[1]
    print(
        f"{counts.pages:,} pages, {counts.specs:,} specs, {len(counts.specs_by_stack)} stacks,"
        f" {size_bytes / 1e6:,.1f} MB, {runs} runs"
    )
    seconds = {
        contender: [each.seconds * every[contender] for each in measurements]
        for contender, measurements in measured.items()
    }
    rows = [["reader", *READING]]
    rows += [
        reading_row(
            contender + ("*" if every[contender] > 1 else ""),
            seconds[contender],
            reference=seconds["specplan"],
            size_bytes=size_bytes,
            peaks_bytes=[each.peak_bytes for each in measurements],
            digits=1,
        )
        for contender, measurements in measured.items()
    ]
    print(table(rows))
    if pyyaml_reads_one_in > 1:
        print(
            f"* PyYAML read one page in {pyyaml_reads_one_in}; its times are multiplied by that,"
            " its memory is not"
        )
    agree = True
    for contender, measurements in measured.items():
        if any(each.counts != expected[every[contender]] for each in measurements):
            print(f"{contender} counts otherwise than orjson", file=sys.stderr)
            agree = False
    if agree:
        print("all counted the same pages, specs, and specs of each stack")
    return agree


def main() -> None:
    """Run the bench with the arguments of the command line."""
    parser = argparse.ArgumentParser(
        description="Measure how long a tree of package pages takes to read."
    )
    parser.add_argument("--specs", type=int, default=60_000)
    parser.add_argument("--packages", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tree", type=Path, help="read this instead of writing one; one snapshot")
    parser.add_argument(
        "--pyyaml-reads-one-in",
        type=int,
        default=1,
        metavar="N",
        help="at large sizes PyYAML takes minutes: let it read one page in N, and say so",
    )
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    every = arguments.pyyaml_reads_one_in
    if arguments.contender is not None:
        print(json.dumps(asdict(measure_here(arguments.contender, arguments.tree, every))))
        return
    print(describe(["specplan", "orjson", "PyYAML"]))
    with tempfile.TemporaryDirectory() as scratch:
        tree = arguments.tree
        if tree is None:
            tree = Path(scratch)
            write_tree(
                tree,
                Shape(specs=arguments.specs, packages=arguments.packages, seed=arguments.seed),
            )
        agree = compare(tree, runs=arguments.runs, pyyaml_reads_one_in=every)
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
