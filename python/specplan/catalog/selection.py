"""Selections: specs of a catalog as a query in set algebra."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypedDict, get_args, overload

from specplan import _core, wildcards
from specplan import _core as compiled
from specplan.abstract_spec import AbstractSpec, written
from specplan.aliases import NamedField
from specplan.arguments import checked
from specplan.catalog.contents import Contents
from specplan.catalog.left_out import of_sources
from specplan.catalog.names import any_matches, as_tuple
from specplan.catalog.specs import lazy_specs, specs_of
from specplan.counting import count
from specplan.errors import UsageError
from specplan.model import DamagedFile, LeftOut, SourceUsed, Spec
from specplan.model.columns import from_columns
from specplan.model.find import Found, Undecided
from specplan.model.left_out import merged
from specplan.model.report import Table
from specplan.model.rows import Rows
from specplan.model.streamed_sequence import StreamedSequence
from specplan.similar_names import suggestions

__all__ = ["SelectKeywords", "Selection", "found", "select"]


class Selection(StreamedSequence[Spec]):
    """Specs of a catalog, as a query that is evaluated on demand.

    Selections of one catalog are combined by ``&`` (both), ``|`` (either), ``-`` (one and not the
    other) and ``~`` (all others). Nothing is computed before :meth:`count`, ``len`` or iteration.
    As a sequence, its specs are ordered by hash.
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
        """Return the specs that at least one selects."""
        return self._of(self._contents, self._core | self._joined(other))

    def __sub__(self, other: Selection) -> Selection:
        """Return the specs that this selects and the other does not."""
        return self._of(self._contents, self._core & ~self._joined(other))

    def __invert__(self) -> Selection:
        """Return the specs that this does not select."""
        return self._of(self._contents, ~self._core)

    @checked
    def _joined(self, other: Selection) -> compiled.Query:
        if other._contents is not self._contents:
            raise UsageError("selections of two catalogs cannot be combined")
        return other._core

    @checked
    def satisfying(self, spec: AbstractSpec | str) -> Selection:
        """Return the selected specs that satisfy an abstract spec, as a selection again.

        Args:
            spec: One abstract spec, or a text in Spack's syntax.

        Raises:
            SpecSyntaxError: If it is not an abstract spec.
            UndecidedError: If the sources cannot decide it for every selected spec.

        Examples:
            >>> from specplan import load
            >>> catalog = load("examples/cache")
            >>> listed = catalog.select(stack="e4s*")
            >>> parallel = listed.satisfying("+mpi")
            >>> parallel.count(), (listed - parallel).count()
            (19, 216)
        """
        hashes = [each.hash for each in self.query(spec).decided()]
        return self._of(self._contents, self._core & compiled.Query.hashes(hashes))

    @checked
    def query(self, spec: AbstractSpec | str, *, available: bool | None = None) -> Found:
        """Return the selected specs that satisfy an abstract spec, and the undecided ones.

        Args:
            spec: One abstract spec, or a text in Spack's syntax.
            available: Only specs that have a binary, or only those that have none.

        Raises:
            SpecSyntaxError: If it is not an abstract spec.
        """
        return self._found(written(spec), tags=None, available=available)

    def _found(self, spec: str, *, tags: list[str] | None, available: bool | None) -> Found:
        answer = self._contents.core.find(spec, self._core, tags)
        result = found(
            spec,
            answer,
            available=available,
            packages=self._contents.core.names("package"),
            damaged=self._contents.damaged,
            left_out=merged(of_sources(self._contents, blocks=True)),
            sources=self._contents.used,
        )
        if len(result.specs):
            return result
        from specplan.catalog.misspelt import misspelt  # noqa: PLC0415 - most find something

        return replace(result, misspelt=misspelt(self._contents.core, spec))

    def count(self, value: object = None) -> int:
        """Return the number of selected specs, without building them.

        Args:
            value: A spec or a hash: it is selected once or not at all.
        """
        if value is not None:
            return int(value in self)
        return self._contents.core.count(self._core)

    @checked
    def specs(self, tag: str | None = None) -> Rows[Spec]:
        """Return the selected specs, ordered by hash.

        Args:
            tag: A snapshot; the specs then have only its stacks and tags.
        """
        if tag is not None:
            self._contents.state(tag)  # refuses an unknown tag
        return Rows(Spec, "spec", specs_of(self._contents.core.specs(self._core, tag)))

    def __iter__(self) -> Iterator[Spec]:
        """Iterate over the selected specs, ordered by hash."""
        return iter(self.specs())

    def __len__(self) -> int:
        """Return the number of selected specs, without building them."""
        return self.count()

    def __bool__(self) -> bool:
        """Return whether anything is selected."""
        return self.count() > 0

    @overload
    def __getitem__(self, index: int) -> Spec: ...
    @overload
    def __getitem__(self, index: slice) -> Rows[Spec]: ...
    def __getitem__(self, index: int | slice) -> Spec | Rows[Spec]:
        """Return the selected specs at some positions in the order of hashes."""
        return self.specs()[index]

    def __contains__(self, spec: object) -> bool:
        """Return whether a spec is selected; a text is taken as its hash."""
        dag_hash = spec.hash if isinstance(spec, Spec) else spec
        if not isinstance(dag_hash, str):
            return False
        try:
            one = compiled.Query.hashes([dag_hash])
        except ValueError:
            return False  # not a hash, so no spec has it
        return self._contents.core.count(self._core & one) > 0

    def table(self) -> Table:
        """Return the selected specs as a table, which Polars, pyarrow, DuckDB and pandas take.

        Raises:
            UsageError: If the core was built without tables.
        """
        answers = self._contents.core.specs(self._core, None)
        return Rows(Spec, "spec", lazy_specs(answers)).table()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the selected specs as a stream of Arrow's C interface."""
        return self.table().__arrow_c_stream__(requested_schema)

    def _repr_html_(self) -> str:
        """Return the selected specs as a table for a notebook, cut if it is long."""
        return self.specs()._repr_html_()

    def __repr__(self) -> str:
        return f"<Selection: {count(self.count(), 'spec')}>"


