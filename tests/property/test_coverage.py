"""Gaps and differences agree, record for record, with the plain model."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import specplan
from specplan.model import Coverage, Diff
from specplan.testing import Model, Page, strategies
from specplan.testing.pages import write_tree
from tests.property.worlds import folders, model_of, world


def outcome(ask: Any, question: dict[str, Any]) -> Coverage | Diff | type[Exception]:
    """The answer, or the kind of error; the model knows no sources and leaves nothing out."""
    try:
        answer: Coverage | Diff = ask(**question)
    except specplan.UsageError as error:
        return type(error)
    if isinstance(answer, Coverage):
        return replace(answer, left_out=(), alone=None, sources=(), want_keys=None)
    return replace(answer, left_out=(), sources=())


@given(strategies.trees(), st.data())
def test_gaps_are_those_of_the_model(pages: list[Page], data: st.DataObject) -> None:
    with world(pages) as made:
        for _ in range(2):
            question = data.draw(strategies.gap_questions(made.model.tags))
            answer = outcome(made.catalog.gaps, question)
            event("answered" if isinstance(answer, Coverage) else "refused")
            assert answer == outcome(made.model.gaps, question)


@given(strategies.trees())
def test_a_catalog_that_was_pickled_is_equal(pages: list[Page]) -> None:
    with world(pages) as made:
        again = pickle.loads(pickle.dumps(made.catalog))  # noqa: S301 - our own
        assert again == made.catalog
        assert (len(again), again.tags) == (len(made.catalog), made.catalog.tags)


@given(strategies.trees(), st.data())
def test_differences_are_those_of_the_model(pages: list[Page], data: st.DataObject) -> None:
    with world(pages) as made:
        for _ in range(2):
            question = data.draw(strategies.diff_questions(made.model.tags))
            assert outcome(made.catalog.diff, question) == outcome(made.model.diff, question)


@given(strategies.trees(), strategies.trees(), st.data())
def test_several_sources_with_several_snapshots_answer_as_the_model_does(
    one: list[Page], other: list[Page], data: st.DataObject
) -> None:
    with folders() as here, folders() as there:
        model = model_of(write_tree(one, here) | write_tree(other, there))
        catalog = specplan.load(here, there)
        assert catalog.tags == model.tags
        question = data.draw(strategies.gap_questions(model.tags))
        assert outcome(catalog.gaps, question) == outcome(model.gaps, question)
        question = data.draw(strategies.diff_questions(model.tags))
        assert outcome(catalog.diff, question) == outcome(model.diff, question)


@given(strategies.trees(), strategies.trees(), st.data())
def test_another_catalog_as_baseline_answers_as_the_model_does(
    newer: list[Page], older: list[Page], data: st.DataObject
) -> None:
    with folders() as here, folders() as there:
        model, old_model = model_of(write_tree(newer, here)), model_of(write_tree(older, there))
        catalog, old_catalog = specplan.load(here), specplan.load(there)
        question = data.draw(strategies.gap_questions(model.tags))
        question.pop("peers", None)
        ours = outcome(catalog.gaps, {**question, "baseline": old_catalog})
        assert ours == outcome(model.gaps, {**question, "baseline": old_model})
        question = data.draw(strategies.diff_questions(model.tags))
        ours = outcome(catalog.diff, {**question, "old": old_catalog})
        assert ours == outcome(model.diff, {**question, "old": old_model})


@given(strategies.trees(), st.data())
def test_what_is_covered_has_names_that_no_gap_has(pages: list[Page], data: st.DataObject) -> None:
    with world(pages) as made:
        question = data.draw(strategies.gap_questions(made.model.tags))
        answer = outcome(made.catalog.gaps, {**question, "covered": True})
        if not isinstance(answer, Coverage) or answer.covered is None:
            return
        counts = Counter((each.stack, each.os, each.target) for each in answer.covered)
        for cell in answer.cells:
            assert counts.pop((cell.stack, cell.os, cell.target), 0) == cell.covered
        assert not counts
        gaps = {(gap.stack, gap.os, gap.target, gap.want, gap.package) for gap in answer.gaps}
        wants = [(each.stack, each.os, each.target, each.want) for each in answer.covered]
        assert len(set(wants)) == len(wants)
        assert not {each[:4] for each in gaps} & set(wants)


@given(strategies.trees(), st.data())
def test_more_compatibility_never_covers_less(pages: list[Page], data: st.DataObject) -> None:
    with world(pages) as made:
        question = data.draw(strategies.gap_questions(made.model.tags))
        answers = [
            outcome(made.catalog.gaps, {**question, "compat": compat})
            for compat in ("exact", "target", "os")
        ]
        if not all(isinstance(answer, Coverage) for answer in answers):
            return
        covered = [[cell.covered for cell in answer.cells] for answer in answers]  # type: ignore[union-attr]
        for less, more in pairwise(covered):
            assert all(a <= b for a, b in zip(less, more, strict=True))


@given(strategies.trees(), st.data())
def test_filters_choose_cells_and_never_change_wants(
    pages: list[Page], data: st.DataObject
) -> None:
    with world(pages) as made:
        question = data.draw(strategies.gap_questions(made.model.tags))
        question.pop("os", None)
        question.pop("target", None)
        unfiltered = outcome(made.catalog.gaps, question)
        filtered = outcome(made.catalog.gaps, {**question, "os": "ubuntu22.04"})
        if isinstance(unfiltered, Coverage) and isinstance(filtered, Coverage):
            assert filtered.cells == tuple(c for c in unfiltered.cells if c.os == "ubuntu22.04")


@given(pages=strategies.trees())
def test_a_state_covers_itself_at_every_level(pages: list[Page]) -> None:
    with world(pages) as made:
        if not made.catalog.stacks():
            return
        tag = made.catalog.tags[0]
        levels: tuple[specplan.model.Level, ...] = ("package", "version", "variant", "hash")
        for level in levels:
            report = made.catalog.gaps(baseline=tag, level=level)
            assert report.gaps == ()
            diff = made.catalog.diff(tag, tag, level=level)
            assert (diff.lost, diff.gained, diff.changed) == ((), (), ())


def test_a_model_of_nothing_answers_as_a_catalog_of_nothing() -> None:
    with pytest.raises(specplan.EmptySelectionError):
        Model(()).gaps()
