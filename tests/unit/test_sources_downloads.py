"""The folder for what is fetched: private, checked before use, cleared of what was left behind."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import stat
import time
from pathlib import Path

import pytest

from specplan.errors import SourceError
from specplan.sources.stores.downloads import Downloads

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions and pipes")

PLACE = "https://host/index.json"


def kept(folder: Path, content: bytes = b"content") -> Downloads:
    """A folder with one file that is known."""
    downloads = Downloads(folder)
    with downloads.incoming() as incoming:
        incoming.write(content)
    downloads.remember(PLACE, PLACE, checksum=incoming.checksum, token={"If-None-Match": '"1"'})
    return downloads


def note_in(folder: Path) -> Path:
    (note,) = (folder / "places").iterdir()
    return note


@posix
def test_nobody_else_may_look_into_it(tmp_path: Path) -> None:
    kept(tmp_path / "a" / "cache")
    assert stat.S_IMODE((tmp_path / "a" / "cache").stat().st_mode) == 0o700


def test_what_is_kept_is_known(tmp_path: Path) -> None:
    kept(tmp_path / "cache")
    known = Downloads(tmp_path / "cache").known(PLACE)
    assert known is not None
    assert known.path.read_bytes() == b"content"
    assert known.token == {"If-None-Match": '"1"'}
    assert 0 <= time.time() - known.time < 600


@posix
@pytest.mark.parametrize("mode", [0o770, 0o777, 0o702])
def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path, mode: int) -> None:
    kept(tmp_path / "cache")
    (tmp_path / "cache").chmod(mode)
    downloads = Downloads(tmp_path / "cache")
    with pytest.raises(SourceError, match="others may write into the folder") as caught:
        downloads.known(PLACE)
    assert f"chmod go-w {tmp_path / 'cache'}" in str(caught.value.hint)
    with pytest.raises(SourceError, match="others may write"), downloads.incoming():
        pass


@posix
def test_a_folder_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path / "cache")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(SourceError, match="belongs to another user"):
        Downloads(tmp_path / "cache").known(PLACE)


WRONG_NOTES = (
    b"",
    b"[]",
    b'{"sha256": 1}',
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"time": ' + b"9" * 5000 + b"}",
    b" " * 100_000,
)


@pytest.mark.parametrize("content", WRONG_NOTES, ids=range(len(WRONG_NOTES)))
def test_an_invalid_note_counts_as_absent(tmp_path: Path, content: bytes) -> None:
    downloads = kept(tmp_path)
    note_in(tmp_path).write_bytes(content)
    assert downloads.known(PLACE) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "0" * 64},
        {"sha256": "../../x"},
        {"sha256": 7},
        {"token": []},
        {"token": {"If-None-Match": "x\r\nHost: other"}},
        {"token": {"If-None-Match": 1}},
        {"token": {"If-None-Match": "\u20ac"}},
        {"token": {"X\n": "x"}},
        {"time": "now"},
        {"time": -1},
        {"time": 99999999999},
        {"time": None},
    ],
    ids=str,
)
def test_a_note_with_a_wrong_field_is_as_good_as_not_there(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    downloads = kept(tmp_path)
    note = note_in(tmp_path)
    note.write_text(json.dumps({**json.loads(note.read_text()), **changed}))
    assert downloads.known(PLACE) is None


def test_a_note_of_one_place_is_none_of_another(tmp_path: Path) -> None:
    """Else whoever copies a note hands another index to a run."""
    downloads = kept(tmp_path)
    other = "https://host/other"
    digest = hashlib.sha256(other.encode()).hexdigest()
    (tmp_path / "places" / f"{digest}.json").write_bytes(note_in(tmp_path).read_bytes())
    assert downloads.known(other) is None


@posix
def test_a_note_that_is_a_pipe_or_a_link_is_not_waited_for(tmp_path: Path) -> None:
    downloads = kept(tmp_path)
    note = note_in(tmp_path)
    content = note.read_bytes()
    note.unlink()
    os.mkfifo(note)
    assert downloads.known(PLACE) is None
    note.unlink()
    (tmp_path / "elsewhere").write_bytes(content)
    note.symlink_to(tmp_path / "elsewhere")
    assert downloads.known(PLACE) is None


def test_what_was_left_behind_is_removed_after_a_day(tmp_path: Path) -> None:
    kept(tmp_path)
    old, young = tmp_path / "incoming" / "tmpold", tmp_path / "incoming" / "tmpyoung"
    for file in (old, young):
        file.write_bytes(b"part")
    long_ago = time.time() - 25 * 60 * 60
    os.utime(old, (long_ago, long_ago))
    kept(tmp_path)
    assert list((tmp_path / "incoming").iterdir()) == [young]


def test_nothing_is_left_of_a_file_that_did_not_arrive(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path)
    with contextlib.suppress(KeyboardInterrupt), downloads.incoming() as incoming:
        incoming.write(b"part")
        raise KeyboardInterrupt
    assert list((tmp_path / "incoming").iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EIO])
def test_a_full_disk_is_reported_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    downloads = kept(tmp_path)

    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "write", fail)
    with (
        pytest.raises(SourceError, match=r"cannot keep fetched files in `.*`: ") as caught,
        downloads.incoming() as incoming,
    ):
        incoming.write(b"content")
    assert os.strerror(number) in str(caught.value)
    assert ("make room there" in str(caught.value.hint)) == (number != errno.EIO)
