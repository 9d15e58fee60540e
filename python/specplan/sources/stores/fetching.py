"""Options for fetching remote files, and their progress."""

from __future__ import annotations

import time
from dataclasses import field
from typing import TYPE_CHECKING, Final

from specplan.errors import RemoteError, SourceError
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources.limits import Limits
from specplan.sources.stores.downloads import Downloads

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from specplan.aliases import Progress
    from specplan.sources.stores.deadlines import Connections
    from specplan.sources.stores.store import Expected

__all__ = ["Fetching", "Kept", "is_remote", "no_copy", "too_large"]


def no_copy(shown: str) -> RemoteError:
    """Return the error for a needed file that was never fetched."""
    return RemoteError(
        f"`{shown}`: no earlier run has kept a copy, and `--offline` asks no server",
        path=shown,
        hint="run once without `--offline`",
    )


_SCHEME: Final = pattern(r"([A-Za-z][A-Za-z0-9+.-]*)://")


#: The number of recent refusals to keep: more than there are parallel requests.
_LAST: Final = 64


def too_large(shown: str, most: int) -> SourceError:
    """Return the error for a file that exceeds the size limit."""
    return SourceError(f"`{shown}` has more than the {most} bytes that specplan reads", path=shown)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is known without asking its server.

    Attributes:
        path: The copy; None if there is none and no server may be asked.
    """

    path: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """Options for fetching files.

    Attributes:
        limits: The limits for each transfer.
        downloads: The folder of fetched files.
        progress: Called with the progress of a transfer.
        pause: Waits before the next attempt, for a number of seconds.
        clock: A clock in seconds that never goes back.
        refusals: The files refused with 403. Object stores without permission to list respond like
            this for every absent file.
        copies: The copies of earlier runs that were read without asking a server: the name of each,
            and the time of the server's last confirmation, in seconds since 1970.
    """

    limits: Limits = field(default_factory=Limits)
    downloads: Downloads = field(default_factory=Downloads)
    progress: Progress | None = None
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    refusals: list[RemoteError] = field(default_factory=list, compare=False)
    copies: dict[str, int] = field(default_factory=dict, compare=False)
    _opened: list[Connections] = field(default_factory=list, compare=False, repr=False)

    @property
    def connections(self) -> Connections:
        """The connections to servers that all transfers share."""
        if not self._opened:
            # Imported here because runs with only local files need no HTTP.
            from specplan.sources.stores.deadlines import Connections  # noqa: PLC0415

            self._opened.append(Connections())
        return self._opened[0]

    def is_refused(self, shown: str) -> bool:
        """Return whether one of the last requests was for this file and was refused."""
        return any(each.path == shown for each in self.refusals[-_LAST:])

    def report(self, shown: str, done: int, total: int | None) -> None:
        """Report the progress of a transfer."""
        if self.progress is not None:
            self.progress(shown, done, total)

    def kept(self, place: str, shown: str, *, most: int, expected: Expected | None) -> Kept | None:
        """Return a file that is known without asking its server; None if it has to be asked.

        Args:
            place: The place.
            shown: Its name in messages.
            most: The size limit.
            expected: The expected content, if known.

        Raises:
            DamagedSourceError: If the copy does not match the expectation.
            RemoteError: If no server may be asked, and a copy is needed.
            SourceError: If it exceeds the size limit.
        """
        if expected is not None:
            if expected.size is not None and expected.size > most:
                raise too_large(shown, most)
            if (known := self.downloads.blob(expected.checksum)) is not None:
                expected.check(checksum=expected.checksum, size=known.stat().st_size, shown=shown)
                return Kept(known)
        if self.limits.offline:
            return Kept(self.copy_of(place, shown, needed=expected is not None))
        if expected is None and (recent := self.recent_copy_of(place, shown)) is not None:
            return Kept(recent)
        return None

    def is_absent_lately(self, place: str) -> bool:
        """Return whether the server recently reported the file as absent."""
        most = self.limits.max_age_seconds
        said = self.downloads.absent(place) if most > 0 else None
        return said is not None and time.time() - said <= most

    def remember_absent(self, place: str, shown: str) -> None:
        """Record that the server has no such file, if the next run would not ask again."""
        if self.limits.max_age_seconds > 0:
            self.downloads.remember_absent(place, shown)

    def copy_of(self, place: str, shown: str, *, needed: bool) -> Path | None:
        """Return the copy that an earlier run kept of a place, if there is one.

        Args:
            place: The place.
            shown: Its name in messages.
            needed: Whether a missing copy is an error.

        Raises:
            RemoteError: If the copy is needed and missing.
        """
        known = self.downloads.known(place)
        if known is None:
            if needed:
                raise no_copy(shown)
            return None
        self.copies[shown] = known.time
        return known.path

    def recent_copy_of(self, place: str, shown: str) -> Path | None:
        """Return the copy of a place that is recent enough to be used without asking, if any.

        Args:
            place: The place.
            shown: Its name in messages.
        """
        most = self.limits.max_age_seconds
        known = self.downloads.known(place) if most > 0 else None
        if known is None or time.time() - known.time > most:
            return None
        self.copies[shown] = known.time
        return known.path


def is_remote(place: str) -> bool:
    """Return whether a source is a URL."""
    return _SCHEME.match(place) is not None
