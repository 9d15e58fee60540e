"""A search for CI systems: the number of specs that satisfy it, by system."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from specplan.model.find import Found
from specplan.reports.findings import Measure, left_out_measures, measures_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["found_measures"]


@measures_of.register(Found)
def found_measures(result: Found) -> Iterator[Measure]:
    """Yield the number of specs that satisfy the query on each system, and of undecided ones."""
    query = ("query", result.query)
    systems = Counter((spec.os, spec.target, spec.available) for spec in result.specs)
    for (os, target, available), number in sorted(systems.items()):
        yield Measure(
            name="specplan_system_specs",
            help="Specs of a system that satisfy a query.",
            value=number,
            labels=(query, ("os", os), ("target", target), ("binary", str(available).lower())),
        )
    text = "Specs that satisfy a query."
    yield Measure(name="specplan_specs", help=text, value=len(result.specs), labels=(query,))
    yield Measure(
        name="specplan_specs_undecided",
        help="Specs of which the sources do not say whether they satisfy a query.",
        value=len(result.undecided),
        labels=(query,),
    )
    yield from left_out_measures(result.left_out)
