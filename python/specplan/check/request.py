"""The request of a check, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from specplan.model.check import Verify
from specplan.model.host import Host
from specplan.records import dataclass
from specplan.sources.limits import Limits

__all__ = ["CheckRequest"]


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """A question about the faults of sources.

    Attributes:
        want: Locks, ``[LABEL=]spack.lock``, whose roots count as broken or sound; without any,
            these are the binaries that no other binary depends on.
        tag: The snapshot whose binaries count; None for the newest of each source.
        verify: The level of verification: with ``index``, indexes and other files of specs; with
            ``manifests``, also the manifests and spec files of mirrors; with ``blobs``, also the
            bytes of their binaries.
        limits: The limits for each lock; None for those that the sources were read with.
        libc: More operating systems with their C libraries.
        host: The machine to which conditions in the environments beside locks refer.
    """

    want: tuple[str, ...] = ()
    tag: str | None = None
    verify: Verify = "index"
    limits: Limits | None = None
    libc: Mapping[str, str] = field(default_factory=_nothing)
    host: Host = Host()
