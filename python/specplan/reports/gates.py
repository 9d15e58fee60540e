"""The gates of a run in reports: limit, value and verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.counting import count, form
from specplan.reports.outline import Column, Line, Name, ReportTable, Section, State, Words
from specplan.reports.render import amounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.model.gate import Gate

__all__ = [
    "UNASKED",
    "amount",
    "gate_sections",
    "is_asked",
    "to_show",
    "verdict",
    "verdict_lines",
    "verdict_state",
    "verdict_word",
]

_COLUMNS: Final = (
    Column("gate", "gate", "name", is_lead=True),
    Column("limit", "limit", "words", side="right"),
    Column("value", "value", "words", side="right"),
    Column("verdict", "verdict", "state"),
)

#: The gate that each plan has without being requested.
UNASKED: Final = "allow-unplannable"


def amount(gate: Gate, value: float | None) -> str:
    """Return the limit or the value of a gate with its unit, ``n/a`` if there is none."""
    if value is None:
        return "n/a"
    if gate.unit == "seconds":
        return amounts.amount(value, "seconds")
    return f"{value:g} %" if gate.unit == "percent" else amounts.exact(value)


def is_asked(gate: Gate) -> bool:
    """Return whether a gate was requested; the one on wants without a plan always applies."""
    return gate.name != UNASKED


def to_show(gates: Sequence[Gate]) -> tuple[Gate, ...]:
    """Return the requested gates, and others that fail."""
    return tuple(gate for gate in gates if gate.failed or is_asked(gate))


def verdict(gate: Gate) -> str:
    """Return a gate in one line, for a format without fields for its parts."""
    limit, value = amount(gate, gate.limit), amount(gate, gate.value)
    return f"gate {gate.label}: limit {limit}, value {value}, {verdict_word(gate.held)}"


def verdict_word(held: bool | None) -> str:  # noqa: FBT001 - the field of a gate
    """Return the word for whether a gate holds."""
    if held is None:
        return "not evaluated"
    return "holds" if held else "fails"


def verdict_state(held: bool | None) -> State:  # noqa: FBT001 - as above
    """Return whether a gate holds as a cell of a table."""
    if held is None:
        return State("not_evaluated", verdict_word(held), "quiet")
    return State("held" if held else "failed", verdict_word(held), "good" if held else "bad")


def verdict_lines(gates: Sequence[Gate]) -> tuple[Line, ...]:
    """Return the line that says whether the gates hold, if there are any."""
    gates = [gate for gate in gates if gate.held is not None]
    if not gates:
        return ()
    failed = [f"--{gate.label}" for gate in gates if gate.failed]
    if failed:
        said = form(len(gates), "the gate", f"{len(failed)} of {count(len(gates), 'gate')}")
        return (Line(f"{said} failed: {', '.join(failed)}", "strong"),)
    held = form(
        len(gates), "the gate holds", f"all {count(len(gates), 'gate holds', 'gates hold')}"
    )
    return (Line(held, "strong"),)


def gate_sections(gates: Sequence[Gate]) -> tuple[Section, ...]:
    """Return a section that lists the gates, if there are any."""
    if not gates:
        return ()
    rows = tuple(
        (
            Name(f"--{gate.label}"),
            Words(amount(gate, gate.limit)),
            Words(amount(gate, gate.value)),
            verdict_state(gate.held),
        )
        for gate in gates
    )
    return (Section(id="gates", title="gates", table=ReportTable(_COLUMNS, rows, is_whole=True)),)
