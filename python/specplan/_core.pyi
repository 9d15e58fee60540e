"""The compiled core of specplan. Private: use the package ``specplan``.

Names cross the border as text, answers as tuples in the order given here, one call a
question. All classes are immutable and safe to share between threads; calls that may
take long release the GIL. A text that names nothing (a column, a level, a tag, a
stack) raises ``ValueError``: the facade has looked them up before.
"""

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Literal, TypeAlias, TypedDict, final

from specplan.model import (
    BoundReason,
    Cause,
    Compatibility,
    CutReason,
    EdgeType,
    ExclusionReason,
    GapState,
    Level,
    Missing,
    Origin,
    OwnKey,
    Policy,
    Scope,
    WhyLink,
    WhyVerdict,
)

__all__ = [
    "AbstractSpec",
    "Catalog",
    "OperatingSystems",
    "PagesRead",
    "Plan",
    "Query",
    "SpecsRead",
    "Version",
    "catalog_of_state",
    "format_releases",
    "is_known_target",
    "known_targets",
    "parse_specs",
    "pattern_is_found",
    "query_of_state",
    "read_page_values",
    "read_pages",
    "read_specs",
    "show_panics",
]

__version__: str

Column: TypeAlias = Literal[
    "tag",
    "package",
    "version",
    "platform",
    "os",
    "target",
    "compiler",
    "variants",
    "size",
    "source",
    "cache",
]

#: Which snapshot of which cache counts: (cache, tag).
State: TypeAlias = list[tuple[str, str]]

#: Packages, stacks, operating systems, targets; None for all.
NamesOfNotWanted: TypeAlias = tuple[
    list[str] | None, list[str] | None, list[str] | None, list[str] | None
]

#: hash, name, version, platform, os, target, compiler, variants, size, stacks, tags, source,
#: whether it is available, whether it is external.
SpecAnswer: TypeAlias = tuple[
    str, str, str, str, str, str, str, list[str], str, list[str], list[str], str, bool, bool
]

#: The specs that satisfy an abstract spec, by hash; and those of which it is unknown, each
#: with the name of what is missing and a sentence about it.
FoundAnswer: TypeAlias = tuple[list[SpecAnswer], list[tuple[SpecAnswer, Missing, str]]]

#: stack, platform, os, target, wanted, covered, covered_exact.
CellAnswer: TypeAlias = tuple[str, str, str, str, int, int, int, bool]

#: hash, stack, os, target, source, differs.
NearestAnswer: TypeAlias = tuple[str, str, str, str, str, list[str]]

#: position of the cell, want, package, hash, state, cells_lacking, nearest.
GapAnswer: TypeAlias = tuple[int, str, str, str | None, GapState, int, NearestAnswer | None]

#: cells, gaps, the keys that each cell lacks, wants that each entry excludes, wants
#: that any entry excludes.
CoverageAnswer: TypeAlias = tuple[
    list[CellAnswer], list[GapAnswer], list[tuple[str, ...]], list[int], int
]

#: By stack and gap (blocked, roots completed, buildable now); by stack (os, target,
#: usable wants); (hash, hashes that it lacks) of the distinct roots, by hash.
DemandAnswer: TypeAlias = tuple[
    list[list[tuple[int, int, bool]]],
    list[list[tuple[str, str, int]]],
    list[tuple[str, list[str]]],
]

#: A spec without a binary that binaries lack: hash, package as dependents call it, how many
#: binaries and how many roots have it in their link and run closure, the broken binaries and
#: missing specs that need it directly, some roots.
MissingAnswer: TypeAlias = tuple[str, str, int, int, list[str], list[str]]

#: How many binaries, how many are usable, whether any source tells dependencies; how many roots,
#: how many are usable, the broken ones, those without a binary; what binaries lack, ranked by
#: roots, then binaries, then hash; other hashes that only edges tell of, with the package as
#: dependents call it, and those; what indexes list without a binary and no binary lacks; for
#: each group of specs that depend on each other all of them and a shortest cycle; the binaries
#: that link to, or run with, specs whose systems do not serve theirs: hash, these specs, and how
#: many binaries and roots need it, itself included.
SoundnessAnswer: TypeAlias = tuple[
    tuple[int, int, bool],
    tuple[int, int, list[str], list[str]],
    list[MissingAnswer],
    list[tuple[str, str, list[str]]],
    list[str],
    list[tuple[list[str], list[str]]],
    list[tuple[str, list[str], int, int]],
]

