"""The compiled core of specplan. Private: use the package ``specplan``.

Names cross the border as text, answers as records with named fields, with one call per question.
All classes are immutable and safe to share between threads; calls that may take long release the
GIL. An unknown name (of a column, level, tag or stack) raises ``ValueError``: the public API has
already checked names.
"""

from collections.abc import Callable, Collection, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypedDict, final

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
    "Table",
    "Version",
    "catalog_of_state",
    "catalog_tables",
    "format_releases",
    "is_known_target",
    "json_rows",
    "known_targets",
    "load_tables",
    "parse_specs",
    "pattern_is_found",
    "query_of_state",
    "read_page_values",
    "read_pages",
    "read_specs",
    "save_tables",
    "show_panics",
    "sorted_want_keys",
    "table_of_columns",
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

#: The snapshot of each cache that counts: (cache, tag).
State: TypeAlias = list[tuple[str, str]]

#: Packages, stacks, operating systems, targets; None for all.
NamesOfNotWanted: TypeAlias = tuple[
    list[str] | None, list[str] | None, list[str] | None, list[str] | None
]

@final
class SpecAnswer:
    """A spec with its listings, in some snapshots or in all.

    Fields are looked up in the catalog when they are read.
    """

    @property
    def hash(self) -> str:
        """The hash of the spec."""

    @property
    def package(self) -> str:
        """The name of the package."""

    @property
    def version(self) -> str:
        """The version, as the source spells it."""

    @property
    def platform(self) -> str:
        """The platform."""

    @property
    def os(self) -> str:
        """The operating system."""

    @property
    def target(self) -> str:
        """The target."""

    @property
    def compiler(self) -> str:
        """The compiler, ``name@version`` or ``none``; empty if edges name it."""

    @property
    def variants(self) -> tuple[str, ...]:
        """The variants in canonical spelling, ordered by name."""

    @property
    def size(self) -> str:
        """The size as the source states it, ``-`` if it does not."""

    @property
    def stacks(self) -> tuple[str, ...]:
        """The stacks that list it, sorted."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The snapshots that list it, newest first; an unnamed one is empty."""

    @property
    def source(self) -> str:
        """The file that describes it."""

    @property
    def is_available(self) -> bool:
        """True if it has a binary."""

    @property
    def is_external(self) -> bool:
        """True if it is external."""

@final
class UnknownSpecAnswer:
    """A spec for which it is unknown whether it satisfies an abstract spec."""

    @property
    def spec(self) -> SpecAnswer:
        """The spec."""

    @property
    def missing(self) -> Missing:
        """The name of the information that the source lacks."""

    @property
    def reason(self) -> str:
        """A sentence about it."""

@final
class FoundAnswer:
    """The specs that an abstract spec finds, by hash."""

    @property
    def specs(self) -> tuple[SpecAnswer, ...]:
        """The specs that satisfy it."""

    @property
    def unknown(self) -> tuple[UnknownSpecAnswer, ...]:
        """The specs for which it is unknown."""

#: The limits that end a search early.
Cut: TypeAlias = Literal["nodes", "memory", "work", "time"]

@final
class CellAnswer:
    """The coverage of a stack on a system."""

    @property
    def stack(self) -> str:
        """The stack."""

    @property
    def platform(self) -> str:
        """The platform."""

    @property
    def os(self) -> str:
        """The operating system."""

    @property
    def target(self) -> str:
        """The target."""

    @property
    def wanted(self) -> int:
        """The number of its wants."""

    @property
    def covered(self) -> int:
        """The number of its covered wants."""

    @property
    def covered_exact(self) -> int:
        """The number of its wants that a binary of the same system covers."""

    @property
    def has_no_peer(self) -> bool:
        """True if no other stack defines its wants."""

@final
class NearestAnswer:
    """The binary that is nearest to a gap."""

    @property
    def hash(self) -> str:
        """Its hash."""

    @property
    def stack(self) -> str:
        """A stack that lists it; empty if none does."""

    @property
    def os(self) -> str:
        """Its operating system."""

    @property
    def target(self) -> str:
        """Its target."""

    @property
    def source(self) -> str:
        """The file that describes it."""

    @property
    def differs(self) -> list[str]:
        """The differences from the want."""

@final
class GapsAnswer:
    """The wants that cells lack, in columns, ranked."""

    @property
    def cell(self) -> list[int]:
        """The position of the cell of each."""

    @property
    def want(self) -> list[str]:
        """The keys."""

    @property
    def package(self) -> list[str]:
        """The names of the packages."""

    @property
    def version(self) -> list[str | None]:
        """The versions, if hashes are the keys."""

    @property
    def hash(self) -> list[str | None]:
        """The hashes, if these are the keys."""

    @property
    def state(self) -> list[GapState]:
        """The state of the gap: the closest that is available."""

    @property
    def cells_lacking(self) -> list[int]:
        """The number of cells that lack the want."""

    @property
    def nearest(self) -> list[NearestAnswer | None]:
        """The nearest binaries, if requested."""

@final
class CoverageAnswer:
    """Cells and gaps."""

    @property
    def cells(self) -> tuple[CellAnswer, ...]:
        """The cells, by stack, os, target."""

    @property
    def gaps(self) -> GapsAnswer:
        """The gaps; empty unless requested."""

    @property
    def lacking(self) -> tuple[tuple[str, ...], ...]:
        """The keys that each cell lacks; empty unless requested."""

    @property
    def excluded(self) -> list[int]:
        """The number of wants that each entry excludes."""

    @property
    def not_wanted(self) -> int:
        """The number of wants that at least one entry excludes."""

@final
class GainsAnswer:
    """The benefit of building gaps, in columns, in the order of the gaps."""

    @property
    def blocked(self) -> list[int]:
        """The number of other wants of the stack with the gap in their link and run closure."""

    @property
    def roots_completed(self) -> list[int]:
        """The number of roots that install once the gap is built."""

    @property
    def buildable_now(self) -> list[bool]:
        """True if every spec that its build needs is usable."""

@final
class UsableAnswer:
    """The number of usable wants of a system."""

    @property
    def os(self) -> str:
        """The operating system."""

    @property
    def target(self) -> str:
        """The target."""

    @property
    def usable(self) -> int:
        """The number of usable wants."""

@final
class RootAnswer:
    """A root of a lock."""

    @property
    def hash(self) -> str:
        """Its hash."""

    @property
    def lacks_total(self) -> int:
        """The number of missing specs that it needs to install."""

    @property
    def lacks_first(self) -> list[str]:
        """The first of their hashes."""

@final
class LackedAnswer:
    """The specs that roots lack, in columns."""

    @property
    def hash(self) -> list[str]:
        """The hashes, ascending."""

    @property
    def roots(self) -> list[int]:
        """The number of roots that lack each."""

