"""Files with the costs of builds, in seconds.

The kind of a file is recognized by its content:

- CSV whose first line names its columns: ``spec,seconds``, or ``seconds`` with some of
  ``hash``, ``package`` and ``version``;
- JSON: an object from spec to seconds;
- JSON as Spack writes it beside each installation (``install_times.json``), or an array of
  such; a folder stands for all files of that name below it. Times count to the microsecond.

A *spec* is a hash (``/HASH`` too), ``package@version``, ``package@version/HASH`` or ``package``.
Spack's times for one hash are measurements, whose median counts. Costs of one spec that occur twice
in a table must be equal.
"""

from __future__ import annotations

import csv
import os
import re
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.counting import count
from specplan.errors import DamagedSourceError, SourceError
from specplan.model.costs import UNIT_COSTS, Costs, median
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources import strict_json
from specplan.sources.content import inflated
from specplan.sources.stores.store import printable
from specplan.sources.text import TextError, decoded
from specplan.sources.vast_folders import MOST_ENTRIES, refuse_root, too_much

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from specplan.sources.limits import Limits
    from specplan.sources.strict_json import Value

__all__ = ["MOST_SECONDS", "read_costs"]

#: The maximum cost of one build: about thirty years. Sums of such costs stay exact.
MOST_SECONDS: Final = 1e9

#: Spack's name for the file with the times of an installation.
_TIMES: Final = "install_times.json"

#: The number of decimals of a measured time that count.
_MICROSECONDS: Final = 6

