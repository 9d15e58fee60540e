"""A run that a signal ends leaves nothing behind and ends as the signal says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from specplan.cli import main
from tests import servers

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the signals are those of POSIX")

#: Works in the core for as long as it is let, while a temporary file is there.
BUSY = """
import hashlib
import sys
from pathlib import Path
from specplan import temporary
from specplan.cli import ending
with ending.cleaned_up():
    temporary.new_file(Path(sys.argv[1]), prefix="tmp")
    print("ready", flush=True)
    # As the compiled core does, this lets other threads run and looks at no signal.
    hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9) if sys.argv[2] == "busy" else sys.stdin.read()
"""


def heeded() -> None:
    """End by a hangup and by Ctrl-C, also where tests run under `nohup` or in the background."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "SPECPLAN_CACHE_DIR": str(folder / "cache")},
        preexec_fn=heeded,  # noqa: PLW1509 - no other thread runs in a test
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=str)
@pytest.mark.parametrize("how", ["busy", "waiting"])
def test_temporary_files_are_removed_whatever_the_main_thread_does(
    tmp_path: Path, how: str, number: signal.Signals
) -> None:
    process = started([sys.executable, "-c", BUSY, str(tmp_path), how], tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    assert len(list(tmp_path.iterdir())) == 1
    process.send_signal(number)
    process.communicate()
    # Ended by the signal, or, where Python does not get to it, as a shell says so.
    assert process.returncode in {-number, 128 + number}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=str)
def test_a_file_that_is_arriving_is_removed(tmp_path: Path, number: signal.Signals) -> None:
    with servers.serving() as server:
        arriving = servers.stalled
        server.answers["/index.json"] = [arriving]
        url = f"{server.url}/index.json"
        process = started(
            [sys.executable, "-m", "specplan", "check", "--no-config", "--cache", url], tmp_path
        )
        incoming = tmp_path / "cache" / "incoming"
        while not (incoming.is_dir() and list(incoming.iterdir())):
            assert process.poll() is None, process.communicate()
        process.send_signal(number)
        _, said = process.communicate()
    assert process.returncode in {-number, 128 + number, 130}
    assert list(incoming.iterdir()) == []
    assert b"Traceback" not in said


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    """`nohup` runs with SIGHUP ignored."""
    program = (
        "import signal; from specplan.cli import ending\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "with ending.cleaned_up():\n"
        "    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN\n"
        "assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL\n"
    )
    process = started([sys.executable, "-c", program], tmp_path)
    assert process.communicate() == (b"", b"")
    assert process.returncode == 0


#: Waits for its end when the command line is imported.
IMPORTING = """
import sys
from specplan.cli import main
class Slow:
    def find_spec(self, name, *_):
        if name == "specplan.cli.program":
            print("ready", flush=True)
            sys.stdin.read()
sys.meta_path.insert(0, Slow())
main()
"""


def test_an_interruption_while_modules_are_imported_ends_without_a_word(tmp_path: Path) -> None:
    process = started([sys.executable, "-c", IMPORTING], tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert (process.returncode, said) == (-signal.SIGINT, b"")


def test_an_interruption_within_a_class_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Python 3.12 it comes as a RuntimeError, which was taken for a bug of specplan."""

    def stopped(*_: object) -> int:
        raise RuntimeError("Error calling __set_name__") from KeyboardInterrupt()

    monkeypatch.setattr("specplan.cli.program._ended", stopped)
    assert main(["doctor"]) == 130