@final
class DemandAnswer:
    """The specs that wants of concrete specs lack."""

    @property
    def gains(self) -> tuple[GainsAnswer, ...]:
        """By stack, the benefit of each gap."""

    @property
    def usable(self) -> list[tuple[UsableAnswer, ...]]:
        """By stack, its systems."""

    @property
    def roots(self) -> tuple[RootAnswer, ...]:
        """The distinct reported roots, by hash."""

    @property
    def lacked(self) -> LackedAnswer:
        """The specs that these lack."""

@final
class MissingAnswer:
    """A spec without a binary that binaries lack."""

    @property
    def hash(self) -> str:
        """Its hash."""

    @property
    def package(self) -> str:
        """The package as dependents call it."""

    @property
    def binaries(self) -> int:
        """The number of binaries with it in their link and run closure."""

    @property
    def roots(self) -> int:
        """The number of roots with it in their link and run closure."""

    @property
    def dependents(self) -> list[str]:
        """The broken binaries and missing specs that need it directly."""

    @property
    def examples(self) -> list[str]:
        """Some of the roots."""

@final
class MisfitAnswer:
    """A binary that is installed with specs whose systems do not serve its own."""

    @property
    def hash(self) -> str:
        """Its hash."""

    @property
    def foreign(self) -> list[str]:
        """These specs."""

    @property
    def binaries(self) -> int:
        """The number of binaries that need it, including itself."""

    @property
    def roots(self) -> int:
        """The number of roots that need it."""

@final
class DanglingAnswer:
    """A hash that only edges lead to, and that no binary lacks."""

    @property
    def hash(self) -> str:
        """The hash."""

    @property
    def package(self) -> str:
        """The package as dependents call it."""

    @property
    def dependents(self) -> list[str]:
        """The specs that need it."""

@final
class TangleAnswer:
    """Specs that depend on each other."""

    @property
    def specs(self) -> list[str]:
        """All of them."""

    @property
    def cycle(self) -> list[str]:
        """A shortest cycle among them."""

@final
class SoundnessAnswer:
    """The soundness of a state."""

    @property
    def binaries(self) -> int:
        """The number of binaries."""

    @property
    def usable_binaries(self) -> int:
        """The number of usable ones."""

    @property
    def has_edges(self) -> bool:
        """True if any source lists dependencies."""

    @property
    def roots(self) -> int:
        """The number of roots."""

    @property
    def usable_roots(self) -> int:
        """The number of usable ones."""

    @property
    def broken(self) -> list[str]:
        """The roots with a binary that are not usable."""

    @property
    def absent(self) -> list[str]:
        """The roots without a binary."""

    @property
    def missing(self) -> tuple[MissingAnswer, ...]:
        """The specs that binaries lack, ranked by roots, then binaries, then hash."""

    @property
    def dangling(self) -> tuple[DanglingAnswer, ...]:
        """Other hashes that only edges lead to."""

    @property
    def listed_only(self) -> list[str]:
        """The specs that indexes list without a binary and that no binary lacks."""

    @property
    def tangles(self) -> tuple[TangleAnswer, ...]:
        """Each group of specs that depend on each other."""

    @property
    def misfits(self) -> tuple[MisfitAnswer, ...]:
        """The binaries that do not run on their own system, by hash."""

@final
class FaultAnswer:
    """A fault of a file."""

    @property
    def location(self) -> str:
        """The location in the file."""

    @property
    def line(self) -> int | None:
        """The line, if known."""

    @property
    def fault(self) -> str:
        """A description of the fault."""

@final
class WrongHashAnswer:
    """A hash that does not match its content."""

    @property
    def hash(self) -> str:
        """The hash."""

    @property
    def of_content(self) -> str:
        """The hash of the content."""

@final
class HashesAnswer:
    """The result of recomputing the hashes of a file."""

    @property
    def wrong(self) -> list[WrongHashAnswer]:
        """The hashes that differ from that of their content."""

    @property
    def recomputed(self) -> int:
        """The number of recomputed hashes, right or wrong."""

    @property
    def undecided(self) -> list[str]:
        """The hashes that could not be recomputed."""

    @property
    def fault(self) -> FaultAnswer | None:
        """The fault of a file that cannot be read."""

@final
class UnknownMetAnswer:
    """A spec for which it is unknown whether it meets a want."""

    @property
    def hash(self) -> str:
        """Its hash."""

    @property
    def missing(self) -> Missing:
        """The name of the information that the source lacks."""

@final
class MetAnswer:
    """The specs that meet a want, by hash."""

    @property
    def exact(self) -> list[str]:
        """The specs of the cell's own system."""

    @property
    def compatible(self) -> list[str]:
        """The specs of other systems that serve it."""

    @property
    def unknown(self) -> list[UnknownMetAnswer]:
        """The specs for which it is unknown."""

@final
class UnknownAnswer:
    """An abstract want that cannot be decided."""

    @property
    def want(self) -> int:
        """The position of the wanted spec."""

    @property
    def specs(self) -> int:
        """The number of specs that might cover it."""

    @property
    def missing(self) -> list[Missing]:
        """The names of the information that the sources lack."""

@final
class AbstractCellAnswer:
    """The coverage of the abstract wants of a cell."""

    @property
    def covered(self) -> int:
        """The number of covered wants."""

    @property
    def covered_exact(self) -> int:
        """The number of its wants that a binary of the same system covers."""

    @property
    def usable(self) -> int | None:
        """The number of wants that a usable spec covers, if known for each."""

    @property
    def gaps(self) -> list[int]:
        """The wants that nothing covers."""

    @property
    def unknown(self) -> list[UnknownAnswer]:
        """The wants that cannot be decided."""

@final
class AbstractGapAnswer:
    """An abstract want that nothing covers."""

    @property
    def cell(self) -> int:
        """The position of the cell."""

    @property
    def want(self) -> int:
        """The position of the wanted spec."""

    @property
    def state(self) -> GapState:
        """The state of the gap: the closest that is available."""

    @property
    def nearest(self) -> NearestAnswer | None:
        """The nearest binary, if requested."""

@final
class BrokenWantAnswer:
    """A covered want that nothing usable covers."""

    @property
    def cell(self) -> int:
        """The position of the cell."""

    @property
    def want(self) -> int:
        """The position of the wanted spec."""

    @property
    def hash(self) -> str:
        """The spec that covers it and lacks the fewest specs."""

    @property
    def lacks_total(self) -> int:
        """The number of specs that it lacks."""

    @property
    def lacks_first(self) -> list[str]:
        """The first of their hashes."""

@final
class AssumedAnswer:
    """Assumptions under which a spec covers a want."""

    @property
    def cell(self) -> int:
        """The position of the cell."""

    @property
    def want(self) -> int:
        """The position of the wanted spec."""

    @property
    def variants(self) -> list[str]:
        """The variants that no known spec of the package has."""

