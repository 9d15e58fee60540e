"""Real plans, held against Spack's own schedule and against the independent check."""

from __future__ import annotations

import functools
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import specplan
from specplan.planning.plan import Plan
from specplan.testing import verify

ROOT = Path(__file__).parents[2]
REAL = ROOT / "examples" / "rebuild"
LOCK = f"radiuss={REAL / '2026-01' / 'radiuss' / 'spack.lock.gz'}"
OLDER = f"older={REAL / '2025-11' / 'radiuss' / 'spack.lock.gz'}"
TOOLS = f"tools={ROOT / 'tests' / 'data' / 'locks' / '2026-01' / 'tools-sdk' / 'spack.lock.gz'}"
MIRROR = REAL / "mirror-2025-11.json.gz"
RUNTIME_ONLY = REAL / "mirror-runtime-only.json.gz"


def jobs(name: str) -> dict[str, Any]:
    path = ROOT / "tests" / "data" / "oracle" / f"spack-ci-radiuss-{name}.json.gz"
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))["jobs"]
    return found


def planned(cache: Path | None, want: str | list[str] = LOCK, **question: Any) -> Plan:
    catalog = None if cache is None else specplan.load(cache)
    plan = (catalog or specplan.load("none")).rebuild(want=want, **question)
    verify(plan, want, [] if cache is None else [cache])
    return plan


def test_stages_and_needs_of_all_jobs_are_those_of_spack() -> None:
    plan = planned(MIRROR)
    ours = {each.hash: {"stage": each.stage, "needs": [*each.needs]} for each in plan.builds}
    theirs = {
        dag_hash: {"stage": job["stage"], "needs": sorted(job["needs"])}
        for dag_hash, job in jobs("2025-11").items()
    }
    assert len(theirs) == 302
    assert ours == theirs


def test_with_nothing_cached_stages_and_needs_are_those_of_a_plain_recursion() -> None:
    """The jobs of the oracle were scheduled with the mirror of 2025-11, which has four specs.

    So its 302 jobs are held against the plan with that mirror; here those four are built too.
    """
    lock = json.loads(gzip.decompress(Path(LOCK.partition("=")[2]).read_bytes()))
    nodes = lock["concrete_specs"]
    needs = {
        dag_hash: sorted(
            edge["hash"]
            for edge in node.get("dependencies", ())
            if {"build", "link", "run"} & {*edge["parameters"]["deptypes"]}
            and not nodes[edge["hash"]].get("external")
        )
        for dag_hash, node in nodes.items()
        if not node.get("external")
    }

    @functools.cache
    def stage(dag_hash: str) -> int:
        return max((stage(each) + 1 for each in needs[dag_hash]), default=0)

    plan = planned(None)
    ours = {each.hash: (each.stage, [*each.needs]) for each in plan.builds}
    assert ours == {dag_hash: (stage(dag_hash), found) for dag_hash, found in needs.items()}
    oracle = jobs("2025-11")
    assert len(ours) == 306
    assert (
        len(ours.keys() - oracle.keys()) == plan.totals.builds - planned(MIRROR).totals.builds == 4
    )
    cached = ours.keys() - oracle.keys()
    for dag_hash, job in oracle.items():
        # With four binaries less, a job waits for those as well, and never starts earlier.
        assert {*ours[dag_hash][1]} - cached <= {*job["needs"]}
        assert ours[dag_hash][0] >= job["stage"]


def test_nothing_is_built_where_pruning_node_by_node_builds_83() -> None:
    plan = planned(RUNTIME_ONLY)
    theirs = jobs("runtime-only")
    assert (plan.totals.builds, plan.totals.node_by_node, len(theirs)) == (0, 83, 83)
    assert {each.spec.hash for each in plan.unnecessary} == theirs.keys()
    assert {each.hash for each in planned(RUNTIME_ONLY, scope="all").builds} == theirs.keys()


def test_a_change_of_hypre_builds_four() -> None:
    plan = planned(RUNTIME_ONLY, changed="hypre")
    assert plan.predicted
    totals = plan.totals
    assert (totals.builds, totals.stages, totals.node_by_node) == (4, 3, 86)
    assert [(each.stage, each.package, each.cause) for each in plan.builds] == [
        (0, "compiler-wrapper", "missing"),
        (1, "hypre", "changed"),
        (1, "hypre", "changed"),
        (2, "mfem", "stale"),
    ]


def test_the_policy_keeps_what_only_builds_with_the_change_and_counts_it() -> None:
    by_hash = planned(RUNTIME_ONLY, changed="cmake")
    by_link = planned(RUNTIME_ONLY, changed="cmake", policy="link")
    stale = {each.hash for each in by_hash.builds} - {each.hash for each in by_link.builds}
    untested = {each.spec.hash for each in by_link.untested if each.available}
    assert by_hash.totals.untested == 0
    assert by_link.totals.untested == len(untested) > 0
    assert untested <= stale


@pytest.mark.parametrize("cache", [MIRROR, RUNTIME_ONLY, None])
@pytest.mark.parametrize("scope", ["roots", "runtime", "all"])
@pytest.mark.parametrize(
    "question",
    [
        {},
        {"changed": ["zlib-ng", "cmake"], "policy": "link"},
        {"changed": "gcc-runtime", "depth": 2},
        {"changed": "cmake", "depth": 1, "exclude_broken": ["raja", "m4", "not-there"]},
    ],
    ids=["now", "link", "depth", "broken"],
)
def test_every_plan_of_several_locks_is_accepted(
    cache: Path | None, scope: str, question: dict[str, Any]
) -> None:
    plan = planned(cache, [LOCK, OLDER, TOOLS], scope=scope, **question)
    if scope == "all" and not plan.excluded.builds:
        assert plan.totals.builds == plan.totals.node_by_node


def test_a_spec_of_several_stacks_is_built_once_and_carries_them() -> None:
    again = LOCK.replace("radiuss=", "again=", 1)
    both = planned(None, [LOCK, again, TOOLS])
    assert {each.stacks for each in both.builds} == {("again", "radiuss"), ("tools",)}
    alone = planned(None, LOCK), planned(None, TOOLS)
    assert both.totals.builds == sum(each.totals.builds for each in alone)


def test_what_changed_between_the_two_locks() -> None:
    older, newer = (specplan.load(each) for each in (OLDER, LOCK))
    diff = newer.diff_specs(older)
    totals = diff.totals
    assert (totals.builds, totals.own_change, totals.recipe_only) == (302, 68, 20)
    assert totals.own_change + totals.inherited == totals.new
    assert totals.kept + totals.new == 308
    assert diff.hold[-1].builds_left == 0
    assert len({each.spec.hash for each in diff.hold}) == totals.own_change


def test_a_mirror_and_its_lock_are_the_same_state() -> None:
    lock, mirror = specplan.load(OLDER), specplan.load(MIRROR)
    assert lock.diff_specs(mirror).totals.new == 0
    assert mirror.diff_specs(lock).totals.gone == 0
