"""The time for coverage and gaps, compared with Polars and roaring bitmaps on the same listings.

    python -m benches.coverage --specs 1000000

asks three questions of one snapshot, at level `package` with families as peers:

- *matrix*: the numbers of wanted and of covered packages in each cell;
- *gap counts*: a hundred times, for a random stack, the number of gaps in each of its cells;
- *gap keys*: the same, with the name of each missing package as a Python string.

The data of each contender before the clock starts:

- *specplan*: the catalog, as `specplan.load` makes it; the same one answers at other
  levels, with other peers and for other systems;
- *Polars*: a DataFrame with a row for each listing of a spec by a stack, its columns
  (family, stack, os, target, package) encoded as enumerations;
- *pyroaring*: for each cell the bitmap of its packages, numbered in the order of their names, which
  is exactly what this one level needs.

All three run in one process and take turns, and every number and name in their answers is compared;
if they differ, the exit code is 1.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

import orjson
import polars as pl
from pyroaring import BitMap

import specplan
from benches.inputs import UNION_INDEX, Shape, write_tree
from benches.machine import describe, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Cell(NamedTuple):
    """A stack on a system."""

    stack: str
    os: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Listings:
    """One row for each listing of a spec by a stack: its cell and its package, by number.

    Attributes:
        cells: The occupied cells, sorted.
        packages: The names of all packages, sorted.
        rows: Pairs of positions in `cells` and `packages`, as two columns.
    """

    cells: tuple[Cell, ...]
    packages: tuple[str, ...]
    rows: tuple[list[int], list[int]]

    @property
    def stacks(self) -> list[str]:
        """All stacks, sorted."""
        return sorted({cell.stack for cell in self.cells})


#: The numbers of packages that a cell wants and has.
Matrix: TypeAlias = dict[Cell, tuple[int, int]]
#: The number of gaps in each cell of a stack.
GapCounts: TypeAlias = dict[Cell, int]
#: The missing packages of each cell of a stack.
GapKeys: TypeAlias = dict[Cell, list[str]]


class Contender(Protocol):
    """A contender that can answer the three questions."""

    def matrix(self) -> Matrix:
        """Answer for all cells."""

    def gap_counts(self, stack: str) -> GapCounts:
        """Answer for the cells of a stack."""

    def gap_keys(self, stack: str) -> Any:
        """Answer for the cells of a stack, in this contender's own form."""

    def spelled_out(self, gap_keys: Any) -> GapKeys:
        """Convert such an answer to the form for comparison; this is not timed."""


def family_of(stack: str) -> str:
    """Name the family of a stack: its first dash-separated word."""
    return stack.partition("-")[0]


def read_listings(tree: Path) -> Listings:
    """Read the listings of a tree of pages, without specplan."""
    # Numbered on first occurrence, because a million listings name few cells; sorted at the end.
    found: dict[tuple[str, str, str], int] = {}
    packages: list[str] = []
    of_cell = []
    of_package = []
    for path in sorted(tree.rglob("specs.md"), key=lambda path: path.parent.name):
        package = len(packages)
        packages.append(path.parent.name)
        details = path.read_bytes().partition(b"\nspec_details: ")[2].partition(b"\n")[0]
        for entry in orjson.loads(details):
            for stack in entry["stacks"]:
                if stack != UNION_INDEX:
                    cell = (stack, entry["os"], entry["target"])
                    of_cell.append(found.setdefault(cell, len(found)))
                    of_package.append(package)
    cells = sorted(found)
    sorted_number = {found[cell]: number for number, cell in enumerate(cells)}
    return Listings(
        cells=tuple(Cell(*cell) for cell in cells),
        packages=tuple(packages),
        rows=([sorted_number[number] for number in of_cell], of_package),
    )


Lacking: TypeAlias = specplan.Rows[specplan.LackingKeys]


class Specplan:
    """specplan, through its Python API."""

    def __init__(self, tree: Path) -> None:
        """Load the catalog."""
        self._catalog = specplan.load(tree)

    def matrix(self) -> Matrix:
        """Answer for all cells."""
        return {
            Cell(cell.stack, cell.os, cell.target): (cell.wanted, cell.covered)
            for cell in self._catalog.matrix()
        }

    def gap_counts(self, stack: str) -> GapCounts:
        """Answer for the cells of a stack."""
        return {
            Cell(cell.stack, cell.os, cell.target): cell.wanted - cell.covered
            for cell in self._catalog.matrix(stack=stack)
        }

    def gap_keys(self, stack: str) -> Lacking:
        """Answer for the cells of a stack."""
        return self._catalog.lacking(stack=stack)

    def spelled_out(self, gap_keys: Lacking) -> GapKeys:
        """Group the keys by cell."""
        return {
            Cell(each.stack, each.os, each.target): list(each.keys)
            for each in gap_keys
            if each.keys
        }


