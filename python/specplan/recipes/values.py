"""The values of expressions in a recipe, from literals and plain operations.

No part of a recipe is executed: a few operations on texts, numbers and collections are evaluated
here, each with a bounded result. Everything else is unread, and its line is recorded.
"""

from __future__ import annotations

import ast
import hashlib
import operator
import string
from typing import TYPE_CHECKING, Any, Final, NoReturn

from specplan.patterns import pattern
from specplan.recipes.recipe_version import RecipeVersion
from specplan.recipes.unread import UnreadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["UNREAD", "Values"]

#: The work limit for one recipe: expressions and their parts.
_MOST_STEPS: Final = 2_000_000

#: The maximum number of values in a collection; nested values count each time they occur.
_MOST_ITEMS: Final = 1 << 17

#: The maximum length of a text, and of a format into which texts are inserted.
_MOST_LETTERS: Final = 1 << 14
_LONGEST_FORM: Final = 1 << 12

#: Numbers in formats; a width of a billion would produce a text of a gigabyte.
_WIDE: Final = pattern(r"[0-9]{4}|\*")


class _Unread:
    """The value of an unread name."""

    def __repr__(self) -> str:
        return "UNREAD"


UNREAD: Final = _Unread()

_OPERATIONS: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.FloorDiv: operator.floordiv,
}

_COMPARISONS: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}

_UNARY: Final[dict[type[ast.unaryop], Callable[[Any], Any]]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}

_CONVERSIONS: Final[dict[str, Callable[[object], str]]] = {"s": str, "r": repr, "a": ascii}

_METHODS: Final[dict[type, frozenset[str]]] = {
    str: frozenset(
        [
            "capitalize",
            "endswith",
            "find",
            "join",
            "lower",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "title",
            "upper",
        ]
    ),
    dict: frozenset({"copy", "get", "items", "keys", "values"}),
    list: frozenset({"copy", "count", "index"}),
    tuple: frozenset({"count", "index"}),
    set: frozenset({"copy", "union", "difference", "intersection"}),
    RecipeVersion: frozenset({"up_to"}),
}

_ATTRIBUTES: Final = frozenset({"dashed", "dotted", "joined", "underscored"})

_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "bool": bool,
    "dict": dict,
    "enumerate": enumerate,
    "int": int,
    "len": len,
    "list": list,
    "max": max,
    "min": min,
    "reversed": reversed,
    "set": set,
    "sorted": sorted,
    "str": str,
    "tuple": tuple,
    "Version": RecipeVersion,
    "zip": zip,
}

_SCALARS: Final = (str, int, float, type(None), RecipeVersion)
_PLAIN: Final = (*_SCALARS, bytes, list, tuple, dict, set)


class _Formatter(string.Formatter):
    """Formats without access to attributes of values: ``{0.__class__}`` is refused."""

    def format_field(self, value: Any, format_spec: str) -> str:
        # A width may itself have been inserted.
        if _WIDE.search(format_spec) or not isinstance(value, _SCALARS):
            raise ValueError(format_spec)
        return format(value, format_spec)

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, str]:
        if "." in field_name or "[" in field_name:
            raise ValueError(field_name)
        field: tuple[Any, str] = super().get_field(field_name, args, kwargs)
        return field


