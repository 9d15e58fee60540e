"""The origins of a source, kept for verification by ``check``."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from specplan.errors import SourceError
from specplan.model import DamagedFile
from specplan.records import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from specplan import _core
    from specplan.sources.limits import Limits
    from specplan.sources.mirrors.layout import Layout
    from specplan.sources.stores.store import Store

__all__ = [
    "FileKind",
    "FileOfSpecs",
    "HashesHeld",
    "IndexAlone",
    "IndexRead",
    "MirrorTaken",
    "WrongHash",
    "files_taken",
]

#: What a file of specs is.
FileKind: TypeAlias = Literal["index", "database", "lock", "spec"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongHash:
    """A hash that does not match its content.

    Attributes:
        hash: The hash.
        of_content: That of the content.
    """

    hash: str
    of_content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HashesHeld:
    """The hashes of a file, compared with its content.

    Attributes:
        wrong: Those that are not that of their content.
        recomputed: How many were recomputed, right or wrong.
        undecided: Those that could not be.
        fault: What is wrong with a file that cannot be read any more.
    """

    wrong: tuple[WrongHash, ...]
    recomputed: int
    undecided: tuple[str, ...]
    fault: DamagedFile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOfSpecs:
    """A file of specs that was read.

    Attributes:
        path: A local file with its bytes.
        shown: How messages call it.
        kind: What it is.
        limits: What it may not go beyond.
        hashes: What came of holding its hashes against its content, where the file was
            not to stay; None where it can still be asked.
    """

    path: Path
    shown: str
    kind: FileKind
    limits: Limits
    hashes: HashesHeld | None = field(default=None, compare=False)

    def check_hashes(self) -> HashesHeld:
        """Compare its hashes with its content; faults of the file are in the answer."""
        from specplan import _core  # noqa: PLC0415 - sources load it when they need it
        from specplan.sources import clear_signed, content  # noqa: PLC0415

        if self.hashes is not None:
            return self.hashes
        try:
            if content.start_of(self.path).startswith(clear_signed.BEGIN):
                signed = content.inflated(self.path, self.shown, self.limits.file_bytes)
                text = clear_signed.text_of(signed, self.shown)
                return self._held(_core.check_hashes_in(text))
        except SourceError as error:
            fault = DamagedFile(path=self.shown, place="", line=None, fault=str(error))
            return HashesHeld(wrong=(), recomputed=0, undecided=(), fault=fault)
        return self._held(_core.check_hashes(self.path, file_bytes=self.limits.index_bytes))

    def _held(self, answer: _core.HashesAnswer) -> HashesHeld:
        fault = answer.fault
        return HashesHeld(
            wrong=tuple(
                WrongHash(hash=each.hash, of_content=each.of_content) for each in answer.wrong
            ),
            recomputed=answer.recomputed,
            undecided=tuple(answer.undecided),
            fault=None
            if fault is None
            else DamagedFile(
                path=self.shown, place=fault.place, line=fault.line, fault=fault.fault
            ),
        )


def files_taken(
    path: Path, shown: str, found: _core.SpecsRead, limits: Limits
) -> tuple[FileOfSpecs, ...]:
    """Return a file that was read, or nothing if it has a fault."""
    if found.kind == "":
        return ()
    return (FileOfSpecs(path=path, shown=shown, kind=found.kind, limits=limits),)


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorTaken:
    """A mirror whose binaries were read.

    Attributes:
        store: Where its files lie.
        layout: How they lie there.
        lists_all: Whether its index means to list all binaries of the mirror. One of a view
            does not; None says that only the checksum of the index is known, so that its
            manifests can supply.
        index: How messages call its index, or None where it has none that can be read.
        listing: The index as a local file, where the catalog of the source does not hold its
            binaries as such: those of a snapshot are those of the union index.
        of: The stack and the snapshot that its index is of, or None.
        is_probed: Whether single binaries are asked for that no index lists: it is on a server
            that cannot list its files.
        older: How messages call its other indexes, which are for older Spacks.
        older_listings: These as local files with what messages call them, like ``listing``.
        cache: The source that it belongs to, as it was given.
        limits: The limits for each file.
    """

    store: Store
    layout: Layout
    lists_all: bool | None
    index: str | None
    cache: str
    limits: Limits
    listing: Path | None = None
    of: tuple[str, str] | None = None
    is_probed: bool = False
    older: tuple[str, ...] = ()
    older_listings: tuple[tuple[Path, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRead:
    """One of the indexes of a mirror.

    Attributes:
        mirror: How messages call the mirror.
        shown: How messages call the index.
        version: Its version, or None where nothing names it.
        specs: How many specs it lists.
        binaries: How many of them as binaries.
        alone: How many binaries it lists that another index of the mirror does not.
    """

    mirror: str
    shown: str
    version: int | None
    specs: int
    binaries: int
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexAlone:
    """The index of a stack that belongs to no mirror, so it has no further files.

    Attributes:
        shown: How messages call it.
        label: The stack.
        tag: The snapshot.
        cache: The source that it belongs to, as it was given.
    """

    shown: str
    label: str
    tag: str
    cache: str

    @property
    def note(self) -> str:
        """One sentence about it."""
        return (
            f"`{self.label}` of the snapshot `{self.tag}` is only an index, `{self.shown}`: it "
            "has no other files"
        )
