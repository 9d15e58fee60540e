"""Results as JSON documents, versioned and stable: see :mod:`specplan.reports.document`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.found import Found
from specplan.model import Coverage, Diff
from specplan.report import as_json
from specplan.reports.document import document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.model import (
        Cell,
        Change,
        DamagedFile,
        DiffCell,
        EnvironmentAsked,
        Gap,
        KeyInCell,
        Nearest,
        NotWanted,
        RootCoverage,
        Spec,
        UnknownWant,
    )
    from specplan.reports.document import Json

__all__ = ["coverage", "diff", "find", "gaps"]


@as_json.register(Coverage)
def coverage(result: Coverage) -> str:
    """Return the document of kind ``specplan.coverage/1``."""
    totals = result.totals
    return document(
        {
            "schema": "specplan.coverage/1",
            "wants": result.wants,
            "level": result.level,
            "compat": result.compat,
            "scope": result.scope,
            "tag": result.tag,
            "baseline": result.baseline,
            "cells": [_cell(cell) for cell in result.cells],
            "gaps": [_gap(gap) for gap in result.gaps],
            "roots": _roots(result.roots),
            "totals": {
                "wanted": totals.wanted,
                "covered": totals.covered,
                "unknown": totals.unknown,
                "gaps": totals.gaps,
                "not_wanted": totals.not_wanted,
                "coverage": totals.coverage,
            },
            "absent_stacks": result.absent_stacks,
            "not_wanted": [_not_wanted(entry) for entry in result.not_wanted],
            "damaged": _damaged(result.damaged),
            "upper_bound": result.is_upper_bound,
            "unknown": [_unknown(each) for each in result.unknown],
            "environments": [_environment(each) for each in result.environments],
        }
    )


def gaps(result: Coverage) -> str:
    """Return the same document: gaps and coverage are two views of one."""
    return coverage(result)


@as_json.register(Diff)
def diff(result: Diff) -> str:
    """Return the document of kind ``specplan.diff/1``."""
    totals = result.totals
    return document(
        {
            "schema": "specplan.diff/1",
            "level": result.level,
            "old": result.old,
            "new": result.new,
            "cells": [_diff_cell(cell) for cell in result.cells],
            "lost": [_key(key) for key in result.lost],
            "gained": [_key(key) for key in result.gained],
            "changed": [_change(change) for change in result.changed],
            "absent_stacks": result.absent_stacks,
            "new_stacks": result.new_stacks,
            "totals": {
                "kept": totals.kept,
                "lost": totals.lost,
                "gained": totals.gained,
                "changed": totals.changed,
            },
            "damaged": _damaged(result.damaged),
        }
    )


@as_json.register(Found)
def find(result: Found) -> str:
    """Return the document of kind ``specplan.find/1``."""
    return document(
        {
            "schema": "specplan.find/1",
            "query": result.query,
            "specs": [_spec(spec) for spec in result.specs],
            "unknown": [{**_spec(each.spec), "missing": each.missing} for each in result.undecided],
            "totals": {"specs": len(result.specs), "unknown": len(result.undecided)},
            "damaged": _damaged(result.damaged),
        }
    )


def _cell(cell: Cell) -> Json:
    return {
        "stack": cell.stack,
        "platform": cell.platform,
        "os": cell.os,
        "target": cell.target,
        "wanted": cell.wanted,
        "covered": cell.covered,
        "covered_exact": cell.covered_exact,
        "unknown": cell.unknown,
        "usable": cell.usable,
        "coverage": cell.coverage,
    }


def _gap(gap: Gap) -> Json:
    return {
        "stack": gap.stack,
        "os": gap.os,
        "target": gap.target,
        "want": gap.want,
        "package": gap.package,
        "version": gap.version,
        "hash": gap.hash,
        "state": gap.state,
        "cells_lacking": gap.cells_lacking,
        "blocked": gap.blocked,
        "roots_completed": gap.roots_completed,
        "buildable_now": gap.buildable_now,
        "nearest": _nearest(gap.nearest),
    }


def _nearest(nearest: Nearest | None) -> Json:
    if nearest is None:
        return None
    return {
        "hash": nearest.hash,
        "stack": nearest.stack,
        "os": nearest.os,
        "target": nearest.target,
        "source": nearest.source,
        "differs": nearest.differs,
    }


def _spec(spec: Spec) -> dict[str, Json]:
    return {
        "hash": spec.hash,
        "name": spec.name,
        "version": spec.version,
        "platform": spec.platform,
        "os": spec.os,
        "target": spec.target,
        "compiler": spec.compiler,
        "variants": spec.variants,
        "size": spec.size,
        "stacks": spec.stacks,
        "tags": spec.tags,
        "source": spec.source,
        "available": spec.available,
        "external": spec.external,
    }


def _roots(roots: RootCoverage | None) -> Json:
    if roots is None:
        return None
    return {
        "wanted": roots.wanted,
        "installable": roots.installable,
        "coverage": roots.coverage,
        "broken": [
            {
                "hash": root.hash,
                "package": root.package,
                "version": root.version,
                "lacks": root.lacks,
            }
            for root in roots.broken
        ],
        "lacking": [
            {
                "hash": each.hash,
                "package": each.package,
                "version": each.version,
                "roots": each.roots,
            }
            for each in roots.lacking
        ],
    }


def _unknown(want: UnknownWant) -> Json:
    return {
        "stack": want.stack,
        "os": want.os,
        "target": want.target,
        "want": want.want,
        "package": want.package,
        "specs": want.specs,
        "missing": want.missing,
    }


def _environment(environment: EnvironmentAsked) -> Json:
    return {
        "stack": environment.stack,
        "path": environment.path,
        "roots": environment.roots,
        "unify": environment.unify,
        "left_out": environment.left_out,
    }


def _not_wanted(entry: NotWanted) -> Json:
    return {
        "package": entry.package,
        "stack": entry.stack,
        "os": entry.os,
        "target": entry.target,
        "reason": entry.reason,
        "excluded": entry.excluded,
    }


def _damaged(damaged: Iterable[DamagedFile]) -> Json:
    return [
        {"path": each.path, "place": each.place, "line": each.line, "fault": each.fault}
        for each in damaged
    ]


def _diff_cell(cell: DiffCell) -> Json:
    return {
        "stack": cell.stack,
        "platform": cell.platform,
        "os": cell.os,
        "target": cell.target,
        "kept": cell.kept,
        "lost": cell.lost,
        "gained": cell.gained,
        "changed": cell.changed,
    }


def _key(key: KeyInCell) -> Json:
    return {
        "stack": key.stack,
        "os": key.os,
        "target": key.target,
        "want": key.want,
        "package": key.package,
        "hash": key.hash,
    }


def _change(change: Change) -> Json:
    return {
        "stack": change.stack,
        "os": change.os,
        "target": change.target,
        "package": change.package,
        "old": change.old,
        "new": change.new,
    }
