"""Records that are made of columns are those that their class makes."""

from __future__ import annotations

from dataclasses import fields

import pytest

from specplan.model import Gap, Lacking
from specplan.model.columns import from_columns


def test_records_of_columns_are_those_of_rows() -> None:
    rows = [("a" * 32, "zlib", "1.3", 2), ("b" * 32, None, None, 1)]
    names = [field.name for field in fields(Lacking)]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    made = from_columns(Lacking, 2, **columns)
    assert made == [
        Lacking(hash=dag_hash, package=package, version=version, roots=roots)
        for dag_hash, package, version, roots in rows
    ]


def test_a_field_without_a_column_has_its_default() -> None:
    required = {field.name: ["x"] for field in fields(Gap) if field.name not in {"group", "known"}}
    (gap,) = from_columns(Gap, 1, **required)
    assert (gap.stack, gap.group, gap.known) == ("x", None, None)


def test_a_field_that_has_no_default_needs_a_column() -> None:
    with pytest.raises(TypeError, match="a Lacking needs its field `hash`"):
        from_columns(Lacking, 1, package=["x"], version=["1"], roots=[1])


def test_a_column_that_is_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="a Lacking has no field `colour`"):
        from_columns(Lacking, 0, hash=[], package=[], version=[], roots=[], colour=[])
