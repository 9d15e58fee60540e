"""The independent check accepts a plan, and rejects each way of being wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import specplan
from specplan.testing import VerificationError, verify
from tests.mirrors import Mirror

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
    document: dict[str, Any] = json.loads(specplan.load(index).rebuild(want=lock).to_json())
    return document


def test_the_plan_is_accepted(plan: dict[str, Any], lock: Path, index: Path) -> None:
    assert [build["hash"] for build in plan["builds"]] == [LIBRARY, CURL, APP]
    verify(plan, lock, index)
    verify(json.dumps(plan), [lock], [AVAILABLE])


def reject(plan: dict[str, Any], lock: Path, fault: str) -> None:
    with pytest.raises(VerificationError, match=fault):
        verify(plan, lock, [AVAILABLE])


def test_one_build_too_many_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    more = {**plan["builds"][0], "hash": OTHER, "package": "pe", "because": [APP, TOOL, OTHER]}
    plan["builds"].insert(2, more)
    reject(plan, lock, "unnecessary builds")


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
    for key, value in (("cause", "stale"), ("stacks", []), ("package", "px")):
        truth = plan["builds"][0][key]
        plan["builds"][0][key] = value
        reject(plan, lock, f"{key} is")
        plan["builds"][0][key] = truth


@pytest.mark.parametrize(
    "name", ["wants", "cost", "stages", "critical_path_cost", "reused", "node_by_node"]
)
def test_a_wrong_total_is_rejected(plan: dict[str, Any], lock: Path, name: str) -> None:
    plan["totals"][name] += 1
    reject(plan, lock, f"{name} is")


def test_a_forgotten_change_is_rejected(plan: dict[str, Any], lock: Path) -> None:
    plan["change"] = {"specs": [], "changed": [TOOL], "policy": "hash", "depth": None}
    plan["predicted"] = True
    reject(plan, lock, "not planned")


def as_version(lock: Path, version: int) -> Path:
    """The same lock as an older Spack wrote it."""
    document = json.loads(lock.read_text())
    document["_meta"]["lockfile-version"] = version
    nodes = {}
    # Keys of versions 2 and 3 are other hashes than those of the specs.
    key_of = {each: each if version == 1 else each.replace(each[0], "k") for each in NODES}
    key_of = {each: key if version == 1 else key[:-1] + each[0] for each, key in key_of.items()}
    for dag_hash, node in document["concrete_specs"].items():
        edges = [
            (edge["name"], key_of[edge["hash"]], edge["parameters"]["deptypes"])
            for edge in node.pop("dependencies")
        ]
        name = node.pop("name")
        if version == 1:
            del node["hash"]
        if version == 3:
            node["dependencies"] = [
                {"name": to, "build_hash": key, "type": types} for to, key, types in edges
            ]
            nodes[key_of[dag_hash]] = {"name": name, **node}
        else:
            node["dependencies"] = {to: {"hash": key, "type": types} for to, key, types in edges}
            nodes[key_of[dag_hash]] = {name: node}
    document["concrete_specs"] = nodes
    document["roots"] = [{"hash": key_of[APP], "spec": "pa"}]
    path = lock.parent / f"v{version}" / "spack.lock"
    path.parent.mkdir()
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize("version", [1, 2, 3])
def test_plans_of_old_locks_are_checked(lock: Path, index: Path, version: int) -> None:
    old = as_version(lock, version)
    plan = json.loads(specplan.load(index).rebuild(want=old).to_json())
    assert [build["hash"] for build in plan["builds"]] == [LIBRARY, CURL, APP]
    verify(plan, old, index)
    plan["builds"][2]["stage"] = 0
    reject(plan, old, "stage is 1")


def test_plans_against_pages_are_checked() -> None:
    examples = Path(__file__).parents[2] / "examples"
    lock = examples / "rebuild" / "2025-11" / "radiuss" / "spack.lock.gz"
    pages = examples / "cache" / "_cache" / "develop-2026-01-17"
    plan = json.loads(specplan.load(pages).rebuild(want=lock).to_json())
    verify(plan, lock, pages)
    (page,) = pages.glob("cmake/specs.md")
    with pytest.raises(VerificationError):
        verify(plan, lock, page)


def test_plans_against_the_views_of_a_mirror_are_checked(lock: Path, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "mirror")
    specs = json.loads(lock.read_text())["concrete_specs"]
    for name, available in (("", {TOOL}), ("more", {CURL})):
        installs = {
            dag_hash: {"spec": node, "ref_count": 0, "in_buildcache": dag_hash in available}
            for dag_hash, node in specs.items()
        }
        document = {"database": {"version": "8", "installs": installs}}
        mirror.index(json.dumps(document).encode(), view=name)
    view = mirror.root / "v3" / "manifests" / "index" / "more"
    for place, missing in ((mirror.root, [LIBRARY, CURL, APP]), (view, [LIBRARY, TOOL, APP])):
        plan = json.loads(specplan.load(place).rebuild(want=lock).to_json())
        verify(plan, lock, place)
        assert {*missing} <= {build["hash"] for build in plan["builds"]}
    with pytest.raises(VerificationError, match="not planned"):
        verify(plan, lock, mirror.root)
