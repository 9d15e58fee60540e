"""Generated locks asked of generated indexes agree, number for number, with the plain model."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from hypothesis import event, given
from hypothesis import strategies as st

import specplan
from specplan.model import NotWanted
from tests.mirrors import Mirror, dag_hash
from tests.plain_locks import World, assert_agrees
from tests.property.worlds import folders

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plain_locks import Scope

SYSTEMS: Final = (("ubuntu24.04", "x86_64_v3"), ("ubuntu24.04", "aarch64"), ("rhel8", "zen4"))
STACKS: Final = ("e4s", "hep", "ml-linux")

#: How many specs a world has at most; as many again are named and nowhere described.
MOST: Final = 9

SCOPES: Final[tuple[Scope, ...]] = ("roots", "runtime", "all")

#: Locks with the labels of their stacks, and indexes.
Made: TypeAlias = "tuple[list[tuple[str, dict[str, Any]]], list[dict[str, Any]]]"

TYPES: Final = st.sets(st.sampled_from(("build", "link", "run", "test")), min_size=1)


@cache
def _children(count: int, *, beyond: bool) -> st.SearchStrategy[list[str]]:
    """Draw some of the specs before, and of specs that no source describes."""
    below = [dag_hash(f"spec {each}") for each in range(count)]
    below += [dag_hash("nowhere 0"), dag_hash("nowhere 1")] if beyond else []
    return st.lists(st.sampled_from(below), unique=True, max_size=4) if below else st.just([])


@st.composite
def nodes(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Specs by hash, each depending on earlier ones, or on specs that no source describes."""
    count = draw(st.integers(1, MOST))
    made: dict[str, dict[str, Any]] = {}
    for at in range(count):
        os, target = draw(st.sampled_from(SYSTEMS))
        children = draw(_children(at, beyond=draw(st.booleans())))
        node: dict[str, Any] = {
            "name": f"package{at % 4}",
            "version": f"{at}.0",
            "arch": {"platform": "linux", "platform_os": os, "target": target},
            "namespace": "builtin",
            "parameters": {"build_system": "generic"},
            "package_hash": "a" * 52 + "====",
            "dependencies": [
                {
                    "name": "whatever",
                    "hash": child,
                    "parameters": {"deptypes": sorted(draw(TYPES)), "virtuals": []},
                }
                for child in children
            ],
            "annotations": {"original_specfile_version": 5},
            "hash": dag_hash(f"spec {at}"),
        }
        if draw(st.integers(0, 5)) == 0:
            node["external"] = {"path": "/usr", "module": None, "extra_attributes": {}}
        made[str(node["hash"])] = node
    return made


def closed(specs: dict[str, dict[str, Any]], roots: list[str]) -> dict[str, dict[str, Any]]:
    """Roots with all that they reach, as a lock holds them.

    A lock describes all that it names. Where an index tells of further dependencies, which
    nothing describes, the lock wins.
    """
    found: dict[str, dict[str, Any]] = {}
    waiting = [*roots]
    while waiting:
        each = waiting.pop()
        if each not in found:
            below = [child for child in specs[each]["dependencies"] if child["hash"] in specs]
            found[each] = {**specs[each], "dependencies": below}
            waiting += [child["hash"] for child in below]
    return found


