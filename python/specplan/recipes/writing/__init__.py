"""Python's syntax trees as text, the same with every version of Python.

Spack hashes the text that its own writer makes from a recipe. Python's :func:`ast.unparse` is
nearly the same, but it changes between releases, so the rules are fixed here. They differ from
:func:`ast.unparse` of Python 3.11 as follows:

- every tuple is in parentheses, targets of assignments and loops too;
- ``lambda`` keeps a space before the colon if it has no arguments;
- no string has the prefix ``u``;
- quotes of f-strings are chosen as if no expression in them could repeat them.
"""

from specplan.recipes.writing.statements import written_module

__all__ = ["written_module"]
