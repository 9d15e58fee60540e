"""Coverage and gaps of the reported cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specplan.arguments import checked
from specplan.model.damage import DamagedFile
from specplan.model.gap import CoveredWant, Gap, UnknownWant
from specplan.model.gate import Gate
from specplan.model.known_gap import KnownGaps
from specplan.model.left_out import LeftOut
from specplan.model.query import Compatibility, EnvironmentAsked, Level, NotWanted, Scope, WantsKind
from specplan.model.report import Report, ReportOptions, View, as_csv, as_markdown, as_text
from specplan.model.roots import RootCoverage, RootLine
from specplan.model.source import SourceUsed
from specplan.model.want_keys import WantKeys
from specplan.records import dataclass

__all__ = ["Alone", "Carried", "Cell", "Coverage", "LackedSpec", "Totals", "View"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One stack on one system: its wants, and the covered ones.

    Attributes:
        stack: The name of the stack.
        platform: The platform of the system.
        os: The operating system.
        target: The microarchitecture.
        wanted: The number of wants in the cell.
        covered: The number of them that an available spec covers.
        covered_exact: The number of those that are covered on exactly the system of the cell.
        unknown: The number that the sources cannot decide.
        usable: The number covered by a spec whose link and run closure is available too; None if
            the sources contain no edges.
        coverage: ``covered / wanted``; None if nothing is wanted.
        carried_from: The snapshot or document in which an earlier run measured it, if this one did
            not; otherwise None.
    """

    stack: str
    platform: str
    os: str
    target: str
    wanted: int
    covered: int
    covered_exact: int
    unknown: int
    usable: int | None
    coverage: float | None
    carried_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LackingKeys:
    """The keys that a cell lacks.

    Attributes:
        stack: The stack of the cell.
        platform: The platform of its system.
        os: Its operating system.
        target: Its microarchitecture.
        keys: The gaps in it, as wants are spelled at the level of the question.
    """

    stack: str
    platform: str
    os: str
    target: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The origin of cells that this run did not measure.

    Attributes:
        path: The saved document.
        tags: Its snapshots; none if its sources have none.
        cells: The number of its cells.
    """

    path: str
    tags: tuple[str, ...]
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums over all cells of a report.

    Attributes:
        wanted: All wants.
        covered: Those covered.
        unknown: Those that the sources cannot decide.
        gaps: The rest.
        not_wanted: Wants that the configuration excludes; not included in any of the above.
        coverage: ``covered / wanted``; None if nothing is wanted.
    """

    wanted: int
    covered: int
    unknown: int
    gaps: int
    not_wanted: int
    coverage: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LackedSpec:
    """A spec without a binary, to which binaries link or with which they run.

    Attributes:
        hash: Its DAG hash.
        package: Its package.
        version: Its version; None if no source describes it.
        binaries: The number of binaries with it in their link and run closure.
    """

    hash: str
    package: str
    version: str | None
    binaries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """The content of caches when there are no wants to compare it with.

    Attributes:
        binaries: The number of binaries.
        usable: The number of them that install from the caches alone; None without edges.
        lacking: The specs that the others lack: those needed by most binaries first, then by hash.
    """

    binaries: int
    usable: int | None
    lacking: tuple[LackedSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Coverage(Report):
    """Coverage and gaps of the reported cells: one document, two views.

    Attributes:
        wants: The origin of the wants.
        level: The level of keys; None if all wants are abstract specs, the roots of environments.
        compat: The rule by which binaries serve a cell.
        scope: The wanted part of a lock; None if the wants do not come from locks.
        tags: The selected snapshots; none if the sources have none.
        baseline: The older snapshot or source of baseline wants, else None.
        cells: Ordered by stack, os, target.
        gaps: The most useful first, then by stack, os, target, want.
        roots: None where the wants have no roots.
        unknown: Wants that the sources cannot decide, by stack, os, target, want.
        environments: The environments with wants, by stack, then path. If there are any, coverage
            is an upper bound: a covered want could be reused, but a concretizer may still decide
            otherwise.
        totals: Over all cells.
        absent_stacks: Stacks of the baseline that are missing from the newer state; they have no
            cells and no gaps.
        not_wanted: The entries of the configuration, each with the number of wants it excluded.
        damaged: Files that were skipped because they are damaged.
        left_out: Input of the question that could not be taken into account.
        sources: The sources, with their age and indexes.
        gates: The gates of the run, each with its verdict; empty if none was requested.
        known_gaps: The known gaps of the run, or None.
        carried: The origin of cells that were carried forward instead of measured, or None.
        alone: The content of the caches, if no cell has a peer and nothing is wanted; otherwise
            None.
        want_keys: All that each cell wants, by keys; None in documents of an earlier release.
        root_lines: The roots of environments with the lines that ask for them, by cell; roots
            missing from the lock beside an environment come first.
        covered: The wants of peers, baselines and locks that are covered, by cell, then want; None
            unless they were requested. Documents do not contain them.
    """

    wants: WantsKind
    level: Level | None
    compat: Compatibility
    scope: Scope | None
    tags: tuple[str, ...]
    baseline: str | None
    cells: tuple[Cell, ...]
    gaps: Sequence[Gap]
    roots: RootCoverage | None
    totals: Totals
    absent_stacks: tuple[str, ...]
    not_wanted: tuple[NotWanted, ...]
    damaged: tuple[DamagedFile, ...]
    unknown: tuple[UnknownWant, ...] = ()
    environments: tuple[EnvironmentAsked, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    sources: tuple[SourceUsed, ...] = ()
    gates: tuple[Gate, ...] = ()
    known_gaps: KnownGaps | None = None
    carried: Carried | None = None
    alone: Alone | None = None
    want_keys: Sequence[WantKeys] | None = None
    root_lines: tuple[RootLine, ...] = ()
    covered: tuple[CoveredWant, ...] | None = None

    @property
    def is_upper_bound(self) -> bool:
        """True if covered wants could be reused, but a concretizer may decide otherwise."""
        return bool(self.environments)

    @checked
    def to_csv(self, view: View = "gaps") -> str:
        """Return a view of the document as comma-separated values."""
        return as_csv(self, ReportOptions(view=view))

    @checked
    def to_markdown(self, view: View = "gaps") -> str:
        """Return a view of the document as Markdown, suitable for the summary of a CI job."""
        return as_markdown(self, ReportOptions(view=view))

    @checked
    def to_text(self, view: View = "gaps", *, width: int = 100, colour: bool = False) -> str:
        """Return a view of the document as text of at most ``width`` columns.

        Args:
            view: The view.
            width: The width of the terminal.
            colour: Whether to use escape sequences for colours.
        """
        return as_text(self, ReportOptions(view=view, width=width, colour=colour))

    def __iter__(self) -> Iterator[Gap]:
        """Iterate over the gaps, ranked."""
        return iter(self.gaps)

    def __len__(self) -> int:
        """Return their number."""
        return len(self.gaps)
