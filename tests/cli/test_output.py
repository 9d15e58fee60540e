"""Where the report goes: a terminal, a pipe, a file that is whole or untouched."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specplan.cli import output
from specplan.errors import UsageError
from specplan.reports import text
from tests import records

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions and devices")


@pytest.mark.usefixtures("loads")
def test_a_file_holds_the_report_and_nothing_lies_beside_it(run: Runs, folder: Path) -> None:
    answer = run("gaps", "--cache", "x", "-o", "gaps.txt")
    assert (answer.code, answer.out) == (0, "")
    assert (folder / "gaps.txt").read_text() == text.gaps(records.ONE_CELL, width=100)
    assert [path.name for path in folder.iterdir()] == ["gaps.txt"]


@pytest.mark.usefixtures("loads")
def test_a_failed_gate_still_writes_the_file(run: Runs, folder: Path) -> None:
    assert run("gaps", "--cache", "x", "-o", "gaps.txt", "--fail-under", "99").code == 1
    assert (folder / "gaps.txt").read_text() == text.gaps(records.ONE_CELL, width=100)


@pytest.mark.usefixtures("loads")
def test_a_dash_is_standard_output(run: Runs, folder: Path) -> None:
    assert run("gaps", "--cache", "x", "-o", "-").out
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("loads")
@pytest.mark.parametrize("place", ["no/such/folder/gaps.txt", "."])
def test_a_place_that_cannot_be_written_is_2(run: Runs, place: str) -> None:
    answer = run("gaps", "--cache", "x", "-o", place)
    assert answer.code == 2
    assert answer.err.splitlines()[-1].startswith(f"error: cannot write the report to `{place}`: ")


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (folder / "gaps.txt").write_text("old")
    if fails == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(UsageError, match="No space left on device"):
        output.write("new\n", "gaps.txt")
    assert (folder / "gaps.txt").read_text() == "old"
    assert [path.name for path in folder.iterdir()] == ["gaps.txt"]


def test_an_interruption_leaves_the_old_file_and_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    (folder / "gaps.txt").write_text("old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        output.write("new\n", "gaps.txt")
    assert (folder / "gaps.txt").read_text() == "old"
    assert [path.name for path in folder.iterdir()] == ["gaps.txt"]


@posix
def test_permissions_and_links_stay_as_they_were(folder: Path) -> None:
    target = folder / "real.txt"
    target.write_text("old")
    target.chmod(0o604)
    (folder / "link.txt").symlink_to(target)
    output.write("new\n", "link.txt")
    assert (folder / "link.txt").is_symlink()
    assert target.read_text() == "new\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o604


@posix
def test_a_device_is_written_as_it_is() -> None:
    output.write("gone\n", os.devnull)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@posix
@pytest.mark.usefixtures("folder")
def test_a_new_file_has_the_permissions_that_new_files_have() -> None:
    before = os.umask(0o027)
    try:
        output.write("new\n", "gaps.txt")
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path("gaps.txt").stat().st_mode) == 0o640


def test_bytes_are_the_same_on_every_system(folder: Path) -> None:
    output.write("é\udc80\n", "gaps.txt")
    assert (folder / "gaps.txt").read_bytes() == b"\xc3\xa9\\udc80\n"


@posix
def test_a_reader_that_leaves_early_ends_the_run_quietly() -> None:
    program = (
        "from specplan.cli import output\n"
        "output.write('line\\n' * 100_000, None)\n"
        "raise SystemExit(1)"
    )
    read, write = os.pipe()
    os.close(read)
    try:
        answer = subprocess.run(
            [sys.executable, "-c", program], stdout=write, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(write)
    assert (answer.returncode, answer.stderr) == (1, b"")


@posix
def test_a_full_device_is_an_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    program = (
        "import sys\nfrom specplan.cli import output\nfrom specplan.errors import UsageError\n"
        "try:\n    output.write('line\\n', None)\n"
        "except UsageError as error:\n    print(error, file=sys.stderr)\n"
        "import os; os._exit(0)"
    )
    with Path("/dev/full").open("wb") as full:
        answer = subprocess.run(
            [sys.executable, "-c", program], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert answer.stderr.startswith(b"cannot write the report to standard output: ")


class Terminal:
    """A standard output that people see."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gives_its_width_and_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "57")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert output.width({}) == 57
    assert output.width({"width": 33}) == 33
    assert output.width({"output": "file"}) == 100
    assert output.colour({}) is True
    assert output.colour({"color": "never"}) is False
    assert output.colour({"output": "file"}) is False
    monkeypatch.setenv("NO_COLOR", "1")
    assert output.colour({}) is False
    assert output.colour({"color": "always"}) is True
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert output.colour({}) is False


def test_a_pipe_has_a_fixed_width_and_no_colour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "57")
    assert output.width({}) == 100
    assert output.colour({}) is False
    assert capsys.readouterr().out == ""
