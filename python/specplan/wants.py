"""What should be there: patterns of names, families of stacks, systems that are asked for."""

from __future__ import annotations

import difflib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan import targets as known_targets
from specplan.errors import UnknownNameError, UnknownTargetError, UsageError
from specplan.system_name import split_system

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from specplan.model import NotWanted

__all__ = [
    "FEWER_CELLS",
    "ROOT",
    "Systems",
    "any_matches",
    "chosen",
    "chosen_or_all",
    "excludes",
    "matched_or_all",
    "peers_of",
    "suggestions",
    "texts",
]

#: The union index of a snapshot: no stack, and selected by no pattern but its own name.
ROOT: Final = "root"

#: What to do where a report would have too many cells or gaps.
FEWER_CELLS: Final = "choose stacks with `--stack PATTERN`, or systems with `--system OS/TARGET`"

#: How many near names an error suggests.
_SUGGESTIONS: Final = 3

#: How near a name must be that no source holds: most of those in tables have no meaning here.
_CLOSE: Final = 0.75


def texts(value: str | Sequence[str]) -> tuple[str, ...]:
    """Return one text or several as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)


def suggestions(name: str, names: Collection[str], *, closeness: float = 0.5) -> tuple[str, ...]:
    """Return the names nearest to ``name``, best first; letters of either case are alike.

    Args:
        name: The name.
        names: The names to choose from.
        closeness: How much of both must agree, from 0 to 1.
    """
    by_spelling: dict[str, list[str]] = {}
    for each in sorted(names):
        by_spelling.setdefault(each.casefold(), []).append(each)
    asked = name.casefold()
    part = asked.strip("*?")
    near = difflib.get_close_matches(asked, by_spelling, n=_SUGGESTIONS, cutoff=closeness)
    inside = [each for each in by_spelling if part and part in each]
    # What only differs in case comes first, then what begins with the name.
    inside.sort(key=lambda each: not each.startswith(part))
    begins = [each for each in inside if each.startswith(part)]
    same = [asked] if asked in by_spelling else []
    found = dict.fromkeys([*same, *(begins if len(part) > 1 else ()), *near, *inside])
    return tuple(each for spelling in found for each in by_spelling[spelling])[:_SUGGESTIONS]


def chosen(
    patterns: Sequence[str],
    names: Collection[str],
    *,
    kind: str,
    nearby: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Return the names that any of the shell patterns matches, sorted.

    No pattern at all chooses every name but ``root``.

    Args:
        patterns: The patterns.
        names: The names.
        kind: What the names are of, for the error.
        nearby: The names that an error suggests rather than others, if not all are alike.

    Raises:
        UnknownNameError: If a pattern matches none.
    """
    if not patterns:
        return tuple(sorted(name for name in names if name != ROOT))
    found: set[str] = set()
    for pattern in patterns:
        matched = _matched(pattern, names)
        if not matched:
            near = suggestions(pattern, names if nearby is None else nearby)
            if not near and nearby is not None:
                near = suggestions(pattern, names, closeness=_CLOSE)
            raise UnknownNameError(kind=kind, name=pattern, suggestions=near)
        found.update(matched)
    return tuple(sorted(found))


def _matched(pattern: str, names: Iterable[str]) -> set[str]:
    return {
        name for name in names if name == pattern or (name != ROOT and fnmatchcase(name, pattern))
    }


def chosen_or_all(
    patterns: Sequence[str], names: Collection[str], *, kind: str
) -> list[str] | None:
    """Return the names that any of the patterns matches; None, for all, without patterns.

    Raises:
        UnknownNameError: If a pattern matches none.
    """
    return list(chosen(patterns, names, kind=kind)) if patterns else None


def any_matches(patterns: Iterable[str], name: str) -> bool:
    """Return whether any of the shell patterns matches a name; ``root`` only by itself."""
    return any(_matched(pattern, [name]) for pattern in patterns)


def matched_or_all(pattern: str, names: Iterable[str]) -> list[str] | None:
    """Return the names that a pattern matches; None, which stands for all, for ``*``."""
    return None if pattern == "*" else [name for name in names if fnmatchcase(name, pattern)]


def excludes(entry: NotWanted, stack: str, package: str, os: str, target: str) -> bool:
    """Return whether an entry excludes a package in a cell."""
    return (
        fnmatchcase(package, entry.package)
        and fnmatchcase(stack, entry.stack)
        and fnmatchcase(os, entry.os)
        and fnmatchcase(target, entry.target)
    )


