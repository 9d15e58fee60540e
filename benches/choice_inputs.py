"""Choices to solve: real ones from the committed locks, and generated kinds of any size.

The real ones are made from the locks and mirrors in ``tests/data`` by the rules for builds, read
directly from the JSON and not by specplan. The generated kinds, all seeded:

- *releases*: a package graph over several dates; own changes of a package lead to new hashes of it
  and of all its dependents, as in real locks. A want takes any date's spec of a package;
- *layers*: builds in layers, each needing some of the layer below; wants among the top ones. They
  only have shared needs in common with package graphs, and are far harder;
- *covers*: random set covers of single builds, as in Beasley's OR-Library (each build can
  serve a number of random wants, costs 1 to 100);
- *picks*: each want has a few random builds; *near picks*: these are close together;
- *unit covers*: covers in which all costs are 1, the hardest to prove.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.plain_locks import BUILD, INSTALL, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["Choice", "generated", "real"]

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "tests" / "data" / "locks"
#: The share of packages whose own content changes from one date to the next.
OWN_CHANGES = 0.02

#: The systems on which peers are wanted, older ones before newer ones, and their compatibility.
CELLS = (
    ("ubuntu20.04", "x86_64_v3"),
    ("ubuntu22.04", "x86_64_v3"),
    ("ubuntu22.04", "neoverse_v2"),
    ("ubuntu24.04", "x86_64_v3"),
    ("ubuntu24.04", "zen4"),
    ("ubuntu24.04", "neoverse_v2"),
)
UBUNTUS = ("ubuntu20.04", "ubuntu22.04", "ubuntu24.04")
FAMILIES = (("x86_64_v3", "x86_64_v4", "zen4"), ("neoverse_v2",))

MIRRORS = ROOT / "examples" / "rebuild"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One question, by numbers, as ``specplan._core.choose`` takes it.

    Attributes:
        name: Its name in a table.
        costs: By build.
        demands: Pairs of a build and one that it needs.
        wants: By want, the builds that meet it.
    """

    name: str
    costs: list[int]
    demands: list[tuple[int, int]]
    wants: list[list[int]]


def real() -> Iterator[Choice]:
    """Yield the choices of the committed locks.

    Wants are the roots of radiuss by name, or every package by name, with candidates from the locks
    of both dates; and the gaps between three stacks on six systems, with candidates from the locks
    of all. Caches are none, each mirror, and both; costs are 1, or the example's seconds.
    """
    dates = ("2025-11", "2026-01")
    locks = [(date, _lock(LOCKS / date / "radiuss" / "spack.lock.gz")) for date in dates]
    mirrors = {
        "2025-11": _index(MIRRORS / "mirror-2025-11.json.gz"),
        "runtime only": _index(MIRRORS / "mirror-runtime-only.json.gz"),
    }
    caches: dict[str, list[Mapping[str, Any]]] = {
        "nothing": [],
        **{name: [index] for name, index in mirrors.items()},
        "both mirrors": [*mirrors.values()],
    }
    seconds = _costs(MIRRORS / "costs.csv")
    for cache, indexes in caches.items():
        world = World(locks, indexes)
        roots = {world.nodes[root["hash"]].name for _, lock in locks for root in lock["roots"]}
        packages = {node.name for node in world.nodes.values() if not node.external}
        for what, names in (("roots", roots), ("packages", packages)):
            yield _of_world(f"radiuss {what}, {cache}", world, names, {})
            yield _of_world(f"radiuss {what}, {cache}, seconds", world, names, seconds)
    peers = [
        *locks,
        ("tools-sdk", _lock(LOCKS / "2026-01" / "tools-sdk" / "spack.lock.gz")),
        ("e4s", _lock(LOCKS / "sample-2026-01" / "e4s-neoverse-v2" / "spack.lock.gz")),
    ]
    for cache, indexes in caches.items():
        world = World(peers, indexes)
        yield _of_peers(f"gaps of peers across systems, {cache}", world, {})
        yield _of_peers(f"gaps of peers across systems, {cache}, seconds", world, seconds)


