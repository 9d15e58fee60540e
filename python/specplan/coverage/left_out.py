"""The input that a question leaves out, collected from all modules that found it.

Readers attach skipped input to their results; comparisons with nothing are visible in the answer.
This module turns both into the records of one document.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from specplan.catalog.left_out import absent_stacks, is_named, of_sources, without_roots
from specplan.model import LeftOut
from specplan.model.left_out import merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan._core import CellAnswer
    from specplan.catalog.contents import Contents
    from specplan.coverage.ask import ResolvedAnswer
    from specplan.coverage.environments import EnvironmentAnswer
    from specplan.sources.environments.environment import EnvironmentRoot
    from specplan.sources.want_records import WantedEnvironment

__all__ = ["not_concretized", "of_coverage", "of_environments"]


def of_coverage(
    answer: ResolvedAnswer, newer: Contents, older: Contents | None, stack: Sequence[str]
) -> tuple[LeftOut, ...]:
    """Return the input that a question of coverage could not take into account.

    Args:
        answer: The answer.
        newer: The caches.
        older: The catalog with the older state of baseline wants, perhaps the caches themselves.
        stack: The patterns of the stacks to report.
    """
    # The keys of peers, of a stack or of the older state are wants: missing ones hide gaps.
    says_wants = (
        answer.wants == "peers"
        or older is newer
        or any(lock.is_available for lock in answer.wanted)
    )
    records = of_sources(newer, blocks=says_wants)
    if older is not None and older is not newer:
        records += of_sources(older, blocks=True)
    if answer.abstract is None:
        records += of_environments(answer.environments)
    else:
        records += answer.abstract.wants.left_out
        records += _assumptions(answer.abstract)
    for lock in answer.wanted:
        records += lock.left_out
    if not (answer.nowhere or answer.not_concretized):
        records += without_roots(answer.wanted, answer.environments)
    records += map(_nowhere, answer.nowhere)
    records += _no_peer(answer.cells, stack)
    if answer.wants == "baseline":
        records += absent_stacks(answer.absent)
        records += _without_a_baseline(answer, stack)
    return merged(records)


def of_environments(environments: Iterable[WantedEnvironment]) -> list[LeftOut]:
    """Return the left-out input of environments."""
    return [record for each in environments for record in each.environment.left_out]


def _assumptions(answered: EnvironmentAnswer) -> list[LeftOut]:
    """Return the required variants that no known spec of a package has."""
    wants = answered.wants
    return [
        LeftOut(
            kind="requirement",
            where=f"{wants.cells[each.cell].stack}: {wants.specs[each.want]}",
            detail=f"no known spec has the required {', '.join(each.variants)}, so the "
            "requirement is ignored",
            blocks=False,
            remedy="--allow-left-out requirement",
        )
        for each in answered.core.assumed
    ]


def not_concretized(environments: Iterable[WantedEnvironment]) -> list[LeftOut]:
    """Return the roots that locks lack and for which no spec is chosen."""
    from specplan.sources.environments.stale_locks import (  # noqa: PLC0415 - only for environments
        concretize_again,
    )

    return [
        LeftOut(
            kind="lock_root",
            where=f"{root.path}:{root.line}",
            detail=f"the lock beside it lacks `{root.spec}`, which the scope `all` cannot plan for",
            blocks=True,
            remedy=concretize_again(root.path),
        )
        for each in environments
        if each.is_not_concretized
        for root in each.environment.roots
        if not root.external
    ]


def _nowhere(root: EnvironmentRoot) -> LeftOut:
    """Return the record of a root that a lock lacks and that has no system."""
    return LeftOut(
        kind="system",
        where=f"{root.path}:{root.line}",
        detail=f"the lock beside it lacks `{root.spec}`, and no system is given for it",
        blocks=True,
        remedy="--system OS/TARGET",
    )


def _no_peer(cells: Sequence[CellAnswer], patterns: Sequence[str]) -> list[LeftOut]:
    """Return the stacks with cells for which no other cell defines wants."""
    alone = Counter(each.stack for each in cells if each.has_no_peer)
    every = alone.total() == len(cells)
    return [
        LeftOut(
            kind="no_peer",
            where=stack,
            detail="no other cell defines its wants, so its coverage is n/a",
            count=count,
            blocks=every or is_named(stack, patterns),
            remedy=f"--want {stack}=spack.lock, --baseline TAG|SOURCE, or --peers PATTERN",
        )
        for stack, count in alone.items()
    ]


def _without_a_baseline(answer: ResolvedAnswer, patterns: Sequence[str]) -> list[LeftOut]:
    """Return the reported stacks without wants in the baseline."""
    compares = answer.not_wanted_count or any(each.wanted for each in answer.cells)
    lacking = [name for name in answer.reported if not compares or name not in answer.listed_before]
    return [
        LeftOut(
            kind="nothing_in_common",
            where=stack,
            detail="nothing of the baseline is wanted there"
            if stack in answer.listed_before
            else "the baseline does not list it, so it is not compared",
            blocks=not compares or is_named(stack, patterns),
            remedy=f"--baseline {stack}=SOURCE",
        )
        for stack in lacking
    ]
