"""Single specs of the core as records."""

from __future__ import annotations

from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan.model import NamedSpec, Nearest, Spec
from specplan.model.columns import from_columns
from specplan.model.lazy_records import LazyRecords
from specplan.model.spec import DependencyEdge, PathStep

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

__all__ = [
    "ANY_EDGE",
    "by_hash",
    "edge_of",
    "hashes_of",
    "lazy_specs",
    "named_of",
    "names_of",
    "nearest_of",
    "specs_of",
    "steps_of",
]

#: Every kind of edge, as :meth:`specplan._core.Catalog.reached` numbers them.
ANY_EDGE: Final = 63

#: The fields of a spec with the same name and spelling in the core.
_SAME_NAMES: Final = (
    "hash", "package", "version", "platform", "os", "target", "compiler", "variants", "size",
    "stacks", "source",
)  # fmt: skip


def specs_of(answers: Sequence[_core.SpecAnswer]) -> list[Spec]:
    """Return the records of specs."""
    return from_columns(Spec, len(answers), **_columns(answers))


def lazy_specs(answers: Sequence[_core.SpecAnswer]) -> LazyRecords[Spec]:
    """Return the records of specs, made on access."""
    return LazyRecords(Spec, answers, _columns)


def _columns(answers: Sequence[_core.SpecAnswer]) -> dict[str, Iterable[object]]:
    """Return the values of each field of the records of specs."""
    return {
        # A source without snapshots has one state, which has no name.
        "tags": (tuple(filter(None, each.tags)) for each in answers),
        "available": map(attrgetter("is_available"), answers),
        "external": map(attrgetter("is_external"), answers),
        **{name: map(attrgetter(name), answers) for name in _SAME_NAMES},
    }


def nearest_of(
    found: Sequence[_core.NearestAnswer | None], sources: Mapping[str, str] | None = None
) -> list[Nearest | None]:
    """Return the nearest specs of gaps; None for gaps without one.

    Args:
        found: The core's answer for each gap.
        sources: By hash, the file with the binary, if it is known to be a different one.
    """
    answers = [each for each in found if each is not None]
    files = {} if sources is None else sources
    records = iter(
        from_columns(
            Nearest,
            len(answers),
            source=[files.get(each.hash, each.source) for each in answers],
            differs=[tuple(each.differs) for each in answers],
            **{name: map(attrgetter(name), answers) for name in ("hash", "stack", "os", "target")},
        )
    )
    return [None if each is None else next(records) for each in found]


def edge_of(answer: _core.NeighbourAnswer) -> DependencyEdge:
    """Return the record of an edge of a spec."""
    return DependencyEdge(
        hash=answer.hash,
        package=answer.package,
        version=answer.version,
        types=tuple(answer.types),
        virtuals=tuple(answer.virtuals),
    )


def steps_of(core: _core.Catalog, hashes: Sequence[str]) -> tuple[PathStep, ...]:
    """Return the records of a path over dependencies.

    Args:
        core: The catalog.
        hashes: The hashes of the path, in its order.
    """
    if not hashes:
        return ()
    known = by_hash(core, hashes[:1]).get(hashes[0])
    first = PathStep(
        hash=hashes[0],
        package=known and known.package,
        version=known and known.version,
        types=(),
    )
    return (first, *(_step(core, parent, child) for parent, child in pairwise(hashes)))


def _step(core: _core.Catalog, parent: str, child: str) -> PathStep:
    # A source may list one dependency several times, each time for something else.
    edges = [each for each in core.dependencies(parent) or () if each.hash == child]
    types = dict.fromkeys(word for each in edges for word in each.types)
    return PathStep(
        hash=child, package=edges[0].package, version=edges[0].version, types=tuple(types)
    )


def named_of(answer: _core.NamedAnswer) -> NamedSpec:
    """Return the record of a spec with its readable names."""
    return NamedSpec(hash=answer.hash, package=answer.package, version=answer.version)


def names_of(core: _core.Catalog, hashes: Collection[str]) -> dict[str, NamedSpec]:
    """Return the readable names of some specs, by hash."""
    return {
        dag_hash: NamedSpec(hash=dag_hash, package=spec.package, version=spec.version)
        for dag_hash, spec in by_hash(core, hashes).items()
    }


def by_hash(core: _core.Catalog, hashes: Collection[str]) -> dict[str, _core.SpecAnswer]:
    """Return the known fields of specs, by hash, without those that no source describes."""
    if not hashes:
        return {}
    found = core.specs(_core.Query.hashes(list(hashes)), None)
    return {each.hash: each for each in found}


def hashes_of(core: _core.Catalog) -> list[str]:
    """Return the hashes of all specs that a catalog describes, ascending."""
    return [each.hash for each in core.specs(_core.Query.all(), None)]
