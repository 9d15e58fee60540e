"""The causes of gaps: each gap has one, and most causes have many gaps."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from specplan.records import dataclass
from specplan.reports.html.values import Cause
from specplan.reports.render import prose, wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.reports.html.values import GapRow
    from specplan.reports.render.prose import Prose

__all__ = ["Causes", "cause_key", "causes_of"]

#: The maximum number of packages that are named for a cause.
_FEW: Final = 4

#: A clause that only one gap has is less useful than its subject.
_ALONE: Final = 1

#: The remedy for gaps of each state.
_REMEDIES: Final = {
    "not_concretized": "run `spack concretize`",
    "installed": "push it",
    "unindexed": "run `spack buildcache update-index`",
    "other_stack": "publish, do not build",
    "other_system": "build it for this system",
    "missing": "build it",
}

#: The difference of a key of a spec, as a sentence.
_WORDS: Final = {
    "os": "only other operating systems have it",
    "target": "only other targets have it",
    "version": "other versions only",
    "compiler": "built with other compilers only",
    "variants": "other variants only",
    "stack": "only other stacks have it",
    "recipe": "built from another recipe",
    "dependency": "built with another dependency",
}

_STATES: Final = {
    "not_concretized": "the lock beside the environment lacks it",
    "installed": "installed, and never pushed",
    "unindexed": "in the cache, and in no index",
    "other_stack": "another stack has it",
    "other_system": "only other systems have it",
    "missing": "no similar binary anywhere",
}

#: The properties that gaps share: the state, the difference of the nearest binary, and its place or
#: its way.
Key = tuple[str, str, str]


def cause_key(state: str, differs: str, cell: tuple[str, str, str] | None) -> Key:
    """Return the cause that a gap shares with others.

    Args:
        state: The state of the gap.
        differs: The first difference of its nearest binary; empty if there is none.
        cell: The stack, the operating system and the target of that binary, or None.
    """
    if state not in {"other_stack", "other_system", "missing"}:
        return (state, "", "")
    if cell is None:
        return (state, "none", "")
    stack, os, target = cell
    if state == "other_stack":
        return (state, "stack", stack)
    if differs in {"os", "target"}:
        return (state, differs, os if differs == "os" else target)
    return (state, differs.split(" ", 1)[0], differs)


@dataclass(frozen=True, slots=True)
class Causes:
    """The causes of gaps, and the cause of each gap."""

    causes: tuple[Cause, ...]
    of_gaps: tuple[int, ...]


def causes_of(gaps: Sequence[GapRow], keys: Sequence[Key]) -> Causes:
    """Return the causes of gaps, the most frequent first, and the number of each gap's cause.

    Args:
        gaps: The gaps.
        keys: The shared properties of each gap.
    """
    alike = Counter(keys)
    shared = [
        key if alike[key] > _ALONE or " " not in key[2] else (key[0], key[1], "") for key in keys
    ]
    counts = Counter(shared)
    ranked = sorted(counts, key=lambda key: (-counts[key], key))
    at = {key: number for number, key in enumerate(ranked)}
    members: list[list[GapRow]] = [[] for _ in ranked]
    for gap, key in zip(gaps, shared, strict=True):
        members[at[key]].append(gap)
    return Causes(
        causes=tuple(_cause(key, found) for key, found in zip(ranked, members, strict=True)),
        of_gaps=tuple(at[key] for key in shared),
    )


def _cause(key: Key, gaps: Sequence[GapRow]) -> Cause:
    packages = [name for name, _ in Counter(gap.package for gap in gaps).most_common()]
    named = packages if len(packages) <= _FEW + 1 else packages[:_FEW]
    return Cause(
        id=".".join(part for part in key if part).replace(" ", "_"),
        title=_title(key),
        remedy=_REMEDIES.get(key[0], ""),
        state=key[0],
        gaps=len(gaps),
        cells=len({(gap.stack, gap.os, gap.target) for gap in gaps}),
        packages=tuple(named),
        more=len(packages) - len(named),
    )


def _title(key: Key) -> Prose:
    state, word, what = key
    if state == "other_stack" and word == "stack" and what:
        is_union = what == wording.UNION_INDEX
        return "the union index has it" if is_union else f"{prose.name(what)} has it"
    if word in {"", "none", "stack"}:
        return _STATES.get(state, state)
    if word in {"os", "target"}:
        return f"only {prose.name(what)} has it"
    if " " in what:
        return f"nearest differs: {prose.words(what)}"
    return _WORDS.get(word, "nearest differs in a variant or a flag")
