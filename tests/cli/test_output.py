"""Where the report goes: a terminal, a pipe, a file that is whole or untouched."""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specplan.cli import output
from specplan.cli.settings import Settings
from specplan.errors import UsageError
from tests import records
from tests.small_caches import index, lock

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions and devices")


@pytest.mark.usefixtures("loads")
def test_a_file_holds_the_report_and_nothing_lies_beside_it(run: Runs, folder: Path) -> None:
    answer = run("gaps", "--cache", "x", "-o", "gaps.txt")
    assert (answer.code, answer.out) == (0, "")
    assert (folder / "gaps.txt").read_text() == records.ONE_CELL.to_text("gaps", width=100)
    assert [path.name for path in folder.iterdir()] == ["gaps.txt"]


@pytest.mark.usefixtures("loads")
def test_a_failed_gate_still_writes_the_file(run: Runs, folder: Path) -> None:
    assert run("gaps", "--cache", "x", "-o", "gaps.txt", "--fail-under", "99").code == 1
    text = (folder / "gaps.txt").read_text()
    assert text.startswith(records.ONE_CELL.to_text("gaps", width=100).split("\n")[0])
    assert re.search(r"^--fail-under +99 % +50 % +fails$", text, re.MULTILINE)


@pytest.mark.usefixtures("loads")
def test_a_dash_is_standard_output(run: Runs, folder: Path) -> None:
    assert run("gaps", "--cache", "x", "-o", "-").out
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("loads")
@pytest.mark.parametrize(
    ("place", "hints"),
    [("no/such/folder/gaps.txt", ["hint: its folder does not exist; make it first"]), (".", [])],
)
def test_a_place_that_cannot_be_written_is_2(run: Runs, place: str, hints: list[str]) -> None:
    answer = run("gaps", "--cache", "x", "-o", place)
    assert answer.code == 2
    *_, said = (each for each in answer.err.splitlines() if not each.startswith("hint: "))
    assert said.startswith(f"error: cannot write the report to `{place}`: ")
    assert [each for each in answer.err.splitlines() if each.startswith("hint: ")] == hints


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


#: Writes a report, as a command does, and says how that ended.
WRITES = """
import sys
from specplan.cli import output
from specplan.cli.settings import Settings
from specplan.errors import UsageError
lines, places = int(sys.argv[1]), sys.argv[2:] or [None]
try:
    output.write_all([("a line of a report\\n" * lines, place) for place in places])
except UsageError as error:
    print(error, file=sys.stderr)
    raise SystemExit(2)
"""
REPORT = b"a line of a report\n"


