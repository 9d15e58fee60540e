"""Laws of limited budgets, over made-up locks and caches."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from specplan.testing import verify_budget
from tests.property.test_plans import World, builds, planned, worlds


def alone(world: World) -> dict[str, frozenset[str]]:
    """The builds of each root's own plan, by plain rules."""

    def build_set(root: int) -> frozenset[str]:
        found: set[int] = set()
        seen: set[int] = set()
        stack = [root]
        while stack:
            spec = stack.pop()
            if spec in seen or spec in world.external:
                continue
            seen.add(spec)
            kinds = {"link", "run"} if spec in world.available else {"link", "run", "build"}
            if spec not in world.available:
                found.add(spec)
            stack += [to for to, (types, _) in world.edges[spec].items() if types & kinds]
        return frozenset(world.hash_of(each) for each in found)

    roots = world.roots - world.external
    return {world.hash_of(root): build_set(root) for root in roots}


@given(worlds(), st.integers(0, 6), st.sampled_from(["roots", "runtime"]))
def test_no_set_of_roots_within_the_budget_completes_more(
    world: World, limit: int, scope: str
) -> None:
    world = replace(world, changed=frozenset(), broken=frozenset(), scope=scope)
    plan = planned(world, max_builds=limit)
    verify_budget(plan, alone(world))
    assert plan.budget is not None
    assert plan.budget.optimal


@given(worlds(), st.integers(0, 6))
def test_a_larger_budget_never_completes_fewer(world: World, limit: int) -> None:
    world = replace(world, scope="runtime")
    less = planned(world, is_checked=False, max_builds=limit).budget
    more = planned(world, is_checked=False, max_builds=limit + 1).budget
    assert less is not None
    assert more is not None
    assert len(less.completed) <= len(more.completed)


@given(worlds(), st.integers(0, 6), st.integers(0, 6))
def test_two_limits_complete_no_more_than_either(world: World, builds: int, cost: int) -> None:
    world = replace(world, scope="runtime")
    both = planned(world, is_checked=False, max_builds=builds, max_cost=cost).budget
    of_builds = planned(world, is_checked=False, max_builds=builds).budget
    # Each build costs 1, so that both limits are of one kind.
    less = planned(world, is_checked=False, max_builds=min(builds, cost)).budget
    assert both is not None
    assert of_builds is not None
    assert less is not None
    assert both.optimal
    assert both.weight == less.weight <= of_builds.weight


@given(worlds())
def test_a_budget_for_all_buys_the_plan(world: World) -> None:
    world = replace(world, scope="roots", broken=frozenset(), changed=frozenset())
    plan = planned(world, max_cost=len(world.edges))
    assert {world.hash_of(each) for each in builds(world)} == {each.hash for each in plan.builds}
