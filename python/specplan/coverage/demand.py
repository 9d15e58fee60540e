"""The question about the wants of locks: missing specs, and the benefit of each gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.catalog.specs import by_hash
from specplan.coverage.ask import ResolvedAnswer, roots_of
from specplan.coverage.entries import not_wanted_entries
from specplan.model.roots import MOST_LACKS
from specplan.records import dataclass

if TYPE_CHECKING:
    from specplan import _core as compiled

__all__ = ["Demand", "demand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """The specs that the wants of locks lack.

    Attributes:
        gains: For each reported stack, the benefit of each of its gaps, in the order of gaps.
        usable: For each reported stack, the number of usable wants on each system.
        roots: The roots of reported cells, by hash, with the specs that each lacks.
        lacked: The specs that these roots lack.
        of_stacks: The roots that each reported stack wants.
    """

    gains: tuple[compiled.GainsAnswer, ...]
    usable: list[tuple[compiled.UsableAnswer, ...]]
    roots: tuple[compiled.RootAnswer, ...]
    lacked: compiled.LackedAnswer
    of_stacks: dict[str, list[str]]


def demand(answer: ResolvedAnswer) -> Demand | None:
    """Return the specs that the wants of locks lack; None if wants are not concrete specs.

    The benefit of a gap refers to all roots of its stack, regardless of the reported cells.
    """
    if not answer.wanted:
        return None
    roots_of_locks = roots_of(answer.wanted)
    roots_of_stacks = {stack: roots_of_locks.get(stack, []) for stack in answer.reported}
    judged = {root for own in roots_of_stacks.values() for root in own}
    if answer.not_wanted:
        judged.update(dag_hash for hashes in answer.specs for dag_hash in hashes)
    specs = by_hash(answer.core, judged)
    places = {(cell.stack, cell.os, cell.target) for cell in answer.cells}
    excluding = not_wanted_entries(answer.not_wanted)

    def is_wanted(stack: str, dag_hash: str) -> bool:
        spec = specs[dag_hash]
        return not excluding.about((spec.package,), stack, spec.os, spec.target)

    wants = answer.specs
    if answer.not_wanted:
        wants = [
            [dag_hash for dag_hash in hashes if is_wanted(stack, dag_hash)]
            for stack, hashes in zip(answer.reported, answer.specs, strict=True)
        ]
    roots = {
        stack: [root for root in own if is_wanted(stack, root) and not specs[root].is_external]
        for stack, own in roots_of_stacks.items()
    }
    of_stacks = {
        stack: [root for root in own if (stack, specs[root].os, specs[root].target) in places]
        for stack, own in roots.items()
    }
    found = answer.core.demand(
        {
            "state": answer.state,
            "operating_systems": answer.operating_systems,
            "wants": wants,
            "gaps": _gaps_by_stack(answer),
            "roots": list(roots.values()),
            "reported": list({root for own in of_stacks.values() for root in own}),
            "most": MOST_LACKS,
        }
    )
    return Demand(
        gains=found.gains,
        usable=found.usable,
        roots=found.roots,
        lacked=found.lacked,
        of_stacks=of_stacks,
    )


def _gaps_by_stack(answer: ResolvedAnswer) -> list[list[str]]:
    """Return the hashes that each reported stack lacks."""
    gaps: dict[str, list[str]] = {name: [] for name in answer.reported}
    if answer.gaps is None or answer.level != "hash":
        return list(gaps.values())
    hashes = answer.gaps.want
    if len(gaps) == 1:
        return [hashes]
    stacks = [cell.stack for cell in answer.cells]
    for cell, dag_hash in zip(answer.gaps.cell, hashes, strict=True):
        gaps[stacks[cell]].append(dag_hash)
    return list(gaps.values())
