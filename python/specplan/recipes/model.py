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

#: ``same``: the package hash stays. ``blind``: it stays, but the build may change. ``may_change``:
#: it stays only if the concretizer takes the same spec again, or the effect is unknown. ``stale``:
#: it changes.
RecipeVerdict: TypeAlias = Literal["same", "blind", "may_change", "stale"]

#: The verdicts, the weakest first.
RECIPE_VERDICTS: Final[tuple[RecipeVerdict, ...]] = get_args(RecipeVerdict)

#: The effect on the package hash of an otherwise unchanged spec: ``same``, ``changes``, or
#: ``unknown`` if a changed part is unread.
HashFate: TypeAlias = Literal["same", "changes", "unknown"]

#: The kinds of change.
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

#: The kinds of change, in display order.
CHANGE_CLASSES: Final[tuple[ChangeClass, ...]] = get_args(ChangeClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecChange:
    """The effect of a change of a recipe on one spec of a lock.

    Attributes:
        hash: The DAG hash of the spec.
        stack: The lock that contains it; empty for a spec of caches that is not wanted by hash.
        package: Its package.
        version: Its version.
        verdict: The effect on its package hash.
        package_hash: The effect on its package hash if the concretizer takes the same spec again:
            ``same`` for a spec that may change because of a directive alone.
        classes: The kinds of change that affect it, in the order of :data:`CHANGE_CLASSES`.
        reasons: The reasons, one sentence each; empty for ``same``.
        proven: Whether its recorded package hash is that of the older recipe, which proves that the
            recipe was read as Spack reads it.
    """

    hash: str
    stack: str
    package: str
    version: str
    verdict: RecipeVerdict
    package_hash: HashFate
    classes: tuple[ChangeClass, ...]
    reasons: tuple[str, ...]
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeChange:
    """A recipe that changed, or that depends on changed code.

    Attributes:
        package: The package.
        namespace: The repository of the recipe; empty if it does not declare its namespace.
        path: The path of ``package.py`` from the top of the checkout.
        classes: The kinds of change, in the order of :data:`CHANGE_CLASSES`.
        verdict: The strongest verdict of its specs; if no lock has one, that of any spec.
        reasons: The reasons, one sentence each.
        specs: Its specs in the locks, by lock, then hash.
        lines: First and last lines of the new parts of ``package.py``, without comments and blank
            lines.
    """

    package: str
    namespace: str
    path: str
    classes: tuple[ChangeClass, ...]
    verdict: RecipeVerdict
    reasons: tuple[str, ...]
    specs: tuple[SpecChange, ...]
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCounts:
    """The number of specs with each verdict.

    Attributes:
        same: The number that stay the same.
        blind: The number that stay the same although the build may change.
        may_change: The number that may change.
        stale: The number that change.
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
        kept: The number of those that may change but keep their package hash if the concretizer
            takes the same specs again.
        dependents: The number of other specs of the locks that depend on a stale one.
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
        stack: The lock that contains it.
        package: Its package.
        version: Its version.
        recorded: The package hash in the lock; None if it has none.
        computed: The package hash of the recipe; None if the recipe is unread.
        reason: The reason why it was not read; empty if it was.
    """

    hash: str
    stack: str
    package: str
    version: str
    recorded: str | None
    computed: str | None
    reason: str


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
        others: Changed files outside of recipes whose effect on specs is unknown, sorted.
        totals: The numbers.
        hashes: The package hash of each spec of the locks by the recipes of the newer side; None
            unless requested.
        left_out: Changes that could not be taken into account.
        sources: The sources that were read: the checkout, then the locks.
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
        """Iterate over the touched recipes."""
        return iter(self.recipes)

    def __len__(self) -> int:
        """Return their number."""
        return len(self.recipes)
