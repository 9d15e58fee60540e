"""Every setting can come from the environment, between the command line and the configuration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from specplan.cli import main
from specplan.config.settings import SETTINGS

#: A variable that an exported script reads; others are words that end a text within it.
VARIABLE = re.compile(r"\$\{?(SPECPLAN_[A-Z_]+)")


@pytest.fixture(autouse=True)
def in_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2] / "examples")


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_a_variable_stands_in_for_an_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = told(capsys, "coverage", "--stack", "e4s", "--format", "json", "--fail-under", "90")
    monkeypatch.setenv("SPECPLAN_STACK", "e4s")
    monkeypatch.setenv("SPECPLAN_FORMAT", "json")
    monkeypatch.setenv("SPECPLAN_FAIL_UNDER", "90")
    assert told(capsys, "coverage") == typed
    assert typed[0] == 1


def test_what_is_typed_goes_before_a_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = told(capsys, "gaps", "--stack", "e4s")
    monkeypatch.setenv("SPECPLAN_STACK", "radiuss")
    assert told(capsys, "gaps", "--stack", "e4s") == typed


def test_wants_that_are_typed_replace_those_of_variables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("gaps", "--want", "locks/radiuss/spack.lock")
    typed = told(capsys, *words)
    monkeypatch.setenv("SPECPLAN_PEERS", "e4s")
    assert told(capsys, *words) == typed


def test_wants_of_two_kinds_in_variables_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPECPLAN_PEERS", "e4s")
    monkeypatch.setenv("SPECPLAN_BASELINE", "develop-2025-05-25")
    code, out, err = told(capsys, "gaps")
    assert (code, out) == (2, "")
    assert "not from both" in err


def test_several_values_are_split_at_blanks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = told(capsys, "gaps", "--stack", "e4s", "--stack", "radiuss")
    monkeypatch.setenv("SPECPLAN_STACK", "e4s radiuss")
    assert told(capsys, "gaps") == typed


def test_an_empty_variable_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = told(capsys, "gaps", "--stack", "e4s")
    for each in SETTINGS:
        monkeypatch.setenv(each.variable, "")
    assert told(capsys, "gaps", "--stack", "e4s") == typed


def test_a_wrong_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPECPLAN_FAIL_UNDER", "many")
    code, out, err = told(capsys, "gaps")
    assert (code, out) == (2, "")
    assert err.startswith("error: the variable SPECPLAN_FAIL_UNDER: `many` is not a percentage")
    assert "hint: unset SPECPLAN_FAIL_UNDER" in err


def test_quiet_runs_show_no_notes_and_verbose_ones_what_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = told(capsys, "gaps", "--stack", "e4s")
    assert "note: " in err
    assert told(capsys, "gaps", "--stack", "e4s", "--quiet") == (code, out, "")
    assert told(capsys, "-q", "gaps", "--stack", "e4s") == (code, out, "")
    *_, said = told(capsys, "gaps", "--stack", "e4s", "-v")
    assert "detail: reading `cache`\n" in said
    assert err in said


def test_a_quiet_run_still_says_which_gate_failed(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = told(capsys, "gaps", "--stack", "e4s", "--fail-under", "90", "-q")
    assert code == 1
    assert err.startswith("gate failed: ")
    code, _, err = told(capsys, "gaps", "--cache", "nowhere", "-q")
    assert code == 3
    assert err.startswith("error: ")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SPECPLAN_FAIL_UNDR", "SPECPLAN_FAIL_UNDER"),
        ("SPECPLAN_FAIL-UNDER", "SPECPLAN_FAIL_UNDER"),
        ("SPECPLAN_FAILUNDER", "SPECPLAN_FAIL_UNDER"),
        ("SPECPLAN_fail_under", "SPECPLAN_FAIL_UNDER"),
        ("SPECPLAN_FAIL_OVER_BUILD", "SPECPLAN_FAIL_OVER_BUILDS"),
        ("SPECPLAN_STACKS", "SPECPLAN_STACK"),
        ("SPECPLAN_CACHEDIR", "SPECPLAN_CACHE_DIR"),
    ],
)
def test_a_variable_that_is_nearly_that_of_an_option_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, meant: str
) -> None:
    monkeypatch.setenv(name, "100")
    code, out, err = told(capsys, "coverage", "--stack", "e4s")
    assert (code, out) == (2, "")
    assert f"specplan does not read the variable {name}" in err
    assert f"did you mean {meant}?" in err


def test_variables_of_exported_scripts_and_of_others_are_let_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    templates = (Path(__file__).parents[2] / "python/specplan").rglob("*.j2")
    found = {name for each in templates for name in VARIABLE.findall(each.read_text("utf-8"))}
    assert {"SPECPLAN_STATE", "SPECPLAN_NEEDS"} <= found
    for name in (*found, "SPECPLAN_OF_SOMEBODY_ELSE", "SPECPLANS"):
        monkeypatch.setenv(name, "1")
    assert told(capsys, "coverage", "--stack", "e4s")[0] == 0
