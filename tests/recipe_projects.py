"""A project that builds what small recipes say: a checkout, a lock made with it, a cache."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.recipe_repositories import GREETING, RecipeWorld

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "CODE",
    "COMMENT",
    "DIRECTIVE",
    "NEW_VERSION",
    "OLD_METHOD",
    "RESOURCE",
    "RecipeProject",
    "index_of",
]

COMMENT = GREETING.replace("# A comment.", "# Another one.")
CODE = GREETING.replace('make("install")', 'make("all")')
NEW_VERSION = GREETING.replace("    variant", '    version("3.0", sha256="3")\n    variant')
OLD_METHOD = GREETING.replace('make("install-old")', 'make("install-older")')
DIRECTIVE = GREETING.replace('depends_on("gmake"', 'depends_on("make"')
RESOURCE = GREETING.replace("words.tar.gz", "other-words.tar.gz")


class RecipeProject:
    """A checkout of recipes, a lock that was made with them, and a mirror of all its specs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = RecipeWorld(folder / "packages")
        self.world.checkout.recipe("user", "class User(Package):\n    version('1.0')\n")
        self.world.first = self.world.checkout.commit()
        self.world.prove("user")
        self.document = dict(self.world.lock.file.document)
        self.document["roots"] = [
            {"hash": key, "spec": f"{spec['name']}@{spec['version']}"}
            for key, spec in self.document["concrete_specs"].items()
        ]
        self.lock = folder / "site" / "spack.lock"
        self.lock.parent.mkdir()
        self.lock.write_text(json.dumps(self.document))
        self.index = folder / "index.json"
        self.index.write_text(json.dumps(index_of(self.document)))

    def recipe(self, text: str) -> None:
        self.world.checkout.recipe("greeting", text)


def index_of(document: dict[str, Any]) -> dict[str, Any]:
    """The index of a cache that has all specs of a lock."""
    installs = {
        key: {"spec": spec, "in_buildcache": True, "ref_count": 0}
        for key, spec in document["concrete_specs"].items()
    }
    return {"database": {"version": "8", "installs": installs}}
