"""Exports of plans: what jobs get, what text may do, and that templates are shut in."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from specplan.config.export import CellResources, Resources, Size
from specplan.errors import DamagedSourceError, UsageError
from specplan.model import Build
from specplan.pipelines.export import limited, slurm
from specplan.pipelines.export.environment import External
from specplan.pipelines.export.formats import files_of
from specplan.pipelines.export.local import drawing, on_one_machine
from specplan.pipelines.export.plan import ExportPlan, builds_of
from specplan.pipelines.export.render import one_line, steps
from specplan.pipelines.export.request import ExportRequest, jobs_of
from specplan.pipelines.export.resources import ResourceTable, read_sizes
from tests.mirrors import dag_hash
from tests.pipeline_interpreters import run_github, run_gitlab

#: Special characters of a shell, make, ninja, YAML, drawings, or expressions of GitHub.
HOSTILE = [
    "x'; touch owned; '",
    'x"; touch owned; "',
    "$(touch owned)",
    "`touch owned`",
    "${IFS}touch${IFS}owned",
    "$(shell touch owned)",
    "x\ny: !!python/object/apply:os.system [touch owned]\n\ttouch owned",
    "${{ github.token }}",
    "a | touch owned & touch owned > owned",
    "-rf",
    "%{x}#@\\'\\\"",
    '"]; click b0 "javascript:alert(1)"',
    "endef",
    "\u2028touch owned\r\n::set-output::",
]


#: Those of which settings are made, as one format and one setting takes a process.
SETTINGS = [HOSTILE[at] for at in (0, 2, 5, 7, 10)]


def build(name: str, *needs: str, version: str = "1.0", **more: Any) -> Build:
    values: dict[str, Any] = {
        "hash": dag_hash(name),
        "package": name,
        "version": version,
        "platform": "linux",
        "os": "ubuntu24.04",
        "target": "x86_64_v3",
        "stacks": ("e4s",),
        "stage": 1 if needs else 0,
        "needs": [dag_hash(each) for each in needs],
        "cost": 1.0,
        "estimated": False,
        "cause": "missing",
        "because": [],
    }
    return Build(**{**values, **more})


def plan(*builds: Build, unit: Any = "builds") -> ExportPlan:
    return ExportPlan(
        predicted=False,
        is_what_if=False,
        excluded_builds=0,
        open_roots=0,
        unit=unit,
        listed=(),
        builds=builds_of(builds),
        wants=(),
        publish=(),
        unplannable=(),
        left_out=(),
        gates=(),
    )


def request(
    planned: ExportPlan,
    *,
    env: str = "stacks/e4s",
    resources: Resources | None = None,
    **more: Any,
) -> ExportRequest:
    given = () if resources is None else (CellResources(gives=resources),)
    table = ResourceTable(given, (), {}, planned.unit == "seconds")
    jobs, profiles, cells = jobs_of(planned, env, None, table, {})
    values: dict[str, Any] = {"plan": planned, "jobs": jobs, "profiles": profiles, "cells": cells}
    return ExportRequest(**{**values, **more})


@pytest.mark.parametrize("text", SETTINGS)
@pytest.mark.parametrize("style", ["make", "ninja", "shell"])
def test_no_name_out_of_a_source_and_no_setting_does_anything(
    tmp_path: Path, text: str, style: str
) -> None:
    if style == "ninja" and shutil.which("ninja") is None:
        pytest.skip("ninja is not installed")
    hostile = plan(*(build(each, version=each, target=each, os=text) for each in HOSTILE))
    line = "".join(each if each.isprintable() else "_" for each in text)
    asked = request(
        hostile, env=line, mirror=line, mirror_url="", sign=line, spack=line, is_pinned=False
    )
    words = {"make": ["make", "-f"], "ninja": ["ninja", "-f"], "shell": ["sh"]}[style]
    (tmp_path / "file").write_text(on_one_machine(style, asked), encoding="utf-8")
    answer = subprocess.run(
        [*words, "file"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "SPACK": "/bin/false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "preflight:" in answer.stdout, answer.stdout + answer.stderr
    assert answer.returncode != 0
    assert not list(tmp_path.rglob("owned"))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_has_a_strange_name_is_asked_for_by_its_hash_and_drawn_in_plain_letters(
    text: str,
) -> None:
    (made,) = builds_of([build(text)])
    if text != "endef":
        assert made.asked == dag_hash(text)
    for style in ("dot", "mermaid"):
        drawn = drawing(style, request(plan(build(text, version=text))))
        label = f"{made.package}@{made.package} /{made.hash[:7]}"
        assert drawn.count(label) == 1
        assert set(label) <= set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.+=:~@/-"
        )


@pytest.mark.parametrize("text", ["x" * 33, "x; rm", "", "UPPERCASE"])
def test_an_invalid_hash_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a DAG hash"):
        builds_of([build("a", hash=text)])


def test_scripts_are_what_a_shell_takes_as_lines_and_as_one_line() -> None:
    script = steps(request(plan(build("a"), build("b", "a")), sign="0123ABCD"))
    for text in (script, one_line(script)):
        answer = subprocess.run(
            ["/bin/sh", "-n"], input=text, capture_output=True, text=True, check=False
        )
        assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_scripts_have_no_fault_that_shellcheck_knows() -> None:
    text = on_one_machine("shell", request(plan(build("a"), build("b", "a"))))
    words = ["shellcheck", "--severity=warning", "--exclude=SC2120", "-"]
    answer = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    assert answer.stdout == ""


def test_signing_says_so_in_both_commands() -> None:
    planned = plan(build("a"))
    unsigned = on_one_machine("shell", request(planned))
    assert "--no-check-signature" in unsigned
    assert "buildcache push --unsigned --only=package" in unsigned
    assert "buildcache keys" not in unsigned
    by_mirror = on_one_machine("shell", request(planned, sign="mirror"))
    assert "--no-check-signature" not in by_mirror
    assert "buildcache push --only=package" in by_mirror
    assert "buildcache keys --install --trust" in by_mirror
    by_key = on_one_machine("shell", request(planned, sign="0123ABCD"))
    assert "buildcache push --key 0123ABCD --only=package" in by_key


def test_the_first_cell_and_the_first_size_that_fit_count() -> None:
    cells = [
        CellResources(target=("neoverse_*",), gives=Resources(partition="arm", jobs=4)),
        CellResources(
            stack=("e4s*",), package=("llvm",), gives=Resources(partition="big", memory="64G")
        ),
        CellResources(gives=Resources(partition="any", variables={"A": "1", "B": "1"})),
    ]
    sizes = [
        Size(package=("llvm", "rust"), gives=Resources(jobs=32, variables={"A": "2"})),
        Size(cost=3600, gives=Resources(timeout=7200)),
    ]
    table = ResourceTable(cells, sizes, {"zlib": Resources(memory="1G")}, has_seconds=True)
    llvm, rust, slow, zlib, arm = builds_of(
        [
            build("llvm", cost=9999.0),
            build("rust"),
            build("slow", cost=3600.0),
            build("zlib"),
            build("arm", target="neoverse_v2"),
        ]
    )
    assert table.of(llvm) == Resources(partition="big", memory="64G", jobs=32, variables={"A": "2"})
    assert table.of(rust) == Resources(partition="any", jobs=32, variables={"A": "2", "B": "1"})
    assert table.of(slow).timeout == 7200
    assert table.of(zlib).memory == "1G"
    assert table.of(arm) == Resources(partition="arm", jobs=4)


def test_profiles_distinguish_environments_and_processes() -> None:
    cells = [
        CellResources(stack=("hep",), gives=Resources(env="hep")),
        CellResources(gives=Resources(jobs=3)),
    ]
    table = ResourceTable(cells, (), {}, has_seconds=False)
    planned = plan(build("a"), build("b", stacks=("hep",)))
    jobs, profiles, found = jobs_of(planned, "env", 8, table, {})
    assert [(each.env, each.jobs) for each in profiles] == [
        ("env", "8"),
        ("env", "3"),
        ("hep", "8"),
    ]
    assert [job.profile for job in jobs] == [1, 2]
    assert [(cell.env, cell.profile) for cell in found] == [("env", 1), ("hep", 2)]


def test_builds_of_two_systems_do_not_go_to_one_machine() -> None:
    planned = plan(build("a"), build("b", os="rhel9"))
    with pytest.raises(UsageError, match="2 operating systems: rhel9, ubuntu24"):
        on_one_machine("make", request(planned))


@pytest.mark.parametrize("style", ["make", "ninja"])
def test_steps_that_are_longer_than_a_command_may_be_are_refused(style: str) -> None:
    asked = request(plan(build("a")))
    found = [External("ubuntu24.04", f"/opt/{at:0100}'", is_program=False) for at in range(900)]
    asked = replace(asked, cells=[replace(asked.cells[0], externals=found)])
    with pytest.raises(UsageError, match="so many externals"):
        files_of(style, asked)
    assert files_of("shell", asked)


def test_github_gets_no_builds_for_which_a_job_or_a_run_has_no_time() -> None:
    hour = 3600.0
    long = plan(build("llvm", cost=7 * hour), unit="seconds")
    with pytest.raises(UsageError, match="`llvm` for 7 hours"):
        files_of("github", request(long))
    builds = (build("a", cost=4 * hour), build("b", cost=4 * hour))
    packed = request(plan(*builds, unit="seconds"), max_jobs=1)
    with pytest.raises(UsageError, match="`a` and 1 other for 8 hours"):
        files_of("github", packed)
    ours = request(long, resources=Resources(runs_on=("self-hosted", "ubuntu-24.04")))
    assert files_of("github", ours)
    month = plan(build("a", cost=900 * hour), unit="seconds")
    with pytest.raises(UsageError, match="at least 38 days"):
        files_of("github", request(month, resources=Resources(runs_on=("big",))))
    # Without times, nothing is known.
    assert files_of("github", request(plan(build("a", cost=900 * hour))))


def test_slurm_names_no_more_jobs_at_once_than_a_word_has_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert slurm._MOST_JOBS * len(":12345678") < 128 * 1024  # noqa: SLF001 - the bound itself
    monkeypatch.setattr(slurm, "_MOST_JOBS", 4)
    texts = []
    for number in (2, 3):
        asked = request(plan(*(build(f"b{at}") for at in range(number))), max_submit=1_000_000)
        texts += [text for _, text in files_of("slurm", asked)]
    assert "\nspecplan_build 0" in texts[0]
    assert "\nspecplan_array 0 0 0 2" in texts[1]


def test_sizes_are_read_from_a_table(tmp_path: Path) -> None:
    path = tmp_path / "sizes.csv"
    path.write_text("package,cpu,memory,timeout\nllvm,32,64G,6h\nzlib,,,90m\n", encoding="utf-8")
    assert read_sizes(str(path)) == {
        "llvm": Resources(cpus=32, memory="64G", timeout=21600),
        "zlib": Resources(timeout=5400),
    }


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("name,cpu\n", 1, "does not name the columns"),
        ("package,colour\nllvm,red\n", 1, "does not name the columns"),
        ("package,cpu\nllvm,many\n", 2, "`many` is not a number"),
        (f"package,cpu\nllvm,{'9' * 5000}\n", 2, f"`{'9' * 64}` is not a number"),
        ("package,memory\nllvm,$(id)\n", 2, "not an amount of memory"),
        ("package,timeout\nllvm,soon\n", 2, "not a time"),
        ("package,cpu\nllvm\n", 2, "1 value for 2 columns"),
        ('package,cpu\nllvm,"3\n', 2, "unexpected end of data"),
        ("package,cpu\nllvm,3\nllvm,3\nllvm,4\n", 4, "has other sizes in an earlier line"),
        ("package,cpu,cpu\nllvm,3,4\n", 1, "does not name the columns"),
        ("", 1, "does not name the columns"),
    ],
)
def test_a_table_of_sizes_that_is_wrong_names_the_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    path = tmp_path / "sizes.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DamagedSourceError) as caught:
        read_sizes(str(path))
    assert caught.value.line == line
    assert said in caught.value.fault


def test_a_template_takes_the_place_of_that_of_the_format(tmp_path: Path) -> None:
    path = tmp_path / "own.j2"
    path.write_text("{% for build in builds %}{{ build.asked | sh }}\n{% endfor %}", "utf-8")
    asked = request(plan(build("a"), build("b", "a")), template=str(path))
    expected = f"a@1.0/{dag_hash('a')}\nb@1.0/{dag_hash('b')}\n"
    assert on_one_machine("make", asked) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{{ ''.__class__.__mro__ }}", 1),
        ("{{ builds.append(1) }}", 1),
        ("{% include '/etc/passwd' %}", 1),
        ("a\n{{ nothing }}", 2),
        ("a\n{% for %}", 2),
        ("{{ 1 / 0 }}", 1),
        ("{{ builds[0].gives.over(3) }}", 1),
        ("{{ 'x' * 10**18 }}", 1),
        ("\n{{ 'x' | center(10**12) }}", 2),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", 1),
    ],
)
def test_a_template_is_shut_in_and_its_faults_are_named(
    tmp_path: Path, text: str, line: int
) -> None:
    path = tmp_path / "own.j2"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DamagedSourceError) as caught:
        on_one_machine("make", request(plan(build("a")), template=str(path)))
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% for a in many %}{% for b in many %}{% endfor %}{% endfor %}", "CPU time"),
        ("{{ 9 ** (9 ** 9) }}", "CPU time"),
        ("{% for a in many %}{% for b in many %}{{ 'x' * 9999 }}{% endfor %}{% endfor %}", "write"),
        (
            "{% set x = namespace(y='x') %}{% for a in many %}{% set x.y = x.y * 9 %}{% endfor %}",
            "",
        ),
    ],
)
def test_no_template_takes_more_than_its_limits(
    tmp_path: Path, text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited, "_SECONDS", 1)
    path = tmp_path / "own.j2"
    path.write_text("{% set many = range(99999) %}" + text, encoding="utf-8")
    with pytest.raises(DamagedSourceError, match=f"{said}|memory"):
        on_one_machine("make", request(plan(build("a")), template=str(path)))


def test_the_documentation_names_what_builds_have_in_templates() -> None:
    page = (Path(__file__).parents[2] / "docs/pipelines.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith("| `builds` |"))
    job = request(plan(build("a"))).jobs[0]
    assert [each for each in re.findall(r"`(\w+)`", row)[1:] if not hasattr(job, each)] == []


@pytest.mark.parametrize("text", SETTINGS)
@pytest.mark.parametrize("style", ["gitlab", "github", "slurm"])
def test_no_name_and_no_setting_does_anything_on_a_runner(
    tmp_path: Path, text: str, style: str
) -> None:
    hostile = plan(
        *(build(each, version=each, os=text, target=text, stacks=(each,)) for each in HOSTILE),
        build("b", *HOSTILE, version=text, os=text, target=text),
    )
    line = "".join(each if each.isprintable() else "_" for each in text)
    gives = Resources(partition=line, variables={"A": line})
    table = ResourceTable((CellResources(gives=gives),), (), {}, has_seconds=False)
    jobs, profiles, cells = jobs_of(hostile, line, None, table, {})
    asked = ExportRequest(
        plan=hostile,
        jobs=jobs,
        profiles=profiles,
        cells=cells,
        is_pinned=False,
        mirror=line,
        mirror_url="",
        sign=line,
        spack=line,
        folder="pipeline",
    )
    folder = tmp_path / "pipeline"
    folder.mkdir()
    for name, content in files_of(style, asked):
        (folder / (name or "submit.sh")).write_text(content, encoding="utf-8")
    environment = {
        "PATH": "/usr/bin:/bin",
        "SPACK": "/bin/false",
        "SLURM_CONF": "/dev/null",
        "SPECPLAN_RETRY_DELAY": "0",
    }
    if style == "gitlab":
        said = run_gitlab(folder / "pipeline.yml", tmp_path, environment).said["preflight-0"]
    elif style == "github":
        ran = run_github(folder / "workflow.yml", folder, tmp_path, environment)
        said = ran.said["preflight[0]"]
        group = yaml.safe_load((folder / "workflow.yml").read_text("utf-8"))["jobs"]["summary"]
        assert group["concurrency"]["group"].replace("${{ '${{' }}", "${{") == f"specplan-{line}"
        assert re.sub(r"\$\{\{ '\$\{\{' \}\}", "", group["concurrency"]["group"]).count("${{") == 0
    else:
        words = ["/bin/bash", "pipeline/submit.sh"]
        done = subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        (job,) = tmp_path.glob(".specplan/*/job.sh")
        answer = subprocess.run(
            ["/bin/sh", job, "preflight", "0"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said = answer.stdout
    assert "preflight:" in said, said
    assert not list(tmp_path.rglob("owned"))
