"""The reasons why a package is wanted in a cell, with its nearest binary and the plan for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from specplan import _core as compiled
from specplan.catalog.names import ROOT, select_names
from specplan.coverage.entries import not_wanted_entries
from specplan.coverage.peers import peers_of
from specplan.coverage.solve import solve
from specplan.model.spec import NamedSpec
from specplan.planning import changes
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from specplan.aliases import CellName
    from specplan.catalog.contents import Contents
    from specplan.coverage.query import CoverageQuery
    from specplan.model import Coverage, Gap, GapState, Nearest
    from specplan.model.choice import ChosenWant, PublishedWant, UnplannableReason
    from specplan.planning.plan import Plan

__all__ = ["WantVerdict", "WantedPlan", "WhyWanted", "why_wanted"]

#: The state of a want: a gap, covered, undecided, or excluded by ``[[not-wanted]]``.
WantVerdict: TypeAlias = Literal["gap", "covered", "undecided", "excluded"]

#: The decision of a plan about a want: it only needs listing; a known spec is chosen for it; it is
#: left to a larger budget; or no known spec can meet it.
WantedPlan: TypeAlias = Literal["publish", "chosen", "over_budget", "unplannable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyWanted:
    """The reason why a want is wanted in a cell, and its outcome in the plan.

    Attributes:
        stack: The stack of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        want: The want: a package, ``package@version`` or an abstract spec.
        package: The package.
        verdict: The state of the want.
        wanted_by: The origin of the want: stacks that have it, the older state, or the file with
            its line.
        state: The reason why it is a gap, if it is one.
        nearest: The closest available spec, if it is a gap and the package has one.
        nearest_spec: The name of that spec.
        plan: The decision of the plan; None if it needs nothing.
        spec: The binary to list, or the spec that was chosen.
        lack: The reason why it cannot be planned, if it cannot.
        reason: The reason why it is excluded, if it is.
    """

    stack: str
    os: str
    target: str
    want: str
    package: str
    verdict: WantVerdict
    wanted_by: tuple[str, ...]
    state: GapState | None = None
    nearest: Nearest | None = None
    nearest_spec: NamedSpec | None = None
    plan: WantedPlan | None = None
    spec: NamedSpec | None = None
    lack: UnplannableReason | None = None
    reason: str = ""


def why_wanted(
    spec: str,
    plan: Plan,
    contents: Contents,
    query: CoverageQuery,
    *,
    older: Contents | None,
    sources: Mapping[str, str],
    stacks: Mapping[str, Collection[str]],
) -> tuple[WhyWanted, ...]:
    """Return the reasons why packages of a spec are wanted, by stack, os, target and want.

    Args:
        spec: An abstract spec or ``/HASH``; only its packages count, not its other constraints.
        plan: The plan for the same question.
        contents: The caches.
        query: The query for the gaps, or with the environments whose roots are wanted.
        older: Another catalog with the older state of baseline wants.
        sources: The origin of each abstract want, by its text.
        stacks: The stacks that ask for each of them, in the same order.

    Raises:
        SpecSyntaxError: If the text is not an abstract spec.
    """
    packages = _packages(spec, plan, contents)
    asked = _Asked(plan, contents, query, older=older, packages=packages, sources=sources)
    answers = (*asked.excluded_roots(stacks), *asked.wants())
    found = {(each.stack, each.os, each.target, each.want): each for each in answers}
    return tuple(found[each] for each in sorted(found))


def _packages(spec: str, plan: Plan, contents: Contents) -> set[str]:
    if (name := compiled.AbstractSpec(spec).name) is not None:
        return {name}
    found: set[str] = set()
    for core in (*plan._known, contents.core):
        hashes = changes.resolve_spec(changes.ComparedSpecs.all_of(core), spec)
        found |= {each.package for each in core.specs(compiled.Query.hashes(hashes), None)}
    return found


class _Asked:
    """A question of gaps or environments, and the plan for it."""

    def __init__(
        self,
        plan: Plan,
        contents: Contents,
        query: CoverageQuery,
        *,
        older: Contents | None,
        packages: Collection[str],
        sources: Mapping[str, str],
    ) -> None:
        self._plan = plan
        self._contents = contents
        self._query = query
        self._excluding = not_wanted_entries(query.not_wanted)
        self._older = older
        self._packages = packages
        self._sources = sources
        # Typed wants have no cells whose coverage could be computed.
        has_cells = bool(query.want) or not sources
        self._coverage: Coverage | None = solve(contents, query, older) if has_cells else None
        self._published = {_place(each): each for each in plan.publish}
        choices = () if plan.choice is None else plan.choice.wants
        self._chosen = {_place(each): each for each in choices}

    def wants(self) -> Iterator[WhyWanted]:
        """Yield the wants in no particular order, some perhaps twice; the last one counts."""
        coverage = self._coverage
        yield from self._of_roots()
        if coverage is None:
            return
        if coverage.wants in {"peers", "baseline"}:
            yield from self._of_keys(coverage)
        for unknown in coverage.unknown:
            if unknown.package in self._packages:
                cell = (unknown.stack, unknown.os, unknown.target)
                yield self._want(cell, unknown.want, unknown.package, verdict="undecided")
        for gap in coverage.gaps:
            # The specs of locks have their own trees.
            if gap.package in self._packages and gap.hash is None:
                yield self._gap(gap)

    def excluded_roots(self, stacks: Mapping[str, Collection[str]]) -> Iterator[WhyWanted]:
        """Yield the roots that are not wanted in the cells of their stacks.

        Args:
            stacks: By the text of a root, the stacks that have it.
        """
        for cell in () if self._coverage is None else self._coverage.cells:
            place = (cell.stack, cell.os, cell.target)
            for want, own in stacks.items():
                package = compiled.AbstractSpec(want).name or ""
                if cell.stack in own and package in self._packages:
                    answer = self._excluded_or_covered(place, package, want)
                    if answer.verdict == "excluded":
                        yield answer

    def _of_roots(self) -> Iterator[WhyWanted]:
        """Yield the roots of environments and typed wants; most of them are covered."""
        for stack, os, target, want in self._chosen:
            if want not in self._sources:
                continue
            package = compiled.AbstractSpec(want).name or ""
            if package in self._packages:
                yield self._want((stack, os, target), want, package, verdict="covered")

    def _of_keys(self, coverage: Coverage) -> Iterator[WhyWanted]:
        """Yield the packages that a cell should have, as if each were covered."""
        for cell in coverage.cells:
            place = (cell.stack, cell.os, cell.target)
            for package, want in self._keys(coverage):
                if self._wanted_by(place, package, want):
                    yield self._excluded_or_covered(place, package, want)

    def _keys(self, coverage: Coverage) -> list[tuple[str, str]]:
        """Return the keys of the packages at the level of the question, each with its package."""
        if coverage.level == "package":
            return [(each, each) for each in sorted(self._packages)]
        cores = [self._contents.core]
        if self._older is not None:
            cores.append(self._older.core)
        query = compiled.Query.text("package", sorted(self._packages))
        specs = {(each.package, each.version) for core in cores for each in core.specs(query, None)}
        return [(package, f"{package}@{version}") for package, version in sorted(specs)]

    def _excluded_or_covered(self, cell: CellName, package: str, want: str) -> WhyWanted:
        stack, os, target = cell
        for at in self._excluding.about((package,), stack, os, target):
            reason = self._query.not_wanted[at].reason
            return self._want(cell, want, package, verdict="excluded", reason=reason)
        return self._want(cell, want, package, verdict="covered")

    def _gap(self, gap: Gap) -> WhyWanted:
        named = None
        if gap.nearest is not None:
            (named,) = self._plan.named([gap.nearest.hash])
        want = self._want((gap.stack, gap.os, gap.target), gap.want, gap.package, verdict="gap")
        return replace(want, state=gap.state, nearest=gap.nearest, nearest_spec=named)

    def _want(
        self,
        cell: CellName,
        want: str,
        package: str,
        *,
        verdict: WantVerdict,
        reason: str = "",
    ) -> WhyWanted:
        stack, os, target = cell
        asked = want.replace("@", "@=", 1) if self._is_key(want) else want
        place = (*cell, asked)
        plan, spec, lack = _planned(self._published.get(place), self._chosen.get(place))
        if verdict == "covered" and plan == "unplannable":
            verdict = "gap"
        return WhyWanted(
            stack=stack,
            os=os,
            target=target,
            want=want,
            package=package,
            verdict=verdict,
            wanted_by=self._wanted_by(cell, package, want),
            state=None,
            nearest=None,
            nearest_spec=None,
            plan=None if verdict == "excluded" else plan,
            spec=spec,
            lack=lack,
            reason=reason,
        )

    def _is_key(self, want: str) -> bool:
        return want not in self._sources and "@" in want and "@=" not in want

    def _wanted_by(self, cell: CellName, package: str, want: str) -> tuple[str, ...]:
        if want in self._sources:
            return (self._sources[want],)
        stack, os, target = cell
        version = want.removeprefix(package).removeprefix("@")
        query, contents = self._query, self._contents
        if query.baseline is not None or self._older is not None:
            older = self._older or contents
            named = query.baseline or older.name
            listed = _lists(
                older, query.baseline, stack, package, version=version, os=os, target=target
            )
            return (named or "the baseline",) if listed else ()
        stacks = contents.core.stacks(contents.state(query.tag))
        patterns = query.peers
        peers: Iterable[str] = (
            select_names(patterns, stacks, kind="stack")
            if patterns
            else peers_of([stack], stacks, query.families)[0][0]
        )
        return tuple(
            peer for peer in peers if _lists(contents, query.tag, peer, package, version=version)
        )


def _lists(
    contents: Contents,
    tag: str | None,
    stack: str,
    package: str,
    *,
    version: str = "",
    os: str = "",
    target: str = "",
) -> bool:
    """Return whether a stack lists a matching package in a state."""
    core = contents.core
    query = compiled.Query.text("package", [package])
    if version:
        query &= compiled.Query.text("version", [version])
    if os:
        query &= compiled.Query.text("os", [os])
    if target:
        query &= compiled.Query.text("target", [target])
    if stack != ROOT and stack not in core.stacks(None):
        return False
    return any(
        core.count(query & compiled.Query.stack(each, [stack]))
        for each in sorted({each for _, each in contents.state(tag)})
    )


def _place(want: PublishedWant | ChosenWant) -> tuple[str, str, str, str]:
    return (want.stack, want.os, want.target, want.want)


def _planned(
    published: PublishedWant | None, chosen_want: ChosenWant | None
) -> tuple[WantedPlan | None, NamedSpec | None, UnplannableReason | None]:
    """Return the plan's verdict on a want, the spec for it, and the reason if there is none."""
    if published is not None:
        spec = NamedSpec(hash=published.hash, package=published.package, version=published.version)
        return "publish", spec, None
    if chosen_want is None:
        return None, None, None
    if chosen_want.spec is None:
        return "unplannable", None, chosen_want.lack
    return ("chosen" if chosen_want.completed else "over_budget"), chosen_want.spec, None
