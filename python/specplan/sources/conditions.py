"""Conditions of definitions and includes: Python expressions, evaluated without Python.

Spack hands ``when: platform == "linux"`` to ``eval``. Here the expression is parsed and
walked: names, comparisons, ``and``, ``or``, ``not``, ``in`` and a few methods of text are
understood, and anything else is an error that says so. Names stand for the machine that
the environment is for, of which only what was given is known. Where one side of an
``and`` or ``or`` decides alone, the other need not be known.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

from specplan._core import AbstractSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from specplan.host import Host

__all__ = ["ConditionError", "holds"]

#: Real conditions have some 60 characters.
_MAX_LENGTH: Final = 1000

#: The longest texts that a pattern is held against, and the longest pattern.
_MAX_SUBJECT: Final = 1024
_MAX_PATTERN: Final = 200

#: How many parts of a pattern may match text of any length: each is one more power of
#: the text's length in the time that a search can take.
_MAX_REPEATS: Final = 2

_REPEAT: Final = re.compile(r"(?<!\\)(?:[*+]|\{[0-9]*,?[0-9]*\})")
_NESTED: Final = re.compile(r"\)\s*(?:[*+?]|\{)")

#: The spellings by which an expression can ask for each attribute of a host.
_NAMES: Final = ("platform", "os", "target", "hostname")

_TEXT_METHODS: Final[dict[str, Callable[..., object]]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
}

_SEARCHES: Final[dict[str, Callable[[str, str], object]]] = {
    "search": re.search,
    "match": re.match,
    "fullmatch": re.fullmatch,
}


class ConditionError(ValueError):
    """A condition that cannot be decided.

    Attributes:
        missing: What must be given so that it can be, or None if the condition itself is
            not understood.
    """

    def __init__(self, fault: str, *, missing: str | None = None) -> None:
        super().__init__(fault)
        self.missing = missing


def holds(condition: str, host: Host) -> bool:
    """Return whether a condition holds on a host.

    >>> from specplan.host import Host
    >>> holds('platform == "linux" and target in ["zen3", "zen4"]',
    ...       Host(platform="linux", target="zen4"))
    True

    Raises:
        ConditionError: If the host is not known well enough, or the condition holds what
            is not understood.
    """
    if len(condition) > _MAX_LENGTH:
        raise ConditionError(f"the condition has more than {_MAX_LENGTH} characters")
    try:
        with warnings.catch_warnings():
            # Python warns of odd escapes; that is between Spack and its author.
            warnings.simplefilter("ignore")
            tree = ast.parse(condition.strip(), mode="eval")
        return bool(_Evaluation(host).value(tree.body))
    except ConditionError:
        raise
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ConditionError(f"the condition `{condition}` is no expression: {reason}") from error


class _Evaluation:
    def __init__(self, host: Host) -> None:
        self._host = host
        self._understood: dict[type[ast.expr], Callable[[Any], object]] = {
            ast.Constant: self._constant,
            ast.BoolOp: self._bool_op,
            ast.UnaryOp: self._unary_op,
            ast.Compare: self._compare,
            ast.Name: self._name,
            ast.List: self._collection,
            ast.Tuple: self._collection,
            ast.Set: self._collection,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.Call: self._call,
        }

    def value(self, node: ast.expr) -> object:
        return self._understood.get(type(node), self._refuse)(node)

    def _constant(self, node: ast.Constant) -> object:
        is_known = node.value is None or isinstance(node.value, str | int | float)
        return node.value if is_known else self._refuse(node)

    def _unary_op(self, node: ast.UnaryOp) -> bool:
        return not self.value(node.operand) if isinstance(node.op, ast.Not) else self._refuse(node)

    def _collection(self, node: ast.List | ast.Tuple | ast.Set) -> tuple[object, ...]:
        return tuple(self.value(each) for each in node.elts)

    def _refuse(self, node: ast.expr) -> NoReturn:
        raise ConditionError(f"`{ast.unparse(node)}` is not understood in a condition")

    def _given(self, name: str) -> str:
        value = getattr(self._host, name)
        if value is None:
            raise ConditionError(f"`{name}` is not known", missing=name)
        return cast("str", value)

    def _env(self) -> Mapping[str, str]:
        if self._host.env is None:
            raise ConditionError("`env` is not known", missing="env")
        return self._host.env

    def _arch(self) -> str:
        """Return the architecture as Spack writes it in a spec, not with dashes."""
        return " ".join(f"{name}={self._given(name)}" for name in ("platform", "os", "target"))

    def _name(self, node: ast.Name) -> object:
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

    def _is_arch(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in {"arch", "architecture"}

    def _attribute(self, node: ast.Attribute) -> str:
        if self._is_arch(node.value) and node.attr in {"platform", "os", "target"}:
            return self._given(node.attr)
        return self._refuse(node)

    def _subscript(self, node: ast.Subscript) -> str:
        variables = self.value(node.value)
        key = self.value(node.slice)
        if not isinstance(variables, Mapping) or not isinstance(key, str):
            return self._refuse(node)
        if key not in variables:
            raise ConditionError(f"the environment variable `{key}` is not set", missing="env")
        return cast("str", variables[key])

    def _bool_op(self, node: ast.BoolOp) -> object:
        """As Python does, but a side that decides may stand after one that is unknown."""
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
        for operator, each in zip(node.ops, node.comparators, strict=True):
            right = self.value(each)
            if not self._holds(node, operator, left, right):
                return False
            left = right
        return True

    def _holds(self, node: ast.Compare, operator: ast.cmpop, left: object, right: object) -> bool:
        if isinstance(operator, ast.Eq | ast.Is):
            return left == right
        if isinstance(operator, ast.NotEq | ast.IsNot):
            return left != right
        is_in = isinstance(operator, ast.In)
        if is_in or isinstance(operator, ast.NotIn):
            if isinstance(right, str) and isinstance(left, str):
                return (left in right) is is_in
            if isinstance(right, tuple | Mapping):
                return (left in right) is is_in
        return self._refuse(node)

    def _call(self, node: ast.Call) -> object:
        if isinstance(node.func, ast.Name) and node.func.id == "str":
            return self._text(node)
        arguments = [self.value(each) for each in node.args]
        texts = [each for each in arguments if isinstance(each, str)]
        if (
            node.keywords
            or len(texts) != len(arguments)
            or not isinstance(node.func, ast.Attribute)
        ):
            self._refuse(node)
        owner, method = node.func.value, node.func.attr
        if isinstance(owner, ast.Name) and owner.id == "re":
            is_known = method in _SEARCHES and len(texts) == 2  # noqa: PLR2004 - pattern and text
            return _search(method, *texts) if is_known else self._refuse(node)
        if self._is_arch(owner):
            is_known = method == "satisfies" and len(texts) == 1
            return self._arch_satisfies(texts[0]) if is_known else self._refuse(node)
        return self._method(node, self.value(owner), method, texts)

    def _text(self, node: ast.Call) -> str:
        """Return what Python makes of a value as text, where that is text or a spec."""
        if node.keywords or len(node.args) != 1:
            return self._refuse(node)
        if self._is_arch(node.args[0]):
            return self._arch()
        value = self.value(node.args[0])
        return value if isinstance(value, str) else self._refuse(node)

    def _method(self, node: ast.Call, owner: object, method: str, texts: list[str]) -> object:
        if isinstance(owner, Mapping) and method == "get" and len(texts) in {1, 2}:
            return owner.get(texts[0], *texts[1:])
        if isinstance(owner, str) and method in _TEXT_METHODS and len(texts) <= 1:
            try:
                return _TEXT_METHODS[method](owner, *texts)
            except TypeError:
                pass
        return self._refuse(node)

    def _arch_satisfies(self, text: str) -> bool:
        """Decide with the parts that are known where these decide alone."""
        names = ("platform", "os", "target")
        parts = {name: getattr(self._host, name) for name in names}
        known = " ".join(f"{name}={value}" for name, value in parts.items() if value is not None)
        try:
            asked = AbstractSpec(text)
            # Without any part there is nothing to decide with.
            own = AbstractSpec(known or self._arch())
            if own.satisfies(asked) is True:
                return True
            if own.intersects(asked) is False or None not in parts.values():
                return False
        except ValueError as error:
            if isinstance(error, ConditionError):
                raise
            raise ConditionError(f"`{text}` is no architecture: {error}") from error
        self._arch()
        return False


def _search(method: str, pattern: str, subject: str) -> bool:
    """Search with a pattern that cannot take long."""
    repeats = len(_REPEAT.findall(pattern))
    if len(pattern) > _MAX_PATTERN or len(subject) > _MAX_SUBJECT:
        raise ConditionError("a pattern or the text that it is held against is too long")
    if repeats > _MAX_REPEATS or (repeats and _NESTED.search(pattern)):
        raise ConditionError(f"the pattern `{pattern}` could take too long")
    try:
        return _SEARCHES[method](pattern, subject) is not None
    except (re.error, OverflowError, RecursionError) as error:
        raise ConditionError(f"`{pattern}` is no pattern: {error}") from error
