"""Short keys of wants, for comparison with the wants of a saved document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan import _core
from specplan.model.want_keys import KeyedWants, WantKeys, keys_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from specplan.aliases import CellName
    from specplan.model import Cell, Coverage, LackingKeys
    from specplan.model.want_keys import KnownWants

__all__ = ["alike", "moved", "name_of", "saved_wants", "want_keys"]


def name_of(cell: Cell | LackingKeys) -> CellName:
    """Return the stack, the operating system and the target of a cell."""
    return cell.stack, cell.os, cell.target


def want_keys(
    cells: Sequence[Cell], wants: Mapping[CellName, AbstractSet[str]]
) -> tuple[WantKeys, ...]:
    """Return the keys of the wants of cells; cells with the same wants share them.

    Args:
        cells: The cells of a document, in their order.
        wants: By cell, all its wants.
    """
    sharing: dict[frozenset[str], list[int]] = {}
    for at, cell in enumerate(cells):
        if own := wants.get((cell.stack, cell.os, cell.target)):
            sharing.setdefault(frozenset(own), []).append(at)
    return tuple(
        WantKeys(cells=tuple(numbers), keys=_core.sorted_want_keys(own))
        for own, numbers in sharing.items()
    )


def moved(coverage: Coverage, cells: Sequence[Cell]) -> tuple[WantKeys, ...] | None:
    """Return the keys of a result with new cell numbers after cells were added."""
    if coverage.want_keys is None:
        return None
    at = {(cell.stack, cell.os, cell.target): number for number, cell in enumerate(cells)}
    places = [(cell.stack, cell.os, cell.target) for cell in coverage.cells]
    return tuple(
        WantKeys(cells=tuple(at[places[each]] for each in own.cells), keys=own.keys)
        for own in coverage.want_keys
    )


def saved_wants(saved: Coverage) -> dict[CellName, KnownWants] | None:
    """Return the wants of the cells of a saved document; None if they are not recorded by name."""
    if saved.want_keys is None:
        return None
    found: dict[CellName, KnownWants] = {}
    for own in saved.want_keys:
        keys = KeyedWants(own.each)
        for each in own.cells:
            cell = saved.cells[each]
            found[cell.stack, cell.os, cell.target] = keys
    return found


def alike(old: KnownWants, new: KnownWants) -> tuple[AbstractSet[str], AbstractSet[str]]:
    """Return the wants of a cell at two steps, both by name or both by key."""
    if not isinstance(old, KeyedWants) and not isinstance(new, KeyedWants):
        return old, new
    if old is new:
        return frozenset(), frozenset()
    return _by_key(old), _by_key(new)


def _by_key(wants: KnownWants) -> AbstractSet[str]:
    return wants.keys if isinstance(wants, KeyedWants) else set(keys_of(wants))
