"""What the roots of environments find in indexes, by the definitions and nothing else.

Plain walks over the JSON: what the compiled core answers is held against this. It knows a
small part of the language: a name, a least version, one switch, an operating system, a
target and one transitive dependency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tests.plain_locks import INSTALL, Node, misfits, node_of
from tests.property.worlds import LIBC, target_serves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

#: (os, target)
System = tuple[str, str]

#: The one variant of the model.
SWITCH: Final = "shared"


@dataclass(frozen=True)
class Root:
    """What one root asks for.

    Attributes:
        name: The package.
        least: The least version, a whole number; 0 asks for none.
        switch: The value of the variant; None asks for none.
        os: The operating system, if it names one.
        target: The target, in the same way.
        below: Name and least version of a dependency, if it asks for one.
    """

    name: str
    least: int = 0
    switch: bool | None = None
    os: str | None = None
    target: str | None = None
    below: tuple[str, int] | None = None

    def __str__(self) -> str:
        """Return the abstract spec in canonical form."""
        text = self.name
        text += f"@{self.least}:" if self.least else ""
        text += "" if self.switch is None else f"{'+' if self.switch else '~'}{SWITCH}"
        text += "" if self.os is None else f" os={self.os}"
        text += "" if self.target is None else f" target={self.target}"
        if self.below is not None:
            name, least = self.below
            text += f" ^{name}" + (f"@{least}:" if least else "")
        return text


@dataclass
class Plain:
    """The specs of some indexes.

    Attributes:
        indexes: The databases of build caches.
        compat: The rule by which binaries serve a cell.
    """

    indexes: Sequence[Mapping[str, Any]]
    compat: str = "exact"
    nodes: dict[str, Node] = field(default_factory=dict)
    switches: dict[str, bool] = field(default_factory=dict)
    available: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Read the indexes."""
        for index in self.indexes:
            for dag_hash, record in index["database"]["installs"].items():
                node = node_of(record["spec"])
                self.nodes[dag_hash] = node
                self.switches[dag_hash] = record["spec"]["parameters"][SWITCH]
                if record.get("in_buildcache", False) and not node.external:
                    self.available.add(dag_hash)

    def version(self, dag_hash: str) -> int:
        """The version of a spec."""
        return int(self.nodes[dag_hash].version)

    def serves(self, dag_hash: str, host: System) -> tuple[bool, bool]:
        """Whether the operating system and the target of a binary serve a cell.

        What links to no C library runs with any.
        """
        node = self.nodes[dag_hash]
        binary = (node.os, node.target)
        names = {self.nodes[child].name for child, _ in node.edges if child in self.nodes}
        os = binary[0] == host[0] or (self.compat == "os" and not names & {"glibc", "musl"})
        if not os and self.compat == "os":
            kind, needed = LIBC[binary[0]]
            own_kind, own = LIBC[host[0]]
            os = kind == own_kind and needed <= own
        target = binary[1] == host[1]
        if not target and self.compat in {"target", "os"}:
            target = target_serves(binary[1], host[1])
        return os, target

    def runtime(self, start: str) -> tuple[set[str], bool]:
        """What is described below a spec over link and run edges, and whether that is all."""
        seen: set[str] = set()
        waiting = [start]
        complete = True
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            for child, types in self.nodes[each].edges:
                if child not in self.nodes:
                    complete = False
                elif types & INSTALL:
                    waiting.append(child)
        return seen, complete

    def has_below(self, dag_hash: str, name: str, least: int) -> bool | None:
        """Whether a spec links to, runs with or directly builds with such a dependency."""
        seen, complete = self.runtime(dag_hash)
        edges = [
            child for each in seen for child, types in self.nodes[each].edges if types & INSTALL
        ]
        edges += [child for child, types in self.nodes[dag_hash].edges if "build" in types]
        for child in edges:
            node = self.nodes.get(child)
            if node is not None and node.name == name and int(node.version) >= least:
                return True
        return False if complete else None

    def failed(self, root: Root, dag_hash: str) -> set[str]:
        """What a spec of the right name fails for certain, by kind."""
        node = self.nodes[dag_hash]
        failed = set()
        if root.os not in {None, node.os}:
            failed.add("os")
        if root.target not in {None, node.target}:
            failed.add("target")
        if int(node.version) < root.least:
            failed.add("version")
        if root.switch not in {None, self.switches[dag_hash]}:
            failed.add("variants")
        if root.below is not None and self.has_below(dag_hash, *root.below) is False:
            failed.add("dependencies")
        return failed

    def answers(self, root: Root) -> Iterator[tuple[str, bool | None]]:
        """Yield for each available spec whether it satisfies a root, None where nobody knows."""
        for dag_hash in sorted(self.available):
            if self.nodes[dag_hash].name != root.name or self.failed(root, dag_hash):
                continue
            unknown = root.below is not None and self.has_below(dag_hash, *root.below) is None
            yield dag_hash, None if unknown else True

    def met(self, root: Root, host: System) -> tuple[set[str], set[str], set[str]]:
        """What meets a root in a cell: on its system, on compatible ones, and perhaps."""
        exact, compatible, unknown = set(), set(), set()
        for dag_hash, answer in self.answers(root):
            binary = (self.nodes[dag_hash].os, self.nodes[dag_hash].target)
            if not all(self.serves(dag_hash, host)):
                continue
            if answer is None:
                unknown.add(dag_hash)
            elif binary == host:
                exact.add(dag_hash)
            else:
                compatible.add(dag_hash)
        return exact, compatible, unknown

    def lacks(self, dag_hash: str) -> set[str]:
        """What of the link and run closure of a spec is neither available nor external."""
        seen: set[str] = set()
        waiting = [dag_hash]
        while waiting:
            each = waiting.pop()
            node = self.nodes.get(each)
            if each in seen or (node is not None and node.external):
                continue
            seen.add(each)
            edges = node.edges if node is not None else ()
            waiting += [child for child, types in edges if types & INSTALL]
        return seen - {each for each in self.available if not misfits(each, self.nodes)}

    def nearest(self, root: Root, host: System) -> str | None:
        """The available spec of the package that fails the fewest kinds of clauses."""

        def rank(dag_hash: str) -> tuple[int, int, str]:
            os, target = self.serves(dag_hash, host)
            failed = self.failed(root, dag_hash)
            failed |= set() if os else {"os"}
            failed |= set() if target else {"target"}
            return len(failed), -self.version(dag_hash), dag_hash

        named = (each for each in self.available if self.nodes[each].name == root.name)
        return min(named, key=rank, default=None)


def cells_of(roots: Iterable[Root], systems: Sequence[System]) -> dict[System, list[Root]]:
    """Return which distinct roots each of some systems wants."""
    wanted: dict[System, list[Root]] = {system: [] for system in systems}
    for root in dict.fromkeys(roots):
        accepted = [
            (os, target)
            for os, target in systems
            if root.os in {None, os} and root.target in {None, target}
        ]
        for system in accepted or systems:
            wanted[system].append(root)
    return wanted