#: Hashes that are not that of their content, each with the one that is; how many were
#: recomputed, right or wrong; those that could not be; place, line and fault of a file that
#: cannot be read.
HashesAnswer: TypeAlias = tuple[
    list[tuple[str, str]], int, list[str], tuple[str, int | None, str] | None
]

#: The hashes that meet a want on the very system of its cell, those of other systems that serve
#: it, and those of which it is unknown with the name of what is missing.
MetAnswer: TypeAlias = tuple[list[str], list[str], list[tuple[str, Missing]]]

#: want, how many specs might cover it, the names of what is missing.
UnknownAnswer: TypeAlias = tuple[int, int, list[Missing]]

#: covered, covered_exact, usable, gaps, the wants that cannot be decided.
AbstractCellAnswer: TypeAlias = tuple[int, int, int | None, list[int], list[UnknownAnswer]]

#: cell, want, state, nearest.
AbstractGapAnswer: TypeAlias = tuple[int, int, GapState, NearestAnswer | None]

#: cells; gaps; (cell, want, hash, hashes that it lacks) of the covered wants that nothing
#: usable covers, by cell, with what covers them and lacks least.
AbstractAnswer: TypeAlias = tuple[
    list[AbstractCellAnswer],
    list[AbstractGapAnswer],
    list[tuple[int, int, str, list[str]]],
    list[tuple[int, int, list[str]]],
]

#: want, package, hash.
KeyAnswer: TypeAlias = tuple[str, str, str | None]

#: package, old keys, new keys.
ChangeAnswer: TypeAlias = tuple[str, list[str], list[str]]

#: stack, platform, os, target, kept, lost, gained, changed.
CellDiffAnswer: TypeAlias = tuple[
    str, str, str, str, int, list[KeyAnswer], list[KeyAnswer], list[ChangeAnswer]
]

#: hash; (cache, tag, source) of two rows; and for each column in which they differ its
#: name, the text of the first row and that of the other.
Differing: TypeAlias = tuple[
    str, tuple[str, str, str], tuple[str, str, str], list[tuple[str, str, str]]
]

#: hash, name, version.
NamedAnswer: TypeAlias = tuple[str, str, str]

#: Texts that repeat: which it is each time, and the distinct ones.
RepeatedAnswer: TypeAlias = tuple[list[int], list[str]]

#: By build: hash; name, version, platform, os, target; stacks, which set it is each time and the
#: distinct sets; stage, cost, cause.
BuildsAnswer: TypeAlias = tuple[
    list[str],
    list[RepeatedAnswer],
    tuple[list[int], list[list[str]]],
    list[int],
    list[float],
    list[Cause],
]

#: wants, wants left out, builds, cost, stages, critical path, reused, node by node, due to change.
PlanTotalsAnswer: TypeAlias = tuple[int, int, int, float, int, float, int, int, int]

#: makespan, lower bound, why there is none shorter, by runner how long it builds and its runs in
#: order, in columns: positions of builds, starts, finishes.
ScheduleAnswer: TypeAlias = tuple[
    float, float, BoundReason, list[tuple[float, list[int], list[float], list[float]]]
]

#: specs with what completing the root by each is worth, and the position of the one that would
#: be taken if nothing was limited.
BidQuestion: TypeAlias = tuple[list[tuple[str, int]], int | None]

#: by source its roots, and the source that would be taken if nothing was limited.
BidGroupQuestion: TypeAlias = tuple[list[list[BidQuestion]], int]

#: what becomes of a root, the position of the spec that completes it or would for the least more,
#: and how many builds and what cost that takes beside the plan.
BidAnswer: TypeAlias = tuple[
    Literal["external", "installable", "completed", "beyond", "left_out", "outbid"],
    int | None,
    int,
    float,
]

#: source by group, its roots by group, weight, upper bound, builds, cost, nodes, why the search was
#: cut.
SpendingAnswer: TypeAlias = tuple[
    list[int],
    list[list[BidAnswer]],
    int,
    int,
    int,
    float,
    int,
    Literal["nodes", "memory", "work", "time"] | None,
]

#: Why a spec is left out, and the chain from it down to a broken one.
ExclusionAnswer: TypeAlias = tuple[ExclusionReason, list[str]]

#: depth, spec, how it relates to the line that it hangs from, why it does not need that one,
#: what the edge is for, whether the spec is a want, whether it is told at another line.
WhyLineAnswer: TypeAlias = tuple[
    int, NamedAnswer, WhyLink, CutReason | None, list[EdgeType], bool, bool
]

