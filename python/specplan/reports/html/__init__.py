"""The page: JSON documents as HTML that needs only a browser.

A page is made of documents alone (:mod:`~specplan.reports.html.documents`), those of this run or
those that were saved before, so that both give the same page. The parts turn them into values
(:mod:`~specplan.reports.html.values`), and templates of Jinja2 show the values
(:mod:`~specplan.reports.html.render`). What matters is readable without scripts and without
styles; a script adds search, order and all rows, and draws from the data of the page alone.
"""
