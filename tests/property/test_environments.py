"""Matrices stand for what a plain product stands for."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specplan._core import AbstractSpec
from specplan.errors import DamagedSourceError
from specplan.model.host import Host
from specplan.sources.environments import yaml_tree
from specplan.sources.environments.conditions import ConditionError, holds
from specplan.sources.environments.matrix import Expansion
from specplan.sources.environments.yaml_tree import Mapping

#: Constraints on different parts of a spec, so that those of different rows never contradict.
PARTS = (
    ("hdf5", "zlib", "kokkos"),
    ("@1", "@=2.1", "@3:"),
    ("+mpi", "~mpi"),
    ("api=v18", "api=v110"),
    ("%gcc@12", "%llvm"),
    ("^openmpi", "^mpich"),
    ("target=zen4", "target=x86_64_v3"),
)


@st.composite
def matrices(draw: st.DrawFn) -> tuple[list[list[str]], list[list[str]]]:
    """Rows in any order with repetitions, and exclusions, each of some constraints."""
    others = draw(st.permutations(range(1, len(PARTS))))[: draw(st.integers(0, len(PARTS) - 1))]
    # Spack refuses variants of no package, so that one row names packages.
    chosen = draw(st.permutations([0, *others]))
    rows = [draw(st.lists(st.sampled_from(PARTS[part]), min_size=1, max_size=3)) for part in chosen]
    excluded = st.sets(st.sampled_from(range(len(PARTS))), min_size=1, max_size=3)
    exclude = [
        [draw(st.sampled_from(PARTS[part])) for part in sorted(draw(excluded))]
        for _ in range(draw(st.integers(0, 2)))
    ]
    return rows, exclude


def written(row: list[str]) -> str:
    return "[" + ", ".join(f"'{each}'" for each in row) + "]"


@given(matrix=matrices(), as_references=st.booleans())
def test_a_matrix_is_the_product_of_its_rows_without_what_is_excluded(
    *, matrix: tuple[list[list[str]], list[list[str]]], as_references: bool
) -> None:
    rows, exclude = matrix
    expansion = Expansion()
    texts = [written(row) for row in rows]
    if as_references:
        for number, text in enumerate(texts):
            row = yaml_tree.parse(text.encode(), "x")
            expansion.defined[f"row{number}"] = expansion.read_list(row)
        texts = [f"[$row{number}]" for number in range(len(rows))]
    excluded = written([" ".join(ordered(set(each))) for each in exclude])
    content = f"[{{matrix: [{', '.join(texts)}], exclude: {excluded}}}]"
    node = yaml_tree.parse(content.encode(), "x")
    (item,) = expansion.read_list(node)
    expected = [
        set(combination)
        for combination in itertools.product(*rows)
        if not any(is_excluded(combination, each) for each in exclude)
    ]
    actual = [each.spec for each in expansion.expand(item)]
    assert actual == [AbstractSpec(" ".join(ordered(parts))) for parts in expected]


def is_excluded(combination: tuple[str, ...], exclude: list[str]) -> bool:
    """An anonymous spec satisfies one with a name, but has no node of it that `%` could hang on."""
    names, compilers = set(PARTS[0]), set(PARTS[4])
    is_anonymous = names.isdisjoint(combination)
    if is_anonymous and names.intersection(exclude) and compilers.intersection(exclude):
        return False
    return all(part in combination or (part in names and is_anonymous) for part in exclude)


def ordered(parts: set[str]) -> list[str]:
    """A name first, dependencies last: the order in which one text means the same."""
    rank = {part: position for position, row in enumerate(PARTS) for part in row}
    late = {part: 10 + rank[part] for part in (*PARTS[4], *PARTS[5])}
    return sorted(parts, key=lambda part: late.get(part, rank[part]))


@given(st.text(max_size=60))
def test_no_condition_does_more_than_hold_or_not(condition: str) -> None:
    host = Host(platform="linux", os="rhel8", target="zen4", hostname="login", env={})
    with contextlib.suppress(ConditionError):
        assert holds(condition, host) in {True, False}


YAML_BITS = (
    *("spack:", "specs:", "definitions:", "matrix:", "- ", "[", "]", "{", "}", ":", ",", "\n"),
    *("  ", "a", "$a", "&x", "*x", "'", '"', "|", ">", "!!str", "<<", "1", "null", "#", "?", "%"),
)


@given(st.lists(st.sampled_from(YAML_BITS), max_size=30).map("".join) | st.text(max_size=60))
def test_any_text_is_a_tree_or_a_fault(text: str) -> None:
    with contextlib.suppress(DamagedSourceError):
        node = yaml_tree.parse(text.encode("utf-8", "surrogatepass"), "x")
        assert isinstance(yaml_tree.plain(node), dict) is isinstance(node, Mapping)


def test_the_model_notices_an_exclusion() -> None:
    """The plain model above is not a tautology: one combination is missing."""
    expansion = Expansion()
    content = b"[{matrix: [[a, b], [+x, ~x]], exclude: [a+x]}]"
    (item,) = expansion.read_list(yaml_tree.parse(content, "x"))
    assert [str(each.spec) for each in expansion.expand(item)] == ["a~x", "b+x", "b~x"]
    with pytest.raises(DamagedSourceError):
        expansion.read_list(yaml_tree.parse(b"[$a]", "x"))
