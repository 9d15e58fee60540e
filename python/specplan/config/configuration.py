"""The values of a configuration: every setting, with its default."""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from specplan.config.export import ExportSettings
from specplan.model import AllowedKind, Compatibility, Level, NotWanted, Scope
from specplan.model.host import Host
from specplan.model.left_out import ALLOWED_KINDS
from specplan.records import dataclass
from specplan.system_name import split_system

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specplan.model.budget import Weight
    from specplan.model.check import FindingKind, Verify
    from specplan.sources.limits import NewerFormats

__all__ = [
    "ALLOWED_KINDS",
    "COMPATIBILITIES",
    "DIALECTS",
    "FORMATS",
    "LEVELS",
    "SCOPES",
    "CheckSettings",
    "Configuration",
    "Dialect",
    "Format",
    "StackEntry",
    "is_system",
    "percentage_fault",
]

#: The formats of a report.
Format: TypeAlias = Literal["table", "json", "csv", "markdown"]

#: The formats that only some commands write: those of CI systems, and lists for other programs.
Dialect: TypeAlias = Literal[
    "junit",
    "github",
    "codequality",
    "openmetrics",
    "lcov",
    "cobertura",
    "badge",
    "list",
    "html",
    "svg",
]

FORMATS: Final[tuple[Format, ...]] = get_args(Format)
DIALECTS: Final[tuple[Dialect, ...]] = get_args(Dialect)
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
COMPATIBILITIES: Final[tuple[Compatibility, ...]] = get_args(Compatibility)


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