_HASH: Final = pattern(r"[a-z2-7]{32}")
_NAME: Final = pattern(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_VERSION: Final = pattern(r"=?([A-Za-z0-9_.=-]+)")
_SPEC: Final = pattern(r"([^@/]*)(?:@([^/]*))?(?:/(.*))?", re.DOTALL)
_NUMBER: Final = pattern(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

_HEADER_HINT: Final = (
    "the first line names the columns: `spec,seconds`, or `seconds` with some of `hash`, "
    "`package` and `version`"
)


def read_costs(sources: Sequence[str], limits: Limits) -> Costs:
    """Return the costs of builds in files; without files each costs 1.

    Args:
        sources: The files and folders.
        limits: The limits for each of them.

    Raises:
        SourceError: If one cannot be read, or contains no cost.
        DamagedSourceError: If it has an unknown form, contains an invalid cost, or contradicts
            itself or another file about a spec.
    """
    if not sources:
        return UNIT_COSTS
    costs = _CostsRead()
    for source in sources:
        before = costs.count
        if os.path.isdir(source):  # noqa: PTH112 - `Path.is_dir` raises where a folder is closed
            _read_folder(source, costs, limits)
        else:
            _read_file(Path(source), printable(source), costs, limits.file_bytes)
        if costs.count == before:
            raise SourceError(
                f"`{printable(source)}` contains no costs",
                path=source,
                hint="times of installing from a cache are not costs" if costs.cached else None,
            )
    return costs.costs()


@dataclass(frozen=True, slots=True)
class _CostSubject:
    """The subject of a cost: its most exact part counts; the rest describes a hash."""

    dag_hash: str
    name: str
    version: str

    def __str__(self) -> str:
        version = f"@{self.version}" if self.version else ""
        return f"/{self.dag_hash}" if self.dag_hash else f"{self.name}{version}"

    @property
    def exact(self) -> _CostSubject:
        """The part that counts."""
        return _CostSubject(self.dag_hash, "", "") if self.dag_hash else self


@dataclass(frozen=True, slots=True)
class _CostLocation:
    """The location of a value in a file."""

    path: str
    location: str
    line: int | None

    def fail(self, fault: str, hint: str | None = None) -> DamagedSourceError:
        return DamagedSourceError(
            path=self.path, location=self.location, line=self.line, fault=fault, hint=hint
        )

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.location}" if self.location else where


@dataclass(slots=True)
class _CostsRead:
    """The costs that have been read so far."""

    tabled: dict[_CostSubject, tuple[float, _CostLocation]] = field(default_factory=dict)
    measured: dict[str, list[float]] = field(default_factory=dict)
    named: dict[str, tuple[str, str]] = field(default_factory=dict)
    count: int = 0
    cached: int = 0

    def table(self, key: _CostSubject, seconds: float, where: _CostLocation) -> None:
        exact = key.exact
        value, first = self.tabled.setdefault(exact, (seconds, where))
        if value != seconds:
            raise where.fail(
                f"`{exact}` costs {seconds:g} here, but {value:g} at {first}",
                "give each cost once",
            )
        self._name(key)

    def measure(self, key: _CostSubject, seconds: float) -> None:
        self.measured.setdefault(key.dag_hash, []).append(seconds)
        self._name(key)

    def _name(self, key: _CostSubject) -> None:
        self.count += 1
        if key.dag_hash and key.name:
            self.named.setdefault(key.dag_hash, (key.name, key.version))

    def costs(self) -> Costs:
        # Digits beyond the microsecond are meaningless, and sums could not represent them.
        by_hash = {
            dag_hash: round(median(times), _MICROSECONDS)
            for dag_hash, times in self.measured.items()
        }
        by_version: dict[tuple[str, str], float] = {}
        by_package: dict[str, float] = {}
        for key, (seconds, _) in self.tabled.items():
            if key.dag_hash:
                by_hash[key.dag_hash] = seconds
            elif key.version:
                by_version[key.name, key.version] = seconds
            else:
                by_package[key.name] = seconds
        return Costs(
            by_hash=by_hash, by_version=by_version, by_package=by_package, named=self.named
        )


def _read_folder(source: str, costs: _CostsRead, limits: Limits) -> None:
    hint = "in a folder, only Spack's own measurements are read"
    refuse_root(source, hint)
    entries = 0
    found = False
    for folder, folders, files in os.walk(source, onerror=_cannot_be_read):
        folders.sort()
        entries += len(folders) + len(files)
        if entries > limits.tree_entries:
            raise SourceError(
                f"`{printable(source)}` has more than the {limits.tree_entries} files and folders "
                "that are searched",
                path=source,
            )
        if not found and entries > MOST_ENTRIES:
            raise too_much(source, MOST_ENTRIES, _TIMES, hint)
        if _TIMES in files:
            found = True
            file = Path(folder, _TIMES)
            _read_file(file, printable(file), costs, limits.manifest_bytes)
    if not found:
        raise SourceError(
            f"`{printable(source)}` contains no {_TIMES}",
            path=source,
            hint=hint,
        )


def _cannot_be_read(error: OSError) -> None:
    shown = printable(error.filename or "")
    raise SourceError(f"`{shown}` cannot be read: {error.strerror or error}", path=shown) from error


def _read_file(path: Path, shown: str, costs: _CostsRead, most: int) -> None:
    document = inflated(path, shown, most)
    try:
        text = decoded(document)
    except TextError as error:
        raise DamagedSourceError(
            path=shown, location="", line=error.line, fault=error.fault
        ) from error
    if text.lstrip()[:1] in {"{", "["}:
        _read_json(strict_json.parse(text.encode(), shown), costs)
    else:
        _read_csv(text, shown, costs)


def _read_json(whole: Value, costs: _CostsRead) -> None:
    if isinstance(whole.raw, list):
        for each in whole.items():
            _read_times(each, costs)
    elif isinstance(whole.raw, dict) and isinstance(whole.raw.get("phases"), list):
        _read_times(whole, costs)
    else:
        for spec in whole.keys():  # noqa: SIM118 - a method of its own, in the order of the file
            value = whole.at(spec)
            where = _CostLocation(value.shown, value.location, None)
            costs.table(_key(spec, where), _seconds(value), where)


def _read_times(times: Value, costs: _CostsRead) -> None:
    """Read Spack's measurements of one installation."""
    times.at("phases").items()
    name, dag_hash = times.at("name"), times.at("hash")
    if not _HASH.fullmatch(dag_hash.text()):
        dag_hash.fail(f"`{dag_hash.raw}` is not a hash")
    if not _NAME.fullmatch(name.text()):
        name.fail(f"`{name.raw}` is not a package")
    if isinstance(times.raw, dict) and times.raw.get("cache") is True:
        costs.cached += 1
        return
    costs.measure(_CostSubject(dag_hash.text(), name.text(), ""), _seconds(times.at("total")))


def _seconds(value: Value) -> float:
    raw = value.raw
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        value.fail("is not a number of seconds")
    if fault := _fault(raw):
        value.fail(fault)
    return float(raw)


def _fault(number: float) -> str | None:
    """Return the reason why a number is not a cost."""
    if not number >= 0:  # false for NaN too
        return f"{number} is not a cost: it must be 0 or more"
    if number > MOST_SECONDS:
        return f"is not a cost: more than {MOST_SECONDS:g} seconds"
    return None


def _key(spec: str, where: _CostLocation) -> _CostSubject:
    if _HASH.fullmatch(spec):
        return _CostSubject(spec, "", "")
    found = _SPEC.fullmatch(spec)
    name, version, dag_hash = found.groups(default="") if found else ("", "", "")
    is_key = bool(name or dag_hash) and (not version or bool(name))
    if not is_key or spec.endswith(("@", "/")):
        name = "@"
    return _checked(_CostSubject(dag_hash, name, version), spec, where)


def _checked(key: _CostSubject, shown: str, where: _CostLocation) -> _CostSubject:
    version = _VERSION.fullmatch(key.version)
    if (
        (key.dag_hash and not _HASH.fullmatch(key.dag_hash))
        or (key.name and not _NAME.fullmatch(key.name))
        or (key.version and not version)
    ):
        raise where.fail(
            f"`{shown}` is neither a hash, nor `package@version`, nor a package",
            "ranges and variants are not supported: a cost belongs to one hash, version or package",
        )
    return _CostSubject(key.dag_hash, key.name, version[1] if version else "")


def _read_csv(text: str, shown: str, costs: _CostsRead) -> None:
    rows = _rows(text, shown)
    line, header = next(rows, (1, []))
    columns = [each.strip().lower() for each in header]
    if (
        "seconds" not in columns
        or len(columns) == 1
        or len({*columns}) < len(columns)
        or not ({*columns} == {"spec", "seconds"} or {*columns} <= _NAMED_COLUMNS)
        or {*columns} == {"version", "seconds"}
    ):
        fault = "has no first line that names the columns of costs"
        raise _CostLocation(shown, "", line).fail(fault, _HEADER_HINT)
    for line, row in rows:
        where = _CostLocation(shown, "", line)
        if len(row) != len(columns):
            raise where.fail(f"has {count(len(row), 'value')} for {count(len(columns), 'column')}")
        cells = {column: cell.strip() for column, cell in zip(columns, row, strict=True)}
        costs.table(_key_of(cells, where), _number(cells["seconds"], where), where)


_NAMED_COLUMNS: Final = frozenset({"hash", "package", "version", "seconds"})


def _rows(text: str, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, each with the line on which it ends."""
    reader = csv.reader(_lines(text), strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise _CostLocation(shown, "", reader.line_num).fail(
            f"is not valid CSV: {error}"
        ) from error


def _lines(text: str) -> Iterable[str]:
    # Only the line endings of CSV count; `splitlines` knows more.
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


def _key_of(cells: dict[str, str], where: _CostLocation) -> _CostSubject:
    if "spec" in cells:
        return _key(cells["spec"], where)
    dag_hash, package, version = (cells.get(each, "") for each in ("hash", "package", "version"))
    if not dag_hash and not package:
        raise where.fail("names neither a hash nor a package")
    shown = " ".join(filter(None, (package, version, dag_hash)))
    return _checked(_CostSubject(dag_hash.removeprefix("/"), package, version), shown, where)


def _number(cell: str, where: _CostLocation) -> float:
    if not _NUMBER.fullmatch(cell):
        raise where.fail(f"`{cell}` is not a number of seconds")
    number = float(cell)
    if fault := _fault(number):
        raise where.fail(fault)
    return number
