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

#: What a change makes stale: every dependent, or those over link and run edges and compilers.
Policy: TypeAlias = Literal["hash", "link"]

#: How changes of recipes are counted: by what changed in them, or by the names of their files.
CountedBy: TypeAlias = Literal["content", "name"]

#: The verdicts on a recipe that leave open whether a spec must be built.
OpenVerdict: TypeAlias = Literal["may_change", "blind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of a plan.

    Attributes:
        path: The source, as it was given.
        sha256: The checksum of the file that was read; where a source has several, that of
            their list as ``sha256sum`` prints it; None where a file is not on this machine.
        role: The role of the input.
    """

    path: str
    sha256: str | None
    role: Literal["want", "candidates", "cache", "costs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSpec:
    """One abstract spec that was said to change.

    Attributes:
        spec: The abstract spec.
        matches: How many specs of the wants it matches; what was typed matches at least one.
    """

    spec: str
    matches: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipesAssumed:
    """With which recipes the specs of a stack are taken to be made.

    Attributes:
        stack: The stack; empty for specs of caches that no lock wants.
        revision: The commit of the recipes.
        pinned: Whether the environment of its lock names that commit; else it is the older of
            the revisions that are compared.
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
        commit: The commit that has the recipes of the newer side as they are; None where none has,
            or where changes are counted by name.
        changes: How changes are counted; by name, every recipe that was touched changes hashes.
        recipes: The number of recipes that were touched or import a touched file.
        stale: Of them, how many change a hash of a spec.
        may_change: How many may change one: a concretizer reads what changed.
        blind: How many change a build and no hash.
        same: The number that change neither.
        treated: Which verdicts besides ``stale`` were taken for a change.
        assumed: With which recipes each stack is taken to be made, by stack.
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
        specs: The abstract specs, in the order in which they were given; of recipes that
            changed, their packages.
        changed: The hashes of the specs that they match, sorted.
        policy: Which dependents become stale.
        depth: How many edges a stale dependent may be away; None for any number.
        recipes: What changed in recipes; None where none were compared.
    """

    specs: tuple[ChangedSpec, ...]
    changed: tuple[str, ...]
    policy: Policy
    depth: int | None
    recipes: RecipesCompared | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The specs that a plan assumes to be available, or not, against the caches.

    Attributes:
        assumed: The abstract specs that were said to be available, with how many specs
            satisfy each.
        withheld: Those that were said not to be, with how many binaries satisfy each. A
            spec that satisfies one of either kind is not available.
        available: The hashes that are assumed and have no binary, sorted.
        unavailable: The hashes whose binaries do not count, sorted.
    """

    assumed: tuple[ChangedSpec, ...]
    withheld: tuple[ChangedSpec, ...]
    available: tuple[str, ...]
    unavailable: tuple[str, ...]
