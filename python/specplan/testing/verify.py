"""An independent check of plans, in plain Python and with nothing of the compiled core."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from graphlib import TopologicalSorter
from itertools import pairwise
from math import isclose
from typing import Any

from specplan.testing.plain_files import Edges, Place, available_in, edges_of, read_lock

__all__ = ["VerificationError", "verify"]


class VerificationError(AssertionError):
    """A plan is not the least rebuild of its wants, or makes a false statement about it."""


def verify(  # noqa: PLR0915 - the rules are easier to believe in one piece
    plan: object, wants: Place | Iterable[Place], caches: Place | Iterable[Place | AbstractSet[str]]
) -> None:
    """Check that a plan is the least rebuild, and all its statements about its builds.

    Args:
        plan: What ``Catalog.rebuild`` returned, or its JSON as text or as a mapping.
        wants: The locks, ``[LABEL=]spack.lock``.
        caches: Indexes, mirrors, pages of one snapshot, or sets of the hashes that are available;
            none of them, or ``none``, where nothing is.

    Raises:
        VerificationError: If anything does not hold.
    """
    told: Any = plan if isinstance(plan, (str, Mapping)) else getattr(plan, "to_json")()  # noqa: B009 - whatever has it
    told = json.loads(told) if isinstance(told, str) else told
    locks = [read_lock(each) for each in _several(wants)]
    nodes = {dag_hash: node for lock in locks for dag_hash, node in lock.nodes.items()}
    edges = {dag_hash: edges_of(node) for dag_hash, node in nodes.items()}
    external = {dag_hash for dag_hash, node in nodes.items() if node.get("external")}
    binaries = {each for cache in _several(caches) for each in available_in(cache)} - external
    what_if = told["what_if"] or {"available": (), "unavailable": ()}
    binaries = binaries.union(what_if["available"]).difference(what_if["unavailable"], external)
    change = told["change"] or {"changed": [], "policy": "hash", "depth": None}
    available = binaries - _stale(edges, change)
    spliced = {dag_hash for dag_hash, node in nodes.items() if "build_spec" in node} - available
    built_if_needed = nodes.keys() - external - available - spliced

    def demands(spec: str) -> list[str]:
        types = {"link", "run", "build"} if spec in built_if_needed else {"link", "run"}
        found = [to for to, held in edges[spec].items() if types & held]
        if spec in spliced and nodes[spec]["build_spec"]["hash"] not in available:
            found.append(nodes[spec]["build_spec"]["hash"])
        return [] if spec in external else found

    open_roots = {each["hash"] for each in told["budget"]["open"]} if told["budget"] else set()
    roots = {root for lock in locks for root in lock.roots} - open_roots
    everything = _steps(roots, lambda spec: edges[spec])
    installed = _steps(roots, lambda spec: [] if spec in external else _installs(edges[spec]))
    wants_of = {"roots": roots, "runtime": installed.keys(), "all": everything.keys()}
    wanted = wants_of[told["scope"]] - external
    order = [*TopologicalSorter(edges).static_order()]  # dependencies first
    blocked: set[str] = set()
    for spec in order:
        is_broken = spec in told["excluded"]["broken"] and spec in built_if_needed
        if is_broken or not blocked.isdisjoint(demands(spec)):
            blocked.add(spec)
    steps = _steps(wanted - blocked, demands)
    builds = steps.keys() & built_if_needed
    hashes = [build["hash"] for build in told["builds"]]
    costs = {build["hash"]: build["cost"] for build in told["builds"]}
    _hold(builds <= {*hashes}, f"not planned: {sorted(builds - {*hashes})}")
    _hold({*hashes} <= builds, f"planned in vain: {sorted({*hashes} - builds)}")
    ready: dict[str, int] = {}
    dearest: dict[str, float] = {}
    needs: dict[str, set[str]] = {}
    for spec in filter(steps.__contains__, order):
        below = demands(spec)
        ready[spec] = (spec in builds) + max((ready[to] for to in below), default=0)
        dearest[spec] = costs.get(spec, 0) + max((dearest[to] for to in below), default=0)
        needs[spec] = {each for to in below for each in ({to} if to in builds else needs[to])}
    _hold(hashes == sorted(builds, key=lambda each: (ready[each], each)), "order of the builds")
    for build in told["builds"]:
        spec, chain = build["hash"], build["because"]
        had = "stale" if spec in binaries else "missing"
        truth = {
            "stage": ready[spec] - 1,
            "needs": sorted(needs[spec]),
            "cause": "changed" if spec in change["changed"] else had,
            "stacks": sorted({lock.label for lock in locks if spec in lock.nodes}),
            "package": nodes[spec]["name"],
        }
        for key, value in truth.items():
            _hold(build[key] == value, f"{spec}: {key} is {value}, not {build[key]}")
        ends = {*chain[:1]} <= wanted - blocked and chain[-1:] == [spec]
        _hold(ends, f"{spec}: its chain does not lead from a want to it")
        _hold(all(b in demands(a) for a, b in pairwise(chain)), f"{spec}: its chain is false")
        _hold(len(chain) == steps[spec] + 1, f"{spec}: its chain is not a shortest one")
    totals = {
        "wants": len(wanted),
        "cost": sum(costs.values()),
        "stages": max((ready[each] for each in builds), default=0),
        "critical_path": max(dearest.values(), default=0),
        "reused": len(steps.keys() & available),
        "node_by_node": len(everything.keys() & built_if_needed),
        "predicted": bool(change["changed"]),
    }
    for key, value in totals.items():
        _hold(isclose({**told, **told["totals"]}[key], value), f"{key} is {value}")


def _hold(condition: bool, fault: str) -> None:  # noqa: FBT001 - what has to hold
    if not condition:
        raise VerificationError(fault)


def _several(value: Any) -> list[Any]:
    is_one = isinstance(value, (str, os.PathLike))
    return [each for each in ([value] if is_one else value) if each != "none"]


def _installs(edges: Mapping[str, set[str]]) -> list[str]:
    return [to for to, types in edges.items() if types & {"link", "run"}]


def _steps(start: Iterable[str], follow: Callable[[str], Iterable[str]]) -> dict[str, int]:
    """Return what is reached, each with how many steps away it is."""
    steps = dict.fromkeys(start, 0)
    queue = [*steps]
    for spec in queue:
        for to in follow(spec):
            if to not in steps:
                steps[to] = steps[spec] + 1
                queue.append(to)
    return steps


def _stale(edges: Edges, change: Any) -> set[str]:
    carrying = {"link", "run", "compiler", "splice"}
    dependents: dict[str, list[str]] = {spec: [] for spec in edges}
    for spec, below in edges.items():
        for to, types in below.items():
            if change["policy"] == "hash" or types & carrying:
                dependents[to].append(spec)
    steps = _steps(change["changed"], dependents.__getitem__)
    depth = change["depth"]
    return {spec for spec, away in steps.items() if depth is None or away <= depth}
