"""What is chosen costs the least: every choice of small worlds, tried one by one.

A world has specs that a lock, an index of candidates or the cache itself knows. Some have binaries,
some changed, some do not build; costs are decimals. The least cost is that of the cheapest way to
take one candidate for each abstract want, with all that the lock wants built as well.
"""

from __future__ import annotations

import json
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import specplan
from specplan.planning.plan import Plan

_LETTERS = "234567" + string.ascii_lowercase
_INSTALL = frozenset({"link", "run"})
_BUILD = _INSTALL | {"build"}

#: A binary for the first target runs on the second.
_TARGETS = ("x86_64_v3", "zen4")


@dataclass(frozen=True)
class Spec:
    """One spec of a world."""

    name: str
    version: str
    target: str
    needs: Mapping[int, frozenset[str]]
    cost: Decimal


@dataclass(frozen=True)
class World:
    """Specs numbered so that each depends on smaller numbers alone."""

    specs: tuple[Spec, ...]
    roots: frozenset[int]
    candidates: frozenset[int]
    available: frozenset[int]
    external: frozenset[int]
    wants: tuple[str, ...]
    broken: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    not_wanted: frozenset[str] = frozenset()
    compat: str = "exact"
    scope: str = "runtime"

    def hash_of(self, spec: int) -> str:
        """Return the hash of a spec."""
        return _LETTERS[spec] * 32

    def reached(self, start: Iterable[int]) -> set[int]:
        """Return all that some specs depend on, themselves included."""
        found: set[int] = set()
        stack = [*start]
        while stack:
            spec = stack.pop()
            if spec not in found:
                found.add(spec)
                stack += self.specs[spec].needs
        return found

    def named(self, names: Iterable[str]) -> set[int]:
        """Return the specs that bear one of some names, of those that can be planned."""
        names = {*names}
        return {each for each in self.plannable if self.specs[each].name in names}

    @property
    def options(self) -> list[list[int]]:
        """By want, the specs that satisfy it and serve the system; what it provides is none."""
        serving = {"zen4"} if self.compat == "exact" else {*_TARGETS}
        found = []
        for want in self.wants:
            name, _, version = want.partition("@")
            found.append(
                [
                    at
                    for at, spec in enumerate(self.specs)
                    if spec.name == name
                    and version in {"", spec.version}
                    and spec.target in serving
                    and at not in self.external
                ]
            )
        return found

    @property
    def plannable(self) -> set[int]:
        """Return what the lock and the candidates need."""
        return self.reached([*self.roots, *(each for own in self.options for each in own)])

    @property
    def stale(self) -> set[int]:
        """Return what changed and all that depends on it."""
        stale = self.named(self.changed)
        for at, spec in enumerate(self.specs):
            if not stale.isdisjoint(spec.needs):
                stale.add(at)
        return stale


