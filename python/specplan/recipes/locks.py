"""The locks of a comparison of recipes, with their specs and conditions."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from specplan import _core
from specplan.errors import SourceError, UsageError
from specplan.recipes.conditions import SpecsOfLock
from specplan.recipes.nodes import LockFile, Node, lock_file
from specplan.records import dataclass
from specplan.sources.content import inflated
from specplan.sources.label import split_label
from specplan.sources.limits import Limits
from specplan.sources.stores.store import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from specplan.recipes.conditions import Conditions
    from specplan.recipes.dependency_changes import Dependencies

__all__ = ["RecipeLock", "read_lock", "read_locks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeLock:
    """A lock whose specs are in question.

    Attributes:
        file: The content of its file.
        specs: Decides conditions for its specs.
        source: The file, as it was given; empty if the specs are in no file.
    """

    file: LockFile
    specs: SpecsOfLock
    source: str = ""

    @property
    def stack(self) -> str:
        """The name of the lock."""
        return self.file.stack

    def decide(self, node: Node) -> Conditions:
        """Return the facts that decide conditions for a spec."""
        return self.specs.of(node.name, node.hash)

    def dependencies_of(self, node: Node) -> Dependencies:
        """Return the direct dependencies of a spec, as the lock records them."""

        def dependency(package: str) -> tuple[frozenset[str], Conditions] | None:
            edges = node.raw.get("dependencies", ())
            own = [each for each in edges if each.get("name") == package]
            found = self.file.nodes.get(str(own[0].get("hash"))) if len(own) == 1 else None
            if found is None:
                return None
            parameters = own[0].get("parameters", {})
            return frozenset(parameters.get("deptypes", ())), self.decide(found)

        return dependency

    def of_package(self, namespace: str, package: str) -> Iterator[Node]:
        """Yield the specs of a package, in the order of the file."""
        for each in self.file.nodes.values():
            is_there = not namespace or not each.namespace or each.namespace == namespace
            if each.name == package and is_there:
                yield each

    def dependents_of(self, hashes: Iterable[str]) -> set[str]:
        """Return the specs that depend on the given ones, without these."""
        above: defaultdict[str, list[str]] = defaultdict(list)
        for node in self.file.nodes.values():
            for dependency in node.dependencies:
                above[dependency].append(node.hash)
        asked = set(hashes)
        found = set(asked)
        open_ = list(asked)
        while open_:
            for each in above[open_.pop()]:
                if each not in found:
                    found.add(each)
                    open_.append(each)
        return found - asked


def read_locks(texts: Iterable[str], limits: Limits | None = None) -> tuple[RecipeLock, ...]:
    """Read locks.

    Args:
        texts: Their files, each as ``[LABEL=]FILE``.
        limits: The limits for each file.

    Raises:
        SourceError: If a file cannot be read, or is not a lock.
        UsageError: If two have the same label.
    """
    locks = tuple(_read(each, limits or Limits()) for each in texts)
    stacks = [each.stack for each in locks]
    twice = next((each for each in stacks if stacks.count(each) > 1), None)
    if twice is not None:
        raise UsageError(
            f"two locks are called `{twice}`", hint="give one another name: LABEL=spack.lock"
        )
    return locks


def _read(text: str, limits: Limits) -> RecipeLock:
    stack, place = split_label(text)
    path = Path(place)
    if not stack:
        stack = path.parent.name or path.stem if path.name == "spack.lock" else path.stem
    shown = printable(place)
    return read_lock(inflated(path, shown, limits.index_bytes), printable(stack), shown)


def read_lock(document: bytes, stack: str, shown: str) -> RecipeLock:
    """Read a lock from memory.

    Args:
        document: The bytes of its file.
        stack: The name of the lock.
        shown: The name of the file in messages.

    Raises:
        SourceError: If it is not a lock.
    """
    read = _core.parse_specs(
        document, cache="lock", tag="lock", stack=stack, shown=shown, listed_only=True
    )
    if read.fault is not None:
        fault = read.fault
        where = shown if fault.line is None else f"{shown}:{fault.line}"
        place = f"{fault.location}: " if fault.location else ""
        raise SourceError(f"{where}: {place}{fault.fault}", path=shown)
    if read.kind != "lock":
        raise SourceError(
            f"`{shown}` is not a lock",
            path=shown,
            hint="`spack -e ENV concretize` writes spack.lock beside spack.yaml",
        )
    file = lock_file(document, stack, shown)
    by_package: defaultdict[str, list[str]] = defaultdict(list)
    for each in file.nodes.values():
        by_package[each.name].append(each.hash)
    return RecipeLock(file=file, specs=SpecsOfLock(read.catalog, dict(by_package)), source=shown)
