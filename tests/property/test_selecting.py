"""Selections are set algebra: they agree with sets of the plain model."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

import specplan
from specplan.testing import Model, Page, strategies
from tests.property.worlds import world


class Tree(NamedTuple):
    """An operator of set algebra and its operands; ``select`` has none but the respects."""

    operator: str
    operands: tuple[Tree, ...] = ()
    respects: dict[str, Any] | None = None


LEAVES = strategies.selections().map(lambda respects: Tree("select", (), respects))
TREES = st.recursive(
    LEAVES,
    lambda trees: (
        st.tuples(st.sampled_from("&|-"), trees, trees).map(lambda each: Tree(each[0], each[1:]))
        | trees.map(lambda each: Tree("~", (each,)))
    ),
    max_leaves=8,
)


def asked(tree: Tree, catalog: specplan.Catalog) -> specplan.Selection:
    if tree.operator == "select":
        return catalog.select(**(tree.respects or {}))
    first, *others = (asked(each, catalog) for each in tree.operands)
    match tree.operator:
        case "~":
            return ~first
        case "&":
            return first & others[0]
        case "|":
            return first | others[0]
        case _:
            return first - others[0]


def expected(tree: Tree, model: Model) -> set[str]:
    if tree.operator == "select":
        return model.select(**(tree.respects or {}))
    first, *others = (expected(each, model) for each in tree.operands)
    match tree.operator:
        case "~":
            return set(model.contents) - first
        case "&":
            return first & others[0]
        case "|":
            return first | others[0]
        case _:
            return first - others[0]


@given(strategies.trees(), st.lists(TREES, min_size=1, max_size=4))
def test_a_tree_of_selections_agrees_with_sets(pages: list[Page], trees: list[Tree]) -> None:
    with world(pages) as made:
        for tree in trees:
            selection = asked(tree, made.catalog)
            found = expected(tree, made.model)
            assert [spec.hash for spec in selection] == sorted(found)
            assert selection.count() == len(found)
            assert selection.specs() == made.model.specs(found)
