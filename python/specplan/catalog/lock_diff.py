"""Two locks, or a mirror and a lock: what is new, and what caused it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan import _core as compiled
from specplan.catalog.left_out import of_sources
from specplan.catalog.specs import named_of
from specplan.counting import circle
from specplan.errors import DamagedSourceError, EmptySelectionError
from specplan.model import (
    Difference,
    HoldStep,
    LockDiff,
    LockDiffTotals,
    MigratedSpec,
    NewSpec,
    OwnChange,
)
from specplan.model.left_out import merged

if TYPE_CHECKING:
    from specplan.catalog.contents import Contents

__all__ = ["compare"]


def compare(old: Contents, new: Contents) -> LockDiff:
    """Tell what is new in a state, and what caused it; see :meth:`specplan.Catalog.compare`.

    Args:
        old: The old state.
        new: The new state.
    """
    for each in (old, new):
        if len(each.core) == 0:
            raise EmptySelectionError(f"`{each.name}` holds no spec at all")
    beside = old.core.beside(new.core)
    if cycle := beside.cycle():
        raise DamagedSourceError(
            path=new.name,
            place=cycle[0],
            line=None,
            fault=circle(cycle),
        )
    renamed = compiled.Catalog.beside_cache
    # What the new state holds could be new, and what the old one holds could be gone.
    left_out = of_sources(old, blocks=True) + of_sources(new, blocks=True)
    kept, fresh, gone, causes, builds, hold, migrated = beside.lock_diff(
        {
            "old": old.state(None),
            "new": [(renamed(cache), tag) for cache, tag in new.state(None)],
        }
    )
    specs = tuple(_new(answer) for answer in fresh)
    own = sum(each.is_own_change for each in specs)
    return LockDiff(
        old=old.name,
        new=new.name,
        specs=specs,
        gone=tuple(named_of(each) for each, _ in gone),
        causes=tuple(
            OwnChange(
                spec=specs[at],
                reaches=reaches,
                explains_alone=alone,
                reaches_by_link_run=by_link_run,
            )
            for at, reaches, alone, by_link_run in causes
        ),
        hold=tuple(
            HoldStep(spec=specs[at].spec, builds_left=left, fewest_left=fewest)
            for at, left, fewest in hold
        ),
        migrated=tuple(MigratedSpec(spec=named_of(each), was=was) for each, was in migrated),
        totals=LockDiffTotals(
            kept=kept,
            new=len(specs),
            gone=len(gone),
            builds=builds,
            own_change=own,
            inherited=len(specs) - own,
            recipe_only=sum(each.is_recipe_only for each in specs),
            migrated=len(migrated),
        ),
        left_out=merged(left_out),
        sources=old.used_with(new),
    )


def _new(answer: compiled.NewSpecAnswer) -> NewSpec:
    spec, external, origin, against, replaces, differences = answer
    return NewSpec(
        spec=named_of(spec),
        external=external,
        origin=origin,
        against=None if against is None else named_of(against),
        replaces=replaces,
        differences=tuple(Difference(key=key, old=old, new=new) for key, old, new in differences),
    )
