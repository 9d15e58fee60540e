"""Statements as text, and modules as a whole."""

from __future__ import annotations

import ast
import sys
from functools import singledispatch
from typing import TYPE_CHECKING, Final

from specplan.recipes.unread import UnreadError
from specplan.recipes.writing.expressions import arguments, call_arguments, expression
from specplan.recipes.writing.levels import Level
from specplan.recipes.writing.literals import TRIPLE_QUOTES, quoted
from specplan.recipes.writing.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["written_module"]

_INDENT: Final = "    "

#: The operators that can be part of an assignment.
_SIGNS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.MatMult: "@",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.Pow: "**",
}


def written_module(module: ast.Module) -> str:
    """Return a module as text that ends with a newline.

    Bodies may be empty because methods are removed from trees; nothing is written for them.

    Raises:
        UnreadError: If there is no such text, or no rule for some part.
        RecursionError: If it is nested too deeply.
    """
    text = "\n".join(_body_with_docstring(module.body))
    # A class or function is preceded by an empty line, unless it comes first.
    return text.removeprefix("\n") + "\n"


@singledispatch
def _lines(node: ast.stmt) -> Iterator[str]:
    """Yield the lines of a statement; a line may itself contain newlines, within a string."""
    raise UnreadError(f"no rule says how to write `{type(node).__name__}`")


