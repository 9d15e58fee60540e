"""Selections are set algebra: they agree with sets of the plain model."""

from __future__ import annotations

from typing import TypeAlias, Union

from hypothesis import given
from hypothesis import strategies as st

import specplan
from specplan.testing import Model, Page, strategies
from tests.property.worlds import world

#: A selection, or an operator with its operands.
Tree: TypeAlias = Union[
    "tuple[str, dict[str, object]]", "tuple[str, Tree]", "tuple[str, Tree, Tree]"
]

SELECTIONS = st.tuples(st.just("select"), strategies.selections())
TREES: st.SearchStrategy[Tree] = st.recursive(
    SELECTIONS,
    lambda trees: (
        st.tuples(st.sampled_from("&|-"), trees, trees) | st.tuples(st.just("~"), trees)
    ),
    max_leaves=8,
)


def asked(tree: Tree, catalog: specplan.Catalog) -> specplan.Selection:
    match tree:
        case ("select", dict() as respects):
            return catalog.select(**respects)  # type: ignore[arg-type]
        case ("~", inner):
            return ~asked(inner, catalog)  # type: ignore[arg-type]
        case (operator, left, right):
            one, other = asked(left, catalog), asked(right, catalog)  # type: ignore[arg-type]
            return {"&": one & other, "|": one | other, "-": one - other}[str(operator)]
    raise AssertionError(tree)


def expected(tree: Tree, model: Model) -> set[str]:
    match tree:
        case ("select", dict() as respects):
            return model.select(**respects)
        case ("~", inner):
            return set(model.contents) - expected(inner, model)  # type: ignore[arg-type]
        case (operator, left, right):
            one, other = expected(left, model), expected(right, model)  # type: ignore[arg-type]
            return {"&": one & other, "|": one | other, "-": one - other}[str(operator)]
    raise AssertionError(tree)


@given(strategies.trees(), st.lists(TREES, min_size=1, max_size=4))
def test_a_tree_of_selections_agrees_with_sets(pages: list[Page], trees: list[Tree]) -> None:
    with world(pages) as made:
        for tree in trees:
            selection = asked(tree, made.catalog)
            found = expected(tree, made.model)
            assert [spec.hash for spec in selection] == sorted(found)
            assert selection.count() == len(found)
            assert selection.specs() == made.model.specs(found)
