"""The project's own files agree with each other: versions, commands, licences, CI."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

import specplan

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def read_toml(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = tomllib.loads(read(path))
    return loaded


@pytest.fixture(scope="module")
def cargo() -> dict[str, Any]:
    return read_toml("Cargo.toml")


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return read_toml("pyproject.toml")


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    loaded = yaml.safe_load(read(".github/workflows/ci.yml"))
    assert isinstance(loaded, dict)
    return loaded


def commands_of_readme() -> list[str]:
    """Every line of README's shell blocks, without a prompt."""
    block = r"^```(?:sh|bash|shell|console)\n(.*?)^```"
    blocks = re.findall(block, read("README.md"), re.MULTILINE | re.DOTALL)
    return [line.removeprefix("$ ").strip() for block in blocks for line in block.splitlines()]


def targets_of_makefile() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):.*## ", read("Makefile"), re.MULTILINE))


def locked(part: str) -> list[Requirement]:
    """The requirements of one part of the lock; each is one version of one package."""
    lines = read(f"requirements/{part}.txt").splitlines()
    return [
        Requirement(line.removesuffix("\\"))
        for line in lines
        if line and not line.startswith(("#", " "))
    ]


def first_lines_of_docstrings(path: Path) -> Iterator[str]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        docstring = ast.get_docstring(node) if isinstance(node, documented) else None
        if docstring:
            yield docstring.splitlines()[0]


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_python_reports_the_version_of_cargo(cargo: dict[str, Any]) -> None:
    assert specplan.__version__ == cargo["workspace"]["package"]["version"]


def test_every_crate_has_the_version_of_the_workspace(cargo: dict[str, Any]) -> None:
    version = cargo["workspace"]["package"]["version"]
    for member in cargo["workspace"]["members"]:
        package = read_toml(f"{member}/Cargo.toml")["package"]
        assert package["version"] == {"workspace": True}
    for name, dependency in cargo["workspace"]["dependencies"].items():
        if name.startswith("specplan-"):
            assert dependency["version"] == version


def test_the_tests_run_against_the_installed_wheel() -> None:
    assert not Path(specplan.__file__).is_relative_to(ROOT / "python")


def test_both_licences_are_there_and_named(
    cargo: dict[str, Any], pyproject: dict[str, Any]
) -> None:
    assert cargo["workspace"]["package"]["license"] == pyproject["project"]["license"]
    assert pyproject["project"]["license"] == "MIT OR Apache-2.0"
    (pattern,) = pyproject["project"]["license-files"]
    ours = {path.name for path in ROOT.glob(pattern)} - {"LICENSE-THIRD-PARTY.txt"}
    assert ours == {"LICENSE-APACHE", "LICENSE-MIT"}
    for name in ours:
        assert "the specplan developers" in read(name)
    assert "Permission is hereby granted, free of charge" in read("LICENSE-MIT")
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in read("LICENSE-APACHE")


def test_docstrings_begin_with_a_statement_and_not_with_a_question_word() -> None:
    headless = re.compile(
        r"(?:What|How|Whether|Why|Where|Which|Those|Return (?:what|which|where|why|those)) "
    )
    package = ROOT / "python/specplan"
    texts = (
        f"{path.relative_to(package)}: {first_line}"
        for path in sorted({*package.rglob("*.py"), *package.rglob("*.pyi")})
        for first_line in first_lines_of_docstrings(path)
    )
    assert [text for text in texts if headless.match(text.partition(": ")[2])] == []


def test_fields_arguments_and_constants_are_described_with_a_noun() -> None:
    headless = re.compile(
        r" +\*{0,2}\w+: (?:What|Where|Which|Why|How|Who|Whose) "
        r"| *#: (?:What|Where|Whether|Which|Why|How|Who|Whose) "
        r"| *# (?:What|Whether|Who|Whoever) "
    )
    files = [
        *ROOT.glob("python/specplan/**/*.py*"),
        *ROOT.glob("benches/*.py"),
        *ROOT.glob("tools/*.py"),
    ]
    assert [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted(path for path in files if path.suffix in {".py", ".pyi"})
        for line in path.read_text(encoding="utf-8").splitlines()
        if headless.match(line)
    ] == []


def test_the_gate_runs_the_test_command_of_the_readme_last() -> None:
    gate = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")]
    assert gate[-1] == "make test"
    assert "make test" in commands_of_readme()


def test_the_gate_is_strict_and_may_be_executed() -> None:
    assert "set -euo pipefail" in read(".ci/run")
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_every_make_command_in_readme_and_contributing_exists() -> None:
    named = set(re.findall(r"^(?: {4})?make ([a-z-]+)$", read("CONTRIBUTING.md"), re.MULTILINE))
    named |= set(re.findall(r"`make ([a-z-]+)`", read("CONTRIBUTING.md") + read("README.md")))
    assert named
    assert named <= targets_of_makefile()


