"""Checks as JSON documents; see :mod:`specplan.reports.render.document`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model.check import Check
from specplan.model.report import json_parts
from specplan.reports.render.document import document, fields_of, left_out_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from specplan.reports.render.document import Json

__all__ = ["check"]


@json_parts.register(Check)
def check(result: Check) -> Iterator[str]:
    """Return the document of kind ``specplan.check/1``."""
    binaries = result.binaries
    return document(
        {
            "schema": "specplan.check/1",
            "verify": result.verify,
            "files": result.files,
            "specs": result.specs,
            "findings": result.findings,
            "binaries": None
            if binaries is None
            else {**fields_of(binaries), "broken": binaries.broken},
            "roots": result.roots,
            "hashes": result.hashes,
            "verified": result.verified,
            "notes": result.notes,
            "ignored": _numbers(result.ignored),
            "totals": {
                "findings": len(result.findings),
                "by_kind": _numbers(result.counts()),
            },
            "left_out": left_out_json(result.left_out),
            "sources": result.sources,
        }
    )


def _numbers(of_kinds: Iterable[tuple[str, int]]) -> Json:
    return dict(of_kinds)
