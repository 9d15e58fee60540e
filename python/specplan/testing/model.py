"""A plain model of a catalog: the documented answers, computed with dictionaries and loops.

Nothing here uses the compiled core, an index or a cache of any kind. Each rule of the documentation
is a few lines that can be compared with its text, so if the model and the product agree, both do
what the documentation says. It is meant for caches of a few dozen specs.

A model is given the facts that it cannot know: which microarchitecture serves which
(:class:`Model`'s ``target_serves``, for example from the package ``archspec``), the C library of
each operating system (``libc``), and the order of versions (``version_key``).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypedDict

from specplan.errors import EmptySelectionError, UnknownNameError
from specplan.model import (
    Cell,
    Change,
    Coverage,
    Diff,
    DiffCell,
    DiffTotals,
    Gap,
    KeyInCell,
    Nearest,
    NotWanted,
    Spec,
    Totals,
)
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from typing_extensions import Unpack

    from specplan.model import Compatibility, GapState, Level

__all__ = ["Key", "Listing", "Model", "State", "System", "plain_version_key"]

#: The union index, which is not a stack.
_ROOT = "root"

#: The parts of a key at its level: texts, in the order of comparison.
Key: TypeAlias = "tuple[str, ...]"

#: The snapshots that count: (cache, tag).
State: TypeAlias = "frozenset[tuple[str, str]]"


class System(NamedTuple):
    """An operating system and a target; the platform follows from them."""

    os: str
    target: str
    platform: str


class _CellKey(NamedTuple):
    stack: str
    os: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _ModelQuestion:
    """A question of coverage with its cells.

    Attributes:
        keywords: The question.
        compat: The rule by which binaries serve a cell.
        listed: The stacks of the state.
        peers: The stacks that are named as peers; None for those of each family.
        cells: The hashes of each cell of the state.
        old_cells: Those of the older state; None if the wants come from peers.
    """

    keywords: ModelKeywords
    compat: Compatibility
    listed: set[str]
    peers: set[str] | None
    cells: Mapping[_CellKey, set[str]]
    old_cells: Mapping[_CellKey, set[str]] | None


class _ModelCell(NamedTuple):
    """The keys of a cell: wanted ones, and those of them that are covered.

    Attributes:
        stack: The stack.
        host: The system.
        wanted: The wanted keys.
        covered: Those of them that an available binary covers.
        exact: Those of them that a binary of the cell itself covers.
        excluded: The keys that each not-wanted entry excludes.
    """

    stack: str
    host: System
    wanted: set[Key]
    covered: set[Key]
    exact: set[Key]
    excluded: list[set[Key]]

    def cell(self) -> Cell:
        """Return the counts."""
        return Cell(
            stack=self.stack,
            platform=self.host.platform,
            os=self.host.os,
            target=self.host.target,
            wanted=len(self.wanted),
            covered=len(self.covered),
            covered_exact=len(self.exact),
            unknown=0,
            usable=None,
            coverage=len(self.covered) / len(self.wanted) if self.wanted else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing of one spec by one file: a row of a catalog.

    Attributes:
        hash: The DAG hash.
        name: The package.
        version: The version.
        platform: The platform.
        os: The operating system.
        target: The microarchitecture.
        compiler: ``name@version`` or ``none``.
        variants: In canonical spelling, ordered by name.
        size: As the source states it.
        stacks: The stacks that list it here, sorted.
        tag: The snapshot.
        source: The file.
        cache: The source, as it was given, that the file belongs to.
    """

    hash: str
    name: str
    version: str
    platform: str
    os: str
    target: str
    compiler: str
    variants: tuple[str, ...]
    size: str
    stacks: tuple[str, ...]
    tag: str
    source: str
    cache: str


