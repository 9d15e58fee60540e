"""A site with recipes of its own, a mirror, and a real Spack that builds by them.

Each build has a store of its own, as on a fresh runner.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from specplan.cli import main
from tests.spack_recipes import Recipe, write_recipes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Site"]

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