class Values:
    """The values of names, and of expressions with them.

    Args:
        facts: The values of expressions about the computer, by their text.
    """

    __slots__ = ("_facts", "_steps", "names")

    def __init__(self, facts: Mapping[str, object] | None = None) -> None:
        self._facts = facts or {}
        self._steps = 0
        #: The values of names; :data:`UNREAD` for unread ones.
        self.names: dict[str, object] = {}

    def of(self, node: ast.expr) -> Any:
        """Return the value of an expression.

        Raises:
            UnreadError: If it is unread, with the line.
        """
        self._steps += 1
        if self._steps > _MOST_STEPS:
            _refuse(node, "too much is computed up to here")
        kind = _KINDS.get(type(node))
        if kind is None:
            _refuse(node)
        try:
            value = getattr(self, kind)(node)
        except UnreadError:
            raise
        except RecursionError as error:
            raise UnreadError("it is nested too deep") from error
        except Exception as error:
            raise UnreadError(_place(node, ast.unparse(node)[:60])) from error
        self._charge(node, value)
        return value

    def _charge(self, node: ast.expr, value: object) -> None:
        """Count the parts of a value, so that no step takes too long or too much memory."""
        if isinstance(value, str) and len(value) > _MOST_LETTERS:
            _refuse(node, "too large a value")
        weight = _weight(value)
        if weight > _MOST_ITEMS:
            _refuse(node, "too large a value")
        self._steps += weight

    def written(self, node: ast.AST) -> str:
        """Return a text that distinguishes an unread expression from others.

        It consists of its source text and the current values of its names.

        Raises:
            UnreadError: If the work limit is exceeded.
        """
        parts = [ast.dump(node)]
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        for name in sorted(names & self.names.keys()):
            value = self.names[name]
            self._steps += _weight(value)
            if self._steps > _MOST_STEPS:
                raise UnreadError("too much is computed in it")
            parts.append(f"{name}={value!r}")
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def bind(self, target: ast.expr, value: object) -> None:
        """Set the names in the target of an assignment or a loop."""
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._bind_all(target.elts, value)
        elif isinstance(target, ast.Subscript):
            self._bind_item(target, value)

    def forget(self, node: ast.AST) -> None:
        """Treat all names that a statement may bind or change as unread."""
        for each in ast.walk(node):
            if isinstance(each, ast.Name):
                self.names[each.id] = UNREAD

    def _bind_all(self, targets: Sequence[ast.expr], value: object) -> None:
        values = list(value) if isinstance(value, (list, tuple, str)) else None
        if values is None or len(values) != len(targets):
            values = [UNREAD] * len(targets)
        for target, each in zip(targets, values, strict=True):
            self.bind(target, each)

    def _bind_item(self, target: ast.Subscript, value: object) -> None:
        try:
            self.of(target.value)[self.of(target.slice)] = value
        except (UnreadError, LookupError, TypeError):
            self.forget(target.value)

    def _name(self, node: ast.Name) -> Any:
        value = self.names.get(node.id, UNREAD)
        if node.id in self._facts and node.id not in self.names:
            return self._facts[node.id]
        if value is UNREAD:
            _refuse(node)
        return value

    def _attribute(self, node: ast.Attribute) -> Any:
        if isinstance(node.value, ast.Name) and node.value.id not in self.names:
            written = f"{node.value.id}.{node.attr}"
            return self._facts[written] if written in self._facts else _refuse(node)
        value = self.of(node.value)
        if node.attr not in _ATTRIBUTES or not isinstance(value, RecipeVersion):
            _refuse(node)
        return getattr(value, node.attr)

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _tuple(self, node: ast.Tuple) -> Any:
        return tuple(self._items(node.elts))

    def _list(self, node: ast.List) -> Any:
        return self._items(node.elts)

    def _set(self, node: ast.Set) -> Any:
        return set(self._items(node.elts))

    def _items(self, nodes: Iterable[ast.expr]) -> list[Any]:
        items: list[Any] = []
        for each in nodes:
            if isinstance(each, ast.Starred):
                items.extend(self.of(each.value))
            else:
                items.append(self.of(each))
        return items

    def _dict(self, node: ast.Dict) -> Any:
        made: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                made.update(self.of(value))
            else:
                made[self.of(key)] = self.of(value)
        return made

    def _joined(self, node: ast.JoinedStr) -> Any:
        texts: list[str] = []
        letters = 0
        for each in node.values:
            texts.append(_scalar(self.of(each)))
            letters += len(texts[-1])
            if letters > _MOST_LETTERS:
                _refuse(node, "too large a value")
        return "".join(texts)

    def _formatted(self, node: ast.FormattedValue) -> Any:
        form = "" if node.format_spec is None else self.of(node.format_spec)
        value = self.of(node.value)
        if _WIDE.search(form) or not isinstance(value, _SCALARS):
            _refuse(node)
        if node.conversion != -1:
            value = _CONVERSIONS[chr(node.conversion)](value)
        return format(value, form)

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self.of(node.left), self.of(node.right)
        if isinstance(node.op, ast.Mod) and isinstance(left, str):
            if len(left) > _LONGEST_FORM or _WIDE.search(left):
                _refuse(node)
            return left % right
        if isinstance(node.op, (ast.Mult, ast.Mod)):
            if not (_is_small(left) and _is_small(right)):
                _refuse(node)
            return left * right if isinstance(node.op, ast.Mult) else left % right
        return _OPERATIONS[type(node.op)](left, right)

    def _unary(self, node: ast.UnaryOp) -> Any:
        return _UNARY[type(node.op)](self.of(node.operand))

    def _boolean(self, node: ast.BoolOp) -> Any:
        is_and = isinstance(node.op, ast.And)
        value: Any = None
        for each in node.values:
            value = self.of(each)
            if bool(value) != is_and:
                break
        return value

    def _comparison(self, node: ast.Compare) -> Any:
        left = self.of(node.left)
        for sign, other in zip(node.ops, node.comparators, strict=True):
            right = self.of(other)
            if not _COMPARISONS[type(sign)](left, right):
                return False
            left = right
        return True

    def _conditional(self, node: ast.IfExp) -> Any:
        return self.of(node.body if self.of(node.test) else node.orelse)

    def _subscript(self, node: ast.Subscript) -> Any:
        return self.of(node.value)[self.of(node.slice)]

    def _slice(self, node: ast.Slice) -> Any:
        ends = (node.lower, node.upper, node.step)
        return slice(*(None if each is None else self.of(each) for each in ends))

    def _list_of(self, node: ast.ListComp | ast.GeneratorExp) -> Any:
        made: list[Any] = []
        self._loop(node.generators, lambda: made.append(self.of(node.elt)))
        return made

    def _set_of(self, node: ast.SetComp) -> Any:
        made: set[Any] = set()
        self._loop(node.generators, lambda: made.add(self.of(node.elt)))
        return made

    def _dict_of(self, node: ast.DictComp) -> Any:
        made: dict[Any, Any] = {}
        self._loop(node.generators, lambda: made.update({self.of(node.key): self.of(node.value)}))
        return made

    def _loop(self, loops: Sequence[ast.comprehension], make: Callable[[], None]) -> None:
        if not loops:
            make()
            return
        kept = dict(self.names)
        for each in self.of(loops[0].iter):
            self.bind(loops[0].target, each)
            if all(self.of(condition) for condition in loops[0].ifs):
                self._loop(loops[1:], make)
        self.names = kept

    def _call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name):
            return self._function(node, node.func.id)
        if not isinstance(node.func, ast.Attribute):
            _refuse(node)
        return self._method(node, node.func)

    def _function(self, node: ast.Call, name: str) -> Any:
        if name in self.names:
            _refuse(node)
        positional, keywords = self.arguments(node)
        if name == "range":
            return self._range(node, positional)
        if name not in _FUNCTIONS or (keywords and name != "dict"):
            _refuse(node)
        if name in {"str", "Version"} and not isinstance(positional[0], _SCALARS):
            _refuse(node)
        if name == "Version":
            return RecipeVersion(str(positional[0]))
        made = _FUNCTIONS[name](*positional, **keywords)
        return made if isinstance(made, _PLAIN) else list(made)

    def _range(self, node: ast.Call, ends: list[Any]) -> list[int]:
        numbers = range(*ends)
        if len(numbers) > _MOST_ITEMS:
            _refuse(node, "too large a value")
        return list(numbers)

    def _method(self, node: ast.Call, called: ast.Attribute) -> Any:
        if isinstance(called.value, ast.Name) and called.value.id not in self.names:
            written = f"{called.value.id}.{called.attr}()"
            is_fact = written in self._facts and not node.args and not node.keywords
            return self._facts[written] if is_fact else _refuse(node)
        value = self.of(called.value)
        positional, keywords = self.arguments(node)
        if isinstance(value, str) and called.attr == "format":
            if len(value) > _LONGEST_FORM or _WIDE.search(value):
                _refuse(node)
            return _Formatter().vformat(value, positional, keywords)
        if called.attr not in _METHODS.get(type(value), ()):
            _refuse(node)
        if isinstance(value, str) and _made_letters(value, positional) > _MOST_LETTERS:
            _refuse(node, "too large a value")
        made = getattr(value, called.attr)(*positional, **keywords)
        return made if isinstance(made, _PLAIN) else list(made)

    def arguments(self, node: ast.Call) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of a call.

        Raises:
            UnreadError: If some of them are unread.
        """
        keywords: dict[str, Any] = {}
        for each in node.keywords:
            if each.arg is None:
                keywords.update(self.of(each.value))
            else:
                keywords[each.arg] = self.of(each.value)
        return self._items(node.args), keywords


def _weight(value: object) -> int:
    """Return the number of values in a value, at most one above the limit."""
    weight = 0
    open_: list[object] = [value]
    while open_ and weight <= _MOST_ITEMS:
        each = open_.pop()
        weight += 1
        if isinstance(each, (str, bytes)):
            weight += len(each) >> 4
        elif isinstance(each, dict):
            open_ += each.keys()
            open_ += each.values()
        elif isinstance(each, (list, tuple, set)):
            open_ += each
    return weight


def _made_letters(value: str, arguments: Sequence[object]) -> int:
    """Return the maximum length of the text that a method makes from another one."""
    given = [each for each in arguments if isinstance(each, str)]
    lists = [each for each in arguments if isinstance(each, (list, tuple, dict, set))]
    joined = sum(len(each) + len(value) for many in lists for each in many if isinstance(each, str))
    return max(joined, (len(value) + 1) * max(map(len, given), default=1))


def _scalar(value: object) -> str:
    if not isinstance(value, _SCALARS):
        raise TypeError(value)
    return str(value)


def _is_small(value: object) -> bool:
    """Return whether a value can be multiplied without a large result."""
    most = 1 << 12
    if isinstance(value, (int, float)):
        return abs(value) < most
    return isinstance(value, (str, list, tuple)) and len(value) < most


def _place(node: ast.expr, fault: str) -> str:
    return f"line {node.lineno}: {fault}"


def _refuse(node: ast.expr, fault: str | None = None) -> NoReturn:
    raise UnreadError(_place(node, fault or f"`{ast.unparse(node)[:60]}`"))


#: The method that reads each kind of expression.
_KINDS: Final[dict[type[ast.expr], str]] = {
    ast.Name: "_name",
    ast.Attribute: "_attribute",
    ast.Constant: "_constant",
    ast.Tuple: "_tuple",
    ast.List: "_list",
    ast.Set: "_set",
    ast.Dict: "_dict",
    ast.JoinedStr: "_joined",
    ast.FormattedValue: "_formatted",
    ast.BinOp: "_binary",
    ast.UnaryOp: "_unary",
    ast.BoolOp: "_boolean",
    ast.Compare: "_comparison",
    ast.IfExp: "_conditional",
    ast.Subscript: "_subscript",
    ast.Slice: "_slice",
    ast.ListComp: "_list_of",
    ast.GeneratorExp: "_list_of",
    ast.SetComp: "_set_of",
    ast.DictComp: "_dict_of",
    ast.Call: "_call",
}
