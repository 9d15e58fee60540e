"""Small recipe repositories under git, and locks that were made with them."""

from __future__ import annotations

import atexit
import copy
import hashlib
import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specplan.recipes.changes import Comparison, recipe_changes
from specplan.recipes.dag_hash import dag_hash
from specplan.recipes.hashes import computed_hash
from specplan.recipes.history import history
from specplan.recipes.locks import RecipeLock, read_lock
from specplan.recipes.model import RecipeChanges
from specplan.recipes.rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GREETING", "Checkout", "RecipeWorld", "lock_of", "node"]

#: A recipe with a bit of everything.
GREETING = '''\
# A comment.
from spack_repo.builtin.build_systems.generic import Package
from spack.package import *


class Greeting(Package):
    """What it says."""

    homepage = "https://example.org"
    url = "https://example.org/greeting-1.0.tar.gz"

    maintainers("somebody")
    license("MIT")

    version("2.0", sha256="TWO")
    version("1.0", sha256="ONE")

    variant("loud", default=False, description="Louder")
    depends_on("gmake", type="build")
    depends_on("zlib", when="@:1")
    patch("fix.patch", when="@2")
    patch("old.patch", when="@1")
    resource(name="words", url="https://example.org/words.tar.gz", sha256="WORDS", when="@2")

    def install(self, spec, prefix):
        """How."""
        make("install")

    @when("@1")
    def install(self, spec, prefix):
        make("install-old")

    @when("+loud")
    def shout(self):
        make("shout")
'''
for _name, _sum in (("TWO", "2" * 64), ("ONE", "1" * 64), ("WORDS", "9" * 64)):
    GREETING = GREETING.replace(_name, _sum)