@final
class AbstractAnswer:
    """The coverage of abstract wants."""

    @property
    def cells(self) -> tuple[AbstractCellAnswer, ...]:
        """The cells, as in the question."""

    @property
    def gaps(self) -> tuple[AbstractGapAnswer, ...]:
        """The gaps, by cell."""

    @property
    def broken(self) -> tuple[BrokenWantAnswer, ...]:
        """The covered wants that nothing usable covers, by cell."""

    @property
    def lacked(self) -> LackedAnswer:
        """The specs that these lack."""

    @property
    def assumed(self) -> tuple[AssumedAnswer, ...]:
        """The assumptions."""

@final
class KeyAnswer:
    """A key that only one state has."""

    @property
    def want(self) -> str:
        """The key."""

    @property
    def package(self) -> str:
        """The name of the package."""

    @property
    def hash(self) -> str | None:
        """The hash, if that is the key."""

@final
class ChangeAnswer:
    """A package whose keys were replaced."""

    @property
    def package(self) -> str:
        """The name of the package."""

    @property
    def old(self) -> list[str]:
        """The old keys."""

    @property
    def new(self) -> list[str]:
        """The new keys."""

@final
class CellDiffAnswer:
    """The difference between the keys of a cell in two states."""

    @property
    def stack(self) -> str:
        """The stack."""

    @property
    def platform(self) -> str:
        """The platform."""

    @property
    def os(self) -> str:
        """The operating system."""

    @property
    def target(self) -> str:
        """The target."""

    @property
    def kept(self) -> int:
        """The number of keys that both states have."""

    @property
    def lost(self) -> tuple[KeyAnswer, ...]:
        """The keys that only the old state has."""

    @property
    def gained(self) -> tuple[KeyAnswer, ...]:
        """The keys that only the new state has."""

    @property
    def changed(self) -> tuple[ChangeAnswer, ...]:
        """The packages whose keys were replaced."""

@final
class RowOriginAnswer:
    """The origin of a row."""

    @property
    def cache(self) -> str:
        """The source, as it was given."""

    @property
    def tag(self) -> str:
        """The snapshot; empty if there is none."""

    @property
    def source(self) -> str:
        """The file."""

@final
class DisagreementAnswer:
    """A column in which two accounts of a spec differ."""

    @property
    def column(self) -> str:
        """Its name."""

    @property
    def text(self) -> str:
        """The text of the first account."""

    @property
    def other(self) -> str:
        """The text of the other account."""

@final
class DifferingAnswer:
    """Two rows with different content for one hash."""

    @property
    def hash(self) -> str:
        """The hash."""

    @property
    def origin(self) -> RowOriginAnswer:
        """The origin of the row that counts."""

    @property
    def other_origin(self) -> RowOriginAnswer:
        """The origin of the other row."""

    @property
    def columns(self) -> list[DisagreementAnswer]:
        """The columns in which they differ."""

@final
class NeighbourAnswer:
    """An edge of a spec, seen from one of its ends: the spec at the other one."""

    @property
    def hash(self) -> str:
        """Its hash."""

    @property
    def package(self) -> str:
        """The name of the package."""

    @property
    def version(self) -> str | None:
        """The version, or None for a hash that no source describes."""

    @property
    def types(self) -> list[EdgeType]:
        """The types of the dependency, in alphabetical order."""

    @property
    def virtuals(self) -> list[str]:
        """The virtual packages that it provides on this edge, in the order of the source."""

@final
class NamedAnswer:
    """A spec with its readable names; all are empty if no source describes it."""

    @property
    def hash(self) -> str:
        """Its hash."""

    @property
    def package(self) -> str:
        """The name of the package, or nothing."""

    @property
    def version(self) -> str:
        """The version, or nothing."""

@final
class RepeatedAnswer:
    """Texts that repeat."""

    @property
    def numbers(self) -> list[int]:
        """The position among the distinct ones, each time."""

    @property
    def distinct(self) -> list[str]:
        """The distinct ones."""

@final
class RepeatedStacksAnswer:
    """Sets of stacks that repeat."""

    @property
    def numbers(self) -> list[int]:
        """The position among the distinct ones, each time."""

    @property
    def distinct(self) -> list[list[str]]:
        """The distinct ones."""

@final
class BuildsAnswer:
    """The builds of a plan in columns, by stage, then hash."""

    @property
    def hashes(self) -> list[str]:
        """Their hashes."""

    @property
    def packages(self) -> RepeatedAnswer:
        """Their packages."""

    @property
    def versions(self) -> RepeatedAnswer:
        """Their versions."""

    @property
    def platforms(self) -> RepeatedAnswer:
        """Their platforms."""

    @property
    def oss(self) -> RepeatedAnswer:
        """Their operating systems."""

    @property
    def targets(self) -> RepeatedAnswer:
        """Their targets."""

    @property
    def stacks(self) -> RepeatedStacksAnswer:
        """The stacks whose locks hold them."""

    @property
    def stages(self) -> list[int]:
        """Their stages."""

    @property
    def costs(self) -> list[float]:
        """Their costs."""

    @property
    def causes(self) -> list[Cause]:
        """The causes of the builds."""

@final
class TotalsAnswer:
    """The numbers of a plan."""

    @property
    def wants(self) -> int:
        """The number of wants."""

    @property
    def wants_left_out(self) -> int:
        """The number of wants that are left out."""

    @property
    def builds(self) -> int:
        """The number of builds."""

    @property
    def cost(self) -> float:
        """The total cost of the builds."""

    @property
    def stages(self) -> int:
        """The number of stages."""

    @property
    def critical_path(self) -> float:
        """The cost of the most expensive chain."""

    @property
    def reused(self) -> int:
        """The number of reused binaries."""

    @property
    def node_by_node(self) -> int:
        """The number of builds with node-by-node pruning."""

    @property
    def due_to_change(self) -> int:
        """The number of builds that the change causes."""

@final
class ShardAnswer:
    """The builds of one runner, in order."""

    @property
    def busy(self) -> float:
        """The time during which it builds."""

    @property
    def builds(self) -> list[int]:
        """The positions of the builds."""

    @property
    def starts(self) -> list[float]:
        """The times at which they start."""

    @property
    def finishes(self) -> list[float]:
        """The times at which they finish."""

@final
class ScheduleAnswer:
    """A schedule of builds."""

    @property
    def makespan(self) -> float:
        """The end of the last build."""

    @property
    def lower_bound(self) -> float:
        """A lower bound on the makespan of any schedule."""

    @property
    def reason(self) -> BoundReason:
        """The reason for that bound."""

    @property
    def shards(self) -> tuple[ShardAnswer, ...]:
        """The builds of each runner."""

@final
class UnnecessaryAnswer:
    """An unnecessary build of node-by-node pruning."""

    @property
    def spec(self) -> NamedAnswer:
        """The spec."""

    @property
    def cut_by(self) -> NamedAnswer:
        """The spec that makes it unnecessary."""

    @property
    def reason(self) -> CutReason:
        """The reason why that spec makes it unnecessary."""

