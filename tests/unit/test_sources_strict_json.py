"""Long arrays of strict JSON: what is read key by key is what each element has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from specplan.errors import DamagedSourceError
from specplan.sources.strict_json import Value, parse

if TYPE_CHECKING:
    from collections.abc import Callable

#: How an array is read, and how an element; what the elements have, and what none may have.
READINGS: dict[str, tuple[Callable[[Value], object], list[object], list[object]]] = {
    "texts": (Value.text, ["zlib", "", "ö"], [None, 1, ["zlib"], "\ud800"]),
    "text_lists": (Value.texts, [[], ["zlib"], ["a", "ö"]], [None, "zlib", [1], [["a"]]]),
    "counts": (Value.count, [0, 7, 1 << 70], [None, -1, True, 1.0, "1"]),
    "amounts": (Value.amount, [0, 1.5, 7], [None, -1, -0.5, True, "1", 10**400]),
    "flags": (Value.flag, [True, False], [None, 0, "true"]),
}


def read(values: list[object]) -> Value:
    return parse(json.dumps([{"key": each} for each in values]).encode(), "plan.json")


@pytest.mark.parametrize("reading", READINGS)
def test_an_array_that_is_read_at_once_gives_what_each_element_gives(reading: str) -> None:
    one, valid, wrong = READINGS[reading]
    array = read(valid)
    assert list(getattr(array.rows(), reading)("key")) == [one(e.at("key")) for e in array.items()]
    assert not getattr(read([]).rows(), reading)("key")
    for each in wrong:
        array = read([*valid, each, each])
        with pytest.raises(DamagedSourceError) as found:
            getattr(array.rows(), reading)("key")
        with pytest.raises(DamagedSourceError) as expected:
            one(array.items()[len(valid)].at("key"))
        assert str(found.value) == str(expected.value)


def test_an_element_that_lacks_a_key_or_is_no_object_is_named() -> None:
    for text, place in (("[{}]", "x[0]"), ('[{"key": "a"}, 1]', "x[1]"), ("7", "x")):
        array = parse(f'{{"x": {text}}}'.encode(), "plan.json").at("x")
        with pytest.raises(DamagedSourceError) as found:
            array.rows().texts("key")
        assert found.value.location == place
