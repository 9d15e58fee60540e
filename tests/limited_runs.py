"""Runs of specplan with little memory and little time, each in a process of its own."""

from __future__ import annotations

import array
import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["Ended", "run_limited"]

SCRIPT: Final = Path(__file__).parent / "cli" / "limited.py"

#: Each thread reserves address space that it does not use.
_SPARING: Final = {"RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}

_PIECE_BYTES: Final = 1 << 16


@dataclass(frozen=True)
class Ended:
    """How a run ended, what it wrote and what it took."""

    code: int
    out: str
    err: str
    #: Of the processor.
    seconds: float = 0
    #: The most memory, in bytes.
    peak: int = 0


def run_limited(*words: str | Path, unprivileged: bool = False) -> Ended:
    """Run specplan, without the rights of root where that is asked for."""
    if unprivileged:
        # Rights are lost when a program is started.
        command = [sys.executable, SCRIPT, "--unprivileged", *words]
        ended = subprocess.run(
            command, capture_output=True, timeout=240, check=False, env={**os.environ, **_SPARING}
        )
        return Ended(ended.returncode, _text(ended.stdout), _text(ended.stderr))
    out, err = _Reader(), _Reader()
    request = {
        "words": [os.fspath(word) for word in words],
        "folder": os.getcwd(),  # noqa: PTH109 - as text
        "environment": {**os.environ, **_SPARING},
    }
    streams = array.array("i", [out.write, err.write])
    asked = f"{json.dumps(request)}\n".encode()
    server = _server(os.getpid())
    sent = server.sendmsg([asked], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
    server.sendall(asked[sent:])
    for each in streams:
        os.close(each)
    answer = b""
    while not answer.endswith(b"\n"):
        piece = server.recv(_PIECE_BYTES)
        assert piece, "what forks the runs has ended"
        answer += piece
    took = json.loads(answer)
    return Ended(took["code"], out.text(), err.text(), took["seconds"], took["peak"])


class _Reader:
    """A pipe, and all that comes out of it."""

    def __init__(self) -> None:
        self._read, self.write = os.pipe()
        self._content = b""
        self._thread = threading.Thread(target=self._take)
        self._thread.start()

    def _take(self) -> None:
        with open(self._read, "rb") as pipe:  # noqa: PTH123 - a descriptor
            self._content = pipe.read()

    def text(self) -> str:
        self._thread.join()
        return _text(self._content)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


@cache
def _server(_process: int) -> socket.socket:
    """Start what forks the runs, once for this process; it ends when nobody holds the socket."""
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.set_inheritable(True)
        # Nobody waits for it: it ends with this process.
        os.posix_spawn(
            sys.executable,
            [sys.executable, str(SCRIPT), "--serve", str(theirs.fileno())],
            {**os.environ, **_SPARING},
            file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
        )
    atexit.register(ours.close)
    return ours
