"""Records: dataclasses whose methods are written on first use.

The decorator of the standard library compiles six functions for each class, which dominates the
import time of a module of records. A run imports many records, makes some of them, and compares,
hashes and shows few. So ``dataclass`` here adds the slots to a class at once, but each method only
when it is first looked up. The result is a normal dataclass: ``fields``, ``replace``, ``match``,
``copy`` and ``pickle`` work as usual.
"""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["dataclass"]

_Class = TypeVar("_Class", bound=type)

#: The number of records of a class that are made before its ``__init__`` is written.
_FEW: Final = 4

#: The options of the standard library that produce each method.
_ASKED: Final = {
    "__repr__": {"repr": True},
    "__eq__": {"eq": True},
    "__hash__": {"unsafe_hash": True},
    **{name: {"eq": True, "order": True} for name in ("__lt__", "__le__", "__gt__", "__ge__")},
}


def _dataclass(
    *,
    slots: bool,
    frozen: bool = False,
    kw_only: bool = False,
    repr: bool = True,  # noqa: A002 - as the standard library calls it
    eq: bool = True,
    order: bool = False,
) -> Callable[[_Class], _Class]:
    """Return the decorator of a record; the options are those of ``dataclasses.dataclass``.

    Args:
        slots: True; type checkers read it.
        frozen: Whether fields can be neither set nor deleted.
        kw_only: Whether fields are passed by name only.
        repr: Whether there is a ``__repr__`` of the fields.
        eq: Whether records compare by their fields, and hash by them if they are frozen.
        order: Whether records are ordered by their fields.
    """
    options = {"slots": slots, "frozen": frozen, "kw_only": kw_only}
    options |= {"init": True, "repr": repr, "eq": eq, "order": order}
    later, at_once = _parts(frozen=frozen, repr=repr, eq=eq, order=order)

    def decorate(plain: _Class) -> _Class:
        own = dict(vars(plain))
        if not slots or "__post_init__" in own:
            raise TypeError(f"{plain.__qualname__}: a record has slots, and no __post_init__")
        source = _Source(plain, options)
        for name in (*source.members, "__dict__", "__weakref__"):
            own.pop(name, None)
        for name in later:
            if own.get(name) is None:
                own[name] = _Later(name, source)
        for name, value in at_once.items():
            own.setdefault(name, value)
        taken = {name for base in plain.__mro__[1:] for name in vars(base).get("__slots__", ())}
        own["__slots__"] = tuple(name for name in source.members if name not in taken)
        record = type(plain)(plain.__name__, plain.__bases__, own)
        record.__qualname__ = plain.__qualname__
        source.record = record
        _SOURCES[record] = source
        return record

    return decorate


@cache
def _parts(**options: bool) -> tuple[tuple[str, ...], dict[str, object]]:
    """Return the parts that are added to a record later, and those that are added at once."""
    later = ["__init__", "__match_args__", "__dataclass_fields__", "__dataclass_params__"]
    later += [name for name, asked in _ASKED.items() if all(options.get(word) for word in asked)]
    at_once: dict[str, object] = {"__replace__": _replace}
    if options["eq"] and options["frozen"]:
        later.append("__hash__")
    elif options["eq"]:
        at_once["__hash__"] = None
    if options["frozen"]:
        at_once |= _FROZEN
    return tuple(later), at_once


class _Later:
    """A part of a record that is written on first access and replaces this object."""

    __slots__ = ("name", "source")

    def __init__(self, name: str, source: _Source) -> None:
        self.name = name
        self.source = source

    def __get__(self, instance: object, owner: type) -> object:
        record = self.source.record
        if (
            self.name == "__init__"
            and isinstance(instance, record)
            and self.source.is_rarely_made()
        ):
            return partial(self.source.fill, instance)
        if vars(record)[self.name] is self:
            setattr(record, self.name, self.source.write(self.name))
        part = vars(record)[self.name]
        return part.__get__(instance, owner) if hasattr(part, "__get__") else part


