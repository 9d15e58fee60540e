"""What is excluded counts the same, whether a lock has all roots or lacks some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import specplan
from tests import small_caches

if TYPE_CHECKING:
    from pathlib import Path

NEEDS = {"a": ["lib", "x"], "b": ["lib"], "c": ["d"]}


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> specplan.Catalog:
    monkeypatch.chdir(tmp_path)
    environment = small_caches.environment("a", "b", "c")
    for folder, roots in (("whole", ["a", "b", "c"]), ("stale", ["a", "b"])):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "spack.yaml").write_text(environment)
        (tmp_path / folder / "spack.lock").write_text(small_caches.lock(roots, needs=NEEDS))
    (tmp_path / "i.json").write_text(small_caches.index(["b", "lib", "c"], needs=NEEDS))
    return specplan.load("i.json")


@pytest.mark.parametrize("package", ["a", "x"])
@pytest.mark.parametrize("scope", ["roots", "runtime"])
@pytest.mark.parametrize("budget", [None, 9])
def test_a_plan_counts_wants_of_a_stale_lock_as_of_a_whole_one(
    catalog: specplan.Catalog, package: str, scope: Any, budget: int | None
) -> None:
    entry = specplan.NotWanted(package=package, reason="not ours")
    whole, stale = (
        catalog.rebuild(
            want=f"s={folder}",
            scope=scope,
            not_wanted=[entry],
            candidates="whole/spack.lock",
            max_builds=budget,
        )
        for folder in ("whole", "stale")
    )
    assert {each.package for each in stale.builds} == {each.package for each in whole.builds}
    assert (stale.totals.wants, stale.not_wanted) == (whole.totals.wants, whole.not_wanted)


@pytest.mark.parametrize("package", ["a", "c", "x", "[ac]", "*"])
@pytest.mark.parametrize("scope", ["roots", "runtime", "all"])
def test_the_excluded_roots_that_a_lock_lacks_are_counted(
    catalog: specplan.Catalog, package: str, scope: Any
) -> None:
    entry = specplan.NotWanted(package=package, reason="not ours")
    report = catalog.gaps(want="stale", scope=scope, not_wanted=[entry])
    plan = catalog.rebuild(
        want="stale", scope=scope, not_wanted=[entry], candidates="whole/spack.lock"
    )
    assert report.totals.not_wanted == report.not_wanted[0].excluded
    assert plan.totals.not_wanted == plan.not_wanted[0].excluded
    assert report.not_wanted == plan.not_wanted
    # A root that is excluded everywhere needs no concretizer.
    unplanned = [each for each in plan.left_out if each.kind == "lock_root"]
    assert bool(unplanned) == (scope == "all" and package in {"a", "x"})
