"""Small indexes, locks, pages of nothing and environments, as text that tests can damage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.mirrors import dag_hash, node

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["environment", "index", "lock", "placed", "written"]


def placed(name: str, *needs: str, os: str = "ubuntu24.04", target: str = "x86_64_v3") -> Any:
    """Return the node of a spec on a system; its hash is that of its name."""
    made: dict[str, Any] = dict(node(name, "1.0", *needs))
    made["name"] = name.partition(":")[0]
    made["arch"] = {"platform": "linux", "platform_os": os, "target": target}
    for each in made["dependencies"]:
        each["name"] = each["name"].partition(":")[0]
    return made


def index(
    names: Iterable[str],
    *,
    needs: Mapping[str, Iterable[str]] | None = None,
    absent: Iterable[str] = (),
    os: str = "ubuntu24.04",
) -> str:
    """Return the index of a build cache.

    Args:
        names: Its specs; ``zlib:2`` is another spec of the package ``zlib``.
        needs: The specs that each links to.
        absent: The specs that it lists without a binary.
        os: The operating system of all.
    """
    needs = needs or {}
    without = set(absent)
    installs = {
        dag_hash(name): {
            "spec": placed(name, *needs.get(name, ()), os=os),
            "ref_count": 0,
            "in_buildcache": name not in without,
        }
        for name in (*names, *sorted(without))
    }
    return json.dumps({"database": {"version": "8", "installs": installs}})


def lock(
    roots: Iterable[str],
    *,
    needs: Mapping[str, Iterable[str]] | None = None,
    os: str = "ubuntu24.04",
    external: Iterable[str] = (),
) -> str:
    """Return a lock of roots and all that they link to."""
    needs = needs or {}
    roots = list(roots)
    outside = set(external)
    specs: dict[str, Any] = {}
    waiting = [*roots]
    while waiting:
        name = waiting.pop()
        if dag_hash(name) in specs:
            continue
        made = placed(name, *needs.get(name, ()), os=os)
        if name in outside:
            made["external"] = {"path": "/usr", "module": None, "extra_attributes": {}}
        specs[dag_hash(name)] = made
        waiting += needs.get(name, ())
    return json.dumps(
        {
            "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
            "roots": [{"hash": dag_hash(each), "spec": each.partition(":")[0]} for each in roots],
            "concrete_specs": specs,
        }
    )


def environment(*roots: str, more: str = "") -> str:
    """Return an environment with these roots, for one system."""
    required = "packages: {all: {require: ['os=ubuntu24.04', target=x86_64_v3]}}"
    return f"spack:\n  specs: [{', '.join(roots)}]\n  {required}\n  {more}\n"


def written(folder: Path, **files: str) -> None:
    """Write files, of which ``a__b_json`` is ``a/b.json``."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
