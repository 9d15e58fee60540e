"""The formats of CI systems by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.reports.check import findings as check_findings
from specplan.reports.coverage import findings as coverage_findings
from specplan.reports.coverage import found as found_measures
from specplan.reports.plan import findings as plan_findings
from specplan.reports.render.badge import badge, badge_endpoint
from specplan.reports.render.code_quality import code_quality
from specplan.reports.render.github import github
from specplan.reports.render.junit import junit, junit_files
from specplan.reports.render.line_coverage import cobertura, lcov
from specplan.reports.render.openmetrics import openmetrics
from specplan.reports.render.picture import picture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specplan.model.report import Report

__all__ = [
    "DIALECTS",
    "badge_endpoint",
    "check_findings",
    "coverage_findings",
    "found_measures",
    "junit_files",
    "plan_findings",
]

#: The writer of each format.
DIALECTS: Final[Mapping[str, Callable[[Report], str]]] = {
    "junit": junit,
    "github": github,
    "codequality": code_quality,
    "openmetrics": openmetrics,
    "lcov": lcov,
    "cobertura": cobertura,
    "badge": badge,
    "svg": picture,
}
