"""The environment of a plan: its specs, externals, mirrors and recipes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from specplan.errors import SourceError
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources.absent import is_there
from specplan.sources.content import inflated
from specplan.sources.environments import yaml_tree
from specplan.sources.environments.mirrors import read_mirrors
from specplan.sources.environments.sections import entry, unsuffixed
from specplan.sources.environments.yaml_tree import Mapping, Scalar, Sequence
from specplan.sources.limits import Limits
from specplan.sources.text import TextError, decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from specplan.sources.environments.yaml_tree import Node

__all__ = ["ExportEnvironment", "External", "Pin", "read_export_environment"]

_MOST_BYTES: Final = 1 << 30
_PATH: Final = 1024

#: The valid names of repositories of recipes and of commits.
_REPOSITORY: Final = pattern(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_COMMIT: Final = pattern(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True, order=True)
class External:
    """Something that a runner must have.

    Attributes:
        os: The operating system of the spec that has it.
        path: Its path.
        is_program: Whether it must be executable, as compilers must.
    """

    os: str
    path: str
    is_program: bool


@dataclass(frozen=True, slots=True)
class Pin:
    """A repository of recipes that an environment fixes to a commit.

    Attributes:
        name: Its name.
        commit: The commit, or its first digits.
    """

    name: str
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportEnvironment:
    """The content of the folder of an environment, if it can be read here.

    Attributes:
        hashes: The specs of its lock; None if there is none to read.
        externals: The externals of the lock, sorted.
        mirrors: The locations of its mirrors by name; None if there is no spack.yaml to read.
        is_pinned: Whether it names a commit for each of its repositories of recipes.
        pins: The repositories pinned to a commit that can be checked on a machine.
    """

    hashes: frozenset[str] | None = None
    externals: tuple[External, ...] = ()
    mirrors: dict[str, str] | None = None
    is_pinned: bool = False
    pins: tuple[Pin, ...] = ()


def read_export_environment(folder: str, lock: bytes | None = None) -> ExportEnvironment:
    """Return the content of an environment; empty for a folder on another machine.

    Args:
        folder: The folder.
        lock: Its future lock; None for its current one.

    Raises:
        SourceError: If one of its files cannot be read, or is damaged.
    """
    place, manifest = Path(folder, "spack.lock"), Path(folder, "spack.yaml")
    if lock is None and is_there(place):
        lock = inflated(place, str(place), _MOST_BYTES)
    specs = None if lock is None else _specs(lock, str(place))
    manifest_says = _manifest(manifest) if is_there(manifest) else ExportEnvironment()
    return replace(
        manifest_says,
        hashes=None if specs is None else frozenset(specs),
        externals=() if specs is None else tuple(sorted(set(_externals(specs.values())))),
    )


def _specs(lock: bytes, shown: str) -> dict[str, Any]:
    try:
        found = json.loads(decoded(lock))
    except (TextError, ValueError, RecursionError) as error:
        raise SourceError(f"`{shown}` is not valid JSON: {error}", path=shown) from error
    specs = found.get("concrete_specs") if isinstance(found, dict) else None
    if not isinstance(specs, dict):
        raise SourceError(f"`{shown}` is not a spack.lock: it has no `concrete_specs`", path=shown)
    return specs


def _externals(specs: Iterable[object]) -> Iterator[External]:
    for spec in specs:
        outside = spec.get("external") if isinstance(spec, dict) else None
        if not isinstance(spec, dict) or not isinstance(outside, dict):
            continue
        arch = spec.get("arch")
        os = arch.get("platform_os") if isinstance(arch, dict) else None
        if not isinstance(os, str):
            continue
        more = outside.get("extra_attributes")
        compilers = more.get("compilers") if isinstance(more, dict) else None
        programs = compilers.values() if isinstance(compilers, dict) else ()
        for path, is_program in (
            (outside.get("path"), False),
            *((each, True) for each in programs),
        ):
            if isinstance(path, str) and path and path.isprintable() and len(path) <= _PATH:
                yield External(os, path, is_program)


def _manifest(path: Path) -> ExportEnvironment:
    """Return the mirrors that an environment names, and the recipes that it pins."""
    document = yaml_tree.read(path, Limits())
    section = entry(document, "spack") if isinstance(document, Mapping) else None
    if not isinstance(section, Mapping):
        raise SourceError(f"`{path}` is not an environment: it has no `spack`", path=str(path))
    mirrors = read_mirrors(entry(section, "mirrors"), path.parent)
    repositories = entry(section, "repos")
    return ExportEnvironment(
        mirrors={each.name: each.source for each in mirrors},
        is_pinned=_is_pinned(repositories),
        pins=tuple(_pins(repositories)),
    )


def _is_pinned(repos: Node | None) -> bool:
    if isinstance(repos, Sequence) or not isinstance(repos, Mapping):
        return False
    each = list(repos.entries.values())
    return bool(each) and all(
        isinstance(n, Mapping) and entry(n, "commit") is not None for n in each
    )


def _pins(repositories: Node | None) -> Iterator[Pin]:
    each = repositories.entries.items() if isinstance(repositories, Mapping) else ()
    for key, node in each:
        commit = entry(node, "commit") if isinstance(node, Mapping) else None
        name = unsuffixed(key)[0]
        if not isinstance(commit, Scalar) or _REPOSITORY.fullmatch(name) is None:
            continue
        if _COMMIT.fullmatch(text := commit.text.lower()):
            yield Pin(name, text)
