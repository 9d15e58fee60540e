"""Plain readers for locks and indexes, for checks without the compiled core."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, TypeAlias

from specplan.records import dataclass

__all__ = ["Edges", "FilePath", "Lock", "available_in", "edges_of", "read_lock"]

#: The path of a file, perhaps with ``[LABEL=]`` before it.
FilePath: TypeAlias = "str | os.PathLike[str]"

#: By hash, the dependencies of a spec with their types: dependency types, ``compiler`` if it
#: provides a language, ``splice`` for the spec as which a spliced one was built.
Edges: TypeAlias = "dict[str, dict[str, set[str]]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock.

    Attributes:
        stack: Its stack.
        roots: The hashes of its roots.
        nodes: Its specs by hash, as in the file, except for their dependencies, which are those of
            :func:`edges_of` in every version.
    """

    stack: str
    roots: list[str]
    nodes: dict[str, Any]


def read_lock(place: FilePath) -> Lock:
    """Read a lock, plain or gzip, of any version, and the environments that it includes."""
    label, _, where = os.fspath(place).rpartition("=")
    path = Path(where).absolute()
    by_key: dict[str, Any] = {}
    root_keys: list[str] = []
    environments = [_json(path)]
    for environment in environments:
        root_keys += [root["hash"] for root in environment["roots"]]
        environments += environment.get("include_concrete", {}).values()
        for key, node in environment["concrete_specs"].items():
            # In the oldest locks, a node is wrapped in its name.
            by_key[key] = node if "name" in node else _unwrapped(node)
    # Locks of versions 2 and 3 refer to specs by keys that are not their hashes.
    hash_of = {key: node.get("hash", key) for key, node in by_key.items()}
    nodes: dict[str, Any] = {}
    for key, node in by_key.items():
        nodes.setdefault(hash_of[key], {**node, "dependencies": _dependencies(node, hash_of)})
    name = path.name.removesuffix(".gz")
    own = path.parent.name if name == "spack.lock" else Path(name).stem
    return Lock(stack=label or own, roots=[hash_of[key] for key in root_keys], nodes=nodes)


def _unwrapped(node: Any) -> dict[str, Any]:
    ((name, inner),) = node.items()
    return {"name": name, **inner}


def _dependencies(node: Any, hash_of: Mapping[str, str]) -> list[Any]:
    recorded = node.get("dependencies", ())
    each = recorded.values() if isinstance(recorded, dict) else recorded
    names = ("hash", "package_hash", "full_hash", "build_hash")
    keys = [next(edge[name] for name in names if name in edge) for edge in each]
    return [{**edge, "hash": hash_of.get(key, key)} for edge, key in zip(each, keys, strict=True)]


def edges_of(node: Any) -> dict[str, set[str]]:
    """Return the dependencies of a node, with their types."""
    edges: dict[str, set[str]] = {}
    for edge in node.get("dependencies", ()):
        parameters = edge.get("parameters", {})
        types = edges.setdefault(edge["hash"], set())
        types.update(parameters.get("deptypes") or edge.get("type", ()))
        if {"c", "cxx", "fortran"} & {*parameters.get("virtuals", ())}:
            types.add("compiler")
    if "build_spec" in node:
        edges.setdefault(node["build_spec"]["hash"], set()).add("splice")
    return edges


def available_in(cache: FilePath | AbstractSet[str]) -> set[str]:
    """Return the hashes that a cache lists as binaries.

    Args:
        cache: An index, a mirror, a view of a mirror (``v3/manifests/index/NAME`` in it), a
            package page, or a folder of the pages of one snapshot; or the hashes themselves.
    """
    if isinstance(cache, AbstractSet):
        return {*cache}
    path = Path(os.fspath(cache).rpartition("=")[2])
    pages = [path] if path.suffix == ".md" else sorted(path.glob("**/specs.md"))
    if pages:
        return {entry["hash"] for page in pages for entry in _spec_details(page)}
    if path.is_dir():
        is_view = path.parent.name == "index"
        root = path.parents[3] if is_view else path
        manifest = (path if is_view else path / "v3/manifests/index") / "index.manifest.json"
        path = root / "build_cache/index.json"
        if manifest.exists():
            checksum = _json(manifest)["data"][0]["checksum"]
            path = root / "blobs/sha256" / checksum[:2] / checksum
    installs = _json(path)["database"]["installs"]
    return {each for each, record in installs.items() if record.get("in_buildcache")}


def _spec_details(page: Path) -> Any:
    """Return the specs of a page: JSON on one line, as the website writes it."""
    key = "spec_details: "
    lines = page.read_text(encoding="utf-8").splitlines()
    return json.loads(next(line for line in lines if line.startswith(key)).removeprefix(key))


def _json(path: Path) -> Any:
    document = path.read_bytes()
    return json.loads(gzip.decompress(document) if document[:2] == b"\x1f\x8b" else document)
