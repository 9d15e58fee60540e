"""Patches that recipes apply to what they depend on: they change the hash of the dependency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.recipes.directives import DEPENDENCY_PATCH
from specplan.recipes.unread import UnreadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.recipes.host import RecipeHost
    from specplan.recipes.locks import WantedLock
    from specplan.recipes.nodes import Node
    from specplan.recipes.sides import RecipeFile

__all__ = ["newly_patched"]

#: A patch of a dependency: what the dependency is called, and what distinguishes the patch.
_ForeignPatch = tuple[str, tuple[object, ...]]


def newly_patched(
    old: RecipeFile | None, new: RecipeFile | None, host: RecipeHost, lock: WantedLock, node: Node
) -> Iterator[Node]:
    """Give the specs that a spec depends on and of which its recipe may change a patch.

    Args:
        old: The older recipe of the spec; None where there was none.
        new: The newer recipe; None where it is gone.
        host: Of what kind of computer the recipes are read.
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
    """Give the patches that a recipe applies to what it depends on.

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
    """Return the package that a spec begins with; nothing where it is not read."""
    text = spec if isinstance(spec, str) else ""
    end = next((at for at, each in enumerate(text) if not (each.isalnum() or each in "-_.")), None)
    return text[:end].rpartition(".")[2]
