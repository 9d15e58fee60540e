"""The changes of planned specs by newer recipes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan import _core as compiled
from specplan.catalog.specs import ANY_EDGE
from specplan.errors import DamagedSourceError, UsageError
from specplan.model import LeftOut
from specplan.model.change import ChangedSpec, RecipesAssumed, RecipesCompared
from specplan.planning.changes import ChangedByRecipes, match_counts, resolve_specs
from specplan.recipes.changes import Comparison, compared_changes
from specplan.recipes.history import committed, history, with_older
from specplan.recipes.known import known_specs
from specplan.recipes.left_out import changed_files, of_next_lock, untracked_files
from specplan.recipes.locks import read_lock
from specplan.recipes.rules import NEWEST_RULES, rules_of
from specplan.recipes.successors import NextLock, next_lock
from specplan.records import dataclass
from specplan.sources.content import inflated
from specplan.sources.environments.pinned_repositories import pinned_beside
from specplan.sources.label import STANDARD_INPUT
from specplan.sources.lock_root import LockRoot
from specplan.sources.named_want import lock_or_environment_in
from specplan.sources.recipes import changed_recipes
from specplan.sources.stores.store import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from specplan.model.change import OpenVerdict
    from specplan.model.successors import Successors
    from specplan.planning.changes import ComparedSpecs
    from specplan.planning.request import RecipeRequest
    from specplan.recipes.history import History
    from specplan.recipes.locks import RecipeLock
    from specplan.recipes.model import (
        RecipeChange,
        RecipeChanges,
        RecipeVerdict,
        SpecChange,
    )
    from specplan.sources.limits import Limits
    from specplan.sources.want_records import WantedLock

__all__ = ["JudgedRecipes", "NextWants", "by_name", "judged", "next_wants"]

#: The stack of specs that are in no lock.
_NO_STACK: Final = ""

_VERDICTS: Final[tuple[OpenVerdict, ...]] = ("may_change", "blind")

_SAYS: Final = {
    "may_change": "may change, as a concretizer reads what changed or it cannot be read",
    "kept": "keeps its hash as it is, but a concretizer may choose otherwise now",
    "blind": "is built differently under the same hash, so that old binaries are reused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """Locks made with the recipes of one commit, and the changes since then.

    Attributes:
        comparison: The recipes of that commit, and the newer ones.
        locks: The locks.
        pinned: Whether their environments name the commit.
        changes: The changes.
    """

    comparison: Comparison
    locks: tuple[RecipeLock, ...]
    pinned: bool
    changes: RecipeChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRecipes:
    """The verdicts on changes of recipes, for the specs of locks.

    Attributes:
        request: The request.
        range: The revisions.
        groups: The locks by the commit they are made with, starting with that of the older
            revision.
    """

    request: RecipeRequest
    range: History
    groups: tuple[_Compared, ...]

    @property
    def changes(self) -> tuple[RecipeChanges, ...]:
        """The changes since the older revision, and since each commit that a lock pins."""
        return tuple(each.changes for each in self.groups)

    @property
    def counted(self) -> frozenset[RecipeVerdict]:
        """The verdicts that count as a change."""
        return frozenset({"stale", *self.request.treat})

    def next_locks(self) -> tuple[tuple[RecipeLock, NextLock], ...]:
        """Return the next lock of each lock from a file."""
        return tuple(
            (lock, next_lock(each.comparison, lock, each.changes, self.counted))
            for each in self.groups
            for lock in each.locks
            if lock.file.document
        )

    def open_specs(self) -> frozenset[str]:
        """Return the specs of an open verdict, which :meth:`answer` records as left out."""
        return frozenset(
            spec.hash
            for recipe in self._recipes()
            for spec in recipe.specs
            if spec.verdict in _VERDICTS and spec.verdict not in self.counted
        )

    def of_others(self, core: compiled.Catalog, hashes: Iterable[str]) -> JudgedRecipes:
        """Return the verdicts for more specs, which are in no lock.

        Args:
            core: The catalog that describes them.
            hashes: Their hashes; those of the locks are ignored.
        """
        held = {each for group in self.groups for lock in group.locks for each in lock.file.nodes}
        others = sorted(set(hashes) - held)
        if not others:
            return self
        first, *more = self.groups
        known = known_specs(core, others, _NO_STACK)
        made = _group(first.comparison, (*first.locks, known), pinned=False)
        return JudgedRecipes(request=self.request, range=self.range, groups=(made, *more))

    def answer(self) -> ChangedByRecipes:
        """Return the changes of all specs."""
        specs = [spec for each in self._recipes() for spec in each.specs]
        stale = {(each.package, each.hash) for each in specs if each.verdict in self.counted}
        matches = Counter(package for package, _ in stale)
        for each in self._recipes():
            if not each.specs and each.verdict != "same":
                matches.setdefault(each.package, 0)
        return ChangedByRecipes(
            specs=tuple(
                ChangedSpec(spec=package, matches=number)
                for package, number in sorted(matches.items())
            ),
            changed=frozenset(dag_hash for _, dag_hash in stale),
            compared=self._record(),
            left_out=(*self._open(), *(each for group in self.changes for each in group.left_out)),
            changes=self.changes,
        )

    def _recipes(self) -> Iterator[RecipeChange]:
        for each in self.groups:
            yield from each.changes.recipes

    def _record(self) -> RecipesCompared:
        strongest: dict[tuple[str, str], RecipeVerdict] = {}
        order = ("same", "blind", "may_change", "stale")
        for each in self._recipes():
            key = (each.namespace, each.package)
            known = strongest.get(key, "same")
            strongest[key] = max(known, each.verdict, key=order.index)
        verdicts = Counter(strongest.values())
        return RecipesCompared(
            repository=self.request.packages,
            before=self.range.before.shown,
            after=self.range.after.shown,
            commit=committed(self.range),
            changes="content",
            recipes=len(strongest),
            stale=verdicts["stale"],
            may_change=verdicts["may_change"],
            blind=verdicts["blind"],
            same=verdicts["same"],
            treated=tuple(each for each in _VERDICTS if each in self.request.treat),
            assumed=tuple(sorted(self._assumed(), key=lambda each: (each.stack, each.revision))),
        )

    def _assumed(self) -> Iterator[RecipesAssumed]:
        for group in self.groups:
            found: dict[str, list[SpecChange]] = {lock.stack: [] for lock in group.locks}
            for recipe in group.changes.recipes:
                for spec in recipe.specs:
                    found[spec.stack].append(spec)
            for stack, specs in found.items():
                yield RecipesAssumed(
                    stack=stack,
                    revision=group.changes.before,
                    pinned=group.pinned,
                    specs=len(specs),
                    proven=sum(each.proven for each in specs),
                )

    def _open(self) -> Iterator[LeftOut]:
        """Yield the undecided specs by recipe and verdict, with their number and the reason."""
        for recipe in self._recipes():
            for verdict in _VERDICTS:
                specs = [each for each in recipe.specs if each.verdict == verdict]
                if specs and verdict not in self.counted:
                    yield self._open_record(recipe, verdict, specs)

    def _open_record(
        self, recipe: RecipeChange, verdict: OpenVerdict, specs: Sequence[SpecChange]
    ) -> LeftOut:
        why = "; ".join(dict.fromkeys(each for spec in specs for each in spec.reasons))
        are_kept = all(each.package_hash == "same" for each in specs)
        says = _SAYS["kept" if verdict == "may_change" and are_kept else verdict]
        return LeftOut(
            kind=verdict,
            where=f"{self.request.packages}/{recipe.path}",
            detail=f"{recipe.package} {says}: {why}",
            count=len(specs),
            blocks=True,
            remedy=f"--treat {verdict}=stale, or --allow-left-out {verdict}",
        )


def judged(request: RecipeRequest, wanted: Sequence[WantedLock], limits: Limits) -> JudgedRecipes:
    """Compare the recipes of two revisions, and judge the changes for the specs of locks.

    A lock is made with the recipes of the commit that the environment beside it pins, if the
    checkout has that commit, otherwise with those of the older revision.

    Args:
        request: The revisions.
        wanted: The locks.
        limits: The limits for each file.

    Raises:
        SourceError: If there is no such checkout, or git does not know a revision.
    """
    range_ = history(request.packages, request.since)
    rules = rules_of(request.spack_rules or NEWEST_RULES)
    main = Comparison(range_, rules)
    namespaces = {each.namespace for each in main.after.repositories}
    by_commit: dict[str, tuple[Comparison, list[RecipeLock]]] = {}
    plain: list[RecipeLock] = []
    for each in wanted:
        lock = _lock(each, limits)
        pinned = _pinned(
            range_, pinned_beside(lock_or_environment_in(each.source), limits), namespaces
        )
        if pinned is None:
            plain.append(lock)
            continue
        commit = pinned.before.shown
        if commit not in by_commit:
            own = main if pinned is range_ else Comparison(pinned, rules)
            by_commit[commit] = (own, [])
        by_commit[commit][1].append(lock)
    groups = (
        _group(main, plain, pinned=False),
        *(_group(own, locks, pinned=True) for own, locks in by_commit.values()),
    )
    return JudgedRecipes(request=request, range=range_, groups=groups)


def _group(comparison: Comparison, locks: Iterable[RecipeLock], *, pinned: bool) -> _Compared:
    locks = tuple(locks)
    changes = compared_changes(comparison, locks)
    return _Compared(comparison=comparison, locks=locks, pinned=pinned, changes=changes)


def _pinned(
    range_: History, pins: Mapping[str, str], namespaces: frozenset[str] | set[str]
) -> History | None:
    """Return the changes since the commit that an environment pins; None if it pins none."""
    for name, revision in pins.items():
        if name in namespaces:
            return with_older(range_, revision)
    return None


def _lock(wanted: WantedLock, limits: Limits) -> RecipeLock:
    """Return the specs of a want, with their records if a file has them."""
    if wanted.is_available or wanted.source == STANDARD_INPUT:
        hashes = [each.hash for each in wanted.core.specs(compiled.Query.all(), None)]
        if wanted.is_available:
            hashes = wanted.core.reached(sorted({each.hash for each in wanted.roots}), ANY_EDGE)
        return known_specs(wanted.core, hashes, wanted.stack)
    place = lock_or_environment_in(wanted.source)
    document = inflated(Path(place), place, limits.index_bytes)
    return read_lock(document, wanted.stack, place)


def by_name(request: RecipeRequest, known: ComparedSpecs) -> ChangedByRecipes:
    """Return the changed specs if every touched recipe changes all of its specs.

    Args:
        request: The revisions.
        known: The specs that can change.

    Raises:
        SourceError: If there is no such checkout, or git does not know a revision.
    """
    checkout = request.packages
    recipes = changed_recipes(checkout, request.since)
    found = resolve_specs(known, recipes.packages)
    return ChangedByRecipes(
        specs=match_counts(found),
        changed=frozenset(each for _, specs in found for each in specs),
        compared=RecipesCompared(
            repository=checkout,
            before=request.since,
            after="",
            commit=None,
            changes="name",
            recipes=len(recipes.packages),
            stale=len(recipes.packages),
            may_change=0,
            blind=0,
            same=0,
            treated=(),
            assumed=(),
        ),
        left_out=(
            *changed_files(recipes.code, checkout, blocks=True),
            *changed_files(recipes.others, checkout, blocks=False),
            *untracked_files(history(checkout, request.since)),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NextWants:
    """The next locks, as wants.

    Attributes:
        wanted: The locks, in the order of those that they follow.
        answers: The outcome for the specs of each.
        open: The hashes of changed specs whose next hash is unknown.
        documents: By path, the next lock as a file; None if some hash in it is unknown.
        left_out: The specs that keep their hash only if a concretizer chooses as before.
    """

    wanted: tuple[WantedLock, ...]
    answers: tuple[Successors, ...]
    open: frozenset[str]
    documents: tuple[tuple[str, bytes | None], ...]
    left_out: tuple[LeftOut, ...]


def next_wants(recipes: JudgedRecipes, wanted: Sequence[WantedLock]) -> NextWants:
    """Return the next locks as wants.

    Args:
        recipes: The verdicts on the changes.
        wanted: The locks.

    Raises:
        UsageError: If some want is not a lock from a file.
    """
    made = {(lock.stack, lock.source): found for lock, found in recipes.next_locks()}
    keys = [(each.stack, lock_or_environment_in(each.source)) for each in wanted]
    missing = next((place for stack, place in keys if (stack, place) not in made), None)
    if missing is not None:
        raise UsageError(
            f"`--successors` applies to lock files, and `{missing}` is not one",
            hint="name a spack.lock with `--want`",
        )
    found = [made[key] for key in keys]
    known = recipes.open_specs()
    return NextWants(
        wanted=tuple(_wanted(old, new) for old, new in zip(wanted, found, strict=True)),
        answers=tuple(each.answer for each in found),
        open=frozenset(each for new in found for each in new.open),
        documents=tuple((old.source, new.whole) for old, new in zip(wanted, found, strict=True)),
        left_out=tuple(each for new in found for each in of_next_lock(new.answer, known)),
    )


def _wanted(old: WantedLock, new: NextLock) -> WantedLock:
    """Return the next lock as wants, in place of a lock."""
    read = compiled.parse_specs(
        new.document, cache=written(old.source), tag="", stack=old.stack, shown=old.source
    )
    if read.fault is not None:
        raise DamagedSourceError(
            path=old.source,
            location=read.fault.location,
            line=read.fault.line,
            fault=read.fault.fault,
        )
    kept = {(root.spec, root.group) for root in old.roots}
    roots = tuple(
        LockRoot(hash=root.hash, spec=root.spec, group=root.group)
        for root in read.roots
        if (root.spec, root.group) in kept
    )
    return replace(old, roots=roots, core=read.catalog)
