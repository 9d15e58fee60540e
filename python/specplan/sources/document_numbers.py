"""Consistency checks for the numbers of a saved document."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specplan.sources.strict_json import Value

__all__ = ["check_numbers"]


def check_numbers(document: Value) -> None:
    """Refuse shares and roots of a document of coverage that contradict its counts.

    Raises:
        DamagedSourceError: If they do, as in a document that was cut or edited.
    """
    for each in (*document.items_at("cells"), document.at("totals")):
        _check_share(each, each.count_at("covered"), "covered")
    roots = document.at_or_none("roots")
    if roots is None:
        return
    stacks = roots.items_at_or_none("stacks")
    for each in (roots, *stacks):
        known = each.count_at("installable") + len(each.items_at_or_none("broken"))
        if known > each.count_at("wanted"):
            each.fail("counts more than the roots that are wanted")
    if stacks and roots.count_at("wanted") > sum(each.count_at("wanted") for each in stacks):
        roots.at("wanted").fail("is more than all stacks want")
    _check_share(roots, roots.count_at("installable"), "installable")


def _check_share(value: Value, part: int, name: str) -> None:
    """Refuse a ``coverage`` that is not the part of ``wanted``."""
    wanted, share = value.count_at("wanted"), value.amount_at_or_none("coverage")
    if part > wanted:
        value.fail("counts more than the wants")
    expected = part / wanted if wanted else None
    if expected is None or share is None:
        fits = share is expected
    else:
        fits = math.isclose(share, expected, abs_tol=1e-9)
    if not fits:
        value.at("coverage").fail(f"is not {name} / wanted")
