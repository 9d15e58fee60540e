"""The difference of two states: a request, the question to the core, and the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import starmap
from typing import get_args

from specplan import _core as compiled
from specplan.catalog.contents import Contents, tags_of
from specplan.catalog.left_out import absent_stacks, nothing_in_common, of_states
from specplan.catalog.migration import CellChanges, Key, changes_of_cells
from specplan.catalog.names import ROOT, refuse_others, select_names
from specplan.catalog.specs import by_hash
from specplan.catalog.systems import Systems
from specplan.model import (
    Change,
    Diff,
    DiffCell,
    DiffTotals,
    KeyInCell,
    LeftOut,
    Level,
    MigratedSpec,
    NamedSpec,
)
from specplan.model.left_out import merged
from specplan.records import dataclass
from specplan.sources.label import split_label

__all__ = ["DiffRequest", "difference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRequest:
    """A question about the difference between two states.

    Attributes:
        old: The older snapshot; None for the newest of its catalog.
        new: The newer snapshot; None for the newest of its catalog.
        stack: Shell patterns of the stacks to compare; without any, all but ``root``.
        os: Only cells of these operating systems (shell patterns).
        target: Only cells of these targets (shell patterns).
        level: The level of keys. At level ``package`` a package has changed if its versions have.
    """

    old: str | None = None
    new: str | None = None
    stack: tuple[str, ...] = ()
    os: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    level: Level = "package"


def difference(
    older: Contents,
    newer: Contents,
    request: DiffRequest,
    old_name: str | None,
    new_name: str | None,
) -> Diff:
    """Compare two states, cell by cell and key by key.

    Args:
        older: The catalog with the older state.
        newer: The catalog with the newer state, perhaps the same.
        request: The question.
        old_name: The name of the older state.
        new_name: The name of the newer state, or None for the name of its snapshot.
    """
    level = request.level
    refuse_others("level", level, get_args(Level))
    new_state = newer.state(request.new)
    core, old_state = newer.beside(older, request.old)
    stacks, old_stacks = core.stacks(new_state), core.stacks(old_state)
    selected = select_names(request.stack, {*stacks, *old_stacks}, kind="stack")
    systems = Systems(core, {})
    both = [name for name in selected if name in stacks and name in old_stacks]
    question: compiled.DiffQuestion = {
        "old": old_state,
        "new": new_state,
        "level": level,
        # An absent stack is one line, instead of all that it had.
        "stacks": [name for name in selected if name in stacks],
        "oss": systems.chosen_oss(request.os),
        "targets": systems.chosen_targets(request.target),
    }
    cells = core.diff(question)
    changes = changes_of_cells(core, question, cells)
    absent = tuple(name for name in selected if name not in stacks)
    new_stacks = tuple(name for name in selected if name not in old_stacks)
    called_old, called_new = old_name or "", new_name or ", ".join(tags_of(new_state))
    left_out = of_states(newer, older) + absent_stacks(absent)
    if not any(cell.stack in both for cell in cells):
        has_stacks = selected or ROOT not in {*stacks, *old_stacks}
        left_out.append(
            _nothing_compared(called_old, called_new, absent, new_stacks)
            if has_stacks
            else _only_unions(called_old, called_new)
        )
    found = _diff(
        list(zip(cells, changes, strict=True)),
        specs=_named(core, changes) if level == "hash" else {},
        level=level,
        old=called_old,
        new=called_new,
        absent_stacks=absent,
        new_stacks=new_stacks,
    )
    damaged, sources = newer.damaged_with(older), newer.used_with(older)
    return replace(found, damaged=damaged, left_out=merged(left_out), sources=sources)


def _named(core: compiled.Catalog, changes: Sequence[CellChanges]) -> dict[str, NamedSpec]:
    """Return the name and version of each hash that an answer names."""
    named: set[str] = set()
    for cell in changes:
        named.update(each.want for each in (*cell.lost, *cell.gained))
        for change in cell.changed:
            named.update((*change.old, *change.new))
        named.update(new for _, new in cell.migrated)
    return {
        dag_hash: NamedSpec(hash=dag_hash, package=spec.package, version=spec.version)
        for dag_hash, spec in by_hash(core, named).items()
    }


def _nothing_compared(
    old: str, new: str, absent: Sequence[str], new_stacks: Sequence[str]
) -> LeftOut:
    """Return the record of two states that share no cell to compare."""
    if absent and new_stacks:
        detail = "the two states have no stack in common"
        remedy = f"{new_stacks[0]}={split_label(old)[1]} if that is the same stack"
    elif absent or new_stacks:
        detail = (
            f"only the {'older' if absent else 'newer'} state has anything on the selected stacks"
        )
        remedy = "name another state, or other stacks with `--stack`"
    else:
        detail = "neither state has anything on the selected systems"
        remedy = "select other systems with `--os` and `--target`"
    return nothing_in_common(f"{old} -> {new}", detail, remedy)


def _only_unions(old: str, new: str) -> LeftOut:
    """Return the record of two states without any stack; a union index is not one."""
    detail = "neither state lists a stack"
    remedy = f"--stack {ROOT} for the union index, or `LABEL=SOURCE` for both states"
    return nothing_in_common(f"{old} -> {new}", detail, remedy)


def _diff(
    answers: Sequence[tuple[compiled.CellDiffAnswer, CellChanges]],
    *,
    level: Level,
    old: str,
    new: str,
    absent_stacks: tuple[str, ...],
    new_stacks: tuple[str, ...],
    specs: Mapping[str, NamedSpec],
) -> Diff:
    """Return the report of a question of difference.

    Args:
        answers: The core's answer for each cell, and the changes there.
        level: The level of keys.
        old: The name of the older state.
        new: The name of the newer state.
        absent_stacks: Stacks that only the older state lists.
        new_stacks: Stacks that only the newer state lists.
        specs: The name and version of each key that is a hash.
    """
    cells = tuple(starmap(_cell, answers))
    migrated = sorted(
        {(now, was) for _, changes in answers for was, now in changes.migrated if now in specs}
    )
    return Diff(
        level=level,
        old=old,
        new=new,
        cells=cells,
        lost=tuple(_keys(((cell, changes.lost) for cell, changes in answers), specs)),
        gained=tuple(_keys(((cell, changes.gained) for cell, changes in answers), specs)),
        changed=tuple(_changes(answers, specs)),
        migrated=tuple(MigratedSpec(spec=specs[now], old_hash=was) for now, was in migrated),
        absent_stacks=absent_stacks,
        new_stacks=new_stacks,
        totals=DiffTotals(
            kept=sum(cell.kept for cell in cells),
            lost=sum(cell.lost for cell in cells),
            gained=sum(cell.gained for cell in cells),
            changed=sum(cell.changed for cell in cells),
            migrated=sum(cell.migrated for cell in cells),
        ),
        damaged=(),
        left_out=(),
    )


def _cell(cell: compiled.CellDiffAnswer, changes: CellChanges) -> DiffCell:
    return DiffCell(
        stack=cell.stack,
        platform=cell.platform,
        os=cell.os,
        target=cell.target,
        kept=cell.kept,
        lost=len(changes.lost),
        gained=len(changes.gained),
        changed=len(changes.changed),
        migrated=len(changes.migrated),
    )


def _changes(
    answers: Iterable[tuple[compiled.CellDiffAnswer, CellChanges]],
    specs: Mapping[str, NamedSpec],
) -> Iterator[Change]:
    for cell, changes in answers:
        for change in changes.changed:
            yield Change(
                stack=cell.stack,
                os=cell.os,
                target=cell.target,
                package=change.package,
                old=change.old,
                new=change.new,
                old_versions=tuple(specs[key].version for key in change.old if key in specs),
                new_versions=tuple(specs[key].version for key in change.new if key in specs),
            )


def _keys(
    keys_of_cells: Iterable[tuple[compiled.CellDiffAnswer, tuple[Key, ...]]],
    specs: Mapping[str, NamedSpec],
) -> Iterator[KeyInCell]:
    for cell, keys in keys_of_cells:
        stack, os, target = cell.stack, cell.os, cell.target
        for key in keys:
            spec = None if key.hash is None else specs.get(key.hash)
            yield KeyInCell(
                stack=stack,
                os=os,
                target=target,
                want=key.want,
                package=key.package,
                version=None if spec is None else spec.version,
                hash=key.hash,
            )
