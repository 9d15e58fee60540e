"""Merging is associative, commutative and idempotent, and no order leaves a trace."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import specplan
from specplan.testing import Page, strategies
from specplan.testing.pages import write_tree
from tests.property.worlds import folders, model_of

TREES = strategies.trees()


def reports(catalog: specplan.Catalog) -> list[str]:
    """Every kind of report as text, byte for byte what is written."""
    texts = [catalog.check().to_json()]
    if catalog.stacks():
        texts.append(catalog.gaps(peers="*", level="hash", compat="os").to_json())
        texts.append(catalog.diff(catalog.tags[-1]).to_json())
    return texts


@given(TREES, TREES, TREES)
def test_merging_is_associative_commutative_and_idempotent(
    one: list[Page], two: list[Page], three: list[Page]
) -> None:
    with folders() as a, folders() as b, folders() as c:
        listings = [write_tree(tree, folder) for tree, folder in ((one, a), (two, b), (three, c))]
        x, y, z = specplan.load(a), specplan.load(b), specplan.load(c)
        merged = x.merged(y).merged(z)
        others = [
            x.merged(y.merged(z)),
            z.merged(y).merged(x),
            merged.merged(merged),
            merged.merged(y),
            specplan.load(a, b, c),
            specplan.load(c, a, b, a),
        ]
        expected = reports(merged)
        for other in others:
            assert other == merged
            assert hash(other) == hash(merged)
            assert reports(other) == expected
        model = model_of(frozenset().union(*listings))
        assert merged.select().specs() == model.specs(model.contents)


@given(TREES, st.data())
def test_the_names_and_order_of_files_leave_no_trace(tree: list[Page], data: st.DataObject) -> None:
    """Only ``source`` shows the place of a page: the numbers of a report do not."""
    with folders() as published, folders() as flat:
        write_tree(tree, published)
        order = data.draw(st.permutations(range(len(tree))))
        for position, page in zip(order, tree, strict=True):
            (flat / f"page-{position}.md").write_text(page.text(), encoding="utf-8")
        one, other = specplan.load(published), specplan.load(flat)
        assert len(one) == len(other)
        if one.stacks():
            asked: dict[str, Any] = {"peers": "*", "level": "hash", "nearest": False}
            ours, theirs = one.gaps(**asked), other.gaps(**asked)
            # A hash with two contents in one snapshot cannot be; in two the newer wins.
            assert replace(ours, sources=()) == replace(theirs, sources=())


@given(TREES)
def test_a_tree_that_is_read_twice_gives_the_same_bytes(tree: list[Page]) -> None:
    with folders() as folder:
        write_tree(tree, folder)
        first = reports(specplan.load(folder))
        copy = folder / "copy"
        shutil.copytree(folder / "_cache", copy / "_cache")
        shutil.rmtree(folder / "_cache")
        shutil.move(copy / "_cache", folder / "_cache")
        assert reports(specplan.load(folder)) == first
