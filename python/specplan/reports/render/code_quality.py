"""Failures as a GitLab Code Quality report, which a merge request compares with its base.

GitLab shows new and resolved failures by fingerprint, which is the same for the same case in every
run. A failure without a line in a file is shown under the name of its suite.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from specplan.reports.findings import findings_of
from specplan.reports.render.escape import json_text, terminal

if TYPE_CHECKING:
    from specplan.model.report import Report
    from specplan.reports.findings import Case

__all__ = ["code_quality"]


def code_quality(result: Report) -> str:
    """Return the failures of a result, each with its fingerprint."""
    found = [
        _issue(case) for case in findings_of(result).cases if case.state in {"failed", "error"}
    ]
    return json_text(json.dumps(found, indent=2)) + "\n"


def _issue(case: Case) -> dict[str, object]:
    where = "" if case.suite[0] == "specplan" else f" ({' '.join(case.suite)})"
    return {
        "description": terminal(f"{case.name}: {case.message}{where}"),
        "check_name": f"specplan/{case.kind}",
        "fingerprint": case.fingerprint,
        "severity": case.severity,
        "location": {
            "path": terminal(case.path or "/".join(case.suite)),
            "lines": {"begin": case.line or 1},
        },
    }
