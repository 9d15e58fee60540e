"""A web server on loopback that also misbehaves."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote

CERTIFICATE = Path(__file__).parent / "data" / "tls" / "loopback.pem"


class Handler(BaseHTTPRequestHandler):
    """Answers with what a test put at a path, else with the files of a folder."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        answers = self.server.answers.get(self.path.partition("?")[0])
        if answers:
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            answer(self)
            return
        self._file()

    do_HEAD = do_GET  # noqa: N815 - as `http.server` calls it

    def _file(self) -> None:
        folder = self.server.folder
        name = unquote(self.path.partition("?")[0]).lstrip("/")
        path = folder / name if folder else None
        if path is None or not path.is_file():
            self.answer(404, b"no such file")
            return
        content = path.read_bytes()
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        self.answer(200, content, {"ETag": tag})

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def setup(self) -> None:
        self.server.connections += 1
        super().setup()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Answer: TypeAlias = Callable[[Handler], None]


class Server(ThreadingHTTPServer):
    """The server.

    Attributes:
        answers: The answers by path; the last of several is repeated.
        asked: The requests: path and headers.
        connections: The number of opened connections.
        folder: The folder with the files to serve if there is no such answer.
        done: Set when the test is over, so that no answer hangs on.
    """

    daemon_threads = True

    def __init__(self, folder: Path | None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.connections = 0
        self.folder = folder
        self.done = threading.Event()
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients that give up are what many tests are about."""


@contextlib.contextmanager
def serving(folder: Path | None = None, *, tls: bool = False) -> Iterator[Server]:
    """Serve until the block ends."""
    server = Server(folder)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.done.set()
        server.shutdown()
        thread.join()
        server.server_close()


def status(code: int, **headers: str) -> Answer:
    """Answer with a status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer(code, b"", named)


def body(content: bytes, **headers: str) -> Answer:
    """Answer with a body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer(200, content, named)


def cut(content: bytes, length: int) -> Answer:
    """Promise more bytes than there are."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(content)
        handler.close_connection = True

    return answer


def cut_chunks(handler: Handler) -> None:
    """Break off in the middle of a chunk."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"ff\r\nonly a few bytes")
    handler.close_connection = True


def endless(handler: Handler) -> None:
    """Send until nobody listens any more."""
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    with contextlib.suppress(OSError):
        while not handler.server.done.is_set():
            handler.wfile.write(b"x" * 65536)


def silent(handler: Handler) -> None:
    """Say nothing for as long as the test lasts."""
    handler.close_connection = True
    handler.server.done.wait(20)


def stalled(handler: Handler) -> None:
    """Send a part, then nothing."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"part")
    handler.close_connection = True
    handler.server.done.wait(20)


def reset(handler: Handler) -> None:
    """Break the connection off without a word."""
    handler.close_connection = True
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()


def rubbish(handler: Handler) -> None:
    """Answer with what is not valid HTTP."""
    handler.wfile.write(b"220 mail.example ESMTP\r\n\r\n")
    handler.close_connection = True
