"""The core's answers about abstract wants, as records of the model."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from specplan.catalog.specs import by_hash, nearest_of
from specplan.model import BrokenRoot, Cell, EnvironmentAsked, Gap, UnknownWant
from specplan.model.hashes import Hashes
from specplan.model.roots import RootLine
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from specplan import _core
    from specplan.coverage.environments import EnvironmentAnswer, NotConcretized
    from specplan.model.roots import RootState
    from specplan.sources.want_records import WantedEnvironment

__all__ = [
    "InstallableRoots",
    "broken_roots",
    "cells",
    "cells_of_not_concretized",
    "environments_asked",
    "gaps",
    "gaps_of_not_concretized",
    "lacking",
    "lines_of_not_concretized",
    "root_lines",
    "unknown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallableRoots:
    """The number of roots of environments that install.

    Attributes:
        wanted: The roots, once for each cell.
        undecided: Those of them in cells where the sources do not show what installs.
        installable: Those covered by a spec that installs from the caches alone.
        broken: The others that are covered, each with the spec that lacks least.
        lacked: The specs that these lack.
        stacks: For each stack, the number of wanted and of installable roots.
    """

    wanted: int
    undecided: int
    installable: int
    broken: tuple[BrokenRoot, ...]
    lacked: _core.LackedAnswer
    stacks: Mapping[str, tuple[int, int]]


def cells(answered: EnvironmentAnswer) -> Iterator[Cell]:
    """Yield the cells by stack, os, target."""
    for cell, answer in zip(answered.wants.cells, answered.core.cells, strict=True):
        wanted, covered = len(cell.wants), answer.covered
        yield Cell(
            stack=cell.stack,
            platform=cell.platform,
            os=cell.os,
            target=cell.target,
            wanted=wanted,
            covered=covered,
            covered_exact=answer.covered_exact,
            unknown=len(answer.unknown),
            usable=answer.usable,
            coverage=covered / wanted if wanted else None,
        )


def lacking(answered: EnvironmentAnswer) -> Iterator[tuple[str, ...]]:
    """Yield for each cell the abstract specs that it lacks, sorted."""
    for answer in answered.core.cells:
        yield tuple(sorted(answered.wants.specs[want] for want in answer.gaps))


def gaps(answered: EnvironmentAnswer) -> Iterator[Gap]:
    """Yield the gaps by cell."""
    wants = answered.wants
    nearest = nearest_of([gap.nearest for gap in answered.core.gaps])
    for gap, its_nearest in zip(answered.core.gaps, nearest, strict=True):
        cell, want = wants.cells[gap.cell], gap.want
        yield Gap(
            stack=cell.stack,
            platform=cell.platform,
            os=cell.os,
            target=cell.target,
            want=wants.specs[want],
            group=wants.group_of(want),
            developed=want in wants.developed,
            package=wants.packages[want],
            version=None,
            hash=None,
            state=gap.state,
            cells_lacking=answered.lacking[want],
            blocked=None,
            roots_completed=None,
            buildable_now=None,
            nearest=its_nearest,
        )


def unknown(answered: EnvironmentAnswer) -> Iterator[UnknownWant]:
    """Yield the wants that the sources cannot decide, by stack, os, target, want."""
    wants = answered.wants
    for cell, answer in zip(wants.cells, answered.core.cells, strict=True):
        for each in sorted(answer.unknown, key=lambda each: wants.specs[each.want]):
            yield UnknownWant(
                stack=cell.stack,
                platform=cell.platform,
                os=cell.os,
                target=cell.target,
                want=wants.specs[each.want],
                package=wants.packages[each.want],
                specs=each.specs,
                missing=tuple(sorted(each.missing)),
                group=wants.group_of(each.want),
            )


def root_lines(answered: EnvironmentAnswer) -> Iterator[RootLine]:
    """Yield the roots with the lines that ask for them, by cell, in the order of the roots."""
    wants = answered.wants
    broken: dict[int, set[int]] = {}
    for each in answered.core.broken:
        broken.setdefault(each.cell, set()).add(each.want)
    for at, (cell, answer) in enumerate(zip(wants.cells, answered.core.cells, strict=True)):
        states: dict[int, RootState] = dict.fromkeys(broken.get(at, ()), "broken")
        states.update(dict.fromkeys(answer.gaps, "gap"))
        states.update(dict.fromkeys((undecided.want for undecided in answer.unknown), "unknown"))
        for want in cell.wants:
            for path, line in wants.lines.get((cell.stack, want), ()):
                yield RootLine(
                    stack=cell.stack,
                    os=cell.os,
                    target=cell.target,
                    want=wants.specs[want],
                    group=wants.group_of(want),
                    path=path,
                    line=line,
                    state=states.get(want, "covered"),
                )


def lines_of_not_concretized(roots: Iterable[NotConcretized]) -> Iterator[RootLine]:
    """Yield the roots that locks lack, each with the line that asks for it."""
    for each in roots:
        yield RootLine(
            stack=each.stack,
            os=each.os,
            target=each.target,
            want=each.want,
            group=None,
            path=each.path,
            line=each.line,
            state="gap",
        )


def broken_roots(
    answered: EnvironmentAnswer, catalog: _core.Catalog, lacks: Callable[[str], Sequence[str]]
) -> InstallableRoots:
    """Return the number of roots of environments that install, and those that do not.

    Args:
        answered: The wants of environments, with the answer.
        catalog: The catalog that was asked.
        lacks: Returns all specs that a root lacks.
    """
    pairs = list(zip(answered.wants.cells, answered.core.cells, strict=True))
    broken = answered.core.broken
    specs = by_hash(catalog, {each.hash for each in broken})
    stacks: dict[str, tuple[int, int]] = {}
    for cell, answer in pairs:
        wanted, installable = stacks.get(cell.stack, (0, 0))
        stacks[cell.stack] = (wanted + len(cell.wants), installable + (answer.usable or 0))
    return InstallableRoots(
        wanted=sum(len(cell.wants) for cell, _ in pairs),
        undecided=sum(len(cell.wants) for cell, answer in pairs if answer.usable is None),
        installable=sum(answer.usable or 0 for _, answer in pairs),
        broken=tuple(
            BrokenRoot(
                hash=each.hash,
                package=specs[each.hash].package,
                version=specs[each.hash].version,
                lacks_total=each.lacks_total,
                lacks=Hashes(each.lacks_total, lacks, each.hash, tuple(each.lacks_first)),
            )
            for each in broken
        ),
        lacked=answered.core.lacked,
        stacks=stacks,
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
    for each in roots:
        yield Gap(
            stack=each.stack,
            platform=each.platform,
            os=each.os,
            target=each.target,
            want=each.want,
            package=each.package,
            version=None,
            hash=None,
            state="not_concretized",
            cells_lacking=each.cells_lacking,
            blocked=None,
            roots_completed=None,
            buildable_now=None,
            nearest=None,
        )


def environments_asked(
    wanted: Iterable[WantedEnvironment], roots: Mapping[str, int]
) -> tuple[EnvironmentAsked, ...]:
    """Return the environments of the question, by stack, then path.

    Args:
        wanted: The environments.
        roots: By the file of an environment, the number of its roots in all its cells together.
    """
    asked = [
        EnvironmentAsked(
            stack=each.stack,
            path=each.source,
            roots=roots.get(each.source, len(each.environment.roots)),
            unify=each.environment.unify,
        )
        for each in wanted
    ]
    return tuple(sorted(asked, key=lambda each: (each.stack, each.path)))
