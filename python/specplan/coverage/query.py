"""A question of coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from specplan.api import Catalog
    from specplan.model import Compatibility, Level, NotWanted, Scope
    from specplan.model.host import Host


__all__ = ["Question"]


class Question(TypedDict, total=False):
    """The keywords of :meth:`specplan.Catalog.gaps` that say what is asked."""

    stack: str | Sequence[str]
    peers: str | Sequence[str]
    system: str | Sequence[str]
    os: str | Sequence[str]
    target: str | Sequence[str]
    tag: str | None
    baseline: str | Catalog | None
    want: str | Sequence[str]
    scope: Scope
    level: Level | None
    compat: Compatibility
    not_wanted: Sequence[NotWanted]
    families: Mapping[str, Sequence[str]] | None
    libc: Mapping[str, str] | None
    cells: Mapping[str, Sequence[str]] | None
    host: Host | None
    include: Mapping[str, str] | None
    group: str | Sequence[str]
    packages: str | None
    allow_left_out: Collection[str]
