"""Files of a web server, fetched over connections that are kept.

A file whose checksum is known is fetched once and never asked for again. Any other is
asked for each time, with the ``ETag`` or date of the copy that is kept, so that an
unchanged file costs one short answer.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import ssl
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urljoin, urlsplit

from urllib3.exceptions import HTTPError

from specplan._core import __version__
from specplan.errors import RemoteError, SourceError, UsageError
from specplan.secrets import shown_url
from specplan.sources.stores.deadlines import Deadline, TransferTimeoutError, within
from specplan.sources.stores.downloads import Downloads
from specplan.sources.stores.store import parts_of
from specplan.sources.stores.url import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from urllib3 import BaseHTTPResponse

    from specplan.sources.stores.downloads import Arrived, Incoming
    from specplan.sources.stores.fetching import Fetching
    from specplan.sources.stores.store import Expected

__all__ = ["HttpStore"]

_CHUNK: Final = 1 << 16
_REDIRECTS: Final = 5
_FIRST_PAUSE_SECONDS: Final = 0.5

_OK: Final = 200
_REDIRECTED: Final = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED: Final = 304
_FORBIDDEN: Final = 403
_REFUSED: Final = frozenset({401, 403, 407})
_ABSENT: Final = frozenset({404, 410})
_SERVER_FAULT: Final = 500

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class _TransientError(Exception):
    """What may go better the next time."""

    def __init__(self, fault: str, *, status: int | None = None) -> None:
        super().__init__(fault)
        self.fault = fault
        self.status = status


class HttpStore:
    """A folder, or a file, of a web server.

    Args:
        url: Its URL. A user and password in it are sent to that very server only; a query
            is sent with every request, as shared access signatures need it.
        fetching: How to fetch.

    Raises:
        SourceError: If the URL is none.
    """

    def __init__(self, url: str, fetching: Fetching) -> None:
        parts = parsed(url)
        name, port = parts.hostname or "", parts.port
        host = f"[{name}]" if ":" in name else name.encode("idna").decode("ascii")
        self._origin = (parts.scheme, name, port or _DEFAULT_PORTS[parts.scheme])
        self._host = host if port is None else f"{host}:{port}"
        self._path = _quoted(parts.path, "/%:@!$&'()*+,;=~")
        self._query = _quoted(parts.query, "/%:@!$&'()*+,;=~?")
        self._authorization: str | None = None
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            encoded = base64.b64encode(pair.encode("utf-8", "surrogatepass"))
            self._authorization = f"Basic {encoded.decode()}"
        self._url = url
        self._fetching = fetching

    def get(self, relative: str, *, most: int, expected: Expected | None = None) -> Path | None:
        """Return a local copy of a file, or None if the server has none."""
        shown = self.shown(relative)
        if expected is not None:
            if expected.size is not None and expected.size > most:
                raise _too_large(shown, most)
            if (known := self._fetching.downloads.blob(expected.checksum)) is not None:
                expected.check(checksum=expected.checksum, size=known.stat().st_size, shown=shown)
                return known
        if self._fetching.limits.offline:
            place = self._url_of(relative)
            return self._fetching.copy_of(place, shown, needed=expected is not None)
        if expected is None and (
            recent := self._fetching.recent_copy_of(self._url_of(relative), shown)
        ):
            return recent
        transfer = _Transfer(
            url=self._url_of(relative),
            shown=shown,
            most=most,
            expected=expected,
            origin=self._origin,
            authorization=self._authorization,
            fetching=self._fetching,
        )
        try:
            return transfer.run()
        except RemoteError as error:
            if error.status != _FORBIDDEN or not relative or expected is not None:
                raise
            # It was only looked whether the file is there.
            self._fetching.refusals.append(error)
            return None

    def files(self, relative: str) -> Iterator[str] | None:  # noqa: ARG002 - as other stores
        """Return None: a web server lists nothing that can be relied on."""
        return None

    def is_refused(self, relative: str) -> bool:
        """Whether the server lately refused to say whether a file is there."""
        return self._fetching.is_refused(self.shown(relative))

    def below(self, relative: str) -> HttpStore:
        """Return the store of a folder below this one."""
        parts = urlsplit(self._url)
        below = [_quoted(part, "") for part in parts_of(relative)]
        path = "/".join([parts.path.rstrip("/"), *below])
        return HttpStore(parts._replace(path=path).geturl(), self._fetching)

    def apart(self, folder: Path) -> HttpStore:
        """Return the same place, which fetches all anew and keeps it in another folder.

        Raises:
            UsageError: If no server may be asked.
        """
        if self._fetching.limits.offline:
            raise UsageError(
                f"`{self.shown()}`: files of a server are verified by fetching them, and "
                "`--offline` asks no server",
                hint="leave out `--offline`, or verify no more than the index",
            )
        return HttpStore(self._url, replace(self._fetching, downloads=Downloads(folder)))

    def shown(self, relative: str = "") -> str:
        """Return the URL of a file without user, password and query."""
        base = shown_url(self._url)
        return f"{base.rstrip('/')}/{relative}" if relative else base

    def _url_of(self, relative: str) -> str:
        path = self._path
        if relative:
            path = "/".join([path.rstrip("/"), *(_quoted(part, "") for part in parts_of(relative))])
        query = f"?{self._query}" if self._query else ""
        return f"{self._origin[0]}://{self._host}{path or '/'}{query}"


class _Transfer:
    """One file on its way."""

    def __init__(
        self,
        *,
        url: str,
        shown: str,
        most: int,
        expected: Expected | None,
        origin: tuple[str, str, int],
        authorization: str | None,
        fetching: Fetching,
    ) -> None:
        self._url = url
        self._shown = shown
        self._most = most
        self._expected = expected
        self._origin = origin
        self._authorization = authorization
        self._fetching = fetching
        self._limits = fetching.limits
        self._deadline = Deadline(
            fetching.clock,
            step=self._limits.silence_seconds,
            whole=self._limits.transfer_seconds,
        )

    def run(self) -> Path | None:
        """Fetch the file, with more than one attempt where that may help."""
        pause = _FIRST_PAUSE_SECONDS
        for attempt in range(1, self._limits.attempts + 1):
            try:
                with within(self._deadline):
                    return self._attempt()
            except _TransientError as error:
                if attempt == self._limits.attempts:
                    tries = "" if attempt == 1 else f" ({attempt} attempts)"
                    raise self._error(f"{error.fault}{tries}", status=error.status) from error
            self._fetching.pause(pause)
            pause *= 2
            self._deadline.step()
        raise AssertionError("there is at least one attempt")

    def _attempt(self) -> Path | None:
        downloads = self._fetching.downloads
        known = None if self._expected else downloads.known(self._url)
        try:
            with contextlib.closing(self._answer(known)) as answer:
                if answer.status != _OK:
                    self._spend(answer)
                if answer.status == _NOT_MODIFIED and known is not None:
                    self._fetching.tell(self._shown, *[known.path.stat().st_size] * 2)
                    self._remember(known.checksum, known.token)
                    return known.path
                if answer.status in _ABSENT:
                    return None
                self._refuse(answer)
                return self._save(answer)
        except SourceError:
            raise
        except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            raise self._broken(error) from error

    def _answer(self, known: Arrived | None) -> BaseHTTPResponse:
        """Return the answer to the request, after redirects."""
        url = self._url
        for _ in range(_REDIRECTS + 1):
            answer = self._ask(url, known)
            if answer.status not in _REDIRECTED:
                return answer
            self._spend(answer)
            answer.close()
            url = self._redirected(url, answer)
        raise self._error(f"is redirected more than {_REDIRECTS} times")

    def _ask(self, url: str, known: Arrived | None) -> BaseHTTPResponse:
        headers = {"User-Agent": f"specplan/{__version__}", "Accept-Encoding": "identity"}
        if self._authorization is not None and self._is_same_origin(url):
            headers["Authorization"] = self._authorization
        if known is not None:
            headers |= known.token
        return self._fetching.connections.ask(url, headers)

    def _spend(self, answer: BaseHTTPResponse) -> None:
        """Read the short rest of an answer, so that its connection can be used again."""
        left = answer.length_remaining
        if left is not None and left <= _CHUNK:
            while self._piece(answer):
                pass

    def _is_same_origin(self, url: str) -> bool:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
        return (parts.scheme, parts.hostname, port) == self._origin

    def _redirected(self, url: str, answer: BaseHTTPResponse) -> str:
        location = answer.headers.get("Location")
        if not location:
            raise self._error("is redirected to nowhere", status=answer.status)
        try:
            target = urljoin(url, _quoted(location, "/%:@!$&'()*+,;=~?#[]"))
            scheme, was = parsed(target).scheme, urlsplit(url).scheme
        except ValueError as error:
            raise self._error("is redirected to what is no URL", status=answer.status) from error
        if scheme not in {"http", "https"} or (was == "https" and scheme == "http"):
            raise self._error(
                f"is redirected to `{shown_url(target)}`, which is not followed",
                status=answer.status,
                hint="only http and https are followed, and never from https to http",
            )
        return target

    def _refuse(self, answer: BaseHTTPResponse) -> None:
        """Raise the error of an answer that is no file."""
        status = answer.status
        if status == _OK:
            return
        said = f"the server answers {status} {answer.reason}".rstrip()
        if status >= _SERVER_FAULT:
            raise _TransientError(said, status=status)
        hint = None
        if status in _REFUSED:
            hint = "the server wants other credentials: write them as https://USER:PASSWORD@HOST/"
        raise self._error(said, status=status, hint=hint)

    def _save(self, answer: BaseHTTPResponse) -> Path:
        length = answer.length_remaining
        if length is not None and length > self._most:
            raise _too_large(self._shown, self._most)
        downloads = self._fetching.downloads
        decode = self._decoder(answer)
        with downloads.incoming() as incoming:
            arrived = 0
            while chunk := self._piece(answer):
                arrived += len(chunk)
                decode(chunk, incoming)
                if max(arrived, incoming.size) > self._most:
                    raise _too_large(self._shown, self._most)
                self._fetching.tell(self._shown, arrived, length)
            if length is not None and arrived != length:
                raise _TransientError(f"ends after {arrived} of {length} bytes")
            decode.finish()
            if self._expected is not None:
                self._expected.check(
                    checksum=incoming.checksum, size=incoming.size, shown=self._shown
                )
        self._fetching.tell(self._shown, arrived, arrived)
        path = downloads.blob(incoming.checksum)
        if path is None:
            raise self._error("was fetched, but has gone from the cache folder")
        token = {
            ask: value
            for ask, header in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
            if (value := answer.headers.get(header)) is not None
        }
        if self._expected is None:
            self._remember(incoming.checksum, token)
        return path

    def _piece(self, answer: BaseHTTPResponse) -> bytes:
        """Return some bytes of the body, or none at its end."""
        self._deadline.step()
        return answer.read1(_CHUNK, decode_content=False)

    def _remember(self, checksum: str, token: dict[str, str]) -> None:
        self._fetching.downloads.remember(self._url, self._shown, checksum=checksum, token=token)

    def _decoder(self, answer: BaseHTTPResponse) -> _Decoder:
        encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding in {"", "identity"}:
            return _Decoder(None, most=self._most)
        if encoding in {"gzip", "x-gzip"}:
            # Nobody asked for it, but files may be stored so on object stores.
            return _Decoder(zlib.decompressobj(31), most=self._most)
        raise self._error(f"comes with the encoding `{encoding}`, which is not read")

    def _broken(self, error: Exception) -> Exception:
        """Return the error to raise for a connection that failed."""
        reason = _cause(error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            return self._error(
                f"the certificate of the server is not trusted: {reason.verify_message}",
                hint="SSL_CERT_FILE names a file of further authorities",
            )
        if isinstance(reason, TransferTimeoutError):
            return self._error(f"timed out after {self._limits.transfer_seconds:g} seconds")
        if (fault := self._transient(reason)) is not None:
            return _TransientError(fault)
        if isinstance(reason, ssl.SSLError):
            plain = self._shown.replace("https://", "http://", 1)
            return self._error(
                f"TLS fails: {reason.reason or reason}",
                hint=f"a server that speaks HTTP without TLS is `{plain}`",
            )
        if isinstance(reason, http.client.HTTPException):
            return self._error(f"the answer is no HTTP: {str(reason) or type(reason).__name__}")
        told = reason.strerror if isinstance(reason, OSError) else None
        return self._error(f"the server cannot be reached: {told or reason}")

    def _transient(self, reason: object) -> str | None:
        """Return what to say of a fault that may be gone the next time; None for any other."""
        if isinstance(reason, TimeoutError):
            return f"no response for {self._limits.silence_seconds:g} seconds"
        if isinstance(reason, ConnectionRefusedError):
            return None
        if isinstance(reason, http.client.IncompleteRead):
            return "the connection ends before the file does"
        if isinstance(reason, (ConnectionError, ssl.SSLEOFError)):
            return "the connection was broken off"
        return None

    def _error(
        self, fault: str, *, status: int | None = None, hint: str | None = None
    ) -> RemoteError:
        return RemoteError(f"`{self._shown}`: {fault}", path=self._shown, status=status, hint=hint)


class _Decoder:
    """Writes what arrives, unpacked where it comes packed, and never beyond the bound."""

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
            raise _TransientError("the packed body is damaged") from error

    def finish(self) -> None:
        """Say that nothing more arrives."""
        if self._unpack is not None and not self._unpack.eof:
            raise _TransientError("the packed body is cut off")


def _cause(error: BaseException) -> BaseException:
    """Return what urllib3 wraps: the fault of the socket, of TLS or of the protocol."""
    while isinstance(error, HTTPError) and not isinstance(error, http.client.HTTPException):
        inner = [each for each in error.args if isinstance(each, BaseException)]
        cause = inner[-1] if inner else error.__cause__ or error.__context__
        if cause is None or cause is error:
            break
        error = cause
    return error


def _quoted(part: str, safe: str) -> str:
    """Return a part of a URL that can be sent; bytes that are no UTF-8 stay what they are."""
    return quote(part, safe=safe, errors="surrogateescape")


def _too_large(shown: str, most: int) -> SourceError:
    return SourceError(f"`{shown}` has more than the {most} bytes that are read", path=shown)
