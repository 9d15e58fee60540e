"""Whatever stands in the place of any part of a file, the command ends as it promises.

Every part of a small sound file of each format is replaced by values of other types, by numbers
that nobody expects and by texts that lead elsewhere, is left out or told twice. No error but
those that are meant leaves the command, and what cannot be read is named.
"""

from __future__ import annotations

import copy
import gzip
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from specplan.cli import main
from tests.samples import Sample, samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAMPLES: Final = {each.name: each for each in samples()}

#: The replacements for a part, as JSON or as accepted by a lenient parser.
REPLACEMENTS: Final = (
    *("null", "true", "false", "[]", "{}", "[[]]", "[null]", "[{}]", '{"a": 1}', '["x"]'),
    *('""', '"x"', '"\\u001b[31mx"', '"../../etc/passwd"', '"/etc/passwd"', '"\\u0000"'),
    *('"\\ud800"', '"\u00e9"', f'"{"a" * 33}"', '"a b"', '"$x"', '"*"'),
    *("0", "-0", "1", "-1", "1.5", "1e400", "-1e400", "1" + "0" * 400, "1" + "0" * 5000),
    *(str(2**64), "NaN", "-Infinity"),
)

#: Only one of this many damages of a file is tried in a run of the tests: there are 300,000.
STRIDE: Final = 100

MARK: Final = "@here@"


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to each part of a value, the whole first."""
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, key))
    if isinstance(value, list):
        for position, each in enumerate(value):
            yield from places(each, (*path, position))


def changed(value: Any, path: tuple[Any, ...], new: object) -> Any:
    """Return a copy of a value with something else at a path."""
    if not path:
        return new
    whole = copy.deepcopy(value)
    parent = whole
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = new
    return whole


def damages(value: Any, first: int) -> Iterator[str]:
    """Yield a text of JSON for one in a number of damages; the others are not even made."""
    number = first
    for path in places(value):
        count = len(REPLACEMENTS) + 3 * (bool(path) and isinstance(path[-1], str))
        for at in range(-number % STRIDE, count, STRIDE):
            yield damaged(value, path, at)
        number += count


def damaged(value: Any, path: tuple[Any, ...], at: int) -> str:
    """Return a value as a text of JSON with something else at a path."""
    marked = json.dumps(changed(value, path, MARK))
    if at < len(REPLACEMENTS):
        return marked.replace(json.dumps(MARK), REPLACEMENTS[at])
    key, part = json.dumps(path[-1]), value
    for each in path:
        part = part[each]
    own = f"{key}: {json.dumps(part)}"
    marked = marked.replace(f"{key}: {json.dumps(MARK)}", MARK)
    # Told twice; under another name; not at all.
    return (
        marked.replace(MARK, f"{own}, {own}"),
        marked.replace(MARK, f'"other": {json.dumps(part)}'),
        marked.replace(f"{MARK}, ", "").replace(f", {MARK}", "").replace(MARK, ""),
    )[at - len(REPLACEMENTS)]


def questions(sample: Sample, place: Path) -> Iterator[tuple[str, ...]]:
    """Yield the commands that read a file."""
    where = str(place)
    if sample.role == "source":
        # A page and a map say themselves which stacks there are.
        is_labelled = sample.name not in {"page", "map of snapshots"}
        labelled = f"e4s={where}" if is_labelled else where
        yield ("check", "--cache", where, "--no-config")
        yield ("find", "app", "--cache", labelled, "--no-config", "--unknown", "list")
        if "manifest" in sample.name:
            yield ("check", "--cache", where, "--verify", "blobs", "--no-config")
    elif sample.role == "lock":
        for command in ("gaps", "rebuild"):
            yield (command, "--cache", "none", "--want", where, "--no-config")
        yield ("diff", where, where, "--no-config")
    elif sample.role == "environment":
        words = ("--want", where, "--system", "rhel8/zen2", "--no-config")
        yield ("gaps", "--cache", "none", *words)
    elif sample.role == "costs":
        lock = str(place.parent / "spack.lock")
        words = ("--want", lock, "--costs", where, "--no-config")
        yield ("rebuild", "--cache", "none", *words)
    else:
        yield ("gaps", "--config", where)
        yield ("rebuild", "--config", where)


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


def run(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> Ended:
    """Run the command in this process, so that no error goes unseen."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in "ab"]
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", streams[0])
        patch.setattr("sys.stderr", streams[1])
        code = main(list(words))
        for each in streams:
            each.flush()
    out, err = (each.buffer for each in streams)
    assert isinstance(out, io.BytesIO)
    assert isinstance(err, io.BytesIO)
    return Ended(code, out.getvalue().decode(), err.getvalue().decode())


