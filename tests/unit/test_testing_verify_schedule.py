"""The checks of schedules and budgets reject each way of being wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import specplan
from specplan.testing import VerificationError, verify_budget, verify_schedule

REAL = Path(__file__).parents[2] / "examples" / "rebuild"
LOCK = REAL / "2026-01" / "radiuss" / "spack.lock.gz"


@pytest.fixture(scope="module")
def planned() -> Any:
    """A plan of four builds on two runners, as JSON."""
    catalog = specplan.load(REAL / "mirror-runtime-only.json.gz")
    return json.loads(catalog.rebuild(want=LOCK, changed="hypre", jobs=2).to_json())


def test_a_schedule_is_accepted(planned: Any) -> None:
    verify_schedule(planned)
    verify_schedule(json.dumps(planned))


def _swap(schedule: Any) -> None:
    schedule["shards"][0]["runs"].reverse()


def _early(schedule: Any) -> None:
    last = schedule["shards"][0]["runs"][-1]
    last["start"], last["finish"] = 0, last["finish"] - last["start"]


def _twice(schedule: Any) -> None:
    schedule["shards"][1]["runs"].append(schedule["shards"][0]["runs"][0])


def _short(schedule: Any) -> None:
    schedule["shards"][0]["runs"][0]["finish"] -= 0.5


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (_swap, "two at once"),
        (_early, "starts before a dependency"),
        (_twice, "every build runs once"),
        (_short, "does not take what it costs"),
        (lambda schedule: schedule["shards"][0]["runs"].pop(), "every build runs once"),
        (lambda schedule: schedule["shards"][0].update(busy=9), "busy"),
        (lambda schedule: schedule.update(makespan=2), "makespan"),
        (lambda schedule: schedule.update(lower_bound=2), "lower bound"),
        (lambda schedule: schedule.update(widths=[2, 1, 1]), "widths"),
        (lambda schedule: schedule.update(runners=1), "more shards than runners"),
    ],
)
def test_a_false_schedule_is_rejected(
    planned: Any, spoil: Callable[[Any], None], fault: str
) -> None:
    plan = copy.deepcopy(planned)
    spoil(plan["schedule"])
    with pytest.raises(VerificationError, match=fault):
        verify_schedule(plan)


def test_a_plan_without_a_schedule_or_budget_is_rejected(planned: Any) -> None:
    with pytest.raises(VerificationError, match="no schedule"):
        verify_schedule({**planned, "schedule": None})
    with pytest.raises(VerificationError, match="no budget"):
        verify_budget(planned, {})


def named(letter: str) -> dict[str, str]:
    return {"hash": letter, "name": letter, "version": "1"}


#: Root a takes builds a and l, root b takes b and l, root c takes c, m and n; d installs.
ALONE = {
    "a": frozenset("al"),
    "b": frozenset("bl"),
    "c": frozenset("cmn"),
    "d": frozenset[str](),
}


@pytest.fixture
def bought() -> Any:
    """What a budget of three builds buys of these."""
    return {
        "builds": [{"hash": each, "cost": 1} for each in "abl"],
        "budget": {
            "max_builds": 3,
            "max_cost": None,
            "builds": 3,
            "cost": 3,
            "installable": [named("d")],
            "completed": [named("a"), named("b")],
            "open": [{**named("c"), "weight": 1, "reason": "outbid", "more_builds": 3}],
            "weight": 2,
            "upper_bound": 2,
            "optimal": True,
        },
    }


def test_a_budget_is_accepted(bought: Any) -> None:
    verify_budget(bought, ALONE)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"builds": 2}, "3 builds"),
        ({"cost": 2}, "is spent"),
        ({"max_builds": 2}, "more builds than"),
        ({"max_cost": 2}, "more is spent"),
        ({"max_builds": 6}, "pays for it"),
        ({"installable": []}, "installable|listed once"),
        ({"completed": [named("a")]}, "listed once"),
        ({"weight": 3}, "weight"),
        ({"optimal": False}, "optimal"),
        ({"open": [{**named("c"), "weight": 1, "reason": "outbid", "more_builds": 2}]}, "3 more"),
        ({"open": [{**named("c"), "weight": 1, "reason": "beyond", "more_builds": 3}]}, "reason"),
        ({"upper_bound": 1, "optimal": False}, "the best is worth 2"),
    ],
)
def test_a_false_budget_is_rejected(bought: Any, change: Any, fault: str) -> None:
    bought["budget"].update(change)
    with pytest.raises(VerificationError, match=fault):
        verify_budget(bought, ALONE)
