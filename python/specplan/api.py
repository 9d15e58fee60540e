"""The catalog: what scripts and the command line ask."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from specplan import _core as compiled
from specplan.catalog import whereabouts
from specplan.catalog.contents import Contents, tag_of
from specplan.catalog.damage import damage
from specplan.catalog.diff import difference
from specplan.catalog.find import Search, search
from specplan.catalog.left_out import of_sources
from specplan.catalog.names import ROOT, texts
from specplan.catalog.selection import Selection, select
from specplan.catalog.systems import Systems
from specplan.check import findings
from specplan.config import NO_CACHE
from specplan.coverage import records as answers
from specplan.coverage.ask import Answer, ask, environment_options
from specplan.coverage.left_out import of_coverage
from specplan.coverage.query import Question
from specplan.errors import DamagedSourceError, UsageError
from specplan.model.left_out import merged
from specplan.sources import Limits, read
from specplan.sources.mirrors.consumer import consumer_of
from specplan.sources.reading_options import ReadingOptions
from specplan.sources.wants import read_wanted, read_wants

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from typing_extensions import Unpack

    from specplan._core import State
    from specplan.abstract_spec import AbstractSpec
    from specplan.aliases import Counted, Places, Progress
    from specplan.model import (
        Cell,
        Compatibility,
        Coverage,
        DamagedFile,
        Diff,
        Level,
        LockDiff,
        NotWanted,
        Policy,
        Scope,
        Spec,
    )
    from specplan.model.budget import Weight
    from specplan.model.check import Check, Finding, Verify
    from specplan.model.find import Found
    from specplan.model.host import Host
    from specplan.model.query import Detail
    from specplan.planning.plan import Plan
    from specplan.sources import SourceRead

__all__ = ["Catalog", "load"]


class Catalog:
    """Specs of one or more sources, with the stacks and snapshots that list them.

    Made by :func:`load`; immutable, and safe to share between threads. Two catalogs
    are equal when they hold the same rows, whatever order their files came in.
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
    def damaged(self) -> tuple[DamagedFile, ...]:
        """Files that were skipped because they are damaged, ordered by path."""
        return self._contents.damaged

    @property
    def contradictions(self) -> tuple[Finding, ...]:
        """Pages whose `meta` contradicts their specs, ordered by path."""
        return self._contents.contradictions

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the sources might not expect, one sentence each."""
        return self._contents.notes

    def __len__(self) -> int:
        """Return how many distinct specs there are."""
        return len(self._core)

    def __eq__(self, other: object) -> bool:
        """Return whether both catalogs hold the same rows."""
        return self._core == other._core if isinstance(other, Catalog) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash that equal catalogs share."""
        return hash(self._core)

    def __repr__(self) -> str:
        return f"<Catalog: {len(self)} specs, {len(self.tags)} snapshots>"

    def merged(self, other: Catalog) -> Catalog:
        """Return the union of both catalogs.

        Merging is associative, commutative and idempotent. Where both know a hash with
        different content, the newer snapshot wins; :meth:`check` tells of it.

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

    def unused_tags(self, *asked: str | None) -> tuple[str, ...]:
        """Return the snapshots that an answer passes over, newest first.

        Args:
            *asked: The snapshots that are asked; None is the newest of each source.
        """
        return self._contents.unused_tags(asked)

    def stacks(self, tag: str | None = None) -> tuple[str, ...]:
        """Return the stacks that a snapshot lists, sorted; the union index is none.

        Args:
            tag: The snapshot; by default the newest of each source.
        """
        labels = self._core.labels(self._state(tag))
        return tuple(label for label in labels if label != ROOT)

    def select(
        self,
        *,
        package: str | Sequence[str] = (),
        version: str | Sequence[str] = (),
        platform: str | Sequence[str] = (),
        os: str | Sequence[str] = (),
        target: str | Sequence[str] = (),
        compiler: str | Sequence[str] = (),
        stack: str | Sequence[str] = (),
        tag: str | None = None,
        hash: str | Sequence[str] = (),  # noqa: A002 - the field's own word
    ) -> Selection:
        """Return the specs that match in every respect that is given.

        Each respect is one shell pattern or several, of which any may match; ``hash``
        takes whole hashes. What nothing bears selects nothing.

        Args:
            package: Package names.
            version: Versions, as the sources spell them.
            platform: Platforms.
            os: Operating systems.
            target: Targets.
            compiler: Compilers, ``name@version`` or ``none``.
            stack: Stacks that list the specs, in the snapshot ``tag`` if that is given.
            tag: A snapshot that lists the specs.
            hash: DAG hashes.

        Raises:
            UsageError: If a hash is none.

        Examples:
            >>> import specplan
            >>> catalog = specplan.load("examples/cache")
            >>> adios2 = catalog.select(package="adios2", stack="e4s*")
            >>> [(spec.version, spec.target) for spec in adios2]
            [('2.11.0', 'x86_64_v3'), ('2.11.0', 'neoverse_v2')]
            >>> (catalog.select(package="py-*") & ~catalog.select(os="ubuntu24.04")).count()
            36
        """
        return select(
            self._contents,
            {
                "package": package,
                "version": version,
                "platform": platform,
                "os": os,
                "target": target,
                "compiler": compiler,
            },
            stack=stack,
            tag=tag,
            hashes=hash,
        )

    def find(self, spec: AbstractSpec | str, **question: Unpack[Search]) -> list[Spec]:
        """Return the known specs that satisfy an abstract spec, as Spack does.

        Externals are found too, and specs that no cache has as a binary. They come by
        name, version, os, target and hash.

        Args:
            spec: One abstract spec, or a text in Spack's syntax: ``hdf5@1.14:+mpi ^zlib-ng``,
                ``%gcc@12: target=x86_64_v3:``, ``/abcdef``. ``docs/find.md`` shows all of it.
            **question: The keywords of :meth:`search`, which also tells what could not
                be decided instead of raising an error.

        Raises:
            SpecSyntaxError: If it is no abstract spec.
            UndecidedError: If the sources do not tell of every spec.
            UnknownNameError: If a stack, system or snapshot is unknown.

        Examples:
            >>> import specplan
            >>> catalog = specplan.load("examples/cache")
            >>> [(spec.version, spec.target) for spec in catalog.find("adios2+mpi", stack="e4s*")]
            [('2.11.0', 'neoverse_v2'), ('2.11.0', 'x86_64_v3')]
        """
        return list(self.search(spec, **question).decided())

    def search(self, spec: AbstractSpec | str, **question: Unpack[Search]) -> Found:
        """Tell which of the known specs satisfy an abstract spec, and which nobody can tell of.

        Args:
            spec: One abstract spec, or a text in Spack's syntax.
            **question: ``stack``, ``os``, ``target``: only specs on these (shell patterns,
                stacks as the snapshots list them). ``tag``: only what this snapshot lists,
                and the sources that have no snapshots; all are searched by default.
                ``available``: only specs that have a binary, or only those that have none.
                ``want``: locks, ``[LABEL=]spack.lock``, whose specs are searched too.

        Raises:
            SpecSyntaxError: If it is no abstract spec.
            UnknownNameError: If a stack, system or snapshot is unknown.

        Examples:
            >>> import specplan
            >>> catalog = specplan.load("examples/cache")
            >>> found = catalog.search("adios2 ^zlib-ng", target="neoverse_v2")
            >>> len(found.specs), found.undecided[0].reason
            (0, 'the source does not tell the dependencies')
        """
        return search(self._contents, spec, question)

    def gaps(
        self,
        *,
        stack: str | Sequence[str] = (),
        peers: str | Sequence[str] = (),
        system: str | Sequence[str] = (),
        os: str | Sequence[str] = (),
        target: str | Sequence[str] = (),
        tag: str | None = None,
        baseline: str | Catalog | None = None,
        want: str | Sequence[str] = (),
        scope: Scope = "runtime",
        level: Level | None = None,
        compat: Compatibility = "exact",
        not_wanted: Sequence[NotWanted] = (),
        families: Mapping[str, Sequence[str]] | None = None,
        libc: Mapping[str, str] | None = None,
        cells: Mapping[str, Sequence[str]] | None = None,
        host: Host | None = None,
        include: Mapping[str, str] | None = None,
        group: str | Sequence[str] = (),
        packages: str | None = None,
        allow_left_out: Collection[str] = (),
        nearest: bool = True,
    ) -> Coverage:
        """Tell what the reported cells have of what they should have, and what they lack.

        Wants are those of *peers* unless ``baseline`` or ``want`` is given: in each
        reported cell every key is wanted that a peer of its stack has, on whatever system
        (at level ``hash`` on the same system). With ``baseline`` every key is wanted that
        the older state has in the same cell; with ``want`` the specs of locks and the roots
        of environments, which any available spec meets, whatever stack lists it.

        What covers the roots of environments *could* be reused: an upper bound, as a
        concretizer may still decide otherwise.

        Args:
            stack: Shell patterns of the stacks to report; all but ``root`` by default, as
                where the sequence is empty. So it is with every pattern.
            peers: Shell patterns of the stacks that define the wants; by default the
                family of each stack.
            system: ``OS/TARGET`` that the reported stacks should be on, even where they
                have nothing yet; ``all`` for every system on which a peer has anything.
            os: Report only cells of these operating systems (shell patterns).
            target: Report only cells of these targets (shell patterns).
            tag: The snapshot; by default the newest of each source.
            baseline: An older snapshot of this catalog, or another catalog, of which
                the newest snapshot counts.
            want: Locks, ``[LABEL=]spack.lock``, and environments, ``[LABEL=]spack.yaml``,
                that say which specs are wanted.
            scope: Of a lock, the ``roots`` alone; the roots and all that they link to or
                run with (``runtime``), which is what installing needs; or ``all`` specs.
            level: What a key is: by default the hash with locks, else the package. The
                roots of environments are abstract specs and have no level.
            compat: Which binaries serve a cell besides those of its very system.
            not_wanted: Wants to exclude.
            families: Families by name, each a list of shell patterns; a stack that none
                has a pattern for is in the family of its first dash-separated word.
            libc: More operating systems with their C libraries, ``{"site9": "glibc 2.34"}``.
            cells: For stacks by label the systems, ``OS/TARGET``, that each is for; it is
                reported there even where it has nothing yet. The roots of an environment
                of which neither this nor ``system`` tells the systems are wanted where they
                or their environment say themselves.
            host: The machine that the conditions of environments ask for. The platform and the
                operating system are those of each cell where the host does not say them.
            include: By the URL of what an environment includes, the local file to read instead.
            group: The groups of environments and locks whose roots are wanted; by default all.
            packages: A package repository, or a checkout that holds one. Its recipes show which
                variants a package has; they are parsed, and never run.
            allow_left_out: The kinds of records that are allowed: with ``include`` what an
                environment includes may be missing, and is a record.
            nearest: Whether to look for the nearest spec of each gap.

        Raises:
            UnknownNameError: If a stack, system or snapshot is unknown.
            EmptySelectionError: If no cell is left to report.
            UsageError: If the question makes no sense otherwise.

        Examples:
            >>> import specplan
            >>> catalog = specplan.load("examples/pages")
            >>> report = catalog.gaps(stack="e4s", peers="*", level="version")
            >>> report.totals.covered, report.totals.wanted
            (1, 2)
            >>> report.gaps[0].want, report.gaps[0].state
            ('py-pluggy@1.0.0', 'other_system')
        """
        older = self._older(baseline)
        question = Question(
            stack=stack,
            peers=peers,
            system=system,
            os=os,
            target=target,
            tag=tag,
            baseline=baseline,
            want=want,
            scope=scope,
            level=level,
            compat=compat,
            not_wanted=not_wanted,
            families=families,
            libc=libc,
            cells=cells,
            host=host,
            include=include,
            group=group,
            packages=packages,
            allow_left_out=allow_left_out,
        )

        def asked(rows: compiled.Catalog | None = None) -> Coverage:
            detail: Detail = "nearest" if nearest and rows is None else "gaps"
            answer = self._asked(detail, question, rows)
            found = answers.coverage(
                answer,
                caches=self._core,
                compat=compat,
                tag=tag_of(answer.state),
                baseline=_called(baseline),
                damaged=self.damaged if older is None else older.damaged_with(self._contents),
                left_out=of_coverage(answer, self._contents, older, texts(stack)),
            )
            used = self._contents.used_with(self._contents if older is None else older)
            return replace(found, sources=used)

        coverage = whereabouts.with_states(asked(), self._contents, asked)
        records = whereabouts.index_versions(coverage, self._contents, asked)
        if not records:
            return coverage
        return replace(coverage, left_out=merged((*coverage.left_out, *records)))

    #: The same document as :meth:`gaps`, looked at by cell instead of by gap.
    coverage = gaps

    def matrix(self, **question: Unpack[Question]) -> tuple[Cell, ...]:
        """Return the cells of :meth:`gaps` alone: counts, no gap is looked at.

        Args:
            **question: The keywords of :meth:`gaps` but ``nearest``.

        Examples:
            >>> import specplan
            >>> cells = specplan.load("examples/cache").matrix(stack="e4s*")
            >>> [(cell.stack, cell.covered, cell.wanted) for cell in cells]
            [('e4s', 100, 101), ('e4s-neoverse-v2', 92, 101)]
        """
        answer = self._asked("cells", question)
        return answers.cells(answer, map(answers.cell, answer.cells))

    def lacking(self, **question: Unpack[Question]) -> tuple[tuple[Cell, tuple[str, ...]], ...]:
        """Return the cells of :meth:`gaps`, each with the keys that it lacks, unranked.

        Args:
            **question: The keywords of :meth:`gaps` but ``nearest``.

        Examples:
            >>> import specplan
            >>> specplan.load("examples/cache").lacking(stack="e4s")[0][1]
            ('gnuconfig',)
        """
        return answers.lacking(self._asked("keys", question))

    def _older(self, baseline: str | Catalog | None) -> Contents | None:
        """Return what holds the older state of baseline wants; None without one."""
        if baseline is None:
            return None
        return baseline._contents if isinstance(baseline, Catalog) else self._contents

    def _asked(
        self, detail: Detail, question: Question, rows: compiled.Catalog | None = None
    ) -> Answer:
        """Ask about the cells of stacks.

        Args:
            detail: How much to tell.
            question: The question.
            rows: What is asked instead of the rows of the sources.
        """
        places = texts(question.get("want", ()))
        wanted, environments = read_wants(
            places, self._contents.limits, environment_options(self._core, question)
        )
        # Where nothing is available, all that is wanted is a gap.
        nothing = bool(places) and self._contents.is_empty
        state = [] if nothing else self._state(question.get("tag"))
        contents = self._contents
        by_hash = wanted and not environments and question.get("level") in {None, "hash"}
        if rows is None and by_hash:
            # Spack fetches what it knows the hash of, whether an index lists it or not.
            rows = whereabouts.fetched(contents, wanted)
        if rows is not None:
            contents = replace(contents, core=rows)
        core, older = contents.core, None
        baseline = question.get("baseline")
        if baseline is not None:
            # The rows of the older state stay those that its own indexes list.
            holder = baseline._contents if isinstance(baseline, Catalog) else contents
            tag = None if isinstance(baseline, Catalog) else baseline
            core, older = contents.beside(holder, tag)
        if wanted:
            core = compiled.Catalog.merged([core, *(each.core for each in wanted)])
        return ask(
            core,
            state,
            older=older,
            wanted=wanted,
            environments=environments,
            own_stacks=self._contents.own_stacks,
            detail=detail,
            question=question,
        )

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
        """Hold two states against each other, cell by cell and key by key.

        A package whose old keys gave way to new ones has changed; it is lost only if
        nothing new stands in the cell for what is gone. A stack that only one state
        lists is named and not compared.

        Args:
            old: A snapshot of this catalog, or another catalog, of which the newest
                snapshot counts.
            new: Likewise; by default the newest snapshot of this catalog.
            stack: Shell patterns of the stacks to compare; all but ``root`` by default.
            os: Only cells of these operating systems (shell patterns).
            target: Only cells of these targets (shell patterns).
            level: What a key is. At level ``package`` a package has changed if its
                versions have.

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
        return difference(
            older._contents,
            None if isinstance(old, Catalog) else old,
            newer._contents,
            None if isinstance(new, Catalog) else new,
            old_name=_called(old),
            new_name=_called(new),
            stack=stack,
            os=os,
            target=target,
            level=level,
        )

    def rebuild(
        self,
        *,
        want: Places = (),
        stack: str | Sequence[str] = (),
        peers: str | Sequence[str] = (),
        baseline: str | Catalog | None = None,
        level: Level | None = None,
        os: str | Sequence[str] = (),
        target: str | Sequence[str] = (),
        not_wanted: Sequence[NotWanted] = (),
        families: Mapping[str, Sequence[str]] | None = None,
        candidates: Places = (),
        system: str | Sequence[str] = (),
        compat: Compatibility = "exact",
        libc: Mapping[str, str] | None = None,
        cells: Mapping[str, Sequence[str]] | None = None,
        host: Host | None = None,
        include: Mapping[str, str] | None = None,
        group: str | Sequence[str] = (),
        packages: str | None = None,
        allow_left_out: Collection[str] = (),
        scope: Scope = "runtime",
        changed: str | Sequence[str] = (),
        changed_if_wanted: Sequence[str] | None = None,
        policy: Policy = "hash",
        depth: int | None = None,
        exclude_broken: str | Sequence[str] = (),
        assume_available: str | Sequence[str] = (),
        without: str | Sequence[str] = (),
        costs: Places = (),
        jobs: int | None = None,
        max_builds: int | None = None,
        max_cost: float | None = None,
        weights: Sequence[Weight] = (),
        node_limit: int | None = None,
        time_limit: float | None = None,
        tag: str | None = None,
        limits: Limits | None = None,
    ) -> Plan:
        """Plan the least set of builds after which all wants install from this catalog alone.

        Args:
            want: Locks, ``[LABEL=]spack.lock``; environments, ``[LABEL=]spack.yaml``;
                abstract specs, ``[LABEL=]SPEC``. For what an abstract spec asks for one of
                the known specs is chosen; see :attr:`Plan.choice`.
            stack: Instead of ``want``: plan for the gaps of these stacks, as :meth:`gaps` tells
                them. What another stack has only needs listing, see :attr:`Plan.publish`; for
                the others known specs are chosen.
            peers: Likewise, for what these stacks have.
            baseline: Likewise, for what this older state has.
            level: Of gaps: ``package``, which is the default, or ``version``.
            os: Only what is wanted for these operating systems (shell patterns). Both this and
                ``target`` are about gaps and abstract wants, never about what locks want.
            target: Only what is wanted for these targets (shell patterns).
            not_wanted: Wants to exclude, as in :meth:`gaps`.
            families: Of gaps, as in :meth:`gaps`.
            candidates: More locks, indexes and mirrors to choose from. That they list a
                binary makes nothing available.
            system: What abstract wants are for, as ``OS/TARGET``, or ``all`` systems that are
                known. By default what they say themselves, or else the one system that
                all locks are for.
            compat: Which specs serve a system besides its own: one for an older target can
                serve several, and is built once. What a lock wants is always exact.
            libc: More operating systems with their C libraries, as in :meth:`gaps`.
            cells: What the abstract wants of a stack are for, by its label; then no other
                default holds for it.
            host: How environments are read, as in :meth:`gaps`; and so are ``include``,
                ``group`` and ``allow_left_out``.
            include: See there.
            group: See there.
            packages: See there.
            allow_left_out: See there.
            scope: What of a lock is wanted: its roots; also all that they link to or run
                with, which is what installing needs; or all specs, which plans what
                pruning node by node plans.
            changed: Abstract specs that changed. The plan then predicts, from locks made
                before the change, what must be built after it.
            changed_if_wanted: More of them, which may match nothing that is wanted.
            policy: What a change makes stale: with ``hash`` every dependent; with ``link``
                those that it reaches over link and run edges and compilers.
            depth: How far dependents of what changed are followed; by default all the way.
            exclude_broken: Abstract specs that are known not to build. They and what needs
                them are left out; one that no want contains is counted.
            assume_available: Abstract specs; the plan is what it would be if all known specs
                that satisfy one had binaries.
            without: Abstract specs whose binaries do not count, also not if they are assumed.
            costs: Files that tell what builds cost, in seconds, or folders of
                installations; what they do not tell is estimated from what they do. By
                default each build costs 1.
            jobs: How many builds can run at a time; given that, the plan has a schedule.
            max_builds: The most builds. The plan then completes, of the wanted roots, those
                that are worth most together; which spec completes an abstract want is
                decided together with that.
            max_cost: The same with the most that the builds may cost. Given both, both hold.
            weights: What completing roots is worth; the first that is about a root holds,
                and a root that none is about is worth 1.
            node_limit: How many nodes each search may look at, for the least cost and for what
                a budget buys; the answer is the same everywhere. By default each is bounded
                too, unless the time is limited.
            time_limit: How many seconds each search may take. If that ends it, the answer
                may be another one next time; it is valid, and so is its bound.
            tag: The snapshot whose binaries are available; by default the newest of each
                source.
            limits: What no lock may go beyond.

        Raises:
            SourceError: If a lock cannot be read.
            UnknownNameError: If what changed is in no want, or the snapshot is unknown.
            UsageError: If the question makes no sense otherwise.
        """
        from specplan.planning.rebuild import rebuild  # noqa: PLC0415 - coverage needs no planner

        return rebuild(
            self,
            want=want,
            gaps=Question(
                stack=stack,
                peers=peers,
                baseline=baseline,
                level=level,
                not_wanted=not_wanted,
                families=families,
            ),
            candidates=candidates,
            system=system,
            os=os,
            target=target,
            compat=compat,
            libc=libc,
            cells=cells,
            host=host,
            include=include,
            group=group,
            packages=packages,
            allow_left_out=allow_left_out,
            scope=scope,
            changed=changed,
            changed_if_wanted=changed_if_wanted,
            policy=policy,
            depth=depth,
            exclude_broken=exclude_broken,
            assume_available=assume_available,
            without=without,
            costs=costs,
            jobs=jobs,
            max_builds=max_builds,
            max_cost=max_cost,
            weights=weights,
            node_limit=node_limit,
            time_limit=time_limit,
            tag=tag,
            not_wanted=not_wanted,
            limits=limits,
        )

    def compare(self, old: Catalog) -> LockDiff:
        """Tell which specs are new since an older state, and what caused it.

        Both states may be locks, indexes or mirrors; all their specs count, with a binary
        or without. Every new hash has a spec in its closure that changed itself.

        Args:
            old: The older state, of which the newest snapshot counts.
        """
        from specplan.catalog.lock_diff import compare  # noqa: PLC0415 - coverage needs no planner

        return compare(old._contents, self._contents)

    def check(
        self,
        *,
        want: str | Sequence[str] = (),
        tag: str | None = None,
        verify: Verify = "index",
        limits: Limits | None = None,
        counted: Counted | None = None,
        libc: Mapping[str, str] | None = None,
    ) -> Check:
        """List all that is wrong with the sources.

        Args:
            want: Locks, ``[LABEL=]spack.lock``, whose roots count as what is broken; without
                any, these are the binaries that no other binary depends on.
            tag: The snapshot whose binaries count; by default the newest of each source.
            verify: How far to go: with ``index`` what indexes and other files of specs say;
                with ``manifests`` also the manifests and spec files of mirrors; with ``blobs``
                also the bytes of their binaries.
            limits: What no lock may go beyond.
            counted: Called with how many files of a mirror were looked at, and of how many.
            libc: More operating systems with their C libraries, as for :meth:`gaps`.

        Raises:
            RemoteError: If a file of a mirror cannot be fetched.
            SourceError: If a lock cannot be read.
            UnknownNameError: If the snapshot is unknown.
            UsageError: If no source is a mirror, but its files are to be looked at.

        Examples:
            >>> import specplan
            >>> specplan.load("examples/cache").check().findings
            ()
        """
        limits = limits or self._contents.limits
        # Where nothing could be read, that is what is wrong.
        nothing = tag is None and self._contents.is_empty
        # So it is where other snapshots are left that were not asked for.
        nothing |= bool(self.damaged) and not self._core.snapshots()
        wanted = tuple(read_wanted(each, limits) for each in texts(want))
        found = findings.check(
            findings.Checked(
                core=self._core,
                state=[] if nothing else self._state(tag),
                sources=self.sources,
                unread={each for each, files in self._contents.files.items() if files == 0},
                files=sum(self._contents.files.values()),
                files_of_specs=self._contents.files_of_specs,
                damaged=self.damaged,
                contradictions=self.contradictions,
                wanted=wanted,
                verify=verify,
                mirrors=self._contents.mirrors,
                indexes_alone=self._contents.indexes_alone,
                counted=counted,
                indexes=self._contents.indexes,
                operating_systems=Systems(self._core, libc or {}).core,
                # Damaged files are findings.
                left_out=[
                    *(
                        each
                        for each in of_sources(self._contents, blocks=True)
                        if each.kind != "damaged_file"
                    ),
                    *(record for lock in wanted for record in lock.left_out),
                ],
            )
        )
        return replace(found, sources=self._contents.used)

    def _state(self, tag: str | None) -> State:
        return self._contents.state(tag)


