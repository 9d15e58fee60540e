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
    from decimal import Decimal

    from specplan.config import Configuration
    from specplan.model import Coverage, Diff

__all__ = ["of_coverage", "of_diff"]

_FEW: Final = 3


def of_coverage(coverage: Coverage, settings: Configuration) -> list[str]:
    """Return the gates that coverage fails."""
    failed = _coverage(coverage, settings) + _roots(coverage, settings)
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


def _less(part: int, whole: int, least: Decimal) -> str | None:
    """Return how much less than was asked a share is, or None where it is enough."""
    share = Fraction(100 * part, whole)
    if share >= Fraction(least):
        return None
    # Rounded down, so that what is shown is less than what was asked, as the share is.
    tenths = 10 * share.numerator // share.denominator
    return f"{tenths // 10}.{tenths % 10} % ({part} of {whole}), less than {least} %"


def _absent(stacks: Sequence[str]) -> list[str]:
    if not stacks:
        return []
    are = wording.count(len(stacks), "stack is", "stacks are")
    return [f"{are} absent: {wording.folded(stacks, _FEW)} (--fail-on-absent)"]
