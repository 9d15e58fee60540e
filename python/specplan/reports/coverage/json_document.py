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
            "tag": result.tag,
            "baseline": result.baseline,
            "cells": [fields_of(each) for each in result.cells],
            "gaps": [fields_of(each) for each in result.gaps],
            "roots": None if result.roots is None else fields_of(result.roots),
            "totals": fields_of(result.totals),
            "absent_stacks": result.absent_stacks,
            "not_wanted": [fields_of(each) for each in result.not_wanted],
            "damaged": [fields_of(each) for each in result.damaged],
            "upper_bound": result.is_upper_bound,
            "unknown": [fields_of(each) for each in result.unknown],
            "environments": [fields_of(each) for each in result.environments],
            "left_out": left_out_json(result.left_out),
            "gates": [fields_of(each) for each in result.gates],
            "sources": [fields_of(each) for each in result.sources],
            "alone": None if result.alone is None else fields_of(result.alone),
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
            "cells": [fields_of(each) for each in result.cells],
            "lost": [fields_of(each) for each in result.lost],
            "gained": [fields_of(each) for each in result.gained],
            "changed": [fields_of(each) for each in result.changed],
            "absent_stacks": result.absent_stacks,
            "new_stacks": result.new_stacks,
            "totals": fields_of(result.totals),
            "damaged": [fields_of(each) for each in result.damaged],
            "left_out": left_out_json(result.left_out),
            "gates": [fields_of(each) for each in result.gates],
            "sources": [fields_of(each) for each in result.sources],
        }
    )


@as_json.register(Found)
def find(result: Found) -> str:
    """Return the document of kind ``specplan.find/1``."""
    return document(
        {
            "schema": "specplan.find/1",
            "query": result.query,
            "specs": [fields_of(each) for each in result.specs],
            "unknown": [
                {**fields_of(each.spec), "missing": each.missing} for each in result.undecided
            ],
            "totals": {"specs": len(result.specs), "unknown": len(result.undecided)},
            "damaged": [fields_of(each) for each in result.damaged],
            "left_out": left_out_json(result.left_out),
            "sources": [fields_of(each) for each in result.sources],
        }
    )