def _called(state: str | Catalog | None) -> str | None:
    return state._contents.name or None if isinstance(state, Catalog) else state


def load(
    *sources: str | os.PathLike[str],
    strict: bool = False,
    skip_damaged: bool = False,
    limits: Limits | None = None,
    tag: str | Sequence[str | None] | None = None,
    progress: Progress | None = None,
    for_spack: str | None = None,
    from_manifests: bool = False,
    probe: bool = False,
    upstream: Sequence[str | os.PathLike[str]] = (),
) -> Catalog:
    """Read sources into one catalog. The order of the sources does not matter.

    Args:
        *sources: Files, folders and URLs of build caches, locks or package pages, each
            perhaps with a label before it, ``LABEL=SOURCE``; see `docs/sources.md`.
            ``none`` alone stands for a cache that holds nothing.
        strict: Whether a page whose `meta` contradicts its specs is an error; else
            the contradictions are kept in :attr:`Catalog.contradictions`.
        skip_damaged: Whether to go on without damaged files, which are kept in
            :attr:`Catalog.damaged`; else the first of them is an error.
        limits: What no source may go beyond.
        tag: The snapshots to read of a source that reads them one by one; None is the
            newest. Other sources are read whole.
        progress: Called while a file is fetched, with what it is, the bytes that are
            here, and the bytes that it will have, if that is known.

        for_spack: The version of Spack that uses the build caches, as ``1.2``: of the indexes
            of a mirror the one counts that it reads. By default all count together.
        from_manifests: Whether mirrors are read from the files of their binaries, one by one,
            and not from their indexes.
        probe: Whether servers that can list their files are asked for binaries that no index
            lists; in folders these are always looked for.
        upstream: Installations: what they have installed counts as available.

    Raises:
        RemoteError: If a source cannot be fetched.
        SourceError: If a source does not exist or holds nothing that can be read.
        DamagedSourceError: If a file is damaged, or contradicts itself and ``strict`` is set.
        UsageError: If no source is given, or a source without a label would be the same stack
            as another source.

    Examples:
        >>> catalog = load("examples/cache")
        >>> catalog.tags
        ('develop-2026-01-17', 'develop-2025-11-15')
    """
    if not sources:
        raise UsageError(
            "no source is given", hint="name a mirror, its index, a lock or package pages"
        )
    places = [os.fspath(source) for source in sources]
    limits = limits or Limits()
    if NO_CACHE in places:
        if len(places) > 1:
            raise UsageError(f"`{NO_CACHE}` and other sources exclude each other")
        places = []
    tags = (tag,) if tag is None or isinstance(tag, str) else tuple(tag)
    options = ReadingOptions(
        consumer=None if for_spack is None else consumer_of(for_spack),
        from_manifests=from_manifests,
        probe=probe,
    )
    reads = [read(place, limits, tags=tags, progress=progress, options=options) for place in places]
    _refuse_clashes(reads)
    upstreams = replace(options, is_upstream=True)
    reads += [_upstream(os.fspath(each), limits, upstreams) for each in upstream]
    catalog = Catalog._from_contents(Contents.of_reads(reads, limits))
    if catalog.damaged and not skip_damaged:
        raise damage(catalog.damaged, hint="`--skip-damaged` goes on without damaged files")
    if catalog.contradictions and strict:
        first, *others = catalog.contradictions
        raise DamagedSourceError(
            path=first.path,
            place=first.place,
            line=first.line,
            fault=first.message,
            others=len({each.path for each in others} - {first.path}),
            hint="`specplan check` lists all contradictions; without `strict` they are warnings",
        )
    return catalog