#: verdict, cause of a build, reason of what is left out.
VerdictAnswer: TypeAlias = tuple[WhyVerdict, Cause | None, ExclusionAnswer | None]

#: Whether a spec is stale, and the chain to what changed: each with what it has the next one for.
HeldAnswer: TypeAlias = tuple[bool, list[tuple[NamedAnswer, list[EdgeType]]]]

#: spec, what is done about it, how it holds the change, and the tree that tells why.
WhyAnswer: TypeAlias = tuple[NamedAnswer, VerdictAnswer, HeldAnswer | None, list[WhyLineAnswer]]

#: The name of a key, its old and its new text.
KeyDifferenceAnswer: TypeAlias = tuple[OwnKey, str, str]

#: spec, whether it is external, origin, the old spec that it is held against, whether that one
#: gave way to it, the keys in which they differ.
NewSpecAnswer: TypeAlias = tuple[
    NamedAnswer, bool, Origin, NamedAnswer | None, bool, list[KeyDifferenceAnswer]
]

#: kept; new specs by hash; gone ones by hash, each with whether it is external; causes as
#: (position among the new, reaches, explains alone, reaches by link and run); builds; hold list
#: as (position among the new, builds left, fewest builds that so many changes leave); the new
#: specs that are old ones in another format, each with the old hash: they are not among the new.
LockDiffAnswer: TypeAlias = tuple[
    int,
    list[NewSpecAnswer],
    list[tuple[NamedAnswer, bool]],
    list[tuple[int, int, int, int]],
    int,
    list[tuple[int, int, int | None]],
    list[tuple[NamedAnswer, str]],
]

class PlanQuestion(TypedDict):
    """A question of the least rebuild.

    ``state`` holds the snapshots whose binaries are available, ``locks`` those whose stacks
    the builds carry. ``roots``, ``changed`` and ``broken`` are hashes of known specs, roots
    also :class:`KnownSpecs` of the catalog that is asked (else ``ValueError``); without
    ``changed`` the plan is of the present. The specs of ``assumed`` count as available too,
    those of ``withheld`` do not. ``costs`` tells what building known specs costs;
    without it, and for specs that it does not name, that is 1.
    """

    state: State
    locks: State
    roots: list[str] | KnownSpecs
    scope: Scope
    changed: list[str] | None
    policy: Policy
    depth: int | None
    broken: list[str]
    assumed: list[str]
    withheld: list[str]
    costs: list[tuple[str, float]] | None

#: (position of the chosen alternative by want, None where none can be had; cost; lower bound;
#: whether it is optimal; cost if each want took what is cheapest alone; nodes; cut).
ChosenRootsAnswer: TypeAlias = tuple[
    list[tuple[int, list[int]] | None],
    float,
    float,
    bool,
    float,
    int,
    Literal["nodes", "memory", "work", "time"] | None,
]

class LockDiffQuestion(TypedDict):
    """A question of what is new between two states, whether binaries or not."""

    old: State
    new: State

class CoverageQuestion(TypedDict):
    """A question of coverage; all names are known and expanded from their patterns.

    Exactly one of ``peers`` (sets of stacks, and for each reported stack which of them),
    ``baseline`` (the older state) and ``specs`` (for each reported stack the hashes that it
    wants) is given.
    ``added`` lists (os, target, platform) for each reported stack; ``added_of_peers`` adds
    every system of a peer.
    """

    state: State
    level: Level
    compat: Compatibility
    reported: list[str]
    peers: tuple[list[list[str]], list[int]] | None
    baseline: State | None
    added: list[list[tuple[str, str, str]]]
    added_of_peers: bool
    oss: list[str] | None
    targets: list[str] | None
    not_wanted: list[NamesOfNotWanted]
    specs: list[list[str]] | None
    operating_systems: OperatingSystems
    detail: Literal["cells", "keys", "gaps", "nearest"]

#: ``any``, ``one`` or ``never``; the choices; the condition; whether it is asked of all packages.
ClauseQuestion: TypeAlias = tuple[str, list[str], str | None, bool]

