"""Locks of any size with costs, seeded, for benches of schedules and budgets.

    python benches/lock_inputs.py --specs 100000 --seed 1 OUT

writes ``OUT/spack.lock`` and ``OUT/costs.json``. Specs are in levels, as in real stacks: most need
a few of the levels directly below and some of the popular ones near the bottom. A spec that nothing
needs is a root. Costs are whole seconds, skewed like build times: most take a minute, a few take
hours.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

__all__ = ["write_lock"]

_LEVELS = 24
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def write_lock(folder: Path, *, specs: int, seed: int) -> tuple[Path, Path]:
    """Write a lock and the costs of its builds, and return their paths.

    Args:
        folder: The destination.
        specs: The number of specs in the lock.
        seed: The same seed gives the same bytes.
    """
    draw = random.Random(seed)
    # Lower levels are smaller: many applications need few libraries.
    level_of = sorted(int(_LEVELS * draw.random() ** 0.6) for _ in range(specs))
    starts = [0] * (_LEVELS + 1)
    for level in level_of:
        starts[level + 1] += 1
    for level in range(_LEVELS):
        starts[level + 1] += starts[level]
    hashes = [_hash(spec) for spec in range(specs)]
    needed: set[int] = set()
    nodes = {}
    for spec, level in enumerate(level_of):
        below = set()
        if starts[level]:
            near = starts[max(level - 3, 0)]
            for _ in range(draw.randint(1, 4)):
                below.add(draw.randrange(min(near, starts[level] - 1), starts[level]))
            for _ in range(draw.randint(0, 3)):
                below.add(int(starts[level] * draw.random() ** 4))
        needed |= below
        nodes[hashes[spec]] = {
            "name": f"p{spec}",
            "version": "1.0",
            "hash": hashes[spec],
            "arch": {"platform": "linux", "platform_os": "debian12", "target": "zen4"},
            "parameters": {},
            "dependencies": [
                {
                    "name": f"p{to}",
                    "hash": hashes[to],
                    "parameters": {"deptypes": ["build", "link"], "virtuals": []},
                }
                for to in sorted(below)
            ],
        }
    roots = [spec for spec in range(specs) if spec not in needed]
    document = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "roots": [{"hash": hashes[spec], "spec": f"p{spec}"} for spec in roots],
        "concrete_specs": nodes,
    }
    costs = {f"p{spec}": round(min(20_000, draw.lognormvariate(4, 1.3))) for spec in range(specs)}
    folder.mkdir(parents=True, exist_ok=True)
    lock, table = folder / "spack.lock", folder / "costs.json"
    lock.write_text(json.dumps(document), encoding="ascii")
    table.write_text(json.dumps(costs), encoding="ascii")
    return lock, table


def _hash(number: int) -> str:
    # Scattered, so that ranks do not correlate with anything else.
    scattered = number * 0x9E3779B97F4A7C15 % 2**64
    return "".join(_LETTERS[scattered >> 5 * at & 31] for at in range(12)) + "a" * 20


def main() -> None:
    """Write files with the arguments of the command line."""
    parser = argparse.ArgumentParser(description="Write a lock and what its builds cost.")
    parser.add_argument("--specs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    write_lock(arguments.folder, specs=arguments.specs, seed=arguments.seed)


if __name__ == "__main__":
    main()
