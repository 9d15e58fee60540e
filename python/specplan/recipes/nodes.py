"""The recorded specs of a lock, from which their hashes are computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specplan.records import dataclass
from specplan.sources.strict_json import Value, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["LockFile", "Node", "lock_file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A spec of a lock.

    Attributes:
        hash: Its DAG hash.
        name: Its package.
        version: Its version.
        namespace: The repository of its recipe.
        package_hash: The recorded package hash; empty if there is none.
        patches: The SHA-256 of the patches that are applied, in order.
        commit: The commit that it is built from, if it was requested by commit; otherwise empty.
        is_external: Whether the system provides it.
        dependencies: The hashes of its dependencies.
        raw: The spec as in the file.
    """

    hash: str
    name: str
    version: str
    namespace: str
    package_hash: str
    patches: tuple[str, ...]
    commit: str
    is_external: bool
    dependencies: tuple[str, ...]
    raw: Mapping[str, Any]

    @property
    def is_git_version(self) -> bool:
        """True if its version is a git reference."""
        return self.version.startswith("git.") or "=" in self.version


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFile:
    """A lock as in its file.

    Attributes:
        stack: The name of the lock.
        document: The document.
        nodes: Its specs by hash, in the order of the file.
    """

    stack: str
    document: Mapping[str, Any]
    nodes: Mapping[str, Node]

    def dependents_of(self, dag_hash: str) -> Iterator[Node]:
        """Yield the specs that depend on a spec directly."""
        return (each for each in self.nodes.values() if dag_hash in each.dependencies)


def lock_file(document: bytes, stack: str, shown: str) -> LockFile:
    """Read a lock.

    Args:
        document: The bytes of the file.
        stack: The name of the lock.
        shown: The name of the file in messages.

    Raises:
        DamagedSourceError: If it is not JSON, or a spec lacks parts of its hashed content.
    """
    whole = parse(document, shown)
    specs = whole.at("concrete_specs")
    nodes = {dag_hash: _node(dag_hash, specs.at(dag_hash)) for dag_hash in specs.keys()}  # noqa: SIM118 - a method of ours
    return LockFile(stack=stack, document=_object(whole), nodes=nodes)


def _object(value: Value) -> Mapping[str, Any]:
    if not isinstance(value.raw, dict):
        value.fail("must be an object")
    return value.raw


def _node(dag_hash: str, value: Value) -> Node:
    raw = _object(value)
    parameters = raw.get("parameters")
    known = parameters if isinstance(parameters, dict) else {}
    patches = raw.get("patches", known.get("patches", ()))
    return Node(
        hash=dag_hash,
        name=value.at("name").text(),
        version=str(raw.get("version", "")),
        namespace=str(raw.get("namespace", "")),
        package_hash=str(raw.get("package_hash", "")),
        patches=tuple(map(str, patches if isinstance(patches, list) else ())),
        commit=str(known.get("commit", "")),
        is_external=bool(raw.get("external")),
        dependencies=_dependencies(raw.get("dependencies", ())),
        raw=raw,
    )


def _dependencies(raw: object) -> tuple[str, ...]:
    entries = raw if isinstance(raw, list) else []
    return tuple(str(each.get("hash", "")) for each in entries if isinstance(each, dict))
