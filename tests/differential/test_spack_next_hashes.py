"""Next hashes of a real lock, held against what a Spack computes after real changes of recipes.

A concretization ends with patches, package hashes and DAG hashes. Where a change leaves the choice
as it is, that end is all that changes, and it takes seconds: Spack is given the specs of the lock
without what it computes there, once with the recipes before and once with those after changes.

`SPACK_ROOT` names a Spack, `SPECPLAN_PACKAGES` a clone of the package repository with its history,
`SPACK_SCOPE` a folder of Spack's configuration, if one is needed. It takes some minutes a lock.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specplan.recipes.canonical import Recipe
from specplan.recipes.changes import Comparison, compared_changes
from specplan.recipes.history import history
from specplan.recipes.locks import read_lock
from specplan.recipes.rules import rules_of
from specplan.recipes.successors import EXACT, next_lock
from tests.recipe_states import (
    PACKAGES,
    WITHIN,
    States,
    batches,
    folder_of,
    objects,
    touched,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SPACK = os.environ.get("SPACK_ROOT", "")

pytestmark = pytest.mark.skipif(
    not (SPACK and PACKAGES), reason="SPACK_ROOT or SPECPLAN_PACKAGES is not set"
)

LOCKS = Path(__file__).parents[1] / "data/locks"

#: The recipes that the locks were made with.
MADE_WITH = "06fb123987"

#: Since this commit recipes import their build systems as this Spack wants it.
SINCE = "cf34a9b80d"

#: What newer states of these import has another name in this Spack.
UNREADABLE = {"compiler_wrapper"}

#: The number of changes that justify two states.
FEWEST = 5

#: How many recipes a commit may touch: one that moves a name in all of them is no change of each.
MOST_RECIPES = 10

#: Run by Spack: writes, for each state of a tree, what a concretization makes of a lock at its end.
FINISH = """
import json, subprocess, sys
import spack.caches, spack.deptypes, spack.repo, spack.spec
lock, tree, out, *states = sys.argv[1:]
document = json.load(open(lock))
reader = spack.spec.SpecfileV5
COMPUTED = ("hash", "package_hash", "patches")

def unfinished(node):
    if "external" in node:
        return reader.from_node_dict(node)
    raw = {key: value for key, value in node.items() if key not in COMPUTED}
    variants = {key: value for key, value in node["parameters"].items() if key != "patches"}
    return reader.from_node_dict({**raw, "parameters": variants, "concrete": False})

def finished(state):
    subprocess.run(["git", "-C", tree, "checkout", "-q", state], check=True)
    # Python keeps the recipes of the state before, and Spack what it knows of folders and patches.
    for name in [each for each in sys.modules if each.startswith("spack_repo")]:
        del sys.modules[name]
    spack.repo.FastPackageChecker._paths_cache.clear()
    spack.caches.MISC_CACHE.destroy()
    with spack.repo.use_repositories(f"{tree}/repos/spack_repo/builtin"):
        specs = {key: unfinished(node) for key, node in document["concrete_specs"].items()}
        for key, node in document["concrete_specs"].items():
            for edge in reader.dependencies_from_node_dict(node):
                _, below, types, _, virtuals, direct = edge
                depflag = spack.deptypes.canonicalize(types)
                specs[key]._add_dependency(
                    specs[below], depflag=depflag, virtuals=virtuals, direct=direct
                )
        for spec in specs.values():
            # A concretization takes the commit that the version names.
            versions = spack.repo.PATH.get_pkg_class(spec.fullname).versions
            commit = versions.get(spec.version, {}).get("commit")
            if commit and "commit" in spec.variants and not spec.concrete:
                spec.variants["commit"].set(commit)
        roots = [specs[each["hash"]] for each in document["roots"]]
        for root in roots:
            spack.spec._inject_patches_variant(root)
        for root in roots:
            root._finalize_concretization()
    return {
        **document,
        "roots": [
            {**each, "hash": root.dag_hash()} for each, root in zip(document["roots"], roots)
        ],
        "concrete_specs": {
            spec.dag_hash(): spec.node_dict_with_hashes() for spec in specs.values()
        },
    }

for state in states:
    try:
        answer = finished(state)
    except Exception as error:
        answer = {"fault": str(error)}
    with open(f"{out}/{state}.json", "w") as file:
        json.dump(answer, file)
