"""The action for GitHub and the component for GitLab: their scripts, run as the platforms do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.small_caches import index, lock, written

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "examples" / "cache"

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HEADER, COMPONENT = yaml.safe_load_all(
    (ROOT / "templates" / "specplan.yml").read_text(encoding="utf-8")
)
(JOB,) = COMPONENT.values()

#: Names that a shell, YAML or a workflow could take for more than a name.
HOSTILE = "a b'$(touch pwned);`touch pwned`\n::error::x&&touch pwned"

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


#: The shells of images: the component takes any of them.
SHELLS = [
    pytest.param(words, marks=pytest.mark.skipif(shutil.which(words[0]) is None, reason="not here"))
    for words in (("sh",), ("dash",), ("bash",), ("busybox", "sh"), ("zsh", "--emulate", "sh"))
]

#: In place of `specplan`: says with what it was called, and that it could not read it.
ECHO = "#!/bin/sh\nprintf '<%s>\\n' \"$@\" >&2\nexit 3\n"

#: In place of `specplan`: writes an empty document.
WRITE = """#!/bin/sh
for word; do case "$word" in --output=*) echo '{}' > "${word#--output=}" ;; esac; done
"""


def path_with_specplan(folder: Path) -> str:
    """The PATH on which `specplan` is this checkout's, if the folder has no other."""
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    command = bin_folder / "specplan"
    if not command.exists():
        program = f'#!/bin/sh\nexec "{sys.executable}" -m specplan "$@"\n'
        command.write_text(program, encoding="utf-8")
    command.chmod(0o755)
    return f"{bin_folder}{os.pathsep}{os.environ['PATH']}"


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": path_with_specplan(folder),
        **more,
    }


def step(name: str) -> dict[str, Any]:
    (found,) = (each for each in ACTION["runs"]["steps"] if each["name"] == name)
    return dict(found)


