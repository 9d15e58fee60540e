"""Specs of a catalog as a question in set algebra."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from specplan import _core as compiled
from specplan.abstract_spec import written
from specplan.errors import UsageError
from specplan.found import Found, found
from specplan.gathering import of_sources
from specplan.model.left_out import merged
from specplan.spec_answers import spec_of
from specplan.wants import any_matches, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specplan.abstract_spec import AbstractSpec
    from specplan.contents import Contents
    from specplan.model import Spec

__all__ = ["Selection", "select"]


class Selection:
    """Specs of a catalog, as a question that is answered when it is asked.

    Selections of one catalog are combined by ``&`` (both), ``|`` (either), ``-`` (one
    and not the other) and ``~`` (all others). Nothing is computed before
    :meth:`count` or iteration.
    """

    __slots__ = ("_contents", "_core")

    _contents: Contents
    _core: compiled.Query

    def __init__(self) -> None:
        raise TypeError("a selection is made by `Catalog.select`")

    @classmethod
    def _of(cls, contents: Contents, core: compiled.Query) -> Selection:
        self = object.__new__(cls)
        self._contents = contents
        self._core = core
        return self

    def __and__(self, other: Selection) -> Selection:
        """Return the specs that both select."""
        return self._of(self._contents, self._core & self._joined(other))

    def __or__(self, other: Selection) -> Selection:
        """Return the specs that either selects."""
        return self._of(self._contents, self._core | self._joined(other))

    def __sub__(self, other: Selection) -> Selection:
        """Return the specs that this selects and the other does not."""
        return self._of(self._contents, self._core & ~self._joined(other))

    def __invert__(self) -> Selection:
        """Return the specs that this does not select."""
        return self._of(self._contents, ~self._core)

    def _joined(self, other: Selection) -> compiled.Query:
        if other._contents is not self._contents:
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
        return self._of(self._contents, self._core & compiled.Query.hashes(hashes))

    def search(self, spec: AbstractSpec | str, *, available: bool | None = None) -> Found:
        """Return the selected specs that satisfy an abstract spec, and the undecided ones.

        Args:
            spec: One abstract spec, or a text in Spack's syntax.
            available: Only specs that have a binary, or only those that have none.

        Raises:
            SpecSyntaxError: If it is none.
        """
        return self._found(written(spec), tags=None, available=available)

    def _found(self, spec: str, *, tags: list[str] | None, available: bool | None) -> Found:
        answer = self._contents.core.find(spec, self._core, tags)
        return found(
            spec,
            answer,
            available=available,
            packages=self._contents.core.names("package"),
            damaged=self._contents.damaged,
            left_out=merged(of_sources(self._contents, blocks=True)),
        )

    def count(self) -> int:
        """Return how many specs are selected, without building them."""
        return self._contents.core.count(self._core)

    def specs(self, tag: str | None = None) -> list[Spec]:
        """Return the selected specs, ordered by hash.

        Args:
            tag: A snapshot: the stacks and tags of the specs are those of it alone.
        """
        if tag is not None:
            self._contents.state(tag)  # refuses a tag that nothing bears
        return [spec_of(each) for each in self._contents.core.specs(self._core, tag)]

    def __iter__(self) -> Iterator[Spec]:
        """Iterate over the selected specs, ordered by hash."""
        return iter(self.specs())


def select(
    contents: Contents,
    columns: Mapping[compiled.Column, str | Sequence[str]],
    *,
    stack: str | Sequence[str],
    tag: str | None,
    hashes: str | Sequence[str],
) -> Selection:
    """Return the specs that match in every respect; see :meth:`specplan.Catalog.select`.

    Args:
        contents: What is selected from.
        columns: Shell patterns by column; a column without any is left open.
        stack: See there.
        tag: See there.
        hashes: Whole hashes.

    Raises:
        UsageError: If a hash is none.
    """
    core, query = contents.core, compiled.Query.all()
    for column, patterns in columns.items():
        if patterns:
            names = core.names(column)
            # A package may be called `root`: only as a stack does it need its name in full.
            found = [
                name for name in names if any(fnmatchcase(name, each) for each in texts(patterns))
            ]
            query &= compiled.Query.text(column, found)
    if stack:
        labels = [name for name in core.labels(None) if any_matches(texts(stack), name)]
        query &= compiled.Query.stack(tag, labels)
    elif tag is not None:
        query &= compiled.Query.text("tag", [tag])
    if hashes:
        try:
            query &= compiled.Query.hashes(list(texts(hashes)))
        except ValueError as error:
            raise UsageError(str(error)) from error
    return Selection._of(contents, query)
