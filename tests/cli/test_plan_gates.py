"""The gates of ``specplan rebuild``: how much is built, what it costs, whether it is the least."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import specplan
from specplan.cli.gates import evaluated
from specplan.cli.settings import Settings
from specplan.config.configuration import StackEntry
from tests.small_caches import index, lock, written

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

NEEDS = {"c": ["b"], "b": ["a"], "d": ["a"]}
WORDS = ("rebuild", "--want=e4s=one/spack.lock", "--want=hep=two/spack.lock", "--cache=cache.json")


@pytest.fixture
def small(folder: Path) -> Path:
    """Two stacks that share `a`, which has a binary: `e4s` needs two builds, `hep` one."""
    written(
        folder,
        one__spack_lock=lock(["c"], needs=NEEDS),
        two__spack_lock=lock(["d"], needs=NEEDS),
        cache_json=index(["a"]),
        costs_csv="spec,seconds\nb,60\nc,30.5\nd,10\n",
    )
    return folder


def gates(answer: Any) -> list[tuple[Any, ...]]:
    return [
        (each["name"], each["stack"], each["unit"], each["limit"], each["value"], each["held"])
        for each in json.loads(answer.out)["gates"]
        if each["name"] != "allow-unplannable"
    ]


@pytest.mark.usefixtures("small")
def test_a_plan_with_more_builds_than_the_limit_fails(run: Runs) -> None:
    assert run(*WORDS, "--fail-over-builds", "3").code == 0
    answer = run(*WORDS, "--fail-over-builds", "2", "--format=json")
    assert answer.code == 1
    assert "gate failed: 3 builds, more than 2 (--fail-over-builds)" in answer.err
    assert gates(answer) == [("fail-over-builds", "", "count", 2, 3, False)]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("form", "limit", "value", "verdict"),
    [
        ("table", "2", "3", "fails"),
        ("json", '"limit": 2', '"value": 3', '"held": false'),
        ("csv", ",fail-over-builds,,count,2,", ",2,3,false", "gate,"),
        ("markdown", "| 2 |", "| 3 |", "fails"),
        ("list", "limit 2", "--fail-over-builds: 3", "fails"),
        ("junit", "limit 2", "value 3", "<failure"),
        ("github", "limit 2", "value 3", "::error"),
        ("openmetrics", 'gate_limit{gate="fail-over-builds",unit="count"} 2', "} 3", "} 0"),
        ("html", ">2<", ">3<", "fails"),
    ],
)
def test_every_format_shows_a_gate_with_its_limit_its_value_and_its_verdict(
    run: Runs, form: str, limit: str, value: str, verdict: str
) -> None:
    out = run(*WORDS, "--fail-over-builds", "2", "--format", form).out
    shown = out[out.index("fail-over-builds") :] if form == "table" else out
    assert "fail-over-builds" in out
    assert all(word in shown for word in (limit, value, verdict))


@pytest.mark.usefixtures("small")
def test_a_plan_without_a_gate_is_csv_without_columns_of_gates(run: Runs) -> None:
    assert "gate" not in run(*WORDS, "--format=csv").out
    lines = run(*WORDS, "--fail-over-builds", "3", "--format=csv").out.splitlines()
    (gate,) = [row for row in csv.DictReader(lines) if row["action"] == "gate"]
    assert (gate["gate.name"], gate["gate.limit"], gate["gate.value"], gate["gate.held"]) == (
        "fail-over-builds", "3", "3", "true",
    )  # fmt: skip


@pytest.mark.usefixtures("small")
def test_a_plan_that_costs_more_than_the_limit_fails(run: Runs) -> None:
    costs = ("--costs=costs.csv", "--format=json")
    answer = run(*WORDS, *costs, "--fail-over-cost", "100.5")
    assert answer.code == 0
    assert gates(answer) == [("fail-over-cost", "", "seconds", 100.5, 100.5, True)]
    answer = run(*WORDS, *costs, "--fail-over-cost", "100.49")
    assert answer.code == 1
    assert "3 builds cost 100.5 s, more than 100.49 s (--fail-over-cost)" in answer.err


def test_a_gate_on_unknown_costs_fails(run: Runs, small: Path) -> None:
    answer = run(*WORDS, "--fail-over-cost", "1000", "--format=json")
    assert answer.code == 1
    assert "the cost is n/a, as no `--costs` file has it (--fail-over-cost)" in answer.err
    assert gates(answer) == [("fail-over-cost", "", "seconds", 1000, None, False)]
    full = index(["a", "b", "c", "d"], needs=NEEDS)
    written(small, full_json=full)
    assert run(*WORDS[:-1], "--cache=full.json", "--fail-over-cost", "0").code == 0


def test_gates_of_the_configuration_are_for_all_builds_and_for_those_of_a_stack(
    run: Runs, small: Path
) -> None:
    content = """