@final
class UntestedAnswer:
    """A spec of a lock that contains the change and is not stale because of it."""

    @property
    def spec(self) -> NamedAnswer:
        """The spec."""

    @property
    def kept_by(self) -> Literal["policy", "depth"]:
        """The setting that keeps it."""

    @property
    def is_available(self) -> bool:
        """True if it has a binary."""

@final
class LeftOutBuildAnswer:
    """A build that is left out."""

    @property
    def spec(self) -> NamedAnswer:
        """The spec."""

    @property
    def reason(self) -> ExclusionReason:
        """The reason why it is left out."""

    @property
    def chain_length(self) -> int:
        """The length of the chain down to the reason."""

@final
class LeftOutAnswer:
    """The parts that a plan leaves out."""

    @property
    def cut(self) -> list[str]:
        """Broken specs that would have to be built."""

    @property
    def wants(self) -> list[str]:
        """Wants that cannot be met."""

    @property
    def builds(self) -> tuple[LeftOutBuildAnswer, ...]:
        """Builds that are left out."""

@final
class VerdictAnswer:
    """The verdict of a plan on a spec."""

    @property
    def verdict(self) -> WhyVerdict:
        """The verdict."""

    @property
    def cause(self) -> Cause | None:
        """The cause of its build, if it is built."""

    @property
    def left_out(self) -> ExclusionReason | None:
        """The reason why it is left out, if it is."""

    @property
    def chain(self) -> list[str]:
        """The hashes from the spec down to a broken one."""

@final
class LinkAnswer:
    """A spec of a chain."""

    @property
    def spec(self) -> NamedAnswer:
        """The spec."""

    @property
    def types(self) -> list[EdgeType]:
        """The types of its dependency on the next one."""

@final
class HeldAnswer:
    """The way in which a spec contains the change."""

    @property
    def is_stale(self) -> bool:
        """True if it is stale."""

    @property
    def chain(self) -> list[LinkAnswer]:
        """The chain down to the changed spec."""

@final
class WhyLineAnswer:
    """A line of the tree that shows why a spec is planned."""

    @property
    def depth(self) -> int:
        """The depth of the line."""

    @property
    def spec(self) -> NamedAnswer:
        """The spec."""

    @property
    def link(self) -> WhyLink:
        """The relation to the parent line."""

    @property
    def reason(self) -> CutReason | None:
        """The reason why it does not need that spec."""

    @property
    def types(self) -> list[EdgeType]:
        """The types of the edge."""

    @property
    def is_want(self) -> bool:
        """True if the spec is a want."""

    @property
    def is_repeated(self) -> bool:
        """True if another line shows its subtree."""

@final
class WhyAnswer:
    """The reason why a spec is planned, or is not."""

    @property
    def spec(self) -> NamedAnswer:
        """The spec."""

    @property
    def verdict(self) -> VerdictAnswer:
        """The verdict on it."""

    @property
    def held(self) -> HeldAnswer | None:
        """The way in which it contains the change."""

    @property
    def tree(self) -> tuple[WhyLineAnswer, ...]:
        """The tree that shows why."""

@final
class KeyDifferenceAnswer:
    """A key in which a new spec and an old one differ."""

    @property
    def key(self) -> OwnKey:
        """Its name."""

    @property
    def old(self) -> str:
        """The old text."""

    @property
    def new(self) -> str:
        """The new text."""

@final
class NewSpecAnswer:
    """A spec that only the new state has."""

    @property
    def spec(self) -> NamedAnswer:
        """The spec."""

    @property
    def is_external(self) -> bool:
        """True if it is external."""

    @property
    def origin(self) -> Origin:
        """The kind of change: its own, or that of a dependency."""

    @property
    def against(self) -> NamedAnswer | None:
        """The old spec with which it is compared."""

    @property
    def replaces(self) -> bool:
        """True if it replaces that spec."""

    @property
    def differences(self) -> list[KeyDifferenceAnswer]:
        """The keys in which they differ."""

@final
class GoneSpecAnswer:
    """A spec that only the old state has."""

    @property
    def spec(self) -> NamedAnswer:
        """The spec."""

    @property
    def is_external(self) -> bool:
        """True if it is external."""

@final
class CauseAnswer:
    """A new spec whose own content changed."""

    @property
    def new(self) -> int:
        """Its position among the new specs."""

    @property
    def reaches(self) -> int:
        """The number of new specs that it reaches."""

    @property
    def explains_alone(self) -> int:
        """The number of new specs that are new only because of it."""

    @property
    def reaches_by_link_run(self) -> int:
        """The number of new specs that it reaches through link and run edges."""

@final
class HoldAnswer:
    """A change to hold back."""

    @property
    def new(self) -> int:
        """The position of the spec among the new ones."""

    @property
    def builds_left(self) -> int:
        """The number of remaining builds."""

    @property
    def fewest_left(self) -> int | None:
        """The fewest builds that remain with this number of changes held back."""

@final
class MigratedAnswer:
    """A new spec that is an old one in another format."""

    @property
    def spec(self) -> NamedAnswer:
        """The spec."""

    @property
    def was(self) -> str:
        """The old hash."""

@final
class LockDiffAnswer:
    """The new specs between two states, and their causes."""

    @property
    def kept(self) -> int:
        """The number of specs that both states have."""

    @property
    def new(self) -> tuple[NewSpecAnswer, ...]:
        """The new specs, by hash."""

    @property
    def gone(self) -> tuple[GoneSpecAnswer, ...]:
        """The specs that are gone, by hash."""

    @property
    def causes(self) -> tuple[CauseAnswer, ...]:
        """The causes."""

    @property
    def builds(self) -> int:
        """The number of builds that the new specs need."""

    @property
    def hold(self) -> tuple[HoldAnswer, ...]:
        """The changes to hold back, in order."""

    @property
    def migrated(self) -> tuple[MigratedAnswer, ...]:
        """Old specs in another format; they are not among the new ones."""

@final
class ItemAnswer:
    """The result for a root."""

    @property
    def outcome(
        self,
    ) -> Literal["external", "installable", "completed", "beyond", "left_out", "outbid"]:
        """The outcome."""

    @property
    def option(self) -> int | None:
        """The position of the spec that completes it, or would at the lowest additional cost."""

    @property
    def more_builds(self) -> int:
        """The number of builds that it needs besides those of the plan."""

    @property
    def more_cost(self) -> float:
        """The cost of these builds."""

