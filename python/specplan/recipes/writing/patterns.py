"""The patterns of ``match`` as text."""

from __future__ import annotations

import ast
from functools import singledispatch

from specplan.recipes.unread import UnreadError
from specplan.recipes.writing.expressions import expression
from specplan.recipes.writing.levels import Level
from specplan.recipes.writing.literals import constant

__all__ = ["pattern"]


@singledispatch
def pattern(node: ast.pattern, level: Level = Level.TEST) -> str:  # noqa: ARG001 - of all
    """Return a pattern as text.

    Args:
        node: The pattern.
        level: The precedence of its context.

    Raises:
        UnreadError: If there is no rule for it.
    """
    raise UnreadError(f"no rule says how to write `{type(node).__name__}`")


@pattern.register(ast.MatchValue)
def _value(node: ast.MatchValue, _level: Level = Level.TEST) -> str:
    return expression(node.value)


@pattern.register(ast.MatchSingleton)
def _singleton(node: ast.MatchSingleton, _level: Level = Level.TEST) -> str:
    return constant(node.value)


@pattern.register(ast.MatchSequence)
def _sequence(node: ast.MatchSequence, _level: Level = Level.TEST) -> str:
    return f"[{', '.join(map(pattern, node.patterns))}]"


@pattern.register(ast.MatchStar)
def _star(node: ast.MatchStar, _level: Level = Level.TEST) -> str:
    return f"*{node.name or '_'}"


@pattern.register(ast.MatchMapping)
def _mapping(node: ast.MatchMapping, _level: Level = Level.TEST) -> str:
    items = [
        f"{expression(key)}: {pattern(value)}"
        for key, value in zip(node.keys, node.patterns, strict=True)
    ]
    if node.rest is not None:
        items.append(f"**{node.rest}")
    return f"{{{', '.join(items)}}}"


@pattern.register(ast.MatchClass)
def _class(node: ast.MatchClass, _level: Level = Level.TEST) -> str:
    named = [
        f"{name}={pattern(value)}"
        for name, value in zip(node.kwd_attrs, node.kwd_patterns, strict=True)
    ]
    inside = ", ".join([*map(pattern, node.patterns), *named])
    return f"{expression(node.cls, Level.ATOM)}({inside})"


@pattern.register(ast.MatchAs)
def _bound(node: ast.MatchAs, level: Level = Level.TEST) -> str:
    if node.name is None:
        return "_"
    if node.pattern is None:
        return node.name
    text = f"{pattern(node.pattern, Level.BIT_OR)} as {node.name}"
    return f"({text})" if level > Level.TEST else text


@pattern.register(ast.MatchOr)
def _either(node: ast.MatchOr, level: Level = Level.TEST) -> str:
    text = " | ".join(pattern(each, Level.BIT_OR.tighter) for each in node.patterns)
    return f"({text})" if level > Level.BIT_OR else text
