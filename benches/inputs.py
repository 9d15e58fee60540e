"""Write trees of package pages of any size, shaped like those of a public build cache.

    python benches/inputs.py --specs 60000 --packages 5000 --snapshots 1 --seed 1 OUT

writes `OUT/_cache/<tag>/<package>/specs.md`. The same arguments give the same bytes. These
properties are modelled on real pages:

- the bytes: seven lines, both values as `json.dumps(..., sort_keys=True)` prints them, no
  newline at the end, entries by hash, `meta` computed from the entries;
- stacks: every entry is listed by the union index `root` and by one to three stacks (most by one);
  thirty stacks in twelve families, each on its own systems;
- systems: common operating systems and targets, with macOS apart from Linux;
- packages: a few have hundreds of specs and most a handful (log-normal); a third are
  Python packages with one variant and no compiler, the others have 2 to 20 variants;
- snapshots: a week apart; from one to the next most specs stay, the others get new hashes.
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import json
import random
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Shape", "Written", "write_tree"]

#: The label of the union index, which lists everything and is not a stack.
UNION_INDEX = "root"

#: A family is the stacks that share their first dash-separated word.
STACKS = (
    "aws-isc",
    "aws-isc-aarch64",
    "aws-pcluster-neoverse_v1",
    "aws-pcluster-x86_64_v4",
    "bootstrap-x86_64-linux-gnu",
    "build_systems",
    "data-vis-sdk",
    "developer-tools-aarch64-linux-gnu",
    "developer-tools-darwin",
    "developer-tools-x86_64_v3-linux-gnu",
    "e4s",
    "e4s-cray-rhel",
    "e4s-neoverse-v2",
    "e4s-neoverse_v1",
    "e4s-oneapi",
    "e4s-power",
    "e4s-rocm-external",
    "gpu-tests",
    "hep",
    "ml-darwin-aarch64-mps",
    "ml-linux-aarch64-cpu",
    "ml-linux-aarch64-cuda",
    "ml-linux-x86_64-cpu",
    "ml-linux-x86_64-cuda",
    "ml-linux-x86_64-rocm",
    "radiuss",
    "radiuss-aws",
    "radiuss-aws-aarch64",
    "tools-sdk",
    "tutorial",
)

#: Each operating system with the compiler that most of its specs are built by.
LINUX = {
    "almalinux8": "gcc@8.5.0",
    "amzn2": "gcc@7.3.1",
    "centos7": "gcc@10.2.1",
    "debian12": "gcc@12.2.0",
    "rhel8": "gcc@8.5.0",
    "rhel9": "gcc@11.4.1",
    "sles15": "gcc@12.3.0",
    "ubuntu20.04": "gcc@9.4.0",
    "ubuntu22.04": "gcc@11.4.0",
    "ubuntu24.04": "gcc@13.2.0",
}
LINUX_TARGETS = (
    "aarch64",
    "neoverse_n1",
    "neoverse_v1",
    "neoverse_v2",
    "power9le",
    "x86_64_v3",
    "x86_64_v4",
    "zen4",
)
DARWIN = {
    "sequoia": "apple-clang@16.0.0",
    "sonoma": "apple-clang@15.0.0",
    "ventura": "apple-clang@14.0.3",
}
DARWIN_TARGETS = ("aarch64", "m1", "m2", "x86_64_v3")
OTHER_COMPILERS = ("clang@18.1.8", "oneapi@2025.1.0")

BUILD_SYSTEMS = ("autotools", "cmake", "cmake", "generic", "makefile", "meson")
VARIANT_NAMES = (
    "adios2 asan benchmarks blas bzip2 caliper cuda cxxstd debug docs doxygen examples fftw "
    "fortran gdb generator hdf5 hwloc int64 ipo java kokkos lapack level_zero libs libxml2 "
    "lto metis mpi netcdf nls nvml openmp optimize pic precision profiling python qt raja "
    "readline rocm scotch shared static superlu-dist sycl tests threads tools umpire unwind "
    "xz zlib zstd"
).split()
#: The variants whose values are words; the others are on or off. `:=` marks a set of values.
VARIANT_VALUES = {
    "cxxstd": ("=11", "=14", "=17", "=20"),
    "generator": ("=make", "=ninja"),
    "libs": (":=shared", ":=shared,static", ":=static"),
    "precision": ("=double", "=single"),
    "threads": ("=none", "=openmp", "=pthreads"),
}

SYLLABLES = (
    "ar ba bel cor da den el fen ga gri hal im jo kal lem lo mar mi nex no or pa per quo ra "
    "rel sa sol ta tor ul va vel wi xan yo zen zi"
).split()

NEWEST_SNAPSHOT = dt.date(2025, 5, 25)
#: The share of a snapshot that is in the next one, a week later, under the same hash.
KEPT_FROM_WEEK_TO_WEEK = 0.8
#: The numbers of 33 specs that are listed by one, two and three stacks, as on a real page.
SPECS_BY_STACKS = (26, 4, 3)
HASH_LETTERS = 32
HASH_BYTES = 20


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The size of a tree, and the seed for everything in it.

    Attributes:
        specs: Entries of each snapshot, at least `packages` and `cells`.
        packages: Pages of each snapshot.
        snapshots: Their number, a week apart.
        cells: Occupied combinations of a stack, an operating system and a target, at
            least one for each stack.
        seed: The seed of everything random.
    """

    specs: int
    packages: int
    snapshots: int = 1
    cells: int = 60
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse a shape that cannot be written."""
        if self.packages < 1 or self.snapshots < 1:
            raise ValueError("a tree has at least one package and one snapshot")
        if self.cells < len(STACKS):
            raise ValueError(f"each of the {len(STACKS)} stacks occupies a cell: {self.cells}")
        if self.specs < max(self.packages, self.cells):
            raise ValueError("each package and each cell has at least one spec")


@dataclass(frozen=True, kw_only=True)
class Written:
    """A written tree: the tags, oldest first, and the total numbers of pages, entries and bytes."""

    tags: tuple[str, ...]
    pages: int
    specs: int
    size_bytes: int


# The next two are compared by identity, because there are few of them and each is made once.
@dataclass(frozen=True, slots=True, eq=False)
class _System:
    """An operating system and a target, with the compilers of its specs by frequency."""

    platform: str
    os: str
    target: str
    compilers: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Placement:
    """The place of a spec: a system, the labels that list it there, and both as JSON."""

    system: _System
    labels: tuple[str, ...]
    json_fragment: str


@dataclass(frozen=True, slots=True)
class _Package:
    """The distribution of the specs of one package."""

    name: str
    compiled: bool
    versions: tuple[str, ...]
    #: Lists of variants as JSON.
    flavours: tuple[str, ...]
    #: For each possible cell, the placements there.
    cells: tuple[tuple[_Placement, ...], ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One spec of a page."""

    hash: str
    compiler: str
    version: str
    flavour: str
    placement: _Placement

    def to_json(self) -> str:
        """The output of `json.dumps(..., sort_keys=True)` for it."""
        return (
            f'{{"compiler": "{self.compiler}", "hash": "{self.hash}", '
            f'{self.placement.json_fragment}, "variants": {self.flavour}, '
            f'"versions": ["{self.version}"]}}'
        )