@final
class SpendingAnswer:
    """The use of a budget."""

    @property
    def sources(self) -> list[int]:
        """By group, the position of its source."""

    @property
    def items(self) -> list[list[ItemAnswer]]:
        """By group, the results for its roots."""

    @property
    def weight(self) -> int:
        """The worth of the completed roots."""

    @property
    def upper_bound(self) -> int:
        """An upper bound on the worth within the limits."""

    @property
    def builds(self) -> int:
        """The number of builds."""

    @property
    def cost(self) -> float:
        """Their costs."""

    @property
    def nodes(self) -> int:
        """The number of searched nodes."""

    @property
    def cut(self) -> Cut | None:
        """The limit that ended the search early."""

@final
class AlternativeAnswer:
    """The alternative that is chosen for a want."""

    @property
    def position(self) -> int:
        """Its position."""

    @property
    def specs(self) -> list[int]:
        """The position of the hash of each of its parts."""

@final
class ChosenRootsAnswer:
    """The specs that are chosen for wants."""

    @property
    def alternatives(self) -> list[AlternativeAnswer | None]:
        """By want; None if there is no alternative."""

    @property
    def cost(self) -> float:
        """The cost of the builds."""

    @property
    def lower_bound(self) -> float:
        """A lower bound on the cost of any choice."""

    @property
    def is_optimal(self) -> bool:
        """True if the choice is proven to be optimal."""

    @property
    def cost_alone(self) -> float:
        """The cost if each want takes the spec that is cheapest for it alone."""

    @property
    def nodes(self) -> int:
        """The number of searched nodes."""

    @property
    def cut(self) -> Cut | None:
        """The limit that ended the search early."""

@final
class ChosenAnswer:
    """A choice among numbers."""

    @property
    def alternatives(self) -> list[int]:
        """By want, the position of the chosen item."""

    @property
    def items(self) -> list[int]:
        """All items that these need."""

    @property
    def cost(self) -> int:
        """Their costs."""

    @property
    def lower_bound(self) -> int:
        """A lower bound on the cost of any choice."""

    @property
    def nodes(self) -> int:
        """The number of searched nodes."""

    @property
    def cut(self) -> Cut | None:
        """The limit that ended the search early."""

@final
class DamagedPageAnswer:
    """A file that cannot be used."""

    @property
    def path(self) -> str:
        """The file."""

    @property
    def location(self) -> str:
        """The location in it."""

    @property
    def line(self) -> int | None:
        """The line, if known."""

    @property
    def fault(self) -> str:
        """A description of the fault."""

@final
class ContradictionAnswer:
    """A page whose ``meta`` contradicts its specs."""

    @property
    def path(self) -> str:
        """The file."""

    @property
    def key(self) -> str:
        """The key of ``meta``."""

    @property
    def meta(self) -> str:
        """Its content."""

    @property
    def specs(self) -> str:
        """The content of its specs."""

@final
class LockRootAnswer:
    """A root of a lock."""

    @property
    def hash(self) -> str:
        """Its hash."""

    @property
    def spec(self) -> str:
        """The abstract spec, or nothing."""

    @property
    def group(self) -> str | None:
        """The group; None for the default one."""

@final
class ReleaseAnswer:
    """A release of Spack that changed a format, with the versions that it writes."""

    @property
    def release(self) -> str:
        """The release."""

    @property
    def lock(self) -> int:
        """The version of locks."""

    @property
    def spec_file(self) -> int:
        """The version of spec files."""

    @property
    def database(self) -> int:
        """The version of databases."""

    @property
    def layout(self) -> int:
        """The version of the layout of build caches."""

#: specs with the worth of completing the root by each, and the position of the one that would be
#: taken without a limit.
ItemQuestion: TypeAlias = tuple[list[tuple[str, int]], int | None]

#: by source, its roots, and the source that would be taken without a limit.
ItemGroupQuestion: TypeAlias = tuple[list[list[ItemQuestion]], int]

class PlanQuestion(TypedDict):
    """A question about the smallest rebuild.

    ``state`` contains the snapshots whose binaries are available, ``locks`` those whose stacks the
    builds carry. ``roots``, ``changed`` and ``broken`` are hashes of known specs; roots may also be
    :class:`KnownSpecs` of the same catalog (otherwise ``ValueError``). Without ``changed``, the
    plan is for the present. The specs of ``assumed`` also count as available, those of ``withheld``
    do not. ``costs`` has the costs of building known specs; the default for a spec is 1.
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

class LockDiffQuestion(TypedDict):
    """A question about new specs between two states, with or without binaries."""

    old: State
    new: State

class CoverageQuestion(TypedDict):
    """A question about coverage; all names are known and expanded from their patterns.

    Exactly one of ``peers`` (sets of stacks, and for each reported stack the position of its set),
    ``baseline`` (the older state) and ``specs`` (for each reported stack, the hashes that it wants)
    is given. ``added`` lists (os, target, platform) for each reported stack; ``added_of_peers``
    adds every system of a peer.
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

#: ``any``, ``one`` or ``never``; the choices; the condition; whether it applies to all packages;
#: the package or virtual package of the dependencies that it is about; None if about the spec.
ClauseQuestion: TypeAlias = tuple[str, list[str], str | None, bool, str | None]

class AbstractQuestion(TypedDict):
    """A question about abstract wants.

    ``specs`` are abstract specs, each once, and ``clauses`` has, for each of them, the further
    requirements and conflicts; ``cells`` lists (os, target, platform, positions of the wanted
    specs). ``state`` determines the binaries that count; with None, which only ``met`` accepts,
    every known spec counts that is not external.
    """

    state: State | None
    specs: list[str]
    clauses: list[list[ClauseQuestion]]
    cells: list[tuple[str, str, str, list[int]]]
    compat: Compatibility
    operating_systems: OperatingSystems
    detail: Literal["cells", "keys", "gaps", "nearest"]

class DemandQuestion(TypedDict):
    """A question about wants that are concrete specs; lists of lists are by stack.

    For each ``reported`` root, the answer has the number of specs that it lacks, and at most
    ``most`` of their hashes.
    """

    state: State
    operating_systems: OperatingSystems
    wants: list[list[str]]
    gaps: list[list[str]]
    roots: list[list[str]]
    reported: list[str]
    most: int

class SoundnessQuestion(TypedDict):
    """A question about the soundness of a state.

    ``roots`` are the hashes whose closures count; without them, the binaries that no other binary
    depends on. ``indexes`` are the sources that should have a binary of each spec that they list.
    """

    state: State
    operating_systems: OperatingSystems
    roots: list[str] | None
    indexes: list[str]

