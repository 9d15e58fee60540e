"""From a plan to binaries, by Spack itself: exactly what is planned is built, and all installs.

Skipped unless ``SPACK_ROOT`` names a Spack; ``SPACK_PYTHON`` should have clingo. Each build has a
store of its own, as on a fresh runner. ``SPECPLAN_SPACK_ROUNDS`` says how many random graphs are
drawn.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specplan.cli import main
from tests.recipe_repositories import Checkout
from tests.slurm_cluster import cluster, lacking
from tests.spack_recipes import TWENTY, Recipe, write_recipes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

pytestmark = [
    pytest.mark.skipif("SPACK_ROOT" not in os.environ, reason="no Spack: SPACK_ROOT is not set"),
    pytest.mark.timeout(3600),
]

_ENVIRONMENT = """spack:
  specs: {roots}
  view: false
  concretizer: {{unify: true, reuse: false}}
  repos::
    specplan_test: {repository}
  bootstrap: {{enable: false}}
  packages:
    gcc:
      buildable: false
      externals:
      - spec: "gcc@12.2.0 languages:=c"
        prefix: /usr
        extra_attributes: {{compilers: {{c: /usr/bin/gcc}}}}
    t-system:
      buildable: false
      externals: [{{spec: t-system@1.0, prefix: /usr}}]
  config:
    build_jobs: 1
    build_stage: [{folder}/stage]
    source_cache: {folder}/sources
    install_tree: {{padded_length: 128}}
  mirrors:
    buildcache-destination: {{url: "file://{folder}/mirror", signed: false}}
