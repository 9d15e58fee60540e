"""The files of a web server, fetched over pooled connections.

A file with a known checksum is fetched only once. Any other is requested each time, with the
``ETag`` or date of the stored copy, so that an unchanged file only costs a short response.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote, urlsplit

from specplan.errors import RemoteError, UsageError
from specplan.secrets import shown_url
from specplan.sources.stores.downloads import Downloads
from specplan.sources.stores.store import parts_of
from specplan.sources.stores.transfer import (
    DEFAULT_PORTS,
    FORBIDDEN,
    Anonymous,
    Request,
    Transfer,
    origin_of,
    quoted,
)
from specplan.sources.stores.url import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specplan.sources.stores.fetching import Fetching
    from specplan.sources.stores.store import Expected

__all__ = ["HttpStore"]


class HttpStore:
    """A folder, or a file, of a web server.

    Args:
        url: Its URL. A user and password in it are only sent to that server; a query is sent with
            every request, as shared access signatures require.
        fetching: The options for fetching.

    Raises:
        SourceError: If the URL is invalid.
    """

    has_tags: ClassVar = False

    def __init__(self, url: str, fetching: Fetching) -> None:
        parts = parsed(url)
        name, port = parts.hostname or "", parts.port
        host = f"[{name}]" if ":" in name else name.encode("idna").decode("ascii")
        self._origin = (parts.scheme, name, port or DEFAULT_PORTS[parts.scheme])
        self._host = host if port is None else f"{host}:{port}"
        self._path = quoted(parts.path, "/%:@!$&'()*+,;=~")
        self._query = quoted(parts.query, "/%:@!$&'()*+,;=~?")
        header = None
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            encoded = base64.b64encode(pair.encode("utf-8", "surrogatepass"))
            header = f"Basic {encoded.decode()}"
        self._authorization = _OfOrigin(self._origin, header)
        self._url = url
        self._fetching = fetching

    def get(self, relative: str, *, most: int, expected: Expected | None = None) -> Path | None:
        """Return a local copy of a file, or None if the server has none."""
        shown = self.shown(relative)
        url = self._url_of(relative)
        kept = self._fetching.kept(url, shown, most=most, expected=expected)
        if kept is not None:
            return kept.path
        if expected is None and self._fetching.is_absent_lately(url):
            return None
        request = Request(
            url=url,
            shown=shown,
            most=most,
            expected=expected,
            authorization=self._authorization,
        )
        try:
            path = Transfer(request, self._fetching).run()
        except RemoteError as error:
            if error.status != FORBIDDEN or not relative or expected is not None:
                raise
            # This only checked whether the file exists.
            self._fetching.refusals.append(error)
            return None
        if path is None and expected is None:
            self._fetching.remember_absent(url, shown)
        return path

    def files(self, relative: str) -> Iterator[str] | None:  # noqa: ARG002 - as other stores
        """Return None: the listing of a web server is not reliable."""
        return None

    def is_refused(self, relative: str) -> bool:
        """Return whether the server recently refused a request for the file."""
        return self._fetching.is_refused(self.shown(relative))

    def below(self, relative: str) -> HttpStore:
        """Return the store of a folder below this one."""
        parts = urlsplit(self._url)
        below = [quoted(part, "") for part in parts_of(relative)]
        path = "/".join([parts.path.rstrip("/"), *below])
        return HttpStore(parts._replace(path=path).geturl(), self._fetching)

    def apart(self, folder: Path) -> HttpStore:
        """Return the same store, which fetches everything again and keeps it in another folder.

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
            path = "/".join([path.rstrip("/"), *(quoted(part, "") for part in parts_of(relative))])
        query = f"?{self._query}" if self._query else ""
        return f"{self._origin[0]}://{self._host}{path or '/'}{query}"


class _OfOrigin(Anonymous):
    """A header that is sent to one server, but not to the target of a redirect."""

    def __init__(self, origin: tuple[str, str, int], header: str | None) -> None:
        self._origin = origin
        self._header = header

    def headers(self, url: str, *, is_redirected: bool) -> dict[str, str]:  # noqa: ARG002
        """Return the header for that server."""
        if self._header is None or origin_of(url) != self._origin:
            return {}
        return {"Authorization": self._header}
