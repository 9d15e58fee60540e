"""The JSON documents keep to the schemas that are published with them."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from specplan.model.report import as_json
from specplan.reports.render.document import document
from tests import records
from tests.snapshots import assert_is_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = {
    "coverage one cell": as_json(records.ONE_CELL),
    "coverage many cells": as_json(records.MANY_CELLS),
    "coverage with edges": as_json(records.WITH_EDGES),
    "coverage of nothing": as_json(records.NOTHING),
    "diff": as_json(records.DIFF),
    "diff of the same": as_json(records.SAME),
    "diff hostile": as_json(records.HOSTILE_DIFF),
    "check": as_json(records.CHECK),
    "check broken": as_json(records.BROKEN_CHECK),
    "check sound": as_json(records.SOUND),
    "check hostile": as_json(records.HOSTILE_CHECK),
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


def test_a_hostile_name_comes_back_as_it_was() -> None:
    loaded = json.loads(as_json(records.HOSTILE_COVERAGE))
    assert loaded["gaps"][0]["want"] == records.HOSTILE
    assert loaded["cells"][0]["stack"] == records.HOSTILE


def test_nothing_wanted_has_no_coverage() -> None:
    assert json.loads(as_json(records.NOTHING))["totals"]["coverage"] is None


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("coverage.json", as_json(records.WITH_EDGES)),
        ("diff.json", as_json(records.DIFF)),
        ("check.json", as_json(records.CHECK)),
        ("check-broken.json", as_json(records.BROKEN_CHECK)),
    ],
)
def test_the_documents_look_as_documented(name: str, document: str) -> None:
    assert_is_snapshot(document, name)


@pytest.mark.parametrize("items", [0, 1, 999, 1000, 1001, 2000, 2001])
def test_a_long_array_is_written_as_a_short_one(items: int) -> None:
    content = {
        "schema": "x",
        "long": [{"name": f"\u00e4{at}", "texts": ["a"]} for at in range(items)],
        "other": list(range(items)),
        "end": None,
    }
    assert "".join(document(content)) == json.dumps(content, indent=2) + "\n"


def test_an_array_at_the_end_and_a_lone_surrogate_are_written_whole() -> None:
    content = {"long": ["\ud800"] * 2_001}
    assert "".join(document(content)) == json.dumps(content, indent=2) + "\n"
