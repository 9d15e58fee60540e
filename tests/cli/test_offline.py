"""Without a server the copy of an earlier run answers, and says how old it is."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import servers

if TYPE_CHECKING:
    from tests.cli.conftest import Run, Runs

MIRROR = Path(__file__).parents[2] / "examples" / "mirror"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "cache"))


def check(run: Runs, url: str, *more: str) -> Run:
    return run("check", "--cache", url, "--no-config", "--format", "json", *more)


def test_a_server_that_is_gone_is_3_and_names_offline(run: Runs) -> None:
    with servers.serving(MIRROR) as server:
        url = server.url
        first = check(run, url)
    gone = check(run, url)
    assert (gone.code, gone.out) == (3, "")
    assert "hint: `--offline` reads the copy of " in gone.err
    # The hint works where it is followed.
    again = check(run, url, "--offline")
    assert again.code == first.code
    assert json.loads(again.out)["binaries"] == json.loads(first.out)["binaries"]


def test_a_server_that_was_never_asked_is_3_and_says_so(run: Runs) -> None:
    with servers.serving(MIRROR) as server:
        url = server.url
    gone = check(run, url)
    assert gone.code == 3
    assert "`--offline` would read the copy of an earlier run, but there is none" in gone.err
    offline = check(run, url, "--offline")
    assert offline.code == 3
    assert "no earlier run has kept a copy" in offline.err


def test_offline_asks_no_server(run: Runs) -> None:
    with servers.serving(MIRROR) as server:
        check(run, server.url)
        asked = len(server.asked)
        assert check(run, server.url, "--offline").code in {0, 1}
        assert len(server.asked) == asked


def test_the_age_of_the_copy_is_said(run: Runs, tmp_path: Path) -> None:
    with servers.serving(MIRROR) as server:
        url = server.url
        run("coverage", "--cache", url, "--want", "x")
        run("find", "hdf5", "--cache", url)
    # Five seconds more, so that rounding never comes to the number below.
    for minutes, age in ((10 * 24 * 60, "10 days"), (300, "5.0 hours"), (20, "20 minutes")):
        for note in (tmp_path / "cache" / "places").iterdir():
            said = json.loads(note.read_text())
            note.write_text(json.dumps({**said, "time": int(time.time()) - minutes * 60 - 5}))
        answer = run("find", "hdf5", "--cache", url, "--offline")
        assert answer.code == 0
        assert f"`{url}` was read from a copy of " in answer.err
        assert f", {age} old" in answer.err


def test_every_document_says_when_the_copy_was_made(run: Runs, tmp_path: Path) -> None:
    lock = str(MIRROR.parent / "locks/radiuss/spack.lock")
    with servers.serving(MIRROR) as server:
        url = server.url
        check(run, url)
    for note in (tmp_path / "cache" / "places").iterdir():
        said = json.loads(note.read_text())
        note.write_text(json.dumps({**said, "time": 1_700_000_000}))
    for words in (
        ("gaps", "--cache", url, "--want", lock),
        ("rebuild", "--cache", url, "--want", lock),
        ("find", "hdf5", "--cache", url),
        ("check", "--cache", url),
        ("diff", url, lock),
    ):
        answer = run(*words, "--no-config", "--offline", "--format", "json")
        copied = {each["source"]: each["copied_at"] for each in json.loads(answer.out)["sources"]}
        assert copied[url] == "2023-11-14T22:13:20Z", words


def test_files_are_not_verified_without_their_server(run: Runs) -> None:
    with servers.serving(MIRROR) as server:
        url = server.url
        check(run, url)
    answer = check(run, url, "--offline", "--verify", "blobs")
    assert (answer.code, answer.out) == (2, "")
    assert "`--offline` asks no server" in answer.err


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions")
def test_a_folder_that_others_may_write_to_is_3(run: Runs, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    with servers.serving(MIRROR) as server:
        answer = check(run, server.url)
    assert answer.code == 3
    assert "others may write into the folder" in answer.err
