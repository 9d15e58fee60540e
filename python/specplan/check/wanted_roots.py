"""The locks whose roots a check is about: how they are read, and what these roots lack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan.model import LeftOut
from specplan.records import dataclass
from specplan.sources.environments import stale_locks
from specplan.sources.environments.options import EnvironmentOptions
from specplan.sources.wants import read_concrete

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from specplan import _core as compiled
    from specplan.check.request import CheckRequest
    from specplan.sources.environments.environment import EnvironmentRoot
    from specplan.sources.limits import Limits
    from specplan.sources.want_records import AvailableWants, WantedLock

__all__ = ["Lacked", "lacked_by", "read_roots"]

#: The dependencies that an installation needs.
_INSTALL: Final = frozenset({"link", "run"})


def read_roots(
    request: CheckRequest, limits: Limits, available: AvailableWants | None
) -> Iterator[WantedLock]:
    """Yield the locks of a check, and the binaries of stacks.

    A lock has a record of each root that the environment beside it has and that it lacks.

    Raises:
        SourceError: If a lock cannot be read.
        UsageError: If something else is wanted.
    """
    options = EnvironmentOptions(host=request.host)
    for want in request.want:
        for lock in read_concrete(want, limits, available):
            if lock.is_available:
                yield lock
                continue
            read, lacking = stale_locks.beside(lock, limits, options)
            roots = () if lacking is None else lacking.roots
            records = [_not_concretized(read.source, root) for root in roots]
            yield replace(read, left_out=(*read.left_out, *records))


def _not_concretized(lock: str, root: EnvironmentRoot) -> LeftOut:
    return LeftOut(
        kind="lock_root",
        where=f"{root.path}:{root.line}",
        detail=f"`{lock}` lacks `{root.spec}`, so it is unknown which binary it needs",
        blocks=True,
        remedy=stale_locks.concretize_again(root.path),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacked:
    """The specs without a binary that wanted roots need, and no binary that installs elsewhere.

    Attributes:
        roots: By the hash of each, how many wanted roots have it in their link and run closure,
            itself included.
        dependents: By the hash of a spec, what the roots lack that links to it or runs with it
            directly, ascending.
    """

    roots: Mapping[str, int]
    dependents: Mapping[str, tuple[str, ...]]

    def needing(self, dag_hash: str, others: Sequence[str] = ()) -> list[str]:
        """Return the direct dependents of a spec, ascending: some others and those of these."""
        return sorted({*others, *self.dependents.get(dag_hash, ())})


def lacked_by(
    core: compiled.Catalog,
    state: compiled.State,
    operating_systems: compiled.OperatingSystems,
    roots: Collection[str],
    absent: Collection[str],
    known: Collection[str],
) -> Lacked:
    """Return all that roots lack to be installed, but for what is known.

    Args:
        core: The catalog, with the specs of the locks.
        state: The snapshots whose binaries count.
        operating_systems: The known operating systems.
        roots: The wanted roots, by hash.
        absent: Those of them without a binary.
        known: The specs that already have a finding.
    """
    every = sorted(roots)
    if not every:
        return Lacked(roots={}, dependents={})
    try:
        answer = core.demand(
            {
                "state": state,
                "operating_systems": operating_systems,
                "wants": [every],
                "gaps": [[]],
                "roots": [every],
                "reported": every,
                "most": 0,
            }
        )
    except ValueError:
        # Edges with a cycle, which is a finding, have no closures.
        counts = dict.fromkeys(absent, 1)
    else:
        counts = dict(zip(answer.lacked.hash, answer.lacked.roots, strict=True))
    found = {each: number for each, number in counts.items() if each not in known}
    dependents: dict[str, list[str]] = {}
    for dag_hash in sorted(counts):
        for each in core.dependencies(dag_hash) or ():
            if _INSTALL.intersection(each.types):
                dependents.setdefault(each.hash, []).append(dag_hash)
    return Lacked(roots=found, dependents={each: tuple(of) for each, of in dependents.items()})
