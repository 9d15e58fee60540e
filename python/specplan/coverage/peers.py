"""The peers of a stack, and the exclusion of wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.catalog.names import ROOT, Matching

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


__all__ = ["peers_of"]


def peers_of(
    reported: Iterable[str], stacks: Collection[str], families: Mapping[str, Sequence[str]]
) -> tuple[list[list[str]], list[int]]:
    """Return the stacks that define the wants of stacks, including themselves.

    These are the stacks of every configured family that has a pattern for the
    stack; without one, the stacks that share its first dash-separated word.

    Args:
        reported: The stacks in question.
        stacks: All stacks.
        families: The patterns of each family, by name.

    Returns:
        The distinct sets of peers, each sorted, and for each reported stack the position of its
        own among them.

    Complexity: linear in the stacks, with one pass over all of them for each configured pattern.
    """
    known = Matching(stacks)
    configured = [
        {name for pattern in patterns for name in known.chosen_by(pattern)}
        for patterns in families.values()
    ]
    by_word: dict[str, list[str]] = {}
    for name in sorted(stacks):
        if name != ROOT:
            by_word.setdefault(_first_word(name), []).append(name)
    found: dict[tuple[int, ...] | tuple[str, bool], int] = {}
    sets: list[list[str]] = []
    positions = []
    for stack in reported:
        own = [at for at, members in enumerate(configured) if stack in members]
        # The union index is in no family, not even that of the stacks `root-...`.
        key = tuple(own) or (_first_word(stack), stack == ROOT)
        if key not in found:
            found[key] = len(sets)
            if own:
                sets.append(sorted(set().union(*(configured[at] for at in own))))
            else:
                sets.append([ROOT] if stack == ROOT else by_word.get(_first_word(stack), []))
        positions.append(found[key])
    return sets, positions


def _first_word(stack: str) -> str:
    return stack.partition("-")[0]