def generated(*, largest: int) -> Iterator[Choice]:
    """Yield the generated choices with at most a number of alternatives in total."""
    makers: tuple[tuple[int, Callable[[], Choice]], ...] = (
        (1_000, lambda: _releases("releases 50 x 12", 400, 12, 50, seed=1)),
        (2_000, lambda: _releases("releases 300 x 6", 1300, 6, 300, seed=2)),
        (20_000, lambda: _releases("releases 2,000 x 10", 2300, 10, 2000, seed=3)),
        (100_000, lambda: _releases("releases 10,000 x 10", 10_300, 10, 10_000, seed=4)),
        (200, lambda: _layers("layers 30 x 3", 30, 3, 30, seed=5)),
        (200, lambda: _layers("layers 50 x 3", 50, 3, 40, seed=6)),
        (10_000, lambda: _layers("layers 2,000 x 5", 2000, 5, 5000, seed=7)),
        (5_000, lambda: _cover("cover 200 x 1,000, 2 %", 200, 1000, 0.02, 100, seed=8)),
        (10_000, lambda: _cover("cover 200 x 2,000, 2 %", 200, 2000, 0.02, 100, seed=9)),
        (10_000, lambda: _cover("cover 200 x 1,000, 5 %", 200, 1000, 0.05, 100, seed=10)),
        (20_000, lambda: _cover("cover 300 x 3,000, 2 %", 300, 3000, 0.02, 100, seed=11)),
        (50_000, lambda: _cover("cover 300 x 3,000, 5 %", 300, 3000, 0.05, 100, seed=12)),
        (2_000, lambda: _cover("unit cover 60 x 200, 5 %", 60, 200, 0.05, 1, seed=13)),
        (2_000, lambda: _cover("unit cover 100 x 300, 5 %", 100, 300, 0.05, 1, seed=14)),
        (10_000, lambda: _picks("picks 1,000 x 3 of 2,000", 1000, 2000, 3, None, seed=15)),
        (10_000, lambda: _picks("picks 1,000 x 10 of 10,000", 1000, 10_000, 10, None, seed=16)),
        (
            100_000,
            lambda: _picks("picks 10,000 x 10 of 100,000", 10_000, 100_000, 10, None, seed=17),
        ),
        (10_000, lambda: _picks("near picks 1,000 x 8 of 5,000", 1000, 5000, 8, 20, seed=18)),
        (
            50_000,
            lambda: _picks("near picks 3,000 x 8 of 9,000", 3000, 9000, 8, 40, seed=20),
        ),
        (
            100_000,
            lambda: _picks("near picks 10,000 x 10 of 100,000", 10_000, 100_000, 10, 60, seed=19),
        ),
    )
    for alternatives, make in makers:
        if alternatives <= largest:
            yield make()


def _lock(path: Path) -> dict[str, Any]:
    with gzip.open(path) as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


_index = _lock


def _costs(path: Path) -> dict[str, int]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["spec"]: int(row["seconds"]) for row in rows if row["seconds"].isdigit()}


def _of_world(
    name: str, world: World, packages: Sequence[str] | set[str], seconds: Mapping[str, int]
) -> Choice:
    """Make a choice: for each package, any spec of that name that is not external."""
    number, costs, demands = _builds(world, seconds)
    wants: dict[str, list[int]] = {package: [] for package in sorted(packages)}
    for dag_hash, at in number.items():
        node = world.nodes[dag_hash]
        if not node.external and node.name in wants:
            wants[node.name].append(at)
    return Choice(name=name, costs=costs, demands=demands, wants=[*wants.values()])


def _of_peers(name: str, world: World, seconds: Mapping[str, int]) -> Choice:
    """Make a choice: each cell lacks the keys of any peer, and takes specs that serve its system.

    The C library of an older Ubuntu serves a newer one, and an older target of a family a newer
    one. A package with a binary on a system that serves the cell is not a gap, nor is one that no
    spec serves.
    """
    number, costs, demands = _builds(world, seconds)
    by_package: dict[str, list[str]] = {}
    for dag_hash in number:
        node = world.nodes[dag_hash]
        if not node.external:
            by_package.setdefault(node.name, []).append(dag_hash)
    wants = []
    for os, target in CELLS:
        served = {
            (older, each)
            for older in UBUNTUS[: UBUNTUS.index(os) + 1]
            for family in FAMILIES
            if target in family
            for each in family[: family.index(target) + 1]
        }
        for _, hashes in sorted(by_package.items()):
            serving = [
                each
                for each in hashes
                if (world.nodes[each].os, world.nodes[each].target) in served
            ]
            if serving and not world.available.intersection(serving):
                wants.append([number[each] for each in serving])
    return Choice(name=name, costs=costs, demands=demands, wants=wants)


