"""The solver's answers beside those of HiGHS, on instances that are too large to try every choice.

The programs are made from the question, by the rules and not by the code that is tested. Skipped
where HiGHS is not installed; it is with the requirements of benches.
"""

from __future__ import annotations

import json
import string
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import specplan
from benches.choice_inputs import Choice, real
from specplan import _core
from tests.highs import TOLERANCE, Optimum, Program, minimum

pytest.importorskip("highspy", reason="HiGHS comes with the requirements of benches")

_LETTERS = "234567" + string.ascii_lowercase


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    """Choices of a kind: package graphs with several versions, or covers; few costs or many."""
    random_of = draw(st.randoms(use_true_random=True))
    items = draw(st.integers(5, 120))
    most = draw(st.sampled_from([1, 5, 1000]))
    demanded = draw(st.integers(0, 3))
    span = draw(st.sampled_from([5, 20, items]))
    costs = [random_of.randint(0 if most == 1 else 1, most) for _ in range(items)]
    demands = [
        (item, random_of.randrange(max(0, item - span), item))
        for item in range(1, items)
        for _ in range(random_of.randint(0, demanded))
    ]
    wants = []
    for _ in range(draw(st.integers(1, 60))):
        near = random_of.randrange(items)
        last = min(items, near + span)
        wants.append([random_of.randrange(near, last) for _ in range(random_of.randint(1, 6))])
    return Choice(name="drawn", costs=costs, demands=demands, wants=wants)


def cheapest(choice: Choice) -> Optimum:
    program = Program(costs=[float(cost) for cost in choice.costs])
    for item, other in choice.demands:
        program.at_least(0, [other, item], [1, -1])
    for want in choice.wants:
        meeting = sorted({*want})
        program.at_least(1, meeting, [1] * len(meeting))
    return minimum(program)


def compare(choice: Choice, node_limit: int | None) -> None:
    """Ask both, and check that neither answer is beyond the other's bound."""
    answer = _core.choose(
        costs=choice.costs,
        demands=choice.demands,
        wants=choice.wants,
        node_limit=node_limit,
        work_limit=2_000_000_000,
    )
    chosen, items, cost = answer.alternatives, answer.items, answer.cost
    bound, cut = answer.lower_bound, answer.cut
    held = {*items}
    assert cost == sum(choice.costs[item] for item in items)
    assert all(want[at] in held for want, at in zip(choice.wants, chosen, strict=True))
    assert all(other in held for item, other in choice.demands if item in held)
    theirs = cheapest(choice)
    room = TOLERANCE * max(1, cost)
    assert bound <= theirs.value + room
    assert theirs.bound <= cost + room
    if cut is None:
        assert bound == cost


@given(choices(), st.sampled_from([None, 0, 1, 20]))
def test_no_solver_finds_a_cheaper_choice(choice: Choice, node_limit: int | None) -> None:
    compare(choice, node_limit)


def test_no_solver_finds_a_cheaper_choice_from_published_locks() -> None:
    for choice in real():
        compare(choice, None)


@dataclass(frozen=True)
class Market:
    """Specs numbered so that each needs smaller numbers alone, and what is wanted of them."""

    #: By spec its package.
    packages: list[int]
    #: By spec what it needs.
    needs: list[list[int]]
    wanted: list[int]
    #: By package what each of its specs costs.
    costs: list[int]
    max_builds: int | None
    max_cost: int | None

    def hash_of(self, spec: int) -> str:
        return (_LETTERS[spec // 32] + _LETTERS[spec % 32]) * 16

    def specs_of(self, package: int) -> list[int]:
        return [spec for spec, own in enumerate(self.packages) if own == package]


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """Markets where each package has one spec, or several."""
    random_of = draw(st.randoms(use_true_random=True))
    packages = draw(st.integers(3, 25))
    versions = draw(st.integers(1, 3))
    spec_packages = [package for package in range(packages) for _ in range(versions)]
    needs = []
    for package in spec_packages:
        below = random_of.sample(range(package), min(package, random_of.randint(0, 3)))
        needs.append([versions * other + random_of.randrange(versions) for other in sorted(below)])
    wanted = random_of.sample(range(packages), random_of.randint(1, packages))
    costs = [random_of.randint(1, 50) for _ in range(packages)]
    max_builds = draw(st.none() | st.integers(0, packages))
    most_cost = st.integers(0, sum(costs))
    return Market(
        packages=spec_packages,
        needs=needs,
        wanted=sorted(wanted),
        costs=costs,
        max_builds=max_builds,
        max_cost=draw(most_cost if max_builds is None else st.none() | most_cost),
    )


def bought(market: Market) -> tuple[float, float]:
    """Return what the budget's wants are worth, and the bound: nothing has a binary."""
    nodes = {
        market.hash_of(spec): {
            "name": f"p{package}",
            "version": f"1.{spec}",
            "hash": market.hash_of(spec),
            "arch": {"platform": "linux", "platform_os": "debian12", "target": "zen4"},
            "parameters": {},
            "dependencies": [
                {
                    "name": f"p{market.packages[other]}",
                    "hash": market.hash_of(other),
                    "parameters": {"deptypes": ["build", "link"], "virtuals": []},
                }
                for other in market.needs[spec]
            ],
        }
        for spec, package in enumerate(market.packages)
    }
    lock = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "roots": [{"hash": each, "spec": node["name"]} for each, node in nodes.items()],
        "concrete_specs": nodes,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "spack.lock")
        path.write_text(json.dumps(lock))
        costs = Path(folder, "costs.json")
        table = {f"p{package}": cost for package, cost in enumerate(market.costs)}
        costs.write_text(json.dumps(table))
        plan = specplan.load("none").rebuild(
            want=[f"p{package}@:" for package in market.wanted],
            candidates=path,
            system="debian12/zen4",
            costs=costs,
            max_builds=market.max_builds,
            max_cost=market.max_cost,
        )
    assert plan.budget is not None
    assert plan.budget.optimal
    return plan.budget.weight, plan.budget.upper_bound


def most_worth(market: Market) -> Optimum:
    """Return the least of what the wants are worth, taken away: HiGHS minimizes."""
    count = len(market.packages)
    program = Program(costs=[0.0] * count + [-1.0] * len(market.wanted))
    for spec, needs in enumerate(market.needs):
        for other in needs:
            program.at_least(0, [other, spec], [1, -1])
    for want, package in enumerate(market.wanted, count):
        specs = market.specs_of(package)
        program.at_least(0, [*specs, want], [*[1] * len(specs), -1])
    if market.max_builds is not None:
        program.at_least(-market.max_builds, range(count), [-1] * count)
    if market.max_cost is not None:
        costs = [market.costs[package] for package in market.packages]
        program.at_least(-market.max_cost, range(count), [-cost for cost in costs])
    return minimum(program)


@given(markets())
def test_no_solver_completes_more_for_a_budget(market: Market) -> None:
    weight, bound = bought(market)
    theirs = most_worth(market)
    assert weight <= -theirs.bound + TOLERANCE
    assert -theirs.value <= bound + TOLERANCE
