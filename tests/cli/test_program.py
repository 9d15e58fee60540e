"""The command as a whole: help, mistakes, errors, interruptions."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import specplan
from specplan.errors import DamagedSourceError, SourceError, SpecplanError, UnknownNameError

if TYPE_CHECKING:
    from tests.cli.conftest import Loads, Runs

COMMANDS = ("gaps", "coverage", "trim", "diff", "find", "check")


def python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_lists_the_commands(run: Runs, word: str) -> None:
    answer = run(word)
    assert (answer.code, answer.err) == (0, "")
    assert all(f"\n  {command} " in answer.out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("word", ["-h", "--help"])
def test_the_help_of_each_command_has_examples(run: Runs, command: str, word: str) -> None:
    answer = run(command, word)
    assert (answer.code, answer.err) == (0, "")
    assert "Examples:" in answer.out
    assert f"\n    specplan {command}" in answer.out


def test_version(run: Runs) -> None:
    answer = run("--version")
    assert (answer.code, answer.out) == (0, f"specplan {specplan.__version__}\n")


def test_the_module_is_the_command() -> None:
    answer = python("-m", "specplan", "--help")
    assert answer.returncode == 0
    assert answer.stdout.startswith("Usage: specplan ")


def test_help_needs_no_catalog() -> None:
    """Starting is quick as long as nothing heavy is imported on the way."""
    answer = python("-X", "importtime", "-m", "specplan", "--help")
    imported = {line.rpartition("|")[2].strip() for line in answer.stderr.splitlines()}
    assert "specplan.cli" in imported
    assert not {"yaml", "rich.console", "rich.table", "jsonschema"} & imported


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        ((), "missing command", "`specplan --help` lists the options and commands"),
        (("gap",), "no such command 'gap'", "did you mean `specplan gaps`?"),
        (("zzz",), "no such command 'zzz'", "`specplan --help` lists the options and commands"),
        (
            ("diff",),
            "missing argument 'OLD'",
            "`specplan diff --help` lists the options and commands",
        ),
        (
            ("gaps", "--stak", "e4s"),
            "no such option",
            "`specplan gaps --help` lists the options and commands",
        ),
        (
            ("gaps", "--level", "packages"),
            "invalid value for '--level'",
            "did you mean `package`?",
        ),
        (
            ("gaps", "--fail-under", "101"),
            "invalid value for '--fail-under': `101` is not a percentage from 0 to 100",
            "`specplan gaps --help` lists the options and commands",
        ),
        (
            ("gaps", "--fail-under", "many"),
            "invalid value for '--fail-under': `many` is not a percentage from 0 to 100",
            "`specplan gaps --help` lists the options and commands",
        ),
        (
            ("gaps",),
            "no cache is given",
            "name one with `--cache SOURCE`, as `cache` in specplan.toml, or under `mirrors:` in",
        ),
        (("check",), "no cache is given", "name one with `--cache SOURCE`"),
        (
            ("gaps", "--cache", "none"),
            "`--cache none` leaves nothing to report on",
            "name a source of binaries: a mirror, its index, or package pages",
        ),
        (
            ("gaps", "--cache", "x", "--system", "zen4"),
            "`--system zen4` is neither OS/TARGET nor `all`",
            "write it as `ubuntu24.04/x86_64_v3`",
        ),
        (
            ("gaps", "--cache", "x", "--peers", "a", "--baseline", "b"),
            "wants come from `--peers` or from `--baseline`, not from both",
            None,
        ),
        (
            ("gaps", "--cache", "x", "--fail-on-lost"),
            "`--fail-on-lost` needs an older state to compare with",
            "name one with `--baseline TAG|SOURCE`, or use `specplan diff`",
        ),
        (
            ("coverage", "--cache", "x", "--fail-on-absent"),
            "`--fail-on-absent` needs an older state to compare with",
            "name one with `--baseline TAG|SOURCE`, or use `specplan diff`",
        ),
        (
            ("coverage", "--cache", "e4s=-", "--want", "-"),
            "standard input can be read once, and `-` is given twice",
            None,
        ),
        (
            ("gaps", "--config", "x", "--no-config"),
            "`--config` and `--no-config` cannot be combined",
            None,
        ),
    ],
)
def test_wrong_usage_is_2_with_a_hint(
    run: Runs, loads: Loads, words: tuple[str, ...], error: str, hint: str | None
) -> None:
    answer = run(*words)
    assert (answer.code, answer.out) == (2, "")
    first, *rest = answer.err.splitlines()
    assert first.startswith(f"error: {error}")
    assert [line.startswith(f"hint: {hint}") for line in rest] == ([True] if hint else [])
    assert loads.calls == []


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (
            UnknownNameError(kind="stack", name="e4", suggestions=("e4s", "e4s-oneapi")),
            2,
            "error: no stack matches `e4`\nhint: did you mean `e4s`, `e4s-oneapi`?\n",
        ),
        (SourceError("`x` is not there", path="x"), 3, "error: `x` is not there\n"),
        (
            DamagedSourceError(path="p", location="title", line=2, fault="it is empty", others=3),
            3,
            "error: p:2: title: it is empty (3 more damaged files)\n",
        ),
        (SpecplanError("\x1b[31mred"), 2, "error: \\x1b[31mred\n"),
    ],
)
def test_each_error_has_its_exit_code(
    run: Runs, loads: Loads, fault: Exception, code: int, said: str
) -> None:
    loads.fault = fault
    answer = run("gaps", "--cache", "x")
    assert (answer.code, answer.out, answer.err) == (code, "", said)


class Panic(BaseException):
    """As the compiled core raises it: none of Python's own exceptions."""


FAULTS = (
    ZeroDivisionError("a bug"),
    MemoryError(),
    RecursionError("too deep"),
    BrokenPipeError(32, "Broken pipe"),
    EOFError("the end"),
    SystemExit(1),
    Panic("index out of bounds"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_fault_of_specplan_is_70_and_one_line_says_so(
    run: Runs, loads: Loads, fault: BaseException
) -> None:
    """Exit code 1 means that a gate failed, which nothing else may mean."""
    loads.fault = fault
    answer = run("gaps", "--cache", "x")
    assert (answer.code, answer.out) == (70, "")
    (line,) = answer.err.splitlines()
    assert line.startswith(f"error: this is a bug in specplan {specplan.__version__} itself")
    assert type(fault).__name__ in line
    assert "--debug" in line


@pytest.mark.parametrize(
    "words", [("--debug", "gaps", "--cache", "x"), ("gaps", "--cache", "x", "--debug")]
)
def test_the_traceback_of_a_fault_is_shown_where_it_is_asked_for(
    run: Runs, loads: Loads, words: tuple[str, ...]
) -> None:
    loads.fault = ZeroDivisionError("a bug in http://user:word@host/x?sig=abc")
    answer = run(*words)
    assert answer.code == 70
    first, *_, last = answer.err.splitlines()
    assert first == "Traceback (most recent call last):"
    assert last.startswith("error: this is a bug in specplan")
    assert not any(secret in answer.err for secret in ("word@", "sig=abc"))


def test_an_interruption_is_130_without_a_traceback(run: Runs, loads: Loads) -> None:
    loads.fault = KeyboardInterrupt()
    answer = run("gaps", "--cache", "x")
    assert (answer.code, answer.out) == (130, "")
    assert "Traceback" not in answer.err
