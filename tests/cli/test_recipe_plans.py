"""Plans after changes of recipes, counted by content: predicted, and for the next hashes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import specplan
from specplan.cli import main
from specplan.recipes.dag_hash import dag_hash
from tests.recipe_projects import (
    CODE,
    COMMENT,
    DIRECTIVE,
    NEW_VERSION,
    OLD_METHOD,
    RESOURCE,
    RecipeProject,
    index_of,
)

SCHEMAS = Path(specplan.__file__).parent / "schemas"


@pytest.fixture
def project(tmp_path: Path) -> RecipeProject:
    return RecipeProject(tmp_path)


def words(project: RecipeProject, *more: str, since: str | None = None) -> list[str]:
    where = ["--packages", str(project.world.checkout.top), "--cache", f"site={project.index}"]
    want = ["--want", f"site={project.lock}", "--no-config"]
    return ["rebuild", *want, *where, "--changed-since", since or project.world.first, *more]


def plan(capsys: pytest.CaptureFixture[str], words: list[str], code: int = 0) -> dict[str, Any]:
    ended = main([*words, "--format", "json"])
    said = capsys.readouterr()
    assert ended == code, said.err
    found: dict[str, Any] = json.loads(said.out)
    path = SCHEMAS / "specplan.rebuild-1.schema.json"
    jsonschema.validate(found, json.loads(path.read_text(encoding="utf-8")))
    return found


def built(found: dict[str, Any]) -> list[str]:
    return sorted(f"{each['package']}@{each['version']}" for each in found["builds"])


def test_a_comment_builds_nothing_and_by_name_everything(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(COMMENT)
    found = plan(capsys, words(project))
    assert (built(found), found["predicted"], found["left_out"]) == ([], False, [])
    recipes = found["change"]["recipes"]
    assert (recipes["recipes"], recipes["same"], recipes["changes"]) == (1, 1, "content")
    named = plan(capsys, words(project, "--changes", "name"))
    assert built(named) == ["greeting@1.0", "greeting@2.0", "user@1.0"]


def test_a_change_of_code_builds_the_specs_that_it_reaches(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(OLD_METHOD)
    found = plan(capsys, words(project))
    assert (built(found), found["predicted"]) == (["greeting@1.0"], True)
    assert found["change"]["specs"] == [{"spec": "greeting", "matches": 1}]
    main(words(project))
    out = capsys.readouterr().out
    assert "recipes: 1 recipe touched, 1 changes hashes (" in out
    assert "2 of 2 package hashes follow from them" in out


@pytest.mark.parametrize(
    ("text", "kind", "specs"), [(DIRECTIVE, "may_change", 2), (RESOURCE, "blind", 1)]
)
def test_what_is_open_is_said_holds_no_verdict_and_may_be_treated_as_stale(
    project: RecipeProject, capsys: pytest.CaptureFixture[str], text: str, kind: str, specs: int
) -> None:
    project.recipe(text)
    found = plan(capsys, words(project), code=1)
    (record,) = found["left_out"]
    assert (record["kind"], record["count"], record["blocks"]) == (kind, specs, True)
    assert (found["builds"], found["predicted"]) == ([], False)
    plan(capsys, words(project, "--allow-left-out", kind))
    treated = plan(capsys, words(project, "--treat", f"{kind}=stale"))
    assert treated["left_out"] == []
    assert treated["change"]["recipes"]["treated"] == [kind]
    assert sum(each["cause"] == "changed" for each in treated["builds"]) == specs


def test_a_recipe_that_git_does_not_track_is_reported(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.world.checkout.recipe("other", "class Other(Package):\n    pass\n")
    (record,) = plan(capsys, words(project), code=1)["left_out"]
    assert (record["kind"], record["blocks"]) == ("changed_file", True)
    assert "git does not track it" in record["detail"]


def test_a_lock_is_held_against_the_commit_that_its_environment_pins(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """Since the newest commit nothing changed, but since the lock was made something did."""
    project.recipe(CODE)
    last = project.world.checkout.commit()
    assert built(plan(capsys, words(project, since=last))) == []
    pin = f"{{git: https://example.org/packages.git, commit: {project.world.first}}}"
    environment = project.lock.with_name("spack.yaml")
    environment.write_text(f"spack:\n  specs: [user]\n  repos:\n    builtin: {pin}\n")
    found = plan(capsys, words(project, since=last))
    assert built(found) == ["greeting@2.0", "user@1.0"]
    (assumed,) = found["change"]["recipes"]["assumed"]
    assert (assumed["revision"], assumed["pinned"]) == (project.world.first, True)
    assert (assumed["specs"], assumed["proven"]) == (2, 2)


def test_successors_are_planned_by_their_own_hashes_and_reused_where_they_are(
    project: RecipeProject, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    project.recipe(CODE)
    file = tmp_path / "next.lock"
    asked = words(project, "--successors")
    found = plan(capsys, [*asked, "--write-lock", str(file)])
    assert (built(found), found["predicted"]) == (["greeting@2.0", "user@1.0"], False)
    assert found["successors"] is True
    specs = {each["hash"]: each["successor"] for each in found["next_hashes"][0]["specs"]}
    assert [each["hash"] for each in found["builds"]] == [
        each for each in specs.values() if each in {build["hash"] for build in found["builds"]}
    ]
    written = json.loads(file.read_text())
    nodes = written["concrete_specs"]
    assert {*specs.values()} <= {*nodes}
    assert all(dag_hash(spec) == key for key, spec in nodes.items())
    # Whatever has the next hash already is reused.
    project.index.write_text(json.dumps(index_of(written)))
    assert built(plan(capsys, asked)) == []
    # The next lock gets a separate plan.
    again = ["rebuild", "--want", str(file), "--cache", str(project.index), "--no-config"]
    assert built(plan(capsys, again)) == []


def test_what_has_no_known_successor_stays_predicted_and_says_why(
    project: RecipeProject, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    project.recipe(CODE)
    document = json.loads(project.lock.read_text())
    for spec in document["concrete_specs"].values():
        if spec["name"] == "user":
            spec["package_hash"] = "b" * 52 + "===="
            spec["hash"] = dag_hash(spec)
            root = spec
    document["concrete_specs"] = {
        each["hash"]: each for each in document["concrete_specs"].values()
    }
    document["roots"] = [{"hash": root["hash"], "spec": "user"}]
    project.lock.write_text(json.dumps(document))
    file = tmp_path / "next.lock"
    more = ("--write-lock", str(file), "--treat", "may_change=stale")
    asked = words(project, "--successors", *more)
    found = plan(capsys, asked, code=1)
    assert found["predicted"] is True
    reasons = {each["package"]: each["reason"] for each in found["next_hashes"][0]["specs"]}
    assert "its package hash does not match the older recipe" in reasons["user"]
    assert not file.exists()
    main(asked)
    said = capsys.readouterr()
    assert "without a known next hash" in said.out
    assert "is not written, because some next hashes are unknown" in said.err


def test_what_a_concretizer_may_choose_otherwise_is_not_said_to_be_kept(
    project: RecipeProject, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    project.recipe(NEW_VERSION)
    file = tmp_path / "next.lock"
    asked = words(project, "--successors", "--write-lock", str(file))
    found = plan(capsys, asked, code=1)
    (made,) = found["next_hashes"]
    assert [each["package"] for each in made["open"]] == ["greeting", "user"]
    assert (made["kept"], made["specs"], found["builds"]) == (1, [], [])
    (record,) = found["left_out"]
    assert (record["kind"], record["count"], record["blocks"]) == ("may_change", 2, True)
    assert "a concretizer may choose version 3.0 now" in record["detail"]
    # A plan that builds something ends well, but not with the lock.
    part = dict(list(project.document["concrete_specs"].items())[:1])
    project.index.write_text(json.dumps(index_of({"concrete_specs": part})))
    assert (main(asked), main(asked[:-2])) == (1, 0)
    assert "not whole: the next lock keeps 2 specs" in capsys.readouterr().err
    project.index.write_text(json.dumps(index_of(project.document)))
    # The user allows old versions, which the report mentions.
    assert main([*asked, "--allow-left-out", "may_change"]) == 0
    said = capsys.readouterr()
    assert "1 kept, 2 kept unless a concretizer chooses otherwise, 0 not known" in said.out
    assert "greeting@2.0: a concretizer may choose version 3.0 now" in said.out
    assert "the next lock keeps 2 specs that a concretizer may choose otherwise" in said.err
    before = json.loads(project.lock.read_text())["concrete_specs"]
    assert json.loads(file.read_text())["concrete_specs"] == before
    treated = plan(capsys, words(project, "--successors", "--treat", "may_change=stale"))
    assert (built(treated), treated["predicted"]) == (["greeting@2.0", "user@1.0"], True)
    assert treated["left_out"] == []


def test_an_open_verdict_is_recorded_once(
    project: RecipeProject, capsys: pytest.CaptureFixture[str]
) -> None:
    project.recipe(DIRECTIVE)
    found = plan(capsys, words(project, "--successors"), code=1)
    (record,) = found["left_out"]
    assert (record["kind"], record["count"]) == ("may_change", 2)
    (made,) = found["next_hashes"]
    assert (made["kept"], len(made["open"])) == (0, 3)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--successors", "--policy", "link"], "follows recipes alone"),
        (["--successors", "--changes", "name"], "compares names"),
        (["--write-lock", "x"], "writes the next lock"),
        (["--changed-since", ""], "`--changed-since` is empty"),
        (["--changed-since", "", "--changes", "name"], "`--changed-since` is empty"),
        (["--changed-since", "..HEAD", "--changes", "name"], "names no older revision"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    project: RecipeProject, capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    assert main(words(project, *more)) == 2
    assert message in capsys.readouterr().err


def test_options_about_recipes_need_revisions(capsys: pytest.CaptureFixture[str]) -> None:
    for option in (["--successors"], ["--changes", "name"], ["--treat", "blind=stale"]):
        words = ["rebuild", "--want", "spack.lock", "--cache", "none", "--no-config", *option]
        assert main(words) == 2
        assert "needs changed recipes" in capsys.readouterr().err
