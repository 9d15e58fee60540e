"""Gates: conditions on a result, each with limit, value and verdict."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.records import dataclass

__all__ = ["Gate", "GateUnit", "none_allowed"]

#: What the numbers of a gate count: percent, things, or seconds of building.
GateUnit: TypeAlias = Literal["percent", "count", "seconds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate that a result was compared with.

    Attributes:
        name: The option that asks for it, without its dashes, such as ``fail-under``.
        unit: What both numbers count.
        limit: The least or the most that it accepts, as it was asked.
        value: What was measured, not rounded; None where it is not defined.
        held: Whether it holds, whatever was left out; None where it was not evaluated, as it has
            nothing to compare with and the user accepts that.
        reason: Why it does not, as a sentence; empty where it holds.
        stack: The stack whose table in the configuration sets it; empty if it is for the whole run.
    """

    name: str
    unit: GateUnit
    limit: float
    value: float | None
    held: bool | None
    reason: str
    stack: str = ""

    @property
    def failed(self) -> bool:
        """True if it was evaluated and does not hold."""
        return self.held is False

    @property
    def label(self) -> str:
        """Its name among several: its option, and its stack if it has one."""
        return f"{self.name} of {self.stack}" if self.stack else self.name


def none_allowed(name: str, value: int, reason: str, stack: str = "") -> Gate:
    """Return a gate with the limit 0.

    Args:
        name: Its option, without dashes.
        value: The number.
        reason: Why it fails if there are any.
        stack: The stack whose table asks for it; empty where the run does.
    """
    held = value == 0
    return Gate(
        name=name,
        unit="count",
        limit=0,
        value=value,
        held=held,
        reason="" if held else reason,
        stack=stack,
    )
