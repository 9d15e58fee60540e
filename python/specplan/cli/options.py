"""The options that commands share, and what they were given put over the configuration."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypedDict, TypeVar

import click

from specplan import config
from specplan.catalog.names import chosen
from specplan.config import COMPATIBILITIES, FORMATS, LEVELS, SCOPES, Configuration, Format
from specplan.coverage.query import CoverageQuery
from specplan.errors import UsageError
from specplan.exact import is_short
from specplan.sources.limits import NEWER_FORMATS, NewerFormats
from specplan.targets import teach

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specplan.api import Catalog
    from specplan.model import AllowedKind, Compatibility, Level, Scope

__all__ = [
    "Typed",
    "cells",
    "cells_of",
    "environments",
    "gates",
    "left_out",
    "locks",
    "query_of",
    "report",
    "report_as",
    "settings",
    "sources",
    "wants",
    "with_environments",
    "with_stacks",
]

Command = TypeVar("Command", bound="Callable[..., object]")
Value = TypeVar("Value")

#: No table is wider, and a width without end takes memory without end.
_WIDEST: Final = 100_000

#: Whether a report is painted with colours.
ColourChoice: TypeAlias = Literal["auto", "always", "never"]


#: The formats that the name of a file asks for.
_SUFFIXES: Final[Mapping[str, Format]] = {
    ".csv": "csv",
    ".json": "json",
    ".markdown": "markdown",
    ".md": "markdown",
    ".txt": "table",
}


class Typed(TypedDict, total=False):
    """What the command line may hold; a command has those of its own options."""

    cache: tuple[str, ...]
    config: str | None
    no_config: bool
    strict: bool | None
    skip_damaged: bool | None
    use_mirrors: bool | None
    for_spack: str | None
    newest_format: NewerFormats | None
    from_manifests: bool
    probe: bool
    upstream: tuple[str, ...]
    offline: bool | None
    stack: tuple[str, ...]
    peers: tuple[str, ...]
    system: tuple[str, ...]
    os: tuple[str, ...]
    target: tuple[str, ...]
    tag: str | None
    baseline: str | None
    want: tuple[str, ...]
    group: tuple[str, ...]
    packages: str | None
    include: tuple[str, ...]
    scope: Scope | None
    level: Level | None
    compat: Compatibility | None
    format: Format | None
    output: str | None
    color: ColourChoice
    width: int | None
    long_hashes: bool
    max_bytes: int | None
    fail_under: Decimal | None
    fail_under_roots: Decimal | None
    fail_on_lost: bool | None
    fail_on_absent: bool | None
    fail_on_unknown_over: Decimal | None
    allow_left_out: tuple[AllowedKind, ...]
    allow_unplannable: bool | None
    explain_left_out: bool


def _percentage(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> Decimal | None:
    """Return a percentage exactly as it was typed."""
    if value is None:
        return None
    try:
        number = Decimal(value.removesuffix("%").strip())
    except InvalidOperation:
        number = Decimal("NaN")
    most = 100
    if is_short(number) and 0 <= number <= most:
        return number
    raise click.BadParameter(f"`{value}` is no percentage from 0 to 100", context, parameter)


def _least(context: click.Context, parameter: click.Parameter, value: str | None) -> Decimal | None:
    """Return the percentage that a gate asks for at least."""
    number = _percentage(context, parameter, value)
    fault = None if number is None else config.percentage_fault(number)
    if fault is not None:
        raise click.BadParameter(fault, context, parameter)
    return number


class _Kind(click.Choice[str]):
    """A kind of what is left out; its words may be joined as options join theirs."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(value.replace("-", "_"), param, ctx)


def left_out(command: Command) -> Command:
    """Give a command the options about what a question leaves out."""
    return _all(
        click.option(
            "--allow-left-out",
            multiple=True,
            type=_Kind(config.ALLOWED_KINDS),
            metavar="KIND",
            help="Let gates hold although something of this kind is left out of the question, or "
            "`all` kinds; may be repeated. docs/trust.md lists the kinds.",
        ),
        click.option(
            "--explain-left-out",
            is_flag=True,
            help="List all that is left out of the question, each with what settles it.",
        ),
    )(command)


