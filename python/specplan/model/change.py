"""The change of a plan: its inputs, the changed specs, and assumptions."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.records import dataclass

__all__ = [
    "ChangeAsked",
    "ChangedSpec",
    "CountedBy",
    "Input",
    "OpenVerdict",
    "Policy",
    "RecipesAssumed",
    "RecipesCompared",
    "WhatIf",
]

#: The specs that a change makes stale: every dependent, or only those over link and run edges and
#: compilers.
Policy: TypeAlias = Literal["hash", "link"]

#: The ways to count changed recipes: by their content, or by the names of their files.
CountedBy: TypeAlias = Literal["content", "name"]

#: The verdicts on a recipe that leave open whether a spec must be built.
OpenVerdict: TypeAlias = Literal["may_change", "blind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of a plan.

    Attributes:
        path: The source, as it was given.
        sha256: The checksum of the file; if a source has several files, the checksum of their list
            as ``sha256sum`` prints it; None if a file is not on this machine.
        role: The role of the input.
    """

    path: str
    sha256: str | None
    role: Literal["want", "candidates", "cache", "costs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSpec:
    """One abstract spec that is assumed to change.

    Attributes:
        spec: The abstract spec.
        matches: The number of wanted specs that it matches; at least one if a user typed it.
    """

    spec: str
    matches: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipesAssumed:
    """The recipes from which the specs of a stack are assumed to be made.

    Attributes:
        stack: The stack; empty for specs of caches that no lock wants.
        revision: The commit of the recipes.
        pinned: Whether the environment of its lock names that commit; otherwise it is the older of
            the two compared revisions.
        specs: The number of its specs with a changed recipe.
        proven: The number of them whose recorded package hash follows from these recipes.
    """

    stack: str
    revision: str
    pinned: bool
    specs: int
    proven: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipesCompared:
    """The changes between two revisions of a package repository.

    Attributes:
        repository: The checkout, as it was given.
        before: The commit of the older side.
        after: The commit of the newer side, or ``working tree``.
        commit: The commit that contains exactly the recipes of the newer side; None if there is
            none, or if changes are counted by name.
        changes: The way changes are counted; by name, every touched recipe is assumed to change
            hashes.
        recipes: The number of recipes that were touched or import a touched file.
        stale: The number of them that change the hash of a spec.
        may_change: The number that may change one, because a concretizer reads the changed part.
        blind: The number that change a build but no hash.
        same: The number that change neither.
        treated: The verdicts besides ``stale`` that were counted as a change.
        assumed: The recipes from which each stack is assumed to be made, by stack.
    """

    repository: str
    before: str
    after: str
    commit: str | None
    changes: CountedBy
    recipes: int
    stale: int
    may_change: int
    blind: int
    same: int
    treated: tuple[OpenVerdict, ...]
    assumed: tuple[RecipesAssumed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAsked:
    """The change that a plan predicts.

    Attributes:
        specs: The abstract specs, in the given order; for changed recipes, their packages.
        changed: The hashes of the specs that they match, sorted.
        policy: The rule by which dependents become stale.
        depth: The maximum distance of a stale dependent, in edges; None for no limit.
        recipes: The changes in recipes; None if none were compared.
    """

    specs: tuple[ChangedSpec, ...]
    changed: tuple[str, ...]
    policy: Policy
    depth: int | None
    recipes: RecipesCompared | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The specs that a plan assumes to be available or unavailable, regardless of the caches.

    Attributes:
        assumed: The abstract specs assumed to be available, with the number of specs that satisfy
            each.
        withheld: Those assumed to be unavailable, with the number of binaries that satisfy each. A
            spec that satisfies one of each kind is unavailable.
        available: The hashes that are assumed and have no binary, sorted.
        unavailable: The hashes whose binaries do not count, sorted.
    """

    assumed: tuple[ChangedSpec, ...]
    withheld: tuple[ChangedSpec, ...]
    available: tuple[str, ...]
    unavailable: tuple[str, ...]
