"""Bars on a terminal, and a line now and then where a log is written."""

from __future__ import annotations

import io
import re
import sys
import time

import pytest

from specplan.cli import output
from specplan.cli.progress import counted, transfers


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _at_a_terminal(monkeypatch: pytest.MonkeyPatch, columns: int = 200) -> _Terminal:
    # No fixture: between the phases of a test pytest puts its own streams back.
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(columns))
    return terminal


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which a test moves on."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_log_gets_a_line_now_and_then(
    seconds: list[float], capfd: pytest.CaptureFixture[str]
) -> None:
    with transfers() as progress:
        for second in range(100):
            seconds[0] = second
            progress("https://mirror.example/index.json", second * 1_000_000, 200_000_000)
    assert capfd.readouterr().err.splitlines() == [
        f"note: fetching `https://mirror.example/index.json`: {second}.0 of 200.0 MB"
        for second in (30, 60, 90)
    ]


def test_a_short_run_says_nothing_in_a_log(capfd: pytest.CaptureFixture[str]) -> None:
    with transfers() as progress, counted("files") as count:
        progress("https://mirror.example/index.json", 1, None)
        count(1, 2)
    assert capfd.readouterr().err == ""


def test_counts_are_said_in_a_log(seconds: list[float], capfd: pytest.CaptureFixture[str]) -> None:
    with counted("files of mirrors") as count:
        seconds[0] = 31.0
        count(7, 2000)
    assert capfd.readouterr().err == "note: files of mirrors: 7 of 2000\n"


def test_a_transfer_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _at_a_terminal(monkeypatch)
    with transfers() as progress:
        progress("https://mirror.example/index.json", 500, None)
        progress("https://mirror.example/index.json", 1000, 1000)
    assert "https://mirror.example/index.json" in terminal.getvalue()


def test_a_url_cannot_speak_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _at_a_terminal(monkeypatch)
    with transfers() as progress:
        progress("https://h/[bold]\x1b]0;title\x07[/x]" + "x" * 10, 1, 2)
    assert "\x1b]0" not in terminal.getvalue()
    assert "[bold]" in terminal.getvalue()


def test_a_blob_is_shown_by_its_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _at_a_terminal(monkeypatch)
    with transfers() as progress:
        progress(f"https://mirror.example/blobs/sha256/ab/{'ab' * 32}", 1, 2)
    assert "https://mirror.example (index)" in terminal.getvalue()
    assert "abab" not in terminal.getvalue()


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 200])
def test_a_transfer_takes_one_line_of_any_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = _at_a_terminal(monkeypatch, columns)
    with transfers() as progress, counted("files of mirrors") as count:
        count(1234, 60_000)
        for done in range(4):
            progress("https://mirror.example/v3/manifests/index/index.json", done * 10**8, 10**9)
            time.sleep(0.01)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    assert ".json" in shown
    assert all(len(line) <= columns for line in re.split(r"[\r\n]+", shown))
    # Only the ends of the two displays move the cursor up.
    assert terminal.getvalue().count("\x1b[1A") <= 2


def test_what_is_fetched_at_once_or_to_the_end_is_shown_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = _at_a_terminal(monkeypatch)
    with transfers() as progress:
        progress("https://mirror.example/small.json", 10, 10)
        progress("https://mirror.example/large.json", 5, 10)
        progress("https://mirror.example/large.json", 10, 10)
        before = len(terminal.getvalue())
        progress("https://mirror.example/other.json", 5, 10)
    assert "small.json" not in terminal.getvalue()
    assert "large.json" not in terminal.getvalue()[before:]


def test_a_quiet_run_has_no_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _at_a_terminal(monkeypatch)
    monkeypatch.setattr(output, "is_quiet", lambda: True)
    with transfers() as progress, counted("files") as count:
        progress("https://mirror.example/index.json", 500, 1000)
        count(1, 2)
    assert terminal.getvalue() == ""