def _all(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def sources(command: Command) -> Command:
    """Give a command the options that say what is read, and how strictly."""
    return _all(
        click.option(
            "--cache",
            multiple=True,
            metavar="SOURCE",
            help="What holds binaries: a mirror, its index, package pages; may be repeated.",
        ),
        click.option(
            "--strict/--no-strict",
            default=None,
            help="Take a page whose meta contradicts its spec_details for an error.",
        ),
        click.option(
            "--skip-damaged/--no-skip-damaged",
            default=None,
            help="Pass over damaged files and say so, instead of stopping.",
        ),
        click.option(
            "--for-spack",
            metavar="VERSION",
            help="The Spack that uses the caches, as 1.2: of several indexes of a mirror it sees "
            "the one that it reads. [default: all of them together]",
        ),
        click.option(
            "--newest-format",
            type=click.Choice(NEWER_FORMATS),
            help="What becomes of a file of a version that is too new: an error, or read as the "
            "newest version that is known. [default: refuse]",
        ),
        click.option(
            "--from-manifests",
            is_flag=True,
            help="Read mirrors from the files of their binaries, not from their indexes.",
        ),
        click.option(
            "--probe",
            is_flag=True,
            help="Ask servers that list their files for binaries that no index lists; in folders "
            "these are always looked for.",
        ),
        click.option(
            "--upstream",
            multiple=True,
            metavar="SOURCE",
            help="An installation whose specs count as available; may be repeated.",
        ),
        click.option(
            "--offline/--no-offline",
            default=None,
            help="Ask no server: read the copies that earlier runs kept, and say how old they are.",
        ),
        click.option(
            "--config", metavar="FILE", help="Read this configuration, and look for no other."
        ),
        click.option("--no-config", is_flag=True, help="Read no configuration."),
    )(command)


def cells(command: Command) -> Command:
    """Give a command the options that choose the reported cells and what a key is."""
    return _all(
        click.option(
            "--stack",
            multiple=True,
            metavar="PATTERN",
            help="Report these stacks (shell pattern); may be repeated.",
        ),
        click.option(
            "--os", multiple=True, metavar="PATTERN", help="Report these operating systems only."
        ),
        click.option(
            "--target", multiple=True, metavar="PATTERN", help="Report these targets only."
        ),
        click.option(
            "--level",
            type=click.Choice(LEVELS),
            help="What a key is: name, name@version, that with variants, hash. Roots of "
            "environments have none. [default: package; hash with locks]",
        ),
    )(command)


def wants(command: Command) -> Command:
    """Give a command the options that say what should be there."""
    return _all(
        click.option(
            "--peers",
            multiple=True,
            metavar="PATTERN",
            help="Stacks that define what is wanted. [default: the family of each stack]",
        ),
        click.option(
            "--baseline",
            metavar="TAG|SOURCE",
            help="Want what this older snapshot or source covers, instead of what peers have.",
        ),
        click.option(
            "--system",
            multiple=True,
            metavar="OS/TARGET|all",
            help="Also report the stacks on this system, even where they have nothing yet.",
        ),
        click.option("--tag", help="The snapshot to ask. [default: the newest]"),
        click.option(
            "--compat",
            type=click.Choice(COMPATIBILITIES),
            help="Which binaries serve a cell: those of its very system, also those of ancestor "
            "targets, also those of an OS with the same, not newer C library. [default: exact]",
        ),
        click.option(
            "--fail-under",
            callback=_least,
            metavar="PCT",
            help="Exit with 1 when coverage is less, or not defined.",
        ),
        click.option(
            "--fail-on-unknown-over",
            callback=_percentage,
            metavar="PCT",
            help="Exit with 1 when a larger share of the wants cannot be decided. For every other "
            "gate these count as not covered.",
        ),
    )(command)


def locks(command: Command) -> Command:
    """Give a command the options that want what locks hold."""
    return _all(
        click.option(
            "--want",
            multiple=True,
            metavar="[LABEL=]FILE",
            help="Want the specs of this spack.lock (`-` for standard input), or the roots of this "
            "spack.yaml, instead of what peers have; may be repeated.",
        ),
        click.option(
            "--scope",
            type=click.Choice(SCOPES),
            help="Of a lock, want its roots; also all that they link to or run with; also what "
            "building needs. [default: runtime]",
        ),
        click.option(
            "--fail-under-roots",
            callback=_least,
            metavar="PCT",
            help="Exit with 1 when a smaller share of the roots of locks installs from the caches "
            "alone, or when there are none.",
        ),
    )(command)


def environments(command: Command) -> Command:
    """Give a command the options that say how environments are read."""
    return _all(
        click.option(
            "--group",
            multiple=True,
            metavar="NAME",
            help="Of an environment or a lock, want the roots of this group only; may be repeated.",
        ),
        click.option(
            "--packages",
            metavar="REPO",
            help="A checkout of a package repository, whose recipes show which variants a package "
            "has. They are read and not run.",
        ),
        click.option(
            "--use-mirrors/--no-use-mirrors",
            default=None,
            help="Where no cache is given, use the remote mirrors too that an environment names.",
        ),
        click.option(
            "--include",
            multiple=True,
            metavar="URL=FILE",
            help="Read this file in place of a remote one that an environment includes; may be "
            "repeated.",
        ),
    )(command)


def with_environments(query: CoverageQuery, settings: Configuration, typed: Typed) -> CoverageQuery:
    """Return a query with what the settings say of how environments are read.

    Raises:
        UsageError: If an include does not say which file stands for which URL.
    """
    includes = {}
    for text in typed.get("include", ()):
        # A query of the URL may hold `=`, a file hardly does.
        url, equals, file = text.rpartition("=")
        if not equals or not url or not file:
            raise UsageError(
                f"`--include {text}` does not say which file stands for which URL",
                hint="write it as `--include https://example.org/packages.yaml=packages.yaml`",
            )
        includes[url] = file
    return replace(
        query,
        host=settings.host,
        include=includes,
        group=typed.get("group", ()),
        packages=typed.get("packages"),
        allow_left_out=frozenset(settings.allow_left_out),
    )


def gates(command: Command) -> Command:
    """Give a command the gates that compare with an older state."""
    return _all(
        click.option(
            "--fail-on-lost/--no-fail-on-lost",
            default=None,
            help="Exit with 1 when anything that the older state has is lost.",
        ),
        click.option(
            "--fail-on-absent/--no-fail-on-absent",
            default=None,
            help="Exit with 1 when a stack of the older state is absent.",
        ),
    )(command)


def report(command: Command) -> Command:
    """Give a command the options that say how and where the report is written."""
    return report_as(*FORMATS)(command)


def report_as(*formats: str, name: str = "format") -> Callable[[Command], Command]:
    """Return what gives a command the same options, with formats of its own.

    Args:
        formats: The formats.
        name: How the command calls the one that is chosen.
    """
    return _all(
        click.option(
            "--format",
            name,
            type=click.Choice(formats),
            help="How to write the report. [default: what the suffix of --output says (.json, "
            ".csv, .md), else table]",
        ),
        click.option(
            "-o", "--output", metavar="FILE", help="Write the report here, whole or not at all."
        ),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="Whether a table is painted; auto respects NO_COLOR. [default: auto]",
        ),
        click.option(
            "--width",
            type=click.IntRange(min=20, max=_WIDEST),
            metavar="COLUMNS",
            help="The width of a table. [default: the terminal's, or 100]",
        ),
        click.option(
            "--max-bytes",
            type=click.IntRange(min=256),
            metavar="N",
            help="Shorten the tables of Markdown so that the report has at most N bytes; a comment "
            "on GitHub takes 65536.",
        ),
        click.option(
            "--long-hashes", is_flag=True, help="Show all letters of hashes, and not the first 7."
        ),
    )


