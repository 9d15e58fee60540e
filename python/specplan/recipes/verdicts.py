"""The effect of a changed recipe on specs, and on any possible spec."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from specplan.recipes.directive_changes import changed_calls, directive_changes
from specplan.recipes.findings import (
    RecipeFinding,
    classes_in,
    hash_fate,
    patch_change,
    source_change,
    strongest,
    text_change,
)
from specplan.recipes.hashes import computed_hash
from specplan.recipes.host import NO_HOST, RecipeHost, host_of
from specplan.recipes.model import ChangeClass, SpecChange
from specplan.recipes.source_id import versions_of
from specplan.recipes.stripping import called_directive
from specplan.recipes.unread import UnreadError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specplan.recipes.directives import Directives
    from specplan.recipes.locks import RecipeLock
    from specplan.recipes.nodes import Node
    from specplan.recipes.sides import RecipeFile

__all__ = ["ANY_HOST", "any_spec_findings", "change_classes", "spec_change"]

#: Directives that neither a build nor a concretizer reads.
_BESIDE: Final = frozenset({"license", "maintainers", "redistribute"})

#: The kind of computer for which a recipe is read without a spec.
ANY_HOST: Final = RecipeHost("linux", "x86_64")


def spec_change(
    lock: RecipeLock,
    node: Node,
    old: RecipeFile | None,
    new: RecipeFile | None,
    beside: Sequence[RecipeFinding],
) -> SpecChange:
    """Return the effect of a change on one spec.

    Args:
        lock: The lock.
        node: Its spec.
        old: The older recipe; None if there was none.
        new: The newer recipe; None if it is gone.
        beside: The changes outside of the recipe, in its imports.
    """
    proven = old is not None and _is_proven(lock, node, old)
    findings = [*_spec_findings(lock, node, old, new, proven=proven), *beside]
    return SpecChange(
        hash=node.hash,
        stack=lock.stack,
        package=node.name,
        version=node.version,
        verdict=strongest(each.verdict for each in findings),
        package_hash=hash_fate(findings),
        classes=classes_in(each.kind for each in findings),
        reasons=tuple(dict.fromkeys(each.why for each in findings if each.verdict != "same")),
        proven=proven,
    )


def _is_proven(lock: RecipeLock, node: Node, recipe: RecipeFile) -> bool:
    try:
        return computed_hash(lock, node, recipe) == node.package_hash
    except UnreadError:
        return False


def _spec_findings(
    lock: RecipeLock,
    node: Node,
    old: RecipeFile | None,
    new: RecipeFile | None,
    *,
    proven: bool,
) -> Iterator[RecipeFinding]:
    if old is None or new is None:
        yield from _one_sided(old, new)
        return
    decide = lock.decide(node)
    # The computer is only known if the recorded hash could be reproduced.
    host = host_of(node.raw.get("arch")) if proven else NO_HOST
    try:
        if change := text_change(old.recipe, new.recipe, decide):
            yield change
        before, after = old.directives(host), new.directives(host)
    except UnreadError as error:
        yield RecipeFinding("unread", "may_change", f"the recipe cannot be read: {error}")
        return
    yield from source_change(node, before, after)
    if not node.is_external:
        yield from patch_change(old, new, host, decide)
    yield from directive_changes(before, after, decide, lock.dependencies_of(node))


def _one_sided(old: RecipeFile | None, new: RecipeFile | None) -> Iterator[RecipeFinding]:
    if old is not None:
        yield RecipeFinding("removed", "may_change", "the recipe is gone")
    elif new is not None:
        yield RecipeFinding("added", "may_change", "the recipe is new")
    else:
        yield RecipeFinding("unread", "may_change", "the recipe is on neither side")


def any_spec_findings(old: RecipeFile | None, new: RecipeFile | None) -> list[RecipeFinding]:
    """Return the changes for any spec at all."""
    if new is None or old is None:
        return list(_one_sided(old, new)) if new is None else [_added(new)]
    try:
        return list(_any_findings(old, new))
    except UnreadError as error:
        return [RecipeFinding("unread", "may_change", f"the recipe cannot be read: {error}")]


def _added(new: RecipeFile) -> RecipeFinding:
    """Return the effect of a new recipe: none, unless it provides a virtual package in use."""
    try:
        provides = any(each.named("provides") for each in new.directives(ANY_HOST))
    except UnreadError:
        provides = True
    return RecipeFinding("added", "may_change" if provides else "same", "the recipe is new")


def _any_findings(old: RecipeFile, new: RecipeFile) -> Iterator[RecipeFinding]:
    if old.recipe.text_of_any() != new.recipe.text_of_any():
        yield RecipeFinding("code", "stale", "code of the recipe changed")
    before, after = old.directives(ANY_HOST), new.directives(ANY_HOST)
    yield from _version_findings(before, after)
    if _patches(old) != _patches(new):
        yield RecipeFinding("patch", "stale", "patches changed")
    yield from directive_changes(before, after, None)


def _version_findings(
    before: Sequence[Directives], after: Sequence[Directives]
) -> Iterator[RecipeFinding]:
    old, new = versions_of(before), versions_of(after)
    if gone := sorted(old.keys() - new.keys()):
        yield RecipeFinding("version_removed", "may_change", f"version {_named(gone)} is gone")
    if come := sorted(new.keys() - old.keys()):
        yield RecipeFinding("version_added", "same", f"version {_named(come)} is new")
    changed = [
        version
        for version in old.keys() & new.keys()
        if any(changed_calls(old[version], new[version]))
    ]
    if changed:
        yield RecipeFinding(
            "version_changed", "stale", f"version {_named(sorted(changed))} changed"
        )


def _named(versions: Sequence[str]) -> str:
    shown = [each or "that is not read" for each in versions]
    return shown[0] if len(shown) == 1 else f"{shown[0]} and {len(shown) - 1} more"


def _patches(recipe: RecipeFile) -> list[object]:
    found: list[object] = []
    for each in recipe.directives(ANY_HOST):
        for call in each.named("patch"):
            place = call.argument("url_or_filename", 0)
            is_file = isinstance(place, str) and "://" not in place
            found.append((call.key, recipe.file(place) if is_file else None))
    return found


def change_classes(
    old: RecipeFile | None, new: RecipeFile | None, findings: Sequence[RecipeFinding]
) -> tuple[ChangeClass, ...]:
    """Return the classes of a change; it is cosmetic if nothing else changed."""
    kinds: list[ChangeClass] = [each.kind for each in findings]
    if old is None or new is None or old.source == new.source:
        return classes_in(kinds)
    if _metadata(old) != _metadata(new):
        kinds.append("metadata")
    return classes_in(kinds or ["cosmetic"])


def _metadata(recipe: RecipeFile) -> list[str]:
    """Return the metadata that neither a build nor a concretizer reads."""
    try:
        module = recipe.recipe.module
        names = recipe.metadata_names
    except UnreadError:
        return []
    found: list[str] = []
    for node in ast.walk(module):
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            is_beside = isinstance(target, ast.Name) and target.id in names
        else:
            is_beside = isinstance(node, ast.Expr) and called_directive(node, _BESIDE) is not None
        if is_beside:
            found.append(ast.dump(node))
    return found
