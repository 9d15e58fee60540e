"""An independent check of budgets, in plain Python without the compiled core."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from specplan.testing.verify import hold

__all__ = ["verify_budget"]


def verify_budget(plan: object, alone: Mapping[str, frozenset[str]]) -> None:
    """Check that a plan's budget holds, and that its statements about its roots are true.

    ``specplan.testing.verify`` checks that the plan is the smallest one for the roots that are
    completed or already install. This check is that the builds stay within the budget, that every
    root is listed once and in its place, and that the additional builds of each open root are
    correct. With at most twelve roots to choose from, all sets of them are tried: none within the
    budget is worth more than the upper bound or, if the choice is reported as optimal, more than
    the choice.

    Args:
        plan: The result of ``Catalog.rebuild``, or its JSON as text or as a mapping. All of its
            roots have the weight 1.
        alone: By hash of each wanted root that can be completed, the hashes of the builds of its
            own smallest plan.

    Raises:
        VerificationError: If any check fails, or the plan has no budget.
    """
    document: Any = plan if isinstance(plan, (str, Mapping)) else getattr(plan, "to_json")()  # noqa: B009 - whatever has it
    document = json.loads(document) if isinstance(document, str) else document
    budget = document["budget"]
    hold(budget is not None, "there is no budget")
    costs = {build["hash"]: build["cost"] for build in document["builds"]}
    cost_of = sum(costs.values())
    hold(budget["builds"] == len(costs), f"{len(costs)} builds")
    hold(abs(budget["cost"] - cost_of) < 1e-6 * (1 + cost_of), f"{cost_of} is spent")
    most_builds, most_cost = budget["max_builds"], budget["max_cost"]
    hold(most_builds is None or len(costs) <= most_builds, "more builds than the budget")
    hold(most_cost is None or cost_of <= most_cost + 1e-6, "more is spent than the budget")

    completed = {each["hash"] for each in budget["completed"]}
    installable = {each["hash"] for each in budget["installable"]}
    left = [each for each in budget["open"] if each["reason"] != "left_out"]
    hold(installable == {root for root, builds in alone.items() if not builds}, "installable")
    listed = [*completed, *installable, *(each["hash"] for each in left)]
    hold(sorted(listed) == sorted(alone), "every root is listed once")
    hold(budget["weight"] == len(completed), "the weight")
    hold(budget["optimal"] == (budget["weight"] == budget["upper_bound"]), "optimal")
    for each in left:
        more = len(alone[each["hash"]] - {*costs})
        hold(each["more_builds"] == more, f"{each['hash']}: takes {more} more")
    if most_cost is None and most_builds is not None:
        for each in left:
            more = each["more_builds"]
            hold(len(costs) + more > most_builds, f"{each['hash']}: the budget pays for it")
            is_beyond = len(alone[each["hash"]]) > most_builds
            hold((each["reason"] == "beyond") == is_beyond, f"{each['hash']}: reason")
        bought = [builds for builds in alone.values() if 0 < len(builds) <= most_builds]
        if len(bought) <= 12:  # noqa: PLR2004 - few enough sets to try
            best = max(
                count
                for count in range(len(bought) + 1)
                for some in combinations(bought, count)
                if len(frozenset().union(*some)) <= most_builds
            )
            hold(budget["weight"] <= best <= budget["upper_bound"], f"the best is worth {best}")
