"""The gates of a run: conditions on a result whose failure is exit code 1.

Each function returns one sentence for each gate that failed. Percentages are compared
exactly, as they were typed, with the unrounded coverage; a gate on coverage that is not
defined fails.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from specplan.reports import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.config import Configuration
    from specplan.model import Coverage, Diff

__all__ = ["of_coverage", "of_diff"]

_FEW: Final = 3


def of_coverage(coverage: Coverage, settings: Configuration) -> list[str]:
    """Return the gates that coverage fails."""
    failed = _coverage(coverage, settings)
    if coverage.wants == "baseline":
        lost = coverage.totals.gaps if settings.fail_on_lost else 0
        if lost:
            keys = wording.count(lost, "want")
            failed.append(f"{keys} of the baseline not covered (--fail-on-lost)")
        if settings.fail_on_absent:
            failed += _absent(coverage.absent_stacks)
    return failed


def of_diff(diff: Diff, settings: Configuration) -> list[str]:
    """Return the gates that a difference fails."""
    failed = []
    if settings.fail_on_lost and diff.totals.lost:
        failed.append(f"{wording.count(diff.totals.lost, 'key')} lost (--fail-on-lost)")
    if settings.fail_on_absent:
        failed += _absent(diff.absent_stacks)
    return failed


def _coverage(coverage: Coverage, settings: Configuration) -> list[str]:
    least = settings.fail_under
    if least is None:
        return []
    totals = coverage.totals
    if totals.wanted == 0:
        return [f"coverage is n/a, as nothing is wanted (--fail-under {least})"]
    share = Fraction(100 * totals.covered, totals.wanted)
    if share >= Fraction(least):
        return []
    # Rounded down, so that what is shown is less than what was asked, as the share is.
    tenths = 10 * share.numerator // share.denominator
    shown = f"{tenths // 10}.{tenths % 10} %"
    of = f"{totals.covered} of {totals.wanted}"
    return [f"coverage is {shown} ({of}), less than {least} % (--fail-under)"]


def _absent(stacks: Sequence[str]) -> list[str]:
    if not stacks:
        return []
    are = "stack is" if len(stacks) == 1 else "stacks are"
    return [f"{len(stacks)} {are} absent: {wording.folded(stacks, _FEW)} (--fail-on-absent)"]
