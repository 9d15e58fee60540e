"""A plan: the smallest set of builds after which every want installs from the caches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import field

from specplan import _core as compiled
from specplan.aliases import Unit
from specplan.arguments import checked
from specplan.catalog.specs import names_of
from specplan.errors import UsageError
from specplan.model import (
    Build,
    ChangeAsked,
    Excluded,
    Input,
    LeftOut,
    NotWanted,
    PlanTotals,
    Scope,
    SourceUsed,
    Unnecessary,
    Untested,
    WhatIf,
    Why,
)
from specplan.model.budget import Budget, BudgetCurve
from specplan.model.choice import Choice, ChosenWant, PublishedWant
from specplan.model.gate import Gate
from specplan.model.report import Report, ReportOptions, as_lines, as_text
from specplan.model.rows import Rows
from specplan.model.schedule import Schedule
from specplan.model.spec import NamedSpec
from specplan.model.successors import Successors
from specplan.records import dataclass

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Plan(Report):
    """The smallest set of builds after which every want installs from the caches alone.

    It is valid if each build runs as ``spack install
    --use-buildcache=package:never,dependencies:only /HASH`` and consumers install with
    ``--use-buildcache=only``.

    Attributes:
        scope: The wanted specs of the locks.
        unit: The unit of costs: builds, or seconds if files contain costs.
        predicted: Whether the plan predicts a change. Then its hashes are those before the change,
            except for specs with a next hash in :attr:`successors`.
        change: The change that it predicts.
        what_if: Its assumptions that contradict the caches.
        inputs: Its input files: wants, then caches, then costs, each by path.
        builds: The builds, by stage, then hash.
        critical_path: The hashes of the most expensive chain of builds, in build order.
        unnecessary: The unnecessary builds of node-by-node pruning, by hash.
        untested: The specs that contain the change but are not rebuilt, by hash.
        excluded: The parts that are excluded because of specs that do not build.
        budget: The completed and the open roots, if the budget is limited. All other attributes
            refer to the completed roots and those that already install.
        budget_curve: The results of budgets from nothing to everything, if requested.
        schedule: The time and runner of each build, if the number of runners was given.
        choice: The specs chosen for abstract wants, if there are any, with the proven bounds.
        publish: Gaps that need no build because another stack has a binary, by stack, os, target,
            want.
        not_wanted: The entries of the configuration, each with the number of wants it excluded.
        totals: The numbers.
        left_out: Input of the question that could not be taken into account.
        sources: The sources, with their age and indexes.
        successors: The next hashes of each lock by newer recipes, if requested; the plan is then
            for the specs with these hashes.
        stacks: The stacks that it is for, with or without builds.
        gates: The gates of the run, each with its verdict; empty if none was requested.
    """

    scope: Scope
    unit: Unit
    predicted: bool
    change: ChangeAsked | None
    what_if: WhatIf | None
    inputs: tuple[Input, ...]
    builds: tuple[Build, ...]
    critical_path: tuple[str, ...]
    unnecessary: tuple[Unnecessary, ...]
    untested: tuple[Untested, ...]
    excluded: Excluded
    budget: Budget | None
    schedule: Schedule | None
    choice: Choice | None
    publish: tuple[PublishedWant, ...]
    not_wanted: tuple[NotWanted, ...]
    totals: PlanTotals
    left_out: tuple[LeftOut, ...] = ()
    sources: tuple[SourceUsed, ...] = ()
    gates: tuple[Gate, ...] = ()
    successors: tuple[Successors, ...] = ()
    budget_curve: BudgetCurve | None = None
    stacks: frozenset[str] = field(default=frozenset(), repr=False)
    #: By want, the next lock as a file; None if some hash in it is unknown.
    _next: tuple[tuple[str, bytes | None], ...] = field(default=(), repr=False, compare=False)
    _core: compiled.Plan = field(repr=False, compare=False)
    #: The specs of the locks, and those together with the specs of the caches.
    _known: tuple[compiled.Catalog, compiled.Catalog] = field(repr=False, compare=False)
    #: Makes the same plan again, because the core's part of it cannot leave its process.
    _again: Callable[[], Plan] = field(repr=False, compare=False)

    def __reduce__(self) -> tuple[Callable[[], Plan], tuple[()]]:
        """Return the parts for the same plan in another process, which solves it again."""
        return self._again, ()

    @property
    def is_what_if(self) -> bool:
        """True if it relies on assumptions that contradict the caches."""
        return self.what_if is not None

    @property
    def excluded_builds(self) -> int:
        """The number of builds that are excluded because specs do not build."""
        return len(self.excluded.builds)

    @property
    def open_roots(self) -> int:
        """The number of roots that its budget does not complete."""
        return 0 if self.budget is None else len(self.budget.open)

    @property
    def listed(self) -> Iterable[tuple[str, str, str]]:
        """The builds as shown in lists: name, version, hash."""
        return ((build.package, build.version, build.hash) for build in self.builds)

    @property
    def unplannable(self) -> tuple[ChosenWant, ...]:
        """The wants that no known spec can meet: they need a concretizer."""
        return () if self.choice is None else self.choice.unplannable

    @property
    def optimal(self) -> bool:
        """True if no plan costs less; with a budget, no plan that completes the same roots."""
        return self.choice is None or self.choice.optimal

    @property
    def lower_bound(self) -> float:
        """A lower bound on the cost of any plan, in the unit of costs."""
        if self.choice is None or self.choice.optimal:
            return self.totals.cost
        return min(self.choice.lower_bound, self.totals.cost)

    @checked
    def why(self, spec: str) -> Rows[Why]:
        """Return the reasons why specs are planned or not, by hash.

        Args:
            spec: An abstract spec, ``/HASH`` for one hash or its first letters. The specs
                of the locks that satisfy it are explained; if there are none, those of the
                caches.

        Raises:
            UnknownNameError: If no spec satisfies it.
            UsageError: If it is not an abstract spec, it cannot be decided, or
                the trees of all specs that satisfy it have too many lines.
        """
        from specplan.planning import changes  # noqa: PLC0415 - few ask why
        from specplan.planning.records import whys_of  # noqa: PLC0415

        for known in self._known:
            if found := changes.resolve_spec(changes.ComparedSpecs.all_of(known), spec):
                return Rows(Why, "spec", whys_of(self._core, spec, found, self.named))
        raise changes.unknown("spec", spec, self._known[1])

    @checked
    def named(self, hashes: Iterable[str]) -> Rows[NamedSpec]:
        """Return the names of specs of the plan, such as those of a chain, in their order.

        Args:
            hashes: Their hashes, such as those of :attr:`Build.because`.

        Raises:
            UsageError: If a hash is not valid.
        """
        asked = list(hashes)
        try:
            names = names_of(self._known[1], asked)
        except ValueError as error:
            raise UsageError(str(error)) from error
        unknown = (NamedSpec(hash=each, package="", version="") for each in asked)
        named = tuple(names.get(each.hash, each) for each in unknown)
        return Rows(NamedSpec, "spec", named)

    @checked
    def to_text(self, *, width: int = 100, colour: bool = False, show: Collection[str] = ()) -> str:
        """Return the plan for a terminal.

        Args:
            width: The width of the terminal.
            colour: Whether to use escape sequences for colours.
            show: The parts to list instead of only counting them: ``chosen``, ``unnecessary``,
                ``untested``, ``chains``, ``timetable``.
        """
        return as_text(self, ReportOptions(width=width, colour=colour, show=show))

    def successor_lock(self) -> bytes | None:
        """Return the next lock, as a file.

        Returns:
            None if the hash of some spec in it is unknown.

        Raises:
            UsageError: If the plan is not for the successors of one lock.
        """
        if len(self._next) != 1:
            raise UsageError(
                f"a next lock needs one wanted lock, and the plan has {len(self._next)}",
                hint="name one lock with `--want`, and `--successors`",
            )
        return self._next[0][1]

    def unplannable_environment(self) -> str:
        """Return a ``spack.yaml`` of the wants that no known spec can meet."""
        from specplan.planning.unplannable import environment_of  # noqa: PLC0415 - few ask for it

        return environment_of(self.unplannable)

    def to_list(self) -> str:
        """Return one line per build in the order of the builds, for a pipe."""
        return as_lines(self)

    def __iter__(self) -> Iterator[Build]:
        """Iterate over the builds, in their order."""
        return iter(self.builds)

    def __len__(self) -> int:
        """Return their number."""
        return len(self.builds)
