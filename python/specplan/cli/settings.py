"""The settings of a run: typed over variables, configuration and defaults."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from specplan import config
from specplan.config import Configuration
from specplan.config.settings import SETTINGS
from specplan.errors import UsageError
from specplan.records import dataclass
from specplan.targets import teach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specplan.model.change import CountedBy, Policy
    from specplan.model.check import FindingKind, Verify

__all__ = ["Settings", "settled"]

#: When to use colours in a report.
ColourChoice: TypeAlias = Literal["auto", "always", "never"]

#: The formats selected by the name of a file.
_SUFFIXES: Final[Mapping[str, str]] = {
    ".csv": "csv",
    ".html": "html",
    ".info": "lcov",
    ".json": "json",
    ".markdown": "markdown",
    ".md": "markdown",
    ".prom": "openmetrics",
    ".svg": "badge",
    ".txt": "table",
    ".xml": "junit",
}

#: Typing one of these replaces the configured values of all of them.
_ORIGINS_OF_WANTS: Final = ("want", "peers", "baseline")

#: Settings of which a typed one replaces all those in the environment.
_IN_PLACE_OF_EACH_OTHER: Final = (_ORIGINS_OF_WANTS, ("config", "no_config"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Configuration):
    """Every setting of a run, whatever its origin; see :mod:`specplan.config.settings`.

    Attributes:
        typed: The attributes whose values were typed on the command line.
        own_format: The format that only one command has, such as `list`; empty if it is one of
            those of all commands.
        unwritten_format: The configured format, if the command does not write it.
    """

    typed: frozenset[str] = frozenset()
    own_format: str = ""
    unwritten_format: str = ""

    lock: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    packages: str | None = None
    include: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    changes_since: str | None = None
    trend: bool = False
    candidates: tuple[str, ...] = ()
    exclude_broken: str | None = None
    assume_available: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    changed_from: str | None = None
    changed_since: str | None = None
    changes: CountedBy = "content"
    treat: tuple[str, ...] = ()
    successors: bool = False
    write_lock: str | None = None
    policy: Policy = "hash"
    depth: int | None = None
    jobs: int | None = None
    max_builds: int | None = None
    max_cost: float | None = None
    budget_curve: bool = False
    node_limit: int | None = None
    time_limit: float | None = None
    verify: Verify | None = None
    ignore: tuple[FindingKind, ...] = ()
    explain_left_out: bool = False
    date: str | None = None
    carry_forward: str | None = None
    limit: int | None = None
    package: tuple[str, ...] = ()
    since: str | None = None
    all_snapshots: bool = False
    hashes: bool = False
    fail_if_none: bool = False
    spack_rules: str | None = None
    summary: bool = False
    show: tuple[str, ...] = ()
    available: bool | None = None
    unknown: Literal["error", "list"] = "error"
    line: str | None = None
    plan: str | None = None
    env: str | None = None
    mirror: str | None = None
    mirror_url: str | None = None
    sign: str | None = None
    build_jobs: int | None = None
    spack: str | None = None
    sizes: str | None = None
    template: str | None = None
    max_jobs: int | None = None
    max_submit: int | None = None
    output: str | None = None
    write_unplannable: str | None = None
    color: ColourChoice = "auto"
    width: int | None = None
    max_bytes: int | None = None
    quiet_if_same: bool = False
    comment_id: str | None = None
    ci_line: bool = False
    long_hashes: bool = False
    force: bool = False
    config: str | None = None
    no_config: bool = False

    def is_typed(self, *names: str) -> bool:
        """Return whether one of these attributes was typed on the command line."""
        return not self.typed.isdisjoint(names)


def settled(
    words: Mapping[str, object],
    *,
    variables: Mapping[str, object] = MappingProxyType({}),
    configured: bool = True,
    formats: Sequence[str] = config.FORMATS,
) -> Settings:
    """Return the settings: typed values, then variables, then configuration, then defaults.

    Args:
        words: The typed values, as read by click, by attribute; None or empty if not typed.
        variables: The values of environment variables such as ``SPECPLAN_CACHE``, in the same form.
            They replace configured values, but do not conflict with typed ones.
        configured: Whether the configuration is read at all.
        formats: The formats of the command.

    Raises:
        ConfigurationError: If the configuration contains something invalid.
        SourceError: If it cannot be read.
        UsageError: If the options contradict each other.
    """
    typed = _given(words)
    said = _of_environment(_given(variables), typed)
    base = _configuration(said | typed) if configured else Configuration()
    if base.targets:
        teach(base.targets)
    base = _without_other_wants(_without_other_wants(base, said), typed)
    names = frozenset(typed)
    if "stack" in said and "want" not in typed:
        # Patterns replace the tables of the configuration, wherever they are given.
        names |= {"stack"}
    for each in SETTINGS:
        if each.kind == "system":
            _check_systems(each.name, _texts((said | typed).get(each.attribute, ())))
    said = said | typed | _added(base, said, typed)
    own_format = ""
    # A command that writes something other than a report has no table either.
    written = formats if "table" in formats else (*config.FORMATS, *formats)
    if "format" not in typed and (by_suffix := _format_of(said.get("output"), written)):
        said["format"] = by_suffix
    form, unwritten = str(said.get("format", base.format)), ""
    if "format" not in typed and form not in written:
        # The configuration applies to the commands that support it.
        form, unwritten = "table", form
    if form not in config.FORMATS:
        own_format, form = form, "table"
    values: dict[str, Any] = {each.name: getattr(base, each.name) for each in fields(base)}
    return Settings(
        **{**values, **said, "format": form},
        typed=names,
        own_format=own_format,
        unwritten_format=unwritten,
    )


def _added(
    base: Configuration, said: Mapping[str, object], typed: Mapping[str, object]
) -> dict[str, object]:
    """Return the values of settings that are added up instead of replaced."""
    added: dict[str, object] = {}
    for each in SETTINGS:
        if each.adds and (each.attribute in said or each.attribute in typed):
            places = (
                getattr(base, each.attribute),
                said.get(each.attribute),
                typed.get(each.attribute),
            )
            added[each.attribute] = tuple(value for place in places for value in _texts(place))
    return added


def _given(words: Mapping[str, object]) -> dict[str, object]:
    """Return the values that are not None."""
    return {name: value for name, value in words.items() if value is not None and value != ()}


def _of_environment(said: dict[str, object], typed: Mapping[str, object]) -> dict[str, object]:
    """Return the values of the environment that no typed value overrides or replaces."""
    for names in _IN_PLACE_OF_EACH_OTHER:
        if any(each in typed for each in names):
            said = {name: value for name, value in said.items() if name not in names}
    return {name: value for name, value in said.items() if name not in typed}


def _without_other_wants(base: Configuration, typed: Mapping[str, object]) -> Configuration:
    """Return the configured values, without wants that typed ones replace.

    Raises:
        UsageError: If wants of two kinds are typed.
    """
    origins = [f"--{name}" for name in _ORIGINS_OF_WANTS if name in typed]
    if len(origins) > 1:
        first, second, *_ = origins
        raise UsageError(f"wants come from `{first}` or from `{second}`, not from both")
    if origins:
        base = replace(base, want=(), peers=(), baseline=None)
    return replace(base, baseline_directory="") if "baseline" in typed else base


def _texts(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else ()


def _check_systems(name: str, systems: tuple[object, ...]) -> None:
    for system in systems:
        if not config.is_system(str(system)):
            raise UsageError(
                f"`--{name} {system}` is neither OS/TARGET nor `all`",
                hint="write it as `ubuntu24.04/x86_64_v3`",
            )


def _format_of(output: object, formats: Sequence[str]) -> str | None:
    """Return the format selected by the name of a file, or None.

    Raises:
        UsageError: If the command does not write it.
    """
    asked = _SUFFIXES.get(Path(output).suffix.lower()) if isinstance(output, str) else None
    if asked == "badge" and "svg" in formats:
        # There is no badge for a command with its own picture.
        asked = "svg"
    if asked is None or asked in formats:
        return asked
    listed = ", ".join(f"`{each}`" for each in formats)
    raise UsageError(
        f"`--output {output}` asks for the format `{asked}`, which this command does not write",
        hint=f"name another file, or choose with `--format`: {listed}",
    )


def _configuration(typed: Mapping[str, object]) -> Configuration:
    named = typed.get("config")
    if typed.get("no_config"):
        if named is not None:
            raise UsageError("`--config` and `--no-config` cannot be combined")
        return Configuration()
    if isinstance(named, str):
        return config.load(Path(named))
    found = config.find(Path.cwd())
    # Relative to the working directory, so that reports do not depend on it.
    return Configuration() if found is None else config.load(Path(os.path.relpath(found)))
