"""A question of difference: from patterns to the names that the core asks for, in two states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from specplan import _core
from specplan import _core as compiled
from specplan.catalog.contents import Contents, tag_of
from specplan.catalog.left_out import absent_stacks, nothing_in_common, of_states
from specplan.catalog.names import chosen
from specplan.catalog.systems import Systems
from specplan.model import (
    Change,
    Diff,
    DiffCell,
    DiffTotals,
    KeyInCell,
    LeftOut,
    Level,
)
from specplan.model.left_out import merged

__all__ = ["DiffRequest", "difference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRequest:
    """What is asked of the difference of two states.

    Attributes:
        old: The older snapshot; None for the newest of what holds it.
        new: The newer snapshot; None for the newest of what holds it.
        stack: Shell patterns of the stacks to compare; without any, all but ``root``.
        os: Only cells of these operating systems (shell patterns).
        target: Only cells of these targets (shell patterns).
        level: What a key is. At level ``package`` a package has changed if its versions have.
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
    """Hold two states against each other, cell by cell and key by key.

    Args:
        older: What holds the older state.
        newer: What holds the newer state, perhaps the same.
        request: What is asked.
        old_name: What the older state is called.
        new_name: What the newer state is called, or None for the name of its snapshot.
    """
    level = request.level
    new_state = newer.state(request.new)
    core, old_state = newer.beside(older, request.old)
    labels, old_labels = core.labels(new_state), core.labels(old_state)
    selected = chosen(request.stack, {*labels, *old_labels}, kind="stack")
    systems = Systems(core, {})
    both = [name for name in selected if name in labels and name in old_labels]
    cells = core.diff(
        {
            "old": old_state,
            "new": new_state,
            "level": level,
            # A stack that is absent is one line, and not all that it had.
            "stacks": [name for name in selected if name in labels],
            "oss": systems.chosen_oss(request.os),
            "targets": systems.chosen_targets(request.target),
        }
    )
    absent = tuple(name for name in selected if name not in labels)
    new_stacks = tuple(name for name in selected if name not in old_labels)
    called_old, called_new = old_name or "", new_name or tag_of(new_state) or ""
    left_out = of_states(newer, older) + absent_stacks(absent)
    if not any(cell[0] in both for cell in cells):
        left_out.append(_nothing_compared(called_old, called_new, absent, new_stacks))
    found = _diff(
        cells,
        versions=_versions(core, cells) if level == "hash" else {},
        level=level,
        old=called_old,
        new=called_new,
        absent_stacks=absent,
        new_stacks=new_stacks,
    )
    return replace(
        found,
        damaged=newer.damaged_with(older),
        left_out=merged(left_out),
        sources=newer.used_with(older),
    )


def _versions(core: compiled.Catalog, cells: Sequence[compiled.CellDiffAnswer]) -> dict[str, str]:
    """Return the version of each hash that an answer names."""
    named: set[str] = set()
    for *_, lost, gained, changed in cells:
        named.update(want for want, *_ in (*lost, *gained))
        for _, old, new in changed:
            named.update((*old, *new))
    found = core.specs(compiled.Query.hashes(sorted(named)), None)
    return {each[0]: each[2] for each in found}


def _nothing_compared(
    old: str, new: str, absent: Sequence[str], new_stacks: Sequence[str]
) -> LeftOut:
    """Return the record of two states that share no cell to compare."""
    if absent and new_stacks:
        detail = "the two states list no stack in common"
        remedy = f"{new_stacks[0]}={old} if that is the same stack"
    elif absent or new_stacks:
        detail = f"only the {'older' if absent else 'newer'} state lists anything that is asked for"
        remedy = "name another state, or other stacks with `--stack`"
    else:
        detail = "neither state has anything on the systems that are asked for"
        remedy = "ask for other systems with `--os` and `--target`"
    return nothing_in_common(f"{old} -> {new}", detail, remedy)


def _diff(
    answers: Sequence[_core.CellDiffAnswer],
    *,
    level: Level,
    old: str,
    new: str,
    absent_stacks: tuple[str, ...],
    new_stacks: tuple[str, ...],
    versions: Mapping[str, str],
) -> Diff:
    """Return the report of a question of difference.

    Args:
        answers: What the core answers.
        level: What a key is.
        old: What the older state is called.
        new: What the newer state is called.
        absent_stacks: Stacks that only the older state lists.
        new_stacks: Stacks that only the newer state lists.
        versions: The version of each key that is a hash.
    """
    cells = tuple(
        DiffCell(
            stack=each[0],
            platform=each[1],
            os=each[2],
            target=each[3],
            kept=each[4],
            lost=len(each[5]),
            gained=len(each[6]),
            changed=len(each[7]),
        )
        for each in answers
    )
    return Diff(
        level=level,
        old=old,
        new=new,
        cells=cells,
        lost=tuple(_keys(answers, 5, versions)),
        gained=tuple(_keys(answers, 6, versions)),
        changed=tuple(
            Change(
                stack=each[0],
                os=each[2],
                target=each[3],
                package=package,
                old=tuple(before),
                new=tuple(after),
                old_versions=tuple(versions[each] for each in before if each in versions),
                new_versions=tuple(versions[each] for each in after if each in versions),
            )
            for each in answers
            for package, before, after in each[7]
        ),
        absent_stacks=absent_stacks,
        new_stacks=new_stacks,
        totals=DiffTotals(
            kept=sum(cell.kept for cell in cells),
            lost=sum(cell.lost for cell in cells),
            gained=sum(cell.gained for cell in cells),
            changed=sum(cell.changed for cell in cells),
        ),
        damaged=(),
        left_out=(),
    )


def _keys(
    answers: Sequence[_core.CellDiffAnswer], part: Literal[5, 6], versions: Mapping[str, str]
) -> Iterator[KeyInCell]:
    for each in answers:
        for want, package, dag_hash in each[part]:
            yield KeyInCell(
                stack=each[0],
                os=each[2],
                target=each[3],
                want=want,
                package=package,
                version=None if dag_hash is None else versions.get(dag_hash),
                hash=dag_hash,
            )
