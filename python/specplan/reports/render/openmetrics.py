"""Numbers as OpenMetrics text, for GitLab metrics reports and Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.reports.findings import measures_of
from specplan.reports.render.escape import metric_label
from specplan.reports.render.wording import grouped

if TYPE_CHECKING:
    from specplan.model.report import Report
    from specplan.reports.findings import Measure

__all__ = ["openmetrics"]


def openmetrics(result: Report) -> str:
    """Return the numbers of a result, those of one name together."""
    lines: list[str] = []
    for family in grouped(measures_of(result), lambda measure: measure.name):
        first = family[0]
        lines.append(f"# TYPE {first.name} gauge")
        if first.unit:
            lines.append(f"# UNIT {first.name} {first.unit}")
        lines.append(f"# HELP {first.name} {first.help}")
        lines += map(_sample, family)
    return "\n".join([*lines, "# EOF"]) + "\n"


def _sample(measure: Measure) -> str:
    shown = ",".join(f'{name}="{metric_label(value)}"' for name, value in measure.labels)
    labels = f"{{{shown}}}" if shown else ""
    return f"{measure.name}{labels} {measure.value!r}"