class AbstractQuestion(TypedDict):
    """A question of abstract wants.

    ``specs`` are abstract specs, each asked once, and ``clauses`` holds for each of them what
    else is required of a spec or conflicts with it; ``cells`` lists (os, target, platform,
    positions of the wanted specs). ``state`` says which binaries count; None, which only
    ``met`` takes, lets every known spec count that is no external.
    """

    state: State | None
    specs: list[str]
    clauses: list[list[ClauseQuestion]]
    cells: list[tuple[str, str, str, list[int]]]
    compat: Compatibility
    operating_systems: OperatingSystems
    detail: Literal["cells", "keys", "gaps", "nearest"]

class DemandQuestion(TypedDict):
    """What is asked of wants that are concrete specs; all lists are by stack."""

    state: State
    operating_systems: OperatingSystems
    wants: list[list[str]]
    gaps: list[list[str]]
    roots: list[list[str]]

class SoundnessQuestion(TypedDict):
    """What is asked about the soundness of a state.

    ``roots`` are the hashes whose closures count; without them, the binaries that no other
    binary depends on. ``indexes`` are the sources that should have a binary of what they list.
    """

    state: State
    operating_systems: OperatingSystems
    roots: list[str] | None
    indexes: list[str]

class DiffQuestion(TypedDict):
    """A question of difference between two states of one catalog."""

    old: State
    new: State
    level: Level
    stacks: list[str]
    oss: list[str] | None
    targets: list[str] | None

@final
class KnownSpecs:
    """Specs of one catalog that were looked up by hash, each once."""

    def __len__(self) -> int: ...

