"""Cells that are carried forward from the saved document of an earlier run.

They are listed with the measured cells, name their origin, and count in every sum.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.coverage.same_question import refuse_other_question
from specplan.coverage.totals import totals_of
from specplan.coverage.want_keys import moved, name_of
from specplan.errors import UsageError
from specplan.exact import ratio
from specplan.model import Carried, LeftOut, RootCoverage
from specplan.model.left_out import merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.model import Cell, Coverage, Gap, RootsOfStack

__all__ = ["carried_forward"]


def carried_forward(result: Coverage, old: Coverage, file: str) -> Coverage:
    """Return a result with the cells of an older one that it did not measure.

    Args:
        result: The measured coverage.
        old: The saved coverage of an earlier run.
        file: The file with it.

    Raises:
        UsageError: If the older one answers another question, or has another baseline.
    """
    refuse_other_question(file, old, result, hint="carry forward a document of the same command")
    _refuse_other_baseline(file, old, result)
    if not old.cells:
        return replace(result, left_out=merged((*result.left_out, _empty(file))))
    measured = {name_of(cell) for cell in result.cells}
    source = ", ".join(old.tags) or file
    cells = [
        replace(cell, carried_from=cell.carried_from or source)
        for cell in old.cells
        if name_of(cell) not in measured
    ]
    if not cells:
        return result
    places = {name_of(cell) for cell in cells}
    every = sorted((*result.cells, *cells), key=name_of)
    gaps = [each for each in old.gaps if (each.stack, each.os, each.target) in places]
    unknown = [each for each in old.unknown if (each.stack, each.os, each.target) in places]
    roots, doubts = _roots(result, old, cells, file)
    return replace(
        result,
        cells=tuple(every),
        # Each list has the most useful first; the measured ones come before the others.
        gaps=_counted((*result.gaps, *(replace(each, known=None) for each in gaps))),
        unknown=tuple(
            sorted(
                (*result.unknown, *unknown),
                key=lambda each: (each.stack, each.os, each.target, each.want),
            )
        ),
        roots=roots,
        totals=totals_of(every, result.totals.not_wanted),
        left_out=merged((*result.left_out, *_left_out(old, file), *doubts)),
        carried=Carried(path=file, tags=old.tags, cells=len(cells)),
        alone=None,
        want_keys=moved(result, every),
    )


def _refuse_other_baseline(file: str, old: Coverage, result: Coverage) -> None:
    """Refuse cells whose wants come from another baseline: a sum over both has no meaning."""
    if old.baseline == result.baseline:
        return
    raise UsageError(
        f"the cells of `{file}` are compared with the baseline `{old.baseline}`, those of this "
        f"run with `{result.baseline}`",
        hint=f"`--baseline {old.baseline}`, or measure all cells against the newer baseline once",
    )


def _counted(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """Return gaps with the number of cells of the whole report in which the same key is a gap."""
    times = Counter(gap.want for gap in gaps)
    return tuple(replace(gap, cells_lacking=times[gap.want]) for gap in gaps)


def _empty(file: str) -> LeftOut:
    """Return the record of a document that measured nothing, so there is nothing to carry."""
    return LeftOut(
        kind="empty_source",
        where=file,
        detail="it has no cells to carry forward",
        blocks=True,
        remedy="`--carry-forward` with the document of a whole run",
    )


def _left_out(old: Coverage, file: str) -> Iterable[LeftOut]:
    """Yield the input that the older answer could not take into account."""
    for each in old.left_out:
        yield replace(each, detail=f"{each.detail} (carried forward from {file})")


def _roots(
    result: Coverage, old: Coverage, cells: Sequence[Cell], file: str
) -> tuple[RootCoverage | None, list[LeftOut]]:
    """Return the roots with those of stacks that were not measured at all.

    Documents do not contain the number of roots in only some cells of a stack, so such a stack is
    left out.
    """
    if old.roots is None:
        return result.roots, []
    measured = {cell.stack for cell in result.cells}
    stacks = {cell.stack for cell in cells}
    doubts = [
        LeftOut(
            kind="stack",
            where=each.stack,
            detail=f"the roots of cells that are carried forward from {file} cannot be "
            "distinguished",
            blocks=True,
            remedy=f"measure all systems of {each.stack}",
        )
        for each in old.roots.stacks
        if each.stack in stacks & measured
    ]
    added = [each for each in old.roots.stacks if each.stack in stacks - measured]
    return _with_roots(result.roots, old.roots, added), doubts


def _with_roots(
    roots: RootCoverage | None, old: RootCoverage, added: Sequence[RootsOfStack]
) -> RootCoverage | None:
    if not added:
        return roots
    if roots is None:
        roots = RootCoverage(wanted=0, installable=0, coverage=None, broken=(), lacking=())
    wanted = roots.wanted + sum(each.wanted for each in added)
    installable = roots.installable + sum(each.installable for each in added)
    hashes = {root for each in added for root in each.broken}
    known = {root.hash for root in roots.broken}
    more = [root for root in old.broken if root.hash in hashes - known]
    return replace(
        roots,
        wanted=wanted,
        installable=installable,
        coverage=ratio(installable, wanted),
        broken=tuple(sorted((*roots.broken, *more), key=lambda root: root.hash)),
        stacks=tuple(sorted((*roots.stacks, *added), key=lambda each: each.stack)),
    )
