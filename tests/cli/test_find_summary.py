"""`specplan find --summary` and `--fail-if-none`: is a version in the cache, and whose."""

from __future__ import annotations

from pathlib import Path

import pytest

from specplan.cli import main

CACHE = str(Path(__file__).parents[2] / "examples" / "cache")


def find(*words: str) -> int:
    return main(["find", *words, "--cache", CACHE, "--no-config"])


def test_a_summary_has_one_row_for_each_version_and_system(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert find("hdf5", "--summary") == 0
    first, _, header, *rows = capsys.readouterr().out.splitlines()
    assert first.endswith("satisfy hdf5")
    assert header.split() == ["version", "system", "specs", "binaries", "stacks"]
    places = [tuple(row.split()[:2]) for row in rows if row.startswith("hdf5@")]
    assert places
    assert len(places) == len(set(places))
    assert find("hdf5", "--format", "csv") == 0
    _, *specs = capsys.readouterr().out.splitlines()
    assert sum(int(row.split()[2]) for row in rows if row.startswith("hdf5@")) == len(specs)


def test_nothing_found_fails_only_where_that_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert find("hdf5@99", "--summary") == 0
    assert find("hdf5@99", "--summary", "--fail-if-none") == 1
    assert "gate failed: nothing was found (--fail-if-none)" in capsys.readouterr().err
    assert find("hdf5", "--summary", "--fail-if-none") == 0
