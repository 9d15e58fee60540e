"""Generated environments asked of generated indexes agree with a plain model, number for number."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from hypothesis import event, given
from hypothesis import strategies as st

import specplan
from specplan.model import NotWanted
from tests.mirrors import Mirror, dag_hash
from tests.plain_environments import SWITCH, Plain, Root, cells_of
from tests.property.worlds import folders

if TYPE_CHECKING:
    from pathlib import Path

SYSTEMS: Final = (
    ("ubuntu22.04", "x86_64_v3"),
    ("ubuntu24.04", "x86_64_v3"),
    ("ubuntu24.04", "zen4"),
    ("rhel8", "aarch64"),
)
NAMES: Final = ("app", "library", "tool")
MOST: Final = 9


TYPES: Final = st.sets(st.sampled_from(("build", "link", "run", "test")), min_size=1)


@cache
def _children(count: int, *, beyond: bool) -> st.SearchStrategy[list[str]]:
    """Draw some of the specs before, and of specs that no source describes."""
    below = [dag_hash(f"spec {each}") for each in range(count)]
    below += [dag_hash("nowhere")] if beyond else []
    return st.lists(st.sampled_from(below), unique=True, max_size=3) if below else st.just([])


@st.composite
def nodes(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Specs by hash, each depending on earlier ones, or on specs that no source describes."""
    made: dict[str, dict[str, Any]] = {}
    for at in range(draw(st.integers(3, MOST))):
        os, target = draw(st.sampled_from(SYSTEMS))
        children = draw(_children(at, beyond=draw(st.integers(0, 3)) == 0))
        node: dict[str, Any] = {
            "name": draw(st.sampled_from(NAMES)),
            "version": str(draw(st.integers(1, 4))),
            "arch": {"platform": "linux", "platform_os": os, "target": target},
            "namespace": "builtin",
            "parameters": {SWITCH: draw(st.booleans())},
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
        if draw(st.integers(0, 6)) == 0:
            node["external"] = {"path": "/usr", "module": None, "extra_attributes": {}}
        made[str(node["hash"])] = node
    return made


@st.composite
def indexes(draw: st.DrawFn) -> dict[str, Any]:
    """The index of a build cache, some of whose specs have no binary."""
    installs: dict[str, Any] = {}
    for each, spec in draw(nodes()).items():
        in_buildcache = draw(st.sampled_from((True, True, True, False, None)))
        installs[each] = {"spec": spec, "ref_count": 0}
        if in_buildcache is not None:
            installs[each]["in_buildcache"] = in_buildcache
    return {"database": {"version": "8", "installs": installs}}


ROOTS: Final = st.builds(
    Root,
    name=st.sampled_from((*NAMES, *NAMES, "nobody-has-it")),
    least=st.sampled_from((0, 0, 0, 2, 3)),
    switch=st.sampled_from((None, None, None, True, False)),
    os=st.sampled_from((None, None, None, None, None, "ubuntu24.04")),
    target=st.sampled_from((None, None, None, None, None, "x86_64_v3", "aarch64")),
    below=st.one_of(
        st.none(), st.none(), st.tuples(st.sampled_from(NAMES), st.sampled_from((0, 0, 2)))
    ),
)


def environment(folder: Path, roots: list[Root]) -> str:
    path = folder / "spack.yaml"
    path.write_text(
        json.dumps({"spack": {"specs": [str(root) for root in roots]}}), encoding="utf-8"
    )
    return f"stack={path}"


@given(
    indexes(),
    st.lists(ROOTS, max_size=9),
    st.lists(st.sampled_from(SYSTEMS), unique=True, min_size=2),
    st.sampled_from(("exact", "target", "os")),
)
def test_every_number_is_that_of_the_definitions(
    database: dict[str, Any],
    roots: list[Root],
    systems: list[tuple[str, str]],
    compat: specplan.model.Compatibility,
) -> None:
    plain = Plain([database], compat)
    with folders() as folder:
        mirror = Mirror(folder / "mirror")
        mirror.index(json.dumps(database).encode())
        catalog = specplan.load(mirror.root)
        want = environment(folder, roots)
        cells = {"stack": [f"{os}/{target}" for os, target in systems]}
        coverage = catalog.gaps(want=want, cells=cells, compat=compat)
        added = catalog.gaps(want=want, system=cells["stack"], compat=compat)
    assert added == coverage
    wanted = cells_of(roots, systems)
    assert [(cell.os, cell.target) for cell in coverage.cells] == sorted(systems)
    assert coverage.wants == "environment"
    assert coverage.is_upper_bound
    gaps = {(gap.os, gap.target, gap.want): gap for gap in coverage.gaps}
    unknown = {(each.os, each.target, each.want): each for each in coverage.unknown}
    installable = broken = 0
    lacking = 0
    for cell in coverage.cells:
        host = (cell.os, cell.target)
        met = {root: plain.met(root, host) for root in wanted[host]}
        covered = {root for root, (exact, compatible, _) in met.items() if exact or compatible}
        assert cell.wanted == len(met)
        assert cell.covered == len(covered)
        assert cell.covered_exact == sum(bool(exact) for exact, _, _ in met.values())
        undecided = {root for root, (_, _, some) in met.items() if some} - covered
        assert cell.unknown == len(undecided)
        usable = {
            root
            for root in covered
            if any(not plain.lacks(each) for each in met[root][0] | met[root][1])
        }
        # If no binary has known edges, it cannot be decided.
        assert cell.usable == len(usable)
        installable += len(usable)
        broken += len(covered) - len(usable)
        for root in undecided:
            found = unknown.pop((*host, str(root)))
            assert (found.specs, found.missing) == (len(met[root][2]), ("edges",))
        for root in set(met) - covered - undecided:
            gap = gaps.pop((*host, str(root)))
            lacking += 1
            anywhere = any(answer for _, answer in plain.answers(root))
            assert gap.state == ("other_system" if anywhere else "missing")
            nearest = plain.nearest(root, host)
            assert (gap.nearest.hash if gap.nearest else None) == nearest
            assert gap.nearest is None or gap.nearest.differs
            assert gap.package == root.name
    assert not gaps
    assert not unknown
    totals = coverage.totals
    assert totals.gaps == lacking == totals.wanted - totals.covered - totals.unknown
    assert coverage.roots is not None
    assert coverage.roots.wanted == totals.wanted
    assert (coverage.roots.installable, len(coverage.roots.broken)) == (installable, broken)
    for each in coverage.roots.broken:
        assert set(each.lacks) == plain.lacks(each.hash)
    event(f"unknown: {bool(totals.unknown)}, covered: {bool(totals.covered)}, {compat}")


@given(indexes(), st.lists(ROOTS, min_size=1, max_size=6))
def test_what_is_not_wanted_counts_nowhere(database: dict[str, Any], roots: list[Root]) -> None:
    entry = NotWanted(package="app", target="zen*", reason="of no use there")
    systems = [f"{os}/{target}" for os, target in SYSTEMS]
    with folders() as folder:
        mirror = Mirror(folder / "mirror")
        mirror.index(json.dumps(database).encode())
        catalog = specplan.load(mirror.root)
        want = environment(folder, roots)
        whole = catalog.gaps(want=want, system=systems)
        part = catalog.gaps(want=want, system=systems, not_wanted=[entry])
    excluded = 0
    wanted = cells_of(roots, SYSTEMS)
    for before, after in zip(whole.cells, part.cells, strict=True):
        if not before.target.startswith("zen"):
            assert after == before
            continue
        out = sum(root.name == "app" for root in wanted[before.os, before.target])
        assert after.wanted == before.wanted - out
        excluded += out
    assert part.totals.not_wanted == part.not_wanted[0].excluded == excluded
    assert not any(gap.package == "app" and gap.target == "zen4" for gap in part.gaps)
