"""The choice for wants that several specs can meet."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.model.query import EnvironmentAsked
from specplan.model.spec import NamedSpec
from specplan.records import dataclass

__all__ = [
    "Choice",
    "ChosenWant",
    "Cut",
    "OtherCandidate",
    "PublishedWant",
    "Reason",
    "UnplannableReason",
]


#: The limits that end a search early.
Cut: TypeAlias = Literal["nodes", "memory", "work", "time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The chosen specs, and the proof of their cost.

    Attributes:
        wants: By stack, os, target, then in the order of the roots.
        optimal: Whether no choice costs less.
        lower_bound: A lower bound on the cost of any choice.
        cost: The cost of the builds of everything wanted.
        cost_alone: Their cost if each want took the candidate that is cheapest for it alone.
        nodes: The number of nodes that the search visited.
        cut: The limit that ended the search early, if one did.
        one_by_one: The stacks that would take one lock as a whole if one had been given; their
            roots were chosen one by one and may not agree on their dependencies.
        environments: The environments whose roots are wanted, by stack, then path.
    """

    wants: tuple[ChosenWant, ...]
    optimal: bool
    lower_bound: float
    cost: float
    cost_alone: float
    nodes: int
    cut: Cut | None
    one_by_one: tuple[str, ...]
    environments: tuple[EnvironmentAsked, ...]

    @property
    def unplannable(self) -> tuple[ChosenWant, ...]:
        """The wants that no known spec can meet: they need a concretizer."""
        return tuple(each for each in self.wants if each.spec is None)

    @property
    def deterministic(self) -> bool:
        """True if the same question gets the same answer everywhere."""
        return self.cut != "time"

    @property
    def roots(self) -> tuple[str, ...]:
        """The chosen hashes of the wants that the plan completes, sorted."""
        installed = (each.spec for each in self.wants if each.completed)
        return tuple(sorted({each.hash for each in installed if each is not None}))

    @property
    def gap(self) -> float:
        """The largest possible share of the cost above the optimum, between 0 and 1."""
        return (self.cost - self.lower_bound) / self.cost if self.cost else 0.0


#: The reason why a want cannot be planned: no known spec satisfies it; it is unknown whether any
#: does; those that do need a spec known not to build, or specs without recorded dependencies; its
#: environment builds it from a source tree, so no cache has a binary of it.
UnplannableReason: TypeAlias = Literal["no_candidate", "undecided", "blocked", "developed"]


#: The reason why a spec was chosen: it is the only candidate; it needs no build; the plan with any
#: other candidate costs more; another costs the same and comes after it (a spec with a binary comes
#: first, then the newest version, then the smallest hash); its lock is taken as a whole; the search
#: ended before it saw that another costs less.
Reason: TypeAlias = Literal["only", "no_build", "least", "tie", "lock", "cut"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCandidate:
    """Another spec that meets a want, and the cost of the plan with it.

    Attributes:
        spec: The other candidate with which the plan costs least.
        more_builds: The number of additional builds of that plan; negative if it has fewer.
        more_cost: The additional cost of that plan.
    """

    spec: NamedSpec
    more_builds: int
    more_cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenWant:
    """An abstract want and the spec that was chosen for it.

    Attributes:
        stack: The name of the stack of the environment, or of the abstract spec.
        os: The operating system that it is wanted for.
        target: The target.
        want: The abstract spec, with the requirements of its environment.
        candidates: The number of known specs that satisfy it there.
        spec: The spec that was chosen; None if the want cannot be planned.
        lock: The lock that it was chosen with, where a stack takes one as a whole.
        lack: The reason why it cannot be planned, if it cannot.
        completed: Whether it installs from the caches once the plan is built. A budget may go to
            others; then ``spec`` would complete it at the lowest additional cost.
        reason: The reason why this spec was chosen; None if none was, if a budget goes to others,
            or if the choice has too many candidates to compare all.
        other: The next best candidate if everything else stays the same; None if there is no other,
            or if none was compared because the spec needs no build.
        path: The file of the environment that asks for it; empty if no file does.
        line: The line of its list item there, counted from 1; None if no file asks for it.
    """

    stack: str
    os: str
    target: str
    want: str
    candidates: int
    spec: NamedSpec | None
    lock: str | None
    lack: UnplannableReason | None
    completed: bool
    reason: Reason | None = None
    other: OtherCandidate | None = None
    path: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedWant:
    """A want that a binary of another stack covers: its stack only has to list it.

    Attributes:
        stack: The stack that lacks it.
        os: The operating system that it is wanted for.
        target: The target.
        want: The want, a package or ``package@=version``.
        hash: The binary that covers it: the nearest spec of the gap.
        package: Its package.
        version: Its version.
        binary_os: Its operating system.
        binary_target: Its target.
        listed_by: The stacks that list it, sorted; none if only a union index does.
    """

    stack: str
    os: str
    target: str
    want: str
    hash: str
    package: str
    version: str
    binary_os: str
    binary_target: str
    listed_by: tuple[str, ...]
