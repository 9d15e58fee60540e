"""Abstract specs as scripts use them: values that are read, compared, combined and searched."""

from __future__ import annotations

import pickle

import pytest

import specplan
from specplan import AbstractSpec, SpecSyntaxError, UsageError


def test_a_spec_reads_back_as_an_equal_one() -> None:
    spec = AbstractSpec("hdf5  +mpi@1.14: %c,cxx=gcc@12")
    assert AbstractSpec(str(spec)) == spec
    assert len({spec, AbstractSpec("hdf5@1.14:+mpi %c,cxx=gcc@12")}) == 1
    assert pickle.loads(pickle.dumps(spec)) == spec  # noqa: S301 - it was made here
    assert spec != str(spec)


def test_what_it_says_can_be_read_and_what_it_leaves_open_is_none() -> None:
    spec = AbstractSpec("builtin.a arch=linux-rhel8-zen4 /abc")
    assert (spec.namespace, spec.name, spec.hash) == ("builtin", "a", "abc")
    assert (spec.platform, spec.os, spec.target) == ("linux", "rhel8", "zen4")
    assert (AbstractSpec("+x").name, AbstractSpec("target=zen:").target) == (None, None)


def test_what_is_no_spec_names_the_place() -> None:
    with pytest.raises(SpecSyntaxError) as caught:
        AbstractSpec("zlib@@1.2")
    assert (caught.value.text, caught.value.start) == ("zlib@@1.2", 4)
    with pytest.raises(SpecSyntaxError):
        AbstractSpec("zlib").satisfies("@@")
    with pytest.raises(SpecSyntaxError):
        AbstractSpec("zlib").constrain("@@")


def test_answers_are_yes_no_or_unknown_for_both_specs_and_texts() -> None:
    spec = AbstractSpec("a@git.main+x")
    for other, satisfied, common in (
        ("a+x", True, True),
        ("~x", False, False),
        ("@1:", None, None),
    ):
        for form in (other, AbstractSpec(other)):
            assert spec.satisfies(form) is satisfied
            assert spec.intersects(form) is common


def test_a_contradiction_is_wrong_usage_and_names_both_sides() -> None:
    assert AbstractSpec("a@1:").constrain(AbstractSpec("+x")) == AbstractSpec("a@1:+x")
    with pytest.raises(UsageError, match="`a@1` and `@2` have no versions in common"):
        AbstractSpec("a@1").constrain("@2")


def test_a_catalog_is_asked_with_a_spec_as_with_its_text() -> None:
    catalog = specplan.load("examples/cache")
    text = "adios2+mpi"
    spec = AbstractSpec(text)
    assert catalog.find(spec) == catalog.find(text) != []
    assert catalog.query(spec).query == text
    selected = catalog.select(stack="e4s*")
    assert list(selected.satisfying(spec)) == list(selected.satisfying(text)) != []
    assert selected.query(spec).specs == selected.query(text).specs
