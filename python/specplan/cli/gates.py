"""Gates: conditions on a result whose failure is exit code 1.

Each gate has its limit, the measured value, and one sentence if it failed. Percentages are compared
exactly, as they were typed, with the unrounded coverage. A gate on undefined coverage fails;
undecided wants count as not covered; and no gate holds if left-out input could change the answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from specplan.cli import coverage_gates, plan_gates
from specplan.model import Coverage, Diff, LockDiff
from specplan.model.find import Found
from specplan.model.gate import Gate, none_allowed
from specplan.model.left_out import blocking
from specplan.model.trend import Trend
from specplan.reports.render import wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.cli.settings import Settings
    from specplan.model.check import Check
    from specplan.planning.plan import Plan
    from specplan.recipes.model import RecipeChanges
    from specplan.review.model import Review

    _Answer: TypeAlias = (
        Check | Coverage | Diff | Found | LockDiff | Plan | RecipeChanges | Review | Trend
    )

__all__ = ["UNPLANNABLE", "evaluated", "failed", "unplannable_reason"]

#: The gate of plans on wants that are known to be open.
UNPLANNABLE: Final = "allow-unplannable"


def evaluated(result: _Answer, settings: Settings) -> tuple[Gate, ...]:
    """Return every gate that a result has to pass, each with its limit, value and verdict."""
    gates = _own(result, settings)
    blocks = blocking(result.left_out)
    if not blocks:
        return tuple(gates)
    doubt = f"left-out input could change the answer: {wording.left_out_kinds(blocks)}"
    return tuple(
        replace(gate, held=False, reason=gate.reason or doubt) if _is_of_wants(gate) else gate
        for gate in gates
    )


def failed(result: _Answer, settings: Settings) -> list[str]:
    """Return the gates that a result fails."""
    gates = _own(result, settings)
    found = [gate.reason for gate in gates if gate.failed]
    asked = [f"--{gate.name}" for gate in gates if _is_of_wants(gate)]
    if asked and (blocks := blocking(result.left_out)):
        kinds = wording.left_out_kinds(blocks)
        found.append(f"left-out input could change the answer: {kinds} ({', '.join(asked)})")
    return found


def _is_of_wants(gate: Gate) -> bool:
    """Return whether left-out input could change the result of a gate."""
    return gate.name != UNPLANNABLE and gate.held is not None


def _own(result: _Answer, settings: Settings) -> list[Gate]:
    """Return the gates as they would be without left-out input."""
    if isinstance(result, Coverage):
        return [*coverage_gates.of_coverage(result, settings)]
    if isinstance(result, Diff):
        return [*coverage_gates.of_diff(result, settings)]
    if isinstance(result, Found):
        return [*_of_found(result, settings)]
    if isinstance(result, LockDiff):
        return [*coverage_gates.of_lock_diff(result, settings)]
    if isinstance(result, Trend):
        return [*coverage_gates.of_trend(result, settings)]
    return [*_of_plan(result, settings)]


def _of_found(result: Found, settings: Settings) -> Iterator[Gate]:
    if settings.fail_if_none:
        found = len(result.specs)
        reason = "" if found else "nothing was found (--fail-if-none)"
        yield Gate(
            name="fail-if-none",
            unit="count",
            limit=1,
            value=found,
            held=bool(found),
            reason=reason,
        )


def _of_plan(result: _Answer, settings: Settings) -> Iterator[Gate]:
    from specplan.planning.plan import Plan  # noqa: PLC0415 - loaded by the commands that plan

    if not isinstance(result, Plan):
        return
    yield from plan_gates.of_plan(result, settings)
    if settings.allow_unplannable:
        return
    number = len(result.unplannable)
    yield none_allowed(UNPLANNABLE, number, unplannable_reason(number))


def unplannable_reason(number: int) -> str:
    """Return the reason why the gate on wants that cannot be planned fails."""
    wants = wording.count(number, "want")
    return f"{wants} cannot be planned from known specs (`--allow-unplannable` accepts that)"
