"""Records that are made when somebody looks at them are those that were made at once."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

import specplan
from specplan.model.hashes import Hashes
from specplan.model.lazy_records import DeferredRecords, LazyRecords

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBERS = range(2_500)


@dataclass(frozen=True, slots=True)
class Number:
    """A record of one field."""

    text: str


class Columns:
    """Counts how many values were read."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self, sources: Sequence[int]) -> dict[str, list[object]]:
        self.read += len(sources)
        return {"text": [str(each) for each in sources]}


def test_they_are_a_sequence_of_the_same_records() -> None:
    whole = tuple(Number(str(each)) for each in NUMBERS)
    records = LazyRecords(Number, NUMBERS, Columns())
    assert tuple(records) == whole
    assert (records[3], records[-1], records[1:4]) == (whole[3], whole[-1], whole[1:4])
    assert records == whole
    assert records == LazyRecords(Number, NUMBERS, Columns())
    assert records != whole[:-1]
    assert hash(records) == hash(whole)
    assert pickle.loads(pickle.dumps(records)) == whole  # noqa: S301 - our own


def test_none_is_made_before_it_is_looked_at() -> None:
    columns = Columns()
    records = LazyRecords(Number, NUMBERS, columns)
    assert len(records) == len(NUMBERS)
    assert columns.read == 0
    assert next(iter(records)) == Number("0")
    assert columns.read < len(NUMBERS)


def test_the_first_hashes_are_shown_without_the_others() -> None:
    asked: list[str] = []

    def told(spec: str) -> list[str]:
        asked.append(spec)
        return list("abcde")

    hashes = Hashes(5, told, "x", ("a", "b"))
    assert (hashes[:2], hashes[:1], hashes[1:2]) == (("a", "b"), ("a",), ("b",))
    assert asked == []
    assert tuple(hashes) == tuple("abcde")
    assert hashes[:3] == ("a", "b", "c")
    assert asked


def test_deferred_records_are_made_once_and_not_before_somebody_looks() -> None:
    made: list[int] = []

    def make() -> tuple[str, ...]:
        made.append(1)
        return ("a", "b")

    records = DeferredRecords(make)
    assert not made
    assert (len(records), records[0], list(records[1:]), repr(records)) == (
        2,
        "a",
        ["b"],
        "('a', 'b')",
    )
    assert records == ("a", "b") == DeferredRecords(make)
    assert records != "ab"
    assert hash(records) == hash(("a", "b"))
    assert made == [1, 1]
    assert pickle.loads(pickle.dumps(records)) == ("a", "b")  # noqa: S301 - our own


def test_the_keys_of_wants_are_made_for_documents_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nobody asked for them")

    monkeypatch.setattr("specplan.coverage.solve.want_keys", refuse)
    coverage = specplan.load("examples/cache").gaps(stack="e4s")
    assert coverage.to_text()
    with pytest.raises(AssertionError, match="nobody asked"):
        coverage.to_json()
