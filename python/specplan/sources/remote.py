"""Remote stores: which URL is fetched how, and what both ways have in common."""

from __future__ import annotations

import ipaddress
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from specplan.errors import RemoteError, SourceError
from specplan.secrets import shown_url
from specplan.sources.downloads import Downloads
from specplan.sources.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from specplan.aliases import Progress
    from specplan.sources.store import Store

__all__ = ["Fetching", "is_remote", "no_copy", "open_store", "parsed"]

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


_WEB: Final = frozenset({"http", "https"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_HOST: Final = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """How files are fetched.

    Attributes:
        limits: What no transfer may go beyond.
        downloads: Where files are kept.
        progress: Who is told how far a transfer is.
        pause: How to wait before the next attempt, in seconds.
        clock: A clock in seconds that never goes back.
        refusals: The answers 403 to questions whether a file is there. Object stores that may
            not be listed say so of every file that is not there.
        copies: The copies of earlier runs that were read although no server was asked about
            them: what each is, and when the server last had it, in seconds since 1970.
    """

    limits: Limits = field(default_factory=Limits)
    downloads: Downloads = field(default_factory=Downloads)
    progress: Progress | None = None
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    refusals: list[RemoteError] = field(default_factory=list, compare=False)
    copies: dict[str, int] = field(default_factory=dict, compare=False)

    def tell(self, shown: str, done: int, total: int | None) -> None:
        """Tell how far a transfer is."""
        if self.progress is not None:
            self.progress(shown, done, total)

    def copy_of(self, place: str, shown: str, *, needed: bool) -> Path | None:
        """Return the copy that an earlier run kept of a place, if there is one.

        Args:
            place: The place.
            shown: How messages call it.
            needed: Whether it is an error that there is none.

        Raises:
            RemoteError: If it is.
        """
        known = self.downloads.known(place)
        if known is None:
            if needed:
                raise no_copy(shown)
            return None
        self.copies[shown] = known.time
        return known.path


def no_copy(shown: str) -> RemoteError:
    """Return the error of a file that is needed and was never fetched."""
    return RemoteError(
        f"`{shown}`: no earlier run has kept a copy, and `--offline` asks no server",
        path=shown,
        hint="run once without `--offline`",
    )


def is_remote(place: str) -> bool:
    """Whether a source is a URL."""
    return _SCHEME.match(place) is not None


def open_store(url: str, fetching: Fetching) -> Store:
    """Return the store whose root is a URL.

    ``http`` and ``https`` need nothing else; any other scheme is left to fsspec.

    Raises:
        SourceError: If the URL is none, or what it needs is not installed.
    """
    scheme = parsed(url).scheme
    if scheme in {"http", "https"}:
        # Most runs read local files and need no TLS.
        from specplan.sources.http_store import HttpStore  # noqa: PLC0415

        return HttpStore(url, fetching)
    if scheme == "oci":
        raise SourceError(
            f"`{shown_url(url)}`: build caches in OCI registries cannot be read",
            path=shown_url(url),
            hint="read the index of a mirror, or a lock",
        )
    from specplan.sources.fsspec_store import FsspecStore  # noqa: PLC0415 - as above

    return FsspecStore(url, fetching)


def parsed(url: str) -> SplitResult:
    """Return the parts of a URL that can be asked for.

    Raises:
        SourceError: If it is none: its host is no name, its port no number, or a character in
            it cannot be written.
    """
    shown = shown_url(url)
    try:
        parts = urlsplit(url)
        _check_parts(url, parts)
    except ValueError as error:
        # What is said of a host or a port may quote a password.
        reason = str(error) if _is_harmless(str(error)) else "its host or port cannot be read"
        raise SourceError(
            f"`{shown}` is no URL: {reason}",
            path=shown,
            hint="write it as https://HOST/PATH, with percent-encoding in user and password",
        ) from error
    return parts


def _check_parts(url: str, parts: SplitResult) -> None:
    """Refuse what no server can be asked for.

    Raises:
        ValueError: If it is that.
    """
    host, port = parts.hostname or "", parts.port
    if _CONTROL.search(url):
        raise ValueError("it has a control character")
    if parts.scheme not in _WEB:
        return
    if port == 0:
        raise ValueError("no server has the port 0")
    if not host:
        raise ValueError("it names no host")
    if "[" in parts.netloc:
        ipaddress.IPv6Address(host.partition("%")[0])
        return
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError("its host is no name") from error
    if not _HOST.fullmatch(name):
        raise ValueError("its host is no name")


def _is_harmless(reason: str) -> bool:
    return not any(sign in reason for sign in ("'", '"', "@"))
