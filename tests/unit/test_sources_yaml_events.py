"""A fault of PyYAML hides no event that stands before it, whatever the release."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from specplan.errors import DamagedSourceError
from specplan.sources import front_matter
from specplan.sources.environments import yaml_tree
from specplan.sources.front_matter import FrontMatterError
from specplan.sources.yaml_events import events

NESTED: dict[str, Callable[[int], str]] = {
    "flow": lambda depth: "x: " + "[" * depth + "]" * depth + "\n",
    "flow over lines": lambda depth: "x: " + "{a: \n " * depth + "}" * depth + "\n",
    "blocks": lambda depth: "x:\n" + "".join(" " * n + "-\n" for n in range(1, depth)),
    "flow without an end": lambda depth: "x: " + "[" * depth + "\n",
}


def walked(text: str) -> tuple[list[str], bool]:
    """The events that come out, and whether a fault comes after them."""
    seen: list[str] = []
    try:
        seen.extend(repr(event) for event in events(text))
    except yaml.YAMLError:
        return seen, True
    return seen, False


@pytest.mark.parametrize("depth", [70, 990, 1010, 3000])
@pytest.mark.parametrize("kind", NESTED)
def test_deep_nesting_is_refused_in_our_own_words(kind: str, depth: int) -> None:
    """Some releases of PyYAML refuse 1,000 levels before they hand out the first."""
    text = NESTED[kind](depth)
    with pytest.raises(DamagedSourceError, match="is nested more than 64 deep"):
        yaml_tree.parse(text.encode(), "x.yaml")
    with pytest.raises(FrontMatterError, match="is nested more than 16 deep"):
        front_matter.parse(f"---\n{text}---\n".encode())


@given(st.text(alphabet="ab:-[]{},&*!'\"|>#?% \n", max_size=60))
def test_the_events_of_sound_text_are_those_of_the_library(text: str) -> None:
    seen, is_faulty = walked(text)
    try:
        expected = [repr(event) for event in yaml.parse(text, Loader=yaml.CSafeLoader)]
    except yaml.YAMLError:
        assert is_faulty
    else:
        assert (seen, is_faulty) == (expected, False)


@given(st.lists(st.sampled_from(["- 1\n", "- [2]\n", "- 'c'\n", "- {d: e}\n"]), min_size=1))
def test_a_fault_hides_nothing_that_ends_on_an_earlier_line(lines: list[str]) -> None:
    before = "".join(lines)
    seen, is_faulty = walked(before + "- [@")
    alone, _ = walked(before)
    ends = 3  # of the list, the document and the stream
    assert is_faulty
    assert seen[: len(alone) - ends] == alone[:-ends]


def test_a_word_that_the_fault_cuts_in_two_is_not_handed_out() -> None:
    seen, is_faulty = walked("[*abc\x85@")
    assert is_faulty
    assert not any("*ab'" in event or "'ab'" in event for event in seen)
