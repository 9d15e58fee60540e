"""The gates of a run: conditions on a result, each with its limit, its value and its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Gate", "GateUnit"]

#: What the numbers of a gate count: percent of all that is wanted, or things.
GateUnit: TypeAlias = Literal["percent", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate that a result was held against.

    Attributes:
        name: The option that asks for it, without its dashes, such as ``fail-under``.
        unit: What both numbers count.
        limit: The least or the most that it accepts, as it was asked.
        value: What was measured, not rounded; None where it is not defined.
        held: Whether it holds, whatever was left out.
        reason: Why it does not, as a sentence; empty where it holds.
    """

    name: str
    unit: GateUnit
    limit: float
    value: float | None
    held: bool
    reason: str
