"""A root of a lock."""

from __future__ import annotations

from specplan.records import dataclass

__all__ = ["LockRoot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRoot:
    """A root of a lock, or the spec of a spec file.

    Attributes:
        hash: The DAG hash.
        spec: The abstract spec by which it was requested; empty if the file does not record it.
        group: The group of the environment's specs that it belongs to; None for the default one,
            and for all roots of a lock without groups.
    """

    hash: str
    spec: str
    group: str | None = None
