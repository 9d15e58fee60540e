"""Results as text: one file a format, each with a function for each kind of result.

Every function here takes a result and returns a string that ends in a newline. What
writes a whole result is registered with :mod:`specplan.report`, which is how the ``to_*``
methods of results find it; importing this package registers all of them. Nothing is
printed, no clock or environment is asked, and equal results give equal bytes.

- :mod:`~specplan.reports.text`: for a terminal of a given width.
- :mod:`~specplan.reports.json_document`: the versioned documents; their JSON
  Schemas lie in ``specplan/schemas``.
- :mod:`~specplan.reports.csv_table`: one row a gap, a cell, a key, a spec or a finding.
- :mod:`~specplan.reports.markdown`: for the summary of a CI job.
- :mod:`~specplan.reports.lines`: specs as lines of the user's own.
- :mod:`~specplan.reports.plan_list`: builds as lines, in the order in which they can run.

Those of ``check`` and of plans have files of their own, named ``check_*`` and ``plan_*``.

Names, messages and paths come from the sources and may hold anything:
:mod:`~specplan.reports.escape` is the one place that makes them harmless.
"""

from specplan.reports import (
    check_csv,
    check_json,
    check_markdown,
    check_text,
    csv_table,
    json_document,
    lines,
    markdown,
    plan_csv,
    plan_json,
    plan_list,
    plan_markdown,
    plan_text,
    text,
)

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
