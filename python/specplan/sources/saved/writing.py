"""Writing a saved catalog."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan.errors import DamagedSourceError, SourceError
from specplan.sources.limits import Limits
from specplan.sources.mirrors.tags import newest_first
from specplan.sources.saved.folder import NAME, is_saved
from specplan.sources.saved.manifest import (
    SCHEMA,
    Manifest,
    SavedHashes,
    SavedSource,
    SavedTables,
    described,
    member_path,
    read_manifest,
    verify,
)
from specplan.sources.saved.replacing import replaced
from specplan.tables import require_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from specplan.sources.origins import SpecFileOrigin
    from specplan.sources.result import SourceRead

__all__ = ["save"]


#: The other views of a source, in the order of the core.
_LOOKS: Final = ("least", "fetched", "installed")

_ROOTS: Final = "roots.parquet"


def save(reads: Sequence[SourceRead], folder: Path, shown: str) -> Manifest:
    """Write the content of sources as a saved catalog, or add it to one.

    If the catalog already has a source, its rows are replaced: those of the snapshots that were
    read, or all if its snapshots cannot be selected one by one. Files of unchanged snapshots are
    not written again. The new catalog is written beside the old one and replaces it atomically when
    it is complete, so that readers and killed runs leave either one or the other. The same sources
    produce the same bytes.

    Args:
        reads: The sources that were read; if snapshots are read one by one, each separately.
        folder: The catalog.
        shown: Its name in messages.

    Raises:
        SourceError: If the folder is not a catalog, or cannot be written.
        DamagedSourceError: If the existing catalog is damaged.
        UsageError: If another run is writing it.
    """
    require_tables()
    older = _older(folder, shown)
    distinct = {(each.source, each.read_tags): each for each in reads}
    new = [_source(each) for each in distinct.values()]
    gone = _replaced(older, new)
    stay = [each for each in (older.sources if older else ()) if each not in gone]
    sources = sorted((*stay, *new), key=lambda each: (each.source, each.snapshot or ""))
    written = sorted({tag for each in (*gone, *new) for tag in each.tags})
    kept = [each for each in (older.tables.members if older else ()) if each.tag not in written]
    try:
        with replaced(folder, shown) as beside:
            extended = None if older is None else (folder, older)
            try:
                counts = _save_tables(beside, list(distinct.values()), written, extended)
            except ValueError as error:
                raise DamagedSourceError(
                    path=shown,
                    location="",
                    line=None,
                    fault=str(error),
                    hint="save the sources again in a new folder",
                ) from error
            for each in kept:
                _link(folder / member_path(each.tag), beside / member_path(each.tag))
            roots = _roots(sources, beside / _ROOTS)
            specs, edges, by_tag = counts
            members = [
                *kept,
                *(described(beside / member_path(tag), rows, tag) for tag, rows in by_tag),
            ]
            manifest = Manifest(
                schema=SCHEMA,
                created_by=f"specplan {_core.__version__}",
                tags=tuple(newest_first({each.tag for each in members if each.tag})),
                sources=tuple(sources),
                tables=SavedTables(
                    specs=described(beside / "specs.parquet", specs),
                    edges=described(beside / "edges.parquet", edges),
                    roots=described(beside / _ROOTS, roots),
                    members=tuple(sorted(members, key=lambda each: each.tag)),
                ),
            )
            _write(manifest, beside / NAME)
    except OSError as error:
        fault = error.strerror or str(error)
        raise SourceError(f"`{shown}` cannot be written: {fault}", path=shown) from error
    return manifest


def _save_tables(
    beside: Path,
    reads: Sequence[SourceRead],
    written: Sequence[str],
    older: tuple[Path, Manifest] | None,
) -> tuple[int, int, list[tuple[str, int]]]:
    """Write the tables, with the remaining rows of an older catalog.

    Raises:
        ValueError: If a file of that catalog is damaged.
    """
    files = [] if older is None else [each.tag for each in older[1].tables.members]
    return _core.save_tables(
        beside,
        [(each.source, each.core, [each.least, each.fetched, each.installed]) for each in reads],
        [(tag, member_path(tag)) for tag in written],
        older=None if older is None else (older[0], [(tag, member_path(tag)) for tag in files]),
    )


def _older(folder: Path, shown: str) -> Manifest | None:
    """Return the existing catalog, or None.

    Raises:
        SourceError: If the folder is something else.
    """
    if is_saved(folder):
        manifest = read_manifest(folder, shown, Limits())
        tables = manifest.tables
        members = ((member_path(each.tag), each) for each in tables.members)
        verify(
            folder,
            shown,
            [("specs.parquet", tables.specs), ("edges.parquet", tables.edges), *members],
        )
        return manifest
    if not os.path.lexists(folder):
        return None
    if folder.is_dir() and not any(folder.iterdir()):
        return None
    raise SourceError(
        f"`{shown}` exists and is not a saved catalog: it has no `{NAME}`",
        path=shown,
        hint="name a folder that does not exist, or one that `specplan index` wrote",
    )


def _source(read: SourceRead) -> SavedSource:
    looks = (read.least, read.fetched, read.installed)
    cores = [read.core, *(each for each in looks if each is not None)]
    tags = {tag for core in cores for _, tag in core.snapshots()}
    return SavedSource(
        source=read.source,
        snapshot=_snapshot(read),
        tags=tuple(newest_first(tags)),
        looks=tuple(name for name, look in zip(_LOOKS, looks, strict=True) if look is not None),
        files=read.files,
        own_stack=read.own_stack,
        is_guess=read.is_guess,
        copied_at=read.copied_at,
        notes=read.notes,
        damaged=read.damaged,
        contradictions=read.contradictions,
        left_out=read.left_out,
        indexes=read.indexes,
        indexes_alone=read.indexes_alone,
        hashes=tuple(map(_held, read.files_of_specs)),
        roots=read.roots,
        roots_of=next(iter(read.core.stacks(None)), "") if read.roots else "",
    )


def _snapshot(read: SourceRead) -> str | None:
    if read.read_tags is None:
        return None
    (snapshot,) = read.read_tags
    return snapshot


def _held(file: SpecFileOrigin) -> SavedHashes:
    """Return the findings of ``check`` in a file, which may be gone by then."""
    held = file.check_hashes()
    return SavedHashes(
        shown=file.shown,
        kind=file.kind,
        recomputed=held.recomputed,
        undecided=" ".join(held.undecided),
        wrong=held.wrong,
        fault=held.fault,
    )


def _replaced(older: Manifest | None, new: Sequence[SavedSource]) -> list[SavedSource]:
    """Return the part of the catalog that is read again.

    A source that is read completely, now or before, is replaced with all its snapshots.
    """
    keys = {(each.source, each.snapshot) for each in new}
    whole = {each.source for each in new if each.snapshot is None}
    names = {each.source for each in new}
    return [
        each
        for each in (older.sources if older else ())
        if (each.source, each.snapshot) in keys
        or each.source in whole
        or (each.snapshot is None and each.source in names)
    ]


def _roots(sources: Sequence[SavedSource], path: Path) -> int:
    """Write the roots of all locks, and return how many there are."""
    rows = [(source, root) for source in sources for root in source.roots]
    table = _core.table_of_columns(
        [
            ("cache", "text", [source.source for source, _ in rows]),
            ("stack", "text", [source.roots_of for source, _ in rows]),
            ("tag", "text", [None] * len(rows)),
            ("hash", "text", [root.hash for _, root in rows]),
            ("abstract", "text", [root.spec or None for _, root in rows]),
            ("group", "text", [root.group for _, root in rows]),
        ]
    )
    return table.write_parquet(path)


def _link(old: Path, new: Path) -> None:
    """Link an unchanged file under a second name, or copy it where that is impossible."""
    new.parent.mkdir(parents=True)
    with suppress(OSError):
        os.link(old, new)
        return
    shutil.copyfile(old, new)


def _write(manifest: Manifest, path: Path) -> None:
    import orjson  # noqa: PLC0415 - only what writes a catalog needs it

    with path.open("wb") as file:
        file.write(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        file.flush()
        os.fsync(file.fileno())
