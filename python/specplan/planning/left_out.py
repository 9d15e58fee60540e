"""What a plan could not take into account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.model import ChangedSpec


__all__ = ["changed_files", "passed_over_stacks", "unknown_changes"]


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
