"""One name in the JSON documents stands for one kind of value, and one thing has one name."""

from __future__ import annotations

import json
from collections import defaultdict
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The names that stand for more than one kind of value, each with the reason.
SEVERAL_KINDS: Final = {
    "alone": "a cache without wants, and the binaries that only one index lists",
    "available": "the binaries that there are, and whether a spec is one of them",
    "binaries": "their number, and the numbers of those that install and that do not",
    "completed": "the roots that a budget completes, and whether a want is one of them",
    "excluded": "the wants that an entry excludes, and all that broken specs exclude",
    "hashes": "the numbers of compared hashes, and the package hashes",
    "missing": "one thing for a spec that is undecided, several for a want with many specs",
    "new": "the newer state, and what only that state has",
    "old": "the older state, and what only that state has",
    "recipes": "the recipes, their number, and their numbers by verdict",
    "roots": "their number, and the numbers of those that install and that do not",
    "spec": "a spec of a source, and an abstract spec as it was given",
    "specs": "the specs, their number, and their numbers by verdict",
    "stale": "the stale specs, their number, and whether a spec is one of them",
    "version": "the version of a package, and the number of the format of an index",
    "want": "a want as text, and the cell with the abstract spec that it wants",
    "wants": "the wants, their number, and what they are taken from",
}

#: A number of the same name as a list, or as a property, counts it.
COUNTED: Final = ({"array", "number"}, {"boolean", "number"})

#: Other names of things, with the names that the documents use.
OTHERWISE: Final = {
    "chain_cost": "critical_path_cost",
    "dag_hash": "hash",
    "file": "path",
    "from": "before",
    "label": "stack",
    "name": "package",
    "operating_system": "os",
    "place": "location",
    "tag": "tags",
    "to": "after",
    "was": "old_hash",
    "why": "reason",
}

#: The fields `name` that do not name a package.
OTHER_NAMES: Final = {"gates[].name", "steps[].name"}


def fields() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the key path and the description of each field of all documents."""
    for path in (resources.files("specplan") / "schemas").iterdir():
        yield from below(json.loads(path.read_text(encoding="utf-8")), "")


def below(schema: object, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, list):
        for part in schema:
            yield from below(part, place)
    elif isinstance(schema, dict):
        for name, part in schema.get("properties", {}).items():
            path = f"{place}.{name}" if place else name
            yield path, part
            yield from below(part, path)
        for word in ("anyOf", "oneOf", "allOf"):
            yield from below(schema.get(word), place)
        yield from below(schema.get("items"), f"{place}[]")


def kinds(field: dict[str, Any]) -> set[str]:
    """The JSON types of a field besides null; whole numbers are numbers."""
    if "type" in field:
        given = field["type"]
        found = {given} if isinstance(given, str) else set(given)
    elif "const" in field or "enum" in field:
        values = field.get("enum", [field.get("const")])
        found = {"null" if each is None else "string" for each in values}
    else:
        parts = field.get("anyOf", field.get("oneOf", []))
        found = {kind for part in parts for kind in kinds(part)}
    return {"number" if kind == "integer" else kind for kind in found - {"null"}}


def test_a_name_stands_for_one_kind_of_value_in_all_documents() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for path, field in fields():
        assert kinds(field), path
        found[path.rpartition(".")[2]] |= kinds(field)
    several = {name for name, each in found.items() if len(each) > 1 and each not in COUNTED}
    assert several == set(SEVERAL_KINDS)


def test_a_thing_has_one_name_in_all_documents() -> None:
    others = [path for path, _ in fields() if path.rpartition(".")[2] in OTHERWISE]
    assert [path for path in others if path not in OTHER_NAMES] == []


def test_a_property_that_holds_or_does_not_is_a_plain_word() -> None:
    flags = [path.rpartition(".")[2] for path, field in fields() if kinds(field) == {"boolean"}]
    assert flags
    assert [name for name in flags if name.startswith(("is_", "has_", "can_"))] == []
