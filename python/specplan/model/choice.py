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


#: What ended a search early.
Cut: TypeAlias = Literal["nodes", "memory", "work", "time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The chosen specs, and the proof of their cost.

    Attributes:
        wants: By stack, os, target, then in the order of the roots.
        optimal: Whether no choice costs less.
        lower_bound: What every choice costs at least.
        cost: What the builds of all that is wanted cost.
        cost_alone: What they would cost if each want took what is cheapest alone.
        nodes: The number of nodes that the search visited.
        cut: What ended it early, if something did.
        one_by_one: The stacks that would take one lock as a whole, had one been given; their
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
        """The wants that nothing known can meet: they need a concretizer."""
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
        """The share of the cost that may be above the least, between 0 and 1."""
        return (self.cost - self.lower_bound) / self.cost if self.cost else 0.0


#: Why a want cannot be planned: no known spec satisfies it; it is unknown whether any does;
#: those that do need what is known not to build, or specs without recorded dependencies; its
#: environment builds it from a source tree, so no cache has a binary of it.
UnplannableReason: TypeAlias = Literal["no_candidate", "undecided", "blocked", "developed"]


#: Why a spec was chosen: it is the only candidate; it needs no build; the plan with any other
#: candidate costs more; another costs the same and stands behind it (what has a binary comes first,
#: then the newest version, then the smallest hash); its lock is taken as a whole; the search ended
#: before it saw that another costs less.
Reason: TypeAlias = Literal["only", "no_build", "least", "tie", "lock", "cut"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCandidate:
    """Another spec that meets a want, and the cost of the plan with it.

    Attributes:
        spec: The other candidate with which the plan costs least.
        more_builds: The number of additional builds of that plan; negative if it has fewer.
        more_cost: How much more it costs.
    """

    spec: NamedSpec
    more_builds: int
    more_cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenWant:
    """An abstract want and the spec that was chosen for it.

    Attributes:
        stack: The label of the environment, or of the abstract spec.
        os: The operating system that it is wanted for.
        target: The target.
        want: The abstract spec, with what its environment requires.
        candidates: The number of known specs that satisfy it there.
        spec: The spec that was chosen; None if the want cannot be planned.
        lock: The lock that it was chosen with, where a stack takes one as a whole.
        lack: Why it cannot be planned, if it cannot.
        completed: Whether it installs from the caches once the plan is built. A budget may
            go to others; then ``spec`` is what would complete it for the least more.
        reason: Why this spec was chosen; None where none was, where a budget goes to others, and
            for the wants of a choice that has too many candidates to compare all.
        other: The next best candidate where all else stays as it is; None where there is no
            other or none was compared, which is so of a spec that needs no build.
        path: The file of the environment that asks for it; empty where no file does.
        line: The line of its list item there, counted from 1; None where no file asks for it.
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
        want: What is wanted, a package or ``package@=version``.
        hash: The binary that covers it: the nearest of the gap.
        package: Its package.
        version: Its version.
        binary_os: Its operating system.
        binary_target: Its target.
        listed_by: The stacks that list it, sorted; none where only a union index does.
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
