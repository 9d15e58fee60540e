"""``--want available``: what the caches have as what is wanted, without a lock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from specplan.cli import main
from tests import small_caches


def test_the_binaries_of_a_stack_are_wanted_like_a_lock_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`user` links to `lib`; the index of two stacks and a lock of one of them say the same."""
    index, lock = tmp_path / "index.json", tmp_path / "site" / "spack.lock"
    needs = {"user": ["lib"]}
    index.write_text(small_caches.index(["lib", "user"], needs=needs))
    lock.parent.mkdir()
    lock.write_text(small_caches.lock(["user"], needs=needs))
    other = tmp_path / "other.json"
    other.write_text(small_caches.index(["other"]))
    caches = ["--cache", f"site={index}", "--cache", f"other={other}", "--no-config"]
    change = ["--changed", "lib", "--format", "json"]
    answers = []
    for want in (str(lock), "available:site", "available"):
        assert main(["rebuild", "--want", want, *caches, *change]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    builds = [[(each["package"], each["cause"]) for each in found["builds"]] for found in answers]
    assert builds == [[("lib", "changed"), ("user", "stale")]] * 3
    assert [found["totals"]["wants"] for found in answers] == [2, 2, 3]
    assert main(["rebuild", "--want", "available:sit", *caches, *change]) == 2
    assert "`site`" in capsys.readouterr().err
    # A package of that name is asked for with a version.
    assert main(["rebuild", "--want", "available@:", *caches, "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["unplannable"][0]["want"] == "available"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["coverage"], 0),
        (["gaps"], 0),
        (["check"], 1),  # its hashes are not those of their content
        (["why", "lib"], 0),
    ],
)
def test_every_command_that_takes_wants_takes_these(
    command: list[str], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index.json"
    index.write_text(small_caches.index(["lib", "user"], needs={"user": ["lib"]}))
    words = [*command, "--want", "available", "--cache", f"site={index}", "--no-config"]
    assert main(words) == code, capsys.readouterr().err


@pytest.mark.parametrize("command", ["coverage", "rebuild", "check"])
def test_binaries_are_not_wanted_of_caches_without_a_stack(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index.json"
    index.write_text(small_caches.index(["lib"]))
    words = [command, "--want", "available", "--cache", f"-={index}", "--no-config"]
    assert main(words) == 2
    assert "`LABEL=SOURCE` gives an index or a mirror a stack name" in capsys.readouterr().err


def test_binaries_without_recorded_dependencies_make_an_incomplete_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pages = str(Path(__file__).parents[2] / "examples" / "pages")
    words = ["rebuild", "--want", "available:e4s", "--cache", pages, "--no-config"]
    assert main([*words, "--format", "json"]) == 1
    (record,) = json.loads(capsys.readouterr().out)["left_out"]
    assert (record["kind"], record["blocks"]) == ("undecided_spec", True)


def test_a_lock_is_never_the_binaries_of_caches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find", "lib", "--lock", "available", "--no-config"]) == 3
    assert "`available` does not exist" in capsys.readouterr().err
