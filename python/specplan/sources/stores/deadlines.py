"""Connections that no server can hold for ever.

A timeout of a socket starts anew with every byte, so that a server that sends one now and then
holds whoever waits for a line. Here each step has an end of its own: connecting, TLS, the whole
head of an answer with all that comes before it, each piece of a body. All steps of a transfer
together have one more.
"""

from __future__ import annotations

import http.client
import io
import queue
import socket
import threading
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    from _typeshed import WriteableBuffer

__all__ = ["Deadline", "TimedConnection", "TimedSecureConnection", "TransferTimeoutError"]

#: More than any head of an answer has, with all the answers `100 Continue` before it.
_HEAD_BYTES: Final = 1 << 20


class TransferTimeoutError(TimeoutError):
    """A whole transfer takes too long; another attempt would not help."""


class Deadline:
    """When a transfer must be done, and the step that it is at.

    Args:
        clock: A clock in seconds that never goes back.
        step: How long a step may take, in seconds.
        whole: How long the transfer may take, in seconds.
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
            head: Whether it is the head of an answer, which has a bound of bytes too.
        """
        self._step_end = min(self._end, self._clock() + self._step_seconds)
        self._head_left = _HEAD_BYTES if head else None

    def left(self) -> float:
        """Return how many seconds the step may still take.

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
            http.client.HTTPException: If the head of the answer has too many.
        """
        if self._head_left is not None:
            self._head_left -= count
            if self._head_left < 0:
                raise http.client.HTTPException("the head of the answer does not end")


class _Raw(io.RawIOBase):
    """What a socket receives, within a deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        # It counts as a user of the socket: closing the socket waits for it.
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._sock.settimeout(self._deadline.left())
        count = self._sock.recv_into(buffer)
        self._deadline.received(count)
        return count

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class _TimedSocket:
    """As much of a socket as `http.client` uses, within a deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, content: bytes) -> None:
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(content)

    def makefile(self, _mode: str = "rb", *_: object, **__: object) -> io.BufferedReader:
        return io.BufferedReader(_Raw(self._sock, self._deadline))

    def close(self) -> None:
        self._sock.close()


class TimedConnection(http.client.HTTPConnection):
    """A connection within a deadline.

    Args:
        host: The host, perhaps with a port.
        deadline: The deadline.
        timeout: Not looked at: the deadline says how long.
    """

    def __init__(self, host: str, *, deadline: Deadline, timeout: object = None) -> None:  # noqa: ARG002 - urllib passes it
        super().__init__(host)
        self._deadline = deadline

    def connect(self) -> None:
        """Connect to the host, or through a proxy."""
        self._connected()

    def getresponse(self) -> http.client.HTTPResponse:
        """Return the answer, once its head is here."""
        self._deadline.step(head=True)
        answer = super().getresponse()
        self._deadline.step()
        return answer

    def _connected(self) -> socket.socket:
        self._deadline.step()
        sock = _connection((self.host, self.port), self._deadline)
        self.sock = _TimedSocket(sock, self._deadline)  # all that is used of it
        if getattr(self, "_tunnel_host", None):
            self._deadline.step(head=True)
            self._tunnel()  # type: ignore[attr-defined]  # the proxy's part, as `http.client` does it
        self._deadline.step()
        return sock


class TimedSecureConnection(TimedConnection):
    """The same with TLS.

    Args:
        host: The host, perhaps with a port.
        deadline: The deadline.
        context: What is trusted.
        timeout: Not looked at.
    """

    default_port = http.client.HTTPS_PORT

    def __init__(
        self, host: str, *, deadline: Deadline, context: ssl.SSLContext, timeout: object = None
    ) -> None:
        super().__init__(host, deadline=deadline, timeout=timeout)
        self._context = context

    def connect(self) -> None:
        """Connect, and agree on keys."""
        sock = self._connected()
        name = getattr(self, "_tunnel_host", None) or self.host
        # Python holds a handshake as a whole to the timeout.
        sock.settimeout(self._deadline.left())
        secure = self._context.wrap_socket(sock, server_hostname=name)
        self.sock = _TimedSocket(secure, self._deadline)  # as above


#: What the resolver says of a host: family, kind, protocol, canonical name, address.
_Found: TypeAlias = "Sequence[tuple[int, int, int, str, Any]]"


def _addresses(address: tuple[str, int], deadline: Deadline) -> _Found:
    """Return the addresses of a host.

    The resolver of the system has no deadline, and nothing can stop it: it is asked by a thread
    that is left alone when the time is over.

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
