"""A shell completes commands, options and the names that earlier runs found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import specplan
from specplan.cli import known_names, main

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of names, after a run on a terminal in the examples."""
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.chdir(EXAMPLES)
    monkeypatch.setattr("specplan.cli.output.is_terminal", lambda _: True)
    known_names.keep(("cache", "pages"), specplan.load("cache", "pages"))
    return tmp_path / "kept" / "names"


@pytest.fixture
def answers(
    kept: Path,  # noqa: ARG001 - there are names
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[str], list[str]]:
    """Return what bash is answered for a line that ends where the cursor is."""

    def answer(line: str) -> list[str]:
        words = line.split(" ")
        monkeypatch.setenv("_SPECPLAN_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        main([])
        monkeypatch.delenv("_SPECPLAN_COMPLETE")
        return capsys.readouterr().out.split()

    return answer


def test_commands_and_options_are_completed(answers: Callable[[str], list[str]]) -> None:
    assert answers("specplan reb") == ["plain,rebuild"]
    assert answers("specplan gaps --fail-under") == [
        "plain,--fail-under",
        "plain,--fail-under-roots",
    ]
    assert answers("specplan gaps --format j") == ["plain,json", "plain,junit"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("specplan gaps --stack e4s-n", ["plain,e4s-neoverse-v2"]),
        ("specplan coverage --tag develop-2025-11", ["plain,develop-2025-11-15"]),
        ("specplan find adio", ["plain,adios2"]),
        ("specplan gaps --target neo", ["plain,neoverse_v2"]),
        ("specplan gaps --stack e4s-n --cache nowhere", ["file,nowhere"]),
        ("specplan gaps --cache nowhere --stack e", []),
        ("specplan gaps --no-config --stack e", []),
        ("specplan check ex", ["file,ex"]),
        ("specplan completion z", ["plain,zsh"]),
    ],
)
def test_names_are_those_that_were_found(
    answers: Callable[[str], list[str]], line: str, expected: list[str]
) -> None:
    assert answers(line) == expected


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"stack": 3}', b'{"stack": [1, null]}'])
def test_damaged_names_complete_nothing(
    answers: Callable[[str], list[str]], kept: Path, content: bytes
) -> None:
    (file,) = kept.iterdir()
    file.write_bytes(content)
    assert answers("specplan gaps --stack e") == []


def test_a_run_whose_notes_nobody_sees_keeps_no_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.chdir(EXAMPLES)
    assert main(["gaps", "--stack", "e4s"]) == 0
    assert not (tmp_path / "kept").exists()


def test_names_are_kept_for_their_owner_alone(kept: Path) -> None:
    (file,) = kept.iterdir()
    assert "e4s" in json.loads(file.read_bytes())["stack"]
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0


def test_completing_imports_no_command_and_no_reader(kept: Path) -> None:
    code = (
        "import sys\nfrom specplan.cli import main\nmain([])\n"
        "print(*(each for each in sys.modules if each.startswith('specplan')), file=sys.stderr)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=EXAMPLES,
        env={
            **os.environ,
            "SPECPLAN_CACHE_DIR": str(kept.parent),
            "_SPECPLAN_COMPLETE": "bash_complete",
            "COMP_WORDS": "specplan gaps --stack e4s-n",
            "COMP_CWORD": "3",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "plain,e4s-neoverse-v2\n"
    modules = set(answer.stderr.split())
    assert not {"specplan.api", "specplan.cli.coverage", "specplan.sources.read"} & modules


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_of_its_shell(shell: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capfd.readouterr().out
    assert f"_SPECPLAN_COMPLETE={shell}_complete" in script
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([program, "-n"], input=script, text=True, check=True)


def test_a_real_shell_completes(kept: Path, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    tool = tmp_path / "bin" / "specplan"
    tool.parent.mkdir()
    tool.write_text(
        f"#!{sys.executable}\nimport sys\nfrom specplan.cli import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    tool.chmod(0o755)
    script = (
        'eval "$(specplan completion bash)"\n'
        "COMP_WORDS=(specplan gaps --stack e4s-n); COMP_CWORD=3\n"
        "_specplan_completion specplan\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    answer = subprocess.run(
        [bash, "--norc", "-c", script],
        cwd=EXAMPLES,
        env={
            **os.environ,
            "PATH": os.pathsep.join([str(tool.parent), os.environ["PATH"]]),
            "SPECPLAN_CACHE_DIR": str(kept.parent),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "e4s-neoverse-v2\n"
