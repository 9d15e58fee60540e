"""Indexes, databases, locks and spec files, read by the compiled reader.

The compiled reader recognizes the kind of a file; this module turns its answer into that of a
source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan import _core
from specplan.counting import count
from specplan.model import DamagedFile
from specplan.sources import clear_signed, content
from specplan.sources.lock_root import LockRoot
from specplan.sources.origins import files_taken
from specplan.sources.result import SourceRead
from specplan.sources.stores.store import printable

if TYPE_CHECKING:
    from pathlib import Path, PurePath

    from specplan.sources.mirrors.mirror import SpecFiles
    from specplan.sources.origins import SpecFileOrigin
    from specplan.sources.reading_options import Reading

__all__ = ["damage_of", "parse", "read", "read_mirrored", "remedy_of", "roots_of", "stack_of_lock"]

#: The number of small catalogs that are merged at a time.
_BATCH = 256


def read(path: Path, reading: Reading, *, shown: str, lock_stack: str = "") -> SourceRead:
    """Read one file as a source.

    Args:
        path: A local file with the bytes.
        reading: The source.
        shown: The name of the file in messages.
        lock_stack: The stack of a lock without a label.
    """
    found = parse(path, reading, shown=shown, stack=reading.stack)
    is_lock = found.kind == "lock"
    if is_lock and not reading.given_stack and lock_stack != reading.stack:
        found = parse(path, reading, shown=shown, stack=lock_stack)
    damage = damage_of(found, shown)
    core, installed = found.catalog, None
    if found.kind == "database" and found.installed:
        installed = parse(
            path, reading, shown=shown, stack=reading.stack, counts_installed=True
        ).catalog
        if reading.options.is_upstream:
            core, installed = installed, None
    return SourceRead(
        source=reading.source,
        core=core,
        installed=installed,
        files=0 if damage else 1,
        damaged=damage,
        contradictions=(),
        roots=roots_of(found),
        files_of_specs=files_taken(path, shown, found, reading.limits),
        is_guess=found.is_guess,
        own_stack="" if is_lock else reading.own_stack,
    )


def read_mirrored(
    specs: SpecFiles,
    reading: Reading,
    *,
    stack: str | None = None,
    tag: str = "",
) -> SourceRead:
    """Read the spec files of a mirror without an index, or whose index is to be ignored.

    Args:
        specs: The files.
        reading: The source.
        stack: The stack of the mirror; by default that of the source.
        tag: The snapshot that it belongs to, or an empty string.
    """
    why = "was not read from its index" if reading.from_manifests else "has no index"
    damaged = [*specs.damaged]
    catalogs: list[_core.Catalog] = []
    taken: list[SpecFileOrigin] = []
    is_guess = False
    for file in specs.files:
        found = parse(
            file.path,
            reading,
            shown=file.shown,
            stack=reading.stack if stack is None else stack,
            tag=tag,
        )
        damage = damage_of(found, file.shown)
        if not damage and roots_of(found)[0].hash != file.hash:
            fault = f"is of the spec {roots_of(found)[0].hash}, but its name says {file.hash}"
            damage = (DamagedFile(path=file.shown, location="", line=None, fault=fault),)
        if damage:
            damaged.extend(damage)
            continue
        taken.extend(files_taken(file.path, file.shown, found, reading.limits))
        catalogs.append(found.catalog)
        is_guess |= found.is_guess
        if len(catalogs) == _BATCH:
            catalogs = [_core.Catalog.merged(catalogs)]
    binaries = count(len(taken), "binary", "binaries")
    return SourceRead(
        source=reading.source,
        core=_core.Catalog.merged(catalogs),
        files=len(taken),
        damaged=tuple(sorted(damaged, key=lambda file: file.path)),
        contradictions=(),
        notes=(f"`{reading.source}` {why}: it was read from the files of {binaries}",),
        files_of_specs=tuple(taken),
        is_guess=is_guess,
        own_stack=reading.own_stack,
    )


def parse(
    path: Path,
    reading: Reading,
    *,
    shown: str,
    stack: str,
    tag: str = "",
    listed_only: bool = False,
    counts_installed: bool = False,
) -> _core.SpecsRead:
    """Read one file, without the signature of a clear-signed text.

    Args:
        path: A local file with the bytes.
        reading: The source.
        shown: The name of the file in messages.
        stack: The stack that it lists, or an empty string.
        tag: The snapshot that it belongs to, or an empty string.
        listed_only: Whether it only determines what the stack lists: its binaries do not count.
        counts_installed: Whether the installed specs of an installation count as binaries.
    """
    try_newer = reading.limits.newer_formats == "try"
    if content.start_of(path).startswith(clear_signed.BEGIN):
        document = content.inflated(path, shown, reading.limits.file_bytes)
        return _core.parse_specs(
            clear_signed.text_of(document, shown),
            cache=reading.source,
            tag=tag,
            stack=printable(stack),
            shown=printable(shown),
            listed_only=listed_only,
            try_newer=try_newer,
        )
    return _core.read_specs(
        path,
        cache=reading.source,
        tag=tag,
        stack=printable(stack),
        shown=printable(shown),
        file_bytes=reading.limits.index_bytes,
        listed_only=listed_only,
        counts_installed=counts_installed,
        try_newer=try_newer,
    )


def damage_of(found: _core.SpecsRead, shown: str) -> tuple[DamagedFile, ...]:
    """Return the fault of a file, if it has one."""
    if found.fault is None:
        return ()
    damage = found.fault
    fault = f"{damage.fault}{remedy_of(found)}"
    return (DamagedFile(path=shown, location=damage.location, line=damage.line, fault=fault),)


def remedy_of(found: _core.SpecsRead) -> str:
    """Return a hint if the version of a file is newer than the known ones."""
    return "; `--newest-format try` reads it as that version" if found.is_newer else ""


def roots_of(found: _core.SpecsRead) -> tuple[LockRoot, ...]:
    """Return the roots of a file, in its order."""
    return tuple(LockRoot(hash=root.hash, spec=root.spec, group=root.group) for root in found.roots)


def stack_of_lock(path: PurePath) -> str:
    """Return the name of the stack of a lock without a label.

    Examples:
        >>> from pathlib import PurePath
        >>> stack_of_lock(PurePath("stacks/e4s/spack.lock"))
        'e4s'
        >>> stack_of_lock(PurePath("stacks/radiuss.lock.gz"))
        'radiuss'
    """
    stem = path.name.removesuffix(".gz").rpartition(".")[0] or path.name
    # Every environment has a file of this name: only its folder distinguishes them.
    return (path.parent.name or stem) if stem == "spack" else stem