class Polars:
    """Polars expressions on a DataFrame of the listings."""

    def __init__(self, listings: Listings) -> None:
        """Make the DataFrame."""
        cells, packages = listings.rows
        columns = {"family": [family_of(cell.stack) for cell in listings.cells]}
        columns |= {name: [getattr(c, name) for c in listings.cells] for name in Cell._fields}
        of_cell = pl.DataFrame(
            {
                name: pl.Series(values, dtype=pl.Enum(sorted(set(values))))
                for name, values in columns.items()
            }
        )
        names = pl.Series(listings.packages, dtype=pl.Enum(listings.packages))
        self._listings = of_cell[cells].with_columns(package=names.gather(packages))

    def matrix(self) -> Matrix:
        """Answer for all cells."""
        rows = self._listings.lazy()
        wanted = rows.group_by("family").agg(wanted=pl.col("package").n_unique())
        covered = rows.group_by("family", *Cell._fields).agg(covered=pl.col("package").n_unique())
        answer = covered.join(wanted, on="family").select(*Cell._fields, "wanted", "covered")
        return {Cell(*row[:3]): (row[3], row[4]) for row in answer.collect().iter_rows()}

    def gap_counts(self, stack: str) -> GapCounts:
        """Answer for the cells of a stack."""
        family = self._listings.lazy().filter(pl.col("family") == family_of(stack))
        wanted = family.select(wanted=pl.col("package").n_unique())
        covered = (
            family.filter(pl.col("stack") == stack)
            .group_by(Cell._fields)
            .agg(covered=pl.col("package").n_unique())
        )
        answer = covered.join(wanted, how="cross").select(
            *Cell._fields, pl.col("wanted") - pl.col("covered")
        )
        return {Cell(*row[:3]): row[3] for row in answer.collect().iter_rows()}

    def gap_keys(self, stack: str) -> list[tuple[Any, ...]]:
        """Answer for the cells of a stack."""
        family = self._listings.lazy().filter(pl.col("family") == family_of(stack))
        wanted = family.select("package").unique()
        covered = family.filter(pl.col("stack") == stack).select(*Cell._fields, "package").unique()
        answer = (
            covered.select(Cell._fields)
            .unique()
            .join(wanted, how="cross")
            .join(covered, on=[*Cell._fields, "package"], how="anti")
            .group_by(Cell._fields)
            .agg("package")
        )
        return answer.collect().rows()

    def spelled_out(self, gap_keys: list[tuple[Any, ...]]) -> GapKeys:
        """Name the cells."""
        return {Cell(*row[:3]): row[3] for row in gap_keys}


class Pyroaring:
    """Roaring bitmaps of the packages of each cell."""

    def __init__(self, listings: Listings) -> None:
        """Make the bitmaps."""
        numbers: dict[int, set[int]] = {}
        for cell_number, package in zip(*listings.rows, strict=True):
            numbers.setdefault(cell_number, set()).add(package)
        self._packages = listings.packages
        self._of_family: dict[str, dict[Cell, BitMap]] = {}
        for number, packages in sorted(numbers.items()):
            cell = listings.cells[number]
            of_cell = self._of_family.setdefault(family_of(cell.stack), {})
            of_cell[cell] = BitMap(sorted(packages))

    def matrix(self) -> Matrix:
        """Answer for all cells."""
        answer = {}
        for of_cell in self._of_family.values():
            wanted = BitMap.union(*of_cell.values())
            for cell, covered in of_cell.items():
                answer[cell] = (len(wanted), wanted.intersection_cardinality(covered))
        return answer

    def gap_counts(self, stack: str) -> GapCounts:
        """Answer for the cells of a stack."""
        of_cell = self._of_family[family_of(stack)]
        wanted = BitMap.union(*of_cell.values())
        return {
            cell: wanted.difference_cardinality(covered)
            for cell, covered in of_cell.items()
            if cell.stack == stack
        }

    def gap_keys(self, stack: str) -> GapKeys:
        """Answer for the cells of a stack."""
        of_cell = self._of_family[family_of(stack)]
        wanted = BitMap.union(*of_cell.values())
        return {
            cell: [self._packages[number] for number in wanted - covered]
            for cell, covered in of_cell.items()
            if cell.stack == stack
        }

    def spelled_out(self, gap_keys: GapKeys) -> GapKeys:
        """Return them unchanged."""
        return gap_keys


