"""Run specplan with little memory and little time.

``limited.py [--unprivileged] WORD...`` runs it once, ``limited.py --serve SOCKET`` for each request
that comes through a socket: a process that has imported specplan and run nothing yet forks
another for each, so that none waits for an interpreter. ``tests/limited_runs.py`` asks it.

Time is that of the processor, so that a busy machine makes no test fail.
"""

from __future__ import annotations

import array
import atexit
import ctypes
import importlib
import json
import os
import pkgutil
import resource
import signal
import socket
import sys
from typing import Any

#: More than any page may need, and far less than a machine has.
ADDRESS_SPACE_BYTES = 1_500_000_000

#: The limit on CPU time.
PROCESSOR_SECONDS = 20

#: The time limit of a run that waits forever.
_WAITING_SECONDS = 240

#: The number of bytes read of a request at once.
_PIECE_BYTES = 1 << 16

# Linux: what lets root read where no permission is given.
_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2

#: What no run needs, and what needs libraries that only tests have.
_NOT_IMPORTED = ("specplan.__main__", "specplan.testing", "specplan.spack")


def main() -> None:
    words = sys.argv[1:]
    if words[0] == "--serve":
        serve(int(words[1]))
        return
    limit()
    if words[0] == "--unprivileged":
        words = words[1:]
        if os.geteuid() == 0:
            libc = ctypes.CDLL(None)
            for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
                libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.execv(sys.executable, [sys.executable, "-m", "specplan", *words])  # noqa: S606 - itself


def limit() -> None:
    """Take from this process what no run may need."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(descriptor: int) -> None:
    """Run specplan for each request until nobody is left to send one."""
    import specplan  # noqa: PLC0415 - here alone

    for module in pkgutil.walk_packages(specplan.__path__, "specplan."):
        if not module.name.startswith(_NOT_IMPORTED):
            importlib.import_module(module.name)
    with socket.socket(fileno=descriptor) as asking:
        while True:
            # The streams of the run come with the request.
            streams = array.array("i")
            request, extra, _, _ = asking.recvmsg(_PIECE_BYTES, socket.CMSG_SPACE(2 * 4))
            if not request:
                return
            for _, _, data in extra:
                streams.frombytes(data)
            while not request.endswith(b"\n"):
                request += asking.recv(_PIECE_BYTES)
            child = os.fork()
            if child == 0:
                asking.close()
                _run(json.loads(request), *streams)
            for each in streams:
                os.close(each)
            asking.sendall(f"{json.dumps(_ended(child))}\n".encode())


def _run(request: dict[str, Any], out: int, err: int) -> None:
    """Become the run that is asked for."""
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.closerange(3, 64)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["specplan", *request["words"]]
    limit()
    from specplan.cli import main as program  # noqa: PLC0415 - imported already

    code = program()
    sys.stdout.flush()
    sys.stderr.flush()
    atexit._run_exitfuncs()  # noqa: SLF001 - to take down all that was imported takes longer than most runs
    os._exit(code)


def _ended(child: int) -> dict[str, float]:
    """Return how a run ended and what it took."""
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(_WAITING_SECONDS)
    _, status, usage = os.wait4(child, 0)
    signal.alarm(0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": usage.ru_utime + usage.ru_stime,
        # It began with the memory of the process that forked it, which is that of a start.
        "peak": usage.ru_maxrss * 1024,
    }


if __name__ == "__main__":
    main()
