"""Verdicts on commits of a real package repository, held against the texts that Spack made.

`SPECPLAN_MORE_DATA` names a folder with `recipe-texts.json.gz` and the lock that it is of, and
`SPECPLAN_PACKAGES` a clone of the package repository with its history.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from specplan.recipes.changes import Comparison, package_hashes, recipe_changes
from specplan.recipes.history import history
from specplan.recipes.locks import read_locks
from specplan.recipes.rules import rules_of

MORE_DATA = os.environ.get("SPECPLAN_MORE_DATA", "")
PACKAGES = os.environ.get("SPECPLAN_PACKAGES", "")

pytestmark = pytest.mark.skipif(
    not (MORE_DATA and PACKAGES), reason="SPECPLAN_MORE_DATA or SPECPLAN_PACKAGES is not set"
)

#: The recipes with which the lock was made.
MADE_WITH = "06fb123987"
LOCK = Path(MORE_DATA, "locks/2026-01/radiuss/spack.lock")


@pytest.mark.timeout(3600)
def test_no_text_that_changed_is_called_the_same() -> None:
    packed = Path(MORE_DATA, "recipe-texts.json.gz").read_bytes()
    answers: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for commit, _, dag_hash, same in json.loads(gzip.decompress(packed))["rows"]:
        answers[commit][dag_hash] = same
    locks = read_locks([str(LOCK)])
    wrong, missed = [], []
    true, kept = 0, 0
    for commit, specs in answers.items():
        changes = recipe_changes(history(PACKAGES, f"{commit}~..{commit}"), locks, rules_of())
        found = {spec.hash: spec for each in changes.recipes for spec in each.specs}
        for dag_hash, same in specs.items():
            spec = found[dag_hash]
            if not same and "same" in {spec.verdict, spec.package_hash}:
                wrong.append((commit, dag_hash))
            if same and "code" in spec.classes:
                missed.append((commit, dag_hash))
            # Sources and patches are not in the text, and change the hash as well.
            true += same and spec.package_hash != "changes"
            kept += spec.package_hash == "same"
    assert wrong == []
    assert missed == []
    assert kept >= 0.95 * true, f"{kept} of {true} package hashes that stay are known to stay"


@pytest.mark.timeout(600)
def test_the_recorded_package_hashes_come_out_of_the_recipes() -> None:
    locks = read_locks([str(LOCK)])
    compared = Comparison(history(PACKAGES, f"{MADE_WITH}..{MADE_WITH}"), rules_of())
    found = package_hashes(compared.before, locks)
    other = [each for each in found if each.computed != each.recorded]
    assert len(found) == 308
    assert other == []
