"""The records of changed recipes, and of their effect on specs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias, get_args

from specplan.model.left_out import LeftOut
from specplan.model.report import Report
from specplan.model.source import SourceUsed
from specplan.records import dataclass

__all__ = [
    "CHANGE_CLASSES",
    "RECIPE_VERDICTS",
    "ChangeClass",
    "HashFate",
    "PackageHash",
    "RecipeChange",
    "RecipeChanges",
    "RecipeTotals",
    "RecipeVerdict",
    "SpecChange",
    "VerdictCounts",
]

#: ``same``: the package hash stays. ``blind``: it stays, but the build may not. ``may_change``:
#: it stays only if the concretizer takes the same spec again, or it is not known. ``stale``: it
#: changes.
RecipeVerdict: TypeAlias = Literal["same", "blind", "may_change", "stale"]

#: The verdicts, the weakest first.
RECIPE_VERDICTS: Final[tuple[RecipeVerdict, ...]] = get_args(RecipeVerdict)

#: What becomes of the package hash of a spec that stays as it is: ``same``, ``changes``, or
#: ``unknown`` where a part that changed is not read.
HashFate: TypeAlias = Literal["same", "changes", "unknown"]

#: What kind of change it is.
ChangeClass: TypeAlias = Literal[
    "added",
    "removed",
    "unread",
    "code",
    "source",
    "patch",
    "version_added",
    "version_removed",
    "version_changed",
    "directives",
    "resource",
    "parent",
    "build_system",
    "helper",
    "metadata",
    "cosmetic",
]

#: The kinds of change, in the order in which they are shown.
CHANGE_CLASSES: Final[tuple[ChangeClass, ...]] = get_args(ChangeClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecChange:
    """The effect of a change of a recipe on one spec of a lock.

    Attributes:
        hash: The DAG hash of the spec.
        stack: The lock that holds it; empty for a spec of caches that nothing wants as it is.
        package: Its package.
        version: Its version.
        verdict: The effect on its package hash.
        package_hash: What becomes of its package hash if the concretizer takes the same spec
            again: that is ``same`` for a spec that may change if only a directive changed.
        classes: What of the recipe changed for it, in the order of :data:`CHANGE_CLASSES`.
        why: The reasons, one sentence each; empty for ``same``.
        proven: Whether its recorded package hash is that of the older recipe, so that the
            recipe was read as Spack reads it.
    """

    hash: str
    stack: str
    package: str
    version: str
    verdict: RecipeVerdict
    package_hash: HashFate
    classes: tuple[ChangeClass, ...]
    why: tuple[str, ...]
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeChange:
    """A recipe that changed, or that depends on changed code.

    Attributes:
        package: The package.
        namespace: The repository of the recipe; empty where it does not say its namespace.
        file: The path of ``package.py`` from the top of the checkout.
        classes: What changed, in the order of :data:`CHANGE_CLASSES`.
        verdict: The strongest verdict of its specs; if no lock has one, that of any spec.
        why: The reasons, one sentence each.
        specs: Its specs in the locks, by lock, then hash.
        lines: First and last lines of ``package.py`` that are new, comments and blanks left out.
    """

    package: str
    namespace: str
    file: str
    classes: tuple[ChangeClass, ...]
    verdict: RecipeVerdict
    why: tuple[str, ...]
    specs: tuple[SpecChange, ...]
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCounts:
    """The number of specs with each verdict.

    Attributes:
        same: How many stay the same.
        blind: How many stay the same though the build may not.
        may_change: How many may change.
        stale: How many change.
    """

    same: int
    blind: int
    may_change: int
    stale: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeTotals:
    """The changes in numbers.

    Attributes:
        recipes: The recipes by verdict.
        specs: Their specs in the locks by verdict.
        kept: How many of those that may change keep their package hash if the concretizer takes
            the same specs again.
        dependents: How many other specs of the locks depend on a stale one.
    """

    recipes: VerdictCounts
    specs: VerdictCounts
    kept: int
    dependents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageHash:
    """The package hash of a spec, computed from a recipe.

    Attributes:
        hash: The DAG hash of the spec.
        stack: The lock that holds it.
        package: Its package.
        version: Its version.
        recorded: The package hash in the lock; None where it has none.
        computed: The package hash of the recipe; None where that is not read.
        why: The reason why it was not read; empty if it was.
    """

    hash: str
    stack: str
    package: str
    version: str
    recorded: str | None
    computed: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RecipeChanges(Report):
    """The changes of a range of revisions.

    Attributes:
        repository: The checkout, as it was given.
        before: The commit of the older side.
        after: The commit of the newer side, or ``working tree``.
        spack_rules: The release of Spack whose rules were followed.
        stacks: The locks, in the order in which they were given.
        recipes: The recipes, by namespace, then package.
        others: Changed files of no recipe whose effect on specs is not known, sorted.
        totals: The same in numbers.
        hashes: The package hash of each spec of the locks by the recipes of the newer side;
            None where that was not asked.
        left_out: What of the changes could not be taken into account.
        sources: What was read: the checkout, then the locks.
    """

    repository: str
    before: str
    after: str
    spack_rules: str
    stacks: tuple[str, ...]
    recipes: tuple[RecipeChange, ...]
    others: tuple[str, ...]
    totals: RecipeTotals
    hashes: tuple[PackageHash, ...] | None = None
    left_out: tuple[LeftOut, ...] = ()
    sources: tuple[SourceUsed, ...] = ()

    def __iter__(self) -> Iterator[RecipeChange]:
        """Iterate over the recipes that were touched."""
        return iter(self.recipes)

    def __len__(self) -> int:
        """Return their number."""
        return len(self.recipes)
