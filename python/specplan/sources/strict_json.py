"""Strict JSON: a doubtful value is refused, and the error names its location.

This is for manifests, maps of snapshots and the documents of other runs. The compiled reader reads
files with specs.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from itertools import chain
from math import inf
from typing import TYPE_CHECKING, NoReturn, TypeVar, cast

from specplan.errors import DamagedSourceError
from specplan.sources.location import WHOLE, Location

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeGuard

__all__ = ["JsonObjects", "Value", "parse"]

_Raw = TypeVar("_Raw")


class Value:
    """A value of a document, which knows its location.

    Attributes:
        raw: The value itself.
        at_location: Its location.
        shown: The name of the document in messages.
    """

    __slots__ = ("at_location", "raw", "shown")

    def __init__(self, raw: object, *, location: Location, shown: str) -> None:
        self.raw = raw
        self.at_location = location
        self.shown = shown

    @property
    def location(self) -> str:
        """Its key path, such as ``data[0].checksum``; empty for the whole."""
        return str(self.at_location)

    def fail(self, fault: str, hint: str | None = None) -> NoReturn:
        """Raise an error for a fault here."""
        raise DamagedSourceError(
            path=self.shown, location=self.location, line=None, fault=fault, hint=hint
        )

    def keys(self) -> list[str]:
        """Return the keys of an object, in the order of the file."""
        if not isinstance(self.raw, dict):
            self.fail(f"must be an object, is {_kind(self.raw)}")
        return list(self.raw)

    def at(self, key: str) -> Value:
        """Return the value of a key."""
        if not isinstance(self.raw, dict):
            self.fail(f"must be an object, is {_kind(self.raw)}")
        if key not in self.raw:
            self.fail(f"has no `{key}`")
        return self._inner(self.raw[key], self.at_location.key(key))

    def items(self) -> list[Value]:
        """Return the elements of an array."""
        if not isinstance(self.raw, list):
            self.fail(f"must be an array, is {_kind(self.raw)}")
        return [
            self._inner(each, self.at_location.item(position))
            for position, each in enumerate(self.raw)
        ]

    def rows(self) -> JsonObjects:
        """Return the elements of an array, to be read key by key."""
        if not isinstance(self.raw, list):
            self.fail(f"must be an array, is {_kind(self.raw)}")
        return JsonObjects(self, self.raw)

    def text(self) -> str:
        """Return a string."""
        if not isinstance(self.raw, str):
            self.fail(f"must be a string, is {_kind(self.raw)}")
        if not _is_text(self.raw):
            self.fail("is not text: it contains an unpaired surrogate")
        return self.raw

    def text_at(self, key: str) -> str:
        """Return the string of a key in an object, like ``at(key).text()`` but faster."""
        text = self.raw.get(key) if isinstance(self.raw, dict) else None
        if isinstance(text, str) and text.isascii():
            return text
        return self.at(key).text()

    def texts(self) -> tuple[str, ...]:
        """Return the strings of an array."""
        if isinstance(self.raw, list) and all(
            isinstance(each, str) and each.isascii() for each in self.raw
        ):
            return tuple(self.raw)
        return tuple(each.text() for each in self.items())

    def texts_at(self, key: str) -> tuple[str, ...]:
        """Return the strings of the array of a key in an object, like ``at(key).texts()``."""
        texts = self.raw.get(key) if isinstance(self.raw, dict) else None
        if isinstance(texts, list) and all(type(each) is str for each in texts):
            found = tuple(texts)
            if "".join(found).isascii():
                return found
        return self.at(key).texts()

    def count_at(self, key: str) -> int:
        """Return the number of a key in an object, like ``at(key).count()``."""
        number = self.raw.get(key) if isinstance(self.raw, dict) else None
        return number if type(number) is int and number >= 0 else self.at(key).count()

    def flag_at(self, key: str) -> bool:
        """Return the value of a key, like ``at(key).flag()``."""
        flag = self.raw.get(key) if isinstance(self.raw, dict) else None
        return flag if isinstance(flag, bool) else self.at(key).flag()

    def count(self) -> int:
        """Return a number that counts something."""
        if isinstance(self.raw, bool) or not isinstance(self.raw, int):
            self.fail(f"must be an integer, is {_kind(self.raw)}")
        if self.raw < 0:
            self.fail("must not be negative")
        return self.raw

    def amount(self) -> float:
        """Return a finite number that is not negative."""
        return self._finite(0, "must be a finite number from 0 on")

    def number(self) -> float:
        """Return a finite number."""
        return self._finite(-sys.float_info.max, "must be a finite number")

    def _finite(self, least: float, fault: str) -> float:
        if isinstance(self.raw, bool) or not isinstance(self.raw, int | float):
            self.fail(f"must be a number, is {_kind(self.raw)}")
        # Python reads 1e999 as infinity, and integers that exceed every float.
        if not least <= self.raw <= sys.float_info.max:
            self.fail(fault)
        return float(self.raw)

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.raw, bool):
            self.fail(f"must be true or false, is {_kind(self.raw)}")
        return self.raw

    def amount_at(self, key: str) -> float:
        """Return the value of a key, like ``at(key).amount()``."""
        return self.at(key).amount()

    def number_at(self, key: str) -> float:
        """Return the value of a key, like ``at(key).number()``."""
        return self.at(key).number()

    def items_at(self, key: str) -> list[Value]:
        """Return the value of a key, like ``at(key).items()``."""
        return self.at(key).items()

    def counts_at(self, key: str) -> tuple[int, ...]:
        """Return the counts of the array of a key in an object."""
        return tuple(item.count() for item in self.items_at(key))

    def counts_by_name_at(self, key: str) -> dict[str, int]:
        """Return the counts by name of a key in an object."""
        counts = self.at(key)
        return {name: counts.count_at(name) for name in counts.keys()}  # noqa: SIM118 - no mapping

    def at_or_none(self, key: str) -> Value | None:
        """Return the value of a key; None if it is null or missing."""
        if isinstance(self.raw, dict) and self.raw.get(key) is None:
            return None
        return self.at(key)

    def text_at_or_none(self, key: str) -> str | None:
        """Return a string, or None if it is null or missing."""
        return None if self.at_or_none(key) is None else self.text_at(key)

    def count_at_or_none(self, key: str) -> int | None:
        """Return a count, or None if it is null or missing."""
        return None if self.at_or_none(key) is None else self.count_at(key)

    def amount_at_or_none(self, key: str) -> float | None:
        """Return an amount, or None if it is null or missing."""
        return None if self.at_or_none(key) is None else self.amount_at(key)

    def flag_at_or_none(self, key: str) -> bool | None:
        """Return true or false, or None if it is null or missing."""
        return None if self.at_or_none(key) is None else self.flag_at(key)

    def items_at_or_none(self, key: str) -> list[Value]:
        """Return the elements of an array; none if it is null or missing.

        It is for arrays that a document of an earlier release may lack.
        """
        return [] if self.at_or_none(key) is None else self.items_at(key)

    def items_or_none_at(self, key: str) -> list[Value | None]:
        """Return the elements of an array, with None for each null."""
        return [None if item.raw is None else item for item in self.items_at(key)]

    def _inner(self, raw: object, location: Location) -> Value:
        return Value(raw, location=location, shown=self.shown)


class JsonObjects:
    """The objects of a long array: the values of a key in all of them, in one pass.

    If one of them is invalid, they are checked one by one to find its location.
    """

    __slots__ = ("_array", "_raws")

    def __init__(self, array: Value, raws: Sequence[object]) -> None:
        self._array = array
        self._raws = raws

    def texts(self, key: str) -> Sequence[str]:
        """Return their strings, as ``at(key).text()`` of each."""
        found = self._all(key, str)
        return found if _are_plain(found) else self._each(key, Value.text)

    def text_lists(self, key: str) -> Sequence[tuple[str, ...]]:
        """Return their arrays of strings, as ``at(key).texts()`` of each."""
        found = self._all(key, list)
        if found is not None and _are_plain(list(chain.from_iterable(found))):
            return [*map(tuple, found)]
        return self._each(key, Value.texts)

    def counts(self, key: str) -> Sequence[int]:
        """Return their numbers, as ``at(key).count()`` of each."""
        found = self._all(key, int)
        if found is not None and min(found, default=0) >= 0:
            return found
        return self._each(key, Value.count)

    def amounts(self, key: str) -> Sequence[float]:
        """Return their numbers, as ``at(key).amount()`` of each."""
        found = self._all(key, float)
        if found is not None and min(found, default=0) >= 0 and max(found, default=0) < inf:
            return found
        return self._each(key, Value.amount)

    def flags(self, key: str) -> Sequence[bool]:
        """Return the value of a key in each, as ``at(key).flag()``."""
        found = self._all(key, bool)
        return self._each(key, Value.flag) if found is None else found

    def _all(self, key: str, kind: type[_Raw]) -> list[_Raw] | None:
        """Return the value of a key in each; None if one is of another type."""
        if set(map(type, self._raws)) <= {dict}:
            found = [each.get(key) for each in cast("Sequence[dict[str, object]]", self._raws)]
            if set(map(type, found)) <= {kind}:
                return cast("list[_Raw]", found)
        return None

    def _each(self, key: str, read: Callable[[Value], _Raw]) -> list[_Raw]:
        return [read(each.at(key)) for each in self._array.items()]


def _are_plain(texts: Sequence[object] | None) -> TypeGuard[Sequence[str]]:
    """Return whether all are ASCII strings."""
    if texts is None or not set(map(type, texts)) <= {str}:
        return False
    return "".join(cast("Sequence[str]", texts)).isascii()


def parse(document: bytes, shown: str) -> Value:
    """Read a JSON document.

    Args:
        document: The bytes, UTF-8.
        shown: Its name in messages.

    Raises:
        DamagedSourceError: If it is not valid JSON, contains ``NaN`` or a duplicate key, or is
            nested too deeply.
    """

    def refuse(fault: str, line: int | None = None) -> NoReturn:
        raise DamagedSourceError(path=shown, location="", line=line, fault=fault)

    def checked(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
        values = dict(pairs)
        if fault := _fault(pairs, values):
            refuse(fault)
        return values

    def no_constant(constant: str) -> NoReturn:
        refuse(f"is not valid JSON: `{constant}` is not a value of JSON")

    try:
        values: object = json.loads(
            document.decode("utf-8-sig"),
            object_pairs_hook=checked,
            parse_constant=no_constant,
        )
    except UnicodeDecodeError as error:
        line = document.count(b"\n", 0, error.start) + 1
        refuse(f"is not UTF-8: byte 0x{document[error.start]:02x}", line)
    except json.JSONDecodeError as error:
        # Some messages of Python end in "starting at", followed by the place.
        fault = error.msg.lower().removesuffix(" starting at").removesuffix(" at")
        refuse(f"is not valid JSON: {fault} at column {error.colno}", error.lineno)
    except RecursionError:
        refuse("is nested too deep")
    except DamagedSourceError:
        raise
    except ValueError:
        # Python does not convert integers with thousands of digits.
        refuse("holds a number of too many digits")
    return Value(values, location=WHOLE, shown=shown)


def _fault(pairs: Sequence[tuple[str, object]], values: dict[str, object]) -> str | None:
    """Return the fault in the keys of an object."""
    if len(values) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        return f"gives the key `{twice}` twice in one object"
    if not all(map(_is_text, values)):
        return "has a key that is not text: it contains an unpaired surrogate"
    return None


def _is_text(value: str) -> bool:
    """Return whether a string can be encoded; JSON can spell lone surrogates."""
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"
