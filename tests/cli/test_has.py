"""``specplan has``: folders, servers and indexes, and how often a server is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mirrors import Mirror, dag_hash, index
from tests.servers import serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Runs

A, B = dag_hash("a"), dag_hash("b")


@pytest.fixture
def mirror(folder: Path) -> Mirror:
    """A mirror with one binary and an index that lists another one."""
    made = Mirror(folder / "mirror")
    made.binary("a")
    made.index(index("b"))
    return made


@pytest.mark.parametrize("spelling", ["{}", "/{}", "a@1.0/{}"])
def test_the_files_of_a_folder_count_and_not_its_index(
    run: Runs,
    mirror: Mirror,  # noqa: ARG001 - it lies there
    spelling: str,
) -> None:
    there, absent = spelling.format(A), f"b@1.0/{B}"
    answer = run("has", "mirror", there)
    assert (answer.code, answer.out, answer.err) == (0, f"{there} is there\n", "")
    answer = run("has", "mirror", there, absent)
    assert (answer.code, answer.err) == (1, "")
    assert answer.out == f"{there} is there\n{absent} is not there\n"


def test_a_folder_of_the_older_layout_is_read_too(run: Runs, folder: Path) -> None:
    Mirror(folder / "mirror").old_binary("a")
    assert run("has", "mirror", A).code == 0
    assert run("has", "mirror", B).code == 1


def test_a_folder_without_binaries_is_asked_for_its_index(run: Runs, folder: Path) -> None:
    Mirror(folder / "mirror").index(index("b", absent=("a",)))
    assert run("has", "mirror", B).code == 0
    assert run("has", "mirror", A).code == 1
    assert run("has", "mirror", dag_hash("c")).code == 1


def test_a_binary_that_was_pushed_since_is_there_whatever_the_age(
    run: Runs, mirror: Mirror
) -> None:
    with serving(mirror.root) as server:
        asked = ("has", server.url, f"c@1.0/{dag_hash('c')}", "--max-age", "1h")
        assert run(*asked).code == 1
        mirror.binary("c")
        assert run(*asked).code == 0


def test_a_server_gets_one_request_for_each_name(run: Runs, mirror: Mirror) -> None:
    with serving(mirror.root) as server:
        assert run("has", server.url, f"a@1.0/{A}").code == 0
        assert server.paths == [f"/v3/manifests/spec/a/a-1.0-{A}.spec.manifest.json"]
        assert run("has", server.url, f"a@1.0/{A}", f"b@1.0/{B}").code == 1


def test_a_server_is_asked_for_one_index_where_names_are_not_given(
    run: Runs, mirror: Mirror
) -> None:
    with serving(mirror.root) as server:
        assert run("has", server.url, B).code == 0
        assert run("has", server.url, A).code == 1
        assert not any("/spec/" in path for path in server.paths)


def test_a_mirror_of_the_older_layout_on_a_server_is_asked_for_its_index(
    run: Runs, folder: Path
) -> None:
    Mirror(folder / "mirror").old_index(index("b"))
    with serving(folder / "mirror") as server:
        assert run("has", server.url, f"b@1.0/{B}").code == 0
        assert run("has", server.url, f"a@1.0/{A}").code == 1


@pytest.mark.parametrize("word", ["", "abc", "a@1.0", A.upper(), f"{A}a", "../x"])
def test_what_is_not_a_hash_is_wrong_usage(run: Runs, mirror: Mirror, word: str) -> None:  # noqa: ARG001 - likewise
    answer = run("has", "mirror", word)
    assert (answer.code, answer.out) == (2, "")
    fault = "is not a DAG hash of 32 letters" if word else "`SPECS` is empty"
    assert fault in answer.err
    assert (f"hint: did you mean `{A}`?" in answer.err) == (word == A.upper())


def test_a_mirror_that_is_not_there_or_damaged_is_3(run: Runs, mirror: Mirror) -> None:
    assert run("has", "mirrors", A).code == 3
    mirror.binary("a").write_bytes(b"{")
    answer = run("has", "mirror", A)
    assert (answer.code, answer.out) == (3, "")
    assert "manifest.json" in answer.err


def test_without_its_server_a_mirror_is_what_the_copy_of_its_index_lists(
    run: Runs, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    with serving(mirror.root) as server:
        url = server.url
        assert run("has", url, f"a@1.0/{A}").code == 0
        assert run("has", url, B).code == 0
    # The manifest was seen once; the index, whose age is said, does not list it.
    answer = run("has", url, f"a@1.0/{A}", "--offline")
    assert answer.code == 1
    assert "copy" in answer.err


def test_the_hint_for_a_damaged_index_works_when_it_is_followed(run: Runs, folder: Path) -> None:
    (folder / "index.json").write_text('{"database": {', encoding="utf-8")
    answer = run("has", "index.json", A)
    assert answer.code == 3
    assert "hint: `specplan check --cache index.json`" in answer.err
    assert run("check", "--cache", "index.json").code in {1, 3}


def test_a_binary_of_another_name_or_version_is_not_the_one_that_was_asked_for(
    run: Runs, folder: Path
) -> None:
    Mirror(folder / "mirror").binary("zlib")
    (folder / "i.json").write_bytes(index("zlib"))
    dag = dag_hash("zlib")
    for source in ("mirror", "i.json"):
        assert run("has", source, f"zlib@1.0/{dag}").code == 0
        for other in ("zlib@2.0", "zlib-ng@1.0", "lib@1.0"):
            assert run("has", source, f"{other}/{dag}").code == 1
