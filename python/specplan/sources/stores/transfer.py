"""The transfer of one file from a server: redirects, attempts, deadlines and limits.

The request defines its URL, its expected content and its authorization. Temporary failures are
retried after the pause that the server requests.
"""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import io
import ssl
import time
import zlib
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote, urljoin, urlsplit

from urllib3.exceptions import HTTPError

from specplan._core import __version__
from specplan.errors import DamagedSourceError, RemoteError, SourceError
from specplan.records import dataclass
from specplan.secrets import shown_url
from specplan.sources.stores.deadlines import Deadline, TransferTimeoutError, within
from specplan.sources.stores.fetching import too_large
from specplan.sources.stores.url import parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import TypeVar

    from urllib3 import BaseHTTPResponse

    from specplan.sources.stores.downloads import Arrived, Incoming
    from specplan.sources.stores.fetching import Fetching
    from specplan.sources.stores.store import Expected

    _Answer = TypeVar("_Answer")

__all__ = [
    "DEFAULT_PORTS",
    "FORBIDDEN",
    "Anonymous",
    "Authorization",
    "Body",
    "Request",
    "Transfer",
    "TransientError",
    "body_of",
    "cause_of",
    "origin_of",
    "pause_of",
    "quoted",
]

_CHUNK: Final = 1 << 16
_REDIRECTS: Final = 5
_FIRST_PAUSE_SECONDS: Final = 0.5

_OK: Final = 200
_REDIRECTED: Final = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED: Final = 304
FORBIDDEN: Final = 403
_UNAUTHORIZED: Final = 401
_REFUSED: Final = frozenset({401, 403, 407})
_ABSENT: Final = frozenset({404, 410})
_SERVER_FAULT: Final = 500

#: More digits than the size of any file has.
_DIGITS: Final = 16

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


#: Statuses that ask for a pause rather than report a faulty request.
_TOO_MANY: Final = 429

#: The maximum pause that a server may request; a longer one is an error that names it.
_LONGEST_PAUSE_SECONDS: Final = 120.0

#: The name of a file in a registry: its checksum, of this or another algorithm.
_DIGEST_HEADER: Final = "Docker-Content-Digest"
_SHA256: Final = "sha256:"


class TransientError(Exception):
    """A temporary error.

    Attributes:
        fault: The fault.
        status: The HTTP status of the response, or None if there was none.
        pause: The pause that the server requests, in seconds; None without one.
    """

    def __init__(
        self, fault: str, *, status: int | None = None, pause: float | None = None
    ) -> None:
        super().__init__(fault)
        self.fault = fault
        self.status = status
        self.pause = pause


class Authorization(Protocol):
    """The authorization of requests."""

    def headers(self, url: str, *, is_redirected: bool) -> dict[str, str]:
        """Return the headers of a request.

        Args:
            url: The requested URL.
            is_redirected: Whether a server redirected there, rather than the user asking for it.
        """

    def renew(
        self, url: str, challenges: Sequence[str], sent: dict[str, str], deadline: Deadline
    ) -> bool:
        """Handle a 401 of the original server.

        Args:
            url: The requested URL.
            challenges: The values of its header ``WWW-Authenticate``.
            sent: The headers of the request.
            deadline: The deadline of the transfer.

        Returns:
            True if the same request has other headers now.
        """
        ...

    def hint(self, status: int) -> str:
        """Return a hint for a refusal."""


class Anonymous:
    """Requests without any authorization."""

    def headers(self, url: str, *, is_redirected: bool) -> dict[str, str]:  # noqa: ARG002
        """Return no headers."""
        return {}

    def renew(
        self,
        url: str,  # noqa: ARG002 - as others
        challenges: Sequence[str],  # noqa: ARG002
        sent: dict[str, str],  # noqa: ARG002
        deadline: Deadline,  # noqa: ARG002
    ) -> bool:
        """Return False."""
        return False

    def hint(self, status: int) -> str:  # noqa: ARG002 - as others
        """Return a hint on how to provide credentials."""
        return "the server requires other credentials: write `USER:PASSWORD@` before the host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A requested file.

    Attributes:
        url: Its URL.
        shown: Its name in messages.
        most: Its size limit.
        expected: Its expected content.
        authorization: The authorization of the request.
        accept: The accepted media types, as in the header ``Accept``; empty for any.
    """

    url: str
    shown: str
    most: int
    expected: Expected | None = None
    authorization: Authorization
    accept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A short response, in memory.

    Attributes:
        content: Its bytes.
        links: The values of its header ``Link``.
    """

    content: bytes
    links: tuple[str, ...]


