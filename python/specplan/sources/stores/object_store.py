"""The files of object stores and other file systems of fsspec.

The extras ``remote``, ``gcs`` and ``azure`` install the packages for S3, Google and Azure.
Credentials and endpoints are configured as for fsspec itself.
"""

from __future__ import annotations

import contextlib
import importlib
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar, Final

from specplan.errors import RemoteError, SourceError
from specplan.secrets import shown_url, without_those_of
from specplan.sources.stores.downloads import Downloads
from specplan.sources.stores.fetching import too_large
from specplan.sources.stores.store import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specplan.sources.stores.fetching import Fetching
    from specplan.sources.stores.store import Expected

__all__ = ["FsspecStore"]

_CHUNK: Final = 1 << 20

#: The valid schemes before `://`, in words.
_SCHEMES: Final = (
    "caches are folders, files, and URLs that begin with https://, oci://, s3://, gs:// or abfs://"
)

#: The extra of specplan with the packages for a scheme.
_EXTRAS: Final = {
    "s3": "remote",
    "s3a": "remote",
    "gs": "gcs",
    "gcs": "gcs",
    "az": "azure",
    "abfs": "azure",
    "abfss": "azure",
}


class FsspecStore:
    """A folder, or a file, on anything that fsspec supports.

    Args:
        url: Its URL.
        fetching: The options for fetching.

    Raises:
        SourceError: If fsspec, or a package that it needs for the scheme, is not installed.
    """

    has_tags: ClassVar = False

    def __init__(self, url: str, fetching: Fetching) -> None:
        self._url = url
        self._fetching = fetching
        if "::" in url:
            raise SourceError(
                f"`{shown_url(url)}`: chained URLs are not followed", path=shown_url(url)
            )
        self._system, self._root = self._connected()

    def get(self, relative: str, *, most: int, expected: Expected | None = None) -> Path | None:
        """Return a local copy of a file, or None if it does not exist."""
        shown = self.shown(relative)
        downloads = self._fetching.downloads
        path = "/".join([self._root, *parts_of(relative)])
        place = self._place_of(path)
        kept = self._fetching.kept(place, shown, most=most, expected=expected)
        if kept is not None:
            return kept.path
        with self._naming(shown):
            entry = self._entry(path, shown, is_needed=not relative or expected is not None)
            if entry is None:
                return None
            state = {"state": str(self._system.ukey(path))}
        before = None if expected else downloads.known(place)
        if before is not None and before.token == state:
            return before.path
        checksum = self._fetch(path, shown, most=most, expected=expected, size=entry.get("size"))
        if expected is None:
            downloads.remember(place, shown, checksum=checksum, token=state)
        return downloads.blob(checksum)

    def _entry(self, path: str, shown: str, *, is_needed: bool) -> dict[str, object] | None:
        """Return the properties of a file, or None if it does not exist."""
        try:
            entry: dict[str, object] = self._system.info(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError as error:
            if is_needed:
                raise
            # Without permission to list a bucket, this is the response for every missing file.
            self._fetching.refusals.append(self._refused(shown, error))
            return None
        return None if entry.get("type") == "directory" else entry

    def _place_of(self, path: str) -> str:
        return f"{self._system.protocol}:{path}"

    def files(self, relative: str) -> Iterator[str]:
        """Return the paths of all files below a folder, sorted."""
        shown = self.shown(relative)
        if self._fetching.limits.offline:
            return iter(())
        with self._naming(shown):
            try:
                found = self._system.find("/".join([self._root, *parts_of(relative)]))
            except (FileNotFoundError, NotADirectoryError):
                return iter(())
        most = self._fetching.limits.tree_entries
        if len(found) > most:
            raise SourceError(
                f"`{shown}` holds more than the {most} files that are searched", path=shown
            )
        root = PurePosixPath("/", self._root)
        return iter(sorted(PurePosixPath("/", path).relative_to(root).as_posix() for path in found))

    def is_refused(self, relative: str) -> bool:
        """Return whether the server recently refused a request for the file."""
        return self._fetching.is_refused(self.shown(relative))

    def below(self, relative: str) -> FsspecStore:
        """Return the store of a folder below this one."""
        return FsspecStore("/".join([self._url.rstrip("/"), *parts_of(relative)]), self._fetching)

    def apart(self, folder: Path) -> FsspecStore:
        """Return the same store, which fetches everything again and keeps it in another folder."""
        return FsspecStore(self._url, replace(self._fetching, downloads=Downloads(folder)))

    def shown(self, relative: str = "") -> str:
        """Return the URL of a file without possible secrets."""
        base = shown_url(self._url)
        return f"{base.rstrip('/')}/{relative}" if relative else base

    def _connected(self, **options: object) -> tuple[Any, str]:
        try:
            fsspec = importlib.import_module("fsspec.core")
            files, root = fsspec.url_to_fs(self._url, **options)
        except ImportError as error:
            raise SourceError(
                f"`{self.shown()}` needs a missing package: {_said(self._url, error)}",
                path=self.shown(),
                hint=_installing(self._url),
            ) from error
        except ValueError as error:
            raise SourceError(
                f"`{self.shown()}` cannot be reached: {_said(self._url, error)}",
                path=self.shown(),
                hint=_SCHEMES,
            ) from error
        except Exception as error:
            # Some file systems already connect here, and raise errors of their libraries.
            raise RemoteError(
                f"`{self.shown()}` cannot be reached: {_said(self._url, error)}", path=self.shown()
            ) from error
        # A cached listing would hide later changes.
        files.invalidate_cache()
        return files, str(root).rstrip("/")

    def _fetch(
        self, path: str, shown: str, *, most: int, expected: Expected | None, size: object
    ) -> str:
        total = size if isinstance(size, int) else None
        if total is not None and total > most:
            raise too_large(shown, most)
        clock, limits = self._fetching.clock, self._fetching.limits
        deadline = clock() + limits.transfer_seconds
        with self._naming(shown), self._fetching.downloads.incoming() as incoming:
            with self._system.open(path, "rb") as file:
                while chunk := file.read(_CHUNK):
                    incoming.write(chunk)
                    if incoming.size > most:
                        raise too_large(shown, most)
                    if clock() > deadline:
                        raise RemoteError(
                            f"`{shown}`: timed out after {limits.transfer_seconds:g} seconds",
                            path=shown,
                        )
                    self._fetching.report(shown, incoming.size, total)
            if total is not None and incoming.size != total:
                raise RemoteError(
                    f"`{shown}`: ends after {incoming.size} of {total} bytes", path=shown
                )
            if expected is not None:
                expected.check(checksum=incoming.checksum, size=incoming.size, shown=shown)
        self._fetching.report(shown, incoming.size, incoming.size)
        return incoming.checksum

    @contextlib.contextmanager
    def _naming(self, shown: str) -> Iterator[None]:
        """Turn any error of a file system into an error of this package."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError, SourceError):
            raise
        except Exception as error:
            # Each file system has its own exceptions, whose names are more specific than their
            # bases.
            if isinstance(error, PermissionError) or "Credential" in type(error).__name__:
                raise self._refused(shown, error) from error
            raise RemoteError(f"`{shown}`: {_said(self._url, error)}", path=shown) from error

    def _refused(self, shown: str, error: Exception) -> RemoteError:
        return RemoteError(
            f"`{shown}`: {_said(self._url, error)}",
            path=shown,
            hint="set credentials as fsspec takes them; for a public bucket "
            "FSSPEC_S3_ANON=true, or FSSPEC_GS_TOKEN=anon, asks without any",
        )


def _installing(url: str) -> str:
    """Return the command that installs the packages that a URL needs."""
    extra = _EXTRAS.get(url.partition("://")[0].lower())
    if extra is None:
        known = ", ".join(sorted(_EXTRAS))
        return (
            "the extras remote, gcs and azure of specplan are for "
            f"{known}; other schemes need `pip install fsspec` and a package of their own"
        )
    return f"pip install 'specplan[{extra}]'"


def _said(url: str, error: Exception) -> str:
    """Return the message of a file system on a fault, without secrets of its URL."""
    return without_those_of(url, str(error)) or type(error).__name__
