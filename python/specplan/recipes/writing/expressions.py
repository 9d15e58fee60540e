"""Expressions as text."""

from __future__ import annotations

import ast
from functools import singledispatch
from typing import TYPE_CHECKING, Final

from specplan.recipes.unread import UnreadError
from specplan.recipes.writing.levels import Level
from specplan.recipes.writing.literals import constant, joined, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["arguments", "call_arguments", "elements", "expression"]

_BINARY: Final[dict[type[ast.operator], tuple[str, Level]]] = {
    ast.Add: ("+", Level.SUM),
    ast.Sub: ("-", Level.SUM),
    ast.Mult: ("*", Level.TERM),
    ast.MatMult: ("@", Level.TERM),
    ast.Div: ("/", Level.TERM),
    ast.FloorDiv: ("//", Level.TERM),
    ast.Mod: ("%", Level.TERM),
    ast.LShift: ("<<", Level.SHIFT),
    ast.RShift: (">>", Level.SHIFT),
    ast.BitOr: ("|", Level.BIT_OR),
    ast.BitXor: ("^", Level.BIT_XOR),
    ast.BitAnd: ("&", Level.BIT_AND),
    ast.Pow: ("**", Level.POWER),
}

_UNARY: Final[dict[type[ast.unaryop], tuple[str, Level]]] = {
    ast.Not: ("not ", Level.NOT),
    ast.Invert: ("~", Level.FACTOR),
    ast.UAdd: ("+", Level.FACTOR),
    ast.USub: ("-", Level.FACTOR),
}

_COMPARISON: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}

_BOOLEAN: Final[dict[type[ast.boolop], tuple[str, Level]]] = {
    ast.And: (" and ", Level.AND),
    ast.Or: (" or ", Level.OR),
}


def expression(node: ast.AST, level: Level = Level.TEST, *, is_inside: bool = False) -> str:
    """Return an expression as text.

    Args:
        node: The expression, or a part of one, such as a keyword.
        level: The precedence of its context.
        is_inside: Whether it is within an f-string, which may contain no backslash.

    Raises:
        UnreadError: If there is no such text, or no rule for it.
    """
    return _text(node, level, is_inside)


def elements(nodes: Sequence[ast.AST], *, is_inside: bool = False) -> str:
    """Return the elements of a tuple; a single one is followed by a comma."""
    texts = [_text(each, Level.TEST, is_inside) for each in nodes]
    return f"{texts[0]}," if len(texts) == 1 else ", ".join(texts)


def call_arguments(
    positional: Iterable[ast.AST], keywords: Iterable[ast.AST], *, is_inside: bool = False
) -> str:
    """Return the text between the parentheses of a call or a class."""
    return ", ".join(_text(each, Level.TEST, is_inside) for each in (*positional, *keywords))


def _around(text: str, own: Level, level: Level) -> str:
    """Return a text, in parentheses if its context binds tighter."""
    return f"({text})" if level > own else text


@singledispatch
def _text(node: ast.AST, level: Level, is_inside: bool) -> str:  # noqa: ARG001, FBT001 - of all
    raise UnreadError(f"no rule says how to write `{type(node).__name__}`")


@_text.register(ast.Name)
def _name(node: ast.Name, _level: Level, _is_inside: bool) -> str:  # noqa: FBT001
    return node.id


