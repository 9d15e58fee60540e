"""The gates of a run: conditions on a result whose failure is exit code 1.

Each gate has its limit, what was measured, and one sentence where it failed. Percentages
are compared exactly, as they were typed, with the unrounded coverage. A gate on coverage
that is not defined fails; what cannot be decided counts as not covered; and no gate holds where
something was left out that could change the answer.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeAlias

from specplan.cli import plan_gates
from specplan.model import Coverage, Diff
from specplan.model.gate import Gate
from specplan.model.left_out import blocking
from specplan.reports.render import wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specplan.cli.settings import Settings
    from specplan.model import LockDiff
    from specplan.model.check import Check
    from specplan.model.find import Found
    from specplan.planning.plan import Plan
    from specplan.recipes.model import RecipeChanges

    _Answer: TypeAlias = Check | Coverage | Diff | Found | LockDiff | Plan | RecipeChanges

__all__ = ["UNPLANNABLE", "evaluated", "failed", "unplannable_reason"]

_FEW: Final = 3

#: The gate of plans, which is about wants that are known to be open.
UNPLANNABLE: Final = "allow-unplannable"


def evaluated(result: _Answer, settings: Settings) -> tuple[Gate, ...]:
    """Return every gate that a result has to pass, each with its limit, value and verdict."""
    gates = _own(result, settings)
    blocks = blocking(result.left_out)
    if not blocks:
        return tuple(gates)
    doubt = f"what is left out could change the answer: {wording.left_out_kinds(blocks)}"
    return tuple(
        replace(gate, held=False, reason=gate.reason or doubt) if _is_of_wants(gate) else gate
        for gate in gates
    )


def failed(result: _Answer, settings: Settings) -> list[str]:
    """Return the gates that a result fails."""
    gates = _own(result, settings)
    found = [gate.reason for gate in gates if not gate.held]
    asked = [f"--{gate.name}" for gate in gates if _is_of_wants(gate)]
    if asked and (blocks := blocking(result.left_out)):
        kinds = wording.left_out_kinds(blocks)
        found.append(f"what is left out could change the answer: {kinds} ({', '.join(asked)})")
    return found


def _is_of_wants(gate: Gate) -> bool:
    """Whether what is left out of the question could change the answer of a gate."""
    return gate.name != UNPLANNABLE


def _own(result: _Answer, settings: Settings) -> list[Gate]:
    """Return the gates as they stand without what is left out."""
    if isinstance(result, Coverage):
        return [*_of_coverage(result, settings)]
    if isinstance(result, Diff):
        return [*_of_diff(result, settings)]
    return [*_of_plan(result, settings)]


def _of_coverage(coverage: Coverage, settings: Settings) -> Iterator[Gate]:
    yield from _coverage(coverage, settings)
    yield from _roots(coverage, settings)
    yield from _unknown(coverage, settings)
    if coverage.wants != "baseline":
        return
    if settings.fail_on_lost:
        # What cannot be decided may be lost.
        lost = coverage.totals.gaps + coverage.totals.unknown
        keys = wording.count(lost, "want")
        yield _none("fail-on-lost", lost, f"{keys} of the baseline not covered (--fail-on-lost)")
    if settings.fail_on_absent:
        yield _absent(coverage.absent_stacks)


def _of_diff(diff: Diff, settings: Settings) -> Iterator[Gate]:
    if settings.fail_on_lost:
        lost = diff.totals.lost
        yield _none("fail-on-lost", lost, f"{wording.count(lost, 'key')} lost (--fail-on-lost)")
    if settings.fail_on_absent:
        yield _absent(diff.absent_stacks)


def _of_plan(result: _Answer, settings: Settings) -> Iterator[Gate]:
    from specplan.planning.plan import Plan  # noqa: PLC0415 - loaded by the commands that plan

    if not isinstance(result, Plan):
        return
    yield from plan_gates.of_plan(result, settings)
    if settings.allow_unplannable:
        return
    number = len(result.unplannable)
    yield _none(UNPLANNABLE, number, unplannable_reason(number))


def unplannable_reason(number: int) -> str:
    """Return why the gate on wants that cannot be planned fails, for so many of them."""
    wants = wording.count(number, "want")
    return f"{wants} cannot be planned from what is known (`--allow-unplannable` accepts that)"


def _coverage(coverage: Coverage, settings: Settings) -> Iterator[Gate]:
    least = settings.fail_under
    if least is None:
        return
    totals = coverage.totals
    reason = f"coverage is n/a, as nothing is wanted (--fail-under {least})"
    if totals.wanted:
        short = _less(totals.covered, totals.wanted, least)
        reason = f"coverage is {short} (--fail-under)" if short else ""
    yield _share("fail-under", least, totals.covered, totals.wanted, reason)


def _roots(coverage: Coverage, settings: Settings) -> Iterator[Gate]:
    least = settings.fail_under_roots
    if least is None:
        return
    roots = coverage.roots
    if roots is None or roots.wanted == 0:
        why = "the wants have no roots" if roots is None else "no root is wanted"
        reason = f"root coverage is n/a, as {why} (--fail-under-roots {least})"
        yield _share("fail-under-roots", least, 0, 0, reason)
        return
    short = _less(roots.installable, roots.wanted, least)
    reason = f"root coverage is {short} (--fail-under-roots)" if short else ""
    yield _share("fail-under-roots", least, roots.installable, roots.wanted, reason)


def _unknown(coverage: Coverage, settings: Settings) -> Iterator[Gate]:
    most = settings.fail_on_unknown_over
    totals = coverage.totals
    if most is None:
        return
    reason = ""
    if totals.wanted and Fraction(100 * totals.unknown, totals.wanted) > Fraction(most):
        share = _told_apart(totals.unknown, totals.wanted, most, above=True)
        reason = (
            f"{share} of the wants cannot be decided, more than {most} % (--fail-on-unknown-over)"
        )
    yield _share("fail-on-unknown-over", most, totals.unknown, totals.wanted, reason)


def _share(name: str, limit: Decimal, part: int, whole: int, reason: str) -> Gate:
    """Return a gate on a share of a whole, which is not defined where there is no whole."""
    return Gate(
        name=name,
        unit="percent",
        limit=float(limit),
        value=100 * part / whole if whole else None,
        held=not reason,
        reason=reason,
    )


def _none(name: str, value: int, reason: str) -> Gate:
    """Return a gate that accepts none of what it counts."""
    held = value == 0
    return Gate(
        name=name, unit="count", limit=0, value=value, held=held, reason="" if held else reason
    )


def _less(part: int, whole: int, least: Decimal) -> str | None:
    """Return how much less than was asked a share is, or None where it is enough."""
    if Fraction(100 * part, whole) >= Fraction(least):
        return None
    return f"{_told_apart(part, whole, least, above=False)}, less than {least} %"


def _told_apart(part: int, whole: int, limit: Decimal, *, above: bool) -> str:
    """Return a share as tables show it, with as many digits as tell it from the limit."""
    digits = 1
    while True:
        shown = wording.percentage(part, whole, digits=digits)
        number = Decimal(shown.removesuffix(" %"))
        if number > limit if above else number < limit:
            return f"{shown} ({part} of {whole})"
        digits += 1


def _absent(stacks: Sequence[str]) -> Gate:
    are = wording.count(len(stacks), "stack is", "stacks are")
    reason = f"{are} absent: {wording.folded(stacks, _FEW)} (--fail-on-absent)"
    return _none("fail-on-absent", len(stacks), reason)