@st.composite
def locks(draw: st.DrawFn, specs: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A lock of some of the specs."""
    roots = draw(st.lists(st.sampled_from(sorted(specs)), min_size=1, max_size=4))
    return {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "spack": {"version": "1.2.0", "type": "git", "commit": "0" * 40},
        "roots": [{"hash": root, "spec": specs[root]["name"]} for root in roots],
        "concrete_specs": closed(specs, roots),
    }


@st.composite
def indexes(draw: st.DrawFn, specs: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The index of a build cache of some of the specs, and of some without a binary."""
    installs: dict[str, Any] = {}
    for each in draw(st.lists(st.sampled_from(sorted(specs)), unique=True)):
        installs[each] = {"spec": specs[each], "ref_count": 0}
        in_buildcache = draw(st.sampled_from((True, True, False, None)))
        if in_buildcache is not None:
            installs[each]["in_buildcache"] = in_buildcache
    return {"database": {"version": "8", "installs": installs}}


def written(
    folder: Path, stacks: list[tuple[str, dict[str, Any]]], databases: list[dict[str, Any]]
) -> tuple[list[Path | str], list[str]]:
    """Write mirrors and locks; return the mirrors and the texts of the wants."""
    mirrors: list[Path | str] = []
    for at, database in enumerate(databases):
        mirror = Mirror(folder / f"mirror{at}")
        content = json.dumps(database).encode()
        if at:
            mirror.old_index(content)
        else:
            mirror.index(content)
        mirrors.append(mirror.root)
    wants = []
    for at, (stack, lock) in enumerate(stacks):
        path = folder / f"{at}.lock"
        path.write_text(json.dumps(lock), encoding="utf-8")
        wants.append(f"{stack}={path}")
    return mirrors, wants


@st.composite
def worlds(draw: st.DrawFn) -> Made:
    """Some locks, of which two may share a label and any may share specs; some indexes."""
    specs = draw(nodes())
    stacks = draw(
        st.lists(st.tuples(st.sampled_from(STACKS), locks(specs)), min_size=1, max_size=3)
    )
    return stacks, draw(st.lists(indexes(specs), max_size=2))


@given(worlds(), st.data())
def test_every_number_is_that_of_the_definitions(made: Made, data: st.DataObject) -> None:
    stacks, databases = made
    world = World(stacks, databases)
    with folders() as folder:
        mirrors, wants = written(folder, stacks, databases)
        catalog = specplan.load(*(mirrors or ["none"]))
        for scope in SCOPES:
            coverage = catalog.gaps(want=wants, scope=scope)
            assert_agrees(coverage, world, scope)
            event(f"{scope}: broken roots: {bool(coverage.roots and coverage.roots.broken)}")
        shuffled = data.draw(st.permutations(wants))
        assert catalog.gaps(want=shuffled) == catalog.gaps(want=wants)


@given(worlds(), st.sampled_from(SCOPES))
def test_what_is_not_wanted_counts_nowhere(made: Made, scope: Scope) -> None:
    stacks, databases = made
    world = World(stacks, databases)
    entry = NotWanted(package="package[12]", stack="e4s", reason="of no use there")

    def is_wanted(stack: str, dag_hash: str) -> bool:
        return stack != "e4s" or world.nodes[dag_hash].name not in {"package1", "package2"}

    with folders() as folder:
        mirrors, wants = written(folder, stacks, databases)
        coverage = specplan.load(*(mirrors or ["none"])).gaps(
            want=wants, scope=scope, not_wanted=[entry]
        )
    excluded = 0
    cells = world.cells(scope)
    for cell in coverage.cells:
        here = cells[cell.stack, cell.os, cell.target]
        left = {each for each in here if is_wanted(cell.stack, each)}
        excluded += len(here) - len(left)
        assert (cell.wanted, cell.covered) == (len(left), len(left & world.available))
        assert cell.usable == sum(not world.lacks(each) for each in left)
    assert coverage.totals.not_wanted == coverage.not_wanted[0].excluded == excluded
    for gap in coverage.gaps:
        assert gap.hash is not None
        left = {each for each in world.wants(gap.stack, scope) if is_wanted(gap.stack, each)}
        assert gap.hash in left
        assert gap.blocked == world.blocked(gap.hash, left)
        roots = {each for each in world.roots(gap.stack) if is_wanted(gap.stack, each)}
        assert gap.roots_completed == world.roots_completed(gap.hash, roots)
    assert coverage.roots is not None
    assert coverage.roots.wanted == len(
        {each for stack in world.stacks for each in world.roots(stack) if is_wanted(stack, each)}
    )


@given(worlds(), st.sampled_from(SCOPES), st.sampled_from(("rhel8", "ubuntu*")))
def test_filters_choose_cells_and_their_roots_and_change_no_want(
    made: Made, scope: Scope, pattern: str
) -> None:
    stacks, databases = made
    world = World(stacks, databases)
    with folders() as folder:
        mirrors, wants = written(folder, stacks, databases)
        catalog = specplan.load(*(mirrors or ["none"]))
        whole = catalog.gaps(want=wants, scope=scope)
        cells = tuple(each for each in whole.cells if each.os.startswith(pattern.rstrip("*")))
        try:
            part = catalog.gaps(want=wants, scope=scope, os=pattern)
        except specplan.EmptySelectionError:
            assert not cells
            return
    assert part.cells == cells
    places = {(each.stack, each.os, each.target) for each in cells}
    gains = {
        (gap.stack, gap.hash): (gap.blocked, gap.buildable_now, gap.state, gap.nearest)
        for gap in whole.gaps
        if (gap.stack, gap.os, gap.target) in places
    }
    assert gains == {
        (gap.stack, gap.hash): (gap.blocked, gap.buildable_now, gap.state, gap.nearest)
        for gap in part.gaps
    }
    assert part.roots is not None
    assert part.roots.wanted == len(
        {
            root
            for stack in world.stacks
            for root in world.roots(stack)
            if (stack, world.nodes[root].os, world.nodes[root].target) in places
        }
    )
