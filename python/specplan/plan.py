"""The least rebuild: what must be built so that every want installs from the caches."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan import _core as compiled
from specplan import budget as budgeting
from specplan import choice as choosing
from specplan import schedule as scheduling
from specplan.costs import UNIT_COSTS
from specplan.errors import DamagedSourceError, UndecidedError, UnknownNameError, UsageError
from specplan.gap_wants import wants_of_gaps
from specplan.loading import damage
from specplan.plan_model import (
    Build,
    ChangeAsked,
    ChangedSpec,
    ChangeLink,
    Hashes,
    HeldChange,
    Input,
    LeftOut,
    LeftOutBuild,
    NamedSpec,
    Needless,
    PlanTotals,
    Untested,
    WhatIf,
    Why,
    WhyLine,
)
from specplan.reports import (
    choice_environment,
    plan_csv,
    plan_json,
    plan_list,
    plan_markdown,
    plan_text,
)
from specplan.sources import Limits
from specplan.sources.cost_files import read_costs
from specplan.sources.source import read, split_label
from specplan.sources.wanted import is_lock, read_wanted, read_wants
from specplan.wants import suggestions, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from specplan.budget import Budget, Weight
    from specplan.catalog import Catalog
    from specplan.choice import Choice
    from specplan.costs import Cost, Costs, Unit
    from specplan.gap_wants import GapsAsked, PublishedWant
    from specplan.model import Compatibility, Scope
    from specplan.plan_model import Policy
    from specplan.schedule import Schedule
    from specplan.sources.wanted import Wanted, WantedEnvironment

__all__ = ["Plan", "rebuild"]

#: What names the package of an abstract spec.
_PACKAGE: Final = re.compile(r"\s*(?:[\w-]+\.)*([A-Za-z0-9_][\w-]*)")

_HASH: Final = re.compile(r"[a-z2-7]{32}")

#: The largest depth that the core takes; no chain of dependents is as long.
_MOST_DEPTH: Final = 2**32 - 1

#: How many specs are told of at a time, and how many lines their trees may have: each tree
#: may hold every spec, so that all trees are more than anybody can hold or read.
_MOST_REASONS: Final = 1_000
_MOST_LINES: Final = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The least set of builds after which every want installs from the caches alone.

    It holds when each build runs as ``spack install
    --use-buildcache=package:never,dependencies:only /HASH`` and consumers install with
    ``--use-buildcache=only``.

    Attributes:
        scope: Which specs of the locks are wanted.
        unit: What costs count: builds, or seconds where files tell costs.
        predicted: Whether the plan foresees a change. Then its hashes are those of the
            specs before the change and stand for their successors.
        change: The change that it foresees.
        what_if: What it assumes against what the caches say.
        inputs: What it was made from, wants before caches before costs, by path.
        builds: The builds, by stage, then hash.
        critical_path: The hashes of the dearest chain of builds, first build first.
        needless: What pruning node by node would build in vain, by hash.
        untested: What holds the change and is left alone, by hash.
        left_out: What is left out because of specs that do not build.
        budget: Which roots are completed, and which not, where the budget is limited. All
            else is about the completed roots and those that install already.
        schedule: When and where the builds run, where the number of runners was given.
        choice: What was chosen for abstract wants, if there are any, and what is proven of it.
        publish: Gaps that need no build, as another stack has a binary: by stack, os, target,
            want.
        totals: The numbers.
    """

    scope: Scope
    unit: Unit
    predicted: bool
    change: ChangeAsked | None
    what_if: WhatIf | None
    inputs: tuple[Input, ...]
    builds: tuple[Build, ...]
    critical_path: tuple[str, ...]
    needless: tuple[Needless, ...]
    untested: tuple[Untested, ...]
    left_out: LeftOut
    budget: Budget | None
    schedule: Schedule | None
    choice: Choice | None
    publish: tuple[PublishedWant, ...]
    totals: PlanTotals
    _core: compiled.Plan = field(repr=False, compare=False)
    #: The specs of the locks, and those beside the specs of the caches.
    _known: tuple[compiled.Catalog, compiled.Catalog] = field(repr=False, compare=False)

    @property
    def optimal(self) -> bool:
        """Whether no plan costs less."""
        return self.choice is None or self.choice.optimal

    @property
    def lower_bound(self) -> float:
        """What every plan costs at least, in the unit of costs."""
        if self.choice is None or self.choice.optimal:
            return self.totals.cost
        return min(self.choice.lower_bound, self.totals.cost)

    def why(self, spec: str) -> tuple[Why, ...]:
        """Tell why specs are planned, or what makes them needless, by hash.

        Args:
            spec: An abstract spec, ``/HASH`` for one hash or its first letters. The specs
                of the locks that satisfy it are told of; if there are none, those of the
                caches.

        Raises:
            UnknownNameError: If no spec satisfies it.
            UsageError: If it is no abstract spec, nothing tells whether it is satisfied, or
                the trees of all specs that satisfy it have too many lines.
        """
        for known in self._known:
            if found := _matching(known, spec):
                return _whys(self._core, spec, found)
        raise _unknown("spec", spec, self._known[1])

    def to_json(self) -> str:
        """Return the document of kind ``specplan.rebuild/1``."""
        return plan_json.rebuild(self)

    def to_text(self, *, width: int = 100, colour: bool = False) -> str:
        """Return the plan for a terminal of a width."""
        return plan_text.rebuild(self, width=width, colour=colour)

    def to_markdown(self) -> str:
        """Return the plan for the summary of a CI job."""
        return plan_markdown.rebuild(self)

    def to_csv(self) -> str:
        """Return one row a build."""
        return plan_csv.rebuild(self)

    def unplannable_environment(self) -> str:
        """Return a ``spack.yaml`` of the wants that no known spec can meet."""
        return choice_environment.unplannable(self)

    def to_list(self) -> str:
        """Return one line a build in the order of the builds, to be piped."""
        return plan_list.rebuild(self)


