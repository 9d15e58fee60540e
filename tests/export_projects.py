"""A small project to export plans of: an environment, its lock, a mirror, a stand-in of Spack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.mirrors import dag_hash
from tests.small_caches import index, lock, written
from tests.stand_in_spack import StandIn

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CLOSURES", "NAMES", "NEEDS", "ROOTS", "WORDS", "H", "made_project", "made_stand_in"]

NEEDS: Final = {
    "f": ["d", "e"],
    "e": ["c"],
    "d": ["b"],
    "c": ["a"],
    "b": ["a"],
    "g": ["there", "outside"],
    "h": ["g", "a"],
}
ROOTS: Final = ["f", "h"]
NAMES: Final = ["a", "b", "c", "d", "e", "f", "g", "h"]

#: The hashes by name.
H: Final = {name: dag_hash(name) for name in (*NAMES, "there", "outside")}

_ENVIRONMENT: Final = """spack:
  specs: [f, h]
  mirrors: {buildcache-destination: ../stand-in/mirror}
  repos:
    builtin: {git: https://example.org/packages.git, commit: 0123456789abcdef}
"""

#: The options for its plan.
WORDS: Final = ("--want=env/spack.lock", "--cache=cache.json")


def _closure(name: str) -> set[str]:
    found: set[str] = set()
    for each in NEEDS.get(name, []):
        found |= {each, *_closure(each)}
    return found - {"outside"}


#: The needs of each from the mirror, by hash.
CLOSURES: Final = {H[name]: sorted(H[each] for each in _closure(name)) for name in NAMES}


def made_project(folder: Path) -> Path:
    """Write an environment and a mirror with one of its specs."""
    written(
        folder,
        env__spack_lock=lock(ROOTS, needs=NEEDS, external=["outside"]),
        env__spack_yaml=_ENVIRONMENT,
        cache_json=index(["there"]),
    )
    return folder


def made_stand_in(project: Path) -> StandIn:
    """Make a Spack for it, whose mirror has that spec."""
    made = StandIn.made(project / "stand-in", CLOSURES, {H[name]: name for name in NAMES})
    (made.folder / "mirror" / H["there"]).touch()
    return made
