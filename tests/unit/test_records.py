"""A record is a dataclass like those of the standard library, but for when it is written."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import pprint
import sys
import typing
from dataclasses import dataclass as standard
from dataclasses import field
from typing import TYPE_CHECKING, ClassVar

import pytest

import specplan
import specplan.model
from specplan import records

if TYPE_CHECKING:
    from collections.abc import Callable

#: Typed as that of the standard library, which it stands for.
record = records.dataclass

_METHODS = ("__init__", "__repr__", "__eq__", "__hash__")


def family(decorator: Callable[..., Callable[[type], type]]) -> dict[str, typing.Any]:
    """The same classes, made by a decorator."""

    class Above:
        """What others are made from."""

        __slots__ = ()
        tone: ClassVar[str] = "plain"

    @decorator(frozen=True, slots=True, kw_only=True)
    class Named(Above):
        name: str
        count: int = 3
        notes: list[str] = field(default_factory=list)
        secret: str = field(default="s", repr=False, compare=False)

        @property
        def twice(self) -> int:
            return 2 * self.count

    @decorator(frozen=True, slots=True, kw_only=True)
    class More(Named):
        count: int = 4
        extra: str | None = None

    @decorator(frozen=True, slots=True, order=True)
    class Placed:
        os: str
        target: str = "x86_64"

    @decorator(frozen=True, slots=True, repr=False)
    class Own:  # noqa: PLW1641 - the decorator writes __hash__
        value: int

        def __repr__(self) -> str:
            return f"<{self.value}>"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, type(self))

    @decorator(slots=True)
    class Free:
        items: list[int] = field(default_factory=list)
        tone: ClassVar[str] = "loud"

    @decorator(slots=True, eq=False)
    class Itself:
        item: int = 1

    @decorator(frozen=True, slots=True)
    class Empty:
        """Nothing."""

    return {name: made for name, made in locals().items() if isinstance(made, type)}


def made(classes: dict[str, typing.Any]) -> list[object]:
    """One of each, and some that are almost the same."""
    return [
        *(classes["Named"](name=name, secret=secret) for name in "ab" for secret in "st"),
        *(classes["More"](name="a", extra=extra) for extra in (None, "e")),
        *(classes["Placed"](os) for os in ("rhel9", "sles15")),
        classes["Placed"]("rhel9", "aarch64"),
        *(classes["Own"](value) for value in (1, 2)),
        *(classes["Free"](items) for items in ([], [1])),
        classes["Free"](),
        classes["Itself"](),
        classes["Empty"](),
        classes["Empty"](),
    ]


OURS = family(record)
THEIRS = family(standard)
for _each in OURS.values():
    globals()[_each.__name__] = _each
    _each.__qualname__ = _each.__name__
for _each in THEIRS.values():
    _each.__qualname__ = _each.__name__


@pytest.mark.parametrize("name", OURS)
def test_a_record_has_the_fields_and_the_signature_of_a_dataclass(name: str) -> None:
    ours, theirs = OURS[name], THEIRS[name]
    assert dataclasses.is_dataclass(ours) == dataclasses.is_dataclass(theirs)
    if sys.version_info >= (3, 11):  # before, slots of the class above were made again
        assert ours.__slots__ == theirs.__slots__
    assert ours.__doc__ == theirs.__doc__ or theirs.__doc__.startswith(f"{name}(")
    if name == "Above":
        return
    assert str(inspect.signature(ours)) == str(inspect.signature(theirs))
    assert ours.__match_args__ == theirs.__match_args__
    assert typing.get_type_hints(ours) == typing.get_type_hints(theirs)
    assert typing.get_type_hints(ours.__init__) == typing.get_type_hints(theirs.__init__)
    assert repr(ours.__dataclass_params__) == repr(theirs.__dataclass_params__)
    assert list(map(repr, dataclasses.fields(ours))) == list(map(repr, dataclasses.fields(theirs)))


def test_records_show_compare_and_hash_as_dataclasses_do() -> None:
    ours, theirs = made(OURS), made(THEIRS)
    assert list(map(repr, ours))[:-3] == list(map(repr, theirs))[:-3]
    assert [[a == b for a in ours] for b in ours] == [[a == b for a in theirs] for b in theirs]
    assert [a.__hash__ is None for a in ours] == [a.__hash__ is None for a in theirs]
    placed = OURS["Placed"]
    assert hash(placed("a")) == hash(placed("a", "x86_64")) == hash(("a", "x86_64"))


def test_records_have_the_order_of_their_fields() -> None:
    placed = OURS["Placed"]
    assert placed("a") < placed("b") <= placed("b") < placed("b", "y")
    assert placed("b") > placed("a") >= placed("a")
    with pytest.raises(TypeError):
        assert placed("a") < 3


def test_a_frozen_record_refuses_to_be_changed_and_another_does_not() -> None:
    named = OURS["Named"](name="a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'count'"):
        named.count = 4
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'count'"):
        del named.count
    free = OURS["Free"]()
    free.items = [3]
    assert free.items == [3]
    with pytest.raises(AttributeError):
        free.other = 1


def test_a_default_is_made_anew_for_each_record() -> None:
    assert OURS["Free"]().items is not OURS["Free"]().items


@pytest.mark.parametrize("call", [lambda c: c(), lambda c: c("a"), lambda c: c(name="a", no=1)])
def test_a_call_that_does_not_fit_is_a_type_error(call: Callable[[typing.Any], object]) -> None:
    with pytest.raises(TypeError):
        call(OURS["Named"])


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_records_survive_copies_and_pickles(protocol: int) -> None:
    for each in made(OURS)[:-3]:
        for again in (
            copy.copy(each),
            copy.deepcopy(each),
            dataclasses.replace(each),  # type: ignore[type-var]
            *([pickle.loads(pickle.dumps(each, protocol))] if protocol > 1 else []),  # noqa: S301
        ):
            assert again == each
            assert type(again) is type(each)
            assert repr(again) == repr(each)


def test_a_record_becomes_a_dictionary_matches_and_prints_as_a_dataclass_does() -> None:
    ours, theirs = (each["Named"](name="n" * 60, notes=["x" * 30] * 3) for each in (OURS, THEIRS))
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert pprint.pformat(ours) == pprint.pformat(theirs)
    match OURS["Placed"]("rhel9"):
        case object(os="rhel9", target=target):
            assert target == "x86_64"
        case _:
            pytest.fail("matches nothing")


def test_a_class_that_a_record_cannot_be_is_refused() -> None:
    class Checked:
        def __post_init__(self) -> None: ...

    with pytest.raises(TypeError, match="no __post_init__"):
        record(frozen=True, slots=True)(Checked)


def outcome(record_class: typing.Any, values: tuple[object, ...], named: dict[str, object]) -> str:
    """What comes of making a record, as text."""
    try:
        return repr(dataclasses.astuple(record_class(*values, **named)))
    except TypeError as error:
        return str(error)


def written(record_class: type) -> list[str]:
    """The methods of a record that are written."""
    return [name for name in _METHODS if inspect.isfunction(vars(record_class)[name])]


def test_a_method_is_written_when_it_is_first_used() -> None:
    fresh = family(record)["Named"]
    assert written(fresh) == []
    assert fresh(name="a") == fresh(name="a")
    assert written(fresh) == ["__eq__"]
    assert [fresh(name="a") for _ in range(9)]
    assert written(fresh) == ["__init__", "__eq__"]


@pytest.mark.parametrize("name", [name for name in OURS if name != "Above"])
def test_the_first_of_a_record_is_made_as_all_others_are(name: str) -> None:
    calls: list[tuple[tuple[object, ...], dict[str, object]]] = [
        ((), {}),
        (("a",), {}),
        (("a", "b"), {}),
        (("a", "b", "c"), {}),
        (("a",), {"os": "b"}),
        ((), {"name": "a"}),
        ((), {"name": "a", "notes": ["n"], "count": 9}),
        ((), {"name": "a", "other": 1}),
        ((), {"extra": "e"}),
    ]
    for values, named in calls:
        first, later = family(record)[name], family(record)[name]
        assert inspect.signature(later).parameters or name == "Empty"
        assert outcome(first, values, named) == outcome(later, values, named)


@pytest.mark.parametrize("name", specplan.model.__all__)
def test_all_parts_of_a_record_can_be_written(name: str) -> None:
    each: typing.Any = getattr(specplan.model, name)
    if hasattr(each, "__dataclass_fields__"):
        assert len(inspect.signature(each).parameters) == len(dataclasses.fields(each))
        assert all(hasattr(each, part) for part in (*_METHODS, "__match_args__"))
