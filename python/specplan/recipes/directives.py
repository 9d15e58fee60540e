"""The directives of a recipe with their arguments, read without running anything."""

from __future__ import annotations

import ast
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from specplan.patterns import pattern
from specplan.recipes.beside import derived_classes, read_beside, solver_tags
from specplan.recipes.unread import UnreadError
from specplan.recipes.values import UNREAD, Values
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from specplan.recipes.rules import SpackRules

__all__ = ["DEPENDENCY_PATCH", "Called", "Directives", "class_name", "directives_of"]

#: The name for patches within ``depends_on`` among the calls.
DEPENDENCY_PATCH: Final = "patch of a dependency"

#: The maximum number of loop rounds, for all loops of a recipe together.
_MOST_ROUNDS: Final = 20_000

#: Calls that declare neither versions nor patches: build systems, and code that runs later.
_HARMLESS: Final = frozenset({"filter_compiler_wrappers", "generator"})

#: Methods that change a list, dict or set.
_CHANGING: Final[dict[str, tuple[type, ...]]] = {
    "append": (list,),
    "extend": (list,),
    "add": (set,),
    "update": (dict, set),
}

_PARENT: Final = pattern(
    r"spack_repo\.(?P<namespace>.+)\.packages\.(?P<new>\w+)\.package"
    r"|spack\.pkg\.(?P<old_namespace>.+)\.(?P<old>\w+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A call of a directive; a loop around it makes one call per round.

    Attributes:
        name: The directive.
        positional: Its positional arguments; :data:`UNREAD` for unread ones.
        keywords: Its keyword arguments, including those of ``default_args``.
        when: The conditions of the ``with when(...)`` around it; None for an unread one.
        lines: The first and the last line.
        doubt: The reason why it may not be called at all; empty if it certainly is.
        guards: Keys that distinguish the unread code around it.
        written: A key that distinguishes calls with unread arguments; empty if all are read.
    """

    name: str
    positional: tuple[Any, ...]
    keywords: Mapping[str, Any]
    when: tuple[str | None, ...]
    lines: tuple[int, int]
    doubt: str
    guards: tuple[str, ...]
    written: str

    def argument(self, name: str, position: int | None = None) -> Any:
        """Return an argument by its name or position; None if it is not given."""
        if name in self.keywords:
            return self.keywords[name]
        if position is not None and len(self.positional) > position:
            return self.positional[position]
        return None

    @property
    def key(self) -> tuple[object, ...]:
        """A key that distinguishes calls: their arguments, and the text of unread ones."""
        keywords = sorted((key, repr(value)) for key, value in self.keywords.items())
        return (self.name, repr(self.positional), *keywords, self.when, self.guards, self.written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directives:
    """The directives of one recipe.

    Attributes:
        calls: All calls, in the order in which Spack would run them.
        names: The values of class attributes, if they are read.
        parents: (namespace, folder) of the recipes whose classes the package derives from.
        opaque: Calls in the class that may call directives, with their lines.
        beside: The other parts of it that a concretizer reads, by name.
        tags: The tags that a concretizer looks for.
    """

    calls: tuple[Called, ...]
    names: Mapping[str, object]
    parents: tuple[tuple[str, str], ...]
    opaque: tuple[str, ...]
    beside: Mapping[str, tuple[str, ...]]
    tags: tuple[str, ...]

    def named(self, name: str) -> tuple[Called, ...]:
        """Return the calls of one directive."""
        return tuple(each for each in self.calls if each.name == name)


def class_name(package: str) -> str:
    """Return the name of the class of a package.

    Examples:
        >>> class_name("py-numpy"), class_name("7zip")
        ('PyNumpy', '_7zip')
    """
    words = re.split("[-_]+", package)
    name = "".join(each.capitalize() for each in words)
    return f"_{name}" if name[:1].isdigit() else name


def directives_of(
    module: ast.Module, package: str, rules: SpackRules, facts: Mapping[str, object]
) -> Directives:
    """Return the directives of a recipe.

    Args:
        module: The parsed tree of the recipe.
        package: Its name.
        rules: The rules, which name the directives.
        facts: The values of expressions about the computer.

    Raises:
        UnreadError: If evaluating it takes too long.
    """
    reader = _DirectiveReader(rules, facts)
    classes = derived_classes(module, _package_class(module, package))
    for each in module.body:
        if isinstance(each, ast.ClassDef):
            if each in classes:
                reader.run(each.body)
        else:
            reader.run([each])
    is_open = bool(reader.opaque) or any(each.written for each in reader.calls)
    return Directives(
        calls=tuple(reader.calls),
        names=reader.values.names,
        parents=_parents(module, classes),
        opaque=tuple(reader.opaque),
        beside=read_beside(module, classes, rules.directives if is_open else None),
        tags=tuple(solver_tags(classes)),
    )


def _package_class(module: ast.Module, package: str) -> ast.ClassDef | None:
    classes = [each for each in module.body if isinstance(each, ast.ClassDef)]
    name = class_name(package)
    return next((each for each in classes if each.name == name), classes[-1] if classes else None)


def _parents(module: ast.Module, classes: Sequence[ast.ClassDef]) -> tuple[tuple[str, str], ...]:
    """Return the recipes that the class of a package derives from."""
    imported: dict[str, tuple[str, str]] = {}
    for each in ast.walk(module):
        if isinstance(each, ast.ImportFrom) and each.module and not each.level:
            found = _PARENT.fullmatch(each.module)
            if found is not None:
                place = (
                    found["namespace"] or found["old_namespace"],
                    found["new"] or found["old"],
                )
                imported |= {alias.asname or alias.name: place for alias in each.names}
    bases = (base for each in classes for base in each.bases)
    names = (each.id for each in bases if isinstance(each, ast.Name))
    return tuple(imported[name] for name in names if name in imported)


class _DirectiveReader:
    """Visits the statements of a class as Python would, if they can be read."""

    def __init__(self, rules: SpackRules, facts: Mapping[str, object]) -> None:
        self._directives = rules.directives
        self._rounds = 0
        self._when: tuple[str | None, ...] = ()
        self._defaults: dict[str, Any] = {}
        self._doubt = ""
        self._guards: tuple[str, ...] = ()
        self.values = Values(facts)
        self.calls: list[Called] = []
        self.opaque: list[str] = []

    def run(self, statements: Iterable[ast.stmt]) -> None:
        for each in statements:
            self._statement(each)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign():
                self._assign(node.targets, node.value)
            case ast.AnnAssign(value=ast.expr() as value):
                self._assign([node.target], value)
            case ast.AugAssign():
                self._increment(node)
            case ast.Expr():
                self._expression(node.value)
            case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
                self.values.names[node.name] = UNREAD
            case ast.For() | ast.If() | ast.With():
                self._compound(node)
            case ast.While() | ast.Try() | ast.Match():
                self._unclear(node)
            case _:
                pass

    def _compound(self, node: ast.For | ast.If | ast.With) -> None:
        match node:
            case ast.For():
                self._loop(node)
            case ast.If():
                self._branch(node)
            case ast.With():
                self._within(node)

    def _expression(self, node: ast.expr) -> None:
        if isinstance(node, ast.Call):
            self._call(node)
        else:
            self._calls_in(node)

    def _assign(self, targets: Sequence[ast.expr], value: ast.expr) -> None:
        try:
            known = self.values.of(value)
        except UnreadError:
            known = UNREAD
        if self._doubt:
            known = UNREAD
        for target in targets:
            self.values.bind(target, known)
        self._calls_in(value)

    def _increment(self, node: ast.AugAssign) -> None:
        if not isinstance(node.target, ast.Name):
            self.values.forget(node.target)
            return
        left = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
        sum_ = ast.copy_location(ast.BinOp(left, node.op, node.value), node)
        self._assign([node.target], sum_)

    def _calls_in(self, node: ast.expr) -> None:
        """Read directives within an expression: a tuple, or one that is assigned."""
        for each in ast.walk(node):
            if isinstance(each, ast.Call) and _called_name(each) in self._directives:
                self._directive(each)

    def _call(self, node: ast.Call) -> None:
        called = node.func
        if isinstance(called, ast.Name) and called.id in self._directives:
            self._directive(node)
        elif isinstance(called, ast.Attribute) and called.attr in _CHANGING:
            self._change(node, called)
        elif not (isinstance(called, ast.Name) and called.id in _HARMLESS):
            self.opaque.append(f"line {node.lineno}: `{ast.unparse(called)[:60]}(...)`")

    def _change(self, node: ast.Call, called: ast.Attribute) -> None:
        try:
            value = self.values.of(called.value)
            positional, keywords = self.values.arguments(node)
            if self._doubt or not isinstance(value, _CHANGING[called.attr]):
                self.values.forget(called.value)
                return
            getattr(value, called.attr)(*positional, **keywords)
        except (UnreadError, TypeError, ValueError):
            self.values.forget(called.value)

    def _directive(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        self._append(name, node, self._defaults, node)
        if name in {"depends_on", "extends"}:
            self._dependency_patches(node)

    def _dependency_patches(self, node: ast.Call) -> None:
        """Record the patches for a dependency, under a name that no directive has."""
        given = next((each.value for each in node.keywords if each.arg == "patches"), None)
        if given is None:
            return
        many = given.elts if isinstance(given, (ast.List, ast.Tuple)) else [given]
        for each in many:
            call = each if isinstance(each, ast.Call) else ast.Call(each, [each], [])
            self._append(DEPENDENCY_PATCH, call, {}, node)

    def _append(
        self, name: str, call: ast.Call, defaults: Mapping[str, Any], place: ast.Call
    ) -> None:
        positional = tuple(map(self._value, call.args))
        keywords = {**defaults, **self._keywords(call)}
        is_read = all(each is not UNREAD for each in (*positional, *keywords.values()))
        self.calls.append(
            Called(
                name=name,
                positional=positional,
                keywords=keywords,
                when=self._when,
                lines=(place.lineno, place.end_lineno or place.lineno),
                doubt=self._doubt,
                guards=self._guards,
                written="" if is_read else self.values.written(call),
            )
        )

    def _keywords(self, node: ast.Call) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for each in node.keywords:
            value = self._value(each.value)
            if each.arg is not None:
                values[each.arg] = value
            elif isinstance(value, dict):
                values.update(value)
            else:
                values["**"] = UNREAD
        return values

    def _value(self, node: ast.expr) -> Any:
        try:
            return self.values.of(node)
        except UnreadError:
            return UNREAD

    def _loop(self, node: ast.For) -> None:
        items = self._value(node.iter)
        if not isinstance(items, (list, tuple, dict, set, str)) or isinstance(items, set):
            self._unclear(node)
            return
        for each in items:
            self._rounds += 1
            if self._rounds > _MOST_ROUNDS:
                raise UnreadError(f"line {node.lineno}: too many rounds of loops")
            self.values.bind(node.target, each)
            self.run(node.body)
        self.run(node.orelse)

    def _branch(self, node: ast.If) -> None:
        test = self._value(node.test)
        if test is not UNREAD:
            self.run(node.body if test else node.orelse)
            return
        self._unclear(node)

    def _unclear(self, node: ast.stmt) -> None:
        """Read code that may run, and treat all names that it may bind as unread."""
        doubt, guards = self._doubt, self._guards
        self._doubt = f"line {node.lineno}: it is unclear whether this runs"
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                self.values.names[each.id] = UNREAD
        for position, body in enumerate(_bodies(node)):
            self._guards = (*guards, f"{position} {self._guard(node)}")
            self.run(body)
        self._doubt, self._guards = doubt, guards

    def _within(self, node: ast.With) -> None:
        with self._contexts(node.items):
            self.run(node.body)

    @contextmanager
    def _contexts(self, items: Sequence[ast.withitem]) -> Iterator[None]:
        when, defaults, guards = self._when, self._defaults, self._guards
        for item in items:
            call = item.context_expr
            name = _called_name(call)
            if name == "when" and isinstance(call, ast.Call):
                self._add_condition(call)
            elif name == "default_args" and isinstance(call, ast.Call):
                self._defaults = {**self._defaults, **self._keywords(call)}
            else:
                self._when = (*self._when, None)
                self._guards = (*self._guards, self.values.written(call))
        yield
        self._when, self._defaults, self._guards = when, defaults, guards

    def _add_condition(self, node: ast.Call) -> None:
        is_one = len(node.args) == 1 and not node.keywords
        value = self._value(node.args[0]) if is_one else UNREAD
        if isinstance(value, str):
            self._when = (*self._when, value)
        else:
            self._when = (*self._when, None)
            self._guards = (*self._guards, self.values.written(node))

    def _guard(self, node: ast.stmt) -> str:
        """Return the condition under which the body of a statement runs."""
        parts = [getattr(node, name, None) for name in ("test", "target", "iter", "subject")]
        return " ".join(self.values.written(each) for each in parts if isinstance(each, ast.AST))


def _called_name(node: ast.expr) -> str:
    """Return the name that an expression calls; empty if it calls none."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id
    return ""


def _bodies(node: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield getattr(node, name, ())
    for each in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield each.body
