"""A large build cache of real specs, and abstract specs with Spack's own answers about them.

The specs of the locks in ``tests/data`` are copied, each copy with its own hashes, whose
dependencies are copies too. An abstract spec without hashes is satisfied by a copy exactly if it is
by the original, so Spack's answers in ``tests/data/oracle`` apply to all copies.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["Question", "copied", "questions", "write_copies"]

DATA: Final = Path(__file__).parents[1] / "tests" / "data"
_ORACLE: Final = DATA / "oracle" / "satisfies-new.json.gz"


@dataclass(frozen=True, kw_only=True)
class Question:
    """An abstract spec, and the hashes of the originals that satisfy it.

    Attributes:
        spec: The abstract spec.
        satisfied_by: Those hashes, including externals.
    """

    spec: str
    satisfied_by: tuple[str, ...]


def copied(dag_hash: str, copy: int) -> str:
    """Return the hash of a copy; copy 0 is the original."""
    if copy == 0:
        return dag_hash
    digest = hashlib.sha256(f"{copy} {dag_hash}".encode()).digest()
    return base64.b32encode(digest[:20]).decode().lower()


def questions(number: int, seed: int) -> list[Question]:
    """Return some of the oracle's abstract specs, except those with hashes."""
    with gzip.open(_ORACLE) as file:
        oracle: dict[str, Any] = json.load(file)
    usable = [each for each in oracle["queries"] if "/" not in each["spec"]]
    drawn = random.Random(seed).sample(usable, min(number, len(usable)))
    return [Question(spec=each["spec"], satisfied_by=tuple(each["satisfied_by"])) for each in drawn]


def write_copies(path: Path, *, specs: int) -> int:
    """Write a cache index with a minimum number of specs; return the number of copies."""
    originals: dict[str, dict[str, Any]] = {}
    with gzip.open(_ORACLE) as file:
        locks: list[str] = json.load(file)["locks"]
    for lock in locks:
        place = DATA / lock / "spack.lock.gz"
        if place.exists():
            with gzip.open(place) as file:
                originals |= json.load(file)["concrete_specs"]
    copies = -(-specs // len(originals))
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write('{"database":{"version":"8","installs":{')
        separator = ""
        for copy in range(copies):
            for dag_hash, spec in originals.items():
                edges = [
                    {**edge, "hash": copied(edge["hash"], copy)}
                    for edge in spec.get("dependencies", ())
                ]
                new = copied(dag_hash, copy)
                record = {
                    "spec": {**spec, "hash": new, "dependencies": edges},
                    "ref_count": 0,
                    "in_buildcache": "external" not in spec,
                }
                out.write(f"{separator}{json.dumps(new)}:")
                out.write(json.dumps(record, separators=(",", ":")))
                separator = ","
        out.write("}}}")
    return copies
