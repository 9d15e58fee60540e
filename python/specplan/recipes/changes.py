"""The effect of a range of revisions on recipes, and on the specs of locks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING, Final

from specplan.model.source import SourceUsed
from specplan.recipes.directives import DEPENDENCY_PATCH
from specplan.recipes.findings import RecipeFinding, classes_in, strongest
from specplan.recipes.foreign_patches import newly_patched
from specplan.recipes.hashes import computed_hash
from specplan.recipes.imports import changed_code, imported_by, module_of, with_importers
from specplan.recipes.joined import kept_count, verdict_counts
from specplan.recipes.left_out import of_comparison
from specplan.recipes.model import (
    PackageHash,
    RecipeChange,
    RecipeChanges,
    RecipeTotals,
    RecipeVerdict,
    SpecChange,
)
from specplan.recipes.repositories import PackageFile, is_recipe, place_of, repositories_of
from specplan.recipes.sides import RecipeFile, Side
from specplan.recipes.unread import UnreadError
from specplan.recipes.verdicts import (
    ANY_HOST,
    any_spec_findings,
    change_classes,
    spec_change,
)
from specplan.records import dataclass
from specplan.sources.recipes import no_repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from specplan.recipes.history import ChangedFile, History, Tree
    from specplan.recipes.locks import RecipeLock
    from specplan.recipes.nodes import Node
    from specplan.recipes.rules import SpackRules

__all__ = ["Comparison", "compared_changes", "package_hashes", "recipe_changes"]

_RECIPE: Final = "package.py"

#: A recipe: its namespace and its package.
_Key = tuple[str, str]


@dataclass(slots=True)
class _Touched:
    """A recipe, with the changes in and beside it."""

    files: dict[str, ChangedFile] = field(default_factory=dict)
    beside: list[RecipeFinding] = field(default_factory=list)


class Comparison:
    """Two revisions of a checkout with their recipes.

    Args:
        range_: The revisions.
        rules: The rules for hashing recipes.

    Raises:
        SourceError: If neither side has a recipe, so nothing could have changed.
    """

    __slots__ = ("_newer_paths", "after", "before", "range", "rules")

    def __init__(self, range_: History, rules: SpackRules) -> None:
        self.range = range_
        self.rules = rules
        self._newer_paths = frozenset(range_.after.paths())
        gone = [each for each in range_.files if each not in self._newer_paths]
        newer = repositories_of(range_.after, set(range_.files) - set(gone))
        are_same = not any(each.endswith("repo.yaml") for each in range_.files)
        older = newer if are_same and not gone else repositories_of(range_.before, range_.files)
        if not (newer or older or any(map(is_recipe, self._newer_paths))):
            raise no_repository(range_.checkout)
        self.before = Side(range_.before, older, rules)
        self.after = Side(range_.after, newer, rules)

    def fetch(self, keys: Iterable[_Key]) -> None:
        """Read the folders of recipes on both sides, all at once."""
        keys = list(keys)
        paths = self._newer_paths | set(self.range.files)
        for side in (self.before, self.after):
            folders = side.folders(keys)
            side.tree.fetch(sorted(each for each in paths if each.startswith(folders)))

    def place(self, path: str) -> PackageFile | None:
        """Return the place of a file, on either side."""
        side = self.after if path in self._newer_paths else self.before
        return place_of(path, side.repositories)


def recipe_changes(
    range_: History, locks: Sequence[RecipeLock], rules: SpackRules
) -> RecipeChanges:
    """Return the effect of a range of revisions on recipes and on the specs of locks.

    Args:
        range_: The revisions.
        locks: The locks, made with the recipes of the older one.
        rules: The rules for hashing recipes.
    """
    return compared_changes(Comparison(range_, rules), locks)


def compared_changes(compared: Comparison, locks: Sequence[RecipeLock]) -> RecipeChanges:
    """Return the same for recipes that are already compared.

    Args:
        compared: The recipes of both sides.
        locks: The locks, made with the recipes of the older one.
    """
    range_ = compared.range
    touched, others = _touched(compared)
    compared.fetch(sorted(touched))
    _add_importers(compared, touched, others, locks)
    compared.fetch(sorted(touched))
    _add_patched(compared, touched, locks)
    keys = sorted(touched)
    compared.fetch(keys)
    left_out = of_comparison(range_, others, are_importers_known=bool(locks))
    recipes = tuple(_change(compared, key, touched[key], locks) for key in keys)
    return RecipeChanges(
        repository=range_.checkout,
        before=range_.before.shown,
        after=range_.after.shown,
        spack_rules=compared.rules.spack,
        stacks=tuple(each.stack for each in locks if each.stack),
        recipes=recipes,
        others=tuple(sorted(others)),
        totals=_totals(recipes, locks),
        left_out=left_out,
        sources=_sources(range_, locks),
    )


def _sources(range_: History, locks: Sequence[RecipeLock]) -> tuple[SourceUsed, ...]:
    places = dict.fromkeys([range_.checkout, *(each.source for each in locks if each.source)])
    return tuple(SourceUsed(source=each, copied_at=None, indexes=()) for each in places)


def package_hashes(side: Side, locks: Sequence[RecipeLock]) -> tuple[PackageHash, ...]:
    """Return the package hash of each spec of locks by the recipes of one side.

    The patches are those recorded in the locks.

    Args:
        side: The recipes.
        locks: The locks.
    """
    side.fetch({(each.namespace, each.name) for lock in locks for each in lock.file.nodes.values()})
    return tuple(
        _package_hash(side, lock, node) for lock in locks for node in lock.file.nodes.values()
    )


def _package_hash(side: Side, lock: RecipeLock, node: Node) -> PackageHash:
    computed, why = None, ""
    try:
        recipe = side.find(node.namespace, node.name)
        if recipe is None:
            why = f"there is no recipe of {node.name}"
        else:
            computed = computed_hash(lock, node, recipe)
    except UnreadError as error:
        why = str(error)
    return PackageHash(
        hash=node.hash,
        stack=lock.stack,
        package=node.name,
        version=node.version,
        recorded=node.package_hash or None,
        computed=computed,
        reason=why,
    )


def _touched(compared: Comparison) -> tuple[dict[_Key, _Touched], list[str]]:
    """Return the recipes with changed files, and the other changed files."""
    touched: defaultdict[_Key, _Touched] = defaultdict(_Touched)
    others: list[str] = []
    for path, changed in compared.range.files.items():
        place = compared.place(path)
        if place is None or place.package is None:
            others.append(path)
        else:
            key = (place.repository.namespace, place.package)
            touched[key].files[place.inside] = changed
    return dict(touched), others


def _add_importers(
    compared: Comparison,
    touched: dict[_Key, _Touched],
    others: Sequence[str],
    locks: Sequence[RecipeLock],
) -> None:
    """Add the recipes of locks that import changed code."""
    causes = _changed_modules(compared, touched, others)
    wanted = {(each.namespace, each.name) for lock in locks for each in lock.file.nodes.values()}
    if not causes or not wanted:
        return
    compared.after.fetch(sorted(wanted))
    for key in sorted(wanted):
        recipe = _found(compared.after, key)
        if recipe is None:
            continue
        module = module_of(recipe.path) or ""
        imported = imported_by(recipe.source, module) & causes.keys()
        for finding in dict.fromkeys(causes[each] for each in sorted(imported)):
            known = (recipe.repository.namespace, recipe.package)
            touched.setdefault(known, _Touched()).beside.append(finding)


def _add_patched(
    compared: Comparison, touched: dict[_Key, _Touched], locks: Sequence[RecipeLock]
) -> None:
    """Add the recipes of locks whose specs are patched by a recipe that changed."""
    for key in list(touched):
        old, new = _found(compared.before, key), _found(compared.after, key)
        finding = RecipeFinding("unread", "may_change", f"{key[1]} applies other patches to it")
        for lock in locks:
            for node in lock.of_package(*key):
                for each in newly_patched(old, new, ANY_HOST, lock, node):
                    beside = touched.setdefault((each.namespace, each.name), _Touched()).beside
                    if finding not in beside:
                        beside.append(finding)


def _changed_modules(
    compared: Comparison, touched: dict[_Key, _Touched], others: Sequence[str]
) -> dict[str, RecipeFinding]:
    """Return the modules whose code changed, or that import such a module, with a message."""
    before, after = compared.range.before, compared.range.after
    plain = {
        module: path
        for path in others
        if (module := module_of(path))
        and changed_code(_content(before, path), _content(after, path))
    }
    causes: dict[str, RecipeFinding] = {}
    if plain:
        found = with_importers(plain, after, compared.after.repositories)
        causes = {module: _module_finding(plain[cause]) for module, cause in found.items()}
    for key, each in touched.items():
        causes |= _parent_modules(compared, key, each)
    return causes


def _module_finding(path: str) -> RecipeFinding:
    is_build_system = "/build_systems/" in path
    return RecipeFinding(
        "build_system" if is_build_system else "helper",
        "blind",
        f"{path} changed, which the recipe imports",
    )


def _parent_modules(compared: Comparison, key: _Key, touched: _Touched) -> dict[str, RecipeFinding]:
    """Return the module names under which others import a recipe with changed code."""
    if _RECIPE not in touched.files:
        return {}
    old, new = _found(compared.before, key), _found(compared.after, key)
    if new is None:
        return {}
    # Its declarations are compared with the recipes that inherit them.
    is_code = old is None or _code_of_any(old) != _code_of_any(new)
    why = f"the recipe of {key[1]} changed, which it imports"
    finding = RecipeFinding("parent", "blind" if is_code else "same", why)
    folder = new.repository.folder_of(new.package).rstrip("/").rpartition("/")[2]
    names = [module_of(new.path), f"spack.pkg.{new.repository.namespace}.{folder}"]
    return {each: finding for each in names if each}


def _code_of_any(recipe: RecipeFile) -> object:
    try:
        return recipe.recipe.text_of_any()
    except UnreadError:
        # An unread part differs from everything.
        return object()


def _found(side: Side, key: _Key) -> RecipeFile | None:
    try:
        return side.find(*key)
    except UnreadError:
        return None


def _content(tree: Tree, path: str) -> bytes | None:
    try:
        return tree.read(path)
    except UnreadError:
        return None


def _change(
    compared: Comparison, key: _Key, touched: _Touched, locks: Sequence[RecipeLock]
) -> RecipeChange:
    namespace, package = key
    try:
        old, new = compared.before.find(*key), compared.after.find(*key)
    except UnreadError as error:
        return _unread(key, touched, locks, error)
    beside = [*touched.beside, *_files_beside(old, new, touched)]
    specs = tuple(_spec_changes(key, locks, old, new, beside))
    findings = [*any_spec_findings(old, new), *beside]
    verdicts: Iterable[RecipeVerdict] = (
        [each.verdict for each in specs] if specs else [each.verdict for each in findings]
    )
    known = new or old
    return RecipeChange(
        package=package,
        namespace=namespace,
        path=known.path if known is not None else next(iter(touched.files), ""),
        classes=change_classes(old, new, findings),
        verdict=strongest(verdicts),
        reasons=tuple(dict.fromkeys(each.why for each in findings)),
        specs=specs,
        lines=touched.files[_RECIPE].lines if _RECIPE in touched.files else (),
    )


def _spec_changes(
    key: _Key,
    locks: Sequence[RecipeLock],
    old: RecipeFile | None,
    new: RecipeFile | None,
    beside: Sequence[RecipeFinding],
) -> Iterator[SpecChange]:
    for lock in locks:
        for node in sorted(lock.of_package(*key), key=lambda each: each.hash):
            yield spec_change(lock, node, old, new, beside)


def _unread(
    key: _Key,
    touched: _Touched,
    locks: Sequence[RecipeLock],
    error: UnreadError,
) -> RecipeChange:
    """Return the finding on a recipe whose file cannot be read."""
    finding = RecipeFinding("unread", "may_change", f"the recipe cannot be read: {error}")
    specs = tuple(
        SpecChange(
            hash=node.hash,
            stack=lock.stack,
            package=node.name,
            version=node.version,
            verdict="may_change",
            package_hash="unknown",
            classes=("unread",),
            reasons=(finding.why,),
            proven=False,
        )
        for lock in locks
        for node in sorted(lock.of_package(*key), key=lambda each: each.hash)
    )
    namespace, package = key
    place = next(iter(touched.files.values()), None)
    return RecipeChange(
        package=package,
        namespace=namespace,
        path=place.path if place is not None else "",
        classes=classes_in(["unread"]),
        verdict="may_change",
        reasons=(finding.why,),
        specs=specs,
        lines=(),
    )


def _files_beside(
    old: RecipeFile | None, new: RecipeFile | None, touched: _Touched
) -> Iterator[RecipeFinding]:
    """Yield the changed files in the folder of a recipe, except for its patches."""
    if old is None or new is None:
        return
    for inside in touched.files:
        if inside == _RECIPE or _is_moved(old, new, inside):
            continue
        named = {name for each in (old, new) for name in _named(each, inside)}
        if DEPENDENCY_PATCH in named:
            why = f"{inside} changed, a patch of a dependency"
            yield RecipeFinding("patch", "may_change", why)
        elif not named:
            yield RecipeFinding("helper", "blind", f"{inside} changed, which the hash does not see")


def _is_moved(old: RecipeFile, new: RecipeFile, inside: str) -> bool:
    """Return whether a file was only moved, with the recipe beside it."""
    try:
        content = old.file(inside)
        return old.path != new.path and content is not None and content == new.file(inside)
    except UnreadError:
        return False


def _named(recipe: RecipeFile, inside: str) -> Iterator[str]:
    """Yield the names of the directives that use a file as a patch."""
    try:
        directives = recipe.own_directives(ANY_HOST)
    except UnreadError:
        return
    for call in directives.calls:
        is_patch = call.name in {"patch", DEPENDENCY_PATCH}
        if is_patch and call.argument("url_or_filename", 0) == inside:
            yield call.name


def _totals(recipes: Sequence[RecipeChange], locks: Sequence[RecipeLock]) -> RecipeTotals:
    specs = [spec for each in recipes for spec in each.specs]
    stale: defaultdict[str, set[str]] = defaultdict(set)
    for spec in specs:
        if spec.verdict == "stale":
            stale[spec.stack].add(spec.hash)
    return RecipeTotals(
        recipes=verdict_counts(each.verdict for each in recipes),
        specs=verdict_counts(each.verdict for each in specs),
        kept=kept_count(specs),
        dependents=sum(len(lock.dependents_of(stale[lock.stack])) for lock in locks),
    )
