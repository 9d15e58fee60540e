"""The merged configuration of an environment: its own sections and those of includes.

An environment may contain any section of Spack's configuration, and include files and folders with
more. The sections that affect its roots (``MERGED`` of
:mod:`specplan.sources.environments.sections`) are merged here as in Spack; all others, such as CI,
are irrelevant. An include that cannot be read, because it is remote, named by an unknown variable
or under an undecidable condition, is recorded, unless the file is available and contains nothing
relevant. A missing include is an error, as in Spack.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError
from specplan.model.left_out import LeftOut, LeftOutKind
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.similar_names import nearest
from specplan.sources.environments import conditions, sections, yaml_tree
from specplan.sources.environments.conditions import ConditionError
from specplan.sources.environments.sections import MERGED, SECTIONS, entry, unsuffixed
from specplan.sources.environments.yaml_tree import Mapping, Mark, Node, Scalar, Sequence, plain

if TYPE_CHECKING:
    from specplan.sources.environments.options import EnvironmentOptions
    from specplan.sources.limits import Limits

__all__ = ["IncludedLock", "Sections", "collect", "merged", "undecided", "unwrapped"]

#: The top-level key of an environment in its file, and the one from Spack 0.17 to 0.20.
_WRAPPER: Final = "spack"
_FORMER_WRAPPER: Final = "env"

#: The maximum depth of includes, and the maximum number of files.
_MAX_DEPTH: Final = 16
_MAX_FILES: Final = 500

#: The file name of the lock of an environment.
_LOCK: Final = "spack.lock"

#: The names of the files of an included folder that are read, without `.yaml`.
_READ: Final = (*MERGED, "include")

#: The similarity from which a file counts as one of them misspelt; `spack` does not.
_ALMOST: Final = 0.85

_REMOTE: Final = pattern(r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+://|git@")
_VARIABLE: Final = pattern(r"\$(?:\{(\w+)\}|(\w+))")

#: The key of an entry for the environment variable with another path.
_OVERRIDE: Final = "path_override_env_var"

#: The keys of an entry of `include`.
_KEYS: Final = (
    "path",
    "when",
    "optional",
    "sha256",
    "name",
    _OVERRIDE,
    "prefer_modify",
    "git",
    "branch",
    "commit",
    "tag",
    "paths",
)


def unwrapped(document: Node) -> Mapping:
    """Return the mapping with an environment's sections.

    Raises:
        DamagedSourceError: If the document is not an environment.
    """
    if not isinstance(document, Mapping):
        raise document.mark.fault(f"expected a mapping, found {document.kind}")
    inner = _inside(document, _WRAPPER)
    if inner is not None:
        node, key = inner
        if not isinstance(node, Mapping):
            raise node.mark.fault(f"`{key}:` must hold an environment, found {node.kind}")
        if not node.entries:
            raise node.mark.fault(f"`{key}:` is empty, so this is not an environment")
        sections.only_known(node)
        _refuse_beside(document, key)
        return node
    former = _inside(document, _FORMER_WRAPPER)
    if former is not None and isinstance(former[0], Mapping) and _is_old(former[0]):
        return former[0]
    raise document.mark.fault(
        "has no `spack:` at its top, so this is not an environment",
        hint="wants come from a `spack.lock` or a `spack.yaml`",
    )


def _refuse_beside(document: Mapping, wrapper: str) -> None:
    """Refuse keys beside the environment: a section that is not indented is not in it."""
    for key, node in document.entries.items():
        if key != wrapper:
            raise node.mark.fault(
                f"`{key}` stands beside `{wrapper}:`, where Spack takes nothing",
                hint=f"indent it, so that it stands in `{wrapper}:`",
            )


def _inside(document: Mapping, wrapper: str) -> tuple[Node, str] | None:
    for key, node in document.entries.items():
        if unsuffixed(key)[0] == wrapper:
            return node, key
    return None


def _is_old(node: Mapping) -> bool:
    """Return whether `env:` holds an old environment, not the variables of a CI job."""
    names = {unsuffixed(key)[0] for key in node.entries}
    return bool(names) and names <= {*sections.SECTIONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncludedLock:
    """A lock whose roots an environment adds to its own.

    Attributes:
        path: The lock.
        mark: The place in the environment.
    """

    path: str
    mark: Mark


@dataclass(slots=True)
class Sections:
    """The sections of interest, merged, and left-out input.

    Attributes:
        nodes: Each existing section.
        locks: The locks that are included, each once, in their order.
        left_out: The records of missing includes.
    """

    nodes: dict[str, Node] = field(default_factory=dict)
    locks: list[IncludedLock] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def undecided(what: str, condition: str, error: ConditionError, mark: Mark) -> LeftOut:
    """Return the record of something whose condition this machine cannot decide."""
    return LeftOut(
        kind="condition",
        where=mark.where,
        detail=f"{what} depends on `{condition}`: {error}",
        blocks=True,
        remedy=_of_host(error.missing or ""),
    )


def _of_host(missing: str) -> str:
    if missing == "env":
        return '`NAME = "VALUE"` under `[host.env]` in specplan.toml'
    return f'`{missing} = "{missing.upper()}"` under `[host]` in specplan.toml'


def collect(
    environment: Mapping, path: Path, options: EnvironmentOptions, limits: Limits
) -> Sections:
    """Merge the sections of an environment with those that it includes.

    Args:
        environment: The mapping with its sections.
        path: The file of the environment.
        options: The options for reading it.
        limits: The limits for included files.

    Raises:
        SourceError: If an include cannot be read, or includes itself.
        DamagedSourceError: If an include is missing or is not configuration.
    """
    collector = _Collector(path, options, limits)
    collector.scope(environment, path, [_real(path)])
    collector.concrete(entry(environment, "include_concrete"), path)
    return Sections(collector.merged, [*collector.locks.values()], collector.left_out)


def _real(path: Path) -> str:
    return os.path.realpath(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Include:
    """An entry of `include`."""

    place: str
    git: str
    paths: tuple[str, ...]
    when: str | None
    sha256: str | None
    is_optional: bool
    overriding: str | None
    mark: Mark

    @property
    def shown(self) -> str:
        return f"`{self.place or self.git}`"


class _Collector:
    """Walks includes depth first; earlier ones take precedence."""

    def __init__(self, path: Path, options: EnvironmentOptions, limits: Limits) -> None:
        self._folder = path.parent
        self._options = options
        self._limits = limits
        self._files = 0
        #: Sections that `key::` closed to later scopes.
        self._closed: set[str] = set()
        #: True if a scope with `include::` was found; true if the current scope is below it.
        self._overrides = False
        self._is_overridden = False
        self.merged: dict[str, Node] = {}
        #: By real path, so that each counts once.
        self.locks: dict[str, IncludedLock] = {}
        self.left_out: list[LeftOut] = []

    def concrete(self, node: Node | None, path: Path) -> None:
        """Add the environments that are included in concretized form."""
        if node is None:
            return
        if not isinstance(node, Sequence):
            raise node.mark.fault(f"expected a list, found {node.kind}")
        for each in node.items:
            if not isinstance(each, Scalar) or not each.string:
                raise each.mark.fault(f"expected the folder of an environment, found {each.kind}")
            shown = f"`{each.string}`"
            if _REMOTE.match(each.string):
                target = self._stand_in(each.string)
                if target is None:
                    self._remote(each.string, shown, each.mark)
                    continue
            else:
                target = self._resolved(each.string, path, shown, each.mark)
            if target is not None:
                self._lock(target if target.name == _LOCK else target / _LOCK, each.mark, shown)

    def _lock(self, file: Path, mark: Mark, shown: str) -> None:
        if os.path.isfile(file):  # noqa: PTH113 - that of `Path` fails where it may not look
            self.locks.setdefault(_real(file), IncludedLock(path=str(file), mark=mark))
            return
        self._missing(
            f"{shown} is included, but there is no `{file}`: an environment is included by "
            "its folder, once Spack has concretized it",
            mark,
        )

    def _missing(self, fault: str, mark: Mark) -> None:
        """Record a missing file if the user allows that; otherwise refuse it like Spack."""
        if not self._options.allows_includes:
            raise mark.fault(fault, hint="`--allow-left-out include` goes on without it")
        self._leave("include", fault, mark, "--allow-left-out include")

    def _leave(self, kind: LeftOutKind, detail: str, mark: Mark, remedy: str) -> None:
        record = LeftOut(kind=kind, where=mark.where, detail=detail, blocks=True, remedy=remedy)
        self._record(record)

    def _record(self, record: LeftOut) -> None:
        """Record left-out input, unless it would be overridden anyway."""
        if not self._is_overridden:
            self.left_out.append(record)

    def _remote(self, url: str, shown: str, mark: Mark) -> None:
        remedy = f"--include {url}=FILE, or --allow-left-out include"
        self._leave("include", f"{shown} is remote, and no local copy is given", mark, remedy)

    def scope(self, scope: Mapping, path: Path, trail: list[str]) -> None:
        """Add one scope, then its includes.

        The first scope with `include::` replaces all later ones, except its own includes. The
        others are still walked, because Spack refuses missing files there too.
        """
        includes: Node | None = None
        is_first_override = False
        for key, node in scope.entries.items():
            name, overrides = unsuffixed(key)
            if name == "include":
                includes = node
                is_first_override = overrides and not self._overrides
            elif name in MERGED and name not in self._closed and not self._is_overridden:
                self._section(name, node, overrides=overrides)
        self._overrides |= is_first_override
        for each in _listed(includes):
            self._include(_included(each), path, trail)
        self._is_overridden |= is_first_override

    def _section(self, name: str, node: Node, *, overrides: bool) -> None:
        higher = self.merged.get(name)
        self.merged[name] = node if higher is None else merged(higher, node)
        if overrides:
            self._closed.add(name)

    def _include(self, each: _Include, path: Path, trail: list[str]) -> None:
        """Add an include, unless its condition does not hold."""
        open_condition: ConditionError | None = None
        if each.when is not None:
            try:
                if not conditions.holds(each.when, self._options.host):
                    return
            except ConditionError as error:
                if error.missing is None:
                    raise each.mark.fault(str(error), hint=error.hint) from error
                open_condition = error
        each = self._overriding(each)
        for target in self._targets(each, path, is_open=open_condition is not None):
            if open_condition is not None:
                if target.name == _LOCK or self._matters(target, each.mark, trail):
                    what = f"whether {each.shown} is included"
                    condition = each.when or ""
                    self._record(undecided(what, condition, open_condition, each.mark))
                return
            self._take(target, each, trail)

    def _overriding(self, each: _Include) -> _Include:
        """Return the includes after the variable that may name another path."""
        name, env = each.overriding, self._options.host.env
        if name is None or (env is not None and name not in env):
            return each
        if env is not None:
            return replace(each, place=env[name])
        self._leave(
            "include",
            f"{each.shown} is included unless `${name}` names another path, which is unknown",
            each.mark,
            f'`{name} = "PATH"` under `[host.env]` in specplan.toml',
        )
        return each

    def _targets(self, each: _Include, path: Path, *, is_open: bool) -> list[Path]:
        """Return the files and folders that an include names, if they are available."""
        url = each.git or (each.place if _REMOTE.match(each.place) else "")
        if url:
            stand_in = self._stand_in(url)
            if stand_in is None:
                self._remote(url, each.shown, each.mark)
                return []
            self._check_sum(stand_in, each)
            targets = [stand_in / inner for inner in each.paths] if each.git else [stand_in]
        else:
            target = self._resolved(each.place, path, each.shown, each.mark)
            targets = [] if target is None else [target]
        found = []
        for target in targets:
            if os.path.lexists(target):
                found.append(target)
            elif target.name == _LOCK and not each.is_optional:
                self._lock(target, each.mark, each.shown)
            elif not each.is_optional and not is_open:
                self._missing(f"{each.shown} is included, but there is no `{target}`", each.mark)
            elif not each.is_optional:
                # It is not available for inspection.
                found.append(target)
        return found

    def _stand_in(self, url: str) -> Path | None:
        """Return the local file that was named for a remote one, or None.

        Raises:
            SourceError: If that file does not exist.
        """
        file = self._options.includes.get(url)
        if file is None:
            return None
        if not os.path.exists(file):  # noqa: PTH110 - `Path.exists` fails on long names
            hint = f"`--include {url}=FILE` names a file to read in its place"
            raise SourceError(f"`{file}` does not exist", path=file, hint=hint)
        return Path(file)

    def _check_sum(self, file: Path, each: _Include) -> None:
        """Compare a local copy with the checksum that the environment names for the remote file.

        Raises:
            DamagedSourceError: If the copy has another one.
        """
        if each.sha256 is None or file.is_dir():
            return
        found = hashlib.sha256(yaml_tree.content_of(file, self._limits)).hexdigest()
        if found != each.sha256.lower():
            raise each.mark.fault(
                f"`{file}` has the sha256 {found}, but {each.shown} must have {each.sha256}",
                hint=f"give the file that {each.shown} was when its `sha256` was written",
            )

    def _take(self, target: Path, each: _Include, trail: list[str]) -> None:
        if target.name == _LOCK:
            self._lock(target, each.mark, each.shown)
            return
        if not os.path.exists(target):  # noqa: PTH110 - as above
            self._missing(f"{each.shown} is included, but is a broken link", each.mark)
            return
        misspelt = _misspelt_in(target)
        if not misspelt and _holds_nothing(target):
            fault = f"`{target}` is included, but holds no file that Spack reads"
            self._leave("include", fault, each.mark, "--allow-left-out include")
        for name, meant in misspelt:
            fault = f"`{target / name}` is not read, as it is not called `{meant}`"
            remedy = f"rename it to `{meant}`, or --allow-left-out include"
            self._leave("include", fault, each.mark, remedy)
        for file, content in self._contents(target, each.mark, trail):
            if not file.stat().st_size:
                # Spack reads it as empty. A file without even a comment was truncated.
                fault = f"`{file}` is included, but is empty"
                self._leave("include", fault, each.mark, "--allow-left-out include")
            reached = dict.fromkeys((_real(target), _real(file)))
            self.scope(content, file, [*trail, *reached])

    def _contents(self, target: Path, mark: Mark, trail: list[str]) -> list[tuple[Path, Mapping]]:
        """Return the files that are included, each with its sections."""
        if _real(target) in trail:
            raise mark.fault(f"`{target}` includes itself")
        if len(trail) > _MAX_DEPTH:
            raise mark.fault(f"includes are nested more than {_MAX_DEPTH} deep")
        contents = []
        for file in _files_of(target):
            self._files += 1
            if self._files > _MAX_FILES:
                raise mark.fault(f"more than {_MAX_FILES} files are included")
            document = yaml_tree.read(file, self._limits, may_be_empty=True)
            contents.append((file, _scope_of(document)))
        return contents

    def _matters(self, target: Path, mark: Mark, trail: list[str]) -> bool:
        """Return whether a possible include could change the wants; true if it is not available."""
        if not os.path.exists(target):  # noqa: PTH110 - as above
            return True
        return any(sections.matter(content) for _, content in self._contents(target, mark, trail))

    def _resolved(self, place: str, path: Path, shown: str, mark: Mark) -> Path | None:
        """Return the resolved path, or None if it has a part that only Spack knows."""
        host = self._options.host
        given = {
            "platform": host.platform,
            "os": host.os,
            "operating_system": host.os,
            "target": host.target,
        }
        if None not in {host.platform, host.os, host.target}:
            given["arch"] = given["architecture"] = f"{host.platform}-{host.os}-{host.target}"
        values = {name: value for name, value in given.items() if value is not None}
        values |= {**(host.env or {}), "env": str(self._folder)}
        if place.startswith("~"):
            place = f"${{HOME}}{place[1:]}" if place[1:2] in {"", "/"} else f"${{{place}}}"
        for match in _VARIABLE.finditer(place):
            name = match[1] or match[2]
            if name not in values:
                is_host = name in given
                remedy = _of_host(name) if is_host else f'`{name} = "PATH"` under `[host.env]`'
                remedy = remedy if is_host else f"{remedy} in specplan.toml"
                self._leave(
                    "include", f"{shown} is included, and `${name}` is unknown", mark, remedy
                )
                return None
        if place.startswith("${~"):
            self._leave(
                "include",
                f"{shown} is in the home directory of an unknown user",
                mark,
                "--allow-left-out include",
            )
            return None
        place = _VARIABLE.sub(lambda match: values[match[1] or match[2]], place)
        return path.parent / place.removeprefix("file://")


def _listed(includes: Node | None) -> tuple[Node, ...]:
    if includes is None:
        return ()
    if not isinstance(includes, Sequence):
        raise includes.mark.fault(f"expected a list, found {includes.kind}")
    return includes.items


def _scope_of(document: Node) -> Mapping:
    """Return the sections of an included file."""
    if not isinstance(document, Mapping):
        raise document.mark.fault(f"expected a mapping, found {document.kind}")
    if _inside(document, _WRAPPER) is not None:
        return sections.includable(unwrapped(document))
    sections.only_known(document)
    return sections.includable(document)


def _files_of(target: Path) -> list[Path]:
    """Return a file itself, or the files of a folder that are named after a section.

    Raises:
        SourceError: If the folder cannot be read, or one of them is not a file.
    """
    try:
        if not target.is_dir():
            return [target]
        # An existing but unreadable file must not be skipped: `read` refuses it.
        names = {entry.name for entry in os.scandir(target)}
    except OSError as error:
        fault = error.strerror or str(error)
        raise SourceError(f"cannot read `{target}`: {fault}", path=str(target)) from error
    inside = (f"{name}.yaml" for name in _READ)
    return [target / name for name in inside if name in names]


def _holds_nothing(target: Path) -> bool:
    """Return whether a folder has no file of any section, so that including it does nothing."""
    names = {f"{section}.yaml" for section in SECTIONS}
    try:
        return target.is_dir() and not names.intersection(each.name for each in os.scandir(target))
    except OSError:
        # `_files_of` reports it.
        return False


def _misspelt_in(target: Path) -> list[tuple[str, str]]:
    """Return files of a folder that Spack ignores, each with a similar name that it reads."""
    try:
        names = sorted(entry.name for entry in os.scandir(target)) if target.is_dir() else []
    except OSError:
        # `_files_of` reports it.
        return []
    found = []
    for name in names:
        section, _, suffix = name.rpartition(".")
        if suffix not in {"yaml", "yml"} or (suffix == "yaml" and section in SECTIONS):
            continue
        meant = section if section in SECTIONS else _almost(section)
        if meant in _READ and f"{meant}.yaml" not in names:
            found.append((name, f"{meant}.yaml"))
    return found


def _almost(name: str) -> str:
    """Return the section with nearly the same name, or nothing."""
    alike = nearest(name.lower(), SECTIONS, most=1, closeness=_ALMOST)
    return alike[0] if alike else ""


def _included(node: Node) -> _Include:
    """Return an entry of `include`."""
    if isinstance(node, Scalar) and node.string:
        texts, node_of_more = {"path": node.string}, Mapping({}, node.mark)
    elif isinstance(node, Mapping):
        texts, node_of_more = _texts(node), node
    else:
        raise node.mark.fault(f"expected a path or a mapping, found {node.kind}")
    if "path" not in texts and "git" not in texts:
        raise node.mark.fault("expected `path` or `git`")
    return _Include(
        place=texts.get("path", ""),
        git=texts.get("git", ""),
        paths=_paths(node_of_more),
        when=texts.get("when"),
        sha256=texts.get("sha256"),
        is_optional=_is_optional(node_of_more),
        overriding=texts.get(_OVERRIDE),
        mark=node.mark,
    )


def _texts(node: Mapping) -> dict[str, str]:
    texts = {}
    for key, value in node.entries.items():
        if key not in _KEYS:
            meant = sections.near(key, _KEYS)
            hint = f"did you mean `{meant}`?" if meant else None
            raise value.mark.fault(f"`{key}` is not a part of an include", hint=hint)
        if key not in {"path", "git", "when", "sha256", _OVERRIDE}:
            continue
        text = value.text if isinstance(value, Scalar) and key == "sha256" else None
        if isinstance(value, Scalar) and value.string:
            text = value.string
        if text is None:
            raise value.mark.fault(f"expected text, found {value.kind}")
        texts[key] = text
    return texts


def _is_optional(node: Mapping) -> bool:
    optional = node.entries.get("optional")
    if optional is None:
        return False
    if not isinstance(optional, Scalar) or optional.boolean is None:
        raise optional.mark.fault(f"expected `true` or `false`, found {optional.kind}")
    return optional.boolean


def _paths(node: Mapping) -> tuple[str, ...]:
    paths = node.entries.get("paths")
    items = paths.items if isinstance(paths, Sequence) else ()
    texts = []
    for item in items:
        inner = entry(item, "path") if isinstance(item, Mapping) else item
        if not isinstance(inner, Scalar) or not inner.string:
            raise item.mark.fault(f"expected a path, found {item.kind}")
        texts.append(inner.string)
    return tuple(texts)


def merged(higher: Node, lower: Node) -> Node:
    """Merge two scopes like Spack; ``higher`` takes precedence.

    Lists are concatenated without repetition, mappings merged by key, and a key that ends in ``:``
    replaces the lower scope.
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
        elif not unsuffixed(names[name])[1]:
            entries[names[name]] = merged(entries[names[name]], node)
    return Mapping(entries, higher.mark)


def _joined(first: Sequence, second: Sequence, mark: Mark) -> Sequence:
    """Return both lists as one, without the items of the second that the first has."""
    known = {repr(plain(item)) for item in first.items}
    rest = [item for item in second.items if repr(plain(item)) not in known]
    return Sequence((*first.items, *rest), mark)
