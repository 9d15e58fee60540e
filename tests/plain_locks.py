"""What wants of locks lack, computed from the JSON by the definitions and nothing else.

Sets of hashes and plain walks, no cleverness: what the compiled core answers is held
against this. It knows locks (versions 5 and 6) and indexes, one system a spec.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tests.property.worlds import LIBC, target_serves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from specplan.model import Coverage

Scope: TypeAlias = Literal["roots", "runtime", "all"]

#: (stack, os, target)
Place: TypeAlias = tuple[str, str, str]

INSTALL = frozenset({"link", "run"})
BUILD = frozenset({"build", "link", "run"})
ALL = frozenset({"build", "link", "run", "test"})


@dataclass(frozen=True)
class Node:
    """One spec: what it is, and what it depends on with the types of each edge."""

    name: str
    version: str
    os: str
    target: str
    external: bool
    edges: tuple[tuple[str, frozenset[str]], ...]


def node_of(spec: Mapping[str, Any]) -> Node:
    """Read a node as locks and indexes write it."""
    target = spec["arch"]["target"]
    return Node(
        name=spec["name"],
        version=spec["version"],
        os=spec["arch"]["platform_os"],
        target=target if isinstance(target, str) else target["name"],
        external="external" in spec,
        edges=tuple(
            (each["hash"], frozenset(each["parameters"]["deptypes"]))
            for each in spec.get("dependencies", ())
        ),
    )


def misfits(dag_hash: str, nodes: Mapping[str, Node]) -> bool:
    """Whether a spec links to, or runs with, a described spec that does not serve its system."""
    node = nodes[dag_hash]
    return not node.external and any(
        not _serves(nodes[child], node, nodes)
        for child, types in node.edges
        if types & INSTALL and child in nodes and not nodes[child].external
    )


def _serves(binary: Node, host: Node, nodes: Mapping[str, Node]) -> bool:
    """Whether a binary may be installed beside one of another system, by the widest rule.

    What links to no C library runs with any.
    """
    if (binary.os, binary.target) == (host.os, host.target):
        return True
    names = {nodes[child].name for child, _ in binary.edges if child in nodes}
    if binary.os != host.os and names & {"glibc", "musl"}:
        if binary.os not in LIBC or host.os not in LIBC:
            return False
        (kind, needed), (own_kind, own) = LIBC[binary.os], LIBC[host.os]
        if kind != own_kind or needed > own:
            return False
    return target_serves(binary.target, host.target)


@dataclass
class World:
    """Some locks beside some indexes.

    Attributes:
        locks: (stack, lock) pairs.
        indexes: The databases of build caches.
    """

    locks: Sequence[tuple[str, Mapping[str, Any]]]
    indexes: Sequence[Mapping[str, Any]] = field(default_factory=list)
    _installed_with: dict[str, set[str]] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every described spec; where both describe one, the lock wins."""
        found: dict[str, Node] = {}
        for index in self.indexes:
            for dag_hash, record in index["database"]["installs"].items():
                found[dag_hash] = node_of(record["spec"])
        for _, lock in self.locks:
            for dag_hash, spec in lock["concrete_specs"].items():
                found[dag_hash] = node_of(spec)
        return found

    @cached_property
    def available(self) -> set[str]:
        """What an index has a binary of. Missing means false."""
        return {
            dag_hash
            for index in self.indexes
            for dag_hash, record in index["database"]["installs"].items()
            if record.get("in_buildcache", False)
        }

    @cached_property
    def stacks(self) -> list[str]:
        """The stacks of the locks."""
        return sorted({stack for stack, _ in self.locks})

    def asked(self, stack: str) -> set[str]:
        """The roots of a stack as its locks name them."""
        return {
            root["hash"] for label, lock in self.locks if label == stack for root in lock["roots"]
        }

    def roots(self, stack: str) -> set[str]:
        """The roots of a stack; what the system provides is not a want."""
        return {root for root in self.asked(stack) if not self.is_external(root)}

    def below(self, dag_hash: str, types: frozenset[str]) -> Iterator[str]:
        """What one spec depends on over edges of some types."""
        node = self.nodes.get(dag_hash)
        for child, of in node.edges if node else ():
            if of & types:
                yield child

    def is_external(self, dag_hash: str) -> bool:
        """Whether the system provides a spec."""
        return dag_hash in self.nodes and self.nodes[dag_hash].external

    def closure(self, start: Iterable[str], types: frozenset[str], *, past: bool) -> set[str]:
        """All reached specs, with those that no source describes, without externals.

        Args:
            start: The start.
            types: Over which edges.
            past: Whether to go on beyond what the system provides.
        """
        seen: set[str] = set()
        waiting = list(start)
        while waiting:
            each = waiting.pop()
            if each not in seen and (past or not self.is_external(each)):
                seen.add(each)
                waiting += self.below(each, types)
        return {each for each in seen if not self.is_external(each)}

    def installed_with(self, dag_hash: str) -> set[str]:
        """The link and run closure of a spec, itself included."""
        if dag_hash not in self._installed_with:
            self._installed_with[dag_hash] = self.closure([dag_hash], INSTALL, past=False)
        return self._installed_with[dag_hash]

    def lacks(self, dag_hash: str, built: Iterable[str] = ()) -> set[str]:
        """What of the link and run closure of a spec has no binary."""
        return self.installed_with(dag_hash) - (self.available - self.misfits) - set(built)

    @cached_property
    def misfits(self) -> set[str]:
        """The binaries that link to, or run with, what does not serve their own system."""
        return {each for each in self.available if misfits(each, self.nodes)}

    def wants(self, stack: str, scope: Scope) -> set[str]:
        """The specs that a stack wants, in any cell."""
        if scope == "roots":
            return self.roots(stack)
        types, past = (INSTALL, False) if scope == "runtime" else (ALL, True)
        return {
            each for each in self.closure(self.asked(stack), types, past=past) if each in self.nodes
        }

    def cells(self, scope: Scope) -> dict[Place, set[str]]:
        """The wants by cell."""
        found: dict[Place, set[str]] = {}
        for stack in self.stacks:
            for each in self.wants(stack, scope):
                node = self.nodes[each]
                found.setdefault((stack, node.os, node.target), set()).add(each)
        return found

    def built_for(self, dag_hash: str) -> set[str]:
        """What is built to have one spec: install(s) and build(s) as the rules say."""
        built: set[str] = set()
        seen: set[str] = set()
        usable = self.available - self.misfits

        def install(each: str) -> None:
            if each in seen or self.is_external(each):
                return
            seen.add(each)
            if each not in usable:
                built.add(each)
            types = INSTALL if each in usable else BUILD
            for child in self.below(each, types):
                install(child)

        install(dag_hash)
        return built

    def buildable_now(self, dag_hash: str) -> bool:
        """Whether all that building a spec needs installs from the caches."""
        return not any(
            self.lacks(child)
            for child in self.below(dag_hash, BUILD)
            if not self.is_external(child)
        )

    def blocked(self, dag_hash: str, wants: Iterable[str]) -> int:
        """How many other wants have a spec in their link and run closure."""
        return sum(each != dag_hash and dag_hash in self.installed_with(each) for each in wants)

    def roots_completed(self, dag_hash: str, roots: Iterable[str]) -> int:
        """How many roots do not install, but do once a spec and what it needs are built."""
        built = self.built_for(dag_hash)
        return sum(bool(self.lacks(root)) and not self.lacks(root, built) for root in roots)


