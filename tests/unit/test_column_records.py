"""Records kept as columns are those that their class makes, in every form."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specplan import _core
from specplan.model import Lacking, Nearest
from specplan.model.column_records import ColumnRecords, values_of
from specplan.model.want_keys import keys_of
from specplan.reports.render.document import document

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXTS = st.text(st.sampled_from('az 09#["\\\n\x7f\x1fäπ\ud800\U0001f600'), max_size=6)
LACKING = st.builds(
    Lacking,
    hash=TEXTS,
    package=st.none() | TEXTS,
    version=st.none() | TEXTS,
    roots=st.integers(-(2**70), 2**70) | st.booleans(),
)


def in_columns(records: Sequence[Lacking]) -> ColumnRecords[Lacking]:
    return ColumnRecords(
        Lacking,
        len(records),
        hash=[each.hash for each in records],
        package=[each.package for each in records],
        version=[each.version for each in records],
        roots=[each.roots for each in records],
    )


@given(st.lists(LACKING, max_size=8), st.slices(8))
def test_records_in_columns_equal_the_same_records_in_a_tuple(
    records: list[Lacking], some: slice
) -> None:
    kept = in_columns(records)
    assert kept == tuple(records)
    assert kept[some] == tuple(records[some])
    assert [*in_columns(records)] == records
    assert hash(kept) == hash(tuple(records))
    assert repr(kept) == repr(tuple(records))
    assert pickle.loads(pickle.dumps(kept)) == tuple(records)  # noqa: S301 - pickled just now
    assert values_of(kept, "roots") == values_of(records, "roots")


def test_a_column_that_is_missing_or_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="a Lacking needs its field `roots`"):
        ColumnRecords(Lacking, 0, hash=[], package=[], version=[])
    with pytest.raises(TypeError, match="a Lacking has no field `colour`"):
        ColumnRecords(Lacking, 0, hash=[], package=[], version=[], roots=[], colour=[])


@given(st.lists(LACKING, min_size=1, max_size=3))
def test_a_long_array_of_columns_is_written_like_one_of_records(records: list[Lacking]) -> None:
    plain = Lacking(hash="a" * 32, package="zlib", version=None, roots=1)
    many = [plain] * 1_100 + records
    assert "".join(document({"a": in_columns(many)})) == "".join(document({"a": many}))
    nested = "".join(document({"o": {"n": 1, "a": in_columns(many)}}))
    assert nested == "".join(document({"o": {"n": 1, "a": many}}))


@given(others=st.integers(0, 4), is_nested=st.booleans())
def test_a_document_with_long_arrays_is_that_of_the_standard_encoder(
    *, others: int, is_nested: bool
) -> None:
    long = [{"n": at, "s": "x"} for at in range(1_001)]
    content: dict[str, object] = {"schema": "x"}
    content |= {f"before{at}": at for at in range(others)}
    content["long"] = {"in": 1, "deep": long, "after": []} if is_nested else long
    content |= {f"after{at}": {"k": None} for at in range(others)}
    text = "".join(document(content))  # type: ignore[arg-type] # plain values
    assert text == json.dumps(content, indent=2) + "\n"


def test_the_core_writes_rows_of_plain_values_only() -> None:
    names = ["n", "s", "t"]
    assert _core.json_rows(names, [[1, None], ["x", "y"], [True, False]], 2) == (
        '    {\n      "n": 1,\n      "s": "x",\n      "t": true\n    },\n'
        '    {\n      "n": null,\n      "s": "y",\n      "t": false\n    }'
    )
    nearest = Nearest(hash="x", stack="x", os="x", target="x", source="x", differs=())
    others: tuple[object, ...] = (1.5, 'a"', "a\\", "##[x", "ä", "\x7f", "\n", 2**70, [], nearest)
    for other in others:
        assert _core.json_rows(["n"], [[other]], 1) is None


@given(st.lists(TEXTS))
def test_the_core_makes_the_keys_of_wants(wants: list[str]) -> None:
    keys = _core.sorted_want_keys(wants)
    assert keys == "".join(sorted({*keys_of(wants)}))
