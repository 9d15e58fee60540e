"""What is asked of a plan: its inputs, the change that it foresees, what it assumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["ChangeAsked", "ChangedSpec", "Input", "Policy", "WhatIf"]

#: What a change makes stale: every dependent, or those over link and run edges and compilers.
Policy: TypeAlias = Literal["hash", "link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of a plan.

    Attributes:
        path: The source, as it was given.
        sha256: The checksum of the file that was read; where a source has several, that of
            their list as ``sha256sum`` prints it; None where a file is not on this machine.
        role: What the input is for.
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
class ChangeAsked:
    """The change that a plan predicts.

    Attributes:
        specs: The abstract specs, in the order in which they were given.
        changed: The hashes of the specs that they match, sorted.
        policy: Which dependents become stale.
        depth: How many edges a stale dependent may be away; None for any number.
    """

    specs: tuple[ChangedSpec, ...]
    changed: tuple[str, ...]
    policy: Policy
    depth: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What a plan takes for available, or not, against what the caches say.

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
