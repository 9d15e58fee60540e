"""Next hashes of locks, held against what a Spack concretizes after real changes of recipes.

`SPACK_ROOT` names a Spack, `SPECPLAN_PACKAGES` a clone of the package repository with its history,
`SPACK_SCOPE` a folder of Spack's configuration (compilers, no bootstrapping), if one is needed.
`SPECPLAN_CHANGES` says of how many changes; each takes two runs of the solver.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from specplan.recipes.changes import Comparison, compared_changes
from specplan.recipes.history import history
from specplan.recipes.locks import read_lock
from specplan.recipes.rules import rules_of
from specplan.recipes.successors import next_lock

SPACK = os.environ.get("SPACK_ROOT", "")
PACKAGES = os.environ.get("SPECPLAN_PACKAGES", "")

pytestmark = pytest.mark.skipif(
    not (SPACK and PACKAGES), reason="SPACK_ROOT or SPECPLAN_PACKAGES is not set"
)

ROOT = "perl"

#: Commits that change code of perl or of what it needs, each with the folder of the recipe.
CHANGES = [
    ("2ec3e72674", "readline"),
    ("be5271da81", "perl"),
    ("9311ed03c2", "gdbm"),
    ("c141a534cb", "gmake"),
    ("4d9f7c953e", "berkeley_db"),
][: int(os.environ.get("SPECPLAN_CHANGES", "5"))]

#: Run by Spack: writes the lock that its solver makes with the recipes of a folder, for each state.
CONCRETIZE = """
import json, subprocess, sys
import spack.concretize, spack.config, spack.hash_types, spack.repo
tree, root, out, *states = sys.argv[1:]
spack.config.set("concretizer:reuse", False, scope="command_line")
for state in states:
    subprocess.run(["git", "-C", tree, "checkout", "-q", state], check=True)
    # Python keeps the recipes of the state before.
    for name in [each for each in sys.modules if each.startswith("spack_repo")]:
        del sys.modules[name]
    repository = f"{tree}/repos/spack_repo/builtin"
    with spack.repo.use_repositories(repository):
        spec = spack.concretize.concretize_one(root)
        hashed = spack.hash_types.dag_hash
        specs = {s.dag_hash(): s.node_dict_with_hashes(hash=hashed) for s in spec.traverse()}
    lock = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "roots": [{"hash": spec.dag_hash(), "spec": root}],
        "concrete_specs": specs,
    }
    with open(f"{out}/{state}.json", "w") as file:
        json.dump(lock, file)
"""


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *who, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the repository, with a branch before and after each change and nothing else."""
    clone = tmp_path_factory.mktemp("packages") / "clone"
    git(Path(PACKAGES), "clone", "-q", "--shared", PACKAGES, str(clone))
    newest = git(clone, "rev-parse", "HEAD")
    for commit, package in CHANGES:
        folder = f"repos/spack_repo/builtin/packages/{package}"
        git(clone, "checkout", "-q", newest)
        for state, at in (("before", f"{commit}~"), ("after", commit)):
            git(clone, "checkout", "-q", at, "--", folder)
            git(clone, "commit", "-qm", f"{state} {commit}", "--allow-empty")
            git(clone, "branch", f"{state}-{commit}")
    return clone


@pytest.fixture(scope="module")
def locks(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The locks that Spack makes before and after each change."""
    out = tmp_path_factory.mktemp("locks")
    script = out / "concretize.py"
    script.write_text(CONCRETIZE)
    scope = os.environ.get("SPACK_SCOPE")
    states = [f"{state}-{commit}" for commit, _ in CHANGES for state in ("before", "after")]
    command = [f"{SPACK}/bin/spack", *(["-C", scope] if scope else []), "python", str(script)]
    environment = {**os.environ, "SPACK_USER_CACHE_PATH": str(out / "cache")}
    subprocess.run([*command, str(tree), ROOT, str(out), *states], check=True, env=environment)
    return out


@pytest.mark.timeout(7200)
def test_no_next_hash_is_another_than_that_of_a_fresh_concretization(
    tree: Path, locks: Path
) -> None:
    """What has no known next hash is left open with a reason, and nothing of it is claimed."""
    computed = 0
    for commit, package in CHANGES:
        old = read_lock((locks / f"before-{commit}.json").read_bytes(), "site", "before")
        new = json.loads((locks / f"after-{commit}.json").read_text())
        compared = Comparison(history(str(tree), f"before-{commit}..after-{commit}"), rules_of())
        made = next_lock(compared, old, compared_changes(compared, [old]))
        known = {each.successor for each in made.answer.specs if each.successor is not None}
        computed += len(known)
        assert known <= new["concrete_specs"].keys(), package
        assert all(each.why for each in made.answer.specs if each.successor is None)
        if not made.open:
            document = json.loads(made.document)
            assert document["concrete_specs"].keys() == new["concrete_specs"].keys(), package
            assert document["roots"] == new["roots"], package
    assert computed