def peers_of(
    reported: Iterable[str], stacks: Collection[str], families: Mapping[str, Sequence[str]]
) -> tuple[list[list[str]], list[int]]:
    """Return the stacks that define what stacks want, themselves included.

    These are the stacks of every configured family that has a pattern for the
    stack; without one, the stacks that share its first dash-separated word.

    Args:
        reported: The stacks that are asked about.
        stacks: All stacks.
        families: Patterns by the name of a family.

    Returns:
        The distinct sets of peers, each sorted, and for each reported stack the position of its
        own among them.

    Complexity: linear in the stacks, and for each configured pattern one look at all of them.
    """
    configured = [
        {name for pattern in patterns for name in _matched(pattern, stacks)}
        for patterns in families.values()
    ]
    by_word: dict[str, list[str]] = {}
    for name in sorted(stacks):
        if name != ROOT:
            by_word.setdefault(_first_word(name), []).append(name)
    found: dict[tuple[str, ...] | tuple[int, ...], int] = {}
    sets: list[list[str]] = []
    positions = []
    for stack in reported:
        own = [at for at, members in enumerate(configured) if stack in members]
        key = tuple(own) or (_first_word(stack),)
        if key not in found:
            found[key] = len(sets)
            if own:
                sets.append(sorted(set().union(*(configured[at] for at in own))))
            else:
                sets.append([ROOT] if stack == ROOT else by_word.get(_first_word(stack), []))
        positions.append(found[key])
    return sets, positions


def _first_word(stack: str) -> str:
    return stack.partition("-")[0]


class Systems:
    """What is known of operating systems and targets: a catalog, the OS table, archspec.

    Args:
        catalog: The catalog, whose systems are known whatever they are called.
        libc: More operating systems with their C libraries, such as
            ``{"site9": "glibc 2.34"}``; an entry replaces one of the table.

    Raises:
        UsageError: If an entry of ``libc`` is no C library with a version.
    """

    def __init__(self, catalog: _core.Catalog, libc: Mapping[str, str]) -> None:
        extra = []
        for name, text in libc.items():
            words = text.split()
            if len(words) != 2:  # noqa: PLR2004 - a library and its version
                raise UsageError(
                    f"`{text}` is no C library of `{name}`", hint="write `glibc 2.34` or `musl 1.2`"
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
            UnknownNameError: If a pattern matches none; it suggests what the sources hold,
                or else a known name that is very near.
        """
        if not patterns:
            return None
        return list(chosen(patterns, self.oss, kind="os", nearby=self._platforms))

    def chosen_targets(self, patterns: Sequence[str]) -> list[str] | None:
        """Return the targets that any of the patterns matches; None without patterns.

        Raises:
            UnknownNameError: If a pattern matches none; it suggests what the sources hold,
                or else a known name that is very near.
        """
        if not patterns:
            return None
        return list(chosen(patterns, self.targets, kind="target", nearby=self._targets))

    def like(self, os: str | None, target: str | None) -> list[str]:
        """Return each ``OS/TARGET`` of the catalog with this name in either part, sorted.

        Args:
            os: The operating system; None stands for any.
            target: Likewise.
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
            UsageError: If a text is no ``OS/TARGET``, or stands beside ``all``.
        """
        if "all" in systems:
            if len(set(systems)) > 1:
                raise UsageError(
                    "`all` and named systems exclude each other",
                    hint="`all` is every system on which a peer has anything",
                )
            return None
        return [self.system(text) for text in systems]

    def system(self, text: str) -> tuple[str, str, str]:
        """Return (os, target, platform) of one ``OS/TARGET``, or of Spack's spelling of it.

        Raises:
            UnknownNameError: If the operating system or the target is unknown.
            UsageError: If the text is no system, or its platform is not that of its system.
        """
        name = split_system(text)
        if name is None:
            raise UsageError(
                f"`{text}` is not a system",
                hint="write OS/TARGET, as in `ubuntu24.04/zen4`, or `all`",
            )
        os, target = name.os, name.target
        if os not in self._platforms and not self.core.is_known(os):
            near = suggestions(os, self._platforms) or suggestions(os, self.oss, closeness=_CLOSE)
            raise UnknownNameError(
                kind="os",
                name=os,
                suggestions=near,
                hint=f'an operating system of your own is made known by `{os} = "glibc 2.34"` '
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
