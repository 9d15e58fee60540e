"""Seeded graphs of specs, as numbers for any library and as the files that specplan reads.

    python benches/plan_inputs.py --specs 1000000 --seed 1 OUT

writes the locks and the indexes of a world to a folder. The shapes are those of real locks
(`rust/planner/benches/scale/shape.rs` draws the same kind): about eight dependencies per spec, half
of them only for building; a compiler, its wrapper, make, the C library and the compiler's runtime
below two specs in three; chains of at most about thirty edges; environments of a thousand specs, a
tenth of which share one library.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import random
from array import array
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

__all__ = [
    "BUILD",
    "LINK",
    "RUN",
    "SHARED",
    "World",
    "draw",
    "hash_of",
    "write_index",
    "write_locks",
]

#: The types of edges; an edge may have several.
BUILD, LINK, RUN = 1, 2, 4

#: The number of specs in an environment, unless the world is one tangle.
ENVIRONMENT_SPECS: Final = 1_000

#: The dependencies of nearly every spec, with the types of the edges and their frequency.
_HUBS: Final = (
    ("gcc", BUILD),
    ("compiler-wrapper", BUILD),
    ("gcc-runtime", LINK),
    ("glibc", LINK),
    ("gmake", BUILD),
)
_DEPENDS_ON_HUBS: Final = 0.68

#: Besides these, an environment starts with its own hubs, which are leaves.
_LEAVES: Final = 8
_LEVELS: Final = 28

#: One in this many environments uses a library of the first one: this spec.
_SHARING: Final = 10
SHARED: Final = _LEAVES

#: The types of the other edges, in the shares of real locks.
_KINDS: Final = (
    *[BUILD] * 42,
    *[LINK] * 15,
    *[BUILD | LINK] * 23,
    *[BUILD | RUN] * 17,
    *[RUN] * 3,
)

_TYPES: Final = {
    kinds: ",".join(
        f'"{name}"'
        for kind, name in ((BUILD, "build"), (LINK, "link"), (RUN, "run"))
        if kinds & kind
    )
    for kinds in range(1, 8)
}


@dataclass(frozen=True, kw_only=True)
class World:
    """Specs ``0..specs``, each of which depends on smaller ones only.

    Attributes:
        specs: The number of specs.
        environment_specs: The number of consecutive specs in one environment.
        starts: The start of the edges of each spec, and the end of those of the last one.
        dependencies: The target of each edge.
        kinds: The types of each edge.
    """

    specs: int
    environment_specs: int
    starts: array[int]
    dependencies: array[int]
    kinds: array[int]

    def edges_of(self, spec: int) -> Iterator[tuple[int, int]]:
        """Yield the dependencies of a spec, with the types of the edge."""
        span = slice(self.starts[spec], self.starts[spec + 1])
        return zip(self.dependencies[span], self.kinds[span], strict=True)

    def edges(self) -> Iterator[tuple[int, int, int]]:
        """Yield each edge as dependent, dependency and kinds."""
        for spec in range(self.specs):
            for dependency, kinds in self.edges_of(spec):
                yield spec, dependency, kinds

    def environments(self) -> Iterator[range]:
        """Yield the specs of each environment, without those of others that it uses."""
        for first in range(0, self.specs, self.environment_specs):
            yield range(first, min(first + self.environment_specs, self.specs))

    def roots(self) -> list[int]:
        """Return the specs that nothing depends on, ascending."""
        needed = bytearray(self.specs)
        for dependency in self.dependencies:
            needed[dependency] = 1
        return [spec for spec, mark in enumerate(needed) if not mark]

    def dependents_of(self, changed: int) -> int:
        """Return the number of specs that depend on one, directly or indirectly."""
        above = bytearray(self.specs)
        above[changed] = 1
        for spec in range(changed + 1, self.specs):
            span = slice(self.starts[spec], self.starts[spec + 1])
            above[spec] = any(above[dependency] for dependency in self.dependencies[span])
        return sum(above) - 1


def draw(*, specs: int, seed: int, tangle: bool = False) -> World:
    """Draw a world.

    Args:
        specs: The number of its specs.
        seed: The same seed gives the same world.
        tangle: Whether all specs are in one environment, and each may depend on any smaller one.
    """
    rng = random.Random(seed)
    size = specs if tangle else min(ENVIRONMENT_SPECS, specs)
    starts, dependencies, kinds = array("Q", [0]), array("L"), array("B")
    for first in range(0, specs, size):
        is_sharing = (first // size) % _SHARING == 1
        for spec in range(min(size, specs - first)):
            edges = _edges(rng, spec, size, is_sharing=is_sharing)
            for below, held in sorted(edges.items()):
                # Negative numbers refer to the first environment.
                dependencies.append(first + below if below >= 0 else SHARED)
                kinds.append(held)
            starts.append(len(dependencies))
    return World(
        specs=specs,
        environment_specs=size,
        starts=starts,
        dependencies=dependencies,
        kinds=kinds,
    )


def _edges(rng: random.Random, spec: int, size: int, *, is_sharing: bool) -> dict[int, int]:
    """Return the dependencies of a spec, by position within its environment; -1 for shared ones."""
    edges: dict[int, int] = {}
    if spec < _LEAVES:
        return edges
    if rng.random() < _DEPENDS_ON_HUBS:
        edges.update({hub: held for hub, (_, held) in enumerate(_HUBS)})
    width = max((size - _LEAVES) // _LEVELS, 1)
    level = (spec - _LEAVES) // width
    below = _LEAVES + level * width
    if level > 0:
        # One from the level below, the others from anywhere lower.
        edges[below - 1 - rng.randrange(width)] = rng.choice(_KINDS)
        for _ in range(rng.randrange(9)):
            edges[rng.randrange(below)] = rng.choice(_KINDS)
    elif is_sharing and spec < 2 * _LEAVES:
        edges[-1] = BUILD | LINK
    return edges


def hash_of(spec: int) -> str:
    """Return the hash of a spec: 32 letters that look random."""
    return base64.b32encode(hashlib.sha1(b"%d" % spec).digest()).decode().lower()  # noqa: S324


def write_locks(world: World, folder: Path) -> list[Path]:
    """Write a lock for each environment and return the files."""
    hashes = [hash_of(spec) for spec in range(world.specs)]
    roots = {*world.roots()}
    paths = []
    for number, environment in enumerate(world.environments()):
        path = folder / f"environment-{number:04}" / "spack.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="ascii", newline="") as file:
            file.write(
                '{"_meta":{"file-type":"spack-lockfile","lockfile-version":6,'
                '"specfile-version":5},"spack":{"version":"1.0.0","type":"release"},"roots":['
            )
            file.write(
                ",".join(
                    f'{{"hash":"{hashes[spec]}","spec":"{_name(world, spec)}"}}'
                    for spec in environment
                    if spec in roots
                )
            )
            file.write('],"concrete_specs":{')
            for at, spec in enumerate(_closure(world, environment)):
                file.write("," if at else "")
                file.write(f'"{hashes[spec]}":{_node(world, spec, hashes)}')
            file.write("}}")
        paths.append(path)
    return paths


def write_index(world: World, path: Path, available: Iterable[int]) -> None:
    """Write an index that lists specs as binaries; their dependencies are in the locks."""
    with path.open("w", encoding="ascii", newline="") as file:
        file.write('{"database":{"version":"8","installs":{')
        for at, spec in enumerate(available):
            dag_hash = hash_of(spec)
            file.write(
                f'{"," if at else ""}"{dag_hash}":{{"spec":{_node(world, spec, None)},'
                '"ref_count":0,"in_buildcache":true}'
            )
        file.write("}}}")


def _closure(world: World, environment: range) -> list[int]:
    """Return the specs of an environment and those of others that it uses, ascending."""
    own: Container[int] = environment
    others: set[int] = set()
    queue = deque(environment)
    while queue:
        for dependency, _ in world.edges_of(queue.popleft()):
            if dependency not in own and dependency not in others:
                others.add(dependency)
                queue.append(dependency)
    return [*sorted(others), *environment]


def _name(world: World, spec: int) -> str:
    place = spec % world.environment_specs
    return _HUBS[place][0] if place < len(_HUBS) else f"package-{place}"


def _node(world: World, spec: int, hashes: list[str] | None) -> str:
    edges = ""
    if hashes is not None:
        edges = '"dependencies":[' + ",".join(
            f'{{"name":"{_name(world, to)}","hash":"{hashes[to]}",'
            f'"parameters":{{"deptypes":[{_TYPES[held]}],"virtuals":[]}}}}'
            for to, held in world.edges_of(spec)
        )
        edges += "],"
    return (
        f'{{"name":"{_name(world, spec)}","version":"1.{spec // world.environment_specs}",'
        '"arch":{"platform":"linux","platform_os":"ubuntu24.04","target":"x86_64_v3"},'
        '"namespace":"builtin","parameters":{"build_system":"generic"},'
        f'"package_hash":"{"a" * 52}====",{edges}'
        f'"annotations":{{"original_specfile_version":5}},"hash":"{hash_of(spec)}"}}'
    )


def main() -> None:
    """Write a world with the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--specs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tangle", action="store_true", help="one environment, not many")
    parser.add_argument(
        "--available", type=float, default=0.5, metavar="SHARE", help="how many are in the index"
    )
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    world = draw(specs=arguments.specs, seed=arguments.seed, tangle=arguments.tangle)
    write_locks(world, arguments.out)
    rng = random.Random(arguments.seed)
    chosen = (spec for spec in range(world.specs) if rng.random() < arguments.available)
    write_index(world, arguments.out / "index.json", chosen)


if __name__ == "__main__":
    main()
