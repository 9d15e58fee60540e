"""Gates of ``[[stack]]`` tables: none holds on a stack of which a run reports nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.small_caches import index, lock, written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Runs

BUILDS = "fail-over-builds = 9\nfail-over-cost = 9\nfail-if-not-optimal = true\n"
LOST = "fail-on-lost = true\n"


@pytest.fixture
def small(folder: Path) -> Path:
    written(
        folder,
        e4s__spack_lock=lock(["c"], needs={"c": ["a"]}),
        old_json=index(["a", "c"], needs={"c": ["a"]}),
        new_json=index(["a"]),
    )
    return folder


def configured(folder: Path, name: str, gates: str, before: str = "") -> None:
    content = f"{before}[[stack]]\nname = '{name}'\n{gates}"
    (folder / "specplan.toml").write_text(content, encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "gates", "before"),
    [
        (["rebuild", "--cache=old.json"], BUILDS, "want = ['e4s=e4s/spack.lock']\n"),
        (["diff", "e4s=old.json", "e4s=old.json"], LOST, ""),
        (["gaps", "--cache=e4s=old.json", "--baseline=e4s=old.json", "--stack=*"], LOST, ""),
        (["trend", "saved.json", "saved.json"], LOST, ""),
        (["coverage", "--cache=old.json"], "fail-under = 5\n", "want = ['e4s=e4s/spack.lock']\n"),
    ],
    ids=lambda each: each[0] if isinstance(each, list) else "",
)
def test_a_gate_on_a_stack_of_which_nothing_is_reported_fails_and_names_what_is_near(
    run: Runs, small: Path, words: list[str], gates: str, before: str
) -> None:
    saved = ("coverage", "--cache=old.json", "--want=e4s=e4s/spack.lock", "-o", "saved.json")
    assert run(*saved, "--no-config").code == 0
    configured(small, "e4s", gates, before)
    costs = () if words[0] != "rebuild" else ("--costs=costs.csv",)
    written(small, costs_csv="spec,seconds\nc,1\na,1\n")
    assert run(*words, *costs).code == 0
    configured(small, "e4", gates, before)
    answer = run(*words, *costs)
    assert answer.code == 1
    assert answer.err.count("gate failed: ") == gates.count("=")
    assert "`e4`" in answer.err


def test_a_stack_for_which_nothing_has_to_be_built_holds_its_gates(run: Runs, small: Path) -> None:
    configured(small, "e4s", "want = 'e4s/spack.lock'\n" + BUILDS.replace("9", "0"))
    answer = run("rebuild", "--cache=old.json", "--format=json")
    assert answer.code == 0
    held = [each for each in json.loads(answer.out)["gates"] if each["stack"] == "e4s"]
    assert [(each["value"], each["held"]) for each in held] == [(0, True)] * 3


def test_a_stack_that_is_not_asked_for_has_no_gates(run: Runs, small: Path) -> None:
    configured(small, "hep", BUILDS)
    assert run("rebuild", "--cache=old.json", "--want=e4s=e4s/spack.lock").code == 0
