"""The next lock without a concretizer: the same specs with the hashes of newer recipes.

If only code, sources or patches of recipes changed, the concretizer would take the same specs
again. Their new package hashes are computed, and with them their DAG hashes, up to the roots. It
checks itself: a spec has a successor only if its recorded package hash can be reproduced from the
older recipe, and its recorded DAG hash from its content.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specplan import _core
from specplan.model.successors import OpenSpec, Successor, Successors
from specplan.recipes.dag_hash import dag_hash
from specplan.recipes.hashes import computed_hash
from specplan.recipes.host import host_of
from specplan.recipes.other_choice import other_choice
from specplan.recipes.patches import Applied, own_patches
from specplan.recipes.source_id import declared_source, next_commit
from specplan.recipes.unread import UnreadError
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specplan.recipes.changes import Comparison
    from specplan.recipes.locks import RecipeLock
    from specplan.recipes.model import RecipeChanges, RecipeVerdict, SpecChange
    from specplan.recipes.nodes import Node
    from specplan.recipes.sides import RecipeFile

__all__ = ["EXACT", "NextLock", "next_lock", "successor_lock", "successors"]


#: The verdicts after which a spec may no longer be the same.
_COUNTED: Final[frozenset[RecipeVerdict]] = frozenset({"blind", "may_change", "stale"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NextLock:
    """A lock with the known hashes of newer recipes.

    Attributes:
        answer: The outcome for each spec.
        document: The lock as a file. A spec without a known successor keeps its hash, but depends
            on the successors of its dependencies.
        open: The hashes of changed specs whose next hash is unknown.
    """

    answer: Successors
    document: bytes
    open: frozenset[str]

    @property
    def whole(self) -> bytes | None:
        """The lock as a file in which every hash matches its content; None if one does not."""
        is_sound = not self.open and not _core.check_hashes_in(self.document).wrong
        return self.document if is_sound else None


#: Changes after which the concretizer takes the same spec again.
EXACT: Final = frozenset({"code", "source", "patch", "version_added", "metadata", "cosmetic"})


@dataclass(slots=True)
class _Next:
    """The next node of a spec, or the reason why it is unknown.

    A spec that keeps its hash may also have a reason: a concretizer may choose another version of
    it or of its dependencies, so no changed spec above it has a known hash. The cause is
    the spec whose recipe gives the reason.
    """

    hash: str | None
    raw: Mapping[str, Any]
    why: str = ""
    cause: str = ""


def successors(compared: Comparison, lock: RecipeLock, changes: RecipeChanges) -> Successors:
    """Return the next hashes of the specs of a lock.

    Args:
        compared: The recipes of both sides.
        lock: The lock, made with the recipes of the older side.
        changes: The changes between them, with the specs of this lock.
    """
    return _Succession(compared, lock, changes).answer()


def next_lock(
    compared: Comparison,
    lock: RecipeLock,
    changes: RecipeChanges,
    counted: frozenset[RecipeVerdict] = _COUNTED,
) -> NextLock:
    """Return a lock with the known hashes of newer recipes.

    Args:
        compared: The recipes of both sides.
        lock: The lock, made with the recipes of the older side.
        changes: The changes between them, with the specs of this lock.
        counted: The verdicts that count as a change; specs with others are assumed to stay.
    """
    made = _Succession(compared, lock, changes, counted)
    return NextLock(answer=made.answer(), document=made.text(), open=made.open)


def successor_lock(compared: Comparison, lock: RecipeLock, changes: RecipeChanges) -> bytes | None:
    """Return the next lock as a file; None if some spec has no known successor.

    Args:
        compared: The recipes of both sides.
        lock: The lock, made with the recipes of the older side.
        changes: The changes between them, with the specs of this lock.
    """
    return _Succession(compared, lock, changes).document()


class _Succession:
    def __init__(
        self,
        compared: Comparison,
        lock: RecipeLock,
        changes: RecipeChanges,
        counted: frozenset[RecipeVerdict] = _COUNTED,
    ) -> None:
        self._compared = compared
        self._lock = lock
        self._counted = counted
        self._changed: dict[str, SpecChange] = {
            spec.hash: spec
            for recipe in changes.recipes
            for spec in recipe.specs
            if spec.stack == lock.stack
        }
        self._next: dict[str, _Next] = {}
        for each in _dependencies_first(lock):
            self._next[each.hash] = self._next_of(each)

    def answer(self) -> Successors:
        specs = tuple(
            Successor(
                hash=node.hash,
                package=node.name,
                version=node.version,
                successor=found.hash,
                package_hash=str(found.raw.get("package_hash", "")) if found.hash else None,
                reason=found.why,
            )
            for node in self._lock.file.nodes.values()
            if (found := self._next[node.hash]).hash != node.hash
        )
        open_ = tuple(
            OpenSpec(
                hash=node.hash,
                package=node.name,
                version=node.version,
                cause=found.cause,
                reason=found.why,
            )
            for node in self._lock.file.nodes.values()
            if (found := self._next[node.hash]).hash == node.hash and found.why
        )
        kept = len(self._lock.file.nodes) - len(specs) - len(open_)
        return Successors(stack=self._lock.stack, kept=kept, open=open_, specs=specs)

    def document(self) -> bytes | None:
        """Return the next lock; None if some hash in it is unknown."""
        if self.open:
            return None
        text = self.text()
        return None if _core.check_hashes_in(text).wrong else text

    @property
    def open(self) -> frozenset[str]:
        """The specs whose next hash is unknown."""
        return frozenset(old for old, found in self._next.items() if found.hash is None)

    def text(self) -> bytes:
        """Return the next lock, in which specs without a known successor keep their hash."""
        renamed = {old: found.hash or old for old, found in self._next.items()}
        old = self._lock.file.document
        roots = [
            {**each, "hash": renamed.get(each.get("hash"), each.get("hash"))}
            for each in old.get("roots", ())
        ]
        nodes = {}
        for own, found in self._next.items():
            raw = found.raw
            if found.hash is None and raw.get("dependencies"):
                raw = {**raw, "dependencies": [self._edge(each) for each in raw["dependencies"]]}
            nodes[renamed[own]] = raw
        made = {**old, "roots": roots, "concrete_specs": nodes}
        return (json.dumps(made, separators=(",", ":")) + "\n").encode()

    def _next_of(self, node: Node) -> _Next:
        change = self._changed.get(node.hash)
        why, cause = self._doubt(node, change)
        if change is not None and change.verdict not in self._counted:
            change = None
        is_stale = change is not None and change.verdict != "same"
        are_below_same = all(
            found.hash == each
            for each in node.dependencies
            if (found := self._next.get(each)) is not None
        )
        if not is_stale and are_below_same and not (why and "may_change" in self._counted):
            return _Next(node.hash, node.raw, why, cause)
        if why:
            return _Next(None, node.raw, why, cause)
        try:
            return self._made(node, change)
        except UnreadError as error:
            return _Next(None, node.raw, f"{node.name}@{node.version}: {error}")

    def _doubt(self, node: Node, change: SpecChange | None) -> tuple[str, str]:
        """Return the reason why a concretizer may choose another spec, and the cause."""
        for each in node.dependencies:
            if each in self._next and (below := self._next[each]).why:
                return below.why, below.cause
        if change is None:
            return "", ""
        sides = (self._compared.before, self._compared.after)
        old, new = (each.find(node.namespace, node.name) for each in sides)
        why = other_choice(self._lock, change, old, new)
        return why, node.hash if why else ""

    def _made(self, node: Node, change: SpecChange | None) -> _Next:
        if change is not None and (
            change.verdict == "may_change" or not EXACT.issuperset(change.classes)
        ):
            # Even a hash that certainly changes may become that of another spec.
            raise UnreadError("; ".join(change.reasons))
        self._check(node)
        raw = dict(node.raw)
        raw["dependencies"] = [self._edge(each) for each in raw.get("dependencies", ())]
        if not raw["dependencies"]:
            del raw["dependencies"]
        if change is not None and change.verdict == "stale":
            self._renew(node, raw)
        raw["hash"] = dag_hash(raw)
        return _Next(raw["hash"], raw)

    def _check(self, node: Node) -> None:
        """Refuse a spec without proof that it is read as Spack reads it."""
        if "build_spec" in node.raw:
            raise UnreadError("it is spliced")
        names = [each.get("name") for each in node.raw.get("dependencies", ())]
        if len(set(names)) != len(names):
            raise UnreadError("it depends on two specs of one package")
        if dag_hash(node.raw) != node.hash:
            raise UnreadError("its hash does not match its content")
        recipe = self._compared.before.find(node.namespace, node.name)
        if recipe is None:
            raise UnreadError("its recipe is not available")
        if computed_hash(self._lock, node, recipe) != node.package_hash:
            raise UnreadError("its package hash does not match the older recipe")

    def _edge(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        found = self._next.get(str(raw.get("hash")))
        return dict(raw) if found is None else {**raw, "hash": found.hash or raw["hash"]}

    def _renew(self, node: Node, raw: dict[str, Any]) -> None:
        """Set the package hash and the patches of the newer recipe on a node."""
        recipe = self._compared.after.find(node.namespace, node.name)
        if recipe is None:
            raise UnreadError("its recipe is gone")
        patches = self._patches(node)
        shas = [each.sha256 for each in patches]
        if shas != list(node.patches):
            _set_patches(raw, shas)
        commit = self._commit(node, recipe)
        if commit != node.commit:
            raw["parameters"] = {**raw["parameters"], "commit": commit}
        renewed = replace(node, patches=tuple(shas), commit=commit)
        raw["package_hash"] = computed_hash(self._lock, renewed, recipe, patches)

    def _commit(self, node: Node, recipe: RecipeFile) -> str:
        if not node.commit or node.is_git_version:
            return node.commit
        host = host_of(node.raw.get("arch"))
        old = self._compared.before.find(node.namespace, node.name)
        if old is None:
            raise UnreadError("its recipe is not available")
        before, after = (declared_source(node, each.directives(host)) for each in (old, recipe))
        commit = next_commit(node, before, after)
        if commit is None:
            raise UnreadError(f"the commit of version {node.version} is looked up")
        return commit

    def _patches(self, node: Node) -> tuple[Applied, ...]:
        if node.is_external:
            return ()
        decide, host = self._lock.decide(node), host_of(node.raw.get("arch"))
        old = self._compared.before.find(node.namespace, node.name)
        new = self._compared.after.find(node.namespace, node.name)
        if old is None or new is None:
            raise UnreadError("its recipe is not available")
        before = own_patches(old.directives(host), decide, old.file)
        if [each.sha256 for each in before] != list(node.patches):
            raise UnreadError("its patches are not those of its own recipe alone")
        return own_patches(new.directives(host), decide, new.file)


def _set_patches(raw: dict[str, Any], shas: list[str]) -> None:
    """Insert patches where Spack writes them: among the variants, before the package hash."""
    parameters = dict(raw.get("parameters", {}))
    flags = {key: value for key, value in parameters.items() if key in _FLAGS}
    variants = {
        key: value for key, value in parameters.items() if key not in flags and key != "patches"
    }
    if shas:
        variants["patches"] = sorted(shas)
    raw["parameters"] = {**dict(sorted(variants.items())), **flags}
    rest = {key: value for key, value in raw.items() if key != "patches"}
    raw.clear()
    for key, value in rest.items():
        if key == "package_hash" and shas:
            raw["patches"] = shas
        raw[key] = value


#: The names of the parameters that are not variants.
_FLAGS = ("cflags", "cppflags", "cxxflags", "fflags", "ldflags", "ldlibs")


def _dependencies_first(lock: RecipeLock) -> list[Node]:
    """Return the specs of a lock, each after its dependencies."""
    nodes = lock.file.nodes
    ordered: dict[str, Node] = {}
    for start in nodes:
        open_ = [(start, False)]
        entered: set[str] = set()
        while open_:
            each, is_left = open_.pop()
            if each in ordered or each not in nodes:
                continue
            if is_left:
                ordered[each] = nodes[each]
            elif each not in entered:
                entered.add(each)
                open_.append((each, True))
                open_ += [(below, False) for below in nodes[each].dependencies]
    return list(ordered.values())