def settings(typed: Typed) -> Configuration:
    """Return what was typed over what is configured over the defaults.

    Raises:
        ConfigurationError: If the configuration holds what it may not.
        SourceError: If it cannot be read.
        UsageError: If the options contradict each other.
    """
    base = _configuration(typed)
    if base.targets:
        teach(base.targets)
    of_wants = [
        name
        for name, is_typed in (
            ("--want", bool(typed.get("want"))),
            ("--peers", bool(typed.get("peers"))),
            ("--baseline", typed.get("baseline") is not None),
        )
        if is_typed
    ]
    if len(of_wants) > 1:
        first, second, *_ = of_wants
        raise UsageError(f"wants come from `{first}` or from `{second}`, not from both")
    if of_wants:
        base = replace(base, want=(), peers=(), baseline=None)
    if typed.get("baseline") is not None:
        base = replace(base, baseline_directory="")
    for system in typed.get("system", ()):
        if not config.is_system(system):
            raise UsageError(
                f"`--system {system}` is neither OS/TARGET nor `all`",
                hint="write it as `ubuntu24.04/x86_64_v3`",
            )
    return replace(
        base,
        cache=typed.get("cache") or base.cache,
        stack=typed.get("stack") or base.stack,
        peers=typed.get("peers") or base.peers,
        system=typed.get("system") or base.system,
        os=typed.get("os") or base.os,
        target=typed.get("target") or base.target,
        tag=_over(typed.get("tag"), base.tag),
        baseline=_over(typed.get("baseline"), base.baseline),
        want=typed.get("want") or base.want,
        scope=_over(typed.get("scope"), base.scope),
        level=_over(typed.get("level"), base.level),
        compat=_over(typed.get("compat"), base.compat),
        format=_over(typed.get("format"), _format_of(typed.get("output")) or base.format),
        fail_under=_over(typed.get("fail_under"), base.fail_under),
        fail_under_roots=_over(typed.get("fail_under_roots"), base.fail_under_roots),
        fail_on_lost=_over(typed.get("fail_on_lost"), base.fail_on_lost),
        fail_on_absent=_over(typed.get("fail_on_absent"), base.fail_on_absent),
        fail_on_unknown_over=_over(typed.get("fail_on_unknown_over"), base.fail_on_unknown_over),
        allow_left_out=(*base.allow_left_out, *typed.get("allow_left_out", ())),
        allow_unplannable=_over(typed.get("allow_unplannable"), base.allow_unplannable),
        strict=_over(typed.get("strict"), base.strict),
        skip_damaged=_over(typed.get("skip_damaged"), base.skip_damaged),
        use_mirrors=_over(typed.get("use_mirrors"), base.use_mirrors),
        for_spack=_over(typed.get("for_spack"), base.for_spack),
        newest_format=_over(typed.get("newest_format"), base.newest_format),
        from_manifests=typed.get("from_manifests", False) or base.from_manifests,
        probe=typed.get("probe", False) or base.probe,
        upstream=typed.get("upstream") or base.upstream,
        offline=_over(typed.get("offline"), base.offline),
    )