def _no_families() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class StackEntry:
    """The ``[[stack]]`` table of one stack.

    Attributes:
        name: The stack.
        cells: The systems that it is for, each ``OS/TARGET``; empty where that is not said.
        want: The environment or lock that says what it wants, resolved as sources are.
        fail_under: The least coverage that it may have, in percent.
        fail_under_roots: The least root coverage, as a percentage.
        fail_on_lost: Whether a lost key of it fails the run.
        fail_on_absent: Whether it fails the run where it is absent.
        fail_on_unknown_over: The most of its wants that may be undecided, in percent.
        fail_over_builds: The most builds that it may need.
        fail_over_cost: The most that these may cost, in seconds.
        fail_if_not_optimal: Whether a choice for it that is not proven to be best fails the run.
    """

    name: str
    cells: tuple[str, ...] = ()
    want: str | None = None
    fail_under: Decimal | None = None
    fail_under_roots: Decimal | None = None
    fail_on_lost: bool = False
    fail_on_absent: bool = False
    fail_on_unknown_over: Decimal | None = None
    fail_over_builds: int | None = None
    fail_over_cost: float | None = None
    fail_if_not_optimal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """The ``[check]`` table: settings of ``specplan check``.

    Attributes:
        verify: How far to go.
        ignore: The kinds of findings that are left out and only counted.
    """

    verify: Verify = "index"
    ignore: tuple[FindingKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The configuration of a run, wherever each part comes from.

    Without arguments it holds the defaults. Each attribute is the key of the same
    name, with underscores for dashes.

    Attributes:
        cache: The sources; those of a file are resolved against its folder.
        stack: Shell patterns for the stacks that are reported.
        stacks: The ``[[stack]]`` tables, which stand in place of patterns.
        peers: Shell patterns for the stacks that define the wants.
        system: Systems in which the stacks should be: ``OS/TARGET``, or ``all``.
        os: Filters the reported cells.
        target: Filters the reported cells.
        tag: The snapshot; None for the newest.
        baseline: An older snapshot, or a source that holds the older state.
        baseline_directory: The folder that the path of a baseline starts from.
        want: Locks that say what is wanted; those of a file are resolved as sources are.
        costs: Files with the costs of builds; those of a file are resolved against its
            folder.
        scope: How much of a lock is wanted.
        level: What a key is; None for what the kind of the wants has as its default.
        compat: Which binaries serve a cell.
        format: The format of the report.
        fail_under: The least coverage, in percent, as it was written.
        fail_under_roots: The least root coverage, as a percentage.
        fail_on_lost: Whether a lost key fails the run.
        fail_on_absent: Whether an absent stack fails the run.
        fail_on_unknown_over: The most wants that may be undecided, in percent.
        fail_over_builds: The most builds that a plan may have.
        fail_over_cost: The most that these may cost, in seconds.
        fail_if_not_optimal: Whether a plan that is not proven to be least fails the run.
        known_gaps: The file of known gaps, resolved against the folder of the configuration.
        strict_known_gaps: Whether an entry of it that has expired or excuses nothing fails the run.
        allow_left_out: What may be left out of a question and fail no gate.
        allow_unplannable: Whether wants that cannot be planned fail no run.
        strict: Whether a contradiction in a page is an error.
        skip_damaged: Whether damaged files are passed over.
        use_mirrors: Whether the remote mirrors that environments name are caches where none is
            given.
        for_spack: The version of Spack that uses the caches; None for any.
        newest_format: What becomes of files of versions that are too new.
        from_manifests: Whether mirrors are read from the files of their binaries.
        probe: Whether servers are asked for binaries that no index lists.
        upstream: Installations that count as available.
        offline: Whether no server is asked, so that only copies of earlier runs are read.
        max_age: How old the copy of a remote file may be that is used without asking its
            server, in seconds; None asks each time.
        families: Stack patterns by the name of a family.
        libc: C library and version by operating system.
        targets: Parents of more targets by name.
        host: The machine that the conditions of environments ask for.
        check: How the cache itself is checked.
        export: How the builds of a plan are run, and where.
        not_wanted: What is not wanted, with reasons.
        weight: What completing roots is worth.
    """

    cache: tuple[str, ...] = ()
    stack: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    os: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    tag: str | None = None
    baseline: str | None = None
    baseline_directory: str = ""
    want: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()
    scope: Scope = "runtime"
    level: Level | None = None
    compat: Compatibility = "exact"
    format: Format | Dialect = "table"
    fail_under: Decimal | None = None
    fail_under_roots: Decimal | None = None
    fail_on_lost: bool = False
    fail_on_absent: bool = False
    fail_on_unknown_over: Decimal | None = None
    fail_over_builds: int | None = None
    fail_over_cost: float | None = None
    fail_if_not_optimal: bool = False
    known_gaps: str | None = None
    strict_known_gaps: bool = False
    allow_left_out: tuple[AllowedKind, ...] = ()
    allow_unplannable: bool = False
    strict: bool = False
    skip_damaged: bool = False
    use_mirrors: bool = False
    for_spack: str | None = None
    newest_format: NewerFormats = "refuse"
    from_manifests: bool = False
    probe: bool = False
    upstream: tuple[str, ...] = ()
    offline: bool = False
    max_age: int | None = None
    families: Mapping[str, tuple[str, ...]] = field(default_factory=_no_families)
    libc: Mapping[str, str] = field(default_factory=_nothing)
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=_no_families)
    stacks: tuple[StackEntry, ...] = ()
    host: Host = Host()
    check: CheckSettings = CheckSettings()
    export: ExportSettings = ExportSettings()
    not_wanted: tuple[NotWanted, ...] = ()
    weight: tuple[Weight, ...] = ()


def percentage_fault(number: Decimal) -> str | None:
    """Return the fault of a percentage that a gate requires, if it has one.

    Nobody asks for less than one percent: such a number is a share that was meant as one.
    """
    if not 0 < number < 1:
        return None
    if number < Decimal("0.01"):
        # Not even a share is written so.
        return f"{number} is less than 1 %; a gate asks for 0, or for 1 to 100"
    meant = f"{(100 * number).normalize():f}"
    return f"{number} is {number} %; {meant} % is `{meant}`"


def is_system(text: str) -> bool:
    """Return whether the text has the form of a system, as in ``OS/TARGET``, or is ``all``."""
    return text == "all" or split_system(text) is not None
