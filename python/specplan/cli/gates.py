"""The gates of a run: conditions on a result whose failure is exit code 1.

Each function returns one sentence for each gate that failed. Percentages are compared
exactly, as they were typed, with the unrounded coverage. A gate on coverage that is not
defined fails; what cannot be decided counts as not covered; and no gate holds where
something was left out that could change the answer.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeAlias

from specplan.model import Coverage, Diff
from specplan.model.left_out import blocking
from specplan.reports.render import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.config import Configuration
    from specplan.model import LockDiff
    from specplan.model.check import Check
    from specplan.model.find import Found
    from specplan.planning.plan import Plan

    _Answer: TypeAlias = Check | Coverage | Diff | Found | LockDiff | Plan

__all__ = ["failed"]

_FEW: Final = 3


def failed(result: _Answer, settings: Configuration) -> list[str]:
    """Return the gates that a result fails."""
    if isinstance(result, Coverage):
        found = _of_coverage(result, settings)
    elif isinstance(result, Diff):
        found = _of_diff(result, settings)
    else:
        found = _of_plan(result, settings)
    asked = _asked(result, settings)
    if asked and (blocks := blocking(result.left_out)):
        kinds = wording.left_out_kinds(blocks)
        found.append(f"what is left out could change the answer: {kinds} ({', '.join(asked)})")
    return found


def _asked(result: _Answer, settings: Configuration) -> list[str]:
    """Return the options of the gates that a result has to pass."""
    compares = isinstance(result, Diff)
    if isinstance(result, Coverage):
        compares = result.wants == "baseline"
    of_coverage = isinstance(result, Coverage)
    gates = {
        "--fail-under": of_coverage and settings.fail_under is not None,
        "--fail-under-roots": of_coverage and settings.fail_under_roots is not None,
        "--fail-on-unknown-over": of_coverage and settings.fail_on_unknown_over is not None,
        "--fail-on-lost": compares and settings.fail_on_lost,
        "--fail-on-absent": compares and settings.fail_on_absent,
    }
    return [name for name, is_asked in gates.items() if is_asked]


def _of_coverage(coverage: Coverage, settings: Configuration) -> list[str]:
    found = _coverage(coverage, settings) + _roots(coverage, settings)
    found += _unknown(coverage, settings)
    if coverage.wants == "baseline":
        # What cannot be decided may be lost.
        lost = coverage.totals.gaps + coverage.totals.unknown if settings.fail_on_lost else 0
        if lost:
            keys = wording.count(lost, "want")
            found.append(f"{keys} of the baseline not covered (--fail-on-lost)")
        if settings.fail_on_absent:
            found += _absent(coverage.absent_stacks)
    return found


def _of_diff(diff: Diff, settings: Configuration) -> list[str]:
    found = []
    if settings.fail_on_lost and diff.totals.lost:
        found.append(f"{wording.count(diff.totals.lost, 'key')} lost (--fail-on-lost)")
    if settings.fail_on_absent:
        found += _absent(diff.absent_stacks)
    return found


def _of_plan(result: Check | Found | LockDiff | Plan, settings: Configuration) -> list[str]:
    from specplan.planning.plan import Plan  # noqa: PLC0415 - loaded by the commands that plan

    if not isinstance(result, Plan) or settings.allow_unplannable or not result.unplannable:
        return []
    wants = wording.count(len(result.unplannable), "want")
    return [f"{wants} cannot be planned from what is known (`--allow-unplannable` accepts that)"]


def _coverage(coverage: Coverage, settings: Configuration) -> list[str]:
    least = settings.fail_under
    if least is None:
        return []
    totals = coverage.totals
    if totals.wanted == 0:
        return [f"coverage is n/a, as nothing is wanted (--fail-under {least})"]
    short = _less(totals.covered, totals.wanted, least)
    return [f"coverage is {short} (--fail-under)"] if short else []


def _roots(coverage: Coverage, settings: Configuration) -> list[str]:
    least = settings.fail_under_roots
    if least is None:
        return []
    roots = coverage.roots
    if roots is None or roots.wanted == 0:
        why = "the wants have no roots" if roots is None else "no root is wanted"
        return [f"root coverage is n/a, as {why} (--fail-under-roots {least})"]
    short = _less(roots.installable, roots.wanted, least)
    return [f"root coverage is {short} (--fail-under-roots)"] if short else []


def _unknown(coverage: Coverage, settings: Configuration) -> list[str]:
    most = settings.fail_on_unknown_over
    totals = coverage.totals
    if most is None or totals.wanted == 0:
        return []
    if Fraction(100 * totals.unknown, totals.wanted) <= Fraction(most):
        return []
    share = _told_apart(totals.unknown, totals.wanted, most, above=True)
    return [f"{share} of the wants cannot be decided, more than {most} % (--fail-on-unknown-over)"]


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


def _absent(stacks: Sequence[str]) -> list[str]:
    if not stacks:
        return []
    are = wording.count(len(stacks), "stack is", "stacks are")
    return [f"{are} absent: {wording.folded(stacks, _FEW)} (--fail-on-absent)"]
