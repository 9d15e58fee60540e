"""The page: JSON documents as HTML that needs only a browser.

A page is made only from documents (:mod:`~specplan.reports.html.documents`), those of this run or
saved ones, so that both produce the same page. The modules turn them into values
(:mod:`~specplan.reports.html.values`), and templates of Jinja2 show the values
(:mod:`~specplan.reports.html.render`). Everything important is readable without scripts and styles;
a script adds search, order and all rows, using only the data of the page.
"""
