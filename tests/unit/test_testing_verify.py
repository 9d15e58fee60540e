"""The independent check accepts a plan, and rejects each way of being wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from specplan.plan import rebuild
from specplan.testing import VerificationError, verify

APP, LIBRARY, TOOL, CURL, OTHER = (letter * 32 for letter in "abcde")

NODES: dict[str, list[tuple[str, list[str]]]] = {
    APP: [(LIBRARY, ["build", "link"]), (TOOL, ["build"])],
    LIBRARY: [],
    TOOL: [(CURL, ["link"]), (OTHER, ["build"])],
    CURL: [],
    OTHER: [],
}
AVAILABLE = {TOOL}


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "stack" / "spack.lock"
    path.parent.mkdir()
    specs = {
        dag_hash: {
            "name": f"p{dag_hash[0]}",
            "version": "1",
            "hash": dag_hash,
            "arch": {"platform": "linux", "platform_os": "debian12", "target": "zen4"},
            "dependencies": [
                {"name": f"p{to[0]}", "hash": to, "parameters": {"deptypes": types, "virtuals": []}}
                for to, types in edges
            ],
        }
        for dag_hash, edges in NODES.items()
    }
    document = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "roots": [{"hash": APP, "spec": "pa"}],
        "concrete_specs": specs,
    }
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def index(tmp_path: Path, lock: Path) -> Path:
    specs = json.loads(lock.read_text())["concrete_specs"]
    installs = {
        dag_hash: {"spec": node, "in_buildcache": dag_hash in AVAILABLE}
        for dag_hash, node in specs.items()
    }
    path = tmp_path / "index.json"
    path.write_text(json.dumps({"database": {"version": "8", "installs": installs}}))
    return path


@pytest.fixture
def plan(lock: Path, index: Path) -> dict[str, Any]:
    import specplan  # noqa: PLC0415

    document: dict[str, Any] = json.loads(rebuild(specplan.load(index), want=lock).to_json())
    return document


def test_the_plan_is_accepted(plan: dict[str, Any], lock: Path, index: Path) -> None:
    assert [build["hash"] for build in plan["builds"]] == [LIBRARY, CURL, APP]
    verify(plan, lock, index)
    verify(json.dumps(plan), [lock], [AVAILABLE])


def reject(plan: dict[str, Any], lock: Path, fault: str) -> None:
    with pytest.raises(VerificationError, match=fault):
        verify(plan, lock, [AVAILABLE])


def test_one_build_too_many_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    more = {**plan["builds"][0], "hash": OTHER, "name": "pe", "because": [APP, TOOL, OTHER]}
    plan["builds"].insert(2, more)
    reject(plan, lock, "planned in vain")


def test_one_build_too_few_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    del plan["builds"][1]
    reject(plan, lock, "not planned")


def test_a_build_that_is_planned_twice_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    plan["builds"].insert(0, plan["builds"][0])
    reject(plan, lock, "order of the builds")


def test_a_wrong_stage_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    plan["builds"][2]["stage"] = 0
    reject(plan, lock, "stage is 1")


def test_a_wrong_order_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    plan["builds"].reverse()
    reject(plan, lock, "order of the builds")


def test_a_wait_that_is_forgotten_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    assert plan["builds"][2]["needs"] == [LIBRARY, CURL]
    plan["builds"][2]["needs"] = [LIBRARY]
    reject(plan, lock, "needs is")


def test_a_false_chain_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    assert plan["builds"][1]["because"] == [APP, TOOL, CURL]
    for chain, fault in (
        ([APP, CURL], "chain is false"),
        ([APP, LIBRARY, CURL], "chain is false"),
        ([CURL], "does not lead from a want"),
        ([], "does not lead from a want"),
        ([APP, TOOL], "does not lead from a want"),
    ):
        plan["builds"][1]["because"] = chain
        reject(plan, lock, fault)


def test_a_chain_that_could_be_shorter_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    assert plan["builds"][0]["because"] == [LIBRARY]
    plan["builds"][0]["because"] = [APP, LIBRARY]
    reject(plan, lock, "not a shortest one")


def test_a_wrong_cause_stack_or_name_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    for key, value in (("cause", "stale"), ("stacks", []), ("name", "px")):
        truth = plan["builds"][0][key]
        plan["builds"][0][key] = value
        reject(plan, lock, f"{key} is")
        plan["builds"][0][key] = truth


@pytest.mark.parametrize(
    "name", ["wants", "cost", "stages", "critical_path", "reused", "node_by_node"]
)
def test_a_wrong_total_is_rejected(plan: dict[str, Any], lock: Path, name: str) -> None:
    plan["totals"][name] += 1
    reject(plan, lock, f"{name} is")


def test_a_forgotten_change_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    plan["change"] = {"specs": [], "changed": [TOOL], "policy": "hash", "depth": None}
    plan["predicted"] = True
    reject(plan, lock, "not planned")
