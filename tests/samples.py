"""One small sound file of each format that is read, as a value, to be damaged by tests.

What a format holds is told here as Python objects, so that a test can put anything in the
place of any part; how that is spelt as a file is told by :meth:`Sample.write`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tests import mirrors
from tests.mirrors import INDEX_MEDIA, INSTALL_MEDIA, SPEC_MEDIA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: The role of a sample: a source of specs, a want, or something else.
Role: TypeAlias = Literal["source", "lock", "environment", "costs", "configuration"]

APP, LIBRARY, TOOL = (letter * 32 for letter in "abc")

#: Keys of files from before Spack 0.18, which are not the hashes of specs.
BUILD = {APP: "x" * 32, LIBRARY: "y" * 32, TOOL: "z" * 32}

#: Name, version, and what it depends on with the types, by hash.
_SPECS: dict[str, tuple[str, str, dict[str, list[str]]]] = {
    APP: ("app", "1.0", {LIBRARY: ["build", "link"], TOOL: ["build"]}),
    LIBRARY: ("library", "2.1.3", {}),
    TOOL: ("tool", "git.main=3", {}),
}

#: The version of the nodes in each version of a database and of a lock.
FORMS_OF_DATABASES = {5: 1, 6: 3, 7: 4, 8: 5, 9: 6}
FORMS_OF_LOCKS = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 5, 8: 6}
FORMS = (1, 2, 3, 4, 5, 6)

#: The first version of nodes that say what they provide, and what the library provides.
FIRST_WITH_PROVIDED = 6
PROVIDED = ("libgfortran@5", "mpi@:3")

#: The first version of locks whose roots may name a group.
FIRST_WITH_GROUPS = 7

_FLAGS = ("cflags", "cppflags", "cxxflags", "fflags", "ldflags", "ldlibs")


def _edges(form: int, needs: dict[str, list[str]], *, keys: bool) -> object:
    named = {
        _SPECS[each][0]: (BUILD[each] if keys else each, types) for each, types in needs.items()
    }
    if form == 1:
        return {name: {"hash": key, "type": types} for name, (key, types) in named.items()}
    if form in {2, 3}:
        of_key = "build_hash" if form == 2 else "hash"
        return [{"name": n, of_key: key, "type": types} for n, (key, types) in named.items()]
    return [
        {
            "name": n,
            "hash": key,
            "parameters": {"deptypes": types, "virtuals": ["c"] if n == "tool" else []},
        }
        for n, (key, types) in named.items()
    ]


def node(dag_hash: str, form: int, *, keys: bool = False) -> dict[str, Any]:
    """Return a node as a version of Spack's format of nodes has it.

    Args:
        dag_hash: One of the three specs.
        form: The version, 1 to 6.
        keys: Whether dependencies refer to :data:`BUILD` and not to hashes.
    """
    name, version, needs = _SPECS[dag_hash]
    fields: dict[str, Any] = {
        "version": version,
        "arch": {
            "platform": "linux",
            "platform_os": "rhel8",
            "target": "zen2"
            if name != "tool"
            else {
                "name": "zen2",
                "vendor": "AMD",
                "features": ["avx"],
                "generation": 0,
                "parents": ["zen"],
            },
        },
        "namespace": "builtin",
        "parameters": {
            "build_system": "generic",
            "shared": True,
            "libs": ["shared", "static"],
            **{flag: [] for flag in _FLAGS},
        },
        "package_hash": "p" * 52 + "====",
        "dependencies": _edges(form, needs, keys=keys),
        "hash": dag_hash,
    }
    if name == "library":
        fields["patches"] = ["e" * 64]
        fields["parameters"]["patches"] = ["e" * 64]
    if name == "tool":
        fields["external"] = {"path": "/usr", "module": None, "extra_attributes": {}}
    if form < 5:
        fields["compiler"] = {"name": "gcc", "version": "10.2.1"}
    else:
        fields["annotations"] = {"original_specfile_version": form}
    if form >= FIRST_WITH_PROVIDED and name == "library":
        fields["provided_virtuals"] = list(PROVIDED)
    if keys:
        fields["build_hash"] = BUILD[dag_hash]
    if form == 1:
        return {name: fields}
    return {"name": name, **fields}


def database(version: int, *, installed: bool = False) -> dict[str, Any]:
    """Return the index of a build cache, or the database of an installation."""
    form = FORMS_OF_DATABASES[version]
    records = {}
    for dag_hash, (name, _, _) in _SPECS.items():
        record: dict[str, Any] = {"spec": node(dag_hash, form), "ref_count": 1}
        if installed:
            record |= {
                "path": "/opt",
                "installed": True,
                "explicit": True,
                "installation_time": 1.5,
                "deprecated_for": None,
            }
        else:
            record["in_buildcache"] = name != "tool"
        records[dag_hash] = record
    return {"database": {"version": str(version), "installs": records}}


def lock(version: int) -> dict[str, Any]:
    """Return a lock."""
    form = FORMS_OF_LOCKS[version]
    keys = version in {2, 3}
    specs = {BUILD[each] if keys else each: node(each, form, keys=keys) for each in _SPECS}
    root = {"hash": BUILD[APP] if keys else APP, "spec": "app@1.0:"}
    document: dict[str, Any] = {
        "_meta": {
            "file-type": "spack-lockfile",
            "lockfile-version": version,
            "specfile-version": form,
        },
        "roots": [root | ({"group": "default"} if version >= FIRST_WITH_GROUPS else {})],
        "concrete_specs": specs,
    }
    if version >= 5:
        document["spack"] = {"version": "1.0", "type": "release"}
        inner = {key: document[key] for key in ("roots", "concrete_specs")}
        document["include_concrete"] = {"/other": inner | {"include_concrete": {}}}
    return document


def spec_file(version: int) -> dict[str, Any]:
    """Return the spec file of a binary."""
    nodes = [node(each, version, keys=version <= 2) for each in _SPECS]
    spec: object = nodes if version == 1 else {"_meta": {"version": version}, "nodes": nodes}
    checksum = {"hash_algorithm": "sha256", "hash": "0" * 64}
    return {"spec": spec, "buildcache_layout_version": 2, "binary_cache_checksum": checksum}


def environment() -> dict[str, Any]:
    """Return an environment that has everything an environment can have."""
    return {
        "spack": {
            "definitions": [
                {
                    "compilers": ["%gcc"],
                    "when": 'True or arch.satisfies("target=zen2")',
                },
                {"packages": ["app", "library@2:"]},
                {"all": [{"matrix": [["$packages"], ["$%compilers"]], "exclude": ["app@9"]}]},
            ],
            "specs": [
                "$all",
                "tool",
                {"matrix": [["app"], ["+shared", "~shared"]]},
                {
                    "group": "more",
                    "needs": ["default"],
                    "specs": ["library"],
                    "override": {"packages": {"all": {"require": ["os=rhel8"]}}},
                },
            ],
            "packages": {
                "all": {
                    "require": ["os=rhel8", {"spec": "target=zen2"}],
                    "target": ["zen2"],
                    "providers": {"mpi": ["openmpi"]},
                },
                "app": {"require": [{"one_of": ["+shared", "~shared"], "when": "@1"}]},
            },
            "toolchains": {"gnu": [{"spec": "%c=gcc", "when": "%c"}], "old": "%gcc@9"},
            "concretizer": {"unify": "when_possible"},
            "include": [
                {"path": "absent.yaml", "when": "False", "optional": True},
                {"path": "absent", "optional": True},
            ],
            "include_concrete": [],
            "view": False,
        }
    }


@dataclass(frozen=True)
class Sample:
    """A sound file.

    Attributes:
        name: Its name.
        role: Its role for the commands.
        relative: Its path below the folder.
        value: Its content.
        place: The source in it: a file or folder below the folder.
        beside: Other files, written before it, as bytes.
        spelt: Converts a text of JSON to the file.
    """

    name: str
    role: Role
    relative: str
    value: Any
    place: str
    beside: dict[str, bytes]
    spelt: Callable[[str], bytes]

    def write(self, folder: Path, text: str | None = None) -> Path:
        """Write the file, with another text of JSON if one is given, and return what is asked."""
        for relative, content in self.beside.items():
            path = folder / relative
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        path = folder / self.relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.spelt(json.dumps(self.value) if text is None else text))
        return folder / self.place


def _plain(text: str) -> bytes:
    return text.encode()


def _signed(text: str) -> bytes:
    return mirrors.clear_signed(text.encode())


def _blob(content: bytes) -> str:
    checksum = hashlib.sha256(content).hexdigest()
    return f"blobs/sha256/{checksum[:2]}/{checksum}"


def _record(content: bytes, media: str) -> dict[str, Any]:
    return {
        "contentLength": len(content),
        "mediaType": media,
        "compression": "none",
        "checksumAlgorithm": "sha256",
        "checksum": hashlib.sha256(content).hexdigest(),
    }


def _of_mirror(name: str, *, signed: bool) -> Iterator[Sample]:
    index = json.dumps(database(8)).encode()
    spec = json.dumps(spec_file(5)).encode()
    tarball = b"binary"
    of_index = {"version": 3, "data": [_record(index, INDEX_MEDIA)]}
    of_binary = {"version": 3, "data": [_record(tarball, INSTALL_MEDIA), _record(spec, SPEC_MEDIA)]}
    blobs = {_blob(each): each for each in (index, spec, tarball)}
    spelt = _signed if signed else _plain
    index_at = "v3/manifests/index/index.manifest.json"
    view_at = "v3/manifests/index/e4s/index.manifest.json"
    binary_at = f"v3/manifests/spec/app/app-1.0-{APP}.spec.manifest.json"
    yield Sample(f"{name} of an index", "source", index_at, of_index, ".", blobs, spelt)
    yield Sample(
        f"{name} of a view", "source", view_at, of_index, "v3/manifests/index/e4s", blobs, spelt
    )
    beside = {**blobs, index_at: json.dumps(of_index).encode()}
    yield Sample(f"{name} of a binary", "source", binary_at, of_binary, ".", beside, spelt)
    yield Sample(
        f"{name} of a binary without an index", "source", binary_at, of_binary, ".", blobs, spelt
    )


def _page(text: str) -> bytes:
    # The members of the object, each a line of its own as in pages.
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        return f"---\n{text}\n---".encode()
    if not isinstance(members, dict):
        return f"---\n{text}\n---".encode()
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in members.items())
    return f"---\n{lines}---".encode()


def page() -> dict[str, Any]:
    """Return what the front matter of a package page holds."""
    entry = {
        "compiler": "gcc@12.2.0",
        "hash": APP,
        "os": "rhel8",
        "platform": "linux",
        "size": "-",
        "stacks": ["e4s", "root"],
        "target": "zen2",
        "variants": ["+shared", "libs:=shared,static"],
        "versions": ["1.0"],
    }
    meta = {
        "compilers": ["gcc@12.2.0"],
        "num_specs": 1,
        "num_specs_by_stack": {"e4s": 1, "root": 1},
        "oss": ["rhel8"],
        "platforms": ["linux"],
        "stacks": ["e4s", "root"],
        "targets": ["zen2"],
        "versions": ["1.0"],
    }
    return {
        "title": "app",
        "layout": "cache",
        "categories": ["package", "develop"],
        "meta": meta,
        "spec_details": [entry],
    }


def configuration() -> dict[str, Any]:
    """Return a configuration that has every key that goes with the others."""
    return {
        "cache": ["none"],
        "want": ["e4s=spack.lock"],
        "system": ["all"],
        "os": ["rhel8"],
        "target": ["zen*"],
        "costs": ["costs.json"],
        "scope": "runtime",
        "level": "hash",
        "compat": "os",
        "format": "json",
        "fail-under": 62.5,
        "fail-under-roots": 0,
        "fail-on-absent": False,
        "strict": True,
        "families": {"e4s": ["e4s*", "tools"]},
        "libc": {"rhel8": "glibc 2.28"},
        "host": {"platform": "linux", "env": {"CI": "yes"}},
        "check": {"verify": "index", "ignore": ["dangling"]},
        "not-wanted": [{"package": "tool", "os": "*", "reason": "it is the system's"}],
        "weight": [{"spec": "app", "weight": 2.5}],
    }


def _toml(text: str) -> bytes:
    """Spell an object as TOML, each member on a line; what TOML cannot hold stays away."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text.encode()
    if not isinstance(value, dict):
        return text.encode()
    lines = [f"{json.dumps(k)} = {_inline(v)}\n" for k, v in value.items() if v is not None]
    return "".join(lines).encode("utf-8", "replace")


