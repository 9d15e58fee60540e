"""Specs of a catalog as a question in set algebra."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan import _core as compiled
from specplan.errors import UsageError
from specplan.found import Found, found
from specplan.spec_answers import spec_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.abstract_spec import AbstractSpec
    from specplan.catalog import Catalog
    from specplan.model import Spec

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

    def satisfying(self, spec: AbstractSpec | str) -> Selection:
        """Return the selected specs that satisfy an abstract spec, as a selection again.

        Args:
            spec: One abstract spec, or a text in Spack's syntax.

        Raises:
            SpecSyntaxError: If it is none.
            UndecidedError: If the sources do not tell of every selected spec.

        Examples:
            >>> from specplan import load
            >>> catalog = load("examples/cache")
            >>> listed = catalog.select(stack="e4s*")
            >>> parallel = listed.satisfying("+mpi")
            >>> parallel.count(), (listed - parallel).count()
            (19, 216)
        """
        hashes = [each.hash for each in self.search(spec).decided()]
        return self._of(self._catalog, self._core & compiled.Query.hashes(hashes))

    def search(self, spec: AbstractSpec | str, *, available: bool | None = None) -> Found:
        """Return the selected specs that satisfy an abstract spec, and the undecided ones.

        Args:
            spec: One abstract spec, or a text in Spack's syntax.
            available: Only specs that have a binary, or only those that have none.

        Raises:
            SpecSyntaxError: If it is none.
        """
        return self._found(str(spec), tags=None, available=available)

    def _found(self, spec: str, *, tags: list[str] | None, available: bool | None) -> Found:
        answer = self._catalog._core.find(spec, self._core, tags)
        return found(
            spec,
            answer,
            available=available,
            packages=self._catalog._core.names("package"),
            damaged=self._catalog.damaged,
        )

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
        return [spec_of(each) for each in self._catalog._core.specs(self._core, tag)]

    def __iter__(self) -> Iterator[Spec]:
        """Iterate over the selected specs, ordered by hash."""
        return iter(self.specs())
