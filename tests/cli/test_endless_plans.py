"""Plans whose needs, chains or trees grow with the square of their builds: nothing hangs."""

from __future__ import annotations

import json
from array import array
from pathlib import Path

import pytest

from benches.plan_inputs import BUILD, LINK, RUN, World, write_index, write_locks
from specplan.cli import main

#: A path of this many builds has 24 million hashes in its chains.
LONG = 7_000


def path_of(specs: int) -> World:
    """Each spec needs the one before."""
    return World(
        specs=specs,
        environment_specs=specs,
        starts=array("Q", [0, *range(specs)]),
        dependencies=array("L", range(specs - 1)),
        kinds=array("B", [BUILD | LINK | RUN] * (specs - 1)),
    )


def dense(specs: int) -> World:
    """Each spec needs the fifteen before, half of which have binaries."""
    rows = [range(max(0, spec - 15), spec) for spec in range(specs)]
    starts = array("Q", [0])
    for row in rows:
        starts.append(starts[-1] + len(row))
    edges = starts[-1]
    return World(
        specs=specs,
        environment_specs=specs,
        starts=starts,
        dependencies=array("L", [each for row in rows for each in row]),
        kinds=array("B", [BUILD | RUN] * edges),
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("path")
    (lock,) = write_locks(path_of(LONG), folder)
    return lock


PATH = ("--cache", "none", "--scope", "roots", "--no-config")


def test_a_path_of_builds_is_planned(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["rebuild", "--want", str(path), *PATH]) == 0
    assert f"{LONG} builds in {LONG} stages" in capfd.readouterr().out
    assert main(["rebuild", "--want", str(path), *PATH, "--format", "list"]) == 0
    assert len(capfd.readouterr().out.splitlines()) == LONG + 1


@pytest.mark.parametrize("report", ["json", "csv", "chains"])
def test_chains_that_no_document_can_hold_are_refused(
    path: Path, capfd: pytest.CaptureFixture[str], report: str
) -> None:
    as_asked = ("--show", "chains") if report == "chains" else ("--format", report)
    assert main(["rebuild", "--want", str(path), *PATH, *as_asked]) == 2
    answer = capfd.readouterr()
    assert answer.out == ""
    assert "needs and chains of 7000 builds hold 24510499 hashes" in answer.err


def test_what_a_long_chain_leads_to_is_left_out_without_the_chain(
    path: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.txt"
    broken.write_text("gcc\n", encoding="utf-8")
    told = ("rebuild", "--want", str(path), *PATH, "--exclude-broken", str(broken))
    assert main(told) == 0
    assert f"{LONG - 1} edges away" in capfd.readouterr().out
    assert main([*told, "--format", "json"]) == 2


def test_a_deep_tree_is_shown_by_depth(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "gcc", "--want", str(path), *PATH, "--width", "100"]) == 0
    out = capfd.readouterr().out
    assert f"({LONG - 1} deep) package-{LONG - 1}@1.0" in out
    assert len(out) < 250 * LONG


def test_more_trees_than_can_be_read_are_refused(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", "@1.0", "--want", str(path), *PATH]) == 2
    assert "`@1.0` names 7000 specs" in capfd.readouterr().err


def test_needs_through_many_binaries_are_counted(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    world = dense(10_000)
    (lock,) = write_locks(world, tmp_path)
    write_index(world, tmp_path / "index.json", range(0, world.specs - 1, 2))
    plan = ("rebuild", "--want", str(lock), "--cache", str(tmp_path / "index.json"), "--no-config")
    assert main(plan) == 0
    lines = capfd.readouterr().out.splitlines()
    needs = [int(line.split()[-1]) for line in lines if "@1.0/" in line]
    assert len(needs) == 5_000
    assert max(needs) > 1_000


def many_of_one_package(path: Path, first: int) -> None:
    """A lock of 3,000 builds of one package, each with a version of its own."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    nodes = {}
    for number in range(first, first + 3_000):
        dag_hash = "".join(letters[int(digit)] for digit in f"{number:032}")
        nodes[dag_hash] = {
            "name": "parallelio",
            "version": f"1.{number % 3_000}",
            "arch": {"platform": "linux", "platform_os": "sles15", "target": "zen4"},
            "hash": dag_hash,
        }
    lock = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "roots": [{"hash": each, "spec": "parallelio"} for each in nodes],
        "concrete_specs": nodes,
    }
    path.write_text(json.dumps(lock), encoding="utf-8")


def test_many_specs_of_one_package_are_paired_without_trying_all_pairs(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old.lock", tmp_path / "new.lock"
    many_of_one_package(old, 0)
    many_of_one_package(new, 3_000)
    assert main(["diff", str(old), str(new), "--no-config", "--format", "json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert told["totals"]["new"] == 3_000
    assert len({each["against"]["hash"] for each in told["specs"]}) == 3_000
