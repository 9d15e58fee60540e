"""Remote stores: which URL is fetched how, and what both ways have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.errors import SourceError
from specplan.secrets import shown_url
from specplan.sources.stores.url import parsed

if TYPE_CHECKING:
    from specplan.sources.stores.fetching import Fetching
    from specplan.sources.stores.store import Store

__all__ = ["open_store"]


def open_store(url: str, fetching: Fetching) -> Store:
    """Return the store whose root is a URL.

    ``http`` and ``https`` need nothing else; any other scheme is left to fsspec.

    Raises:
        SourceError: If the URL is none, or what it needs is not installed.
    """
    scheme = parsed(url).scheme
    if scheme in {"http", "https"}:
        # Most runs read local files and need no TLS.
        from specplan.sources.stores.http import HttpStore  # noqa: PLC0415

        return HttpStore(url, fetching)
    if scheme == "oci":
        raise SourceError(
            f"`{shown_url(url)}`: build caches in OCI registries cannot be read",
            path=shown_url(url),
            hint="read the index of a mirror, or a lock",
        )
    from specplan.sources.stores.object_store import FsspecStore  # noqa: PLC0415 - as above

    return FsspecStore(url, fetching)
