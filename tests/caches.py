"""Small build caches whose hashes are those of their content, to plant faults in.

The hashes are made here by the recipe of Spack's format and with nothing of the product.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tests.mirrors import INSTALL_MEDIA, SPEC_MEDIA, Mirror

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Layout: TypeAlias = Literal[2, 3]

_FLAGS = ("cflags", "cppflags", "cxxflags", "fflags", "ldflags", "ldlibs")

#: The needs of each package, with their types. `glibc` is an external.
NEEDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "glibc": {},
    "gmake": {"glibc": ("link",)},
    "zlib": {"glibc": ("link",), "gmake": ("build",)},
    "curl": {"glibc": ("link",), "gmake": ("build",), "zlib": ("build", "link")},
    "cmake": {"curl": ("build", "link"), "glibc": ("link",)},
    "hdf5": {"cmake": ("build",), "glibc": ("link",), "zlib": ("build", "link")},
    "python": {"zlib": ("build", "link")},
    "py-h5py": {"hdf5": ("build", "link"), "python": ("build", "run")},
}


def hash_of(node: Mapping[str, Any]) -> str:
    """Return the DAG hash of a node: SHA-1 of its compact JSON without the hash, in base32."""
    content = {key: value for key, value in node.items() if key != "hash"}
    text = json.dumps(content, separators=(",", ":"))
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).digest()
    return base64.b32encode(digest).decode().lower()


def spec_node(
    name: str, needs: Iterable[tuple[str, str, tuple[str, ...]]], *, external: bool = False
) -> dict[str, Any]:
    """Return a node as Spack 1.2 writes it.

    Args:
        name: The package.
        needs: Name, hash and types of each dependency.
        external: Whether the system provides it.
    """
    node: dict[str, Any] = {
        "name": name,
        "version": "1.0",
        "arch": {"platform": "linux", "platform_os": "ubuntu24.04", "target": "x86_64_v3"},
        "namespace": "builtin",
        "parameters": {"build_system": "generic", **{flag: [] for flag in _FLAGS}},
    }
    if external:
        node["external"] = {"path": "/usr", "module": None, "extra_attributes": {}}
    node["package_hash"] = "a" * 52 + "===="
    node["dependencies"] = [
        {"name": each, "hash": dag_hash, "parameters": {"deptypes": [*types], "virtuals": []}}
        for each, dag_hash, types in sorted(needs)
    ]
    node["annotations"] = {"original_specfile_version": 5}
    node["hash"] = hash_of(node)
    return node


def sound_nodes() -> dict[str, dict[str, Any]]:
    """Return the nodes of :data:`NEEDS`, by name."""
    made: dict[str, dict[str, Any]] = {}
    for name, needs in NEEDS.items():
        edges = [(each, str(made[each]["hash"]), types) for each, types in needs.items()]
        made[name] = spec_node(name, edges, external=name == "glibc")
    return made


@dataclass
class Cache:
    """A build cache: what its index lists, and what lies in its mirror.

    Attributes:
        nodes: The specs that the index lists, by a name in the test.
        binaries: The names of those that have a binary.
    """

    nodes: dict[str, dict[str, Any]] = field(default_factory=sound_nodes)
    binaries: set[str] = field(default_factory=lambda: set(NEEDS) - {"glibc"})

    def hash(self, name: str) -> str:
        """Return the hash that the index has for a name."""
        return str(self.nodes[name]["hash"])

    def index(self) -> bytes:
        """Return the index as Spack writes it."""
        installs = {
            node["hash"]: {"spec": node, "ref_count": 0, "in_buildcache": name in self.binaries}
            for name, node in self.nodes.items()
        }
        database = {"database": {"version": "8", "installs": installs}}
        return json.dumps(database, separators=(",", ":")).encode()

    def closure(self, name: str) -> list[dict[str, Any]]:
        """Return the nodes of a spec file: the spec, then what it depends on."""
        by_hash = {node["hash"]: node for node in self.nodes.values()}
        found: dict[str, dict[str, Any]] = {}
        waiting = [self.nodes[name]]
        while waiting:
            node = waiting.pop()
            if node["hash"] not in found:
                found[node["hash"]] = node
                waiting += [
                    by_hash[each["hash"]]
                    for each in node["dependencies"]
                    if each["hash"] in by_hash
                ]
        return [*found.values()]

    def spec_file(self, name: str, tarball: bytes) -> bytes:
        """Return the spec file of a binary."""
        return json.dumps(
            {
                "spec": {"_meta": {"version": 5}, "nodes": self.closure(name)},
                "buildcache_layout_version": 2,
                "binary_cache_checksum": {
                    "hash_algorithm": "sha256",
                    "hash": hashlib.sha256(tarball).hexdigest(),
                },
            }
        ).encode()

    def write(self, root: Path, layout: Layout) -> Path:
        """Write the mirror with all its binaries, and return its root."""
        mirror = Mirror(root)
        for name in sorted(self.binaries):
            if layout == 3:
                self._binary(mirror, name)
            else:
                self._old_binary(mirror, name)
        if layout == 3:
            mirror.index(self.index())
        else:
            mirror.old_index(self.index())
        return root

    def manifest(self, name: str) -> str:
        """Return the path of the manifest of a binary below the root."""
        stem = f"{self.nodes[name]['name']}-1.0-{self.hash(name)}"
        return f"v3/manifests/spec/{self.nodes[name]['name']}/{stem}.spec.manifest.json"

    def old_stem(self, name: str) -> str:
        """Return what the files of a binary of layout 2 are called."""
        arch = "linux-ubuntu24.04-x86_64_v3"
        return f"{arch}-none-none-{self.nodes[name]['name']}-1.0-{self.hash(name)}"

    def old_tarball(self, name: str) -> str:
        """Return the path of the tarball of a binary of layout 2."""
        folder = f"linux-ubuntu24.04-x86_64_v3/none-none/{self.nodes[name]['name']}-1.0"
        return f"build_cache/{folder}/{self.old_stem(name)}.spack"

    def _binary(self, mirror: Mirror, name: str) -> None:
        tarball = f"binary of {name}".encode()
        records = [
            mirror.record(tarball, INSTALL_MEDIA, "gzip"),
            mirror.record(
                gzip.compress(self.spec_file(name, tarball), mtime=0), SPEC_MEDIA, "gzip"
            ),
        ]
        mirror.manifest(self.manifest(name), *records)

    def _old_binary(self, mirror: Mirror, name: str) -> None:
        tarball = f"binary of {name}".encode()
        mirror.write(self.old_tarball(name), tarball)
        mirror.write(f"build_cache/{self.old_stem(name)}.spec.json", self.spec_file(name, tarball))