class DiffQuestion(TypedDict):
    """A question about the difference between two states of one catalog."""

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

    Two are equal if they ask for the same. A text is accepted in place of another abstract spec.

    Args:
        text: One abstract spec, for example ``hdf5@1.14:+mpi ^zlib-ng``.
        toolchains: The replacements for bare names after ``%``; see :meth:`toolchains_in`.

    Raises:
        ValueError: If the text is not a single spec; its message shows the place.

    Examples:
        >>> from specplan._core import AbstractSpec
        >>> str(AbstractSpec("hdf5").constrain("target=zen4 +mpi"))
        'hdf5+mpi target=zen4'
        >>> AbstractSpec("hdf5@1.14.3").satisfies("@1.12:")
        True
    """

    def __new__(
        cls, text: str, toolchains: dict[str, AbstractSpec] | None = None
    ) -> AbstractSpec: ...
    @staticmethod
    def toolchains_in(text: str, toolchains: set[str]) -> list[str]:
        """Return the names of existing toolchains in a text."""

    @staticmethod
    def parse_many(text: str) -> list[AbstractSpec]:
        """Read all specs in a text: a second name or hash starts another one.

        Raises:
            ValueError: If some part of the text is not a spec; its message shows the place.
        """

    @property
    def name(self) -> str | None:
        """The package, or None if it is left open."""

    @property
    def namespace(self) -> str | None:
        """The repository of the package, or None if it is left open."""

    @property
    def platform(self) -> str | None:
        """The platform, or None if it is not a single one."""

    @property
    def os(self) -> str | None:
        """The operating system, or None if it is not a single one."""

    @property
    def target(self) -> str | None:
        """The target, or None if it is not a single one."""

    @property
    def hash(self) -> str | None:
        """The first letters of the hash, or None if it is left open."""

    @property
    def is_direct_only(self) -> bool:
        """True if all dependencies are written with ``%``."""

    def constrain(self, other: AbstractSpec | str) -> AbstractSpec:
        """Return the spec with the constraints of both.

        Raises:
            ValueError: If nothing can meet both, or ``other`` is not a spec.
        """

    def satisfies(self, other: AbstractSpec | str) -> bool | None:
        """Return whether everything that meets this spec also meets the other; None if unknown.

        Raises:
            ValueError: If ``other`` is not a spec.
        """

    def intersects(self, other: AbstractSpec | str) -> bool | None:
        """Return whether something could meet both; None if unknown.

        Raises:
            ValueError: If ``other`` is not a spec.
        """

    def copied(self) -> AbstractSpec:
        """Return the spec with dependencies of the same name in the order of Spack's copies."""

    @property
    def propagated(self) -> list[str]:
        """The names of its own variants that are propagated."""

    def with_exact_values(self, declared: list[str]) -> AbstractSpec:
        """Return the spec with only the written values of its own variants.

        Args:
            declared: The propagated variants that its package has, which become its own.
        """

    def constrain_all(self, others: list[AbstractSpec]) -> AbstractSpec:
        """Return the spec with the constraints of this one and all others.

        ``ValueError`` has two arguments: the contradiction, and the position of the first spec that
        contradicts earlier ones.
        """

    def only_when(self, condition: AbstractSpec | str) -> AbstractSpec:
        """Return the spec with its dependencies only under a condition.

        Raises:
            ValueError: If a dependency has a condition that contradicts this one, or
                ``condition`` is not a spec.
        """

    def __reduce__(self) -> tuple[type[AbstractSpec], tuple[str]]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Catalog:
    """Specs as columns, keyed by hash."""

    @staticmethod
    def merged(catalogs: list[Catalog]) -> Catalog:
        """Return the union of catalogs; empty for an empty list."""

    def beside(self, other: Catalog) -> Catalog:
        """Return this catalog with another's rows under caches renamed by ``beside_cache``."""

    def renamed_stack(self, stack: str, new: str) -> Catalog:
        """Return this catalog with a new name for one stack."""

    @staticmethod
    def beside_cache(cache: str) -> str:
        """Return the name of a cache of the other catalog beside this one."""

    def __copy__(self) -> Catalog: ...
    def __deepcopy__(self, memo: object, /) -> Catalog: ...
    def __reduce__(self) -> tuple[Callable[[bytes], Catalog], tuple[bytes]]: ...
    def __len__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def names(self, column: Column) -> list[str]:
        """Return the texts of a column, sorted; tags newest first."""

    def stacks(self, state: State | None) -> list[str]:
        """Return the stacks of a state or of all, sorted; ``root`` is among them."""

    def snapshots(self) -> State:
        """Return all snapshots, by cache, then newest first."""

    def systems(self) -> list[tuple[str, str, str]]:
        """Return (os, target, platform) of all systems, sorted."""

    def platforms_of_systems(self) -> list[tuple[str, str]]:
        """Return the distinct (os, platform) of all rows, sorted."""

    def origins(self) -> list[tuple[str, str, str]]:
        """Return the distinct (source, tag, package) of all rows, sorted."""

    def count(self, query: Query) -> int:
        """Return the number of specs that a query selects, without building the last step."""

    def specs(self, query: Query, tag: str | None) -> list[SpecAnswer]:
        """Return the selected specs by hash, with the listings of one snapshot or of all."""

    def cycle(self) -> list[str]:
        """Return the hashes of a shortest cycle of dependencies; empty if there is none."""

    def find(self, spec: str, among: Query, tags: list[str] | None) -> FoundAnswer:
        """Return the selected specs that satisfy an abstract spec, including externals.

        Each comes with its listings in these snapshots, or in all. ``SpecSyntaxError`` shows an
        invalid abstract spec with a caret under the fault.
        """

    def has_heard_of(self, name: str) -> bool:
        """Return whether a name is that of a package or of a virtual package.

        Virtual packages are those in a source and those of Spack's own recipes.
        """

    def reached(self, hashes: list[str], kinds: int) -> list[str]:
        """Return the specs reached over edges of some kinds, including the given ones, by hash.

        Kinds are the sum of link 1, run 2, build 4, test 8. An external needs nothing: without
        build edges, nothing is reached through it. ``ValueError`` if the edges have a cycle.
        """

    def reached_count(self, hashes: list[str], kinds: int) -> int:
        """Return the number of specs that :meth:`reached` returns."""

    def dependencies(self, spec: str) -> list[NeighbourAnswer] | None:
        """Return the dependencies of a spec, in its source's order; None if no source lists them.

        ``ValueError`` if the catalog does not know the hash.
        """

    def dependents(self, spec: str) -> list[NeighbourAnswer]:
        """Return the specs that depend on a spec or on an unknown hash, by hash.

        It examines every edge. ``ValueError`` if the catalog does not know the hash.
        """

    def path(self, spec: str, to: str) -> list[str]:
        """Return the hashes of a shortest path over dependencies, including both ends.

        Empty if there is none. O(specs + edges). ``ValueError`` if the catalog does not know one of
        the hashes.
        """

    def available(self, state: State, hashes: list[str]) -> list[str]:
        """Return the given specs that have a binary in a state, sorted by hash."""

    def known_specs(self, hashes: list[str]) -> KnownSpecs:
        """Look up specs once for many questions to this catalog.

        ``ValueError`` names the first hash that it does not know.
        """

    def plan(self, question: PlanQuestion, *, known_dependencies_only: bool = False) -> Plan:
        """Plan the smallest rebuild; ``ValueError`` if the edges have a cycle.

        With ``known_dependencies_only``, a spec without recorded dependencies is not built.
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
        """Choose an alternative of each want so that the whole plan costs least.

        An alternative is a list of parts that are installed together, each by any of its hashes;
        the answer has its position and those of its hashes. The roots of the question are wanted in
        any case. A spec without recorded dependencies is not built for a chosen alternative.
        ``work_limit`` is in steps, about a hundred million per second, ``time_limit`` in seconds;
        if the latter ends the search, the answer may differ the next time. ``ValueError`` if the
        edges have a cycle, costs cannot be added exactly, or the scope is ``all``.
        """

    def lock_diff(self, question: LockDiffQuestion) -> LockDiffAnswer:
        """Return the new specs and their causes; ``ValueError`` if the edges have a cycle."""

    def differing_rows(self) -> list[DifferingAnswer]:
        """Return the pairs of rows with different content for one hash, by hash."""

    def binaries_of(self, source: str) -> list[str]:
        """Return the hashes of the specs with a binary according to a file, ascending."""

    def soundness(self, question: SoundnessQuestion) -> SoundnessAnswer:
        """Return the specs that binaries lack, and the dangling edges that break no binary.

        If specs depend on each other, the edges between them are ignored.
        """

    def with_binaries(self, hashes: list[str]) -> Catalog:
        """Return the same listings, in which only those of some specs remain binaries."""

    def with_content_of(self, newer: Catalog) -> Catalog:
        """Return the same listings, with the content of a newer index for specs in both."""

    def same_but_for_format(self, old: list[str], new: list[str]) -> list[tuple[str, str]]:
        """Return pairs of old and new hashes that only differ by the format of their files."""

    def disagreements(self, other: Catalog, dag_hash: str, /) -> list[DisagreementAnswer] | None:
        """Return the columns in which another catalog contradicts this one about a spec.

        Returns:
            The columns that differ, the text of this catalog first; ``dependencies`` is among
            them. None if one does not know the spec.
        """

    def coverage(self, question: CoverageQuestion) -> CoverageAnswer:
        """Count wants and find gaps; cells by stack, os, target, gaps by rank."""

    def met(self, question: AbstractQuestion) -> list[list[MetAnswer]]:
        """Return the specs that meet abstract wants: by cell, then in the order of its wants.

        A spec meets a want if it satisfies the abstract spec, its system serves that of the cell,
        and the systems of all its link and run dependencies serve its own. ``SpecSyntaxError``
        shows an invalid abstract spec.
        """

    def abstract_coverage(self, question: AbstractQuestion, most: int) -> AbstractAnswer:
        """Count abstract wants and find gaps; the latter by cell, then in the order of its wants.

        At most ``most`` of the specs that a broken want lacks are named.

        ``SpecSyntaxError`` shows an invalid abstract spec.
        """

    def demand(self, question: DemandQuestion) -> DemandAnswer:
        """Return the specs that wants of concrete specs lack, and the benefit of each gap.

        ``ValueError`` if the edges have a cycle.
        """

    def lacks(
        self, root: str, state: State, operating_systems: OperatingSystems, rewired: bool
    ) -> list[str]:
        """Return all missing specs that a spec needs to install, by hash.

        Specs made by rewiring a binary count as available if ``rewired``.
        """

    def named(self, hashes: list[str]) -> tuple[list[str | None], list[str | None]]:
        """Return the packages and the versions of specs; None for specs that no row describes."""

    def diff(self, question: DiffQuestion) -> list[CellDiffAnswer]:
        """Compare two snapshots; cells by stack, os, target, keys by text."""

@final
class Plan:
    """A smallest rebuild. Each part is computed on demand."""

    def builds(self) -> BuildsAnswer:
        """Return the builds, by stage, then hash, in columns."""

    def need_counts(self) -> list[int]:
        """Return the number of builds that each build waits for."""

    def needs(self, spec: str) -> list[str]:
        """Return the hashes of the builds that a build waits for, sorted."""

    def because_counts(self) -> list[int]:
        """Return the length of a shortest chain from a want, for each build."""

    def because(self, spec: str) -> list[str]:
        """Return a shortest chain of hashes from a want to a build."""

    def totals(self) -> TotalsAnswer:
        """Return the numbers of the plan."""

    def critical_path(self) -> list[str]:
        """Return the most expensive chain of builds, each of which waits for the previous one."""

    def schedule(self, runners: int) -> ScheduleAnswer:
        """Return the time and the runner of each build, for a number of runners."""

    def spend(
        self,
        groups: list[ItemGroupQuestion],
        *,
        chosen: list[str] | None = None,
        builds: int | None = None,
        cost: float | None = None,
        node_limit: int | None = None,
        work_limit: int | None = None,
        time_limit: float | None = None,
    ) -> SpendingAnswer:
        """Return the builds that complete the most within all given limits.

        The plan is for all specs that can complete a root. No weight exceeds 10^9. If some specs
        are already chosen, the answer has the result for the roots with these.
        """

    def unnecessary(self) -> tuple[UnnecessaryAnswer, ...]:
        """Return the unnecessary builds of node-by-node pruning, by hash."""

    def left_out(self) -> LeftOutAnswer:
        """Return broken specs to be built, wants that cannot install, and builds left out."""

    def left_out_chain(self, spec: str) -> list[str]:
        """Return the hashes from a build that is left out down to a broken spec."""

    def untested(self) -> tuple[UntestedAnswer, ...]:
        """Return the specs of the locks that contain the change but are not stale, by hash."""

    def why(self, spec: str, most_lines: int) -> WhyAnswer | None:
        """Return the reason why a spec is planned or not; None if that takes more lines.

        Raises:
            ValueError: If the spec is unknown.
        """

@final
class Query:
    """A selection of specs. Unknown names select nothing."""

    @staticmethod
    def all() -> Query:
        """Select every spec."""

    @staticmethod
    def text(column: Column, texts: list[str]) -> Query:
        """Select the specs whose text in a column is one of these."""

    @staticmethod
    def stack(tag: str | None, stacks: list[str]) -> Query:
        """Select the specs that one of these stacks lists, in a snapshot or in any."""

    @staticmethod
    def hashes(texts: list[str]) -> Query:
        """Select the specs with one of these hashes; ``ValueError`` for an invalid hash."""

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
    """The content of a source of pages."""

    @property
    def catalog(self) -> Catalog:
        """The specs of all pages that were read."""

    @property
    def taken(self) -> int:
        """The number of pages that were read."""

    @property
    def declined(self) -> list[Path]:
        """Pages not in the published spelling, for the reference reader; sorted."""

    @property
    def damaged(self) -> list[DamagedPageAnswer]:
        """The files that cannot be used, by path."""

    @property
    def contradictions(self) -> list[ContradictionAnswer]:
        """The pages whose ``meta`` contradicts their specs, by path."""

@final
class SpecsRead:
    """The content of an index, a database, a lock or spec files."""

    @property
    def catalog(self) -> Catalog:
        """The specs; empty if the file has a fault."""

    @property
    def kind(self) -> Literal["index", "database", "lock", "spec", ""]:
        """The kind of the file, decided by its content. Empty if it has a fault."""

    @property
    def roots(self) -> list[LockRootAnswer]:
        """The roots, in the order of the file."""

    @property
    def specs(self) -> int:
        """The number of specs in the file."""

    @property
    def installed(self) -> int:
        """The number of installed specs of an installation."""

    @property
    def version(self) -> int | None:
        """The version of the file; of several spec files, the newest."""

    @property
    def is_guess(self) -> bool:
        """True if that version is newer than the known ones, so that the content is a guess."""

    @property
    def is_newer(self) -> bool:
        """True if the fault is a version that is newer than the known ones."""

    @property
    def fault(self) -> FaultAnswer | None:
        """The first fault, or None."""

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
        """Return whether the version satisfies a constraint as after ``@`` in a spec.

        Args:
            constraint: Versions, ranges and lists of them, as in ``1.2:1.4,=2.0``.

        Raises:
            ValueError: If the constraint is not valid.
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
    """Read front matters that the reference reader has turned into JSON objects."""

