"""What GitLab and GitHub do with the pipelines that are exported: as much of it as is written.

Both are strict: a keyword or an expression that is not known here is an error, so that nothing is
exported that nobody has looked at. Jobs run one after the other, in an order that is drawn among
those that may start.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

__all__ = ["Ran", "run_github", "run_gitlab"]


@dataclass
class Ran:
    """What became of the jobs of a pipeline.

    Attributes:
        states: The state of each job, by name; of a file within another one behind its name.
        said: The output of each.
    """

    states: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def of(self, state: str) -> set[str]:
        """The jobs in a state."""
        return {name for name, each in self.states.items() if each == state}

    @property
    def succeeded(self) -> bool:
        """Whether no job failed."""
        return not self.of("failed")


_TOP: Final = {"workflow", "stages"}
_JOB: Final = {
    "artifacts", "before_script", "extends", "image", "interruptible", "needs", "resource_group",
    "retry", "script", "stage", "tags", "timeout", "trigger", "variables", "when",
}  # fmt: skip
_RETRY: Final = {
    "api_failure", "data_integrity_failure", "runner_system_failure", "scheduler_failure",
    "stuck_or_timeout_failure", "unknown_failure",
}  # fmt: skip


def run_gitlab(
    file: Path, work: Path, environment: dict[str, str], *, seed: int = 0, prefix: str = ""
) -> Ran:
    """Run a pipeline of GitLab.

    Args:
        file: The file.
        work: The checkout in which jobs run.
        environment: The environment of runners.
        seed: The seed for the order of jobs that may start.
        prefix: The prefix of the names of its jobs.
    """
    top = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert top["workflow"] == {"rules": [{"when": "always"}]}
    jobs = _gitlab_jobs(top)
    stages = top.get("stages", ["build", "test", "deploy"])
    ran = Ran()
    source = random.Random(seed)  # noqa: S311 - it must be repeatable
    waiting = dict(jobs)
    while waiting:
        able = [name for name, job in waiting.items() if _may_start(job, jobs, stages, ran)]
        assert able, "the jobs wait for each other"
        name = source.choice(able)
        job = waiting.pop(name)
        if not _is_wanted(job, ran):
            ran.states[name] = "skipped"
            continue
        if "trigger" in job:
            (include,) = job["trigger"]["include"]
            assert job["trigger"]["strategy"] == "depend"
            assert set(include) == {"artifact", "job"}
            assert ran.states[include["job"]] == "success"
            assert jobs[include["job"]]["artifacts"]["paths"] == [str(file.parent.name)]
            child = work / include["artifact"]
            inner = run_gitlab(child, work, environment, seed=seed, prefix=f"{name}: ")
            ran.states.update(inner.states)
            ran.said.update(inner.said)
            ran.states[name] = "success" if inner.succeeded else "failed"
            continue
        code, said = _run_script(job, work, environment)
        ran.states[name], ran.said[name] = ("failed" if code else "success"), said
    if prefix:
        return Ran(
            {prefix + name: state for name, state in ran.states.items()},
            {prefix + name: said for name, said in ran.said.items()},
        )
    return ran


def _gitlab_jobs(top: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the jobs with what they extend, after a look at every keyword."""
    entries = {name: entry for name, entry in top.items() if name not in _TOP}
    stages = top.get("stages", ["build", "test", "deploy"])
    jobs = {}
    for name, entry in entries.items():
        assert set(entry) <= _JOB, (name, entry)
        assert len(name) <= 255
        made = dict(entry)
        while "extends" in made:
            base = dict(entries[made.pop("extends")])
            variables = {**base.get("variables", {}), **made.get("variables", {})}
            made = {**base, **made, **({"variables": variables} if variables else {})}
        if name.startswith("."):
            continue
        assert "script" in made or "trigger" in made, name
        assert made.get("stage", "test") in stages, (name, made)
        assert set(made.get("retry", {}).get("when", [])) <= _RETRY
        needs = [need for need in made.get("needs", []) if "pipeline" not in need]
        made["needs_of_jobs"] = [each if isinstance(each, str) else each["job"] for each in needs]
        assert len(needs) <= 50
        for variable in made.get("variables", {}).values():
            assert isinstance(variable, str), (name, variable)
        jobs[name] = made
    for name, job in jobs.items():
        for need in job["needs_of_jobs"]:
            assert stages.index(jobs[need].get("stage", "test")) <= stages.index(
                job.get("stage", "test")
            ), (name, need)
    return jobs


