"""``_core.KnownSpecs``: looked up once, they ask the same as their hashes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specplan import _core
from specplan.sources import Limits
from specplan.sources.wants import read_wanted

if TYPE_CHECKING:
    from specplan._core import PlanQuestion

LOCK = Path(__file__).parents[1] / "data" / "locks" / "2026-01" / "radiuss" / "spack.lock.gz"


@pytest.fixture(scope="module")
def core() -> _core.Catalog:
    return read_wanted(str(LOCK), Limits()).core


@pytest.fixture(scope="module")
def roots() -> list[str]:
    return sorted({root.hash for root in read_wanted(str(LOCK), Limits()).roots})


def question(core: _core.Catalog, roots: list[str] | _core.KnownSpecs) -> PlanQuestion:
    return {
        "state": [],
        "locks": core.snapshots(),
        "roots": roots,
        "scope": "runtime",
        "changed": None,
        "policy": "hash",
        "depth": None,
        "broken": [],
        "assumed": [],
        "withheld": [],
        "costs": None,
    }


def test_a_plan_of_known_specs_is_that_of_their_hashes(
    core: _core.Catalog, roots: list[str]
) -> None:
    known = core.known_specs([*reversed(roots), *roots])
    assert len(known) == len(roots)
    plan = core.plan(question(core, known)).builds()
    assert plan.hashes
    of_hashes = core.plan(question(core, roots)).builds()
    assert plan.hashes == of_hashes.hashes
    assert plan.causes == of_hashes.causes


def test_specs_known_to_another_catalog_are_refused(core: _core.Catalog, roots: list[str]) -> None:
    other = read_wanted(str(LOCK), Limits()).core
    with pytest.raises(ValueError, match="another catalog"):
        other.plan(question(other, core.known_specs(roots)))


def test_an_unknown_hash_is_named(core: _core.Catalog) -> None:
    with pytest.raises(ValueError, match="a" * 32):
        core.known_specs(["a" * 32])
