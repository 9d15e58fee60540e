"""The package hash of a spec, computed from its recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.recipes.directives import DEPENDENCY_PATCH
from specplan.recipes.host import RecipeHost, host_of
from specplan.recipes.package_hash import package_hash
from specplan.recipes.patches import Applied, declared_patches
from specplan.recipes.source_id import source_of
from specplan.recipes.unread import UnreadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.recipes.locks import RecipeLock
    from specplan.recipes.nodes import Node
    from specplan.recipes.sides import RecipeFile

__all__ = ["computed_hash", "recorded_patches"]


def _for_dependencies(recipe: RecipeFile, host: RecipeHost) -> dict[str, Applied]:
    """Return the patches that a recipe applies to its dependencies, by checksum."""
    try:
        return declared_patches(recipe.directives(host), recipe.file, DEPENDENCY_PATCH)
    except UnreadError:
        return {}


def computed_hash(
    lock: RecipeLock,
    node: Node,
    recipe: RecipeFile,
    patches: Sequence[Applied] | None = None,
) -> str:
    """Return the package hash of a spec by its recipe.

    Args:
        lock: The lock.
        node: Its spec.
        recipe: The recipe.
        patches: The applied patches; by default those that are recorded.

    Raises:
        UnreadError: If some part of it is unread.
    """
    text = recipe.recipe.text(lock.decide(node))
    directives = recipe.directives(host_of(node.raw.get("arch")))
    source = source_of(node, directives)
    applied = recorded_patches(lock, node, recipe) if patches is None else patches
    return package_hash(text, source.id, (each.hashed for each in applied))


def recorded_patches(lock: RecipeLock, node: Node, recipe: RecipeFile) -> list[Applied]:
    """Return the patches recorded for a spec in a lock, as recipes declare them.

    Raises:
        UnreadError: If no available recipe declares one of them.
    """
    if not node.patches:
        return []
    host = host_of(node.raw.get("arch"))
    declared = declared_patches(recipe.directives(host), recipe.file)
    for dependent in lock.file.dependents_of(node.hash):
        if all(each in declared for each in node.patches):
            break
        other = recipe.beside(dependent.namespace, dependent.name)
        if other is not None:
            declared = {**_for_dependencies(other, host), **declared}
    missing = next((each for each in node.patches if each not in declared), None)
    if missing is not None:
        raise UnreadError(f"no available recipe has the patch {missing[:12]}")
    return [declared[each] for each in node.patches]