def _builds(
    world: World, seconds: Mapping[str, int]
) -> tuple[dict[str, int], list[int], list[tuple[int, int]]]:
    """Return the numbers of the specs, the cost of building each, and the demands of each."""
    number = {dag_hash: at for at, dag_hash in enumerate(sorted(world.nodes))}
    costs = []
    demands = []
    usual = sorted(seconds.values())[len(seconds) // 2] if seconds else 1
    for dag_hash, at in number.items():
        node = world.nodes[dag_hash]
        if node.external:
            costs.append(0)
            continue
        has_binary = dag_hash in world.available
        costs.append(0 if has_binary else seconds.get(node.name, usual))
        types = INSTALL if has_binary else BUILD
        demands += [(at, number[child]) for child in world.below(dag_hash, types)]
    return number, costs, demands


def _releases(name: str, packages: int, dates: int, wants: int, *, seed: int) -> Choice:
    """Make locks of several dates with a core of packages that most others need."""
    draw = random.Random(seed)
    core = 300
    needs = [
        draw.sample(range(max(0, at - 40), at), min(at, draw.randint(0, 3)))
        if at < core
        else draw.sample(range(core), draw.randint(1, 4))
        for at in range(packages)
    ]
    seconds = [draw.randint(1, 100) for _ in range(packages)]
    version = [0] * packages
    costs: list[int] = []
    demands: list[tuple[int, int]] = []
    known: dict[tuple[int, int, tuple[int, ...]], int] = {}
    met: list[set[int]] = [set() for _ in range(packages)]
    for _ in range(dates):
        now: list[int] = []
        for package in range(packages):
            version[package] += draw.random() < OWN_CHANGES
            key = (package, version[package], tuple(now[need] for need in needs[package]))
            if key not in known:
                known[key] = len(costs)
                demands += [(len(costs), need) for need in key[2]]
                costs.append(seconds[package])
            now.append(known[key])
            met[package].add(known[key])
    wanted = draw.sample(range(core, packages), min(wants, packages - core))
    return Choice(
        name=name, costs=costs, demands=demands, wants=[sorted(met[each]) for each in wanted]
    )


def _layers(name: str, wants: int, alternatives: int, width: int, *, seed: int) -> Choice:
    draw = random.Random(seed)
    costs: list[int] = []
    demands: list[tuple[int, int]] = []
    below: list[int] = []
    for count in (width, width, wants * alternatives):
        layer = []
        for _ in range(count):
            layer.append(len(costs))
            demands += [(len(costs), need) for need in draw.sample(below, min(2, len(below)))]
            costs.append(draw.randint(1, 100))
        below = layer
    return Choice(
        name=name,
        costs=costs,
        demands=demands,
        wants=[draw.sample(below, alternatives) for _ in range(wants)],
    )


def _cover(
    name: str, wants: int, builds: int, density: float, dearest: int, *, seed: int
) -> Choice:
    draw = random.Random(seed)
    met: list[list[int]] = [[] for _ in range(wants)]
    for build in range(builds):
        for want in draw.sample(range(wants), max(2, round(wants * density))):
            met[want].append(build)
    for each in met:
        while len(each) < 2:  # noqa: PLR2004 - one alternative is not a choice
            each.append(draw.randrange(builds))
    costs = [draw.randint(1, dearest) for _ in range(builds)]
    return Choice(name=name, costs=costs, demands=[], wants=met)


def _picks(
    name: str, wants: int, builds: int, alternatives: int, near: int | None, *, seed: int
) -> Choice:
    draw = random.Random(seed)
    met = []
    for want in range(wants):
        around = range(builds)
        if near is not None:
            middle = want * builds // wants
            around = range(max(0, middle - near), min(builds, middle + near))
        met.append(sorted(draw.sample(around, alternatives)))
    costs = [draw.randint(1, 1000) for _ in range(builds)]
    return Choice(name=name, costs=costs, demands=[], wants=met)
