"""Reading a saved catalog as a source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan.errors import DamagedSourceError, UsageError
from specplan.sources.mirrors.tags import newest_first
from specplan.sources.origins import SpecFileOrigin
from specplan.sources.result import SourceRead, distinct
from specplan.sources.saved.manifest import member_path, read_manifest, verify
from specplan.tables import require_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from specplan.sources.reading_options import Reading
    from specplan.sources.saved.manifest import Manifest, SavedSource

__all__ = ["read_saved"]

#: The options for reading a source, which no longer have an effect.
_TOO_LATE: Final = (
    ("consumer", "--for-spack"),
    ("from_manifests", "--from-manifests"),
    ("probe", "--probe"),
    ("is_upstream", "--upstream"),
)


def read_saved(folder: Path, shown: str, reading: Reading) -> tuple[SourceRead, ...]:
    """Read the sources of a saved catalog as they were when it was saved.

    If the snapshots of a source can be selected one by one, only the requested ones are read;
    otherwise all. Files of other snapshots are not opened.

    Args:
        folder: The catalog.
        shown: Its name in messages.
        reading: The request.

    Raises:
        SourceError: If it cannot be read.
        DamagedSourceError: If a file of it is damaged.
        UsageError: If the request has options that only its sources could answer.
    """
    require_tables()
    if reading.given_stack:
        raise UsageError(
            f"`{reading.source}`: a saved catalog defines its own stacks",
            hint="only an index or a lock takes a label as its stack",
        )
    for name, option in _TOO_LATE:
        if getattr(reading.options, name):
            raise UsageError(
                f"`{option}` does not apply to the saved catalog `{shown}`",
                hint=f"give it to `specplan index`, which reads the sources: {option}"
                if name != "is_upstream"
                else "name the installation itself",
            )
    manifest = read_manifest(folder, shown, reading.limits)
    asked = [each for each in manifest.sources if _is_asked(each, manifest, reading)]
    tags = [_asked_tags(source, reading) for source in asked]
    needed = {tag for each in tags for tag in each}
    members = [file for file in manifest.tables.members if file.tag in needed]
    # Several sources may contradict each other in the specs of any package.
    is_part = len(asked) == 1
    dependencies = reading.dependencies or not is_part
    files = [
        ("specs.parquet", manifest.tables.specs),
        *([("edges.parquet", manifest.tables.edges)] if dependencies else []),
        *((member_path(file.tag), file) for file in members),
    ]
    verify(folder, shown, files)
    try:
        loaded = _core.load_tables(
            folder,
            [(file.tag, member_path(file.tag)) for file in members],
            [
                (source.source, each, list(source.looks))
                for source, each in zip(asked, tags, strict=True)
            ],
            list(reading.only_packages) if reading.only_packages and is_part else None,
            dependencies,
        )
    except (OSError, ValueError) as error:
        raise DamagedSourceError(path=shown, location="", line=None, fault=str(error)) from error
    parts: dict[str, list[SourceRead]] = {}
    left_out: dict[str, tuple[str, ...]] = {}
    for source, each, cores in zip(asked, tags, loaded, strict=True):
        parts.setdefault(source.source, []).append(_read(source, cores, reading))
        left_out[source.source] = tuple(newest_first({*source.tags} - {*each}))
    return tuple(
        _joined(each, _unread(each, manifest) or left_out[place]) for place, each in parts.items()
    )


def _snapshots(place: str, manifest: Manifest) -> list[str]:
    """Return the snapshots of a source that are read one by one, newest first."""
    of_source = (each.snapshot for each in manifest.sources if each.source == place)
    return newest_first({each for each in of_source if each is not None})


def _is_asked(source: SavedSource, manifest: Manifest, reading: Reading) -> bool:
    if source.snapshot is None:
        return True
    newest = _snapshots(source.source, manifest)[0]
    return source.snapshot in {newest if tag is None else tag for tag in reading.tags}


def _asked_tags(source: SavedSource, reading: Reading) -> list[str]:
    """Return the snapshots of a source to read; rows without a snapshot belong to all."""
    known = newest_first({tag for tag in source.tags if tag})
    if source.snapshot is not None or not reading.only_tags or not known:
        return list(source.tags)
    asked = {known[0] if tag is None else tag for tag in reading.tags}
    return [tag for tag in source.tags if not tag or tag in asked]


def _unread(parts: Sequence[SourceRead], manifest: Manifest) -> tuple[str, ...]:
    read = {tag for each in parts for tag in each.read_tags or ()}
    return tuple(tag for tag in _snapshots(parts[0].source, manifest) if tag not in read)


def _joined(parts: Sequence[SourceRead], unread: tuple[str, ...]) -> SourceRead:
    """Return the snapshots of a source as one."""
    if len(parts) == 1:
        return replace(parts[0], unread_tags=unread)
    order = newest_first({tag for each in parts for tag in each.read_tags or ()})
    parts = sorted(parts, key=lambda each: order.index((each.read_tags or ("",))[0]))

    def merged(look: Callable[[SourceRead], _core.Catalog | None]) -> _core.Catalog | None:
        if all(look(each) is None for each in parts):
            return None
        return _core.Catalog.merged([look(each) or each.core for each in parts])

    copies = [each.copied_at for each in parts if each.copied_at is not None]
    return replace(
        parts[0],
        core=_core.Catalog.merged([each.core for each in parts]),
        least=merged(lambda each: each.least),
        fetched=merged(lambda each: each.fetched),
        installed=merged(lambda each: each.installed),
        files=sum(each.files for each in parts),
        damaged=distinct(each.damaged for each in parts),
        contradictions=distinct(each.contradictions for each in parts),
        unread_tags=unread,
        notes=distinct(each.notes for each in parts),
        files_of_specs=distinct(each.files_of_specs for each in parts),
        indexes_alone=distinct(each.indexes_alone for each in parts),
        is_guess=any(each.is_guess for each in parts),
        indexes=distinct(each.indexes for each in parts),
        left_out=distinct(each.left_out for each in parts),
        copied_at=min(copies, default=None),
        read_tags=tuple(order),
    )


def _read(
    source: SavedSource,
    cores: tuple[_core.Catalog, _core.Catalog | None, _core.Catalog | None, _core.Catalog | None],
    reading: Reading,
) -> SourceRead:
    core, least, fetched, installed = cores
    return SourceRead(
        source=source.source,
        core=core,
        least=least,
        fetched=fetched,
        installed=installed,
        files=source.files,
        damaged=source.damaged,
        contradictions=source.contradictions,
        roots=source.roots,
        notes=source.notes,
        files_of_specs=tuple(
            SpecFileOrigin(
                path=Path(each.shown),
                shown=each.shown,
                kind=each.kind,
                limits=reading.limits,
                hashes=each.held,
            )
            for each in source.hashes
        ),
        indexes_alone=source.indexes_alone,
        is_guess=source.is_guess,
        indexes=source.indexes,
        own_stack=source.own_stack,
        left_out=source.left_out,
        copied_at=source.copied_at,
        read_tags=None if source.snapshot is None else (source.snapshot,),
    )
