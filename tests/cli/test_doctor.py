"""What `specplan doctor` shows can be pasted into a report, and what is wrong is exit code 1."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import specplan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Runs


@pytest.fixture(autouse=True)
def _no_spack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPACK_ROOT", str(tmp_path / "no-spack"))
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))


def test_it_shows_versions_and_the_configuration(run: Runs) -> None:
    answer = run("doctor")
    assert answer.code == 0
    assert answer.err == ""
    rows = dict(line.split("  ", 1) for line in answer.out.splitlines())
    rows = {name: value.strip() for name, value in rows.items()}
    assert rows["specplan"] == specplan.__version__
    assert rows["Python"].endswith(f"({sys.executable})")
    assert rows["configuration"].endswith("specplan.toml")
    assert rows["cache folder"].endswith("kept (made when a file is fetched)")


def test_a_configuration_that_cannot_be_used_is_a_problem(
    run: Runs, configure: Callable[[str], None]
) -> None:
    configure("fail-under = 200\n")
    answer = run("doctor")
    assert answer.code == 1
    assert "problem: specplan.toml: fail-under: " in answer.out


@pytest.mark.skipif(os.name != "posix", reason="folders have other permissions here")
def test_a_folder_that_others_may_write_into_is_a_problem(run: Runs, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept").chmod(0o777)
    answer = run("doctor")
    assert answer.code == 1
    assert "problem: others may write into the folder" in answer.out


def test_no_password_is_shown(run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:secret@proxy:3128")
    monkeypatch.setenv("SPECPLAN_CACHE", "https://somebody:secret@host/mirror \x1b[31m")
    answer = run("doctor")
    assert "secret" not in answer.out
    assert "\x1b" not in answer.out
    assert "proxy:3128" in answer.out


@pytest.mark.skipif(os.name != "posix", reason="a script is not a program here")
def test_the_version_is_what_spack_says(
    run: Runs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spack = tmp_path / "spack" / "bin" / "spack"
    spack.parent.mkdir(parents=True)
    spack.write_text("#!/bin/sh\necho 1.2.0\n", encoding="utf-8")
    spack.chmod(0o755)
    monkeypatch.setenv("SPACK_ROOT", str(tmp_path / "spack"))
    assert f"1.2.0 ({spack})" in run("doctor").out
