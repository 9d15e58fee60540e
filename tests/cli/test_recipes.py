"""`specplan recipes`: verdicts on changes of recipes, in every format."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest

import specplan
from specplan.cli import main
from tests.recipe_repositories import GREETING, RecipeWorld

SCHEMA = Path(specplan.__file__).parent / "schemas/specplan.recipes-1.schema.json"


@pytest.fixture
def place(tmp_path: Path) -> tuple[RecipeWorld, list[str]]:
    """A checkout with a change of code, and the words that ask for it."""
    world = RecipeWorld(tmp_path / "packages")
    lock = tmp_path / "spack.lock"
    lock.write_text(json.dumps(world.lock.file.document))
    world.checkout.recipe("greeting", GREETING.replace('make("install")', 'make("all")'))
    words = ["recipes", "--packages", str(world.checkout.top), "--since", world.first]
    return world, [*words, "--lock", f"site={lock}"]


Place = tuple[RecipeWorld, list[str]]


def test_the_document_follows_its_schema(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*place[1], "--format", "json", "--hashes"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    (recipe,) = document["recipes"]
    assert (recipe["verdict"], recipe["classes"]) == ("stale", ["code"])
    assert document["totals"]["dependents"] == 1
    assert (document["before"], document["after"]) == (place[0].first, "working tree")


def test_a_lock_can_be_named_as_a_want_in_the_commands_that_only_read_it(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = place[1]
    lock = asked[asked.index("--lock") + 1]
    for words in (asked, ["find", "--no-config", "--cache", "none", "greeting", "--lock", lock]):
        assert main(words) == 0
        said = capsys.readouterr()
        assert main(["--want" if each == "--lock" else each for each in words]) == 0
        assert capsys.readouterr() == said
    assert "greeting@2.0" in said.out


def test_package_hashes_are_those_of_the_newer_recipes(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*place[1], "--format", "json", "--hashes"])
    hashes = json.loads(capsys.readouterr().out)["hashes"]
    known = {each["version"]: each for each in hashes if each["package"] == "greeting"}
    assert known["1.0"]["computed"] == known["1.0"]["recorded"]
    assert known["2.0"]["computed"] not in {None, known["2.0"]["recorded"]}
    (user,) = (each for each in hashes if each["package"] == "user")
    assert (user["computed"], user["reason"]) == (None, "there is no recipe of user")


def test_the_table_says_what_changed(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(place[1]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1 recipe changed: 1 changes hashes; 1 spec stale, 1 other depends on")
    assert "greeting  stale    1 stale, 1 same  code" in out
    assert "2 of 2 package hashes follow from them" in " ".join(out.split())


def test_annotations_name_the_file_and_the_line(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*place[1], "--format", "github"]) == 0
    first, last = capsys.readouterr().out.splitlines()
    line = GREETING.split("\n").index('        make("install")') + 1
    file = "spack_repo/builtin/packages/greeting/package.py"
    assert first.startswith(f"::warning file={file},line={line},endLine={line},title=greeting%3A")
    assert last.startswith("::notice title=Recipes::1 recipe changed")


def test_no_more_annotations_are_written_than_a_step_shows_and_those_that_reach_most_come_first(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    world, asked = place
    for number in range(12):
        world.checkout.recipe(f"a{number}", "class A: pass\n")
    first = world.checkout.commit()
    for number in range(12):
        world.checkout.recipe(f"a{number}", "class A:\n    x = 1\n")
    world.checkout.recipe("greeting", GREETING)
    asked = [first if each == world.first else each for each in asked]
    assert main([*asked, "--format", "github"]) == 0
    *warnings, headline = capsys.readouterr().out.splitlines()
    assert "title=greeting" in warnings[0]
    assert len(warnings) == 10
    assert "and 4 more warnings" in warnings[-1]
    assert headline.startswith("::notice title=Recipes::13 recipes changed")


def test_nothing_is_said_of_the_recipes_of_locks_where_none_of_them_changed(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    world, (*_, lock) = place
    world.checkout.commit()
    assert main(["recipes", "--packages", str(world.checkout.top), "--hashes", "--lock", lock]) == 0
    said = capsys.readouterr().out
    assert "greeting@2.0" in said
    assert "follow from them" not in said


def test_markdown_shows_the_reasons(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*place[1], "--format", "markdown"]) == 0
    assert "| `greeting` | stale | 1 stale, 1 same | code |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["recipes"], 2, "needs a revision"),
        (["recipes", "--hashes"], 2, "needs the specs of locks"),
        (["recipes", "--since", "HEAD", "--spack-rules", "0.1"], 2, "there are no rules for Spack"),
        (["recipes", "--since", "HEAD"], 3, "not a git repository"),
        (["recipes", "--since", "HEAD", "--lock", "no.lock"], 3, "no.lock"),
        (["recipes", "--since", ""], 2, "`--since` is empty"),
        (["recipes", "--since", "..HEAD"], 2, "names no older revision"),
        (["recipes", "--since", "...HEAD"], 2, "names no older revision"),
        (["recipes", "--since", "HEAD", "-o", "x.csv"], 2, "asks for the format `csv`"),
    ],
)
def test_what_cannot_be_answered_ends_with_a_message(
    words: list[str],
    code: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == code
    assert message in capsys.readouterr().err


def test_a_name_in_a_checkout_cannot_write_an_annotation_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = RecipeWorld(tmp_path / "packages")
    world.checkout.recipe("x,line=1::evil\n::error::no", "class A: pass\n")
    last = world.checkout.commit()
    words = ["recipes", "--packages", str(world.checkout.top), "--since", f"{world.first}..{last}"]
    for form in ("github", "table", "markdown", "json"):
        assert main([*words, "--format", form]) == 0
        assert "\n::error" not in capsys.readouterr().out


def test_a_checkout_without_recipes_is_not_one_in_which_nothing_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)  # noqa: S607 - as people call it
    (tmp_path / "README").touch()
    words = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x"]
    subprocess.run(["git", "-C", tmp_path, "add", "README"], check=True)  # noqa: S607 - likewise
    subprocess.run(["git", "-C", tmp_path, *words], check=True)  # noqa: S607 - likewise
    assert main(["recipes", "--since", "HEAD", "--packages", str(tmp_path)]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert f"`{tmp_path}` contains no package repository" in said.err


def test_a_lock_without_specs_is_reported(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    lock = Path(place[1][-1].partition("=")[2])
    document = json.loads(lock.read_text())
    lock.write_text(json.dumps({**document, "roots": [], "concrete_specs": {}}))
    assert main(place[1]) == 0
    assert "warning: the lock of `site` contains no spec" in capsys.readouterr().err
