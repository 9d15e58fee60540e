"""Seeded build cache indexes of any size, in the form that Spack writes.

    python benches/index_inputs.py --specs 100000 --seed 1 OUT.json

The shapes are those of real environments: about eight dependencies per spec, half of them only for
building, all of the spec's own system; on each system a few specs (a compiler, its runtime, the C
library, the wrapper, make) on which nearly all others depend; five variants per spec, rarely
compiler flags; versions of two or three fields; hashes that look random. A file has about 1,450
bytes per spec.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Faults", "write_index"]

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"

_FLAGS: Final = '"cflags":[],"cppflags":[],"cxxflags":[],"fflags":[],"ldflags":[],"ldlibs":[]'

_BUILD_SYSTEMS: Final = (
    ("python_pip", 103),
    ("autotools", 102),
    ("cmake", 53),
    ("generic", 36),
    ("makefile", 9),
    ("meson", 3),
)

_SYSTEMS: Final = (
    ("ubuntu22.04", "x86_64_v3"),
    ("ubuntu22.04", "neoverse_v2"),
    ("ubuntu24.04", "x86_64_v3"),
    ("ubuntu24.04", "aarch64"),
    ("rhel8", "x86_64_v3"),
)

#: The dependencies of every compiled spec: name, types, virtual packages.
_HUBS: Final = (
    ("compiler-wrapper", '"build"', ""),
    ("gcc", '"build"', '"c","cxx"'),
    ("gcc-runtime", '"link"', ""),
    ("glibc", '"link"', '"libc"'),
    ("gmake", '"build"', ""),
)

#: The number of these specs, with one of each on every system.
_HUB_SPECS: Final = len(_HUBS) * len(_SYSTEMS)

#: The share of specs that depend on each of these; that have three fields in the version, not two;
#: that have a variant with several values.
_DEPENDS_ON_HUB: Final = 0.7
_THREE_FIELDS: Final = 0.82
_SEVERAL_VALUES: Final = 0.3

#: The types of the other dependencies, and their frequency.
_TYPES: Final = (
    ('"build"', 30),
    ('"link"', 8),
    ('"build","link"', 40),
    ('"build","run"', 18),
    ('"run"', 3),
    ('"build","link","run"', 1),
)


def write_index(path: Path, *, specs: int, seed: int, faults: Faults | None = None) -> None:
    """Write an index.

    Args:
        path: The file.
        specs: The number of records; at least the hubs of each system.
        seed: The same seed gives the same bytes.
        faults: The faults of an index whose other hashes match their content; without it, hashes
            are random, which takes less time.
    """
    with path.open("w", encoding="ascii", newline="") as file:
        file.write('{"database":{"version":"8","installs":{')
        file.writelines(_records(random.Random(seed), max(specs, _HUB_SPECS), faults))
        file.write("}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The faults of an index.

    Attributes:
        absent_one_in: One in this many specs has no binary.
        changed_one_in: One in this many specs has content that does not match its hash.
    """

    absent_one_in: int
    changed_one_in: int


def _hash_of(node: str) -> str:
    """Return the DAG hash of a node as Spack writes it, without its own hash."""
    digest = hashlib.sha1(f"{{{node}}}".encode(), usedforsecurity=False).digest()
    return base64.b32encode(digest).decode().lower()


def _records(rng: random.Random, specs: int, faults: Faults | None) -> Iterator[str]:
    hashes: list[str] = []
    names: list[str] = []
    packages = [f"package-{number}" for number in range(max(specs // 40, 1))]
    versions = {name: _versions(rng) for name in packages}
    recipes = {name: "".join(rng.choices(_LETTERS, k=52)) for name in packages}
    variants = {name: [_variants(rng) for _ in range(4)] for name in packages}
    kinds = [kind for kind, _ in _TYPES]
    weights = [weight for _, weight in _TYPES]
    for number in range(specs):
        is_hub = number < _HUB_SPECS
        row, system = divmod(number, len(_SYSTEMS))
        name = _HUBS[row][0] if is_hub else rng.choice(packages)
        dag_hash = "".join(rng.choices(_LETTERS, k=32))
        available = "true"
        os, target = _SYSTEMS[system]
        edges = []
        if not is_hub:
            edges += [
                _edge(hub, hashes[at * len(_SYSTEMS) + system], types, virtuals)
                for at, (hub, types, virtuals) in enumerate(_HUBS)
                if rng.random() < _DEPENDS_ON_HUB
            ]
            # Mostly recent specs, as a stack's own dependencies are.
            reach = min(row, 600)
            rows = sorted({row - 1 - rng.randrange(reach) for _ in range(rng.randint(1, 10))})
            edges += [
                _edge(names[at], hashes[at], rng.choices(kinds, weights)[0], "")
                for at in (row * len(_SYSTEMS) + system for row in rows if row >= len(_HUBS))
            ]
        version = "1.0" if is_hub else rng.choice(versions[name])
        parameters = '"build_system":"generic"' if is_hub else rng.choice(variants[name])
        recipe = recipes.get(name, "a" * 52)
        separator = "," if number else ""
        node = (
            f'"name":"{name}","version":"{version}",'
            f'"arch":{{"platform":"linux","platform_os":"{os}","target":"{target}"}},'
            f'"namespace":"builtin","parameters":{{{parameters},{_FLAGS}}},'
            f'"package_hash":"{recipe}====","dependencies":[{",".join(edges)}],'
            f'"annotations":{{"original_specfile_version":5}}'
        )
        if faults is not None:
            dag_hash = _hash_of(node)
            if number % faults.changed_one_in == 1:
                node = node.replace('"namespace":"builtin"', '"namespace":"changed"', 1)
            if number % faults.absent_one_in == faults.absent_one_in - 1:
                available = "false"
        yield (
            f'{separator}"{dag_hash}":{{"spec":{{{node},"hash":"{dag_hash}"}},'
            f'"ref_count":{rng.randrange(40)},"in_buildcache":{available}}}'
        )
        hashes.append(dag_hash)
        names.append(name)


def _edge(name: str, dag_hash: str, types: str, virtuals: str) -> str:
    return (
        f'{{"name":"{name}","hash":"{dag_hash}",'
        f'"parameters":{{"deptypes":[{types}],"virtuals":[{virtuals}]}}}}'
    )


def _versions(rng: random.Random) -> list[str]:
    fields = 3 if rng.random() < _THREE_FIELDS else 2
    return [
        ".".join(str(rng.randrange(30)) for _ in range(fields)) for _ in range(rng.randint(1, 4))
    ]


def _variants(rng: random.Random) -> str:
    systems = [system for system, _ in _BUILD_SYSTEMS]
    weights = [weight for _, weight in _BUILD_SYSTEMS]
    parts = [f'"build_system":"{rng.choices(systems, weights)[0]}"']
    parts += [
        f'"variant{number}":{rng.choice(["true", "false"])}' for number in range(rng.randint(0, 6))
    ]
    if rng.random() < _SEVERAL_VALUES:
        parts.append('"libs":["shared","static"]')
    return ",".join(parts)


def main() -> None:
    """Write an index with the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--specs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    write_index(arguments.out, specs=arguments.specs, seed=arguments.seed)


if __name__ == "__main__":
    main()
