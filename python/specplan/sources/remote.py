"""Remote stores: which URL is fetched how, and what both ways have in common."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from specplan.errors import SourceError
from specplan.secrets import shown_url
from specplan.sources.downloads import Downloads
from specplan.sources.limits import Limits

if TYPE_CHECKING:
    from specplan.sources.store import Store

__all__ = ["Fetching", "Progress", "is_remote", "open_store"]

#: Told, again and again while a file arrives: what it is, the bytes that are here, and the
#: bytes it will have, if that is known. Both are equal once it is here.
Progress: TypeAlias = Callable[[str, int, int | None], None]

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """How files are fetched.

    Attributes:
        limits: What no transfer may go beyond.
        downloads: Where files are kept.
        progress: Who is told how far a transfer is.
        pause: How to wait before the next attempt, in seconds.
        clock: A clock in seconds that never goes back.
    """

    limits: Limits = field(default_factory=Limits)
    downloads: Downloads = field(default_factory=Downloads)
    progress: Progress | None = None
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def tell(self, shown: str, done: int, total: int | None) -> None:
        """Tell how far a transfer is."""
        if self.progress is not None:
            self.progress(shown, done, total)


def is_remote(place: str) -> bool:
    """Whether a source is a URL."""
    return _SCHEME.match(place) is not None


def open_store(url: str, fetching: Fetching) -> Store:
    """Return the store whose root is a URL.

    ``http`` and ``https`` need nothing else; any other scheme is left to fsspec.

    Raises:
        SourceError: If the URL is none, or what it needs is not installed.
    """
    found = _SCHEME.match(url)
    scheme = found[1].lower() if found else ""
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
