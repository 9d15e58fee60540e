"""Results as JSON documents, versioned and stable: see :mod:`specplan.reports.render.document`."""

from __future__ import annotations

from specplan.model import Coverage, Diff
from specplan.model.find import Found
from specplan.model.report import as_json
from specplan.reports.render.document import document, fields_of, left_out_json

__all__ = ["coverage", "diff", "find", "gaps"]


@as_json.register(Coverage)
def coverage(result: Coverage) -> str:
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
            "roots": result.roots,
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


def gaps(result: Coverage) -> str:
    """Return the same document: gaps and coverage are two views of one."""
    return coverage(result)


@as_json.register(Diff)
def diff(result: Diff) -> str:
    """Return the document of kind ``specplan.diff/1``."""
    return document(
        {
            "schema": "specplan.diff/1",
            "level": result.level,
            "old": result.old,
            "new": result.new,
            "cells": result.cells,
            "lost": result.lost,
            "gained": result.gained,
            "changed": result.changed,
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


@as_json.register(Found)
def find(result: Found) -> str:
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
