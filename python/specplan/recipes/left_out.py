"""Records for input that a comparison of recipes leaves out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from specplan.counting import count
from specplan.model.left_out import LeftOut, merged
from specplan.recipes.imports import module_of
from specplan.sources.recipes import is_beside, is_code

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from specplan.model.successors import Successors
    from specplan.recipes.history import History

__all__ = ["changed_files", "of_comparison", "of_next_lock", "untracked_files"]


def of_comparison(
    range_: History, others: Iterable[str], *, are_importers_known: bool
) -> tuple[LeftOut, ...]:
    """Return the changed files with an unknown effect on specs, and those not compared.

    Args:
        range_: The revisions.
        others: The changed files that belong to no recipe.
        are_importers_known: Whether the judged recipes include those that import a module, so that
            the effect of its change is known.
    """
    unknown = [each for each in others if not (are_importers_known and module_of(each))]
    code = [each for each in unknown if is_code(each)]
    rest = [each for each in unknown if not is_code(each) and not is_beside(each)]
    return merged(
        [
            *changed_files(code, range_.checkout, blocks=True),
            *changed_files(rest, range_.checkout, blocks=False),
            *untracked_files(range_),
        ]
    )


def changed_files(files: Iterable[str], checkout: str, *, blocks: bool) -> list[LeftOut]:
    """Return changed files that belong to no recipe.

    Args:
        files: The files, as paths in their repository.
        checkout: The repository.
        blocks: Whether they can change how packages are built.
    """
    return [
        LeftOut(
            kind="changed_file",
            where=f"{checkout}/{each}",
            detail="it belongs to no recipe, so it is unknown which specs it changes",
            blocks=blocks,
            remedy="--changed SPEC for each package that it changes, or "
            "--allow-left-out changed_file",
        )
        for each in files
    ]


def untracked_files(range_: History) -> list[LeftOut]:
    """Return the record of files that git does not track."""
    files = [each for each in range_.untracked if "/packages/" in f"/{each}" or is_code(each)]
    if not files:
        return []
    more = f", nor {count(len(files) - 1, 'other')}" if files[1:] else ""
    return [
        LeftOut(
            kind="changed_file",
            where=f"{range_.checkout}/{files[0]}",
            detail=f"git does not track it{more}, so it cannot be compared",
            count=len(files),
            blocks=True,
            remedy="git add --intent-to-add FILE, or --allow-left-out changed_file",
        )
    ]


def of_next_lock(found: Successors, known: Collection[str]) -> list[LeftOut]:
    """Return the records of specs that keep their hash only if a concretizer chooses as before.

    Args:
        found: The next hashes of a lock.
        known: The hashes of specs that have a record, as their verdict is open.
    """
    causes = Counter(each.reason for each in found.open if each.cause not in known)
    return [
        LeftOut(
            kind="may_change",
            where=found.stack,
            detail=f"{why}; specs keep their hashes only if it does not",
            count=number,
            blocks=True,
            remedy="spack concretize --force, or --allow-left-out may_change",
        )
        for why, number in causes.items()
    ]
