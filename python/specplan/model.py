"""What specplan answers with: frozen, typed records of specs, coverage and differences.

The words are those of the documentation: a *cell* is a stack on a system (an
operating system and a target), a *want* is something that should be available
in a cell, a *gap* is a want that no available spec covers.

Every sequence in these records is a tuple in a fixed order, so that the same
catalog and the same question give equal records and the same bytes of output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from specplan.report import Report, as_csv, as_markdown, as_text

__all__ = [
    "BrokenRoot",
    "Cell",
    "Change",
    "Compatibility",
    "Coverage",
    "DamagedFile",
    "Diff",
    "DiffCell",
    "DiffTotals",
    "EnvironmentAsked",
    "Gap",
    "GapState",
    "KeyInCell",
    "Lacking",
    "Level",
    "Nearest",
    "NotWanted",
    "RootCoverage",
    "Scope",
    "Spec",
    "Totals",
    "Unify",
    "UnknownWant",
    "View",
    "WantsKind",
]

#: What a key is: name; name@version; name@version and variants; hash.
Level: TypeAlias = Literal["package", "version", "variant", "hash"]

#: Which binaries serve a cell besides those of its very system; cumulative.
Compatibility: TypeAlias = Literal["exact", "target", "os"]

#: The two views of the one document of coverage.
View: TypeAlias = Literal["gaps", "coverage"]

#: Where the wants of a report come from.
WantsKind: TypeAlias = Literal["peers", "baseline", "lock", "environment", "lock_and_environment"]

#: How much of a lock is wanted: its roots; also all that they link to or run with;
#: also what building needs.
Scope: TypeAlias = Literal["roots", "runtime", "all"]

#: Whether the roots of an environment are concretized together.
Unify: TypeAlias = Literal["true", "when_possible", "false"]

#: Why a want is a gap: another stack has it on a compatible system; only other
#: systems have it; nothing in the catalog matches it.
GapState: TypeAlias = Literal["other_stack", "other_system", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One concrete spec of a catalog.

    Attributes:
        hash: The DAG hash, 32 letters of a-z2-7; the identity of the spec.
        name: The package.
        version: The version as the source spells it.
        platform: For example ``linux`` or ``darwin``.
        os: The operating system, for example ``ubuntu24.04``.
        target: The microarchitecture, for example ``x86_64_v3``.
        compiler: ``name@version``, or ``none`` for a spec that no compiler built.
        variants: The variants in their canonical spelling, ordered by name.
        size: The size as the source gives it, ``-`` where it does not know.
        stacks: The stacks that list the spec in the snapshots that were asked, sorted.
        tags: The snapshots that list it, newest first.
        source: The file that its content was taken from.
        available: Whether one of these snapshots has a binary of it.
        external: Whether the system provides it, so that it needs no binary.
    """

    hash: str
    name: str
    version: str
    platform: str
    os: str
    target: str
    compiler: str
    variants: tuple[str, ...]
    size: str
    stacks: tuple[str, ...]
    tags: tuple[str, ...]
    source: str
    available: bool
    external: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One stack on one system: how much of what it should have is there.

    Attributes:
        stack: The stack's label.
        platform: The platform of the system.
        os: The operating system.
        target: The microarchitecture.
        wanted: How many wants the cell has.
        covered: How many of them an available spec covers.
        covered_exact: How many of those are covered on the very system of the cell.
        unknown: How many the sources cannot decide.
        usable: How many are covered by a spec whose link and run closure is
            available too; None where the sources hold no edges.
        coverage: ``covered / wanted``; None where nothing is wanted.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The closest available spec to a gap, of the same package.

    Attributes:
        hash: Its DAG hash.
        stack: The stack that lists it; ``root`` where only the union index does.
        os: Its operating system.
        target: Its target.
        source: The file that holds it.
        differs: In what it differs from the want, in the order of os, target, version,
            compiler, variants and stack. Of the roots of environments and the specs of
            locks the exact clauses, such as ``version 1.10 is not 1.12:``; of keys the
            words ``os``, ``target``, ``version``, ``compiler``, ``variants``, ``stack``.
    """

    hash: str
    stack: str
    os: str
    target: str
    source: str
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One want of one cell that no available spec covers.

    Attributes:
        stack: The stack of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        want: The key that is wanted, as text.
        package: The package it names.
        version: The version of the spec that is wanted; None where the want names no spec.
        hash: Its DAG hash, or None where the want names none.
        state: Why it is a gap.
        cells_lacking: In how many cells of the report the same key is a gap.
        blocked: How many other wants of the stack need it; None without edges.
        roots_completed: How many roots it would complete; None without edges.
        buildable_now: Whether all that building it needs is usable; None without edges.
        nearest: The closest spec that is available, or None where the package has none.
    """

    stack: str
    os: str
    target: str
    want: str
    package: str
    version: str | None
    hash: str | None
    state: GapState
    cells_lacking: int
    blocked: int | None
    roots_completed: int | None
    buildable_now: bool | None
    nearest: Nearest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownWant:
    """One want of one cell that the sources cannot decide: neither covered nor a gap.

    Attributes:
        stack: The stack of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        want: The abstract spec that is wanted.
        package: The package it names; empty where it names none.
        specs: How many available specs might cover it.
        missing: What the sources lack to tell, sorted: of ``edges``, ``virtuals``,
            ``compiler``, ``field``, ``recipe`` and ``git-repository``.
    """

    stack: str
    os: str
    target: str
    want: str
    package: str
    specs: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentAsked:
    """An environment whose roots are wanted.

    Attributes:
        stack: The stack that it is of.
        path: Its file.
        roots: How many roots it has, as Spack expands them.
        unify: Whether Spack concretizes them together.
        left_out: What of it was not taken into account, one sentence each.
    """

    stack: str
    path: str
    roots: int
    unify: Unify
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWanted:
    """One ``[[not-wanted]]`` entry and what it did.

    Attributes:
        package: The shell pattern for packages.
        stack: The shell pattern for stacks.
        os: The shell pattern for operating systems.
        target: The shell pattern for targets.
        reason: Why these are not wanted.
        excluded: How many wants of the report it excluded; an entry that
            excludes none is unused.
    """

    package: str = "*"
    stack: str = "*"
    os: str = "*"
    target: str = "*"
    reason: str
    excluded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRoot:
    """A root that does not install from the cache alone.

    Attributes:
        hash: Its DAG hash.
        package: Its package.
        version: Its version.
        lacks: The hashes of its link and run closure, itself included, that have no
            binary, sorted.
    """

    hash: str
    package: str
    version: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A spec without a binary that roots lack.

    Attributes:
        hash: Its DAG hash.
        package: Its package; None where no source describes it.
        version: Its version, likewise.
        roots: How many roots lack it.
    """

    hash: str
    package: str | None
    version: str | None
    roots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCoverage:
    """How many roots install from the cache alone.

    The roots of environments count in each of their cells in which the sources tell what
    installs, and install where any spec that covers them does.

    Attributes:
        wanted: Distinct root hashes, and roots of environments.
        installable: Those whose whole closure installs from the cache.
        coverage: ``installable / wanted``; None where there are no roots.
        broken: The others, by hash; of a root of an environment the spec that covers it
            and lacks least. What nothing covers is a gap and not among them.
        lacking: All that these lack; what most roots lack first, then by hash.
    """

    wanted: int
    installable: int
    coverage: float | None
    broken: tuple[BrokenRoot, ...]
    lacking: tuple[Lacking, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums over all cells of a report.

    Attributes:
        wanted: All wants.
        covered: Those covered.
        unknown: Those that the sources cannot decide.
        gaps: The rest.
        not_wanted: Wants that the configuration excludes; in none of the above.
        coverage: ``covered / wanted``; None where nothing is wanted.
    """

    wanted: int
    covered: int
    unknown: int
    gaps: int
    not_wanted: int
    coverage: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedFile:
    """A file of a source that could not be taken, and why.

    Attributes:
        path: The file.
        place: Where in the file, or an empty string.
        line: The line, counted from 1, or None.
        fault: What is wrong there.
    """

    path: str
    place: str
    line: int | None
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(Report):
    """Coverage and gaps of the reported cells: one document, two views.

    Attributes:
        wants: Where the wants come from.
        level: What a key is; None where all wants are abstract specs, the roots of
            environments.
        compat: Which binaries serve a cell.
        scope: How much of a lock is wanted; None where the wants are of no lock.
        tag: The snapshot that was asked; None where the sources have none.
        baseline: The older snapshot or source of baseline wants, else None.
        cells: Ordered by stack, os, target.
        gaps: The most useful first, then by stack, os, target, want.
        roots: None where the wants have no roots.
        unknown: Wants that the sources cannot decide, by stack, os, target, want.
        environments: The environments that say what is wanted, by stack, then path.
            Where there are any, coverage is an upper bound: what is covered could be
            reused, and a concretizer may still decide otherwise.
        totals: Over all cells.
        absent_stacks: Stacks of the baseline that the newer state does not list
            at all; they have no cells and no gaps.
        not_wanted: The entries of the configuration with what each excluded.
        damaged: Files that were skipped because they are damaged.
    """

    wants: WantsKind
    level: Level | None
    compat: Compatibility
    scope: Scope | None
    tag: str | None
    baseline: str | None
    cells: tuple[Cell, ...]
    gaps: tuple[Gap, ...]
    roots: RootCoverage | None
    totals: Totals
    absent_stacks: tuple[str, ...]
    not_wanted: tuple[NotWanted, ...]
    damaged: tuple[DamagedFile, ...]
    unknown: tuple[UnknownWant, ...] = ()
    environments: tuple[EnvironmentAsked, ...] = ()

    @property
    def is_upper_bound(self) -> bool:
        """Whether what is covered could be reused, but a concretizer may decide otherwise."""
        return bool(self.environments)

    def to_csv(self, view: View = "gaps") -> str:
        """Return a view of the document as comma-separated values."""
        return as_csv(self, view=view)

    def to_markdown(self, view: View = "gaps") -> str:
        """Return a view of the document as Markdown, fit for the summary of a CI job."""
        return as_markdown(self, view=view)

    def to_text(self, view: View = "gaps", *, width: int = 100, colour: bool = False) -> str:
        """Return a view of the document as text of at most ``width`` columns.

        Args:
            view: Which view.
            width: The width of the terminal.
            colour: Whether to paint with escape sequences.
        """
        return as_text(self, view=view, width=width, colour=colour)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffCell:
    """How the keys of one cell changed between two states.

    Attributes:
        stack: The stack's label.
        platform: The platform of the system.
        os: The operating system.
        target: The microarchitecture.
        kept: Keys that both states have; at level ``package`` those whose versions are
            the same.
        lost: Keys of packages that the newer state has no new key for.
        gained: Keys of packages that the older state had no other key for.
        changed: Packages whose old keys gave way to new ones.
    """

    stack: str
    platform: str
    os: str
    target: str
    kept: int
    lost: int
    gained: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInCell:
    """A key that one cell lost or gained.

    Attributes:
        stack: The stack of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        want: The key, as text.
        package: The package it names.
        hash: Its DAG hash at level ``hash``, else None.
    """

    stack: str
    os: str
    target: str
    want: str
    package: str
    hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A package of one cell whose keys changed: not lost, replaced.

    Attributes:
        stack: The stack of the cell.
        os: The operating system of the cell.
        target: The target of the cell.
        package: The package.
        old: The keys (at level ``package`` the versions) that only the older state has.
        new: Those that only the newer state has.
    """

    stack: str
    os: str
    target: str
    package: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffTotals:
    """The sums over all cells of a difference."""

    kept: int
    lost: int
    gained: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff(Report):
    """What two states of a cache have in common and what changed, by cell and key.

    Attributes:
        level: What a key is.
        old: The older snapshot or source.
        new: The newer one.
        cells: Ordered by stack, os, target; cells of absent stacks are left out.
        lost: Ordered by stack, os, target, want.
        gained: Likewise.
        changed: Ordered by stack, os, target, package.
        absent_stacks: Stacks that only the older state lists.
        new_stacks: Stacks that only the newer state lists.
        totals: Over all cells.
        damaged: Files that were skipped because they are damaged.
    """

    level: Level
    old: str
    new: str
    cells: tuple[DiffCell, ...]
    lost: tuple[KeyInCell, ...]
    gained: tuple[KeyInCell, ...]
    changed: tuple[Change, ...]
    absent_stacks: tuple[str, ...]
    new_stacks: tuple[str, ...]
    totals: DiffTotals
    damaged: tuple[DamagedFile, ...]
