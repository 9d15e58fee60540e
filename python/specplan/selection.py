"""Specs of a catalog as a question in set algebra."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.errors import UsageError
from specplan.model import Spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan import _core as compiled
    from specplan.catalog import Catalog

__all__ = ["Selection"]


class Selection:
    """Specs of a catalog, as a question that is answered when it is asked.

    Selections of one catalog are combined by ``&`` (both), ``|`` (either), ``-`` (one
    and not the other) and ``~`` (all others). Nothing is computed before
    :meth:`count` or iteration.
    """

    __slots__ = ("_catalog", "_core")

    _catalog: Catalog
    _core: compiled.Query

    def __init__(self) -> None:
        raise TypeError("a selection is made by `Catalog.select`")

    @classmethod
    def _of(cls, catalog: Catalog, core: compiled.Query) -> Selection:
        self = object.__new__(cls)
        self._catalog = catalog
        self._core = core
        return self

    def __and__(self, other: Selection) -> Selection:
        """Return the specs that both select."""
        return self._of(self._catalog, self._core & self._joined(other))

    def __or__(self, other: Selection) -> Selection:
        """Return the specs that either selects."""
        return self._of(self._catalog, self._core | self._joined(other))

    def __sub__(self, other: Selection) -> Selection:
        """Return the specs that this selects and the other does not."""
        return self._of(self._catalog, self._core & ~self._joined(other))

    def __invert__(self) -> Selection:
        """Return the specs that this does not select."""
        return self._of(self._catalog, ~self._core)

    def _joined(self, other: Selection) -> compiled.Query:
        if other._catalog is not self._catalog:
            raise UsageError("selections of two catalogs cannot be combined")
        return other._core

    def count(self) -> int:
        """Return how many specs are selected, without building them."""
        return self._catalog._core.count(self._core)

    def specs(self, tag: str | None = None) -> list[Spec]:
        """Return the selected specs, ordered by hash.

        Args:
            tag: A snapshot: the stacks and tags of the specs are those of it alone.
        """
        if tag is not None:
            self._catalog._state(tag)  # refuses a tag that nothing bears
        answers = self._catalog._core.specs(self._core, tag)
        return [
            Spec(
                hash=each[0],
                name=each[1],
                version=each[2],
                platform=each[3],
                os=each[4],
                target=each[5],
                compiler=each[6],
                variants=tuple(each[7]),
                size=each[8],
                stacks=tuple(each[9]),
                tags=tuple(each[10]),
                source=each[11],
            )
            for each in answers
        ]

    def __iter__(self) -> Iterator[Spec]:
        """Iterate over the selected specs, ordered by hash."""
        return iter(self.specs())
