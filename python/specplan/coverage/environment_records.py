"""What the core answers of abstract wants, as records of the model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from specplan.catalog.specs import named, nearest_of
from specplan.model import BrokenRoot, Cell, EnvironmentAsked, Gap, UnknownWant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from specplan import _core
    from specplan.coverage.environments import Answered, NotConcretized
    from specplan.sources.wanted import WantedEnvironment

__all__ = [
    "InstallableRoots",
    "broken_roots",
    "cells",
    "cells_of_not_concretized",
    "environments_asked",
    "gaps",
    "gaps_of_not_concretized",
    "lacking",
    "unknown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallableRoots:
    """How many roots of environments install.

    Attributes:
        wanted: The roots, once for each cell.
        undecided: Those of them in cells where the sources do not tell what installs.
        installable: Those that a spec covers which installs from the caches alone.
        broken: The others that are covered, each with the spec that lacks least.
    """

    wanted: int
    undecided: int
    installable: int
    broken: tuple[BrokenRoot, ...]


def cells(answered: Answered) -> Iterator[Cell]:
    """Yield the cells by stack, os, target."""
    for cell, answer in zip(answered.wants.cells, answered.core[0], strict=True):
        covered, covered_exact, usable, _, undecided = answer
        wanted = len(cell.wants)
        yield Cell(
            stack=cell.stack,
            platform=cell.platform,
            os=cell.os,
            target=cell.target,
            wanted=wanted,
            covered=covered,
            covered_exact=covered_exact,
            unknown=len(undecided),
            usable=usable,
            coverage=covered / wanted if wanted else None,
        )


def lacking(answered: Answered) -> Iterator[tuple[str, ...]]:
    """Yield for each cell the abstract specs that it lacks, sorted."""
    for _, _, _, wants, _ in answered.core[0]:
        yield tuple(sorted(answered.wants.specs[want] for want in wants))


def gaps(answered: Answered) -> Iterator[Gap]:
    """Yield the gaps by cell."""
    wants = answered.wants
    times = Counter(want for _, _, _, lacked, _ in answered.core[0] for want in lacked)
    for at, want, state, nearest in answered.core[1]:
        cell = wants.cells[at]
        yield Gap(
            stack=cell.stack,
            os=cell.os,
            target=cell.target,
            want=wants.specs[want],
            group=wants.group_of(want),
            developed=want in wants.developed,
            package=wants.packages[want],
            version=None,
            hash=None,
            state=state,
            cells_lacking=times[want],
            blocked=None,
            roots_completed=None,
            buildable_now=None,
            nearest=nearest_of(nearest),
        )


def unknown(answered: Answered) -> Iterator[UnknownWant]:
    """Yield the wants that the sources cannot decide, by stack, os, target, want."""
    wants = answered.wants
    for cell, (_, _, _, _, undecided) in zip(wants.cells, answered.core[0], strict=True):
        for want, specs, missing in sorted(undecided, key=lambda each: wants.specs[each[0]]):
            yield UnknownWant(
                stack=cell.stack,
                os=cell.os,
                target=cell.target,
                want=wants.specs[want],
                package=wants.packages[want],
                specs=specs,
                missing=tuple(sorted(missing)),
                group=wants.group_of(want),
            )


def broken_roots(answered: Answered, catalog: _core.Catalog) -> InstallableRoots:
    """Return which roots install."""
    pairs = list(zip(answered.wants.cells, answered.core[0], strict=True))
    broken = answered.core[2]
    specs = named(catalog, {dag_hash for _, _, dag_hash, _ in broken})
    return InstallableRoots(
        wanted=sum(len(cell.wants) for cell, _ in pairs),
        undecided=sum(len(cell.wants) for cell, answer in pairs if answer[2] is None),
        installable=sum(usable for _, (_, _, usable, _, _) in pairs if usable is not None),
        broken=tuple(
            BrokenRoot(
                hash=dag_hash,
                package=specs[dag_hash][1],
                version=specs[dag_hash][2],
                lacks=tuple(sorted(lacks)),
            )
            for _, _, dag_hash, lacks in broken
        ),
    )


def cells_of_not_concretized(roots: Iterable[NotConcretized]) -> Iterator[Cell]:
    """Yield the cells of roots that locks lack: nothing covers them."""
    counts = Counter((each.stack, each.platform, each.os, each.target) for each in roots)
    for (stack, platform, os, target), wanted in counts.items():
        yield Cell(
            stack=stack,
            platform=platform,
            os=os,
            target=target,
            wanted=wanted,
            covered=0,
            covered_exact=0,
            unknown=0,
            usable=0,
            coverage=0.0,
        )


def gaps_of_not_concretized(roots: Sequence[NotConcretized]) -> Iterator[Gap]:
    """Yield the gaps of roots that locks lack, in their order."""
    times = Counter((each.stack, each.want) for each in roots)
    for each in roots:
        yield Gap(
            stack=each.stack,
            os=each.os,
            target=each.target,
            want=each.want,
            package=each.package,
            version=None,
            hash=None,
            state="not_concretized",
            cells_lacking=times[each.stack, each.want],
            blocked=None,
            roots_completed=None,
            buildable_now=None,
            nearest=None,
        )


def environments_asked(
    wanted: Iterable[WantedEnvironment], roots: Mapping[str, int]
) -> tuple[EnvironmentAsked, ...]:
    """Return what was asked of environments, by stack, then path.

    Args:
        wanted: The environments.
        roots: By the file of an environment, how many roots it has in any of its cells.
    """
    asked = [
        EnvironmentAsked(
            stack=each.label,
            path=each.place,
            roots=roots.get(each.place, len(each.environment.roots)),
            unify=each.environment.unify,
        )
        for each in wanted
    ]
    return tuple(sorted(asked, key=lambda each: (each.stack, each.path)))
