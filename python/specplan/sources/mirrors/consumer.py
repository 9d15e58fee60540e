"""A version of Spack that uses a build cache, and the formats that it reads."""

from __future__ import annotations

from typing import Final

from specplan import _core
from specplan.errors import UsageError
from specplan.patterns import pattern
from specplan.records import dataclass

__all__ = ["Consumer", "consumer_of"]

_RELEASE: Final = pattern(r"v?(\d+)\.(\d+)(?:\.\d+)*(?:\.?(?:dev|rc|alpha|beta|a|b)\d*)?")

#: The name of the development version.
_DEVELOPMENT: Final = frozenset({"develop", "main"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """The formats that one version of Spack reads.

    Attributes:
        spack: The version, as it was given.
        database: The newest version of an index that it reads.
        layout: The newest layout of a build cache that it reads.
    """

    spack: str
    database: int
    layout: int


def consumer_of(spack: str) -> Consumer:
    """Return the formats that a version of Spack reads, judged by those it writes.

    Args:
        spack: The version, such as ``1.2``, ``1.2.1`` or ``develop``.

    Raises:
        UsageError: If it is not a version, or one with unknown formats.

    Examples:
        >>> consumer_of("1.2.1").database
        8
        >>> consumer_of("develop").database
        9
    """
    releases = [(_numbers(each.release), each) for each in _core.format_releases()]
    oldest, newest = releases[0], releases[-1]
    numbers = newest[0] if spack in _DEVELOPMENT else _numbers(spack)
    if not oldest[0] <= numbers <= newest[0]:
        raise UsageError(
            f"`{spack}` is not a version of Spack whose formats are known",
            hint=f"name one from {oldest[1].release} to {newest[1].release}, such as "
            f"`--for-spack {releases[-2][1].release}`, or `develop`",
        )
    row = next(row for of, row in reversed(releases) if of <= numbers)
    return Consumer(spack=spack, database=row.database, layout=row.layout)


def _numbers(spack: str) -> tuple[int, int]:
    """Return the first two numbers of a version; any other text sorts first."""
    found = _RELEASE.fullmatch(spack)
    return (int(found[1]), int(found[2])) if found and len(spack) < 32 else (-1, -1)  # noqa: PLR2004
