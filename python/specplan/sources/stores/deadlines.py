"""Connections with deadlines that no server can exceed.

The timeout of a socket restarts with every byte, so a server that sends occasional bytes can block
a reader forever. Here each step has its own deadline: connecting, TLS, the whole head of a response
with everything before it, each piece of a body. All steps of a transfer together have another one.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import queue
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager, make_headers
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from _typeshed import WriteableBuffer
    from urllib3 import BaseHTTPResponse, HTTPResponse

__all__ = ["Connections", "Deadline", "TransferTimeoutError", "within"]

#: The number of connections to one server that are kept: one for each parallel transfer.
_TOGETHER: Final = 8

#: The size limit of the head of a response, with any `100 Continue` before it.
_HEAD_BYTES: Final = 1 << 20


class TransferTimeoutError(TimeoutError):
    """A whole transfer takes too long; another attempt would not help."""


class Deadline:
    """The deadline of a transfer, and of its current step.

    Args:
        clock: A clock in seconds that never goes back.
        step: The time limit of a step, in seconds.
        whole: The time limit of the transfer, in seconds.
    """

    def __init__(self, clock: Callable[[], float], *, step: float, whole: float) -> None:
        self._clock = clock
        self._step_seconds = step
        self._end = clock() + whole
        self._step_end = self._end
        self._head_left: int | None = None
        self.step()

    def step(self, *, head: bool = False) -> None:
        """Start a step.

        Args:
            head: Whether it is the head of a response, which also has a size limit.
        """
        self._step_end = min(self._end, self._clock() + self._step_seconds)
        self._head_left = _HEAD_BYTES if head else None

    def left(self) -> float:
        """Return the remaining seconds of the step.

        Raises:
            TimeoutError: If there are none.
        """
        now = self._clock()
        if now >= self._end:
            raise TransferTimeoutError
        if now >= self._step_end:
            raise TimeoutError
        return self._step_end - now

    def received(self, count: int) -> None:
        """Count bytes that arrived.

        Raises:
            http.client.HTTPException: If the head of the response has too many.
        """
        if self._head_left is not None:
            self._head_left -= count
            if self._head_left < 0:
                raise http.client.HTTPException("the header of the response does not end")


class _Current(threading.local):
    """The deadline of the current transfer of a thread.

    A connection outlives the transfer that opened it, so it cannot know the deadline itself.
    """

    deadline: Deadline | None = None


_CURRENT: Final = _Current()


@contextlib.contextmanager
def within(deadline: Deadline) -> Iterator[None]:
    """Apply a deadline to all connections that this thread uses."""
    before, _CURRENT.deadline = _CURRENT.deadline, deadline
    try:
        yield
    finally:
        _CURRENT.deadline = before


def _deadline() -> Deadline:
    if _CURRENT.deadline is None:
        raise RuntimeError("a connection is used outside of any transfer")
    return _CURRENT.deadline


class _Raw(io.RawIOBase):
    """The bytes that a socket receives, within the deadline of the transfer."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        # It counts as a user of the socket, so closing the socket waits for it.
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        deadline = _deadline()
        self._sock.settimeout(deadline.left())
        count = self._sock.recv_into(buffer)
        deadline.received(count)
        return count

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class _TimedSocket:
    """The part of a socket's interface that `http.client` and urllib3 use, within the deadline."""

    def __init__(self, sock: socket.socket) -> None:
        self.plain = sock

    def sendall(self, content: bytes) -> None:
        self.plain.settimeout(_deadline().left())
        self.plain.sendall(content)

    def makefile(self, _mode: str = "rb", *_: object, **__: object) -> io.BufferedReader:
        return io.BufferedReader(_Raw(self.plain))

    def settimeout(self, _: float | None) -> None:
        """Do nothing: the deadline is the timeout."""

    def fileno(self) -> int:
        return self.plain.fileno()

    def close(self) -> None:
        self.plain.close()


class _Timed(HTTPConnection):
    """A connection that applies the deadline of the transfer to each step."""

    def _new_conn(self) -> socket.socket:
        _deadline().step()
        sock = _TimedSocket(_connection((self._dns_host, self.port), _deadline()))
        return cast("socket.socket", sock)  # all that is used of it

    def _tunnel(self) -> None:
        _deadline().step(head=True)
        super()._tunnel()  # the proxy's part, as `http.client` does it
        _deadline().step()

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 does
        """Return the response, once its head has arrived."""
        _deadline().step(head=True)
        answer = super().getresponse()
        _deadline().step()
        return answer


