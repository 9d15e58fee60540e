"""Not-wanted entries and known gaps, looked up by the wants that they match.

An entry has a pattern for names, and patterns for the stack, the operating system and the target.
There can be tens of thousands, each for one package, so they are looked up by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan import wildcards

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from specplan.model import NotWanted

__all__ = ["Entries", "not_wanted_entries"]

#: The patterns for stack, operating system and target.
_OfCell = tuple[str, str, str]

_NONE: Final = ()


class Entries:
    """The positions of entries, by their subject."""

    def __init__(self, entries: Iterable[tuple[str, str, str, str]]) -> None:
        """Make entries from patterns for names, stacks, operating systems and targets.

        Complexity: linear in the entries.
        """
        groups: dict[_OfCell, _NamePatterns] = {}
        for at, (name, *of_cell) in enumerate(entries):
            stack, os, target = of_cell
            groups.setdefault((stack, os, target), _NamePatterns()).add(name, at)
        self._named: dict[str, list[tuple[_OfCell, _NamePatterns]]] = {}
        self._others: list[tuple[_OfCell, _NamePatterns]] = []
        for each in groups.items():
            stack = each[0][0]
            if wildcards.is_name(stack):
                self._named.setdefault(stack, []).append(each)
            else:
                self._others.append(each)
        self._of_cells: dict[_OfCell, tuple[_NamePatterns, ...]] = {}

    def about(self, names: Iterable[str], stack: str, os: str, target: str) -> list[int]:
        """Return the positions of the entries about something in a cell, in their order.

        Args:
            names: All its names.
            stack: The stack of the cell.
            os: The operating system of the cell.
            target: The target of the cell.
        """
        groups = self._in_cell(stack, os, target)
        if not groups:
            return []
        found = {at for name in names for group in groups for at in group.matching(name)}
        return sorted(found)

    def in_cells(self, cells: Iterable[tuple[str, str, str]]) -> set[int]:
        """Return the positions of the entries about anything in one of the cells."""
        groups = {id(group): group for cell in cells for group in self._in_cell(*cell)}
        return {at for group in groups.values() for at in group.positions}

    def _in_cell(self, stack: str, os: str, target: str) -> tuple[_NamePatterns, ...]:
        cell = stack, os, target
        found = self._of_cells.get(cell)
        if found is None:
            found = tuple(
                names
                for (of_stacks, of_oss, of_targets), names in self._near(stack)
                if wildcards.matches(stack, of_stacks)
                and wildcards.matches(os, of_oss)
                and wildcards.matches(target, of_targets)
            )
            self._of_cells[cell] = found
        return found

    def _near(self, stack: str) -> Iterator[tuple[_OfCell, _NamePatterns]]:
        yield from self._named.get(stack, _NONE)
        yield from self._others


class _NamePatterns:
    """The name patterns of entries about the same cells."""

    def __init__(self) -> None:
        self.positions: list[int] = []
        self._exact: dict[str, list[int]] = {}
        #: By their text before the first wildcard.
        self._wild: dict[str, list[tuple[str, int]]] = {}
        self._found: dict[str, tuple[int, ...]] = {}

    def add(self, pattern: str, at: int) -> None:
        """Add an entry."""
        self.positions.append(at)
        if wildcards.is_name(pattern):
            self._exact.setdefault(pattern, []).append(at)
        else:
            self._wild.setdefault(wildcards.beginning(pattern), []).append((pattern, at))

    def matching(self, name: str) -> tuple[int, ...]:
        """Return the positions of the entries whose pattern matches a name."""
        found = self._found.get(name)
        if found is None:
            near = (
                each for end in range(len(name) + 1) for each in self._wild.get(name[:end], _NONE)
            )
            found = (
                *self._exact.get(name, _NONE),
                *(at for pattern, at in near if wildcards.matches(name, pattern)),
            )
            self._found[name] = found
        return found


def not_wanted_entries(entries: Iterable[NotWanted]) -> Entries:
    """Return the entries that exclude wants, for lookup by package and cell."""
    return Entries((each.package, each.stack, each.os, each.target) for each in entries)
