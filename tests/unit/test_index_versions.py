"""Mirrors whose manifest lists an index for each version of Spack, and what no index lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import specplan
from specplan.sources import Limits
from specplan.sources.mirrors.consumer import consumer_of
from tests import mirrors, servers
from tests.mirrors import Mirror, dag_hash

if TYPE_CHECKING:
    from pathlib import Path

    from specplan.api.catalog import Catalog
    from specplan.model.check import Finding


@pytest.fixture
def built(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirror")


def both(built: Mirror) -> Mirror:
    """Write a mirror of which version 8 lists `zlib` and `curl`, version 9 `zlib` and `hdf5`."""
    built.indexes(
        {
            8: mirrors.index("zlib", "curl"),
            9: mirrors.index("zlib", "hdf5", version=9),
        }
    )
    return built


def available(catalog: Catalog) -> list[str]:
    return sorted(spec.package for spec in catalog.select() if spec.available)


def of_indexes(catalog: Catalog) -> list[Finding]:
    """Return what `check` finds in the indexes of mirrors; the hashes here are made up."""
    return [each for each in catalog.check().findings if each.kind == "index_versions"]


def lock_of(folder: Path, *names: str) -> str:
    """Write a lock that wants some specs, and return where it is."""
    nodes = {dag_hash(name): mirrors.node(name) for name in names}
    lock = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "roots": [{"hash": each, "spec": node["name"]} for each, node in nodes.items()],
        "concrete_specs": nodes,
    }
    place = folder / "lock/spack.lock"
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(lock), encoding="utf-8")
    return str(place)


def test_all_indexes_of_a_manifest_count_together(built: Mirror) -> None:
    catalog = specplan.load(both(built).root)
    assert available(catalog) == ["curl", "hdf5", "zlib"]


@pytest.mark.parametrize(
    ("spack", "expected"),
    [
        ("1.2", ["curl", "zlib"]),
        ("1.0.1", ["curl", "zlib"]),
        ("1.3", ["hdf5", "zlib"]),
        ("develop", ["hdf5", "zlib"]),
        ("0.23", []),
    ],
)
def test_a_spack_sees_the_newest_index_that_it_reads(
    built: Mirror, spack: str, expected: list[str]
) -> None:
    assert available(specplan.load(both(built).root, for_spack=spack)) == expected


def test_a_spack_that_reads_no_index_sees_nothing_and_the_report_says_so(built: Mirror) -> None:
    built.indexes({9: mirrors.index("zlib", version=9)})
    catalog = specplan.load(built.root, for_spack="1.2")
    assert available(catalog) == []
    (note,) = catalog.notes
    assert "Spack 1.2 reads none of the indexes" in note
    built.old_index(mirrors.index("curl", version=9))
    old = specplan.load(built.root / "build_cache/index.json", for_spack="1.2")
    assert len(old) == 1


@pytest.mark.parametrize("spack", ["", "two", "0.1", "1.4", "9", "-1.2", "1.2; rm"])
def test_a_spack_that_is_not_known_is_wrong_usage(spack: str) -> None:
    with pytest.raises(specplan.UsageError, match="not a version of Spack") as error:
        consumer_of(spack)
    assert "--for-spack 1.2" in str(error.value.hint)


def test_the_newest_index_wins_in_what_it_says_of_a_spec(built: Mirror) -> None:
    newer: dict[str, Any] = json.loads(mirrors.index("zlib", version=9))
    node = newer["database"]["installs"][dag_hash("zlib")]["spec"]
    node["parameters"]["shared"] = False
    built.indexes({8: mirrors.index("zlib", "curl"), 9: json.dumps(newer).encode()})
    catalog = specplan.load(built.root)
    assert [each.package for each in catalog.find("zlib~shared")] == ["zlib"]
    assert catalog.find("zlib+shared") == []
    assert available(catalog) == ["curl", "zlib"]


def test_one_index_that_is_named_twice_is_one_index(built: Mirror) -> None:
    record = built.record(mirrors.index("zlib"), mirrors.INDEX_MEDIA)
    built.manifest("v3/manifests/index/index.manifest.json", record, record)
    assert available(specplan.load(built.root)) == ["zlib"]
    other = built.record(mirrors.index("curl"), mirrors.INDEX_MEDIA)
    built.manifest("v3/manifests/index/index.manifest.json", record, other)
    with pytest.raises(specplan.DamagedSourceError, match="names more than one index"):
        specplan.load(built.root)


def test_an_index_that_is_too_new_is_left_out_beside_one_that_is_read(built: Mirror) -> None:
    built.indexes({10: mirrors.index("hdf5", version=10), 8: mirrors.index("zlib")})
    catalog = specplan.load(built.root)
    assert available(catalog) == ["zlib"]
    (record,) = catalog.query("zlib").left_out
    assert (record.kind, record.blocks) == ("index_version", True)
    assert "an index of version 10, newer than 9, the newest supported version" in record.detail
    tried = specplan.load(built.root, limits=Limits(newer_formats="try"))
    assert available(tried) == ["hdf5", "zlib"]


def test_an_index_that_is_too_new_alone_is_an_error_that_names_what_helps(built: Mirror) -> None:
    built.indexes({10: mirrors.index("hdf5", version=10)})
    with pytest.raises(specplan.DamagedSourceError, match="--newest-format try"):
        specplan.load(built.root)
    tried = specplan.load(built.root, limits=Limits(newer_formats="try"))
    assert available(tried) == ["hdf5"]


def test_an_index_that_is_missing_is_damage_and_the_other_is_what_is_left(built: Mirror) -> None:
    both(built)
    record = built.record(mirrors.index("zlib", "hdf5", version=9), "x")
    checksum = str(record["checksum"])
    (built.root / f"blobs/sha256/{checksum[:2]}/{checksum}").unlink()
    with pytest.raises(specplan.DamagedSourceError, match="--from-manifests"):
        specplan.load(built.root)
    left = specplan.load(built.root, skip_damaged=True)
    assert available(left) == ["curl", "zlib"]
    assert len(left.damaged) == 1


def test_a_map_that_names_one_of_several_indexes_leads_to_all_of_them(built: Mirror) -> None:
    old, new = mirrors.index("zlib", "curl"), mirrors.index("zlib", "hdf5", version=9)
    built.indexes({8: old, 9: new})
    for content in (old, new):
        checksum = built.blob(content)
        url = f"blobs/sha256/{checksum[:2]}/{checksum}"
        document = {"develop": [{"label": "root", "url": url}]}
        built.write("cache_spack_io_index.json", json.dumps(document).encode())
        assert available(specplan.load(built.root)) == ["curl", "hdf5", "zlib"]


def test_check_says_what_the_indexes_of_a_mirror_do_not_share(built: Mirror) -> None:
    (finding,) = of_indexes(specplan.load(both(built).root))
    assert "v9 lists 2 binaries (1 not in every index)" in finding.message
    assert "v8 lists 2 binaries (1 not in every index)" in finding.message
    built.indexes({8: mirrors.index("zlib"), 9: mirrors.index("zlib", version=9)})
    assert of_indexes(specplan.load(built.root)) == []


class TestUnindexed:
    """A binary that was pushed and is in no index."""

    def mirror(self, built: Mirror, layout: int) -> Mirror:
        """Return a mirror that has `zlib` in its index, and `curl` beside it."""
        if layout == 3:
            built.index(mirrors.index("zlib"))
            built.binary("zlib")
            built.binary("curl", signed=True)
        else:
            built.old_index(mirrors.index("zlib"))
            built.old_binary("zlib")
            built.old_binary("curl", signed=True)
        return built

    @pytest.mark.parametrize("layout", [2, 3])
    def test_covers_wants_by_hash(self, built: Mirror, tmp_path: Path, layout: int) -> None:
        catalog = specplan.load(self.mirror(built, layout).root)
        assert "1 binary is in" in catalog.notes[0]
        report = catalog.gaps(want=lock_of(tmp_path, "zlib", "curl"))
        assert (report.totals.wanted, report.totals.covered) == (2, 2)

    @pytest.mark.parametrize("layout", [2, 3])
    def test_is_a_gap_of_its_own_state_for_other_wants(
        self, built: Mirror, tmp_path: Path, layout: int
    ) -> None:
        catalog = specplan.load(self.mirror(built, layout).root)
        report = catalog.gaps(want=lock_of(tmp_path, "zlib", "curl", "hdf5"), level="package")
        assert [(gap.package, gap.state) for gap in report.gaps] == [
            ("curl", "unindexed"),
            ("hdf5", "missing"),
        ]

    def test_is_found_in_either_layout_of_one_mirror(self, built: Mirror, tmp_path: Path) -> None:
        built.index(mirrors.index("zlib"))
        built.old_binary("curl")
        report = specplan.load(built.root).gaps(want=lock_of(tmp_path, "zlib", "curl"))
        assert report.totals.gaps == 0

    def test_with_damaged_files_is_no_reason_to_stop(self, built: Mirror, tmp_path: Path) -> None:
        self.mirror(built, 3)
        built.binary("curl").write_text("{", encoding="utf-8")
        catalog = specplan.load(built.root)
        assert any("damaged" in note for note in catalog.notes)
        assert catalog.gaps(want=lock_of(tmp_path, "curl")).totals.gaps == 1


def test_manifests_are_read_instead_of_a_damaged_index(built: Mirror) -> None:
    blob = built.index(mirrors.index("zlib"))
    built.binary("zlib")
    built.binary("curl")
    blob.write_bytes(b"{")
    with pytest.raises(specplan.DamagedSourceError, match="--from-manifests"):
        specplan.load(built.root)
    assert available(specplan.load(built.root, from_manifests=True)) == ["curl", "zlib"]


class TestTreeOfSnapshots:
    """The mirrors of a folder with several snapshots are read as a single mirror is."""

    def tree(self, folder: Path) -> Path:
        """Write two snapshots of a stack: the newer lists `zlib`, and has `curl` beside it."""
        for tag in ("develop-2025-05-18", "develop-2025-05-25"):
            for place in (tag, f"{tag}/e4s"):
                built = Mirror(folder / "tree" / place)
                built.index(mirrors.index("zlib"))
                built.binary("zlib")
        built.binary("curl")
        return folder / "tree"

    def test_has_binaries_that_no_index_lists(self, tmp_path: Path) -> None:
        tree = self.tree(tmp_path)
        catalog = specplan.load(tree)
        assert any("1 binary is in" in note for note in catalog.notes)
        assert available(catalog) == ["zlib"]
        want = lock_of(tmp_path, "zlib", "curl", "hdf5")
        report = catalog.gaps(want=want)
        assert [gap.package for gap in report.gaps] == ["hdf5"]
        report = catalog.gaps(want=want, level="package")
        assert [(gap.package, gap.state) for gap in report.gaps] == [
            ("curl", "unindexed"),
            ("hdf5", "missing"),
        ]
        old = specplan.load(tree, tag="develop-2025-05-18")
        assert old.gaps(want=want).totals.covered == 1

    @pytest.mark.parametrize("damage", ["index", "no index"])
    def test_is_read_from_manifests(self, tmp_path: Path, damage: str) -> None:
        tree = self.tree(tmp_path)
        Mirror(tree / "develop-2025-05-25").binary("hdf5")
        for place in ("develop-2025-05-25", "develop-2025-05-25/e4s"):
            index = tree / place / "v3/manifests/index/index.manifest.json"
            index.write_text("{") if damage == "index" else index.unlink()
        if damage == "index":
            with pytest.raises(specplan.DamagedSourceError, match="--from-manifests"):
                specplan.load(tree)
        catalog = specplan.load(tree, from_manifests=True)
        assert catalog.tags == ("develop-2025-05-25",)
        assert available(catalog) == ["curl", "hdf5", "zlib"]
        assert catalog.stacks() == ("e4s",)
        (note,) = catalog.notes
        assert "was not read from its indexes" in note
        assert catalog.check(verify="manifests").findings

    def test_is_read_from_manifests_by_its_map(self, tmp_path: Path) -> None:
        tree = self.tree(tmp_path)
        tag = "develop-2025-05-25"
        document = {
            tag: [
                {"label": "root", "url": f"{tag}/v3/manifests/index/index.manifest.json"},
                {"label": "e4s", "url": f"{tag}/e4s"},
            ]
        }
        place = tree / "cache_spack_io_index.json"
        place.write_text(json.dumps(document), encoding="utf-8")
        for folder in (tag, f"{tag}/e4s"):
            (tree / folder / "v3/manifests/index/index.manifest.json").write_text("{")
        assert available(specplan.load(tree, from_manifests=True)) == ["curl", "zlib"]


class TestProbe:
    """Servers are asked for what no index lists only where that was asked for."""

    def test_finds_a_binary_by_the_name_of_its_manifest(
        self, built: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "cache"))
        built.index(mirrors.index("zlib"))
        built.binary("zlib")
        built.binary("curl")
        want = lock_of(tmp_path, "zlib", "curl", "hdf5")
        with servers.serving(built.root) as server:
            asked = specplan.load(server.url).gaps(want=want)
            assert {gap.package for gap in asked.gaps} == {"curl", "hdf5"}
            probed = specplan.load(server.url, probe=True)
            assert [gap.package for gap in probed.gaps(want=want).gaps] == ["hdf5"]
            assert [each.package for each in probed.rebuild(want=want).builds] == ["hdf5"]
            # What a concretizer reuses is what the index lists.
            report = probed.gaps(want=want, level="package")
            assert {gap.package for gap in report.gaps} == {"curl", "hdf5"}

    def test_of_a_map_finds_a_binary_of_a_snapshot(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "cache"))
        tree = TestTreeOfSnapshots().tree(tmp_path)
        tag = "develop-2025-05-25"
        document = {tag: [{"label": "root", "url": tag}, {"label": "e4s", "url": f"{tag}/e4s"}]}
        place = tree / "cache_spack_io_index.json"
        place.write_text(json.dumps(document), encoding="utf-8")
        want = lock_of(tmp_path, "zlib", "curl")
        with servers.serving(tree) as server:
            assert specplan.load(server.url).gaps(want=want).totals.gaps == 1
            assert specplan.load(server.url, probe=True).gaps(want=want).totals.gaps == 0


def test_a_manifest_that_a_server_refuses_is_not_one_that_is_missing(
    built: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "cache"))
    built.index(mirrors.index("zlib", "curl"))
    built.binary("zlib")
    path = "/" + built.binary("zlib").relative_to(built.root).as_posix()
    with servers.serving(built.root) as server:
        server.answers[path] = [servers.status(403)]
        check = specplan.load(server.url).check(verify="manifests")
    found = {each.spec.package: each for each in check.findings if each.spec is not None}
    assert found["zlib"].kind == "damaged-manifest"
    assert found["zlib"].message == "the server does not allow reading it (403)"
    assert found["curl"].kind == "missing-manifest"


class TestInstallation:
    """An installation beside the caches."""

    def installation(self, folder: Path) -> Path:
        """Write an installation of `zlib`; `curl` is mentioned."""
        index = json.loads(mirrors.index("zlib", "curl"))
        for record in index["database"]["installs"].values():
            del record["in_buildcache"]
            record["installed"] = record["spec"]["name"] == "zlib"
        place = folder / "store/.spack-db/index.json"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(index), encoding="utf-8")
        return folder / "store"

    def test_as_a_cache_says_what_is_installed_and_was_never_pushed(self, tmp_path: Path) -> None:
        catalog = specplan.load(self.installation(tmp_path))
        report = catalog.gaps(want=lock_of(tmp_path, "zlib", "curl"))
        states = {gap.package: gap.state for gap in report.gaps}
        assert states == {"zlib": "installed", "curl": "missing"}

    def test_as_an_upstream_counts_as_available(self, built: Mirror, tmp_path: Path) -> None:
        store = self.installation(tmp_path)
        want = lock_of(tmp_path, "zlib", "curl")
        for cache in ("none", str(built.root)):
            built.index(mirrors.index("hdf5"))
            catalog = specplan.load(cache, upstream=[store])
            assert {gap.package for gap in catalog.gaps(want=want).gaps} == {"curl"}
            assert [each.package for each in catalog.rebuild(want=want).builds] == ["curl"]

    def test_only_an_installation_is_an_upstream(self, built: Mirror) -> None:
        built.index(mirrors.index("zlib"))
        with pytest.raises(specplan.UsageError, match="not an installation"):
            specplan.load("none", upstream=[built.root])
