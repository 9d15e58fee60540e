"""Results as text: an outline for each kind of result, a file for each format.

A result is put into words and tables once, by the ``outline`` of its kind (see
:mod:`specplan.reports.outline`), and each format is one file that shows outlines: text for a
terminal of a given width, Markdown for the summary of a CI job. CSV shows the ``records`` of a
kind, one row for each thing. JSON documents are made from the results themselves; their schemas are
in ``specplan/schemas``.

Formats are registered with :mod:`specplan.model.report`, where the ``to_*`` methods of results find
them; importing this package registers all of them. This package prints nothing and reads no clock
or environment, and equal results produce equal bytes.

- :mod:`~specplan.reports.render`: the formats, and their common parts.
- :mod:`~specplan.reports.coverage`, :mod:`~specplan.reports.check`,
  :mod:`~specplan.reports.plan`: the kinds of results.

Names, messages and paths come from the sources and may contain anything:
:mod:`~specplan.reports.render.escape` is the only place that makes them harmless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.lazy import gathered

if TYPE_CHECKING:
    from specplan.reports.check import json_document as check_json
    from specplan.reports.check import outline as check_outline
    from specplan.reports.coverage import diff as diff_outline
    from specplan.reports.coverage import find as find_outline
    from specplan.reports.coverage import json_document, lines
    from specplan.reports.coverage import outline as coverage_outline
    from specplan.reports.plan import json_document as plan_json
    from specplan.reports.plan import lines as plan_list
    from specplan.reports.plan import lock_diff as lock_diff_outline
    from specplan.reports.plan import outline as plan_outline
    from specplan.reports.plan import why as why_report
    from specplan.reports.render import csv_table, markdown, text
else:
    __getattr__, __dir__ = gathered(
        __name__,
        {
            "specplan.reports.coverage": "json_document lines",
            "specplan.reports.render": "csv_table markdown text",
        },
        aliases={
            "check_json": "specplan.reports.check.json_document",
            "check_outline": "specplan.reports.check.outline",
            "diff_outline": "specplan.reports.coverage.diff",
            "find_outline": "specplan.reports.coverage.find",
            "coverage_outline": "specplan.reports.coverage.outline",
            "plan_json": "specplan.reports.plan.json_document",
            "plan_list": "specplan.reports.plan.lines",
            "lock_diff_outline": "specplan.reports.plan.lock_diff",
            "plan_outline": "specplan.reports.plan.outline",
            "why_report": "specplan.reports.plan.why",
        },
    )

__all__ = [
    "check_json",
    "check_outline",
    "coverage_outline",
    "csv_table",
    "diff_outline",
    "find_outline",
    "json_document",
    "lines",
    "lock_diff_outline",
    "markdown",
    "plan_json",
    "plan_list",
    "plan_outline",
    "text",
    "why_report",
]