def write_tree(root: Path, shape: Shape) -> Written:
    """Write a tree of package pages.

    Args:
        root: The folder for `_cache`, which must not exist yet.
        shape: Its size, and the seed.

    Returns:
        The written tree.

    Raises:
        FileExistsError: If there is already a `_cache`, which would be mixed with this one.
    """
    cache = root / "_cache"
    cache.mkdir(parents=True)
    tags = tuple(
        f"develop-{NEWEST_SNAPSHOT - dt.timedelta(weeks=age)}"
        for age in reversed(range(shape.snapshots))
    )
    pages = specs = size_bytes = 0
    for package, entries_by_tag in _packages_with_entries(shape, tags):
        for tag, entries in zip(tags, entries_by_tag, strict=True):
            page = _page(package.name, tag, entries).encode("ascii")
            folder = cache / tag / package.name
            folder.mkdir(parents=True)
            (folder / "specs.md").write_bytes(page)
            pages += 1
            specs += len(entries)
            size_bytes += len(page)
    return Written(tags=tags, pages=pages, specs=specs, size_bytes=size_bytes)


def _packages_with_entries(
    shape: Shape, tags: Sequence[str]
) -> Iterator[tuple[_Package, list[list[_Entry]]]]:
    """Draw the packages one by one, each with its entries in every snapshot."""
    draw = random.Random(shape.seed)
    placements = _placements(draw, shape.cells)
    by_family: dict[str, list[tuple[_Placement, ...]]] = {}
    for (stack, _), alternatives in placements.items():
        by_family.setdefault(stack.split("-")[0], []).append(alternatives)
    # Every cell gets a spec: these are assigned first, before random ones.
    unoccupied = [alternatives[0] for alternatives in placements.values()]
    for name, count in _names_with_counts(draw, shape):
        package = _package(draw, name, by_family, spec_count=count)
        entries = _entries(draw, package, count)
        for position in range(min(count, len(unoccupied))):
            entries[position] = _moved(entries[position], unoccupied.pop())
        entries_by_tag = [entries]
        for _ in tags[1:]:
            entries = _a_week_later(draw, package, entries)
            entries_by_tag.append(entries)
        yield package, entries_by_tag


