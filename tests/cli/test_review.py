"""Faults that a review found, each kept as a test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import specplan
from tests.limited_runs import Ended, run_limited

EXAMPLES = Path(__file__).parents[2] / "examples"
PAGE = EXAMPLES / "pages" / "py-pluggy.md"
LOCK = EXAMPLES / "locks" / "radiuss" / "spack.lock"


def run(*words: str) -> Ended:
    """Run specplan in a process of its own."""
    return run_limited(*words, "--no-config")


@pytest.mark.parametrize("length", [3, 10, 30, 60, 2000])
def test_a_page_that_was_cut_is_never_taken_for_no_page(tmp_path: Path, length: int) -> None:
    (tmp_path / "a.md").write_bytes(PAGE.read_bytes())
    (tmp_path / "z.md").write_bytes(PAGE.read_bytes()[:length])
    ended = run("gaps", "--cache", str(tmp_path))
    assert ended.code == 3
    assert "z.md" in ended.err
    assert "hint: `--skip-damaged` continues without damaged files" in ended.err


def test_a_text_without_front_matter_is_no_page(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(PAGE.read_bytes())
    (tmp_path / "README.md").write_text("# Notes\n\n---\nlayout: cache\n---\n")
    assert run("gaps", "--cache", str(tmp_path)).code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_page_without_rights_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(PAGE.read_bytes())
    (tmp_path / "z.md").write_bytes(PAGE.read_bytes())
    (tmp_path / "z.md").chmod(0)
    assert run("gaps", "--cache", str(tmp_path)).code == 3


def test_an_empty_text_is_no_source() -> None:
    ended = run("gaps", "--cache", "")
    assert ended.code == 2
    assert "`--cache` is empty" in ended.err
    with pytest.raises(specplan.UsageError, match="is empty"):
        specplan.load("")


def test_a_lock_and_a_snapshot_are_not_compared() -> None:
    ended = run("diff", str(LOCK), "develop-2025-11-15", "--cache", str(EXAMPLES / "cache"))
    assert ended.code == 2
    assert "cannot be compared with a snapshot" in ended.err


def test_a_depth_without_end_is_no_limit() -> None:
    words = ("rebuild", "--want", str(LOCK), "--cache", "none", "--changed", "zlib-ng")
    without = run(*words, "--format", "json")
    ended = run(*words, "--format", "json", "--depth", "9" * 30)
    assert without.code == ended.code == 0


def test_a_report_can_go_to_a_pipe() -> None:
    ended = run("gaps", "--cache", str(PAGE), "-o", "/dev/stdout")
    assert ended.code == 0
    assert ended.out.startswith("16 stacks") or "wanted packages" in ended.out


def test_a_closed_standard_output_is_wrong_usage() -> None:
    script = f"exec {sys.executable} -m specplan gaps --no-config --cache '{PAGE}' >&-"
    ended = subprocess.run(["sh", "-c", script], check=False, text=True, stderr=subprocess.PIPE)  # noqa: S607
    assert ended.returncode == 2
    assert "standard output is closed" in ended.stderr


def test_an_unknown_level_is_wrong_usage() -> None:
    with pytest.raises(specplan.UsageError, match="`level` cannot be `x`"):
        specplan.load(PAGE).gaps(level="x")  # type: ignore[arg-type]


def test_a_difference_reports_damage_on_either_side(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(PAGE.read_bytes())
    (tmp_path / "specs.md").write_bytes(b"")
    question = ("diff", str(tmp_path), str(PAGE), "--skip-damaged")
    ended = run(*question)
    assert "1 damaged file was skipped" in ended.out
    # What the damaged file held may have been lost.
    assert ended.code == 1
    assert "not whole: nothing lost, but left-out input could change that" in ended.err
    assert run(*question, "--allow-left-out", "damaged_file").code == 0


@pytest.mark.parametrize("command", [("gaps",), ("coverage",), ("find", "zlib")])
def test_a_cache_of_damaged_files_alone_is_not_an_empty_cache(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "specs.md").write_bytes(b"no page")
    ended = run(*command, "--cache", str(tmp_path), "--skip-damaged")
    assert ended.code == 3
    assert "nothing is left of" in ended.err
    assert "specs.md" in ended.err


def test_a_path_to_nowhere_is_not_taken_for_a_snapshot() -> None:
    ended = run("diff", "old/spack.lock", "develop", "--cache", str(EXAMPLES / "cache"))
    assert ended.code == 3
    assert "`old/spack.lock` does not exist" in ended.err


def test_two_sources_that_are_compared_are_named_as_they_were_typed(tmp_path: Path) -> None:
    older, newer = tmp_path / "older.md", tmp_path / "newer.md"
    for each in (older, newer):
        each.write_bytes(PAGE.read_bytes())
    ended = run("diff", str(older), str(newer), "--format", "json")
    document = json.loads(ended.out)
    assert (document["old"], document["new"]) == (str(older), str(newer))


def test_candidates_that_cannot_be_read_are_not_passed_over(tmp_path: Path) -> None:
    picture = tmp_path / "picture.svg"
    picture.write_text("<svg/>")
    words = ("--want", "hypre", "--system", "ubuntu24.04/x86_64_v3", "--cache", "none")
    ended = run("rebuild", *words, "--candidates", str(picture))
    assert ended.code == 3
    assert str(picture) in ended.err
    assert ended.out == ""