def compare(contenders: dict[str, Contender], stacks: Sequence[str], *, runs: int) -> bool:
    """Ask every contender every question, print the times, and return whether they agree."""
    questions: dict[str, Callable[[Contender], Any]] = {
        "matrix": lambda contender: contender.matrix(),
        f"{len(stacks)} x gap counts": lambda contender: [
            contender.gap_counts(stack) for stack in stacks
        ],
        f"{len(stacks)} x gap keys": lambda contender: [
            contender.gap_keys(stack) for stack in stacks
        ],
    }
    disagreements = list(disagreements_of(contenders, stacks))
    rows = [["question", "contender", "median ms", "min ms", "max ms", "times specplan"]]
    for question, ask in questions.items():
        seconds = timed(contenders, ask, runs)
        base = statistics.median(seconds["specplan"])
        for name, each in seconds.items():
            median = statistics.median(each)
            numbers = [f"{1e3 * number:,.2f}" for number in (median, min(each), max(each))]
            rows.append([question, name, *numbers, f"{median / base:,.3g}"])
    print(table(rows, text_columns=2))
    for line in disagreements:
        print(line, file=sys.stderr)
    if not disagreements:
        print("all gave the same numbers and the same names")
    return not disagreements


def disagreements_of(contenders: dict[str, Contender], stacks: Sequence[str]) -> Iterator[str]:
    """Compare every number and every name; this is also the warm-up."""
    judge = contenders["pyroaring"]
    matrix = judge.matrix()
    for name, contender in contenders.items():
        if contender.matrix() != matrix:
            yield f"matrix: {name} answers otherwise than pyroaring"
    for stack in sorted(set(stacks)):
        counts = judge.gap_counts(stack)
        keys = in_order(judge.spelled_out(judge.gap_keys(stack)))
        for name, contender in contenders.items():
            if contender.gap_counts(stack) != counts:
                yield f"gap counts of {stack}: {name} answers otherwise than pyroaring"
            if in_order(contender.spelled_out(contender.gap_keys(stack))) != keys:
                yield f"gap keys of {stack}: {name} answers otherwise than pyroaring"


def in_order(keys: GapKeys) -> GapKeys:
    """Sort the names, whose order differs between contenders, and leave out cells without any."""
    return {cell: sorted(names) for cell, names in keys.items() if names}


def timed(
    contenders: dict[str, Contender], ask: Callable[[Contender], Any], runs: int
) -> dict[str, list[float]]:
    """Ask all contenders in turn and return the seconds of each in each run."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(runs):
        for name, contender in contenders.items():
            start = time.perf_counter()
            ask(contender)
            seconds[name].append(time.perf_counter() - start)
    return seconds


def main() -> None:
    """Run the bench with the arguments of the command line."""
    parser = argparse.ArgumentParser(description="Measure how long coverage and gaps take.")
    parser.add_argument("--specs", type=int, default=1_000_000)
    parser.add_argument("--packages", type=int, default=5_000)
    parser.add_argument("--cells", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tree", type=Path, help="read this instead of writing one; one snapshot")
    arguments = parser.parse_args()
    print(describe(["specplan", "polars", "pyroaring"]))
    with tempfile.TemporaryDirectory() as scratch:
        tree = arguments.tree
        if tree is None:
            tree = Path(scratch)
            shape = Shape(
                specs=arguments.specs,
                packages=arguments.packages,
                cells=arguments.cells,
                seed=arguments.seed,
            )
            write_tree(tree, shape)
        listings = read_listings(tree)
        contenders: dict[str, Contender] = {
            "specplan": Specplan(tree),
            "Polars": Polars(listings),
            "pyroaring": Pyroaring(listings),
        }
    stacks = random.Random(arguments.seed).choices(listings.stacks, k=arguments.queries)
    print(
        f"{len(listings.rows[0]):,} listings, {len(listings.cells)} cells,"
        f" {len(listings.stacks)} stacks, {len(listings.packages):,} packages,"
        f" {arguments.runs} runs"
    )
    sys.exit(0 if compare(contenders, stacks, runs=arguments.runs) else 1)


if __name__ == "__main__":
    main()
