"""What the fuzzer found stays mended, and its cases are the same for everybody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.asking import Asking
from tests.fuzz.cases import Case, Cases

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux")

ROOT = Path(__file__).parents[2]
FOUND = sorted((Path(__file__).parent / "found").glob("*.json"))


def fuzz(*words: str, hash_seed: str = "0") -> tuple[int, str]:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "RAYON_NUM_THREADS": "2"}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_what_was_found_once_is_answered() -> None:
    code, said = fuzz("--replay", *map(str, FOUND))
    assert code == 0, said


def test_a_case_is_the_same_for_its_number_and_survives_being_kept() -> None:
    cases, again, others = Cases(1), Cases(1), Cases(2)
    for number in range(20):
        case = cases.case(number)
        assert case == again.case(number)
        assert Case.from_json(case.to_json()) == case
    assert cases.case(1).files != others.case(1).files


def test_every_role_is_drawn_and_asked() -> None:
    cases = Cases(3)
    commands = {words[0] for number in range(200) for words in cases.case(number).asked}
    # Those that are left read a clone, or nothing.
    assert commands == {
        *("check", "coverage", "diff", "export", "find", "gaps", "has", "index", "init"),
        *("rebuild", "report", "trend", "trim", "why"),
    }


def test_a_fault_of_specplan_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("specplan.api.catalog.Catalog.gaps", broken)
    monkeypatch.chdir(tmp_path)
    files = Cases(1).case(0).files
    asked = [["gaps", "--cache", "e4s=@/cache.json", "--want", "@/spack.lock", "--no-config"]]
    case = Case("x", files, asked, [])
    kinds = [each.kind for each in Asking(tmp_path / "case").ask(case)]
    monkeypatch.chdir(tmp_path)
    # Once from the command line, once from Python.
    assert len(kinds) == 2
    assert kinds[1].startswith("ZeroDivisionError at ")


def test_found_inputs_are_cases() -> None:
    for path in FOUND:
        assert json.loads(path.read_text(encoding="utf-8")).keys() == {
            "asked",
            "files",
            "name",
            "specs",
        }
