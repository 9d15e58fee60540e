"""Errors for unknown groups of an environment or a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.errors import UsageError
from specplan.similar_names import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["refuse_unknown_groups"]


def refuse_unknown_groups(asked: Iterable[str], names: Collection[str], file: str) -> None:
    """Refuse the name of a group that a file does not have.

    Args:
        asked: The requested groups.
        names: The groups of the file.
        file: The file, as shown to users.

    Raises:
        UsageError: If it lacks one; the hint suggests similar names.
    """
    for name in asked:
        if name not in names:
            meant = nearest(name, names, most=1)
            listed = ", ".join(f"`{each}`" for each in names) or "none"
            raise UsageError(
                f"`{file}` has no group `{name}`",
                hint=f"did you mean `{meant[0]}`?" if meant else f"its groups are {listed}",
            )
