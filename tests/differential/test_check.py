"""What coverage falls to when one index entry is taken out is what `check` explains."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import specplan
from tests.differential.test_wants_of_locks import (
    LAYOUTS,
    OTHER_ZLIB,
    RADIUSS,
    ZLIB,
    index_of,
    lock,
    program,
    wanted,
    without,
    written,
)
from tests.mirrors import unpack
from tests.plain_locks import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.differential.test_wants_of_locks import Layout


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The index of the mirror with roots and their link and run closure alone."""
    folder = tmp_path_factory.mktemp("mirror")
    return index_of(unpack("radiuss-2026-01-runtime-only", folder))


@pytest.mark.parametrize("layout", LAYOUTS[1:])
def test_all_roots_install_from_the_whole_mirror(
    whole: bytes, tmp_path: Path, layout: Layout
) -> None:
    catalog = specplan.load(written(whole, layout, tmp_path))
    check = catalog.check(want=wanted(RADIUSS))
    coverage = catalog.coverage(want=wanted(RADIUSS))
    assert coverage.roots is not None
    assert check.roots is not None
    assert (coverage.roots.coverage, coverage.roots.wanted) == (1.0, 23)
    assert (check.roots.counted, check.roots.installable) == (23, 23)
    assert check.without(["not-in-cache"]).findings == ()


@pytest.mark.parametrize("layout", LAYOUTS[1:])
@pytest.mark.parametrize(("zlib", "roots", "binaries"), [(ZLIB, 4, 31), (OTHER_ZLIB, 14, 129)])
def test_coverage_falls_to_what_check_explains(
    whole: bytes, tmp_path: Path, zlib: str, roots: int, binaries: int, layout: Layout
) -> None:
    index = without(whole, zlib)
    catalog = specplan.load(written(index, layout, tmp_path))
    check = catalog.check(want=wanted(RADIUSS)).without(["not-in-cache"])
    coverage = catalog.coverage(want=wanted(RADIUSS))
    (finding,) = check.findings
    assert (finding.kind, finding.location) == ("missing", zlib)
    assert finding.spec is not None
    assert (finding.spec.package, finding.spec.version) == ("zlib-ng", "2.3.2")
    assert (finding.roots, finding.binaries) == (roots, binaries)

    assert coverage.roots is not None
    assert check.roots is not None
    assert check.binaries is not None
    (lacking,) = coverage.roots.lacking
    assert (lacking.hash, lacking.roots) == (zlib, roots)
    assert (check.roots.counted, check.roots.installable) == (
        coverage.roots.wanted,
        coverage.roots.installable,
    )
    assert {root.hash for root in check.roots.broken} == {
        root.hash for root in coverage.roots.broken
    }
    assert check.roots.absent == ()
    (cell,) = coverage.cells
    assert cell.covered - (cell.usable or 0) == check.binaries.broken == binaries

    world = World([("radiuss", lock(RADIUSS))], [json.loads(index)])
    broken = {each for each in world.available if world.lacks(each)}
    assert (len(world.available), len(broken)) == (check.binaries.available, binaries)
    direct = {
        each
        for each in broken
        if any(
            dag_hash == zlib and types & {"link", "run"}
            for dag_hash, types in world.nodes[each].edges
        )
    }
    assert set(finding.dependents) == direct


def test_the_command_line_shows_the_same(whole: bytes, tmp_path: Path) -> None:
    mirror = str(written(without(whole, OTHER_ZLIB), "layout 3", tmp_path))
    words = ["--want", wanted(RADIUSS)[0], "--format", "json"]
    code, out, err = program("check", "--cache", mirror, *words)
    assert (code, err) == (1, "")
    document = json.loads(out)
    assert document == json.loads(specplan.load(mirror).check(want=wanted(RADIUSS)).to_json())
    assert document["findings"][0]["roots"] == 14
    assert document["totals"] == {"findings": 84, "by_kind": {"missing": 1, "not-in-cache": 83}}
    code, out, err = program("coverage", "--cache", mirror, *words)
    assert json.loads(out)["roots"]["installable"] == document["roots"]["installable"] == 9
