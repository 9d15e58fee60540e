"""Gates: conditions on a result, each with limit, value and verdict."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.records import dataclass

__all__ = ["Gate", "GateUnit", "none_allowed"]

#: The unit of a gate's numbers: percent, things, or seconds of building.
GateUnit: TypeAlias = Literal["percent", "count", "seconds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate that a result was compared with.

    Attributes:
        name: The option that asks for it, without its dashes, such as ``fail-under``.
        unit: The unit of both numbers.
        limit: The minimum or maximum that it accepts, as requested.
        value: The measured value, not rounded; None if it is undefined.
        held: Whether it holds even in the worst case of the left-out input; None if it was not
            evaluated because there is nothing to compare with and the user accepts that.
        reason: The reason why it does not hold, as a sentence; empty if it holds.
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
        """Its name in a list of gates: its option, and its stack if it has one."""
        return f"{self.name} of {self.stack}" if self.stack else self.name


def none_allowed(name: str, value: int, reason: str, stack: str = "") -> Gate:
    """Return a gate with the limit 0.

    Args:
        name: Its option, without dashes.
        value: The number.
        reason: The reason for failure if the number is not 0.
        stack: The stack whose table sets it; empty if it is for the whole run.
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
