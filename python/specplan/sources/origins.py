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
    "HashesHeld",
    "IndexRead",
    "MirrorOrigin",
    "SpecFileOrigin",
    "StandaloneIndex",
    "WrongHash",
    "files_taken",
]

#: The kinds of files of specs.
FileKind: TypeAlias = Literal["index", "database", "lock", "spec"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongHash:
    """A hash that does not match its content.

    Attributes:
        hash: The hash.
        of_content: The hash of the content.
    """

    hash: str
    of_content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HashesHeld:
    """The hashes of a file, compared with its content.

    Attributes:
        wrong: The hashes that do not match their content.
        recomputed: The number of recomputed hashes, right or wrong.
        undecided: The hashes that could not be recomputed.
        fault: The fault of a file that can no longer be read.
    """

    wrong: tuple[WrongHash, ...]
    recomputed: int
    undecided: tuple[str, ...]
    fault: DamagedFile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecFileOrigin:
    """A file of specs that was read.

    Attributes:
        path: A local file with its bytes.
        shown: Its name in messages.
        kind: Its kind.
        limits: Its limits.
        hashes: The result of comparing its hashes with its content, if the file was not kept; None
            if it can still be read.
    """

    path: Path
    shown: str
    kind: FileKind
    limits: Limits
    hashes: HashesHeld | None = field(default=None, compare=False)

    def check_hashes(self) -> HashesHeld:
        """Compare its hashes with its content; faults of the file are in the result."""
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
            fault = DamagedFile(path=self.shown, location="", line=None, fault=str(error))
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
                path=self.shown, location=fault.location, line=fault.line, fault=fault.fault
            ),
        )


def files_taken(
    path: Path, shown: str, found: _core.SpecsRead, limits: Limits
) -> tuple[SpecFileOrigin, ...]:
    """Return a file that was read, or nothing if it has a fault."""
    if found.kind == "":
        return ()
    return (SpecFileOrigin(path=path, shown=shown, kind=found.kind, limits=limits),)


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorOrigin:
    """A mirror whose binaries were read.

    Attributes:
        store: The store with its files.
        layout: Their layout.
        lists_all: Whether its index is meant to list all binaries of the mirror. One of a view is
            not; None if only the checksum of the index is known, so that the manifests must show
            it.
        index: The name of its index in messages, or None if it has no readable one.
        listing: The index as a local file, if the catalog of the source does not contain its
            binaries as such: those of a snapshot are those of the union index.
        of: The stack and the snapshot of its index, or None.
        is_probed: Whether to ask for single binaries that no index lists, because it is on a server
            that cannot list its files.
        older: The names in messages of its other indexes, for older versions of Spack.
        older_listings: These as local files with their names in messages, like ``listing``.
        cache: Its source, as it was given.
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
        mirror: The name of the mirror in messages.
        shown: The name of the index in messages.
        version: Its version, or None if unknown.
        specs: The number of specs that it lists.
        binaries: The number of them that are binaries.
        alone: The number of its binaries that another index of the mirror does not list.
    """

    mirror: str
    shown: str
    version: int | None
    specs: int
    binaries: int
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StandaloneIndex:
    """The index of a stack that belongs to no mirror, so it has no further files.

    Attributes:
        shown: Its name in messages.
        stack: The stack.
        tag: The snapshot.
        cache: Its source, as it was given.
    """

    shown: str
    stack: str
    tag: str
    cache: str

    @property
    def note(self) -> str:
        """One sentence about it."""
        return (
            f"`{self.stack}` of the snapshot `{self.tag}` is only an index, `{self.shown}`: it "
            "has no other files"
        )
