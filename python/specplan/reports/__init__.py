"""Results as text: one file a format, each with a function for each kind of result.

Every function here takes a result and returns a string that ends in a newline. What
writes a whole result is registered with :mod:`specplan.model.report`, which is how the ``to_*``
methods of results find it; importing this package registers all of them. Nothing is
printed, no clock or environment is asked, and equal results give equal bytes.

- :mod:`~specplan.reports.coverage.text`: for a terminal of a given width.
- :mod:`~specplan.reports.coverage.json_document`: the versioned documents; their JSON
  Schemas lie in ``specplan/schemas``.
- :mod:`~specplan.reports.coverage.csv_table`: one row a gap, a cell, a key, a spec or a finding.
- :mod:`~specplan.reports.coverage.markdown`: for the summary of a CI job.
- :mod:`~specplan.reports.coverage.lines`: specs as lines of the user's own.
- :mod:`~specplan.reports.plan.lines`: builds as lines, in the order in which they can run.

Those of ``check`` and of plans have files of their own, named ``check_*`` and ``plan_*``.

Names, messages and paths come from the sources and may hold anything:
:mod:`~specplan.reports.render.escape` is the one place that makes them harmless.
"""

from specplan.reports.check import csv_table as check_csv
from specplan.reports.check import json_document as check_json
from specplan.reports.check import markdown as check_markdown
from specplan.reports.check import text as check_text
from specplan.reports.coverage import csv_table, json_document, lines, markdown, text
from specplan.reports.plan import csv_table as plan_csv
from specplan.reports.plan import json_document as plan_json
from specplan.reports.plan import lines as plan_list
from specplan.reports.plan import markdown as plan_markdown
from specplan.reports.plan import text as plan_text

__all__ = [
    "check_csv",
    "check_json",
    "check_markdown",
    "check_text",
    "csv_table",
    "json_document",
    "lines",
    "markdown",
    "plan_csv",
    "plan_json",
    "plan_list",
    "plan_markdown",
    "plan_text",
    "text",
]
