"""The JSON documents keep to the schemas that are published with them."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from specplan.reports.check import json_document as check_json
from specplan.reports.coverage import json_document
from tests import records
from tests.snapshots import assert_is_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = {
    "coverage one cell": json_document.coverage(records.ONE_CELL),
    "coverage many cells": json_document.coverage(records.MANY_CELLS),
    "coverage with edges": json_document.coverage(records.WITH_EDGES),
    "coverage of nothing": json_document.coverage(records.NOTHING),
    "diff": json_document.diff(records.DIFF),
    "diff of the same": json_document.diff(records.SAME),
    "diff hostile": json_document.diff(records.HOSTILE_DIFF),
    "check": check_json.check(records.CHECK),
    "check broken": check_json.check(records.BROKEN_CHECK),
    "check sound": check_json.check(records.SOUND),
    "check hostile": check_json.check(records.HOSTILE_CHECK),
}


def schema(kind: str) -> dict[str, Any]:
    path = resources.files("specplan") / "schemas" / f"specplan.{kind}-1.schema.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def objects(schema: object) -> Iterator[dict[str, Any]]:
    """Every part of a schema that describes an object."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for part in schema.values():
            yield from objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from objects(part)


@pytest.mark.parametrize("kind", ["coverage", "diff", "check", "find"])
def test_each_schema_is_valid_closed_and_described(kind: str) -> None:
    Draft202012Validator.check_schema(schema(kind))
    for part in objects(schema(kind)):
        assert part["additionalProperties"] is False
        assert part["description"]
        for name, each in part["properties"].items():
            assert each.get("description"), name


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_each_document_keeps_to_its_schema(document: str) -> None:
    loaded = json.loads(document)
    kind = loaded["schema"].removeprefix("specplan.").removesuffix("/1")
    Draft202012Validator(schema(kind)).validate(loaded)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_each_document_is_printable_ascii_and_ends_its_last_line(document: str) -> None:
    assert document.isascii()
    assert document.replace("\n", "").isprintable()
    assert document.endswith("}\n")


def test_gaps_and_coverage_are_one_document() -> None:
    assert json_document.gaps(records.MANY_CELLS) == json_document.coverage(records.MANY_CELLS)


def test_a_hostile_name_comes_back_as_it_was() -> None:
    loaded = json.loads(json_document.coverage(records.HOSTILE_COVERAGE))
    assert loaded["gaps"][0]["want"] == records.HOSTILE
    assert loaded["cells"][0]["stack"] == records.HOSTILE


def test_nothing_wanted_has_no_coverage() -> None:
    assert json.loads(json_document.coverage(records.NOTHING))["totals"]["coverage"] is None


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("coverage.json", json_document.coverage(records.WITH_EDGES)),
        ("diff.json", json_document.diff(records.DIFF)),
        ("check.json", check_json.check(records.CHECK)),
        ("check-broken.json", check_json.check(records.BROKEN_CHECK)),
    ],
)
def test_the_documents_look_as_documented(name: str, document: str) -> None:
    assert_is_snapshot(document, name)
