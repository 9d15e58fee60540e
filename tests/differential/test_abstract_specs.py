"""Abstract specs are read, printed, compared and merged as Spack does it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from specplan._core import AbstractSpec
from specplan.errors import DamagedSourceError, SpecSyntaxError
from specplan.sources.environments import yaml_tree
from specplan.sources.environments.matrix import Expansion
from specplan.sources.environments.toolchains import read_toolchains

#: The file of the texts with toolchains.
SHOWN = "toolchains.yaml"

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
    assert len(rows) == 2250
    differences = [
        (text, expected, printed(text))
        for text, expected in rows
        if isinstance(text, str) and printed(text) != expected
    ]
    assert differences == []


def test_pairs_of_specs_satisfy_intersect_and_merge_as_in_spack() -> None:
    """The last of each pair is what constraining gives, or nothing where that is refused."""
    rows = answers("pairs")
    assert len(rows) > 2600
    differences = []
    for left_text, right_text, *expected in rows:
        left, right = AbstractSpec(str(left_text)), AbstractSpec(str(right_text))
        found = [left.satisfies(right), left.intersects(right), merged(left, right)]
        if found != expected:
            differences.append((left_text, right_text, expected, found))
    assert differences == []


def test_toolchains_are_put_into_texts_as_spack_puts_them_in() -> None:
    """Toolchains that name others, hold conditions, stand behind `%%` or beside their packages."""
    blocks = json.loads(gzip.decompress(ANSWERS.read_bytes()))["toolchains"]
    assert sum(len(block["texts"]) for block in blocks) > 200
    differences = []
    for block in blocks:
        node = yaml_tree.parse(json.dumps(block["toolchains"]).encode(), SHOWN)
        expansion = Expansion(read_toolchains(node))
        for text, expected in block["texts"]:
            try:
                found = str(expansion.spec(text, node.mark))
            except DamagedSourceError:
                found = None
            if found != expected:
                differences.append((block["toolchains"], text, expected, found))
    assert differences == []