def assert_agrees(coverage: Coverage, world: World, scope: Scope) -> None:
    """Check every number and every hash of a coverage at level ``hash``."""
    cells = world.cells(scope)
    assert (coverage.wants, coverage.level, coverage.scope) == ("lock", "hash", scope)
    assert {(cell.stack, cell.os, cell.target): _numbers(cell) for cell in coverage.cells} == {
        place: (
            len(wants),
            len(wants & world.available),
            len(wants & world.available),
            0,
            sum(not world.lacks(each) for each in wants),
        )
        for place, wants in cells.items()
    }
    everything = [(place, each) for place, wants in cells.items() for each in wants]
    assert coverage.totals.wanted == len(everything)
    assert coverage.totals.gaps == sum(each not in world.available for _, each in everything)
    assert coverage.totals.unknown == coverage.totals.not_wanted == 0

    gaps = {((gap.stack, gap.os, gap.target), gap.hash): gap for gap in coverage.gaps}
    assert len(gaps) == len(coverage.gaps)
    assert set(gaps) == {(place, each) for place, each in everything if each not in world.available}
    lacking_in: dict[str, int] = {}
    for _, each in gaps:
        lacking_in[str(each)] = lacking_in.get(str(each), 0) + 1
    wants_of = {stack: world.wants(stack, scope) for stack in world.stacks}
    for ((stack, _, _), dag_hash), gap in gaps.items():
        assert dag_hash is not None
        node = world.nodes[dag_hash]
        assert (gap.want, gap.package, gap.version) == (dag_hash, node.name, node.version)
        assert (gap.state, gap.cells_lacking) == ("missing", lacking_in[dag_hash])
        assert gap.blocked == world.blocked(dag_hash, wants_of[stack])
        assert gap.roots_completed == world.roots_completed(dag_hash, world.roots(stack))
        assert gap.buildable_now == world.buildable_now(dag_hash)
    ranks = [
        (-(gap.blocked or 0), -gap.cells_lacking, gap.stack, gap.os, gap.target, gap.want)
        for gap in coverage.gaps
    ]
    assert ranks == sorted(ranks)
    _assert_roots_agree(coverage, world)


def _numbers(cell: Any) -> tuple[int, int, int, int, int]:
    return cell.wanted, cell.covered, cell.covered_exact, cell.unknown, cell.usable


def _assert_roots_agree(coverage: Coverage, world: World) -> None:
    roots = {root for stack in world.stacks for root in world.roots(stack)}
    lacks = {root: world.lacks(root) for root in roots}
    told = coverage.roots
    assert told is not None
    assert (told.wanted, told.installable) == (len(roots), sum(not each for each in lacks.values()))
    assert told.coverage == (told.installable / told.wanted if told.wanted else None)
    assert [root.hash for root in told.broken] == sorted(root for root in roots if lacks[root])
    for root in told.broken:
        assert list(root.lacks) == sorted(lacks[root.hash])
        node = world.nodes[root.hash]
        assert (root.package, root.version) == (node.name, node.version)
    lacked_by = {
        each: sum(each in lacks[root] for root in roots) for root in roots for each in lacks[root]
    }
    assert [(each.hash, each.roots) for each in told.lacking] == sorted(
        lacked_by.items(), key=lambda item: (-item[1], item[0])
    )
    for each in told.lacking:
        described = world.nodes.get(each.hash)
        assert each.package == (described.name if described else None)
        assert each.version == (described.version if described else None)