@final
class AbstractSpec:
    """A query in Spack's spec syntax, printed in its canonical form.

    Two are equal if they ask for the same. Where another abstract spec is expected, a
    text that is one will do.

    Args:
        text: One abstract spec, for example ``hdf5@1.14:+mpi ^zlib-ng``.

    Raises:
        ValueError: If the text is no single spec; its message shows the place.

    Examples:
        >>> from specplan._core import AbstractSpec
        >>> str(AbstractSpec("hdf5").constrain("target=zen4 +mpi"))
        'hdf5+mpi target=zen4'
        >>> AbstractSpec("hdf5@1.14.3").satisfies("@1.12:")
        True
    """

    def __new__(cls, text: str) -> AbstractSpec: ...
    @staticmethod
    def parse_many(text: str) -> list[AbstractSpec]:
        """Read all specs of a text: a second name or hash starts another one.

        Raises:
            ValueError: If some part of the text is no spec; its message shows the place.
        """

    @property
    def name(self) -> str | None:
        """The package, or None where it is left open."""

    @property
    def namespace(self) -> str | None:
        """The repository of the package, or None where it is left open."""

    @property
    def platform(self) -> str | None:
        """The platform, or None where it is no single one."""

    @property
    def os(self) -> str | None:
        """The operating system, or None where it is no single one."""

    @property
    def target(self) -> str | None:
        """The target, or None where it is no single one."""

    @property
    def hash(self) -> str | None:
        """The head of the hash, or None where it is left open."""

    @property
    def is_direct_only(self) -> bool:
        """Whether all dependencies are written with ``%``."""

    def constrain(self, other: AbstractSpec | str) -> AbstractSpec:
        """Return the spec that asks for what both ask for.

        Raises:
            ValueError: If nothing can meet both, or ``other`` is no spec.
        """

    def satisfies(self, other: AbstractSpec | str) -> bool | None:
        """Return whether all that meets this spec meets the other; None if unknown.

        Raises:
            ValueError: If ``other`` is no spec.
        """

    def intersects(self, other: AbstractSpec | str) -> bool | None:
        """Return whether something could meet both; None if unknown.

        Raises:
            ValueError: If ``other`` is no spec.
        """

    @property
    def propagated(self) -> list[str]:
        """The names of its own variants that are propagated."""

    def with_exact_values(self, declared: list[str]) -> AbstractSpec:
        """Return the spec whose own variants have no values but those written.

        Args:
            declared: The propagated variants that its package has, which become its own.
        """

    def constrain_all(self, others: list[AbstractSpec]) -> AbstractSpec:
        """Return the spec that asks for what this and all others ask for.

        ``ValueError`` has two arguments: what contradicts what, and the position of the first
        spec that contradicts those before it.
        """

    @property
    def bare_dependencies(self) -> list[str]:
        """The names after ``%`` that may be those of toolchains, as today's packages, sorted."""

    def asked_of_toolchain(self, name: str) -> str | None:
        """Return what is asked of ``%name`` beside the name, or None if nothing is."""

    def only_when(self, condition: AbstractSpec | str) -> AbstractSpec:
        """Return the spec that asks for its dependencies only under a condition.

        Raises:
            ValueError: If a dependency has a condition that contradicts this one, or
                ``condition`` is no spec.
        """

    def with_toolchain(self, name: str, toolchain: AbstractSpec | str) -> AbstractSpec:
        """Return the spec with every bare ``%name`` replaced by what a toolchain asks for.

        Raises:
            ValueError: If the toolchain contradicts the spec, or is no spec.
        """

    def __reduce__(self) -> tuple[type[AbstractSpec], tuple[str]]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Catalog:
    """Specs as columns, keyed by hash."""

    @staticmethod
    def merged(catalogs: list[Catalog]) -> Catalog:
        """Return the union of catalogs; an empty list gives an empty catalog."""

    def beside(self, other: Catalog) -> Catalog:
        """Return this catalog with another's rows under caches renamed by ``beside_cache``."""

    def relabelled(self, label: str, new: str) -> Catalog:
        """Return this catalog with another label for what one stack alone lists."""

    @staticmethod
    def beside_cache(cache: str) -> str:
        """Return what a cache of the other catalog is called beside this one."""

    def __copy__(self) -> Catalog: ...
    def __deepcopy__(self, memo: object, /) -> Catalog: ...
    def __reduce__(self) -> tuple[Callable[[bytes], Catalog], tuple[bytes]]: ...
    def __len__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def names(self, column: Column) -> list[str]:
        """Return the texts of a column, sorted; tags newest first."""

    def labels(self, state: State | None) -> list[str]:
        """Return the labels of a state or of all, sorted; ``root`` is among them."""

    def snapshots(self) -> State:
        """Return all snapshots, by cache, then newest first."""

    def systems(self) -> list[tuple[str, str, str]]:
        """Return (os, target, platform) of all systems, sorted."""

    def platforms_of_systems(self) -> list[tuple[str, str]]:
        """Return the distinct (os, platform) of all rows, sorted."""

    def origins(self) -> list[tuple[str, str, str]]:
        """Return the distinct (source, tag, package) of all rows, sorted."""

    def count(self, query: Query) -> int:
        """Return how many specs a query selects, without building the last step."""

    def specs(self, query: Query, tag: str | None) -> list[SpecAnswer]:
        """Return the selected specs by hash, with the listings of one snapshot or of all."""

    def cycle(self) -> list[str]:
        """Return the hashes of a shortest cycle of dependencies; empty where there is none."""

    def find(self, spec: str, among: Query, tags: list[str] | None) -> FoundAnswer:
        """Return the selected specs that satisfy an abstract spec, externals included.

        Each comes with its listings in these snapshots, or in all. ``SpecSyntaxError``
        shows what is no abstract spec with a caret under the fault.
        """

    def has_heard_of(self, name: str) -> bool:
        """Return whether a name is one of a package or of a virtual package.

        Virtual packages are those that a source names and those of Spack's own recipes.
        """

    def reached(self, hashes: list[str], kinds: int) -> list[str]:
        """Return the specs reached over edges of some kinds, themselves included, by hash.

        Kinds are the sum of link 1, run 2, build 4, test 8. An external needs nothing to be
        installed: without build edges nothing is reached through it. ``ValueError`` where
        the edges have a cycle.
        """

    def available(self, state: State, hashes: list[str]) -> list[str]:
        """Return those of some known specs that have a binary in a state, sorted by hash."""

    def known_specs(self, hashes: list[str]) -> KnownSpecs:
        """Look specs up once for many questions of this catalog.

        ``ValueError`` names the first hash that it does not know.
        """

    def plan(self, question: PlanQuestion, *, told_only: bool = False) -> Plan:
        """Plan the least rebuild; ``ValueError`` where the edges have a cycle.

        With ``told_only``, what nothing tells the dependencies of is not built.
        """

    def choose_roots(
        self,
        question: PlanQuestion,
        wants: list[list[list[list[str]]]],
        *,
        node_limit: int | None = None,
        work_limit: int | None = None,
        time_limit: float | None = None,
    ) -> ChosenRootsAnswer:
        """Choose an alternative of each want such that the plan of all costs least.

        An alternative is a list of parts that are installed together, each by any of its
        hashes; told are its position and those of its hashes. The roots of the
        question are wanted in any case. What nothing tells the dependencies of is not built
        for a chosen alternative. ``work_limit`` is in steps, some hundred million a second,
        ``time_limit`` in seconds; an answer that the latter has cut may be another one next
        time. ``ValueError`` where the edges have a cycle,
        costs cannot be added up exactly, or the scope is ``all``.
        """

    def lock_diff(self, question: LockDiffQuestion) -> LockDiffAnswer:
        """Tell what is new and what caused it; ``ValueError`` where the edges have a cycle."""

    def differing_rows(self) -> list[Differing]:
        """Return the pairs of rows that give one hash different content, by hash."""

    def binaries_of(self, source: str) -> list[str]:
        """Return the hashes of the specs that a file says there is a binary of, ascending."""

    def soundness(self, question: SoundnessQuestion) -> SoundnessAnswer:
        """Tell what binaries lack, and where edges lead that break no binary.

        Where specs depend on each other, the edges between them are passed over.
        """

    def with_binaries(self, hashes: list[str]) -> Catalog:
        """Return the same listings, of which only those of some specs stay binaries."""

    def with_content_of(self, newer: Catalog) -> Catalog:
        """Return the same listings, with what a newer index says of the specs in both."""

    def same_but_for_format(self, old: list[str], new: list[str]) -> list[tuple[str, str]]:
        """Return pairs of old and new hashes that only the format of their files sets apart."""

    def disagreements(self, other: Catalog, dag_hash: str, /) -> list[tuple[str, str, str]] | None:
        """Return in what another catalog contradicts this one about a spec.

        Returns:
            The name of each column that differs, with the text of this catalog and that of
            the other; ``dependencies`` is among them. None if one does not know the spec.
        """

    def coverage(self, question: CoverageQuestion) -> CoverageAnswer:
        """Count wants and find gaps; cells by stack, os, target, gaps by rank."""

    def met(self, question: AbstractQuestion) -> list[list[MetAnswer]]:
        """Tell which specs meet abstract wants: by cell, then in the order of its wants.

        A spec meets a want if it satisfies the abstract spec and its system serves that of
        the cell. ``SpecSyntaxError`` shows what is no abstract spec.
        """

    def abstract_coverage(self, question: AbstractQuestion) -> AbstractAnswer:
        """Count abstract wants and find gaps; the latter by cell, then in the order of its wants.

        ``SpecSyntaxError`` shows what is no abstract spec.
        """

    def demand(self, question: DemandQuestion) -> DemandAnswer:
        """Tell what wants of concrete specs lack, and what each gap is good for.

        ``ValueError`` where the edges have a cycle.
        """

    def diff(self, question: DiffQuestion) -> list[CellDiffAnswer]:
        """Compare two snapshots; cells by stack, os, target, keys by text."""

