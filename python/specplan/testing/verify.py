"""An independent check of plans, in plain Python without the compiled core."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from graphlib import TopologicalSorter
from itertools import pairwise
from math import isclose
from typing import Any

from specplan.testing.plain_files import Edges, FilePath, Lock, available_in, edges_of, read_lock

__all__ = ["VerificationError", "hold", "verify"]


class VerificationError(AssertionError):
    """A plan is not the smallest rebuild of its wants, or makes a false statement about it."""


def verify(
    plan: object,
    wants: FilePath | Iterable[FilePath],
    caches: FilePath | Iterable[FilePath | AbstractSet[str]],
) -> None:
    """Check that a plan is the smallest rebuild, and all its statements about its builds.

    Args:
        plan: The result of ``Catalog.rebuild``, or its JSON as text or as a mapping.
        wants: The locks, ``[LABEL=]spack.lock``.
        caches: Indexes, mirrors, pages of one snapshot, or sets of available hashes; none of them,
            or ``none``, if nothing is available.

    Raises:
        VerificationError: If any check fails.
    """
    document: Any = plan if isinstance(plan, (str, Mapping)) else getattr(plan, "to_json")()  # noqa: B009 - whatever has it
    document = json.loads(document) if isinstance(document, str) else document
    problem = _Problem(document, [read_lock(each) for each in _several(wants)], _several(caches))
    installed = problem.wanted - problem.blocked()
    steps = _steps(installed, problem.demands)
    builds = steps.keys() & problem.built_if_needed
    hashes = [build["hash"] for build in document["builds"]]
    hold(builds <= {*hashes}, f"not planned: {sorted(builds - {*hashes})}")
    hold({*hashes} <= builds, f"unnecessary builds: {sorted({*hashes} - builds)}")
    ready, dearest, needs = problem.stages(steps, builds)
    hold(hashes == sorted(builds, key=lambda each: (ready[each], each)), "order of the builds")
    for build in document["builds"]:
        spec = build["hash"]
        truth = {**problem.facts(spec), "stage": ready[spec] - 1, "needs": sorted(needs[spec])}
        for key, value in truth.items():
            hold(build[key] == value, f"{spec}: {key} is {value}, not {build[key]}")
        _verify_chain(build, problem, installed, steps)
    totals = {
        "wants": len(problem.wanted),
        "cost": sum(problem.costs.values()),
        "stages": max((ready[each] for each in builds), default=0),
        "critical_path_cost": max(dearest.values(), default=0),
        "reused": len(steps.keys() & problem.available),
        "node_by_node": len(problem.everything & problem.built_if_needed),
        "predicted": bool(problem.change["changed"]),
    }
    for key, value in totals.items():
        hold(isclose({**document, **document["totals"]}[key], value), f"{key} is {value}")


class _Problem:
    """The input of a plan: the specs of locks, the available specs, the wants."""

    def __init__(self, document: Any, locks: list[Lock], caches: Iterable[Any]) -> None:
        self.locks = locks
        self.nodes = {dag_hash: node for lock in locks for dag_hash, node in lock.nodes.items()}
        self.edges = {dag_hash: edges_of(node) for dag_hash, node in self.nodes.items()}
        self.external = {dag_hash for dag_hash, node in self.nodes.items() if node.get("external")}
        binaries = {each for cache in caches for each in available_in(cache)} - self.external
        what_if = document["what_if"] or {"available": (), "unavailable": ()}
        self.binaries = binaries.union(what_if["available"]).difference(
            what_if["unavailable"], self.external
        )
        self.change = document["change"] or {"changed": [], "policy": "hash", "depth": None}
        self.available = self.binaries - _stale(self.edges, self.change)
        spliced = {dag_hash for dag_hash, node in self.nodes.items() if "build_spec" in node}
        self.spliced = spliced - self.available
        self.built_if_needed = self.nodes.keys() - self.external - self.available - self.spliced
        self.broken = {*document["excluded"]["broken"]}
        self.costs = {build["hash"]: build["cost"] for build in document["builds"]}
        open_roots = (
            {each["hash"] for each in document["budget"]["open"]} if document["budget"] else set()
        )
        roots = {root for lock in locks for root in lock.roots} - open_roots
        self.everything = _steps(roots, lambda spec: self.edges[spec]).keys()
        installed = _steps(roots, self._installs).keys()
        wants_of = {"roots": roots, "runtime": installed, "all": self.everything}
        self.wanted = wants_of[document["scope"]] - self.external
        self.order = [*TopologicalSorter(self.edges).static_order()]  # dependencies first

    def _installs(self, spec: str) -> list[str]:
        if spec in self.external:
            return []
        return [to for to, types in self.edges[spec].items() if types & {"link", "run"}]

    def demands(self, spec: str) -> list[str]:
        """Return the specs that a spec needs to be available: as a binary, or as a build."""
        if spec in self.external:
            return []
        types = {"link", "run", "build"} if spec in self.built_if_needed else {"link", "run"}
        found = [to for to, held in self.edges[spec].items() if types & held]
        if spec in self.spliced and self.nodes[spec]["build_spec"]["hash"] not in self.available:
            found.append(self.nodes[spec]["build_spec"]["hash"])
        return found

    def blocked(self) -> set[str]:
        """Return the specs that cannot be built: broken ones, and those that need them."""
        blocked: set[str] = set()
        for spec in self.order:
            is_broken = spec in self.broken and spec in self.built_if_needed
            if is_broken or not blocked.isdisjoint(self.demands(spec)):
                blocked.add(spec)
        return blocked

    def stages(
        self, steps: Mapping[str, int], builds: AbstractSet[str]
    ) -> tuple[dict[str, int], dict[str, float], dict[str, set[str]]]:
        """Return the stage of each spec from 1 on, its costliest chain, and the builds it needs."""
        ready: dict[str, int] = {}
        dearest: dict[str, float] = {}
        needs: dict[str, set[str]] = {}
        for spec in filter(steps.__contains__, self.order):
            below = self.demands(spec)
            ready[spec] = (spec in builds) + max((ready[to] for to in below), default=0)
            dearest[spec] = self.costs.get(spec, 0) + max((dearest[to] for to in below), default=0)
            needs[spec] = {each for to in below for each in ({to} if to in builds else needs[to])}
        return ready, dearest, needs

    def facts(self, spec: str) -> dict[str, object]:
        """Return the facts of a build in a plan that do not depend on other builds."""
        had = "stale" if spec in self.binaries else "missing"
        return {
            "cause": "changed" if spec in self.change["changed"] else had,
            "stacks": sorted({lock.stack for lock in self.locks if spec in lock.nodes}),
            "package": self.nodes[spec]["name"],
        }


def _verify_chain(
    build: Any, problem: _Problem, installed: AbstractSet[str], steps: Mapping[str, int]
) -> None:
    """Check that the chain of a build is a shortest one from a want to it."""
    spec, chain = build["hash"], build["because"]
    ends = {*chain[:1]} <= installed and chain[-1:] == [spec]
    hold(ends, f"{spec}: its chain does not lead from a want to it")
    hold(all(b in problem.demands(a) for a, b in pairwise(chain)), f"{spec}: its chain is false")
    hold(len(chain) == steps[spec] + 1, f"{spec}: its chain is not a shortest one")


def hold(condition: bool, fault: str) -> None:  # noqa: FBT001 - what has to hold
    """Raise a :class:`VerificationError` unless the condition holds."""
    if not condition:
        raise VerificationError(fault)


def _several(value: Any) -> list[Any]:
    is_one = isinstance(value, (str, os.PathLike))
    return [each for each in ([value] if is_one else value) if each != "none"]


def _steps(start: Iterable[str], follow: Callable[[str], Iterable[str]]) -> dict[str, int]:
    """Return the reached specs, each with its distance in steps."""
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
