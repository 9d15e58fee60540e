"""Python's syntax trees as text, the same text on every Python.

Spack hashes the text that its own writer makes of a recipe. Python's :func:`ast.unparse` is
nearly that, but it changes between releases: so here are the rules once more, fixed. Where
they differ from :func:`ast.unparse` of Python 3.11:

- every tuple is in parentheses, targets of assignments and loops too;
- ``lambda`` keeps a blank before the colon where it takes no argument;
- no string has the prefix ``u``;
- quotes of f-strings are chosen as if no expression in them could repeat them.
"""

from specplan.recipes.writing.statements import written_module

__all__ = ["written_module"]