def complaint(sample: Sample, folder: Path, words: tuple[str, ...], ended: Ended) -> str | None:
    """Return what is wrong with how a command ended, if anything is."""
    told = ended.err + ended.out
    if ended.code not in {0, 1, 2, 3}:
        return f"exit code {ended.code}"
    # A file may name others, which are named then.
    files = (str(folder), "/etc/passwd") if sample.role != "configuration" else ("",)
    is_named = any(each in told.replace("\n    ", "") for each in files)
    if ended.code == 3 and not is_named:
        return "does not name the file"
    if not told.replace("\n", "").isprintable():
        return "writes to the terminal what a file says"
    if ended.code != 0 and not told:
        return "says nothing"
    # A question that finds nothing to ask is wrong usage.
    if ended.code == 2 and words[0] in {"check", "diff"} and sample.role != "configuration":
        return "calls a damaged file wrong usage"
    return None


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sound_file_is_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = SAMPLES[name]
    place = sample.write(tmp_path)
    for words in questions(sample, place):
        ended = run(words, monkeypatch)
        # Small as they are, some of them have findings.
        expected = {0, 1} if words[0] in {"check", "gaps"} else {0}
        assert ended.code in expected, (words, ended.err)


@pytest.mark.parametrize("name", SAMPLES)
def test_whatever_a_part_becomes_the_command_ends_as_it_promises(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = SAMPLES[name]
    tried = 0
    # Each file begins elsewhere, so that together they try everything in many places.
    for text in damages(sample.value, hash_of(name)):
        place = sample.write(tmp_path, text)
        # The questions take turns.
        asked = [*questions(sample, place)]
        words = asked[tried % len(asked)]
        found = complaint(sample, tmp_path, words, run(words, monkeypatch))
        assert found is None, f"{words}: {found}: {text}"
        tried += 1
    assert tried


def spoilt(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what is not a matter of one part."""
    half = len(content) // 2
    deep = 100_000
    yield "nothing", b""
    yield "blank lines", b" \n\n"
    yield "the first half", content[:half]
    yield "all but the last byte", content[:-1]
    yield "no UTF-8 within", content[:half] + b"\xff\xfe" + content[half:]
    yield "no UTF-8 behind", content + b"\xff"
    yield "a byte order mark", b"\xef\xbb\xbf" + content
    yield "UTF-16", content.decode().encode("utf-16")
    yield "a NUL byte within", content[:half] + b"\0" + content[half:]
    yield "NUL bytes behind", content + b"\0" * 100
    yield "NUL bytes", b"\0" * 1000
    yield "more behind", content + b"{}"
    yield "lists in lists", b"[" * deep
    yield "objects in objects", b'{"a":' * deep
    yield "lists in lists under a key", b'{"x":' + b"[" * deep + b"]" * deep + b"," + content[1:]
    yield "all bytes", bytes(range(256)) * 100
    yield "compressed and cut", gzip.compress(content, mtime=0)[:-6]
    yield "compressed, with more behind", gzip.compress(content, mtime=0) + b"garbage"
    yield "compressed twice", gzip.compress(gzip.compress(content, mtime=0), mtime=0)
    yield "a page of a browser", b"<!DOCTYPE html><html>404 not found</html>"


@pytest.mark.parametrize("name", SAMPLES)
def test_whatever_a_file_becomes_the_command_ends_as_it_promises(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = SAMPLES[name]
    place = sample.write(tmp_path)
    file = tmp_path / sample.relative
    sound = file.read_bytes()
    for what, content in spoilt(sound):
        file.write_bytes(content)
        # One question reads a file as another does.
        words = next(iter(questions(sample, place)))
        found = complaint(sample, tmp_path, words, run(words, monkeypatch))
        assert found is None, f"{words}: {found}: {what}"


def hash_of(name: str) -> int:
    """Return a number for a name, the same in every process."""
    return sum(name.encode())


#: The place of the version in each format, and the errors for one that is too old or too new.
VERSIONS: Final = {
    "index 8": (("database", "version"), ("5 to 9", "the newest supported version is 9")),
    "installation 8": (("database", "version"), ("5 to 9", "the newest supported version is 9")),
    "lock 6": (("_meta", "lockfile-version"), ("1 to 8", "the newest supported version is 8")),
    "spec file 5": (("spec", "_meta", "version"), ("1 to 6", "the newest supported version is 6")),
    "manifest of an index": (("version",), ("only 3 is known", "only 3 is known")),
    "manifest of a binary without an index": (("version",), ("only 3 is known", "only 3 is known")),
}


@pytest.mark.parametrize("name", VERSIONS)
@pytest.mark.parametrize("version", [99, 0, -1, 2**64, 10**400])
def test_a_version_that_is_not_read_is_named_with_those_that_are(
    name: str, version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = SAMPLES[name]
    path, (supported, newest) = VERSIONS[name]
    is_text = path[0] == "database"
    value = changed(sample.value, path, str(version) if is_text else version)
    place = sample.write(tmp_path, json.dumps(value))
    ended = run(next(iter(questions(sample, place))), monkeypatch)
    told = " ".join((ended.err + ended.out).split())
    assert ended.code == 3
    assert ".".join(path) in told
    # A value that cannot be a count is reported as such.
    if version in {99, 0}:
        assert f"{version}" in told
        assert (newest if version else supported) in told