class _Source:
    """The source from which the parts of a record are written.

    Attributes:
        record: The class.
        options: The options of the decorator.
        annotations: The annotated fields and class variables, starting with those of the base
            classes.
        made: The number of records made before an ``__init__`` was written.
        members: The fields by name, each with its default, with the result of ``field``, or with
            ``MISSING``.
    """

    __slots__ = ("annotations", "made", "members", "options", "record")

    record: Any

    def __init__(self, plain: type, options: dict[str, bool]) -> None:
        self.options = options
        self.made = 0
        self.annotations: dict[str, str] = {}
        self.members: dict[str, object] = {}
        for base in reversed(plain.__mro__[1:]):
            if above := _SOURCES.get(base):
                self.annotations |= above.annotations
                self.members |= above.members
        own = vars(plain)
        for name, kind in own.get("__annotations__", {}).items():
            self.annotations[name] = kind
            if not kind.startswith("ClassVar"):
                self.members[name] = own.get(name, MISSING)

    def is_rarely_made(self) -> bool:
        """Return whether too few records were made for a written ``__init__`` to pay off."""
        self.made += 1
        return self.made <= _FEW

    def fill(self, record: object, /, *values: object, **named: object) -> None:
        """Set the fields of a new record, like the ``__init__`` that is not written yet."""
        by_place = [] if self.options["kw_only"] else [*self.members]
        given = dict(zip(by_place, values, strict=False))
        is_sound = len(given) == len(values) and given.keys().isdisjoint(named)
        given.update(named)
        content: dict[str, object] = {}
        for name, default in self.members.items():
            value = given.pop(name, default)
            if value is default and isinstance(default, Field):
                made = default.default_factory
                value = default.default if made is MISSING else made()
            content[name] = value
            is_sound = is_sound and value is not MISSING
        if given or not is_sound:
            # The written one reports the error in the call.
            self.record.__init__ = self.write("__init__")
            self.record.__init__(record, *values, **named)
        for name, value in content.items():
            object.__setattr__(record, name, value)

    def write(self, name: str) -> object:
        """Return a part of the record."""
        if name == "__init__":
            return self._initialiser()
        part = vars(self._standard(**_ASKED.get(name, {})))[name]
        if name == "__dataclass_params__":
            for option in self.options.keys() & set(dir(part)):
                setattr(part, option, self.options[option])
        elif name in _ASKED:
            part.__module__ = self.record.__module__
            part.__qualname__ = f"{self.record.__qualname__}.{name}"
        return part

    def _standard(self, **asked: bool) -> type:
        """Return a class with the fields of the record, made by the standard library.

        It has no base: a class that is not frozen cannot have a frozen one.
        """
        content = {name: value for name, value in self.members.items() if value is not MISSING}
        content["__annotations__"] = self.annotations
        content["__module__"] = self.record.__module__
        content["__doc__"] = "The fields."  # otherwise the standard library writes a signature
        options = {"init": False, "repr": False, "eq": False, **asked}
        decorate = dataclasses.dataclass(kw_only=self.options["kw_only"], **options)
        return decorate(type(self.record.__name__, (), content))

    def _initialiser(self) -> Callable[..., None]:
        """Return the ``__init__`` of the record, which sets the slots themselves."""
        scope: dict[str, object] = {"_factory": _Factory()}
        lines: list[str] = []
        by_place: list[str] = []
        by_name: list[str] = []
        for name, default in self.members.items():
            value = parameter = name
            kw_only = self.options["kw_only"]
            if isinstance(default, Field):
                if default.default_factory is not MISSING:
                    scope[f"_make_{name}"] = default.default_factory
                    value = f"_make_{name}() if {name} is _factory else {name}"
                    parameter = f"{name}=_factory"
                default = default.default  # noqa: PLW2901 - what it stands for
            if default is not MISSING:
                scope[f"_default_{name}"] = default
                parameter = f"{name}=_default_{name}"
            scope[f"_set_{name}"] = getattr(self.record, name).__set__
            lines.append(f"_set_{name}(self, {value})")
            (by_name if kw_only else by_place).append(parameter)
        parameters = ", ".join(["self", *by_place, *(["*", *by_name] if by_name else ())])
        body = "; ".join(lines) or "pass"
        text = (
            f"def make({', '.join(scope)}):\n def __init__({parameters}): {body}\n return __init__"
        )
        made: dict[str, Any] = {}
        exec(text, vars(sys.modules[self.record.__module__]), made)  # noqa: S102 - as dataclasses do
        written = made["make"](**scope)
        written.__qualname__ = f"{self.record.__qualname__}.__init__"
        written.__annotations__ = {name: self.annotations[name] for name in self.members}
        written.__annotations__["return"] = None
        return cast("Callable[..., None]", written)


#: The source of each record.
_SOURCES: Final[dict[type, _Source]] = {}


class _Factory:
    """Represents, in a signature, a default that is created for each record."""

    def __repr__(self) -> str:
        return "<factory>"


def _refuse_to_set(self: object, name: str, value: object) -> None:  # noqa: ARG001 - Python passes it
    """Refuse to set a field of a frozen record."""
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:  # noqa: ARG001 - as above
    """Refuse to delete a field of a frozen record."""
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    """Return the state that pickle saves of a frozen record."""
    return [getattr(self, field.name) for field in fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    """Set the state that pickle saved."""
    for field, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


def _replace(self: Any, /, **changes: object) -> object:
    """Return a copy with other values, for ``copy.replace``."""
    return dataclasses.replace(self, **changes)


_FROZEN: Final[dict[str, object]] = {
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _state,
    "__setstate__": _set_state,
}

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass
