"""Abstract specs are read, printed, compared and merged as Spack does it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from specplan._core import AbstractSpec
from specplan.errors import SpecSyntaxError

ANSWERS = Path(__file__).parents[1] / "data/oracle/abstract-specs.json.gz"


def answers(kind: str) -> list[list[object]]:
    loaded = json.loads(gzip.decompress(ANSWERS.read_bytes()))
    assert isinstance(loaded, dict)
    found = loaded[kind]
    assert isinstance(found, list)
    return found


def printed(text: str) -> str | None:
    try:
        return str(AbstractSpec(text))
    except SpecSyntaxError:
        return None


def merged(left: AbstractSpec, right: AbstractSpec) -> str | None:
    try:
        return str(left.constrain(right))
    except ValueError:
        return None


def test_texts_are_printed_as_spack_prints_them_or_refused_as_spack_refuses_them() -> None:
    rows = answers("texts")
    assert len(rows) == 2000
    differences = [
        (text, expected, printed(text))
        for text, expected in rows
        if isinstance(text, str) and printed(text) != expected
    ]
    assert differences == []


def test_pairs_of_specs_satisfy_intersect_and_merge_as_in_spack() -> None:
    """The last of each pair is what constraining gives, or nothing where that is refused."""
    rows = answers("pairs")
    assert len(rows) > 2400
    differences = []
    for left_text, right_text, *expected in rows:
        left, right = AbstractSpec(str(left_text)), AbstractSpec(str(right_text))
        found = [left.satisfies(right), left.intersects(right), merged(left, right)]
        if found != expected:
            differences.append((left_text, right_text, expected, found))
    assert differences == []
