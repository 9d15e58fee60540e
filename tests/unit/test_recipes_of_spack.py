"""Hostile changes of one recipe, held against the package hashes that Spack computes after each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from specplan.recipes.dag_hash import dag_hash
from specplan.recipes.hashes import computed_hash
from specplan.recipes.repositories import repositories_of
from specplan.recipes.rules import rules_of
from specplan.recipes.sides import Side
from specplan.recipes.unread import UnreadError
from specplan.recipes.verdicts import spec_change
from tests.recipe_repositories import lock_of, node

RECORDED = json.loads((Path(__file__).parents[1] / "data/recipes/changes.json").read_text("utf-8"))
CHANGES = RECORDED["changes"]

#: Changes after which a hash cannot be read from the recipe without running it: it is said to be
#: unknown, never computed wrongly.
UNREAD = {
    "directive-renamed",
    "patch-list",
    "version-from-function",
    "version-list",
    "when-other-name",
}


class OneRecipe:
    """The files of a package repository with one recipe."""

    shown = "memory"

    def __init__(self, recipe: str) -> None:
        self.files = {"repo.yaml": b"repo:\n  namespace: builtin\n  api: v2.2\n"}
        for name, text in {"package.py": recipe, **RECORDED["files"]}.items():
            self.files[f"packages/greeting/{name}"] = text.encode()

    def fetch(self, paths: object) -> None:
        """Everything is there."""

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))


def recipe_after(change: str) -> str:
    start, end = CHANGES[change]["lines"]
    lines = RECORDED["recipe"].splitlines(keepends=True)
    return "".join([*lines[:start], CHANGES[change]["text"], *lines[end:]])


def found(recipe: str) -> Any:
    tree = OneRecipe(recipe)
    return Side(tree, repositories_of(tree, ()), rules_of()).find("builtin", "greeting")


def specs_after(change: str | None) -> list[dict[str, Any] | None]:
    """The specs as Spack makes them after a change, None where it makes none."""
    answers = CHANGES[change]["answers"] if change else {}
    specs: list[dict[str, Any] | None] = []
    for place, before in enumerate(RECORDED["specs"]):
        answer = answers.get(str(place), {})
        if answer is None:
            specs.append(None)
            continue
        each = {**before, **answer}
        commit = {"commit": each["commit"]} if each["commit"] else {}
        raw = node(
            "greeting", each["version"], patches=each["patches"], loud=each["loud"], **commit
        )
        del raw["hash"]
        raw["package_hash"] = each["hash"] + "===="
        specs.append({**raw, "hash": dag_hash(raw)})
    return specs


BEFORE = [each for each in specs_after(None) if each]
LOCK = lock_of(*BEFORE)
OLD = found(RECORDED["recipe"])


def hash_of(change: str | None, spec: dict[str, Any]) -> str | None:
    lock = lock_of(spec)
    recipe = recipe_after(change) if change else RECORDED["recipe"]
    try:
        return computed_hash(lock, lock.file.nodes[spec["hash"]], found(recipe))
    except UnreadError:
        return None


@pytest.mark.parametrize("change", [None, *CHANGES])
def test_the_package_hash_after_a_change_is_that_of_spack_or_unread(change: str | None) -> None:
    specs = [each for each in specs_after(change) if each]
    computed = {each["hash"]: hash_of(change, each) for each in specs}
    unread = [each for each in computed.values() if each is None]
    assert bool(unread) == (change in UNREAD)
    for spec in specs:
        assert computed[spec["hash"]] in {spec["package_hash"], None}


@pytest.mark.parametrize("change", CHANGES)
def test_no_spec_is_called_the_same_that_spack_hashes_otherwise(change: str) -> None:
    new = found(recipe_after(change))
    compared = 0
    for before, after in zip(BEFORE, specs_after(change), strict=True):
        if after is None:
            continue
        compared += 1
        verdict = spec_change(LOCK, LOCK.file.nodes[before["hash"]], OLD, new, ())
        if after["package_hash"] != before["package_hash"]:
            assert verdict.package_hash != "same", verdict
        else:
            assert verdict.package_hash != "changes", verdict
        if after["hash"] != before["hash"]:
            assert verdict.verdict in {"stale", "may_change"}, verdict
    assert compared or not any(specs_after(change))


def test_what_spack_cannot_load_is_not_called_the_same_for_every_spec() -> None:
    refused = [change for change in CHANGES if not any(specs_after(change))]
    assert len(refused) >= 5
    for change in refused:
        new = found(recipe_after(change))
        verdicts = {
            spec_change(LOCK, each, OLD, new, ()).verdict for each in LOCK.file.nodes.values()
        }
        assert verdicts != {"same"}, change