def _body(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for each in statements:
        yield from _lines(each)


def _block(statements: Iterable[ast.stmt]) -> Iterator[str]:
    yield from _indented(_body(statements))


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        # The empty line before a class or function is not indented.
        yield _INDENT + line if line else line


def _body_with_docstring(statements: Sequence[ast.stmt]) -> Iterator[str]:
    rest = statements
    if statements and isinstance(first := statements[0], ast.Expr):
        value = first.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield quoted(value.value, TRIPLE_QUOTES)
            rest = statements[1:]
    yield from _body(rest)


def _optional(head: str, node: ast.expr | None) -> str:
    return "" if node is None else head + expression(node)


def _otherwise(head: str, statements: Sequence[ast.stmt]) -> Iterator[str]:
    if statements:
        yield head
        yield from _block(statements)


@_lines.register(ast.Expr)
def _expression(node: ast.Expr) -> Iterator[str]:
    yield expression(node.value, Level.YIELD)


@_lines.register(ast.Pass)
def _pass(_node: ast.Pass) -> Iterator[str]:
    yield "pass"


@_lines.register(ast.Break)
def _break(_node: ast.Break) -> Iterator[str]:
    yield "break"


@_lines.register(ast.Continue)
def _continue(_node: ast.Continue) -> Iterator[str]:
    yield "continue"


@_lines.register(ast.Global)
def _global(node: ast.Global) -> Iterator[str]:
    yield f"global {', '.join(node.names)}"


@_lines.register(ast.Nonlocal)
def _nonlocal(node: ast.Nonlocal) -> Iterator[str]:
    yield f"nonlocal {', '.join(node.names)}"


@_lines.register(ast.Import)
def _import(node: ast.Import) -> Iterator[str]:
    yield f"import {', '.join(map(_alias, node.names))}"


@_lines.register(ast.ImportFrom)
def _import_from(node: ast.ImportFrom) -> Iterator[str]:
    place = "." * (node.level or 0) + (node.module or "")
    yield f"from {place} import {', '.join(map(_alias, node.names))}"


def _alias(node: ast.alias) -> str:
    return node.name if node.asname is None else f"{node.name} as {node.asname}"


@_lines.register(ast.Assign)
def _assignment(node: ast.Assign) -> Iterator[str]:
    targets = "".join(f"{expression(each, Level.TUPLE)} = " for each in node.targets)
    yield targets + expression(node.value)


@_lines.register(ast.AugAssign)
def _increment(node: ast.AugAssign) -> Iterator[str]:
    yield f"{expression(node.target)} {_SIGNS[type(node.op)]}= {expression(node.value)}"


@_lines.register(ast.AnnAssign)
def _annotated(node: ast.AnnAssign) -> Iterator[str]:
    target = expression(node.target)
    if not node.simple and isinstance(node.target, ast.Name):
        target = f"({target})"
    yield f"{target}: {expression(node.annotation)}{_optional(' = ', node.value)}"


@_lines.register(ast.Return)
def _return(node: ast.Return) -> Iterator[str]:
    yield f"return{_optional(' ', node.value)}"


@_lines.register(ast.Delete)
def _delete(node: ast.Delete) -> Iterator[str]:
    yield f"del {', '.join(map(expression, node.targets))}"


@_lines.register(ast.Assert)
def _assert(node: ast.Assert) -> Iterator[str]:
    yield f"assert {expression(node.test)}{_optional(', ', node.msg)}"


@_lines.register(ast.Raise)
def _raise(node: ast.Raise) -> Iterator[str]:
    yield f"raise{_optional(' ', node.exc)}{_optional(' from ', node.cause)}"


@_lines.register(ast.ClassDef)
def _class(node: ast.ClassDef) -> Iterator[str]:
    yield ""
    yield from (f"@{expression(each)}" for each in node.decorator_list)
    inside = call_arguments(node.bases, node.keywords)
    bases = f"({inside})" if node.bases or node.keywords else ""
    yield f"class {node.name}{_type_parameters(node)}{bases}:"
    yield from _indented(_body_with_docstring(node.body))


@_lines.register(ast.FunctionDef)
def _function(node: ast.FunctionDef) -> Iterator[str]:
    yield from _callable(node, "def")


@_lines.register(ast.AsyncFunctionDef)
def _async_function(node: ast.AsyncFunctionDef) -> Iterator[str]:
    yield from _callable(node, "async def")


def _callable(node: ast.FunctionDef | ast.AsyncFunctionDef, head: str) -> Iterator[str]:
    yield ""
    yield from (f"@{expression(each)}" for each in node.decorator_list)
    returned = _optional(" -> ", node.returns)
    name = node.name + _type_parameters(node)
    yield f"{head} {name}({arguments(node.args)}){returned}:"
    yield from _indented(_body_with_docstring(node.body))


def _type_parameters(node: ast.stmt) -> str:
    parameters: Sequence[ast.AST] = getattr(node, "type_params", ())
    return f"[{', '.join(map(_type_parameter, parameters))}]" if parameters else ""


def _type_parameter(node: ast.AST) -> str:
    stars = {"TypeVarTuple": "*", "ParamSpec": "**"}.get(type(node).__name__, "")
    bound: ast.expr | None = getattr(node, "bound", None)
    default: ast.expr | None = getattr(node, "default_value", None)
    return f"{stars}{vars(node)['name']}{_optional(': ', bound)}{_optional(' = ', default)}"


@_lines.register(ast.For)
def _for(node: ast.For) -> Iterator[str]:
    yield from _loop(node, "for")


@_lines.register(ast.AsyncFor)
def _async_for(node: ast.AsyncFor) -> Iterator[str]:
    yield from _loop(node, "async for")


def _loop(node: ast.For | ast.AsyncFor, head: str) -> Iterator[str]:
    yield f"{head} {expression(node.target, Level.TUPLE)} in {expression(node.iter)}:"
    yield from _block(node.body)
    yield from _otherwise("else:", node.orelse)


@_lines.register(ast.While)
def _while(node: ast.While) -> Iterator[str]:
    yield f"while {expression(node.test)}:"
    yield from _block(node.body)
    yield from _otherwise("else:", node.orelse)


@_lines.register(ast.If)
def _if(node: ast.If) -> Iterator[str]:
    yield f"if {expression(node.test)}:"
    yield from _block(node.body)
    while len(node.orelse) == 1 and isinstance(other := node.orelse[0], ast.If):
        node = other
        yield f"elif {expression(node.test)}:"
        yield from _block(node.body)
    yield from _otherwise("else:", node.orelse)


@_lines.register(ast.With)
def _with(node: ast.With) -> Iterator[str]:
    yield from _managed(node, "with")


@_lines.register(ast.AsyncWith)
def _async_with(node: ast.AsyncWith) -> Iterator[str]:
    yield from _managed(node, "async with")


def _managed(node: ast.With | ast.AsyncWith, head: str) -> Iterator[str]:
    items = (
        expression(each.context_expr) + _optional(" as ", each.optional_vars) for each in node.items
    )
    yield f"{head} {', '.join(items)}:"
    yield from _block(node.body)


@_lines.register(ast.Try)
def _try(node: ast.Try) -> Iterator[str]:
    yield from _attempt(node, "except")


def _attempt(node: ast.Try, head: str) -> Iterator[str]:
    yield "try:"
    yield from _block(node.body)
    for each in node.handlers:
        name = "" if each.name is None else f" as {each.name}"
        yield f"{head}{_optional(' ', each.type)}{name}:"
        yield from _block(each.body)
    yield from _otherwise("else:", node.orelse)
    yield from _otherwise("finally:", node.finalbody)


@_lines.register(ast.Match)
def _match(node: ast.Match) -> Iterator[str]:
    yield f"match {expression(node.subject)}:"
    for each in node.cases:
        yield f"{_INDENT}case {pattern(each.pattern)}{_optional(' if ', each.guard)}:"
        yield from _indented(_block(each.body))


if sys.version_info >= (3, 11):

    @_lines.register(ast.TryStar)
    def _try_star(node: ast.TryStar) -> Iterator[str]:
        same = ast.Try(node.body, node.handlers, node.orelse, node.finalbody)
        yield from _attempt(same, "except*")


if sys.version_info >= (3, 12):

    @_lines.register(ast.TypeAlias)
    def _type_alias(node: ast.TypeAlias) -> Iterator[str]:
        name = expression(node.name) + _type_parameters(node)
        yield f"type {name} = {expression(node.value)}"
