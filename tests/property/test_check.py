"""Missing specs of generated caches agree with closures that are walked one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import event, given
from hypothesis import strategies as st

import specplan
from tests.plain_locks import World
from tests.property.test_wants_of_locks import indexes, locks, nodes, written
from tests.property.worlds import folders

if TYPE_CHECKING:
    from specplan.model.check import Check

INSTALL = frozenset({"link", "run"})


@st.composite
def caches(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Some indexes of the same specs, of which any may lack some, and some locks."""
    specs = draw(nodes())
    databases = draw(st.lists(indexes(specs), min_size=1, max_size=2))
    return databases, draw(st.lists(locks(specs), max_size=2))


@given(caches())
def test_what_is_missing_is_what_closures_lack(
    made: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    databases, wants = made
    stacks = [("e4s", lock) for lock in wants]
    world = World(stacks, databases)
    with folders() as folder:
        mirrors, places = written(folder, stacks, databases)
        check = specplan.load(*mirrors).check(want=places)
    binaries = {each for each in world.available if not world.nodes[each].external}
    broken = {each for each in binaries if world.lacks(each)}
    if check.binaries is None:
        assert not binaries
    else:
        numbers = check.binaries.available, check.binaries.broken
        assert numbers == (len(binaries), len(broken))
    roots = {
        root for root in _roots(world, binaries, locked=bool(wants)) if not _external(world, root)
    }
    # A binary that does not run on its own system is a separate finding.
    misfits = world.misfits
    fit = broken - misfits
    # A wanted root without a binary lacks itself, and may lack what no binary needs.
    lacking = fit | roots if wants else fit
    lacked_or_foreign = {missing for each in lacking for missing in world.lacks(each)}
    lacked = lacked_or_foreign - misfits
    foreign = {each.location for each in check.findings if each.kind == "foreign-dependency"}
    assert foreign == misfits
    found = {each.location: each for each in check.findings if each.kind == "missing"}
    assert set(found) == lacked
    for missing, finding in found.items():
        assert finding.binaries == sum(missing in world.lacks(each) for each in fit)
        assert finding.roots == sum(missing in world.lacks(root) for root in roots)
        assert set(finding.dependents) == {
            each
            for each in (fit | lacked_or_foreign) & set(world.nodes)
            if any(child == missing and types & INSTALL for child, types in world.nodes[each].edges)
        }
        described = world.nodes.get(missing)
        assert finding.spec is not None
        assert finding.spec.version == (described.version if described else None)
    ranks = [(-(each.roots or 0), -(each.binaries or 0), each.location) for each in found.values()]
    assert ranks == sorted(ranks)
    _assert_others_agree(check, world, databases, lacked)
    event(f"missing: {len(lacked) > 0}, roots of locks: {bool(wants)}")


def _external(world: World, dag_hash: str) -> bool:
    return dag_hash in world.nodes and world.nodes[dag_hash].external


def _roots(world: World, binaries: set[str], *, locked: bool) -> set[str]:
    if locked:
        return {root for stack in world.stacks for root in world.asked(stack)}
    fit = binaries - world.misfits
    return fit - {child for each in fit for child, _ in world.nodes[each].edges}


def _assert_others_agree(
    check: Check, world: World, databases: list[dict[str, Any]], lacked: set[str]
) -> None:
    listed = {each for database in databases for each in database["database"]["installs"]}
    without = {each for each in listed - world.available - lacked if not world.nodes[each].external}
    # A database in which nothing says that it is of a cache is that of an installation.
    of_caches = {
        each
        for database in databases
        for each, record in database["database"]["installs"].items()
        if not database["database"]["installs"]
        or any("in_buildcache" in other for other in database["database"]["installs"].values())
    }
    told = {each.location for each in check.findings if each.kind == "not-in-cache"}
    assert told == without & of_caches
    named = {
        child for each in listed for child, _ in world.nodes[each].edges if child not in world.nodes
    }
    dangling = {each.location for each in check.findings if each.kind == "dangling"}
    assert dangling == named - lacked
    document = json.loads(check.to_json())
    assert document["totals"]["findings"] == len(check.findings)