class Transfer:
    """One file on its way.

    Args:
        request: The file.
        fetching: The options for fetching.
    """

    def __init__(self, request: Request, fetching: Fetching) -> None:
        self._request = request
        self._shown = request.shown
        self._most = request.most
        self._expected = request.expected
        self._fetching = fetching
        self._limits = fetching.limits
        self._deadline = Deadline(
            fetching.clock,
            step=self._limits.silence_seconds,
            whole=self._limits.transfer_seconds,
        )

    def run(self) -> Path | None:
        """Fetch the file into the cache folder; return None if it does not exist."""
        return self._repeated(self._file)

    def body(self) -> Body | None:
        """Fetch the file into memory and keep no copy; return None if it does not exist."""
        return self._repeated(self._in_memory)

    def size(self) -> int | None:
        """Return the size that the server reports; -1 if none, None if the file does not exist.

        A redirect counts as the file: the server only redirects to existing files.
        """
        return self._repeated(self._size)

    def _repeated(self, attempt_of: Callable[[], _Answer]) -> _Answer:
        """Make an attempt, and further ones if that may help."""
        pause = _FIRST_PAUSE_SECONDS
        for attempt in range(1, self._limits.attempts + 1):
            try:
                with within(self._deadline):
                    return self._attempted(attempt_of)
            except TransientError as error:
                if attempt == self._limits.attempts:
                    tries = "" if attempt == 1 else f" ({attempt} attempts)"
                    raise self._error(f"{error.fault}{tries}", status=error.status) from error
                longest = min(_LONGEST_PAUSE_SECONDS, self._limits.transfer_seconds)
                if (error.pause or 0) > longest:
                    raise self._error(
                        f"{error.fault} and asks to wait for {error.pause:.0f} seconds",
                        status=error.status,
                    ) from error
                self._fetching.pause(max(pause, error.pause or 0))
            pause *= 2
            self._deadline.step()
        raise AssertionError("there is at least one attempt")

    def _attempted(self, attempt_of: Callable[[], _Answer]) -> _Answer:
        """Make an attempt; any failure becomes an error of this package."""
        try:
            return attempt_of()
        except SourceError:
            raise
        except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            raise self._broken(error) from error

    def _file(self) -> Path | None:
        downloads = self._fetching.downloads
        known = None if self._expected else downloads.known(self._request.url)
        with contextlib.closing(self._answer(known)) as answer:
            if answer.status != _OK:
                self._spend(answer)
            if answer.status == _NOT_MODIFIED and known is not None:
                self._fetching.report(self._shown, *[known.path.stat().st_size] * 2)
                self._remember(known.checksum, known.token)
                return known.path
            if answer.status in _ABSENT:
                return None
            self._refuse(answer)
            return self._save(answer)

    def _in_memory(self) -> Body | None:
        with contextlib.closing(self._answer(None)) as answer:
            if answer.status != _OK:
                self._spend(answer)
            if answer.status in _ABSENT:
                return None
            self._refuse(answer)
            content = body_of(answer, self._most, self._deadline)
            if content is None:
                raise too_large(self._shown, self._most)
            return Body(content=content, links=tuple(answer.headers.getlist("Link")))

    def _size(self) -> int | None:
        url = self._request.url
        with contextlib.closing(self._authorized(url, None, method="HEAD")) as answer:
            if answer.status in _ABSENT:
                return None
            if answer.status in _REDIRECTED:
                return -1
            self._refuse(answer)
            length = answer.headers.get("Content-Length", "")
            return int(length) if length.isdecimal() and len(length) < _DIGITS else -1

    def _answer(self, known: Arrived | None) -> BaseHTTPResponse:
        """Return the response to the request, after redirects."""
        url = self._request.url
        for step in range(_REDIRECTS + 1):
            if step == 0:
                answer = self._authorized(url, known)
            else:
                answer = self._ask(url, known, self._sent(url, is_redirected=True))
            if answer.status not in _REDIRECTED:
                return answer
            self._spend(answer)
            answer.close()
            url = self._redirected(url, answer)
        raise self._error(f"is redirected more than {_REDIRECTS} times")

    def _authorized(
        self, url: str, known: Arrived | None, *, method: str = "GET"
    ) -> BaseHTTPResponse:
        """Return the response to a request; after one 401 it is repeated with other headers."""
        sent = self._sent(url)
        answer = self._ask(url, known, sent, method=method)
        if answer.status != _UNAUTHORIZED:
            return answer
        self._spend(answer)
        answer.close()
        challenges = answer.headers.getlist("WWW-Authenticate")
        if not self._request.authorization.renew(url, challenges, sent, self._deadline):
            return answer
        self._deadline.step()
        return self._ask(url, known, self._sent(url), method=method)

    def _sent(self, url: str, *, is_redirected: bool = False) -> dict[str, str]:
        return self._request.authorization.headers(url, is_redirected=is_redirected)

    def _ask(
        self, url: str, known: Arrived | None, sent: dict[str, str], *, method: str = "GET"
    ) -> BaseHTTPResponse:
        headers = {"User-Agent": f"specplan/{__version__}", "Accept-Encoding": "identity", **sent}
        if self._request.accept:
            headers["Accept"] = self._request.accept
        if known is not None:
            headers |= known.token
        return self._fetching.connections.ask(url, headers, method=method)

    def _spend(self, answer: BaseHTTPResponse) -> None:
        """Read the short rest of a response, so that its connection can be reused."""
        left = answer.length_remaining
        if left is not None and left <= _CHUNK:
            while self._piece(answer):
                pass

    def _redirected(self, url: str, answer: BaseHTTPResponse) -> str:
        location = answer.headers.get("Location")
        if not location:
            raise self._error("is redirected without a target", status=answer.status)
        try:
            target = urljoin(url, quoted(location, "/%:@!$&'()*+,;=~?#[]"))
            scheme, was = parsed(target).scheme, urlsplit(url).scheme
        except ValueError as error:
            raise self._error("is redirected to an invalid URL", status=answer.status) from error
        if scheme not in {"http", "https"} or (was == "https" and scheme == "http"):
            raise self._error(
                f"is redirected to `{shown_url(target)}`, which is not followed",
                status=answer.status,
                hint="only http and https are followed, and never from https to http",
            )
        return target

    def _refuse(self, answer: BaseHTTPResponse) -> None:
        """Raise the error for a response that is not a file."""
        status = answer.status
        if status == _OK:
            return
        said = f"the server answers {status} {answer.reason}".rstrip()
        if status >= _SERVER_FAULT or status == _TOO_MANY:
            raise TransientError(said, status=status, pause=pause_of(answer))
        hint = self._request.authorization.hint(status) if status in _REFUSED else None
        raise self._error(said, status=status, hint=hint)

    def _save(self, answer: BaseHTTPResponse) -> Path:
        length = answer.length_remaining
        if length is not None and length > self._most:
            raise too_large(self._shown, self._most)
        downloads = self._fetching.downloads
        decode = self._decoder(answer)
        with downloads.incoming() as incoming:
            arrived = 0
            while chunk := self._piece(answer):
                arrived += len(chunk)
                decode(chunk, incoming)
                if max(arrived, incoming.size) > self._most:
                    raise too_large(self._shown, self._most)
                self._fetching.report(self._shown, arrived, length)
            if length is not None and arrived != length:
                raise TransientError(f"ends after {arrived} of {length} bytes")
            decode.finish()
            if self._expected is not None:
                self._expected.check(
                    checksum=incoming.checksum, size=incoming.size, shown=self._shown
                )
            self._check_digest(answer, incoming.checksum)
        self._fetching.report(self._shown, arrived, arrived)
        path = downloads.blob(incoming.checksum)
        if path is None:
            raise self._error("was fetched, but disappeared from the cache folder")
        token = {
            ask: value
            for ask, header in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
            if (value := answer.headers.get(header)) is not None
        }
        if self._expected is None:
            self._remember(incoming.checksum, token)
        return path

    def _check_digest(self, answer: BaseHTTPResponse, checksum: str) -> None:
        """Compare a registry's name for a file with its bytes."""
        digest = answer.headers.get(_DIGEST_HEADER, "")
        if digest.startswith(_SHA256) and digest != f"{_SHA256}{checksum}":
            raise DamagedSourceError(
                path=self._shown,
                location="",
                line=None,
                fault=f"has the checksum {checksum}, but the server announced another",
            )

    def _piece(self, answer: BaseHTTPResponse) -> bytes:
        """Return some bytes of the body, or none at its end."""
        self._deadline.step()
        return answer.read1(_CHUNK, decode_content=False)

    def _remember(self, checksum: str, token: dict[str, str]) -> None:
        self._fetching.downloads.remember(
            self._request.url, self._shown, checksum=checksum, token=token
        )

    def _decoder(self, answer: BaseHTTPResponse) -> _Decoder:
        encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding in {"", "identity"}:
            return _Decoder(None, most=self._most)
        if encoding in {"gzip", "x-gzip"}:
            # This was not requested, but object stores may store files compressed.
            return _Decoder(zlib.decompressobj(31), most=self._most)
        raise self._error(f"comes with the encoding `{encoding}`, which is not supported")

    def _broken(self, error: Exception) -> Exception:
        """Return the error to raise for a connection that failed."""
        reason = cause_of(error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            return self._error(
                f"the certificate of the server is not trusted: {reason.verify_message}",
                hint="set SSL_CERT_FILE to a file with more certificate authorities",
            )
        if isinstance(reason, TransferTimeoutError):
            return self._error(f"timed out after {self._limits.transfer_seconds:g} seconds")
        if (fault := self._transient(reason)) is not None:
            return TransientError(fault)
        if isinstance(reason, ssl.SSLError):
            plain = self._shown.replace("https://", "http://", 1)
            return self._error(
                f"TLS fails: {reason.reason or reason}",
                hint=f"for a server without TLS, write `{plain}`",
            )
        if isinstance(reason, http.client.HTTPException):
            return self._error(
                f"the answer is not valid HTTP: {str(reason) or type(reason).__name__}"
            )
        reason_given = reason.strerror if isinstance(reason, OSError) else None
        return self._error(f"the server cannot be reached: {reason_given or reason}")

    def _transient(self, reason: object) -> str | None:
        """Return the message for a temporary fault; None for any other."""
        if isinstance(reason, TimeoutError):
            return f"no response for {self._limits.silence_seconds:g} seconds"
        if isinstance(reason, ConnectionRefusedError):
            return None
        if isinstance(reason, http.client.IncompleteRead):
            return "the connection closed before the end of the file"
        if isinstance(reason, (ConnectionError, ssl.SSLEOFError)):
            return "the connection was interrupted"
        return None

    def _error(
        self, fault: str, *, status: int | None = None, hint: str | None = None
    ) -> RemoteError:
        return RemoteError(f"`{self._shown}`: {fault}", path=self._shown, status=status, hint=hint)


class _Decoder:
    """Writes received bytes, decompressed if necessary, up to the size limit."""

    def __init__(self, unpack: zlib._Decompress | None, *, most: int) -> None:
        self._unpack = unpack
        self._most = most

    def __call__(self, chunk: bytes, incoming: Incoming) -> None:
        if self._unpack is None:
            incoming.write(chunk)
            return
        try:
            while chunk and not self._unpack.eof and incoming.size <= self._most:
                incoming.write(self._unpack.decompress(chunk, _CHUNK))
                chunk = self._unpack.unconsumed_tail
        except zlib.error as error:
            raise TransientError("the compressed body is damaged") from error

    def finish(self) -> None:
        """Signal the end of the data."""
        if self._unpack is not None and not self._unpack.eof:
            raise TransientError("the compressed body is truncated")


def body_of(answer: BaseHTTPResponse, most: int, deadline: Deadline) -> bytes | None:
    """Return the body of a short response; None if it exceeds the size limit.

    Raises:
        OSError: If it does not arrive in time, or not at all.
    """
    length = answer.length_remaining
    if length is not None and length > most:
        return None
    content = io.BytesIO()
    deadline.step()
    while chunk := answer.read1(_CHUNK, decode_content=False):
        content.write(chunk)
        if content.tell() > most:
            return None
        deadline.step()
    if length is not None and content.tell() != length:
        raise TransientError(f"ends after {content.tell()} of {length} bytes")
    return content.getvalue()


def origin_of(url: str) -> tuple[str, str | None, int]:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme, 0)


def pause_of(answer: BaseHTTPResponse) -> float | None:
    """Return the seconds that a server asks to wait; None if it names no valid time."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isdecimal() and said.isascii():
        return float(said[:_DIGITS])
    try:
        moment = email.utils.parsedate_to_datetime(said)
        return max(0.0, moment.timestamp() - time.time())
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def cause_of(error: BaseException) -> BaseException:
    """Return the error that urllib3 wraps: of the socket, of TLS or of the protocol."""
    while isinstance(error, HTTPError) and not isinstance(error, http.client.HTTPException):
        inner = [each for each in error.args if isinstance(each, BaseException)]
        cause = inner[-1] if inner else error.__cause__ or error.__context__
        if cause is None or cause is error:
            break
        error = cause
    return error


def quoted(part: str, safe: str) -> str:
    """Return a part of a URL that can be sent; bytes that are not UTF-8 are preserved."""
    return quote(part, safe=safe, errors="surrogateescape")