class TimedConnection(_Timed):
    """A connection without TLS."""


class TimedSecureConnection(_Timed, HTTPSConnection):
    """A connection with TLS."""

    def connect(self) -> None:
        """Connect, through a proxy if there is one, and do the TLS handshake."""
        self.sock = self._new_conn()
        if self.proxy_is_tunneling:
            self._has_connected_to_proxy = True
            self._tunnel()
        deadline = _deadline()
        deadline.step()
        sock = cast("_TimedSocket", self.sock).plain
        # Python applies the timeout to the whole handshake.
        sock.settimeout(deadline.left())
        context = self.ssl_context or ssl.create_default_context()
        name = self._tunnel_host or self.host
        secure = context.wrap_socket(sock, server_hostname=name)
        self.sock = cast("socket.socket", _TimedSocket(secure))
        self.is_verified = True


class _Pool(HTTPConnectionPool):
    ConnectionCls = TimedConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = TimedSecureConnection


class Connections:
    """Connections to servers, each used for many files.

    Threads may share it; each connection serves one transfer at a time.
    """

    def __init__(self) -> None:
        self._managers: dict[tuple[str, str | None], PoolManager] = {}
        self._lock = threading.Lock()

    def ask(self, url: str, headers: dict[str, str], *, method: str = "GET") -> BaseHTTPResponse:
        """Return the response to a request for a file, of which only the head has been read.

        Redirects are responses too, and nothing is retried.

        Args:
            url: The file.
            headers: The headers of the request.
            method: ``GET``, or ``HEAD`` for only the head.
        """
        parts = urlsplit(url)
        manager = self._manager(parts.scheme, _proxy(parts.scheme, parts.netloc))
        return manager.urlopen(
            method,
            url,
            headers=headers,
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
            enforce_content_length=False,
        )

    def _manager(self, scheme: str, proxy: str | None) -> PoolManager:
        with self._lock:
            if (scheme, proxy) not in self._managers:
                self._managers[scheme, proxy] = _new_manager(scheme, proxy)
            return self._managers[scheme, proxy]


def _new_manager(scheme: str, proxy: str | None) -> PoolManager:
    # Reading the system's certificates takes longer than fetching a small file.
    context = ssl.create_default_context() if scheme == "https" else None
    if proxy is None:
        manager = PoolManager(maxsize=_TOGETHER, ssl_context=context)
    else:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        headers = None
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers = make_headers(proxy_basic_auth=pair)
        netloc = parts.netloc.rpartition("@")[2]
        manager = ProxyManager(
            f"{parts.scheme}://{netloc}",
            proxy_headers=headers,
            maxsize=_TOGETHER,
            ssl_context=context,
        )
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return manager


def _proxy(scheme: str, netloc: str) -> str | None:
    """Return the proxy that the environment names for a server; None for a direct connection."""
    proxy = getproxies().get(scheme)
    host = netloc.rpartition("@")[2]
    return None if not proxy or proxy_bypass(host) else proxy


#: A result of the resolver: family, kind, protocol, canonical name, address.
_Found: TypeAlias = "Sequence[tuple[int, int, int, str, Any]]"


def _addresses(address: tuple[str, int], deadline: Deadline) -> _Found:
    """Return the addresses of a host.

    The resolver of the system has no deadline and cannot be stopped, so it runs in a thread that is
    abandoned after the timeout.

    Raises:
        OSError: If there are none, or the resolver does not answer in time.
    """
    answers: queue.SimpleQueue[_Found | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(*address, 0, socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 - raised by whoever waits for it
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _connection(address: tuple[str, int], deadline: Deadline) -> socket.socket:
    """Return a socket that is connected to one of the addresses of a host.

    Raises:
        OSError: If none can be reached.
    """
    failed: OSError | None = None
    for family, kind, protocol, _, where in _addresses(address, deadline):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(deadline.left())
            sock.connect(where)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            failed = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise failed or OSError("the host has no address")
