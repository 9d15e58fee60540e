"""The ``[export]`` table: where and how the builds of a plan run."""

from __future__ import annotations

from dataclasses import field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NoReturn

from specplan.patterns import pattern
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from specplan.config.table import TomlTable

__all__ = [
    "CELL_KEYS",
    "EXPORT_SPELLINGS",
    "RESOURCE_KEYS",
    "SIZE_KEYS",
    "CellResources",
    "ExportSettings",
    "Resources",
    "Size",
    "export_settings",
    "fault_of_word",
    "resources_of",
    "seconds_of",
]

#: The keys for the resources of a job, set by its cell or by its size.
RESOURCE_KEYS: Final = (
    "env", "image", "tags", "runs-on", "partition", "cpus", "memory", "timeout", "jobs",
    "variables",
)  # fmt: skip

#: Every key of an ``[[export.cell]]`` entry.
CELL_KEYS: Final = ("stack", "os", "target", "package", *RESOURCE_KEYS)

#: Every key of an ``[[export.size]]`` entry.
SIZE_KEYS: Final = ("package", "cost", *RESOURCE_KEYS)

#: Other names of keys: of the option, of GitHub, and of the options' variables.
EXPORT_SPELLINGS: Final = MappingProxyType({"build-jobs": "jobs", "mirror_url": "mirror-url"})
_RESOURCE_SPELLINGS: Final = MappingProxyType({"runs_on": "runs-on"})

