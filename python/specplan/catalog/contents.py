"""The contents of a catalog: its rows, its sources and its states."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from specplan import _core as compiled
from specplan.catalog.damage import clashes, order_of_damage, order_of_finding
from specplan.catalog.names import what_there_is
from specplan.catalog.specs import hashes_of
from specplan.errors import EmptySelectionError, UnknownNameError, UsageError
from specplan.model import IndexUsed, SourceUsed
from specplan.records import dataclass
from specplan.similar_names import suggestions
from specplan.sources import Limits, newest_first
from specplan.sources.result import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from specplan._core import State
    from specplan.model import DamagedFile, LeftOut
    from specplan.model.check import Finding
    from specplan.sources import MirrorOrigin, SourceRead, SpecFileOrigin, StandaloneIndex
    from specplan.sources.origins import IndexRead

__all__ = ["Contents", "tags_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The rows of one or more sources, with all that is known about these sources.

    Attributes:
        core: The rows.
        files: The number of files from each source; a source that is merged twice counts once.
        sources: The sources, as they were given.
        damaged: Files that were skipped because they are damaged, ordered by path.
        contradictions: Pages whose `meta` contradicts their specs, ordered by path.
        notes: Surprising facts about the sources, one sentence each.
        unread_tags: Snapshots of a source that were not read.
        files_of_specs: The files with both hashes and the hashed content.
        mirrors: The mirrors whose binaries were read.
        indexes_alone: The indexes of stacks that belong to no mirror.
        indexes: The size of each index of mirrors with several indexes.
        least: The rows with only those binaries that all indexes of their mirror list; None if that
            makes no difference.
        fetched: The rows with the binaries that no index lists, which Spack fetches by hash alone;
            None if there are none.
        installed: The rows in which installed specs count as binaries; None if nothing is
            installed.
        limits: The limits of the sources, and of files that are read beside them.
        own_stacks: The stack names of the sources without a label.
        left_out: Input of the sources that could not be taken into account, except damaged files.
        empty: The sources that should list binaries and list none.
        used: The record of each source that was read.
    """

    core: compiled.Catalog
    files: Mapping[str, int]
    sources: tuple[str, ...] = ()
    damaged: tuple[DamagedFile, ...] = ()
    contradictions: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    unread_tags: frozenset[str] = frozenset()
    files_of_specs: tuple[SpecFileOrigin, ...] = ()
    mirrors: tuple[MirrorOrigin, ...] = ()
    indexes_alone: tuple[StandaloneIndex, ...] = ()
    indexes: tuple[IndexRead, ...] = ()
    least: compiled.Catalog | None = None
    fetched: compiled.Catalog | None = None
    installed: compiled.Catalog | None = None
    limits: Limits = Limits()
    own_stacks: frozenset[str] = frozenset()
    left_out: tuple[LeftOut, ...] = ()
    empty: tuple[str, ...] = ()
    used: tuple[SourceUsed, ...] = ()

    @classmethod
    def of_rows(cls, cores: Iterable[compiled.Catalog]) -> Contents:
        """Return rows without a known source."""
        return cls(core=compiled.Catalog.merged(list(cores)), files={})

    @classmethod
    def of_reads(cls, reads: Sequence[SourceRead], limits: Limits | None = None) -> Contents:
        """Return the content of sources that were read within some limits."""
        core = compiled.Catalog.merged([each.core for each in reads])
        damaged = {file for each in reads for file in each.damaged}
        return cls(
            core=core,
            files={each.source: each.files for each in reads},
            sources=tuple(each.source for each in reads),
            damaged=_damaged({*damaged, *clashes(core)}),
            contradictions=_contradictions(each.contradictions for each in reads),
            notes=distinct(each.notes for each in reads),
            unread_tags=frozenset(tag for each in reads for tag in each.unread_tags),
            files_of_specs=distinct(each.files_of_specs for each in reads),
            mirrors=distinct(each.mirrors for each in reads),
            indexes_alone=distinct(each.indexes_alone for each in reads),
            indexes=distinct(each.indexes for each in reads),
            least=_together((each.core, each.least) for each in reads),
            fetched=_together((each.core, each.fetched) for each in reads),
            installed=_together((each.core, each.installed) for each in reads),
            limits=limits or Limits(),
            own_stacks=frozenset(each.own_stack for each in reads if each.own_stack),
            left_out=distinct(each.left_out for each in reads),
            empty=tuple(dict.fromkeys(each.source for each in reads if _is_empty(each))),
            used=_in_order(map(_used, reads)),
        )

    def merged(self, other: Contents) -> Contents:
        """Return the union of both."""
        both = (self, other)
        return Contents(
            core=compiled.Catalog.merged([each.core for each in both]),
            files={**self.files, **other.files},
            sources=distinct(each.sources for each in both),
            damaged=_damaged({*self.damaged, *other.damaged}),
            contradictions=_contradictions(each.contradictions for each in both),
            notes=distinct(each.notes for each in both),
            unread_tags=self.unread_tags | other.unread_tags,
            files_of_specs=distinct(each.files_of_specs for each in both),
            mirrors=distinct(each.mirrors for each in both),
            indexes_alone=distinct(each.indexes_alone for each in both),
            indexes=distinct(each.indexes for each in both),
            least=_together((each.core, each.least) for each in both),
            fetched=_together((each.core, each.fetched) for each in both),
            installed=_together((each.core, each.installed) for each in both),
            limits=self.limits,
            own_stacks=self.own_stacks | other.own_stacks,
            left_out=distinct(each.left_out for each in both),
            empty=distinct(each.empty for each in both),
            used=_in_order(source for each in both for source in each.used),
        )

    def used_with(self, other: Contents) -> tuple[SourceUsed, ...]:
        """Return the content of the sources of both."""
        return _in_order((*self.used, *other.used))

    def damaged_with(self, other: Contents) -> tuple[DamagedFile, ...]:
        """Return the damaged files of both, ordered by path."""
        return _damaged({*self.damaged, *other.damaged})

    @property
    def name(self) -> str:
        """A common name of the sources; empty if none is known."""
        return ", ".join(self.sources)

    @property
    def tags(self) -> tuple[str, ...]:
        """The snapshots of all sources, newest first."""
        return tuple(tag for tag in self.core.names("tag") if tag)

    @property
    def is_empty(self) -> bool:
        """True if it has no state."""
        return not self.core.snapshots() and not self.unread_tags

    def state(self, tag: str | None) -> State:
        """Return the snapshot of each source that counts: the one asked for, or its newest.

        A source without snapshots has only one state, which always counts.

        Raises:
            EmptySelectionError: If the sources list nothing.
            UnknownNameError: If no source has the snapshot.
            UsageError: If the snapshot was not read.
        """
        by_source: dict[str, list[str]] = {}
        for source, each in self.core.snapshots():
            by_source.setdefault(source, []).append(each)
        known = newest_first({*self.tags, *self.unread_tags})
        if not by_source and (tag is None or not known):
            raise EmptySelectionError("the sources contain no specs")
        if tag is None:
            return [(source, tags[0]) for source, tags in by_source.items()]
        if tag not in self.tags:
            if tag in self.unread_tags:
                raise UsageError(
                    f"the snapshot `{tag}` was not read", hint="name it as `tag` to `load`"
                )
            near = suggestions(tag, known)
            there = None if near else what_there_is(known)
            raise UnknownNameError(kind="tag", name=tag, suggestions=near, hint=there)
        return [
            (source, each)
            for source, tags in by_source.items()
            for each in tags
            if each == tag or tags == [""]
        ]

    def beside(self, older: Contents, tag: str | None) -> tuple[compiled.Catalog, State]:
        """Return the rows with those of an older state beside them, and that state.

        Args:
            older: The catalog with the older state, perhaps this one.
            tag: Its snapshot, or None for the newest.
        """
        state = older.state(tag)
        if older is self:
            return self.core, state
        renamed = [(compiled.Catalog.beside_cache(source), each) for source, each in state]
        core = older.core
        if len(self.own_stacks) == len(older.own_stacks) == 1:
            # Two sources without a label are one stack at two times.
            (now,), (then,) = self.own_stacks, older.own_stacks
            if now != then and now not in core.stacks(None):
                core = core.renamed_stack(then, now)
        return self.core.beside(core), renamed

    def unused_tags(self, asked: Iterable[str | None]) -> tuple[str, ...]:
        """Return the snapshots that were not asked for, newest first."""
        used = {each for tag in asked if not self.is_empty for each in self.state(tag)}
        unused = {tag for _, tag in set(self.core.snapshots()) - used if tag}
        return tuple(newest_first(unused | self.unread_tags))