def _may_start(
    job: dict[str, Any], jobs: dict[str, dict[str, Any]], stages: list[str], ran: Ran
) -> bool:
    """Whether all that a job waits for has ended: its needs, or all of the stages before."""
    if "needs" in job:
        return all(need in ran.states for need in job["needs_of_jobs"])
    stage = stages.index(job.get("stage", "test"))
    return all(
        name in ran.states
        for name, other in jobs.items()
        if stages.index(other.get("stage", "test")) < stage
    )


def _is_wanted(job: dict[str, Any], ran: Ran) -> bool:
    if job.get("when") == "always":
        return True
    if "needs" in job:
        return all(ran.states[need] == "success" for need in job["needs_of_jobs"])
    return ran.succeeded


def _run_script(job: dict[str, Any], work: Path, environment: dict[str, str]) -> tuple[int, str]:
    lines = [*job.get("before_script", []), *job["script"]]
    known = {"CI_PROJECT_DIR": str(work), **environment}
    # GitLab puts variables into variables, where `$$` is a dollar.
    variables = {
        name: re.sub(r"\$(\$|\w+)", lambda m: "$" if m[1] == "$" else known.get(m[1], ""), value)
        for name, value in job.get("variables", {}).items()
    }
    return _bash("set -eo pipefail\n" + "\n".join(lines), work, {**environment, **variables})


def _bash(script: str, work: Path, environment: dict[str, str]) -> tuple[int, str]:
    answer = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout


_GITHUB_JOB: Final = {
    "concurrency", "container", "if", "name", "needs", "outputs", "runs-on", "steps", "strategy",
    "timeout-minutes",
}  # fmt: skip


def run_github(
    file: Path, artifact: Path, work: Path, environment: dict[str, str], setup: str = ""
) -> Ran:
    """Run a reusable workflow of GitHub, with an artifact.

    Args:
        file: The workflow.
        artifact: The folder that was uploaded.
        work: The checkout; each job gets one of its own beside it, that shares all.
        environment: The environment of runners.
        setup: The input of that name.
    """
    workflow = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert len(file.read_bytes()) <= 500_000
    assert "workflow_call" in workflow[True]
    contexts: dict[str, Any] = {
        "inputs": {"artifact": "specplan-pipeline", "setup": setup},
        "secrets": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
        "needs": {},
    }
    ran = Ran()
    for name, job in workflow["jobs"].items():
        assert set(job) <= _GITHUB_JOB, (name, job)
        needs = job.get("needs", [])
        needs = [needs] if isinstance(needs, str) else needs
        assert set(needs) <= set(contexts["needs"]), "jobs are written after what they need"
        condition = str(job.get("if", "true"))
        # Without a function of the status, all needs must have succeeded.
        is_wanted = "cancelled()" in condition or all(
            contexts["needs"][need]["result"] == "success" for need in needs
        )
        if not is_wanted or (condition != "true" and not _value(condition, contexts)):
            contexts["needs"][name] = {"result": "skipped", "outputs": {}}
            ran.states[name] = "skipped"
            continue
        entries: list[dict[str, Any]] = [{}]
        if "strategy" in job:
            assert job["strategy"]["fail-fast"] is False
            entries = _value(job["strategy"]["matrix"]["include"], contexts)
            assert 0 < len(entries) <= 256
        result = "success"
        outputs: dict[str, Any] = {}
        for at, entry in enumerate(entries):
            inner = {**contexts, "matrix": entry, "env": workflow["env"]}
            label = f"{name}[{at}]" if entry else name
            assert isinstance(_filled(job.get("timeout-minutes", 1), inner), int)
            assert _filled(job["runs-on"], inner)
            code, said, outputs = _run_steps(job, inner, artifact, work, environment)
            ran.states[label], ran.said[label] = ("failed" if code else "success"), said
            if code:
                result = "failure"
        contexts["needs"][name] = {"result": result, "outputs": outputs}
    return ran