@final
class Plan:
    """A least rebuild. Each part is worked out when it is asked for."""

    def builds(self) -> BuildsAnswer:
        """Return the builds, by stage, then hash, in columns."""

    def need_counts(self) -> list[int]:
        """Return for each build how many builds it waits for."""

    def needs(self, spec: str) -> list[str]:
        """Return the hashes of the builds that a build waits for, sorted."""

    def because_counts(self) -> list[int]:
        """Return for each build how long a shortest chain from a want is."""

    def because(self, spec: str) -> list[str]:
        """Return a shortest chain of hashes from a want to a build."""

    def totals(self) -> PlanTotalsAnswer:
        """Return the numbers of the plan."""

    def critical_path(self) -> list[str]:
        """Return the dearest chain of builds, each of which waits for the one before."""

    def schedule(self, runners: int) -> ScheduleAnswer:
        """Return when and where each build runs on so many runners, at least one."""

    def spend(
        self,
        groups: list[BidGroupQuestion],
        *,
        chosen: list[str] | None = None,
        builds: int | None = None,
        cost: float | None = None,
        node_limit: int | None = None,
        work_limit: int | None = None,
        time_limit: float | None = None,
    ) -> SpendingAnswer:
        """Return what completes most within all limits that are given.

        The plan is that of all specs that can complete a root. None weighs more than 10^9.
        Where some specs are chosen already, it is told what becomes of the roots with these.
        """

    def needless(self) -> list[tuple[NamedAnswer, NamedAnswer, CutReason]]:
        """Return what pruning node by node builds in vain, by hash, and what makes it needless."""

    def left_out(
        self,
    ) -> tuple[list[str], list[str], list[tuple[NamedAnswer, ExclusionReason, int]]]:
        """Return broken specs to be built, wants that cannot be had, and builds left out.

        Beside each of the builds, why it is left out and how long the chain of the reason is.
        """

    def left_out_chain(self, spec: str) -> list[str]:
        """Return the hashes from a build that is left out down to a broken spec."""

    def untested(self) -> list[tuple[NamedAnswer, Literal["policy", "depth"], bool]]:
        """Return the specs of the locks that hold the change and are no staler for it, by hash.

        Beside each, what keeps it and whether it has a binary.
        """

    def why(self, spec: str, most_lines: int) -> WhyAnswer | None:
        """Return why a spec is planned or not; None where that takes more lines.

        Raises:
            ValueError: If nobody knows the spec.
        """

