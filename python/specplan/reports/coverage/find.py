"""The report of a search: the specs, and the undecided ones."""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar

from specplan.model.column_records import ColumnRecords
from specplan.model.find import Found
from specplan.reports.outline import (
    CellRows,
    Column,
    Name,
    Names,
    Number,
    OsAndTarget,
    Outline,
    Records,
    ReportTable,
    Section,
    SpecWithHash,
    State,
    outline_of,
    records_of,
)
from specplan.reports.render import wording

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from specplan import model
    from specplan.model.report import ReportOptions
    from specplan.reports.outline import TableCell

__all__ = ["outline", "records"]

Value = TypeVar("Value", bound="Hashable")

_NAMES: Final = (
    "hash", "package", "version", "platform", "os", "target", "compiler", "variants",
    "size", "stacks", "tags", "source", "available", "external",
)  # fmt: skip


@outline_of.register(Found)
def outline(result: Found, options: ReportOptions) -> Outline:
    """Return the specs, then the undecided ones by missing information."""
    sections = []
    if result.specs and options.summary:
        title = wording.count(len(result.specs), "spec") + " by version and system"
        sections.append(Section(id="versions", title=title, table=_versions(result.specs)))
    elif result.specs:
        title = wording.count(len(result.specs), "spec")
        sections.append(Section(id="specs", title=title, table=_specs(result.specs)))
    for line, group in wording.undecided(result):
        missing = "-".join(group[0].missing)
        table = _specs([each.spec for each in group])
        sections.append(Section(id=f"undecided-{missing}", title=line, tone="warning", table=table))
    return Outline(
        kind="find",
        headline=wording.find_headline(result),
        warnings=tuple(wording.not_whole(result.left_out)),
        sections=tuple(sections),
        notes=(
            *wording.others_left_out(result.left_out),
            *wording.damaged_note(result.damaged),
        ),
    )


@records_of.register(Found)
def records(result: Found, options: ReportOptions) -> Records:
    """Return one row per spec; undecided specs come last, with the missing information."""
    del options
    values = attrgetter(*_NAMES)
    specs = ((*values(spec), None) for spec in result.specs)
    undecided = ((*values(each.spec), each.missing) for each in result.undecided)
    return Records((*_NAMES, "missing"), chain(specs, undecided))


def _versions(specs: Sequence[model.Spec]) -> ReportTable:
    """Return the numbers of specs and binaries of each version on each system, with stacks.

    The order is that of the specs: by name, then version, then system.
    """
    by_version: dict[tuple[str, str, str], list[model.Spec]] = {}
    for spec in specs:
        place = (f"{spec.package}@{spec.version}", spec.os, spec.target)
        by_version.setdefault(place, []).append(spec)
    columns = (
        Column("version", "version", "name", is_lead=True),
        Column("system", "system", "system"),
        Column("specs", "specs", "count"),
        Column("binaries", "binaries", "count"),
        Column("stacks", "stacks", "names"),
    )
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Name(version),
            OsAndTarget(os, target),
            Number(len(found)),
            Number(sum(each.available for each in found)),
            Names(
                tuple(sorted({stack for each in found for stack in wording.stacks(each.stacks)}))
            ),
        )
        for (version, os, target), found in by_version.items()
    )
    return ReportTable(columns, rows, names=2, is_whole=True)


def _specs(specs: Sequence[model.Spec]) -> ReportTable:
    """Return a table of specs, without columns that are empty or the same for all.

    O(specs). Cells of the same content are one object: hundreds of thousands of specs have few
    versions, systems and stacks.
    """
    fields = zip(*map(_fields, specs), strict=True)
    packages, versions, hashes, systems, targets, compilers, variants, binaries, stacks = map(
        list, fields
    )
    columns: list[tuple[Column, Sequence[TableCell]]] = [
        (
            Column("spec", "spec", "spec", is_lead=True),
            _shared(zip(packages, versions, strict=True), lambda spec: Name("@".join(spec))),
        ),
        (
            Column("hash", "hash", "spec"),
            ColumnRecords(
                SpecWithHash,
                len(hashes),
                label=[""] * len(hashes),
                hash=hashes,
                between=[""] * len(hashes),
            ),
        ),
        (
            Column("system", "system", "system"),
            _shared(zip(systems, targets, strict=True), lambda system: OsAndTarget(*system)),
        ),
    ]
    if any(compilers):
        columns.append((Column("compiler", "compiler", "name"), _shared(compilers, Name)))
    if any(variants):
        head = Column("variants", "variants", "name", is_extra=True)
        columns.append((head, _shared(variants, lambda each: Name(" ".join(each)))))
    if not all(is_available for is_available, _ in binaries):
        columns.append((Column("binary", "binary", "state"), _shared(binaries, _binary)))
    columns.append(
        (
            Column("stacks", "stacks", "names"),
            _shared(stacks, lambda each: Names(tuple(wording.stacks(each)))),
        )
    )
    return ReportTable(
        tuple(head for head, _ in columns),
        CellRows([cells for _, cells in columns]),
        packages=packages,
    )


def _fields(spec: model.Spec) -> tuple[Any, ...]:
    """Return the fields of a spec that a table shows."""
    return (
        spec.package, spec.version, spec.hash, spec.os, spec.target, spec.compiler, spec.variants,
        (spec.available, spec.external), spec.stacks,
    )  # fmt: skip


def _shared(values: Iterable[Value], make: Callable[[Value], TableCell]) -> Sequence[TableCell]:
    """Return a cell for each value, made once for equal values."""
    cells: dict[Value, TableCell] = {}
    return [cells[each] if each in cells else cells.setdefault(each, make(each)) for each in values]


def _binary(binary: tuple[bool, bool]) -> State:
    words = wording.binary(*binary)
    return State(words, words)
