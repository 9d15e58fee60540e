"""The specs that an abstract spec of a plan matches: changed, assumed or broken ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan import _core as compiled
from specplan._core import AbstractSpec
from specplan.abstract_spec import written
from specplan.catalog.specs import ANY_EDGE
from specplan.errors import UndecidedError, UnknownNameError, UsageError
from specplan.model import ChangeAsked, ChangedSpec, RecipesCompared, WhatIf
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.similar_names import suggestions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from specplan.model import LeftOut
    from specplan.planning.request import ChangeRequest
    from specplan.recipes.model import RecipeChanges

__all__ = [
    "ChangedByRecipes",
    "ComparedSpecs",
    "change",
    "match_counts",
    "resolve_spec",
    "resolve_specs",
    "unknown",
    "what_if",
]

#: The pattern of the package in an abstract spec.
_PACKAGE: Final = pattern(r"\s*(?:[\w-]+\.)*([A-Za-z0-9_][\w-]*)")

_HASH: Final = pattern(r"[a-z2-7]{32}")


@dataclass(frozen=True, slots=True)
class ComparedSpecs:
    """The specs with which an abstract spec is compared.

    Attributes:
        core: The catalog that describes them.
        among: The specs of it that count.
    """

    core: compiled.Catalog
    among: compiled.Query

    @staticmethod
    def all_of(core: compiled.Catalog) -> ComparedSpecs:
        """Return all specs of a catalog."""
        return ComparedSpecs(core, compiled.Query.all())

    @staticmethod
    def below(core: compiled.Catalog, hashes: Iterable[str]) -> ComparedSpecs:
        """Return some specs of a catalog and all that these depend on, over any edge."""
        reached = core.reached(sorted(hashes), ANY_EDGE)
        return ComparedSpecs(core, compiled.Query.hashes(reached))

    def named(self) -> list[tuple[str, str, str]]:
        """Return hash, package and version of each spec, by hash."""
        specs = self.core.specs(self.among, None)
        return [(each.hash, each.package, each.version) for each in specs]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedByRecipes:
    """The planned specs that recipes change.

    Attributes:
        specs: The packages with their numbers of changed specs, by name; 0 for packages without
            planned specs.
        changed: The hashes of the specs that change.
        compared: The numbers of the comparison.
        left_out: Changes that could not be taken into account.
        changes: The changes since the older revision, and since each commit that a lock pins; none
            if changes are counted by name.
    """

    specs: tuple[ChangedSpec, ...]
    changed: frozenset[str]
    compared: RecipesCompared
    left_out: tuple[LeftOut, ...]
    changes: tuple[RecipeChanges, ...] = ()


def resolve_spec(known: ComparedSpecs, spec: str) -> list[str]:
    """Return the hashes of the specs that satisfy an abstract spec, sorted.

    A name unknown to the catalog and to Spack's own recipes is taken as a package without specs,
    not as a virtual package that any spec may provide: most such names are mistyped, or are
    packages without dependents.

    Raises:
        UndecidedError: If the sources do not show whether some spec satisfies it.
    """
    asked = written(f"/{spec}" if _HASH.fullmatch(spec) else spec)
    name = AbstractSpec(asked).name
    if name is not None and not known.core.has_heard_of(name):
        return []
    found = known.core.find(asked, known.among, None)
    undecided = found.unknown
    if undecided:
        first = undecided[0].spec
        more = f" and {len(undecided) - 1} more" if len(undecided) > 1 else ""
        raise UndecidedError(
            f"the sources do not say whether {first.package}@{first.version}/{first.hash}{more} "
            f"satisfies `{spec}`: {undecided[0].reason}",
            spec,
            sorted({each.missing for each in undecided}),
            len(undecided),
            [each.spec.hash for each in undecided],
            hint="name the specs by their hashes, as in `/HASH`",
        )
    return sorted(each.hash for each in found.specs)


def resolve_specs(known: ComparedSpecs, specs: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return each distinct abstract spec with the hashes that satisfy it, in the given order."""
    return [(spec, resolve_spec(known, spec)) for spec in dict.fromkeys(specs)]


def match_counts(asked: Iterable[tuple[str, Collection[str]]]) -> tuple[ChangedSpec, ...]:
    """Return the number of specs that each abstract spec matches."""
    return tuple(ChangedSpec(spec=spec, matches=len(found)) for spec, found in asked)


def unknown(kind: str, spec: str, core: compiled.Catalog) -> UnknownNameError:
    """Return the error for an abstract spec that nothing satisfies, with similar names."""
    named = _PACKAGE.match(spec)
    near = suggestions(named[1], core.names("package")) if named else ()
    return UnknownNameError(kind=kind, name=spec, suggestions=near)


def change(
    known: ComparedSpecs, request: ChangeRequest | None, recipes: ChangedByRecipes | None = None
) -> ChangeAsked | None:
    """Return the predicted change; None if nothing changes.

    Args:
        known: The specs that can change.
        request: The requested change.
        recipes: Their changes through recipes.

    Raises:
        UnknownNameError: If nothing satisfies a typed spec.
        UsageError: If a policy or a depth is given without a change.
    """
    if request is None:
        return None
    typed, listed = request.specs, request.listed
    if not typed and listed is None and request.recipes is None and not request.hashes:
        raise UsageError(
            "`policy` and `depth` need a change, and none is given",
            hint="name what changed with `changed`",
        )
    asked = resolve_specs(known, typed)
    for spec, found in asked:
        if not found:
            raise unknown("wanted spec", spec, known.core)
    asked += [each for each in resolve_specs(known, listed or ()) if each[0] not in dict(asked)]
    changed = {each for _, found in asked for each in found}
    if request.hashes:
        among = known.among & compiled.Query.hashes(sorted(request.hashes))
        changed |= {each.hash for each in known.core.specs(among, None)}
    specs = match_counts(asked)
    if recipes is not None:
        changed |= recipes.changed
        specs = (*specs, *recipes.specs)
    return ChangeAsked(
        specs=specs,
        changed=tuple(sorted(changed)),
        policy=request.policy,
        depth=request.depth,
        recipes=None if recipes is None else recipes.compared,
    )


def what_if(
    core: compiled.Catalog, state: compiled.State, assumed: Sequence[str], withheld: Sequence[str]
) -> WhatIf | None:
    """Return the assumptions about availability; None if there are none.

    Args:
        core: All known specs.
        state: The state whose binaries count.
        assumed: Abstract specs that are assumed to be available.
        withheld: Abstract specs that are assumed to be unavailable.

    Raises:
        UnknownNameError: If nothing satisfies one of them.
    """
    if not assumed and not withheld:
        return None
    known = ComparedSpecs.all_of(core)
    more, fewer = resolve_specs(known, assumed), resolve_specs(known, withheld)
    for spec, found in (*more, *fewer):
        if not found:
            raise unknown("spec", spec, core)
    available = {each for _, found in more for each in found}
    refused = {each for _, found in fewer for each in found}
    binaries = {*core.available(state, sorted(available | refused))}
    return WhatIf(
        assumed=match_counts(more),
        withheld=match_counts((spec, binaries.intersection(found)) for spec, found in fewer),
        available=tuple(sorted(available - binaries - refused)),
        unavailable=tuple(sorted(binaries & refused)),
    )