"""

_ONE_STORE = """#!/bin/sh
# A Spack in which each build has a store of its own.
eval "last=\\${$#}"
case $last in /*) store=${last#/};; *) store=none;; esac
exec "$SPACK_ROOT/bin/spack" -c "config:install_tree:root:%s/stores/$store" "$@"
"""


@dataclass
class Site:
    """An environment with recipes of its own, a mirror, and a Spack."""

    folder: Path
    roots: list[str]
    recipes: dict[str, Recipe] = field(default_factory=dict)

    def write(self, recipes: Mapping[str, Recipe]) -> None:
        """Write recipes and concretize by them."""
        self.recipes = dict(recipes)
        repository = write_recipes(self.folder, self.recipes)
        (self.folder / "env").mkdir(exist_ok=True)
        text = _ENVIRONMENT.format(roots=self.roots, repository=repository, folder=self.folder)
        (self.folder / "env/spack.yaml").write_text(text, encoding="utf-8")
        program = self.folder / "one-store"
        program.write_text(_ONE_STORE % self.folder, encoding="utf-8")
        program.chmod(0o755)
        self.run(f"{os.environ['SPACK_ROOT']}/bin/spack", "-e", "env", "concretize", "-f")

    def run(self, *words: str, **more: str) -> str:
        """Run a program; it must succeed."""
        home = str(self.folder / "home")
        answer = subprocess.run(
            words,
            cwd=self.folder,
            env={
                "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                "HOME": home,
                "SPACK_ROOT": os.environ["SPACK_ROOT"],
                "SPACK_PYTHON": os.environ.get("SPACK_PYTHON", "python3"),
                "SPACK_DISABLE_LOCAL_CONFIG": "1",
                "SPACK_USER_CACHE_PATH": home,
                "SPACK": str(self.folder / "one-store"),
                **more,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout
        return answer.stdout

    def cache(self) -> str:
        """The mirror, once it holds a binary."""
        mirror = self.folder / "mirror"
        return str(mirror) if any(mirror.rglob("*.spec.manifest.json")) else "none"

    def planned(self) -> list[str]:
        """The hashes that must be built now."""
        place = self.folder / "rebuild.json"
        asked = ["--want", str(self.folder / "env/spack.lock"), "--cache", self.cache()]
        assert main(["rebuild", "--no-config", *asked, "-o", str(place)]) == 0
        found = json.loads(place.read_text(encoding="utf-8"))["builds"]
        return sorted(build["hash"] for build in found)

    def hashes(self) -> list[str]:
        """The hashes of the lock."""
        lock = json.loads((self.folder / "env/spack.lock").read_text(encoding="utf-8"))
        return sorted(lock["concrete_specs"])

    def build(self, style: str, *words: str, change: Sequence[str] = (), **more: str) -> list[str]:
        """Export the plan, run it, and return what was built."""
        record = self.folder / "built"
        record.unlink(missing_ok=True)
        plan = self.folder / f"plan.{style}"
        asked = [
            "--want",
            str(self.folder / "env/spack.lock"),
            "--cache",
            self.cache(),
            "-o",
            str(plan),
            *change,
        ]
        assert main(["export", style, "--no-config", *asked]) == 0
        print(self.run(*words, str(plan), **more))  # noqa: T201 - shown where the test fails
        return sorted(record.read_text(encoding="utf-8").split()) if record.exists() else []

    def install_from_mirror_alone(self) -> None:
        """Install the roots into an empty store."""
        number = len(list(self.folder.glob("consumer-*")))
        store = self.folder / f"consumer-{number}"
        before = self.folder / "built"
        built = before.read_text(encoding="utf-8") if before.exists() else ""
        self.run(
            f"{os.environ['SPACK_ROOT']}/bin/spack",
            "-c", f"config:install_tree:root:{store}",
            "-e", "env", "install", "--use-buildcache=only", "--no-check-signature",
        )  # fmt: skip
        assert (before.read_text(encoding="utf-8") if before.exists() else "") == built
        assert len(list(store.rglob("data"))) >= len(self.roots)


STYLES = {
    "make": ("make", "-k", "-j2", "-f"),
    "shell": ("sh",),
    "slurm": ("bash",),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_plan_becomes_exactly_its_binaries_and_a_change_of_a_recipe_likewise(
    style: str, tmp_path: Path
) -> None:
    if style == "slurm" and lacking():
        pytest.skip(lacking())
    site = Site(tmp_path, ["t-app", "t-study"])
    site.write(TWENTY)

    def go() -> list[str]:
        if style != "slurm":
            return site.build(style, *STYLES[style])
        with cluster(tmp_path / f"slurm-{len(list(tmp_path.glob('slurm-*')))}") as slurm:
            more = {"SLURM_CONF": slurm["SLURM_CONF"], "SPECPLAN_WAIT": "1"}
            return site.build(style, *STYLES[style], **more)

    planned = site.planned()
    assert len(planned) == 18
    assert go() == planned
    site.install_from_mirror_alone()
    assert site.planned() == []
    site.write({**TWENTY, "t-crypt": replace(TWENTY["t-crypt"], revision=1)})
    planned = site.planned()
    assert 0 < len(planned) < 18
    assert go() == planned
    site.install_from_mirror_alone()
    assert site.planned() == []


def test_the_next_lock_becomes_the_hashes_that_a_concretizer_gives_after_the_change(
    tmp_path: Path,
) -> None:
    """Planned and built before anybody concretizes again, and then there is nothing to do."""
    checkout = Checkout(tmp_path / "spack_repo", root="specplan_test")
    site = Site(tmp_path, ["t-app", "t-study"])
    site.write(TWENTY)
    assert len(site.build("shell", "sh")) == 18
    base = checkout.commit()
    write_recipes(site.folder, {**TWENTY, "t-crypt": replace(TWENTY["t-crypt"], revision=1)})
    checkout.commit()
    following = site.folder / "next"
    following.mkdir()
    text = (site.folder / "env/spack.yaml").read_text(encoding="utf-8")
    (following / "spack.yaml").write_text(text, encoding="utf-8")
    change = ("--changed-since", base, "--packages", str(checkout.top), "--successors")
    before = site.hashes()
    built = site.build(
        "shell", "sh", change=(*change, "--write-lock", str(following / "spack.lock"))
    )
    assert len(built) == 12
    assert not set(built) & set(before)
    site.write({**TWENTY, "t-crypt": replace(TWENTY["t-crypt"], revision=1)})
    assert set(built) <= set(site.hashes())
    assert site.planned() == []
    site.install_from_mirror_alone()


ROUNDS = int(os.environ.get("SPECPLAN_SPACK_ROUNDS", "20"))


def drawn(source: random.Random) -> dict[str, Recipe]:
    """Return packages that need some of those before them, in some way."""
    kinds = (["build"], ["link"], ["run"], ["build", "link"], ["build", "run"], ["test"])
    found: dict[str, Recipe] = {"t-system": Recipe()}
    names = [f"t-{letter}" for letter in "abcdefg"]
    for at, name in enumerate(names):
        before = [*names[:at], "t-system"]
        chosen = source.sample(before, min(len(before), source.randint(0, 3)))
        found[name] = Recipe({each: source.choice(kinds) for each in sorted(chosen)})
    return found


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_random_graphs_are_built_as_planned_before_and_after_a_change(
    seed: int, tmp_path: Path
) -> None:
    source = random.Random(seed)  # noqa: S311 - it must be repeatable
    recipes = drawn(source)
    site = Site(tmp_path, ["t-g", "t-f"])
    for _ in range(2):
        site.write(recipes)
        planned = site.planned()
        assert site.build("shell", "sh") == planned
        site.install_from_mirror_alone()
        assert site.planned() == []
        changed = source.choice([each for each in recipes if each != "t-system"])
        recipes[changed] = replace(recipes[changed], revision=source.randint(1, 9))
    lock = json.loads((tmp_path / "env/spack.lock").read_text(encoding="utf-8"))
    assert lock["roots"]
