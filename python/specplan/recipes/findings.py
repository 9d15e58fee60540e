"""Changes between two states of a recipe, one kind after the other."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Final

from specplan.recipes.model import (
    CHANGE_CLASSES,
    RECIPE_VERDICTS,
    ChangeClass,
    HashFate,
    RecipeVerdict,
)
from specplan.recipes.patches import Applied, own_patches
from specplan.recipes.source_id import (
    VersionSource,
    declared_source,
    next_commit,
    source_of,
    versions_of,
    wish_of,
)
from specplan.recipes.unread import UnreadError
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from specplan.recipes.canonical import Recipe
    from specplan.recipes.conditions import Conditions, Decided
    from specplan.recipes.directives import Directives
    from specplan.recipes.host import RecipeHost
    from specplan.recipes.nodes import Node
    from specplan.recipes.sides import RecipeFile

__all__ = [
    "RecipeFinding",
    "classes_in",
    "hash_fate",
    "patch_change",
    "source_change",
    "strongest",
    "text_change",
]

#: The maximum number of undecided conditions whose combinations are tried.
_MOST_OPEN: Final = 4


@dataclass(frozen=True, slots=True)
class RecipeFinding:
    """One thing that changed.

    Attributes:
        kind: The kind of change.
        verdict: Its effect on the package hash.
        why: The reason, as a sentence without a full stop.
        is_hashed: Whether the package hash contains it; the order of patches is only in the DAG
            hash.
    """

    kind: ChangeClass
    verdict: RecipeVerdict
    why: str
    is_hashed: bool = True


def strongest(verdicts: Iterable[RecipeVerdict]) -> RecipeVerdict:
    """Return the strongest of several verdicts; ``same`` if there are none."""
    return max(verdicts, key=RECIPE_VERDICTS.index, default="same")


#: The kinds that only a concretizer reads: a spec that it takes again keeps its package hash.
_SOLVED: Final[frozenset[ChangeClass]] = frozenset({"directives", "version_changed"})


def hash_fate(findings: Iterable[RecipeFinding]) -> HashFate:
    """Return the effect of changes on the package hash of an unchanged spec."""
    findings = list(findings)
    if any(each.verdict == "stale" and each.is_hashed for each in findings):
        return "changes"
    are_known = all(each.kind in _SOLVED for each in findings if each.verdict == "may_change")
    return "same" if are_known else "unknown"


def classes_in(kinds: Iterable[ChangeClass]) -> tuple[ChangeClass, ...]:
    """Return kinds of change, each once, in display order."""
    return tuple(sorted(set(kinds), key=CHANGE_CLASSES.index))


def text_change(old: Recipe, new: Recipe, decide: Conditions) -> RecipeFinding | None:
    """Compare the canonical texts of a recipe for a spec."""
    try:
        if old.text_of_any() == new.text_of_any():
            return None
    except UnreadError as error:
        return RecipeFinding("unread", "may_change", f"the recipe cannot be read: {error}")
    conditions = tuple(dict.fromkeys((*old.conditions, *new.conditions)))
    open_ = [each for each in conditions if _why_open(each, decide)]
    reason = _why_open(open_[0], decide) if open_ else ""
    if len(open_) > _MOST_OPEN:
        return RecipeFinding("unread", "may_change", f"@when is open: {reason}")
    return _compared(old, new, decide, open_, reason)


def _why_open(condition: str, decide: Conditions) -> str:
    """Return the reason why a condition is undecided; empty if it is decided."""
    try:
        decide(condition)
    except UnreadError as error:
        return str(error)
    return ""


def _compared(
    old: Recipe, new: Recipe, decide: Conditions, open_: Sequence[str], reason: str
) -> RecipeFinding | None:
    """Compare texts for each combination of undecided conditions."""
    answers: set[bool] = set()
    choices: tuple[Decided, ...] = (True, False, None)
    for chosen in product(choices, repeat=len(open_)):
        assumed = dict(zip(open_, chosen, strict=True))
        try:
            answers.add(_same_text(old, new, decide, assumed))
        except UnreadError as error:
            return RecipeFinding("unread", "may_change", f"the recipe cannot be read: {error}")
    if answers == {True}:
        return None
    if answers == {False}:
        return RecipeFinding("code", "stale", "the code that builds the spec changed")
    return RecipeFinding("code", "may_change", f"@when is open: {reason}")


def _same_text(old: Recipe, new: Recipe, decide: Conditions, assumed: dict[str, Decided]) -> bool:
    def decided(condition: str) -> Decided:
        return assumed[condition] if condition in assumed else decide(condition)

    return old.text(decided) == new.text(decided)


def source_change(
    node: Node, old: Sequence[Directives], new: Sequence[Directives]
) -> Iterator[RecipeFinding]:
    """Compare the sources of a spec.

    Args:
        node: The spec.
        old: The older directives.
        new: The newer directives.
    """
    has_commit = bool(node.commit) and not node.is_git_version
    source = declared_source if has_commit else source_of
    try:
        before, after = source(node, old), source(node, new)
    except UnreadError as error:
        if _version_keys(old) != _version_keys(new):
            yield RecipeFinding("unread", "may_change", f"the source cannot be read: {error}")
        return
    yield from _compared_sources(node, before, after, has_commit=has_commit)
    if before.is_known and after.is_known and _wish(node, old) != _wish(node, new):
        yield RecipeFinding(
            "version_changed", "may_change", f"{node.version} has another preference"
        )


def _compared_sources(
    node: Node, before: VersionSource, after: VersionSource, *, has_commit: bool
) -> Iterator[RecipeFinding]:
    if before.is_known and not after.is_known:
        why = f"the recipe no longer has version {node.version}"
        yield RecipeFinding("version_removed", "may_change", why)
        return
    commit = next_commit(node, before, after) if has_commit else after.id
    are_alike = before.unpacked == after.unpacked if has_commit else before.content == after.content
    if commit is None:
        yield RecipeFinding(
            "unread", "may_change", f"the commit of version {node.version} is looked up"
        )
    elif commit != (node.commit if has_commit else before.id):
        yield RecipeFinding("source", "stale", f"the source of version {node.version} changed")
    elif not are_alike:
        why = f"the source of version {node.version} is fetched or unpacked differently"
        yield RecipeFinding("source", "blind", why)


def _version_keys(directives: Sequence[Directives]) -> Counter[tuple[object, ...]]:
    return Counter(call.key for each in directives for call in each.named("version"))


def _wish(node: Node, directives: Sequence[Directives]) -> list[str]:
    return list(map(wish_of, versions_of(directives).get(node.version, [])[-1:]))


def patch_change(
    old: RecipeFile, new: RecipeFile, host: RecipeHost, decide: Conditions
) -> Iterator[RecipeFinding]:
    """Compare the patches that a recipe applies to a spec."""
    try:
        before = own_patches(old.directives(host), decide, old.file)
        after = own_patches(new.directives(host), decide, new.file)
    except UnreadError as error:
        if _patch_keys(old, host) != _patch_keys(new, host):
            yield RecipeFinding("unread", "may_change", f"its patches cannot be read: {error}")
        return
    if _hashed(before) != _hashed(after):
        is_hashed = sorted(_hashed(before)) != sorted(_hashed(after))
        what = "the patches that are" if is_hashed else "the order in which patches are"
        yield RecipeFinding("patch", "stale", f"{what} applied to the spec changed", is_hashed)
    elif before != after:
        yield RecipeFinding("patch", "blind", "a patch is applied differently")


def _hashed(patches: Iterable[Applied]) -> list[str]:
    return [each.hashed for each in patches]


def _patch_keys(recipe: RecipeFile, host: RecipeHost) -> list[object]:
    """Return all calls of ``patch``, with the content of their files."""
    keys: list[object] = []
    for each in recipe.directives(host):
        for call in each.named("patch"):
            place = call.argument("url_or_filename", 0)
            is_file = isinstance(place, str) and "://" not in place
            try:
                content = recipe.file(place) if is_file else place
            except UnreadError:
                content = object()
            keys.append((call.key, content if isinstance(place, str) else object()))
    return keys
