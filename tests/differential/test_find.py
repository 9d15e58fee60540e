"""``Catalog.find`` finds what Spack finds, and refuses what Spack refuses.

``data/oracle`` holds Spack's own answers about the specs of ``data/locks``. Run with
``-rP`` to see the counts.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import specplan

DATA = Path(__file__).parents[1] / "data"
ORACLES = ("satisfies-new", "satisfies-old")


def oracle(name: str) -> dict[str, Any]:
    with gzip.open(DATA / "oracle" / f"{name}.json.gz") as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


def locks(name: str) -> list[Path]:
    """The requested locks that are stored here."""
    places = (DATA / lock / "spack.lock.gz" for lock in oracle(name)["locks"])
    return [place for place in places if place.exists()]


@pytest.mark.parametrize("name", ORACLES)
def test_find_agrees_with_spack(name: str) -> None:
    asked = locks(name)
    catalog = specplan.load(*asked)
    known = {spec.hash for spec in catalog.select()}
    queries = oracle(name)["queries"]
    differ = []
    for query in queries:
        answer = catalog.query(query["spec"])
        # Whether a name that no spec has is one of a virtual package is up to recipes.
        assert {each.missing for each in answer.undecided} <= {"virtuals"}
        found = [spec.hash for spec in answer.specs]
        expected = [each for each in query["satisfied_by"] if each in known]
        if sorted(found) != expected:
            differ.append((query["spec"], found, expected))
    agreeing = len(queries) - len(differ)
    print(f"{agreeing} of {len(queries)} queries agree on {len(known)} specs of {len(asked)} locks")  # noqa: T201 - the count
    assert differ == []
    assert min(len(queries), len(known)) > 50


@pytest.mark.parametrize("name", ORACLES)
def test_what_spack_refuses_is_refused_at_a_place(name: str) -> None:
    catalog = specplan.load(*locks(name))
    texts = oracle(name)["syntax_errors"]
    for text in texts:
        with pytest.raises(specplan.SpecSyntaxError) as caught:
            catalog.find(text)
        error = caught.value
        assert error.text == text
        assert 0 <= error.start <= error.end <= len(text)
        assert "^" in str(error).splitlines()[-1]
    print(f"{len(texts)} texts refused")  # noqa: T201 - the count
    assert len(texts) > 50