def rebuild(
    catalog: Catalog | None,
    *,
    want: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    gaps: GapsAsked | None = None,
    candidates: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    system: str | Sequence[str] = (),
    compat: Compatibility = "exact",
    libc: Mapping[str, str] | None = None,
    cells: Mapping[str, Sequence[str]] | None = None,
    scope: Scope = "runtime",
    changed: str | Sequence[str] = (),
    changed_if_wanted: Sequence[str] | None = None,
    policy: Policy = "hash",
    depth: int | None = None,
    exclude_broken: str | Sequence[str] = (),
    assume_available: str | Sequence[str] = (),
    without: str | Sequence[str] = (),
    costs: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    jobs: int | None = None,
    max_builds: int | None = None,
    max_cost: float | None = None,
    weights: Sequence[Weight] = (),
    node_limit: int | None = None,
    time_limit: float | None = None,
    tag: str | None = None,
    limits: Limits | None = None,
) -> Plan:
    """Plan the least rebuild; see :meth:`specplan.Catalog.rebuild`.

    Args:
        catalog: The caches; None plans from nothing.
        want: See there, as all that follows.
        gaps: What is asked of gaps there, together.
        candidates: See there.
        system: See there.
        compat: See there.
        libc: See there.
        cells: See there.
        scope: See there.
        changed: See there.
        changed_if_wanted: See there.
        policy: See there.
        depth: See there.
        exclude_broken: See there.
        assume_available: See there.
        without: See there.
        costs: See there.
        jobs: See there.
        max_builds: See there.
        max_cost: See there.
        weights: See there.
        node_limit: See there.
        time_limit: See there.
        tag: See there.
        limits: See there.
    """
    if jobs is not None and jobs < 1:
        raise UsageError(f"`{jobs}` is no number of runners", hint="there must be at least one")
    limited = budgeting.Asked.limited(max_builds, max_cost, weights, node_limit, time_limit)
    if limited is not None and scope == "all":
        raise UsageError(
            "a budget completes roots, so that they install; `scope` all builds more than that",
            hint="leave `scope` out",
        )
    places = _places(want)
    of_gaps = gaps is not None and gaps.is_any
    if of_gaps and (places or changed or changed_if_wanted is not None):
        raise UsageError(
            "the gaps of stacks are of what is there: they go with no other wants and no change",
            hint="leave out `want` and `changed`, or `stack`, `peers` and `baseline`",
        )
    if of_gaps and (assume_available or without):
        raise UsageError(
            "the gaps of stacks are of what is there, not of what if",
            hint="leave out `assume_available` and `without`, or plan for locks",
        )
    if not places and not of_gaps:
        raise UsageError("nothing is wanted", hint="name a lock with `want`")
    if depth is not None and depth < 0:
        raise UsageError(f"`{depth}` is no depth", hint="0 leaves the changed specs alone")
    limits = limits or Limits()
    wanted, environments = _wanted(places, limits)
    found = None
    if gaps is not None and of_gaps:
        found = wants_of_gaps(
            catalog,
            gaps,
            system=system,
            compat=compat,
            libc=libc or {},
            cells=cells or {},
            tag=tag,
        )
    more_places = _places(candidates)
    more_locks, more = _candidates(more_places, limits)
    cost_files = _places(costs)
    told = read_costs(cost_files, limits)
    locks = compiled.Catalog.merged([each.core for each in (*wanted, *more_locks)])
    locks = compiled.Catalog.merged([locks, *more])
    caches = compiled.Catalog.merged([]) if catalog is None else catalog._core
    core = compiled.Catalog.merged([locks, caches])
    _refuse_cycle(core, next(iter((*places, *more_places)), "the caches"))
    change = _change(locks, texts(changed), changed_if_wanted, policy, depth)
    broken = _asked(locks, texts(exclude_broken))
    cost_of = _costs(locks, told)
    state = catalog._state(tag) if catalog is not None and len(caches) else []
    what_if = _what_if(core, state, texts(assume_available), texts(without))
    question: compiled.PlanQuestion = {
        "state": state,
        "locks": locks.snapshots(),
        "roots": sorted({root for each in wanted for root, _ in each.roots}),
        "scope": scope,
        "changed": None if change is None else list(change.changed),
        "policy": policy,
        "depth": None if depth is None else min(depth, _MOST_DEPTH),
        "broken": [each for _, found in broken for each in found],
        "assumed": [] if what_if is None else list(what_if.available),
        "withheld": [] if what_if is None else list(what_if.unavailable),
        "costs": [(spec, cost.amount) for spec, cost in cost_of.items()] or None,
    }
    choice = None
    if environments or (found is not None and found.wants.cells):
        choice = choosing.choose(
            core,
            question,
            choosing.Asked(
                environments=environments,
                locks=(*wanted, *more_locks),
                system=system,
                compat=compat,
                libc=libc or {},
                cells=cells or {},
                node_limit=node_limit,
                time_limit=time_limit,
                gaps=None if found is None else found.wants,
            ),
        )
        question["roots"] = sorted({*question["roots"], *choice.roots})
    solved = core.plan(question)
    budget = None
    if limited is not None:
        labels = _labels(wanted, choice)
        budget = budgeting.spend(solved, limited, labels, lambda spec: _matching(locks, spec))
        left = {each.spec.hash for each in budget.open}
        question["roots"] = [root for root in question["roots"] if root not in left]
        solved = core.plan(question)
    return _plan(
        solved,
        budget=budget,
        choice=choice,
        publish=() if found is None else found.publish,
        scope=scope,
        change=change,
        what_if=what_if,
        inputs=_inputs(_files(wanted, environments), more_places, catalog, cost_files),
        broken=broken,
        unit=told.unit,
        cost_of=cost_of,
        jobs=jobs,
        known=(locks, core),
    )


