"""The types of arguments, checked where a caller enters the package.

What a public function takes is written once, in its annotations. :func:`checked` holds each
argument against them before the function runs, so a value of another type ends in one error that
names the argument, and not somewhere inside. Only questions are checked, and never rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, wraps
from inspect import Parameter, signature
from types import UnionType
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from specplan.errors import UsageError

__all__ = ["checked", "parameters", "question"]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Class = TypeVar("_Class", bound=type)

#: The records that callers fill in, whose fields are checked too.
_QUESTIONS: Final[set[object]] = set()

#: The nouns of types, for one value and for several.
_NOUNS: Final[dict[object, tuple[str, str]]] = {
    str: ("a text", "texts"),
    bool: ("True or False", "True or False"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    type(None): ("None", "None"),
    os.PathLike: ("a path", "paths"),
    Callable: ("a function", "functions"),
}

#: The tests of types that ``isinstance`` does not know as annotations mean them.
_TESTS: Final[dict[object, Callable[[object], bool]]] = {
    Any: lambda _: True,
    Literal: lambda value: isinstance(value, str),
    int: lambda value: isinstance(value, int) and not isinstance(value, bool),
    float: lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    Callable: callable,
}

#: The ways to an expected value, by the name of its type.
_ADVICE: Final = {
    "Catalog": "`specplan.load(PATH)` makes a catalog",
    "CoverageQuery": "keywords such as `stack=` make a query",
    "PlanRequest": "keywords such as `stack=` make a request",
    "Measured": "`Catalog.trend_step` makes one",
}

#: Types that are iterable, but never several values.
_SINGLE: Final = (str, bytes, bytearray, memoryview, Mapping)


def question(record: _Class) -> _Class:
    """Declare that callers fill in a record, so that :func:`checked` looks at its fields.

    If their types are right, it calls ``refuse_useless`` of the record, if there is one, with the
    name of the argument.
    """
    _QUESTIONS.add(record)
    return record


def checked(function: _Function) -> _Function:
    """Check the types of the arguments of a function by its annotations.

    An iterator passed for a sequence becomes a tuple, and a number of another library becomes one
    of Python.

    Raises:
        TypeError: From the function, for the first argument of another type. Missing and unknown
            arguments are left to the function.
    """

    @wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        by_place, others, by_name = parameters(function)
        values = list(given)
        for place, value in enumerate(given):
            if place < len(by_place):
                name, hint = by_place[place]
                values[place] = _taken(hint, value, name) if name else value
            elif others is not None:
                name, hint = others
                values[place] = _one_of_several(hint, value, f"{name}[{place - len(by_place)}]")
        for name, value in named.items():
            if name in by_name:
                named[name] = _taken(by_name[name], value, name)
        return function(*values, **named)

    return cast("_Function", call)


@cache
def parameters(
    function: Callable[..., Any],
) -> tuple[list[tuple[str, Any]], tuple[str, Any] | None, dict[str, Any]]:
    """Return the types of arguments: those by place, of all others by place, and those by name."""
    hints = get_type_hints(function)
    by_place: list[tuple[str, Any]] = []
    others: tuple[str, Any] | None = None
    by_name: dict[str, Any] = {}
    for name, parameter in signature(function).parameters.items():
        hint = hints.get(name, Any)
        if name in {"self", "cls"}:
            by_place.append(("", Any))
        elif parameter.kind is Parameter.VAR_POSITIONAL:
            others = (name, hint)
        elif parameter.kind is Parameter.VAR_KEYWORD:
            by_name.update(get_type_hints(get_args(hint)[0]))
        else:
            if parameter.kind is not Parameter.KEYWORD_ONLY:
                by_place.append((name, hint))
            if parameter.kind is not Parameter.POSITIONAL_ONLY:
                by_name[name] = hint
    return by_place, others, by_name


def _one_of_several(hint: Any, value: object, name: str) -> object:
    try:
        return _taken(hint, value, name)
    except TypeError as error:
        if not isinstance(value, Iterable) or isinstance(value, _SINGLE):
            raise
        function = name.partition("[")[0]
        raise TypeError(f"{error}; several are given one by one, as in `*{function}`") from None


def _taken(hint: Any, value: object, name: str) -> object:
    """Return the value that the function gets.

    Raises:
        TypeError: If the value is of another type.
    """
    arms = _arms(hint)
    for arm in arms:
        if _is_kind(arm, value):
            if arm is str and "AbstractSpec" in map(_class_name, arms):
                return value  # the parser says what is wrong with a spec
            return _with_content(arm, value, name)
    for arm in arms:
        number = _as_number(arm, value)
        if number is not None:
            return number
    expected = " or ".join(_listed(_described(arm, 0) for arm in arms))
    advice = "".join(f"; {_ADVICE[each]}" for each in map(_class_name, arms) if each in _ADVICE)
    given = "None" if value is None else type(value).__name__
    raise TypeError(f"`{name}` must be {expected}, not {given}{advice}")


def _listed(words: Iterable[str]) -> list[str]:
    """Return words, all but the last joined by commas."""
    *most, last = words
    return [", ".join(most), last] if most else [last]


@cache
def _arms(hint: Any) -> tuple[Any, ...]:
    """Return the types, any of which a value may have."""
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def _is_kind(hint: Any, value: object) -> bool:
    """Return whether a value is of a type, whatever it contains."""
    kind = get_origin(hint) or hint
    if kind in _TESTS:
        return _TESTS[kind](value)
    if _is_several(kind):
        return isinstance(value, Iterable) and not isinstance(value, _SINGLE)
    return isinstance(kind, TypeVar) or isinstance(value, kind)


def _is_several(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Iterable) and not issubclass(kind, _SINGLE)


def _with_content(hint: Any, value: Any, name: str) -> object:
    """Return a value of the right type, after a look at its content."""
    kind, parts = get_origin(hint) or hint, get_args(hint)
    if kind is Mapping:
        _check_entries(parts, value, name)
    elif kind is Iterable:
        return _each(parts[0], value, name)
    elif parts and _is_several(kind):
        several = tuple(value) if isinstance(value, Iterator) else value
        for place, each in enumerate(several):
            _check_same(parts[0], each, f"{name}[{place}]")
        return several
    elif kind in _QUESTIONS:
        _check_fields(kind, value, name)
    elif kind is str and not value.strip():
        raise UsageError(f"`{name}` is empty", hint="is a variable unset?")
    elif kind is os.PathLike and not isinstance(os.fspath(value), str):
        raise TypeError(f"`{name}` must be a path of text, not of bytes")
    return value


def _check_entries(parts: tuple[Any, ...], value: Mapping[object, object], name: str) -> None:
    for key, each in value.items():
        _check_same(parts[0], key, f"a key of {name}")
        # A variable of an environment may be empty or blank.
        if not (isinstance(each, str) and parts[1] is str):
            shown = f'"{key}"' if isinstance(key, str) else key
            _check_same(parts[1], each, f"{name}[{shown}]")


def _check_fields(kind: Any, value: Any, name: str) -> None:
    for field, inner in _fields(kind).items():
        _check_same(inner, getattr(value, field), f"{name}.{field}")
    if hasattr(value, "refuse_useless"):
        value.refuse_useless(name)


def _each(hint: Any, values: Iterable[object], name: str) -> Iterator[object]:
    for place, each in enumerate(values):
        yield _taken(hint, each, f"{name}[{place}]")


def _check_same(hint: Any, value: object, name: str) -> None:
    """Refuse a value inside another one that the function would not get as it is."""
    if _taken(hint, value, name) is not value:
        raise TypeError(f"`{name}` must be {_described(hint, 0)}, not {type(value).__name__}")


@cache
def _fields(record: Any) -> dict[str, Any]:
    hints = get_type_hints(record)
    return {name: hints[name] for name in record.__dataclass_fields__}


def _as_number(hint: Any, value: object) -> int | float | None:
    """Return a number of another library as one of Python; None if it is not a number."""
    if hint not in {int, float} or isinstance(value, (bool, str)) or value is None:
        return None
    import numbers  # noqa: PLC0415 - nearly all numbers are of Python

    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if hint is float and isinstance(value, numbers.Real) else None


def _described(hint: Any, many: Literal[0, 1]) -> str:
    """Return a type in words, for one value or for several."""
    kind, parts = get_origin(hint) or hint, get_args(hint)
    if kind in _NOUNS:
        return _NOUNS[kind][many]
    if kind in {Union, UnionType}:
        found = " or ".join(_listed(_described(arm, many) for arm in parts))
    elif kind is Literal:
        found = "one of " + ", ".join(f"`{word}`" for word in parts)
    elif isinstance(kind, type) and issubclass(kind, Mapping):
        inner = " to ".join(_described(each, 1) for each in parts)
        found = f"{('a mapping', 'mappings')[many]} of {inner}"
    elif parts and _is_several(kind):
        found = f"{('a sequence', 'sequences')[many]} of {_described(parts[0], 1)}"
    else:
        name = _class_name(kind)
        article = "an" if name[0] in "AEIO" else "a"
        found = f"values of {name}" if many else f"{article} {name}"
    return found


def _class_name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))
