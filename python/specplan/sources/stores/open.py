"""Opening remote stores by the scheme of their URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.sources.registries.repository import is_registry, repository_of
from specplan.sources.registries.store import RegistryStore
from specplan.sources.stores.url import parsed

if TYPE_CHECKING:
    from specplan.sources.stores.fetching import Fetching
    from specplan.sources.stores.store import Store

__all__ = ["open_store"]


def open_store(url: str, fetching: Fetching) -> Store:
    """Return the store at a URL.

    ``http``, ``https``, ``oci`` and ``oci+http`` need nothing else; any other scheme is left
    to fsspec.

    Raises:
        SourceError: If the URL is invalid, or a required package is not installed.
    """
    scheme = parsed(url).scheme
    if scheme in {"http", "https"}:
        # Imported here because most runs read local files and need no TLS.
        from specplan.sources.stores.http import HttpStore  # noqa: PLC0415

        return HttpStore(url, fetching)
    if is_registry(url):
        return RegistryStore(repository_of(url), fetching)
    from specplan.sources.stores.object_store import FsspecStore  # noqa: PLC0415 - as above

    return FsspecStore(url, fetching)
