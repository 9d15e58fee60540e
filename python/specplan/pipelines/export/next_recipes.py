"""The recipes that a plan for a next lock requires.

Spack builds with the recipes that are checked out and stores the result under the hash of the lock.
With the recipes from before the change, it would store old binaries under the new hashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.errors import UsageError
from specplan.pipelines.export.plan import NOT_COMMITTED

if TYPE_CHECKING:
    from specplan.pipelines.export.environment import ExportEnvironment
    from specplan.pipelines.export.plan import ExportPlan

__all__ = ["needed_recipes", "refuse_other_recipes"]


def needed_recipes(plan: ExportPlan) -> str:
    """Return a sentence about the checkout that the builds need; empty if any will do."""
    if not plan.recipes:
        return ""
    if plan.recipes == NOT_COMMITTED:
        return (
            "the hashes come from uncommitted recipes: they are valid only where these are "
            "checked out"
        )
    return f"the hashes come from the recipes of commit {plan.recipes}, which must be pinned"


def refuse_other_recipes(plan: ExportPlan, folder: str, known: ExportEnvironment) -> None:
    """Refuse to build the next lock if the environment pins other recipes.

    Args:
        plan: The plan.
        folder: The environment.
        known: Its content, if known.

    Raises:
        UsageError: If it pins all of its recipes, and none of the commits is the one that the
            hashes are for.
    """
    if not plan.recipes or not known.is_pinned or not known.pins:
        return
    if any(plan.recipes.startswith(pin.commit) for pin in known.pins):
        return
    pins = ", ".join(f"`{pin.name}` to {pin.commit}" for pin in known.pins)
    own = "files that are not committed" if plan.recipes == NOT_COMMITTED else plan.recipes
    raise UsageError(
        f"`{folder}/spack.yaml` pins {pins}, and the hashes of the plan are those of the recipes "
        f"of {own}",
        hint="commit the recipes and pin that commit: with others, Spack would store other builds "
        "under these hashes",
    )