def plain_version_key(version: str) -> tuple[tuple[int, ...], str]:
    """Order versions that are numbers between dots; all others come first.

    Examples:
        >>> sorted(["1.10", "1.9", "main"], key=plain_version_key)
        ['main', '1.9', '1.10']
    """
    if re.fullmatch(r"\d+(\.\d+)*", version):
        return tuple(int(part) for part in version.split(".")), ""
    return (), version


class ModelKeywords(TypedDict, total=False):
    """The keywords of :meth:`specplan.Catalog.gaps` that the model answers."""

    stack: Sequence[str]
    peers: Sequence[str]
    system: Sequence[str]
    os: Sequence[str]
    target: Sequence[str]
    tag: str | None
    level: Level
    compat: Compatibility
    not_wanted: Sequence[NotWanted]
    families: Mapping[str, Sequence[str]] | None


_DEFAULTS: Final[ModelKeywords] = {
    "stack": (),
    "peers": (),
    "system": (),
    "os": (),
    "target": (),
    "tag": None,
    "level": "package",
    "compat": "exact",
    "not_wanted": (),
    "families": None,
}


class Model:
    """A set of listings, and the answers that follow from it.

    Args:
        listings: The rows.
        target_serves: Returns whether a binary for the first microarchitecture runs on the second.
        libc: Operating systems with the name and the version of their C library.
        releases: Operating systems, each of which runs the binaries of all before it.
        version_key: A sort key of versions.
    """

    def __init__(
        self,
        listings: Iterable[Listing],
        *,
        target_serves: Callable[[str, str], bool] = str.__eq__,
        libc: Mapping[str, tuple[str, tuple[int, ...]]] | None = None,
        releases: Sequence[str] = (),
        version_key: Callable[[str], Any] = plain_version_key,
    ) -> None:
        self.listings = frozenset(listings)
        self._target_serves = target_serves
        self._libc = dict(libc or {})
        self._releases = tuple(releases)
        self._version_key = version_key

    def __eq__(self, other: object) -> bool:
        """Return whether both hold the same listings."""
        return self.listings == other.listings if isinstance(other, Model) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash that equal models share."""
        return hash(self.listings)

    def with_listings(self, listings: Iterable[Listing]) -> Model:
        """Return a model of other listings with the same facts about systems and versions."""
        return Model(
            listings,
            target_serves=self._target_serves,
            libc=self._libc,
            releases=self._releases,
            version_key=self._version_key,
        )

    def merged(self, other: Model) -> Model:
        """Return the union of both: a catalog is a set of rows and nothing else."""
        return self.with_listings(self.listings | other.listings)

    # --- the catalog ---

    @cached_property
    def contents(self) -> dict[str, Listing]:
        """The listing that gives each hash its content: the newest snapshot's."""
        contents: dict[str, Listing] = {}
        for listing in sorted(self.listings, key=self._row_order):
            contents.setdefault(listing.hash, listing)
        return contents

    def _row_order(self, row: Listing) -> tuple[Any, ...]:
        return (
            self._tag_order(row.tag),
            row.name,
            row.version,
            row.platform,
            row.os,
            row.target,
            row.compiler,
            "\n".join(row.variants),
            row.size,
            row.source,
            row.cache,
            row.stacks,
        )

    def _tag_order(self, tag: str) -> tuple[Any, ...]:
        """``develop``, then ``develop-DATE`` by date, ``vX.Y.Z`` by version, others by name."""
        if tag == "develop":
            return (0,)
        if re.fullmatch(r"develop-\d{4}-\d\d-\d\d", tag):
            return (1, -int(tag.removeprefix("develop-").replace("-", "")))
        if re.fullmatch(r"v\d+(\.\d+)*", tag):
            numbers = [-int(part) for part in tag[1:].split(".")]
            # A release comes before the longer ones that it begins: v1 after v1.0.
            return (2, [*numbers, 1], tag)
        return (3, tag)

    @property
    def tags(self) -> tuple[str, ...]:
        """The snapshots, newest first."""
        return tuple(sorted({row.tag for row in self.listings}, key=self._tag_order))

    def state(self, tag: str | None = None) -> State:
        """Return the snapshot of each cache that counts: the requested one, or its newest."""
        if not self.listings:
            raise EmptySelectionError("the sources contain no specs")
        if tag is not None and tag not in self.tags:
            raise UnknownNameError(kind="tag", name=tag, suggestions=())
        state = set()
        for cache in {row.cache for row in self.listings}:
            tags = {row.tag for row in self.listings if row.cache == cache}
            if tag is None:
                state.add((cache, min(tags, key=self._tag_order)))
            elif tag in tags:
                state.add((cache, tag))
        return frozenset(state)

    def _rows_of(self, state: State) -> list[Listing]:
        return [row for row in self.listings if (row.cache, row.tag) in state]

    def stacks_of(self, state: State) -> set[str]:
        """Return the stacks in a state."""
        return {stack for row in self._rows_of(state) for stack in row.stacks}

    def cells_of(self, state: State) -> dict[_CellKey, set[str]]:
        """Return the hashes of each stack on each system for which it lists anything."""
        cells: dict[_CellKey, set[str]] = defaultdict(set)
        for row in self._rows_of(state):
            content = self.contents[row.hash]
            for stack in row.stacks:
                cells[_CellKey(stack, content.os, content.target)].add(row.hash)
        return dict(cells)

    @cached_property
    def systems(self) -> dict[tuple[str, str], System]:
        """All systems; the platform is the one that most specs of the system name."""
        platforms: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for content in self.contents.values():
            platforms[content.os, content.target][content.platform] += 1
        return {
            (os, target): System(os, target, min(counts, key=lambda each: (-counts[each], each)))
            for (os, target), counts in platforms.items()
        }

    # --- keys ---

    def key(self, dag_hash: str, level: Level) -> Key:
        """Return the key of a spec."""
        content = self.contents[dag_hash]
        if level == "package":
            return (content.name,)
        if level == "version":
            return (content.name, content.version)
        if level == "variant":
            return (content.name, content.version, *content.variants)
        return (dag_hash,)

    def keys(self, hashes: Iterable[str], level: Level) -> set[Key]:
        """Return the keys of specs."""
        return {self.key(each, level) for each in hashes}

    def text(self, key: Key, level: Level) -> str:
        """Return a key as reports write it."""
        if level in {"package", "hash"}:
            return key[0]
        booleans = "".join(each for each in key[2:] if each[0] in "+~")
        valued = "".join(f" {each}" for each in key[2:] if each[0] not in "+~")
        return f"{key[0]}@{key[1]}{booleans}{valued}"

    def versions(self, keys: Iterable[str], level: Level) -> tuple[str, ...]:
        """Return the version of each key that is a hash, otherwise nothing."""
        return tuple(self.contents[each].version for each in keys if level == "hash")

    def package(self, key: Key, level: Level) -> str:
        """Return the package that a key names."""
        return self.contents[key[0]].name if level == "hash" else key[0]

    # --- selections ---

    def select(
        self, *, stack: Sequence[str] = (), tag: str | None = None, **respects: Sequence[str]
    ) -> set[str]:
        """Return the hashes of the specs that match all given patterns.

        Args:
            stack: Patterns of stacks that list the spec, in ``tag`` if given.
            tag: A snapshot that lists it.
            **respects: Patterns by field of :class:`Listing`; ``package`` is the name,
                ``hash`` takes whole hashes.
        """
        found = set()
        for dag_hash, content in self.contents.items():
            rows = [row for row in self.listings if row.hash == dag_hash]
            if tag is not None:
                rows = [row for row in rows if row.tag == tag]
            if not rows:
                continue
            listed = {name for row in rows for name in row.stacks}
            if stack and not any(_stack_matches(p, name) for p in stack for name in listed):
                continue
            if all(_respects(content, field, wanted) for field, wanted in respects.items()):
                found.add(dag_hash)
        return found

    def specs(self, hashes: Iterable[str], tag: str | None = None) -> list[Spec]:
        """Return specs in the order of their hashes, with the listings of a snapshot or of all."""
        specs = []
        for dag_hash in sorted(hashes):
            content = self.contents[dag_hash]
            rows = [
                row
                for row in self.listings
                if row.hash == dag_hash and (tag is None or row.tag == tag)
            ]
            specs.append(
                Spec(
                    hash=dag_hash,
                    package=content.name,
                    version=content.version,
                    platform=content.platform,
                    os=content.os,
                    target=content.target,
                    compiler=content.compiler,
                    variants=content.variants,
                    size=content.size,
                    stacks=tuple(sorted({name for row in rows for name in row.stacks})),
                    tags=tuple(sorted({row.tag for row in rows}, key=self._tag_order)),
                    source=content.source,
                    available=bool(rows),
                    external=False,
                )
            )
        return specs

    # --- coverage ---

    def serves(self, binary: System, host: System, compat: Compatibility) -> bool:
        """Return whether a binary of one system serves another."""
        if compat == "exact":
            return (binary.os, binary.target) == (host.os, host.target)
        if not self._target_serves(binary.target, host.target):
            return False
        return binary.os == host.os or (
            compat == "os" and binary.platform == host.platform and self._os_serves(binary, host)
        )

    def _os_serves(self, binary: System, host: System) -> bool:
        if binary.os in self._releases and host.os in self._releases:
            return self._releases.index(binary.os) <= self._releases.index(host.os)
        if binary.os not in self._libc or host.os not in self._libc:
            return False
        library, version = self._libc[binary.os]
        host_library, host_version = self._libc[host.os]
        return library == host_library and version <= host_version

    def gaps(
        self, *, baseline: str | Model | None = None, **keywords: Unpack[ModelKeywords]
    ) -> Coverage:
        """Answer a question like :meth:`specplan.Catalog.gaps`.

        Raises:
            UnknownNameError: If a stack or a snapshot is unknown.
            EmptySelectionError: If no cell is left to report.
        """
        asked: ModelKeywords = {**_DEFAULTS, **keywords}
        state = self.state(asked["tag"])
        model, older = self._beside(baseline)
        listed = model.stacks_of(state)
        listed_before = set() if older is None else model.stacks_of(older)
        selected = _chosen(asked["stack"], listed | listed_before, "stack")
        question = _ModelQuestion(
            keywords=asked,
            compat="exact" if asked["level"] == "hash" else asked["compat"],
            listed=listed,
            # They must be known even if no stack is reported.
            peers=set(_chosen(asked["peers"], listed, "peers")) if asked["peers"] else None,
            cells=model.cells_of(state),
            old_cells=None if older is None else model.cells_of(older),
        )
        absent = tuple(name for name in selected if name not in listed)
        reported = [name for name in selected if name in listed]
        answers = model._answers(question, reported)  # noqa: SLF001 - its own class
        shown = [
            answer
            for answer in answers
            if _admitted(asked["os"], answer.host.os)
            and _admitted(asked["target"], answer.host.target)
        ]
        if not shown and not absent:
            raise EmptySelectionError("no cell is left to report")
        return Coverage(
            wants="peers" if older is None else "baseline",
            level=asked["level"],
            compat=asked["compat"],
            scope=None,
            tags=self._tags_of(state),
            baseline=_called(baseline),
            cells=tuple(answer.cell() for answer in shown),
            gaps=tuple(model._gaps(question, answers, shown, state)),  # noqa: SLF001 - as above
            roots=None,
            totals=_totals(shown),
            absent_stacks=absent,
            not_wanted=tuple(
                replace(entry, excluded=sum(len(answer.excluded[at]) for answer in shown))
                for at, entry in enumerate(asked["not_wanted"])
            ),
            damaged=(),
        )

    def _answers(self, question: _ModelQuestion, stacks: Iterable[str]) -> list[_ModelCell]:
        """Return the wants and the keys of all cells of some stacks."""
        return [
            self._answer(question, host, stack, family)
            for stack in stacks
            for host, family in self._reported(question, stack)
        ]

    def _gaps(
        self,
        question: _ModelQuestion,
        answers: Iterable[_ModelCell],
        shown: Sequence[_ModelCell],
        state: State,
    ) -> Iterator[Gap]:
        """Yield the gaps of the shown cells, those missing from most cells first."""
        level = question.keywords["level"]
        # Filters choose the cells that are shown; the cells that lack a key are counted over all.
        lacking = Counter(key for answer in answers for key in answer.wanted - answer.covered)
        missing = [
            (at, key) for at, answer in enumerate(shown) for key in answer.wanted - answer.covered
        ]
        missing.sort(key=lambda gap: (-lacking[gap[1]], gap[0], self.text(gap[1], level)))
        available = {row.hash for row in self._rows_of(state)}
        for at, key in missing:
            yield self._gap(shown[at].cell(), key, question, available, state, lacking[key])

    def _reported(
        self, question: _ModelQuestion, stack: str
    ) -> Iterator[tuple[System, Collection[str]]]:
        """Yield the systems of a stack, whether they are shown or not, each with the peers."""
        families = question.keywords["families"] or {}
        family = question.peers or _family(stack, question.listed, families)
        for host in self._hosts(question, stack, family):
            yield host, family

    def _answer(
        self, question: _ModelQuestion, host: System, stack: str, family: Collection[str]
    ) -> _ModelCell:
        """Return the wants and the keys of a cell."""
        cell, level = _CellKey(stack, host.os, host.target), question.keywords["level"]
        if question.old_cells is not None:
            wanted = self.keys(question.old_cells.get(cell, ()), level)
        else:
            wanted = self._wants_of_peers(cell, family, question.cells, level)
        excluded = [
            {key for key in wanted if _excludes(entry, self.package(key, level), stack, host)}
            for entry in question.keywords["not_wanted"]
        ]
        wanted -= set().union(*excluded)
        exact = self.keys(question.cells.get(cell, ()), level)
        compatible = {
            key
            for other, hashes in question.cells.items()
            if other.stack == stack
            and self.serves(self.systems[other.os, other.target], host, question.compat)
            for key in self.keys(hashes, level)
        }
        covered = wanted & (exact | compatible)
        return _ModelCell(stack, host, wanted, covered, wanted & exact, excluded)

    def _wants_of_peers(
        self,
        cell: _CellKey,
        family: Collection[str],
        cells: Mapping[_CellKey, set[str]],
        level: Level,
    ) -> set[Key]:
        """Return the keys of the peers' cells, at level ``hash`` those of the same system."""
        of_peers = {
            other: self.keys(hashes, level)
            for other, hashes in cells.items()
            if other.stack in family and (level != "hash" or other[1:] == cell[1:])
        }
        # A cell without any other cell to define its wants wants nothing.
        if not of_peers.keys() - {cell}:
            return set()
        return set().union(*of_peers.values())

    def _hosts(self, question: _ModelQuestion, stack: str, family: Collection[str]) -> list[System]:
        """Return the systems that a stack is reported on, ordered by os and target."""
        cells, old_cells = question.cells, question.old_cells or {}
        system = question.keywords["system"]
        found = {cell[1:] for cell in (*cells, *old_cells) if cell.stack == stack}
        if "all" in system and question.old_cells is None:
            found |= {cell[1:] for cell in cells if cell.stack in family}
        for text in system:
            if text != "all":
                os, _, target = text.partition("/")
                found.add((os, target))
        return [
            self.systems.get(each) or System(*each, self._platform_of(each[0]))
            for each in sorted(found)
        ]

    def _platform_of(self, os: str) -> str:
        """Return the platform of a system that no spec has."""
        known = [system.platform for _, system in sorted(self.systems.items()) if system.os == os]
        if known:
            return known[-1]
        return "darwin" if os in self._releases else "linux"

    def _gap(
        self,
        cell: Cell,
        key: Key,
        question: _ModelQuestion,
        available: set[str],
        state: State,
        cells_lacking: int,
    ) -> Gap:
        level, compat = question.keywords["level"], question.compat
        host = System(cell.os, cell.target, cell.platform)
        bearers = {each for each in available if self.key(each, level) == key}
        serving = {each for each in bearers if self.serves(self._system_of(each), host, compat)}
        found: GapState = "other_stack" if serving else "other_system" if bearers else "missing"
        return Gap(
            stack=cell.stack,
            platform=cell.platform,
            os=cell.os,
            target=cell.target,
            want=self.text(key, level),
            package=self.package(key, level),
            version=self.contents[key[0]].version if level == "hash" else None,
            hash=key[0] if level == "hash" else None,
            state=found,
            cells_lacking=cells_lacking,
            blocked=None,
            roots_completed=None,
            buildable_now=None,
            # A gap that only needs listing has the binary to list.
            nearest=self._nearest(cell, key, level, serving or available, state),
        )

    def _system_of(self, dag_hash: str) -> System:
        content = self.contents[dag_hash]
        return self.systems[content.os, content.target]

    def _nearest(
        self, cell: Cell, key: Key, level: Level, available: set[str], state: State
    ) -> Nearest | None:
        """The fewest differences, then the newest version, then the smallest hash."""
        rows = self._rows_of(state)
        listed = {row.hash for row in rows if cell.stack in row.stacks}
        wanted = min(each for each in self.contents if self.key(each, level) == key)
        fixed = {
            "package": (),
            "version": ("version",),
            "variant": ("version", "variants"),
            "hash": ("version", "compiler", "variants"),
        }[level]

        def differs(dag_hash: str) -> tuple[str, ...]:
            content = self.contents[dag_hash]
            fields = [
                ("os", content.os != cell.os),
                ("target", content.target != cell.target),
                *(
                    (field, getattr(content, field) != getattr(self.contents[wanted], field))
                    for field in fixed
                ),
                ("stack", dag_hash not in listed),
            ]
            return tuple(field for field, is_other in fields if is_other)

        package = self.package(key, level)
        candidates = sorted(each for each in available if self.contents[each].name == package)
        if not candidates:
            return None
        # Sorts are stable, so the least important comes first.
        candidates.sort(
            key=lambda each: self._version_key(self.contents[each].version), reverse=True
        )
        candidates.sort(key=lambda each: len(differs(each)))
        best = candidates[0]
        stacks = {stack for row in rows if row.hash == best for stack in row.stacks}
        by_name = sorted(stacks, key=lambda stack: (stack == _ROOT, stack))
        content = self.contents[best]
        return Nearest(
            hash=best,
            stack=cell.stack if best in listed else (by_name[0] if by_name else ""),
            os=content.os,
            target=content.target,
            source=content.source,
            differs=differs(best),
        )

    def _beside(self, other: str | Model | None) -> tuple[Model, State | None]:
        """Return a model that also holds an older state, and that state."""
        if other is None:
            return self, None
        if isinstance(other, str):
            return self, self.state(other)
        if other is self:
            return self, self.state()
        renamed = [replace(row, cache=f"\x01{row.cache}") for row in other.listings]
        state = frozenset((f"\x01{cache}", tag) for cache, tag in other.state())
        return self.with_listings([*self.listings, *renamed]), state

    def _tags_of(self, state: State) -> tuple[str, ...]:
        return tuple(dict.fromkeys(tag for _, tag in sorted(state)))

    # --- differences ---

    def diff(
        self,
        old: str | Model,
        new: str | None = None,
        *,
        stack: Sequence[str] = (),
        os: Sequence[str] = (),
        target: Sequence[str] = (),
        level: Level = "package",
    ) -> Diff:
        """Answer a question like :meth:`specplan.Catalog.diff`."""
        new_state = self.state(new)
        model, old_state = self._beside(old)
        assert old_state is not None  # noqa: S101 - there is an older state
        listed, listed_before = model.stacks_of(new_state), model.stacks_of(old_state)
        selected = _chosen(stack, listed | listed_before, "stack")
        before, after = model.cells_of(old_state), model.cells_of(new_state)
        compared = [
            model._compare(cell, before, after, level)  # noqa: SLF001 - its own class
            for cell in sorted({*before, *after})
            if cell.stack in selected
            and cell.stack in listed
            and _admitted(os, cell.os)
            and _admitted(target, cell.target)
        ]
        cells = tuple(cell for cell, _, _, _ in compared)
        return Diff(
            level=level,
            old=_called(old) or "",
            new=new or ", ".join(self._tags_of(new_state)),
            cells=cells,
            lost=tuple(key for _, lost, _, _ in compared for key in lost),
            gained=tuple(key for _, _, gained, _ in compared for key in gained),
            changed=tuple(change for _, _, _, changed in compared for change in changed),
            absent_stacks=tuple(name for name in selected if name not in listed),
            new_stacks=tuple(name for name in selected if name not in listed_before),
            totals=DiffTotals(
                kept=sum(cell.kept for cell in cells),
                lost=sum(cell.lost for cell in cells),
                gained=sum(cell.gained for cell in cells),
                changed=sum(cell.changed for cell in cells),
            ),
            damaged=(),
        )

    def _compare(
        self,
        key: _CellKey,
        before: Mapping[_CellKey, set[str]],
        after: Mapping[_CellKey, set[str]],
        level: Level,
    ) -> tuple[DiffCell, list[KeyInCell], list[KeyInCell], list[Change]]:
        """Return one cell with its lost, gained and changed keys."""
        kept, lost, gained, changed = self._changes(
            before.get(key, set()), after.get(key, set()), level
        )
        cell = DiffCell(
            stack=key.stack,
            platform=self.systems[key.os, key.target].platform,
            os=key.os,
            target=key.target,
            kept=kept,
            lost=len(lost),
            gained=len(gained),
            changed=len(changed),
        )
        return (
            cell,
            self._keys_in_cell(key, lost, level),
            self._keys_in_cell(key, gained, level),
            self._changes_in_cell(key, changed, level),
        )

    def _keys_in_cell(self, cell: _CellKey, keys: Iterable[Key], level: Level) -> list[KeyInCell]:
        return [
            KeyInCell(
                stack=cell.stack,
                os=cell.os,
                target=cell.target,
                want=self.text(key, level),
                package=self.package(key, level),
                version=self.contents[key[0]].version if level == "hash" else None,
                hash=key[0] if level == "hash" else None,
            )
            for key in sorted(keys, key=lambda key: self.text(key, level))
        ]

    def _changes_in_cell(
        self,
        cell: _CellKey,
        changes: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]],
        level: Level,
    ) -> list[Change]:
        return [
            Change(
                stack=cell.stack,
                os=cell.os,
                target=cell.target,
                package=package,
                old=gone,
                new=come,
                old_versions=self.versions(gone, level),
                new_versions=self.versions(come, level),
            )
            for package, (gone, come) in sorted(changes.items())
        ]

    def _changes(
        self, before: set[str], after: set[str], level: Level
    ) -> tuple[int, set[Key], set[Key], dict[str, tuple[tuple[str, ...], tuple[str, ...]]]]:
        """Return the number of kept packages, lost and gained keys, and changed packages of a cell.

        A package has changed if new keys replaced old ones; at level ``package``, if it stays but
        its versions do not.
        """
        if level == "package":
            _, gone, come, changes = self._changes(before, after, "version")
            old, new = self.keys(before, level), self.keys(after, level)
            for key in (*gone, *come):
                if (key[0],) in old & new:
                    versions = [
                        tuple(sorted(k[1] for k in side if k[0] == key[0])) for side in (gone, come)
                    ]
                    changes[key[0]] = (versions[0], versions[1])
            changes = {
                package: (
                    tuple(text.removeprefix(f"{package}@") for text in gone),
                    tuple(text.removeprefix(f"{package}@") for text in come),
                )
                for package, (gone, come) in changes.items()
            }
            return len(old & new) - len(changes), old - new, new - old, changes
        old, new = self.keys(before, level), self.keys(after, level)
        gone_by, come_by = defaultdict(set), defaultdict(set)
        for key in old - new:
            gone_by[self.package(key, level)].add(key)
        for key in new - old:
            come_by[self.package(key, level)].add(key)
        both = set(gone_by) & set(come_by)
        lost = {key for package, keys in gone_by.items() if package not in both for key in keys}
        gained = {key for package, keys in come_by.items() if package not in both for key in keys}
        changes = {
            package: (
                tuple(sorted(self.text(key, level) for key in gone_by[package])),
                tuple(sorted(self.text(key, level) for key in come_by[package])),
            )
            for package in both
        }
        differing = {self.package(key, level) for key in old ^ new}
        kept = {self.package(key, level) for key in old & new} - differing
        return len(kept), lost, gained, changes


