"""Saved catalogs: what is wrong with one is named, and no end of a run leaves half of one."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import specplan
from specplan import _core
from specplan.cli import main
from specplan.sources.saved.folder import catalog_at
from tests.small_caches import index

KILLS = int(os.environ.get("SPECPLAN_KILLS", "4"))


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    folder = tmp_path / "catalog"
    specplan.index(folder, "examples/cache")
    return folder


def changed(folder: Path, name: str, edit: Callable[[bytes], bytes]) -> None:
    path = folder / name
    path.write_bytes(edit(path.read_bytes()))


@pytest.mark.parametrize("name", ["specs.parquet", "edges.parquet"])
def test_a_table_with_one_wrong_bit_is_named(catalog: Path, name: str) -> None:
    changed(catalog, name, lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:])
    with pytest.raises(specplan.DamagedSourceError, match=name):
        specplan.load(catalog)


@pytest.mark.parametrize("name", ["specs", "edges", "members/tag=t/part-0"])
def test_a_small_file_that_claims_rows_by_the_million_is_refused_before_they_are_read(
    name: str, catalog: Path
) -> None:
    table = _core.table_of_columns([("spec", "whole", [0] * 3_000_000)])
    path = catalog / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    table.write_parquet(path)
    assert path.stat().st_size < 20_000
    with pytest.raises(ValueError, match="it claims 3000000 rows"):
        _core.load_tables(
            catalog,
            [("t", "members/tag=t/part-0.parquet")],
            [("here", ["t"], [])],
            packages=None,
            dependencies=True,
        )


def test_a_table_that_is_missing_is_named(catalog: Path) -> None:
    name = "members/tag=develop-2026-01-17/part-0.parquet"
    (catalog / name).unlink()
    with pytest.raises(specplan.DamagedSourceError, match=name):
        specplan.load(catalog)


def test_a_newer_catalog_is_named(catalog: Path) -> None:
    changed(catalog, "_specplan.json", lambda text: text.replace(b"catalog/1", b"catalog/2", 1))
    with pytest.raises(specplan.SourceError, match="of version 2") as raised:
        specplan.load(catalog)
    assert "index" in str(raised.value.hint)


def test_a_foreign_document_in_its_place_is_named(catalog: Path) -> None:
    changed(catalog, "_specplan.json", lambda _: b'{"schema": "another/1"}')
    with pytest.raises(specplan.SourceError, match="another/1"):
        specplan.load(catalog)


def test_a_manifest_that_lacks_a_field_is_damaged(catalog: Path) -> None:
    changed(catalog, "_specplan.json", lambda text: text.replace(b'"sha256"', b'"sha1"', 1))
    with pytest.raises(specplan.DamagedSourceError, match="sha256"):
        specplan.load(catalog)


def test_a_folder_of_something_else_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(specplan.SourceError, match="not a saved catalog"):
        specplan.index(tmp_path, "examples/cache")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_what_only_the_sources_could_answer_is_refused(catalog: Path) -> None:
    for options in ({"for_spack": "1.2"}, {"from_manifests": True}, {"probe": True}):
        with pytest.raises(specplan.UsageError, match="saved catalog"):
            specplan.load(catalog, **options)
    with pytest.raises(specplan.UsageError, match="its own stacks"):
        specplan.load(f"e4s={catalog}")
    with pytest.raises(specplan.UsageError, match="already"):
        specplan.index(catalog.parent / "other", catalog)


def test_hashes_that_were_wrong_are_found_when_the_sources_are_gone(tmp_path: Path) -> None:
    source = tmp_path / "index.json"
    source.write_text(index(["zlib", "hdf5"], needs={"hdf5": ["zlib"]}))
    read = specplan.load(f"e4s={source}").check()
    specplan.index(tmp_path / "catalog", f"e4s={source}")
    source.unlink()
    assert specplan.load(tmp_path / "catalog").check().to_json() == read.to_json()


def test_a_saved_catalog_stands_beside_other_sources(tmp_path: Path, catalog: Path) -> None:
    (tmp_path / "index.json").write_text(index(["zlib"]))
    beside = f"own={tmp_path / 'index.json'}"
    assert specplan.load(catalog, beside) == specplan.load("examples/cache", beside)


def test_snapshots_that_are_not_asked_for_need_not_be_read(catalog: Path) -> None:
    old, new = "develop-2025-11-15", "develop-2026-01-17"
    for tag, read, left in ((old, old, new), (None, new, old)):
        found = specplan.load(catalog, tag=tag, only_tags=True)
        assert (found.tags, found.unused_tags(tag)) == ((read,), (left,))
    assert specplan.load(catalog, tag=(None, old), only_tags=True).tags == (new, old)
    assert specplan.load(catalog, tag=old).tags == (new, old)


def test_every_command_takes_it_in_place_of_its_sources(
    catalog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(cache: str, *words: str) -> tuple[int, str, str]:
        code = main([*words, "--cache", cache, "--no-config"])
        said = capsys.readouterr()
        return code, said.out, said.err

    old, new = "develop-2025-11-15", "develop-2026-01-17"
    for words in (
        ("gaps", "--stack", "e4s", "--format", "json"),
        ("gaps", "--tag", old, "--level", "version", "--format", "json"),
        ("gaps", "--tag", "develop-2025-11-16"),
        ("gaps", "--baseline", old, "--level", "hash", "--format", "json"),
        ("coverage", "--tag", old, "--baseline", new, "--format", "json"),
        ("diff", old, new, "--level", "version"),
        ("coverage", "--level", "variant", "--format", "json"),
        ("diff", "develop-2025-11-15", "--format", "json"),
        ("find", "adios2+mpi", "--format", "json"),
        ("check", "--format", "json"),
        ("rebuild", "--stack", "e4s", "--format", "json"),
    ):
        assert asked(str(catalog), *words) == asked("examples/cache", *words)


@pytest.mark.parametrize(
    "source", ["examples/cache", "examples/rebuild/mirror-runtime-only.json.gz"]
)
def test_a_search_that_needs_one_package_alone_answers_as_one_of_all_specs(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(cache: str, *words: str) -> tuple[int, str, str]:
        code = main(["find", *words, "--cache", cache, "--no-config", "--unknown", "list"])
        said = capsys.readouterr()
        return code, said.out, said.err

    label = f"site={source}" if source.endswith(".gz") else source
    catalog = str(tmp_path / "catalog")
    whole = specplan.index(catalog, label)
    packages = sorted({spec.package for spec in whole.select()})
    for package in (*packages[::40], "mpi", "nosuch", "hdf5@99", "zlib+nosuch", "blas"):
        for words in ((package, "--format", "json"), (f"{package} os=ubuntu24.04",)):
            assert asked(catalog, *words) == asked(label, *words), words


def test_only_specs_of_the_packages_asked_for_are_read(tmp_path: Path) -> None:
    source = "site=examples/rebuild/mirror-runtime-only.json.gz"
    specplan.index(tmp_path / "catalog", source)
    whole = specplan.load(tmp_path / "catalog")
    some = specplan.load(tmp_path / "catalog", only_packages=["hypre", "zlib-ng"])
    packages = {spec.package for spec in some.select()}
    assert packages == {"hypre", "zlib-ng"}
    assert list(some.select()) == list(whole.select(package=["hypre", "zlib-ng"]))
    # It is a virtual package of this catalog, so that specs of any package may provide it.
    assert len(specplan.load(tmp_path / "catalog", only_packages="mpi")) == len(whole)
    beside = specplan.load(tmp_path / "catalog", "examples/cache", only_packages="hypre")
    assert len(beside) > len(some)


@pytest.mark.parametrize(
    "words",
    [
        ("gaps",),
        ("coverage",),
        ("gaps", "--level", "version"),
        ("gaps", "--peers", "e4s*", "--peers", "radiuss*"),
        ("coverage", "--baseline", "develop-2025-11-15", "--tag", "develop-2026-01-17"),
    ],
)
def test_coverage_by_peers_and_baselines_opens_no_table_of_dependencies(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(cache: str) -> tuple[int, str]:
        code = main([*words, "--cache", cache, "--no-config", "--format", "json"])
        document = json.loads(capsys.readouterr().out)
        del document["sources"]
        return code, json.dumps(document, indent=1).replace(f"{tmp_path}", "")

    catalog = tmp_path / "catalog"
    assert main(["index", "examples/cache", "-o", str(catalog), "--all-snapshots"]) == 0
    expected = asked(str(catalog))
    (catalog / "edges.parquet").unlink()
    assert asked(str(catalog)) == expected == asked("examples/cache")
    assert main(["find", "zlib", "--cache", str(catalog), "--no-config"]) == 3
    assert "edges.parquet" in capsys.readouterr().err


def test_binaries_that_install_alone_are_counted_from_a_saved_catalog_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "site=examples/rebuild/mirror-runtime-only.json.gz"
    specplan.index(tmp_path / "catalog", source)
    alone = []
    for cache in (source, str(tmp_path / "catalog")):
        main(["gaps", "--cache", cache, "--no-config", "--format", "json"])
        alone.append(json.loads(capsys.readouterr().out)["alone"])
    assert alone[0] == alone[1]
    assert alone[0]["usable"] is not None


@pytest.mark.parametrize("words", [("gaps",), ("coverage",), ("find", "hdf5", "--unknown", "list")])
def test_a_source_that_is_no_saved_catalog_is_read_once(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    index = gzip.decompress(Path("examples/rebuild/mirror-runtime-only.json.gz").read_bytes())
    (tmp_path / "index.json").write_bytes(index)
    found = []
    for cache in (f"site={tmp_path}/index.json", "site=-"):
        # A second reader of standard input finds nothing.
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(index)))
        code = main([*words, "--cache", cache, "--no-config", "--format", "csv"])
        found.append((code, len(capsys.readouterr().out.splitlines())))
    assert found[0] == found[1]
    assert found[0][0] < 2


_INDEXING = """
import sys, specplan
print("ready", flush=True)
specplan.index(sys.argv[1], sys.argv[2], sys.argv[3])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
def test_a_catalog_is_the_old_or_the_new_one_whenever_a_run_is_killed(tmp_path: Path) -> None:
    folder, pages = tmp_path / "catalog", Path("examples/cache").resolve()
    small = tmp_path / "small.json"
    small.write_text(index(["zlib", "cmake"]))
    label = f"own={small}"
    specplan.index(tmp_path / "before", label)
    specplan.index(tmp_path / "after", str(pages), label)
    whole = [specplan.load(tmp_path / each) for each in ("before", "after")]
    draws = random.Random(7)  # noqa: S311 - repeatable, not secret
    for _ in range(KILLS):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tmp_path / "before", folder)
        with subprocess.Popen(
            [sys.executable, "-c", _INDEXING, folder, pages, label],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as run:
            assert run.stdout is not None
            run.stdout.readline()
            time.sleep(draws.uniform(0.0, 0.25))
            run.send_signal(signal.SIGKILL)
        assert specplan.load(folder) in whole
    # What killed runs have left is not a hindrance.
    specplan.index(folder, str(pages), label)
    assert specplan.load(folder) == whole[1]
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="elsewhere runs lock what they write")
def test_of_two_runs_that_begin_at_once_one_says_that_the_other_is_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, the second removed what the first had made and not locked yet: "No such file"."""
    import fcntl  # noqa: PLC0415 - not on Windows

    (tmp_path / "index.json").write_text(index(["zlib"]))
    beside = tmp_path / ".catalog.specplan-new"
    lock = fcntl.flock

    def late(descriptor: int, how: int) -> None:
        beside.rmdir()
        beside.mkdir()
        lock(descriptor, how)

    monkeypatch.setattr("fcntl.flock", late)
    with pytest.raises(specplan.UsageError, match="another run is writing"):
        specplan.index(tmp_path / "catalog", tmp_path / "index.json")


@pytest.mark.skipif(sys.platform == "win32", reason="elsewhere runs lock what they write")
def test_no_other_run_begins_while_the_old_catalog_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "index.json").write_text(index(["zlib"]))
    indexing = (tmp_path / "catalog", tmp_path / "index.json")
    specplan.index(*indexing)
    remove = shutil.rmtree
    tried: list[Path] = []

    def removing(folder: Path, **more: Any) -> None:
        if not tried:
            tried.append(folder)
            with pytest.raises(specplan.UsageError, match="another run is writing"):
                specplan.index(*indexing)
        remove(folder, **more)

    monkeypatch.setattr("specplan.sources.saved.replacing.shutil.rmtree", removing)
    specplan.index(*indexing)
    assert tried == [tmp_path / ".catalog.specplan-new"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["catalog", "index.json"]


def test_where_names_cannot_be_exchanged_two_steps_do(
    tmp_path: Path, catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("specplan.sources.saved.replacing._exchanged", lambda *_: False)
    before = specplan.load(catalog)
    (tmp_path / "index.json").write_text(index(["zlib"]))
    specplan.index(catalog, f"own={tmp_path / 'index.json'}")
    assert specplan.load(catalog) != before
    # A run that is killed between the two leaves the old one under another name.
    catalog.rename(catalog.with_name(".catalog.specplan-old"))
    assert len(specplan.load(catalog)) == len(before) + 1
    specplan.index(catalog, "examples/cache")
    assert catalog.is_dir()
    assert not catalog.with_name(".catalog.specplan-old").exists()


def test_the_root_of_the_file_system_is_no_saved_catalog() -> None:
    assert catalog_at(Path(Path.cwd().anchor)) is None
