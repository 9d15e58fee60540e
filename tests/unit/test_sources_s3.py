"""Mirrors behind something that speaks S3: a server of moto on loopback, asked through s3fs.

Both come with the extra `test-s3`; without them these tests are skipped.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import specplan
from specplan.errors import RemoteError, SourceError
from specplan.sources.limits import Limits
from specplan.sources.mirrors import listing
from tests.caches import Cache
from tests.mirrors import INSTALL_MEDIA, Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

s3fs: Any = pytest.importorskip("s3fs", reason="needs the extra `test-s3`")
server: Any = pytest.importorskip("moto.server", reason="needs the extra `test-s3`")

BUCKET = "binaries"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Something that speaks S3, on a port of its own."""
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def s3(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A file system with one empty bucket, and specplan set up to reach it."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "somebody"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ENDPOINT_URL", address),
    ):
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem()
    if files.exists(BUCKET):
        files.rm(BUCKET, recursive=True)
    files.mkdir(BUCKET)
    yield files
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def mirror(tmp_path: Path, s3: Any) -> Mirror:
    """A mirror of layout 3, in a folder and in the bucket."""
    root = Cache().write(tmp_path / "mirror", 3)
    s3.put(f"{root}/", f"{BUCKET}/mirror/", recursive=True)
    return Mirror(root)


URL = f"s3://{BUCKET}/mirror"


def test_a_mirror_is_read_as_from_a_folder(mirror: Mirror) -> None:
    there, here = specplan.load(URL), specplan.load(str(mirror.root))
    assert [spec.hash for spec in there.select()] == [spec.hash for spec in here.select()]
    assert len(there) == 8


def test_without_an_index_the_manifests_are_read(mirror: Mirror, s3: Any) -> None:
    s3.rm(f"{BUCKET}/mirror/v3/manifests/index", recursive=True)
    assert len(specplan.load(URL)) == 8
    assert len(mirror.root.name) > 0


def test_what_has_not_changed_is_not_fetched_again(
    mirror: Mirror, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    specplan.load(URL)
    with monkeypatch.context() as patch:
        patch.setattr(type(s3), "_open", None)
        assert len(specplan.load(URL)) == 8
    fewer = Cache()
    del fewer.nodes["py-h5py"]
    mirror.index(fewer.index())
    s3.put(f"{mirror.root}/", f"{BUCKET}/mirror/", recursive=True)
    assert len(specplan.load(URL)) == 7


def test_its_files_are_verified(mirror: Mirror, s3: Any) -> None:
    catalog = specplan.load(URL)
    sound = catalog.check(verify="blobs")
    assert (sound.findings, sound.notes) == ((), ())
    assert sound.verified is not None
    assert (sound.verified.manifests, sound.verified.blobs) == (8, 15)
    cache = Cache()
    gone, other, unlisted = (cache.manifest(name) for name in ("curl", "hdf5", "zlib"))
    s3.rm(f"{BUCKET}/mirror/{gone}")
    content = json.loads((mirror.root / other).read_bytes())
    (tarball,) = (each for each in content["data"] if each["mediaType"] == INSTALL_MEDIA)
    checksum = tarball["checksum"]
    s3.pipe(f"{BUCKET}/mirror/blobs/sha256/{checksum[:2]}/{checksum}", b"x" * 3)
    extra = f"{unlisted[: -len('.spec.manifest.json') - 32]}{'a' * 32}.spec.manifest.json"
    s3.pipe(f"{BUCKET}/mirror/{extra}", b"{}")
    found = catalog.check(verify="blobs")
    assert {(each.kind, each.path.removeprefix(f"{URL}/")) for each in found.findings} == {
        ("missing-manifest", gone),
        ("damaged-blob", f"blobs/sha256/{checksum[:2]}/{checksum}"),
        ("unlisted", extra),
        ("damaged-manifest", extra),
    }


def test_a_map_of_snapshots_leads_to_mirrors_of_its_bucket(mirror: Mirror, s3: Any) -> None:
    checksum = json.loads((mirror.root / "v3/manifests/index/index.manifest.json").read_bytes())[
        "data"
    ][0]["checksum"]
    blob = f"{URL}/blobs/sha256/{checksum[:2]}/{checksum}"
    listed = {"develop": [{"label": label, "url": blob} for label in ("root", "e4s")]}
    s3.pipe(f"{BUCKET}/{listing.MAP_NAME}", json.dumps(listed).encode())
    for place in (f"s3://{BUCKET}", f"s3://{BUCKET}/{listing.MAP_NAME}"):
        catalog = specplan.load(place)
        assert catalog.tags == ("develop",)
        assert {"e4s"} < {stack for spec in catalog.select() for stack in spec.stacks}
    assert specplan.load(f"s3://{BUCKET}").check(verify="blobs").findings == ()


@pytest.mark.usefixtures("s3")
class TestWhatCannotBeRead:
    def test_a_bucket_that_does_not_exist(self) -> None:
        with pytest.raises(SourceError, match="s3://nowhere"):
            specplan.load("s3://nowhere/mirror")

    def test_an_empty_folder(self) -> None:
        with pytest.raises(RemoteError, match="is not there, and no mirror is below it: tried"):
            specplan.load(URL)

    def test_a_blob_of_another_checksum(self, mirror: Mirror, s3: Any) -> None:
        checksum = json.loads(
            (mirror.root / "v3/manifests/index/index.manifest.json").read_bytes()
        )["data"][0]["checksum"]
        s3.pipe(f"{BUCKET}/mirror/blobs/sha256/{checksum[:2]}/{checksum}", b"{}")
        with pytest.raises(specplan.DamagedSourceError, match="has 2 bytes"):
            specplan.load(URL)

    def test_a_file_that_is_too_large(self, mirror: Mirror) -> None:
        with pytest.raises(SourceError, match="more than the 1000 bytes"):
            specplan.load(URL, limits=Limits(index_bytes=1000))
        assert mirror.root.is_dir()

    def test_a_server_that_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        with pytest.raises(RemoteError, match=URL):
            specplan.load(URL)
