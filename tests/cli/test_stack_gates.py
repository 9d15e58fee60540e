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
STRICT = "known-gaps = 'known.toml'\nstrict-known-gaps = true\n"


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


@pytest.mark.parametrize(
    ("words", "config", "failed"),
    [
        (["old", "new"], LOST, ["fail-on-lost"]),
        (["old", "more"], LOST + "fail-on-absent = true\n", []),
        (["e4s=old", "hep=more"], "fail-on-absent = true\n", ["fail-on-absent"]),
        (["e4s=old", "e4s=new"], f"[[stack]]\nname = 'e4s'\n{LOST}", ["fail-on-lost of e4s"]),
        (["old", "more"], f"[[stack]]\nname = 'e4s'\n{LOST}", ["fail-on-lost of e4s"]),
        (["old", "more"], STRICT, ["strict-known-gaps"]),
    ],
)
def test_gates_of_the_configuration_are_evaluated_between_locks_too(
    run: Runs, folder: Path, words: list[str], config: str, failed: list[str]
) -> None:
    written(
        folder,
        old__spack_lock=lock(["c"], needs={"c": ["a"]}),
        # A package that only another spec stands for is not lost, and no more is an external one.
        more__spack_lock=lock(["c:2", "a", "b"], external=["a"]),
        new__spack_lock=lock(["c"]),
        specplan_toml=config,
        known_toml="[[known-gap]]\nwant = 'a'\nreason = 'late'\nuntil = 2020-01-01\n",
    )
    answer = run("diff", *(f"{each}/spack.lock" for each in words), "--format=json")
    told = json.loads(answer.out)
    names = [f"{each['name']} of {each['stack']}".removesuffix(" of ") for each in told["gates"]]
    held = [each["held"] for each in told["gates"]]
    assert [name for name, is_held in zip(names, held, strict=True) if not is_held] == failed
    assert answer.code == bool(failed), answer.err
    assert told["lost_packages"] == (["a"] if "new" in words[1] else [])
    (folder / "answer.json").write_text(answer.out, encoding="utf-8")
    assert run("report", "--from=answer.json", "-o", "page.html").code == bool(failed)
    if config == STRICT:
        # What is typed is evaluated as what is configured, and both say what it is about.
        typed = ("--no-config", "--known-gaps=known.toml", "--strict-known-gaps", "--format=json")
        again = run("diff", *(f"{each}/spack.lock" for each in words), *typed)
        assert (again.code, json.loads(again.out)["gates"]) == (1, told["gates"])
        assert "they excuse nothing here" in answer.err
        assert again.err == answer.err


def test_the_gates_of_many_stacks_are_counted_once_for_each_build(run: Runs, folder: Path) -> None:
    """Each build is looked at for its own stacks alone, however many tables there are."""
    names = [f"s{at}" for at in range(9)]
    tables = (f"[[stack]]\nname = '{each}'\nwant = '{each}.lock'\n{BUILDS}" for each in names)
    written(folder, specplan_toml="".join(tables), costs_csv="spec,seconds\nc,1\na,1\n")
    for each in names:
        (folder / f"{each}.lock").write_text(lock(["c"] if each != "s7" else ["a"]))
    answer = run("rebuild", "--cache=none", "--costs=costs.csv", "--format=json")
    told = json.loads(answer.out)
    builds = {each["stack"]: each["value"] for each in told["gates"] if each["unit"] == "count"}
    assert answer.code == 0, answer.err
    assert builds == {"": 0} | dict.fromkeys(names, 1)