def _upstream(place: str, limits: Limits, options: ReadingOptions) -> SourceRead:
    """Read an installation of which all that is installed counts as available.

    Raises:
        UsageError: If it is not an installation.
    """
    found = read(place, limits, options=options)
    if not found.damaged and not any(each.kind == "database" for each in found.files_of_specs):
        raise UsageError(
            f"`--upstream {place}` is not an installation",
            hint="name the folder that has `.spack-db` in it; `--cache` takes build caches",
        )
    return found


def _refuse_clashes(reads: Sequence[SourceRead]) -> None:
    """Refuse a source without a label that would be a stack which another source lists."""
    own: dict[str, str] = {}
    for each in reads:
        other = own.setdefault(each.own_stack, each.place) if each.own_stack else each.place
        if other != each.place:
            raise _clash(each.own_stack, each.place, other)
    for each in reads if own else ():
        for name in each.core.labels(None):
            if name in own and own[name] != each.place:
                raise _clash(name, own[name], each.place)


def _clash(name: str, place: str, other: str) -> UsageError:
    return UsageError(
        f"`{place}` has no label, and as a stack it would be called `{name}`, as is one of "
        f"`{other}`",
        hint=f"give it a label of its own, as in `LABEL={place}`; `-={place}` is in no stack",
    )
