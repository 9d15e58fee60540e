"""The options of every reader of a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.records import dataclass

if TYPE_CHECKING:
    from specplan.sources.limits import Limits
    from specplan.sources.mirrors.consumer import Consumer
    from specplan.sources.stores.fetching import Fetching

__all__ = ["Reading", "ReadingOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """Options for reading mirrors and installations.

    Attributes:
        consumer: The Spack that reads mirrors; by default everything counts that any version reads.
        from_manifests: Whether to read mirrors from the manifests of their binaries instead of
            their indexes.
        probe: Whether to ask servers for binaries that no index lists.
        is_upstream: Whether the installed specs of an installation count as available.
        is_candidate: Whether it is only a source of candidates, so that it is not a stack without a
            label.
    """

    consumer: Consumer | None = None
    from_manifests: bool = False
    probe: bool = False
    is_upstream: bool = False
    is_candidate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A source that is being read.

    Attributes:
        source: The source as it was given, without credentials.
        given_stack: The stack that is given before it, or an empty string.
        own_stack: Its stack name if none is given; empty if one is given, or is in no stack.
        tags: The requested snapshots; None is the newest.
        only_tags: Whether a saved catalog leaves out all other snapshots, even of sources that are
            themselves read completely.
        only_packages: The packages whose specs a saved catalog of one source reads, without their
            dependencies; empty for all specs.
        dependencies: Whether a saved catalog of one source reads the dependencies of specs.
        fetching: The options for fetching files, with the limits.
        options: The options for reading mirrors and installations.
    """

    source: str
    given_stack: str
    tags: tuple[str | None, ...]
    fetching: Fetching
    options: ReadingOptions = ReadingOptions()
    own_stack: str = ""
    only_tags: bool = False
    only_packages: tuple[str, ...] = ()
    dependencies: bool = True

    @property
    def stack(self) -> str:
        """The stack that its index lists: the given one, or else its own."""
        return self.given_stack or self.own_stack

    @property
    def consumer(self) -> Consumer | None:
        """The Spack that reads mirrors; None for any."""
        return self.options.consumer

    @property
    def from_manifests(self) -> bool:
        """True if mirrors are read from the manifests of their binaries."""
        return self.options.from_manifests

    @property
    def limits(self) -> Limits:
        """The limits of every file."""
        return self.fetching.limits
