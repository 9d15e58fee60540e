"""Verdicts on real changes of recipes, held against the canonical texts that a Spack makes.

`SPACK_ROOT` names a Spack, `SPECPLAN_PACKAGES` a clone of the package repository with its history,
`SPACK_SCOPE` a folder of Spack's configuration, if one is needed. `SPECPLAN_CHANGES` says how many
changes are compared; 200 if it does not. A thousand take some five minutes.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from specplan.recipes.changes import recipe_changes
from specplan.recipes.history import history
from specplan.recipes.locks import read_locks
from specplan.recipes.rules import rules_of
from tests.recipe_states import PACKAGES, WITHIN, States, batches, folder_of, objects, touched

SPACK = os.environ.get("SPACK_ROOT", "")

pytestmark = pytest.mark.skipif(
    not (SPACK and PACKAGES), reason="SPACK_ROOT or SPECPLAN_PACKAGES is not set"
)

LOCK = Path(__file__).parents[1] / "data/locks/2026-01/radiuss/spack.lock.gz"
MOST = int(os.environ.get("SPECPLAN_CHANGES", "200"))

#: The recipes that the lock was made with.
MADE_WITH = "06fb123987"

#: Run by Spack: says of each case whether its canonical text is that of the other revision.
COMPARE = """
import json, sys
import spack.environment, spack.util.package_hash
folder, cases, out = sys.argv[1:]
roots = spack.environment.Environment(folder).specs_by_hash.values()
specs = {each.dag_hash(): each for root in roots for each in root.traverse()}
answers = []
for number, dag_hash, old, new in json.load(open(cases)):
    texts = [
        spack.util.package_hash.canonical_source(specs[dag_hash], source=each.encode())
        for each in (old, new)
    ]
    answers.append([number, dag_hash, texts[0] == texts[1]])
json.dump(answers, open(out, "w"))
"""


@pytest.mark.timeout(7200)
def test_verdicts_agree_with_the_canonical_texts_of_spack(tmp_path: Path) -> None:
    locks = read_locks([f"site={LOCK}"])
    by_folder: defaultdict[str, list[str]] = defaultdict(list)
    for node in locks[0].file.nodes.values():
        if not node.is_external:
            by_folder[folder_of(node.name)].append(node.hash)
    made = batches(touched(by_folder)[:MOST])
    cases = [
        (str(number), dag_hash, f"{commit}~", commit, folder)
        for number, batch in enumerate(made)
        for folder, commit in batch.items()
        for dag_hash in by_folder[folder]
    ]
    texts = _answers(tmp_path, cases)
    states = States(
        tmp_path / "states", (node.name for node in locks[0].file.nodes.values()), MADE_WITH
    )
    wrong, stale, same, kept = [], 0, 0, 0
    for number, batch in enumerate(made):
        before = {folder: f"{commit}~" for folder, commit in batch.items()}
        states.write({"before": before, "after": batch})
        changes = recipe_changes(history(str(states.top), "before..after"), locks, rules_of())
        specs = {spec.hash: spec for each in changes.recipes for spec in each.specs}
        for dag_hash, is_same in texts[str(number)].items():
            spec = specs[dag_hash]
            is_kept = "same" in {spec.verdict, spec.package_hash}
            if ("code" in spec.classes) is is_same or (is_kept and not is_same):
                wrong.append((batch, dag_hash))
            same += is_same
            stale += not is_same
            kept += is_kept
    told = f"{sum(map(len, made))} changes, {same} texts the same, {stale} not, {kept} hashes kept"
    (tmp_path / "told").write_text(told)
    assert wrong == [], told
    # Of both kinds there are some, so that the comparison says something.
    assert same
    assert stale


def _answers(
    folder: Path, cases: list[tuple[str, str, str, str, str]]
) -> dict[str, dict[str, bool]]:
    names = [f"{each}:{WITHIN}/{case[4]}/package.py" for case in cases for each in case[2:4]]
    found = [(each or b"").decode() for each in objects(names)]
    texts = [
        (number, dag_hash, *found[2 * at : 2 * at + 2])
        for at, (number, dag_hash, *_) in enumerate(cases)
    ]
    environment = folder / "env"
    environment.mkdir()
    (environment / "spack.yaml").write_text("spack:\n  specs: []\n  view: false\n")
    (environment / "spack.lock").write_bytes(gzip.decompress(LOCK.read_bytes()))
    (folder / "cases.json").write_text(json.dumps(texts))
    script = folder / "compare.py"
    script.write_text(COMPARE)
    scope = os.environ.get("SPACK_SCOPE")
    words = [str(environment), str(folder / "cases.json"), str(folder / "answers.json")]
    command = [f"{SPACK}/bin/spack", *(["-C", scope] if scope else []), "python", str(script)]
    cache = {"SPACK_USER_CACHE_PATH": str(folder / "cache")}
    subprocess.run([*command, *words], check=True, env={**os.environ, **cache})
    answers: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for number, dag_hash, is_same in json.loads((folder / "answers.json").read_text()):
        answers[number][dag_hash] = is_same
    return answers
