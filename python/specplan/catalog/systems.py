"""Systems: those typed by users, and those in a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan import _core
from specplan import targets as known_targets
from specplan.catalog.names import select_names
from specplan.errors import UnknownNameError, UnknownTargetError, UsageError
from specplan.similar_names import _CLOSE, suggestions
from specplan.system_name import split_system

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


__all__ = ["Systems"]


class Systems:
    """The known operating systems and targets: of a catalog, the table, archspec.

    Args:
        catalog: The catalog, all of whose systems are known.
        libc: More operating systems with their C libraries, such as
            ``{"site9": "glibc 2.34"}``; an entry replaces one of the table.

    Raises:
        UsageError: If an entry of ``libc`` is not a C library with a version.
    """

    def __init__(self, catalog: _core.Catalog, libc: Mapping[str, str]) -> None:
        extra = []
        for name, text in libc.items():
            words = text.split()
            if len(words) != 2:  # noqa: PLR2004 - a library and its version
                raise UsageError(
                    f"`{text}` is not a C library of `{name}`",
                    hint="write `glibc 2.34` or `musl 1.2`",
                )
            extra.append((name, words[0], words[1]))
        try:
            self.core = _core.OperatingSystems(extra)
        except ValueError as error:
            raise UsageError(str(error), hint="write `glibc 2.34` or `musl 1.2`") from error
        self._listed = sorted({(os, target) for os, target, _ in catalog.systems()})
        self._platforms = {os: platform for os, _, platform in catalog.systems()}
        self._targets = set(catalog.names("target"))
        known_targets.learn(self._targets)

    @property
    def oss(self) -> set[str]:
        """All known operating systems."""
        return {*self._platforms, *self.core.names()}

    @property
    def targets(self) -> set[str]:
        """All known targets."""
        return {*self._targets, *_core.known_targets()}

    def chosen_oss(self, patterns: Sequence[str]) -> list[str] | None:
        """Return the operating systems that any of the patterns matches; None without patterns.

        Raises:
            UnknownNameError: If a pattern matches none; it suggests a name in the sources, or else
                a very similar known name.
        """
        if not patterns:
            return None
        return list(select_names(patterns, self.oss, kind="os", nearby=self._platforms))

    def chosen_targets(self, patterns: Sequence[str]) -> list[str] | None:
        """Return the targets that any of the patterns matches; None without patterns.

        Raises:
            UnknownNameError: If a pattern matches none; it suggests a name in the sources, or else
                a very similar known name.
        """
        if not patterns:
            return None
        return list(select_names(patterns, self.targets, kind="target", nearby=self._targets))

    def like(self, os: str | None, target: str | None) -> list[str]:
        """Return each ``OS/TARGET`` of the catalog with this name in either part, sorted.

        Args:
            os: The operating system; None stands for any.
            target: The target; None stands for any.
        """
        return [
            f"{each_os}/{each_target}"
            for each_os, each_target in self._listed
            if os in {None, each_os} and target in {None, each_target}
        ]

    def added(self, systems: Sequence[str]) -> list[tuple[str, str, str]] | None:
        """Return (os, target, platform) of each ``OS/TARGET``; None for ``all``.

        Raises:
            UnknownNameError: If an operating system or a target is unknown.
            UsageError: If a text is not an ``OS/TARGET``, or ``all`` is not the only text.
        """
        if "all" in systems:
            if len(set(systems)) > 1:
                raise UsageError(
                    "`all` and named systems cannot be combined",
                    hint="`all` is every system on which a peer has anything",
                )
            return None
        return [self.system(text) for text in systems]

    def system(self, text: str) -> tuple[str, str, str]:
        """Return (os, target, platform) of one ``OS/TARGET``, or of Spack's spelling of it.

        Raises:
            UnknownNameError: If the operating system or the target is unknown.
            UsageError: If the text is not a system, or its platform is not that of its system.
        """
        name = split_system(text)
        if name is None:
            hint = "write OS/TARGET, as in `ubuntu24.04/zen4`"
            raise UsageError(
                f"`{text}` is not a system", hint=hint if text == "all" else f"{hint}, or `all`"
            )
        os, target = name.os, name.target
        if os not in self._platforms and not self.core.is_known(os):
            near = suggestions(os, self._platforms) or suggestions(os, self.oss, closeness=_CLOSE)
            raise UnknownNameError(
                kind="os",
                name=os,
                suggestions=near,
                hint=f'add your own operating system with `{os} = "glibc 2.34"` '
                "(its C library) under `[libc]` in specplan.toml",
            )
        if target not in self._targets and not known_targets.is_known(target):
            near = suggestions(target, self._targets) or suggestions(
                target, self.targets, closeness=_CLOSE
            )
            raise UnknownTargetError(target, near)
        platform = self._platforms.get(os) or self.core.platform(os) or name.platform or "linux"
        if name.platform not in {None, platform}:
            raise UsageError(
                f"`{text}`: {os} belongs to the platform {platform}",
                hint=f"write `{os}/{target}`, or `{platform}-{os}-{target}`",
            )
        return os, target, platform
