"""What `check` finds in what indexes, locks and spec files say: each fault, and nothing else."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import specplan
from specplan.sources import Limits
from tests import mirrors
from tests.caches import Cache, hash_of, spec_node
from tests.small_caches import environment, index
from tests.small_caches import lock as small_lock

if TYPE_CHECKING:
    from specplan.model.check import Check, Finding

LOCKS = Path(__file__).parents[1] / "data" / "locks"


def checked(folder: Path, cache: Cache, **question: Any) -> Check:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.json").write_bytes(cache.index())
    return specplan.load(folder).check(**question)


def only(check: Check) -> Finding:
    (finding,) = check.findings
    return finding


def test_a_sound_cache_has_no_findings(tmp_path: Path) -> None:
    check = checked(tmp_path, Cache())
    assert check.findings == ()
    assert (check.files, check.specs) == (1, 8)
    assert check.binaries is not None
    assert check.roots is not None
    assert (check.binaries.available, check.binaries.usable, check.binaries.broken) == (7, 7, 0)
    assert (check.roots.counted, check.roots.installable) == (1, 1)
    assert (check.hashes.recomputed, check.hashes.undecided) == (8, 0)


def test_a_library_that_nothing_describes_is_one_finding_with_all_that_it_breaks(
    tmp_path: Path,
) -> None:
    cache = Cache()
    missing = cache.hash("zlib")
    del cache.nodes["zlib"]
    finding = only(checked(tmp_path, cache))
    assert (finding.kind, finding.location) == ("missing", missing)
    assert finding.spec is not None
    assert (finding.spec.hash, finding.spec.package, finding.spec.version) == (
        missing,
        "zlib",
        None,
    )
    # curl, cmake, hdf5, python and py-h5py, which is the only root.
    assert (finding.binaries, finding.roots) == (5, 1)
    assert set(finding.dependents) == {cache.hash(name) for name in ("curl", "hdf5", "python")}
    assert finding.message.startswith("no source describes it; needed directly by ")
    assert finding.message.endswith("; breaks py-h5py@1.0")
    assert finding.path == str(tmp_path / "index.json")


def test_a_library_that_is_listed_without_a_binary_is_the_same_finding(tmp_path: Path) -> None:
    cache = Cache()
    cache.binaries.remove("curl")
    check = checked(tmp_path, cache)
    finding = only(check)
    assert (finding.kind, finding.location) == ("missing", cache.hash("curl"))
    assert (finding.binaries, finding.roots) == (1, 0)
    assert finding.message == ("it is listed, but there is no binary; needed directly by cmake@1.0")
    assert check.binaries is not None
    assert (check.binaries.available, check.binaries.broken) == (6, 1)


def test_what_breaks_most_comes_first(tmp_path: Path) -> None:
    cache = Cache()
    cache.binaries -= {"curl", "hdf5", "zlib"}
    found = [
        (each.location, each.roots, each.binaries) for each in checked(tmp_path, cache).findings
    ]
    # Without these, cmake is a root beside py-h5py; what breaks equally much comes by hash.
    equal = sorted(cache.hash(name) for name in ("curl", "hdf5"))
    assert found == [(cache.hash("zlib"), 2, 3), *((each, 1, 1) for each in equal)]


def test_a_harmless_spec_that_is_listed_without_a_binary_is_reported(tmp_path: Path) -> None:
    cache = Cache()
    cache.binaries.remove("gmake")
    check = checked(tmp_path, cache)
    finding = only(check)
    assert (finding.kind, finding.location) == ("not-in-cache", cache.hash("gmake"))
    assert finding.message == "it is listed, but there is no binary; no binary needs it to install"
    assert (finding.binaries, finding.roots, finding.dependents) == (None, None, ())
    assert check.without(["not-in-cache"]).findings == ()
    assert check.without(["not-in-cache"]).ignored == (("not-in-cache", 1),)


def test_an_edge_to_nowhere_that_no_install_follows_is_reported(tmp_path: Path) -> None:
    cache = Cache()
    nowhere = cache.hash("gmake")
    del cache.nodes["gmake"]
    finding = only(checked(tmp_path, cache))
    assert (finding.kind, finding.location) == ("dangling", nowhere)
    assert finding.spec is not None
    assert finding.spec.package == "gmake"
    assert set(finding.dependents) == {cache.hash("zlib"), cache.hash("curl")}
    assert finding.message.startswith(
        "no source describes it; not needed to install any binary, but needed by "
    )


def test_an_edge_to_nowhere_of_a_mere_listing_is_reported_beside_the_listing(
    tmp_path: Path,
) -> None:
    cache = Cache()
    cache.nodes["tool"] = spec_node("tool", [("gone", mirrors.dag_hash("gone"), ("link",))])
    found = checked(tmp_path, cache).findings
    assert {(each.kind, each.location) for each in found} == {
        ("not-in-cache", cache.hash("tool")),
        ("dangling", mirrors.dag_hash("gone")),
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", "1.1"),
        ("namespace", "site"),
        ("arch", {"platform": "linux", "platform_os": "ubuntu24.04", "target": "zen4"}),
        ("parameters", {"build_system": "cmake"}),
        ("package_hash", "b" * 52 + "===="),
    ],
)
def test_a_hash_that_differs_from_its_content_is_reported_with_the_right_one(
    tmp_path: Path, key: str, value: object
) -> None:
    cache = Cache()
    cache.nodes["py-h5py"] = {**cache.nodes["py-h5py"], key: value}
    finding = only(checked(tmp_path, cache))
    assert (finding.kind, finding.location) == ("wrong-hash", cache.hash("py-h5py"))
    assert finding.message == f"the content has the hash {hash_of(cache.nodes['py-h5py'])}"


def test_an_edge_that_was_changed_is_a_wrong_hash_and_no_more(tmp_path: Path) -> None:
    cache = Cache()
    node = json.loads(json.dumps(cache.nodes["python"]))
    node["dependencies"][0]["parameters"]["deptypes"] = ["link"]
    cache.nodes["python"] = node
    assert only(checked(tmp_path, cache)).kind == "wrong-hash"


def test_a_hash_that_cannot_be_recomputed_is_no_finding(tmp_path: Path) -> None:
    cache = Cache()
    target = {
        "name": "zen4",
        "vendor": "AuthenticAMD",
        "features": [],
        "generation": 0,
        "parents": [],
    }
    arch = {"platform": "linux", "platform_os": "ubuntu24.04", "target": target}
    cache.nodes["py-h5py"] = {**cache.nodes["py-h5py"], "arch": arch}
    cache.nodes["curl"] = {
        **cache.nodes["curl"],
        "version": "8.0",
        "annotations": {"original_specfile_version": 4, "compiler": "gcc@=12.2.0"},
    }
    # The C library is external: the system may call it otherwise today.
    cache.nodes["glibc"] = {**cache.nodes["glibc"], "version": "2.99"}
    check = checked(tmp_path, cache)
    assert check.findings == ()
    assert (check.hashes.recomputed, check.hashes.undecided) == (5, 3)


def test_specs_that_depend_on_each_other_are_one_finding(tmp_path: Path) -> None:
    cache = Cache()
    for name, other in (("zlib", "curl"),):
        node = json.loads(json.dumps(cache.nodes[name]))
        node["dependencies"].insert(
            0,
            {
                "name": other,
                "hash": cache.hash(other),
                "parameters": {"deptypes": ["link"], "virtuals": []},
            },
        )
        # No hash can allow this; an old node proves nothing about its hash.
        node["annotations"] = {"original_specfile_version": 4}
        cache.nodes[name] = node
    check = checked(tmp_path, cache)
    finding = only(check)
    first = min(cache.hash("curl"), cache.hash("zlib"))
    assert (finding.kind, finding.location) == ("cycle", first)
    assert finding.message.startswith("depends on itself, which is impossible for a hash: ")
    # All the rest is still checked.
    assert check.binaries is not None
    assert check.binaries.broken == 0


def test_one_hash_with_two_contents_is_reported(tmp_path: Path) -> None:
    one, other = Cache(), Cache()
    other.nodes["zlib"] = {
        **other.nodes["zlib"],
        "namespace": "site",
        "annotations": {"original_specfile_version": 4},
    }
    paths = []
    for name, cache in (("one", one), ("other", other)):
        paths.append(tmp_path / name / "index.json")
        paths[-1].parent.mkdir()
        paths[-1].write_bytes(cache.index())
    finding = only(specplan.load(f"one={paths[0]}", f"other={paths[1]}").check())
    assert (finding.kind, finding.location) == ("different-content", one.hash("zlib"))
    assert "namespace is `" in finding.message


def test_a_file_too_old_to_record_virtual_packages_contradicts_none(tmp_path: Path) -> None:
    cache = Cache()
    node = json.loads(json.dumps(cache.nodes["zlib"]))
    for edge in node["dependencies"]:
        edge["parameters"]["virtuals"] = ["libc"] if edge["name"] == "glibc" else []
    old = json.loads(json.dumps(node))
    for edge in old["dependencies"]:
        edge["type"] = edge.pop("parameters")["deptypes"]
    for each in (node, old):
        each["annotations"] = {"original_specfile_version": 3}
    paths = [tmp_path / "new.json", tmp_path / "old.json"]
    for path, each in zip(paths, (node, old), strict=True):
        path.write_text(json.dumps([each]))
    assert specplan.load(*paths).check().findings == ()
    old["dependencies"][0]["type"] = ["run"]
    paths[1].write_text(json.dumps([old]))
    finding = only(specplan.load(*paths).check())
    assert finding.kind == "different-content"
    assert finding.message.startswith("its dependencies differ in ")


def test_two_platforms_of_one_operating_system_are_reported(tmp_path: Path) -> None:
    cache = Cache()
    node = spec_node("tool", [])
    node["arch"] = {**node["arch"], "platform": "darwin"}
    node["hash"] = hash_of(node)
    cache.nodes["tool"] = node
    cache.binaries.add("tool")
    finding = only(checked(tmp_path, cache))
    assert (finding.kind, finding.location) == ("two-platforms", "ubuntu24.04")


def test_roots_may_be_those_of_a_lock(tmp_path: Path) -> None:
    cache = Cache()
    lock = tmp_path / "spack.lock"
    roots = ("curl", "hdf5", "glibc")
    lock.write_text(
        json.dumps(
            {
                "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6},
                "roots": [{"hash": cache.hash(name), "spec": name} for name in roots],
                "concrete_specs": {node["hash"]: node for node in cache.nodes.values()},
            }
        )
    )
    missing = cache.hash("zlib")
    cache.nodes.pop("zlib")
    cache.binaries.discard("curl")
    check = checked(tmp_path / "cache", cache, want=f"e4s={lock}")
    assert check.roots is not None
    assert check.roots.of_locks
    # What the system provides is not a root, and curl has no binary at all.
    assert (check.roots.counted, check.roots.installable) == (2, 0)
    assert [root.hash for root in check.roots.broken] == [cache.hash("hdf5")]
    assert [root.hash for root in check.roots.absent] == [cache.hash("curl")]
    first = check.findings[0]
    assert (first.location, first.roots) == (missing, 2)
    assert first.message.startswith("no cache lists it; needed directly by ")
    # The lock describes it.
    assert first.spec is not None
    assert first.spec.version == "1.0"


def test_an_installation_has_no_binaries_to_break(tmp_path: Path) -> None:
    cache = Cache()
    del cache.nodes["gmake"]
    document = json.loads(cache.index())
    for record in document["database"]["installs"].values():
        del record["in_buildcache"]
        record |= {"path": "/opt/x", "installed": True, "explicit": True}
    path = tmp_path / "index.json"
    path.write_text(json.dumps(document))
    assert only(specplan.load(path).check()).kind == "dangling"


def test_a_list_of_specs_need_not_contain_all_their_dependencies(tmp_path: Path) -> None:
    path = tmp_path / "found.json"
    path.write_text(json.dumps([Cache().nodes["hdf5"]]))
    assert specplan.load(path).check().findings == ()


def test_a_cache_of_nothing_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(b'{"database": {"version": "8", "installs": {}}}')
    check = specplan.load(path).check()
    assert (check.findings, check.binaries, check.roots) == ((), None, None)


def test_a_file_that_changed_since_it_was_read_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(Cache().index())
    catalog = specplan.load(path)
    path.write_bytes(b"{")
    finding = only(catalog.check())
    assert finding.kind == "damaged"
    assert finding.message.startswith("has changed since it was read: ")
    path.unlink()
    assert only(catalog.check()).kind == "damaged"


def test_standard_input_is_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache()
    cache.nodes["hdf5"] = {**cache.nodes["hdf5"], "version": "9"}
    packed = gzip.compress(cache.index())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed)))
    finding = only(specplan.load("-").check())
    assert (finding.kind, finding.path) == ("wrong-hash", "-")


def test_a_signed_spec_file_is_checked_too(tmp_path: Path) -> None:
    cache = Cache()
    cache.nodes["gmake"] = {**cache.nodes["gmake"], "version": "9"}
    path = tmp_path / "gmake.spec.json.sig"
    path.write_bytes(mirrors.clear_signed(cache.spec_file("gmake", b"")))
    finding = only(specplan.load(path).check())
    assert (finding.kind, finding.location) == ("wrong-hash", cache.hash("gmake"))


def test_merged_catalogs_are_checked_as_one(tmp_path: Path) -> None:
    whole = Cache()
    part = Cache()
    del part.nodes["zlib"]
    one, other = (tmp_path / name for name in ("part.json", "zlib.json"))
    one.write_bytes(part.index())
    whole.nodes = {
        "zlib": whole.nodes["zlib"],
        "gmake": whole.nodes["gmake"],
        "glibc": whole.nodes["glibc"],
    }
    other.write_bytes(whole.index())
    apart, beside = specplan.load(one), specplan.load(other)
    assert only(apart.check()).kind == "missing"
    assert apart.merged(beside).check().findings == ()
    assert apart.merged(beside).check() == beside.merged(apart).check() != apart.check()


def test_limits_hold_for_the_second_reading(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(Cache().index())
    catalog = specplan.load(path, limits=Limits(index_bytes=100_000))
    path.write_bytes(b" " * 100_001)
    assert "has more than 100000 bytes" in only(catalog.check()).message


@pytest.mark.parametrize("path", sorted(LOCKS.rglob("*.gz")), ids=lambda path: path.parent.name)
def test_the_hashes_of_real_locks_are_those_of_their_content(path: Path) -> None:
    check = specplan.load(path).check()
    assert check.findings == ()
    # Targets as objects, including externals.
    assert (check.hashes.recomputed, check.hashes.undecided) == (check.specs, 0)


@pytest.mark.parametrize(
    ("name", "binaries", "listed"),
    [
        ("radiuss-2025-11", 305, 0),
        ("radiuss-2026-01-runtime-only", 223, 83),
        ("mini-layout2", 65, 0),
    ],
)
def test_mirrors_that_spack_wrote_are_sound(
    tmp_path: Path, name: str, binaries: int, listed: int
) -> None:
    check = specplan.load(mirrors.unpack(name, tmp_path)).check()
    assert check.counts() == ((("not-in-cache", listed),) if listed else ())
    assert check.binaries is not None
    assert (check.binaries.available, check.binaries.usable) == (binaries, binaries)
    assert check.hashes.recomputed + check.hashes.undecided == check.specs
    assert check.hashes.undecided <= 2


#: The links of a library, and those of a program.
CHAIN = {"app": ["hdf5"], "hdf5": ["zlib"]}


@pytest.mark.parametrize("listed", [(), ("app",)])
def test_a_root_without_a_binary_is_a_finding_and_so_is_what_it_lacks(
    tmp_path: Path, listed: tuple[str, ...]
) -> None:
    cache, lock = tmp_path / "index.json", tmp_path / "spack.lock"
    cache.write_text(index(["zlib"], needs=CHAIN, absent=listed), encoding="utf-8")
    lock.write_text(small_lock(["app"], needs=CHAIN), encoding="utf-8")
    check = specplan.load(cache).check(want=[lock]).without(["wrong-hash"])
    found = [(each.kind, each.spec and each.spec.package) for each in check.findings]
    assert sorted(found) == [("missing", "app"), ("missing", "hdf5")]
    app, hdf5 = sorted(check.findings, key=lambda each: each.spec.package if each.spec else "")
    assert (app.roots, app.binaries, hdf5.roots, hdf5.binaries) == (1, 0, 1, 0)
    assert hdf5.dependents == (app.location,)
    assert "it is a root of" in app.message
    assert app.path == str(cache if listed else lock)


def test_roots_that_the_lock_of_a_check_lacks_make_no_findings_doubtful(tmp_path: Path) -> None:
    cache, lock = tmp_path / "index.json", tmp_path / "spack.lock"
    cache.write_text(index(["zlib"]), encoding="utf-8")
    lock.write_text(small_lock(["zlib"]), encoding="utf-8")
    (tmp_path / "spack.yaml").write_text(environment("zlib", "hdf5"), encoding="utf-8")
    check = specplan.load(cache).check(want=[lock])
    assert [(each.kind, each.blocks) for each in check.left_out] == [("lock_root", True)]
    assert "`hdf5`" in check.left_out[0].detail
