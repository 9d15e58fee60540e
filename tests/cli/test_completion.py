"""A shell completes commands, options and the names that earlier runs found."""

from __future__ import annotations

import ast
import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import specplan
from specplan.cli import completed, known_names, main

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "examples"

#: The modules that no line may import: interpreters with these take twice as long, or more.
SLOW = {"click", "hashlib", "json", "pathlib", "rich", "yaml", "asyncio", "dataclasses", "inspect"}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of names, after a run on a terminal in the examples."""
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.chdir(EXAMPLES)
    monkeypatch.setattr("specplan.cli.output.is_terminal", lambda _: True)
    known_names.keep(("cache", "pages"), specplan.load("cache", "pages"))
    return tmp_path / "kept" / "names"


@pytest.fixture
def answers(kept: Path) -> Callable[..., list[str]]:  # noqa: ARG001 - there are names
    """Return the answer to a shell about a line that ends at the cursor."""

    def answer(line: str, shell: str = "zsh") -> list[str]:
        found = completed.lines(shell, line.split(" ")[1:])
        return [" ".join(each.split("\t")[:2]).strip() for each in found]

    return answer


def test_commands_and_options_are_completed(answers: Callable[..., list[str]]) -> None:
    assert answers("specplan reb") == ["word rebuild"]
    assert answers("specplan --ver") == ["word --version", "word --verbose"]
    assert answers("specplan gaps --fail-under") == ["word --fail-under", "word --fail-under-roots"]
    assert answers("specplan gaps --format j") == ["word json", "word junit"]
    assert answers("specplan nonsense --format j") == []


def test_an_option_that_was_given_is_offered_again_only_if_it_may_be_repeated(
    answers: Callable[..., list[str]],
) -> None:
    assert answers("specplan gaps --format json --format") == []
    assert answers("specplan gaps --stack e4s --stack") == ["word --stack"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("specplan gaps --stack e4s-n", ["word e4s-neoverse-v2"]),
        ("specplan gaps --stack=e4s-n", ["word --stack=e4s-neoverse-v2"]),
        ("specplan -q gaps --stack e4s-n", ["word e4s-neoverse-v2"]),
        ("specplan coverage --tag develop-2025-11", ["word develop-2025-11-15"]),
        ("specplan find adio", ["word adios2"]),
        ("specplan gaps --target neo", ["word neoverse_v2"]),
        ("specplan gaps --system ubuntu22.04/neo", ["word ubuntu22.04/neoverse_v2"]),
        ("specplan gaps --stack e4s-n --cache nowhere", ["files"]),
        ("specplan gaps --cache label=ca", ["files label="]),
        ("specplan gaps --cache=label=ca", ["files --cache=label="]),
        ("specplan gaps --cache nowhere --stack e", []),
        ("specplan gaps --no-config --stack e", []),
        ("specplan gaps --config nowhere.toml --stack e", []),
        ("specplan gaps -- --stack", []),
        ("specplan diff develop-2025-11", ["word develop-2025-11-15", "files"]),
        ("specplan diff old new more", []),
        ("specplan check --cache ex", ["files"]),
        ("specplan completion z", ["word zsh"]),
    ],
)
def test_names_are_those_that_were_found(
    answers: Callable[..., list[str]], line: str, expected: list[str]
) -> None:
    assert answers(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("specplan gaps --stack = e4s-n", ["word e4s-neoverse-v2"]),
        ("specplan gaps --format = j", ["word json", "word junit"]),
        ("specplan gaps --stack =", ["word e4s", "word e4s-neoverse-v2", "word e4s-oneapi"]),
        ("specplan gaps --cache label = ca", ["files"]),
    ],
)
def test_words_that_bash_has_cut_are_put_together(
    answers: Callable[..., list[str]], line: str, expected: list[str]
) -> None:
    assert [
        each for each in answers(line, "bash") if "e4s" in each or "e4s" not in expected[0]
    ] == expected


def test_caches_are_the_same_however_they_are_named(
    answers: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, expected = "gaps --stack e4s-n", ["word e4s-neoverse-v2"]
    monkeypatch.setenv("SPECPLAN_CACHE", "cache pages")
    assert answers(f"specplan {line}") == expected
    monkeypatch.delenv("SPECPLAN_CACHE")
    monkeypatch.chdir(tmp_path)
    assert answers(f"specplan {line}") == []
    configured = f"specplan gaps --config {EXAMPLES}/specplan.toml --stack e4s-n"
    assert answers(configured) == expected
    monkeypatch.setenv("HERE", str(EXAMPLES))
    assert (
        answers("specplan gaps --cache $HERE/cache --cache $HERE/pages --stack e4s-n") == expected
    )
    table = f"[tool.specplan]\ncache = ['{EXAMPLES}/cache', '{EXAMPLES}/pages']\n"
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    assert answers(f"specplan {line}") == expected


@pytest.mark.parametrize(
    "content", ["", "[]", "cache = [", "cache = 3", "cache = {a = 1}", "tool = 1", "\x00", "a" * 99]
)
@pytest.mark.parametrize("name", ["specplan.toml", "pyproject.toml"])
def test_a_damaged_configuration_completes_nothing(
    answers: Callable[..., list[str]],
    name: str,
    content: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(f"{content}\n# specplan\n", encoding="utf-8")
    assert answers("specplan gaps --stack e") == []


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"stack\te4s", b"['x']\nstack\te4s"])
def test_damaged_names_complete_nothing(
    answers: Callable[..., list[str]], kept: Path, content: bytes
) -> None:
    (file,) = kept.iterdir()
    file.write_bytes(content)
    assert answers("specplan gaps --stack e") == []


def test_a_name_that_a_shell_would_run_is_not_offered(
    answers: Callable[..., list[str]], kept: Path
) -> None:
    (file,) = kept.iterdir()
    first = file.read_text(encoding="utf-8").split("\n")[0]
    names = ["e$(touch x)", "e;ls", "e`ls`", "e\x1b[2J", "e f", "e'", "e4s"]
    lines = "\n".join([first, *(f"stack\t{each}" for each in names)])
    file.write_text(lines, encoding="utf-8")
    assert answers("specplan gaps --stack e") == ["word e4s"]


def test_a_run_whose_notes_nobody_sees_keeps_no_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.chdir(EXAMPLES)
    assert main(["gaps", "--stack", "e4s"]) == 0
    assert not (tmp_path / "kept").exists()


def test_names_are_kept_for_their_owner_alone(kept: Path) -> None:
    (file,) = kept.iterdir()
    assert "stack\te4s\n" in file.read_text(encoding="utf-8")
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("words", "expected", "spared"),
    [
        (["reb"], "word\trebuild\t", {"re", "typing", "tomllib", "specplan.cli.known_names"}),
        (["gaps", "--format", "jso"], "word\tjson\t", {"re", "typing", "tomllib"}),
        (["find", "--cache", "x", "--stack", "e"], "", {"re", "typing", "tomllib"}),
        (["gaps", "--stack", "e4s-n"], "word\te4s-neoverse-v2\t", set()),
    ],
)
def test_completing_imports_next_to_nothing(
    kept: Path, words: list[str], expected: str, spared: set[str]
) -> None:
    code = (
        "import sys\nfrom specplan.cli import main\ncode = main()\n"
        "print(*sys.modules, file=sys.stderr)\nsys.exit(code)"
    )
    answer = subprocess.run(
        [sys.executable, "-S", "-c", code, *words],
        cwd=EXAMPLES,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(specplan.__file__).parents[1]),
            "SPECPLAN_CACHE_DIR": str(kept.parent),
            "_SPECPLAN_COMPLETE": "zsh",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.startswith(expected)
    modules = set(answer.stderr.split())
    assert not (SLOW | spared) & modules
    assert {each for each in modules if each.startswith("specplan")} <= {
        *("specplan", "specplan.lazy", "specplan.cache_folder", "specplan.cli"),
        *("specplan.cli.caches_asked", "specplan.cli.completed", "specplan.cli.known_names"),
    }


@pytest.fixture
def environment(kept: Path, tmp_path: Path) -> dict[str, str]:
    """The variables of a shell in whose path `specplan` completes, and else notes its words."""
    tool = tmp_path / "bin" / "specplan"
    tool.parent.mkdir()
    tool.write_text(
        f"#!{sys.executable}\nimport os, sys\nfrom specplan.cli import main\n"
        "if '_SPECPLAN_COMPLETE' in os.environ or 'completion' in sys.argv:\n    sys.exit(main())\n"
        f"print(sys.argv[1:], file=open({str(tmp_path / 'ran')!r}, 'a'))\n",
        encoding="utf-8",
    )
    tool.chmod(0o755)
    return {
        "HOME": str(tmp_path),
        "PATH": os.pathsep.join([str(tool.parent), os.environ["PATH"]]),
        "SPECPLAN_CACHE_DIR": str(kept.parent),
        "TERM": "dumb",
    }


def installed(shell: str) -> str:
    """The path of a shell; without it the test is skipped."""
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    return found


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_of_its_shell(shell: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capfd.readouterr().out
    assert f"_SPECPLAN_COMPLETE={shell}" in script
    subprocess.run([installed(shell), "-n"], input=script, text=True, check=True)


#: The text typed before the completion key, and the resulting arguments of the program.
TYPED = {
    "reb": ["rebuild"],
    "gaps --stack e4s-n": ["gaps", "--stack", "e4s-neoverse-v2"],
    "gaps --stack=e4s-n": ["gaps", "--stack=e4s-neoverse-v2"],
    "gaps --format=js": ["gaps", "--format=json"],
    "gaps --not-yet": ["gaps", "--not-yet"],
    "coverage --tag develop-2025-11": ["coverage", "--tag", "develop-2025-11-15"],
    "gaps --system ubuntu22.04/neo": ["gaps", "--system", "ubuntu22.04/neoverse_v2"],
    "find adio": ["find", "adios2"],
    "gaps --package zf": ["gaps", "--package", "zfp"],
    "rebuild --want locks/radiuss/spack.l": ["rebuild", "--want", "locks/radiuss/spack.lock"],
    "gaps --cache mirr": ["gaps", "--cache", "mirror/"],
    "gaps --cache label=mirr": ["gaps", "--cache", "label=mirror/"],
    "diff develop-2026 environm": ["diff", "develop-2026", "environments/"],
}


@pytest.mark.parametrize(
    ("shell", "options", "setup"),
    [
        ("bash", ["--norc", "-i"], 'eval "$(specplan completion bash)"'),
        (
            "zsh",
            ["-f", "-i"],
            'autoload -U compinit; compinit -u; eval "$(specplan completion zsh)"',
        ),
    ],
)
def test_a_shell_completes_what_is_typed_at_a_terminal(
    shell: str, options: list[str], setup: str, environment: dict[str, str], tmp_path: Path
) -> None:
    import pty  # noqa: PLC0415 - not on Windows, where these shells are not either

    command = [installed(shell), *options]
    ours, theirs = pty.openpty()
    keys = "".join(f"specplan {line}\t\r" for line in TYPED)
    with subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=EXAMPLES,
        env=environment,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        os.write(ours, f"{setup}\r{keys}exit\r".encode())
        # Linux ends the reading of a terminal that nobody has any more with an error.
        with contextlib.suppress(OSError):
            while os.read(ours, 65536):
                pass
        process.wait(timeout=60)
    os.close(ours)
    ran = (tmp_path / "ran").read_text(encoding="utf-8").splitlines()
    # zsh takes the slash after a folder away when the line ends there.
    words = [[word.rstrip("/") for word in ast.literal_eval(each)] for each in ran]
    assert words == [[word.rstrip("/") for word in each] for each in TYPED.values()]


def test_fish_completes(environment: dict[str, str]) -> None:
    fish = installed("fish")
    script = "specplan completion fish | source\n" + "".join(
        f"complete --do-complete 'specplan {line}'\n" for line in TYPED
    )
    answer = subprocess.run(
        [fish, "--no-config", "--command", script],
        cwd=EXAMPLES,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    words = [each.split("\t")[0] for each in answer.stdout.splitlines()]
    assert words == [each[-1] for each in TYPED.values() if each[-1] != "--not-yet"]
    assert "rebuild\tThe smallest set of builds" in answer.stdout