def written(
    redirection: str, folder: Path, lines: int = 1, *places: str, setup: str = ""
) -> subprocess.CompletedProcess[str]:
    """Write a report in a shell that redirects."""
    words = shlex.join([sys.executable, "-u", "-c", WRITES, str(lines), *places])
    return subprocess.run(
        ["/bin/sh", "-c", f"{setup}{words} {redirection}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@posix
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["--help", "gaps --help", "--version", "check --cache empty"])
def test_a_full_device_is_2_whatever_is_written(folder: Path, words: str, unbuffered: str) -> None:
    (folder / "empty").mkdir()
    command = f"{sys.executable} -m specplan {words} >/dev/full"
    answer = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == (3 if words == "check --cache empty" else 2)
    assert "Traceback" not in answer.stderr
    if answer.returncode == 2:
        assert answer.stderr.startswith("error: cannot write the report to standard output: ")


@posix
def test_a_report_that_is_cut_short_by_a_limit_is_2(folder: Path) -> None:
    answer = written("> out", folder, 100_000, setup="ulimit -f 1; ")
    assert answer.returncode == 2
    assert (folder / "out").stat().st_size < 100_000 * len(REPORT)


@posix
def test_a_pipe_that_does_not_wait_gets_the_whole_report() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", WRITES, "200000"], stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    with os.fdopen(read, "rb") as reader:
        content = reader.read()
    _, said = process.communicate()
    assert (process.returncode, said) == (0, b"")
    assert content == REPORT * 200_000


@posix
@pytest.mark.parametrize(
    ("redirection", "place"),
    [
        (">> kept", "/dev/stdout"),
        (">> kept", "/dev/fd/1"),
        (">> kept", "/proc/self/fd/1"),
        (">> kept", "link"),
        (">> kept", "kept"),
        ("2>> kept", "/dev/stderr"),
        ("2>> kept", "kept"),
        ("3>> kept", "/dev/fd/3"),
    ],
)
def test_what_a_descriptor_goes_to_is_appended_to_and_never_replaced(
    folder: Path, redirection: str, place: str
) -> None:
    if place.startswith("/proc") and not Path("/proc/self/fd").exists():
        pytest.skip("this system has no /proc")
    (folder / "kept").write_text("before\n")
    (folder / "link").symlink_to("/dev/stdout")
    number = (folder / "kept").stat().st_ino
    answer = written(redirection, folder, 1, place)
    assert answer.returncode == 0, answer.stderr
    assert (folder / "kept").read_bytes() == b"before\n" + REPORT
    assert (folder / "kept").stat().st_ino == number


@posix
@pytest.mark.parametrize("places", [(), ("/dev/stdout",), ("/dev/fd/1",)])
def test_a_closed_standard_output_is_2(folder: Path, places: tuple[str, ...]) -> None:
    answer = written(">&-", folder, 1, *places)
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr


@posix
def test_no_file_gets_the_number_of_a_standard_stream_that_is_closed(folder: Path) -> None:
    answer = subprocess.run(
        [
            "/bin/sh",
            "-c",
            f"{sys.executable} -m specplan check --no-config --cache nowhere 2>&- >&- <&-",
        ],
        cwd=folder,
        check=False,
    )
    assert answer.returncode == 3


@posix
def test_standard_input_that_is_closed_is_3(folder: Path) -> None:
    answer = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -m specplan check --cache - <&-"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 3
    assert answer.stderr.startswith("error: standard input is closed\nhint: ")


@posix
def test_standard_input_that_does_not_wait_is_read_to_its_end(folder: Path) -> None:
    read, write = os.pipe()
    os.set_blocking(read, False)
    process = subprocess.Popen(
        [sys.executable, "-c", READS], stdin=read, stdout=subprocess.PIPE, cwd=folder
    )
    os.close(read)
    assert process.stdout is not None
    assert process.stdout.readline() == b"reads\n"
    with os.fdopen(write, "wb", buffering=0) as pipe:
        pipe.write(b"one ")
        pipe.write(b"two" * 10_000)
    content, _ = process.communicate()
    assert int(content) == 30_004


#: Says that it reads, and then how much it got.
READS = """
from specplan.sources import standard_input
print("reads", flush=True)
print(len(standard_input.whole(1 << 30)))
"""


def test_of_two_files_none_is_written_where_one_cannot_be(folder: Path) -> None:
    (folder / "first").write_text("old")
    for second in ("no/such/folder/file", "."):
        with pytest.raises(UsageError):
            output.write_all([("new\n", "first"), ("new\n", second)])
    assert (folder / "first").read_text() == "old"
    assert [path.name for path in folder.iterdir()] == ["first"]


def test_what_an_earlier_run_left_behind_is_in_nobodys_way(folder: Path) -> None:
    (folder / f".gaps.txt.{os.getpid()}.part").write_text("left")
    output.write("new\n", "gaps.txt")
    assert (folder / "gaps.txt").read_text() == "new\n"


@posix
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x", "x"),
        ("x", "./x"),
        ("x", "folder/../x"),
        ("x", "link"),
        ("dangling", "nothing"),
        ("x", "hard"),
        ("-", "/dev/stdout"),
        ("/dev/stdout", "/dev/fd/1"),
    ],
)
def test_two_texts_for_one_place_are_refused(run: Runs, folder: Path, one: str, other: str) -> None:
    (folder / "folder").mkdir()
    (folder / "x").write_text("old")
    (folder / "link").symlink_to("x")
    (folder / "dangling").symlink_to("nothing")
    (folder / "hard").hardlink_to(folder / "x")
    answer = run("rebuild", "--want", "lock", "-o", one, "--write-unplannable", other)
    assert answer.code == 2
    assert "are the same file" in answer.err
    assert (folder / "x").read_text() == "old"


class Terminal:
    """A standard output that people see."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gives_its_width_and_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "57")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert output.width(Settings()) == 57
    assert output.width(Settings(width=33)) == 33
    assert output.width(Settings(output="file")) == 100
    assert output.colour(Settings()) is True
    assert output.colour(Settings(color="never")) is False
    assert output.colour(Settings(output="file")) is False
    monkeypatch.setenv("NO_COLOR", "1")
    assert output.colour(Settings()) is False
    assert output.colour(Settings(color="always")) is True
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert output.colour(Settings()) is False


def test_a_pipe_has_a_fixed_width_and_no_colour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "57")
    assert output.width(Settings()) == 100
    assert output.colour(Settings()) is False
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("gaps", "--cache=e4s=index.json", "--want=spack.lock", "-o", "index.json"),
        ("rebuild", "--cache=index.json", "--want=.", "-o", "./spack.lock"),
        ("diff", "spack.lock", "b=index.json", "-o", "link.json"),
        ("rebuild", "--cache=index.json", "--want=zlib", "--write-unplannable=index.json"),
        ("trend", "index.json", "-o", "index.json"),
        ("report", "--from", "index.json", "-o", "index.json"),
    ],
)
def test_no_report_replaces_what_the_run_reads(
    run: Runs, folder: Path, words: tuple[str, ...]
) -> None:
    (folder / "index.json").write_text(index(["zlib"]), encoding="utf-8")
    (folder / "spack.lock").write_text(lock(["zlib"]), encoding="utf-8")
    (folder / "link.json").symlink_to("index.json")
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    answer = run(*words, "--no-config")
    assert (answer.code, answer.out) == (2, "")
    assert "which this run reads" in answer.err
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before
