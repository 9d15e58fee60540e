"""Groups stand in the order in which Spack concretizes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specplan.errors import DamagedSourceError
from specplan.sources.environments import yaml_tree
from specplan.sources.environments.groups import read_groups
from specplan.sources.environments.matrix import Expansion

NEEDS = st.lists(st.lists(st.integers(0, 6), max_size=3), max_size=7)


def in_waves(needs: dict[str, set[str]]) -> list[str] | None:
    """Take, again and again, every group whose needs are there already."""
    ordered: list[str] = []
    while len(ordered) < len(needs):
        ready = [name for name in needs if name not in ordered and needs[name] <= {*ordered}]
        if not ready:
            return None
        ordered += ready
    return ordered


@given(needs=NEEDS)
def test_each_group_comes_right_after_all_that_it_needs(needs: list[list[int]]) -> None:
    there = [[need for need in each if need < len(needs)] for each in needs]
    lines = [
        f"- {{group: g{number}, needs: [{', '.join(f'g{need}' for need in each)}], specs: [app]}}"
        for number, each in enumerate(there)
    ]
    node = yaml_tree.parse("\n".join(["- zlib", *lines]).encode(), "spack.yaml")
    named = {f"g{number}": {f"g{need}" for need in each} for number, each in enumerate(there)}
    expected = in_waves({"default": set(), **named})
    if expected is None:
        with pytest.raises(DamagedSourceError, match="needs itself"):
            read_groups(node, Expansion())
    else:
        assert [group.name for group in read_groups(node, Expansion())] == expected