def _names_with_counts(draw: random.Random, shape: Shape) -> Iterator[tuple[str, int]]:
    """Draw the names of packages and the number of specs of each; the sum is exact."""
    weights = [draw.lognormvariate(0, 1) for _ in range(shape.packages)]
    rest = shape.specs - shape.packages
    drawn = Counter(draw.choices(range(shape.packages), weights, k=rest))
    names: set[str] = set()
    while len(names) < shape.packages:
        word = "".join(draw.choices(SYLLABLES, k=draw.randint(2, 5)))
        kind = draw.choices(("py-", "r-", "perl-", "lib", ""), (33, 6, 3, 8, 50))[0]
        names.add(kind + word)
    for position, name in enumerate(sorted(names)):
        yield name, 1 + drawn[position]


def _systems() -> Iterator[_System]:
    """List all systems that stacks may be on."""
    for platform, compilers, targets in (
        ("linux", LINUX, LINUX_TARGETS),
        ("darwin", DARWIN, DARWIN_TARGETS),
    ):
        for os, compiler in compilers.items():
            for target in targets:
                # Eight of ten specs are built by the system's own compiler.
                frequent = (compiler,) * 8 + OTHER_COMPILERS
                yield _System(platform, os, target, frequent)


def _placements(
    draw: random.Random, cell_count: int
) -> dict[tuple[str, _System], tuple[_Placement, ...]]:
    """Draw the occupied cells and, for each, the sets of stacks its specs are listed by."""
    systems = list(_systems())
    candidates = {}
    for stack in STACKS:
        platform = "darwin" if "darwin" in stack else "linux"
        candidates[stack] = [system for system in systems if system.platform == platform]
        # A stack is on the usual systems of its architecture first, so that stacks share systems;
        # ties are random.
        draw.shuffle(candidates[stack])
        candidates[stack].sort(key=partial(_suits, stack))
    capacity = sum(map(len, candidates.values()))
    if cell_count > capacity:
        raise ValueError(f"there are no more than {capacity} cells: {cell_count}")
    cells: list[tuple[str, _System]] = []
    while len(cells) < cell_count:
        cells.extend((stack, free.pop()) for stack, free in candidates.items() if free)
    del cells[cell_count:]

    on_system: dict[_System, list[str]] = {}
    for stack, system in cells:
        on_system.setdefault(system, []).append(stack)
    placements = {}
    for stack, system in cells:
        others = [other for other in on_system[system] if other != stack]
        alternatives = []
        for further, frequency in enumerate(SPECS_BY_STACKS):
            for _ in range(frequency):
                also = draw.sample(others, min(further, len(others)))
                alternatives.append(_placement(system, sorted([stack, *also, UNION_INDEX])))
        placements[stack, system] = tuple(alternatives)
    return placements


def _suits(stack: str, system: _System) -> tuple[bool, bool]:
    """Return the likelihood that a stack is built on a system: larger is more likely."""
    if "power" in stack:
        suitable = system.target.startswith("power")
    elif any(word in stack for word in ("aarch64", "neoverse", "darwin")):
        suitable = system.target.startswith(("aarch64", "neoverse", "m"))
    else:
        suitable = system.target.startswith(("x86_64", "zen"))
    usual = system.target in {"aarch64", "x86_64_v3"} and system.os.startswith(("ubuntu", "s"))
    return suitable, usual


def _placement(system: _System, labels: list[str]) -> _Placement:
    """Spell out the middle of an entry, from `os` to `target`."""
    fields = {
        "os": system.os,
        "platform": system.platform,
        "size": "-",
        "stacks": labels,
        "target": system.target,
    }
    return _Placement(system, tuple(labels), json.dumps(fields, sort_keys=True)[1:-1])


