"""The command line straight from a cache's map of snapshots, on disk and over the network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import mirrors, servers
from tests.cli.conftest import Runs
from tests.mirrors import Mirror

NEW, OLD, OLDEST = "develop-2025-05-25", "develop-2025-05-18", "v1.0.0"


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "cache"))
    bucket = Mirror(tmp_path / "bucket")
    urls: dict[str, list[dict[str, str]]] = {}
    for tag in (OLDEST, NEW, OLD):
        here = Mirror(bucket.root / tag)
        contents = {
            "root": mirrors.index("zlib", "hdf5"),
            "e4s": mirrors.index("zlib") if tag == NEW else mirrors.index("zlib", "hdf5"),
            "e4s-oneapi": mirrors.index("zlib", "hdf5"),
        }
        urls[tag] = []
        for label, content in contents.items():
            blob = (here if label == "root" else Mirror(here.root / label)).index(content)
            key = blob.relative_to(bucket.root).as_posix()
            urls[tag].append({"label": label, "url": f"s3://public/{key}"})
    bucket.write("cache_spack_io_index.json", json.dumps(urls).encode())
    return bucket


@pytest.fixture(params=["folder", "server"])
def cache(request: pytest.FixtureRequest, bucket: Mirror) -> Iterator[str]:
    """The same cache, in a folder and behind a web server."""
    if request.param == "folder":
        yield str(bucket.root)
        return
    with servers.serving(bucket.root) as server:
        yield server.url


def _document(run: Runs, *words: str) -> dict[str, object]:
    answer = run(*words, "--format", "json")
    assert answer.code == 0, answer.err
    document: dict[str, object] = json.loads(answer.out)
    return document


def test_gaps_are_those_of_the_newest_snapshot(run: Runs, cache: str) -> None:
    answer = run("gaps", "--cache", cache, "--stack", "e4s")
    assert answer.code == 0
    assert "1 of 2 wanted packages are available (50.0 %)" in answer.out
    assert f"2 snapshots are not used: {OLD}, {OLDEST}" in answer.err


def test_gaps_are_those_of_the_snapshot_that_is_asked_for(run: Runs, cache: str) -> None:
    document = _document(run, "gaps", "--cache", cache, "--stack", "e4s", "--tag", OLD)
    assert document["tags"] == [OLD]
    assert document["gaps"] == []


def test_a_baseline_is_read_beside_the_newest(run: Runs, cache: str) -> None:
    answer = run("gaps", "--cache", cache, "--stack", "e4s", "--baseline", OLD)
    assert answer.code == 0, answer.err
    assert "1 of 2 wanted packages" in answer.out
    assert f"1 snapshot is not used: {OLDEST}" in answer.err


def test_a_difference_reads_both_its_snapshots(run: Runs, cache: str) -> None:
    document = _document(run, "diff", "--cache", cache, OLD, NEW, "--stack", "e4s")
    lost = document["lost"]
    assert isinstance(lost, list)
    assert [key["want"] for key in lost] == ["hdf5"]


def test_an_unknown_snapshot_names_those_that_are_near(run: Runs, cache: str) -> None:
    answer = run("gaps", "--cache", cache, "--tag", "develop-2025-05-24")
    assert answer.code == 2
    assert f"did you mean `{NEW}`" in answer.err


def test_a_stack_whose_index_is_damaged_is_no_gap(run: Runs, cache: str, bucket: Mirror) -> None:
    listed = json.loads((bucket.root / "cache_spack_io_index.json").read_bytes())
    blob = bucket.root / listed[NEW][1]["url"].removeprefix("s3://public/")
    blob.write_bytes(mirrors.index())
    answer = run("gaps", "--cache", cache)
    assert answer.code == 3
    assert answer.out == ""
    assert "bytes, but its name says" in answer.err or "has the checksum" in answer.err
