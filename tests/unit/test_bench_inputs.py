"""The benches' trees are what a build cache publishes: format, shape, and the same every time."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import specplan
from benches.inputs import STACKS, UNION_INDEX, Shape, write_tree
from benches.plan_inputs import SHARED, draw, hash_of, write_index, write_locks

SHAPE = Shape(specs=900, packages=120, snapshots=2, cells=60, seed=7)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    write_tree(root, SHAPE)
    return root


def pages(root: Path) -> dict[tuple[str, str], str]:
    """All pages by tag and package."""
    return {
        (path.parent.parent.name, path.parent.name): path.read_text(encoding="ascii")
        for path in sorted((root / "_cache").glob("*/*/specs.md"))
    }


def values(page: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The `meta` and `spec_details` of a page."""
    lines = page.splitlines()
    meta = json.loads(lines[4].removeprefix("meta: "))
    details = json.loads(lines[5].removeprefix("spec_details: "))
    return meta, details


def test_every_page_has_the_bytes_of_the_published_format(root: Path) -> None:
    for (tag, package), page in pages(root).items():
        meta, details = values(page)
        assert page == (
            f'---\ntitle: "{package}"\nlayout: cache\ncategories: [package, {tag}]\n'
            f"meta: {json.dumps(meta, sort_keys=True)}\n"
            f"spec_details: {json.dumps(details, sort_keys=True)}\n---"
        )


def test_meta_is_what_the_entries_say(root: Path) -> None:
    for page in pages(root).values():
        meta, details = values(page)
        stacks = Counter(stack for entry in details for stack in entry["stacks"])
        assert meta == {
            "compilers": sorted({entry["compiler"] for entry in details}),
            "num_specs": len(details),
            "num_specs_by_stack": dict(stacks),
            "oss": sorted({entry["os"] for entry in details}),
            "platforms": sorted({entry["platform"] for entry in details}),
            "stacks": sorted(stacks),
            "targets": sorted({entry["target"] for entry in details}),
            "versions": sorted({version for entry in details for version in entry["versions"]}),
        }


def test_every_entry_is_listed_by_the_union_index_and_one_to_three_stacks(root: Path) -> None:
    for page in pages(root).values():
        for entry in values(page)[1]:
            assert entry["stacks"] == sorted(set(entry["stacks"]))
            assert UNION_INDEX in entry["stacks"]
            assert 2 <= len(entry["stacks"]) <= 4


def test_hashes_are_sorted_in_a_page_and_unique_in_a_snapshot(root: Path) -> None:
    seen: dict[str, set[str]] = {}
    for (tag, _), page in pages(root).items():
        hashes = [entry["hash"] for entry in values(page)[1]]
        assert all(left < right for left, right in pairwise(hashes))
        assert all(len(each) == 32 for each in hashes)
        assert seen.setdefault(tag, set()).isdisjoint(hashes)
        seen[tag].update(hashes)
    assert [len(each) for each in seen.values()] == [SHAPE.specs] * SHAPE.snapshots
    older, newer = (seen[tag] for tag in sorted(seen))
    assert 0.7 < len(older & newer) / SHAPE.specs < 0.9


def test_every_cell_and_every_stack_is_occupied(root: Path) -> None:
    cells = {
        (stack, entry["os"], entry["target"])
        for page in pages(root).values()
        for entry in values(page)[1]
        for stack in entry["stacks"]
        if stack != UNION_INDEX
    }
    assert len(cells) == SHAPE.cells
    assert {stack for stack, _, _ in cells} == set(STACKS)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    root: Path, tmp_path: Path
) -> None:
    written = write_tree(tmp_path / "again", SHAPE)
    assert pages(tmp_path / "again") == pages(root)
    assert written.pages == len(pages(root)) == SHAPE.packages * SHAPE.snapshots
    assert written.specs == SHAPE.specs * SHAPE.snapshots
    assert written.size_bytes == sum(map(len, pages(root).values()))
    write_tree(tmp_path / "other", Shape(specs=900, packages=120, seed=8))
    assert pages(tmp_path / "other") != pages(root)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"packages": 0}, "at least one package"),
        ({"snapshots": 0}, "at least one package and one snapshot"),
        ({"cells": 29}, "occupies a cell"),
        ({"specs": 119}, "has at least one spec"),
        ({"cells": 5000, "specs": 5000}, "no more than"),
    ],
)
def test_a_shape_that_cannot_be_written_is_refused(
    tmp_path: Path, changed: dict[str, int], message: str
) -> None:
    shape = {"specs": 900, "packages": 120, **changed}
    with pytest.raises(ValueError, match=message):
        write_tree(tmp_path, Shape(**shape))


def test_a_tree_is_never_written_into_another(root: Path) -> None:
    with pytest.raises(FileExistsError):
        write_tree(root, SHAPE)


def test_a_world_of_locks_is_what_its_files_say(tmp_path: Path) -> None:
    world = draw(specs=2_500, seed=3)
    assert world == draw(specs=2_500, seed=3)
    assert all(dependency < dependent for dependent, dependency, _ in world.edges())
    assert 6 < len(world.kinds) / world.specs < 9
    locks = write_locks(world, tmp_path)
    write_index(world, tmp_path / "index.json", range(0, world.specs, 2))
    plan = specplan.load(tmp_path / "index.json").rebuild(want=locks, scope="all")
    odd = {hash_of(spec) for spec in range(1, world.specs, 2)}
    assert {build.hash for build in plan.builds} == odd
    changed = specplan.load("none").rebuild(want=locks, changed=f"/{hash_of(SHARED)}")
    assert changed.totals.builds == world.specs
    assert sum(build.cause != "missing" for build in changed.builds) == 1