@_text.register(ast.Constant)
def _constant(node: ast.Constant, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    if is_inside and isinstance(node.value, str):
        return ("u" if node.kind == "u" else "") + quoted(node.value)
    try:
        return constant(node.value)
    except ValueError as error:
        raise UnreadError("it holds a number of too many digits") from error


@_text.register(ast.Attribute)
def _attribute(node: ast.Attribute, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    value = _text(node.value, Level.ATOM, is_inside)
    is_integer = isinstance(node.value, ast.Constant) and isinstance(node.value.value, int)
    return f"{value} .{node.attr}" if is_integer else f"{value}.{node.attr}"


@_text.register(ast.Call)
def _call(node: ast.Call, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    called = _text(node.func, Level.ATOM, is_inside)
    return f"{called}({call_arguments(node.args, node.keywords, is_inside=is_inside)})"


@_text.register(ast.keyword)
def _keyword(node: ast.keyword, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    name = "**" if node.arg is None else f"{node.arg}="
    return name + _text(node.value, Level.TEST, is_inside)


@_text.register(ast.Starred)
def _starred(node: ast.Starred, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    return "*" + _text(node.value, Level.BIT_OR, is_inside)


@_text.register(ast.Subscript)
def _subscript(node: ast.Subscript, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    value = _text(node.value, Level.ATOM, is_inside)
    part = node.slice
    if isinstance(part, ast.Tuple) and part.elts and not _has_star(part):
        return f"{value}[{elements(part.elts, is_inside=is_inside)}]"
    return f"{value}[{_text(part, Level.TEST, is_inside)}]"


def _has_star(node: ast.Tuple) -> bool:
    return any(isinstance(each, ast.Starred) for each in node.elts)


@_text.register(ast.Slice)
def _slice(node: ast.Slice, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    lower, upper, step = (
        "" if each is None else _text(each, Level.TEST, is_inside)
        for each in (node.lower, node.upper, node.step)
    )
    return f"{lower}:{upper}:{step}" if step else f"{lower}:{upper}"


@_text.register(ast.Tuple)
def _tuple(node: ast.Tuple, level: Level, is_inside: bool) -> str:  # noqa: FBT001
    text = elements(node.elts, is_inside=is_inside) if node.elts else ""
    is_bare = is_inside and node.elts and level <= Level.TUPLE
    return text if is_bare else f"({text})"


@_text.register(ast.List)
def _list(node: ast.List, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    return f"[{call_arguments(node.elts, (), is_inside=is_inside)}]"


@_text.register(ast.Set)
def _set(node: ast.Set, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    return f"{{{call_arguments(node.elts, (), is_inside=is_inside)}}}"


@_text.register(ast.Dict)
def _dict(node: ast.Dict, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    items = [
        "**" + _text(value, Level.BIT_OR, is_inside)
        if key is None
        else f"{_text(key, Level.TEST, is_inside)}: {_text(value, Level.TEST, is_inside)}"
        for key, value in zip(node.keys, node.values, strict=True)
    ]
    return f"{{{', '.join(items)}}}"


@_text.register(ast.UnaryOp)
def _unary(node: ast.UnaryOp, level: Level, is_inside: bool) -> str:  # noqa: FBT001
    sign, own = _UNARY[type(node.op)]
    return _around(sign + _text(node.operand, own, is_inside), own, level)


@_text.register(ast.BinOp)
def _binary(node: ast.BinOp, level: Level, is_inside: bool) -> str:  # noqa: FBT001
    sign, own = _BINARY[type(node.op)]
    left, right = (own.tighter, own) if own is Level.POWER else (own, own.tighter)
    text = f"{_text(node.left, left, is_inside)} {sign} {_text(node.right, right, is_inside)}"
    return _around(text, own, level)


@_text.register(ast.BoolOp)
def _boolean(node: ast.BoolOp, level: Level, is_inside: bool) -> str:  # noqa: FBT001
    sign, own = _BOOLEAN[type(node.op)]
    texts = []
    # Each operand is written as if it bound more tightly than the one before.
    of_operand = own
    for each in node.values:
        of_operand = of_operand.tighter
        texts.append(_text(each, of_operand, is_inside))
    return _around(sign.join(texts), own, level)


@_text.register(ast.Compare)
def _comparison(node: ast.Compare, level: Level, is_inside: bool) -> str:  # noqa: FBT001
    own = Level.COMPARISON
    text = _text(node.left, own.tighter, is_inside)
    for sign, other in zip(node.ops, node.comparators, strict=True):
        text += f" {_COMPARISON[type(sign)]} {_text(other, own.tighter, is_inside)}"
    return _around(text, own, level)


@_text.register(ast.IfExp)
def _conditional(node: ast.IfExp, level: Level, is_inside: bool) -> str:  # noqa: FBT001
    tighter = Level.TEST.tighter
    text = (
        f"{_text(node.body, tighter, is_inside)} if {_text(node.test, tighter, is_inside)} "
        f"else {_text(node.orelse, Level.TEST, is_inside)}"
    )
    return _around(text, Level.TEST, level)


@_text.register(ast.NamedExpr)
def _named(node: ast.NamedExpr, level: Level, is_inside: bool) -> str:  # noqa: FBT001
    target = _text(node.target, Level.ATOM, is_inside)
    text = f"{target} := {_text(node.value, Level.ATOM, is_inside)}"
    return _around(text, Level.NAMED, level)


@_text.register(ast.Lambda)
def _lambda(node: ast.Lambda, level: Level, is_inside: bool) -> str:  # noqa: FBT001
    taken = arguments(node.args, is_inside=is_inside)
    head = "lambda" if is_inside and not taken else f"lambda {taken}"
    text = f"{head}: {_text(node.body, Level.TEST, is_inside)}"
    return _around(text, Level.TEST, level)


@_text.register(ast.Await)
def _await(node: ast.Await, level: Level, is_inside: bool) -> str:  # noqa: FBT001
    return _around(f"await {_text(node.value, Level.ATOM, is_inside)}", Level.AWAIT, level)


@_text.register(ast.Yield)
def _yield(node: ast.Yield, level: Level, is_inside: bool) -> str:  # noqa: FBT001
    value = "" if node.value is None else f" {_text(node.value, Level.ATOM, is_inside)}"
    return _around(f"yield{value}", Level.YIELD, level)


@_text.register(ast.YieldFrom)
def _yield_from(node: ast.YieldFrom, level: Level, is_inside: bool) -> str:  # noqa: FBT001
    text = f"yield from {_text(node.value, Level.ATOM, is_inside)}"
    return _around(text, Level.YIELD, level)


@_text.register(ast.ListComp)
def _list_of(node: ast.ListComp, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    return f"[{_text(node.elt, Level.TEST, is_inside)}{_loops(node.generators, is_inside)}]"


@_text.register(ast.GeneratorExp)
def _generator(node: ast.GeneratorExp, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    return f"({_text(node.elt, Level.TEST, is_inside)}{_loops(node.generators, is_inside)})"


@_text.register(ast.SetComp)
def _set_of(node: ast.SetComp, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    return f"{{{_text(node.elt, Level.TEST, is_inside)}{_loops(node.generators, is_inside)}}}"


@_text.register(ast.DictComp)
def _dict_of(node: ast.DictComp, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    key = _text(node.key, Level.TEST, is_inside)
    value = _text(node.value, Level.TEST, is_inside)
    return f"{{{key}: {value}{_loops(node.generators, is_inside)}}}"


def _loops(loops: Sequence[ast.comprehension], is_inside: bool) -> str:  # noqa: FBT001
    return "".join(_loop(each, is_inside) for each in loops)


def _loop(node: ast.comprehension, is_inside: bool) -> str:  # noqa: FBT001
    tighter = Level.TEST.tighter
    head = " async for " if node.is_async else " for "
    target = _text(node.target, Level.TUPLE, is_inside)
    text = f"{head}{target} in {_text(node.iter, tighter, is_inside)}"
    return text + "".join(f" if {_text(each, tighter, is_inside)}" for each in node.ifs)


@_text.register(ast.JoinedStr)
def _joined(node: ast.JoinedStr, _level: Level, is_inside: bool) -> str:  # noqa: FBT001
    if is_inside:
        return "f" + quoted("".join(map(_part, node.values)))
    return "f" + joined([(_part(each), isinstance(each, ast.Constant)) for each in node.values])


def _part(node: ast.expr, *, is_format: bool = False) -> str:
    """Return a part of an f-string: plain text, an expression, or a format."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_part(each, is_format=is_format) for each in node.values)
    if isinstance(node, ast.FormattedValue):
        return _replacement(node)
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        raise UnreadError("an f-string contains an invalid part")
    text = node.value.replace("{", "{{").replace("}", "}}")
    if is_format:
        for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ('"', '\\"'), ("\n", "\\n")):
            text = text.replace(plain, escaped)
    return text


def _replacement(node: ast.FormattedValue) -> str:
    """Return an expression of an f-string with its braces."""
    value = expression(node.value, Level.TEST.tighter, is_inside=True)
    if "\\" in value:
        raise UnreadError("an expression of an f-string cannot be written without a backslash")
    blank = " " if value.startswith("{") else ""
    conversion = "" if node.conversion == -1 else f"!{chr(node.conversion)}"
    form = "" if node.format_spec is None else f":{_part(node.format_spec, is_format=True)}"
    return f"{{{blank}{value}{conversion}{form}}}"


def arguments(node: ast.arguments, *, is_inside: bool = False) -> str:
    """Return the text of a function's parameters."""
    texts = _positional(node, is_inside)
    if node.vararg is not None:
        texts.append("*" + _argument(node.vararg, None, is_inside))
    elif node.kwonlyargs:
        texts.append("*")
    texts += [
        _argument(each, default, is_inside)
        for each, default in zip(node.kwonlyargs, node.kw_defaults, strict=True)
    ]
    if node.kwarg is not None:
        texts.append("**" + _argument(node.kwarg, None, is_inside))
    return ", ".join(texts)


def _positional(node: ast.arguments, is_inside: bool) -> list[str]:  # noqa: FBT001
    named = [*node.posonlyargs, *node.args]
    defaults: list[ast.expr | None] = [None] * (len(named) - len(node.defaults))
    defaults += node.defaults
    texts = [
        _argument(each, default, is_inside) for each, default in zip(named, defaults, strict=True)
    ]
    if node.posonlyargs:
        texts.insert(len(node.posonlyargs), "/")
    return texts


def _argument(node: ast.arg, default: ast.expr | None, is_inside: bool) -> str:  # noqa: FBT001
    text = node.arg
    if node.annotation is not None:
        text += f": {_text(node.annotation, Level.TEST, is_inside)}"
    return text if default is None else f"{text}={_text(default, Level.TEST, is_inside)}"