def run_action(folder: Path, **inputs: str) -> tuple[int, dict[str, str], dict[str, str]]:
    """Run the script of the action as GitHub does; return code, outputs and files written."""
    asked = step("Run specplan")
    given = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    assert set(given) == set(ACTION["inputs"])
    variables = {
        name: given[re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value)[1]]  # type: ignore[index]
        for name, value in asked["env"].items()
    }
    files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    work, temp = folder / "work", folder / "temp"
    work.mkdir(exist_ok=True)
    temp.mkdir(exist_ok=True)
    ran = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", asked["run"]],  # noqa: S607
        cwd=work,
        env=environment(
            folder,
            RUNNER_TEMP=str(temp),
            GITHUB_ACTIONS="true",
            **{name: str(path) for name, path in files.items()},
            **variables,
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    outputs = files["GITHUB_OUTPUT"]
    lines = outputs.read_text(encoding="utf-8").splitlines() if outputs.exists() else []
    summary = files["GITHUB_STEP_SUMMARY"]
    assert not list(folder.rglob("pwned"))
    return (
        ran.returncode,
        dict(line.partition("=")[::2] for line in lines),
        {
            "out": ran.stdout,
            "err": ran.stderr,
            "summary": summary.read_text(encoding="utf-8") if summary.exists() else "",
        },
    )


def run_component(
    folder: Path, shell: tuple[str, ...] = ("sh",), **inputs: str
) -> tuple[int, str, Path]:
    """Run the script of the component as GitLab does; return code, log and work folder."""
    given = {name: each.get("default", "") for name, each in HEADER["spec"]["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    for name, value in given.items():
        if pattern := HEADER["spec"]["inputs"][name].get("regex"):
            assert re.search(pattern, value), (name, value)
    variables = {
        name: given[re.fullmatch(r"\$\[\[ inputs\.([a-z-]+) \]\]", each["value"])[1]]  # type: ignore[index]
        for name, each in JOB["variables"].items()
    }
    work = folder / "work"
    work.mkdir()
    ran = subprocess.run(
        [*shell, "-c", "\n".join(JOB["script"])],
        cwd=work,
        env=environment(folder, GITLAB_CI="true", CI="true", **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert not list(folder.rglob("pwned"))
    return ran.returncode, ran.stdout, work


@needs_bash
def test_the_action_writes_all_and_passes_the_exit_code_through(tmp_path: Path) -> None:
    code, outputs, files = run_action(
        tmp_path,
        cache=str(CACHE),
        fail_under="100",
        args="--no-config\n--stack=e4s\n",
        comment_id="e4s",
    )
    assert (code, outputs["code"]) == (1, "1")
    document = json.loads(Path(outputs["json"]).read_text(encoding="utf-8"))
    assert float(outputs["coverage"]) == document["totals"]["coverage"]
    assert int(outputs["gaps"]) == document["totals"]["gaps"]
    assert files["summary"].startswith("### `e4s`: ")
    assert "::error title=gate%3A fail-under::" in files["out"]
    comment = Path(outputs["comment"]).read_text(encoding="utf-8")
    assert comment.startswith("<!-- specplan:e4s -->\n")
    assert Path(outputs["page"]).read_text(encoding="utf-8").startswith("<!")


@needs_bash
def test_steps_of_one_job_disturb_each_other_in_nothing(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "specplan").write_text(WRITE, encoding="utf-8")
    _, first, _ = run_action(tmp_path, artifact="own name")
    (tmp_path / "GITHUB_OUTPUT").unlink()
    _, second, _ = run_action(tmp_path)
    paths = [each[name] for each in (first, second) for name in ("json", "page")]
    assert len(set(paths)) == len(paths)
    assert all(Path(each).stat().st_size for each in paths)
    # A page that is kept as it is has the name of its file, not the given name.
    assert [Path(each["page"]).name for each in (first, second)] == [
        "own name.html",
        "specplan.html",
    ]


@needs_bash
@pytest.mark.parametrize("name", ["../x", "-x", "a/b", ".x", "a\nb", "$(touch pwned)"])
def test_an_artifact_is_named_by_a_name(tmp_path: Path, name: str) -> None:
    code, outputs, files = run_action(tmp_path, artifact=name)
    assert (code, outputs) == (2, {})
    assert "the input artifact" in files["err"]


@needs_bash
def test_each_line_of_an_input_of_the_action_is_one_value(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "specplan").write_text(ECHO, encoding="utf-8")
    code, _, files = run_action(tmp_path, cache="a b\r\n\n*\n", want="it's\\n", args='"$x"\n -y')
    assert code == 3
    assert files["err"].splitlines()[:6] == [
        "<gaps>",
        "<--cache=a b>",
        "<--cache=*>",
        "<--want=it's\\n>",
        '<"$x">',
        "< -y>",
    ]


@needs_bash
def test_hostile_inputs_of_the_action_are_values_and_nothing_else(tmp_path: Path) -> None:
    code, outputs, files = run_action(tmp_path, cache=HOSTILE, summary="false", artifact="")
    assert code == 3
    assert outputs == {"code": "3"}
    assert not files["summary"]
    assert "a b'$(touch pwned);`touch pwned`" in files["err"]


@needs_bash
@pytest.mark.parametrize("command", ["init", "gaps; touch pwned", ""])
def test_the_action_runs_no_other_command(tmp_path: Path, command: str) -> None:
    code, outputs, files = run_action(tmp_path, command=command)
    assert (code, outputs) == (2, {})
    assert "none of gaps" in files["err"]


@needs_bash
def test_the_action_installs_a_release_or_itself(tmp_path: Path) -> None:
    """The installation itself needs the network; its words are those of a program beside it."""
    script = step("Install specplan")
    log = tmp_path / "log"
    fake = tmp_path / "bin" / "python3"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\nmkdir -p "$3/bin"\ncp "$0" "$3/bin/python"\nprintf "%s\\n" "$@" >> {log}\n',
        encoding="utf-8",
    )
    fake.chmod(0o755)

    def install(version: str) -> int:
        env = {
            "PATH": f"{fake.parent}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(tmp_path / "temp"),
            "GITHUB_PATH": str(tmp_path / "path"),
            "ACTION_PATH": "/action",
            "INPUT_VERSION": version,
        }
        words = ["bash", "-eo", "pipefail", "-c", script["run"]]
        return subprocess.run(
            words, cwd=tmp_path, env=env, check=False, capture_output=True
        ).returncode

    assert install("1.2.3") == 0
    once = log.read_text(encoding="utf-8").splitlines()
    assert "specplan==1.2.3" in once
    # A second step of the job has it already.
    assert install("1.2.3") == 0
    assert log.read_text(encoding="utf-8").splitlines() == once
    assert install("") == 0
    assert log.read_text(encoding="utf-8").splitlines()[-1] == "/action"
    for version in ("1 --index-url=x", "$(touch pwned)", "-r x"):
        assert install(version) == 2


def test_no_input_is_pasted_into_a_script() -> None:
    for each in ACTION["runs"]["steps"]:
        assert "${{" not in each.get("run", "")
    for script in (*JOB["script"], *JOB["before_script"]):
        assert "$[[" not in script
    for each in JOB["variables"].values():
        assert each["expand"] is False
    uses = [each["uses"] for each in ACTION["runs"]["steps"] if "uses" in each]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", each) for each in uses)


def test_every_input_is_used_and_every_output_is_written() -> None:
    text = json.dumps(ACTION["runs"])
    for name in ACTION["inputs"]:
        assert f"inputs.{name} " in text
    script = step("Run specplan")["run"]
    for name, each in ACTION["outputs"].items():
        assert each["value"] == f"${{{{ steps.run.outputs.{name} }}}}"
        assert f"{name}=" in script or f'"{name}"' in script
    job = json.dumps(COMPONENT)
    for name in HEADER["spec"]["inputs"]:
        assert f"inputs.{name} " in job


def test_the_component_writes_all_reports_and_passes_the_exit_code_through(tmp_path: Path) -> None:
    code, log, work = run_component(
        tmp_path,
        cache=str(CACHE),
        fail_under="100",
        args="--no-config;--stack=e4s",
        comment_id="e4s",
        command="coverage",
    )
    assert code == 1
    pattern = re.compile(JOB["coverage"].strip("/"), re.MULTILINE)
    assert pattern.findall(log) == ["99.0"]
    out = work / "specplan-out"
    names = {each.name for each in out.iterdir()}
    assert {"junit.xml", "metrics.txt", "codequality.json", "summary.md", "comment.md"} <= names
    assert "specplan.html" in names
    assert out.joinpath("metrics.txt").read_text(encoding="utf-8").endswith("# EOF\n")
    for each in ("junit", "codequality", "metrics"):
        (found,) = work.glob(JOB["artifacts"]["reports"][each])
        assert found.stat().st_size


def test_the_component_writes_the_issues_of_a_plan(tmp_path: Path) -> None:
    written(tmp_path, spack_lock=lock(["b"], needs={"b": ["a"]}), cache_json=index(["a"]))
    code, log, work = run_component(
        tmp_path,
        command="rebuild",
        cache=str(tmp_path / "cache.json"),
        want=f"{tmp_path / 'spack.lock'};zlib@9",
        args="--no-config;--system=ubuntu24.04/x86_64_v3",
    )
    assert code == 1, log
    issues = (work / JOB["artifacts"]["reports"]["codequality"]).read_text(encoding="utf-8")
    names = [each["check_name"] for each in json.loads(issues)]
    assert names == ["specplan/gate", "specplan/no_candidate"]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_part_of_an_input_of_the_component_is_one_value(
    tmp_path: Path, shell: tuple[str, ...]
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "specplan").write_text(ECHO, encoding="utf-8")
    code, log, _ = run_component(
        tmp_path,
        shell,
        cache="a b; ;*;/bin/s? ",
        want=" it's $HOME`touch pwned`;",
        baseline="$(touch pwned)",
        args="--no-config; --stack=a b ;~",
    )
    assert code == 3
    assert log.splitlines()[:9] == [
        "<gaps>",
        "<--cache=a b>",
        "<--cache=*>",
        "<--cache=/bin/s?>",
        "<--want=it's $HOME`touch pwned`>",
        "<--baseline=$(touch pwned)>",
        "<--no-config>",
        "<--stack=a b>",
        "<~>",
    ]


def test_hostile_inputs_of_the_component_are_values_and_nothing_else(tmp_path: Path) -> None:
    hostile = "a b'$(touch pwned)`touch pwned`&&touch pwned|*"
    code, log, work = run_component(tmp_path, cache=hostile)
    assert code == 3
    assert "a b'$(touch pwned)`touch pwned`&&touch pwned|*" in log
    assert not list((work / "specplan-out").iterdir())


def test_what_the_readme_shows_are_inputs_that_there_are() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text[text.index("## Use it in CI") : text.index("## Use it from scripts")]
    blocks = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    (action,) = (each for each in yaml.safe_load(blocks[0]) if "specplan" in each["uses"])
    assert set(action["with"]) <= set(ACTION["inputs"])
    (component,) = yaml.safe_load(blocks[1])["include"]
    assert set(component["inputs"]) <= set(HEADER["spec"]["inputs"])
    assert all(len(each.splitlines()) <= 5 for each in blocks)