def _inline(value: object) -> str:
    if isinstance(value, dict):
        members = (f"{json.dumps(k)} = {_inline(v)}" for k, v in value.items() if v is not None)
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_inline(each) for each in value if each is not None)}]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


def samples() -> Iterator[Sample]:
    """Yield a sound file of each format."""

    def file(name: str, role: Role, value: Any, relative: str = "file.json") -> Sample:
        return Sample(name, role, relative, value, relative, {}, _plain)

    for version in FORMS_OF_DATABASES:
        yield file(f"index {version}", "source", database(version))
    for version in (7, 8, 9):
        yield file(f"installation {version}", "source", database(version, installed=True))
    for version in FORMS_OF_LOCKS:
        yield file(f"lock {version}", "lock", lock(version))
    for version in FORMS:
        yield file(f"spec file {version}", "source", spec_file(version))
    yield file("spack find --json", "source", [node(each, 5) for each in _SPECS])
    yield file("spack spec --json", "source", {"spec": spec_file(5)["spec"]})
    yield from _of_mirror("manifest", signed=False)
    yield from _of_mirror("signed manifest", signed=True)
    index = json.dumps(database(8)).encode()
    listed = [{"label": label, "url": "index.json"} for label in ("root", "e4s")]
    yield Sample(
        "map of snapshots",
        "source",
        "map.json",
        {"develop": listed, "v1.0": listed},
        "map.json",
        {"index.json": index},
        _plain,
    )
    yield Sample("page", "source", "specs.md", page(), "specs.md", {}, _page)
    yield file("environment", "environment", environment(), "spack.yaml")
    lock_beside = {"spack.lock": json.dumps(lock(6)).encode()}
    costs = {APP: 10, "library@2.1.3": 2.5, f"app@1.0/{APP}": 10, "tool": 0}
    yield Sample("costs", "costs", "costs.json", costs, "costs.json", lock_beside, _plain)
    times = [
        {
            "name": "app",
            "hash": APP,
            "total": 3.5,
            "cache": False,
            "phases": [{"name": "install", "seconds": 3.5}],
        }
    ]
    yield Sample("install times", "costs", "costs.json", times, "costs.json", lock_beside, _plain)
    files = {**lock_beside, "costs.json": json.dumps(costs).encode()}
    toml = "specplan.toml"
    yield Sample("configuration", "configuration", toml, configuration(), toml, files, _toml)
