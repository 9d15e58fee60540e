"""Verdicts on real changes of recipes, held against the canonical texts that a Spack makes.

`SPACK_ROOT` names a Spack, `SPECPLAN_PACKAGES` a clone of the package repository with its history,
`SPACK_SCOPE` a folder of Spack's configuration, if one is needed. `SPECPLAN_CHANGES` says how many
changes are compared; 200 if it does not.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specplan.recipes.changes import recipe_changes
from specplan.recipes.history import history
from specplan.recipes.locks import read_locks
from specplan.recipes.rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACK = os.environ.get("SPACK_ROOT", "")
PACKAGES = os.environ.get("SPECPLAN_PACKAGES", "")

pytestmark = pytest.mark.skipif(
    not (SPACK and PACKAGES), reason="SPACK_ROOT or SPECPLAN_PACKAGES is not set"
)

LOCK = Path(__file__).parents[1] / "data/locks/2026-01/radiuss/spack.lock.gz"
MOST = int(os.environ.get("SPECPLAN_CHANGES", "200"))
WITHIN = "repos/spack_repo/builtin/packages"

#: Run by Spack: says of each case whether its canonical text is that of the other revision.
COMPARE = """
import json, sys
import spack.environment, spack.util.package_hash
folder, cases, out = sys.argv[1:]
roots = spack.environment.Environment(folder).specs_by_hash.values()
specs = {each.dag_hash(): each for root in roots for each in root.traverse()}
answers = []
for commit, dag_hash, old, new in json.load(open(cases)):
    texts = [
        spack.util.package_hash.canonical_source(specs[dag_hash], source=each.encode())
        for each in (old, new)
    ]
    answers.append([commit, dag_hash, texts[0] == texts[1]])
json.dump(answers, open(out, "w"))
"""


def git(*words: str) -> str:
    command = ["git", "-C", PACKAGES, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def changes_of(packages: set[str]) -> Iterator[tuple[str, str]]:
    """The newest changes of recipes of some packages, as commit and package."""
    words = ("--no-merges", "--diff-filter=M", "--name-only", "--format=commit %H")
    commit = ""
    for line in git("log", *words, "-6000", "--", WITHIN).splitlines():
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        elif line.endswith("/package.py"):
            package = line.split("/")[-2].lstrip("_").replace("_", "-")
            if package in packages:
                yield commit, package


@pytest.mark.timeout(7200)
def test_verdicts_agree_with_the_canonical_texts_of_spack(tmp_path: Path) -> None:
    locks = read_locks([f"site={LOCK}"])
    by_package: defaultdict[str, list[str]] = defaultdict(list)
    for node in locks[0].file.nodes.values():
        if not node.is_external:
            by_package[node.name].append(node.hash)
    found: list[tuple[str, str]] = []
    cases: list[tuple[str, str, str, str]] = []
    for commit, package in changes_of({*by_package}):
        if len(found) == MOST:
            break
        found.append((commit, package))
        folder = package.replace("-", "_")
        folder = f"_{folder}" if folder[0].isdigit() else folder
        file = f"{WITHIN}/{folder}/package.py"
        old, new = (git("show", f"{each}:{file}") for each in (f"{commit}~", commit))
        cases += [(commit, dag_hash, old, new) for dag_hash in by_package[package]]
    assert found
    texts = _answers(tmp_path, cases)
    wrong, stale, same = [], 0, 0
    for commit in dict.fromkeys(commit for commit, _ in found):
        changes = recipe_changes(history(PACKAGES, f"{commit}~..{commit}"), locks, rules_of())
        specs = {spec.hash: spec for each in changes.recipes for spec in each.specs}
        for dag_hash, is_same in texts.get(commit, {}).items():
            is_code = "code" in specs[dag_hash].classes
            if is_code is is_same or (specs[dag_hash].verdict == "same" and not is_same):
                wrong.append((commit, dag_hash))
            same += is_same
            stale += not is_same
    told = f"{len(found)} changes, {same} texts the same, {stale} not"
    (tmp_path / "told").write_text(told)
    assert wrong == [], told
    # Of both kinds there are some, so that the comparison says something.
    assert same
    assert stale


def _answers(folder: Path, cases: list[tuple[str, str, str, str]]) -> dict[str, dict[str, bool]]:
    environment = folder / "env"
    environment.mkdir()
    (environment / "spack.yaml").write_text("spack:\n  specs: []\n  view: false\n")
    (environment / "spack.lock").write_bytes(gzip.decompress(LOCK.read_bytes()))
    (folder / "cases.json").write_text(json.dumps(cases))
    script = folder / "compare.py"
    script.write_text(COMPARE)
    scope = os.environ.get("SPACK_SCOPE")
    words = [str(environment), str(folder / "cases.json"), str(folder / "answers.json")]
    command = [f"{SPACK}/bin/spack", *(["-C", scope] if scope else []), "python", str(script)]
    cache = {"SPACK_USER_CACHE_PATH": str(folder / "cache")}
    subprocess.run([*command, *words], check=True, env={**os.environ, **cache})
    answers: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for commit, dag_hash, is_same in json.loads((folder / "answers.json").read_text()):
        answers[commit][dag_hash] = is_same
    return answers
