"""What a machine lacks is named, with the command that installs it, before anything is built."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
PREFLIGHT = ROOT / "tools" / "preflight"

#: The programs of the script itself, which every system has.
BASICS = ("sh", "sed", "dirname", "mktemp", "rm", "uname")

PYTHON = """case "$*" in
--version) echo Python 3.12.1 ;;
*version_info*) exit 0 ;;
*ensurepip*) exit 0 ;;
esac
"""
OLD_PYTHON = """case "$*" in
--version) echo Python 3.9.2 ;;
*) exit 1 ;;
esac
"""
PYTHON_WITHOUT_VENV = """case "$*" in
*ensurepip*) exit 1 ;;
esac
"""

#: A machine where nothing is missing: commands, and what each does.
COMPLETE = {
    "python3": PYTHON,
    "cargo": "exit 0\n",
    "rustc": "echo 'rustc 1.99.0 (abc 2027-01-01)'\n",
    "cc": "exit 0\n",
    "curl": "exit 0\n",
    "id": "echo 1000\n",
    "apt-get": "exit 0\n",
}


class Machine:
    """A system that has these commands and no others."""

    def __init__(self, folder: Path, commands: dict[str, str]) -> None:
        self.folder = folder
        self.path = folder / "bin"
        self.path.mkdir()
        for name in BASICS:
            found = shutil.which(name)
            assert found is not None
            (self.path / name).symlink_to(found)
        for name, script in commands.items():
            command = self.path / name
            command.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
            command.chmod(0o755)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.path), "HOME": str(self.folder)}
        return subprocess.run(
            ["/bin/sh", str(PREFLIGHT), *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def check(self, *words: str) -> tuple[int, str]:
        ended = self.run("check", str(self.folder / "environment"), *words)
        assert ended.stdout == ""
        return ended.returncode, ended.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Callable[..., Machine]:
    def made(*lacking: str, **others: str) -> Machine:
        commands = COMPLETE | {name.replace("_", "-"): text for name, text in others.items()}
        return Machine(tmp_path, {name: commands[name] for name in commands if name not in lacking})

    return made


def test_nothing_is_said_where_nothing_is_missing(machine: Callable[..., Machine]) -> None:
    assert machine().check("python3", "lint") == (0, "")


@pytest.mark.parametrize(
    ("lacking", "others", "named", "command"),
    [
        (["cargo", "rustc"], {}, "Rust 1.", "sh.rustup.rs | sh -s -- -y"),
        (["cargo", "rustc", "curl"], {}, "Rust 1.", "sudo apt-get install --yes curl\n"),
        ([], {"rustc": "echo rustc 1.63.0\n"}, "(here is 1.63.0)", "sh.rustup.rs"),
        (
            [],
            {"rustc": "exit 1\n", "rustup": "exit 0\n"},
            "Rust 1.",
            "    rustup toolchain install stable",
        ),
        (["cc"], {}, "(`cc`)", "sudo apt-get install --yes gcc libc6-dev\n"),
        ([], {"cc": "exit 1\n"}, "cannot link", "sudo apt-get install --yes gcc libc6-dev\n"),
        (["python3"], {}, "Python 3.10 or newer", "install --yes python3 python3-venv\n"),
        (
            [],
            {"python3": OLD_PYTHON},
            "(`python3` is Python 3.9.2; name another with `make PYTHON=python3.12 ...`)",
            "python3-venv\n",
        ),
        (
            [],
            {"python3": PYTHON_WITHOUT_VENV},
            "`venv` and `ensurepip` of Python (`python3` is without them)",
            "install --yes python3-venv\n",
        ),
        (["cc"], {"id": "echo 0\n"}, "(`cc`)", "    apt-get update && apt-get install"),
        (["cc", "apt-get"], {"dnf": ""}, "(`cc`)", "sudo dnf install -y gcc glibc-devel\n"),
        (["cc", "apt-get"], {"apk": ""}, "(`cc`)", "sudo apk add gcc musl-dev\n"),
        (["cc", "apt-get"], {"pacman": ""}, "(`cc`)", "sudo pacman -S --noconfirm gcc\n"),
    ],
)
def test_what_is_missing_is_named_with_the_command_that_installs_it(
    machine: Callable[..., Machine],
    lacking: list[str],
    others: dict[str, str],
    named: str,
    command: str,
) -> None:
    code, said = machine(*lacking, **others).check("python3")
    assert code == 1
    assert said.startswith("specplan cannot be built here yet. Missing:\n- ")
    assert named in said
    assert command in said


def test_all_that_is_missing_is_named_at_once(machine: Callable[..., Machine]) -> None:
    code, said = machine("python3", "cargo", "rustc", "cc").check("python3")
    assert code == 1
    assert [line[0] for line in said.splitlines()] == [*"s---T", " ", " "]
    assert "install --yes python3 python3-venv gcc libc6-dev\n" in said


def test_a_rust_that_is_not_on_the_path_only_needs_the_path(
    machine: Callable[..., Machine], tmp_path: Path
) -> None:
    ready = machine("cargo", "rustc")
    folder = tmp_path / ".cargo" / "bin"
    folder.mkdir(parents=True)
    for name in ("cargo", "rustc"):
        (folder / name).write_text(f"#!/bin/sh\n{COMPLETE[name]}", encoding="utf-8")
        (folder / name).chmod(0o755)
    code, said = ready.check("python3")
    assert code == 1
    assert said.splitlines()[-1] == f'    export PATH="{folder}:$PATH"'


def test_formatting_needs_parts_of_rust_that_a_build_does_not(
    machine: Callable[..., Machine],
) -> None:
    ready = machine(cargo="exit 1\n")
    assert ready.check("python3") == (0, "")
    code, said = ready.check("python3", "lint")
    assert code == 1
    assert said.splitlines()[-1] == "    rustup component add rustfmt clippy"
    assert ready.run("rust").returncode == 0
    assert ready.run("rust", "lint").returncode == 1


def test_the_python_of_an_environment_that_is_there_is_the_one_looked_at(
    machine: Callable[..., Machine], tmp_path: Path
) -> None:
    ready = machine("python3")
    inside = tmp_path / "environment" / "bin" / "python"
    inside.parent.mkdir(parents=True)
    for script, said in ((PYTHON, ""), (OLD_PYTHON, "it has Python 3.9.2")):
        inside.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
        inside.chmod(0o755)
        code, told = ready.check("")
        assert (code, said in told) == (1 if said else 0, True)


def test_an_environment_without_pip_is_named(
    machine: Callable[..., Machine], tmp_path: Path
) -> None:
    ready = machine()
    inside = tmp_path / "environment" / "bin" / "python"
    inside.parent.mkdir(parents=True)
    inside.write_text('#!/bin/sh\n[ "$2" != pip ]\n', encoding="utf-8")
    inside.chmod(0o755)
    code, said = ready.check("python3")
    assert code == 1
    assert "- pip in the virtual environment" in said
    assert "-m ensurepip" in said


def test_the_first_python_that_can_make_an_environment_is_chosen(
    machine: Callable[..., Machine],
) -> None:
    ready = machine(python3=OLD_PYTHON, **{"python3.12": PYTHON_WITHOUT_VENV, "python3.11": PYTHON})
    assert ready.run("python").stdout == "python3.11\n"


def test_a_python_that_is_too_old_is_named_where_there_is_no_other(
    machine: Callable[..., Machine],
) -> None:
    assert machine(python3=OLD_PYTHON).run("python").stdout == "python3\n"


def test_the_gate_learns_that_a_browser_is_missing(machine: Callable[..., Machine]) -> None:
    bare = machine()
    assert bare.run("packages").stdout == ""
    assert bare.run("packages", "browser").stdout == "chromium\n"


def test_a_browser_that_is_here_is_not_missing(machine: Callable[..., Machine]) -> None:
    assert machine(chromium="exit 0\n").run("packages", "browser").stdout == ""


def test_the_gate_learns_which_packages_are_missing(machine: Callable[..., Machine]) -> None:
    assert machine("cc", python3=PYTHON_WITHOUT_VENV).run("packages").stdout == (
        "python3-venv gcc libc6-dev\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="make and sh are for systems like Unix")
def test_this_machine_passes() -> None:
    ended = subprocess.run(
        [str(PREFLIGHT), "check", sys.prefix, sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
