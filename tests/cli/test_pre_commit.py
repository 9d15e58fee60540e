"""The hooks of the repository do what they say, on changes that git knows."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.recipe_repositories import GREETING, Checkout

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "examples" / "locks" / "radiuss" / "spack.lock"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the hooks are lines of a shell")


def hook(name: str) -> dict[str, Any]:
    found = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (only,) = (each for each in found if each["id"] == name)
    assert isinstance(only, dict)
    return only


def run(folder: Path, tool: Path, name: str, *files: str) -> subprocess.CompletedProcess[str]:
    """Run a hook as pre-commit does: its entry as words of a shell, then the files."""
    return subprocess.run(
        [*shlex.split(hook(name)["entry"]), *files],
        cwd=folder,
        env={**os.environ, "PATH": os.pathsep.join([str(tool), os.environ["PATH"]])},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    """A folder with the program in it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "specplan").write_text(
        f"#!{sys.executable}\nimport sys\nfrom specplan.cli import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    (folder / "specplan").chmod(0o755)
    return folder


def git(folder: Path, *words: str) -> None:
    program = shutil.which("git")
    assert program is not None
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]
    subprocess.run([program, *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("folder", ["stacks", "a b; touch x", "$(touch x)"])
def test_a_change_of_a_lock_is_shown(tmp_path: Path, tool: Path, folder: str) -> None:
    work = tmp_path / "work"
    lock = work / folder / "spack.lock"
    lock.parent.mkdir(parents=True)
    content = json.loads(LOCK.read_text(encoding="utf-8"))
    whole = dict(content, roots=content["roots"][:1])
    lock.write_text(json.dumps(whole), encoding="utf-8")
    git(work, "init", "--quiet")
    git(work, "add", ".")
    git(work, "commit", "--quiet", "--message", "lock")
    lock.write_text(json.dumps(content), encoding="utf-8")
    answer = run(work, tool, "specplan-lock-diff", f"{folder}/spack.lock")
    assert answer.returncode == 0, answer.stderr
    assert "kept" in answer.stdout
    assert {each.name for each in work.iterdir()} == {".git", folder}


def test_a_new_lock_has_nothing_to_be_compared_with(tmp_path: Path, tool: Path) -> None:
    git(tmp_path, "init", "--quiet")
    shutil.copy(LOCK, tmp_path / "spack.lock")
    answer = run(tmp_path, tool, "specplan-lock-diff", "spack.lock")
    assert (answer.returncode, answer.stdout) == (0, "")


def test_a_change_of_a_recipe_is_judged(tmp_path: Path, tool: Path) -> None:
    checkout = Checkout(tmp_path / "recipes")
    checkout.recipe("greeting", GREETING)
    checkout.commit()
    checkout.recipe("greeting", GREETING.replace('make("install")', 'make("all")'))
    answer = run(checkout.top, tool, "specplan-recipes")
    assert answer.returncode == 0, answer.stderr
    assert "greeting" in answer.stdout


def test_the_page_shows_the_hooks_with_the_installed_program_as_building_one_needs_rust() -> None:
    page = (ROOT / "docs" / "shell.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```text\n(repos:\n.*?)```", page, re.DOTALL)
    hooks = yaml.safe_load(shown)["repos"][0]["hooks"]
    assert all(hook(each["id"]) for each in hooks)
    assert {each["language"] for each in hooks} == {"system"}