class Rules:
    """The rules of installing and building in one world, read off the documentation."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.absent = {*range(len(world.specs))} - (world.available - world.stale) - world.external
        broken = world.named(world.broken) & self.absent
        self.blocked: set[int] = set()
        for spec in range(len(world.specs)):
            if spec in broken or not self.blocked.isdisjoint(self.demands(spec)):
                self.blocked.add(spec)

    def demands(self, spec: int) -> list[int]:
        """Return what one spec needs when it is needed."""
        if spec in self.world.external:
            return []
        followed = _BUILD if spec in self.absent else _INSTALL
        return [to for to, types in self.world.specs[spec].needs.items() if types & followed]

    def cost(self, wanted: Iterable[int]) -> Decimal:
        """Return what must be built costs."""
        return sum((self.world.specs[each].cost for each in self.builds(wanted)), Decimal(0))

    def builds(self, wanted: Iterable[int]) -> set[int]:
        """Return what must be built."""
        needed: set[int] = set()
        stack = [*wanted]
        while stack:
            spec = stack.pop()
            if spec not in needed:
                needed.add(spec)
                stack += self.demands(spec)
        return needed & self.absent

    @property
    def of_lock(self) -> set[int]:
        """Return what the lock wants and can be had."""
        wanted: set[int] = set()
        stack = [*self.world.roots]
        while stack:
            spec = stack.pop()
            if spec in wanted or spec in self.world.external:
                continue
            wanted.add(spec)
            if self.world.scope == "runtime":
                needs = self.world.specs[spec].needs.items()
                stack += [to for to, types in needs if types & _INSTALL]
        unwanted = {each for each in wanted if self.world.specs[each].name in self.world.not_wanted}
        return wanted - unwanted - self.blocked

    def choices(self) -> Iterator[set[int]]:
        """Return every way to take one candidate for each want that can be met."""
        met = [
            [each for each in own if each not in self.blocked]
            for want, own in zip(self.world.wants, self.world.options, strict=True)
            if want.partition("@")[0] not in self.world.not_wanted
        ]
        for chosen in product(*(own for own in met if own)):
            yield {*chosen}


def node(world: World, at: int) -> dict[str, Any]:
    """Return a spec as files have it."""
    spec = world.specs[at]
    found: dict[str, Any] = {
        "name": spec.name,
        "version": spec.version,
        "hash": world.hash_of(at),
        "arch": {"platform": "linux", "platform_os": "debian12", "target": spec.target},
        "parameters": {},
        "dependencies": [
            {
                "name": world.specs[to].name,
                "hash": world.hash_of(to),
                "parameters": {"deptypes": sorted(types), "virtuals": []},
            }
            for to, types in spec.needs.items()
        ],
    }
    if at in world.external:
        found["external"] = {"path": "/usr", "module": None, "extra_attributes": {}}
    return found


def planned(world: World, folder: Path) -> Plan:
    """Write the files of a world and plan from them."""
    nodes = {world.hash_of(at): node(world, at) for at in range(len(world.specs))}

    def index(name: str, specs: Iterable[int], binaries: frozenset[int]) -> str:
        installs = {
            world.hash_of(at): {"spec": nodes[world.hash_of(at)], "in_buildcache": at in binaries}
            for at in specs
        }
        file = folder / name
        file.write_text(json.dumps({"database": {"version": "8", "installs": installs}}))
        return str(file)

    wants = list(world.wants)
    if world.roots:
        reached = world.reached(world.roots)
        lock = folder / "spack.lock"
        document = {
            "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
            "roots": [
                {"hash": world.hash_of(each), "spec": world.specs[each].name}
                for each in sorted(world.roots)
            ],
            "concrete_specs": {world.hash_of(each): nodes[world.hash_of(each)] for each in reached},
        }
        lock.write_text(json.dumps(document))
        wants.append(f"stack={lock}")
    costs = folder / "costs.json"
    costs.write_text(
        json.dumps({world.hash_of(at): float(spec.cost) for at, spec in enumerate(world.specs)})
    )
    others = world.reached(world.candidates)
    caches = specplan.load(index("cache.json", range(len(world.specs)), world.available))
    return caches.rebuild(
        want=wants,
        candidates=[index("candidates.json", others, frozenset())] if others else [],
        system="debian12/zen4",
        compat=world.compat,  # type: ignore[arg-type]
        scope=world.scope,  # type: ignore[arg-type]
        exclude_broken=sorted(world.broken),
        changed_if_wanted=sorted(world.changed) or None,
        costs=str(costs),
        not_wanted=[
            specplan.NotWanted(package=each, reason="of no use")
            for each in sorted(world.not_wanted)
        ],
    )


@st.composite
def worlds(draw: st.DrawFn, *, most: int = 8) -> World:
    count = draw(st.integers(1, most))
    names = st.sampled_from("abde")
    types = st.sets(st.sampled_from(["build", "link", "run"]), min_size=1).map(frozenset)
    parts = draw(st.sampled_from([1, 10, 1000, 10**7]))
    cost = st.integers(1, 40).map(lambda whole: Decimal(whole) / parts)
    specs: list[Spec] = []
    for at in range(count):
        target = draw(st.sampled_from(_TARGETS))
        needs = draw(st.dictionaries(st.integers(0, at - 1), types, max_size=3)) if at else {}
        # Nothing is installed with what runs on newer processors alone, as Spack has it.
        kept = {
            to: kinds if target == "zen4" or specs[to].target == target else frozenset({"build"})
            for to, kinds in needs.items()
        }
        version = draw(st.sampled_from("12"))
        name, price = draw(names), draw(cost)
        specs.append(Spec(name=name, version=version, target=target, needs=kept, cost=price))
    numbers = st.integers(0, count - 1)
    some = st.sets(numbers).map(frozenset)
    few = st.sets(names, max_size=1).map(frozenset)
    wants = st.lists(
        names | st.tuples(names, st.sampled_from("12")).map("@".join),
        min_size=1,
        max_size=3,
        unique=True,
    )
    return World(
        specs=tuple(specs),
        roots=draw(st.sets(numbers, max_size=2).map(frozenset)),
        candidates=draw(some),
        available=draw(some),
        external=draw(st.sets(numbers, max_size=1).map(frozenset)),
        wants=tuple(draw(wants)),
        broken=draw(few),
        changed=draw(few),
        not_wanted=draw(few),
        compat=draw(st.sampled_from(["exact", "target"])),
        scope=draw(st.sampled_from(["roots", "runtime"])),
    )


def spec(name: str, version: str, cost: str = "1", **needs: str) -> Spec:
    """Return a spec whose dependencies are written ``of0="link"``."""
    return Spec(
        name=name,
        version=version,
        target="zen4",
        needs={int(each[2:]): frozenset({types}) for each, types in needs.items()},
        cost=Decimal(cost),
    )


NOTHING: frozenset[int] = frozenset()

#: `d` links to `a@1`, which is built with `b`; `a@2` needs nothing; `d` itself does not build.
EXCLUDED_ROOT = World(
    specs=(
        spec("b", "1"),
        spec("a", "1", of0="build"),
        spec("d", "1", of1="link"),
        spec("a", "2"),
    ),
    roots=frozenset({2}),
    candidates=frozenset({3}),
    available=NOTHING,
    external=NOTHING,
    wants=("a",),
    broken=frozenset({"d"}),
)

#: The cache alone knows `a`, which takes a dear `b`.
KNOWN_TO_THE_CACHE = World(
    specs=(spec("b", "1", "500"), spec("a", "1", "1000", of0="link")),
    roots=NOTHING,
    candidates=NOTHING,
    available=NOTHING,
    external=NOTHING,
    wants=("a",),
)

#: Two candidates whose costs differ by less than a thousandth.
NEARLY_THE_SAME = World(
    specs=(spec("a", "2", "1.0004"), spec("a", "1", "1.0")),
    roots=NOTHING,
    candidates=frozenset({0, 1}),
    available=NOTHING,
    external=NOTHING,
    wants=("a",),
)


def preferred(world: World, plan: Plan) -> list[str]:
    """Return for each want that is met the first candidate that takes no build more."""
    rules = Rules(world)
    built = {build.hash for build in plan.builds}
    found = {}
    for want, own in zip(world.wants, world.options, strict=True):
        allowed = [
            each
            for each in own
            if each not in rules.blocked
            and {world.hash_of(at) for at in rules.builds([each])} <= built
        ]
        allowed.sort(key=lambda at: (at not in world.available, -int(world.specs[at].version), at))
        if allowed and want.partition("@")[0] not in world.not_wanted:
            found[want] = world.hash_of(allowed[0])
    assert plan.choice is not None
    return [found[each.want] for each in plan.choice.wants if each.spec]


@example(EXCLUDED_ROOT)
@example(KNOWN_TO_THE_CACHE)
@example(NEARLY_THE_SAME)
@given(worlds())
def test_no_choice_costs_less_than_the_one_that_is_called_optimal(world: World) -> None:
    with TemporaryDirectory() as folder:
        plan = planned(world, Path(folder))
    rules = Rules(world)
    fixed = rules.of_lock
    least = min(rules.cost(fixed | chosen) for chosen in rules.choices())
    assert plan.choice is not None
    assert plan.totals.cost == float(least) == plan.choice.cost
    assert plan.optimal
    assert plan.lower_bound == plan.totals.cost
    # What is built costs what its file says, and nothing else is built.
    costs = {world.hash_of(at): each.cost for at, each in enumerate(world.specs)}
    assert {build.hash: build.cost for build in plan.builds} == {
        build.hash: float(costs[build.hash]) for build in plan.builds
    }
    assert sum(costs[build.hash] for build in plan.builds) == least
    assert not any(build.estimated for build in plan.builds)
    if not world.changed:
        assert [each.spec.hash for each in plan.choice.wants if each.spec] == preferred(world, plan)
    blocked = {world.hash_of(each) for each in rules.blocked}
    assert blocked.isdisjoint(build.hash for build in plan.builds)


@pytest.mark.parametrize(
    ("world", "cost"), [(EXCLUDED_ROOT, 2), (KNOWN_TO_THE_CACHE, 1500), (NEARLY_THE_SAME, 1)]
)
def test_worlds_with_a_wrong_cost_in_the_past_cost_this(
    world: World, cost: float, tmp_path: Path
) -> None:
    plan = planned(world, tmp_path)
    assert (plan.totals.cost, plan.lower_bound, plan.optimal) == (cost, cost, True)