_VARIABLE: Final = pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_COUNT: Final = pattern(r"[0-9]{1,9}")
_MEMORY: Final = pattern(r"[1-9][0-9]{0,8}[KMGT]?")
_TIME: Final = pattern(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?([smhd]?)")
_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """The resources of a job; None and empty values are left to the site.

    Attributes:
        env: The folder of the environment that holds the spec.
        image: The image of the container.
        tags: The tags of GitLab's runners.
        runs_on: The labels of GitHub's runners.
        partition: Slurm's partition.
        cpus: The number of processors.
        memory: The amount of memory, as ``16G``.
        timeout: The time limit, in seconds.
        jobs: The number of processes of a build, Spack's ``-j``.
        variables: Environment variables.
    """

    env: str | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    runs_on: tuple[str, ...] = ()
    partition: str | None = None
    cpus: int | None = None
    memory: str | None = None
    timeout: float | None = None
    jobs: int | None = None
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def over(self, other: Resources) -> Resources:
        """Return both merged; these take precedence, and variables are combined."""
        values = {
            each.name: getattr(self, each.name) or getattr(other, each.name)
            for each in fields(self)
        }
        values["variables"] = MappingProxyType({**other.variables, **self.variables})
        return Resources(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellResources:
    """One ``[[export.cell]]``: the resources of builds that match all of its patterns.

    Attributes:
        stack: Patterns, one of which a stack of the build must match.
        os: Patterns for the operating system.
        target: Patterns for the target.
        package: Patterns for the package.
        gives: The resources they get.
    """

    stack: tuple[str, ...] = ()
    os: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    package: tuple[str, ...] = ()
    gives: Resources = Resources()


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One ``[[export.size]]``: the resources of builds of some packages or costs.

    Attributes:
        package: Patterns for the package.
        cost: The minimum cost, in seconds; None if it does not matter.
        gives: The resources they get.
    """

    package: tuple[str, ...] = ()
    cost: float | None = None
    gives: Resources = Resources()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSettings:
    """The ``[export]`` table: settings of ``specplan export``.

    Attributes:
        env: The folder of the environment, as jobs see it.
        mirror: The name of the mirror that builds are pushed to.
        mirror_url: Its address, at which ``specplan has`` looks for binaries.
        sign: ``unsigned``, ``mirror`` to follow the mirror's own setting, or a key.
        build_jobs: The number of processes of a build.
        spack: The folder of Spack, as jobs see it.
        sizes: A table of sizes by package, as a file.
        cells: The resources of builds by cell; the first match counts.
        by_size: The resources of builds by size; the first match counts.
    """

    env: str | None = None
    mirror: str | None = None
    mirror_url: str | None = None
    sign: str | None = None
    build_jobs: int | None = None
    spack: str | None = None
    sizes: str | None = None
    cells: tuple[CellResources, ...] = ()
    by_size: tuple[Size, ...] = ()


def export_settings(table: TomlTable, values: Mapping[str, object], folder: Path) -> ExportSettings:
    """Return the settings of the table.

    Args:
        table: The table.
        values: The values of its keys that are also options, by attribute.
        folder: The folder of its file, to which the path of the table of sizes is relative.

    Raises:
        ConfigurationError: If a value is invalid.
    """
    given = {name: value for name, value in values.items() if value is not None}
    for name, value in given.items():
        if isinstance(value, str) and (fault := fault_of_word(name, value)):
            table.fail(name.replace("_", "-"), fault)
    if "sizes" in given:
        given["sizes"] = str(folder / str(given["sizes"]))
    return ExportSettings(
        **given,  # type: ignore[arg-type] # the table of settings says what each is
        cells=tuple(_cell(each) for each in table.tables("cell")),
        by_size=tuple(_size(each) for each in table.tables("size")),
    )


def _cell(table: TomlTable) -> CellResources:
    table = table.respelled(_RESOURCE_SPELLINGS)
    table.only_known(CELL_KEYS)
    return CellResources(
        stack=table.texts("stack"),
        os=table.texts("os"),
        target=table.texts("target"),
        package=table.texts("package"),
        gives=_resources(table),
    )


def _size(table: TomlTable) -> Size:
    table = table.respelled(_RESOURCE_SPELLINGS)
    table.only_known(SIZE_KEYS)
    cost = table.number("cost")
    if cost is not None and not (cost.is_finite() and cost >= 0):
        table.fail("cost", f"{cost} is not a number from 0 on")
    if cost is None and "package" not in table:
        table.fail("", "it matches everything", "name a `package`, a `cost` or both")
    return Size(
        package=table.texts("package"),
        cost=None if cost is None else float(cost),
        gives=_resources(table),
    )


def _resources(table: TomlTable) -> Resources:
    texts = {key: table.text(key) for key in ("env", "image", "partition", "memory", "timeout")}
    lists = {key: table.texts(key) for key in ("tags", "runs-on")}
    counts = {key: _count(table, key) for key in ("cpus", "jobs")}
    variables = dict(table.table("variables").strings()) if "variables" in table else {}
    for key, value in texts.items():
        _refuse_control(table, key, value or "")
    for key, several in lists.items():
        for each in several:
            _refuse_control(table, key, each)

    def fail(key: str, fault: str) -> NoReturn:
        table.fail(key, fault)

    if texts["env"] is not None and (fault := fault_of_word("env", texts["env"])):
        fail("env", fault)
    for name, value in variables.items():
        if _VARIABLE.fullmatch(name) is None:
            fail("variables", f"`{name}` is not a variable name")
        _refuse_control(table, "variables", value)
    memory, timeout = texts["memory"], texts["timeout"]
    if memory is not None and _MEMORY.fullmatch(memory) is None:
        fail("memory", f"`{memory}` is not an amount of memory, such as `16G`")
    seconds = None if timeout is None else seconds_of(timeout)
    if timeout is not None and seconds is None:
        fail("timeout", f"`{timeout}` is not a time, such as `90m` or `6h`")
    return Resources(
        env=texts["env"],
        image=texts["image"],
        tags=lists["tags"],
        runs_on=lists["runs-on"],
        partition=texts["partition"],
        cpus=counts["cpus"],
        memory=memory,
        timeout=seconds,
        jobs=counts["jobs"],
        variables=MappingProxyType(variables),
    )


def resources_of(row: Mapping[str, str]) -> Resources | str:
    """Return the resources in a row of a table of sizes, or the fault of the row.

    Args:
        row: The values of its columns ``cpu``, ``memory``, ``timeout`` and ``jobs``; empty values
            are left open.
    """
    counts: dict[str, int | None] = {}
    for name in ("cpu", "jobs"):
        text = row.get(name, "")
        if text and (_COUNT.fullmatch(text) is None or not 0 < int(text) <= _MOST):
            return f"`{text[:64]}` is not a number for `{name}`"
        counts[name] = int(text) if text else None
    memory, timeout = row.get("memory", ""), row.get("timeout", "")
    if memory and _MEMORY.fullmatch(memory) is None:
        return f"`{memory[:64]}` is not an amount of memory, such as `16G`"
    seconds = seconds_of(timeout) if timeout else None
    if timeout and seconds is None:
        return f"`{timeout[:64]}` is not a time, such as `90m` or `6h`"
    return Resources(
        cpus=counts["cpu"], jobs=counts["jobs"], memory=memory or None, timeout=seconds
    )


_MOST: Final = 1_000_000


def _count(table: TomlTable, key: str) -> int | None:
    number = table.number(key)
    if number is None:
        return None
    if not number.is_finite() or number != int(number) or not 0 < number <= _MOST:
        table.fail(key, f"{number} is not a number from 1 to {_MOST}")
    return int(number)


def seconds_of(text: str) -> float | None:
    """Return a time such as ``90m`` or ``6h`` in seconds, or None for any other text."""
    found = _TIME.fullmatch(text)
    if found is None or float(found[1]) == 0:
        return None
    return float(found[1]) * _SECONDS[found[2]]


def fault_of_word(name: str, text: str) -> str | None:
    """Return the reason why a text cannot be a word in the command line of a job, or None.

    Args:
        name: The attribute or key of the text.
        text: The text.
    """
    if not text:
        return "it is empty"
    if not text.isprintable():
        return "it contains an unprintable character"
    if text.startswith("-"):
        hint = f", write `./{text}` for a path" if name in {"env", "spack", "mirror_url"} else ""
        return f"`{text}` would be read as an option{hint}"
    return None


def _refuse_control(table: TomlTable, key: str, text: str) -> None:
    """Refuse characters that could end an exported line."""
    if not text.isprintable():
        table.fail(key, "it contains an unprintable character")