@final
class Query:
    """Which specs are asked for. Texts that nothing bears select nothing."""

    @staticmethod
    def all() -> Query:
        """Select every spec."""

    @staticmethod
    def text(column: Column, texts: list[str]) -> Query:
        """Select the specs whose text in a column is one of these."""

    @staticmethod
    def stack(tag: str | None, labels: list[str]) -> Query:
        """Select the specs that one of these stacks lists, in a snapshot or in any."""

    @staticmethod
    def hashes(texts: list[str]) -> Query:
        """Select the specs with one of these hashes; ``ValueError`` for what is no hash."""

    def __reduce__(
        self,
    ) -> tuple[Callable[[tuple[object, ...]], Query], tuple[tuple[object, ...]]]: ...
    def __and__(self, other: Query, /) -> Query: ...
    def __or__(self, other: Query, /) -> Query: ...
    def __invert__(self) -> Query: ...

@final
class OperatingSystems:
    """The table of operating systems and their C libraries.

    Args:
        extra: (os, library, version) that extend or replace entries.
    """

    def __new__(cls, extra: list[tuple[str, str, str]]) -> OperatingSystems: ...
    def is_known(self, os: str) -> bool:
        """Return whether the table has an operating system."""

    def platform(self, os: str) -> str | None:
        """Return the platform of an operating system, if the table has it."""

    def names(self) -> list[str]:
        """Return all operating systems of the table, sorted."""

@final
class PagesRead:
    """What a source of pages gave."""

    @property
    def catalog(self) -> Catalog:
        """The specs of all pages that were taken."""

    @property
    def taken(self) -> int:
        """How many pages were taken."""

    @property
    def declined(self) -> list[Path]:
        """Pages that are not spelt as published, for the reference reader; sorted."""

    @property
    def damaged(self) -> list[tuple[str, str, int | None, str]]:
        """(path, place, line, fault) of files that cannot be taken, by path."""

    @property
    def contradictions(self) -> list[tuple[str, str, str, str]]:
        """(path, key of `meta`, what it says, what the specs have), by path."""

@final
class SpecsRead:
    """What an index, a database, a lock or spec files gave."""

    @property
    def catalog(self) -> Catalog:
        """The specs; empty where the file has a fault."""

    @property
    def kind(self) -> Literal["index", "database", "lock", "spec", ""]:
        """What the file is: its content tells. Empty where it has a fault."""

    @property
    def roots(self) -> list[tuple[str, str, str | None]]:
        """(hash, abstract spec or nothing, group or None) of the roots, in the order of the file.

        The group is None for the default one.
        """

    @property
    def specs(self) -> int:
        """How many specs the file holds."""

    @property
    def installed(self) -> int:
        """How many specs an installation has installed."""

    @property
    def version(self) -> int | None:
        """The version that the file names; of several spec files the newest."""

    @property
    def is_guess(self) -> bool:
        """Whether that version is newer than those that are known, so that all is a guess."""

    @property
    def is_newer(self) -> bool:
        """Whether the fault is that the version is newer than those that are known."""

    @property
    def fault(self) -> tuple[str, int | None, str] | None:
        """(place, line, fault) of the first fault, or None."""

