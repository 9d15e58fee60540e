"""The methods of a recipe that can run for a spec, by ``@when``."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from specplan.recipes.conditions import Decided

__all__ = ["conditions_in", "with_methods_of"]


def conditions_in(module: ast.Module) -> tuple[str, ...]:
    """Return the conditions of ``@when`` that are plain texts, each once, in order of appearance.

    Only those of distinguishable functions; nothing is decided within functions.
    """
    found: dict[str, None] = {}
    for function in _functions(module):
        for decorator in function.decorator_list:
            condition = _constant(decorator)
            if isinstance(condition, str):
                found[condition] = None
    return tuple(found)


def with_methods_of(
    module: ast.Module, decide: Callable[[str], Decided], left_out: frozenset[str]
) -> ast.Module:
    """Keep only the functions that can run, without their ``@when``.

    Args:
        module: A tree, which is modified. Bodies may become empty.
        decide: Returns whether a condition holds, or None if that is only known at run time.
        left_out: Names of methods that are never hashed.
    """
    by_name: defaultdict[str, list[_Method]] = defaultdict(list)
    for function in _functions(module):
        decisions = [_decided(each, decide) for each in function.decorator_list]
        if not decisions:
            # A function without a condition replaces all earlier ones.
            by_name[function.name].clear()
        by_name[function.name].append((function, decisions))
    kept = {
        id(function)
        for name, methods in by_name.items()
        if name not in left_out
        for function in _possible(methods)
    }
    _KeptMethods(kept).visit(module)
    return module


#: A function, and for each of its decorators whether the condition holds.
_Method = tuple[ast.FunctionDef, "list[Decided]"]


def _functions(node: ast.AST) -> Iterator[ast.FunctionDef]:
    """Yield the functions of a tree, in order, except those within functions."""
    # Not recursive: a tree may be deeper than Python's stack.
    ahead = [ast.iter_child_nodes(node)]
    while ahead:
        for child in ahead[-1]:
            if isinstance(child, ast.FunctionDef):
                yield child
            else:
                ahead.append(ast.iter_child_nodes(child))
                break
        else:
            ahead.pop()


def _is_when(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == "when"
        and len(decorator.args) == 1
    )


def _constant(decorator: ast.expr) -> object:
    """Return the only argument of a ``@when`` if it is a constant."""
    if isinstance(decorator, ast.Call) and _is_when(decorator):
        argument = decorator.args[0]
        return argument.value if isinstance(argument, ast.Constant) else None
    return None


def _decided(decorator: ast.expr, decide: Callable[[str], Decided]) -> Decided:
    condition = _constant(decorator)
    if isinstance(condition, bool):
        return condition
    return decide(condition) if isinstance(condition, str) else None


def _possible(methods: Sequence[_Method]) -> list[ast.FunctionDef]:
    """Return the functions with the same name of which one will run."""
    possible: list[ast.FunctionDef] = []
    default: ast.FunctionDef | None = None
    for function, decisions in methods:
        if not decisions:
            default = function
        elif False in decisions:
            continue
        elif all(decisions) and possible and possible[0] is default:
            # The first function whose conditions all hold overrides the default.
            return [function]
        possible.append(function)
    return possible


class _KeptMethods(ast.NodeTransformer):
    def __init__(self, kept: set[int]) -> None:
        self._kept = kept

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef | None:
        if id(node) not in self._kept:
            return None
        node.decorator_list = [each for each in node.decorator_list if not _is_when(each)]
        return node
