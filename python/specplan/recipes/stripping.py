"""The parts of a recipe that no hash covers: docstrings, directives, metadata."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from specplan.recipes.rules import SpackRules

__all__ = ["called_directive", "without_directives", "without_strings"]

_Scope = TypeVar("_Scope", ast.Module, ast.ClassDef, ast.FunctionDef)


def without_strings(module: ast.Module) -> ast.Module:
    """Remove all statements that are only a string from modules, classes and functions.

    They need not be docstrings. Asynchronous functions keep theirs, as in Spack.

    Args:
        module: A tree, which is modified.
    """
    _Strings().visit(module)
    return module


def without_directives(module: ast.Module, rules: SpackRules) -> ast.Module:
    """Remove directives and metadata from a module and its classes.

    Functions, and classes within classes, remain unchanged.

    Args:
        module: A tree, which is modified.
        rules: The rules, which name directives and metadata.
    """
    _DirectiveStripper(rules).visit(module)
    return module


def called_directive(node: ast.stmt, names: frozenset[str]) -> ast.Call | None:
    """Return the call that a statement consists of, if it is of one of these functions.

    A call followed by a comma is a tuple, so it is kept.
    """
    if not isinstance(node, ast.Expr) or not isinstance(call := node.value, ast.Call):
        return None
    return call if isinstance(call.func, ast.Name) and call.func.id in names else None


class _Strings(ast.NodeTransformer):
    def _stripped(self, node: _Scope) -> _Scope:
        node.body = [each for each in node.body if not _is_string(each)] or [ast.Pass()]
        self.generic_visit(node)
        return node

    visit_Module = _stripped  # noqa: N815 - named by ast
    visit_ClassDef = _stripped  # noqa: N815
    visit_FunctionDef = _stripped  # noqa: N815


def _is_string(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


class _DirectiveStripper(ast.NodeTransformer):
    def __init__(self, rules: SpackRules) -> None:
        self._rules = rules
        self._is_in_class = False

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        return None if called_directive(node, self._rules.directives) else node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign | None:
        target = node.targets[0]
        is_metadata = isinstance(target, ast.Name) and target.id in self._rules.metadata
        return None if is_metadata else node

    def _kept_with_body(self, node: ast.With | ast.For | ast.While) -> ast.AST | None:
        self.generic_visit(node)
        return node if node.body else None

    visit_With = _kept_with_body  # noqa: N815
    visit_For = _kept_with_body  # noqa: N815
    visit_While = _kept_with_body  # noqa: N815

    def visit_If(self, node: ast.If) -> ast.If | None:
        self.generic_visit(node)
        if not node.body:
            if not node.orelse:
                return None
            node.body = [ast.Pass()]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        if self._is_in_class:
            return node
        self._is_in_class = True
        self.generic_visit(node)
        self._is_in_class = False
        node.body = node.body or [ast.Pass()]
        return node