def _in_order(used: Iterable[SourceUsed]) -> tuple[SourceUsed, ...]:
    """Return sources by name, each once: no answer depends on their order."""
    return tuple(sorted(dict.fromkeys(used), key=lambda source: (source.source, repr(source))))


def _used(read: SourceRead) -> SourceUsed:
    copied_at = None
    if read.copied_at is not None:
        moment = datetime.fromtimestamp(read.copied_at, tz=timezone.utc)
        copied_at = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return SourceUsed(
        source=read.source,
        copied_at=copied_at,
        indexes=tuple(
            IndexUsed(
                mirror=each.mirror,
                index=each.shown,
                version=each.version,
                specs=each.specs,
                binaries=each.binaries,
                alone=each.alone,
            )
            for each in read.indexes
        ),
    )


def _is_empty(read: SourceRead) -> bool:
    """Return whether a source that was read whole should list binaries, and lists none."""
    if read.damaged:
        # Then the damage is its problem.
        return False
    if not len(read.core):
        return True
    if any(each.kind in {"lock", "database"} for each in read.files_of_specs):
        return False
    state = read.core.snapshots()
    # A stack lists only binaries; without stacks, each spec must be looked at.
    return not read.core.stacks(state) and not read.core.available(state, hashes_of(read.core))


def tags_of(state: State) -> tuple[str, ...]:
    """Return the snapshots of a state, each once, in the order of the state."""
    return tuple(dict.fromkeys(tag for _, tag in state if tag))


def _together(
    rows: Iterable[tuple[compiled.Catalog, compiled.Catalog | None]],
) -> compiled.Catalog | None:
    """Return the union of rows, some of them in another form; None without any."""
    pairs = list(rows)
    if all(other is None for _, other in pairs):
        return None
    return compiled.Catalog.merged([core if other is None else other for core, other in pairs])


def _damaged(files: Iterable[DamagedFile]) -> tuple[DamagedFile, ...]:
    return tuple(sorted(files, key=order_of_damage))


def _contradictions(groups: Iterable[Iterable[Finding]]) -> tuple[Finding, ...]:
    return tuple(sorted(distinct(groups), key=order_of_finding))
