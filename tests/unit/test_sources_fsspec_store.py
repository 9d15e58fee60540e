"""The store of object stores, with a file system that lives in memory."""

from __future__ import annotations

import hashlib
import importlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from specplan.errors import DamagedSourceError, RemoteError, SourceError
from specplan.sources import Limits
from specplan.sources.mirrors.presence import asked, present_by_name
from specplan.sources.read import read
from specplan.sources.stores.downloads import Downloads
from specplan.sources.stores.fetching import Fetching
from specplan.sources.stores.object_store import FsspecStore
from specplan.sources.stores.open import open_store
from specplan.sources.stores.store import Expected
from tests import mirrors
from tests.mirrors import Mirror

fsspec: Any = importlib.import_module("fsspec")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def memory() -> Iterator[Any]:
    """A file system in memory, empty."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def _store(tmp_path: Path, url: str = "memory://bucket", **how: Any) -> FsspecStore:
    return FsspecStore(url, Fetching(downloads=Downloads(tmp_path / "cache"), **how))


def test_a_file_is_fetched_and_kept(memory: Any, tmp_path: Path) -> None:
    memory.pipe("/bucket/a/x", b"content")
    path = _store(tmp_path).get("a/x", most=100)
    assert path is not None
    assert path.name == hashlib.sha256(b"content").hexdigest()
    assert _store(tmp_path).shown("a/x") == "memory://bucket/a/x"


def test_an_unchanged_file_is_not_fetched_again(
    memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.pipe("/bucket/x", b"content")
    first = _store(tmp_path).get("x", most=100)
    with monkeypatch.context() as patch:
        patch.setattr(type(memory), "_open", None)
        assert _store(tmp_path).get("x", most=100) == first
    memory.pipe("/bucket/x", b"changed")
    assert _store(tmp_path).get("x", most=100) != first


@pytest.mark.parametrize("relative", ["nowhere", "a", ""])
def test_what_is_no_file_is_none(memory: Any, tmp_path: Path, relative: str) -> None:
    memory.pipe("/bucket/a/x", b"content")
    assert _store(tmp_path).get(relative, most=100) is None


def test_files_are_listed(memory: Any, tmp_path: Path) -> None:
    for name in ("b/y", "b/x", "a"):
        memory.pipe(f"/bucket/{name}", b"")
    store = _store(tmp_path)
    assert list(store.files("b")) == ["b/x", "b/y"]
    assert list(store.below("b").files("")) == ["x", "y"]
    assert list(store.files("nowhere")) == []
    with pytest.raises(SourceError, match="more than the 2 files"):
        _store(tmp_path, limits=Limits(tree_entries=2)).files("")


def test_a_wrong_checksum_is_an_error(memory: Any, tmp_path: Path) -> None:
    memory.pipe("/bucket/x", b"content")
    expected = Expected(checksum="0" * 64, size=7, said_by="manifest")
    with pytest.raises(DamagedSourceError, match="but manifest says"):
        _store(tmp_path).get("x", most=100, expected=expected)
    assert not list((tmp_path / "cache").rglob("blobs/*/*"))


def test_a_file_that_is_too_large_is_an_error(memory: Any, tmp_path: Path) -> None:
    memory.pipe("/bucket/x", b"content")
    with pytest.raises(SourceError, match="more than the 6 bytes"):
        _store(tmp_path).get("x", most=6)


def test_a_file_that_takes_too_long_is_an_error(memory: Any, tmp_path: Path) -> None:
    memory.pipe("/bucket/x", b"content")
    clock = itertools.count(0, 10_000).__next__
    with pytest.raises(RemoteError, match="timed out after 3600 seconds"):
        _store(tmp_path, clock=clock).get("x", most=100)


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        (PermissionError("Forbidden"), True),
        (type("NoCredentialsError", (Exception,), {})("Unable to locate credentials"), True),
        (OSError("connection lost"), False),
        (ZeroDivisionError(), False),
    ],
)
def test_every_error_of_a_file_system_is_reported(
    memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, *, hint: bool
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    memory.pipe("/bucket/x", b"content")
    monkeypatch.setattr(type(memory), "info", fail)
    with pytest.raises(RemoteError, match=r"`memory://bucket/x`: ") as caught:
        _store(tmp_path, "memory://bucket/x").get("", most=100)
    assert (caught.value.hint is not None) == hint


def test_a_refusal_of_a_file_that_is_looked_for_means_that_it_is_not_there(
    memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("Forbidden")

    monkeypatch.setattr(type(memory), "info", refuse)
    refusals: list[RemoteError] = []
    assert _store(tmp_path, refusals=refusals).get("x", most=100) is None
    assert [str(each) for each in refusals] == ["`memory://bucket/x`: Forbidden"]


@pytest.mark.parametrize(
    ("url", "command"),
    [
        ("s3://bucket/x", "pip install 'specplan[remote]'"),
        ("gs://bucket/x", "pip install 'specplan[gcs]'"),
        ("abfs://container/x", "pip install 'specplan[azure]'"),
        ("sftp://host/x", "a package of their own"),
    ],
)
def test_a_scheme_whose_package_is_missing_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, command: str
) -> None:
    def missing(name: str) -> None:
        raise ImportError(f"No module named '{name}'")

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(SourceError, match="needs a missing package") as caught:
        open_store(url, Fetching(downloads=Downloads(tmp_path)))
    assert caught.value.hint is not None
    assert command in caught.value.hint


@pytest.mark.parametrize("url", ["nonsense://x/y", "simplecache::memory://x"])
def test_what_is_not_followed_is_an_error(url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        FsspecStore(url, Fetching(downloads=Downloads(tmp_path)))


def test_mirrors_are_read(memory: Any, tmp_path: Path) -> None:
    """With an index, and, since object stores can be listed, without."""
    built = Mirror(tmp_path / "mirror")
    built.index(mirrors.index("zlib"))
    built.binary("hdf5")
    memory.put(str(built.root), "/bucket/mirror", recursive=True)
    assert len(read("e4s=memory://bucket/mirror", Limits()).core) == 1
    memory.rm("/bucket/mirror/v3/manifests/index", recursive=True)
    answer = read("e4s=memory://bucket/mirror", Limits())
    assert len(answer.core) == 1
    assert answer.damaged == ()
    assert "has no index" in answer.notes[0]


def test_a_binary_is_asked_for_with_one_file_of_the_store(
    memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = Mirror(tmp_path / "mirror")
    for name in ("zlib", "hdf5"):
        built.binary(name)
    built.index(mirrors.index())
    memory.put(str(built.root), "/asked/mirror", recursive=True)
    opened: list[str] = []
    real = type(memory)._open  # noqa: SLF001 - what every fetch goes through

    def counted(system: Any, path: str, *words: Any, **more: Any) -> Any:
        opened.append(path)
        return real(system, path, *words, **more)

    monkeypatch.setattr(type(memory), "_open", counted)
    names = ("zlib", "hdf5", "mpich")
    binaries = [asked(f"{name}@1.0/{mirrors.dag_hash(name)}") for name in names]
    found = present_by_name("memory://asked/mirror", binaries, Limits())
    assert found == dict(zip((each.hash for each in binaries), (True, True, False), strict=True))
    assert len(opened) == 2
    assert all("/v3/manifests/spec/" in path for path in opened)