class Checkout:
    """A checkout with one package repository."""

    def __init__(self, top: Path, *, api: str = "v2.2", root: str = "spack_repo/builtin") -> None:
        self.top = top
        self.root = root
        top.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "--template=")
        self.write(f"{root}/repo.yaml", f"repo:\n  namespace: builtin\n  api: {api}\n")

    def copied(self, top: Path) -> Checkout:
        """Return a copy with all its commits."""
        shutil.copytree(self.top, top, dirs_exist_ok=True)
        made = copy.copy(self)
        made.top = top
        return made

    def git(self, *words: str) -> str:
        user = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        command = ["git", "-C", str(self.top), *user, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def write(self, path: str, text: str) -> None:
        file = self.top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")

    def recipe(self, folder: str, text: str) -> None:
        self.write(f"{self.root}/packages/{folder}/package.py", text)

    def commit(self) -> str:
        self.git("add", "-A")
        self.git("commit", "-qm", "A change", "--allow-empty")
        return self.git("rev-parse", "HEAD")


class RecipeWorld:
    """A checkout whose first commit holds `greeting`, and a lock with specs of it.

    Each is a copy of one that is made once: git takes longer than most tests.
    """

    checkout: Checkout
    first: str
    lock: RecipeLock

    def __init__(self, top: Path) -> None:
        made = _made_world()
        self.checkout = made.checkout.copied(top)
        self.first, self.lock = made.first, made.lock

    @classmethod
    def made(cls, top: Path) -> RecipeWorld:
        """Make the one that others are copies of."""
        world = cls.__new__(cls)
        world.checkout = Checkout(top)
        world.checkout.recipe("greeting", GREETING)
        world.checkout.write(f"{world.folder}/fix.patch", "a fix\n")
        world.checkout.write(f"{world.folder}/old.patch", "an old fix\n")
        world.first = world.checkout.commit()
        world.lock = world.proved_lock()
        return world

    @property
    def folder(self) -> str:
        return f"{self.checkout.root}/packages/greeting"

    def proved_lock(self) -> RecipeLock:
        """Return a lock whose package hashes are those of the recipe."""
        fix, old = (hashlib.sha256(each).hexdigest() for each in (b"a fix\n", b"an old fix\n"))
        new = node("greeting", "2.0", patches=[fix], loud=True)
        quiet = node("greeting", "1.0", patches=[old], loud=False)
        plain = lock_of(new, quiet)
        side = self.compared(f"{self.first}..{self.first}").before
        recipe = side.find("builtin", "greeting")
        assert recipe is not None
        for raw, read in zip((new, quiet), plain.file.nodes.values(), strict=True):
            raw["package_hash"] = computed_hash(plain, read, recipe)
        new["hash"], quiet["hash"] = dag_hash(new), dag_hash(quiet)
        top = node("user", "1.0", dependencies=[new])
        return lock_of(new, quiet, top)

    def prove(self, *packages: str) -> None:
        """Give other specs of the lock the package hashes that their recipes give them."""
        side = self.compared(f"{self.first}..{self.first}").before
        renamed: dict[str, str] = {}
        nodes = []
        for read in self.lock.file.nodes.values():
            raw = dict(read.raw)
            if read.name in packages and (recipe := side.find("builtin", read.name)) is not None:
                raw["package_hash"] = computed_hash(self.lock, read, recipe)
            edges = raw.pop("dependencies", [])
            if edges:
                edges = [{**each, "hash": renamed[each["hash"]]} for each in edges]
                # Spack writes dependencies before what it says of the file.
                annotations = raw.pop("annotations")
                raw |= {"dependencies": edges, "annotations": annotations}
            raw["hash"] = renamed[read.hash] = dag_hash(raw)
            nodes.append(raw)
        self.lock = lock_of(*nodes)

    def compared(self, since: str) -> Comparison:
        return Comparison(history(str(self.checkout.top), since), rules_of())

    def changes(self, since: str | None = None, *, lock: bool = True) -> RecipeChanges:
        range_ = history(str(self.checkout.top), since or self.first)
        return recipe_changes(range_, [self.lock] if lock else [], rules_of())

    def verdicts(self, text: str) -> dict[str, str]:
        """What becomes of each spec of greeting, by version, with another recipe."""
        self.checkout.recipe("greeting", text)
        changes = self.changes()
        return {spec.version: spec.verdict for each in changes.recipes for spec in each.specs}


@cache
def _made_world() -> RecipeWorld:
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    return RecipeWorld.made(Path(folder.name))


def node(
    name: str,
    version: str,
    *,
    dependencies: list[dict[str, Any]] | None = None,
    patches: list[str] | None = None,
    **variants: object,
) -> dict[str, Any]:
    """A spec as a lock has it."""
    parameters: dict[str, Any] = {"build_system": "generic", **variants}
    if patches:
        parameters["patches"] = sorted(patches)
    flags = ("cflags", "cppflags", "cxxflags", "fflags", "ldflags", "ldlibs")
    raw: dict[str, Any] = {
        "name": name,
        "version": version,
        "arch": {"platform": "linux", "platform_os": "ubuntu24.04", "target": "x86_64_v3"},
        "namespace": "builtin",
        "parameters": {**dict(sorted(parameters.items())), **{each: [] for each in flags}},
        **({"patches": patches} if patches else {}),
        "package_hash": "a" * 52 + "====",
    }
    edge = {"deptypes": ["build", "link"], "virtuals": []}
    if dependencies:
        raw["dependencies"] = [
            {"name": each["name"], "hash": each["hash"], "parameters": edge}
            for each in dependencies
        ]
    raw["annotations"] = {"original_specfile_version": 5}
    raw["hash"] = dag_hash(raw)
    return raw


def lock_of(*nodes: Mapping[str, Any]) -> RecipeLock:
    """A lock of these specs, the last of which is its root."""
    document = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "spack": {"version": "1.2.0.dev0", "type": "release"},
        "roots": [{"hash": nodes[-1]["hash"], "spec": nodes[-1]["name"]}],
        "concrete_specs": {each["hash"]: each for each in nodes},
    }
    return read_lock(json.dumps(document).encode(), "site", "spack.lock")
