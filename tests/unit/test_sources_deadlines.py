"""A server that drips, whatever it drips, ends a fetch and does not hold it."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from urllib3.exceptions import ProtocolError

from specplan.errors import RemoteError
from specplan.sources import Limits
from specplan.sources.stores import deadlines
from specplan.sources.stores.downloads import Downloads
from specplan.sources.stores.fetching import Fetching
from specplan.sources.stores.http import HttpStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: As `Limits` has them, but short.
STEP = Limits(silence_seconds=0.2, transfer_seconds=60, attempts=1)
WHOLE = Limits(silence_seconds=30, transfer_seconds=0.3, attempts=3)

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


class Dripping:
    """A server that sends a start at once, and then a piece again and again.

    After some seconds it ends as a server should, so that whoever waits gets a whole file.
    """

    def __init__(
        self, start: bytes, piece: bytes, end: bytes, pause: float, lasts: float = 8
    ) -> None:
        self._sent = (start, piece, end)
        self._pause = pause
        self._pieces = round(lasts / pause)
        self._done = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        start, piece, end = self._sent
        with connection:
            try:
                connection.recv(1 << 16)
                connection.sendall(start)
                for _ in range(self._pieces):
                    if self._done.wait(self._pause):
                        return
                    connection.sendall(piece)
                connection.sendall(end)
            except OSError:
                return

    def close(self) -> None:
        self._done.set()
        self._socket.close()


#: What drips: what comes before it, what comes again and again, and what would end it well.
DRIPS = {
    "answers 100 Continue": (
        b"",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        HEAD + b"Content-Length: 1\r\n\r\nx",
    ),
    "the status line": (b"HTTP/1.1 200 O", b"K", b"\r\nContent-Length: 1\r\n\r\nx"),
    "a header": (HEAD + b"X-Long: ", b"y", b"\r\nContent-Length: 1\r\n\r\nx"),
    "headers": (HEAD, b"X-More: y\r\n", b"Content-Length: 1\r\n\r\nx"),
    "a chunk's size": (CHUNKED, b"0", b"1\r\nx\r\n0\r\n\r\n"),
    "a chunk's extension": (CHUNKED + b"1;", b"y", b"\r\nx\r\n0\r\n\r\n"),
    "trailers": (CHUNKED + b"1\r\nx\r\n0\r\n", b"X-More: y\r\n", b"\r\n"),
    "a body": (HEAD + b"Content-Length: 160\r\n\r\n", b"x", b""),
}


@pytest.fixture
def dripping() -> Iterator[Callable[..., Dripping]]:
    servers: list[Dripping] = []

    def dripping(
        start: bytes, piece: bytes, end: bytes, pause: float = 0.05, lasts: float = 8
    ) -> Dripping:
        servers.append(Dripping(start, piece, end, pause, lasts))
        return servers[-1]

    yield dripping
    for server in servers:
        server.close()


def fetch(url: str, limits: Limits, folder: Path) -> Path | None:
    fetching = Fetching(limits=limits, downloads=Downloads(folder / "cache"), pause=lambda _: None)
    return HttpStore(url, fetching).get("", most=1 << 20)


@pytest.mark.parametrize("what", [each for each in DRIPS if each != "a body"])
def test_what_no_step_ends_with_is_given_up(
    what: str, dripping: Callable[..., Dripping], tmp_path: Path
) -> None:
    server = dripping(*DRIPS[what])
    with pytest.raises(RemoteError, match=r"no response for 0\.2 seconds"):
        fetch(f"http://{server.host}/x", STEP, tmp_path)


@pytest.mark.parametrize("what", DRIPS)
def test_nothing_takes_longer_than_the_time_for_the_whole(
    what: str, dripping: Callable[..., Dripping], tmp_path: Path
) -> None:
    server = dripping(*DRIPS[what])
    with pytest.raises(RemoteError, match=r"timed out after 0\.3 seconds$"):
        fetch(f"http://{server.host}/x", WHOLE, tmp_path)


@pytest.mark.parametrize("limits", [STEP, WHOLE])
def test_a_handshake_that_drips_is_given_up(
    limits: Limits, dripping: Callable[..., Dripping], tmp_path: Path
) -> None:
    record = b"\x16\x03\x03\x40\x00"
    server = dripping(record, b"\x00", b"")
    with pytest.raises(RemoteError):
        fetch(f"https://{server.host}/x", limits, tmp_path)


def test_a_head_that_comes_fast_and_does_not_end_is_given_up(
    dripping: Callable[..., Dripping], tmp_path: Path
) -> None:
    server = dripping(b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000, b"", b"", 0.05)
    with pytest.raises(RemoteError, match="the header of the response does not end"):
        fetch(f"http://{server.host}/x", Limits(attempts=1), tmp_path)


def test_redirects_share_the_time_for_the_whole(
    dripping: Callable[..., Dripping], tmp_path: Path
) -> None:
    target = b""
    for _ in range(4):
        location = b"Location: http://" + target + b"/x\r\n" if target else b""
        end = b"Content-Length: 0\r\n\r\n"
        server = dripping(b"HTTP/1.1 302 Found\r\n" + location + b"X: ", b"y", b"\r\n" + end, 2)
        target = server.host.encode()
    with pytest.raises(RemoteError, match=r"timed out after 0\.3 seconds$"):
        fetch(f"http://{target.decode()}/x", WHOLE, tmp_path)


def test_a_slow_answer_in_time_is_taken(dripping: Callable[..., Dripping], tmp_path: Path) -> None:
    server = dripping(HEAD + b"Content-Length: 4\r\n\r\n", b"x", b"", 0.3, lasts=1.2)
    path = fetch(f"http://{server.host}/x", Limits(attempts=1), tmp_path)
    assert path is not None
    assert path.read_bytes() == b"xxxx"


def test_a_resolver_that_does_not_answer_does_not_hold_a_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: over.wait(60))
    deadline = deadlines.Deadline(time.monotonic, step=0.1, whole=10)
    started = time.monotonic()
    with pytest.raises(ProtocolError), deadlines.within(deadline):
        deadlines.Connections().ask("http://cache.example/x", {})
    assert time.monotonic() - started < 5
    over.set()
