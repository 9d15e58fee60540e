"""What the core answers of single specs, as records: many an answer holds such."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan.model import NamedSpec, Nearest, Spec
from specplan.model.columns import from_columns
from specplan.model.spec import DependencyEdge

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = [
    "ANY_EDGE",
    "by_hash",
    "edge_of",
    "hashes_of",
    "named_of",
    "names_of",
    "nearest_of",
    "specs_of",
]

#: Every kind of edge, as :meth:`specplan._core.Catalog.reached` numbers them.
ANY_EDGE: Final = 63

#: The fields of a spec that the core calls and spells alike.
_SAME_NAMES: Final = (
    "hash", "package", "version", "platform", "os", "target", "compiler", "variants", "size",
    "stacks", "source",
)  # fmt: skip


def specs_of(answers: Sequence[_core.SpecAnswer]) -> list[Spec]:
    """Return the records of specs."""
    return from_columns(
        Spec,
        len(answers),
        # A source without snapshots has one state, which has no name.
        tags=[tuple(filter(None, each.tags)) for each in answers],
        available=[each.is_available for each in answers],
        external=[each.is_external for each in answers],
        **{name: map(attrgetter(name), answers) for name in _SAME_NAMES},
    )


def nearest_of(answer: _core.NearestAnswer | None, source: str | None = None) -> Nearest | None:
    """Return the record of what is nearest to a gap, if anything is.

    Args:
        answer: What the core says.
        source: The file that holds its binary, where that is known to be another.
    """
    if answer is None:
        return None
    return Nearest(
        hash=answer.hash,
        stack=answer.stack,
        os=answer.os,
        target=answer.target,
        source=answer.source if source is None else source,
        differs=tuple(answer.differs),
    )


def edge_of(answer: _core.NeighbourAnswer) -> DependencyEdge:
    """Return the record of an edge of a spec."""
    return DependencyEdge(
        hash=answer.hash,
        package=answer.package,
        version=answer.version,
        types=tuple(answer.types),
        virtuals=tuple(answer.virtuals),
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