def _format_of(output: str | None) -> Format | None:
    """Return the format that the name of a file asks for, or None where it asks for none."""
    return None if output is None else _SUFFIXES.get(Path(output).suffix.lower())


def with_stacks(settings: Configuration, typed: Typed) -> Configuration:
    """Return the settings with what the ``[[stack]]`` tables say taken over.

    Where nothing else says what is wanted, it is what the tables want; ``--stack`` then
    chooses among them. Where they want nothing, they are the stacks that are reported.

    Raises:
        UnknownNameError: If ``--stack`` chooses none of the tables.
        UsageError: If only some of the chosen tables want something.
    """
    tables = settings.stacks
    of_wants = settings.want or settings.peers or settings.baseline is not None
    if not tables:
        return settings
    names = [table.name for table in tables]
    if of_wants or not any(table.want for table in tables):
        is_chosen = bool(typed.get("stack")) or bool(settings.want)
        return settings if is_chosen else replace(settings, stack=tuple(names))
    patterns = typed.get("stack") or tuple(names)
    selected = chosen(patterns, names, kind="stack")
    wants = {table.name: table.want for table in tables if table.name in selected}
    without = [name for name, want in wants.items() if want is None]
    if without:
        raise UsageError(
            f"the `[[stack]]` table of `{without[0]}` wants nothing, while others do",
            hint="give it a `want`, or choose the others with `--stack`",
        )
    want = tuple(f"{name}={place}" for name, place in wants.items())
    return replace(settings, want=want, stack=())


def query_of(settings: Configuration, baseline: str | Catalog | None = None) -> CoverageQuery:
    """Return what the settings ask of the cells of stacks, whatever it is asked for.

    Args:
        settings: The settings.
        baseline: The older state, as a snapshot of the caches or of its own.
    """
    return CoverageQuery(
        stack=settings.stack,
        peers=settings.peers,
        system=settings.system,
        os=settings.os,
        target=settings.target,
        tag=settings.tag,
        baseline=baseline if isinstance(baseline, str) else None,
        level=settings.level,
        compat=settings.compat,
        not_wanted=settings.not_wanted,
        families=settings.families,
        libc=settings.libc,
        cells=cells_of(settings),
    )


def cells_of(settings: Configuration) -> dict[str, tuple[str, ...]]:
    """Return the systems that the ``[[stack]]`` tables name, by stack."""
    return {table.name: table.cells for table in settings.stacks if table.cells}


def _over(typed: Value | None, configured: Value) -> Value:
    return configured if typed is None else typed


def _configuration(typed: Typed) -> Configuration:
    named = typed.get("config")
    if typed.get("no_config"):
        if named is not None:
            raise UsageError("`--config` and `--no-config` exclude each other")
        return Configuration()
    if named is not None:
        return config.load(Path(named))
    found = config.find(Path.cwd())
    # Seen from the working directory, so that no report depends on where that is.
    return Configuration() if found is None else config.load(Path(os.path.relpath(found)))
