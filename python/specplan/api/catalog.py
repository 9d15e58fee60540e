"""The catalog, with a method for each question."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from os import PathLike, fspath
from typing import Final, Literal, TypeAlias, TypedDict, TypeVar, get_args

from specplan import _core as compiled
from specplan.abstract_spec import AbstractSpec
from specplan.aliases import Counted, NamedField, Paths
from specplan.api.keywords import refuse_keywords_beside, refuse_unknown_keywords
from specplan.arguments import checked
from specplan.catalog.contents import Contents
from specplan.catalog.diff import DiffRequest, difference
from specplan.catalog.find import FindKeywords, find_specs
from specplan.catalog.names import ROOT, as_paths, as_tuple, refuse_others
from specplan.catalog.selection import Selection, SelectKeywords, select
from specplan.catalog.specs import edge_of, steps_of
from specplan.check.request import CheckRequest
from specplan.coverage import records
from specplan.coverage.query import CoverageQuery
from specplan.coverage.solve import answer, solve
from specplan.errors import UsageError
from specplan.model import (
    Cell,
    Compatibility,
    Coverage,
    DamagedFile,
    Diff,
    LackingKeys,
    Level,
    LockDiff,
    Measured,
    NotWanted,
    Policy,
    Scope,
    Spec,
    Trend,
)
from specplan.model.budget import Weight
from specplan.model.check import Check, Finding, Verify
from specplan.model.find import Found
from specplan.model.host import Host
from specplan.model.report import Table
from specplan.model.rows import Rows
from specplan.model.spec import DependencyEdge, PathStep
from specplan.planning.plan import Plan
from specplan.planning.request import (
    BudgetLimits,
    ChangeRequest,
    PlanRequest,
    SearchLimits,
    WhatIfRequest,
)
from specplan.sources import Limits

if sys.version_info >= (3, 11):
    from typing import Unpack
else:
    from typing_extensions import Unpack

__all__ = ["Catalog", "CoverageKeywords", "PlanKeywords", "trend"]


_Found = TypeVar("_Found")


class CoverageKeywords(TypedDict, total=False):
    """The fields of :class:`CoverageQuery` as keywords, in the forms that are easy to type."""

    stack: str | Sequence[str]
    peers: str | Sequence[str]
    system: str | Sequence[str]
    os: str | Sequence[str]
    target: str | Sequence[str]
    tag: str | None
    baseline: str | Catalog | None
    want: Paths
    scope: Scope
    level: Level | None
    compat: Compatibility
    not_wanted: Sequence[NotWanted]
    families: Mapping[str, str | Sequence[str]] | None
    libc: Mapping[str, str] | None
    cells: Mapping[str, str | Sequence[str]] | None
    host: Host | None
    include: Mapping[str, str | PathLike[str]] | None
    group: str | Sequence[str]
    packages: str | PathLike[str] | None
    allow_left_out: str | Collection[str]
    nearest: bool
    covered: bool


class PlanKeywords(CoverageKeywords, total=False):
    """The fields of :class:`PlanRequest` and its parts as keywords."""

    candidates: Paths
    changed: str | Sequence[str]
    changed_if_wanted: str | Sequence[str] | None
    policy: Policy
    depth: int | None
    exclude_broken: str | Sequence[str]
    assume_available: str | Sequence[str]
    without: str | Sequence[str]
    costs: Paths
    jobs: int | None
    max_builds: int | None
    max_cost: float | None
    weights: Sequence[Weight]
    budget_curve: bool
    node_limit: int | None
    time_limit: float | None
    limits: Limits | None


#: The tables of a catalog.
TableName: TypeAlias = Literal["specs", "edges", "members"]

_TABLES: Final[tuple[TableName, ...]] = get_args(TableName)


class Catalog:
    """Specs of one or more sources, with the stacks and snapshots that list them.

    Made by :func:`specplan.load`; immutable, and safe to share between threads. Two catalogs are
    equal if they have the same rows, regardless of the order of their files.
    """

    __slots__ = ("_contents",)

    _contents: Contents

    def __init__(self) -> None:
        raise TypeError("a catalog is made by `specplan.load`")

    @classmethod
    def _from_contents(cls, contents: Contents) -> Catalog:
        self = object.__new__(cls)
        self._contents = contents
        return self

    @property
    def _core(self) -> compiled.Catalog:
        return self._contents.core

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources, as they were given."""
        return self._contents.sources

    @property
    def damaged(self) -> Rows[DamagedFile]:
        """Files that were skipped because they are damaged, ordered by path."""
        return Rows(DamagedFile, "damaged file", self._contents.damaged)

    @property
    def contradictions(self) -> Rows[Finding]:
        """Pages whose `meta` contradicts their specs, ordered by path."""
        return Rows(Finding, "contradiction", self._contents.contradictions)

    @property
    def notes(self) -> tuple[str, ...]:
        """Surprising facts about the sources, one sentence each."""
        return self._contents.notes

    def __len__(self) -> int:
        """Return the number of distinct specs."""
        return len(self._core)

    def __eq__(self, other: object) -> bool:
        """Return whether both catalogs have the same rows."""
        return self._core == other._core if isinstance(other, Catalog) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash that equal catalogs share."""
        return hash(self._core)

    def __repr__(self) -> str:
        return f"<Catalog: {len(self)} specs, {len(self.tags)} snapshots>"

    @checked
    def merged(self, other: Catalog) -> Catalog:
        """Return the union of both catalogs.

        Merging is associative, commutative and idempotent. If both know a hash with different
        content, the newer snapshot wins; :meth:`check` reports it.

        Examples:
            >>> import specplan
            >>> catalog = specplan.load("examples/cache")
            >>> catalog.merged(catalog) == catalog
            True
        """
        return self._from_contents(self._contents.merged(other._contents))

    @property
    def tags(self) -> tuple[str, ...]:
        """The snapshots of all sources, newest first."""
        return self._contents.tags

    @checked
    def unused_tags(self, *asked: str | None) -> tuple[str, ...]:
        """Return the snapshots that an answer ignores, newest first.

        Args:
            *asked: The selected snapshots; None is the newest of each source.
        """
        return self._contents.unused_tags(asked)

    @checked
    def table(self, name: TableName) -> Table:
        """Return a table of the catalog, which Polars, pyarrow, DuckDB and pandas take.

        The columns are those of the files of a saved catalog, which `docs/scale.md` lists;
        ``members`` has the snapshot as its last column.

        Args:
            name: ``specs``, ``edges`` or ``members``.

        Raises:
            UsageError: If there is no such table.
        """
        from specplan.tables import of_catalog  # noqa: PLC0415 - coverage needs no tables

        if name not in _TABLES:
            raise UsageError(
                f"`{name}` is not a table of a catalog", hint=f"its tables are {', '.join(_TABLES)}"
            )
        return of_catalog(self._core)[_TABLES.index(name)]

    @checked
    def stacks(self, tag: str | None = None) -> tuple[str, ...]:
        """Return the stacks that a snapshot lists, sorted; the union index is not one.

        Args:
            tag: The snapshot; by default the newest of each source.
        """
        stacks = self._core.stacks(self._state(tag))
        return tuple(stack for stack in stacks if stack != ROOT)

    @checked
    def dependencies(self, spec: Spec | str) -> Rows[DependencyEdge] | None:
        """Return the dependencies of a spec, in its source's order; None if no source lists them.

        Args:
            spec: The spec, or its hash.

        Raises:
            UsageError: If the catalog does not know it.

        Examples:
            >>> import specplan
            >>> catalog = specplan.load("examples/locks/radiuss/spack.lock")
            >>> bison = catalog.select(package="bison")[0]
            >>> [edge.package for edge in catalog.dependencies(bison) if "run" in edge.types]
            ['m4']
        """
        edges = self._known(self._core.dependencies, _hash_of(spec))
        return None if edges is None else _edges(edges)

    @checked
    def dependents(self, spec: Spec | str) -> Rows[DependencyEdge]:
        """Return the specs that depend on a spec directly, by hash; O(edges of the catalog).

        Args:
            spec: The spec, or its hash.

        Raises:
            UsageError: If the catalog does not know it.
        """
        return _edges(self._known(self._core.dependents, _hash_of(spec)))

    @checked
    def path(self, spec: Spec | str, to: Spec | str) -> Rows[PathStep]:
        """Return a shortest path over dependencies, including both ends.

        Empty if there is none. O(specs + edges).

        Args:
            spec: The start: a spec, or its hash.
            to: The end: a spec, or its hash.

        Raises:
            UsageError: If the catalog does not know one of them.

        Examples:
            >>> import specplan
            >>> catalog = specplan.load("examples/locks/radiuss/spack.lock")
            >>> conduit, bison = (catalog.select(package=each)[0] for each in ("conduit", "bison"))
            >>> [(step.package, step.types) for step in catalog.path(conduit, bison)][-2:]
            [('krb5', ('build', 'link')), ('bison', ('build',))]
        """
        dag_hash = _hash_of(to)
        hashes = self._known(lambda each: self._core.path(each, dag_hash), _hash_of(spec))
        return Rows(PathStep, "step", steps_of(self._core, hashes))

    def _known(self, ask: Callable[[str], _Found], dag_hash: str) -> _Found:
        try:
            return ask(dag_hash)
        except ValueError as error:
            raise UsageError(
                f"a spec is not in the catalog: {error}",
                hint="`Catalog.select()` lists its specs",
            ) from error

    @checked
    def names(self, field: NamedField) -> tuple[str, ...]:
        """Return the distinct values of a field of all specs, sorted as text.

        Args:
            field: ``package``, ``version``, ``platform``, ``os``, ``target`` or ``compiler``.

        Raises:
            UsageError: If it is not one of these.

        Examples:
            >>> import specplan
            >>> specplan.load("examples/cache").names("target")
            ('aarch64', 'neoverse_v2', 'x86_64_v3')
        """
        refuse_others("field", field, get_args(NamedField))
        return tuple(sorted(self._core.names(field)))

    @checked
    def select(self, **keywords: Unpack[SelectKeywords]) -> Selection:
        """Return the specs that match every given keyword.

        Each keyword takes one or several shell patterns, any of which may match; ``hash`` takes
        whole hashes. A pattern without a match selects nothing.

        Args:
            **keywords: ``package``, ``version`` (as the sources spell it), ``platform``, ``os``,
                ``target``, ``compiler`` (``name@version`` or ``none``) and ``hash`` of the
                specs; ``tag``: a snapshot that lists them; ``stack``: stacks that list them,
                in the snapshot ``tag`` if it is given.

        Raises:
            UsageError: If a hash is not valid.
            TypeError: If a keyword is unknown.

        Examples:
            >>> import specplan
            >>> catalog = specplan.load("examples/cache")
            >>> adios2 = catalog.select(package="adios2", stack="e4s*")
            >>> [(spec.version, spec.target) for spec in adios2]
            [('2.11.0', 'x86_64_v3'), ('2.11.0', 'neoverse_v2')]
            >>> (catalog.select(package="py-*") & ~catalog.select(os="ubuntu24.04")).count()
            36
        """
        refuse_unknown_keywords(keywords, SelectKeywords.__optional_keys__)
        return select(self._contents, keywords)

    @checked
    def find(self, spec: AbstractSpec | str, **question: Unpack[FindKeywords]) -> Rows[Spec]:
        """Return the known specs that satisfy an abstract spec, as Spack does.

        Externals and specs without a binary are found too. The order is by name, version, os,
        target and hash.

        Args:
            spec: One abstract spec, or a text in Spack's syntax: ``hdf5@1.14:+mpi ^zlib-ng``,
                ``%gcc@12: target=x86_64_v3:``, ``/abcdef``. ``docs/find.md`` shows all of it.
            **question: The keywords of :meth:`query`, which also lists undecided specs
                instead of raising an error.

        Raises:
            SpecSyntaxError: If it is not an abstract spec.
            UndecidedError: If the sources cannot decide it for every spec.
            UnknownNameError: If a stack, system or snapshot is unknown.

        Examples:
            >>> import specplan
            >>> catalog = specplan.load("examples/cache")
            >>> [(spec.version, spec.target) for spec in catalog.find("adios2+mpi", stack="e4s*")]
            [('2.11.0', 'neoverse_v2'), ('2.11.0', 'x86_64_v3')]
        """
        return self.query(spec, **question).decided()

    @checked
    def query(self, spec: AbstractSpec | str, **question: Unpack[FindKeywords]) -> Found:
        """Return the known specs that satisfy an abstract spec, and the undecided ones.

        Args:
            spec: One abstract spec, or a text in Spack's syntax.
            **question: ``stack``, ``os``, ``target``: only specs on these (shell patterns,
                stacks as the snapshots list them). ``tag``: only what this snapshot lists,
                and the sources that have no snapshots; all are searched by default.
                ``available``: only specs that have a binary, or only those that have none.
                ``lock``: locks, ``[LABEL=]spack.lock``, whose specs are searched too.

        Raises:
            SpecSyntaxError: If it is not an abstract spec.
            UnknownNameError: If a stack, system or snapshot is unknown.

        Examples:
            >>> import specplan
            >>> catalog = specplan.load("examples/cache")
            >>> found = catalog.query("adios2 ^zlib-ng", target="neoverse_v2")
            >>> len(found.specs), found.undecided[0].reason
            (0, 'the source does not record the dependencies')
        """
        refuse_unknown_keywords(question, FindKeywords.__optional_keys__)
        return find_specs(self._contents, spec, question)

    @checked
    def gaps(
        self, query: CoverageQuery | None = None, /, **keywords: Unpack[CoverageKeywords]
    ) -> Coverage:
        """Return the coverage of the reported cells and their gaps.

        Specs that cover the roots of environments *could* be reused: coverage is an upper bound,
        because a concretizer may still decide otherwise.

        Args:
            query: The query; by default it is made from the keywords.
            **keywords: The fields of :class:`CoverageQuery`. A single text may replace a sequence
                of one. ``baseline`` may also be another catalog, whose newest snapshot counts; it
                can be combined with a query too.

        Raises:
            UnknownNameError: If a stack, system or snapshot is unknown.
            EmptySelectionError: If no cell is left to report.
            UsageError: If the question makes no sense otherwise.
            TypeError: If a keyword is unknown, or both a query and its fields are given.

        Examples:
            >>> import specplan
            >>> catalog = specplan.load("examples/pages")
            >>> report = catalog.gaps(stack="e4s", peers="*", level="version")
            >>> report.totals.covered, report.totals.wanted
            (1, 2)
            >>> report.gaps[0].want, report.gaps[0].state
            ('py-pluggy@1.0.0', 'other_system')
        """
        return solve(self._contents, *_coverage_query(query, keywords))

    #: The same document as :meth:`gaps`, viewed by cell instead of by gap.
    coverage = gaps

    @checked
    def matrix(
        self, query: CoverageQuery | None = None, /, **keywords: Unpack[CoverageKeywords]
    ) -> Rows[Cell]:
        """Return only the cells of :meth:`gaps`: counts, without computing gaps.

        Args:
            query: The query; by default it is made from the keywords.
            **keywords: The keywords of :meth:`gaps`.

        Examples:
            >>> import specplan
            >>> cells = specplan.load("examples/cache").matrix(stack="e4s*")
            >>> [(cell.stack, cell.covered, cell.wanted) for cell in cells]
            [('e4s', 100, 101), ('e4s-neoverse-v2', 92, 101)]
        """
        answered = answer(self._contents, *_coverage_query(query, keywords), "cells")
        return Rows(Cell, "cell", records.cells(answered, records.own_cells(answered)))

    @checked
    def lacking(
        self, query: CoverageQuery | None = None, /, **keywords: Unpack[CoverageKeywords]
    ) -> Rows[LackingKeys]:
        """Return the keys that each cell of :meth:`gaps` lacks, unranked.

        Args:
            query: The query; by default it is made from the keywords.
            **keywords: The keywords of :meth:`gaps`.

        Examples:
            >>> import specplan
            >>> specplan.load("examples/cache").lacking(stack="e4s")[0].keys
            ('gnuconfig',)
        """
        answered = answer(self._contents, *_coverage_query(query, keywords), "keys")
        return Rows(LackingKeys, "cell", tuple(records.lacking(answered)))

    @checked
    def trend_step(
        self,
        name: str,
        query: CoverageQuery | None = None,
        /,
        **keywords: Unpack[CoverageKeywords],
    ) -> Measured:
        """Return one step for :func:`trend`, which does not keep this catalog.

        Args:
            name: The name of the step.
            query: The query; by default it is made from the keywords.
            **keywords: The keywords of :meth:`gaps`, without ``baseline``.

        Raises:
            UnknownNameError: If a stack, system or snapshot is unknown.
            UsageError: If the question makes no sense otherwise.
        """
        from specplan.coverage import trend as steps  # noqa: PLC0415 - coverage needs no trend

        asked, older = _coverage_query(query, keywords)
        if older is not None or asked.baseline is not None:
            raise UsageError("a trend has no baseline: each step is compared with the one before")
        return steps.measured(self._contents, asked, name)

    @checked
    def diff(
        self,
        old: str | Catalog,
        new: str | Catalog | None = None,
        *,
        stack: str | Sequence[str] = (),
        os: str | Sequence[str] = (),
        target: str | Sequence[str] = (),
        level: Level = "package",
    ) -> Diff:
        """Compare two states, cell by cell and key by key.

        A package whose old keys were replaced by new ones has changed; it is lost only if nothing
        new in the cell replaces the old keys. A stack that only one state lists is named but not
        compared.

        Args:
            old: A snapshot of this catalog, or another catalog, whose newest snapshot counts.
            new: The newer state, in the same form; by default the newest snapshot of this catalog.
            stack: Shell patterns of the stacks to compare; all but ``root`` by default.
            os: Only cells of these operating systems (shell patterns).
            target: Only cells of these targets (shell patterns).
            level: The level of keys. At level ``package`` a package has changed if its versions
                have.

        Raises:
            UnknownNameError: If a stack, system or snapshot is unknown.

        Examples:
            >>> import specplan
            >>> diff = specplan.load("examples/cache").diff("develop-2025-11-15", stack="radiuss")
            >>> diff.totals.changed, [key.want for key in diff.lost]
            (30, ['lvarray'])
        """
        newer = new if isinstance(new, Catalog) else self
        older = old if isinstance(old, Catalog) else self
        request = DiffRequest(
            old=None if isinstance(old, Catalog) else old,
            new=None if isinstance(new, Catalog) else new,
            stack=as_tuple(stack),
            os=as_tuple(os),
            target=as_tuple(target),
            level=level,
        )
        return difference(older._contents, newer._contents, request, _called(old), _called(new))

    @checked
    def rebuild(
        self, request: PlanRequest | None = None, /, **keywords: Unpack[PlanKeywords]
    ) -> Plan:
        """Plan the smallest set of builds after which all wants install from this catalog alone.

        Args:
            request: The request; by default it is made from the keywords.
            **keywords: The fields of :class:`CoverageQuery`, which define the wants, and those of
                :class:`PlanRequest` and its parts: ``candidates``, ``exclude_broken``, ``costs``,
                ``jobs``, ``limits``; of :class:`ChangeRequest` ``changed`` (its ``specs``),
                ``changed_if_wanted`` (its ``listed``), ``policy``, ``depth``; of
                :class:`WhatIfRequest` ``assume_available``, ``without``; of :class:`BudgetLimits`
                ``max_builds``, ``max_cost``, ``weights``, ``budget_curve`` (its ``curve``); of
                :class:`SearchLimits` ``node_limit``, ``time_limit``. ``baseline`` may also be
                another catalog; it can be combined with a request too.

        Raises:
            SourceError: If a lock cannot be read.
            UnknownNameError: If a changed spec is in no want, or the snapshot is unknown.
            UsageError: If the question makes no sense otherwise.
            TypeError: If a keyword is unknown, or both a request and its fields are given.
        """
        from specplan.planning.rebuild import rebuild  # noqa: PLC0415 - coverage needs no planner

        return rebuild(self._contents, *_plan_request(request, keywords))

    @checked
    def diff_specs(self, old: Catalog) -> LockDiff:
        """Return the new specs since an older state, and their causes.

        Both states may be locks, indexes or mirrors; all their specs count, with a binary or
        without. Every new hash has a spec in its closure whose own content changed.

        Args:
            old: The older state, whose newest snapshot counts.
        """
        from specplan.catalog.lock_diff import compare  # noqa: PLC0415 - coverage needs no planner

        return compare(old._contents, self._contents)

    @checked
    def check(
        self,
        *,
        want: Paths = (),
        tag: str | None = None,
        verify: Verify = "index",
        limits: Limits | None = None,
        counted: Counted | None = None,
        libc: Mapping[str, str] | None = None,
        host: Host | None = None,
    ) -> Check:
        """List all faults in the sources.

        Args:
            want: Locks, ``[LABEL=]spack.lock``, whose roots count as broken or sound; without any,
                these are the binaries that no other binary depends on.
            tag: The snapshot whose binaries count; by default the newest of each source.
            verify: The level of verification: with ``index``, indexes and other files of specs;
                with ``manifests``, also the manifests and spec files of mirrors; with ``blobs``,
                also the bytes of their binaries.
            limits: The limits for each lock.
            counted: Called with the number of checked files of a mirror, and their total.
            libc: More operating systems with their C libraries, as for :meth:`gaps`.
            host: The machine to which conditions in the environments beside locks refer.

        Raises:
            RemoteError: If a file of a mirror cannot be fetched.
            SourceError: If a lock cannot be read.
            UnknownNameError: If the snapshot is unknown.
            UsageError: If ``verify`` is not one of its words, or needs files of mirrors but no
                source is a mirror.

        Examples:
            >>> import specplan
            >>> specplan.load("examples/cache").check().findings
            ()
        """
        from specplan.check import findings  # noqa: PLC0415 - coverage needs no check

        request = CheckRequest(
            want=as_paths(want),
            tag=tag,
            verify=verify,
            limits=limits,
            libc=libc or {},
            host=host or Host(),
        )
        return findings.check(self._contents, request, counted)

    def _state(self, tag: str | None) -> compiled.State:
        return self._contents.state(tag)


@checked
def trend(steps: Iterable[Measured]) -> Trend:
    """Return the coverage over steps, which are read one after the other.

    Args:
        steps: The results of :meth:`Catalog.trend_step`, the oldest first; a generator that loads
            one catalog after the other needs memory for only one at a time.

    Raises:
        UsageError: If there are none, or one answers another question than the first.

    Examples:
        >>> import specplan
        >>> catalog = specplan.load("examples/cache")
        >>> tags = reversed(catalog.tags)
        >>> course = specplan.trend(
        ...     catalog.trend_step(tag, tag=tag, stack="radiuss", peers="radiuss") for tag in tags
        ... )
        >>> [step.name for step in course.steps], len(course.lost)
        (['develop-2025-11-15', 'develop-2026-01-17'], 0)
    """
    from specplan.coverage import trend as of_steps  # noqa: PLC0415 - coverage needs no trend

    return of_steps.trend(steps)


def _called(state: str | Catalog | None) -> str | None:
    return state._contents.name or None if isinstance(state, Catalog) else state


def _edges(found: Iterable[compiled.NeighbourAnswer]) -> Rows[DependencyEdge]:
    return Rows(DependencyEdge, "edge", tuple(map(edge_of, found)))


def _hash_of(spec: Spec | str) -> str:
    return spec if isinstance(spec, str) else spec.hash


def _coverage_query(
    query: CoverageQuery | None, keywords: CoverageKeywords
) -> tuple[CoverageQuery, Contents | None]:
    """Return the query from keywords, and the other catalog that they name as baseline."""
    baseline = keywords.get("baseline")
    older = baseline._contents if isinstance(baseline, Catalog) else None
    if query is not None:
        refuse_keywords_beside(keywords, allowed=older is not None)
        return query, older
    refuse_unknown_keywords(keywords, CoverageKeywords.__optional_keys__)
    return _query_of(keywords), older


def _query_of(keywords: CoverageKeywords) -> CoverageQuery:
    baseline, packages = keywords.get("baseline"), keywords.get("packages")
    return CoverageQuery(
        stack=as_tuple(keywords.get("stack", ())),
        peers=as_tuple(keywords.get("peers", ())),
        system=as_tuple(keywords.get("system", ())),
        os=as_tuple(keywords.get("os", ())),
        target=as_tuple(keywords.get("target", ())),
        tag=keywords.get("tag"),
        baseline=baseline if isinstance(baseline, str) else None,
        want=as_paths(keywords.get("want", ())),
        scope=keywords.get("scope", "runtime"),
        level=keywords.get("level"),
        compat=keywords.get("compat", "exact"),
        not_wanted=tuple(keywords.get("not_wanted", ())),
        families=_texts_of(keywords.get("families")),
        libc=keywords.get("libc") or {},
        cells=_texts_of(keywords.get("cells")),
        host=keywords.get("host") or Host(),
        include={url: fspath(file) for url, file in (keywords.get("include") or {}).items()},
        group=as_tuple(keywords.get("group", ())),
        packages=None if packages is None else fspath(packages),
        allow_left_out=frozenset(as_tuple(keywords.get("allow_left_out", ()))),
        nearest=keywords.get("nearest", True),
        covered=keywords.get("covered", False),
    )


def _plan_request(
    request: PlanRequest | None, keywords: PlanKeywords
) -> tuple[PlanRequest, Contents | None]:
    """Return the request from keywords, and the other catalog that they name as baseline."""
    baseline = keywords.get("baseline")
    older = baseline._contents if isinstance(baseline, Catalog) else None
    if request is not None:
        refuse_keywords_beside(keywords, allowed=older is not None)
        return request, older
    refuse_unknown_keywords(keywords, PlanKeywords.__optional_keys__)
    return (
        PlanRequest(
            coverage=_query_of(keywords),
            candidates=as_paths(keywords.get("candidates", ())),
            change=_change(keywords),
            exclude_broken=as_tuple(keywords.get("exclude_broken", ())),
            what_if=WhatIfRequest(
                assume_available=as_tuple(keywords.get("assume_available", ())),
                without=as_tuple(keywords.get("without", ())),
            ),
            costs=as_paths(keywords.get("costs", ())),
            jobs=keywords.get("jobs"),
            budget=BudgetLimits(
                builds=keywords.get("max_builds"),
                cost=keywords.get("max_cost"),
                weights=tuple(keywords.get("weights", ())),
                curve=keywords.get("budget_curve", False),
            ),
            search=SearchLimits(
                nodes=keywords.get("node_limit"), seconds=keywords.get("time_limit")
            ),
            limits=keywords.get("limits"),
        ),
        older,
    )


def _change(keywords: PlanKeywords) -> ChangeRequest | None:
    specs, listed = as_tuple(keywords.get("changed", ())), keywords.get("changed_if_wanted")
    policy, depth = keywords.get("policy", "hash"), keywords.get("depth")
    if not specs and listed is None and policy == "hash" and depth is None:
        return None
    return ChangeRequest(
        specs=specs, listed=None if listed is None else as_tuple(listed), policy=policy, depth=depth
    )


def _texts_of(given: Mapping[str, str | Sequence[str]] | None) -> Mapping[str, tuple[str, ...]]:
    """Return sequences of texts by name; a single text may replace a sequence."""
    return {name: as_tuple(each) for name, each in (given or {}).items()}
