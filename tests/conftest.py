"""What holds for every test: how many examples are drawn, and that no test leaves the machine."""

from __future__ import annotations

import ipaddress
import os
import sys
import tempfile
from typing import Final

from hypothesis import HealthCheck, settings

# Inputs of tests, some of them in Python: nothing there is a test.
collect_ignore = ["data"]

# `deadline=None`: a bound on the time of one example fails on a busy machine and says
# nothing about the code; pytest's timeout bounds the whole test.
settings.register_profile("fast", max_examples=100, deadline=None)
settings.register_profile(
    "ci",
    # More would be better, and would keep every merge waiting for a quarter of an hour.
    max_examples=60,
    deadline=None,
    # The same examples in every run: whether a change may be merged is no matter of luck.
    # New examples are found at every desk (`fast`) and by `make properties` (`deep`).
    derandomize=True,
    # Two slow cores draw examples slowly, which is no fault of the test.
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile(
    "deep",
    max_examples=10_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
# `--hypothesis-profile` is applied after this and wins.
settings.load_profile("ci" if os.environ.get("CI") else "fast")


#: A folder in memory: what is written there waits for no disk, which tests otherwise spend a third
#: of their time on.
_MEMORY: Final = "/dev/shm"  # noqa: S108 - only folders with names of their own are made there

#: The free space required there; the largest test writes a few hundred megabytes.
_MEMORY_BYTES: Final = 4 << 30


def _is_memory_fit() -> bool:
    """Whether there is memory to write to, and programs may be started there, as tests do."""
    if not os.access(_MEMORY, os.W_OK) or not hasattr(os, "ST_NOEXEC"):
        return False
    state = os.statvfs(_MEMORY)
    is_large = state.f_bavail * state.f_frsize >= _MEMORY_BYTES
    return is_large and not state.f_flag & os.ST_NOEXEC


# Who says where to write knows better. The workers of pytest-xdist take this over.
if "TMPDIR" not in os.environ and _is_memory_fit():
    os.environ["TMPDIR"] = _MEMORY
    tempfile.tempdir = None


def _is_this_machine(address: object) -> bool:
    """Whether a socket's address leads nowhere but here.

    A Unix socket's address is a path; an internet socket's a tuple that starts with
    the host.
    """
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Fail whoever connects to another machine, in tests and in doctests alike."""
    if event == "socket.connect" and not _is_this_machine(arguments[1]):
        raise RuntimeError(f"a test may not connect to {arguments[1]}")


sys.addaudithook(_refuse_network)
