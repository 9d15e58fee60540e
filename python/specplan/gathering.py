"""What of a question could not be taken into account, gathered from where it came to light.

Readers note what they pass over on what they return; what a question compares with nothing is
seen from its answer. Here both become the records of one document.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Final

from specplan.model import LeftOut
from specplan.model.left_out import merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan._core import CellAnswer
    from specplan.abstract_wants import Answered
    from specplan.contents import Contents
    from specplan.model import DamagedFile
    from specplan.plan_model import ChangedSpec
    from specplan.question import Answer
    from specplan.sources.environment import EnvironmentRoot
    from specplan.sources.wanted import WantedEnvironment

__all__ = [
    "NO_PEER",
    "absent_stacks",
    "changed_files",
    "damaged_files",
    "is_named",
    "not_concretized",
    "nothing_in_common",
    "of_coverage",
    "of_environments",
    "of_sources",
    "of_states",
    "passed_over_stacks",
    "unknown_changes",
]

#: Where a cell of the core says that nothing but itself would say what is wanted.
NO_PEER: Final = 7

#: Where it says how many wants it has.
_WANTED: Final = 4

#: What makes a shell pattern of a name.
_WILD: Final = frozenset("*?[")


def of_coverage(
    answer: Answer, newer: Contents, older: Contents | None, stack: Sequence[str]
) -> tuple[LeftOut, ...]:
    """Return what a question of coverage could not take into account.

    Args:
        answer: The answer.
        newer: The caches.
        older: What holds the older state of baseline wants, perhaps the caches themselves.
        stack: The patterns of the stacks to report.
    """
    # What peers have is wanted, and so is what the older state has: less of it hides gaps.
    says_wants = answer.wants == "peers" or older is newer
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
    records += map(_nowhere, answer.nowhere)
    records += _no_peer(answer.cells, stack)
    if answer.wants == "baseline":
        records += absent_stacks(answer.absent)
        records += _without_a_baseline(answer, stack)
    return merged(records)


def of_states(newer: Contents, older: Contents) -> list[LeftOut]:
    """Return what of two states that are compared could not be read."""
    if newer is older:
        return of_sources(newer, blocks=True)
    return of_sources(newer, blocks=False) + of_sources(older, blocks=True)


def of_sources(contents: Contents, *, blocks: bool) -> list[LeftOut]:
    """Return what of sources could not be read.

    Args:
        contents: What was read of them.
        blocks: Whether what they lack could be wanted, or be the older side of a comparison.
    """
    return [
        *contents.left_out,
        *damaged_files(contents.damaged, blocks=blocks),
        *(_empty(place, blocks=blocks) for place in contents.empty),
    ]


def _empty(place: str, *, blocks: bool) -> LeftOut:
    return LeftOut(
        kind="empty_source",
        where=place,
        detail="it lists no binary at all",
        blocks=blocks,
        remedy="name another source, or --allow-left-out empty_source",
    )


def of_environments(environments: Iterable[WantedEnvironment]) -> list[LeftOut]:
    """Return what of environments could not be taken into account."""
    return [record for each in environments for record in each.environment.left_out]


def _assumptions(answered: Answered) -> list[LeftOut]:
    """Return the variants that no known spec of a package has, so that none was asked for."""
    wants = answered.wants
    return [
        LeftOut(
            kind="requirement",
            where=f"{wants.cells[cell].stack}: {wants.specs[want]}",
            detail=f"no known spec has the required {', '.join(variants)}, so it is not asked for",
            blocks=False,
            remedy="--allow-left-out requirement",
        )
        for cell, want, variants in answered.core[3]
    ]


def not_concretized(environments: Iterable[WantedEnvironment]) -> list[LeftOut]:
    """Return the roots that locks lack, where nothing is chosen for them."""
    return [
        LeftOut(
            kind="lock_root",
            where=f"{root.path}:{root.line}",
            detail=f"the lock beside it lacks `{root.spec}`, which the scope `all` cannot plan for",
            blocks=True,
            remedy=f"spack -e {os.path.dirname(root.path) or '.'} concretize --force",  # noqa: PTH120
        )
        for each in environments
        if each.is_not_concretized
        for root in each.environment.roots
    ]


def damaged_files(files: Iterable[DamagedFile], *, blocks: bool) -> list[LeftOut]:
    """Return files that were skipped because they are damaged.

    Args:
        files: The files.
        blocks: Whether what they held could be wanted, or be the older side of a comparison.
    """
    remedy = "mend the file; `specplan check` shows all that is wrong"
    if blocks:
        remedy = f"{remedy}; or `--allow-left-out damaged_file`"
    return [
        LeftOut(
            kind="damaged_file", where=each.path, detail=each.fault, blocks=blocks, remedy=remedy
        )
        for each in files
    ]


def nothing_in_common(where: str, detail: str, remedy: str) -> LeftOut:
    """Return the record of a comparison in which nothing of one side takes part."""
    return LeftOut(kind="nothing_in_common", where=where, detail=detail, blocks=True, remedy=remedy)


def passed_over_stacks(stacks: Iterable[str]) -> list[LeftOut]:
    """Return the stacks of a configuration that no plan is made for."""
    return [
        LeftOut(
            kind="stack",
            where=each,
            detail="only an environment wants it, and no candidates are given",
            blocks=True,
            remedy="--candidates SOURCE",
        )
        for each in stacks
    ]


def changed_files(files: Iterable[str], checkout: str, *, blocks: bool) -> list[LeftOut]:
    """Return files that changed and belong to no recipe.

    Args:
        files: The files, as paths in their repository.
        checkout: The repository.
        blocks: Whether they can change how packages are built.
    """
    return [
        LeftOut(
            kind="changed_file",
            where=f"{checkout}/{each}",
            detail="it belongs to no recipe, and which specs it changes is not known",
            blocks=blocks,
            remedy="--changed SPEC for each package that it changes, or "
            "--allow-left-out changed_file",
        )
        for each in files
    ]


def unknown_changes(specs: Iterable[ChangedSpec]) -> list[LeftOut]:
    """Return what is listed as changed and is in no want."""
    return [
        LeftOut(
            kind="changed_name",
            where=each.spec,
            detail="it is listed as changed, and no want contains it",
            blocks=False,
            remedy="correct the name where it is listed, if it is misspelt",
        )
        for each in specs
        if not each.matches
    ]


def _nowhere(root: EnvironmentRoot) -> LeftOut:
    """Return the record of a root that a lock lacks, where nothing says for which system."""
    return LeftOut(
        kind="system",
        where=f"{root.path}:{root.line}",
        detail=f"the lock beside it lacks `{root.spec}`, and nothing names a system for it",
        blocks=True,
        remedy="--system OS/TARGET",
    )


def is_named(stack: str, patterns: Iterable[str]) -> bool:
    """Return whether a stack was named, by a pattern without a wildcard."""
    return any(pattern == stack and not _WILD.intersection(pattern) for pattern in patterns)


def _no_peer(cells: Sequence[CellAnswer], patterns: Sequence[str]) -> list[LeftOut]:
    """Return the stacks with cells of which nothing else says what should be in them."""
    alone = Counter(each[0] for each in cells if each[NO_PEER])
    every = alone.total() == len(cells)
    return [
        LeftOut(
            kind="no_peer",
            where=stack,
            detail="no other cell says what it should have, so its coverage is n/a",
            count=count,
            blocks=every or is_named(stack, patterns),
            remedy=f"--want {stack}=spack.lock, --baseline TAG|SOURCE, or --peers PATTERN",
        )
        for stack, count in alone.items()
    ]


def absent_stacks(stacks: Iterable[str]) -> list[LeftOut]:
    """Return the stacks that only the older state of a comparison lists."""
    return [
        LeftOut(
            kind="absent_stack",
            where=stack,
            detail="the older state lists it, the newer does not",
            blocks=True,
            remedy=f"{stack}=SOURCE where the newer state is named, or "
            "--allow-left-out absent_stack",
        )
        for stack in stacks
    ]


def _without_a_baseline(answer: Answer, patterns: Sequence[str]) -> list[LeftOut]:
    """Return the reported stacks of which the baseline wants nothing."""
    compares = answer.not_wanted_count or any(each[_WANTED] for each in answer.cells)
    lacking = [name for name in answer.reported if not compares or name not in answer.listed_before]
    return [
        LeftOut(
            kind="nothing_in_common",
            where=stack,
            detail="nothing of the baseline is wanted of it"
            if stack in answer.listed_before
            else "the baseline does not list it, so nothing of it is compared",
            blocks=not compares or is_named(stack, patterns),
            remedy=f"--baseline {stack}=SOURCE",
        )
        for stack in lacking
    ]
