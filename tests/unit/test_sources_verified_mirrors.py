"""What `check --verify` does with several mirrors at once: trees and maps of snapshots.

Each planted fault is found, named with its mirror, and nothing else is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pytest

import specplan
from specplan.errors import UsageError
from specplan.sources.mirrors import listing
from tests.caches import Cache
from tests.mirrors import INSTALL_MEDIA, SPEC_MEDIA, Mirror
from tests.servers import serving

if TYPE_CHECKING:
    from specplan.model.check import Check, Finding, Verify

NEW, OLD = "develop-2025-05-25", "develop-2025-05-18"

#: A snapshot and a folder below it: the union mirror, and those of two stacks.
WHERE = ("", "e4s", "radiuss")

#: The ways in which a map may name the index of a mirror.
Naming: TypeAlias = Literal["mirror", "manifest", "blob"]


def write_map(root: Path, naming: Naming = "blob", *, bucket: str = "s3://public/") -> Path:
    """Write the map of a tree of mirrors."""
    listed: dict[str, list[dict[str, str]]] = {}
    for tag in (NEW, OLD):
        for stack in WHERE:
            mirror = root / tag / stack
            manifest = mirror / "v3/manifests/index/index.manifest.json"
            checksum = json.loads(manifest.read_bytes())["data"][0]["checksum"]
            names = {
                "mirror": mirror,
                "manifest": manifest,
                "blob": mirror / f"blobs/sha256/{checksum[:2]}/{checksum}",
            }
            url = f"{bucket}{names[naming].relative_to(root).as_posix()}"
            listed.setdefault(tag, []).append({"label": stack or "root", "url": url})
    path = root / listing.MAP_NAME
    path.write_text(json.dumps(listed))
    return path


@pytest.fixture
def cache() -> Cache:
    return Cache()


@pytest.fixture
def tree(tmp_path: Path, cache: Cache) -> Path:
    """Two snapshots, each a union mirror and the mirrors of two stacks."""
    root = tmp_path / "bucket"
    for tag in (NEW, OLD):
        for stack in WHERE:
            cache.write(root / tag / stack, 3)
    return root


def check(place: object, verify: Verify = "blobs", *, tag: str | None = None) -> Check:
    return specplan.load(str(place), tag=tag, skip_damaged=True).check(verify=verify, tag=tag)


def told(found: Check, root: Path) -> list[tuple[str, str]]:
    return [(each.kind, each.path.removeprefix(f"{root}/")) for each in found.findings]


def only(found: Check) -> Finding:
    (finding,) = found.findings
    return finding


def blob_of(mirror: Path, cache: Cache, name: str, media: str) -> Path:
    content: dict[str, Any] = json.loads((mirror / cache.manifest(name)).read_bytes())
    (record,) = (each for each in content["data"] if each["mediaType"] == media)
    checksum = str(record["checksum"])
    return mirror.joinpath("blobs", "sha256", checksum[:2], checksum)


@pytest.mark.parametrize("verify", ["manifests", "blobs"])
@pytest.mark.parametrize("naming", [None, "mirror", "manifest", "blob"])
def test_sound_mirrors_of_a_snapshot_have_no_findings_and_all_are_looked_at(
    tree: Path, naming: Naming | None, verify: Verify
) -> None:
    if naming is not None:
        write_map(tree, naming)
    found = check(tree, verify)
    assert (found.findings, found.notes) == ((), ())
    assert found.verified is not None
    # 7 binaries in each of 3 mirrors; with blobs the manifest of each index too.
    assert found.verified.manifests == 3 * (8 if verify == "blobs" else 7)
    assert found.verified.blobs == (3 * 15 if verify == "blobs" else 0)


@pytest.mark.parametrize("naming", [None, "mirror", "manifest", "blob"])
@pytest.mark.parametrize("stack", WHERE[:2])
class TestAPlantedFault:
    """In the union mirror or in that of a stack, however a map names it."""

    @pytest.fixture
    def mirror(self, tree: Path, stack: str, naming: Naming | None) -> Path:
        if naming is not None:
            write_map(tree, naming)
        return tree / NEW / stack

    def test_a_manifest_that_is_not_there(self, tree: Path, mirror: Path, cache: Cache) -> None:
        path = mirror / cache.manifest("hdf5")
        path.unlink()
        for verify in ("manifests", "blobs"):
            finding = only(check(tree, verify))
            assert (finding.kind, finding.path) == ("missing-manifest", str(path))
            assert finding.spec is not None
            assert finding.spec.package == "hdf5"
        assert check(tree, "index").findings == ()
        # The other snapshot is sound.
        assert check(tree, tag=OLD).findings == ()

    def test_a_manifest_that_no_index_lists(self, tree: Path, mirror: Path) -> None:
        index = (mirror / "v3/manifests/index/index.manifest.json").read_bytes()
        name = "extra"
        extra = Cache()
        extra.nodes[name] = {**extra.nodes["zlib"], "name": name, "hash": "e" * 32}
        extra.binaries = {name}
        extra.write(mirror, 3)
        (mirror / "v3/manifests/index/index.manifest.json").write_bytes(index)
        kinds = dict(told(check(tree, "manifests"), mirror))
        assert kinds["unlisted"] == extra.manifest(name)
        assert {*kinds} <= {"unlisted", "wrong-hash"}

    def test_a_blob_that_is_not_there(self, tree: Path, mirror: Path, cache: Cache) -> None:
        path = blob_of(mirror, cache, "curl", SPEC_MEDIA)
        path.unlink()
        finding = only(check(tree, "manifests"))
        assert (finding.kind, finding.path) == ("missing-blob", str(path))

    def test_a_tarball_of_other_bytes(self, tree: Path, mirror: Path, cache: Cache) -> None:
        path = blob_of(mirror, cache, "curl", INSTALL_MEDIA)
        path.write_bytes(b"x" * path.stat().st_size)
        assert check(tree, "manifests").findings == ()
        finding = only(check(tree))
        assert (finding.kind, finding.path) == ("damaged-blob", str(path))

    def test_a_manifest_that_cannot_be_taken(self, tree: Path, mirror: Path, cache: Cache) -> None:
        path = mirror / cache.manifest("curl")
        path.write_bytes(b'{"version": 3, "data": [')
        finding = only(check(tree))
        assert (finding.kind, finding.path) == ("damaged-manifest", str(path))

    def test_a_damaged_index_is_reported_once_and_its_mirror_is_still_read(
        self, tree: Path, mirror: Path, cache: Cache, naming: Naming | None
    ) -> None:
        manifest = mirror / "v3/manifests/index/index.manifest.json"
        checksum = json.loads(manifest.read_bytes())["data"][0]["checksum"]
        blob = mirror / f"blobs/sha256/{checksum[:2]}/{checksum}"
        blob.write_bytes(blob.read_bytes()[:-1] + b" ")
        gone = mirror / cache.manifest("curl")
        gone.write_bytes(b"{}")
        found = [each for each in check(tree).findings if each.kind in {"damaged", "damaged-blob"}]
        assert [(each.kind, each.path) for each in found] == [("damaged", str(blob))]
        # A map that names just a blob leads nowhere else if this is not what it should be.
        if naming != "blob":
            assert ("damaged-manifest", str(gone)) in told(check(tree), Path("/none"))


def test_a_stack_that_lists_fewer_binaries_than_its_mirror_has(tree: Path, cache: Cache) -> None:
    mirror = Mirror(tree / NEW / "e4s")
    fewer = Cache()
    del fewer.nodes["py-h5py"]
    fewer.binaries -= {"py-h5py"}
    mirror.index(fewer.index())
    assert told(check(tree), mirror.root) == [("unlisted", cache.manifest("py-h5py"))]
    # So it is where the map names the index that the mirror names too.
    write_map(tree)
    assert told(check(tree), mirror.root) == [("unlisted", cache.manifest("py-h5py"))]


def test_what_the_union_calls_a_binary_is_none_of_a_stack(tree: Path, cache: Cache) -> None:
    mirror = Mirror(tree / NEW / "e4s")
    fewer = Cache()
    fewer.binaries -= {"py-h5py"}
    mirror.index(fewer.index())
    (mirror.root / cache.manifest("py-h5py")).unlink()
    assert check(tree).findings == ()


def test_an_index_that_a_mirror_has_left_behind_need_not_list_all(tree: Path) -> None:
    path = write_map(tree)
    mirror = Mirror(tree / NEW / "e4s")
    more = Cache()
    del more.nodes["py-h5py"]
    more.binaries -= {"py-h5py"}
    mirror.index(more.index())
    found = check(path)
    assert found.findings == ()
    (note,) = found.notes
    assert note.endswith(
        f"is not the current index of `{mirror.root}`: files that are missing from it are not found"
    )


def test_a_map_may_name_the_index_of_a_view(tree: Path, cache: Cache) -> None:
    """The binaries of a view are looked at; that there are others is no fault."""
    mirror = Mirror(tree / NEW / "e4s")
    fewer = Cache()
    del fewer.nodes["py-h5py"]
    fewer.binaries -= {"py-h5py"}
    blob = mirror.index(fewer.index(), view="small")
    path = write_map(tree)
    listed = json.loads(path.read_bytes())
    listed[NEW][1]["url"] = f"s3://public/{blob.relative_to(tree).as_posix()}"
    path.write_text(json.dumps(listed))
    found = check(path)
    assert (found.findings, found.notes) == ((), ())
    (mirror.root / cache.manifest("hdf5")).unlink()
    finding = only(check(path))
    assert finding.path == str(mirror.root / cache.manifest("hdf5"))


def test_layout_2_is_looked_at_too(tmp_path: Path, cache: Cache) -> None:
    for stack in WHERE:
        cache.write(tmp_path / NEW / stack, 2)
    tarball = tmp_path / NEW / "e4s" / cache.old_tarball("hdf5")
    (tmp_path / listing.MAP_NAME).write_text(
        json.dumps(
            {
                NEW: [
                    {"label": stack or "root", "url": f"s3://b/{NEW}/{stack}".rstrip("/") + end}
                    for stack, end in zip(WHERE, ("", "", "/build_cache/index.json"), strict=True)
                ]
            }
        )
    )
    found = check(tmp_path)
    assert (found.findings, found.notes) == ((), ())
    assert found.verified is not None
    assert found.verified.manifests == found.verified.blobs == 21
    tarball.write_bytes(b"x")
    finding = only(check(tmp_path))
    assert (finding.kind, finding.path) == ("damaged-blob", str(tarball))


class TestAnIndexAlone:
    """Where a snapshot lists an index without a mirror, there is nothing more to look at."""

    def test_is_told_stack_by_stack(self, tree: Path, cache: Cache) -> None:
        path = write_map(tree)
        listed = json.loads(path.read_bytes())
        (tree / "e4s.json").write_bytes(cache.index())
        copy = Mirror(tree / "copies").index(cache.index())
        for manifest in (tree / "copies").rglob("*.manifest.json"):
            manifest.unlink()
        listed[NEW][1]["url"] = "e4s.json"
        listed[NEW][2]["url"] = copy.relative_to(tree).as_posix()
        path.write_text(json.dumps(listed))
        found = check(path)
        assert found.findings == ()
        assert {*found.notes} == {
            f"`{label}` of the snapshot `{NEW}` is only an index, `{file}`: it has no other files"
            for label, file in (("e4s", tree / "e4s.json"), ("radiuss", copy))
        }
        assert found.verified is not None
        assert found.verified.manifests == 8

    def test_in_all_places_is_wrong_usage(self, tmp_path: Path, cache: Cache) -> None:
        (tmp_path / "root.json").write_bytes(cache.index())
        path = tmp_path / "map.json"
        path.write_text(json.dumps({NEW: [{"label": "root", "url": "root.json"}]}))
        with pytest.raises(UsageError, match="no source is a mirror") as caught:
            check(path)
        assert f"`root` of the snapshot `{NEW}` is only an index" in str(caught.value.hint)


def test_mirrors_behind_a_server_are_looked_at(
    tree: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    write_map(tree)
    gone = tree / NEW / "e4s" / cache.manifest("hdf5")
    gone.unlink()
    with serving(tree) as server:
        finding = only(check(f"{server.url}/"))
        assert finding.path == f"{server.url}/{gone.relative_to(tree).as_posix()}"
        # As many as files are fetched at a time, once for the indexes and once to verify.
        assert server.connections <= 2 * 9 < len(server.asked)


class TestDamageComesFirst:
    """An unreadable file is reported as such, not as something that is not a mirror."""

    @pytest.mark.parametrize("verify", ["manifests", "blobs"])
    @pytest.mark.parametrize("content", [b"", b"{", b'{"database": {"version": "99"}}', b"\xff"])
    def test_of_a_file(self, tmp_path: Path, content: bytes, verify: Verify) -> None:
        path = tmp_path / "index.json"
        path.write_bytes(content)
        try:
            found = check(path, verify)
        except specplan.SourceError as error:
            # What is nothing at all is not a damaged file either.
            assert str(path) in str(error)  # noqa: PT017 - one of two answers
            assert content in {b"", b"\xff"}
            return
        assert [(each.kind, each.path) for each in found.findings] == [("damaged", str(path))]
        assert found.notes == ()

    @pytest.mark.parametrize("tag", [None, NEW, OLD])
    def test_of_all_indexes_of_a_snapshot(self, tree: Path, tag: str | None) -> None:
        mirrors = [tree / (tag or NEW) / stack for stack in WHERE]
        for mirror in mirrors:
            (mirror / "v3/manifests/index/index.manifest.json").write_bytes(b"{}")
        for verify in ("index", "manifests", "blobs"):
            found = check(tree, verify, tag=tag)
            damaged = {each.path for each in found.findings if each.kind == "damaged"}
            assert damaged == {
                str(mirror / "v3/manifests/index/index.manifest.json") for mirror in mirrors
            }

    def test_of_the_index_of_a_mirror_whose_other_files_are_looked_at(
        self, tmp_path: Path, cache: Cache
    ) -> None:
        root = cache.write(tmp_path, 3)
        blob = Mirror(root).index(b'{"database": {"version": "99", "installs": {}}}')
        bad = blob_of(root, cache, "hdf5", INSTALL_MEDIA)
        bad.write_bytes(b"x")
        found = check(root)
        assert sorted(told(found, root)) == [
            ("damaged", blob.relative_to(root).as_posix()),
            ("damaged-blob", bad.relative_to(root).as_posix()),
        ]
        assert found.verified is not None
        assert found.verified.manifests == 8

    def test_on_the_command_line(self, tmp_path: Path) -> None:
        path = tmp_path / "index.json"
        path.write_bytes(b'{"database": {"version": "8", "installs": {"a": 1}}}')
        command = [sys.executable, "-m", "specplan", "check", "--cache", str(path), "--no-config"]
        for verify in ("manifests", "blobs"):
            answer = subprocess.run(
                [*command, "--verify", verify], capture_output=True, text=True, check=False
            )
            assert answer.returncode == 3
            assert f"{path}" in answer.stdout
            assert "database.installs" in answer.stdout
