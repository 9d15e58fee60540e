"""A lock that is written in another format has other hashes, and that is one cause."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import specplan
from tests.caches import NEEDS, hash_of, spec_node

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from specplan.model import LockDiff


def nodes(
    form: int, versions: Mapping[str, str] | None = None, provides: Mapping[str, str] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the nodes of a small world as a version of the format has them, with their hashes."""
    made: dict[str, dict[str, Any]] = {}
    for name, needs in NEEDS.items():
        edges = [(each, str(made[each]["hash"]), types) for each, types in needs.items()]
        node = spec_node(name, edges, external=name == "glibc")
        node["version"] = (versions or {}).get(name, "1.0")
        provided = (provides or {"zlib": "zlib-api", "glibc": "libc"}).get(name)
        if form > 5:
            node["annotations"] = {"original_specfile_version": form}
            if provided:
                node["provided_virtuals"] = [provided]
        order = ("package_hash", "provided_virtuals", "dependencies", "annotations", "hash")
        head = {key: value for key, value in node.items() if key not in order}
        node = head | {key: node[key] for key in order if key in node}
        node["hash"] = hash_of(node)
        made[name] = node
    return made


def lock(folder: Path, name: str, world: Mapping[str, dict[str, Any]], version: int) -> str:
    """Write a lock, and return where it is."""
    document = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": version},
        "roots": [{"hash": world["py-h5py"]["hash"], "spec": "py-h5py"}],
        "concrete_specs": {node["hash"]: node for node in world.values()},
    }
    place = folder / name / "spack.lock"
    place.parent.mkdir()
    place.write_text(json.dumps(document), encoding="utf-8")
    return str(place)


def cache(folder: Path, name: str, *worlds: Mapping[str, dict[str, Any]]) -> specplan.Catalog:
    """Write an index that lists all specs of some worlds, and read it."""
    nodes_of_all = {node["hash"]: node for world in worlds for node in world.values()}
    installs = {
        dag_hash: {"spec": node, "in_buildcache": "external" not in node}
        for dag_hash, node in nodes_of_all.items()
    }
    place = folder / f"{name}.json"
    place.write_text(json.dumps({"database": {"version": "9", "installs": installs}}))
    return specplan.load(place)