#: The columns to which patterns apply.
_COLUMNS: Final[tuple[NamedField, ...]] = get_args(NamedField)


class SelectKeywords(TypedDict, total=False):
    """The keywords of :meth:`specplan.Catalog.select`."""

    package: str | Sequence[str]
    version: str | Sequence[str]
    platform: str | Sequence[str]
    os: str | Sequence[str]
    target: str | Sequence[str]
    compiler: str | Sequence[str]
    stack: str | Sequence[str]
    tag: str | None
    hash: str | Sequence[str]


def select(contents: Contents, keywords: SelectKeywords) -> Selection:
    """Return the specs that match every keyword; see :meth:`specplan.Catalog.select`.

    Args:
        contents: The catalog to select from.
        keywords: Shell patterns by field; a field without patterns is not compared.

    Raises:
        UsageError: If a hash is not valid.
    """
    core, query = contents.core, compiled.Query.all()
    for column in _COLUMNS:
        if patterns := as_tuple(keywords.get(column, ())):
            # A package may be called `root`: only the stack of that name needs an exact match.
            names = [
                name
                for name in core.names(column)
                if any(wildcards.matches(name, pattern) for pattern in patterns)
            ]
            query &= compiled.Query.text(column, names)
    tag = keywords.get("tag")
    if tag is not None and tag not in contents.tags:
        # Nothing lists it, and the core takes only UTF-8.
        tag, query = None, query & compiled.Query.text("tag", [])
    if patterns := as_tuple(keywords.get("stack", ())):
        stacks = [name for name in core.stacks(None) if any_matches(patterns, name)]
        query &= compiled.Query.stack(tag, stacks)
    elif tag is not None:
        query &= compiled.Query.text("tag", [tag])
    if hashes := as_tuple(keywords.get("hash", ())):
        try:
            query &= compiled.Query.hashes(list(hashes))
        except ValueError as error:
            raise UsageError(str(error)) from error
    return Selection._of(contents, query)


def found(
    query: str,
    answer: _core.FoundAnswer,
    *,
    available: bool | None,
    packages: Collection[str],
    damaged: tuple[DamagedFile, ...],
    left_out: tuple[LeftOut, ...],
    sources: tuple[SourceUsed, ...],
) -> Found:
    """Return the report on the specs that an abstract spec matches.

    Args:
        query: The abstract spec.
        answer: The answer of the core.
        available: Keep only available specs, or only unavailable ones.
        packages: The names of all known packages.
        damaged: Files that were not searched.
        left_out: Input of the question that could not be taken into account.
        sources: The record of each source that was read.
    """
    satisfying: Sequence[compiled.SpecAnswer] = answer.specs
    undecided: Sequence[compiled.UnknownSpecAnswer] = answer.unknown
    if available is not None:
        satisfying = [each for each in satisfying if each.is_available is available]
        undecided = [each for each in undecided if each.spec.is_available is available]
    name = compiled.AbstractSpec(query).name
    unknown = name if name is not None and name not in packages else None
    return Found(
        query=query,
        specs=lazy_specs(satisfying),
        undecided=tuple(
            from_columns(
                Undecided,
                len(undecided),
                spec=specs_of([each.spec for each in undecided]),
                missing=[each.missing for each in undecided],
                reason=[each.reason for each in undecided],
            )
        ),
        unknown_name=unknown,
        suggestions=() if unknown is None else suggestions(unknown, packages),
        damaged=damaged,
        left_out=left_out,
        sources=sources,
    )