fail-over-builds = 3
cache = "cache.json"
costs = "costs.csv"
[[stack]]
name = "e4s"
want = "one/spack.lock"
fail-over-builds = 1
fail-over-cost = 90.5
[[stack]]
name = "hep"
want = "two/spack.lock"
fail-over-builds = 1
"""
    (small / "specplan.toml").write_text(content, encoding="utf-8")
    answer = run("rebuild", "--format=json")
    assert answer.code == 1
    assert "gate failed: 2 builds for `e4s`, more than 1 (--fail-over-builds)" in answer.err
    assert gates(answer) == [
        ("fail-over-builds", "", "count", 3, 3, True),
        ("fail-over-builds", "e4s", "count", 1, 2, False),
        ("fail-over-cost", "e4s", "seconds", 90.5, 90.5, True),
        ("fail-over-builds", "hep", "count", 1, 1, True),
    ]
    answer = run("rebuild", "--stack=hep", "--format=json")
    assert answer.code == 0
    assert [each[1] for each in gates(answer)] == ["", "hep"]


@pytest.mark.parametrize("style", ["table", "markdown", "list", "junit", "github", "openmetrics"])
@pytest.mark.usefixtures("small")
def test_every_format_for_people_and_for_ci_shows_each_gate_that_was_asked_for(
    run: Runs, style: str
) -> None:
    for most, code in (("2", 1), ("3", 0)):
        answer = run(*WORDS, "--fail-over-builds", most, "--format", style)
        assert answer.code == code
        assert "fail-over-builds" in answer.out


@pytest.mark.usefixtures("small")
def test_a_plan_of_locks_is_always_the_least(run: Runs) -> None:
    answer = run(*WORDS, "--fail-if-not-optimal", "--format=json")
    assert answer.code == 0
    assert gates(answer) == [("fail-if-not-optimal", "", "percent", 0, 0, True)]


def test_a_choice_that_is_not_proven_to_be_least_fails(folder: Path) -> None:
    written(folder, spack_lock=lock(["r:1", "r:2"], needs={"r:1": ["a"]}), cache_json=index(["z"]))
    plan = specplan.load("cache.json").rebuild(
        want="r", candidates="spack.lock", system="ubuntu24.04/x86_64_v3"
    )
    assert plan.choice is not None
    asked = Settings(fail_if_not_optimal=True, stacks=(StackEntry(name="x"),))
    assert [gate.held for gate in evaluated(plan, asked)] == [True, True]
    cut = replace(plan, choice=replace(plan.choice, optimal=False, lower_bound=0.5))
    gate = evaluated(cut, asked)[0]
    assert (gate.held, gate.value) == (False, 50)
    assert gate.reason == "it is not proven that no plan costs less (--fail-if-not-optimal)"
    (stack,) = {each.stack for each in plan.choice.wants}
    table = StackEntry(name=stack, fail_if_not_optimal=True, fail_over_builds=0)
    gates = evaluated(cut, Settings(stacks=(table,)))
    assert [(gate.stack, gate.held) for gate in gates[:2]] == [(stack, False), (stack, False)]


@pytest.mark.usefixtures("small")
def test_a_report_ends_with_how_to_run_the_plan(run: Runs) -> None:
    last = run(*WORDS).out.splitlines()[-1]
    assert last.endswith("`specplan export make -o plan.mk && make -f plan.mk -j8 -k`")
    assert "specplan export" not in run(*WORDS, "--changed", "a").out
