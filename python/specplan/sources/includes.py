"""The configuration that an environment has itself and includes: sections, merged.

An environment may hold any section of Spack's configuration and include files and
folders with more. Those that say what its roots are (:data:`SECTIONS`) are merged here,
as Spack merges them; all others, CI above all, are of no interest. What cannot be
included, because it is remote, absent or under a condition that cannot be decided, is
left out and noted: public stacks include folders that only their own repository has.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError
from specplan.sources import conditions, yaml_tree
from specplan.sources.conditions import ConditionError
from specplan.sources.yaml_tree import Mapping, Mark, Node, Scalar, Sequence, plain

if TYPE_CHECKING:
    from pathlib import Path

    from specplan.host import Host
    from specplan.sources.limits import Limits

__all__ = [
    "SECTIONS",
    "IncludedLock",
    "Sections",
    "collect",
    "entry",
    "merged",
    "unsuffixed",
    "unwrapped",
]

#: The sections that say something about roots.
SECTIONS: Final = ("concretizer", "definitions", "packages", "toolchains")

#: The keys under which an environment stands in its file; the second is from Spack 0.17.
_WRAPPERS: Final = ("spack", "env")

#: How deep includes may include, and how many files may be read.
_MAX_DEPTH: Final = 16
_MAX_FILES: Final = 500

#: What the lock of an environment is called.
_LOCK: Final = "spack.lock"

_REMOTE: Final = re.compile(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+://|git@")
_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def unsuffixed(key: str) -> tuple[str, str]:
    """Split a key into its name and the suffix that says how it is merged.

    >>> unsuffixed("packages:"), unsuffixed("require+"), unsuffixed("all")
    (('packages', ':'), ('require', '+'), ('all', ''))
    """
    return (key[:-1], key[-1]) if key[-1:] in {":", "+", "-"} else (key, "")


def entry(node: Node | None, name: str) -> Node | None:
    """Return what a mapping holds under a key, whatever its suffix; None if that is nothing."""
    if not isinstance(node, Mapping):
        return None
    for key, value in node.entries.items():
        if unsuffixed(key)[0] == name:
            return None if isinstance(value, Scalar) and value.is_null else value
    return None


def unwrapped(node: Node) -> Mapping:
    """Return the mapping that an environment's sections stand in.

    Raises:
        DamagedSourceError: If it is no mapping.
    """
    for wrapper in _WRAPPERS:
        node = entry(node, wrapper) or node
    if not isinstance(node, Mapping):
        raise node.mark.fault(f"expected a mapping, found {node.kind}")
    return node


@dataclass(frozen=True, slots=True, kw_only=True)
class IncludedLock:
    """A lock whose roots an environment adds to its own.

    Attributes:
        path: The lock.
        mark: Where the environment says so.
    """

    path: str
    mark: Mark


@dataclass(slots=True)
class Sections:
    """The sections of interest, merged, and what was left out.

    Attributes:
        nodes: Each section that there is.
        locks: The locks that are included, each once, in their order.
        left_out: What could not be included, one sentence each.
    """

    nodes: dict[str, Node] = field(default_factory=dict)
    locks: list[IncludedLock] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def collect(environment: Mapping, path: Path, host: Host, limits: Limits) -> Sections:
    """Merge the sections of an environment with those that it includes.

    Args:
        environment: The mapping that its sections stand in.
        path: The file of the environment.
        host: The machine that conditions ask for.
        limits: What an included file may not go beyond.

    Raises:
        SourceError: If what is included cannot be read, or includes itself.
        DamagedSourceError: If what is included is no configuration, or a lock that is
            included does not exist.
    """
    collector = _Collector(path, host, limits)
    collector.scope(environment, path, [_real(path)])
    collector.concrete(entry(environment, "include_concrete"), path)
    return Sections(collector.merged, [*collector.locks.values()], collector.left_out)


def _real(path: Path) -> str:
    return os.path.realpath(path)


class _Collector:
    """Walks includes depth first; what comes earlier takes precedence."""

    def __init__(self, path: Path, host: Host, limits: Limits) -> None:
        self._folder = path.parent
        self._host = host
        self._limits = limits
        self._files = 0
        #: Sections that `key::` closed to what comes after.
        self._closed: set[str] = set()
        #: Sections that `key-:` puts after what comes later.
        self._last: set[str] = set()
        self.merged: dict[str, Node] = {}
        #: By their real paths, so that each counts once.
        self.locks: dict[str, IncludedLock] = {}
        self.left_out: list[str] = []

    def concrete(self, node: Node | None, path: Path) -> None:
        """Take in the environments that are included as they are concretized."""
        if node is None:
            return
        if not isinstance(node, Sequence):
            raise node.mark.fault(f"expected a list, found {node.kind}")
        for each in node.items:
            if not isinstance(each, Scalar) or not each.string:
                raise each.mark.fault(f"expected the folder of an environment, found {each.kind}")
            shown = f"`{each.string}`"
            if _REMOTE.match(each.string):
                self.left_out.append(f"{shown} is not included: it is remote")
            elif (target := self._resolved(each.string, path, shown)) is not None:
                is_lock = target.name == _LOCK
                self._lock(target if is_lock else target / _LOCK, each.mark, shown)

    def _lock(self, file: Path, mark: Mark, shown: str) -> None:
        if not os.path.isfile(file):  # noqa: PTH113 - that of `Path` fails where it may not look
            raise mark.fault(
                f"{shown} is included, but there is no `{file}`: an environment is included by "
                "its folder, once Spack has concretized it"
            )
        self.locks.setdefault(_real(file), IncludedLock(path=str(file), mark=mark))

    def scope(self, scope: Mapping, path: Path, trail: list[str]) -> None:
        """Take in one scope, then what it includes."""
        includes: Node | None = None
        for key, node in scope.entries.items():
            name, suffix = unsuffixed(key)
            if name == "include":
                includes = node
            elif name in SECTIONS and name not in self._closed:
                self._section(name, suffix, node)
        if includes is not None and not (isinstance(includes, Scalar) and includes.is_null):
            if not isinstance(includes, Sequence):
                raise includes.mark.fault(f"expected a list, found {includes.kind}")
            for each in includes.items:
                self._include(each, path, trail)

    def _section(self, name: str, suffix: str, node: Node) -> None:
        if isinstance(node, Scalar) and node.is_null:
            return
        higher = self.merged.get(name)
        if isinstance(higher, Sequence) and isinstance(node, Sequence) and name in self._last:
            self.merged[name] = _joined(node, higher, node.mark)
        else:
            self.merged[name] = node if higher is None else merged(higher, node)
        if suffix == "-":
            self._last.add(name)
        if suffix == ":":
            self._closed.add(name)

    def _include(self, node: Node, path: Path, trail: list[str]) -> None:
        texts = _included(node)
        place = texts.get("path", "")
        shown = f"`{place or texts.get('git', '')}`"
        if "when" in texts and not self._wanted(texts["when"], shown):
            return
        if "git" in texts or _REMOTE.match(place):
            self.left_out.append(f"{shown} is not included: it is remote")
            return
        target = self._resolved(place, path, shown)
        if target is None or self._is_lock(target, node.mark, shown, "optional" in texts):
            return
        if not os.path.exists(target):  # noqa: PTH110 - Path.exists raises where a path cannot be
            self.left_out.append(f"{shown} is not included: it does not exist")
            return
        if _real(target) in trail:
            raise node.mark.fault(f"{shown} includes itself")
        if len(trail) > _MAX_DEPTH:
            raise node.mark.fault(f"files are included more than {_MAX_DEPTH} deep")
        for file in self._files_of(target):
            self._files += 1
            if self._files > _MAX_FILES:
                raise node.mark.fault(f"more than {_MAX_FILES} files are included")
            content = yaml_tree.read(file, self._limits)
            reached = dict.fromkeys((_real(target), _real(file)))
            self.scope(unwrapped(content), file, [*trail, *reached])

    def _is_lock(self, target: Path, mark: Mark, shown: str, is_optional: bool) -> bool:  # noqa: FBT001
        """Take in what is included if it is a lock; what is optional may be absent."""
        is_lock = target.name == _LOCK
        if is_lock and (os.path.isfile(target) or not is_optional):  # noqa: PTH113 - as above
            self._lock(target, mark, shown)
            return True
        return False

    def _wanted(self, condition: str, shown: str) -> bool:
        try:
            return conditions.holds(condition, self._host)
        except ConditionError as error:
            self.left_out.append(f"{shown} is not included: {error}")
            return False

    def _resolved(self, place: str, path: Path, shown: str) -> Path | None:
        """Return the path that is meant, or None if it holds what only Spack knows."""
        values = {**(self._host.env or {}), "env": str(self._folder)}
        for match in _VARIABLE.finditer(place):
            name = match[1] or match[2]
            if name not in values:
                self.left_out.append(f"{shown} is not included: `${name}` is not known")
                return None
        place = _VARIABLE.sub(lambda match: values[match[1] or match[2]], place)
        if place.startswith("~"):
            self.left_out.append(f"{shown} is not included: whose home `~` is is not known")
            return None
        return path.parent / place.removeprefix("file://")

    def _files_of(self, target: Path) -> list[Path]:
        """A file is one; of a folder those that are named after a section.

        Raises:
            SourceError: If the folder cannot be looked into.
        """
        inside = (target / f"{name}.yaml" for name in (*SECTIONS, "include"))
        try:
            return [file for file in inside if file.is_file()] if target.is_dir() else [target]
        except OSError as error:
            fault = error.strerror or str(error)
            raise SourceError(f"cannot read `{target}`: {fault}", path=str(target)) from error


def _included(node: Node) -> dict[str, str]:
    """Return the texts of an entry of `include`: its path, or where it is, and its condition.

    What may be absent has the key `optional`.
    """
    if isinstance(node, Scalar) and node.string:
        return {"path": node.string}
    if not isinstance(node, Mapping):
        raise node.mark.fault(f"expected a path or a mapping, found {node.kind}")
    texts = {}
    for key in ("path", "git", "when"):
        value = node.entries.get(key)
        if value is None:
            continue
        if not isinstance(value, Scalar) or not value.string:
            raise value.mark.fault(f"expected text, found {value.kind}")
        texts[key] = value.string
    optional = node.entries.get("optional")
    if isinstance(optional, Scalar) and optional.boolean:
        texts["optional"] = optional.text
    if "path" not in texts and "git" not in texts:
        raise node.mark.fault("expected `path` or `git`")
    return texts


def merged(higher: Node, lower: Node) -> Node:
    """Merge two scopes as Spack does; ``higher`` takes precedence.

    Lists are concatenated without repetition, mappings merged by key, and a key that
    ends in ``:`` replaces what is below.
    """
    if isinstance(higher, Sequence) and isinstance(lower, Sequence):
        return _joined(higher, lower, higher.mark)
    if not (isinstance(higher, Mapping) and isinstance(lower, Mapping)):
        return higher
    entries = dict(higher.entries)
    names = {unsuffixed(key)[0]: key for key in entries}
    for key, node in lower.entries.items():
        name, _ = unsuffixed(key)
        if name not in names:
            entries[key] = node
            continue
        own_key = names[name]
        suffix = unsuffixed(own_key)[1]
        own_node = entries[own_key]
        if suffix == "-" and isinstance(own_node, Sequence) and isinstance(node, Sequence):
            entries[own_key] = _joined(node, own_node, own_node.mark)
        elif suffix != ":":
            entries[own_key] = merged(own_node, node)
    return Mapping(entries, higher.mark)


def _joined(first: Sequence, second: Sequence, mark: Mark) -> Sequence:
    """Return both lists as one, without the items of the second that the first has."""
    known = {repr(plain(item)) for item in first.items}
    rest = [item for item in second.items if repr(plain(item)) not in known]
    return Sequence((*first.items, *rest), mark)
