"""Patches that recipes apply to their dependencies, which change the hash of the dependency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.recipes.directives import DEPENDENCY_PATCH
from specplan.recipes.unread import UnreadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.recipes.host import RecipeHost
    from specplan.recipes.locks import RecipeLock
    from specplan.recipes.nodes import Node
    from specplan.recipes.sides import RecipeFile

__all__ = ["newly_patched"]

#: A patch of a dependency: the name of the dependency, and a key that distinguishes the patch.
_ForeignPatch = tuple[str, tuple[object, ...]]


def newly_patched(
    old: RecipeFile | None, new: RecipeFile | None, host: RecipeHost, lock: RecipeLock, node: Node
) -> Iterator[Node]:
    """Yield the dependencies of a spec for which its recipe may change a patch.

    Args:
        old: The older recipe of the spec; None if there was none.
        new: The newer recipe; None if it is gone.
        host: The kind of computer for which the recipes are read.
        lock: The lock.
        node: The spec.
    """
    known = lock.file.nodes
    below = [known[each] for each in node.dependencies if each in known]
    try:
        before, after = set(_foreign_patches(old, host)), set(_foreign_patches(new, host))
    except UnreadError:
        yield from (each for each in below if each.patches)
        return
    names = {name for name, _ in before ^ after}
    # A virtual package is patched as the spec that provides it.
    is_virtual = not names <= {each.name for each in below}
    yield from (each for each in below if names and (is_virtual or each.name in names))


def _foreign_patches(recipe: RecipeFile | None, host: RecipeHost) -> Iterator[_ForeignPatch]:
    """Yield the patches that a recipe applies to its dependencies.

    Raises:
        UnreadError: If it cannot be read.
    """
    if recipe is None:
        return
    for each in recipe.directives(host):
        name = ""
        condition: tuple[object, ...] = ()
        for call in each.calls:
            if call.name in {"depends_on", "extends"}:
                name, condition = _name(call.argument("spec", 0)), call.key
            elif call.name == DEPENDENCY_PATCH:
                place = call.argument("url_or_filename", 0)
                is_file = isinstance(place, str) and "://" not in place
                content = recipe.file(place) if is_file else None
                yield name, (condition, call.key, content)


def _name(spec: object) -> str:
    """Return the package at the beginning of a spec; empty if it is unread."""
    text = spec if isinstance(spec, str) else ""
    end = next((at for at, each in enumerate(text) if not (each.isalnum() or each in "-_.")), None)
    return text[:end].rpartition(".")[2]