def test_make_help_lists_every_target_with_its_text() -> None:
    make = shutil.which("make")
    assert make is not None
    answer = subprocess.run(
        [make, "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [line.split(maxsplit=1) for line in answer.stdout.splitlines()]
    assert {line[0] for line in lines} == targets_of_makefile()
    assert all(len(line) == 2 for line in lines)
    assert {
        "demo",
        "lock",
        "test-newest",
        "fuzz",
        "fuzz-coverage",
        "build",
        "format",
        "lint",
        "types",
        "test",
        "properties",
        "bench",
        "all",
    } <= {line[0] for line in lines}


def test_all_is_what_the_gate_runs() -> None:
    (prerequisites,) = re.findall(r"^all: (.*) ##", read("Makefile"), re.MULTILINE)
    gate = re.findall(r"^make (.*)$", read(".ci/run"), re.MULTILINE)
    assert " ".join(gate) == prerequisites


def test_the_workflow_parses_and_starts_on_pushes_and_pull_requests(
    workflow: dict[str, Any],
) -> None:
    # YAML 1.1 reads the key `on` as true.
    triggers: Any = workflow[True]  # type: ignore[index]
    assert {"push", "pull_request"} <= set(triggers)
    assert {"lint", "test", "wheels", "sdist"} <= set(workflow["jobs"])


def test_the_workflow_may_only_read(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in workflow["jobs"].values())
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


def test_the_workflow_runs_what_the_gate_runs(workflow: dict[str, Any]) -> None:
    ran = {step["run"] for step in steps(workflow) if "run" in step}
    assert {"make lint types docs", "make test"} <= ran


def test_the_workflow_tests_the_oldest_python_that_is_promised(
    workflow: dict[str, Any], pyproject: dict[str, Any]
) -> None:
    oldest = pyproject["project"]["requires-python"].removeprefix(">=")
    assert oldest in workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert pyproject["tool"]["mypy"]["python_version"] == oldest


def test_every_needed_job_exists(workflow: dict[str, Any]) -> None:
    jobs = workflow["jobs"]
    for job in jobs.values():
        needs = job.get("needs", [])
        assert set([needs] if isinstance(needs, str) else needs) <= set(jobs)


PARTS = ("run", "build", "test", "lint", "bench", "test-s3", "test-engines")

#: Every Python that is supported, on what the gate and the workflow run on.
MACHINES = [
    {
        "python_version": f"3.{minor}",
        "python_full_version": f"3.{minor}.0",
        "sys_platform": platform,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    for minor in range(10, 15)
    for platform in ("linux", "darwin")
]


def test_the_lock_names_hashes_and_no_place_to_fetch_from() -> None:
    for part in PARTS:
        text = read(f"requirements/{part}.txt")
        assert "://" not in text
        assert not re.search(r"^ *--(?!hash=sha256:[0-9a-f]{64})", text, re.MULTILINE)
        blocks = re.split(r"^(?=[^ #])", text, flags=re.MULTILINE)[1:]
        assert all("--hash=sha256:" in block for block in blocks), part


def test_the_lock_has_one_version_of_each_package_on_every_python() -> None:
    everything = [requirement for part in PARTS for requirement in locked(part)]
    for machine in MACHINES:
        chosen: dict[str, str] = {}
        for requirement in everything:
            if requirement.marker is None or requirement.marker.evaluate(machine):
                version = str(requirement.specifier)
                assert version.startswith("==")
                assert chosen.setdefault(requirement.name.lower(), version) == version


def test_the_lock_is_within_the_ranges_that_the_wheel_promises(pyproject: dict[str, Any]) -> None:
    project = pyproject["project"]
    named = {"run": project["dependencies"], "build": pyproject["dependency-groups"]["build"]}
    extras = project["optional-dependencies"]
    named |= {part: extras[part] for part in PARTS if part not in named}
    for part, texts in named.items():
        available = locked(part) + (locked("run") if part != "build" else [])
        for text in texts:
            wanted = Requirement(text)
            for machine in MACHINES:
                if wanted.marker is not None and not wanted.marker.evaluate(machine):
                    continue
                versions = [
                    str(one.specifier).removeprefix("==")
                    for one in available
                    if one.name.lower() == wanted.name.lower()
                    and (one.marker is None or one.marker.evaluate(machine))
                ]
                assert versions, f"{part}: {text}: run `make lock`"
                assert all(Version(one) in wanted.specifier for one in versions), text


def test_the_lock_builds_with_what_pip_would_build_with(pyproject: dict[str, Any]) -> None:
    assert pyproject["dependency-groups"]["build"] == pyproject["build-system"]["requires"]


def test_the_newest_dependencies_are_tested_every_week(workflow: dict[str, Any]) -> None:
    triggers: Any = workflow[True]  # type: ignore[index]
    assert "schedule" in triggers
    job = workflow["jobs"]["newest"]
    assert "schedule" in job["if"]
    assert {"run": "make test-newest"} in job["steps"]
