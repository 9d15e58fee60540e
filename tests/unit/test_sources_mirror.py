"""Which file of a mirror lists what there is, and whether it is sound."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from specplan.errors import DamagedSourceError, SourceError
from specplan.sources import Limits, clear_signed
from specplan.sources.mirrors import mirror
from specplan.sources.stores.store import LocalStore
from tests import mirrors
from tests.mirrors import INDEX_MEDIA, INSTALL_MEDIA, SPEC_MEDIA, Mirror

LIMITS = Limits()

MANIFEST = "v3/manifests/index/index.manifest.json"


@pytest.fixture
def built(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirror")


def _store(built: Mirror, limits: Limits = LIMITS) -> LocalStore:
    built.root.mkdir(exist_ok=True)
    return LocalStore(built.root, limits=limits)


def _index(
    built: Mirror, limits: Limits = LIMITS, *, view: str | None = None
) -> mirror.MirrorIndex:
    index = mirror.find_index(_store(built, limits), limits, view=view)
    assert index is not None
    return index


def _fault(built: Mirror, limits: Limits = LIMITS) -> tuple[str, str, str]:
    with pytest.raises(DamagedSourceError) as caught:
        mirror.find_index(_store(built, limits), limits)
    error = caught.value
    return error.path.removeprefix(f"{built.root}/"), error.location, error.fault


class TestIndex:
    @pytest.mark.parametrize("packed", [False, True])
    def test_of_layout_3_is_named_by_the_manifest(self, built: Mirror, *, packed: bool) -> None:
        blob = built.index(mirrors.index("zlib"), packed=packed)
        built.write("index.json", mirrors.index("other"))
        built.old_index(mirrors.index("other"))
        index = _index(built)
        assert (index.path, index.layout, index.view) == (blob, 3, None)
        assert index.checksum == blob.name
        assert index.shown == str(blob)

    def test_of_a_view_is_named_by_its_manifest(self, built: Mirror) -> None:
        built.index(mirrors.index("zlib", "hdf5"))
        blob = built.index(mirrors.index("zlib"), view="e4s")
        index = _index(built, view="e4s")
        assert (index.path, index.view) == (blob, "e4s")
        assert mirror.views(_store(built)) == ["e4s"]

    def test_of_layout_2_is_in_its_folder(self, built: Mirror) -> None:
        path = built.old_index(mirrors.index("zlib"))
        built.write("index.json", mirrors.index("other"))
        index = _index(built)
        assert (index.path, index.layout) == (path, 2)
        assert index.checksum == hashlib.sha256(path.read_bytes()).hexdigest()

    def test_of_layout_2_needs_no_checksum(self, built: Mirror) -> None:
        path = built.write("build_cache/index.json", mirrors.index("zlib"))
        index = _index(built)
        assert (index.path, index.layout, index.checksum) == (path, 2, None)

    def test_may_be_bare(self, built: Mirror) -> None:
        path = built.write("index.json", mirrors.index("zlib"))
        index = _index(built)
        assert (index.path, index.layout) == (path, None)

    def test_is_not_whatever_is_called_so(self, built: Mirror) -> None:
        built.write("index.json", b'{"pages": []}')
        assert mirror.find_index(_store(built), LIMITS) is None

    def test_is_found_by_the_start_of_its_media_type(self, built: Mirror) -> None:
        other = built.record(b"x", "application/pgp-keys")
        newer = built.record(mirrors.index("zlib"), "application/vnd.spack.db.v9+json")
        built.manifest(MANIFEST, other, newer)
        assert _index(built).checksum == newer["checksum"]

    def test_manifest_may_be_signed(self, built: Mirror) -> None:
        built.index(mirrors.index("zlib"))
        path = built.root / MANIFEST
        path.write_bytes(mirrors.clear_signed(path.read_bytes()))
        assert _index(built).layout == 3

    def test_of_a_mirror_behind_a_link_is_found(self, built: Mirror, tmp_path: Path) -> None:
        built.index(mirrors.index("zlib"))
        (tmp_path / "link").symlink_to(built.root)
        store = LocalStore(tmp_path / "link", limits=LIMITS)
        assert mirror.find_index(store, LIMITS) is not None


class TestDamagedIndex:
    def test_missing_blob(self, built: Mirror) -> None:
        blob = built.index(mirrors.index("zlib"))
        blob.unlink()
        path, _, fault = _fault(built)
        assert path == f"blobs/sha256/{blob.name[:2]}/{blob.name}"
        assert fault == f"is missing, but {built.root}/{MANIFEST}: data[0] names it"

    def test_other_bytes_of_the_same_size(self, built: Mirror) -> None:
        blob = built.index(mirrors.index("zlib"))
        blob.write_bytes(blob.read_bytes().replace(b"zlib", b"bliz"))
        assert "has the checksum" in _fault(built)[2]

    @pytest.mark.parametrize("content", [b"", b"short", b"long" * 10_000])
    def test_other_size(self, built: Mirror, content: bytes) -> None:
        blob = built.index(mirrors.index("zlib"))
        size = blob.stat().st_size
        blob.write_bytes(content)
        assert _fault(built)[2] == (
            f"has {len(content)} bytes, but {built.root}/{MANIFEST}: data[0] says {size}"
        )

    @pytest.mark.parametrize(
        ("changed", "place", "fault"),
        [
            ({"checksum": "../../../etc/passwd"}, ".checksum", "must be 64 lower-case hex digits"),
            ({"checksum": "A" * 64}, ".checksum", "must be 64 lower-case hex digits"),
            ({"checksum": "a" * 64 + "\n"}, ".checksum", "must be 64 lower-case hex digits"),
            ({"checksum": "a" * 63}, ".checksum", "must be 64 lower-case hex digits"),
            ({"checksum": None}, ".checksum", "must be a string, is null"),
            ({"checksumAlgorithm": "md5"}, ".checksumAlgorithm", "is `md5`, but only `sha256`"),
            ({"contentLength": -1}, ".contentLength", "must not be negative"),
            ({"contentLength": "12"}, ".contentLength", "must be an integer, is a string"),
            ({"contentLength": True}, ".contentLength", "must be an integer, is a boolean"),
            ({"contentLength": 1.5}, ".contentLength", "must be an integer, is a number"),
            ({"compression": "zstd"}, ".compression", "is `zstd`, not `none` or `gzip`"),
            ({"compression": ["none"]}, ".compression", "must be a string, is an array"),
            ({"mediaType": {}}, ".mediaType", "must be a string, is an object"),
        ],
    )
    def test_manifest_with_a_wrong_value(
        self, built: Mirror, changed: mirrors.Json, place: str, fault: str
    ) -> None:
        record = built.record(mirrors.index("zlib"), INDEX_MEDIA)
        built.manifest(MANIFEST, {**record, **changed})
        found = _fault(built)
        assert found[:2] == (MANIFEST, f"data[0]{place}")
        assert fault in found[2]

    @pytest.mark.parametrize(
        "key", ["contentLength", "mediaType", "compression", "checksumAlgorithm", "checksum"]
    )
    def test_manifest_without_a_key(self, built: Mirror, key: str) -> None:
        record = built.record(mirrors.index("zlib"), INDEX_MEDIA)
        del record[key]
        built.manifest(MANIFEST, record)
        assert _fault(built) == (MANIFEST, "data[0]", f"has no `{key}`")

    @pytest.mark.parametrize(
        ("version", "fault"),
        [
            (4, "is 4, but only 3 is known"),
            (2, "is 2, but only 3 is known"),
            ("3", "must be an integer, is a string"),
            (None, "must be an integer, is null"),
        ],
    )
    def test_manifest_of_another_version(self, built: Mirror, version: object, fault: str) -> None:
        built.manifest(MANIFEST, version=version)
        assert _fault(built) == (MANIFEST, "version", fault)

    @pytest.mark.parametrize(
        ("content", "place", "line", "fault"),
        [
            (b"", "", 1, "is not valid JSON: expecting value at column 1"),
            (b"<html>", "", 1, "is not valid JSON: expecting value at column 1"),
            (
                b'{"version": 3,\n "data": [',
                "",
                2,
                "is not valid JSON: expecting value at column 11",
            ),
            (
                b'{"version": 3, "data',
                "",
                1,
                "is not valid JSON: unterminated string at column 16",
            ),
            (
                b'{"version": NaN, "data": []}',
                "",
                None,
                "is not valid JSON: `NaN` is not a value of JSON",
            ),
            (
                b'{"version": -Infinity}',
                "",
                None,
                "is not valid JSON: `-Infinity` is not a value of JSON",
            ),
            (b'{"version": 3, "version": 3}', "", None, "gives the key `version` twice"),
            (b"\xff\xfe", "", 1, "is not UTF-8: byte 0xff"),
            (b"[" * 100_000, "", None, "is nested too deep"),
            (b'{"version": ' + b"9" * 5000 + b"}", "", None, "holds a number of too many digits"),
            (b"[3]", "", None, "must be an object, is an array"),
            (b"{}", "", None, "has no `version`"),
            (b'{"version": 3}', "", None, "has no `data`"),
            (b'{"version": 3, "data": {}}', "data", None, "must be an array, is an object"),
            (b'{"version": 3, "data": [7]}', "data[0]", None, "must be an object, is a number"),
            (b'{"version": 3, "data": []}', "data", None, "names no index"),
            (clear_signed.BEGIN + b"\n\n{}", "", None, "the signature is missing: truncated"),
            (clear_signed.BEGIN + b"\nHash: x", "", None, "its headers do not end"),
        ],
    )
    def test_manifest_that_is_none(
        self, built: Mirror, content: bytes, place: str, line: int | None, fault: str
    ) -> None:
        built.write(MANIFEST, content)
        with pytest.raises(DamagedSourceError) as caught:
            mirror.find_index(_store(built), LIMITS)
        error = caught.value
        assert error.path == f"{built.root}/{MANIFEST}"
        assert (error.location, error.line) == (place, line)
        assert fault in error.fault

    def test_manifest_with_two_indexes_of_one_version(self, built: Mirror) -> None:
        records = [built.record(mirrors.index(name), INDEX_MEDIA) for name in ("zlib", "curl")]
        built.manifest(MANIFEST, *records)
        assert "names more than one index" in _fault(built)[2]

    def test_manifest_that_is_too_large(self, built: Mirror) -> None:
        built.index(mirrors.index("zlib"))
        limits = Limits(manifest_bytes=10)
        with pytest.raises(SourceError, match="more than the 10 that are read"):
            mirror.find_index(_store(built, limits), limits)

    def test_index_that_is_too_large(self, built: Mirror) -> None:
        built.index(mirrors.index("zlib"))
        limits = Limits(index_bytes=10)
        with pytest.raises(SourceError, match="more than the 10 that are read"):
            mirror.find_index(_store(built, limits), limits)

    def test_index_of_layout_2_with_another_checksum(self, built: Mirror) -> None:
        built.old_index(mirrors.index("zlib")).write_bytes(mirrors.index("other"))
        path, _, fault = _fault(built)
        assert path == "build_cache/index.json"
        assert f"but {built.root}/build_cache/index.json.hash says" in fault

    @pytest.mark.parametrize("content", [b"", b"x" * 64, b"ab\n" * 20])
    def test_an_invalid_checksum_of_layout_2(self, built: Mirror, content: bytes) -> None:
        built.old_index(mirrors.index("zlib"))
        built.write("build_cache/index.json.hash", content)
        assert _fault(built)[::2] == (
            "build_cache/index.json.hash",
            "is not a SHA-256 of 64 lower-case hex digits",
        )

    def test_checksum_of_layout_2_without_an_index(self, built: Mirror) -> None:
        built.old_index(mirrors.index("zlib")).unlink()
        assert "is missing" in _fault(built)[2]

    @pytest.mark.parametrize("view", ["../../x", "a/b", "..", "", "a b"])
    def test_view_that_is_a_path(self, built: Mirror, view: str) -> None:
        with pytest.raises(SourceError, match="is not a name of a view"):
            mirror.find_index(_store(built), LIMITS, view=view)


class TestPathTricks:
    def test_a_link_out_of_the_mirror_is_refused(self, built: Mirror, tmp_path: Path) -> None:
        blob = built.index(mirrors.index("zlib"))
        outside = tmp_path / "outside"
        blob.rename(outside)
        blob.symlink_to(outside)
        with pytest.raises(SourceError, match="is a link that leads out of"):
            mirror.find_index(_store(built), LIMITS)

    def test_a_link_within_the_mirror_is_followed(self, built: Mirror) -> None:
        blob = built.index(mirrors.index("zlib"))
        blob.rename(built.root / "elsewhere")
        blob.symlink_to(built.root / "elsewhere")
        assert _index(built).path == blob

    def test_a_link_to_itself_is_nothing_to_read(self, built: Mirror) -> None:
        path = built.root / "build_cache" / "index.json"
        path.parent.mkdir(parents=True)
        path.symlink_to(path)
        with pytest.raises(SourceError):
            mirror.find_index(_store(built), LIMITS)

    @pytest.mark.parametrize("relative", ["../x", "a/../../x", "/etc/passwd", "a//b", ".", "a\\b"])
    def test_no_path_leaves_the_root(self, built: Mirror, relative: str) -> None:
        with pytest.raises(SourceError, match="not a path below its source"):
            _store(built).get(relative, most=100)


class TestWithoutIndex:
    def _specs(self, built: Mirror) -> mirror.SpecFiles:
        found = mirror.spec_files(_store(built), LIMITS)
        assert found is not None
        return found

    def test_layout_3_is_read_from_its_manifests(self, built: Mirror) -> None:
        built.binary("zlib")
        built.binary("hdf5", signed=True)
        found = self._specs(built)
        assert found.damaged == ()
        assert {file.hash for file in found.files} == {
            mirrors.dag_hash("zlib"),
            mirrors.dag_hash("hdf5"),
        }
        read = {gzip.decompress(file.path.read_bytes()) for file in found.files}
        assert read == {mirrors.spec_file("zlib"), mirrors.spec_file("hdf5")}

    def test_layout_2_is_read_from_its_spec_files(self, built: Mirror) -> None:
        built.old_binary("zlib")
        built.old_binary("hdf5", signed=True)
        found = self._specs(built)
        assert len(found.files) == 2
        assert found.damaged == ()

    def test_what_is_no_mirror_has_none(self, built: Mirror) -> None:
        built.write("_cache/develop/zlib/specs.md", b"---\n---\n")
        assert mirror.spec_files(_store(built), LIMITS) is None

    def test_damage_of_one_binary_leaves_the_others(self, built: Mirror) -> None:
        built.binary("zlib")
        manifest = built.binary("hdf5")
        manifest.write_bytes(b"{}")
        found = self._specs(built)
        assert len(found.files) == 1
        assert [(file.path, file.fault) for file in found.damaged] == [
            (str(manifest), "has no `version`")
        ]

    def test_a_manifest_without_a_binary_is_damage(self, built: Mirror) -> None:
        record = built.record(gzip.compress(mirrors.spec_file("zlib")), SPEC_MEDIA, "gzip")
        name = f"v3/manifests/spec/zlib/zlib-1.0-{mirrors.dag_hash('zlib')}.spec.manifest.json"
        built.manifest(name, record)
        (damage,) = self._specs(built).damaged
        assert (damage.location, damage.fault) == (
            "data",
            f"names no binary (`{INSTALL_MEDIA.partition('v2')[0]}*`)",
        )

    def test_a_name_without_a_hash_is_damage(self, built: Mirror) -> None:
        path = built.binary("zlib")
        path.rename(path.with_name("zlib-1.0.spec.manifest.json"))
        (damage,) = self._specs(built).damaged
        assert damage.fault == "its name does not end with a hash"

    def test_too_many_files_are_an_error(self, built: Mirror) -> None:
        built.binary("zlib")
        built.binary("hdf5")
        limits = Limits(tree_entries=2)
        with pytest.raises(SourceError, match="more than the 2 files and folders"):
            mirror.spec_files(_store(built, limits), limits)


class TestClearSigned:
    def test_what_was_signed_comes_back(self) -> None:
        text = b'{\n"a": 1\n}\n-x\n- y\n'
        assert clear_signed.text_of(mirrors.clear_signed(text), "x") == text

    def test_line_ends_may_be_those_of_windows(self) -> None:
        signed = mirrors.clear_signed(b"{\n}\n").replace(b"\n", b"\r\n")
        assert clear_signed.text_of(signed, "x") == b"{\n}\n"

    def test_what_is_not_signed_stays(self) -> None:
        assert clear_signed.text_of(b"{}", "x") == b"{}"

    @pytest.mark.parametrize(
        ("document", "fault"),
        [
            (b"-----BEGIN PGP SIGNED MESSAGE----- x\n", "has more text after it"),
            (mirrors.clear_signed(b"{}").replace(b"{}", b"--"), "a bare dash"),
            (mirrors.clear_signed(b"{}").partition(b"-----END")[0], "the signature is truncated"),
        ],
    )
    def test_what_is_malformed_is_an_error(self, document: bytes, fault: str) -> None:
        with pytest.raises(DamagedSourceError, match=fault):
            clear_signed.text_of(document, "x")


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("m/v3/manifests/index", ("m", None)),
        ("m/v3/manifests/index/", ("m", None)),
        ("m/v3/manifests/index/index.manifest.json", ("m", None)),
        ("m/v3/manifests/index/e4s", ("m", "e4s")),
        ("/m/v3/manifests/index/e4s/index.manifest.json", ("/m", "e4s")),
        ("/v3/manifests/index", ("/", None)),
        ("v3/manifests/index", (".", None)),
        ("m/v3/manifests/index/a/b", None),
        ("m/v3/manifests/indexes", None),
        ("m/v3/manifests", None),
        ("m", None),
    ],
)
def test_a_path_names_a_view(path: str, split: tuple[str, str | None] | None) -> None:
    assert mirror.split_view(path) == split


class TestMirrorsThatSpackWrote:
    @pytest.mark.parametrize("name", ["radiuss-2025-11", "radiuss-2026-01-runtime-only"])
    def test_of_layout_3(self, name: str, tmp_path: Path) -> None:
        store = LocalStore(mirrors.unpack(name, tmp_path), limits=LIMITS)
        index = mirror.find_index(store, LIMITS)
        assert index is not None
        assert index.layout == 3

    def test_of_layout_2_with_and_without_its_index(self, tmp_path: Path) -> None:
        root = mirrors.unpack("mini-layout2", tmp_path)
        store = LocalStore(root, limits=LIMITS)
        index = mirror.find_index(store, LIMITS)
        assert index is not None
        assert index.layout == 2
        installs = json.loads(index.path.read_bytes())["database"]["installs"]
        found = mirror.spec_files(store, LIMITS)
        assert found is not None
        assert {file.hash for file in found.files} == {
            dag_hash for dag_hash, record in installs.items() if record["in_buildcache"]
        }
