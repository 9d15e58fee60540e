"""The parts of a recipe besides its directives that a concretizer reads."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

__all__ = ["derived_classes", "read_beside", "solver_tags"]

#: The tags that a concretizer looks for.
_TAGS: Final = frozenset({"build-tools", "compiler", "runtime"})

#: The method of compilers that a concretizer calls.
_RUN_BY_IT: Final = "runtime_constraints"


def derived_classes(module: ast.Module, package: ast.ClassDef | None) -> list[ast.ClassDef]:
    """Return the base classes of a package in its module, followed by its own class."""
    known = {each.name: each for each in module.body if isinstance(each, ast.ClassDef)}
    found: list[ast.ClassDef] = []
    open_ = [] if package is None else [package]
    while open_:
        each = open_.pop()
        if each not in found:
            found.append(each)
            names = (base.id for base in each.bases if isinstance(base, ast.Name))
            open_ += [known[name] for name in names if name in known]
    return found[::-1]


def read_beside(
    module: ast.Module, classes: Sequence[ast.ClassDef], open_to: AbstractSet[str] | None
) -> dict[str, tuple[str, ...]]:
    """Return the parts of a recipe that a concretizer can tell apart, without its directives.

    The keys are the names of the parts in messages.

    Args:
        module: The recipe.
        classes: The class of the package and its base classes.
        open_to: The names of directives, which are not functions of the recipe; None if no
            directive depends on unread parts, so functions do not count.
    """
    run = (_written(each) for each in _functions(classes) if each.name == _RUN_BY_IT)
    found = {"its base classes": tuple(_bases(module, classes)), f"`{_RUN_BY_IT}`": tuple(run)}
    if open_to is not None:
        found["the values that its directives use"] = tuple(_helpers(module, classes, open_to))
    return found


def _bases(module: ast.Module, classes: Sequence[ast.ClassDef]) -> Iterator[str]:
    """Yield the base classes, each with the module that it is imported from."""
    imported = {
        alias.asname or alias.name: f"{each.module}.{alias.name} as "
        for each in module.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }
    for each in classes:
        for base in (*each.bases, *(keyword.value for keyword in each.keywords)):
            shown = ast.unparse(base)
            yield f"{imported.get(shown.partition('.')[0], '')}{shown}"


def solver_tags(classes: Sequence[ast.ClassDef]) -> Iterator[str]:
    """Yield the tags of a package that a concretizer looks for."""
    for node in (node for each in classes for node in each.body):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "tags":
            named = {each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant)}
            yield from sorted(each for each in _TAGS if each in named)


def _functions(classes: Sequence[ast.ClassDef]) -> Iterator[ast.FunctionDef]:
    for each in classes:
        yield from (node for node in each.body if isinstance(node, ast.FunctionDef))


def _helpers(
    module: ast.Module, classes: Sequence[ast.ClassDef], directives: AbstractSet[str]
) -> Iterator[str]:
    """Yield the functions that calls in the class may run, and the module's values."""
    called = {
        node.func.id
        for each in classes
        for statement in each.body
        if not isinstance(statement, (ast.FunctionDef, ast.ClassDef))
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    called -= directives
    yield from (_written(each) for each in _functions(classes) if each.name in called)
    yield from (
        _written(each) if isinstance(each, ast.FunctionDef) else ast.dump(each)
        for each in module.body
        if isinstance(each, (ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.AugAssign))
    )


def _written(function: ast.FunctionDef) -> str:
    """Return a function without its documentation."""
    body = [
        ast.dump(each)
        for each in function.body
        if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
    ]
    return " ".join((function.name, ast.dump(function.args), *body))
