"""The covered wants by name: the wants of each cell without its gaps.

The core counts covered wants and names missing ones. To get the names of all wants, it is asked the
same question about a state in which nothing is available. The keys of peers are obtained in the
same way from each of their cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from specplan.catalog.specs import by_hash
from specplan.coverage.entries import not_wanted_entries
from specplan.model.gap import CoveredWant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from specplan import _core
    from specplan.coverage.ask import ResolvedAnswer
    from specplan.coverage.entries import Entries
    from specplan.model import Gap

__all__ = ["Cells", "all_wants", "covered_wants", "keys_of_cells", "wants_of_cells"]

#: Stack, operating system and target, with keys as text.
Cells: TypeAlias = "dict[tuple[str, str, str], tuple[str, ...]]"


def covered_wants(answer: ResolvedAnswer, gaps: Iterable[Gap]) -> tuple[CoveredWant, ...]:
    """Return the wants of peers, baselines and locks that are covered, by cell, then want.

    Args:
        answer: The core's answer.
        gaps: The gaps.

    Complexity: linear in the wants of all cells.
    """
    lacking: dict[tuple[str, str, str], set[str]] = {}
    for gap in gaps:
        lacking.setdefault((gap.stack, gap.os, gap.target), set()).add(gap.want)
    found = {
        cell: [each for each in keys if each not in lacking.get(cell, ())]
        for cell, keys in wants_of_cells(answer).items()
    }
    specs: Mapping[str, _core.SpecAnswer] = {}
    is_of_hashes = answer.level == "hash"
    if is_of_hashes:
        specs = by_hash(answer.core, {key for keys in found.values() for key in keys})
    return tuple(
        CoveredWant(
            stack=stack,
            os=os,
            target=target,
            want=key,
            package=specs[key].package if key in specs else key.partition("@")[0],
            version=specs[key].version if key in specs else None,
            hash=key if is_of_hashes else None,
        )
        for (stack, os, target), keys in sorted(found.items())
        for key in keys
    )


def wants_of_cells(answer: ResolvedAnswer) -> Cells:
    """Return the wanted keys of each cell, sorted; roots of environments are not keys."""
    question = answer.question
    if question is None:
        return {}
    if question["peers"] is not None:
        return _of_peers(answer, question)
    asked: _core.CoverageQuestion = {**question, "state": [], "detail": "keys"}
    return _lacking(answer.core, asked)


def all_wants(found: ResolvedAnswer) -> dict[tuple[str, str, str], AbstractSet[str]]:
    """Return all wants of each cell by name; cells that want the same share one set."""
    sets: dict[tuple[str, ...], frozenset[str]] = {}
    wants: dict[tuple[str, str, str], AbstractSet[str]] = {}
    for place, keys in wants_of_cells(found).items():
        if keys not in sets:
            sets[keys] = frozenset(keys)
        wants[place] = sets[keys]
    if found.abstract is not None:
        asked = found.abstract.wants
        for cell in asked.cells:
            place = (cell.stack, cell.os, cell.target)
            wants[place] = {*wants.get(place, ()), *(asked.specs[want] for want in cell.wants)}
    for root in found.not_concretized:
        place = (root.stack, root.os, root.target)
        wants[place] = {*wants.get(place, ()), root.want}
    return wants


def keys_of_cells(core: _core.Catalog, question: _core.CoverageQuestion) -> Cells:
    """Return the keys of each cell of the stacks that are reported, sorted.

    Args:
        core: The catalog.
        question: The state, the level and the stacks; the rest is ignored.
    """
    asked: _core.CoverageQuestion = {
        **question,
        "state": [],
        "compat": "exact",
        "peers": None,
        "baseline": question["state"],
        "specs": None,
        "added": [[] for _ in question["reported"]],
        "added_of_peers": False,
        "oss": None,
        "targets": None,
        "not_wanted": [],
        "detail": "keys",
    }
    return _lacking(core, asked)


def _of_peers(answer: ResolvedAnswer, question: _core.CoverageQuestion) -> Cells:
    sets, positions = question["peers"] or ([], [])
    members = sorted({name for each in sets for name in each})
    of_cells = keys_of_cells(answer.core, {**question, "reported": members})
    families = [frozenset(each) for each in sets]
    excluding = not_wanted_entries(answer.not_wanted)
    family_of = dict(zip(question["reported"], positions, strict=True))
    of_stacks: dict[str, list[tuple[str, ...]]] = {}
    of_systems: dict[tuple[str, str], list[tuple[str, tuple[str, ...]]]] = {}
    for (stack, os, target), keys in of_cells.items():
        of_stacks.setdefault(stack, []).append(keys)
        of_systems.setdefault((os, target), []).append((stack, keys))
    # Cells of one family often want the same.
    unions: dict[tuple[int, tuple[str, str] | None], tuple[str, ...]] = {}
    found: Cells = {}
    for cell in answer.cells:
        if not cell.wanted:
            # A stack without peers has no wants.
            continue
        # A hash only exists on its own system.
        system = (cell.os, cell.target) if question["level"] == "hash" else None
        asked = family_of[cell.stack], system
        if asked not in unions:
            family = families[asked[0]]
            wanted = (
                (keys for stack in family for keys in of_stacks.get(stack, ()))
                if system is None
                else (keys for stack, keys in of_systems.get(system, ()) if stack in family)
            )
            unions[asked] = tuple(sorted({key for keys in wanted for key in keys}))
        place = (cell.stack, cell.os, cell.target)
        found[place] = _without(unions[asked], answer, place, excluding)
    return found


def _without(
    keys: tuple[str, ...], answer: ResolvedAnswer, place: tuple[str, str, str], excluding: Entries
) -> tuple[str, ...]:
    """Return keys without those that a cell does not want."""
    if not answer.not_wanted:
        return keys
    packages: Mapping[str, str] = {}
    if answer.level == "hash":
        packages = {key: spec.package for key, spec in by_hash(answer.core, set(keys)).items()}
    return tuple(
        key
        for key in keys
        if not excluding.about((packages.get(key, key.partition("@")[0]),), *place)
    )


def _lacking(core: _core.Catalog, question: _core.CoverageQuestion) -> Cells:
    answer = core.coverage(question)
    return {
        (cell.stack, cell.os, cell.target): keys
        for cell, keys in zip(answer.cells, answer.lacking, strict=True)
    }
