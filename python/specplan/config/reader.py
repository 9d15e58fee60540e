"""Reading the tables of the configuration, key by key."""

from __future__ import annotations

import math
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from specplan.config.configuration import (
    CheckSettings,
    Configuration,
    StackEntry,
    is_system,
    percentage_fault,
)
from specplan.config.export import EXPORT_SPELLINGS, export_settings
from specplan.config.settings import MOST_COUNT, SETTINGS, STACK_GATES, TABLES
from specplan.duration import DURATION_FORM, seconds_of
from specplan.errors import UsageError
from specplan.model import NotWanted
from specplan.model.budget import Weight, check_weight
from specplan.model.host import Host
from specplan.patterns import pattern
from specplan.sources.label import NO_CACHE, STANDARD_INPUT
from specplan.sources.mirrors.consumer import consumer_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from pathlib import Path

    from specplan.config.export import ExportSettings
    from specplan.config.settings import Setting
    from specplan.config.table import TomlTable


__all__ = [
    "CHECK_KEYS",
    "EXPORT_KEYS",
    "HOST_KEYS",
    "KEYS",
    "NOT_WANTED_KEYS",
    "STACK_KEYS",
    "WEIGHT_KEYS",
    "configuration",
]

#: Every key at the top of the configuration.
KEYS: Final = (
    *(each.name for each in SETTINGS if each.key is not None and not each.table),
    *(name for name in TABLES if name != "stack"),
)

#: Every key of a ``[[not-wanted]]`` entry.
NOT_WANTED_KEYS: Final = TABLES["not-wanted"]

#: Every key of a ``[[weight]]`` entry.
WEIGHT_KEYS: Final = TABLES["weight"]

#: Every key of a ``[[stack]]`` entry.
STACK_KEYS: Final = TABLES["stack"]

#: Every key of ``[check]``.
CHECK_KEYS: Final = TABLES["check"]

#: Every key of ``[export]``.
EXPORT_KEYS: Final = TABLES["export"]

#: Every key of ``[host]``.
HOST_KEYS: Final = TABLES["host"]


_LIBC: Final = pattern(r"(?:glibc|musl) [0-9]+(?:\.[0-9]+)*")
_STACK_NAME: Final = pattern(r"[A-Za-z0-9_.-]+")
_LABEL: Final = pattern(r"([A-Za-z0-9_.-]+=)(.*)", re.DOTALL)
_ALL_OF_IT: Final = 100  # percent


def configuration(table: TomlTable, folder: Path) -> Configuration:
    """Return the values of the table of the configuration.

    Args:
        table: The table.
        folder: The folder of its file, to which paths are relative.

    Raises:
        ConfigurationError: If a key is unknown or its value invalid.
    """
    table.only_known(KEYS)
    values = _values(table, "", folder)
    if table.has_tables("stack"):
        del values["stack"]
    _refuse_two_origins_of_wants(table, values)
    return Configuration(
        **values,
        baseline_directory=str(folder),
        stacks=_stacks(table, folder),
        families=_families(table.table("families")),
        libc=_libc(table.table("libc")),
        targets=_targets(table.table("targets")),
        host=_host(table.table("host")),
        check=_check(table.table("check"), folder),
        export=_export(table.table("export"), folder),
        not_wanted=tuple(map(_not_wanted, table.tables("not-wanted"))),
        weight=tuple(map(_weight, table.tables("weight"))),
    )


def _refuse_two_origins_of_wants(table: TomlTable, values: Mapping[str, object]) -> None:
    has_baseline, has_peers = "baseline" in values, bool(values.get("peers"))
    if has_baseline and has_peers:
        table.fail("baseline", "wants come from `peers` or from a baseline, not from both")
    if values.get("want") and (has_baseline or has_peers):
        other = "baseline" if has_baseline else "peers"
        table.fail("want", f"wants come from locks or from `{other}`, not from both")


def _values(table: TomlTable, name: str, folder: Path) -> dict[str, Any]:
    """Return the values of the settings in one table, by attribute."""
    return {
        each.attribute: _value(table, each, folder)
        for each in SETTINGS
        if each.table == name and each.key is not None and each.name_in_table in table
    }


