"""Results as CSV: one row a gap, a cell, a key or a spec, under one line of names.

The names are those of the JSON documents; what is nested there has a dot, as in
``nearest.hash``. What is null there is empty here, a list is joined with ``"; "``, and
a text that a spreadsheet would evaluate gets an apostrophe in front.
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

from specplan.model import Coverage, Diff
from specplan.model.find import Found
from specplan.model.report import as_csv
from specplan.reports.render import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.model import Change, Gap, KeyInCell, UnknownWant, View

__all__ = ["coverage", "diff", "find", "gaps", "table", "view_of"]

Value: TypeAlias = "str | int | float | bool | tuple[str, ...] | None"

_CELL_NAMES = (
    "stack", "platform", "os", "target",
    "wanted", "covered", "covered_exact", "unknown", "usable", "coverage",
)  # fmt: skip

_GAP_NAMES = (
    "stack", "os", "target", "want", "package", "version", "hash", "state",
    "cells_lacking", "blocked", "roots_completed", "buildable_now",
)  # fmt: skip

_NEAREST_NAMES = ("hash", "stack", "os", "target", "source", "differs")

_DIFF_NAMES = (
    "change", "stack", "os", "target", "want", "package", "version", "hash",
    "old", "new", "old_versions", "new_versions",
)  # fmt: skip

_SPEC_NAMES = (
    "hash", "name", "version", "platform", "os", "target", "compiler", "variants",
    "size", "stacks", "tags", "source", "available", "external",
)  # fmt: skip


@as_csv.register(Coverage)
def view_of(result: Coverage, *, view: View) -> str:
    """Return a view of the document."""
    return gaps(result) if view == "gaps" else coverage(result)


def gaps(result: Coverage) -> str:
    """Return one row a gap, the most useful first, then the wants that nobody can decide.

    These have the state ``unknown`` and say what the sources are ``missing``.
    """
    nearest = (f"nearest.{name}" for name in _NEAREST_NAMES)
    names = (*_GAP_NAMES, *nearest, "missing", "group", "developed")
    rows = [_gap(gap) for gap in result.listed_gaps]
    rows += [_unknown(want) for want in result.unknown]
    return table(names, rows)


def coverage(result: Coverage) -> str:
    """Return one row a cell."""
    return table(
        _CELL_NAMES,
        (
            (
                cell.stack,
                cell.platform,
                cell.os,
                cell.target,
                cell.wanted,
                cell.covered,
                cell.covered_exact,
                cell.unknown,
                cell.usable,
                cell.coverage,
            )
            for cell in result.cells
        ),
    )


@as_csv.register(Diff)
def diff(result: Diff) -> str:
    """Return one row a key that was ``lost``, ``gained`` or ``changed``.

    A stack that only one state lists has one row of its own, ``absent`` or ``new``,
    that names nothing but the stack.
    """
    nothing = (None,) * (len(_DIFF_NAMES) - 2)
    rows: list[Sequence[Value]] = [("absent", stack, *nothing) for stack in result.absent_stacks]
    rows += [("new", stack, *nothing) for stack in result.new_stacks]
    rows += [_key("lost", key) for key in result.lost]
    rows += [_key("gained", key) for key in result.gained]
    rows += [_change(change) for change in result.changed]
    return table(_DIFF_NAMES, rows)


@as_csv.register(Found)
def find(result: Found) -> str:
    """Return one row a spec; what cannot be decided says what is missing, at the end."""
    specs = ((each, None) for each in result.specs)
    undecided = ((each.spec, each.missing) for each in result.undecided)
    rows = (
        (*(getattr(spec, name) for name in _SPEC_NAMES), missing)
        for spec, missing in (*specs, *undecided)
    )
    return table((*_SPEC_NAMES, "missing"), rows)


def _gap(gap: Gap) -> Sequence[Value]:
    nearest: Sequence[Value] = (None,) * len(_NEAREST_NAMES)
    if gap.nearest is not None:
        near = gap.nearest
        nearest = (near.hash, near.stack, near.os, near.target, near.source, near.differs)
    return (
        gap.stack,
        gap.os,
        gap.target,
        gap.want,
        gap.package,
        gap.version,
        gap.hash,
        gap.state,
        gap.cells_lacking,
        gap.blocked,
        gap.roots_completed,
        gap.buildable_now,
        *nearest,
        None,
        gap.group,
        gap.developed,
    )


def _unknown(want: UnknownWant) -> Sequence[Value]:
    told = (want.stack, want.os, want.target, want.want, want.package, None, None, "unknown")
    nothing = (None,) * (len(_GAP_NAMES) - len(told) + len(_NEAREST_NAMES))
    return (*told, *nothing, want.missing, want.group, None)


def _key(change: str, key: KeyInCell) -> Sequence[Value]:
    place = (key.stack, key.os, key.target)
    nothing = (None,) * 4
    return (change, *place, key.want, key.package, key.version, key.hash, *nothing)


def _change(change: Change) -> Sequence[Value]:
    place = (change.stack, change.os, change.target)
    keys = (change.old, change.new, change.old_versions, change.new_versions)
    return ("changed", *place, None, change.package, None, None, *keys)


def table(names: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Return rows under the names of their columns."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_shown(value) for value in row] for row in rows)
    return text.getvalue()


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return escape.csv_cell(value)
    if isinstance(value, tuple):
        return escape.csv_cell("; ".join(value))
    return str(value)
