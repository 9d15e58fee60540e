"""The resources of each build: by cell, by size, by the table of sizes."""

from __future__ import annotations

import csv
import io
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.catalog.names import any_matches
from specplan.config.export import Resources, Size, resources_of
from specplan.counting import count
from specplan.errors import DamagedSourceError
from specplan.records import dataclass
from specplan.sources.content import inflated
from specplan.sources.text import TextError, decoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.config.export import CellResources
    from specplan.pipelines.export.plan import ExportBuild

__all__ = ["ResourceTable", "read_sizes"]

_MOST_BYTES: Final = 64 << 20
_NOTHING: Final = Resources()
_COLUMNS: Final = ("package", "cpu", "memory", "timeout", "jobs")


@dataclass(frozen=True, slots=True)
class ResourceTable:
    """The resources of builds.

    Attributes:
        cells: By cell; the first that matches counts.
        sizes: By size; these override those of the cell.
        by_package: The rows of a table of sizes, for builds that no size matches.
        has_seconds: Whether costs are seconds, so that sizes may refer to them.
    """

    cells: Sequence[CellResources]
    sizes: Sequence[Size]
    by_package: dict[str, Resources]
    has_seconds: bool
    _known: dict[tuple[object, ...], Resources] = field(default_factory=dict)

    def of(self, build: ExportBuild) -> Resources:
        """Return the resources of a build."""
        if not (self.cells or self.sizes or self.by_package):
            return _NOTHING
        cost = build.cost if self.has_seconds and any(s.cost is not None for s in self.sizes) else 0
        key = (build.package, build.os, build.target, build.stacks, cost)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._size(build).over(self._cell(build))
        return found

    def _cell(self, build: ExportBuild) -> Resources:
        for cell in self.cells:
            if (
                _fits(cell.os, (build.os,))
                and _fits(cell.target, (build.target,))
                and _fits(cell.package, (build.package,))
                and _fits(cell.stack, build.stacks)
            ):
                return cell.gives
        return _NOTHING

    def _size(self, build: ExportBuild) -> Resources:
        for size in self.sizes:
            is_dear = size.cost is None or (self.has_seconds and build.cost >= size.cost)
            if is_dear and _fits(size.package, (build.package,)):
                return size.gives
        return self.by_package.get(build.package, _NOTHING)


def _fits(patterns: Sequence[str], names: Sequence[str]) -> bool:
    return not patterns or any(any_matches(patterns, name) for name in names)


def read_sizes(place: str) -> dict[str, Resources]:
    """Read a table of sizes: CSV whose first line names its columns.

    Args:
        place: The file.

    Raises:
        SourceError: If it cannot be read.
        DamagedSourceError: If it is not such a table.
    """
    try:
        text = decoded(inflated(Path(place), place, _MOST_BYTES))
    except TextError as error:
        raise DamagedSourceError(path=place, location="", line=None, fault=str(error)) from error
    found: dict[str, Resources] = {}
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] = []
    try:
        for row in reader:
            if not columns:
                columns = [each.strip() for each in row]
                _check_columns(place, columns)
                continue
            if not row:
                continue
            values = dict(zip(columns, (each.strip() for each in row), strict=False))
            gives = resources_of(values)
            fault = gives if isinstance(gives, str) else ""
            if len(row) != len(columns):
                fault = f"has {count(len(row), 'value')} for {count(len(columns), 'column')}"
            elif found.get(values["package"], gives) != gives:
                fault = "has other sizes in an earlier line"
            if fault or isinstance(gives, str):
                raise DamagedSourceError(
                    path=place,
                    location=values.get("package", ""),
                    line=reader.line_num,
                    fault=fault,
                )
            found[values["package"]] = gives
    except csv.Error as error:
        raise DamagedSourceError(
            path=place, location="", line=reader.line_num, fault=str(error)
        ) from error
    if not columns:
        _check_columns(place, columns)
    return found


def _check_columns(place: str, columns: list[str]) -> None:
    is_double = len(set(columns)) < len(columns)
    if is_double or "package" not in columns or not set(columns) <= set(_COLUMNS):
        raise DamagedSourceError(
            path=place,
            location="",
            line=1,
            fault="its first line does not name the columns of sizes",
            hint="it has `package` and some of `cpu`, `memory`, `timeout`, `jobs`",
        )
