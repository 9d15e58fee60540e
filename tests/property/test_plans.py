"""Laws of the least rebuild, over made-up locks and caches."""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import specplan
from specplan.planning.plan import Plan
from specplan.testing import verify

#: The letters of hashes, in the order in which hashes are sorted.
_LETTERS = "234567" + string.ascii_lowercase


@dataclass(frozen=True)
class World:
    """Specs numbered so that each depends on smaller numbers alone, in one lock."""

    #: By spec, what it depends on: types, and whether it is a compiler.
    edges: tuple[Mapping[int, tuple[frozenset[str], bool]], ...]
    external: frozenset[int]
    roots: frozenset[int]
    available: frozenset[int]
    changed: frozenset[int] = frozenset()
    policy: str = "hash"
    depth: int | None = None
    broken: frozenset[int] = frozenset()
    scope: str = "runtime"
    #: By spec, its position among the hashes.
    order: tuple[int, ...] = ()

    def hash_of(self, spec: int) -> str:
        return _LETTERS[self.order[spec]] * 32

    def question(self) -> dict[str, Any]:
        question: dict[str, Any] = {"scope": self.scope}
        if self.changed:
            question["changed"] = [f"/{self.hash_of(each)}" for each in sorted(self.changed)]
            question |= {"policy": self.policy, "depth": self.depth}
        question["exclude_broken"] = [f"/{self.hash_of(each)}" for each in sorted(self.broken)]
        return question


# What is made within a draw is prepared for each example again, which takes longer than to draw.
_TYPES = st.sets(st.sampled_from(("build", "link", "run", "test")), min_size=1).map(frozenset)
_EDGE = st.tuples(_TYPES, st.booleans())


@cache
def _edges(spec: int) -> st.SearchStrategy[dict[int, tuple[frozenset[str], bool]]]:
    """Draw what a spec depends on."""
    return st.dictionaries(st.integers(0, spec - 1), _EDGE, max_size=3) if spec else st.just({})


@cache
def _specs(
    count: int, *, fewest: int = 0, most: int | None = None
) -> st.SearchStrategy[frozenset[int]]:
    """Draw some of a number of specs."""
    return st.sets(st.integers(0, count - 1), min_size=fewest, max_size=most).map(frozenset)


@st.composite
def worlds(draw: st.DrawFn, *, most: int = 9) -> World:
    count = draw(st.integers(1, most))
    edges = [draw(_edges(spec)) for spec in range(count)]
    few = _specs(count, most=2)
    return World(
        edges=tuple(edges),
        roots=draw(_specs(count, fewest=1)),
        external=draw(few),
        available=draw(_specs(count)),
        changed=draw(few),
        policy=draw(st.sampled_from(["hash", "link"])),
        depth=draw(st.none() | st.integers(0, 3)),
        broken=draw(few),
        scope=draw(st.sampled_from(["roots", "runtime", "all"])),
        order=tuple(draw(st.permutations(range(count)))),
    )


def node(world: World, spec: int) -> dict[str, Any]:
    """Return a spec as a lock has it."""
    found: dict[str, Any] = {
        "name": f"p{spec}",
        "version": "1.0",
        "hash": world.hash_of(spec),
        "arch": {"platform": "linux", "platform_os": "debian12", "target": "zen4"},
        "parameters": {},
        "dependencies": [
            {
                "name": f"p{to}",
                "hash": world.hash_of(to),
                "parameters": {"deptypes": sorted(types), "virtuals": ["c"] if compiles else []},
            }
            for to, (types, compiles) in world.edges[spec].items()
        ],
    }
    if spec in world.external:
        found["external"] = {"path": "/usr", "module": None, "extra_attributes": {}}
    return found


def planned(world: World, *, is_checked: bool = True, **question: Any) -> Plan:
    """Write the files of a world and plan from them."""
    reached: set[int] = set()
    stack = [*world.roots]
    while stack:
        spec = stack.pop()
        if spec not in reached:
            reached.add(spec)
            stack += world.edges[spec]
    # A lock holds what its roots reach, and only that can be said to change.
    world = replace(world, changed=world.changed & reached)
    with TemporaryDirectory() as folder:
        lock, index = Path(folder, "spack.lock"), Path(folder, "index.json")
        nodes = {world.hash_of(each): node(world, each) for each in range(len(world.edges))}
        document = {
            "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
            "roots": [{"hash": world.hash_of(each), "spec": f"p{each}"} for each in world.roots],
            "concrete_specs": {world.hash_of(each): node(world, each) for each in reached},
        }
        lock.write_text(json.dumps(document))
        binaries = {world.hash_of(each) for each in world.available}
        installs = {
            each: {"spec": nodes[each], "in_buildcache": each in binaries} for each in nodes
        }
        index.write_text(json.dumps({"database": {"version": "8", "installs": installs}}))
        plan = specplan.load(index).rebuild(want=f"stack={lock}", **world.question(), **question)
        if is_checked:
            verify(plan, f"stack={lock}", index)
    return plan


