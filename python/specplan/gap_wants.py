"""Gaps as what a plan is for: some only need to be listed, the others must be chosen for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specplan import _core as compiled
from specplan.abstract_wants import AbstractWants, WantedCell
from specplan.errors import UsageError
from specplan.spec_answers import spec_of
from specplan.wants import ROOT, Systems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from specplan.catalog import Catalog
    from specplan.model import Gap, Spec
    from specplan.question import Question

__all__ = ["GapWants", "PublishedWant", "is_about_gaps", "wants_of_gaps"]

_LEVELS: Final = ("package", "version")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedWant:
    """A want that a binary of another stack covers: its stack only has to list it.

    Attributes:
        stack: The stack that lacks it.
        os: The operating system that it is wanted for.
        target: The target.
        want: What is wanted, a package or ``package@=version``.
        hash: The binary that covers it: one for the very system before others, then the
            newest version, then the smallest hash.
        name: Its package.
        version: Its version.
        binary_os: Its operating system.
        binary_target: Its target.
        listed_by: The stacks that list it, sorted; none where only a union index does.
    """

    stack: str
    os: str
    target: str
    want: str
    hash: str
    name: str
    version: str
    binary_os: str
    binary_target: str
    listed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapWants:
    """The gaps of a catalog, each either to be listed or to be chosen for.

    Attributes:
        publish: What only needs listing, by stack, os, target, want.
        wants: The others, as abstract wants.
    """

    publish: tuple[PublishedWant, ...]
    wants: AbstractWants


def is_about_gaps(question: Question) -> bool:
    """Whether a question says whose gaps are meant."""
    whose = bool(question.get("stack")) or bool(question.get("peers"))
    return whose or question.get("baseline") is not None


def wants_of_gaps(catalog: Catalog | None, question: Question) -> GapWants:
    """Return the gaps of stacks as what a plan is for.

    Args:
        catalog: The caches.
        question: What is asked of :meth:`specplan.Catalog.gaps`.

    Raises:
        UnknownNameError: If a stack, system or snapshot is unknown.
        EmptySelectionError: If no cell is left to report.
        UsageError: If there is no catalog, or the level is that of no abstract spec.
    """
    level = question.get("level") or "package"
    if level not in _LEVELS:
        raise UsageError(
            f"gaps at level `{level}` cannot be planned for: what is chosen from need not have the "
            "same hash or variants",
            hint="plan at level `package` or `version`, or name locks as wants",
        )
    if catalog is None:
        raise UsageError(
            "without a cache there is no stack that lacks anything",
            hint="name the caches, or a lock as want",
        )
    question = {**question, "level": level}
    coverage = catalog.gaps(**question, nearest=False)
    platforms = {(each.stack, each.os, each.target): each.platform for each in coverage.cells}
    listed = _abstract((each for each in coverage.gaps if each.state == "other_stack"), platforms)
    return GapWants(
        publish=_published(catalog, listed, question),
        wants=_abstract((each for each in coverage.gaps if each.state != "other_stack"), platforms),
    )


def _abstract(gaps: Iterable[Gap], platforms: Mapping[tuple[str, str, str], str]) -> AbstractWants:
    """Return gaps as abstract wants, by stack, os, target, want."""
    packages: dict[str, str] = {}
    by_cell: dict[tuple[str, str, str], list[str]] = {}
    for gap in gaps:
        # A key at level `version` is `package@version`: exactly this one, and no later `1.2.x`.
        spec = gap.package + gap.want[len(gap.package) :].replace("@", "@=", 1)
        packages[spec] = gap.package
        by_cell.setdefault((gap.stack, gap.os, gap.target), []).append(spec)
    specs = sorted(packages)
    position = {spec: at for at, spec in enumerate(specs)}
    return AbstractWants(
        specs=tuple(specs),
        packages=tuple(packages[spec] for spec in specs),
        cells=tuple(
            WantedCell(
                stack=stack,
                os=os,
                target=target,
                platform=platforms[stack, os, target],
                wants=tuple(sorted(position[spec] for spec in wanted)),
            )
            for (stack, os, target), wanted in sorted(by_cell.items())
        ),
        excluded=(),
        not_wanted=0,
    )


def _published(
    catalog: Catalog, wants: AbstractWants, question: Question
) -> tuple[PublishedWant, ...]:
    if not wants.specs:
        return ()
    core, state = catalog._core, catalog._state(question.get("tag"))
    met = core.met(
        {
            "state": state,
            "specs": list(wants.specs),
            "clauses": wants.clause_questions(),
            "cells": [
                (cell.os, cell.target, cell.platform, list(cell.wants)) for cell in wants.cells
            ],
            "compat": question.get("compat", "exact"),
            "operating_systems": Systems(core, question.get("libc") or {}).core,
            "detail": "cells",
        }
    )
    hashes = sorted({each for cell in met for found in cell for each in (*found[0], *found[1])})
    specs = {each[0]: spec_of(each) for each in core.specs(compiled.Query.hashes(hashes), None)}
    labels = _labels(core, state, hashes)
    return tuple(
        _want(cell, wants.specs[want], _best([specs[each] for each in exact or compatible]), labels)
        for cell, answers in zip(wants.cells, met, strict=True)
        for want, (exact, compatible, _) in zip(cell.wants, answers, strict=True)
    )


def _labels(
    core: compiled.Catalog, state: compiled.State, hashes: list[str]
) -> dict[str, list[str]]:
    """Return the stacks that list each hash in a state, sorted."""
    found: dict[str, list[str]] = {}
    among = compiled.Query.hashes(hashes)
    tags = sorted({tag for _, tag in state})
    for label in core.labels(state):
        if label == ROOT:
            continue
        listed = {
            each[0]
            for tag in tags
            for each in core.specs(among & compiled.Query.stack(tag, [label]), None)
        }
        for each in listed:
            found.setdefault(each, []).append(label)
    return {each: sorted(stacks) for each, stacks in found.items()}


def _best(specs: list[Spec]) -> Spec:
    newest = max(compiled.Version(each.version) for each in specs)
    return min(
        (each for each in specs if compiled.Version(each.version) == newest),
        key=lambda each: each.hash,
    )


def _want(
    cell: WantedCell, want: str, spec: Spec, labels: Mapping[str, Sequence[str]]
) -> PublishedWant:
    return PublishedWant(
        stack=cell.stack,
        os=cell.os,
        target=cell.target,
        want=want,
        hash=spec.hash,
        name=spec.name,
        version=spec.version,
        binary_os=spec.os,
        binary_target=spec.target,
        listed_by=tuple(labels.get(spec.hash, ())),
    )
