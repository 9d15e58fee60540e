"""Abstract specs cross the border: texts in, canonical texts, answers and errors out."""

from __future__ import annotations

import pytest

from specplan._core import AbstractSpec


def test_a_spec_is_printed_in_its_canonical_form() -> None:
    spec = AbstractSpec("hdf5  +mpi@1.14: %c,cxx=gcc@12")
    assert str(spec) == "hdf5@1.14:+mpi %c,cxx=gcc@12"
    assert repr(spec) == 'AbstractSpec("hdf5@1.14:+mpi %c,cxx=gcc@12")'


def test_several_specs_may_share_a_text() -> None:
    assert [str(each) for each in AbstractSpec.parse_many("zlib +pic hdf5")] == ["zlib+pic", "hdf5"]


def test_a_fault_is_shown_under_the_text() -> None:
    with pytest.raises(ValueError, match=r"unexpected character\n  zlib@@1.2\n      \^"):
        AbstractSpec("zlib@@1.2")
    with pytest.raises(ValueError, match="expected a single spec"):
        AbstractSpec("zlib hdf5")


def test_specs_that_ask_for_the_same_are_equal() -> None:
    assert AbstractSpec("a +x ~y") == AbstractSpec("a~y+x")
    assert hash(AbstractSpec("a +x ~y")) == hash(AbstractSpec("a~y+x"))
    assert AbstractSpec("a") != AbstractSpec("b")
    assert AbstractSpec("a") != "a"


def test_single_names_of_the_architecture_can_be_read() -> None:
    spec = AbstractSpec("builtin.a arch=linux-rhel8-zen4 /abc")
    assert (spec.name, spec.namespace, spec.hash) == ("a", "builtin", "abc")
    assert (spec.platform, spec.os, spec.target) == ("linux", "rhel8", "zen4")
    for text in ("+x", "os=* platform=* target=*", "target=zen:", "target=zen2,zen3"):
        spec = AbstractSpec(text)
        assert (spec.name, spec.platform, spec.os, spec.target) == (None, None, None, None)


def test_answers_are_yes_no_or_unknown() -> None:
    spec = AbstractSpec("a@git.main+x")
    assert spec.satisfies("a+x") is True
    assert spec.satisfies(AbstractSpec("a~x")) is False
    assert spec.satisfies("a@1:") is None
    assert spec.intersects("a os=rhel8") is True
    assert spec.intersects("~x") is False
    assert spec.intersects("@1:") is None
    assert AbstractSpec("a x=1").with_exact_values([]).satisfies("x:=1") is True
    propagated = AbstractSpec("a x==1")
    assert propagated.propagated == ["x"]
    assert propagated.with_exact_values([]).satisfies("x=1") is False
    assert propagated.with_exact_values(["x"]).satisfies("x=1") is True


def test_a_contradiction_names_both_sides() -> None:
    with pytest.raises(ValueError, match="`a@1` and `@2` have no versions in common"):
        AbstractSpec("a@1").constrain("@2")


def test_toolchains_are_put_in() -> None:
    toolchain = AbstractSpec("%c=gcc").only_when("+x")
    assert toolchain.is_direct_only
    assert AbstractSpec.toolchains_in("a %tools %c=more ^tools", {"tools", "more"}) == ["tools"]
    assert str(AbstractSpec("a %tools", {"tools": toolchain})) == "a %[when='+x'] c=gcc"
    with pytest.raises(ValueError, match="follows the toolchain `%tools`"):
        AbstractSpec("a %tools+x", {"tools": toolchain})


def test_a_copy_has_dependencies_of_one_name_in_the_order_of_what_they_provide() -> None:
    spec = AbstractSpec("a %[when='%fortran'] fortran=gcc %[when='%c'] c=gcc")
    assert str(spec.copied()) == "a %[when='%c'] c=gcc %[when='%fortran'] fortran=gcc"
