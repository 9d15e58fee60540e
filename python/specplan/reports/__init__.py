"""Results as text: one file a format, each with a function for each kind of result.

Every function here takes a result of :mod:`specplan.model` and returns a string
that ends in a newline. Nothing is printed, no clock or environment is asked, and
equal results give equal bytes.

- :mod:`~specplan.reports.text`: for a terminal of a given width.
- :mod:`~specplan.reports.json_document`: the versioned documents; their JSON
  Schemas lie in ``specplan/schemas``.
- :mod:`~specplan.reports.csv_table`: one row a gap, a cell, a key, a spec or a finding.
- :mod:`~specplan.reports.lines`: specs as lines of the user's own.
- :mod:`~specplan.reports.markdown`: for the summary of a CI job.

Names, messages and paths come from the sources and may hold anything:
:mod:`~specplan.reports.escape` is the one place that makes them harmless.
"""
