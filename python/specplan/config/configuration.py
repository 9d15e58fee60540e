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
        cells: The systems that it is for, each ``OS/TARGET``; empty if not given.
        want: The environment or lock with its wants, resolved as sources are.
        fail_under: The minimum coverage of it, in percent.
        fail_under_roots: The minimum root coverage, in percent.
        fail_on_lost: Whether a lost key of it fails the run.
        fail_on_absent: Whether it fails the run if it is absent.
        fail_on_unknown_over: The maximum share of undecided wants, in percent.
        fail_over_builds: The maximum number of builds that it may need.
        fail_over_cost: Their maximum cost, in seconds.
        fail_if_not_optimal: Whether a choice for it that is not proven optimal fails the run.
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
        verify: The level of verification.
        ignore: The kinds of findings that are left out and only counted.
    """

    verify: Verify = "index"
    ignore: tuple[FindingKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The configuration of a run, wherever each part comes from.

    Without arguments it holds the defaults. Each attribute is named like its key, with underscores
    for dashes.

    Attributes:
        cache: The sources; those of a file are resolved against its folder.
        stack: Shell patterns for the stacks that are reported.
        stacks: The ``[[stack]]`` tables, which stand in place of patterns.
        peers: Shell patterns for the stacks that define the wants.
        system: Systems that the stacks should support: ``OS/TARGET``, or ``all``.
        os: Shell patterns for the operating systems of reported cells.
        target: Shell patterns for the targets of reported cells.
        tag: The snapshot; None for the newest.
        baseline: An older snapshot, or a source that holds the older state.
        baseline_directory: The folder to which the path of a baseline is relative.
        want: Locks with the wants; those of a file are resolved as sources are.
        costs: Files with the costs of builds; those of a file are resolved against its
            folder.
        scope: The wanted part of a lock.
        level: The level of keys; None for the default of the kind of wants.
        compat: The rule by which binaries serve a cell.
        format: The format of the report.
        fail_under: The minimum coverage, in percent, as it was written.
        fail_under_roots: The minimum root coverage, in percent.
        fail_on_lost: Whether a lost key fails the run.
        fail_on_absent: Whether an absent stack fails the run.
        fail_on_unknown_over: The maximum share of undecided wants, in percent.
        fail_over_builds: The maximum number of builds of a plan.
        fail_over_cost: Their maximum cost, in seconds.
        fail_if_not_optimal: Whether a plan that is not proven optimal fails the run.
        known_gaps: The file of known gaps, resolved against the folder of the configuration.
        strict_known_gaps: Whether an entry of it that has expired or excuses nothing fails the run.
        allow_left_out: The kinds of input that may be left out without failing a gate.
        allow_unplannable: Whether a run may pass with wants that cannot be planned.
        strict: Whether a contradiction in a page is an error.
        skip_damaged: Whether damaged files are skipped.
        use_mirrors: Whether to use the remote mirrors of environments as caches if none is given.
        for_spack: The version of Spack that uses the caches; None for any.
        newest_format: The treatment of files in format versions that are too new.
        from_manifests: Whether to read mirrors from the manifests of their binaries.
        probe: Whether to ask servers for binaries that no index lists.
        upstream: Installations that count as available.
        offline: Whether to ask no server and read only copies of earlier runs.
        max_age: The maximum age of a copy of a remote file that is used without asking its server,
            in seconds; with None, the server is asked each time.
        families: Stack patterns by the name of a family.
        libc: C library and version by operating system.
        targets: Parents of more targets by name.
        host: The machine to which the conditions of environments refer.
        check: The settings for checking the cache itself.
        export: The settings for running the builds of a plan.
        not_wanted: The excluded wants, with reasons.
        weight: The worth of completing roots.
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
    """Return the fault of a percentage for a gate, if it has one.

    Nobody requires less than one percent: such a number is a fraction by mistake.
    """
    if not 0 < number < 1:
        return None
    if number < Decimal("0.01"):
        # Not a plausible fraction either.
        return f"{number} is less than 1 %; a gate asks for 0, or for 1 to 100"
    meant = f"{(100 * number).normalize():f}"
    return f"{number} is {number} %; {meant} % is `{meant}`"


def is_system(text: str) -> bool:
    """Return whether the text has the form of a system, as in ``OS/TARGET``, or is ``all``."""
    return text == "all" or split_system(text) is not None
