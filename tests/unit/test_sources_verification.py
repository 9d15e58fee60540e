"""What `check --verify` finds among the files of mirrors: each planted fault, and only that."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import specplan
from specplan.errors import RemoteError, UsageError
from tests import mirrors
from tests.caches import Cache, spec_node
from tests.mirrors import INSTALL_MEDIA, SPEC_MEDIA, Mirror
from tests.servers import serving, status

if TYPE_CHECKING:
    from specplan.model.check import Check, Finding, Verify
    from tests.caches import Layout

LAYOUTS: tuple[Layout, ...] = (2, 3)
LEVELS: tuple[Verify, ...] = ("index", "manifests", "blobs")


def check(root: Path, verify: Verify = "blobs") -> Check:
    return specplan.load(root).check(verify=verify)


def only(found: Check) -> Finding:
    (finding,) = found.findings
    return finding


def told(finding: Finding, root: Path) -> tuple[str, str]:
    """The kind of a finding, and its file below the root."""
    return finding.kind, finding.path.removeprefix(f"{root}/")


@pytest.fixture
def cache() -> Cache:
    return Cache()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("verify", LEVELS)
def test_a_sound_mirror_has_no_findings(
    tmp_path: Path, cache: Cache, layout: Layout, verify: Verify
) -> None:
    found = check(cache.write(tmp_path, layout), verify)
    assert (found.findings, found.notes, found.verify) == ((), (), verify)
    if verify == "index":
        assert found.verified is None
        return
    assert found.verified is not None
    # At the level of blobs that of the index is looked at again.
    others = 1 if layout == 3 and verify == "blobs" else 0
    assert found.verified.manifests == 7 + others
    if verify == "manifests":
        assert (found.verified.blobs, found.verified.bytes) == (0, 0)
    elif layout == 2:
        tarballs = [*(tmp_path / "build_cache").rglob("*.spack")]
        assert found.verified.blobs == len(tarballs) == 7
        assert found.verified.bytes == sum(path.stat().st_size for path in tarballs)
    else:
        blobs = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
        assert found.verified.blobs == len(blobs) == 15
        assert found.verified.bytes == sum(path.stat().st_size for path in blobs)


def manifest(root: Path, cache: Cache, name: str) -> tuple[Path, dict[str, Any]]:
    path = root / cache.manifest(name)
    return path, json.loads(path.read_bytes())


def blob_of(root: Path, cache: Cache, name: str, media: str) -> Path:
    """The blob that the manifest of a binary names."""
    _, content = manifest(root, cache, name)
    (record,) = (each for each in content["data"] if each["mediaType"] == media)
    checksum = str(record["checksum"])
    return root.joinpath("blobs", "sha256", checksum[:2], checksum)


class TestLayout3:
    @pytest.fixture
    def root(self, tmp_path: Path, cache: Cache) -> Path:
        return cache.write(tmp_path, 3)

    def test_a_manifest_that_is_not_there(self, root: Path, cache: Cache) -> None:
        path = cache.manifest("hdf5")
        (root / path).unlink()
        for verify in LEVELS[1:]:
            finding = only(check(root, verify))
            assert told(finding, root) == ("missing-manifest", path)
            assert finding.message == "is not there"
            assert finding.spec is not None
            assert (finding.spec.hash, finding.spec.package) == (cache.hash("hdf5"), "hdf5")
            assert "by the indexes, 7 of 7 binaries" in check(root, verify).to_text()
        assert check(root, "index").findings == ()
        assert "by the indexes" not in check(root, "index").to_text()

    def test_a_manifest_where_spack_does_not_look_for_it(self, root: Path, cache: Cache) -> None:
        path = root / cache.manifest("hdf5")
        elsewhere = root / "v3/manifests/spec/other" / path.name
        elsewhere.parent.mkdir()
        path.rename(elsewhere)
        finding = only(check(root))
        assert told(finding, root) == ("missing-manifest", cache.manifest("hdf5"))
        assert finding.message == f"is missing, but at {elsewhere}"

    def test_a_manifest_that_the_index_does_not_list(self, root: Path, cache: Cache) -> None:
        extra = Cache()
        extra.nodes["tool"] = mirrored_tool()
        extra.binaries = {"tool"}
        extra.write(root, 3)
        # The index is again that of the first.
        Mirror(root).index(cache.index())
        for verify in LEVELS[1:]:
            finding = only(check(root, verify))
            assert told(finding, root) == ("unlisted", extra.manifest("tool"))
            assert finding.message.startswith("the index ")

    @pytest.mark.parametrize(
        ("content", "place", "message"),
        [
            (b"", "", "is not valid JSON"),
            (b"{}", "", "has no `version`"),
            (b'{"version": 4, "data": []}', "version", "is 4, but only 3 is known"),
            (b'{"version": 3, "data": []}', "data", "names no binary"),
        ],
    )
    def test_a_manifest_that_cannot_be_taken(
        self, root: Path, cache: Cache, content: bytes, place: str, message: str
    ) -> None:
        path = cache.manifest("hdf5")
        (root / path).write_bytes(content)
        finding = only(check(root))
        assert (*told(finding, root), finding.location) == ("damaged-manifest", path, place)
        assert message in finding.message

    def test_a_manifest_may_be_signed(self, root: Path, cache: Cache) -> None:
        path = root / cache.manifest("hdf5")
        path.write_bytes(mirrors.clear_signed(path.read_bytes()))
        assert check(root).findings == ()

    def test_a_manifest_of_another_spec(self, root: Path, cache: Cache) -> None:
        (root / cache.manifest("hdf5")).write_bytes((root / cache.manifest("curl")).read_bytes())
        finding = only(check(root))
        assert finding.kind == "damaged-manifest"
        assert finding.message == (
            f"is of the spec {cache.hash('curl')}, but the name of its binary says "
            f"{cache.hash('hdf5')}"
        )

    def test_the_spec_of_a_binary_that_is_not_there(self, root: Path, cache: Cache) -> None:
        blob = blob_of(root, cache, "hdf5", SPEC_MEDIA)
        blob.unlink()
        for verify in LEVELS[1:]:
            finding = only(check(root, verify))
            assert told(finding, root) == ("missing-blob", str(blob.relative_to(root)))
            assert finding.message == (
                f"is missing, but {root}/{cache.manifest('hdf5')}: data[1] names it"
            )

    @pytest.mark.parametrize("change", ["longer", "other"])
    @pytest.mark.parametrize("media", [SPEC_MEDIA, INSTALL_MEDIA])
    def test_a_blob_of_other_bytes(self, root: Path, cache: Cache, media: str, change: str) -> None:
        blob = blob_of(root, cache, "hdf5", media)
        old = blob.read_bytes()
        blob.write_bytes(old + b"x" if change == "longer" else b"x" * len(old))
        # What a manifest says of the tarball is looked at with its bytes alone.
        for verify in LEVELS[1:] if media == SPEC_MEDIA else LEVELS[2:]:
            finding = only(check(root, verify))
            assert told(finding, root) == ("damaged-blob", str(blob.relative_to(root)))
            assert ("checksum" in finding.message) == (change == "other")
            assert finding.message.startswith("has ")
        if media == INSTALL_MEDIA:
            assert check(root, "manifests").findings == ()

    def test_a_tarball_that_is_not_there(self, root: Path, cache: Cache) -> None:
        blob = blob_of(root, cache, "hdf5", INSTALL_MEDIA)
        blob.unlink()
        assert check(root, "manifests").findings == ()
        assert told(only(check(root)), root) == ("missing-blob", str(blob.relative_to(root)))

    def test_a_spec_that_says_other_than_the_index(self, root: Path, cache: Cache) -> None:
        other = Cache()
        other.nodes["hdf5"] = {**other.nodes["hdf5"], "namespace": "site"}
        tarball = b"binary of hdf5"
        mirror = Mirror(root)
        mirror.manifest(
            cache.manifest("hdf5"),
            mirror.record(tarball, INSTALL_MEDIA, "gzip"),
            mirror.record(gzip.compress(other.spec_file("hdf5", tarball)), SPEC_MEDIA, "gzip"),
        )
        finding = only(check(root))
        assert (finding.kind, finding.location) == ("different-content", cache.hash("hdf5"))
        assert finding.message.startswith("namespace is `site`, but `builtin` in ")

    def test_a_spec_whose_hash_is_not_that_of_its_content(self, root: Path, cache: Cache) -> None:
        other = Cache()
        # What no column of a catalog holds, but the hash does.
        other.nodes["hdf5"] = {**other.nodes["hdf5"], "patches": ["a" * 64]}
        order = ["name", "version", "arch", "namespace", "parameters", "patches"]
        node = other.nodes["hdf5"]
        other.nodes["hdf5"] = {key: node[key] for key in [*order, *(set(node) - {*order})]}
        other.nodes["hdf5"] = {
            key: node[key]
            for key in (*order, "package_hash", "dependencies", "annotations", "hash")
        }
        tarball = b"binary of hdf5"
        mirror = Mirror(root)
        mirror.manifest(
            cache.manifest("hdf5"),
            mirror.record(tarball, INSTALL_MEDIA, "gzip"),
            mirror.record(gzip.compress(other.spec_file("hdf5", tarball)), SPEC_MEDIA, "gzip"),
        )
        finding = only(check(root))
        assert (finding.kind, finding.location) == ("wrong-hash", cache.hash("hdf5"))

    def test_a_key_whose_blob_is_not_there(self, root: Path) -> None:
        mirror = Mirror(root)
        record = mirror.record(b"a public key", "application/pgp-keys")
        mirror.manifest("v3/manifests/key/ABC.key.manifest.json", record)
        assert check(root).findings == ()
        checksum = str(record["checksum"])
        blob = f"blobs/sha256/{checksum[:2]}/{checksum}"
        (root / blob).unlink()
        assert check(root, "manifests").findings == ()
        assert told(only(check(root)), root) == ("missing-blob", blob)

    def test_a_link_out_of_the_mirror(self, root: Path, cache: Cache, tmp_path: Path) -> None:
        path = root / cache.manifest("hdf5")
        outside = tmp_path.parent / f"{tmp_path.name}-outside.json"
        path.rename(outside)
        path.symlink_to(outside)
        finding = only(check(root))
        assert finding.kind == "damaged-manifest"
        assert "is a link that leads out of" in finding.message

    def test_a_view_need_not_list_all(self, root: Path, cache: Cache) -> None:
        part = Cache()
        part.nodes = {name: part.nodes[name] for name in ("glibc", "gmake", "zlib")}
        part.binaries = {"gmake", "zlib"}
        Mirror(root).index(part.index(), view="e4s")
        view = root / "v3/manifests/index/e4s"
        assert check(view).findings == ()
        (root / cache.manifest("hdf5")).unlink()
        assert check(view).findings == ()
        (root / cache.manifest("zlib")).unlink()
        assert told(only(check(view)), root) == ("missing-manifest", cache.manifest("zlib"))

    def test_without_an_index_all_manifests_are_looked_at(self, root: Path, cache: Cache) -> None:
        (root / "v3/manifests/index/index.manifest.json").unlink()
        assert check(root).findings == ()
        blob = blob_of(root, cache, "hdf5", INSTALL_MEDIA)
        blob.write_bytes(b"x")
        assert told(only(check(root)), root) == ("damaged-blob", str(blob.relative_to(root)))


def mirrored_tool() -> dict[str, Any]:
    return spec_node("tool", [])


class TestLayout2:
    @pytest.fixture
    def root(self, tmp_path: Path, cache: Cache) -> Path:
        return cache.write(tmp_path, 2)

    def spec_file(self, cache: Cache, name: str) -> str:
        return f"build_cache/{cache.old_stem(name)}.spec.json"

    def test_a_spec_file_that_is_not_there(self, root: Path, cache: Cache) -> None:
        path = self.spec_file(cache, "hdf5")
        (root / path).unlink()
        for verify in LEVELS[1:]:
            finding = only(check(root, verify))
            assert told(finding, root) == ("missing-manifest", path)

    def test_a_spec_file_may_be_signed(self, root: Path, cache: Cache) -> None:
        path = root / self.spec_file(cache, "hdf5")
        path.with_name(f"{path.name}.sig").write_bytes(mirrors.clear_signed(path.read_bytes()))
        path.unlink()
        assert check(root).findings == ()

    def test_a_spec_file_that_the_index_does_not_list(self, root: Path, cache: Cache) -> None:
        extra = Cache()
        extra.nodes["tool"] = mirrored_tool()
        extra.binaries = {"tool"}
        extra.write(root, 2)
        Mirror(root).old_index(cache.index())
        assert told(only(check(root)), root) == ("unlisted", self.spec_file(extra, "tool"))

    @pytest.mark.parametrize("content", [b"", b"{}", b'{"spec": {"nodes": []}}', b"\xff"])
    def test_a_spec_file_that_cannot_be_taken(
        self, root: Path, cache: Cache, content: bytes
    ) -> None:
        path = self.spec_file(cache, "hdf5")
        (root / path).write_bytes(content)
        for verify in LEVELS[1:]:
            assert told(only(check(root, verify)), root) == ("damaged-manifest", path)

    def test_a_spec_file_that_says_other_than_the_index(self, root: Path, cache: Cache) -> None:
        path = root / self.spec_file(cache, "hdf5")
        path.write_bytes(path.read_bytes().replace(b"builtin", b"site", 1))
        finding = only(check(root, "manifests"))
        assert (finding.kind, finding.location) == ("different-content", cache.hash("hdf5"))

    def test_a_tarball_that_is_not_there(self, root: Path, cache: Cache) -> None:
        path = cache.old_tarball("hdf5")
        (root / path).unlink()
        for verify in LEVELS[1:]:
            finding = only(check(root, verify))
            assert told(finding, root) == ("missing-blob", path)
            assert finding.message == f"is missing, but {root}/{self.spec_file(cache, 'hdf5')} is"

    def test_a_tarball_of_other_bytes(self, root: Path, cache: Cache) -> None:
        path = cache.old_tarball("hdf5")
        (root / path).write_bytes(b"x")
        assert check(root, "manifests").findings == ()
        finding = only(check(root))
        assert told(finding, root) == ("damaged-blob", path)
        assert hashlib.sha256(b"x").hexdigest() in finding.message

    def test_an_invalid_checksum(self, root: Path, cache: Cache) -> None:
        path = root / self.spec_file(cache, "hdf5")
        content = json.loads(path.read_bytes())
        content["binary_cache_checksum"]["hash"] = "../../etc/passwd"
        path.write_text(json.dumps(content))
        finding = only(check(root))
        assert finding.kind == "damaged-manifest"
        assert finding.location == "binary_cache_checksum.hash"


def test_the_mirror_that_spack_wrote_without_tarballs_lacks_just_these(tmp_path: Path) -> None:
    found = check(mirrors.unpack("mini-layout2", tmp_path), "manifests")
    assert found.counts() == (("missing-blob", 65),)
    assert found.verified is not None
    assert found.verified.manifests == 65


@pytest.mark.parametrize("verify", ["manifests", "blobs"])
def test_what_has_no_further_files_is_wrong_usage(tmp_path: Path, verify: Verify) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(Cache().index())
    with pytest.raises(UsageError, match=f"no source is a mirror, so there are no {verify}"):
        check(path, verify)


def test_sources_that_are_no_mirrors_are_named(tmp_path: Path, cache: Cache) -> None:
    root = cache.write(tmp_path / "mirror", 3)
    path = tmp_path / "index.json"
    path.write_bytes(cache.index())
    found = specplan.load(root, path).check(verify="manifests")
    assert found.findings == ()
    assert found.notes == (f"`{path}` is not a mirror: it has no further files",)


def test_progress_is_shown_file_by_file(tmp_path: Path, cache: Cache) -> None:
    steps: list[tuple[int, int]] = []
    root = cache.write(tmp_path, 3)
    specplan.load(root).check(
        verify="manifests", counted=lambda done, total: steps.append((done, total))
    )
    assert steps == [(at, 7) for at in range(1, 8)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_mirror_on_a_server_is_looked_at_and_nothing_of_it_is_kept(
    tmp_path: Path, cache: Cache, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    root = cache.write(tmp_path / "mirror", layout)
    with serving(root) as server:
        catalog = specplan.load(f"{server.url}/")
        kept = {path for path in (tmp_path / "kept").rglob("*") if path.is_file()}
        found = catalog.check(verify="blobs")
        assert found.findings == ()
        (note,) = found.notes
        assert note.endswith("files that are missing from its index are not found")
        assert found.verified is not None
        assert (found.verified.manifests, found.verified.blobs) == (7, 7 if layout == 2 else 14)
        # Twice the same server: a blob that has gone is missed, though it was fetched before.
        if layout == 3:
            gone = blob_of(root, cache, "hdf5", INSTALL_MEDIA)
        else:
            gone = root / cache.old_tarball("hdf5")
        gone.unlink()
        finding = only(catalog.check(verify="blobs"))
        assert (finding.kind, finding.path) == (
            "missing-blob",
            f"{server.url}/{gone.relative_to(root).as_posix()}",
        )
        assert {path for path in (tmp_path / "kept").rglob("*") if path.is_file()} == kept


def test_a_server_that_fails_is_an_error_and_no_finding(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    root = cache.write(tmp_path / "mirror", 3)
    with serving(root) as server:
        catalog = specplan.load(f"{server.url}/")
        server.answers[f"/{cache.manifest('hdf5')}"] = [status(401)]
        with pytest.raises(RemoteError, match="401"):
            catalog.check(verify="manifests")


def test_a_manifest_that_a_server_forbids_cannot_be_read(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Object stores without permission to list answer in the same way for absent files."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    root = cache.write(tmp_path / "mirror", 3)
    with serving(root) as server:
        catalog = specplan.load(f"{server.url}/")
        server.answers[f"/{cache.manifest('hdf5')}"] = [status(403)]
        (finding,) = catalog.check(verify="manifests").findings
    assert (finding.kind, finding.path) == (
        "damaged-manifest",
        f"{server.url}/{cache.manifest('hdf5')}",
    )


def test_copies_of_one_file_are_each_looked_at(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are fetched into one place, and looked at by several threads."""
    pytest.importorskip("fsspec")
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    root = cache.write(tmp_path / "mirror", 3)
    folder = root / "v3/manifests/spec/tool"
    folder.mkdir()
    for number in range(60):
        name = f"tool-1.{number}-{'a' * 30}{'abcdefgh'[number % 8]}{'abcdefgh'[number // 8]}"
        copy = folder / f"{name}.spec.manifest.json"
        copy.write_bytes((root / cache.manifest("hdf5")).read_bytes())
    found = specplan.load(f"local://{root}").check(verify="blobs").findings
    assert Counter(finding.kind for finding in found) == {"unlisted": 60, "damaged-manifest": 60}


def test_object_stores_are_listed_too(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fsspec")
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    root = cache.write(tmp_path / "mirror", 3)
    extra = root / f"v3/manifests/spec/tool/tool-1.0-{'a' * 32}.spec.manifest.json"
    extra.parent.mkdir()
    extra.write_bytes((root / cache.manifest("hdf5")).read_bytes())
    found = specplan.load(f"local://{root}").check(verify="blobs")
    assert {finding.kind for finding in found.findings} == {"unlisted", "damaged-manifest"}
    assert found.notes == ()
