"""What holds for every test: how many examples are drawn, and that no test leaves the machine."""

from __future__ import annotations

import ipaddress
import os
import sys

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
