"""From a plan to binaries, by Spack itself: exactly what is planned is built, and all installs.

Skipped unless ``SPACK_ROOT`` names a Spack; ``SPACK_PYTHON`` should have clingo. Each build has a
store of its own, as on a fresh runner. ``SPECPLAN_SPACK_ROUNDS`` says how many random graphs are
drawn.
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.recipe_repositories import Checkout
from tests.slurm_cluster import cluster, lacking
from tests.spack_recipes import TWENTY, Recipe, write_recipes
from tests.spack_sites import Site

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif("SPACK_ROOT" not in os.environ, reason="no Spack: SPACK_ROOT is not set"),
    pytest.mark.timeout(3600),
]

STYLES = {
    "make": ("make", "-k", "-j2", "-f"),
    "shell": ("sh",),
    "slurm": ("bash",),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_plan_becomes_exactly_its_binaries_and_so_does_a_change_of_a_recipe(
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
