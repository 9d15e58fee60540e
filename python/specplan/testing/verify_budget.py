"""An independent check of budgets, in plain Python and with nothing of the compiled core."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from specplan.testing.verify import VerificationError

__all__ = ["verify_budget"]


def verify_budget(plan: object, alone: Mapping[str, frozenset[str]]) -> None:
    """Check that a plan's budget holds, and that what is told of its roots is true.

    ``specplan.testing.verify`` checks that the plan is the least one of the roots that are
    completed or install already. Here the builds stay within the budget, every root is told
    once and in its place, and what each open root takes more is what it says. Where no more
    than twelve roots can be bought, all sets of them are tried: none that the budget pays is
    worth more than the upper bound, and if the choice is said to be optimal, none is worth more.

    Args:
        plan: What ``Catalog.rebuild`` returned, or its JSON as text or as a mapping. All of
            its roots weigh 1.
        alone: By hash of each wanted root that can be had, the hashes of the builds of its
            own least plan.

    Raises:
        VerificationError: If anything does not hold, or the plan has no budget.
    """
    told: Any = plan if isinstance(plan, (str, Mapping)) else getattr(plan, "to_json")()  # noqa: B009 - whatever has it
    told = json.loads(told) if isinstance(told, str) else told
    budget = told["budget"]
    _hold(budget is not None, "there is no budget")
    costs = {build["hash"]: build["cost"] for build in told["builds"]}
    counts_builds = budget["counts"] == "builds"
    spent = len(costs) if counts_builds else sum(costs.values())
    _hold(abs(budget["spent"] - spent) < 1e-6 * (1 + spent), f"{spent} is spent")
    _hold(spent <= budget["limit"] + 1e-6, "more is spent than the budget")

    completed = {each["hash"] for each in budget["completed"]}
    installable = {each["hash"] for each in budget["installable"]}
    left = [each for each in budget["open"] if each["reason"] != "left_out"]
    _hold(installable == {root for root, builds in alone.items() if not builds}, "installable")
    told_of = [*completed, *installable, *(each["hash"] for each in left)]
    _hold(sorted(told_of) == sorted(alone), "every root is told once")
    _hold(budget["weight"] == len(completed), "the weight")
    _hold(budget["optimal"] == (budget["weight"] == budget["upper_bound"]), "optimal")
    if counts_builds:
        for each in left:
            more = len(alone[each["hash"]] - {*costs})
            _hold(each["more"] == more, f"{each['hash']}: takes {more} more")
            _hold(spent + more > budget["limit"], f"{each['hash']}: the budget pays for it")
            is_beyond = len(alone[each["hash"]]) > budget["limit"]
            _hold((each["reason"] == "beyond") == is_beyond, f"{each['hash']}: reason")
        bought = [builds for builds in alone.values() if 0 < len(builds) <= budget["limit"]]
        if len(bought) <= 12:  # noqa: PLR2004 - so many sets are tried fast
            best = max(
                count
                for count in range(len(bought) + 1)
                for some in combinations(bought, count)
                if len(frozenset().union(*some)) <= budget["limit"]
            )
            _hold(budget["weight"] <= best <= budget["upper_bound"], f"the best is worth {best}")


def _hold(condition: bool, fault: str) -> None:  # noqa: FBT001 - what has to hold
    if not condition:
        raise VerificationError(fault)
