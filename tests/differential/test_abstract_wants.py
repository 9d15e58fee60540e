"""Abstract wants are met exactly by the specs that Spack says satisfy them.

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
from specplan._core import OperatingSystems

DATA = Path(__file__).parents[1] / "data"
ORACLES = ("satisfies-new", "satisfies-old")


def oracle(name: str) -> dict[str, Any]:
    with gzip.open(DATA / "oracle" / f"{name}.json.gz") as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


@pytest.mark.parametrize("name", ORACLES)
def test_what_meets_a_want_in_a_cell_is_what_spack_says_satisfies_it_there(name: str) -> None:
    vectors = oracle(name)
    places = (DATA / lock / "spack.lock.gz" for lock in vectors["locks"])
    catalog = specplan.load(*(place for place in places if place.exists()))
    systems = {spec.hash: (spec.os, spec.target) for spec in catalog.select() if not spec.external}
    core = catalog._core  # noqa: SLF001 - the compiled question itself is tested
    cells = sorted(core.systems())
    queries = vectors["queries"]
    met = core.met(
        {
            "state": None,
            "specs": [query["spec"] for query in queries],
            "clauses": [[] for _ in queries],
            "cells": [(*cell, list(range(len(queries)))) for cell in cells],
            "compat": "exact",
            "operating_systems": OperatingSystems([]),
            "detail": "cells",
        }
    )
    asked = 0
    for (os, target, _), wants in zip(cells, met, strict=True):
        for query, answer in zip(queries, wants, strict=True):
            expected = [each for each in query["satisfied_by"] if systems.get(each) == (os, target)]
            assert sorted(answer.exact) == expected, query["spec"]
            assert not answer.compatible, query["spec"]
            assert not answer.unknown, query["spec"]
            asked += 1
    print(f"{asked} wants agree on {len(systems)} specs")  # noqa: T201 - the count
    assert asked > 1000
