"""Reasons why a concretizer may choose another spec with newer recipes than that of a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan._core import AbstractSpec
from specplan.recipes.directive_changes import freed_by
from specplan.recipes.host import host_of
from specplan.recipes.source_id import versions_of, wish_of
from specplan.recipes.unread import UnreadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.recipes.directives import Directives
    from specplan.recipes.locks import RecipeLock
    from specplan.recipes.model import SpecChange
    from specplan.recipes.nodes import Node
    from specplan.recipes.sides import RecipeFile

__all__ = ["other_choice"]


def other_choice(
    lock: RecipeLock, change: SpecChange, old: RecipeFile | None, new: RecipeFile | None
) -> str:
    """Return the reason why a concretizer may choose another spec, or an empty text.

    Args:
        lock: The lock.
        change: The change in the recipe of one of its specs.
        old: The older recipe; None where there was none.
        new: The newer recipe; None where it is gone.
    """
    node = lock.file.nodes[change.hash]
    if node.is_external:
        return ""
    why = "" if old is None or new is None else _why(lock, node, old, new)
    if not why and change.verdict == "may_change":
        why = "; ".join(change.reasons)
    return why and f"{node.name}@{node.version}: {why}"


def _why(lock: RecipeLock, node: Node, old: RecipeFile, new: RecipeFile) -> str:
    host = host_of(node.raw.get("arch"))
    try:
        before, after = old.directives(host), new.directives(host)
    except UnreadError as error:
        return str(error)
    if _tags(before) != _tags(after):
        return "a concretizer looks for its tags, which changed"
    directive = freed_by(before, after)
    if directive is not None:
        return f"a concretizer may choose otherwise now, as `{directive}` changed"
    return _other_version(lock, node, before, after)


def _tags(directives: Sequence[Directives]) -> list[tuple[str, ...]]:
    return [each.tags for each in directives]


def _other_version(
    lock: RecipeLock, node: Node, old: Sequence[Directives], new: Sequence[Directives]
) -> str:
    """Return the change of another version by which a concretizer may choose otherwise.

    A concretizer adds up the places of the versions that it chooses, each among those of its
    recipe. So a version that is new or gone may decide, even if it is older than that of the spec.
    """
    before, after = _wishes(old), _wishes(new)
    versions, there = ({each for each, _ in side} for side in (before | after, after))
    changed = {each for each, _ in before ^ after if each != node.version}
    if not changed or _is_pinned(lock, node, versions):
        return ""
    version = min(changed & there or changed)
    which = f"version {version}" if version else "a version that is not read"
    if version in there:
        return f"a concretizer may choose {which} now"
    return f"a concretizer may choose otherwise now, as {which} is gone"


def _wishes(directives: Sequence[Directives]) -> frozenset[tuple[str, str]]:
    """Return the versions of a recipe, each with its preference."""
    return frozenset(
        (version, repr(list(map(wish_of, calls))))
        for version, calls in versions_of(directives).items()
    )


def _is_pinned(lock: RecipeLock, node: Node, versions: set[str]) -> bool:
    """Return whether a spec can have no other version, as it is there for roots that name it.

    Where others depend on it, a concretizer may choose one for them and one for the roots.
    """
    if next(lock.file.dependents_of(node.hash), None) is not None:
        return False
    roots = [
        str(each.get("spec", ""))
        for each in lock.file.document.get("roots", ())
        if each.get("hash") == node.hash
    ]
    others = versions - {node.version}
    return bool(roots) and all(_excludes(root, other) for root in roots for other in others)


def _excludes(root: str, version: str) -> bool:
    """Return whether no spec of a version satisfies a root."""
    try:
        asked, wished = AbstractSpec(root), AbstractSpec(f"@={version}")
    except ValueError:
        return False
    try:
        asked.constrain(wished)
    except ValueError:
        return True
    return False
