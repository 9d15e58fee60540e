"""A root of a lock."""

from __future__ import annotations

from specplan.records import dataclass

__all__ = ["LockRoot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRoot:
    """A root of a lock, or the spec of a spec file.

    Attributes:
        hash: The DAG hash.
        spec: The abstract spec that it was asked for; empty where the file does not say it.
        group: The group of the environment's specs that it belongs to; None for the default
            one, and for all roots of a lock that knows no groups.
    """

    hash: str
    spec: str
    group: str | None = None
