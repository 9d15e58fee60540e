"""Maps of snapshots: which indexes are read, and what their labels mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from specplan.api.catalog import Catalog
from specplan.catalog.contents import Contents
from specplan.errors import RemoteError, SourceError, UsageError
from specplan.sources import Limits, SourceRead, newest_first
from specplan.sources.mirrors import listing
from specplan.sources.read import read
from tests import mirrors, servers
from tests.mirrors import Mirror
from tests.servers import Server

NEW = "develop-2025-05-25"
OLD = "develop-2025-05-18"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def bucket(tmp_path: Path) -> Mirror:
    """A bucket as the public cache has it: two snapshots of two stacks, and a map."""
    bucket = Mirror(tmp_path / "bucket")
    urls: dict[str, list[dict[str, str]]] = {}
    for tag, version in ((NEW, "new"), (OLD, "old")):
        here = Mirror(bucket.root / tag)
        contents = {
            "root": mirrors.index("zlib", "hdf5", f"only-{version}", absent=("gone",)),
            "e4s": mirrors.index("zlib", absent=("hdf5",)),
            "radiuss": mirrors.index("zlib", absent=("gone",)),
        }
        blobs = {
            label: (here if label == "root" else Mirror(here.root / label)).index(content)
            for label, content in contents.items()
        }
        urls[tag] = [
            {"label": label, "url": f"s3://public/{blob.relative_to(bucket.root).as_posix()}"}
            for label, blob in blobs.items()
        ]
        # Both would be errors if anyone looked for them.
        urls[tag] += [{"label": label, "url": "s3://no/x"} for label in ("deprecated", "e4s-mac")]
    _write_map(bucket, urls)
    return bucket


def _write_map(bucket: Mirror, listed: object) -> Path:
    return bucket.write(listing.MAP_NAME, json.dumps(listed).encode())


def _map(bucket: Mirror) -> dict[str, list[dict[str, str]]]:
    listed: dict[str, list[dict[str, str]]] = json.loads(
        (bucket.root / listing.MAP_NAME).read_bytes()
    )
    return listed


@pytest.fixture
def server(bucket: Mirror) -> Iterator[Server]:
    with servers.serving(bucket.root) as server:
        yield server


def _read(place: object, *tags: str | None) -> SourceRead:
    return read(str(place), Limits(silence_seconds=5), tags=tags or (None,))


def _stacks(answer: SourceRead, tag: str) -> dict[str, list[str]]:
    """Return the labels of each spec of a snapshot, by name."""
    return {spec.package: sorted(spec.stacks) for spec in _catalog(answer).select(tag=tag)}


def _catalog(answer: SourceRead) -> Catalog:
    return Catalog._from_contents(Contents.of_reads([answer]))  # noqa: SLF001 - how `load` makes it


class TestRead:
    def test_takes_the_newest_snapshot(self, bucket: Mirror) -> None:
        answer = _read(bucket.root)
        assert answer.core.names("tag") == [NEW]
        assert answer.unread_tags == (OLD,)
        assert answer.files == 3
        assert answer.notes == ()
        assert answer.damaged == ()

    def test_takes_the_snapshots_that_are_asked_for(self, bucket: Mirror) -> None:
        answer = _read(bucket.root, OLD)
        assert answer.core.names("tag") == [OLD]
        assert answer.unread_tags == (NEW,)
        assert _read(bucket.root, OLD, NEW).core.names("tag") == [NEW, OLD]
        assert _read(bucket.root, OLD, None).core.names("tag") == [NEW, OLD]

    def test_takes_nothing_if_it_has_no_such_snapshot(self, bucket: Mirror) -> None:
        answer = _read(bucket.root, "develop-2019-01-01")
        assert (len(answer.core), answer.files) == (0, 0)
        assert answer.unread_tags == (NEW, OLD)

    def test_gives_a_stack_the_binaries_that_its_index_lists(self, bucket: Mirror) -> None:
        stacks = _stacks(_read(bucket.root), NEW)
        assert stacks["zlib"] == ["e4s", "radiuss", "root"]
        # The stack's index says that it has no binary of it; the union has one.
        assert stacks["hdf5"] == ["root"]
        assert stacks["only-new"] == ["root"]

    def test_has_no_binaries_but_those_of_the_union(self, bucket: Mirror) -> None:
        listed = _map(bucket)
        bucket.write("e4s.json", mirrors.index("zlib", "only-e4s"))
        listed[NEW][1]["url"] = "e4s.json"
        _write_map(bucket, listed)
        catalog = _catalog(_read(bucket.root))
        assert catalog.gaps(stack="radiuss", peers=["e4s", "radiuss"]).totals.wanted == 1

    def test_reads_the_map_itself_as_well(self, bucket: Mirror) -> None:
        assert _read(bucket.root / listing.MAP_NAME).core.names("tag") == [NEW]

    def test_knows_a_map_by_its_content(self, bucket: Mirror) -> None:
        path = bucket.root / "anything.txt"
        (bucket.root / listing.MAP_NAME).rename(path)
        assert _read(path).core.names("tag") == [NEW]

    def test_passes_over_a_snapshot_without_union(self, bucket: Mirror) -> None:
        listed = _map(bucket)
        listed["develop"] = [each for each in listed[NEW] if each["label"] != "root"]
        _write_map(bucket, listed)
        answer = _read(bucket.root)
        assert answer.core.names("tag") == [NEW]
        (note,) = answer.notes
        assert note.startswith("snapshot `develop` of ")
        assert answer.unread_tags == (OLD,)
        assert len(_read(bucket.root, "develop").notes) == 1
        assert _read(bucket.root, OLD).notes == ()

    def test_needs_a_snapshot_with_union(self, bucket: Mirror) -> None:
        _write_map(bucket, {"develop": [{"label": "e4s", "url": "x"}]})
        with pytest.raises(SourceError, match="no snapshot with a union index"):
            _read(bucket.root)

    def test_takes_no_label(self, bucket: Mirror) -> None:
        with pytest.raises(UsageError, match="defines its own stacks"):
            _read(f"e4s={bucket.root}")


class TestUrls:
    @pytest.mark.parametrize("form", ["{path}", "file://{path}", "{relative}", "./{relative}"])
    @pytest.mark.parametrize("to", ["blob", "mirror", "manifest"])
    def test_of_a_local_map_lead_to_files_and_mirrors(
        self, tmp_path: Path, form: str, to: str
    ) -> None:
        bucket = Mirror(tmp_path / "bucket")
        blob = Mirror(bucket.root / "new").index(mirrors.index("zlib"))
        mirror = bucket.root / "new"
        path = {
            "blob": blob,
            "mirror": mirror,
            "manifest": mirror / "v3/manifests/index/index.manifest.json",
        }[to]
        url = form.format(path=path, relative=path.relative_to(bucket.root).as_posix())
        _write_map(bucket, {"develop": [{"label": "root", "url": url}]})
        answer = _read(bucket.root)
        assert answer.damaged == ()
        assert len(answer.core) == 1

    @pytest.mark.parametrize("url", ["../x", "a/../../x", "a\\b"])
    def test_do_not_leave_the_folder_of_the_map(self, tmp_path: Path, url: str) -> None:
        bucket = Mirror(tmp_path / "bucket")
        bucket.write("../x", mirrors.index("zlib"))
        _write_map(bucket, {"develop": [{"label": "root", "url": url}]})
        with pytest.raises(SourceError, match="not a path below its source"):
            _read(bucket.root)

    @pytest.mark.parametrize("url", ["/etc/hostname", "file:///etc/hostname"])
    def test_of_a_remote_map_do_not_lead_to_this_machine(
        self, bucket: Mirror, server: Server, url: str
    ) -> None:
        _write_map(bucket, {"develop": [{"label": "root", "url": url}]})
        with pytest.raises(SourceError, match=r"not a path below|are not followed"):
            _read(server.url)

    @pytest.mark.parametrize("url", ["github://x:y@/z", "simplecache::s3://x/y", "ssh://h/x"])
    def test_of_other_kinds_are_not_followed(self, bucket: Mirror, url: str) -> None:
        _write_map(bucket, {"develop": [{"label": "root", "url": url}]})
        with pytest.raises(SourceError):
            _read(bucket.root)

    def test_that_lead_nowhere_are_damage(self, bucket: Mirror) -> None:
        listed = _map(bucket)
        listed[NEW][1]["url"] = "nowhere"
        _write_map(bucket, listed)
        (damage,) = _read(bucket.root).damaged
        assert damage.path == str(bucket.root / listing.MAP_NAME)
        assert damage.location == f"{NEW}[1].url"
        assert damage.fault == "there is no index at `nowhere`"

    def test_of_blobs_tell_their_checksum(self, bucket: Mirror) -> None:
        blob = bucket.root / _map(bucket)[NEW][1]["url"].removeprefix("s3://public/")
        blob.write_bytes(mirrors.index("other"))
        (damage,) = _read(bucket.root).damaged
        assert damage.path == str(blob)
        assert "has the checksum" in damage.fault

    def test_of_what_is_no_index_are_damage(self, bucket: Mirror) -> None:
        bucket.write("lock", b'{"_meta": {"file-type": "spack-lockfile", "lockfile-version": 6}}')
        bucket.write("page", b"---\n")
        listed = _map(bucket)
        listed[NEW][1]["url"], listed[NEW][2]["url"] = "lock", "page"
        _write_map(bucket, listed)
        assert len(_read(bucket.root).damaged) == 2


class TestMap:
    @pytest.mark.parametrize(
        ("listed", "place", "fault"),
        [
            ({"develop": [{"label": "root"}]}, "develop[0]", "has no `url`"),
            ({"develop": [{"url": "x"}]}, "develop[0]", "has no `label`"),
            ({"develop": [{"label": "a/b", "url": "x"}]}, "develop[0].label", "is not a label"),
            ({"develop": [{"label": 7, "url": "x"}]}, "develop[0].label", "must be a string"),
            ({"develop": [{"label": "a", "url": ""}]}, "develop[0].url", "is empty"),
            ({"develop": [{"label": "a", "url": "x"}, 7]}, "develop[1]", "must be an object"),
        ],
    )
    def test_that_is_malformed_is_an_error(
        self, tmp_path: Path, listed: object, place: str, fault: str
    ) -> None:
        (damage,) = _read(_write_map(Mirror(tmp_path), listed)).damaged
        assert damage.location == place
        assert fault in damage.fault

    @pytest.mark.parametrize(
        "document", [{}, {"a": []}, {"a": [1]}, {"roots": [{"hash": "x"}], "concrete_specs": {}}]
    )
    def test_is_no_other_document(self, document: object) -> None:
        assert listing.parse(json.dumps(document).encode(), "x") is None


class TestTree:
    def test_of_mirrors_is_read_without_a_map(self, bucket: Mirror) -> None:
        with_map = _stacks(_read(bucket.root), NEW)
        (bucket.root / listing.MAP_NAME).unlink()
        answer = _read(bucket.root)
        assert _stacks(answer, NEW) == with_map
        assert answer.unread_tags == (OLD,)

    def test_drops_what_the_map_drops(self, bucket: Mirror) -> None:
        (bucket.root / listing.MAP_NAME).unlink()
        Mirror(bucket.root / NEW / "deprecated").index(mirrors.index("zlib"))
        assert "deprecated" not in _read(bucket.root).core.stacks(None)


class TestRemote:
    def test_snapshots_are_read_beside_the_map(self, bucket: Mirror, server: Server) -> None:
        answer = _read(f"{server.url}/")
        assert answer.core.names("tag") == [NEW]
        assert _stacks(answer, NEW) == _stacks(_read(bucket.root), NEW)
        assert not any(OLD in path for path in server.paths)
        # A map names one of perhaps several indexes, so that the manifests are asked too.
        assert len(server.paths) == 1 + 3 + 3

    def test_snapshots_are_fetched_once(self, server: Server) -> None:
        _read(f"{server.url}/{listing.MAP_NAME}")
        server.asked.clear()
        _read(f"{server.url}/{listing.MAP_NAME}")
        indexes = [path for path in server.paths if "/blobs/" in path]
        assert (server.paths[0], indexes) == (f"/{listing.MAP_NAME}", [])

    def test_a_refused_index_is_an_error(self, bucket: Mirror, server: Server) -> None:
        path = _map(bucket)[NEW][1]["url"].removeprefix("s3://public")
        server.answers[path] = [servers.status(403)]
        with pytest.raises(RemoteError) as caught:
            _read(server.url)
        assert caught.value.status == 403


def test_tags_are_in_the_order_of_snapshots() -> None:
    tags = ["v0.9.1", "nightly", OLD, "v0.23.0", "develop", NEW, "vx", "develop-x", "v0.23"]
    assert newest_first(tags) == [
        "develop",
        NEW,
        OLD,
        "v0.23.0",
        "v0.23",
        "v0.9.1",
        "develop-x",
        "nightly",
        "vx",
    ]
