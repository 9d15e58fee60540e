"""The difference of two locks, or of a mirror and a lock: new specs and their causes."""

from __future__ import annotations

from dataclasses import replace
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
    from collections.abc import Sequence

    from specplan.catalog.contents import Contents

__all__ = ["compare"]


def compare(old: Contents, new: Contents) -> LockDiff:
    """Return the new specs of a state and their causes; see :meth:`specplan.Catalog.diff_specs`.

    Args:
        old: The old state.
        new: The new state.
    """
    answer = _answer(old, new)
    lost = _lost(answer, new)
    specs = tuple(_new(each) for each in answer.new)
    # Unread specs of the new state could be new; those of the old one could be gone.
    left_out = of_sources(old, blocks=True) + of_sources(new, blocks=True)
    return LockDiff(
        old=old.name,
        new=new.name,
        specs=specs,
        gone=tuple(named_of(each.spec) for each in answer.gone),
        causes=tuple(
            OwnChange(
                spec=specs[each.new],
                reaches=each.reaches,
                explains_alone=each.explains_alone,
                reaches_by_link_run=each.reaches_by_link_run,
            )
            for each in answer.causes
        ),
        hold=tuple(
            HoldStep(
                spec=specs[each.new].spec,
                builds_left=each.builds_left,
                fewest_left=each.fewest_left,
            )
            for each in answer.hold
        ),
        migrated=tuple(
            MigratedSpec(spec=named_of(each.spec), old_hash=each.was) for each in answer.migrated
        ),
        totals=replace(_totals(answer, specs), lost=len(lost)),
        lost=lost,
        stacks=tuple(sorted({*old.core.stacks(None), *new.core.stacks(None)})),
        left_out=merged(left_out),
        sources=old.used_with(new),
    )


def _answer(old: Contents, new: Contents) -> compiled.LockDiffAnswer:
    """Ask the core about two states."""
    for state in (old, new):
        if len(state.core) == 0:
            raise EmptySelectionError(f"`{state.name}` contains no specs")
    beside = old.core.beside(new.core)
    if cycle := beside.cycle():
        raise DamagedSourceError(path=new.name, location=cycle[0], line=None, fault=circle(cycle))
    renamed = compiled.Catalog.beside_cache
    return beside.lock_diff(
        {
            "old": old.state(None),
            "new": [(renamed(cache), tag) for cache, tag in new.state(None)],
        }
    )


def _lost(answer: compiled.LockDiffAnswer, new: Contents) -> tuple[str, ...]:
    """Return the packages that only the old state has; externals are never lost."""
    had = {each.spec.package for each in answer.gone if not each.is_external}
    return tuple(sorted(had.difference(new.core.names("package"))))


def _totals(answer: compiled.LockDiffAnswer, specs: Sequence[NewSpec]) -> LockDiffTotals:
    own = sum(spec.is_own_change for spec in specs)
    return LockDiffTotals(
        kept=answer.kept,
        new=len(specs),
        gone=len(answer.gone),
        builds=answer.builds,
        own_change=own,
        inherited=len(specs) - own,
        recipe_only=sum(spec.is_recipe_only for spec in specs),
        migrated=len(answer.migrated),
    )


def _new(answer: compiled.NewSpecAnswer) -> NewSpec:
    against = answer.against
    return NewSpec(
        spec=named_of(answer.spec),
        external=answer.is_external,
        origin=answer.origin,
        against=None if against is None else named_of(against),
        replaces=answer.replaces,
        differences=tuple(
            Difference(key=each.key, old=each.old, new=each.new) for each in answer.differences
        ),
    )
