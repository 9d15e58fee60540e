"""A forged file of a saved catalog is refused before what it claims takes memory or time."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import specplan
from specplan.sources.saved.manifest import member_path
from tests.limited_runs import run_limited
from tests.parquet_files import Page, ParquetFile, numbered, page, runs
from tests.small_caches import index

if TYPE_CHECKING:
    from collections.abc import Callable

    Forge = Callable[[ParquetFile], bytes]

NAMES: Final = [f"package{number}" for number in range(20)]
ROWS: Final = len(NAMES)
MOST: Final = 2**31 - 1

#: A list of this many values in the first row, and none in the others.
VALUES: Final = 2_000_000
LISTS: Final = (
    runs((1, 0), (VALUES - 1, 1), (ROWS - 1, 0)),
    runs((VALUES, 2), (ROWS - 1, 0)),
)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("honest")
    (folder / "index.json").write_text(index(NAMES, needs={"package1": ["package0"]}))
    specplan.index(folder / "catalog", folder / "index.json")
    return folder / "catalog"


def sign(folder: Path) -> int:
    """Let the checksums of the manifest match the files; return how many bytes these have."""
    path = folder / "_specplan.json"
    manifest = json.loads(path.read_text())
    tables = manifest["tables"]
    files = {name: tables[name] for name in ("specs", "edges")}
    named = [(folder / f"{name}.parquet", file) for name, file in files.items()]
    named += [(folder / member_path(each["tag"]), each) for each in tables["members"]]
    for file, said in named:
        data = file.read_bytes()
        said.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    path.write_text(json.dumps(manifest))
    return sum(file.stat().st_size for file, _ in named)


def forged(honest: Path, folder: Path, name: str, forge: Forge) -> int:
    shutil.copytree(honest, folder)
    file = folder / f"{name}.parquet"
    # A file that was only taken apart and put together is read.
    file.write_bytes(ParquetFile(file.read_bytes()).written())
    sign(folder)
    assert len(specplan.load(folder)) == ROWS
    file.write_bytes(forge(ParquetFile(file.read_bytes())))
    return sign(folder)


def in_footer(change: Callable[[ParquetFile], Any]) -> Forge:
    def forge(file: ParquetFile) -> bytes:
        body = file.body()
        change(file)
        return file.written(body)

    return forge


def in_pages(column: str, change: Callable[[list[Page]], Any]) -> Forge:
    def forge(file: ParquetFile) -> bytes:
        change(file.piece(column).pages)
        return file.written()

    return forge


def in_header(column: str, number: int, *fields: int, value: int) -> Forge:
    def change(pages: list[Page]) -> None:
        said = pages[number].header
        for field in fields[:-1]:
            said = said[field][1]
        said[fields[-1]] = (5, value)

    return in_pages(column, change)


def with_pages(column: str, pages: list[Page], values: int) -> Forge:
    def forge(file: ParquetFile) -> bytes:
        piece = file.piece(column)
        piece.pages[:] = pages
        piece.said[5] = (6, values)
        return file.written()

    return forge


def nested(file: ParquetFile) -> None:
    group = {3: (5, 0), 4: (8, b"deep"), 5: (5, 1)}
    file.schema[1:1] = [group] * 20_000


def shared(file: ParquetFile) -> None:
    first, second = file.pieces[3].said, file.pieces[4].said
    second[9], second[7] = first[9], first[7]


def many_rows(rows: int) -> Forge:
    def forge(file: ParquetFile) -> bytes:
        file.claim_rows(rows)
        return file.written()

    return forge


def one_list(column: str, text: bytes) -> Forge:
    return with_pages(column, numbered(text, VALUES + ROWS - 1, VALUES, *LISTS), VALUES)


#: By what is forged: the table, how, and what is said.
FORGED: Final[dict[str, tuple[str, Forge, str]]] = {
    "children of the schema": (
        "specs",
        in_footer(lambda file: file.schema[0].update({5: (5, MOST)})),
        f"footer: schema: `schema` claims {MOST} columns, but 32 follow",
    ),
    "columns in columns": (
        "specs",
        in_footer(nested),
        "footer: schema: columns are nested more than 8 deep",
    ),
    "rows of a group": (
        "edges",
        in_footer(lambda file: file.claim_rows(1, in_group=200_000_000)),
        "footer: row group 0: it claims 200000000 rows, but only 1 of the 1 rows of the file",
    ),
    "rows of the file": (
        "specs",
        in_footer(lambda file: file.claim_rows(ROWS + 1, in_group=ROWS)),
        "footer: the file claims 21 rows, but its row groups have 20",
    ),
    "rows of both": (
        "specs",
        many_rows(3_000_000_000),
        "it claims 3000000000 rows: it needs more than the 134 MB of memory allowed for a catalog",
    ),
    "rows of both, a few more": (
        "specs",
        many_rows(ROWS + 1),
        "column `hash`, row group 0: 1 of 21 rows are missing",
    ),
    "bytes of another column": (
        "specs",
        in_footer(shared),
        "footer: row group 0: column `version`: it claims",
    ),
    "bytes behind the end": (
        "specs",
        in_footer(lambda file: file.pieces[1].said.update({7: (6, 10**12)})),
        "footer: row group 0: column `hash`: it claims 1000000000000 bytes from byte",
    ),
    "a compression": (
        "specs",
        in_footer(lambda file: file.pieces[1].said.update({4: (5, 6)})),
        "footer: row group 0: column `hash`: unsupported compression 6",
    ),
    "bytes of a page": (
        "specs",
        in_header("name", 1, 3, value=MOST),
        f"column `name`, row group 0, page 1: it claims {MOST} bytes, but only",
    ),
    "unpacked bytes of a page": (
        "specs",
        in_header("name", 1, 2, value=MOST),
        f"column `name`, row group 0, page 1: it claims {MOST} bytes unpacked, but its",
    ),
    "values of a page": (
        "specs",
        in_header("name", 1, 5, 1, value=MOST),
        f"column `name`, row group 0, page 1: it claims {MOST} rows, but the row group has only",
    ),
    "values of a dictionary": (
        "specs",
        in_header("name", 0, 7, 1, value=100_000_000),
        "column `name`, row group 0, page 0: it claims 100000000 values, but has 20",
    ),
    "no dictionary": (
        "specs",
        in_pages("name", lambda pages: pages.pop(0)),
        "column `name`, row group 0, page 0: the dictionary of its values is missing",
    ),
    "a dictionary in between": (
        "specs",
        in_pages("name", lambda pages: pages.append(pages[0])),
        "column `name`, row group 0, page 2: the dictionary is not the first page",
    ),
    "a list of many values": (
        "specs",
        one_list("variants", b"x=1"),
        "column `variants`, row group 0, page 1: it needs more than the 134 MB of memory",
    ),
    "a list of long texts": (
        "specs",
        with_pages(
            "variants",
            numbered(
                b"x=" + b"y" * 1000,
                200_000 + ROWS - 1,
                200_000,
                runs((1, 0), (200_000 - 1, 1), (ROWS - 1, 0)),
                runs((200_000, 2), (ROWS - 1, 0)),
            ),
            200_000,
        ),
        "column `variants`, row group 0, page 1: it needs more than the",
    ),
    "a long version": (
        "specs",
        with_pages(
            "version", numbered(b"1." * 2_000_000, ROWS, ROWS, runs((ROWS, 1)), distance=2), ROWS
        ),
        "column `version`: it needs more than the",
    ),
    "what counts for a hash": (
        "specs",
        with_pages(
            "counts_as",
            [page(1, bytes(4), dictionary=True), page(ROWS, b"\1" + runs((ROWS, 0)))],
            ROWS,
        ),
        "column `counts_as`, row 1: 0 is not a row of the same hash",
    ),
    "listings of one spec": (
        "members",
        many_rows(2_000_000),
        "it claims 2000000 rows: it needs more than the 134 MB of memory",
    ),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_is_forged_is_refused_and_its_place_is_named(
    what: str, honest: Path, tmp_path: Path
) -> None:
    table, forge, message = FORGED[what]
    name = member_path("").removesuffix(".parquet") if table == "members" else table
    forged(honest, tmp_path / "forged", name, forge)
    with pytest.raises(specplan.DamagedSourceError) as refused:
        specplan.load(tmp_path / "forged")
    assert f"{name}.parquet: {message}" in str(refused.value)


def test_what_is_forged_is_not_extended(honest: Path, tmp_path: Path) -> None:
    table, forge, message = FORGED["rows of the file"]
    forged(honest, tmp_path / "forged", table, forge)
    (tmp_path / "more.json").write_text(index(["zlib"]))
    with pytest.raises(specplan.DamagedSourceError) as refused:
        specplan.index(tmp_path / "forged", tmp_path / "more.json")
    assert f"{table}.parquet: {message}" in str(refused.value)
    assert "new folder" in str(refused.value.hint)


@pytest.mark.skipif(
    sys.platform != "linux", reason="the memory of a process is told in bytes on Linux"
)
@pytest.mark.parametrize(
    "what",
    [
        "children of the schema",
        "unpacked bytes of a page",
        "rows of a group",
        "a list of many values",
    ],
)
def test_what_is_forged_takes_no_more_memory_than_its_bytes_allow(
    what: str, honest: Path, tmp_path: Path
) -> None:
    table, forge, _ = FORGED[what]
    size = forged(honest, tmp_path / "forged", table, forge)
    ended = run_limited("find", "@:", "--cache", tmp_path / "forged", "--no-config")
    assert (ended.code, ended.seconds < 10) == (3, True), ended.err
    assert ended.peak < 200_000_000 + 100 * size
