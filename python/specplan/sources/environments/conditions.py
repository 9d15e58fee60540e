"""Conditions of definitions and includes: Python expressions, evaluated without running Python.

Spack hands ``when: platform == "linux"`` to ``eval``. Here the expression is parsed and walked.
Names, comparisons, ``and``, ``or``, ``not``, ``in``, slices, a few functions and the simple methods
of text are supported, with the same values and types as in Python; anything else is an error that
says so. Names refer to the machine of the environment, of which only the given properties are
known. If one side of an ``and`` or ``or`` is decisive, the other may be unknown.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeGuard, cast

from specplan._core import AbstractSpec
from specplan.sources.environments.patterns import Matched, PatternError, matched

if TYPE_CHECKING:
    from collections.abc import Callable

    from specplan.model.host import Host

__all__ = ["ConditionError", "holds"]

#: Real conditions have about 60 characters.
_MAX_LENGTH: Final = 1000

#: The maximum length of a text from an expression, and of a number in it.
_MAX_TEXT: Final = 10_000
_MAX_DIGITS: Final = 18

#: The maximum number of evaluations of the parts of an expression inside a `for`.
_MAX_ROUNDS: Final = 10_000

#: The supported conversions in an f-string: none, or `!s`.
_CONVERSIONS: Final = (-1, ord("s"))

#: The spellings of each attribute of a host in an expression.
_NAMES: Final = ("platform", "os", "target", "hostname")

#: Methods of text; none of them can make a text much longer than its input.
_TEXT_METHODS: Final = frozenset(
    [
        "startswith",
        "endswith",
        "lower",
        "upper",
        "casefold",
        "capitalize",
        "title",
        "swapcase",
        "strip",
        "lstrip",
        "rstrip",
        "split",
        "rsplit",
        "splitlines",
        "partition",
        "rpartition",
        "replace",
        "removeprefix",
        "removesuffix",
        "count",
        "find",
        "rfind",
        "index",
        "rindex",
        "isdigit",
        "isdecimal",
        "isnumeric",
        "isalpha",
        "isalnum",
        "islower",
        "isupper",
        "isspace",
        "join",
    ]
)

#: The supported functions of Python.
_FUNCTIONS: Final[dict[str, Callable[[Any], object]]] = {
    "all": all,
    "any": any,
    "bool": bool,
    "int": int,
    "len": len,
    "list": list,
    "max": max,
    "min": min,
    "set": frozenset,
    "sorted": sorted,
    "str": str,
    "tuple": tuple,
}

_ORDERS: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}

_SEARCHES: Final = ("fullmatch", "match", "search")

#: The supported flags of a search, by their names in ``re``.
_IGNORES_CASE: Final = ("I", "IGNORECASE")

_HINT: Final = (
    "conditions may use `platform`, `os`, `target`, `hostname`, `arch`, `arch_str`, `env`, "
    "comparisons, `and`, `or`, `not`, `in`, text and its methods, and `re.search` and its like"
)


class ConditionError(ValueError):
    """A condition that cannot be decided.

    Attributes:
        missing: The property that must be given to decide it, or None if the condition itself is
            not supported.
        hint: Advice if the condition itself is not supported, or None.
    """

    def __init__(self, fault: str, *, missing: str | None = None, hint: str | None = None) -> None:
        super().__init__(fault)
        self.missing = missing
        self.hint = hint


def holds(condition: str, host: Host) -> bool:
    """Return whether a condition holds on a host.

    >>> from specplan.model.host import Host
    >>> holds('platform == "linux" and target in ["zen3", "zen4"]',
    ...       Host(platform="linux", target="zen4"))
    True

    Raises:
        ConditionError: If the host is not known well enough, or the condition is not supported.
    """
    if len(condition) > _MAX_LENGTH:
        raise ConditionError(f"the condition has more than {_MAX_LENGTH} characters")
    try:
        with warnings.catch_warnings():
            # Ignore Python's warnings about invalid escapes in the condition.
            warnings.simplefilter("ignore")
            tree = ast.parse(condition.strip(), mode="eval")
        return bool(_Evaluation(host).value(tree.body))
    except ConditionError:
        raise
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ConditionError(
            f"the condition `{condition}` is not an expression: {reason}"
        ) from error


class _Evaluation:
    def __init__(self, host: Host) -> None:
        self._host = host
        #: The values of names in comprehensions.
        self._names: dict[str, object] = {}
        self._rounds = 0
        self._understood: dict[type[ast.expr], Callable[[Any], object]] = {
            ast.Constant: self._constant,
            ast.BoolOp: self._bool_op,
            ast.UnaryOp: self._unary_op,
            ast.BinOp: self._sum,
            ast.IfExp: self._choice,
            ast.Compare: self._compare,
            ast.Name: self._name,
            ast.List: lambda node: [self.value(each) for each in node.elts],
            ast.Tuple: lambda node: tuple(self.value(each) for each in node.elts),
            ast.Set: self._set,
            ast.JoinedStr: self._joined,
            ast.ListComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.Call: self._call,
        }

    def value(self, node: ast.expr) -> object:
        return self._understood.get(type(node), self._refuse)(node)

    def _constant(self, node: ast.Constant) -> object:
        is_known = node.value is None or isinstance(node.value, str | int | float)
        return node.value if is_known else self._refuse(node)

    def _unary_op(self, node: ast.UnaryOp) -> object:
        if isinstance(node.op, ast.Not):
            return not self.value(node.operand)
        value = self.value(node.operand)
        # A negative position in a slice.
        is_negative = isinstance(node.op, ast.USub) and isinstance(value, int)
        return -cast("int", value) if is_negative else self._refuse(node)

    def _sum(self, node: ast.BinOp) -> object:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            return self._bounded(node, left + right)
        return self._refuse(node)

    def _choice(self, node: ast.IfExp) -> object:
        return self.value(node.body if self.value(node.test) else node.orelse)

    def _set(self, node: ast.Set) -> object:
        return self._tried(node, lambda: frozenset(self.value(each) for each in node.elts))

    def _joined(self, node: ast.JoinedStr) -> object:
        """Put the parts of an f-string together."""
        parts = []
        for each in node.values:
            held: ast.expr = each
            if isinstance(each, ast.FormattedValue):
                if each.format_spec is not None or each.conversion not in _CONVERSIONS:
                    self._refuse(node)
                held = each.value
            value = self.value(held)
            if not (value is None or isinstance(value, str | int | float)):
                self._refuse(node)
            parts.append(str(value))
        return self._bounded(node, "".join(parts))

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> list[object]:
        """Evaluate an expression for each part of a text or a list."""
        loop, *others = node.generators
        if others or not isinstance(loop.target, ast.Name) or loop.is_async:
            return self._refuse(node)
        whole = self.value(loop.iter)
        if not isinstance(whole, str | list | tuple):
            return self._refuse(node)
        name = loop.target.id
        before = dict(self._names)
        found = []
        try:
            for each in whole:
                self._rounds += 1
                if self._rounds > _MAX_ROUNDS:
                    fault = f"`{ast.unparse(node)}` takes more than {_MAX_ROUNDS} rounds"
                    raise ConditionError(fault)
                self._names[name] = each
                if all(self.value(condition) for condition in loop.ifs):
                    found.append(self.value(node.elt))
        finally:
            self._names = before
        return found

    def _refuse(self, node: ast.AST, hint: str = _HINT) -> NoReturn:
        fault = f"`{ast.unparse(node)}` is not supported in a condition"
        raise ConditionError(fault, hint=hint)

    def _tried(self, node: ast.AST, evaluate: Callable[[], Any]) -> Any:
        """Evaluate like Python; an error of Python is a fault of the condition."""
        try:
            return evaluate()
        except ConditionError:
            raise
        except (TypeError, ValueError, LookupError) as error:
            fault = f"`{ast.unparse(node)}` cannot be evaluated: {error}"
            raise ConditionError(fault, hint=_HINT) from error

    def _bounded(self, node: ast.AST, value: Any) -> Any:
        if isinstance(value, str) and len(value) > _MAX_TEXT:
            raise ConditionError(f"`{ast.unparse(node)}` makes more than {_MAX_TEXT} characters")
        return value

    def _given(self, name: str) -> str:
        value = getattr(self._host, name)
        if value is None:
            raise ConditionError(f"`{name}` is unknown", missing=name)
        return cast("str", value)

    def _env(self) -> Mapping[str, str]:
        if self._host.env is None:
            raise ConditionError("`env` is unknown", missing="env")
        return self._host.env

    def _arch(self) -> str:
        """Return the architecture as Spack writes it in a spec, not with dashes."""
        return " ".join(f"{name}={self._given(name)}" for name in ("platform", "os", "target"))

    def _name(self, node: ast.Name) -> object:
        if node.id in self._names:
            return self._names[node.id]
        if node.id in _NAMES:
            return self._given(node.id)
        if node.id == "arch_str":
            return self._arch()
        if node.id == "env":
            return self._env()
        if self._is_arch(node):
            raise ConditionError(
                f"`{node.id}` is an abstract spec: it is asked with "
                f"`{node.id}.satisfies(...)`, its parts as `{node.id}.target`, and its text is "
                f"`str({node.id})`"
            )
        return self._refuse(node)

    def _is_arch(self, node: ast.expr) -> TypeGuard[ast.Name]:
        return isinstance(node, ast.Name) and node.id in {"arch", "architecture"}

    def _attribute(self, node: ast.Attribute) -> str:
        if self._is_arch(node.value) and node.attr in {"platform", "os", "target"}:
            return self._given(node.attr)
        return self._refuse(node)

    def _subscript(self, node: ast.Subscript) -> object:
        owner = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            parts = (node.slice.lower, node.slice.upper, node.slice.step)
            key: Any = slice(*(None if part is None else self.value(part) for part in parts))
        else:
            key = self.value(node.slice)
        if isinstance(owner, Mapping):
            if not isinstance(key, str):
                return self._refuse(node)
            if key not in owner:
                fault = f"the environment variable `{key}` is not set"
                raise ConditionError(fault, missing="env")
            return owner[key]
        if isinstance(owner, str | list | tuple):
            return self._tried(node, lambda: owner[key])
        return self._refuse(node)

    def _bool_op(self, node: ast.BoolOp) -> object:
        """Evaluate like Python, but a decisive side may follow an unknown one."""
        decides = isinstance(node.op, ast.Or)
        unknown: ConditionError | None = None
        value: object = None
        for each in node.values:
            try:
                value = self.value(each)
            except ConditionError as error:
                if error.missing is None:
                    raise
                unknown = unknown or error
                continue
            if bool(value) is decides:
                return value
        if unknown is not None:
            raise unknown
        return value

    def _compare(self, node: ast.Compare) -> bool:
        left = self.value(node.left)
        for comparison, each in zip(node.ops, node.comparators, strict=True):
            right = self.value(each)
            if not self._holds(node, comparison, left, right):
                return False
            left = right
        return True

    def _holds(self, node: ast.Compare, comparison: ast.cmpop, left: object, right: object) -> bool:
        if isinstance(comparison, ast.Is | ast.IsNot):
            if not any(each is None or isinstance(each, bool) for each in (left, right)):
                # The interpreter decides whether two equal texts are one object.
                instead = "==" if isinstance(comparison, ast.Is) else "!="
                self._refuse(node, f"write `{instead}`: `is` is for `None`, `True` and `False`")
            return (left is right) is isinstance(comparison, ast.Is)
        return bool(self._tried(node, lambda: _ORDERS[type(comparison)](left, right)))

    def _call(self, node: ast.Call) -> object:
        if node.keywords:
            return self._refuse(node)
        if isinstance(node.func, ast.Name):
            return self._function(node, node.func.id)
        if not isinstance(node.func, ast.Attribute):
            return self._refuse(node)
        owner, method = node.func.value, node.func.attr
        if isinstance(owner, ast.Name) and owner.id == "re":
            return self._search(node, method)
        arguments = [self.value(each) for each in node.args]
        if self._is_arch(owner):
            text = arguments[0] if len(arguments) == 1 else None
            is_known = method == "satisfies" and isinstance(text, str)
            return self._arch_satisfies(cast("str", text)) if is_known else self._refuse(node)
        return self._method(node, self.value(owner), method, arguments)

    def _function(self, node: ast.Call, name: str) -> object:
        """Call a function of Python with its one argument."""
        if name not in _FUNCTIONS or len(node.args) != 1:
            return self._refuse(node)
        if name == "str" and self._is_arch(node.args[0]):
            return self._arch()
        value = self.value(node.args[0])
        if name == "bool":
            return bool(value)
        if name == "str" and not (value is None or isinstance(value, str | int | float)):
            return self._refuse(node)
        if name == "int" and isinstance(value, str) and len(value) > _MAX_DIGITS:
            return self._refuse(node)
        return self._tried(node, lambda: _FUNCTIONS[name](value))

    def _search(self, node: ast.Call, method: str) -> Matched | None:
        """Search with a pattern; as in Python the answer is an object or None, not a bool."""
        arguments, flags = node.args[:2], node.args[2:]
        is_flagged = len(flags) == 1 and (
            isinstance(flags[0], ast.Attribute)
            and isinstance(flags[0].value, ast.Name)
            and flags[0].value.id == "re"
            and flags[0].attr in _IGNORES_CASE
        )
        texts = [self.value(each) for each in arguments]
        is_known = method in _SEARCHES and len(texts) == 2  # noqa: PLR2004 - pattern and text
        if not is_known or (flags and not is_flagged):
            return self._refuse(node)
        pattern, subject = texts
        if not isinstance(pattern, str) or not isinstance(subject, str):
            return self._refuse(node)
        try:
            return matched(method, pattern, subject, ignores_case=is_flagged)
        except PatternError as error:
            raise ConditionError(str(error), hint=error.hint) from error

    def _method(self, node: ast.Call, owner: object, method: str, given: list[object]) -> object:
        if isinstance(owner, Mapping):
            if method == "get" and len(given) in {1, 2} and isinstance(given[0], str):
                return owner.get(given[0], *given[1:])
            return list(owner) if method == "keys" and not given else self._refuse(node)
        if isinstance(owner, Matched):
            hint = "test whether there is a match, as in `re.match(...)`, or `... is None`"
            return self._refuse(node, hint)
        if isinstance(owner, str) and method in _TEXT_METHODS:
            value = self._tried(node, lambda: getattr(owner, method)(*given))
            return self._bounded(node, value)
        return self._refuse(node)

    def _arch_satisfies(self, text: str) -> bool:
        """Decide with the known parts if these are decisive."""
        names = ("platform", "os", "target")
        parts = {name: getattr(self._host, name) for name in names}
        known = " ".join(f"{name}={value}" for name, value in parts.items() if value is not None)
        try:
            asked = AbstractSpec(text)
            # There must be at least one part.
            own = AbstractSpec(known or self._arch())
            if own.satisfies(asked) is True:
                return True
            if own.intersects(asked) is False or None not in parts.values():
                return False
        except ValueError as error:
            if isinstance(error, ConditionError):
                raise
            raise ConditionError(f"`{text}` is not an architecture: {error}") from error
        self._arch()
        return False
