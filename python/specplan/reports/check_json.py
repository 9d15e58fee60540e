"""Checks as JSON documents, as :mod:`specplan.reports.document` writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.check_model import Check
from specplan.report import as_json
from specplan.reports.document import document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.check_model import CheckedRoots, Finding, NamedSpec
    from specplan.reports.document import Json

__all__ = ["check"]


@as_json.register(Check)
def check(result: Check) -> str:
    """Return the document of kind ``specplan.check/1``."""
    binaries, verified = result.binaries, result.verified
    return document(
        {
            "schema": "specplan.check/1",
            "verify": result.verify,
            "files": result.files,
            "specs": result.specs,
            "findings": [_finding(finding) for finding in result.findings],
            "binaries": None
            if binaries is None
            else {
                "available": binaries.available,
                "usable": binaries.usable,
                "broken": binaries.broken,
            },
            "roots": None if result.roots is None else _roots(result.roots),
            "hashes": {
                "recomputed": result.hashes.recomputed,
                "undecided": result.hashes.undecided,
            },
            "verified": None
            if verified is None
            else {
                "manifests": verified.manifests,
                "blobs": verified.blobs,
                "bytes": verified.bytes,
            },
            "notes": result.notes,
            "ignored": _numbers(result.ignored),
            "totals": {
                "findings": len(result.findings),
                "by_kind": _numbers(result.counts()),
            },
        }
    )


def _finding(finding: Finding) -> Json:
    return {
        "kind": finding.kind,
        "path": finding.path,
        "place": finding.place,
        "line": finding.line,
        "message": finding.message,
        "spec": None if finding.spec is None else _named(finding.spec),
        "binaries": finding.binaries,
        "roots": finding.roots,
        "dependents": finding.dependents,
    }


def _numbers(of_kinds: Iterable[tuple[str, int]]) -> Json:
    return dict(of_kinds)


def _roots(roots: CheckedRoots) -> Json:
    return {
        "of_locks": roots.of_locks,
        "counted": roots.counted,
        "installable": roots.installable,
        "broken": [_named(root) for root in roots.broken],
        "absent": [_named(root) for root in roots.absent],
    }


def _named(spec: NamedSpec) -> Json:
    return {"hash": spec.hash, "package": spec.package, "version": spec.version}
