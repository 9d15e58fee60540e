"""What a source is, is found out from what it holds."""

from __future__ import annotations

import gzip
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import specplan
from specplan.errors import DamagedSourceError, RemoteError, SourceError, UsageError
from specplan.sources import Limits, SourceRead
from specplan.sources.lock_root import LockRoot
from specplan.sources.read import read
from tests import mirrors, servers
from tests.mirrors import Mirror
from tests.servers import Server

LIMITS = Limits(silence_seconds=5, attempts=1)
DATA = Path(__file__).parents[1] / "data"
EXAMPLES = Path(__file__).parents[2] / "examples"

LOCK = {
    "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
    "spack": {"version": "1.2.0", "type": "release"},
    "roots": [{"hash": mirrors.dag_hash("zlib"), "spec": "zlib@1.0"}],
    "concrete_specs": {mirrors.dag_hash("zlib"): mirrors.node("zlib")},
}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def built(tmp_path: Path) -> Mirror:
    built = Mirror(tmp_path / "mirror")
    built.root.mkdir()
    return built


@pytest.fixture
def server(built: Mirror) -> Iterator[Server]:
    with servers.serving(built.root) as server:
        yield server


def _read(place: object, limits: Limits = LIMITS) -> SourceRead:
    return read(str(place), limits)


def _labels(answer: SourceRead) -> list[str]:
    return answer.core.stacks(None)


