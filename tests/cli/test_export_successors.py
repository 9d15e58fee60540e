"""Exports of plans for the next lock: their builds are named by hashes that will exist."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.recipe_projects import CODE, COMMENT, DIRECTIVE, RecipeProject
from tests.stand_in_spack import StandIn

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

RUNNABLE = ("make", "ninja", "shell", "slurm", "gitlab", "github")


@pytest.fixture
def project(folder: Path) -> RecipeProject:
    return RecipeProject(folder)


def words(project: RecipeProject, *more: str) -> list[str]:
    top = str(project.world.checkout.top)
    asked = ["--want", f"site={project.lock}", "--cache", f"site={project.index}"]
    return [*asked, "--changed-since", project.world.first, "--packages", top, *more]


def pin(folder: Path, commit: str) -> None:
    """Write an environment that pins the recipes."""
    folder.mkdir(exist_ok=True)
    text = f"""spack:
  specs: [user]
  mirrors: {{buildcache-destination: ../stand-in/mirror}}
  repos:
    builtin: {{git: https://example.org/packages.git, commit: {commit}}}
"""
    (folder / "spack.yaml").write_text(text, encoding="utf-8")


def planned(run: Runs, project: RecipeProject) -> list[str]:
    answer = run("rebuild", *words(project, "--successors"), "--format=json")
    document = json.loads(answer.out)
    assert (document["predicted"], document["successors"]) == (False, True)
    return [build["hash"] for build in document["builds"]]


def test_every_format_builds_the_hashes_of_the_next_lock_which_is_written_beside(
    run: Runs, project: RecipeProject, folder: Path
) -> None:
    project.recipe(CODE)
    pin(folder / "next", project.world.checkout.commit())
    hashes = planned(run, project)
    assert len(hashes) == 2
    before = json.loads(project.lock.read_text(encoding="utf-8"))["concrete_specs"]
    for style in RUNNABLE:
        out, lock = folder / f"out-{style}", folder / "next/spack.lock"
        lock.unlink(missing_ok=True)
        more = ("--successors", "--write-lock=next/spack.lock", "-o", str(out))
        answer = run("export", style, *words(project, *more))
        assert answer.code == 0, answer.err
        assert "the hashes come from the recipes of" in answer.err
        specs = json.loads(lock.read_text(encoding="utf-8"))["concrete_specs"]
        assert set(hashes) <= set(specs)
        files = [each for each in out.rglob("*") if each.is_file()] if out.is_dir() else [out]
        text = "".join(each.read_text(encoding="utf-8") for each in files)
        assert all(each in text for each in hashes)
        assert not any(each in text for each in before if each not in specs)
        assert "specplan_env=next" in text


def test_the_plan_is_built_in_the_environment_of_the_next_lock(
    run: Runs, project: RecipeProject, folder: Path
) -> None:
    project.recipe(CODE)
    commit = project.world.checkout.commit()
    pin(folder / "next", commit)
    more = ("--successors", "--write-lock=next/spack.lock", "-o", "build.sh")
    assert run("export", "shell", *words(project, *more)).code == 0
    hashes = planned(run, project)
    stand_in = StandIn.made(
        folder / "stand-in", {each: [] for each in hashes}, dict.fromkeys(hashes, "a")
    )
    for each in hashes:
        mirror = stand_in.folder / "ready/v3/manifests/spec/a"
        (mirror / f"a-1.0-{each}.spec.manifest.json").touch()
    top = project.world.checkout.top
    done = stand_in.run("sh", "build.sh", STAND_IN_RECIPES=str(top))
    assert done.returncode == 0, done.stdout
    assert sorted(stand_in.work().built) == sorted(hashes)
    # Other recipes would give the builds of other hashes these hashes.
    project.world.checkout.git("checkout", "-q", "HEAD~1")
    done = stand_in.run("sh", "build.sh", STAND_IN_RECIPES=str(top))
    assert done.returncode != 0
    assert (
        f"preflight: the environment pins the recipe repository builtin to {commit}" in done.stdout
    )
    assert not stand_in.work().built


def test_an_environment_that_pins_other_recipes_is_refused(
    run: Runs, project: RecipeProject, folder: Path
) -> None:
    project.recipe(CODE)
    more = words(project, "--successors", "--write-lock=next/spack.lock", "-o", "plan.mk")
    pin(folder / "next", project.world.first)
    answer = run("export", "make", *more)
    assert answer.code == 2
    assert "are those of the recipes of files that are not committed" in answer.err
    last = project.world.checkout.commit()
    answer = run("export", "make", *more)
    assert answer.code == 2
    assert f"pins `builtin` to {project.world.first}" in answer.err
    assert f"of the recipes of {last}" in answer.err
    assert not (folder / "plan.mk").exists()
    assert not (folder / "next/spack.lock").exists()
    pin(folder / "next", last[:12])
    assert run("export", "make", *more).code == 0


def test_a_saved_plan_is_built_where_its_lock_is(
    run: Runs, project: RecipeProject, folder: Path
) -> None:
    project.recipe(CODE)
    more = ("--successors", "--write-lock=next/spack.lock", "-o", "rebuild.json")
    (folder / "next").mkdir()
    assert run("rebuild", *words(project, *more)).code == 0
    answer = run("export", "make", "--plan=rebuild.json")
    assert answer.code == 2
    assert "`site` does not hold the build" in answer.err.replace(f"{folder}/", "")
    assert "that of `--write-lock`" in answer.err
    saved = run("export", "make", "--plan=rebuild.json", "--env=next")
    assert saved.code == 0
    whole = run("export", "make", *words(project, "--successors", "--env=next"))
    assert whole.out == saved.out
    refused = run("export", "make", "--plan=rebuild.json", "--write-lock=x")
    assert (refused.code, "is a finished plan" in refused.err) == (2, True)


def test_nothing_is_written_where_a_next_hash_is_not_known(
    run: Runs, project: RecipeProject, folder: Path
) -> None:
    project.recipe(DIRECTIVE)
    (folder / "next").mkdir()
    more = ("--successors", "--write-lock=next/spack.lock", "--treat=may_change=stale", "-o", "out")
    answer = run("export", "make", *words(project, *more))
    assert answer.code == 2
    assert "names the specs whose next hash is unknown" in answer.err
    assert not (folder / "out").exists()
    assert not (folder / "next/spack.lock").exists()
    answer = run("export", "make", *words(project, "--write-lock=next/spack.lock"))
    assert answer.code == 2
    assert "`--write-lock` writes the next lock" in answer.err


def test_without_a_change_of_a_hash_there_is_nothing_to_build_and_the_lock_stays(
    run: Runs, project: RecipeProject, folder: Path
) -> None:
    project.recipe(COMMENT)
    (folder / "next").mkdir()
    more = ("--successors", "--write-lock=next/spack.lock", "-o", "build.sh")
    assert run("export", "shell", *words(project, *more)).code == 0
    after = json.loads((folder / "next/spack.lock").read_text(encoding="utf-8"))
    before = json.loads(project.lock.read_text(encoding="utf-8"))
    assert after["concrete_specs"] == before["concrete_specs"]