def check_hashes(path: str | PathLike[str], *, file_bytes: int) -> HashesAnswer:
    """Compare the hashes of an index, a database, a lock or spec files with their content.

    The file is plain or gzip, and has at most ``file_bytes`` when it is decompressed.
    """

def check_hashes_in(text: bytes) -> HashesAnswer:
    """Do the same with a file in memory, not compressed."""

def read_specs(
    path: str | PathLike[str],
    *,
    cache: str,
    tag: str,
    stack: str,
    shown: str,
    file_bytes: int,
    listed_only: bool = False,
    counts_installed: bool = False,
    try_newer: bool = False,
) -> SpecsRead:
    """Read one file, plain or gzip, of at most ``file_bytes`` when it is decompressed.

    With ``listed_only``, the file only determines what a stack lists, and its binaries do not
    count. With ``counts_installed``, the installed specs of an installation count as binaries. With
    ``try_newer``, a version newer than the known ones is read as the newest.
    """

def format_releases() -> list[ReleaseAnswer]:
    """Return the releases of Spack that changed a format, oldest first.

    Formats that none of these releases writes are not read.
    """

def parse_specs(
    text: bytes,
    *,
    cache: str,
    tag: str,
    stack: str,
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
) -> ChosenAnswer:
    """Choose an alternative for each want so that all needed items cost least.

    Items are numbered; ``demands`` are pairs of an item and one that it needs, ``wants`` hold by
    want the items that meet it. ``ValueError`` if an item does not exist, a want has no
    alternative, or a limit is exceeded.
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
        ValueError: If they contradict the known targets; then nothing is added.
    """

