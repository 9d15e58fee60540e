"""Before Spack 0.18, files refer to specs by hashes that say more than the specs' own.

Locks of versions 2 and 3 have them as keys, spec files of versions 1 and 2 beside the own ones.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import specplan

if TYPE_CHECKING:
    from pathlib import Path

APP, TOOL_1, TOOL_2, LIBRARY = (letter * 32 for letter in "abcd")
KEYS = {
    name: letter * 32
    for name, letter in zip(("old", "new", "one", "two", "lib"), "vwxyz", strict=True)
}


def node(version: int, name: str, text: str, hash_: str, needs: dict[str, tuple[str, str]]) -> Any:
    """Return a node as version 2 or 3 writes it; ``needs`` is name -> (key, type)."""
    fields: dict[str, Any] = {
        "version": text,
        "arch": {"platform": "linux", "platform_os": "rhel8", "target": "zen2"},
        "compiler": {"name": "gcc", "version": "10.2.1"},
        "namespace": "builtin",
        "parameters": {},
        "hash": hash_,
    }
    if version == 2:
        fields["dependencies"] = {n: {"hash": k, "type": [t]} for n, (k, t) in needs.items()}
        return {name: fields}
    fields["name"] = name
    fields["dependencies"] = [
        {"name": n, "build_hash": k, "type": [t]} for n, (k, t) in needs.items()
    ]
    return fields


def lock(version: int, roots: list[str]) -> dict[str, Any]:
    """Return a lock of two builds of an application, with one hash, by two tools."""
    builds = {
        name: {"library": (KEYS["lib"], "link"), "tool": (KEYS[tool], "build")}
        for name, tool in (("old", "one"), ("new", "two"))
    }
    nodes = {
        KEYS["old"]: node(version, "app", "1.0", APP, builds["old"]),
        KEYS["new"]: node(version, "app", "1.0", APP, builds["new"]),
        KEYS["one"]: node(version, "tool", "1.0", TOOL_1, {}),
        KEYS["two"]: node(version, "tool", "2.0", TOOL_2, {}),
        KEYS["lib"]: node(version, "library", "3.0", LIBRARY, {}),
    }
    return {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": version},
        "roots": [{"hash": KEYS[name], "spec": "app"} for name in roots],
        "concrete_specs": nodes,
    }


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("roots", [["old", "new"], ["new", "old"]])
def test_of_specs_with_one_hash_the_first_from_the_roots_counts(
    tmp_path: Path, version: int, roots: list[str]
) -> None:
    place = tmp_path / "spack.lock"
    place.write_text(json.dumps(lock(version, roots)), encoding="utf-8")
    catalog = specplan.load(place)
    tool = TOOL_1 if roots[0] == "old" else TOOL_2
    assert sorted(spec.hash for spec in catalog.select()) == [APP, tool, LIBRARY]
    tools = {"old": "1.0", "new": "2.0"}
    for name, text in tools.items():
        found = [spec.hash for spec in catalog.find(f"app ^tool@{text}")]
        assert found == ([APP] if roots[0] == name else [])
    assert [spec.hash for spec in catalog.find("app ^library@3")] == [APP]


def test_a_hash_under_two_keys_is_damage_where_keys_are_hashes(tmp_path: Path) -> None:
    place = tmp_path / "spack.lock"
    place.write_text(json.dumps(lock(3, ["old"]) | {"_meta": {"lockfile-version": 4}}))
    with pytest.raises(specplan.DamagedSourceError, match="different content"):
        specplan.load(place)


@pytest.mark.parametrize("version", [1, 2])
def test_dependencies_of_spec_files_are_found_by_their_build_hashes(
    tmp_path: Path, version: int
) -> None:
    needs = {"library": (KEYS["lib"], "link"), "tool": (KEYS["one"], "build")}
    # What version 2 of locks is for, version 1 of spec files is, and so on.
    nodes = [
        (KEYS["old"], node(version + 1, "app", "1.0", APP, needs)),
        (KEYS["one"], node(version + 1, "tool", "1.0", TOOL_1, {})),
        (KEYS["lib"], node(version + 1, "library", "3.0", LIBRARY, {})),
    ]
    for key, each in nodes:
        fields = next(iter(each.values())) if version == 1 else each
        fields["build_hash"] = key
    written = [each for _, each in nodes]
    spec = written if version == 1 else {"_meta": {"version": 2}, "nodes": written}
    place = tmp_path / "app.spec.json"
    place.write_text(json.dumps({"spec": spec}), encoding="utf-8")
    catalog = specplan.load(place)
    for text, expected in [("app ^library@3", [APP]), ("app ^tool@1", [APP]), ("^tool@2", [])]:
        assert [each.hash for each in catalog.find(text)] == expected, text
