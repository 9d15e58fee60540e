"""What plans and differences of locks are made of: frozen, typed records.

The words are those of the documentation: a *build* is a spec that the plan builds, a
spec is *stale* if its hash will not exist again after a change, *needless* if only
pruning node by node would build it, *untested* if it holds a change that a policy or a
depth leaves alone.

Every sequence is in a fixed order, so that equal questions give equal records; it is a tuple,
or :class:`Hashes` where all of them together may be too many to be held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, overload

from specplan.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Build",
    "Cause",
    "ChangeAsked",
    "ChangeLink",
    "ChangedSpec",
    "CutReason",
    "Difference",
    "EdgeType",
    "Hashes",
    "HeldChange",
    "HoldStep",
    "Input",
    "LeftOut",
    "LeftOutBuild",
    "LeftOutReason",
    "LockDiff",
    "LockDiffTotals",
    "NamedSpec",
    "Needless",
    "NewSpec",
    "Origin",
    "OwnChange",
    "OwnKey",
    "PlanTotals",
    "Policy",
    "Untested",
    "WhatIf",
    "Why",
    "WhyLine",
    "WhyLink",
    "WhyVerdict",
]

#: What a change makes stale: every dependent, or those over link and run edges and compilers.
Policy: TypeAlias = Literal["hash", "link"]

#: Why a spec is built: a change names it; it depends on one that a change names and had a
#: binary; it had none.
Cause: TypeAlias = Literal["changed", "stale", "missing"]

#: Why a spec does not need another that it has an edge to.
CutReason: TypeAlias = Literal["available", "external", "spliced", "test_only"]

#: Why a build is left out: it is known not to build; it needs one that is; nothing else needs it.
LeftOutReason: TypeAlias = Literal["broken", "needs", "unneeded"]

#: What an edge is for; ``splice`` leads to the spec as which a spliced one was built.
EdgeType: TypeAlias = Literal["build", "link", "run", "test", "splice"]

#: What a plan does about a spec.
WhyVerdict: TypeAlias = Literal[
    "planned", "reused", "rewired", "external", "left_out", "cut_off", "not_wanted"
]

#: How a spec relates to the one below that its line hangs from.
WhyLink: TypeAlias = Literal["asked", "demands", "cuts", "unneeded"]

#: Why a hash is new: its own content is; content and dependencies are old, but not together;
#: something that it depends on is new.
Origin: TypeAlias = Literal["content", "rewired", "inherited"]

#: What of a spec is its own.
OwnKey: TypeAlias = Literal[
    "version",
    "variants",
    "flags",
    "patches",
    "package_hash",
    "namespace",
    "external",
    "platform",
    "os",
    "target",
    "compiler",
    "annotations",
    "dependencies",
]


class Hashes(Sequence[str]):
    """Hashes in a fixed order, which are worked out when somebody looks at them.

    The chains and needs of all builds of a plan can be many more than its builds, so
    only their numbers are there beforehand. It equals every sequence of the same hashes.

    Args:
        count: How many there are.
        told: Tells them.
    """

    __slots__ = ("_count", "_told")

    def __init__(self, count: int, told: Callable[[], Sequence[str]]) -> None:
        self._count = count
        self._told = told

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return iter(self._told() if self._count else ())

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSpec:
    """A spec with what people know it by.

    Attributes:
        hash: The DAG hash.
        name: The package.
        version: The version as the source spells it.
    """

    hash: str
    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of a plan.

    Attributes:
        path: The source, as it was given.
        sha256: The checksum of the file that was read; where a source has several, that of
            their list as ``sha256sum`` prints it; None where a file is not on this machine.
        role: What the input is for.
    """

    path: str
    sha256: str | None
    role: Literal["want", "candidates", "cache", "costs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A spec that the plan builds.

    Attributes:
        hash: The DAG hash; in a predicted plan that of the spec before the change.
        name: The package.
        version: The version.
        platform: The platform.
        os: The operating system.
        target: The target.
        stacks: The stacks whose locks hold the spec, sorted.
        stage: When it can be built: after all builds of earlier stages.
        needs: The hashes of the builds that it waits for, sorted.
        cost: What it costs, in the unit of the plan's costs.
        estimated: Whether no file tells its cost, so that it is an estimate.
        cause: Why it is built.
        because: A shortest chain of hashes from a want to the spec, each of which needs the next.
    """

    hash: str
    name: str
    version: str
    platform: str
    os: str
    target: str
    stacks: tuple[str, ...]
    stage: int
    needs: Sequence[str]
    cost: float
    estimated: bool
    cause: Cause
    because: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTotals:
    """The numbers of a plan.

    Attributes:
        wants: The specs that are wanted, those left out included.
        wants_left_out: Those that cannot be had because of a broken spec.
        builds: The builds.
        cost: What they cost together.
        stages: The stages.
        critical_path: What the dearest chain of builds costs.
        reused: The available specs that wants or builds install.
        node_by_node: The builds if pruning went node by node.
        due_to_change: The builds that the plan without the change would not hold.
        untested: The binaries that hold the change and are kept.
    """

    wants: int
    wants_left_out: int
    builds: int
    cost: float
    stages: int
    critical_path: float
    reused: int
    node_by_node: int
    due_to_change: int
    untested: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSpec:
    """One abstract spec that was said to change.

    Attributes:
        spec: The abstract spec.
        matches: How many specs of the wants it matches; what was typed matches at least one.
    """

    spec: str
    matches: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAsked:
    """The change that a plan predicts.

    Attributes:
        specs: The abstract specs, in the order in which they were given.
        changed: The hashes of the specs that they match, sorted.
        policy: Which dependents become stale.
        depth: How many edges a stale dependent may be away; None for any number.
    """

    specs: tuple[ChangedSpec, ...]
    changed: tuple[str, ...]
    policy: Policy
    depth: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What a plan takes for available, or not, against what the caches say.

    Attributes:
        assumed: The abstract specs that were said to be available, with how many specs
            satisfy each.
        withheld: Those that were said not to be, with how many binaries satisfy each. A
            spec that satisfies one of either kind is not available.
        available: The hashes that are assumed and have no binary, sorted.
        unavailable: The hashes whose binaries do not count, sorted.
    """

    assumed: tuple[ChangedSpec, ...]
    withheld: tuple[ChangedSpec, ...]
    available: tuple[str, ...]
    unavailable: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Needless:
    """A spec that pruning node by node would build in vain.

    Attributes:
        spec: The spec.
        cut_by: The spec above it that does not need it.
        reason: Why it does not.
    """

    spec: NamedSpec
    cut_by: NamedSpec
    reason: CutReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Untested:
    """A spec that holds the change and is left alone.

    Attributes:
        spec: The spec.
        kept_by: What leaves it alone.
        available: Whether it has a binary, which then is kept.
    """

    spec: NamedSpec
    kept_by: Literal["policy", "depth"]
    available: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutBuild:
    """A build that is left out because of a spec that does not build.

    Attributes:
        spec: The spec.
        reason: Why it is left out.
        chain: From the spec down to a broken one, if it needs one.
    """

    spec: NamedSpec
    reason: LeftOutReason
    chain: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What a plan does without because of specs that do not build.

    Attributes:
        specs: The abstract specs of what is known not to build.
        broken: The hashes of the specs that they match, sorted.
        cut: Those of them that would have to be built, sorted.
        wants: The wants that cannot be had, sorted.
        builds: The builds that are left out, by hash.
    """

    specs: tuple[ChangedSpec, ...]
    broken: tuple[str, ...]
    cut: tuple[str, ...]
    wants: tuple[str, ...]
    builds: tuple[LeftOutBuild, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyLine:
    """One line of the tree that tells why a spec is planned or not.

    Attributes:
        depth: How deep it is; it hangs from the nearest line before that is one less deep.
        spec: A dependent of the spec that it hangs from; the one asked about at depth 0.
        link: Whether it demands that one, cuts it off, or would need it but is not needed itself.
        reason: Why it cuts that one off.
        types: What it has that one for.
        is_want: Whether the spec is wanted.
        is_repeated: Whether the lines below it stand at another line with the spec.
    """

    depth: int
    spec: NamedSpec
    link: WhyLink
    reason: CutReason | None
    types: tuple[EdgeType, ...]
    is_want: bool
    is_repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLink:
    """One spec of the chain that leads to a change.

    Attributes:
        spec: The spec.
        types: What it has the next one for; empty for the last one, which changed itself.
    """

    spec: NamedSpec
    types: tuple[EdgeType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldChange:
    """How a spec holds a change.

    Attributes:
        stale: Whether that makes the spec stale; if not, a policy or a depth leaves it alone.
        chain: A shortest chain of dependencies from the spec to one that changed.
    """

    stale: bool
    chain: tuple[ChangeLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a plan builds a spec, or why it does not, with the tree that proves it.

    Attributes:
        spec: The spec.
        verdict: What the plan does about it.
        cause: Why it is built, if it is.
        left_out: Why it is left out, if it is.
        chain: From the spec down to a broken one, if it is left out for needing one.
        change: How it holds the change; None if it does not, or nothing changed.
        tree: From the spec up to what needs it, or to what makes it needless.
    """

    spec: NamedSpec
    verdict: WhyVerdict
    cause: Cause | None
    left_out: LeftOutReason | None
    chain: tuple[str, ...]
    change: HeldChange | None
    tree: tuple[WhyLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One key in which a new spec differs from the old one that it is held against.

    Attributes:
        key: The key.
        old: The old text; several values are one a line.
        new: The new text.
    """

    key: OwnKey
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSpec:
    """A hash that only the new state has.

    Attributes:
        spec: The spec.
        external: Whether the system provides it; then it is no build.
        origin: Why its hash is new.
        against: The old spec of the same package that differs least, if there is one.
        replaces: Whether that one is gone and gave way to this one.
        differences: The keys in which the two differ; empty without ``against``.
    """

    spec: NamedSpec
    external: bool
    origin: Origin
    against: NamedSpec | None
    replaces: bool
    differences: tuple[Difference, ...]

    @property
    def is_own_change(self) -> bool:
        """Whether the spec changed itself."""
        return self.origin != "inherited"

    @property
    def is_recipe_only(self) -> bool:
        """Whether the spec changed itself, and only by the text of its recipe."""
        return self.is_own_change and [each.key for each in self.differences] == ["package_hash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChange:
    """A spec that changed itself, and how far that goes.

    Attributes:
        spec: The spec.
        reaches: How many new specs have it in their closure, itself included.
        explains_alone: How many new specs nothing new gets into but through it.
        reaches_by_link_run: How many it reaches over link and run edges alone.
    """

    spec: NewSpec
    reaches: int
    explains_alone: int
    reaches_by_link_run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStep:
    """One own change to hold back, in greedy order.

    Attributes:
        spec: The spec whose old version would be kept.
        builds_left: An estimate of the builds that remain when this one and all before it
            are held back.
        fewest_left: The fewest that remain when any so many are held back; None where there
            are too many own changes to try all sets.
    """

    spec: NamedSpec
    builds_left: int
    fewest_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LockDiffTotals:
    """The numbers of the difference of two locks.

    Attributes:
        kept: The specs that both states have.
        new: The specs that only the new one has.
        gone: The specs that only the old one has.
        builds: The new specs that are not external.
        own_change: The new specs that changed themselves.
        inherited: The new specs whose dependencies changed.
        recipe_only: The own changes that are of the recipe's text alone.
    """

    kept: int
    new: int
    gone: int
    builds: int
    own_change: int
    inherited: int
    recipe_only: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LockDiff(Report):
    """What is new between two states, and what caused it.

    Attributes:
        old: The old state.
        new: The new state.
        specs: The new specs, by hash.
        gone: The specs that only the old state has, by hash.
        causes: The own changes, the farthest reaching first, then by hash.
        hold: The own changes in the order in which to hold them back.
        totals: The numbers.
    """

    old: str
    new: str
    specs: tuple[NewSpec, ...]
    gone: tuple[NamedSpec, ...]
    causes: tuple[OwnChange, ...]
    hold: tuple[HoldStep, ...]
    totals: LockDiffTotals
