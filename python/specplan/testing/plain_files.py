"""Locks and indexes read in the plainest way, for checks that do without the compiled core."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

__all__ = ["Edges", "Lock", "Place", "available_in", "edges_of", "read_lock"]

#: Where a file is, or ``[LABEL=]`` and where it is.
Place: TypeAlias = "str | os.PathLike[str]"

#: By hash what a spec depends on, each with what for: dependency types, ``compiler`` where it
#: provides a language, ``splice`` for what a spliced spec was built as.
Edges: TypeAlias = "dict[str, dict[str, set[str]]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock of version 4 or newer.

    Attributes:
        label: Its stack.
        roots: The hashes of its roots.
        nodes: Its specs by hash, as the file has them.
    """

    label: str
    roots: list[str]
    nodes: dict[str, Any]


def read_lock(place: Place) -> Lock:
    """Read a lock, plain or gzip, and the environments that it includes."""
    label, _, where = os.fspath(place).rpartition("=")
    path = Path(where).absolute()
    lock = _json(path)
    nodes = dict(lock["concrete_specs"])
    roots = [root["hash"] for root in lock["roots"]]
    for included in lock.get("include_concrete", {}).values():
        nodes.update(included["concrete_specs"])
        roots += [root["hash"] for root in included["roots"]]
    name = path.name.removesuffix(".gz")
    own = path.parent.name if name == "spack.lock" else Path(name).stem
    return Lock(label=label or own, roots=roots, nodes=nodes)


def edges_of(node: Any) -> dict[str, set[str]]:
    """Return what a node depends on, and what for."""
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


def available_in(cache: Place | AbstractSet[str]) -> set[str]:
    """Return the hashes that an index or the index of a mirror lists as binaries."""
    if isinstance(cache, AbstractSet):
        return {*cache}
    path = Path(os.fspath(cache).rpartition("=")[2])
    manifest = path / "v3/manifests/index/index.manifest.json"
    if manifest.exists():
        checksum = _json(manifest)["data"][0]["checksum"]
        path = path / "blobs/sha256" / checksum[:2] / checksum
    elif path.is_dir():
        path = path / "build_cache/index.json"
    installs = _json(path)["database"]["installs"]
    return {each for each, record in installs.items() if record.get("in_buildcache")}


def _json(path: Path) -> Any:
    document = path.read_bytes()
    return json.loads(gzip.decompress(document) if document[:2] == b"\x1f\x8b" else document)