def compared(folder: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> LockDiff:
    places = [lock(folder, "old", old, 7), lock(folder, "new", new, 8)]
    older, newer = (specplan.load(place) for place in places)
    return newer.diff_specs(older)


def test_a_migration_is_one_cause_and_nothing_is_new(tmp_path: Path) -> None:
    old, new = nodes(5), nodes(6)
    assert not {each["hash"] for each in old.values()} & {each["hash"] for each in new.values()}
    diff = compared(tmp_path, old, new)
    assert (diff.specs, diff.gone, diff.causes, diff.totals.kept) == ((), (), (), 0)
    assert {(each.spec.hash, each.old_hash) for each in diff.migrated} == {
        (new[name]["hash"], old[name]["hash"]) for name in NEEDS
    }
    assert diff.totals.migrated == len(NEEDS)
    assert "8 specs have another hash only because of another format: one cause" in diff.to_text()


def test_a_change_during_a_migration_is_distinguished_from_it(tmp_path: Path) -> None:
    diff = compared(tmp_path, nodes(5), nodes(6, {"curl": "2.0"}))
    (cause,) = diff.causes
    assert (cause.spec.spec.package, cause.reaches) == ("curl", 4)
    assert [each.key for each in cause.spec.differences] == ["version"]
    assert {each.spec.package for each in diff.migrated} == {"glibc", "gmake", "zlib", "python"}


def test_what_a_spec_provides_is_a_change_of_its_own(tmp_path: Path) -> None:
    diff = compared(tmp_path, nodes(6), nodes(6, provides={"zlib": "zlib-api@2"}))
    assert diff.migrated == ()
    changed = {each.spec.spec.package: each.spec.differences for each in diff.causes}
    assert set(changed) == {"zlib", "glibc"}
    (difference,) = changed["zlib"]
    assert (difference.key, difference.old, difference.new) == (
        "provided_virtuals",
        "zlib-api",
        "zlib-api@2",
    )


@pytest.mark.parametrize("form", [5, 6])
def test_the_same_lock_twice_has_no_migration(tmp_path: Path, form: int) -> None:
    diff = compared(tmp_path, nodes(form), nodes(form))
    assert (diff.migrated, diff.specs, diff.totals.kept) == ((), (), len(NEEDS))


def test_a_migration_of_a_cache_is_one_cause_and_nothing_is_lost(tmp_path: Path) -> None:
    old, new = nodes(5), nodes(6)
    binaries = set(NEEDS) - {"glibc"}
    diff = cache(tmp_path, "new", new).diff(cache(tmp_path, "old", old), level="hash")
    assert (diff.lost, diff.gained, diff.changed) == ((), (), ())
    assert {(each.spec.hash, each.old_hash) for each in diff.migrated} == {
        (new[name]["hash"], old[name]["hash"]) for name in binaries
    }
    assert diff.totals.migrated == diff.cells[0].migrated == len(binaries)
    assert "7 specs have another hash only because of another format: one cause" in diff.to_text()


def test_what_a_migrated_cache_lost_is_lost(tmp_path: Path) -> None:
    old, new = nodes(5), nodes(6, {"curl": "2.0"})
    del new["python"], new["py-h5py"]
    diff = cache(tmp_path, "new", new).diff(cache(tmp_path, "old", old), level="hash")
    assert {each.package for each in diff.lost} == {"py-h5py", "python"}
    assert list(diff.lost) == sorted(diff.lost, key=lambda each: each.want)
    assert [each.package for each in diff.changed] == ["cmake", "curl", "hdf5"]
    assert {each.spec.package for each in diff.migrated} == {"gmake", "zlib"}


@pytest.mark.parametrize("first", ["both formats", "the old one"])
def test_a_cache_in_two_formats_loses_and_gains_nothing_with_one_of_them(
    tmp_path: Path, first: str
) -> None:
    both, one = cache(tmp_path, "both", nodes(5), nodes(6)), cache(tmp_path, "one", nodes(5))
    diff = one.diff(both, level="hash") if first == "both formats" else both.diff(one, level="hash")
    assert (diff.lost, diff.gained, diff.changed) == ((), (), ())
    assert diff.totals.migrated == len(NEEDS) - 1


def test_of_two_builds_only_the_one_that_was_migrated_is_kept(tmp_path: Path) -> None:
    other = nodes(5, {"zlib": "2.0"})
    before = cache(tmp_path, "old", nodes(5), {"zlib": other["zlib"]})
    diff = cache(tmp_path, "new", nodes(6)).diff(before, level="hash")
    assert [(each.package, each.version) for each in diff.lost] == [("zlib", "2.0")]
    assert (diff.gained, diff.changed) == ((), ())


def test_hashes_that_no_format_explains_are_changed(tmp_path: Path) -> None:
    old, new = nodes(5), nodes(5, {"zlib": "2.0"})
    diff = cache(tmp_path, "new", new).diff(cache(tmp_path, "old", old), level="hash")
    assert (diff.migrated, diff.totals.migrated) == ((), 0)
    assert [each.package for each in diff.changed] == [
        "cmake",
        "curl",
        "hdf5",
        "py-h5py",
        "python",
        "zlib",
    ]


def test_hashes_of_the_newest_format_are_checked_and_what_is_not_is_named(tmp_path: Path) -> None:
    world = nodes(6)
    place = tmp_path / "index.json"

    def check(version: str) -> specplan.Check:
        installs = {
            each["hash"]: {"spec": each, "in_buildcache": "external" not in each}
            for each in world.values()
        }
        index = {"database": {"version": version, "installs": installs}}
        place.write_text(json.dumps(index), encoding="utf-8")
        return specplan.load(place).check()

    assert check("9").findings == ()
    assert check("9").hashes.recomputed == len(NEEDS)
    world["zlib"]["version"] = "9.9"
    (finding,) = check("9").findings
    assert (finding.kind, finding.location) == ("wrong-hash", world["zlib"]["hash"])
    world["zlib"]["annotations"] = {"original_specfile_version": 4, "compiler": "gcc@=9"}
    found = check("9")
    assert found.findings == ()
    assert (found.hashes.recomputed, found.hashes.undecided) == (len(NEEDS) - 1, 1)
    assert [each.package for each in found.hashes.unverified] == ["zlib"]
    assert "7 hashes recomputed, 1 not" in found.to_text()
    assert "zlib@9.9" in found.to_text()
