"""Limits on a plan that is written with every hash of every need and chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.counting import count
from specplan.errors import UsageError

if TYPE_CHECKING:
    from specplan.planning.plan import Plan

__all__ = ["refuse_endless"]

#: The maximum number of hashes in the needs and chains of a plan; as JSON they take about 900 MB.
#: Real plans have about ten per build. If each spec depends on thousands, or on the previous one,
#: their number grows with the square of the builds.
_MOST_HASHES: Final = 20_000_000


def refuse_endless(plan: Plan) -> None:
    """Refuse a plan whose needs and chains are too many for a report.

    Raises:
        UsageError: If there are more than 20 million hashes in them.
    """
    hashes = sum(len(each.needs) + len(each.because) for each in plan.builds)
    hashes += sum(len(each.chain) for each in plan.excluded.builds)
    if hashes > _MOST_HASHES:
        raise UsageError(
            f"needs and chains of {count(len(plan.builds), 'build')} hold {hashes} hashes, more "
            f"than the {_MOST_HASHES} that a document may hold",
            hint="`--format table` counts them, `--format list` shows the order of the builds",
        )
