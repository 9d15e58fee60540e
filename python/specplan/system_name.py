"""The notation of systems: ``OS/TARGET``, or a Spack architecture."""

from __future__ import annotations

from typing import Final

from specplan.records import dataclass

__all__ = ["SystemName", "split_system"]

#: The platforms at the start of a Spack architecture.
_PLATFORMS: Final = frozenset({"linux", "darwin", "windows", "freebsd", "cray", "test"})


@dataclass(frozen=True, slots=True)
class SystemName:
    """The names in the text of a system; they need not exist.

    Attributes:
        os: The operating system.
        target: The microarchitecture.
        platform: The platform, or None if the text names none.
    """

    os: str
    target: str
    platform: str | None = None


def split_system(text: str) -> SystemName | None:
    """Return the names in the text of a system, or None if it is not one.

    Spack's own spelling is accepted as well: ``linux-ubuntu22.04-zen4``, a path below a folder of
    that name, and ``linux-ubuntu22.04/zen4``.

    Examples:
        >>> split_system("ubuntu22.04/zen4")
        SystemName(os='ubuntu22.04', target='zen4', platform=None)
        >>> split_system("linux-ubuntu22.04-zen4/gcc-13.2.0")
        SystemName(os='ubuntu22.04', target='zen4', platform='linux')
    """
    first, slash, rest = text.partition("/")
    platform, dash, after = first.partition("-")
    if dash and platform in _PLATFORMS:
        os, dash, target = after.rpartition("-")
        if dash and os and target:
            return SystemName(os, target, platform)
        first = after
    else:
        platform = ""
    if not slash or not first or not rest or "/" in rest:
        return None
    return SystemName(first, rest, platform or None)