def builds(world: World) -> set[int]:
    spec_of = {world.hash_of(each): each for each in range(len(world.edges))}
    return {spec_of[each.hash] for each in planned(world, is_checked=False).builds}


@given(worlds())
def test_the_independent_check_accepts_every_plan(world: World) -> None:
    planned(world)


@given(worlds(), st.data())
def test_a_binary_more_never_grows_a_plan(world: World, data: st.DataObject) -> None:
    world = replace(world, changed=frozenset(), broken=frozenset())
    more = data.draw(st.integers(0, len(world.edges) - 1))
    larger = replace(world, available=world.available | {more})
    assert builds(larger) <= builds(world)


@given(worlds(), st.data())
def test_a_want_more_never_shrinks_a_plan(world: World, data: st.DataObject) -> None:
    world = replace(world, changed=frozenset())
    more = data.draw(st.integers(0, len(world.edges) - 1))
    larger = replace(world, roots=world.roots | {more})
    assert builds(world) <= builds(larger)


def stands(world: World) -> Callable[[set[int]], bool]:
    """Return a function that returns whether all wants install once some specs are built."""

    def below(spec: int, kinds: set[str]) -> list[int]:
        return [to for to, (types, _) in world.edges[spec].items() if types & kinds]

    def holds(built: set[int]) -> bool:
        @cache
        def installs(spec: int) -> bool:
            if spec in world.external:
                return True
            if spec in world.available:
                return all(installs(to) for to in below(spec, {"link", "run"}))
            return spec in built and all(
                installs(to) for to in below(spec, {"build", "link", "run"})
            )

        return all(installs(each) for each in world.roots)

    return holds


@given(worlds(most=7))
def test_a_plan_suffices_and_no_build_can_be_dropped(world: World) -> None:
    """No smaller set of builds will do either: all of them are tried."""
    world = replace(world, changed=frozenset(), broken=frozenset(), scope="roots")
    least, holds = builds(world), stands(world)
    assert holds(least)
    assert not any(holds(least - {each}) for each in least)
    count = len(world.edges)
    for bits in range(1 << count):
        chosen = {each for each in range(count) if bits >> each & 1}
        assert not holds(chosen) or least <= chosen


@given(worlds(), st.data())
def test_other_hashes_change_nothing(world: World, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(world.edges))))
    relabelled = replace(world, order=tuple(order))

    def told(world: World) -> object:
        plan = planned(world, is_checked=False)
        rows = {
            build.package: (
                build.stage,
                build.cause,
                len(build.because),
                frozenset(other.package for other in plan.builds if other.hash in build.needs),
            )
            for build in plan.builds
        }
        left_out = {each.spec.package: each.reason for each in plan.excluded.builds}
        untested = {each.spec.package: each.kept_by for each in plan.untested}
        return (
            rows,
            plan.totals,
            left_out,
            untested,
            {each.spec.package for each in plan.unnecessary},
        )

    assert told(relabelled) == told(world)


@given(worlds())
def test_stages_agree_with_a_plain_recursion(world: World) -> None:
    plan = planned(world, is_checked=False)
    stage_of = {int(build.package[1:]): build.stage for build in plan.builds}

    @cache
    def ready(spec: int) -> int:
        if spec in world.external:
            return 0
        is_built = spec in stage_of
        kinds = {"link", "run", "build"} if is_built else {"link", "run"}
        below = [to for to, (types, _) in world.edges[spec].items() if types & kinds]
        return is_built + max((ready(to) for to in below), default=0)

    assert stage_of == {spec: ready(spec) - 1 for spec in stage_of}


@given(worlds())
def test_scope_all_plans_exactly_node_by_node(world: World) -> None:
    world = replace(world, broken=frozenset())
    everything = planned(replace(world, scope="all"), is_checked=False)
    assert everything.totals.builds == everything.totals.node_by_node
    assert everything.unnecessary == ()
    least = planned(world, is_checked=False)
    assert least.totals.node_by_node == everything.totals.builds
    assert len(least.unnecessary) == least.totals.node_by_node - least.totals.builds
    planned_at_all = {each.hash for each in everything.builds}
    assert planned_at_all == {each.hash for each in least.builds} | {
        each.spec.hash for each in least.unnecessary
    }


@given(worlds())
def test_what_a_tree_shows_is_what_the_plan_does(world: World) -> None:
    plan = planned(world, is_checked=False)
    planned_hashes = {each.hash for each in plan.builds}
    unnecessary = {each.spec.hash for each in plan.unnecessary}
    left_out = {each.spec.hash for each in plan.excluded.builds}
    for spec in range(len(world.edges)):
        (why,) = plan.why(f"/{world.hash_of(spec)}")
        assert (why.verdict == "planned") == (why.spec.hash in planned_hashes)
        assert (why.spec.hash in unnecessary) <= (why.verdict == "cut_off")
        assert (why.spec.hash in left_out) <= (why.verdict == "left_out")
