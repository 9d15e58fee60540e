"""``specplan export``: what it writes, what it refuses, and that what it writes runs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.export_projects import (
    CLOSURES,
    NAMES,
    NEEDS,
    ROOTS,
    WORDS,
    H,
    made_project,
    made_stand_in,
)
from tests.recipe_repositories import Checkout
from tests.small_caches import index, lock, written

if TYPE_CHECKING:
    from tests.cli.conftest import Run, Runs
    from tests.stand_in_spack import StandIn


@pytest.fixture
def project(folder: Path) -> Path:
    """An environment, a mirror with one of its specs, and nothing else."""
    return made_project(folder)


@pytest.fixture
def stand_in(project: Path) -> StandIn:
    return made_stand_in(project)


RUNNERS = {
    "make": ("plan.mk", ("make", "-k", "-f", "plan.mk")),
    "ninja": ("build.ninja", ("ninja", "-f", "build.ninja")),
    "shell": ("build.sh", ("sh", "build.sh")),
}
MANY = [
    pytest.param(style, jobs, marks=missing)
    for style, jobs in (
        ("make", "-j1"),
        ("make", "-j4"),
        ("ninja", "-j1"),
        ("ninja", "-j4"),
        ("shell", ""),
    )
    for missing in [
        pytest.mark.skipif(
            shutil.which(RUNNERS[style][1][0]) is None, reason=f"{style} is not installed"
        )
    ]
]


def exported(run: Runs, style: str, *more: str) -> Run:
    return run("export", style, *WORDS, "-o", RUNNERS[style][0], *more)


def start(stand_in: StandIn, style: str, jobs: str, **more: str) -> Any:
    return stand_in.run(*RUNNERS[style][1], *([jobs] if jobs else []), **more)


@pytest.mark.parametrize(("style", "jobs"), MANY)
def test_all_is_built_once_and_after_what_it_needs_with_one_index_at_the_end(
    run: Runs, stand_in: StandIn, style: str, jobs: str
) -> None:
    answer = exported(run, style)
    assert (answer.code, answer.err, answer.out) == (0, "", "")
    done = start(stand_in, style, jobs, STAND_IN_SLEEP="0.02")
    work = stand_in.work()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 of 8 built, 0 failed, 0 not reached" in done.stdout
    assert sorted(work.built) == sorted(CLOSURES)
    assert not work.strange
    needed = {each: set(needs) - {H["there"]} for each, needs in CLOSURES.items()}
    assert work.is_ordered(needed)
    assert work.lines[-1] == ["index", "9"]
    assert len(work.of("index")) == 1
    assert work.overlap == 1 if jobs != "-j4" else work.overlap > 1
    again = start(stand_in, style, jobs)
    assert again.returncode == 0
    assert not stand_in.work().built


@pytest.mark.parametrize(("style", "jobs"), MANY)
def test_a_build_that_fails_stops_its_dependents_alone_and_the_next_run_goes_on(
    run: Runs, stand_in: StandIn, style: str, jobs: str
) -> None:
    assert exported(run, style).code == 0
    stand_in.breaks(H["c"])
    done = start(stand_in, style, jobs)
    assert done.returncode != 0
    assert "5 of 8 built, 1 failed, 2 not reached" in done.stdout
    assert f"  failed: c@1.0/{H['c']}" in done.stdout
    for name in ("e", "f"):
        assert f"  not reached: {name}@1.0/{H[name]}" in done.stdout
    work = stand_in.work()
    assert work.lines[-1] == ["index", "6"]
    assert set(work.built) == {H[each] for each in "abcdgh"}
    stand_in.breaks()
    done = start(stand_in, style, jobs)
    assert done.returncode == 0, done.stdout
    assert "8 of 8 built, 0 failed, 0 not reached" in done.stdout
    assert sorted(stand_in.work().built) == sorted(H[each] for each in "cef")


@pytest.mark.parametrize(("style", "jobs"), [each for each in MANY if "-j1" not in each.values])
def test_a_run_that_was_killed_goes_on_where_it_stopped(
    run: Runs, stand_in: StandIn, style: str, jobs: str
) -> None:
    assert exported(run, style).code == 0
    process = subprocess.Popen(
        [*RUNNERS[style][1], *([jobs] if jobs else [])],
        cwd=stand_in.folder.parent,
        env=stand_in.environment(STAND_IN_SLEEP="0.2"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while len(stand_in.pushed()) < 3:
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = stand_in.pushed()
    begun = stand_in.work().built
    done = start(stand_in, style, jobs)
    assert done.returncode == 0, done.stdout + done.stderr
    built = stand_in.work().built
    # What was pushed and not yet noted is looked at once more, and nothing else.
    again = {each for each in built if each in before}
    assert len(again) <= 4
    assert set(begun) | set(built) == set(CLOSURES)
    assert stand_in.pushed() == {*CLOSURES, H["there"]}


def test_a_push_that_fails_is_tried_again_and_a_build_is_not(run: Runs, stand_in: StandIn) -> None:
    assert exported(run, "shell").code == 0
    stand_in.fails_to_push_once()
    done = start(stand_in, "shell", "")
    assert done.returncode == 0
    assert len(stand_in.work().built) == 8


def test_a_variable_in_the_place_of_spack_has_the_value_that_it_has_where_it_runs(
    run: Runs, stand_in: StandIn
) -> None:
    program = stand_in.folder.parent / "a $place/bin/spack"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{stand_in.folder}/spack" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    place = str(program.parent.parent)
    for spelled, style in (("$SPACK_PLACE", "make"), ("${SPACK_PLACE}/", "shell")):
        written(stand_in.folder.parent, specplan_toml=f"[export]\nspack = '{spelled}'\n")
        assert exported(run, style).code == 0
        done = start(stand_in, style, "", SPACK="", SPACK_PLACE=place)
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(stand_in.work().built) == 8
        shutil.rmtree(stand_in.folder.parent / ".specplan")


def test_what_is_in_the_mirror_is_skipped_where_specplan_can_be_asked(
    run: Runs, stand_in: StandIn
) -> None:
    assert exported(run, "shell").code == 0
    path = os.pathsep.join((sysconfig.get_path("scripts"), "/usr/bin", "/bin"))
    assert start(stand_in, "shell", "").returncode == 0
    stand_in.work()
    shutil.rmtree(stand_in.folder.parent / ".specplan")
    for gone in ("h", "f"):
        (stand_in.folder / "mirror" / H[gone]).unlink()
        place = stand_in.folder / "mirror/v3/manifests/spec" / gone
        shutil.rmtree(place)
    done = start(stand_in, "shell", "", PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(stand_in.work().built) == sorted(H[each] for each in "fh")
    # What a run believes to be done is built again where the mirror has lost it.
    shutil.rmtree(stand_in.folder / "mirror/v3/manifests/spec/h")
    assert start(stand_in, "shell", "", PATH=path).returncode == 0
    assert stand_in.work().built == [H["h"]]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("flag", ["-n", "-kn", "-q", "-t"])
def test_make_builds_nothing_where_it_was_only_asked(
    run: Runs, stand_in: StandIn, flag: str
) -> None:
    assert exported(run, "make").code == 0
    done = start(stand_in, "make", "-j4", MAKEFLAGS=flag)
    steps = [line for line in done.stdout.splitlines() if " specplan step " in line]
    assert len(steps) == (8 if "n" in flag else 0)
    assert not stand_in.work().built


def test_nothing_is_built_on_the_wrong_machine(run: Runs, stand_in: StandIn) -> None:
    assert exported(run, "make").code == 0
    done = start(stand_in, "make", "-j4", STAND_IN_OS="rhel9")
    assert done.returncode != 0
    assert "preflight: the builds are for ubuntu24.04, this machine is rhel9" in done.stdout
    assert not stand_in.work().built
    assert run("export", "shell", *WORDS, "--mirror=nowhere", "-o", "build.sh").code == 0
    done = start(stand_in, "shell", "")
    assert done.returncode != 0
    assert "has no mirror nowhere" in done.stdout


def test_a_mirror_that_cannot_be_read_stops_a_run_where_its_address_was_given(
    run: Runs, stand_in: StandIn
) -> None:
    path = os.pathsep.join((sysconfig.get_path("scripts"), "/usr/bin", "/bin"))
    manifest = stand_in.folder.parent / "env/spack.yaml"
    text = manifest.read_text(encoding="utf-8").replace("../stand-in/mirror", "http://127.0.0.1:9")
    manifest.write_text(text, encoding="utf-8")
    assert exported(run, "shell", "--mirror-url=http://127.0.0.1:9").code == 0
    done = start(stand_in, "shell", "", PATH=path)
    assert done.returncode != 0
    assert "the mirror http://127.0.0.1:9 cannot be read" in done.stdout
    assert not stand_in.work().built
    done = start(stand_in, "shell", "", PATH=path, SPECPLAN_SKIP_PREFLIGHT="1", SPACK="/bin/false")
    assert "the preflight is skipped" in done.stdout
    assert "failed: a@1.0" in done.stdout
    # What only the environment names, Spack may read though specplan cannot.
    assert exported(run, "shell").code == 0
    done = start(stand_in, "shell", "", PATH=path, SPACK="/bin/false")
    assert "warning: specplan cannot read the mirror http://127.0.0.1:9" in done.stdout


def test_compilers_and_externals_of_the_lock_are_looked_for(run: Runs, stand_in: StandIn) -> None:
    path = stand_in.folder.parent / "env/spack.lock"
    content = json.loads(path.read_text(encoding="utf-8"))
    outside = content["concrete_specs"][H["outside"]]["external"]
    outside["path"] = "/nowhere/at all"
    outside["extra_attributes"] = {"compilers": {"c": "/nowhere/bin/gcc$(id)"}}
    path.write_text(json.dumps(content), encoding="utf-8")
    assert exported(run, "shell").code == 0
    done = start(stand_in, "shell", "")
    assert done.returncode != 0
    assert "the lock has an external in /nowhere/at all, which is not here" in done.stdout
    assert "the lock has the compiler /nowhere/bin/gcc$(id), which is not here" in done.stdout
    assert not stand_in.work().built


def test_recipes_that_are_not_those_of_the_pinned_commit_are_warned_of(
    run: Runs, stand_in: StandIn
) -> None:
    checkout = Checkout(stand_in.folder.parent / "recipes")
    checkout.recipe("a", "class A(Package):\n    pass\n")
    commit, inner = checkout.commit(), checkout.top / "spack_repo"
    manifest = stand_in.folder.parent / "env/spack.yaml"
    text = manifest.read_text(encoding="utf-8")
    for pinned, said in ((commit, ""), (commit[:12], ""), ("0123456789abcdef", commit)):
        manifest.write_text(text.replace("0123456789abcdef", pinned), encoding="utf-8")
        assert exported(run, "shell").code == 0
        done = start(stand_in, "shell", "", STAND_IN_RECIPES=str(inner))
        assert done.returncode == 0, done.stdout
        warning = f"pins the recipe repository builtin to {pinned}, and the commit that is checked "
        assert (f"{warning}out is {said}\n" in done.stdout) == bool(said)
    done = start(stand_in, "shell", "", STAND_IN_RECIPES="/nowhere")
    assert f"{warning}out is unknown" in done.stdout


@pytest.mark.usefixtures("project")
def test_a_plan_out_of_a_document_is_exported_as_the_plan_itself(run: Runs) -> None:
    assert run("rebuild", *WORDS, "-o", "rebuild.json").code == 0
    for style in ("make", "ninja", "shell", "dot", "mermaid"):
        whole = run("export", style, *WORDS)
        read = run("export", style, "--plan=rebuild.json")
        assert (whole.code, read.code) == (0, 0)
        assert whole.out == read.out
    listed = run("rebuild", *WORDS, "--format=list", "--fail-over-builds=8")
    assert run("export", "list", *WORDS, "--fail-over-builds=8").out == listed.out
    assert run("rebuild", *WORDS, "-o", "rebuild.json", "--fail-over-builds=8").code == 0
    assert run("export", "list", "--plan=rebuild.json").out == listed.out


def test_a_predicted_plan_is_drawn_and_listed_and_never_run(run: Runs, project: Path) -> None:
    change = (*WORDS, "--changed=a")
    assert run("rebuild", *change, "-o", "rebuild.json").code == 0
    for style in ("make", "ninja", "shell"):
        for words in (change, ("--plan=rebuild.json",)):
            answer = run("export", style, *words, "-o", "out")
            assert (answer.code, answer.out) == (2, "")
            assert "a predicted plan cannot be exported" in answer.err
            assert not (project / "out").exists()
    assert run("export", "list", *change).out == run("rebuild", *change, "--format=list").out
    assert run("export", "mermaid", *change).code == 0


def test_nothing_is_written_where_a_gate_fails_or_a_want_cannot_be_planned(
    run: Runs, project: Path
) -> None:
    words = (*WORDS, "--want=nowhere", "--system=ubuntu24.04/x86_64_v3")
    asked: list[tuple[str, ...]] = [words, (*WORDS, "--fail-over-builds=1")]
    for more in asked:
        answer = run("export", "make", *more, "--env=env", "-o", "plan.mk")
        assert (answer.code, answer.out) == (1, "")
        assert "note: `plan.mk` is not written" in answer.err
        assert run("rebuild", *more, "-o", "rebuild.json").code == 1
        answer = run("export", "make", "--plan=rebuild.json", "--env=env", "-o", "plan.mk")
        assert (answer.code, answer.out) == (1, "")
        assert not (project / "plan.mk").exists()
    assert run("rebuild", *words, "-o", "rebuild.json").code == 1
    asked = [words, ("--plan=rebuild.json",)]
    for more in asked:
        assert run("export", "make", *more, "--env=env", "--allow-unplannable").code == 0


def test_nothing_is_written_where_what_is_left_out_could_change_the_plan(
    run: Runs, project: Path
) -> None:
    assert run("rebuild", *WORDS, "-o", "rebuild.json").code == 0
    document = json.loads((project / "rebuild.json").read_text(encoding="utf-8"))
    document["left_out"] = [
        {
            "kind": "include",
            "count": 1,
            "where": "x",
            "detail": "y",
            "blocks": True,
            "remedy": "z",
        }
    ]
    (project / "rebuild.json").write_text(json.dumps(document), encoding="utf-8")
    answer = run("export", "make", "--plan=rebuild.json", "-o", "plan.mk")
    assert (answer.code, answer.out) == (1, "")
    assert not (project / "plan.mk").exists()
    words = ("--plan=rebuild.json", "--allow-left-out=include", "-o", "plan.mk")
    assert run("export", "make", *words).code == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "specplan.coverage/1"}, "schema: is not `specplan.rebuild/1`"),
        ({"builds": [{"hash": "x; rm -rf /"}]}, "builds[0]"),
        ({"builds": 3}, "builds: must be an array"),
        ({"builds": [{"hash": H["a"], "needs": [3]}]}, "builds[0].needs[0]: must be a string"),
        (
            {"builds": [{"hash": H["a"], "needs": [], "cost": 1, "package": "\ud800"}]},
            "builds[0].package: is not text",
        ),
        ({"builds": []}, "totals.builds: is not the number of builds"),
        ({"predicted": "no"}, "predicted: must be true or false"),
        ({"gates": [{}]}, "gates[0]"),
    ],
)
def test_a_document_that_is_no_plan_is_refused_with_the_place(
    run: Runs, project: Path, change: dict[str, Any], said: str
) -> None:
    assert run("rebuild", *WORDS, "-o", "rebuild.json").code == 0
    document = json.loads((project / "rebuild.json").read_text(encoding="utf-8"))
    (project / "rebuild.json").write_text(json.dumps({**document, **change}), encoding="utf-8")
    answer = run("export", "make", "--plan=rebuild.json")
    assert (answer.code, answer.out) == (3, "")
    assert said in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--max-builds=0"], "# exact, 1 root not completed"),
        (["--exclude-broken=broken.txt"], "# exact, 2 builds left out"),
        (["--assume-available=b", "--assume-available=c"], "# exact, what if"),
    ],
)
def test_a_list_without_builds_says_what_the_plan_does_without(
    run: Runs, folder: Path, words: list[str], said: str
) -> None:
    written(folder, spack_lock=lock(["c"], needs={"c": ["b"]}), cache_json=index(["a"]))
    written(folder, broken_txt="b\n")
    asked = ("--want=spack.lock", "--cache=cache.json", *words)
    assert run("rebuild", *asked, "-o", "plan.json").code == 0
    for listed in (
        run("rebuild", *asked, "--format=list"),
        run("export", "list", *asked),
        run("export", "list", "--plan=plan.json"),
    ):
        assert listed.out == f"{said}\n"


def test_a_plan_with_assumptions_says_so_where_it_is_exported(run: Runs, folder: Path) -> None:
    written(folder, s__spack_lock=lock(["c"], needs={"c": ["b"]}), cache_json=index(["a"]))
    asked = ("--want=s/spack.lock", "--cache=cache.json", "--assume-available=b")
    assert "warning: the plan assumes" in run("export", "make", *asked, "-o", "plan.mk").err


def test_a_plan_whose_needs_go_round_in_a_circle_is_refused(run: Runs, project: Path) -> None:
    assert run("rebuild", *WORDS, "-o", "rebuild.json").code == 0
    document = json.loads((project / "rebuild.json").read_text(encoding="utf-8"))
    document["builds"][0]["needs"] = [document["builds"][-1]["hash"]]
    (project / "rebuild.json").write_text(json.dumps(document), encoding="utf-8")
    answer = run("export", "make", "--plan=rebuild.json")
    assert (answer.code, answer.out) == (2, "")
    assert "not a build of an earlier stage" in answer.err


@pytest.mark.parametrize("name", ["env", "mirror", "mirror-url", "sign", "spack"])
def test_no_setting_becomes_an_option_of_a_command_in_a_job(
    run: Runs, project: Path, name: str
) -> None:
    for value in ("--config=x", ""):
        answer = run("export", "make", *WORDS, "--no-config", f"--{name}={value}")
        assert (answer.code, answer.out) == (2, "")
        assert f"`--{name}`" in answer.err
        written(project, specplan_toml=f'[export]\n{name} = "{value}"\n')
        answer = run("export", "make", *WORDS, "--config=specplan.toml")
        assert (answer.code, answer.out) == (2, "")
        assert f"export.{name}: " in answer.err


@pytest.mark.usefixtures("project")
def test_a_password_that_jobs_would_show_is_warned_of(run: Runs) -> None:
    answer = run("export", "make", *WORDS, "--mirror-url=https://u:word@h.invalid/x", "-o", "x.mk")
    assert "warning: what is exported contains the secrets of the mirror" in answer.err
    assert "word" not in answer.err


def test_a_folder_that_looks_like_an_option_is_written_as_a_path(run: Runs, folder: Path) -> None:
    written(folder, **{"-x__spack_lock": lock(["a"]), "cache_json": index([])})
    answer = run("export", "make", "--want=-x/spack.lock", "--cache=cache.json")
    assert "specplan_env=./-x;" in answer.out


def test_an_environment_without_a_build_is_refused(run: Runs, project: Path) -> None:
    written(project, other__spack_lock=lock(["a"]))
    answer = run("export", "make", *WORDS, "--env=other")
    assert answer.code == 2
    assert "the environment `other` does not hold the build" in answer.err
    written(project, other__spack_lock=lock(ROOTS, needs=NEEDS))
    answer = run("export", "make", *WORDS, "--want=two=other/spack.lock")
    assert answer.code == 2
    assert "no environment is given for the builds" in answer.err


def test_an_environment_that_cannot_be_looked_for_is_an_input_that_cannot_be_read(
    run: Runs, project: Path
) -> None:
    os.mkfifo(project / "spack.lock")
    for folder, said in (("x" * 300, "File name too long"), (".", "not a regular file")):
        answer = run("export", "make", *WORDS, "--env", folder)
        assert (answer.code, answer.out) == (3, "")
        assert said in answer.err


def test_an_environment_that_pins_no_recipes_is_warned_of(run: Runs, project: Path) -> None:
    (project / "env/spack.yaml").write_text("spack: {specs: [f]}", encoding="utf-8")
    answer = run("export", "make", *WORDS)
    assert answer.code == 0
    assert "`env/spack.yaml` pins no commit of the recipe repository" in answer.err
    assert "defines no mirror `buildcache-destination`" in answer.err


def test_a_plan_without_builds_runs_and_builds_nothing(run: Runs, stand_in: StandIn) -> None:
    written(stand_in.folder.parent, cache_json=index([*NAMES, "there"]))
    for style in RUNNERS:
        assert exported(run, style).code == 0
        if shutil.which(RUNNERS[style][1][0]):
            done = start(stand_in, style, "")
            assert done.returncode == 0, done.stdout + done.stderr
            assert "nothing to build" in done.stdout
    work = stand_in.work()
    assert not work.built
    assert not work.of("index")


@pytest.mark.parametrize(
    "option",
    ["--want=x", "--cache=x", "--changed=a", "--costs=x", "--max-builds=1", "--fail-over-builds=1"],
)
@pytest.mark.usefixtures("project")
def test_a_plan_that_is_made_already_takes_no_option_of_its_making(run: Runs, option: str) -> None:
    assert run("rebuild", *WORDS, "-o", "rebuild.json").code == 0
    answer = run("export", "make", "--plan=rebuild.json", option)
    assert (answer.code, answer.out) == (2, "")
    assert "`--plan` is a finished plan" in answer.err


def test_a_format_of_several_files_needs_a_folder(run: Runs, project: Path) -> None:
    (project / "file").touch()
    for place in ("-", "file"):
        answer = run("export", "gitlab", *WORDS, "-o", place)
        assert (answer.code, answer.out) == (2, "")


def test_a_saved_plan_is_held_to_the_gates_of_the_configuration(
    run: Runs, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("rebuild", *WORDS, "-o", "rebuild.json").code == 0
    assert (project / "rebuild.json").exists()
    assert run("export", "list", "--plan=rebuild.json").code == 0
    # Those of coverage are not about plans.
    monkeypatch.setenv("SPECPLAN_FAIL_UNDER", "100")
    assert run("export", "list", "--plan=rebuild.json").code == 0
    monkeypatch.setenv("SPECPLAN_FAIL_OVER_BUILDS", "0")
    for words in ((), ("--quiet",)):
        answer = run("export", "list", "--plan=rebuild.json", *words)
        assert answer.code == 1
        assert "gate failed: `fail-over-builds` of `rebuild.json` is " in answer.err
    monkeypatch.setenv("SPECPLAN_FAIL_OVER_BUILDS", "100000")
    assert run("export", "list", "--plan=rebuild.json").code == 0
    monkeypatch.setenv("SPECPLAN_FAIL_IF_NOT_OPTIMAL", "true")
    answer = run("export", "make", "--plan=rebuild.json")
    assert (answer.code, answer.out) == (1, "")
    assert "`fail-if-not-optimal` cannot be evaluated, as `rebuild.json` was written" in answer.err
    # A document that was written with the gate has what it is about.
    assert run("rebuild", *WORDS, "-o", "rebuild.json").code == 0
    assert run("export", "list", "--plan=rebuild.json").code == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"predicted": false', '"predicted": true, "predicted": false', "`predicted` twice"),
        ('"schema": "specplan.rebuild/1"', '"schema": NaN', "`NaN` is not a value of JSON"),
        ('"cost": 1.0', f'"cost": {10**400}', "builds[0].cost: must be a finite number"),
        ('"cost": 1.0', '"cost": 1e999', "builds[0].cost: must be a finite number"),
        ('"cost": 1.0', '"cost": 1e308', "builds[0].cost: is not a cost: more than 1e+09"),
        ('"stage": 0', '"stage": 0.5', "builds[0].stage: must be an integer"),
        ('"version": "', '"version": "\\ud800', "builds[0].version: is not text"),
    ],
)
def test_a_plan_is_read_as_strictly_as_every_document(
    run: Runs, project: Path, old: str, new: str, said: str
) -> None:
    assert run("rebuild", *WORDS, "-o", "rebuild.json").code == 0
    text = (project / "rebuild.json").read_text(encoding="utf-8")
    at = text.index(
        old, 0 if old not in text.split('"builds": [')[-1] else text.index('"builds": [')
    )
    (project / "rebuild.json").write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    answer = run("export", "list", "--plan=rebuild.json")
    assert (answer.code, answer.out) == (3, "")
    assert said in answer.err
