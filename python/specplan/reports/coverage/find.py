"""The report of a search: the specs, and the undecided ones."""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from specplan.model.find import Found
from specplan.reports.outline import (
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
    from collections.abc import Sequence

    from specplan import model
    from specplan.model.report import ReportOptions
    from specplan.reports.outline import TableCell

__all__ = ["outline", "records"]

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
            Names(tuple(sorted({stack for each in found for stack in wording.stacks(each)}))),
        )
        for (version, os, target), found in by_version.items()
    )
    return ReportTable(columns, rows, names=2, is_whole=True)


def _specs(specs: Sequence[model.Spec]) -> ReportTable:
    """Return a table of specs, without columns that are empty or the same for all."""
    compiler = any(spec.compiler for spec in specs)
    variants = any(spec.variants for spec in specs)
    binary = not all(spec.available for spec in specs)
    columns = [
        Column("spec", "spec", "spec", is_lead=True),
        Column("hash", "hash", "spec"),
        Column("system", "system", "system"),
        *([Column("compiler", "compiler", "name")] if compiler else []),
        *([Column("variants", "variants", "name", is_extra=True)] if variants else []),
        *([Column("binary", "binary", "state")] if binary else []),
        Column("stacks", "stacks", "names"),
    ]
    rows: tuple[tuple[TableCell, ...], ...] = tuple(
        (
            Name(f"{spec.package}@{spec.version}"),
            SpecWithHash("", spec.hash, between=""),
            OsAndTarget(spec.os, spec.target),
            *([Name(spec.compiler)] if compiler else []),
            *([Name(" ".join(spec.variants))] if variants else []),
            *([_binary(spec)] if binary else []),
            Names(tuple(wording.stacks(spec))),
        )
        for spec in specs
    )
    return ReportTable(tuple(columns), rows, packages=tuple(spec.package for spec in specs))


def _binary(spec: model.Spec) -> State:
    words = wording.binary(spec)
    return State(words, words)