def _value(table: TomlTable, setting: Setting, folder: Path) -> object:  # noqa: PLR0911 - a kind each
    key = setting.name_in_table
    if key == "stack" and table.has_tables(key):
        return ()
    if setting.kind == "choice":
        read = table.choices if setting.is_repeatable else table.choice
        return read(key, setting.choices)
    if setting.kind == "source":
        return _sources(table, key, folder)
    if setting.kind == "file":
        paths = tuple(str(folder / each) for each in table.texts(key))
        return paths if setting.is_repeatable else (*paths, None)[0]
    if setting.kind == "system":
        return _systems(table)
    if setting.kind == "spack":
        return _for_spack(table)
    if setting.kind == "duration":
        return _duration(table, key)
    if setting.kind in {"flag", "switch"}:
        return table.flag(key)
    if setting.kind in {"count", "amount", "percentage", "least"}:
        return _number(table, setting)
    return table.texts(key) if setting.is_repeatable else table.text(key)


def _sources(table: TomlTable, key: str, folder: Path) -> tuple[str, ...]:
    return tuple(
        source if key == "cache" and source == NO_CACHE else _resolved(source, folder)
        for source in table.texts(key)
    )


def _resolved(source: str, folder: Path) -> str:
    """Return the source as seen from the working directory; a label stays in front."""
    found = _LABEL.fullmatch(source)
    label, place = (found[1], found[2]) if found else ("", source)
    if "://" in place or place == STANDARD_INPUT:
        return source
    return f"{label}{folder / place}"


def _systems(table: TomlTable) -> tuple[str, ...]:
    systems = table.texts("system")
    for system in systems:
        if not is_system(system):
            table.fail("system", f"`{system}` is neither OS/TARGET nor `all`")
    return systems


def _for_spack(table: TomlTable) -> str | None:
    spack = table.text("for-spack")
    if spack is not None:
        try:
            consumer_of(spack)
        except UsageError as error:
            table.fail("for-spack", str(error), error.hint)
    return spack


def _duration(table: TomlTable, key: str) -> int | None:
    text = table.text(key)
    seconds = None if text is None else seconds_of(text)
    if text is not None and seconds is None:
        table.fail(key, f"`{text}` is not a duration", f"write {DURATION_FORM}")
    return seconds


def _number(table: TomlTable, setting: Setting) -> int | float | Decimal | None:
    if setting.kind == "count":
        return _count(table, setting)
    if setting.kind == "amount":
        return _amount(table, setting.name_in_table)
    return (_least if setting.kind == "least" else _percentage)(table, setting.name_in_table)


def _count(table: TomlTable, setting: Setting) -> int | None:
    number = table.number(setting.name_in_table)
    if number is None:
        return None
    least = 0 if setting.least is None else setting.least
    if not number.is_finite() or number != int(number):
        table.fail(setting.name_in_table, f"{number} is not a whole number")
    if number < least or (setting.most is not None and number > setting.most):
        most = "" if setting.most is None else f" to {setting.most}"
        table.fail(setting.name_in_table, f"{number} is not a number from {least}{most}")
    return min(int(number), MOST_COUNT)


def _amount(table: TomlTable, key: str) -> float | None:
    number = table.number(key)
    if number is None:
        return None
    if not number.is_finite() or number < 0:
        table.fail(key, f"{number} is not a number from 0 on")
    if not math.isfinite(amount := float(number)):
        table.fail(key, f"{number} is too large")
    return amount


def _percentage(table: TomlTable, key: str) -> Decimal | None:
    number = table.number(key)
    if number is not None and not (number.is_finite() and 0 <= number <= _ALL_OF_IT):
        table.fail(key, f"{number} is not a percentage from 0 to 100")
    return number


def _least(table: TomlTable, key: str) -> Decimal | None:
    number = _percentage(table, key)
    fault = None if number is None else percentage_fault(number)
    if fault is not None:
        table.fail(key, fault)
    return number