def _places(given: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> list[str]:
    several = [given] if isinstance(given, (str, os.PathLike)) else given
    return [os.fspath(each) for each in several]


def _labels(wanted: Iterable[Wanted], choice: Choice | None) -> dict[str, set[str]]:
    """Return the stacks of each root."""
    labels: dict[str, set[str]] = {}
    for lock in wanted:
        for root, _ in lock.roots:
            labels.setdefault(root, set()).add(lock.label)
    for want in () if choice is None else choice.wants:
        if want.spec is not None:
            labels.setdefault(want.spec.hash, set()).add(want.stack)
    return labels


def _costs(locks: compiled.Catalog, told: Costs) -> dict[str, Cost]:
    """Return what each spec of the locks costs, by hash; nothing where each costs 1."""
    if told is UNIT_COSTS:
        return {}
    specs = locks.specs(compiled.Query.all(), None)
    return told.of(each[:3] for each in specs)


def _what_if(
    core: compiled.Catalog, state: compiled.State, assumed: Sequence[str], withheld: Sequence[str]
) -> WhatIf | None:
    if not assumed and not withheld:
        return None
    more, fewer = _asked(core, assumed), _asked(core, withheld)
    for spec, found in (*more, *fewer):
        if not found:
            raise _unknown("spec", spec, core)
    available = {each for _, found in more for each in found}
    refused = {each for _, found in fewer for each in found}
    binaries = {*core.available(state, sorted(available | refused))}
    return WhatIf(
        assumed=_counted(more),
        withheld=_counted((spec, binaries.intersection(found)) for spec, found in fewer),
        available=tuple(sorted(available - binaries - refused)),
        unavailable=tuple(sorted(binaries & refused)),
    )


def _wanted(
    places: Iterable[str], limits: Limits
) -> tuple[tuple[Wanted, ...], tuple[WantedEnvironment, ...]]:
    """Read what is wanted: files, and abstract specs as they are typed."""
    files = []
    typed = []
    for place in places:
        where = split_label(place)[1]
        is_file = where == "-" or os.path.exists(where)  # noqa: PTH110 - not of a long name
        spec = None if is_file else choosing.typed_spec(place)
        if spec is None:
            files.append(place)
        else:
            typed.append(spec)
    locks, environments = read_wants(files, limits)
    return locks, (*environments, *typed)


def _candidates(
    places: Iterable[str], limits: Limits
) -> tuple[list[Wanted], list[compiled.Catalog]]:
    """Read what can be chosen from: locks, and other sources."""
    locks = []
    others = []
    for place in places:
        if is_lock(split_label(place)[1]):
            locks.append(read_wanted(place, limits))
        else:
            source = read(place, limits)
            if source.damaged:
                raise damage(source.damaged)
            others.append(source.core)
    return locks, others


def _files(wanted: Iterable[Wanted], environments: Iterable[WantedEnvironment]) -> list[str]:
    """Return the files that say what is wanted; what was typed is none."""
    files = [each.place for each in environments if each.environment.path != each.place]
    return [*(each.place for each in wanted), *files]


def _refuse_cycle(core: compiled.Catalog, path: str) -> None:
    if cycle := core.cycle():
        raise DamagedSourceError(
            path=path,
            place=cycle[0],
            line=None,
            fault=f"{len(cycle)} specs depend on each other in a circle, "
            "together with what the caches say of them",
        )


def _matching(core: compiled.Catalog, spec: str) -> list[str]:
    """Return the hashes of the specs that satisfy an abstract spec, sorted."""
    asked = f"/{spec}" if _HASH.fullmatch(spec) else spec
    found, undecided = core.find(asked, compiled.Query.all(), None)
    if undecided:
        first, _, missing = undecided[0]
        more = f" and {len(undecided) - 1} more" if len(undecided) > 1 else ""
        raise UndecidedError(
            f"the sources do not tell whether {first[1]}@{first[2]}/{first[0]}{more} "
            f"satisfies `{spec}`: {missing}",
            spec,
            sorted({what for _, what, _ in undecided}),
            len(undecided),
            [each[0] for each, _, _ in undecided],
            hint="name the specs by their hashes, as in `/HASH`",
        )
    return [each[0] for each in found]


def _asked(core: compiled.Catalog, specs: Iterable[str]) -> list[tuple[str, list[str]]]:
    return [(spec, _matching(core, spec)) for spec in dict.fromkeys(specs)]


def _unknown(kind: str, spec: str, core: compiled.Catalog) -> UnknownNameError:
    named = _PACKAGE.match(spec)
    near = suggestions(named[1], core.names("package")) if named else ()
    return UnknownNameError(kind=kind, name=spec, suggestions=near)


def _change(
    locks: compiled.Catalog,
    typed: Sequence[str],
    listed: Sequence[str] | None,
    policy: Policy,
    depth: int | None,
) -> ChangeAsked | None:
    if not typed and listed is None:
        if policy != "hash" or depth is not None:
            raise UsageError(
                "`policy` and `depth` are about a change, and none is given",
                hint="name what changed with `changed`",
            )
        return None
    asked = _asked(locks, typed)
    for spec, found in asked:
        if not found:
            raise _unknown("wanted spec", spec, locks)
    asked += [each for each in _asked(locks, listed or ()) if each[0] not in dict(asked)]
    return ChangeAsked(
        specs=_counted(asked),
        changed=tuple(sorted({each for _, found in asked for each in found})),
        policy=policy,
        depth=depth,
    )


def _counted(asked: Iterable[tuple[str, Collection[str]]]) -> tuple[ChangedSpec, ...]:
    return tuple(ChangedSpec(spec=spec, matches=len(found)) for spec, found in asked)


#: The order in which inputs are told.
_ROLES: Final = ("want", "candidates", "cache", "costs")


def _inputs(
    wanted: Iterable[str],
    candidates: Iterable[str],
    catalog: Catalog | None,
    costs: Iterable[str],
) -> tuple[Input, ...]:
    inputs = {Input(path=each, sha256=_sha256_of([each]), role="want") for each in wanted}
    inputs |= {
        Input(path=each, sha256=_sha256_of([split_label(each)[1]]), role="candidates")
        for each in candidates
    }
    if catalog is not None:
        files = sorted({source for source, _, _ in catalog._core.origins()})
        for place in catalog.sources:
            _, where = split_label(place)
            folder = where.rstrip("/") + "/"
            own = [file for file in files if file == where or file.startswith(folder)]
            inputs.add(Input(path=place, sha256=_sha256_of(own or [where]), role="cache"))
    inputs |= {Input(path=each, sha256=_sha256_of([each]), role="costs") for each in costs}
    return tuple(sorted(inputs, key=lambda each: (_ROLES.index(each.role), each.path)))


def _sha256_of(files: Sequence[str]) -> str | None:
    """Return the checksum of a file, or of a list of files as ``sha256sum`` prints it."""
    sums = []
    for file in files:
        path = Path(file)
        if not path.is_file():
            return None
        sums.append(hashlib.sha256(path.read_bytes()).hexdigest())
    if len(sums) == 1:
        return sums[0]
    lines = "".join(f"{each}  {file}\n" for each, file in zip(sums, files, strict=True))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def _plan(
    core: compiled.Plan,
    *,
    budget: Budget | None,
    choice: Choice | None,
    publish: tuple[PublishedWant, ...],
    scope: Scope,
    change: ChangeAsked | None,
    what_if: WhatIf | None,
    inputs: tuple[Input, ...],
    broken: Sequence[tuple[str, list[str]]],
    unit: Unit,
    cost_of: Mapping[str, Cost],
    jobs: int | None,
    known: tuple[compiled.Catalog, compiled.Catalog],
) -> Plan:
    untested = tuple(
        Untested(spec=_named(spec), kept_by=kept_by, available=available)
        for spec, kept_by, available in core.untested()
    )
    cut, wants, left_out = core.left_out()
    builds = _builds(core, cost_of)
    return Plan(
        scope=scope,
        unit=unit,
        predicted=change is not None and bool(change.changed),
        change=change,
        what_if=what_if,
        inputs=inputs,
        builds=builds,
        critical_path=tuple(core.critical_path()),
        needless=tuple(
            Needless(spec=_named(spec), cut_by=_named(cut_by), reason=reason)
            for spec, cut_by, reason in core.needless()
        ),
        untested=untested,
        left_out=LeftOut(
            specs=_counted(broken),
            broken=tuple(sorted({each for _, found in broken for each in found})),
            cut=tuple(cut),
            wants=tuple(wants),
            builds=tuple(
                LeftOutBuild(
                    spec=_named(spec),
                    reason=reason,
                    chain=Hashes(count, partial(core.left_out_chain, spec[0])),
                )
                for spec, reason, count in left_out
            ),
        ),
        budget=budget,
        schedule=None if jobs is None else scheduling.schedule(core, builds, jobs),
        choice=choice,
        publish=publish,
        totals=_totals(core, sum(each.available for each in untested)),
        _core=core,
        _known=known,
    )


def _builds(core: compiled.Plan, cost_of: Mapping[str, Cost]) -> tuple[Build, ...]:
    parts = zip(core.builds(), core.need_counts(), core.because_counts(), strict=True)
    return tuple(
        Build(
            hash=answer[0],
            name=answer[1],
            version=answer[2],
            platform=answer[3],
            os=answer[4],
            target=answer[5],
            stacks=tuple(answer[6]),
            stage=answer[7],
            needs=Hashes(needs, partial(core.needs, answer[0])),
            cost=answer[8],
            estimated=answer[0] in cost_of and cost_of[answer[0]].estimated,
            cause=answer[9],
            because=Hashes(because, partial(core.because, answer[0])),
        )
        for answer, needs, because in parts
    )


def _totals(core: compiled.Plan, untested: int) -> PlanTotals:
    totals = core.totals()
    return PlanTotals(
        wants=totals[0],
        wants_left_out=totals[1],
        builds=totals[2],
        cost=totals[3],
        stages=totals[4],
        critical_path=totals[5],
        reused=totals[6],
        node_by_node=totals[7],
        due_to_change=totals[8],
        untested=untested,
    )


def _whys(core: compiled.Plan, spec: str, found: Sequence[str]) -> tuple[Why, ...]:
    reasons: list[Why] = []
    left = _MOST_LINES
    if len(found) <= _MOST_REASONS:
        for each in found:
            answer = core.why(each, left)
            if answer is None:
                break
            reasons.append(_why(answer))
            left -= len(answer[-1])
        else:
            return tuple(reasons)
    specs = "one spec" if len(found) == 1 else f"{len(found)} specs"
    raise UsageError(
        f"`{spec}` names {specs}, and why takes more than the {_MOST_LINES} lines that are told",
        hint="name fewer specs, by a version or by hashes, as in `/HASH`, or one nearer to a root",
    )


def _why(answer: compiled.WhyAnswer) -> Why:
    named, (verdict, cause, left_out), held, lines = answer
    reason, chain = (None, []) if left_out is None else left_out
    return Why(
        spec=_named(named),
        verdict=verdict,
        cause=cause,
        left_out=reason,
        chain=tuple(chain),
        change=None if held is None else _held(held),
        tree=tuple(
            WhyLine(
                depth=depth,
                spec=_named(each),
                link=link,
                reason=cut,
                types=tuple(types),
                is_want=is_want,
                is_repeated=is_repeated,
            )
            for depth, each, link, cut, types, is_want, is_repeated in lines
        ),
    )


def _held(answer: compiled.HeldAnswer) -> HeldChange:
    stale, chain = answer
    return HeldChange(
        stale=stale,
        chain=tuple(ChangeLink(spec=_named(spec), types=tuple(types)) for spec, types in chain),
    )


def _named(answer: compiled.NamedAnswer) -> NamedSpec:
    dag_hash, name, version = answer
    return NamedSpec(hash=dag_hash, name=name, version=version)