def _run_steps(
    job: dict[str, Any],
    contexts: dict[str, Any],
    artifact: Path,
    work: Path,
    environment: dict[str, str],
) -> tuple[int, str, dict[str, Any]]:
    said = ""
    output, summary = work / "github-output", work / "github-summary"
    output.write_text("", encoding="utf-8")
    steps: dict[str, Any] = {}
    for step in job["steps"]:
        if "uses" in step:
            if "download-artifact" in step["uses"]:
                name = _filled(step["with"]["name"], contexts)
                assert name == "specplan-pipeline"
                place = work / step["with"]["path"]
                if place != artifact:
                    shutil.rmtree(place, ignore_errors=True)
                    shutil.copytree(artifact, place)
            continue
        assert "${{" not in step["run"], "what is put into a script may be what it should not"
        given = {**contexts["env"], **step.get("env", {})}
        variables = {name: str(_filled(value, contexts)) for name, value in given.items()}
        more = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
        script = "set -eo pipefail\n" + step["run"]
        code, text = _bash(script, work, {**environment, **variables, **more})
        said += text
        if code:
            return code, said, {}
        lines = output.read_text(encoding="utf-8").splitlines()
        steps[step.get("id", "")] = {"outputs": dict(line.split("=", 1) for line in lines)}
    inner = {**contexts, "steps": steps}
    outputs = {name: _filled(value, inner) for name, value in job.get("outputs", {}).items()}
    assert 2 * sum(len(str(each)) for each in outputs.values()) <= 1_000_000
    return 0, said, outputs


def _filled(value: object, contexts: dict[str, Any]) -> object:
    """Return a value with its expressions computed."""
    if not isinstance(value, str):
        return value
    whole = re.fullmatch(r"\$\{\{(.*)\}\}", value)
    if whole and "${{" not in whole[1]:
        return _value(value, contexts)
    return re.sub(r"\$\{\{.*?\}\}", lambda m: str(_value(m[0], contexts)), value)


def _value(expression: str, contexts: dict[str, Any]) -> Any:  # noqa: PLR0911 - a kind each
    """Compute an expression: paths, texts, numbers, `fromJSON`, `&&`, `==`, `>`, `!cancelled()`."""
    inside = expression.strip()
    inside = inside.removeprefix("${{").removesuffix("}}").strip()
    if "&&" in inside:
        return all(_value(each, contexts) for each in inside.split("&&"))
    if inside == "!cancelled()":
        return True
    for sign in ("==", ">"):
        left, found, right = inside.partition(f" {sign} ")
        if found:
            one, other = _value(left, contexts), _value(right, contexts)
            return one == other if sign == "==" else one > other
    if re.fullmatch(r"\d+", inside):
        return int(inside)
    if re.fullmatch(r"'[^']*'", inside):
        return inside[1:-1]
    called = re.fullmatch(r"fromJSON\((.*)\)((?:\[\d+\])?(?:\.\w+)?)", inside)
    if called:
        value = json.loads(_value(called[1], contexts))
        for index, name in re.findall(r"\[(\d+)\]|\.(\w+)", called[2]):
            value = value[int(index)] if index else value[name]
        return value
    value = contexts
    for part in inside.split("."):
        assert re.fullmatch(r"\w+", part), f"not known: {expression}"
        value = value.get(part, "")
    return value