def sorted_want_keys(wants: Collection[str]) -> str:
    """Return the distinct keys of wants, sorted, one after the other.

    O(n log n). A key is that of :func:`specplan.model.want_keys.key_of`.
    """

def json_rows(names: list[str], columns: list[Sequence[Any]], depth: int) -> str | None:
    """Return columns as the objects of an array of an indented JSON document.

    O(values).

    Args:
        names: The names of the fields, plain ASCII.
        columns: The values of each field, equally many.
        depth: The number of objects and arrays around an object.

    Returns:
        The text; None if a value is no plain text, whole number of 64 bits, truth or ``None``. A
            plain text is printable ASCII that needs no escape, neither in JSON nor in the log of a
            CI job.
    """

def pattern_is_found(pattern: str, text: str) -> bool:
    """Return whether a regular expression is found anywhere in a text, in linear time.

    Args:
        pattern: The expression, in the language of the crate ``regex-lite``.
        text: The text.

    Raises:
        ValueError: If it is not an expression, or repeats too much.
    """

def catalog_of_state(state: bytes) -> Catalog:
    """Return an unpickled catalog; ``ValueError`` for other bytes."""

def query_of_state(state: tuple[object, ...]) -> Query:
    """Return an unpickled query."""

def show_panics() -> None:
    """Print panics of the core where they happen, instead of only raising them."""

@final
class Table:
    """Named columns of equal length, exported through Arrow's C interface without a copy."""

    def __len__(self) -> int:
        """Return the number of rows."""

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the rows as a stream; conversion to other types is left to the consumer."""

    def write_parquet(self, path: str | PathLike[str]) -> int:
        """Write a file, with identical bytes for the same rows, and return the number of rows.

        Raises ``OSError`` if it cannot be written.
        """

def table_of_columns(
    columns: list[tuple[str, Literal["text", "whole", "number", "flag", "list"], list[Any]]],
) -> Table:
    """Make a table from columns: name, type, values. ``None`` is null, except in lists."""

def catalog_tables(catalog: Catalog) -> tuple[Table, Table, Table]:
    """Return the tables ``specs``, ``edges`` and ``members`` of a catalog.

    O((r + e) log r) for r rows and e edges.
    """

def save_tables(
    folder: str | PathLike[str],
    sources: list[tuple[str, Catalog, list[Catalog | None]]],
    members: list[tuple[str, str]],
    *,
    older: tuple[str | PathLike[str], list[tuple[str, str]]] | None = None,
) -> tuple[int, int, list[tuple[str, int]]]:
    """Write the tables of a saved catalog.

    Args:
        folder: The destination.
        sources: The sources: name, rows, and the rows of the other views: only binaries in all
            indexes, binaries in no index, installed specs; ``None`` if a view is the same.
        members: The snapshots whose members are written, each with its file in the folder.
        older: A saved catalog with the files of its snapshots; its specs keep their rows, and the
            listings of other sources remain.

    Returns:
        The numbers of rows of specs and edges, and of members of each snapshot that has any.

    Raises ``OSError`` if a file cannot be written and ``ValueError`` if the older catalog is
    damaged.
    """

def load_tables(
    folder: str | PathLike[str],
    members: list[tuple[str, str]],
    sources: list[tuple[str, list[str], list[str]]],
    packages: list[str] | None,
    dependencies: bool,
) -> list[tuple[Catalog, Catalog | None, Catalog | None, Catalog | None]]:
    """Read sources of a saved catalog.

    Args:
        folder: The catalog.
        members: Its snapshots, each with its file in the folder.
        sources: Of each source its name, the snapshots that are read, and which other looks it
            has: ``least``, ``fetched``, ``installed``.
        packages: The packages whose specs are read, without dependencies; all specs with theirs
            if one of them is a virtual package too. None for all specs.
        dependencies: Whether their dependencies are read, if these are all specs.

    Raises ``OSError`` if a file cannot be read and ``ValueError`` if it is damaged.
    """
