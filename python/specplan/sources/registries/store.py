"""The files of a build cache in a registry, as a store.

A registry has no folders. Here its tags and its blobs have paths as in a mirror of layout 3::

    tags/zlib-1.3.1-HASH.spack     the manifest of a tag
    blobs/sha256/ab/abcdef...      a blob, by its checksum

A blob is fetched only once. A manifest is requested each time, with the ``ETag`` of the stored
copy. The list of all tags is stored for ``--offline``.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from specplan.errors import RemoteError, SourceError, UsageError
from specplan.patterns import pattern
from specplan.sources import strict_json
from specplan.sources.mirrors.layout import TAG_FOLDER
from specplan.sources.stores.downloads import Downloads
from specplan.sources.stores.store import is_checksum, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specplan.sources.registries.login import Login
    from specplan.sources.registries.repository import RegistryRepository
    from specplan.sources.stores.fetching import Fetching
    from specplan.sources.stores.store import Expected
    from specplan.sources.stores.transfer import Body, Request

__all__ = ["RegistryStore"]

_BLOB: Final = pattern(r"blobs/sha256/[0-9a-f]{2}/([0-9a-f]{64})")
_TAG: Final = pattern(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")

#: The media types of manifests: that of one image, as named by OCI and by Docker.
_MANIFEST_MEDIA: Final = (
    "application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json"
)

#: The number of tags requested at once, and their size limit.
_TAGS_TOGETHER: Final = 1000
_PAGE_BYTES: Final = 16 << 20

#: The next page of a list, in the header `Link`.
_NEXT: Final = pattern(r'<([^<>]*)>\s*(?:;[^,<>]*)?;\s*rel="?next"?', re.IGNORECASE)


class RegistryStore:
    """A build cache in a registry.

    Args:
        repository: Its address.
        fetching: The options for fetching.
        login: The authorization of requests; by default credentials are looked up when the registry
            asks for them.
    """

    has_tags: ClassVar = True

    def __init__(
        self, repository: RegistryRepository, fetching: Fetching, login: Login | None = None
    ) -> None:
        self._repository = repository
        self._fetching = fetching
        self._login = login

    def get(self, relative: str, *, most: int, expected: Expected | None = None) -> Path | None:
        """Return a local copy of a manifest or of a blob, or None if the registry has none."""
        shown = self.shown(relative)
        url = self._url_of(relative)
        if url is None:
            return None
        kept = self._fetching.kept(url, shown, most=most, expected=expected)
        if kept is not None:
            return kept.path
        is_manifest = relative.startswith(TAG_FOLDER)
        # Imported here because most runs read local files and need no TLS.
        from specplan.sources.stores.transfer import Transfer  # noqa: PLC0415

        request = self._request(url, shown, most, is_manifest=is_manifest)
        return Transfer(replace(request, expected=expected), self._fetching).run()

    def size_of(self, relative: str) -> int | None:
        """Return the size of a blob; -1 if the registry reports none, None if it has no such blob.

        Only the head of the response is requested.

        Raises:
            SourceError: If the registry cannot be asked.
        """
        from specplan.sources.stores.transfer import Transfer  # noqa: PLC0415 - as above

        url = self._url_of(relative)
        if url is None:
            return None
        shown = self.shown(relative)
        return Transfer(self._request(url, shown, 0, is_manifest=False), self._fetching).size()

    def files(self, relative: str) -> Iterator[str]:
        """Return the paths of all tags, sorted; other folders have no files.

        Raises:
            DamagedSourceError: If the list is malformed.
            SourceError: If the registry cannot be asked, or the list does not end.
        """
        if relative != TAG_FOLDER:
            return iter(())
        place = f"{self._repository.url}/tags/list"
        shown = f"{self.shown()}: the list of its tags"
        if self._fetching.limits.offline:
            kept = self._fetching.copy_of(place, shown, needed=False)
            listed = [] if kept is None else _tags_in(kept.read_bytes(), shown)
            return iter([f"{TAG_FOLDER}/{tag}" for tag in listed])
        if recent := self._fetching.recent_copy_of(place, shown):
            return iter([f"{TAG_FOLDER}/{tag}" for tag in _tags_in(recent.read_bytes(), shown)])
        tags = sorted(self._listed(place, shown))
        self._keep(place, shown, tags)
        return iter([f"{TAG_FOLDER}/{tag}" for tag in tags])

    def is_refused(self, relative: str) -> bool:  # noqa: ARG002 - as other stores
        """Return False: a registry that refuses does so with an error."""
        return False

    def below(self, relative: str) -> RegistryStore:
        """Return this store: a repository has nothing below it.

        Raises:
            SourceError: If something below it is requested.
        """
        if parts_of(relative):
            shown = self.shown()
            raise SourceError(f"`{shown}` has no folder `{relative}`", path=shown)
        return self

    def apart(self, folder: Path) -> RegistryStore:
        """Return the same store, which fetches everything again and keeps it in another folder.

        Raises:
            UsageError: If no server may be asked.
        """
        if self._fetching.limits.offline:
            raise UsageError(
                f"`{self.shown()}`: files of a registry are verified by fetching them, and "
                "`--offline` asks no server",
                hint="leave out `--offline`, or verify no more than the index",
            )
        apart = replace(self._fetching, downloads=Downloads(folder))
        return RegistryStore(self._repository, apart, self._logged_in())

    def shown(self, relative: str = "") -> str:
        """Return the name of a manifest or a blob, without credentials.

        Examples:
            >>> from specplan.sources.registries.repository import repository_of
            >>> from specplan.sources.stores.fetching import Fetching
            >>> repository = repository_of("oci://user:word@host.org/cache")
            >>> RegistryStore(repository, Fetching()).shown("tags/index.spack")
            'oci://host.org/cache:index.spack'
        """
        shown = self._repository.shown
        if (blob := _BLOB.fullmatch(relative)) is not None:
            return f"{shown}@sha256:{blob[1]}"
        if relative.startswith(f"{TAG_FOLDER}/"):
            return f"{shown}:{relative.removeprefix(f'{TAG_FOLDER}/')}"
        return f"{shown}/{relative}" if relative else shown

    def _url_of(self, relative: str) -> str | None:
        """Return the URL of a manifest or a blob; None if there cannot be one."""
        if (blob := _BLOB.fullmatch(relative)) is not None and is_checksum(blob[1]):
            return f"{self._repository.url}/blobs/sha256:{blob[1]}"
        folder, _, tag = relative.partition("/")
        if folder == TAG_FOLDER and _TAG.fullmatch(tag) is not None:
            return f"{self._repository.url}/manifests/{tag}"
        return None

    def _request(self, url: str, shown: str, most: int, *, is_manifest: bool) -> Request:
        from specplan.sources.stores.transfer import Request  # noqa: PLC0415 - as above

        return Request(
            url=url,
            shown=shown,
            most=most,
            authorization=self._logged_in(),
            accept=_MANIFEST_MEDIA if is_manifest else "",
        )

    def _logged_in(self) -> Login:
        if self._login is None:
            from specplan.sources.registries.login import Login  # noqa: PLC0415 - as above

            self._login = Login(self._repository, self._fetching)
        return self._login

    def _listed(self, place: str, shown: str) -> set[str]:
        """Return all tags, page by page."""
        from specplan.sources.stores.transfer import Transfer  # noqa: PLC0415 - as above

        tags: set[str] = set()
        url: str | None = f"{place}?n={_TAGS_TOGETHER}"
        asked: set[str] = set()
        while url is not None:
            asked.add(url)
            request = self._request(url, shown, _PAGE_BYTES, is_manifest=False)
            page = Transfer(request, self._fetching).body()
            if page is None and not tags:
                # There is no such repository.
                break
            if page is None:
                raise RemoteError(f"`{shown}` is incomplete: its next page is missing", path=shown)
            before = len(tags)
            tags.update(_tags_in(page.content, shown))
            if len(tags) > self._fetching.limits.tree_entries:
                most = self._fetching.limits.tree_entries
                raise SourceError(f"`{shown}` has more than the {most} that are read", path=shown)
            url = self._next(page, url, shown)
            if url is not None and (url in asked or len(tags) == before):
                raise RemoteError(f"`{shown}` does not end: a page names no new tag", path=shown)
        return tags

    def _next(self, page: Body, url: str, shown: str) -> str | None:
        """Return the URL of the next page; None at the end.

        Raises:
            RemoteError: If it is on another server.
        """
        found = next(filter(None, map(_NEXT.search, page.links)), None)
        if found is None:
            return None
        here = urlsplit(url)
        try:
            target = urlsplit(urljoin(url, found[1]))
        except ValueError as error:
            raise RemoteError(f"`{shown}` continues at an invalid URL", path=shown) from error
        if target.path != here.path:
            raise RemoteError(
                f"`{shown}` continues on another server, which is not contacted", path=shown
            )
        # A registry behind a proxy does not know its own name, so only the query is used.
        return here._replace(query=urlencode(parse_qsl(target.query)), fragment="").geturl()

    def _keep(self, place: str, shown: str, tags: list[str]) -> None:
        """Store the list for runs that ask no server."""
        content = json.dumps({"tags": tags}).encode()
        downloads = self._fetching.downloads
        with downloads.incoming() as incoming:
            incoming.write(content)
        checksum = hashlib.sha256(content).hexdigest()
        downloads.remember(place, shown, checksum=checksum, token={})


def _tags_in(content: bytes, shown: str) -> list[str]:
    """Return the tags of a page.

    Raises:
        DamagedSourceError: If it is not a list of tags.
    """
    document = strict_json.parse(content, shown)
    # A repository without tags has null in place of a list.
    if "tags" not in document.keys() or document.at("tags").raw is None:  # noqa: SIM118 - a method
        return []
    tags = [each.text() for each in document.at("tags").items()]
    return [tag for tag in tags if _TAG.fullmatch(tag)]
