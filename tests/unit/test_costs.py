"""What a build costs: the most exact key, else an estimate from what is most like it."""

from __future__ import annotations

import pytest

from specplan.model.costs import UNIT_COSTS, Cost, Costs

A, B, C, D, E = (letter * 32 for letter in "abcde")


def costs(**told: object) -> Costs:
    nothing: dict[str, object] = {"by_hash": {}, "by_version": {}, "by_package": {}, "named": {}}
    return Costs(**{**nothing, **told})  # type: ignore[arg-type]


def test_without_a_file_each_build_costs_one_and_nothing_is_estimated() -> None:
    assert UNIT_COSTS.unit == "builds"
    assert UNIT_COSTS.of([(A, "zlib", "1.3")]) == {A: Cost(1.0, estimated=False)}


def test_the_most_exact_key_wins() -> None:
    told = costs(
        by_hash={A: 1.0}, by_version={("zlib", "1.3"): 2.0}, by_package={"zlib": 3.0, "m4": 4.0}
    )
    specs = [(A, "zlib", "1.3"), (B, "zlib", "1.3"), (C, "zlib", "1.2"), (D, "m4", "1")]
    assert told.unit == "seconds"
    assert [each.amount for each in told.of(specs).values()] == [1.0, 2.0, 3.0, 4.0]
    assert not any(each.estimated for each in told.of(specs).values())


def test_an_unknown_build_costs_what_other_hashes_of_its_version_cost() -> None:
    told = costs(by_hash={A: 1.0, B: 3.0, C: 50.0})
    specs = [(A, "zlib", "1.3"), (B, "zlib", "1.3"), (C, "zlib", "1.2"), (D, "zlib", "1.3")]
    assert told.of(specs)[D] == Cost(2.0, estimated=True)


def test_else_what_other_versions_cost_else_what_all_that_is_known_costs() -> None:
    told = costs(by_hash={A: 10.0}, by_version={("zlib", "1.2"): 20.0}, by_package={"m4": 90.0})
    specs = [(A, "zlib", "1.3"), (D, "zlib", "2"), (E, "perl", "5")]
    assert told.of(specs)[D] == Cost(15.0, estimated=True)
    assert told.of(specs)[E] == Cost(20.0, estimated=True)


def test_a_file_that_names_the_package_of_a_hash_serves_estimates_for_others() -> None:
    told = costs(by_hash={A: 10.0, B: 99.0}, named={A: ("zlib", "1.3")})
    assert told.of([(D, "zlib", "1.3")])[D] == Cost(10.0, estimated=True)


@pytest.mark.parametrize("more", [[], [(B, "zlib", "1.3")], [(E, "m4", "1")]])
def test_the_order_and_number_of_specs_change_no_reported_cost(
    more: list[tuple[str, str, str]],
) -> None:
    told = costs(by_hash={A: 10.0}, by_package={"m4": 5.0})
    assert told.of([*more, (A, "zlib", "1.3")])[A] == Cost(10.0, estimated=False)