"""


def changes_of_code(packages: set[str]) -> Iterator[tuple[str, str]]:
    """Give the changes of recipes' code, the newest first, as commit and folder."""
    changes = touched(set(map(folder_of, packages)) - UNREADABLE, SINCE, MOST_RECIPES)
    texts = objects(
        f"{revision}:{WITHIN}/{folder}/package.py"
        for commit, folder in changes
        for revision in (f"{commit}~", commit)
    )
    for change, old, new in zip(changes, texts, texts, strict=True):
        if old is not None and new is not None and _text(old) != _text(new):
            yield change


def _text(recipe: bytes) -> object:
    return Recipe(recipe, rules_of()).text_of_any()


def before(batch: Mapping[str, str]) -> dict[str, str]:
    return {folder: f"{commit}~" for folder, commit in batch.items()}


def without_directives(states: States, lock: bytes, batch: dict[str, str]) -> dict[str, str]:
    """Keep the changes after which a concretizer takes the same specs again."""
    states.write({"tried-before": before(batch), "tried-after": batch})
    compared = Comparison(history(str(states.top), "tried-before..tried-after"), rules_of())
    changes = compared_changes(compared, [read_lock(lock, "site", "lock")])
    return {
        folder: batch[folder]
        for each in changes.recipes
        if all(EXACT.issuperset(spec.classes) for spec in each.specs)
        and any(spec.verdict == "stale" for spec in each.specs)
        and (folder := folder_of(each.package)) in batch
    }


def finished_by_spack(folder: Path, lock: bytes, tree: Path, states: list[str]) -> dict[str, bytes]:
    """The locks that Spack makes with the recipes of states."""
    (folder / "spack.lock").write_bytes(lock)
    script = folder / "finish.py"
    script.write_text(FINISH)
    scope = os.environ.get("SPACK_SCOPE")
    words = [str(folder / "spack.lock"), str(tree), str(folder), *states]
    command = [f"{SPACK}/bin/spack", *(["-C", scope] if scope else []), "python", str(script)]
    environment = {**os.environ, "SPACK_USER_CACHE_PATH": str(folder / "cache")}
    subprocess.run([*command, *words], check=True, env=environment)
    return {each: (folder / f"{each}.json").read_bytes() for each in states}


@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    "name", ["2026-01/radiuss", "2026-01/tools-sdk", "sample-2026-01/e4s-neoverse-v2"]
)
def test_no_next_hash_is_another_than_what_spack_computes(name: str, tmp_path: Path) -> None:
    """Every spec of the lock is compared, with all that depends on what changed."""
    lock = gzip.decompress((LOCKS / name / "spack.lock.gz").read_bytes())
    nodes = json.loads(lock)["concrete_specs"].values()
    packages = {each["name"] for each in nodes}
    built = {each["name"] for each in nodes if "external" not in each}
    tree = States(tmp_path / "tree", packages, MADE_WITH)
    kept = [
        without_directives(tree, lock, each) for each in batches(changes_of_code(built), FEWEST)
    ]
    states: dict[str, dict[str, str]] = {}
    for number, batch in enumerate(kept):
        states |= {f"before-{number}": before(batch), f"after-{number}": batch}
    tree.write(states)
    locks = finished_by_spack(tmp_path, lock, tree.top, [*states])
    told = [name]
    for number, batch in enumerate(kept):
        pair = [locks[f"{state}-{number}"] for state in ("before", "after")]
        if fault := next(
            (fault for each in pair if (fault := json.loads(each).get("fault"))), None
        ):
            told.append(f"{len(batch)} changes are not compared: {fault}")
            continue
        old, new = read_lock(pair[0], "site", "before"), json.loads(pair[1])
        range_ = history(str(tree.top), f"before-{number}..after-{number}")
        compared = Comparison(range_, rules_of())
        made = next_lock(compared, old, compared_changes(compared, [old]))
        known = {each.successor for each in made.answer.specs if each.successor is not None}
        assert known <= new["concrete_specs"].keys()
        assert all(each.reason for each in made.answer.specs if each.successor is None)
        if not made.open:
            document = json.loads(made.document)
            assert document["concrete_specs"].keys() == new["concrete_specs"].keys()
            assert document["roots"] == new["roots"]
        changed = {folder_of(each.package) for each in made.answer.specs if each.successor}
        told.append(
            f"{len(batch)} changes, {len(batch.keys() & changed)} of recipes whose specs have next "
            f"hashes; {len(known)} next hashes, {len(made.open)} open"
        )
    (tmp_path / "told").write_text("\n".join(told))
    assert any("next hashes" in each for each in told), told