def _families(table: TomlTable) -> Mapping[str, tuple[str, ...]]:
    families = {}
    for name in table.names:
        table.refuse_table(name)
        families[name] = table.texts(name)
        if not families[name]:
            table.fail(name, "a family needs at least one pattern")
    return MappingProxyType(families)


def _libc(table: TomlTable) -> Mapping[str, str]:
    entries = {}
    for name in table.names:
        table.refuse_table(name)
        library = table.text(name) or ""
        if not _LIBC.fullmatch(library):
            fault = f"`{library}` is not a C library and version"
            table.fail(name, fault, "write it as `glibc 2.35` or `musl 1.2`")
        entries[name] = library
    return MappingProxyType(entries)


def _targets(table: TomlTable) -> Mapping[str, tuple[str, ...]]:
    entries = {}
    for name in table.names:
        table.refuse_table(name)
        entries[name] = table.texts(name)
    return MappingProxyType(entries)


def _host(table: TomlTable) -> Host:
    table.only_known(HOST_KEYS)
    env = MappingProxyType(dict(table.table("env").strings())) if "env" in table else None
    return Host(
        platform=table.text("platform"),
        os=table.text("os"),
        target=table.text("target"),
        hostname=table.text("hostname"),
        env=env,
    )


def _check(table: TomlTable, folder: Path) -> CheckSettings:
    table.only_known(CHECK_KEYS)
    return CheckSettings(**_values(table, "check", folder))


def _export(table: TomlTable, folder: Path) -> ExportSettings:
    table = table.respelled(EXPORT_SPELLINGS)
    table.only_known(EXPORT_KEYS)
    return export_settings(table, _values(table, "export", folder), folder)


def _stacks(table: TomlTable, folder: Path) -> tuple[StackEntry, ...]:
    if not table.has_tables("stack"):
        return ()
    entries: dict[str, StackEntry] = {}
    for each in table.tables("stack", each="a table as the other entries"):
        entry = _stack(each, folder)
        if entry.name in entries:
            each.fail("name", f"`{entry.name}` has a table already")
        entries[entry.name] = entry
    return tuple(entries.values())


def _stack(table: TomlTable, folder: Path) -> StackEntry:
    table.only_known(STACK_KEYS)
    name = table.text("name")
    if name is None:
        table.fail("name", "a name is required")
    if not _STACK_NAME.fullmatch(name):
        table.fail("name", f"`{name}` is not a name: letters, digits, `_`, `.`, `-` are")
    cells, want = table.texts("cells"), table.text("want")
    for cell in cells:
        if cell == "all" or not is_system(cell):
            table.fail("cells", f"`{cell}` is not an OS/TARGET")
    if len(table.keys) == 1:
        table.fail("", "it sets nothing for the stack", "give `cells`, `want` or both")
    if want is not None and "://" not in want:
        want = str(folder / want)
    gates: dict[str, Any] = {
        each.attribute: _value(table, each, folder)
        for each in SETTINGS
        if each.name in STACK_GATES and each.name in table
    }
    return StackEntry(name=name, cells=cells, want=want, **gates)


def _weight(table: TomlTable) -> Weight:
    table.only_known(WEIGHT_KEYS)
    amount = table.number("weight")
    if amount is None:
        table.fail("weight", "a weight is required")
    if len(table.keys) == 1:
        table.fail("", "it matches everything", "name a spec, a stack or both")
    try:
        check_weight(amount)
    except UsageError as error:
        table.fail("weight", str(error))
    return Weight(spec=table.text("spec"), stack=table.text("stack") or "*", weight=amount)


def _not_wanted(table: TomlTable) -> NotWanted:
    table.only_known(NOT_WANTED_KEYS)
    texts = {name: table.text(name) or "*" for name in NOT_WANTED_KEYS}
    if "reason" not in table:
        table.fail("reason", "a reason is required")
    if len(table.keys) == 1:
        table.fail("", "it excludes everything", "name a package, a stack, an os or a target")
    return NotWanted(
        package=texts["package"],
        stack=texts["stack"],
        os=texts["os"],
        target=texts["target"],
        reason=table.shown_text("reason") or "",
    )
