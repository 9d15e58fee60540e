"""A question of difference: from patterns to the names that the core asks for, in two states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan import _core as compiled
from specplan import answers, gathering
from specplan.contents import tag_of
from specplan.model.left_out import merged
from specplan.wants import Systems, chosen, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.contents import Contents
    from specplan.model import Diff, LeftOut, Level

__all__ = ["difference"]


def difference(
    older: Contents,
    old: str | None,
    newer: Contents,
    new: str | None,
    *,
    old_name: str | None,
    new_name: str | None,
    stack: str | Sequence[str],
    os: str | Sequence[str],
    target: str | Sequence[str],
    level: Level,
) -> Diff:
    """Hold two states against each other; see :meth:`specplan.Catalog.diff`.

    Args:
        older: What holds the older state.
        old: Its snapshot, or None for the newest.
        newer: What holds the newer state, perhaps the same.
        new: Its snapshot, or None for the newest.
        old_name: What the older state is called.
        new_name: What the newer state is called, or None for the name of its snapshot.
        stack: See there, as all that follows.
        os: See there.
        target: See there.
        level: See there.
    """
    new_state = newer.state(new)
    core, old_state = newer.beside(older, old)
    labels, old_labels = core.labels(new_state), core.labels(old_state)
    selected = chosen(texts(stack), {*labels, *old_labels}, kind="stack")
    systems = Systems(core, {})
    both = [name for name in selected if name in labels and name in old_labels]
    cells = core.diff(
        {
            "old": old_state,
            "new": new_state,
            "level": level,
            # A stack that is absent is one line, and not all that it had.
            "stacks": [name for name in selected if name in labels],
            "oss": systems.chosen_oss(texts(os)),
            "targets": systems.chosen_targets(texts(target)),
        }
    )
    absent = tuple(name for name in selected if name not in labels)
    new_stacks = tuple(name for name in selected if name not in old_labels)
    called_old, called_new = old_name or "", new_name or tag_of(new_state) or ""
    left_out = gathering.of_states(newer, older) + gathering.absent_stacks(absent)
    if not any(cell[0] in both for cell in cells):
        left_out.append(_nothing_compared(called_old, called_new, absent, new_stacks))
    return answers.diff(
        cells,
        versions=_versions(core, cells) if level == "hash" else {},
        level=level,
        old=called_old,
        new=called_new,
        absent_stacks=absent,
        new_stacks=new_stacks,
        damaged=newer.damaged_with(older),
        left_out=merged(left_out),
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
    return gathering.nothing_in_common(f"{old} -> {new}", detail, remedy)
