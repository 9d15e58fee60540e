"""Bars of transfers: on a terminal, and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest

from specplan.cli.progress import transfers


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> _Terminal:
    # No fixture: between the phases of a test pytest puts its own streams back.
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    return terminal


def test_nobody_is_told_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with transfers() as progress:
        assert progress is None


def test_a_transfer_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _at_a_terminal(monkeypatch)
    with transfers() as progress:
        assert progress is not None
        progress("https://mirror.example/index.json", 500, None)
        progress("https://mirror.example/index.json", 1000, 1000)
    assert "https://mirror.example/index.json" in terminal.getvalue()


def test_a_url_cannot_speak_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _at_a_terminal(monkeypatch)
    with transfers() as progress:
        assert progress is not None
        progress("https://h/[bold]\x1b]0;title\x07[/x]" + "x" * 10, 1, 1)
    assert "\x1b]0" not in terminal.getvalue()
    assert "[bold]" in terminal.getvalue()
