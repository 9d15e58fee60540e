"""Records for input that a plan leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.model import ChangedSpec


__all__ = ["passed_over_stacks", "unknown_changes"]


def passed_over_stacks(stacks: Iterable[str]) -> list[LeftOut]:
    """Return the stacks of a configuration without a plan."""
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


def unknown_changes(specs: Iterable[ChangedSpec]) -> list[LeftOut]:
    """Return the changed specs that are in no want."""
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
