"""The manifest of a saved catalog: ``_specplan.json``.

A folder is a saved catalog if it has this file. It is written last, names every other file with its
checksum, and contains all facts about the sources besides their rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from specplan.errors import DamagedSourceError, SourceError
from specplan.model import DamagedFile, LeftOut
from specplan.model.check import Finding
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources import strict_json
from specplan.sources.content import first_bytes
from specplan.sources.documents import record
from specplan.sources.lock_root import LockRoot
from specplan.sources.origins import FileKind, HashesHeld, IndexRead, StandaloneIndex, WrongHash
from specplan.sources.saved.folder import NAME
from specplan.sources.stores.store import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.sources.limits import Limits

__all__ = [
    "SCHEMA",
    "Manifest",
    "SavedFile",
    "SavedHashes",
    "SavedSource",
    "SavedTables",
    "described",
    "member_path",
    "read_manifest",
    "verify",
]

SCHEMA: Final = "specplan.catalog/1"

_SCHEMAS: Final = pattern(r"specplan\.catalog/([0-9]+)")

#: Hive's name for the partition without a value; DuckDB, Spark, Polars and pyarrow know it.
_NO_TAG: Final = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFile:
    """A file of a saved catalog.

    Attributes:
        tag: Its snapshot; empty for rows without one, and for tables that are not split by
            snapshot.
        rows: The number of rows.
        bytes: The number of bytes.
        sha256: Their checksum.
    """

    tag: str = ""
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTables:
    """All files of a saved catalog; those of members by snapshot."""

    specs: SavedFile
    edges: SavedFile
    roots: SavedFile
    members: tuple[SavedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedHashes:
    """A file of specs, with the result of comparing its hashes with its content.

    Attributes:
        shown: The name of the file in messages.
        kind: Its kind.
        recomputed: The number of recomputed hashes, right or wrong.
        undecided: The hashes that could not be recomputed, separated by spaces.
        wrong: The hashes that do not match their content.
        fault: The fault of the file.
    """

    shown: str
    kind: FileKind
    recomputed: int
    undecided: str
    wrong: tuple[WrongHash, ...]
    fault: DamagedFile | None

    @property
    def held(self) -> HashesHeld:
        """The same in the form for ``check``."""
        return HashesHeld(
            wrong=self.wrong,
            recomputed=self.recomputed,
            undecided=tuple(self.undecided.split()),
            fault=self.fault,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSource:
    """The facts about a source beside its rows; the fields are those of ``SourceRead``.

    A source whose snapshots are read one by one has a record for each.

    Attributes:
        source: The source, as it was given.
        snapshot: Its snapshot; None if it is read completely.
        tags: The snapshots of its rows; an empty one is for rows without a snapshot.
        looks: The other views of it: ``least``, ``fetched``, ``installed``.
        roots_of: The stack of the roots of a lock; empty if there are none.
    """

    source: str
    snapshot: str | None
    tags: tuple[str, ...]
    looks: tuple[str, ...]
    files: int
    own_stack: str
    is_guess: bool
    copied_at: int | None
    notes: tuple[str, ...]
    damaged: tuple[DamagedFile, ...]
    contradictions: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...]
    indexes: tuple[IndexRead, ...]
    indexes_alone: tuple[StandaloneIndex, ...]
    hashes: tuple[SavedHashes, ...]
    roots: tuple[LockRoot, ...]
    roots_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The manifest of a saved catalog.

    Attributes:
        schema: Its kind and version.
        created_by: The program that wrote it.
        tags: All snapshots, newest first.
        sources: The sources that it was made from, by name, then by snapshot.
        tables: Its files.
    """

    schema: str
    created_by: str
    tags: tuple[str, ...]
    sources: tuple[SavedSource, ...]
    tables: SavedTables


def member_path(tag: str) -> str:
    """Return the path of the members of a snapshot, relative to the catalog.

    Examples:
        >>> member_path("develop-2026-01-17")
        'members/tag=develop-2026-01-17/part-0.parquet'
        >>> member_path("a/b")
        'members/tag=a%2Fb/part-0.parquet'
    """
    return f"members/tag={quote(tag, safe='') or _NO_TAG}/part-0.parquet"


def read_manifest(folder: Path, shown: str, limits: Limits) -> Manifest:
    """Read the manifest of a saved catalog.

    Raises:
        SourceError: If it cannot be read, or is in an unknown version.
        DamagedSourceError: If it is damaged.
    """
    path = f"{shown}/{NAME}"
    document = strict_json.parse(first_bytes(folder / NAME, limits.index_bytes, path), path)
    schema = document.at("schema").text()
    found = _SCHEMAS.fullmatch(schema)
    if found is None:
        raise SourceError(
            f"`{path}` is not a saved catalog: its schema is `{schema}`, not `{SCHEMA}`", path=path
        )
    if schema != SCHEMA:
        raise SourceError(
            f"`{shown}` is a saved catalog of version {found[1]}; this specplan reads version 1",
            path=path,
            hint="read it with the specplan that wrote it, or recreate it with `specplan index`",
        )
    manifest = record(Manifest, document)
    if not manifest.sources:
        # A catalog without sources would look like a valid empty cache.
        document.at("sources").fail("lists no source", "`specplan index` saves the sources again")
    return manifest


def described(path: Path, rows: int, tag: str = "") -> SavedFile:
    """Return the entry of the manifest for a file."""
    return SavedFile(tag=tag, rows=rows, bytes=path.stat().st_size, sha256=sha256_of(path))


def verify(folder: Path, shown: str, files: Iterable[tuple[str, SavedFile]]) -> None:
    """Compare the files of a saved catalog with its manifest.

    Args:
        folder: The catalog.
        shown: Its name in messages.
        files: The relative paths, each with its entry in the manifest.

    Raises:
        DamagedSourceError: If one is missing or differs.
    """
    for name, file in files:
        path = folder / name
        try:
            is_whole = path.stat().st_size == file.bytes and sha256_of(path) == file.sha256
        except OSError as error:
            fault = f"cannot be read: {error.strerror or error}"
            raise _damaged(f"{shown}/{name}", fault) from error
        if not is_whole:
            raise _damaged(f"{shown}/{name}", f"is not the file that `{NAME}` names")


def _damaged(path: str, fault: str) -> DamagedSourceError:
    return DamagedSourceError(
        path=path,
        location="",
        line=None,
        fault=fault,
        hint="recreate the catalog with `specplan index`",
    )