def _package(
    draw: random.Random,
    name: str,
    by_family: dict[str, list[tuple[_Placement, ...]]],
    *,
    spec_count: int,
) -> _Package:
    """Draw the common properties of the specs of a package."""
    compiled = not name.startswith("py-")
    # A package that many stacks build has many specs.
    breadth = min(len(by_family), 1 + spec_count // 8 + draw.randrange(3))
    families = sorted(draw.sample(sorted(by_family), breadth))
    versions = {
        ".".join(str(draw.randrange(24)) for _ in range(draw.choice((2, 3, 3, 3, 3))))
        for _ in range(draw.randint(1, 4))
    }
    return _Package(
        name,
        compiled,
        tuple(sorted(versions)),
        _flavours(draw, compiled=compiled, count=draw.randint(1, 5)),
        tuple(cell for family in families for cell in by_family[family]),
    )


def _flavours(draw: random.Random, *, compiled: bool, count: int) -> tuple[str, ...]:
    """Draw lists of variants, each ordered by the variants' names."""
    if not compiled:
        return ('["build_system=python_pip"]',)
    build_system = draw.choice(BUILD_SYSTEMS)
    # Few have many: with the square, half of all packages stay below six.
    names = draw.sample(VARIANT_NAMES, 1 + int(18.99 * draw.random() ** 2))
    flavours = set()
    for _ in range(count):
        spelled = {"build_system": f"build_system={build_system}"}
        for name in names:
            if name in VARIANT_VALUES:
                spelled[name] = name + draw.choice(VARIANT_VALUES[name])
            else:
                spelled[name] = draw.choice("+~") + name
        flavours.add(json.dumps([spelled[name] for name in sorted(spelled)]))
    return tuple(sorted(flavours))


def _entries(draw: random.Random, package: _Package, count: int) -> list[_Entry]:
    """Draw `count` specs of a package, ordered by hash."""
    # 20 bytes are exactly 32 letters, so one call encodes all hashes of a page.
    letters = base64.b32encode(draw.randbytes(HASH_BYTES * count)).decode("ascii").lower()
    hashes = sorted(
        letters[start : start + HASH_LETTERS] for start in range(0, len(letters), HASH_LETTERS)
    )
    entries = []
    for each in hashes:
        placement = draw.choice(draw.choice(package.cells))
        compiler = draw.choice(placement.system.compilers) if package.compiled else "none"
        version = draw.choice(package.versions)
        flavour = draw.choice(package.flavours)
        entries.append(_Entry(each, compiler, version, flavour, placement))
    return entries


def _moved(entry: _Entry, placement: _Placement) -> _Entry:
    """Move an entry to another cell."""
    compiler = entry.compiler if entry.compiler == "none" else placement.system.compilers[0]
    return _Entry(entry.hash, compiler, entry.version, entry.flavour, placement)


def _a_week_later(
    draw: random.Random, package: _Package, entries: Sequence[_Entry]
) -> list[_Entry]:
    """Keep most entries and replace the others with new ones."""
    kept = [entry for entry in entries if draw.random() < KEPT_FROM_WEEK_TO_WEEK]
    kept += _entries(draw, package, len(entries) - len(kept))
    return sorted(kept, key=lambda entry: entry.hash)


def _page(name: str, tag: str, entries: Sequence[_Entry]) -> str:
    """Spell out a page, with `meta` computed from its entries."""
    placements = {entry.placement for entry in entries}
    by_placement = Counter(entry.placement for entry in entries)
    by_label: Counter[str] = Counter()
    for placement, count in by_placement.items():
        for label in placement.labels:
            by_label[label] += count
    meta = {
        "compilers": sorted({entry.compiler for entry in entries}),
        "num_specs": len(entries),
        "num_specs_by_stack": by_label,
        "oss": sorted({placement.system.os for placement in placements}),
        "platforms": sorted({placement.system.platform for placement in placements}),
        "stacks": sorted(by_label),
        "targets": sorted({placement.system.target for placement in placements}),
        "versions": sorted({entry.version for entry in entries}),
    }
    details = ", ".join(entry.to_json() for entry in entries)
    return (
        f'---\ntitle: "{name}"\nlayout: cache\ncategories: [package, {tag}]\n'
        f"meta: {json.dumps(meta, sort_keys=True)}\nspec_details: [{details}]\n---"
    )


def main() -> None:
    """Write the tree that the command line describes."""
    parser = argparse.ArgumentParser(
        description="Write a tree of package pages, shaped like a public build cache's."
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="folder that `_cache` is made in")
    parser.add_argument("--specs", type=int, default=60_000, help="of each snapshot")
    parser.add_argument("--packages", type=int, default=5_000, help="of each snapshot")
    parser.add_argument("--snapshots", type=int, default=1)
    parser.add_argument("--cells", type=int, default=60, help="occupied (stack, os, target)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = vars(parser.parse_args())
    out = arguments.pop("out")
    try:
        written = write_tree(out, Shape(**arguments))
    except (ValueError, FileExistsError) as error:
        parser.error(str(error))
    print(
        f"{out}: {written.pages:,} pages, {written.specs:,} specs,"
        f" {written.size_bytes:,} bytes, {', '.join(written.tags)}"
    )


if __name__ == "__main__":
    main()
