"""Next hashes of locks, held against what a Spack concretizes after real changes of recipes.

The solver takes about as long for one root as for thirty, so changes of many recipes are in one
state, each with its package as a root.

`SPACK_ROOT` names a Spack, `SPECPLAN_PACKAGES` a clone of the package repository with its history,
`SPACK_SCOPE` a folder of Spack's configuration (compilers, no bootstrapping), if one is needed.
`SPECPLAN_STATES` says how many states are compared; each takes two runs of the solver.
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

#: Changes of code, patches and sources of recipes: the folder, and the commit.
STATES: list[dict[str, str]] = [
    {
        "berkeley_db": "1268ae4e20", "crtm_fix": "73b0fc6c6a", "diffutils": "dbad3f77d2",
        "dsfmt": "5ee2c0530a", "figlet": "5ee2c0530a", "g4pii": "d01c401c69",
        "g4radioactivedecay": "d01c401c69", "g4realsurface": "d01c401c69",
        "g4saiddata": "d01c401c69", "g4tendl": "d01c401c69", "g4urrpt": "d01c401c69",
        "gdbm": "9311ed03c2", "go_bootstrap": "2c2801253d", "gperf": "96da1bb60b",
        "icu4c": "b956d98bf6", "iozone": "124e21d426", "libiconv": "3393d8d7f6",
        "libsvm": "936942068c", "lzo": "35c1993d06", "m4": "0055771690", "pciutils": "ab83c87500",
        "pkg_config": "35f640a08f", "readline": "5c76fc2b4a", "rust_bootstrap": "6668d34f44",
        "seq_gen": "79c3abce88", "soapdenovo2": "38355d50b0", "sparse": "7544aaaf78",
        "termcap": "3651d570f5", "yasm": "b4a2142729", "zip": "5559d3a4b4", "zlib": "599e984fe9",
    },
    {
        "gdbm": "50e94b7f10", "go_bootstrap": "cce8cca6d1", "libiconv": "5507db277d",
        "libsvm": "7e36885b21", "lzo": "11c8ca7ec6", "pkg_config": "a7a3b982c2",
        "readline": "2ec3e72674", "rust_bootstrap": "874c5740b1", "termcap": "edc147cb89",
    },
    {
        "abseil_cpp": "1aaeea733c", "bfs": "ad9a3fc3a2", "binutils": "82ee7a8b11",
        "capstone": "11569ea17c", "cmake": "c1de6d9aa6", "curl": "263c3fc444",
        "eigen": "171fd42805", "fmt": "dafe1cf1bb", "gettext": "79d8d82aad",
        "gflags": "486d3f8a83", "gmp": "e3af003f55", "jq": "336973e9f9", "libdwarf": "b0df3835fa",
        "libpciaccess": "456458dbc6", "libseccomp": "bd929e820e", "libtiff": "3976e0ff11",
        "libunwind": "ed768a94b4", "libxml2": "59e541a302", "mimalloc": "8988c6aee0",
        "ninja": "85f41adbc4", "nlohmann_json": "57dc8b7cb9", "pbzip2": "dec6812d3f",
        "pcre2": "f221ee57f6", "perl": "be5271da81", "protobuf": "2532d4b9a9", "re2": "855e1128e6",
        "swig": "180363ebf9", "udunits": "fb738d6ed7", "yaml_cpp": "76e7d89925",
    },
    {
        "berkeley_db": "4d9f7c953e", "gdbm": "9311ed03c2", "gmake": "c141a534cb",
        "perl": "be5271da81", "readline": "2ec3e72674",
    },
][: int(os.environ.get("SPECPLAN_STATES", "4"))]  # fmt: skip

#: Run by Spack: writes the lock that its solver makes with the recipes of a folder, for each state.
CONCRETIZE = """
import json, subprocess, sys
import spack.concretize, spack.config, spack.hash_types, spack.repo, spack.spec
tree, out, *states = sys.argv[1:]
spack.config.set("concretizer:reuse", False, scope="command_line")
for state, roots in (each.split("=") for each in states):
    subprocess.run(["git", "-C", tree, "checkout", "-q", state], check=True)
    # Python keeps the recipes of the state before, and Spack what it knows of their files.
    for name in [each for each in sys.modules if each.startswith("spack_repo")]:
        del sys.modules[name]
    spack.repo.FastPackageChecker._paths_cache.clear()
    repository = f"{tree}/repos/spack_repo/builtin"
    with spack.repo.use_repositories(repository):
        asked = [(spack.spec.Spec(each), None) for each in roots.split(",")]
        found = spack.concretize.concretize_together(asked)
        hashed = spack.hash_types.dag_hash
        specs = {
            spec.dag_hash(): spec.node_dict_with_hashes(hash=hashed)
            for _, root in found
            for spec in root.traverse()
        }
    lock = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "roots": [{"hash": root.dag_hash(), "spec": str(each)} for each, root in found],
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
    for number, changes in enumerate(STATES):
        git(clone, "checkout", "-q", newest)
        for state, before in (("before", "~"), ("after", "")):
            for folder, commit in changes.items():
                place = f"repos/spack_repo/builtin/packages/{folder}"
                git(clone, "checkout", "-q", f"{commit}{before}", "--", place)
            git(clone, "commit", "-qm", f"{state} {number}", "--allow-empty")
            git(clone, "branch", f"{state}-{number}")
    return clone


@pytest.fixture(scope="module")
def locks(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The locks that Spack makes before and after each change."""
    out = tmp_path_factory.mktemp("locks")
    script = out / "concretize.py"
    script.write_text(CONCRETIZE)
    scope = os.environ.get("SPACK_SCOPE")
    states = [
        f"{state}-{number}={','.join(each.replace('_', '-') for each in changes)}"
        for number, changes in enumerate(STATES)
        for state in ("before", "after")
    ]
    command = [f"{SPACK}/bin/spack", *(["-C", scope] if scope else []), "python", str(script)]
    environment = {**os.environ, "SPACK_USER_CACHE_PATH": str(out / "cache")}
    subprocess.run([*command, str(tree), str(out), *states], check=True, env=environment)
    return out


@pytest.mark.timeout(7200)
def test_no_next_hash_is_another_than_that_of_a_fresh_concretization(
    tree: Path, locks: Path
) -> None:
    """What has no known next hash is left open with a reason, and nothing of it is claimed."""
    computed = 0
    for number in range(len(STATES)):
        old = read_lock((locks / f"before-{number}.json").read_bytes(), "site", "before")
        new = json.loads((locks / f"after-{number}.json").read_text())
        range_ = history(str(tree), f"before-{number}..after-{number}")
        compared = Comparison(range_, rules_of())
        made = next_lock(compared, old, compared_changes(compared, [old]))
        known = {each.successor: each for each in made.answer.specs if each.successor is not None}
        computed += len(known)
        wrong = known.keys() - new["concrete_specs"].keys()
        assert not wrong, [known[each].package for each in wrong]
        assert all(each.reason for each in made.answer.specs if each.successor is None)
        if not made.open:
            document = json.loads(made.document)
            assert document["concrete_specs"].keys() == new["concrete_specs"].keys()
            assert document["roots"] == new["roots"]
    assert computed
