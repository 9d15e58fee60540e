"""Lost, gained and changed keys of a cell, apart from changes of the file format alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from specplan import _core as compiled
    from specplan._core import DiffQuestion

__all__ = ["CellChanges", "ChangedKeys", "Key", "changes_of_cells"]


class Key(NamedTuple):
    """A key that a cell lost or gained."""

    want: str
    package: str
    hash: str | None


class ChangedKeys(NamedTuple):
    """A package of a cell, with its old keys and those that replaced them."""

    package: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChanges:
    """The keys that a cell lost, gained and changed.

    Attributes:
        lost: By text.
        gained: By text.
        changed: By package.
        migrated: Each old hash with the new one of the same spec in another format, by the new one.
            These are neither lost, gained nor changed.
    """

    lost: tuple[Key, ...]
    gained: tuple[Key, ...]
    changed: tuple[ChangedKeys, ...]
    migrated: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Migration:
    """The hashes that a cell lost or gained only because of another format.

    Attributes:
        lost: The hashes that are lost only as hashes.
        gained: The hashes that are gained only as hashes.
        pairs: Each old hash with the new one of the same spec, by the new one.
    """

    lost: frozenset[str] = frozenset()
    gained: frozenset[str] = frozenset()
    pairs: tuple[tuple[str, str], ...] = ()


_NO_MIGRATION: Final = _Migration()


def changes_of_cells(
    core: compiled.Catalog,
    question: DiffQuestion,
    cells: Sequence[compiled.CellDiffAnswer],
) -> list[CellChanges]:
    """Return the lost, gained and changed keys of each cell.

    A lost spec is still there if the cell now lists it in another format, whether that is new or
    not; a gained spec was there before if the cell listed it in another format. Only hashes depend
    on formats.

    Args:
        core: The rows of both states.
        question: The question.
        cells: The answer to it.

    Complexity: linear in the specs and edges of the catalog.
    """
    if question["level"] == "hash":
        migrations = _migrations(core, question, cells)
    else:
        migrations = [_NO_MIGRATION] * len(cells)
    return [_changes(cell, each) for cell, each in zip(cells, migrations, strict=True)]


def _changes(cell: compiled.CellDiffAnswer, migration: _Migration) -> CellChanges:
    lost = list(_left(cell.lost, migration.lost))
    gained = list(_left(cell.gained, migration.gained))
    changed: list[ChangedKeys] = []
    for each in cell.changed:
        old = tuple(key for key in each.old if key not in migration.lost)
        new = tuple(key for key in each.new if key not in migration.gained)
        is_whole = len(old) + len(new) == len(each.old) + len(each.new)
        if is_whole or (old and new):
            changed.append(ChangedKeys(each.package, old, new))
        else:
            lost.extend(Key(key, each.package, key) for key in old)
            gained.extend(Key(key, each.package, key) for key in new)
    if migration.pairs:
        lost.sort()
        gained.sort()
    return CellChanges(
        lost=tuple(lost),
        gained=tuple(gained),
        changed=tuple(changed),
        migrated=migration.pairs,
    )


def _left(keys: Iterable[compiled.KeyAnswer], migrated: AbstractSet[str]) -> Iterator[Key]:
    """Return the keys that are not migrated."""
    return (Key(key.want, key.package, key.hash) for key in keys if key.want not in migrated)


def _migrations(
    core: compiled.Catalog,
    question: DiffQuestion,
    cells: Sequence[compiled.CellDiffAnswer],
) -> list[_Migration]:
    """Return, for each cell, the hashes that changed only because of the format."""
    if not any(cell.lost or cell.gained or cell.changed for cell in cells):
        return [_NO_MIGRATION] * len(cells)
    before = _hashes_of_cells(core, {**question, "old": [], "new": question["old"]})
    after = _hashes_of_cells(core, {**question, "old": []})
    listed = sorted({each for side in (before, after) for cell in side.values() for each in cell})
    same = {
        dag_hash: first
        for first, other in core.same_but_for_format(listed, listed)
        for dag_hash in (first, other)
    }
    if not same:
        return [_NO_MIGRATION] * len(cells)
    nothing: frozenset[str] = frozenset()
    places = [(cell.stack, cell.os, cell.target) for cell in cells]
    return [_of_cell(before.get(at, nothing), after.get(at, nothing), same) for at in places]


def _hashes_of_cells(
    core: compiled.Catalog, question: DiffQuestion
) -> dict[tuple[str, str, str], frozenset[str]]:
    """Return all hashes of each cell, which are its gains compared with an empty state."""
    return {
        (cell.stack, cell.os, cell.target): frozenset(key.want for key in cell.gained)
        for cell in core.diff(question)
    }


def _of_cell(before: frozenset[str], after: frozenset[str], same: dict[str, str]) -> _Migration:
    """Return the specs of a cell in both states whose hash changed only because of the format.

    Args:
        before: The hashes in the older state.
        after: The hashes in the newer one.
        same: For each hash that several formats have, one that all of them share.
    """
    was, now = _first(before, same), _first(after, same)
    lost = {old for old in before - after if same.get(old) in now}
    gained = {new for new in after - before if same.get(new) in was}
    pairs = {(old, now[same[old]]) for old in lost} | {(was[same[new]], new) for new in gained}
    by_new = sorted(pairs, key=lambda pair: (pair[1], pair[0]))
    return _Migration(frozenset(lost), frozenset(gained), tuple(by_new))


def _first(hashes: Iterable[str], same: dict[str, str]) -> dict[str, str]:
    """Return the smallest of some hashes for each spec that several formats have."""
    found: dict[str, str] = {}
    for each in sorted(hashes):
        if each in same:
            found.setdefault(same[each], each)
    return found
