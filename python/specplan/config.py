"""The configuration: ``specplan.toml``, or ``[tool.specplan]`` in ``pyproject.toml``.

A project writes down once which caches it looks at, which stacks and which gates, so
that ``specplan gaps`` alone does the job there. ``docs/configuration.md`` documents
every key. A key that is not known, or a value that does not fit, is an error that names
the key: a setting that cannot be honoured is refused, never ignored.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NoReturn, TypeAlias, TypeVar, get_args

from specplan.budget import Weight, check_weight
from specplan.errors import ConfigurationError, DamagedSourceError, SourceError, UsageError
from specplan.host import Host
from specplan.model import Compatibility, Level, NotWanted, Scope

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = [
    "COMPATIBILITIES",
    "FORMATS",
    "KEYS",
    "LEVELS",
    "NO_CACHE",
    "SCOPES",
    "STANDARD_INPUT",
    "Configuration",
    "Format",
    "StackEntry",
    "find",
    "is_system",
    "load",
]

#: The formats of a report.
Format: TypeAlias = Literal["table", "json", "csv", "markdown"]

FORMATS: Final[tuple[Format, ...]] = get_args(Format)
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
COMPATIBILITIES: Final[tuple[Compatibility, ...]] = get_args(Compatibility)

#: What ``--cache`` takes instead of a source to plan from nothing.
NO_CACHE: Final = "none"

#: The source that is standard input.
STANDARD_INPUT: Final = "-"

#: Every key at the top of the configuration.
KEYS: Final = (
    "cache",
    "stack",
    "peers",
    "system",
    "os",
    "target",
    "tag",
    "baseline",
    "want",
    "costs",
    "scope",
    "level",
    "compat",
    "format",
    "fail-under",
    "fail-under-roots",
    "fail-on-lost",
    "fail-on-absent",
    "strict",
    "skip-damaged",
    "families",
    "libc",
    "host",
    "not-wanted",
    "weight",
)

#: Every key of a ``[[not-wanted]]`` entry.
NOT_WANTED_KEYS: Final = ("package", "stack", "os", "target", "reason")

#: Every key of a ``[[weight]]`` entry.
WEIGHT_KEYS: Final = ("spec", "stack", "weight")

#: Every key of a ``[[stack]]`` entry.
STACK_KEYS: Final = ("name", "cells", "want")

#: Every key of ``[host]``.
HOST_KEYS: Final = ("platform", "os", "target", "hostname", "env")

_FILE: Final = "specplan.toml"
_SHARED_FILE: Final = "pyproject.toml"
_LIBC: Final = re.compile(r"(?:glibc|musl) [0-9]+(?:\.[0-9]+)*")
_STACK_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")
_LABEL: Final = re.compile(r"([A-Za-z0-9_.-]+=)(.*)", re.DOTALL)
_LINE: Final = re.compile(r"\(at line ([0-9]+), column [0-9]+\)$")
_ALL_OF_IT: Final = 100  # percent

Choice = TypeVar("Choice", bound=str)


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


def _no_families() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class StackEntry:
    """What a ``[[stack]]`` table says of one stack.

    Attributes:
        name: The stack.
        cells: The systems that it is for, each ``OS/TARGET``; empty where that is not said.
        want: The environment or lock that says what it wants, resolved as sources are.
    """

    name: str
    cells: tuple[str, ...] = ()
    want: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What a run is asked to do, wherever each part was said.

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
        costs: Files that tell what builds cost; those of a file are resolved against its
            folder.
        scope: How much of a lock is wanted.
        level: What a key is; None for what the kind of the wants has as its default.
        compat: Which binaries serve a cell.
        format: The format of the report.
        fail_under: The least coverage, in percent, as it was written.
        fail_under_roots: The least root coverage, likewise.
        fail_on_lost: Whether a lost key fails the run.
        fail_on_absent: Whether an absent stack fails the run.
        strict: Whether a contradiction in a page is an error.
        skip_damaged: Whether damaged files are passed over.
        families: Stack patterns by the name of a family.
        libc: C library and version by operating system.
        host: The machine that the conditions of environments ask for.
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
    format: Format = "table"
    fail_under: Decimal | None = None
    fail_under_roots: Decimal | None = None
    fail_on_lost: bool = False
    fail_on_absent: bool = False
    strict: bool = False
    skip_damaged: bool = False
    families: Mapping[str, tuple[str, ...]] = field(default_factory=_no_families)
    libc: Mapping[str, str] = field(default_factory=_nothing)
    stacks: tuple[StackEntry, ...] = ()
    host: Host = Host()  # noqa: RUF009 - it cannot be changed
    not_wanted: tuple[NotWanted, ...] = ()
    weight: tuple[Weight, ...] = ()


def is_system(text: str) -> bool:
    """Whether the text has the form of a system: ``OS/TARGET``, or ``all``."""
    os_name, slash, target = text.partition("/")
    return text == "all" or bool(os_name and slash and target and "/" not in target)


def find(start: Path) -> Path | None:
    """Return the configuration that is nearest upwards from a folder, or None.

    In one folder ``specplan.toml`` comes before ``pyproject.toml``; a
    ``pyproject.toml`` without the table ``[tool.specplan]`` is passed over.

    Raises:
        SourceError: If a ``pyproject.toml`` on the way cannot be read.
    """
    for folder in (start, *start.parents):
        own = folder / _FILE
        if os.path.isfile(own):  # noqa: PTH113 - Path.is_file raises where a folder is closed
            return own
        shared = folder / _SHARED_FILE
        if os.path.isfile(shared) and _shared_table(_parse(shared)) is not None:  # noqa: PTH113
            return shared
    return None


def load(path: Path) -> Configuration:
    """Return the configuration that a file holds.

    Args:
        path: A TOML file; in one called ``pyproject.toml`` the table
            ``[tool.specplan]`` is read.

    Raises:
        ConfigurationError: If a key is not known or its value does not fit.
        SourceError: If the file cannot be read or is not TOML.
    """
    content = _parse(path)
    if path.name != _SHARED_FILE:
        return _Reader(path).configuration(content)
    shared = _shared_table(content)
    if shared is None:
        raise ConfigurationError(
            path=str(path), key="tool.specplan", fault="there is no such table"
        )
    return _Reader(path).configuration(shared)


def _parse(path: Path) -> Mapping[str, object]:
    # Decimal keeps a percentage as it was written, so that a gate compares exactly that.
    hint = "`--no-config` runs without a configuration"
    try:
        content = path.read_text(encoding="utf-8")
        parsed: Mapping[str, object] = tomllib.loads(content, parse_float=Decimal)
    except OSError as error:
        fault = error.strerror or str(error)
        raise SourceError(f"cannot read `{path}`: {fault}", path=str(path), hint=hint) from error
    except UnicodeDecodeError as error:
        raise DamagedSourceError(
            path=str(path), place="", line=None, fault="it is not UTF-8", hint=hint
        ) from error
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = _LINE.search(message)
        raise DamagedSourceError(
            path=str(path),
            place="",
            line=int(found[1]) if found else None,
            fault=f"it is not TOML: {message}",
            hint=hint,
        ) from error
    return parsed


def _shared_table(content: Mapping[str, object]) -> object:
    tool = content.get("tool")
    return tool.get("specplan") if isinstance(tool, Mapping) else None


class _Reader:
    """Turns parsed TOML into a configuration and names the key where it cannot."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._prefix = "tool.specplan." if path.name == _SHARED_FILE else ""

    def configuration(self, content: object) -> Configuration:
        if not isinstance(content, Mapping):
            self._wrong_type("", "a table", content)
        table: Mapping[str, object] = content
        self._only_known(table, KEYS, "")
        baseline = self._string(table, "baseline")
        peers = self._strings(table, "peers")
        if baseline is not None and peers:
            self._fail("baseline", "wants come from `peers` or from a baseline, not from both")
        want = self._sources(table, "want")
        if want and (baseline is not None or peers):
            other = "peers" if baseline is None else "baseline"
            self._fail("want", f"wants come from locks or from `{other}`, not from both")
        return Configuration(
            cache=self._sources(table, "cache"),
            stack=() if _has_tables(table.get("stack")) else self._strings(table, "stack"),
            stacks=self._stacks(table),
            peers=peers,
            system=self._systems(table),
            os=self._strings(table, "os"),
            target=self._strings(table, "target"),
            tag=self._string(table, "tag"),
            baseline=baseline,
            baseline_directory=str(self._path.parent),
            want=want,
            costs=tuple(str(self._path.parent / each) for each in self._strings(table, "costs")),
            scope=self._choice(table, "scope", SCOPES, "runtime"),
            level=self._choice(table, "level", LEVELS) if "level" in table else None,
            compat=self._choice(table, "compat", COMPATIBILITIES),
            format=self._choice(table, "format", FORMATS),
            fail_under=self._percentage(table, "fail-under"),
            fail_under_roots=self._percentage(table, "fail-under-roots"),
            fail_on_lost=self._flag(table, "fail-on-lost"),
            fail_on_absent=self._flag(table, "fail-on-absent"),
            strict=self._flag(table, "strict"),
            skip_damaged=self._flag(table, "skip-damaged"),
            families=self._families(table),
            libc=self._libc(table),
            host=self._host(table),
            not_wanted=self._not_wanted(table),
            weight=self._weights(table),
        )

    def _fail(self, key: str, fault: str, hint: str | None = None) -> NoReturn:
        dotted = (self._prefix + key).rstrip(".") or "the file"
        raise ConfigurationError(path=str(self._path), key=dotted, fault=fault, hint=hint)

    def _wrong_type(self, key: str, expected: str, value: object) -> NoReturn:
        self._fail(key, f"expected {expected}, found {_type_name(value)}")

    def _only_known(self, table: Mapping[str, object], known: Iterable[str], prefix: str) -> None:
        for key in table:
            if key not in known:
                self._fail(prefix + key, "there is no such key", _did_you_mean(key, known))

    def _text(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            self._wrong_type(key, "a string", value)
        if not value.strip():
            self._fail(key, "it is empty")
        return value

    def _string(self, table: Mapping[str, object], key: str) -> str | None:
        return self._text(key, table[key]) if key in table else None

    def _texts(self, key: str, value: object) -> tuple[str, ...]:
        if isinstance(value, str):
            return (self._text(key, value),)
        if not isinstance(value, list):
            self._wrong_type(key, "a string or an array of strings", value)
        return tuple(self._text(f"{key}[{at}]", each) for at, each in enumerate(value))

    def _strings(self, table: Mapping[str, object], key: str) -> tuple[str, ...]:
        return self._texts(key, table[key]) if key in table else ()

    def _sources(self, table: Mapping[str, object], key: str) -> tuple[str, ...]:
        return tuple(
            source if key == "cache" and source == NO_CACHE else self._resolved(source)
            for source in self._strings(table, key)
        )

    def _resolved(self, source: str) -> str:
        """Return the source as seen from the working directory; a label stays in front."""
        found = _LABEL.fullmatch(source)
        label, place = (found[1], found[2]) if found else ("", source)
        if "://" in place or place == STANDARD_INPUT:
            return source
        return f"{label}{self._path.parent / place}"

    def _systems(self, table: Mapping[str, object]) -> tuple[str, ...]:
        systems = self._strings(table, "system")
        for system in systems:
            if not is_system(system):
                self._fail("system", f"`{system}` is neither OS/TARGET nor `all`")
        return systems

    def _choice(
        self,
        table: Mapping[str, object],
        key: str,
        choices: tuple[Choice, ...],
        default: Choice | None = None,
    ) -> Choice:
        """Return the value of a key; unless said otherwise its first choice is the default."""
        if key not in table:
            return choices[0] if default is None else default
        text = self._text(key, table[key])
        chosen = next((choice for choice in choices if choice == text), None)
        if chosen is None:
            shown = ", ".join(f"`{choice}`" for choice in choices)
            self._fail(key, f"`{text}` is none of {shown}")
        return chosen

    def _percentage(self, table: Mapping[str, object], key: str) -> Decimal | None:
        if key not in table:
            return None
        value = table[key]
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self._wrong_type(key, "a number", value)
        number = Decimal(value)
        if not (number.is_finite() and 0 <= number <= _ALL_OF_IT):
            self._fail(key, f"{value} is no percentage from 0 to 100")
        return number

    def _flag(self, table: Mapping[str, object], key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self._wrong_type(key, "true or false", value)
        return value

    def _table(self, table: Mapping[str, object], key: str) -> Mapping[str, object]:
        value = table.get(key, {})
        if not isinstance(value, Mapping):
            self._wrong_type(key, "a table", value)
        return value

    def _not_split(self, key: str, value: object) -> None:
        if isinstance(value, Mapping):
            hint = "a name that holds a dot needs quotes in TOML"
            self._fail(key, "expected a value, found a table", hint)

    def _families(self, table: Mapping[str, object]) -> Mapping[str, tuple[str, ...]]:
        families = {}
        for name, value in self._table(table, "families").items():
            self._not_split(f"families.{name}", value)
            families[name] = self._texts(f"families.{name}", value)
            if not families[name]:
                self._fail(f"families.{name}", "a family needs at least one pattern")
        return MappingProxyType(families)

    def _libc(self, table: Mapping[str, object]) -> Mapping[str, str]:
        entries = {}
        for name, value in self._table(table, "libc").items():
            key = f"libc.{name}"
            self._not_split(key, value)
            entries[name] = self._text(key, value)
            if not _LIBC.fullmatch(entries[name]):
                fault = f"`{entries[name]}` is no C library and version"
                self._fail(key, fault, "write it as `glibc 2.35` or `musl 1.2`")
        return MappingProxyType(entries)

    def _host(self, table: Mapping[str, object]) -> Host:
        entries = self._table(table, "host")
        self._only_known(entries, HOST_KEYS, "host.")
        env = entries.get("env")
        if env is not None and not isinstance(env, Mapping):
            self._wrong_type("host.env", "a table", env)
        for name, value in (env or {}).items():
            if not isinstance(value, str):
                self._wrong_type(f"host.env.{name}", "a string", value)
        texts = {
            name: self._text(f"host.{name}", value)
            for name, value in entries.items()
            if name != "env"
        }
        return Host(**texts, env=None if env is None else MappingProxyType(dict(env)))

    def _stacks(self, table: Mapping[str, object]) -> tuple[StackEntry, ...]:
        value = table.get("stack")
        if not isinstance(value, list) or not _has_tables(value):
            return ()
        entries: dict[str, StackEntry] = {}
        for at, each in enumerate(value):
            key = f"stack[{at}]"
            if not isinstance(each, Mapping):
                self._wrong_type(key, "a table as the other entries", each)
            entry = self._stack_entry(key, each)
            if entry.name in entries:
                self._fail(f"{key}.name", f"`{entry.name}` has a table already")
            entries[entry.name] = entry
        return tuple(entries.values())

    def _stack_entry(self, key: str, entry: Mapping[str, object]) -> StackEntry:
        self._only_known(entry, STACK_KEYS, f"{key}.")
        if "name" not in entry:
            self._fail(f"{key}.name", "a name is required")
        name = self._text(f"{key}.name", entry["name"])
        if not _STACK_NAME.fullmatch(name):
            self._fail(f"{key}.name", f"`{name}` is no name: letters, digits, `_`, `.`, `-` are")
        cells = self._texts(f"{key}.cells", entry["cells"]) if "cells" in entry else ()
        for cell in cells:
            if cell == "all" or not is_system(cell):
                self._fail(f"{key}.cells", f"`{cell}` is no OS/TARGET")
        want = self._text(f"{key}.want", entry["want"]) if "want" in entry else None
        if want is None and not cells:
            self._fail(key, "it says nothing of the stack", "give `cells`, `want` or both")
        if want is not None and "://" not in want:
            want = str(self._path.parent / want)
        return StackEntry(name=name, cells=cells, want=want)

    def _not_wanted(self, table: Mapping[str, object]) -> tuple[NotWanted, ...]:
        value = table.get("not-wanted", [])
        if not isinstance(value, list):
            self._wrong_type("not-wanted", "an array of tables ([[not-wanted]])", value)
        return tuple(
            self._not_wanted_entry(f"not-wanted[{at}]", each) for at, each in enumerate(value)
        )

    def _weights(self, table: Mapping[str, object]) -> tuple[Weight, ...]:
        value = table.get("weight", [])
        if not isinstance(value, list):
            self._wrong_type("weight", "an array of tables ([[weight]])", value)
        return tuple(self._weight(f"weight[{at}]", each) for at, each in enumerate(value))

    def _weight(self, key: str, value: object) -> Weight:
        if not isinstance(value, Mapping):
            self._wrong_type(key, "a table", value)
        entry: Mapping[str, object] = value
        self._only_known(entry, WEIGHT_KEYS, f"{key}.")
        if "weight" not in entry:
            self._fail(f"{key}.weight", "a weight is required")
        amount = entry["weight"]
        if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
            self._wrong_type(f"{key}.weight", "a number", amount)
        if len(entry) == 1:
            self._fail(key, "it is about everything", "name a spec, a stack or both")
        try:
            check_weight(Decimal(amount))
        except UsageError as error:
            self._fail(f"{key}.weight", str(error))
        return Weight(
            spec=self._string_of(entry, key, "spec"),
            stack=self._string_of(entry, key, "stack") or "*",
            weight=Decimal(amount),
        )

    def _string_of(self, entry: Mapping[str, object], key: str, name: str) -> str | None:
        return self._text(f"{key}.{name}", entry[name]) if name in entry else None

    def _not_wanted_entry(self, key: str, value: object) -> NotWanted:
        if not isinstance(value, Mapping):
            self._wrong_type(key, "a table", value)
        entry: Mapping[str, object] = value
        self._only_known(entry, NOT_WANTED_KEYS, f"{key}.")
        texts = {name: self._text(f"{key}.{name}", entry[name]) for name in entry}
        if "reason" not in texts:
            self._fail(f"{key}.reason", "a reason is required")
        if len(texts) == 1:
            self._fail(key, "it excludes everything", "name a package, a stack, an os or a target")
        return NotWanted(
            package=texts.get("package", "*"),
            stack=texts.get("stack", "*"),
            os=texts.get("os", "*"),
            target=texts.get("target", "*"),
            reason=texts["reason"],
        )


def _has_tables(value: object) -> bool:
    """Whether a value is an array that holds a table."""
    return isinstance(value, list) and any(isinstance(each, Mapping) for each in value)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    nearest = difflib.get_close_matches(name.lower().replace("_", "-"), list(known), n=1)
    if nearest:
        return f"did you mean `{nearest[0]}`?"
    return "the keys are " + ", ".join(f"`{each}`" for each in known)


def _type_name(value: object) -> str:
    if isinstance(value, bool):
        return "a boolean"
    names: dict[type, str] = {
        str: "a string",
        int: "an integer",
        Decimal: "a number",
        list: "an array",
        dict: "a table",
    }
    return names.get(type(value), "a date or time")
