"""Indexes, databases, locks and spec files, read by the compiled reader.

The compiled reader finds out which of them a file is; here its answer becomes that of
a source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan import _core
from specplan.counting import count
from specplan.model import DamagedFile
from specplan.sources import clear_signed, content
from specplan.sources.source import SourceRead
from specplan.sources.taken import files_taken

if TYPE_CHECKING:
    from pathlib import Path, PurePath

    from specplan.sources.mirror import SpecFiles
    from specplan.sources.reading import Reading
    from specplan.sources.taken import FileOfSpecs

__all__ = ["damage_of", "parse", "read", "read_mirrored", "stack_of_lock"]

#: How many small catalogs are merged at a time.
_BATCH = 256


def read(path: Path, reading: Reading, *, shown: str, lock_stack: str = "") -> SourceRead:
    """Read one file as a source of its own.

    Args:
        path: A local file with the bytes.
        reading: The source.
        shown: How messages call the file.
        lock_stack: The stack of a lock without a label.
    """
    found = parse(path, reading, shown=shown, label=reading.label)
    if found.kind == "lock" and not reading.label and lock_stack:
        found = parse(path, reading, shown=shown, label=lock_stack)
    damage = damage_of(found, shown)
    return SourceRead(
        place=reading.place,
        core=found.catalog,
        files=0 if damage else 1,
        damaged=damage,
        contradictions=(),
        roots=tuple(found.roots),
        files_of_specs=files_taken(path, shown, found, reading.limits),
    )


def read_mirrored(specs: SpecFiles, reading: Reading) -> SourceRead:
    """Read the spec files of a mirror that has no index."""
    damaged = [*specs.damaged]
    catalogs: list[_core.Catalog] = []
    taken: list[FileOfSpecs] = []
    for file in specs.files:
        found = parse(file.path, reading, shown=file.shown, label=reading.label)
        damage = damage_of(found, file.shown)
        if not damage and found.roots[0][0] != file.hash:
            fault = f"is of the spec {found.roots[0][0]}, but its name says {file.hash}"
            damage = (DamagedFile(path=file.shown, place="", line=None, fault=fault),)
        if damage:
            damaged.extend(damage)
            continue
        taken.extend(files_taken(file.path, file.shown, found, reading.limits))
        catalogs.append(found.catalog)
        if len(catalogs) == _BATCH:
            catalogs = [_core.Catalog.merged(catalogs)]
    binaries = count(len(taken), "binary", "binaries")
    return SourceRead(
        place=reading.place,
        core=_core.Catalog.merged(catalogs),
        files=len(taken),
        damaged=tuple(sorted(damaged, key=lambda file: file.path)),
        contradictions=(),
        notes=(f"`{reading.place}` has no index: it was read from the files of {binaries}",),
        files_of_specs=tuple(taken),
    )


def parse(  # noqa: PLR0913 - where a file belongs has many parts
    path: Path,
    reading: Reading,
    *,
    shown: str,
    label: str,
    tag: str = "",
    listed_only: bool = False,
) -> _core.SpecsRead:
    """Read one file; what is signed in the clear is freed of its signature.

    Args:
        path: A local file with the bytes.
        reading: The source.
        shown: How messages call the file.
        label: The stack that it lists, or an empty string.
        tag: The snapshot that it belongs to, or an empty string.
        listed_only: Whether it only says what the stack lists: its binaries do not count.
    """
    if content.start_of(path).startswith(clear_signed.BEGIN):
        document = content.inflated(path, shown, reading.limits.file_bytes)
        return _core.parse_specs(
            clear_signed.text_of(document, shown),
            cache=reading.place,
            tag=tag,
            label=label,
            shown=shown,
            listed_only=listed_only,
        )
    return _core.read_specs(
        path,
        cache=reading.place,
        tag=tag,
        label=label,
        shown=shown,
        file_bytes=reading.limits.index_bytes,
        listed_only=listed_only,
    )


def damage_of(found: _core.SpecsRead, shown: str) -> tuple[DamagedFile, ...]:
    """Return the fault of a file, if it has one."""
    if found.fault is None:
        return ()
    place, line, fault = found.fault
    return (DamagedFile(path=shown, place=place, line=line, fault=fault),)


def stack_of_lock(path: PurePath) -> str:
    """Return what the stack of a lock without a label is called.

    Examples:
        >>> from pathlib import PurePath
        >>> stack_of_lock(PurePath("stacks/e4s/spack.lock"))
        'e4s'
        >>> stack_of_lock(PurePath("stacks/radiuss.lock.gz"))
        'radiuss'
    """
    stem = path.name.removesuffix(".gz").rpartition(".")[0] or path.name
    # Every environment has a file of this name: only its folder tells them apart.
    return (path.parent.name or stem) if stem == "spack" else stem
