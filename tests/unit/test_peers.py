"""Which stacks define what a stack wants."""

from __future__ import annotations

import pytest

from specplan.coverage.peers import peers_of

STACKS = ("e4s", "e4s-oneapi", "root", "root-next", "root-x")


@pytest.mark.parametrize("reported", [STACKS, tuple(reversed(STACKS))])
def test_the_union_index_is_in_no_family_in_whatever_order_stacks_are_asked_for(
    reported: tuple[str, ...],
) -> None:
    sets, positions = peers_of(reported, STACKS, {})
    peers = {stack: sets[at] for stack, at in zip(reported, positions, strict=True)}
    assert peers["root"] == ["root"]
    assert peers["root-x"] == peers["root-next"] == ["root-next", "root-x"]
    assert peers["e4s"] == ["e4s", "e4s-oneapi"]
