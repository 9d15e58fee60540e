"""Results as JSON documents, versioned and stable: see :mod:`specplan.reports.render.document`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model import Coverage, Diff
from specplan.model.find import Found
from specplan.model.report import json_parts
from specplan.model.roots import MOST_LACKS
from specplan.reports.render.document import document, fields_of, left_out_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.model import RootCoverage
    from specplan.reports.render.document import Json

__all__ = ["coverage", "diff", "find"]


@json_parts.register(Coverage)
def coverage(result: Coverage) -> Iterator[str]:
    """Return the document of kind ``specplan.coverage/1``."""
    return document(
        {
            "schema": "specplan.coverage/1",
            "wants": result.wants,
            "level": result.level,
            "compat": result.compat,
            "scope": result.scope,
            "tags": result.tags,
            "baseline": result.baseline,
            "cells": result.cells,
            "gaps": result.gaps,
            "roots": _roots(result.roots),
            "totals": result.totals,
            "absent_stacks": result.absent_stacks,
            "not_wanted": result.not_wanted,
            "damaged": result.damaged,
            "upper_bound": result.is_upper_bound,
            "unknown": result.unknown,
            "environments": result.environments,
            "left_out": left_out_json(result.left_out),
            "gates": result.gates,
            "known_gaps": result.known_gaps,
            "sources": result.sources,
            "carried": result.carried,
            "alone": result.alone,
            "want_keys": result.want_keys,
        }
    )


def _roots(roots: RootCoverage | None) -> Json:
    """Return the value of ``roots``, in which each broken root lists its first missing specs."""
    if roots is None:
        return None
    broken = [{**fields_of(each), "lacks": list(each.lacks[:MOST_LACKS])} for each in roots.broken]
    return {**fields_of(roots), "broken": broken}


@json_parts.register(Diff)
def diff(result: Diff) -> Iterator[str]:
    """Return the document of kind ``specplan.diff/1`` about the cells of two states."""
    return document(
        {
            "schema": "specplan.diff/1",
            "compares": "cells",
            "level": result.level,
            "old": result.old,
            "new": result.new,
            "cells": result.cells,
            "lost": result.lost,
            "gained": result.gained,
            "changed": result.changed,
            "migrated": [
                {**fields_of(each.spec), "old_hash": each.old_hash} for each in result.migrated
            ],
            "absent_stacks": result.absent_stacks,
            "new_stacks": result.new_stacks,
            "totals": result.totals,
            "damaged": result.damaged,
            "left_out": left_out_json(result.left_out),
            "gates": result.gates,
            "known_gaps": result.known_gaps,
            "sources": result.sources,
        }
    )


@json_parts.register(Found)
def find(result: Found) -> Iterator[str]:
    """Return the document of kind ``specplan.find/1``."""
    return document(
        {
            "schema": "specplan.find/1",
            "query": result.query,
            "specs": result.specs,
            "unknown": [
                {**fields_of(each.spec), "missing": each.missing} for each in result.undecided
            ],
            "totals": {"specs": len(result.specs), "unknown": len(result.undecided)},
            "damaged": result.damaged,
            "left_out": left_out_json(result.left_out),
            "sources": result.sources,
        }
    )
