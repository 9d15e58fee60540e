"""What the core answers of single specs, as records: many an answer holds such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan import _core as compiled
from specplan.model import NamedSpec, Nearest, Spec

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["named", "named_of", "names_of", "nearest_of", "spec_of"]


def spec_of(answer: _core.SpecAnswer) -> Spec:
    """Return the record of a spec."""
    return Spec(
        hash=answer[0],
        name=answer[1],
        version=answer[2],
        platform=answer[3],
        os=answer[4],
        target=answer[5],
        compiler=answer[6],
        variants=tuple(answer[7]),
        size=answer[8],
        stacks=tuple(answer[9]),
        # A source without snapshots has one state, which has no name.
        tags=tuple(tag for tag in answer[10] if tag),
        source=answer[11],
        available=answer[12],
        external=answer[13],
    )


def nearest_of(answer: _core.NearestAnswer | None, source: str | None = None) -> Nearest | None:
    """Return the record of what is nearest to a gap, if anything is.

    Args:
        answer: What the core says.
        source: The file that holds its binary, where that is known to be another.
    """
    if answer is None:
        return None
    dag_hash, stack, os, target, told, differs = answer
    return Nearest(
        hash=dag_hash,
        stack=stack,
        os=os,
        target=target,
        source=told if source is None else source,
        differs=tuple(differs),
    )


def named_of(answer: _core.NamedAnswer) -> NamedSpec:
    """Return the record of a spec with what people know it by."""
    dag_hash, name, version = answer
    return NamedSpec(hash=dag_hash, name=name, version=version)


def names_of(core: _core.Catalog, hashes: Collection[str]) -> dict[str, NamedSpec]:
    """Return what people know some specs by, by hash."""
    if not hashes:
        return {}
    specs = core.specs(_core.Query.hashes(sorted(hashes)), None)
    return {each[0]: named_of(each[:3]) for each in specs}


#: Where a spec of the core says whether it is external.
_EXTERNAL: Final = 13


def named(core: compiled.Catalog, hashes: Collection[str]) -> dict[str, compiled.SpecAnswer]:
    """Return what is known of specs, by hash; nothing of those that nothing describes."""
    found = core.specs(compiled.Query.hashes(sorted(hashes)), None)
    return {each[0]: each for each in found}