class TestLabels:
    def test_name_the_stack_of_an_index(self, built: Mirror) -> None:
        built.index(mirrors.index("zlib"))
        assert _labels(_read(f"e4s={built.root}")) == ["e4s"]
        assert _labels(_read(built.root)) == ["mirror"]

    def test_name_the_stack_of_a_lock(self, built: Mirror) -> None:
        path = built.write("hep/spack.lock", json.dumps(LOCK).encode())
        other = built.write("radiuss.lock", json.dumps(LOCK).encode())
        assert _labels(_read(path)) == ["hep"]
        assert _labels(_read(path.parent)) == ["hep"]
        assert _labels(_read(other)) == ["radiuss"]
        assert _labels(_read(f"e4s={path}")) == ["e4s"]
        root = LockRoot(hash=mirrors.dag_hash("zlib"), spec="zlib@1.0")
        assert _read(path).roots == (root,)

    def test_do_not_reach_into_paths(self, built: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
        built.write("a=b", mirrors.index("zlib"))
        monkeypatch.chdir(built.root)
        assert _labels(_read("./a=b")) == []
        with pytest.raises(SourceError, match="`b` does not exist") as caught:
            _read("a=b")
        assert caught.value.hint == "`a=` was taken for a label: write `./a=b` for the path"

    def test_have_no_meaning_for_pages(self) -> None:
        with pytest.raises(UsageError, match="defines its own stacks"):
            _read(f"e4s={EXAMPLES / 'cache'}")


class TestFiles:
    @pytest.mark.parametrize("name", ["index.json", "x", "spack.lock", "x.md"])
    @pytest.mark.parametrize("packed", [False, True])
    def test_are_known_by_their_content(self, built: Mirror, name: str, *, packed: bool) -> None:
        content = mirrors.index("zlib", "hdf5", absent=("gone",))
        path = built.write(name, gzip.compress(content) if packed else content)
        answer = _read(path)
        assert (len(answer.core), answer.files, answer.damaged) == (3, 1, ())

    def test_may_be_spec_files(self, built: Mirror) -> None:
        assert len(_read(built.write("x", mirrors.spec_file("zlib"))).core) == 1

    def test_may_be_signed(self, built: Mirror) -> None:
        path = built.write("x", mirrors.clear_signed(mirrors.spec_file("zlib")))
        assert len(_read(path).core) == 1

    def test_may_be_manifests_of_binaries(self, built: Mirror) -> None:
        assert len(_read(built.binary("zlib", signed=True)).core) == 1

    def test_may_not_be_manifests_alone(self, built: Mirror, tmp_path: Path) -> None:
        path = tmp_path / "manifest"
        shutil.copy(built.binary("zlib"), path)
        with pytest.raises(SourceError, match="a manifest outside of its mirror"):
            _read(path)

    def test_may_be_pages(self) -> None:
        page = next((EXAMPLES / "cache").rglob("specs.md"))
        assert _read(page).files == 1

    @pytest.mark.parametrize(
        "content",
        [
            b"{",
            b"[]",
            b'{"version": 3}',
            b'{"database": {"version": "10", "installs": {}}}',
            b"{}",
            gzip.compress(mirrors.index("zlib"), mtime=0)[:-9],
            b"\x1f\x8bno gzip",
            b"-----BEGIN PGP SIGNED MESSAGE-----\n\n{}",
        ],
    )
    def test_that_are_damaged_never_count_as_empty(self, built: Mirror, content: bytes) -> None:
        path = built.write("x", content)
        with pytest.raises(SourceError, match=str(path)):
            specplan.load(path)

    @pytest.mark.parametrize(
        ("fault", "damage"),
        [
            ("truncated", lambda packed: packed[:-9]),
            ("corrupt", lambda packed: packed[:-6] + bytes([packed[-6] ^ 1]) + packed[-5:]),
            ("corrupt", lambda packed: packed + b"no gzip data here"),
        ],
    )
    def test_that_are_damaged_gzip_files_are_called_so(
        self, built: Mirror, fault: str, damage: Callable[[bytes], bytes]
    ) -> None:
        path = built.write("x", damage(gzip.compress(mirrors.index("zlib"), mtime=0)))
        (damaged,) = _read(path).damaged
        assert damaged.fault == f"is a {fault} gzip file"

    def test_that_are_bombs_are_not_unpacked(self, built: Mirror) -> None:
        path = built.write("x", gzip.compress(b'{"database"' + b" " * 30_000_000))
        (damage,) = _read(path, Limits(index_bytes=1_000_000)).damaged
        assert "1000000" in damage.fault

    def test_that_are_bombs_of_maps_are_not_unpacked(self, built: Mirror) -> None:
        content = b'{"develop": [' + b" " * 30_000_000 + b"]}"
        path = built.write("cache_spack_io_index.json", gzip.compress(content))
        with pytest.raises(SourceError, match="more than the 1000000 bytes"):
            _read(path, Limits(manifest_bytes=1_000_000))

    def test_whose_json_nests_without_end_are_refused(self, built: Mirror) -> None:
        path = built.write("x", b'{"a": ' + b"[" * 100_000)
        assert len(_read(path).damaged) == 1

    def test_that_are_environments_are_told_as_such(self, built: Mirror) -> None:
        built.write("spack.yaml", b"spack:\n  specs: [zlib]\n")
        with pytest.raises(SourceError, match="is an environment, which holds no binaries"):
            _read(built.root / "spack.yaml")

    @pytest.mark.parametrize(
        "content", [b"[]", b'{"spec": {"_meta": {"version": 5}, "nodes": []}}']
    )
    def test_that_hold_no_specs_are_damaged(self, built: Mirror, content: bytes) -> None:
        built.write("list.json", content)
        (damage,) = _read(built.root / "list.json").damaged
        assert (damage.location, damage.fault) == ("", "holds no specs")

    def test_that_are_locks_tell_their_roots(self, built: Mirror) -> None:
        cut = {key: value for key, value in LOCK.items() if key != "roots"}
        built.write("cut.lock", json.dumps(cut).encode())
        (damage,) = _read(built.root / "cut.lock").damaged
        assert (damage.location, damage.fault) == ("roots", "the key is missing")


class TestFolders:
    def test_may_be_mirrors(self, built: Mirror) -> None:
        built.index(mirrors.index("zlib"))
        assert len(_read(built.root).core) == 1

    def test_may_be_views_of_mirrors(self, built: Mirror) -> None:
        built.index(mirrors.index("zlib", "hdf5"))
        built.index(mirrors.index("zlib"), view="e4s")
        folder = built.root / "v3/manifests/index"
        assert len(_read(folder).core) == 2
        assert len(_read(folder / "index.manifest.json").core) == 2
        assert len(_read(folder / "e4s").core) == 1
        assert len(_read(folder / "e4s" / "index.manifest.json").core) == 1

    def test_of_a_view_without_index_name_the_views(self, built: Mirror) -> None:
        built.index(mirrors.index("zlib"), view="e4s")
        (built.root / "v3/manifests/index/hep").mkdir()
        with pytest.raises(SourceError) as caught:
            _read(built.root / "v3/manifests/index/hep")
        assert caught.value.hint == "the mirror has the views e4s"

    @pytest.mark.parametrize("layout", [2, 3])
    def test_may_be_mirrors_without_index(self, built: Mirror, layout: int) -> None:
        for name in ("zlib", "hdf5"):
            if layout == 3:
                built.binary(name, signed=name == "zlib")
            else:
                built.old_binary(name, signed=name == "zlib")
        answer = _read(f"e4s={built.root}")
        assert (len(answer.core), answer.files, answer.damaged) == (2, 2, ())
        assert "has no index" in answer.notes[0]
        report = specplan.load(f"e4s={built.root}").gaps()
        assert report.alone is not None
        assert report.alone.binaries == 2

    def test_tell_files_that_are_not_what_their_names_say(self, built: Mirror) -> None:
        path = built.old_binary("zlib")
        path.write_bytes(mirrors.spec_file("hdf5"))
        (damage,) = _read(built.root).damaged
        assert damage.path == str(path)
        assert damage.fault == (
            f"is of the spec {mirrors.dag_hash('hdf5')}, but its name says "
            f"{mirrors.dag_hash('zlib')}"
        )

    def test_may_be_installations(self, built: Mirror) -> None:
        content = mirrors.index("zlib").replace(b'"in_buildcache": true', b'"installed": true')
        built.write(".spack-db/index.json", content)
        assert len(_read(built.root).core) == 1

    def test_may_be_pages(self) -> None:
        assert _read(EXAMPLES / "cache").files > 100

    def test_that_are_empty_are_errors(self, built: Mirror) -> None:
        with pytest.raises(SourceError, match="contains no files"):
            _read(built.root)
        Path(built.root, "notes.txt").write_text("x", encoding="utf-8")
        with pytest.raises(SourceError, match="contains no mirror, index, lock or package pages"):
            _read(built.root)


class TestStandardInput:
    @pytest.mark.parametrize(
        "content",
        [
            mirrors.index("zlib"),
            gzip.compress(mirrors.index("zlib"), mtime=0),
            mirrors.spec_file("zlib"),
            mirrors.clear_signed(mirrors.spec_file("zlib")),
            json.dumps(LOCK).encode(),
        ],
    )
    def test_may_be_specs(self, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        answer = _read("e4s=-")
        assert (len(answer.core), _labels(answer), answer.damaged) == (1, ["e4s"], ())

    def test_may_be_a_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        path = next((EXAMPLES / "cache").rglob("specs.md"))
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
        answer = _read("-")
        assert answer.files == 1
        assert len(answer.core) == len(_read(path).core)

    def test_may_be_a_damaged_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"---\nmeta: [\n")))
        (damage,) = _read("-").damaged
        assert damage.path == "-"

    def test_may_be_a_map(self, monkeypatch: pytest.MonkeyPatch, built: Mirror) -> None:
        path = built.write("index", mirrors.index("zlib"))
        listed = {"develop": [{"label": "root", "url": str(path)}]}
        content = json.dumps(listed).encode()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert _read("-").core.names("tag") == ["develop"]

    @pytest.mark.parametrize("content", [b"", b"text", b"\0" * 100])
    def test_may_not_be_anything(self, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        with pytest.raises(SourceError, match="contains nothing that can be read"):
            _read("-")

    def test_has_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{" * 100_000)))
        with pytest.raises(SourceError, match="more than the 1000 bytes"):
            _read("-", Limits(index_bytes=1000))


class TestUrls:
    @pytest.mark.parametrize("packed", [False, True])
    def test_may_lead_to_mirrors_of_layout_3(
        self, built: Mirror, server: Server, *, packed: bool
    ) -> None:
        built.index(mirrors.index("zlib"), packed=packed)
        built.binary("hdf5")
        answer = _read(f"e4s={server.url}")
        assert (len(answer.core), _labels(answer)) == (1, ["e4s"])
        # The map, the manifest, the index; no binary.
        assert len(server.asked) == 3

    def test_may_lead_to_mirrors_of_layout_2(self, built: Mirror, server: Server) -> None:
        built.old_index(mirrors.index("zlib"))
        assert len(_read(f"{server.url}/").core) == 1

    def test_may_lead_to_views(self, built: Mirror, server: Server) -> None:
        built.index(mirrors.index("zlib", "hdf5"))
        built.index(mirrors.index("zlib"), view="e4s")
        assert len(_read(f"{server.url}/v3/manifests/index/e4s").core) == 1
        assert len(_read(f"{server.url}/v3/manifests/index/index.manifest.json").core) == 2
        with pytest.raises(SourceError, match="is not an index of a mirror"):
            _read(f"{server.url}/v3/manifests/index/hep")

    @pytest.mark.parametrize("name", ["index.json", "x", "a/b.gz"])
    def test_may_lead_to_files(self, built: Mirror, server: Server, name: str) -> None:
        built.write(name, mirrors.index("zlib"))
        answer = _read(f"{server.url}/{name}")
        assert len(answer.core) == 1
        assert server.paths == [f"/{name}"]

    def test_may_lead_to_locks(self, built: Mirror, server: Server) -> None:
        built.write("envs/hep/spack.lock", json.dumps(LOCK).encode())
        assert _labels(_read(f"{server.url}/envs/hep/spack.lock")) == ["hep"]

    def test_may_lead_to_pages(self, built: Mirror, server: Server) -> None:
        page = next((EXAMPLES / "cache").rglob("specs.md"))
        built.write("specs.md", page.read_bytes())
        assert len(_read(f"{server.url}/specs.md").core) == len(_read(page).core)

    def test_may_be_of_files(self, built: Mirror) -> None:
        path = built.write("a b", mirrors.index("zlib"))
        assert len(_read(path.as_uri()).core) == 1

    @pytest.mark.parametrize("code", [403, 405])
    def test_of_a_folder_may_be_refused(self, built: Mirror, server: Server, code: int) -> None:
        """Object stores refuse the listing of a folder, and yet serve what is in it."""
        Mirror(built.root / "mirror").index(mirrors.index("zlib"))
        server.answers["/mirror"] = [servers.status(code)]
        assert len(_read(f"{server.url}/mirror").core) == 1

    def test_of_a_refused_file_are_errors(self, server: Server) -> None:
        server.answers["/index.json"] = [servers.status(403)]
        with pytest.raises(RemoteError) as caught:
            _read(f"{server.url}/index.json")
        assert caught.value.status == 403

    def test_that_lead_to_nothing_are_errors(self, server: Server) -> None:
        with pytest.raises(
            RemoteError, match=r"nowhere` is not there \(404\), and no mirror is below it: tried `"
        ):
            _read(f"{server.url}/nowhere")

    def test_that_lead_to_a_website_are_errors(self, server: Server) -> None:
        server.answers["/"] = [servers.body(b"<html>")]
        server.answers["/site"] = [servers.body(b"<html>")]
        with pytest.raises(RemoteError, match="is not a supported file, and no mirror is below"):
            _read(f"{server.url}/site")

    def test_of_an_index_with_a_wrong_checksum_are_errors(
        self, built: Mirror, server: Server
    ) -> None:
        built.index(mirrors.index("zlib")).write_bytes(mirrors.index("bliz"))
        (damage,) = _read(server.url).damaged
        assert "has the checksum" in damage.fault
        assert damage.path.startswith(f"{server.url}/blobs/sha256/")
        with pytest.raises(DamagedSourceError):
            specplan.load(server.url)

    def test_keep_their_secrets(self, built: Mirror, server: Server) -> None:
        built.index(mirrors.index("zlib"))
        url = server.url.replace("//", "//me:s3cret@")
        answer = _read(f"{url}/?sig=s3cret")
        assert answer.source == f"{server.url}/"
        assert "s3cret" not in repr(answer)

    @pytest.mark.parametrize(
        "url", ["oci://host.org:0/x", "nonsense://host/x", "http://", "file://h/x"]
    )
    def test_of_unknown_kinds_are_errors(self, url: str) -> None:
        with pytest.raises(SourceError):
            _read(url)


def test_a_mirror_that_spack_wrote_is_the_same_from_everywhere(tmp_path: Path) -> None:
    root = mirrors.unpack("radiuss-2025-11", tmp_path)
    (blob,) = (root / "blobs").rglob("*/*/*")
    local = _read(root)
    with servers.serving(root) as server:
        remote = _read(server.url)
    assert len(local.core) == len(remote.core) == len(_read(blob).core) == 307
    installs = json.loads(blob.read_bytes())["database"]["installs"]
    catalog = specplan.load(f"radiuss={root}")
    assert {spec.hash for spec in catalog.select()} == set(installs)
    available = sum(
        record["in_buildcache"] and "external" not in record["spec"] for record in installs.values()
    )
    alone = catalog.gaps(level="hash").alone
    assert alone is not None
    assert (alone.binaries, alone.usable) == (available, available)