@final
class Version:
    """A version, ordered as Spack orders versions.

    Args:
        text: The version, for example ``1.14.5`` or ``develop``.

    Raises:
        ValueError: If the text cannot be a version.

    Examples:
        >>> from specplan import Version
        >>> Version("1.10") > Version("1.9")
        True
        >>> sorted(["develop", "1.2", "1.2rc1"], key=Version)
        ['1.2rc1', '1.2', 'develop']
    """

    def __new__(cls, text: str) -> Version: ...
    def __reduce__(self) -> tuple[type[Version], tuple[str]]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __lt__(self, other: Version, /) -> bool: ...
    def __le__(self, other: Version, /) -> bool: ...
    def __gt__(self, other: Version, /) -> bool: ...
    def __ge__(self, other: Version, /) -> bool: ...
    def __hash__(self) -> int: ...
    def satisfies(self, constraint: str) -> bool:
        """Return whether the version lies in what may follow an ``@`` in a spec.

        Args:
            constraint: Versions, ranges and lists of them, as in ``1.2:1.4,=2.0``.

        Raises:
            ValueError: If the constraint is none.
            UndecidedError: If a git reference would have to be looked up.

        Examples:
            >>> Version("1.2.3").satisfies("1.2:")
            True
            >>> Version("1.2.3").satisfies("=1.2")
            False
        """

def read_pages(root: str | PathLike[str], file_bytes: int, tree_entries: int) -> PagesRead:
    """Read a page, or all pages below a folder, in parallel and within bounds."""

def read_page_values(cache: str | PathLike[str], pages: list[tuple[Path, str]]) -> PagesRead:
    """Take front matters of a source that the reference reader has turned into JSON objects."""

def check_hashes(path: str | PathLike[str], *, file_bytes: int) -> HashesAnswer:
    """Hold the hashes of an index, a database, a lock or spec files against their content.

    The file is plain or gzip, and has at most ``file_bytes`` when it is decompressed.
    """

def check_hashes_in(text: bytes) -> HashesAnswer:
    """Do the same with a file in memory, not compressed."""

def read_specs(
    path: str | PathLike[str],
    *,
    cache: str,
    tag: str,
    label: str,
    shown: str,
    file_bytes: int,
    listed_only: bool = False,
    counts_installed: bool = False,
    try_newer: bool = False,
) -> SpecsRead:
    """Read one file, plain or gzip, of at most ``file_bytes`` when it is decompressed.

    With ``listed_only`` the file says what a stack lists, and its binaries do not count. With
    ``counts_installed`` what an installation has installed counts as a binary. With
    ``try_newer`` a version that is newer than those that are known is read as the newest.
    """

def format_releases() -> list[tuple[str, int, int, int, int]]:
    """Return the releases of Spack that changed a format, oldest first.

    Each is (release, version of locks, of spec files, of databases, of the layout of build
    caches): what it writes. What no release here writes is not read.
    """

def parse_specs(
    text: bytes,
    *,
    cache: str,
    tag: str,
    label: str,
    shown: str,
    listed_only: bool = False,
    counts_installed: bool = False,
    try_newer: bool = False,
) -> SpecsRead:
    """Read the same from memory, already decompressed."""

def choose(
    *,
    costs: list[int],
    demands: list[tuple[int, int]],
    wants: list[list[int]],
    node_limit: int | None = None,
    work_limit: int | None = None,
    time_limit: float | None = None,
) -> tuple[list[int], list[int], int, int, int, Literal["nodes", "memory", "work", "time"] | None]:
    """Choose an alternative for each want such that all items that they need cost least.

    Items are numbered; ``demands`` are pairs of an item and one that it needs, ``wants``
    hold by want the items that meet it. Returned are by want the position of the chosen
    item, all needed items, their cost, what every choice costs at least, the number of
    nodes searched, and what ended the search early. ``ValueError`` where an item does not
    exist, a want has no alternative, or there is too much of anything.
    """

def is_known_target(name: str) -> bool:
    """Return whether a target is known."""

def known_targets() -> list[str]:
    """Return all known targets."""

def target_serves(binary: str, host: str) -> bool:
    """Return whether a binary for one target runs on another."""

def teach_targets(targets: list[tuple[str, list[str]]]) -> None:
    """Add targets for the rest of the process: for each its name and its parents.

    Raises:
        ValueError: If what is taught does not fit what is known; then nothing is added.
    """

def pattern_is_found(pattern: str, text: str) -> bool:
    """Return whether a regular expression is found anywhere in a text, in linear time.

    Args:
        pattern: The expression, in the language of the crate ``regex-lite``.
        text: The text.

    Raises:
        ValueError: If it is no expression, or repeats too much.
    """

def catalog_of_state(state: bytes) -> Catalog:
    """Return the catalog that was pickled; ``ValueError`` for other bytes."""

def query_of_state(state: tuple[object, ...]) -> Query:
    """Return the query that was pickled."""

def show_panics() -> None:
    """Have panics of the core printed where they happen, and not only raised."""