def _called(state: str | Model | None) -> str | None:
    if isinstance(state, Model):
        return ", ".join(sorted({row.cache for row in state.listings})) or None
    return state


def _stack_matches(pattern: str, stack: str) -> bool:
    """Return whether a pattern selects a stack; the union index is only selected by its name."""
    return stack == pattern or (stack != _ROOT and fnmatchcase(stack, pattern))


def _totals(shown: Iterable[_ModelCell]) -> Totals:
    shown = tuple(shown)
    wanted = sum(len(answer.wanted) for answer in shown)
    covered = sum(len(answer.covered) for answer in shown)
    return Totals(
        wanted=wanted,
        covered=covered,
        unknown=0,
        gaps=wanted - covered,
        not_wanted=sum(len(set().union(*answer.excluded)) for answer in shown),
        coverage=covered / wanted if wanted else None,
    )


def _chosen(patterns: Sequence[str], stacks: Collection[str], kind: str) -> list[str]:
    for pattern in patterns:
        if not any(_stack_matches(pattern, stack) for stack in stacks):
            raise UnknownNameError(kind=kind, name=pattern, suggestions=())
    if not patterns:
        return sorted(set(stacks) - {_ROOT})
    return sorted(
        stack for stack in stacks if any(_stack_matches(pattern, stack) for pattern in patterns)
    )


def _family(stack: str, stacks: Collection[str], families: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the peers of a stack: its configured families, or else those with its first word."""
    configured = {
        member
        for patterns in families.values()
        if any(_stack_matches(pattern, stack) for pattern in patterns)
        for member in stacks
        if any(_stack_matches(pattern, member) for pattern in patterns)
    }
    if configured:
        return configured
    if stack == _ROOT:
        return {_ROOT}
    word = stack.split("-", maxsplit=1)[0]
    return {member for member in stacks if member.split("-")[0] == word and member != _ROOT}


def _admitted(patterns: Sequence[str], name: str) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _excludes(entry: NotWanted, package: str, stack: str, host: System) -> bool:
    return (
        fnmatchcase(package, entry.package)
        and (entry.stack == "*" or fnmatchcase(stack, entry.stack))
        and fnmatchcase(host.os, entry.os)
        and fnmatchcase(host.target, entry.target)
    )


def _respects(content: Listing, field: str, wanted: Sequence[str]) -> bool:
    if field == "hash":
        return content.hash in wanted
    value = getattr(content, "name" if field == "package" else field)
    return any(fnmatchcase(value, pattern) for pattern in wanted)
