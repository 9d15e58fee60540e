"""What environments want: their roots in cells, as one question to the core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from specplan._core import AbstractSpec
from specplan.errors import UsageError
from specplan.wants import excludes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from specplan import _core as compiled
    from specplan._core import State
    from specplan.model import Compatibility, NotWanted
    from specplan.question import Detail
    from specplan.sources.environment import EnvironmentRoot
    from specplan.sources.wanted import WantedEnvironment
    from specplan.wants import Systems

__all__ = ["AbstractWants", "Answered", "WantedCell", "ask", "wants_of"]

#: os, target, platform.
System: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCell:
    """One stack on one system, and what it wants there.

    Attributes:
        stack: The label of the stack.
        os: The operating system.
        target: The target.
        platform: The platform.
        wants: Positions among the abstract specs, each once, in the order of the roots.
    """

    stack: str
    os: str
    target: str
    platform: str
    wants: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstractWants:
    """Abstract specs that are wanted in cells.

    Attributes:
        specs: The abstract specs in canonical form, each once.
        packages: The name of each; empty where it leaves the name open.
        cells: By stack, os, target.
        excluded: For each entry of what is not wanted how many wants it excludes.
        not_wanted: How many wants any entry excludes.
    """

    specs: tuple[str, ...]
    packages: tuple[str, ...]
    cells: tuple[WantedCell, ...]
    excluded: tuple[int, ...]
    not_wanted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Abstract wants and what the core answers of them.

    Attributes:
        wants: What was asked.
        core: The answer; see :data:`specplan._core.AbstractAnswer`.
    """

    wants: AbstractWants
    core: compiled.AbstractAnswer


def wants_of(  # noqa: PLR0913 - a question has one keyword for each of its respects
    environments: Iterable[WantedEnvironment],
    *,
    systems: Systems,
    cells: Mapping[str, Sequence[System]],
    added: Sequence[System],
    oss: Sequence[str] | None,
    targets: Sequence[str] | None,
    not_wanted: Sequence[NotWanted],
) -> AbstractWants:
    """Put the roots of environments into cells.

    The cells of a stack are those that are given for it and those that are added. A root
    is wanted in those of them whose platform, operating system and target it may have;
    where it may have none of these, in all, so that nothing vanishes. Where no cells are
    given, each root is wanted where it says itself, or its environment requires. What the
    system provides is no want.

    Args:
        environments: The environments; those of one label are one stack.
        systems: What is known of operating systems and targets.
        cells: The systems of each stack by label, where they are given.
        added: Systems of every stack.
        oss: Only cells of these operating systems.
        targets: Only cells of these targets.
        not_wanted: What is not wanted.

    Raises:
        UsageError: If nothing says for which system a root is.
        UnknownNameError: If an environment names an unknown system.
    """
    found = _Wanted(systems)
    for each in environments:
        found.add(each, tuple(dict.fromkeys((*cells.get(each.label, ()), *added))))
    excluded = [0] * len(not_wanted)
    several = 0
    kept = []
    for stack, os, target in sorted(found.cells):
        if (oss is not None and os not in oss) or (targets is not None and target not in targets):
            continue
        platform, wants = found.cells[stack, os, target]
        left = []
        for want in wants:
            place = (stack, found.packages[want], os, target)
            entries = [at for at, entry in enumerate(not_wanted) if excludes(entry, *place)]
            for at in entries:
                excluded[at] += 1
            several += bool(entries)
            left += [] if entries else [want]
        kept.append(
            WantedCell(stack=stack, os=os, target=target, platform=platform, wants=tuple(left))
        )
    return AbstractWants(
        specs=tuple(found.positions),
        packages=tuple(found.packages),
        cells=tuple(kept),
        excluded=tuple(excluded),
        not_wanted=several,
    )


class _Wanted:
    """The distinct abstract specs of environments, and the cells that want them."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems
        self.positions: dict[str, int] = {}
        self.packages: list[str] = []
        #: By stack, os, target: the platform, and the positions in their first order.
        self.cells: dict[tuple[str, str, str], tuple[str, dict[int, None]]] = {}

    def add(self, wanted: WantedEnvironment, given: tuple[System, ...]) -> None:
        """Take in the roots of an environment that is for these systems."""
        for system in given:
            self._cell(wanted.label, system)
        for root in wanted.environment.roots:
            if root.external:
                continue
            spec = AbstractSpec(root.asked)
            want = self.positions.setdefault(root.asked, len(self.positions))
            if want == len(self.packages):
                self.packages.append(spec.name or "")
            own = given or (_own_system(wanted, root, spec, self._systems),)
            for system in _accepted(spec, own):
                self._cell(wanted.label, system)[want] = None

    def _cell(self, stack: str, system: System) -> dict[int, None]:
        os, target, platform = system
        return self.cells.setdefault((stack, os, target), (platform, {}))[1]


def ask(  # noqa: PLR0913 - likewise
    core: compiled.Catalog,
    state: State,
    wants: AbstractWants,
    *,
    compat: Compatibility,
    systems: Systems,
    detail: Detail,
) -> Answered:
    """Ask a catalog for what meets abstract wants.

    Args:
        core: The catalog.
        state: The snapshots whose binaries count.
        wants: What is wanted, and where.
        compat: Which binaries serve a cell.
        systems: What is known of operating systems.
        detail: How much the answer shall tell.
    """
    answer = core.abstract_coverage(
        {
            "state": state,
            "specs": list(wants.specs),
            "cells": [
                (cell.os, cell.target, cell.platform, list(cell.wants)) for cell in wants.cells
            ],
            "compat": compat,
            "operating_systems": systems.core,
            "detail": detail,
        }
    )
    return Answered(wants=wants, core=answer)


def _accepted(spec: AbstractSpec, given: tuple[System, ...]) -> tuple[System, ...]:
    """Return the systems that a root may be for; all where it may be for none of them."""
    accepted = tuple(each for each in given if _may_be_for(spec, each))
    return accepted or given


def _may_be_for(spec: AbstractSpec, system: System) -> bool:
    os, target, platform = system
    try:
        here = AbstractSpec(f"platform={platform} os={os} target={target}")
    except ValueError:
        # A name that no abstract spec can hold is asked for by none.
        return True
    return here.intersects(spec) is not False


def _own_system(
    wanted: WantedEnvironment, root: EnvironmentRoot, spec: AbstractSpec, systems: Systems
) -> System:
    """Return the system that a root, or else its environment, names."""
    os = spec.os or next(iter(root.oss), None)
    target = spec.target or next(iter(root.targets), None)
    if os is not None and target is not None:
        return systems.system(f"{os}/{target}")
    names = {"operating system": os, "target": target}
    missing = " and ".join(name for name, value in names.items() if value is None)
    # What the catalog has can be copied as it stands; else the form must do.
    near = systems.like(os, target)
    system = near[0] if near else f"{os or 'OS'}/{target or 'TARGET'}"
    hint = (
        f'give `--system {system}`, or `cells = ["{system}"]` in the `[[stack]]` table '
        f"called `{wanted.label}` of specplan.toml"
    )
    if len(near) > 1:
        hint += f"; the caches also list {', '.join(f'`{each}`' for each in near[1:4])}"
    raise UsageError(
        f"{root.path}:{root.line}: nothing says for which {missing} `{root.spec}` of the stack "
        f"`{wanted.label}` is",
        hint=hint,
    )
